//! Adaptive concurrency limit: how many calls an instance lets in, after how long they take.

use archlab_model::policy::ConcurrencyLimit;
use archlab_model::{SimTime, Span};

use crate::random::Stream;

/// Where a limit begins (Netflix' `initialLimit`).
const INITIAL: f64 = 20.0;
/// `VegasLimit.probeMultiplier`: after so many times its limit in calls it looks for the shortest time anew.
const PROBE: f64 = 30.0;
/// `Gradient2Limit`: smoothing, room for a queue, samples in the long-term average, samples of its warm-up.
const SMOOTHING: f64 = 0.2;
const QUEUE: f64 = 4.0;
const LONG_WINDOW: f64 = 600.0;
const WARMUP: u32 = 10;
/// `WindowedLimit`: a sample is the mean of at least so many calls over at least so long.
const LEAST_CALLS: u32 = 10;
const LEAST_TIME: Span = Span::from_secs(1);

/// A limit on calls at once, and what it has seen.
#[derive(Debug, Clone)]
pub struct Limit {
    policy: ConcurrencyLimit,
    limit: f64,
    /// The shortest time seen (Vegas), or the long-term average (gradient), in nanoseconds; 0 before any.
    base: f64,
    samples: u32,
    /// Calls since the shortest time was looked for, and after how many it is again.
    probed: u32,
    probe_after: f64,
    /// The present window: since when, the sum of times, how many calls, the most at once.
    since: SimTime,
    sum: f64,
    calls: u32,
    most: u32,
}

impl Limit {
    /// One that has seen nothing.
    pub fn new(policy: ConcurrencyLimit, now: SimTime) -> Limit {
        let limit = within(policy, INITIAL);
        Limit {
            policy,
            limit,
            base: 0.0,
            samples: 0,
            probed: 0,
            probe_after: PROBE * limit,
            since: now,
            sum: 0.0,
            calls: 0,
            most: 0,
        }
    }

    /// From now on there is another policy; the limit found so far stays within its bounds.
    pub fn change(&mut self, policy: ConcurrencyLimit, now: SimTime) {
        if std::mem::discriminant(&policy) == std::mem::discriminant(&self.policy) {
            self.policy = policy;
            self.limit = within(policy, self.limit);
        } else {
            *self = Limit::new(policy, now);
        }
    }

    /// How many calls it lets in.
    #[inline]
    pub fn value(&self) -> u32 {
        self.limit as u32
    }

    /// A call has ended after `took` in the instance, where `inside` calls were when it ended, itself
    /// included. `dropped`: it took so long that nobody wanted it any more.
    pub fn record(&mut self, now: SimTime, took: Span, inside: u32, dropped: bool, stream: &mut Stream) {
        let took = took.as_nanos().max(1) as f64;
        match self.policy {
            ConcurrencyLimit::Fixed(_) => {}
            ConcurrencyLimit::Vegas { .. } => self.vegas(took, inside, dropped, stream),
            ConcurrencyLimit::Gradient { .. } => {
                self.sum += took;
                self.calls += 1;
                self.most = self.most.max(inside);
                if self.calls >= LEAST_CALLS && now.since(self.since) >= LEAST_TIME {
                    let mean = self.sum / f64::from(self.calls);
                    self.gradient(mean, self.most);
                    (self.sum, self.calls, self.most) = (0.0, 0, 0);
                    self.since = now;
                }
            }
        }
    }

    fn vegas(&mut self, took: f64, inside: u32, dropped: bool, stream: &mut Stream) {
        self.probed += 1;
        if f64::from(self.probed) >= self.probe_after {
            self.probed = 0;
            self.probe_after = PROBE * self.limit * (0.5 + 0.5 * stream.unit());
            self.base = took;
            return;
        }
        if self.base == 0.0 || took < self.base {
            self.base = took;
            return;
        }
        let step = libm::log10(self.limit.trunc()).trunc().max(1.0);
        let queue = (self.limit * (1.0 - self.base / took)).ceil();
        let limit = if dropped {
            self.limit - step
        } else if f64::from(inside) * 2.0 < self.limit {
            return;
        } else if queue <= step {
            self.limit + 6.0 * step
        } else if queue < 3.0 * step {
            self.limit + step
        } else if queue > 6.0 * step {
            self.limit - step
        } else {
            return;
        };
        self.limit = within(self.policy, limit);
    }

