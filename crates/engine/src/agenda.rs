//! The agenda: events still to come, earliest first.
//!
//! Events due at the same instant leave in the order they were scheduled, so that a run depends on the
//! design, the seed and the interventions, and on nothing else. Timers ([`crate::timers`]) are kept
//! apart but numbered from the same count, so the order holds across both.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use archlab_model::SimTime;

/// When something is due, and its rank among what is due at the same instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// The instant.
    pub at: SimTime,
    /// How many were scheduled before it.
    pub order: u64,
}

/// Events to come.
#[derive(Debug, Clone)]
pub struct Agenda<E> {
    entries: BinaryHeap<Reverse<Entry<E>>>,
    scheduled_count: u64,
}

impl<E> Default for Agenda<E> {
    fn default() -> Self {
        Self { entries: BinaryHeap::new(), scheduled_count: 0 }
    }
}

impl<E> Agenda<E> {
    /// Schedules `event`.
    #[inline]
    pub fn schedule(&mut self, at: SimTime, event: E) {
        let due = self.number(at);
        self.entries.push(Reverse(Entry { due, event }));
    }

    /// The next rank at `at`, for something that is kept elsewhere.
    #[inline]
    pub fn number(&mut self, at: SimTime) -> Due {
        let order = self.scheduled_count;
        self.scheduled_count += 1;
        Due { at, order }
    }

    /// When the next event is due.
    #[inline]
    pub fn next_due(&self) -> Option<Due> {
        self.entries.peek().map(|Reverse(entry)| entry.due)
    }

    /// Takes the next event.
    #[inline]
    pub fn take(&mut self) -> Option<(SimTime, E)> {
        self.entries.pop().map(|Reverse(entry)| (entry.due.at, entry.event))
    }
}

#[derive(Debug, Clone)]
struct Entry<E> {
    due: Due,
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.due == other.due
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.due.cmp(&other.due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(instants: &[u64]) -> Vec<(u64, usize)> {
        let mut agenda = Agenda::default();
        for (place, &at) in instants.iter().enumerate() {
            agenda.schedule(SimTime::from_nanos(at), place);
        }
        std::iter::from_fn(|| agenda.take()).map(|(at, place)| (at.as_nanos(), place)).collect()
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
    fn an_entry_is_at_most_32_bytes() {
        assert!(size_of::<Entry<crate::event::Event>>() <= 32);
    }
}
