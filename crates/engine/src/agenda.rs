//! The agenda: events still to come, earliest first.
//!
//! Events due at the same instant leave in the order they were scheduled (or only ranked, to be put in their place a
//! little later), so that a run depends on the design, the seed and the interventions, and on nothing else. There are
//! three ways to be on it, and one order across them:
//!
//! * a row in order while there are a few, a heap when there are many, and before the heap buckets for what is far
//!   off when there are very many, for what may be due at any time;
//! * delays: queues of events that are all scheduled the same time ahead (messages on the wire). They are
//!   born in the order they leave, so that no heap is needed. What is due before nearly all else goes into the row;
//! * timers ([`crate::timers`]), which are nearly always cancelled.
//!
//! The heap was chosen by measurement, among eleven event sets: docs/performance.md.

mod far;
mod few;
mod heap;

use std::collections::VecDeque;

use archlab_model::{SimTime, Span};

use crate::event::{EVENT_BITS, Event};
use crate::timers::{TimerKey, Timers, Wait};
use far::Far;
use few::Few;
use heap::Heap;

/// Most lengths of delay that have a queue of their own. Others take the heap.
const MAX_DELAYS: usize = 8;

/// Most events in the heap. Beyond that it no longer lies in a fast cache.
const MOST_NEAR: usize = 16_384;

/// When something is due, its rank among what is due at the same instant, and what it is: in this order
/// from the highest bit, so that comparing numbers compares events.
///
/// After as many schedulings as its bits can tell the rank begins anew; two events of one nanosecond, one scheduled
/// before and one after that point, may then leave the other way round, the same in every run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due(u128);

impl Due {
    /// Later than anything.
    pub const NEVER: Due = Due(u128::MAX);

    /// The higher and the lower half, for those who keep it where alignment costs.
    #[inline]
    pub fn halves(self) -> [u64; 2] {
        [(self.0 >> 64) as u64, self.0 as u64]
    }

    /// As it was before [`Due::halves`].
    #[inline]
    pub fn from_halves([high, low]: [u64; 2]) -> Due {
        Due(u128::from(high) << 64 | u128::from(low))
    }

    /// The instant.
    #[inline]
    pub fn at(self) -> SimTime {
        SimTime::from_nanos((self.0 >> 64) as u64)
    }

    /// As due as before, but something else happens then.
    pub fn renamed(self, event: Event) -> Due {
        Due(self.0 & !((1 << EVENT_BITS) - 1) | u128::from(event.bits()))
    }

    /// What happens then.
    #[inline]
    pub fn event(self) -> Event {
        Event::from_bits(self.0 as u32)
    }
}

#[derive(Debug, Clone)]
struct Delay {
    length: Span,
    first: Due,
    queue: VecDeque<Due>,
}

/// Events to come.
#[derive(Debug, Clone)]
pub struct Agenda {
    few: Few,
    heap: Heap,
    /// Whether there are so many that they are in the heap, and none among the few.
    crowded: bool,
    /// Nothing is to be taken before this instant but what is among the few.
    others: SimTime,
    /// Those that are so far off that they have no place in the heap yet.
    far: Far,
    /// What came near last, until somebody has prepared for it.
    coming: Vec<Event>,
    delays: Vec<Delay>,
    timers: Timers,
    /// How many were scheduled, in the bits of a [`Due`] that tell the order among equals.
    order: u64,
}

impl Default for Agenda {
    fn default() -> Agenda {
        Agenda {
            few: Few::default(),
            heap: Heap::default(),
            crowded: false,
            others: SimTime::NEVER,
            far: Far::default(),
            coming: Vec::new(),
            delays: Vec::new(),
            timers: Timers::default(),
            order: 0,
        }
    }
}

impl Agenda {
    /// Schedules `event` at `at`.
    #[inline(never)]
    pub fn schedule(&mut self, at: SimTime, event: Event) {
        self.schedule_here(at, event);
    }

    /// As [`Agenda::schedule`], for those few who schedule most of all events.
    #[inline(always)]
    pub fn schedule_here(&mut self, at: SimTime, event: Event) {
        let due = self.rank(at, event);
        if !self.few.push(due) {
            self.schedule_in_crowd(due);
        }
    }

