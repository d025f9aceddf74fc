//! The moving marks: messages on their way, as an eye can follow them.
//!
//! A hop inside a data centre lasts a quarter of a millisecond, which no eye sees. A mark leaves when
//! its message leaves, but takes at least [`SHORTEST_MS`] of wall time to cross the link, and marks of
//! the same sort keep a distance from each other on a link: where messages follow each other more
//! closely, only some are drawn, and the share is told. A failure never hides behind requests.

use std::collections::BTreeMap;

use archlab_engine::{Flight, MessageKind, Place, Roster};
use archlab_model::SimTime;

use crate::editor::Editor;
use crate::editor::scene::lift::Lift;
use crate::editor::scene::{End, Part, Scene};
use crate::ui::paint::{Mark, Shape};

/// The shortest time a mark takes to cross a link, in milliseconds of wall time.
pub const SHORTEST_MS: f64 = 620.0;
/// The longest, so that a mark is never stuck.
const LONGEST_MS: f64 = 20_000.0;
/// Marks of one sort on one link and direction keep so far apart: canvas units, and CSS pixels from afar.
const SPACING: f64 = 15.0;
/// No more marks than this at once.
const MAX_MARKS: usize = 30_000;
/// Marks this far outside of the stage may still be seen in part.
const MARGIN: f64 = 12.0;
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

/// How a message goes from one part to another: over one link, or over two that meet in a hub.
#[derive(Debug, Clone, Copy)]
struct Way {
    first: u32,
    second: Option<u32>,
    backward: bool,
}

#[derive(Debug, Clone, Copy)]
struct Mover {
    way: Way,
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
    /// So many of them, the first ones, stay where they are: the run stands still, and only steps are seen.
    held: Option<usize>,
    tracks: Vec<Track>,
    index: BTreeMap<(End, End), u32>,
    /// The way between two places, found once.
    found: BTreeMap<(Place, Place), Option<Way>>,
    /// Milliseconds of visible time: it stands still while nothing moves.
    clock: f64,
    offered: f64,
    drawn: f64,
}

impl Traffic {
    /// Takes the links of a new scene. Marks stay if the links are the same ones.
    pub fn follow(&mut self, scene: &Scene) {
        let same = scene.links.len() == self.index.len()
            && scene
                .links
                .iter()
                .zip(self.index.keys())
                .all(|(link, (from, to))| link.from == *from && link.to == *to);
        let length = |place: usize| scene.links[place].route.length();
        if same {
            for (place, track) in self.tracks.iter_mut().enumerate() {
                track.length = length(place);
            }
            return;
        }
        self.clear();
        self.found.clear();
        self.index = (0..)
            .zip(&scene.links)
            .map(|(place, link)| ((link.from.clone(), link.to.clone()), place))
            .collect();
        self.tracks = (0..scene.links.len())
            .map(|place| Track { length: length(place), last: [[f64::NEG_INFINITY; MessageKind::COUNT]; 2] })
            .collect();
    }

    /// While `still`, marks that were under way when that began stay where they are; those of single steps go on.
    pub fn hold(&mut self, still: bool) {
        self.held = still.then(|| self.held.unwrap_or(self.movers.len()));
    }

    /// Lets `wall_ms` pass; marks that have arrived are gone.
    pub fn advance(&mut self, wall_ms: f64) {
        self.clock += wall_ms;
        let clock = self.clock;
        for mover in self.movers.iter_mut().take(self.held.unwrap_or(0)) {
            mover.started += wall_ms;
        }
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
        self.held = self.held.map(|_| 0);
    }

