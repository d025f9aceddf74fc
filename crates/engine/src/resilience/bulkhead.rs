//! Bulkhead: a cap on the calls that a caller has under way to a service; a few more may wait for a while.

use std::collections::VecDeque;

use archlab_model::SimTime;
use archlab_model::policy::Bulkhead as Policy;

/// What a bulkhead says of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    /// It is made.
    Made,
    /// It waits until then at most.
    Waits { until: SimTime },
    /// It is not made.
    Full,
}

/// A caller's cap for one service. `W` is what waits.
#[derive(Debug, Clone)]
pub struct Bulkhead<W> {
    policy: Policy,
    /// Calls under way.
    pub busy: u32,
    waiting: VecDeque<(SimTime, W)>,
}

impl<W: Copy + PartialEq> Bulkhead<W> {
    /// One with no calls under way.
    pub fn new(policy: Policy) -> Bulkhead<W> {
        Bulkhead { policy, busy: 0, waiting: VecDeque::new() }
    }

    /// From now on there is another policy. What is under way goes on, what waits waits as long as it would.
    pub fn change(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// A call is to be made.
    #[inline]
    pub fn enter(&mut self, now: SimTime, call: W) -> Entrance {
        if self.busy < self.policy.most {
            self.busy += 1;
            Entrance::Made
        } else if self.policy.wait.is_zero() || self.waiting.len() >= self.policy.queue as usize {
            Entrance::Full
        } else {
            let until = now + self.policy.wait;
            self.waiting.push_back((until, call));
            Entrance::Waits { until }
        }
    }

    /// A call that was made has ended.
    #[inline]
    pub fn leave(&mut self) {
        self.busy = self.busy.saturating_sub(1);
    }

    /// Takes the next of those that wait, if there is room for it. It is under way from now on.
    #[inline]
    pub fn take(&mut self) -> Option<W> {
        if self.busy >= self.policy.most {
            return None;
        }
        let (_, call) = self.waiting.pop_front()?;
        self.busy += 1;
        Some(call)
    }

    /// Takes the next of those that have waited too long.
    pub fn expire(&mut self, now: SimTime) -> Option<W> {
        let (until, _) = self.waiting.front()?;
        if *until > now {
            return None;
        }
        self.waiting.pop_front().map(|(_, call)| call)
    }

    /// When the next of those that wait has waited too long. (After a change of policy that may be late.)
    pub fn expires(&self) -> Option<SimTime> {
        self.waiting.front().map(|(until, _)| *until)
    }

    /// Takes all that wait.
    pub fn drain(&mut self) -> Vec<W> {
        self.waiting.drain(..).map(|(_, call)| call).collect()
    }

    /// A call that waits is not wanted any more. Whether it did wait.
    pub fn forget(&mut self, call: W) -> bool {
        let place = self.waiting.iter().position(|(_, waiting)| *waiting == call);
        place.is_some_and(|place| self.waiting.remove(place).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Stream, Ziggurat};
    use archlab_model::Span;

    fn at(millis: u64) -> SimTime {
        SimTime::START + Span::from_millis(millis)
    }

    /// The part of Poisson calls that find the bulkhead full; each takes a mean time of 1.
    fn blocked(slots: u32, offered: f64, seed: u64) -> f64 {
        const CALLS: u32 = 150_000;
        let mut bulkhead = Bulkhead::new(Policy { most: slots, ..Policy::default() });
        let (mut stream, ziggurat) = (Stream::new(seed, "calls", "test"), Ziggurat::default());
        let (mut time, mut ends, mut blocked) = (0.0_f64, Vec::<f64>::new(), 0);
        for call in 0..CALLS {
            time += ziggurat.draw(&mut stream) / offered;
            ends.retain(|end| {
                if *end <= time {
                    bulkhead.leave();
                }
                *end > time
            });
            match bulkhead.enter(at(0), call) {
                Entrance::Made => ends.push(time + ziggurat.draw(&mut stream)),
                Entrance::Full => blocked += 1,
                Entrance::Waits { .. } => panic!("none waits"),
            }
        }
        f64::from(blocked) / f64::from(CALLS)
    }

    #[test]
    fn a_bulkhead_blocks_as_erlang_says() {
        // erlB-*
        for (slots, offered, expected) in
            [(1, 1.0, 0.5), (5, 3.0, 0.1100543), (10, 10.0, 0.2145823), (25, 20.0, 0.05022178)]
        {
            let blocked: f64 = (1..=4).map(|seed| blocked(slots, offered, seed)).sum();
            let measured = blocked / 4.0;
            assert!((measured - expected).abs() < 0.015 * expected, "{slots} slots: {measured}");
        }
    }

    #[test]
    fn a_few_wait_for_a_while() {
        let wait = Span::from_millis(10);
        let mut bulkhead = Bulkhead::new(Policy { most: 1, wait, queue: 2 });
        assert_eq!(bulkhead.enter(at(0), 'a'), Entrance::Made);
        assert_eq!(bulkhead.enter(at(1), 'b'), Entrance::Waits { until: at(11) });
        assert_eq!(bulkhead.enter(at(2), 'c'), Entrance::Waits { until: at(12) });
        assert_eq!(bulkhead.enter(at(3), 'd'), Entrance::Full);
        assert_eq!(bulkhead.take(), None);
        bulkhead.leave();
        assert_eq!(bulkhead.take(), Some('b'));
        assert_eq!((bulkhead.expire(at(11)), bulkhead.expires()), (None, Some(at(12))));
        assert_eq!(bulkhead.expire(at(12)), Some('c'));
        assert!(!bulkhead.forget('c'));
        assert_eq!((bulkhead.busy, bulkhead.waiting()), (1, 0));
    }
}
