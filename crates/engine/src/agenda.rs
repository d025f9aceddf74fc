//! The agenda: events still to come, earliest first.
//!
//! Events due at the same instant leave in the order they were scheduled, so that a run depends on the
//! design, the seed and the interventions, and on nothing else. There are three ways to be on it, and one
//! order across them:
//!
//! * a row in order while there are a few, a heap when there are many, and before the heap buckets for what is far
//!   off when there are very many, for what may be due at any time;
//! * delays: queues of events that are all scheduled the same time ahead (messages on the wire). They are
//!   born in the order they leave, so that no heap is needed;
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

/// Bits of a [`Due`] that tell the order among equals. After so many schedulings the count begins anew; two
/// events of one nanosecond, one scheduled before and one after that point, then leave the other way round,
/// the same in every run.
const ORDER_BITS: u32 = 64 - EVENT_BITS;

/// When something is due, its rank among what is due at the same instant, and what it is: in this order
/// from the highest bit, so that comparing numbers compares events.
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

/// Where the earliest event is.
#[derive(Clone, Copy)]
enum Source {
    Few,
    Heap,
    Delay(usize),
    Timers,
}

/// Events to come.
#[derive(Debug, Clone, Default)]
pub struct Agenda {
    few: Few,
    heap: Heap,
    /// Whether there are so many that they are in the heap, and none among the few.
    crowded: bool,
    /// Those that are so far off that they have no place in the heap yet.
    far: Far,
    /// What came near last, until somebody has prepared for it.
    coming: Vec<Event>,
    delays: Vec<Delay>,
    timers: Timers,
    scheduled_count: u64,
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
        let due = self.due(at, event);
        if self.crowded || self.few.is_full() {
            self.schedule_in_crowd(due);
        } else {
            self.few.push(due);
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
        (self.crowded && !self.coming.is_empty()).then(|| self.coming.drain(..))
    }

    /// One more than a few: all go to the heap.
    #[cold]
    #[inline(never)]
    fn crowd(&mut self, due: Due) {
        self.crowded = true;
        self.heap.push(due);
        while self.few.first() != Due::NEVER {
            self.heap.push(self.few.first());
            self.few.take_first();
        }
    }

    /// Only a few are left in the heap: they come out of it.
    #[cold]
    #[inline(never)]
    fn thin_out(&mut self) {
        self.crowded = false;
        while self.heap.first() != Due::NEVER {
            self.few.push(self.heap.first());
            self.heap.take_first();
        }
    }

