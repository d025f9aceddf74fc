//! What is rare, seen often: splitting (RESTART, Villén-Altamirano 1991).
//!
//! Wherever a run comes as near to what is rare as a level says, it goes on as several, from a snapshot, with other
//! chances each; all but one end where they are no nearer than the level before. What is seen meanwhile counts for as
//! much less. So every sum has the mean that it has without, whatever the levels are: they decide only how long it
//! takes. It is the engine that is run, all the way; nothing is known here of what it should find.

use std::fmt;
use std::sync::{Arc, OnceLock};

use archlab_engine::Progress;
use archlab_model::{Design, SimTime};

use super::{Nearness, Order, Traffic};
use crate::study::{Run, seed};

/// Into how many a run is split at each level.
const COPIES: u32 = 4;
/// A level is trusted if so many arrivals of a first look found as many requests there.
const SEEN: u32 = 400;
/// Requests of each first look.
const LOOK: f64 = 200_000.0;
/// Looks, each with the levels that those before have found.
const LOOKS: usize = 30;

/// Levels for something that has this probability. They are found when they are needed.
#[derive(Clone)]
pub struct Levels {
    probability: f64,
    found: Arc<OnceLock<Vec<u64>>>,
}

impl fmt::Debug for Levels {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        write!(to, "{}", self.probability)
    }
}

impl Levels {
    pub fn down_to(probability: f64) -> Levels {
        Levels { probability, found: Arc::default() }
    }

    /// The levels for a design: each is reached by a [`COPIES`]th of the arrivals that find those before it reached.
    pub fn of(&self, design: &Design, unit: f64, warm_up: f64, rate: f64, nearness: Nearness) -> Vec<u64> {
        let find = || {
            let mut levels: Vec<u64> = Vec::new();
            let mut reached = 1.0;
            for look in 0..LOOKS {
                let traffic = Traffic::new(design, Order::Any, unit, warm_up, None);
                let mut traffic = traffic.split(levels.clone(), nearness, look as u64);
                traffic.watch.sums.met_each = Some(Vec::new());
                traffic.go_on((LOOK / rate).max(warm_up) / (1 + levels.len()) as f64);
                let each = traffic.watch.sums.met_each.take().unwrap_or_default();
                let all: f64 = each.iter().map(|(weight, _)| weight).sum();
                let (mut above, mut count) = (0.0, 0);
                let tail: Vec<(f64, u32)> = each
                    .iter()
                    .rev()
                    .map(|(weight, seen)| {
                        above += weight;
                        count += seen;
                        (above / all, count)
                    })
                    .collect();
                let before = levels.len();
                for (level, (share, seen)) in (0..).zip(tail.iter().rev()) {
                    if *seen < SEEN || *share < self.probability {
                        break;
                    }
                    if *share <= reached / f64::from(COPIES) && levels.last().is_none_or(|last| *last < level)
                    {
                        levels.push(level);
                        reached = *share;
                    }
                }
                if levels.len() == before {
                    break;
                }
            }
            eprintln!("split at {levels:?} for {:.1e}", self.probability);
            levels
        };
        self.found.get_or_init(find).clone()
    }
}

/// What a run that is split knows.
#[derive(Default)]
pub(super) struct Splitting {
    /// A run is split where it has come so near.
    levels: Vec<u64>,
    /// A number for each copy, other ones for each run.
    next: u64,
}

impl Splitting {
    pub fn is_on(&self) -> bool {
        !self.levels.is_empty()
    }
}

impl Traffic {
    /// Splits the run at these levels. The number is for what copies meet.
    pub fn split(mut self, levels: Vec<u64>, nearness: Nearness, number: u64) -> Traffic {
        self.splitting = Splitting { levels, next: seed("copies", number as usize) };
        self.watch.present.nearness = nearness;
        self
    }

    /// Where copies that began at a level end: the level before.
    fn floor(&self, region: usize) -> Option<u64> {
        let levels = &self.splitting.levels;
        match region {
            0 => None,
            1 => Some(
                levels[0].saturating_sub(levels.get(1).map_or(levels[0] / 2, |next| next - levels[0])).max(1),
            ),
            _ => Some(levels[region - 2]),
        }
    }

    /// Goes on until `until`, or until it has left the region that begins at so manieth a level.
    pub(super) fn go_on_above(&mut self, region: usize, until: SimTime) {
        let floor = self.floor(region);
        let ceiling = self.splitting.levels.get(region).copied();
        loop {
            let near = self.watch.present.near();
            if floor.is_some_and(|floor| near < floor) {
                return;
            }
            if ceiling.is_some_and(|ceiling| near >= ceiling) {
                self.go_on_as_several(region + 1, until);
                if self.simulation.now() >= until {
                    return;
                }
                continue;
            }
            // No event brings more than one, and if it is requests that are counted, none takes more.
            let up = ceiling.map_or(u64::MAX, |ceiling| ceiling - near);
            let down = match self.watch.present.nearness {
                Nearness::Requests => floor.map_or(u64::MAX, |floor| near - floor + 1),
                Nearness::Bucket { .. } => 16,
            };
            let watch = &mut self.watch;
            let hear = &mut |now, fact: &_| watch.hear(now, fact);
            if self.simulation.run_for_with(until, up.min(down), hear) == Progress::Reached {
                self.watch.advance(until);
                return;
            }
        }
    }

    fn go_on_as_several(&mut self, region: usize, until: SimTime) {
        let (snapshot, present) = (self.simulation.snapshot(), self.watch.present.clone());
        let weight = self.watch.weight;
        self.watch.weight = weight / f64::from(COPIES);
        for _ in 1..COPIES {
            self.splitting.next = self.splitting.next.wrapping_add(1);
            self.simulation.diverge(self.splitting.next);
            self.go_on_above(region, until);
            self.simulation.restore(&snapshot);
            self.watch.present.clone_from(&present);
        }
        self.go_on_above(region, until);
        self.watch.weight = weight;
    }
}
