//! Latencies, counted by the buckets that they fall into.

use archlab_model::Span;
use histogram::{Config, Histogram};

/// Latencies to three digits, for numbers that are read: a bucket is less than 0.1 % of its values wide.
pub type Fine = Latencies<10>;
/// Latencies to two digits, for points of a chart: a bucket is less than 0.8 % of its values wide.
pub type Coarse = Latencies<7>;

/// Latencies, counted, with two to the power of `PER_POWER` buckets for each power of two. There is room for the
/// longest so far, and for little more: 8 bytes a bucket.
#[derive(Debug, Clone)]
pub struct Latencies<const PER_POWER: u8>(Histogram);

impl<const PER_POWER: u8> Default for Latencies<PER_POWER> {
    /// None yet.
    fn default() -> Self {
        Latencies(Histogram::with_config(&Self::buckets(PER_POWER + 1)))
    }
}

impl<const PER_POWER: u8> Latencies<PER_POWER> {
    /// Buckets for nanoseconds below two to the power of `reach`.
    fn buckets(reach: u8) -> Config {
        Config::new(PER_POWER, reach).expect("fewer than two million buckets")
    }

    /// Counts one: what [`Histogram::increment`] does, but for a number of buckets that is known beforehand, and for
    /// an error that is no more than that there is no such bucket yet.
    #[inline(always)]
    pub fn record(&mut self, latency: Span) {
        let nanos = latency.as_nanos();
        let last_bit = 63 - (nanos | 1).leading_zeros();
        let dropped = last_bit.saturating_sub(u32::from(PER_POWER));
        let bucket = (u64::from(dropped) << PER_POWER) + (nanos >> dropped);
        match self.0.as_mut_slice().get_mut(bucket as usize) {
            Some(count) => *count += 1,
            None => self.record_longer(latency),
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
        let count = Self::buckets(reach).total_buckets();
        let mut counts = Vec::with_capacity(count);
        counts.extend_from_slice(self.0.as_slice());
        counts.resize(count, 0);
        self.0 = Histogram::from_buckets(PER_POWER, reach, counts).expect("as many as there should be");
    }

    /// The least latency that this share of all does not exceed, rounded up to its bucket; `None` if there is none.
    pub fn quantile(&self, share: f64) -> Option<Span> {
        let bucket = self.0.quantile_bucket(share).expect("a share is between nought and one")?;
        Some(Span::from_nanos(bucket.end()))
    }

    /// Hands over what was counted, and begins anew, with room for as long ones.
    pub fn take(&mut self) -> Self {
        let anew = Histogram::with_config(&self.0.config());
        Latencies(std::mem::replace(&mut self.0, anew))
    }

    /// Adds others.
    pub fn add(&mut self, others: &Self) {
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
        let (mut fine, mut coarse) = (Fine::default(), Coarse::default());
        for upto in [100_000, 1_000_000_000, 100_000, u64::MAX / 100 * 100] {
            let (mut fine, mut coarse) = (fine.take(), coarse.take());
            for part in 1..=100 {
                fine.record(Span::from_nanos(upto / 100 * part));
                coarse.record(Span::from_nanos(upto / 100 * part));
            }
            for share in [0.5, 0.99] {
                let told = [fine.quantile(share), coarse.quantile(share)];
                let [fine, coarse] = told.map(|told| told.unwrap().as_nanos() as f64 / (upto as f64 * share));
                assert!((1.0..1.001).contains(&fine), "{share} of {upto}: {fine}");
                assert!((1.0..1.008).contains(&coarse), "{share} of {upto}: {coarse}");
            }
        }
    }

    #[test]
    fn latencies_add_up_whatever_room_they_have() {
        let (mut sum, mut latencies) = (Coarse::default(), Coarse::default());
        assert_eq!(sum.quantile(0.5), None);
        for latency in [Span::from_millis(1), Span::from_secs(3_600), Span::from_micros(1)] {
            latencies.record(latency);
            sum.add(&latencies.take());
        }
        sum.add(&Coarse::default());
        let near = |share, secs: f64| {
            let told = sum.quantile(share).unwrap().as_nanos() as f64 / 1e9;
            assert!((1.0..1.008).contains(&(told / secs)), "{told}");
        };
        near(0.3, 0.000_001);
        near(0.6, 0.001);
        near(0.99, 3_600.0);
    }

    #[test]
    fn a_latency_falls_into_the_bucket_that_the_library_has_for_it() {
        fn check<const PER_POWER: u8>() {
            let near_powers =
                (0..64).flat_map(|bit| (-2..=2).map(move |by| (1_u64 << bit).wrapping_add_signed(by)));
            let between =
                (0..20_000_u64).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (number % 60));
            for nanos in near_powers.chain(between).chain(0..5_000) {
                let mut ours = Latencies::<PER_POWER>(Histogram::new(PER_POWER, 64).unwrap());
                let mut theirs = Histogram::new(PER_POWER, 64).unwrap();
                ours.record(Span::from_nanos(nanos));
                theirs.increment(nanos).unwrap();
                assert!(ours.0 == theirs, "{nanos} ns");
            }
        }
        check::<3>();
        check::<4>();
    }
}
