//! Timers: what happens if an answer does not come.
//!
//! Nearly every timer is cancelled, and nearly all share a few lengths (a timeout, a patience). So each
//! length has a lane, a list in order of due time: setting appends, cancelling unlinks, and nothing
//! stale is ever left behind.

use archlab_model::{SimTime, Span};

use crate::agenda::Due;
use crate::event::{CallKey, RequestKey};

/// Past this many different lengths, the last lane takes all further ones and keeps them sorted.
pub const MAX_LANES: usize = 64;

const NONE: u32 = u32::MAX;

/// A length and its lane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wait {
    /// How long.
    pub length: Span,
    /// The lane of timers of this length.
    pub lane: u16,
}

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Alarm {
    /// A client's patience with a request.
    Patience(RequestKey),
    /// A caller's with a call.
    Call(CallKey),
}

/// A timer that is set. It ends by ringing or by being cancelled, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerKey(u32);

#[derive(Debug, Clone)]
struct Timer {
    due: Due,
    previous: u32,
    next: u32,
    lane: u16,
    alarm: Alarm,
}

#[derive(Debug, Clone, Copy)]
struct Lane {
    head: u32,
    tail: u32,
}

/// All timers that are set.
#[derive(Debug, Clone, Default)]
pub struct Timers {
    timers: Vec<Timer>,
    free: Vec<u32>,
    lanes: Vec<Lane>,
    earliest: Option<(Due, u16)>,
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
    pub fn next_due(&self) -> Option<Due> {
        self.earliest.map(|(due, _)| due)
    }

    /// Sets a timer.
    pub fn set(&mut self, due: Due, lane: u16, alarm: Alarm) -> TimerKey {
        // Appending is in order unless lengths share the lane or a deadline is set again.
        let mut before = self.lanes[lane as usize].tail;
        while before != NONE && self.timers[before as usize].due > due {
            before = self.timers[before as usize].previous;
        }
        let after = match before {
            NONE => self.lanes[lane as usize].head,
            before => self.timers[before as usize].next,
        };
        let timer = Timer { due, previous: before, next: after, lane, alarm };
        let key = match self.free.pop() {
            Some(key) => {
                self.timers[key as usize] = timer;
                key
            }
            None => {
                self.timers.push(timer);
                (self.timers.len() - 1) as u32
            }
        };
        self.link(lane, before, after, key, key);
        if before == NONE && self.earliest.is_none_or(|(earliest, _)| due < earliest) {
            self.earliest = Some((due, lane));
        }
        TimerKey(key)
    }

    /// Cancels a timer that has not rung.
    pub fn cancel(&mut self, TimerKey(key): TimerKey) {
        let Timer { previous, next, lane, .. } = self.timers[key as usize];
        self.link(lane, previous, next, next, previous);
        self.free.push(key);
        if previous == NONE && self.earliest.is_some_and(|(_, earliest)| earliest == lane) {
            self.find_earliest();
        }
    }

    /// Takes the timer that rings next.
    pub fn take(&mut self) -> Option<(SimTime, Alarm)> {
        let (due, lane) = self.earliest?;
        let key = self.lanes[lane as usize].head;
        let alarm = self.timers[key as usize].alarm;
        self.cancel(TimerKey(key));
        Some((due.at, alarm))
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
        self.earliest = None;
        for (lane, Lane { head, .. }) in self.lanes.iter().enumerate() {
            if *head != NONE {
                let due = self.timers[*head as usize].due;
                if self.earliest.is_none_or(|(earliest, _)| due < earliest) {
                    self.earliest = Some((due, lane as u16));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use slotmap::KeyData;

    fn alarm(number: u64) -> Alarm {
        Alarm::Call(CallKey::from(KeyData::from_ffi(number | 1 << 32)))
    }

    fn due(at: u64, order: u64) -> Due {
        Due { at: SimTime::from_nanos(at), order }
    }

    #[test]
    fn timers_ring_in_order_across_lanes_and_cancelled_ones_do_not() {
        let mut timers = Timers::default();
        timers.widen(2);
        timers.set(due(5, 0), 0, alarm(1));
        let cancelled = timers.set(due(3, 1), 1, alarm(2));
        timers.set(due(5, 2), 1, alarm(3));
        timers.set(due(4, 3), 0, alarm(4));
        timers.cancel(cancelled);
        timers.set(due(9, 4), 1, alarm(5));
        let rung: Vec<_> = std::iter::from_fn(|| timers.take()).map(|(_, alarm)| alarm).collect();
        assert_eq!(rung, [alarm(4), alarm(1), alarm(3), alarm(5)]);
        assert_eq!(timers.next_due(), None);
    }
}
