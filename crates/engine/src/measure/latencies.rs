//! Latencies, counted by the buckets that they fall into.

use archlab_model::Span;
use histogram::{Config, Histogram};

/// The logarithm, to base 2, of how many buckets a power of two has where a number is read: a bucket is less than
/// 0.1 % of its values wide.
const FINE: u8 = 10;
/// And for a point of a chart: less than 0.8 %.
const COARSE: u8 = 7;

/// Buckets for nanoseconds below two to the power of `reach`.
fn buckets(per_power: u8, reach: u8) -> Config {
    Config::new(per_power, reach).expect("fewer than two million buckets")
}

/// Latencies, counted. There is room for the longest so far, and for little more: 8 kB for each power of two if they
/// are fine, 1 kB if they are coarse.
#[derive(Debug, Clone)]
pub struct Latencies(Histogram);

impl Latencies {
    /// None yet, to three digits.
    pub fn fine() -> Latencies {
        Latencies(Histogram::with_config(&buckets(FINE, FINE + 1)))
    }

    /// None yet, to two digits.
    pub fn coarse() -> Latencies {
        Latencies(Histogram::with_config(&buckets(COARSE, COARSE + 1)))
    }

    /// Counts one.
    #[inline(always)]
    pub fn record(&mut self, latency: Span) {
        if self.0.increment(latency.as_nanos()).is_err() {
            self.record_longer(latency);
        }
    }

    #[cold]
    #[inline(never)]
    fn record_longer(&mut self, latency: Span) {
        self.widen((64 - latency.as_nanos().leading_zeros()) as u8);
        self.0.increment(latency.as_nanos()).expect("there is room for it");
    }

    /// Makes room for all below two to the power of `reach` nanoseconds. The buckets there are stay where they are.
    fn widen(&mut self, reach: u8) {
        let per_power = self.0.config().grouping_power();
        let mut counts = Vec::with_capacity(buckets(per_power, reach).total_buckets());
        counts.extend_from_slice(self.0.as_slice());
        counts.resize(counts.capacity(), 0);
        self.0 = Histogram::from_buckets(per_power, reach, counts).expect("as many as there should be");
    }

    /// The least latency that this share of all does not exceed, rounded up to its bucket; `None` if there is none.
    pub fn quantile(&self, share: f64) -> Option<Span> {
        let bucket = self.0.quantile_bucket(share).expect("a share is between nought and one")?;
        Some(Span::from_nanos(bucket.end()))
    }

    /// Hands over what was counted, and begins anew, with room for as long ones.
    pub fn take(&mut self) -> Latencies {
        let anew = Histogram::with_config(&self.0.config());
        Latencies(std::mem::replace(&mut self.0, anew))
    }

    /// Adds others, which are as fine.
    pub fn add(&mut self, others: &Latencies) {
        let (reach, theirs) = (self.0.config().max_value_power(), others.0.config().max_value_power());
        if reach < theirs {
            self.widen(theirs);
        }
        for (count, other) in self.0.as_mut_slice().iter_mut().zip(others.0.as_slice()) {
            *count += other;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_exact_to_the_digits_promised_from_microseconds_to_years() {
        let (mut fine, mut coarse) = (Latencies::fine(), Latencies::coarse());
        for upto in [100_000, 1_000_000_000, 100_000, u64::MAX / 100 * 100] {
            let (mut fine, mut coarse) = (fine.take(), coarse.take());
            for part in 1..=100 {
                fine.record(Span::from_nanos(upto / 100 * part));
                coarse.record(Span::from_nanos(upto / 100 * part));
            }
            for share in [0.5, 0.99] {
                let told = |latencies: &Latencies| {
                    latencies.quantile(share).unwrap().as_nanos() as f64 / (upto as f64 * share)
                };
                assert!((1.0..1.001).contains(&told(&fine)), "{share} of {upto}: {}", told(&fine));
                assert!((1.0..1.008).contains(&told(&coarse)), "{share} of {upto}: {}", told(&coarse));
            }
        }
    }

    #[test]
    fn latencies_add_up_whatever_room_they_have() {
        let (mut sum, mut latencies) = (Latencies::coarse(), Latencies::coarse());
        assert_eq!(sum.quantile(0.5), None);
        for latency in [Span::from_millis(1), Span::from_secs(3_600), Span::from_micros(1)] {
            latencies.record(latency);
            sum.add(&latencies.take());
        }
        sum.add(&Latencies::coarse());
        let near = |share, secs: f64| {
            let told = sum.quantile(share).unwrap().as_nanos() as f64 / 1e9;
            assert!((1.0..1.008).contains(&(told / secs)), "{told}");
        };
        near(0.3, 0.000_001);
        near(0.6, 0.001);
        near(0.99, 3_600.0);
    }
}
