//! Timers: what happens if an answer does not come.
//!
//! Nearly every timer is cancelled, and nearly all share a few lengths (a timeout, a patience). So each
//! length has a lane, a list in order of due time: setting appends, cancelling unlinks, and nothing
//! stale is ever left behind.

use std::num::NonZeroU32;

use archlab_model::Span;

use crate::agenda::Due;
use crate::event::Event;

/// Past this many different lengths, the last lane takes all further ones and keeps them sorted.
pub const MAX_LANES: usize = 64;

const NONE: u32 = u32::MAX;

/// A length and its lane.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Wait {
    /// How long.
    pub length: Span,
    /// The lane of timers of this length.
    pub lane: u16,
}

impl Wait {
    /// Whether it never ends: the longest span there is stands for that.
    #[inline]
    pub fn is_for_ever(self) -> bool {
        self.length >= Span::MAX
    }
}

/// A timer that is set. It ends by ringing or by being cancelled, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerKey(NonZeroU32);

/// Bits of a [`TimerKey`] that tell the lane.
const LANE_BITS: u32 = 6;

impl TimerKey {
    #[inline]
    fn new(lane: u16, place: u32) -> TimerKey {
        TimerKey(NonZeroU32::MIN.saturating_add(place << LANE_BITS | u32::from(lane)))
    }

    /// In a word that is nought for none.
    #[inline]
    pub fn bits(key: Option<TimerKey>) -> u32 {
        key.map_or(0, |key| key.0.get())
    }

    /// As it was before [`TimerKey::bits`].
    #[inline]
    pub fn from_bits(bits: u32) -> Option<TimerKey> {
        NonZeroU32::new(bits).map(TimerKey)
    }

    #[inline]
    fn lane(self) -> u16 {
        ((self.0.get() - 1) & ((1 << LANE_BITS) - 1)) as u16
    }

    #[inline]
    fn place(self) -> u32 {
        (self.0.get() - 1) >> LANE_BITS
    }
}

#[derive(Debug, Clone)]
struct Timer {
    due: [u64; 2],
    previous: u32,
    next: u32,
}

#[derive(Debug, Clone, Copy)]
struct Lane {
    head: u32,
    tail: u32,
}

/// All timers that are set.
#[derive(Debug, Clone)]
pub struct Timers {
    timers: Vec<Timer>,
    free: Vec<u32>,
    lanes: Vec<Lane>,
    earliest: Due,
    earliest_lane: u16,
}

impl Default for Timers {
    fn default() -> Timers {
        Timers {
            timers: Vec::new(),
            free: Vec::new(),
            lanes: Vec::new(),
            earliest: Due::NEVER,
            earliest_lane: 0,
        }
    }
}

impl Timers {
    /// Makes sure there are `count` lanes.
    pub fn widen(&mut self, count: usize) {
        if self.lanes.len() < count {
            self.lanes.resize(count, Lane { head: NONE, tail: NONE });
        }
    }

    /// When the next timer rings.
    #[inline]
    pub fn next_due(&self) -> Due {
        self.earliest
    }

    /// When a timer rings.
    pub fn due(&self, key: TimerKey) -> Due {
        Due::from_halves(self.timers[key.place() as usize].due)
    }

    /// Sets a timer.
    pub fn set(&mut self, due: Due, lane: u16) -> TimerKey {
        // Appending is in order unless lengths share the lane or a deadline is set again.
        let halves = due.halves();
        let mut before = self.lanes[lane as usize].tail;
        while before != NONE && self.timers[before as usize].due > halves {
            before = self.timers[before as usize].previous;
        }
        let after = match before {
            NONE => self.lanes[lane as usize].head,
            before => self.timers[before as usize].next,
        };
        let timer = Timer { due: halves, previous: before, next: after };
        let place = match self.free.pop() {
            Some(place) => {
                self.timers[place as usize] = timer;
                place
            }
            None => {
                self.timers.push(timer);
                (self.timers.len() - 1) as u32
            }
        };
        self.link(lane, before, after, place, place);
        if before == NONE && due < self.earliest {
            (self.earliest, self.earliest_lane) = (due, lane);
        }
        TimerKey::new(lane, place)
    }

    /// Something else is to happen when a timer rings that has not rung.
    pub fn rename(&mut self, key: TimerKey, event: Event) {
        let timer = &mut self.timers[key.place() as usize];
        let renamed = Due::from_halves(timer.due).renamed(event);
        if timer.due == self.earliest.halves() {
            self.earliest = renamed;
        }
        timer.due = renamed.halves();
    }

    /// Cancels a timer that has not rung.
    pub fn cancel(&mut self, key: TimerKey) {
        let (lane, place) = (key.lane(), key.place());
        let Timer { previous, next, .. } = self.timers[place as usize];
        self.link(lane, previous, next, next, previous);
        self.free.push(place);
        if previous == NONE && self.earliest_lane == lane {
            self.find_earliest();
        }
    }

    /// Takes the timer that rings next off the list.
    pub fn drop_next(&mut self) {
        let lane = self.earliest_lane;
        let head = self.lanes[lane as usize].head;
        if head != NONE {
            self.cancel(TimerKey::new(lane, head));
        }
    }

    /// Makes `first` follow `before` and `last` precede `after`.
    #[inline]
    fn link(&mut self, lane: u16, before: u32, after: u32, first: u32, last: u32) {
        match before {
            NONE => self.lanes[lane as usize].head = first,
            before => self.timers[before as usize].next = first,
        }
        match after {
            NONE => self.lanes[lane as usize].tail = last,
            after => self.timers[after as usize].previous = last,
        }
    }

    fn find_earliest(&mut self) {
        self.earliest = Due::NEVER;
        for (lane, Lane { head, .. }) in self.lanes.iter().enumerate() {
            if *head != NONE {
                let due = Due::from_halves(self.timers[*head as usize].due);
                if due < self.earliest {
                    (self.earliest, self.earliest_lane) = (due, lane as u16);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(at: u64, order: u64) -> Due {
        Due::from_halves([at, order])
    }

    #[test]
    fn timers_ring_in_order_across_lanes_and_cancelled_ones_do_not() {
        let mut timers = Timers::default();
        timers.widen(2);
        timers.set(due(5, 0), 0);
        let cancelled = timers.set(due(3, 1), 1);
        timers.set(due(5, 2), 1);
        timers.set(due(4, 3), 0);
        timers.cancel(cancelled);
        timers.set(due(9, 4), 1);
        let next = || {
            let next = timers.next_due();
            timers.drop_next();
            (next != Due::NEVER).then_some(next)
        };
        let rung: Vec<Due> = std::iter::from_fn(next).collect();
        assert_eq!(rung, [due(4, 3), due(5, 0), due(5, 2), due(9, 4)]);
    }

    #[test]
    fn a_timer_takes_24_bytes() {
        assert_eq!(size_of::<Timer>(), 24);
    }
}
