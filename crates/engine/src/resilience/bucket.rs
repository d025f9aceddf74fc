//! Rate limits: token bucket and leaky bucket.

use archlab_model::policy::RateLimit;
use archlab_model::{SimTime, Span};

/// What a rate limit says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// It goes on, after this long.
    After(Span),
    /// It doesn't.
    Rejected,
}

/// A rate limit and how far it is used up.
#[derive(Debug, Clone)]
pub struct Bucket {
    policy: RateLimit,
    /// Tokens left, or requests ahead of the rate in thousandths.
    level: f64,
    since: SimTime,
}

/// Tokens that add up to one but for rounding are one.
const ROUNDING: f64 = 1e-9;

impl Bucket {
    /// One that nothing has passed.
    pub fn new(policy: RateLimit, now: SimTime) -> Bucket {
        let level = match policy {
            RateLimit::TokenBucket { burst, .. } => f64::from(burst),
            RateLimit::LeakyBucket { .. } => EMPTY,
        };
        Bucket { policy, level, since: now }
    }

    /// From now on there is another policy; how far the old one was used up stays, if it is of the same sort.
    pub fn change(&mut self, policy: RateLimit, now: SimTime) {
        match (self.policy, policy) {
            (old, new) if old == new => {}
            (RateLimit::TokenBucket { rate, burst: old }, RateLimit::TokenBucket { burst, .. }) => {
                self.refill(now, rate, old);
                self.level = self.level.min(f64::from(burst));
                self.policy = policy;
            }
            (RateLimit::LeakyBucket { .. }, RateLimit::LeakyBucket { .. }) => self.policy = policy,
            _ => *self = Bucket::new(policy, now),
        }
    }

    /// A request comes.
    #[inline]
    pub fn ask(&mut self, now: SimTime) -> Passage {
        match self.policy {
            RateLimit::TokenBucket { rate, burst } => {
                self.refill(now, rate, burst);
                if self.level + ROUNDING < 1.0 {
                    return Passage::Rejected;
                }
                self.level -= 1.0;
                Passage::After(Span::ZERO)
            }
            RateLimit::LeakyBucket { rate, burst, undelayed } => self.leak(now, rate, burst, undelayed),
        }
    }

    fn refill(&mut self, now: SimTime, rate: f64, burst: u32) {
        let earned = rate * now.since(self.since).as_secs_f64();
        self.level = (self.level + earned).min(f64::from(burst));
        self.since = now;
    }

    /// `ngx_http_limit_req_lookup` and `ngx_http_limit_req_account`, in whole milliseconds and thousandths
    /// of a request.
    fn leak(&mut self, now: SimTime, rate: f64, burst: u32, undelayed: u32) -> Passage {
        let rate = ((rate * 1_000.0) as i64).max(1);
        let millis = (now.as_nanos() / MILLI).saturating_sub(self.since.as_nanos() / MILLI) as i64;
        let first = self.level < 0.0;
        let excess = match first {
            true => 0,
            false => (self.level as i64 - rate.saturating_mul(millis) / 1_000 + 1_000).max(0),
        };
        if excess > i64::from(burst) * 1_000 {
            return Passage::Rejected;
        }
        self.level = excess as f64;
        if millis > 0 || first {
            self.since = now;
        }
        let behind = (excess - i64::from(undelayed) * 1_000).max(0);
        Passage::After(Span::from_millis((behind * 1_000 / rate) as u64).min(LONGEST_DELAY))
    }
}

