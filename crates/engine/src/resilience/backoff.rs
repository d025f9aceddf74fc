//! Back-off: how long a caller pauses before it tries again.

use archlab_model::Span;
use archlab_model::policy::{Backoff, Jitter};

use crate::random::Stream;

/// What no pause exceeds, whatever a design says.
pub const LONGEST_PAUSE: Span = Span::from_secs(3_600);

/// The pause before the `retry`-th retry (the first is 1); `previous` is the pause before the last one, if
/// there was one.
pub fn pause(policy: &Backoff, retry: u32, previous: Option<Span>, stream: &mut Stream) -> Span {
    let base = policy.base.as_nanos() as f64;
    let cap = policy.cap.min(LONGEST_PAUSE).as_nanos() as f64;
    let grown = |times: u32| (base * power(policy.factor, times)).min(cap);
    let nanos = match policy.jitter {
        Jitter::None => grown(retry.saturating_sub(1)),
        Jitter::Around(part) => {
            grown(retry.saturating_sub(1)) * (1.0 + part.clamp(0.0, 1.0) * (2.0 * stream.unit() - 1.0))
        }
        // AWS counts attempts: one was made before the first retry.
        Jitter::Full => grown(retry) * stream.unit(),
        Jitter::Equal => grown(retry) * (0.5 + 0.5 * stream.unit()),
        Jitter::Decorrelated => {
            let longest = 3.0 * previous.unwrap_or(policy.base).as_nanos() as f64;
            (base + (longest - base).max(0.0) * stream.unit()).min(cap)
        }
        Jitter::Envoy => (base * (power(2.0, retry) - 1.0)).min(cap) * stream.unit(),
    };
    // A cast saturates, and takes not-a-number for zero.
    Span::from_nanos((nanos + 0.5) as u64)
}

/// `factor` multiplied by itself; retries are few.
fn power(factor: f64, times: u32) -> f64 {
    let factor = if factor >= 1.0 { factor } else { 1.0 };
    (0..times.min(64)).fold(1.0, |product, _| product * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean of the pause before the `retry`-th retry, in milliseconds, by many draws.
    fn mean(policy: &Backoff, retry: u32) -> f64 {
        const DRAWS: u32 = 100_000;
        let mut stream = Stream::new(1, "pauses", "test");
        let mut sum = 0.0;
        for _ in 0..DRAWS {
            let mut last = None;
            for number in 1..=retry {
                last = Some(pause(policy, number, last, &mut stream));
            }
            sum += last.map_or(0.0, Span::as_millis_f64);
        }
        sum / f64::from(DRAWS)
    }

    fn check(jitter: Jitter, cap: Span, rows: &[(u32, f64)]) {
        let policy = Backoff { base: Span::from_millis(100), factor: 2.0, cap, jitter };
        for &(retry, expected) in rows {
            let mean = mean(&policy, retry);
            assert!((mean - expected).abs() < 0.01 * expected, "{jitter:?}, retry {retry}: {mean}");
        }
    }

    #[test]
    fn pauses_have_the_means_of_the_table() {
        let ten = Span::from_secs(10);
        // backoff-full-*, backoff-equal-*, backoff-decorr-*, backoff-grpc-*, backoff-envoy-*
        check(Jitter::Full, ten, &[(1, 100.0), (3, 400.0), (4, 800.0), (7, 5_000.0)]);
        check(Jitter::Equal, ten, &[(1, 150.0), (3, 600.0), (4, 1_200.0)]);
        check(Jitter::Decorrelated, Span::MAX, &[(1, 200.0), (2, 350.0), (3, 575.0), (4, 912.5)]);
        check(Jitter::Around(0.2), Span::from_secs(1), &[(1, 100.0), (2, 200.0), (3, 400.0), (4, 800.0)]);
        check(Jitter::None, Span::from_secs(1), &[(1, 100.0), (4, 800.0), (5, 1_000.0), (60, 1_000.0)]);
        let envoy = Backoff {
            base: Span::from_millis(25),
            factor: 2.0,
            cap: Span::from_millis(250),
            jitter: Jitter::Envoy,
        };
        for (retry, expected) in [(1, 12.5), (3, 87.5), (4, 125.0)] {
            let mean = mean(&envoy, retry);
            assert!((mean - expected).abs() < 0.01 * expected, "Envoy, retry {retry}: {mean}");
        }
    }

    #[test]
    fn pauses_stay_within_their_bounds() {
        let mut stream = Stream::new(2, "pauses", "test");
        let around = Backoff::default();
        let decorrelated = Backoff { jitter: Jitter::Decorrelated, ..around };
        let mut previous = None;
        for _ in 0..10_000 {
            let first = pause(&around, 1, None, &mut stream);
            assert!((80.0..=120.0).contains(&first.as_millis_f64()));
            let next = pause(&decorrelated, 1, previous, &mut stream);
            assert!((100.0..=1_000.0).contains(&next.as_millis_f64()));
            previous = Some(next);
        }
    }

    #[test]
    fn nonsense_pauses_for_a_bounded_time() {
        let mut stream = Stream::new(3, "pauses", "test");
        let wild = Backoff { base: Span::MAX, factor: f64::NAN, cap: Span::MAX, jitter: Jitter::None };
        assert_eq!(pause(&wild, u32::MAX, None, &mut stream), LONGEST_PAUSE);
    }
}