    /// Schedules `event` at `now + delay`. Time must not have gone back since the last such call.
    #[inline]
    pub fn delay(&mut self, now: SimTime, delay: Span, event: Event) {
        for place in 0..self.delays.len() {
            if self.delays[place].length == delay {
                let due = self.due(now + delay, event);
                let lane = &mut self.delays[place];
                if lane.first == Due::NEVER {
                    lane.first = due;
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
        let due = self.due(at, event);
        self.timers.set(due, wait.lane)
    }

    /// When a timer rings.
    pub fn rings_at(&self, timer: TimerKey) -> SimTime {
        self.timers.due(timer).at()
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

    /// Takes the next event due by `deadline`, which is before the end of time.
    ///
    /// Events are handed out one at a time, because handling one may schedule another before the next.
    #[inline]
    pub fn take(&mut self, deadline: SimTime) -> Option<(SimTime, Event)> {
        let (mut next, mut source) = match self.crowded {
            false => (self.few.first(), Source::Few),
            true => (self.first_in_crowd(), Source::Heap),
        };
        for (place, delay) in self.delays.iter().enumerate() {
            if delay.first < next {
                next = delay.first;
                source = Source::Delay(place);
            }
        }
        let timer = self.timers.next_due();
        if timer < next {
            next = timer;
            source = Source::Timers;
        }
        let at = next.at();
        if at > deadline {
            return None;
        }
        match source {
            Source::Few => self.few.take_first(),
            Source::Heap => {
                self.heap.take_first();
                if self.heap.is_nearly_empty() && self.far.is_empty() {
                    self.thin_out();
                }
            }
            Source::Delay(place) => {
                let lane = &mut self.delays[place];
                lane.first = lane.queue.pop_front().unwrap_or(Due::NEVER);
            }
            Source::Timers => self.timers.drop_next(),
        }
        Some((at, next.event()))
    }

    #[inline(always)]
    fn due(&mut self, at: SimTime, event: Event) -> Due {
        let order = self.scheduled_count & ((1 << ORDER_BITS) - 1);
        self.scheduled_count += 1;
        let low = order << EVENT_BITS | u64::from(event.bits());
        Due(u128::from(at.as_nanos()) << 64 | u128::from(low))
    }

    #[cold]
    #[inline(never)]
    fn delay_otherwise(&mut self, now: SimTime, delay: Span, event: Event) {
        if self.delays.len() < MAX_DELAYS {
            let due = self.due(now + delay, event);
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
mod tests {
    use super::*;
    use crate::event::Kind;

    fn event(number: u32) -> Event {
        Event::new(Kind::Control, number)
    }

    fn rest(agenda: &mut Agenda) -> Vec<(u64, u32)> {
        let next = || agenda.take(SimTime::from_nanos(u64::MAX - 1));
        std::iter::from_fn(next).map(|(at, event)| (at.as_nanos(), event.index())).collect()
    }

    fn played(instants: &[u64]) -> Vec<(u64, u32)> {
        let mut agenda = Agenda::default();
        for (&at, number) in instants.iter().zip(0..) {
            agenda.schedule(SimTime::from_nanos(at), event(number));
        }
        rest(&mut agenda)
    }

    #[test]
    fn events_leave_earliest_first() {
        assert_eq!(played(&[30, 10, 20]), [(10, 1), (20, 2), (30, 0)]);
    }

    #[test]
    fn events_of_one_instant_leave_in_the_order_they_were_scheduled() {
        assert_eq!(played(&[5, 1, 5, 5, 1]), [(1, 1), (1, 4), (5, 0), (5, 2), (5, 3)]);
    }

    #[test]
    fn one_order_holds_across_heap_delays_and_timers() {
        let (mut agenda, start) = (Agenda::default(), SimTime::START);
        let span = Span::from_nanos;
        agenda.widen_timers(1);
        agenda.schedule(SimTime::from_nanos(7), event(0));
        agenda.delay(start, span(7), event(1));
        agenda.set_timer(start, Wait { length: span(7), lane: 0 }, event(2));
        agenda.delay(start, span(3), event(3));
        agenda.schedule(SimTime::from_nanos(7), event(4));
        assert_eq!(rest(&mut agenda), [(3, 3), (7, 0), (7, 1), (7, 2), (7, 4)]);
    }

    #[test]
    fn an_event_may_take_the_place_of_the_one_before() {
        let mut agenda = Agenda::default();
        for number in 0..3 {
            agenda.schedule(SimTime::from_nanos(u64::from(number)), event(number));
        }
        let (at, first) = agenda.take(SimTime::from_nanos(5)).unwrap();
        assert_eq!((at.as_nanos(), first.index()), (0, 0));
        agenda.schedule(SimTime::from_nanos(9), event(7));
        assert_eq!(rest(&mut agenda), [(1, 1), (2, 2), (9, 7)]);
    }

    #[test]
    fn very_many_leave_in_order_while_others_come() {
        let mut agenda = Agenda::default();
        let mut model = std::collections::BTreeSet::new();
        let (mut state, mut now) = (7u64, 0);
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for number in 0..400_000u32 {
            // Soon, late, in bursts of one instant, and once in a while very late.
            let ahead = match draw(20) {
                0 => draw(10),
                1 => 1_000_000_000 + draw(1 << 30),
                2..8 => 500_000,
                _ => draw(1 << 24),
            };
            agenda.schedule(SimTime::from_nanos(now + ahead), event(number));
            model.insert((now + ahead, number));
            // Grows to a hundred thousand, shrinks to a few, and grows again.
            let taken = if number / 100_000 % 2 == 0 { draw(3) / 2 } else { 2 };
            for _ in 0..taken {
                let next = agenda.take(SimTime::from_nanos(u64::MAX - 1));
                let next = next.map(|(at, event)| (at.as_nanos(), event.index()));
                assert_eq!(next, model.pop_first());
                now = next.map_or(now, |(at, _)| at);
            }
        }
        assert_eq!(rest(&mut agenda), model.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn there_may_be_more_lengths_of_delay_than_queues() {
        let mut agenda = Agenda::default();
        for number in (0..20).rev() {
            agenda.delay(SimTime::START, Span::from_nanos(u64::from(number) + 1), event(number));
        }
        let order: Vec<u32> = rest(&mut agenda).into_iter().map(|(_, number)| number).collect();
        assert_eq!(order, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn an_entry_is_16_bytes() {
        assert_eq!(size_of::<Due>(), 16);
    }
}