    /// Puts an event where it belongs that was ranked before, by [`Agenda::rank`]. No time may have passed since.
    ///
    /// Whether an event goes before others cannot be guessed, so a processor waits here until it is known when it is due,
    /// and is then as likely as not to have gone on in the wrong way. It loses least if that has been known for long.
    #[inline(always)]
    pub fn put(&mut self, due: Due) {
        if !self.few.put(due) {
            self.schedule_in_crowd(due);
        }
    }

    #[inline(never)]
    fn schedule_in_crowd(&mut self, due: Due) {
        if !self.crowded {
            return self.crowd(due);
        }
        if self.far.is_far(due) {
            return self.far.push(due);
        }
        self.heap.push(due);
        if self.heap.count() > MOST_NEAR {
            self.spread();
        }
    }

    /// Too many in the heap: all but the first are far from now on.
    #[cold]
    #[inline(never)]
    fn spread(&mut self) {
        let first = self.heap.first();
        let all = self.heap.take_all();
        self.far.retreat(first);
        for due in all {
            if due == first {
                self.heap.push(due);
            } else {
                self.far.push(due);
            }
        }
    }

    /// The earliest in heap and buckets.
    #[inline(always)]
    fn first_in_crowd(&mut self) -> Due {
        let first = self.heap.first();
        if first != Due::NEVER || self.far.is_empty() {
            return first;
        }
        self.coming.clear();
        self.far.approach(|due| {
            self.heap.push(due);
            self.coming.push(due.event());
        });
        self.heap.first()
    }

