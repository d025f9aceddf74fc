//! Client-side throttling: a caller holds calls back by itself when many are turned away.

use archlab_model::SimTime;
use archlab_model::policy::Throttle as Policy;

use crate::random::Stream;
use crate::resilience::rolling::Rolling;

const REQUESTS: usize = 0;
const ACCEPTS: usize = 1;

/// What a caller knows of how a service took its calls of late.
#[derive(Debug, Clone)]
pub struct Throttle {
    policy: Policy,
    seen: Rolling<2>,
}

impl Throttle {
    /// One that has seen nothing.
    pub fn new(policy: Policy) -> Throttle {
        Throttle { policy, seen: Rolling::new(policy.window) }
    }

    /// From now on there is another policy; what was seen stays, if the window does.
    pub fn change(&mut self, policy: Policy) {
        if !self.seen.is_of(policy.window) {
            self.seen = Rolling::new(policy.window);
        }
        self.policy = policy;
    }

    /// Whether a call is made. One that is held back counts as a request all the same.
    #[inline]
    pub fn allows(&mut self, now: SimTime, stream: &mut Stream) -> bool {
        let [requests, accepts] = self.seen.sums(now);
        self.seen.add(now, REQUESTS, 1);
        let (requests, accepts) = (requests as f64, accepts as f64);
        let chance = (requests - self.policy.k * accepts) / (requests + 1.0);
        chance <= 0.0 || !stream.happens(chance)
    }

    /// A call was accepted: whatever its answer, it was not turned away.
    #[inline]
    pub fn accepted(&mut self, now: SimTime) {
        self.seen.add(now, ACCEPTS, 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use archlab_model::Span;

    #[test]
    fn an_overloaded_service_sees_twice_what_it_accepts() {
        // sre-throttle-K2: 1000 a second offered, 100 accepted
        let mut throttle = Throttle::new(Policy::default());
        let mut stream = Stream::new(1, "throttling", "test");
        let mut reached = 0;
        for second in 0..600 {
            let mut accepted = 0;
            for call in 0..1_000 {
                let now = SimTime::START + Span::from_millis(second * 1_000 + call);
                if throttle.allows(now, &mut stream) {
                    reached += u32::from(second >= 300);
                    if accepted < 100 {
                        accepted += 1;
                        throttle.accepted(now);
                    }
                }
            }
        }
        let rate = f64::from(reached) / 300.0;
        assert!((rate - 200.0).abs() < 4.0, "{rate} a second reach the service");
    }

    #[test]
    fn a_service_that_accepts_is_not_held_back() {
        let mut throttle = Throttle::new(Policy::default());
        let mut stream = Stream::new(1, "throttling", "test");
        for call in 0..10_000 {
            let now = SimTime::START + Span::from_millis(call);
            assert!(throttle.allows(now, &mut stream));
            if call % 2 == 0 {
                throttle.accepted(now);
            }
        }
    }
}