/// What no delay exceeds, whatever a design says.
const LONGEST_DELAY: Span = Span::from_secs(3_600);
/// The level of a leaky bucket that has seen no request.
const EMPTY: f64 = -1.0;
/// A millisecond, in nanoseconds: nginx' clock.
const MILLI: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Stream, Ziggurat};

    fn at(secs: f64) -> SimTime {
        SimTime::START + Span::from_secs_f64(secs)
    }

    #[test]
    fn a_token_bucket_rejects_what_the_table_says() {
        // token-lam*-b*
        for (rate, burst, expected) in [
            (10.0, 10, 0.05084746),
            (12.0, 20, 0.1667627),
            (8.0, 5, 0.0352904),
            (20.0, 10, 0.5000001),
            (12.0, 10, 0.1709108),
            (8.0, 1, 0.4444444),
            (12.0, 1, 0.5454545),
            (8.0, 10, 0.003639231),
            (12.0, 5, 0.1991467),
        ] {
            const REQUESTS: u32 = 400_000;
            let mut bucket = Bucket::new(RateLimit::TokenBucket { rate: 10.0, burst }, at(0.0));
            let (mut stream, ziggurat) = (Stream::new(3, "arrivals", "test"), Ziggurat::default());
            let (mut time, mut rejected) = (0.0, 0);
            for _ in 0..REQUESTS {
                time += ziggurat.draw(&mut stream) / rate;
                rejected += u32::from(bucket.ask(at(time)) == Passage::Rejected);
            }
            let measured = f64::from(rejected) / f64::from(REQUESTS);
            assert!(
                (measured - expected).abs() < 0.02 * expected + 0.0004,
                "{rate} a second, {burst} tokens: {measured} for {expected}"
            );
        }
    }

    #[test]
    fn a_full_bucket_admits_its_tokens_and_what_comes_back() {
        // token-burst
        let mut bucket = Bucket::new(RateLimit::TokenBucket { rate: 10.0, burst: 20 }, at(0.0));
        let admitted = (0..=100).filter(|call| bucket.ask(at(f64::from(*call) / 100.0)) != Passage::Rejected);
        assert_eq!(admitted.count(), 30);
    }

    #[test]
    fn a_leaky_bucket_passes_one_more_than_its_burst_at_once() {
        // nginx-limitreq-nodelay
        let nodelay = RateLimit::LeakyBucket { rate: 10.0, burst: 20, undelayed: 20 };
        let mut bucket = Bucket::new(nodelay, at(0.0));
        let passed: Vec<_> = (0..100).map(|_| bucket.ask(at(5.0))).collect();
        assert!(passed[..21].iter().all(|passage| *passage == Passage::After(Span::ZERO)));
        assert!(passed[21..].iter().all(|passage| *passage == Passage::Rejected));
        assert_eq!(bucket.ask(at(5.099)), Passage::Rejected, "0.99 requests have leaked");
        assert_eq!(bucket.ask(at(5.1)), Passage::After(Span::ZERO));
    }

    #[test]
    fn a_leaky_bucket_delays_the_last_by_its_burst_over_its_rate() {
        // nginx-limitreq-delay-last
        let mut bucket = Bucket::new(RateLimit::LeakyBucket { rate: 10.0, burst: 20, undelayed: 0 }, at(0.0));
        let passed: Vec<_> = (0..21).map(|_| bucket.ask(at(1.0))).collect();
        assert_eq!(passed[0], Passage::After(Span::ZERO));
        assert_eq!(passed[1], Passage::After(Span::from_millis(100)));
        assert_eq!(passed[20], Passage::After(Span::from_secs(2)));
        assert_eq!(bucket.ask(at(1.0)), Passage::Rejected);
        let mut bucket = Bucket::new(RateLimit::LeakyBucket { rate: 10.0, burst: 20, undelayed: 8 }, at(0.0));
        let passed: Vec<_> = (0..21).map(|_| bucket.ask(at(1.0))).collect();
        assert_eq!(passed[8], Passage::After(Span::ZERO));
        assert_eq!(passed[9], Passage::After(Span::from_millis(100)), "delay=8");
    }

    #[test]
    fn a_changed_rate_keeps_what_is_left() {
        let mut bucket = Bucket::new(RateLimit::TokenBucket { rate: 1.0, burst: 10 }, at(0.0));
        for _ in 0..10 {
            bucket.ask(at(0.0));
        }
        bucket.change(RateLimit::TokenBucket { rate: 100.0, burst: 10 }, at(0.5));
        assert_eq!(bucket.ask(at(0.5)), Passage::Rejected, "half a token came back");
        assert_eq!(bucket.ask(at(0.51)), Passage::After(Span::ZERO));
    }
}
