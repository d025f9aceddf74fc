//! Snapshots: a run as it was at a moment, to come back to. Scrubbing and forking stand on them.

use std::collections::VecDeque;
use std::sync::Arc;

use archlab_model::{SimTime, Span};

use crate::world::World;

/// A run as it was at a moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    world: Arc<World>,
    done: usize,
}

impl Snapshot {
    pub(crate) fn new(world: &World, done: usize) -> Snapshot {
        Snapshot { world: Arc::new(world.clone()), done }
    }

    pub(crate) fn give_back(&self, world: &mut World) {
        world.clone_from(&self.world);
    }

    /// How many entries of the journal had been done.
    pub(crate) fn done(&self) -> usize {
        self.done
    }

    /// The moment.
    pub fn at(&self) -> SimTime {
        self.world.now
    }
}

/// The snapshots that a run keeps of itself: a bounded number, at even distances.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    kept: VecDeque<Snapshot>,
    every: Span,
    most: usize,
    next: SimTime,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory { kept: VecDeque::new(), every: Span::MAX, most: 0, next: SimTime::NEVER }
    }
}

impl Memory {
    /// A memory that begins now. Not a moment is shorter than a millisecond.
    pub fn new(now: SimTime, every: Span, most: usize) -> Memory {
        let next = if most == 0 { SimTime::NEVER } else { now };
        Memory { every: every.max(Span::from_millis(1)), most, next, ..Memory::default() }
    }

    /// When the next snapshot is to be taken.
    #[inline]
    pub fn next(&self) -> SimTime {
        self.next
    }

    /// Takes a snapshot.
    pub fn keep(&mut self, world: &World, done: usize) {
        if self.kept.len() == self.most {
            // Every other one, the first included.
            let mut number = 0;
            self.kept.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            self.every = self.every * 2;
        }
        if self.kept.len() < self.most {
            self.kept.push_back(Snapshot::new(world, done));
        }
        self.next = world.now + self.every;
    }

    /// The last snapshot at or before a moment.
    pub fn last_before(&self, moment: SimTime) -> Option<Snapshot> {
        self.kept.iter().rev().find(|snapshot| snapshot.at() <= moment).cloned()
    }

    /// Forgets what lies after a moment: the run takes another way from there.
    pub fn forget_after(&mut self, moment: SimTime) {
        while self.kept.back().is_some_and(|snapshot| snapshot.at() > moment) {
            self.kept.pop_back();
        }
        if self.most > 0 {
            let last = self.kept.back().map_or(moment, |snapshot| snapshot.at() + self.every);
            self.next = last.max(moment);
        }
    }
}
