//! The moving marks: messages on their way, as an eye can follow them.
//!
//! A hop inside a data centre lasts a quarter of a millisecond, which no eye sees. A mark leaves when
//! its message leaves, but takes at least [`SHORTEST_MS`] of wall time to cross the link, and marks of
//! the same sort keep a distance from each other on a link: where messages follow each other more
//! closely, only some are drawn, and the share is told. A failure never hides behind requests.

use std::collections::BTreeMap;

use archlab_engine::{Flight, MessageKind, Place, Roster};
use archlab_model::SimTime;

use crate::editor::camera::Camera;
use crate::editor::scene::{Part, Scene};
use crate::ui::paint::{Mark, Shape};

/// The shortest time a mark takes to cross a link, in milliseconds of wall time.
pub const SHORTEST_MS: f64 = 620.0;
/// The longest, so that a mark is never stuck.
const LONGEST_MS: f64 = 20_000.0;
/// Marks of one sort on one link and direction keep this many canvas units apart.
const SPACING: f64 = 15.0;
/// No more marks than this at once.
const MAX_MARKS: usize = 30_000;
/// Of its way, a lost mark fades over this last share.
const FADE: f64 = 0.25;

/// Indices into the painter's palette.
pub mod tone {
    /// A request.
    pub const REQUEST: u8 = 0;
    /// A response.
    pub const RESPONSE: u8 = 1;
    /// A retry.
    pub const RETRY: u8 = 2;
    /// A failure.
    pub const FAILURE: u8 = 3;
}

#[derive(Debug, Clone, Copy)]
struct Mover {
    link: u32,
    backward: bool,
    started: f64,
    lasts: f64,
    message: MessageKind,
    lost: bool,
}

#[derive(Debug, Clone, Copy)]
struct Track {
    length: f64,
    /// When the last mark left, for each direction and sort.
    last: [[f64; MessageKind::COUNT]; 2],
}

/// All marks under way.
#[derive(Debug, Default)]
pub struct Traffic {
    movers: Vec<Mover>,
    tracks: Vec<Track>,
    index: BTreeMap<(Part, Part), u32>,
    /// The link and direction between two places, found once.
    found: BTreeMap<(Place, Place), Option<(u32, bool)>>,
    /// Milliseconds of visible time: it stands still while nothing moves.
    clock: f64,
    offered: f64,
    drawn: f64,
}

impl Traffic {
    /// Takes the links of a new scene. Marks stay if the links are the same ones.
    pub fn follow(&mut self, scene: &Scene) {
        let same = scene.links.len() == self.index.len()
            && scene.links.iter().all(|link| self.index.contains_key(&(link.from.clone(), link.to.clone())));
        let length = |place: usize| {
            let curve = &scene.links[place].curve;
            let points: Vec<_> = (0..=8).map(|step| curve.at(f64::from(step) / 8.0)).collect();
            points.windows(2).map(|pair| (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y)).sum::<f64>()
        };
        if same {
            for (place, track) in self.tracks.iter_mut().enumerate() {
                track.length = length(place);
            }
            return;
        }
        self.movers.clear();
        self.found.clear();
        self.index = (0..)
            .zip(&scene.links)
            .map(|(place, link)| ((link.from.clone(), link.to.clone()), place))
            .collect();
        self.tracks = (0..scene.links.len())
            .map(|place| Track { length: length(place), last: [[f64::NEG_INFINITY; MessageKind::COUNT]; 2] })
            .collect();
    }

    /// Lets `wall_ms` pass; marks that have arrived are gone.
    pub fn advance(&mut self, wall_ms: f64) {
        self.clock += wall_ms;
        let clock = self.clock;
        self.movers.retain(|mover| clock < mover.started + mover.lasts);
        // The share is remembered over about a second.
        let keep = (-wall_ms / 1000.0).exp();
        self.offered *= keep;
        self.drawn *= keep;
    }

    /// Forgets the indices of places: the roster grew or the run began anew.
    pub fn forget_places(&mut self) {
        self.found.clear();
    }

    /// Takes no more notice of marks under way.
    pub fn clear(&mut self) {
        self.movers.clear();
    }