    /// Sends marks for messages that left up to `now`, with simulated time running at `speed`, to be
    /// seen at `zoom`.
    pub fn admit(
        &mut self,
        flights: &[Flight],
        recorded: f64,
        roster: &Roster,
        (now, speed): (SimTime, f64),
        zoom: f64,
    ) {
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
            let Some(way) = found else { continue };
            let ago = now.since(flight.departed).as_secs_f64() * 1e3 / speed;
            let started = self.clock - ago.min(SHORTEST_MS);
            let travel = flight.travel.map_or(0.0, |travel| travel.as_secs_f64() * 1e3 / speed);
            let lasts = travel.clamp(SHORTEST_MS, LONGEST_MS);
            self.offered += 1.0 / recorded.max(1e-6);
            let length = self.length(way);
            let track = &mut self.tracks[way.first as usize];
            let spacing = SPACING / zoom.clamp(0.2, 1.0) / length.max(1.0) * lasts;
            let last = &mut track.last[usize::from(way.backward)][flight.message as usize];
            if started < *last + spacing && started > *last - 2.0 * spacing {
                continue;
            }
            *last = started;
            self.drawn += 1.0;
            if self.movers.len() < MAX_MARKS {
                self.movers.push(Mover {
                    way,
                    started,
                    lasts,
                    message: flight.message,
                    lost: flight.travel.is_none(),
                });
            }
        }
    }

    fn length(&self, way: Way) -> f64 {
        let of = |link: u32| self.tracks[link as usize].length;
        of(way.first) + way.second.map_or(0.0, of)
    }

    fn find(&self, flight: &Flight, roster: &Roster) -> Option<Way> {
        let (from, to) = (part(flight.from, roster)?, part(flight.to, roster)?);
        let (from, to) = (End::Part(from), End::Part(to));
        let forward = self.way(&from, &to, false);
        forward.or_else(|| self.way(&to, &from, true))
    }

    fn way(&self, from: &End, to: &End, backward: bool) -> Option<Way> {
        if let Some(first) = self.index.get(&(from.clone(), to.clone())) {
            return Some(Way { first: *first, second: None, backward });
        }
        let End::Part(part) = from else { return None };
        // Ends of one part stand together, hubs after parts.
        let all = self.index.range((from.clone(), End::Part(part.clone()))..);
        let hubs =
            all.take_while(|((start, _), _)| start == from).filter(|((_, end), _)| end.part().is_none());
        hubs.filter_map(|((_, hub), first)| {
            let second = self.index.get(&(hub.clone(), to.clone()))?;
            Some(Way { first: *first, second: Some(*second), backward })
        })
        .next()
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

    /// The marks where they are now, as the camera sees them; those that it does not see are left out.
    pub fn marks(&self, scene: &Scene, lift: Option<&Lift>, editor: &Editor, marks: &mut Vec<Mark>) {
        marks.clear();
        let camera = &editor.camera;
        let seen = editor.view.grown(MARGIN);
        let grow = camera.zoom.clamp(0.6, 1.4) as f32;
        let place = |number: u32, share: f64| {
            let link = scene.links.get(number as usize)?;
            Some(match lift {
                Some(lift) => match lift.bent.get(&(number as usize)) {
                    Some(route) => route.at(share),
                    None if lift.carries(link) => link.route.at(share) + lift.by,
                    None => link.route.at(share),
                },
                None => link.route.at(share),
            })
        };
        for mover in &self.movers {
            let passed = ((self.clock - mover.started) / mover.lasts).clamp(0.0, 1.0);
            let share = if mover.way.backward { 1.0 - passed } else { passed };
            let at = match mover.way {
                Way { first, second: None, .. } => place(first, share),
                Way { first, second: Some(second), .. } => {
                    let whole = self.length(mover.way).max(f64::MIN_POSITIVE);
                    let turn = self.tracks[first as usize].length / whole;
                    if share < turn {
                        place(first, share / turn)
                    } else {
                        place(second, (share - turn) / (1.0 - turn).max(f64::MIN_POSITIVE))
                    }
                }
            };
            let Some(at) = at.map(|at| camera.to_screen(at)).filter(|at| seen.contains(*at)) else {
                continue;
            };
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

#[cfg(test)]
mod tests {
    use super::*;

    fn mover(started: f64) -> Mover {
        let way = Way { first: 0, second: None, backward: false };
        Mover { way, started, lasts: SHORTEST_MS, message: MessageKind::Request, lost: false }
    }

    fn passed(traffic: &Traffic) -> Vec<f64> {
        traffic.movers.iter().map(|mover| traffic.clock - mover.started).collect()
    }

    #[test]
    fn a_step_moves_its_own_mark_and_what_was_under_way_goes_on_with_the_run() {
        let mut traffic = Traffic { movers: vec![mover(-100.0), mover(-300.0)], ..Traffic::default() };
        traffic.hold(true);
        traffic.movers.push(mover(0.0));
        traffic.advance(200.0);
        traffic.hold(true);
        assert_eq!(passed(&traffic), [100.0, 300.0, 200.0]);
        traffic.advance(500.0);
        assert_eq!(passed(&traffic), [100.0, 300.0], "what was stepped to has arrived");
        traffic.hold(false);
        traffic.advance(400.0);
        assert_eq!(passed(&traffic), [500.0]);
        traffic.hold(true);
        traffic.clear();
        traffic.movers.push(mover(traffic.clock));
        traffic.advance(50.0);
        assert_eq!(passed(&traffic), [50.0]);
    }
}