    /// What came near since this was asked last, when very many are pending.
    #[inline(always)]
    pub fn coming(&mut self) -> Option<std::vec::Drain<'_, Event>> {
        (!self.coming.is_empty()).then(|| self.coming.drain(..))
    }

    /// One more than a few: all go to the heap.
    #[cold]
    #[inline(never)]
    fn crowd(&mut self, due: Due) {
        self.crowded = true;
        self.others = SimTime::START;
        self.heap.push(due);
        while self.few.first() != Due::NEVER {
            self.heap.push(self.few.first());
            self.few.take_first();
        }
        self.few.close();
    }

    /// Only a few are left in the heap: they come out of it.
    #[cold]
    #[inline(never)]
    fn thin_out(&mut self) {
        self.crowded = false;
        self.few.open();
        while self.heap.first() != Due::NEVER {
            let kept = self.few.push(self.heap.first());
            debug_assert!(kept, "more than a few were left");
            self.heap.take_first();
        }
    }

    /// Schedules `event` at `now + delay`: in the queue of that delay, unless it is due so soon that the row takes less
    /// work. Time must not have gone back since the last such call.
    #[inline]
    pub fn delay(&mut self, now: SimTime, delay: Span, event: Event) {
        if self.few.is_soon(now + delay) {
            return self.schedule_here(now + delay, event);
        }
        for place in 0..self.delays.len() {
            if self.delays[place].length == delay {
                let due = self.rank(now + delay, event);
                let lane = &mut self.delays[place];
                if lane.first == Due::NEVER {
                    lane.first = due;
                    self.others = self.others.min(due.at());
                } else {
                    lane.queue.push_back(due);
                }
                return;
            }
        }
        self.delay_otherwise(now, delay, event);
    }

    /// Sets a timer. A wait for ever sets none.
    #[inline]
    pub fn set_timer(&mut self, now: SimTime, wait: Wait, event: Event) -> Option<TimerKey> {
        if wait.is_for_ever() {
            return None;
        }
        Some(self.set_timer_at(now + wait.length, wait, event))
    }

    /// Sets a timer that rings at `at`, in the lane of `wait`.
    pub fn set_timer_at(&mut self, at: SimTime, wait: Wait, event: Event) -> TimerKey {
        let due = self.rank(at, event);
        self.others = self.others.min(due.at());
        self.timers.set(due, wait.lane)
    }

    /// When a timer rings.
    pub fn rings_at(&self, timer: TimerKey) -> SimTime {
        self.timers.due(timer).at()
    }

    /// Something else is to happen when a timer rings that has not rung.
    pub fn rename_timer(&mut self, timer: TimerKey, event: Event) {
        self.timers.rename(timer, event);
    }

    /// Cancels a timer that has not rung.
    #[inline]
    pub fn cancel_timer(&mut self, timer: TimerKey) {
        self.timers.cancel(timer);
    }

    /// Makes sure there are `count` lanes of timers.
    pub fn widen_timers(&mut self, count: usize) {
        self.timers.widen(count);
    }

    /// Whether no timer is set.
    #[cfg(test)]
    pub fn has_no_timers(&self) -> bool {
        self.timers.next_due() == Due::NEVER
    }

    /// [`Agenda::take_few`] goes no further than `deadline`, nor does [`Agenda::take_any`] if it is given the same one.
    pub fn reach(&mut self, deadline: SimTime) {
        self.others = self.others.min(deadline);
    }

    /// Takes the next event if it is among the few and nothing else can be due by then; else [`Agenda::take_any`] is to
    /// be asked.
    #[inline(always)]
    pub fn take_few(&mut self) -> Option<(SimTime, Event)> {
        let next = self.few.first();
        if next.at() >= self.others {
            return None;
        }
        self.few.take_first();
        Some((next.at(), next.event()))
    }

    /// Takes the next event due by `deadline`, which is before the end of time, wherever it is.
    ///
    /// Events are handed out one at a time, because handling one may schedule another before the next.
    #[inline(always)]
    pub fn take_any(&mut self, deadline: SimTime) -> Option<(SimTime, Event)> {
        let next = self.take_from_all(deadline);
        (next != Due::NEVER).then(|| (next.at(), next.event()))
    }

    /// As [`Agenda::take_any`]; [`Due::NEVER`] if there is none.
    #[inline(always)]
    fn take_from_all(&mut self, deadline: SimTime) -> Due {
        let mut next = self.timers.next_due();
        let mut lane = None;
        for (place, delay) in self.delays.iter().enumerate() {
            if delay.first < next {
                (next, lane) = (delay.first, Some(place));
            }
        }
        let first = if self.crowded { self.first_in_crowd() } else { self.few.first() };
        if first < next {
            return self.take_first(first, next, deadline);
        }
        if next.at() > deadline {
            return Due::NEVER;
        }
        match lane {
            Some(place) => {
                let lane = &mut self.delays[place];
                lane.first = lane.queue.pop_front().unwrap_or(Due::NEVER);
            }
            None => self.timers.drop_next(),
        }
        next
    }

    /// Takes the first of the few, or of the heap; all that is not there is due at `others` or later.
    #[inline(always)]
    fn take_first(&mut self, first: Due, others: Due, deadline: SimTime) -> Due {
        if first.at() > deadline {
            return Due::NEVER;
        }
        if !self.crowded {
            self.others = others.at().min(deadline);
            self.few.take_first();
            return first;
        }
        self.heap.take_first();
        if self.heap.is_nearly_empty() && self.far.is_empty() {
            self.thin_out();
        }
        first
    }

    /// Ranks an event that is to be due at `at` behind all that were ranked before.
    #[inline(always)]
    pub fn rank(&mut self, at: SimTime, event: Event) -> Due {
        let low = self.order | u64::from(event.bits());
        self.order = self.order.wrapping_add(1 << EVENT_BITS);
        Due(u128::from(at.as_nanos()) << 64 | u128::from(low))
    }

    #[cold]
    #[inline(never)]
    fn delay_otherwise(&mut self, now: SimTime, delay: Span, event: Event) {
        if self.delays.len() < MAX_DELAYS {
            let due = self.rank(now + delay, event);
            self.others = self.others.min(due.at());
            self.delays.push(Delay { length: delay, first: due, queue: VecDeque::new() });
            return;
        }
        // A length that is no longer in use makes room for this one.
        if let Some(idle) = self.delays.iter_mut().find(|delay| delay.first == Due::NEVER) {
            idle.length = delay;
            return self.delay(now, delay, event);
        }
        self.schedule(now + delay, event);
    }
}

#[cfg(test)]
mod tests;