    /// Sends marks for messages that left up to `now`, with simulated time running at `speed`.
    pub fn admit(&mut self, flights: &[Flight], recorded: f64, roster: &Roster, now: SimTime, speed: f64) {
        for flight in flights {
            let key = (flight.from, flight.to);
            let found = match self.found.get(&key) {
                Some(found) => *found,
                None => {
                    let found = self.find(flight, roster);
                    self.found.insert(key, found);
                    found
                }
            };
            let Some((link, backward)) = found else { continue };
            let ago = now.since(flight.departed).as_secs_f64() * 1e3 / speed;
            let started = self.clock - ago.min(SHORTEST_MS);
            let travel = flight.travel.map_or(0.0, |travel| travel.as_secs_f64() * 1e3 / speed);
            let lasts = travel.clamp(SHORTEST_MS, LONGEST_MS);
            let track = &mut self.tracks[link as usize];
            self.offered += 1.0 / recorded.max(1e-6);
            let spacing = SPACING / track.length.max(1.0) * lasts;
            let last = &mut track.last[usize::from(backward)][flight.message as usize];
            if started < *last + spacing && started > *last - 2.0 * spacing {
                continue;
            }
            *last = started;
            self.drawn += 1.0;
            if self.movers.len() < MAX_MARKS {
                self.movers.push(Mover {
                    link,
                    backward,
                    started,
                    lasts,
                    message: flight.message,
                    lost: flight.travel.is_none(),
                });
            }
        }
    }

    fn find(&self, flight: &Flight, roster: &Roster) -> Option<(u32, bool)> {
        let (from, to) = (part(flight.from, roster)?, part(flight.to, roster)?);
        let forward = self.index.get(&(from.clone(), to.clone())).map(|link| (*link, false));
        forward.or_else(|| self.index.get(&(to, from)).map(|link| (*link, true)))
    }

    /// Of the messages of the last second, the share that is drawn.
    pub fn share(&self) -> f64 {
        if self.offered < 1.0 { 1.0 } else { (self.drawn / self.offered).min(1.0) }
    }

    /// How many marks are under way.
    pub fn len(&self) -> usize {
        self.movers.len()
    }

    /// Whether nothing is under way.
    pub fn is_empty(&self) -> bool {
        self.movers.is_empty()
    }

    /// The marks where they are now, as the camera sees them.
    pub fn marks(&self, scene: &Scene, camera: &Camera, marks: &mut Vec<Mark>) {
        marks.clear();
        let grow = camera.zoom.clamp(0.6, 1.4) as f32;
        for mover in &self.movers {
            let Some(link) = scene.links.get(mover.link as usize) else { continue };
            let passed = ((self.clock - mover.started) / mover.lasts).clamp(0.0, 1.0);
            let share = if mover.backward { 1.0 - passed } else { passed };
            let at = camera.to_screen(link.curve.at(share));
            let (shape, tone, size) = match mover.message {
                MessageKind::Request => (Shape::Disc, tone::REQUEST, 3.1),
                MessageKind::Response => (Shape::Dot, tone::RESPONSE, 2.3),
                MessageKind::Retry => (Shape::Ring, tone::RETRY, 3.8),
                MessageKind::Copy => (Shape::Ring, tone::RESPONSE, 2.3),
                MessageKind::Failure => (Shape::Diamond, tone::FAILURE, 4.6),
            };
            let left = if mover.lost { ((1.0 - passed) / FADE).min(1.0) } else { 1.0 };
            marks.push(Mark {
                x: at.x as f32,
                y: at.y as f32,
                shape,
                tone,
                size: size * grow,
                alpha: (left * 255.0) as u8,
            });
        }
    }
}

fn part(place: Place, roster: &Roster) -> Option<Part> {
    Some(match place {
        Place::Client(index) => Part::Client(roster.clients.get(index as usize)?.clone()),
        Place::Entry(index) => Part::Entry(roster.groups.get(index as usize)?.clone()),
        Place::Instance(index) => Part::Instance(roster.instances.get(index as usize)?.clone()),
        Place::Store(index) => {
            let (group, store) = roster.stores.get(index as usize)?;
            Part::Store(group.clone(), store.clone())
        }
    })
}