    fn gradient(&mut self, short: f64, inside: u32) {
        self.samples = self.samples.saturating_add(1);
        self.base = if self.samples <= WARMUP {
            self.base + (short - self.base) / f64::from(self.samples)
        } else {
            self.base + (short - self.base) * 2.0 / (LONG_WINDOW + 1.0)
        };
        let long = self.base;
        if long > 2.0 * short {
            self.base *= 0.9;
        }
        if f64::from(inside) < self.limit / 2.0 {
            return;
        }
        let gradient = (long / short).clamp(0.5, 1.0);
        let aim = self.limit * gradient + QUEUE;
        self.limit = within(self.policy, self.limit * (1.0 - SMOOTHING) + aim * SMOOTHING);
    }
}

/// `limit` within the bounds of `policy`.
fn within(policy: ConcurrencyLimit, limit: f64) -> f64 {
    let (least, most) = match policy {
        ConcurrencyLimit::Vegas { most } => (1, most),
        ConcurrencyLimit::Gradient { least, most } => (least, most),
        ConcurrencyLimit::Fixed(limit) => (limit, limit),
    };
    limit.max(f64::from(least)).min(f64::from(most)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limit after many calls to a server with `workers` that takes 10 ms for each: a call takes longer
    /// the more are inside.
    fn settles(policy: ConcurrencyLimit, workers: u32) -> u32 {
        let mut limit = Limit::new(policy, SimTime::START);
        let mut stream = Stream::new(1, "probes", "test");
        let mut millis = 0;
        for _ in 0..20_000 {
            let inside = limit.value();
            // A probe meets the queue, too, unless it drains: every thousandth call finds the server idle.
            let queue = if stream.unit() < 0.01 { 0 } else { inside.saturating_sub(workers) };
            let took = 10.0 * (1.0 + f64::from(queue) / f64::from(workers));
            millis += 10;
            let now = SimTime::START + Span::from_millis(millis);
            limit.record(now, Span::from_secs_f64(took / 1e3), inside, false, &mut stream);
        }
        limit.value()
    }

    #[test]
    fn vegas_settles_where_the_queue_is_short() {
        let limit = settles(ConcurrencyLimit::Vegas { most: 1_000 }, 40);
        assert!((40..=60).contains(&limit), "{limit}");
    }

    #[test]
    fn gradient_falls_when_calls_take_longer_than_they_did() {
        let policy = ConcurrencyLimit::Gradient { least: 5, most: 200 };
        let mut limit = Limit::new(policy, SimTime::START);
        let mut stream = Stream::new(1, "probes", "test");
        let mut play = |limit: &mut Limit, from: u64, millis: u64| {
            for call in 0..3_000 {
                let now = SimTime::START + Span::from_millis((from + call) * 10);
                let inside = limit.value();
                limit.record(now, Span::from_millis(millis), inside, false, &mut stream);
            }
            limit.value()
        };
        let quiet = play(&mut limit, 0, 10);
        assert!(quiet > 40, "without a queue it grows: {quiet}");
        let loaded = play(&mut limit, 3_000, 100);
        assert!(loaded < 20, "with one it shrinks: {loaded}");
    }

    #[test]
    fn a_changed_bound_holds_at_once() {
        let mut limit = Limit::new(ConcurrencyLimit::Vegas { most: 1_000 }, SimTime::START);
        assert_eq!(limit.value(), 20);
        limit.change(ConcurrencyLimit::Vegas { most: 7 }, SimTime::START);
        assert_eq!(limit.value(), 7);
        limit.change(ConcurrencyLimit::Fixed(3), SimTime::START);
        assert_eq!(limit.value(), 3);
    }
}
