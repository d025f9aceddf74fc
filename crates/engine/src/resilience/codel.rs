//! Controlled delay: what has waited too long in a queue that does not empty is turned away.

use archlab_model::policy::{Codel as Policy, CodelLaw};
use archlab_model::{SimTime, Span};

/// What a queue knows of its own delay.
#[derive(Debug, Clone)]
pub struct Codel {
    policy: Policy,
    /// When the queue was empty last.
    emptied: SimTime,
    /// When waits will have been above the target for an interval.
    above_until: Option<SimTime>,
    /// When the next is to be turned away, if it has come to that, and how many were since.
    dropping: Option<(SimTime, u32)>,
    /// How many were turned away the last time it came to that.
    last_count: u32,
}

impl Codel {
    /// For a queue that is empty.
    pub fn new(policy: Policy, now: SimTime) -> Codel {
        Codel { policy, emptied: now, above_until: None, dropping: None, last_count: 0 }
    }

    /// From now on there is another policy.
    pub fn change(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// The queue is empty.
    #[inline]
    pub fn empty(&mut self, now: SimTime) {
        self.emptied = now;
        self.above_until = None;
    }

    /// Whether one whose turn has come after `waited` is turned away. `last`: nobody waits behind it.
    #[inline]
    pub fn turns_away(&mut self, now: SimTime, waited: Span, last: bool) -> bool {
        match self.policy.law {
            CodelLaw::Requests => {
                let standing = now.since(self.emptied) > self.policy.interval;
                waited > if standing { self.policy.target } else { self.policy.interval }
            }
            CodelLaw::Packets => self.drops(now, waited, last),
        }
    }

    /// RFC 8289, section 5; a queue of one is none.
    fn drops(&mut self, now: SimTime, waited: Span, last: bool) -> bool {
        let stands = if waited < self.policy.target || last {
            self.above_until = None;
            false
        } else {
            let until = *self.above_until.get_or_insert(now + self.policy.interval);
            now >= until
        };
        match self.dropping {
            Some(_) if !stands => {
                self.dropping = None;
                false
            }
            Some((next, count)) if now >= next => {
                self.dropping = Some((next + self.gap(count + 1), count + 1));
                self.last_count = count + 1;
                true
            }
            Some(_) => false,
            None if stands => {
                // It begins where it left off, if that was not long ago.
                let recent = self
                    .above_until
                    .is_some_and(|until| now.since(until).as_nanos() < 16 * self.policy.interval.as_nanos());
                let count = if recent && self.last_count > 2 { self.last_count - 2 } else { 1 };
                self.dropping = Some((now + self.gap(count), count));
                self.last_count = count;
                true
            }
            None => false,
        }
    }

    fn gap(&self, count: u32) -> Span {
        let nanos = self.policy.interval.as_nanos() as f64 / f64::from(count.max(1)).sqrt();
        Span::from_nanos(nanos as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> SimTime {
        SimTime::START + Span::from_millis(millis)
    }

    fn ms(millis: u64) -> Span {
        Span::from_millis(millis)
    }

    #[test]
    fn a_standing_queue_bears_only_short_waits() {
        let mut codel = Codel::new(Policy::default(), at(0));
        assert!(!codel.turns_away(at(90), ms(90), false), "a burst is borne");
        assert!(codel.turns_away(at(101), ms(6), false), "a queue that stands is not");
        assert!(!codel.turns_away(at(102), ms(5), false));
        codel.empty(at(103));
        assert!(!codel.turns_away(at(110), ms(6), false));
    }

    #[test]
    fn drops_come_faster_while_the_queue_stands() {
        let policy = Policy { law: CodelLaw::Packets, ..Policy::default() };
        let mut codel = Codel::new(policy, at(0));
        let dropped: Vec<u64> =
            (0..500).filter(|millis| codel.turns_away(at(*millis), ms(20), false)).collect();
        // At 100 ms, then 100 ms / sqrt(n) apart.
        assert_eq!(dropped, [100, 200, 271, 329, 379, 424, 464]);
        assert!(!codel.turns_away(at(501), ms(4), false), "below the target it stops");
        assert!(!codel.turns_away(at(502), ms(20), false));
    }
}
