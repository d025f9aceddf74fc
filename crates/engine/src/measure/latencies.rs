//! Latencies, counted by the buckets that they fall into.

use std::ops::Range;

use archlab_model::Span;
use histogram::{Config, Histogram, Histogram32};

/// Two to the power of this as many fine buckets are there for each power of two.
const FINE: u8 = 10;

/// Latencies to three digits, for numbers that are read: a bucket is less than 0.1 % of its values wide.
pub type Fine = Latencies<FINE>;
/// Latencies to two digits, for points of a chart: a bucket is less than 0.8 % of its values wide.
pub type Coarse = Latencies<7>;

/// Latencies, counted, with two to the power of `PER_POWER` buckets for each power of two.
#[derive(Debug, Clone)]
pub struct Latencies<const PER_POWER: u8> {
    /// There is room for the longest so far, and for little more. At 4 bytes a bucket, those that are in use lie in a
    /// fast cache.
    counts: Histogram32,
    /// What 4 bytes are not enough to count: a multiple of two to the power of 32 in each bucket, of all that there
    /// can be. Nearly always nothing.
    beyond: Option<Box<Histogram>>,
}

/// Counts a latency in both, in less time than one after the other.
#[inline(always)]
pub fn record(latency: Span, fine: &mut Fine, coarse: &mut Coarse) {
    if FLOATING.contains(&latency.as_nanos()) {
        let bits = float_of(latency);
        fine.count(Fine::bucket_of_float(bits), latency);
        coarse.count(Coarse::bucket_of_float(bits), latency);
    } else {
        fine.record(latency);
        coarse.record(latency);
    }
}

/// Numbers of nanoseconds whose bucket, fine and coarse, can be read off the floating number: from the power of two
/// from which on each has as many buckets as the fine ones have to a power, up to where a floating number no longer
/// has all digits.
const FLOATING: Range<u64> = 1 << FINE..1 << f64::MANTISSA_DIGITS;

/// The bits of the floating number of a latency that is among those.
#[inline(always)]
fn float_of(latency: Span) -> u64 {
    // Signed, for that is what processors can convert.
    (latency.as_nanos() as i64 as f64).to_bits()
}

impl<const PER_POWER: u8> Default for Latencies<PER_POWER> {
    /// None yet.
    fn default() -> Self {
        Latencies { counts: Histogram32::with_config(&Self::buckets(PER_POWER + 1)), beyond: None }
    }
}

impl<const PER_POWER: u8> Latencies<PER_POWER> {
    /// Buckets for nanoseconds below two to the power of `reach`.
    fn buckets(reach: u8) -> Config {
        Config::new(PER_POWER, reach).expect("fewer than two million buckets")
    }

    /// As [`Latencies::bucket_of`], for a latency of which these are the bits as a floating number: its power of two
    /// and the digits that follow.
    #[inline(always)]
    fn bucket_of_float(bits: u64) -> usize {
        let per_power = u64::from(PER_POWER);
        // The first power with more than one number to a bucket comes after as many buckets as two of it have.
        let before = (f64::MAX_EXP as u64 - 1 + per_power - 1) << per_power;
        ((bits >> (u64::from(f64::MANTISSA_DIGITS) - 1 - per_power)) - before) as usize
    }

    /// The bucket that a latency falls into, as the library has it.
    fn bucket_of(latency: Span) -> usize {
        let nanos = latency.as_nanos();
        let last_bit = 63 - (nanos | 1).leading_zeros();
        let dropped = last_bit.saturating_sub(u32::from(PER_POWER));
        ((u64::from(dropped) << PER_POWER) + (nanos >> dropped)) as usize
    }

    /// Counts one.
    pub fn record(&mut self, latency: Span) {
        self.count(Self::bucket_of(latency), latency);
    }

    /// Counts a latency that falls into this bucket: what [`Histogram32::increment`] does, but that no count begins
    /// anew, and for an error that is no more than that there is no such bucket yet.
    #[inline(always)]
    fn count(&mut self, bucket: usize, latency: Span) {
        match self.counts.as_mut_slice().get_mut(bucket) {
            Some(count) => {
                *count = count.wrapping_add(1);
                if *count == 0 {
                    carry::<PER_POWER>(&mut self.beyond, bucket);
                }
            }
            None => self.record_longer(latency),
        }
    }

    #[cold]
    #[inline(never)]
    fn record_longer(&mut self, latency: Span) {
        self.widen((64 - latency.as_nanos().leading_zeros()) as u8);
        self.counts.increment(latency.as_nanos()).expect("there is room for it");
    }

    /// Makes room for all below two to the power of `reach` nanoseconds. The buckets there are stay where they are.
    fn widen(&mut self, reach: u8) {
        let count = Self::buckets(reach).total_buckets();
        let mut counts = Vec::with_capacity(count);
        counts.extend_from_slice(self.counts.as_slice());
        counts.resize(count, 0);
        self.counts =
            Histogram32::from_buckets(PER_POWER, reach, counts).expect("as many as there should be");
    }

    /// The least latency that this share of all does not exceed, rounded up to its bucket; `None` if there is none.
    pub fn quantile(&self, share: f64) -> Option<Span> {
        let bucket = match &self.beyond {
            None => self.counts.quantile_bucket(share),
            Some(beyond) => {
                let mut all = Histogram::clone(beyond);
                for (sum, count) in all.as_mut_slice().iter_mut().zip(self.counts.as_slice()) {
                    *sum += u64::from(*count);
                }
                all.quantile_bucket(share)
            }
        };
        let bucket = bucket.expect("a share is between nought and one")?;
        Some(Span::from_nanos(bucket.end()))
    }

    /// Hands over what was counted, and begins anew, with room for as long ones.
    pub fn take(&mut self) -> Self {
        let anew = Histogram32::with_config(&self.counts.config());
        Latencies { counts: std::mem::replace(&mut self.counts, anew), beyond: self.beyond.take() }
    }

    /// Adds others.
    pub fn add(&mut self, others: &Self) {
        let (ours, theirs) =
            (self.counts.config().max_value_power(), others.counts.config().max_value_power());
        if ours < theirs {
            self.widen(theirs);
        }
        let mut carries = false;
        for (count, other) in self.counts.as_mut_slice().iter_mut().zip(others.counts.as_slice()) {
            *count = count.wrapping_add(*other);
            // One that has begun anew is less than what was added. Noted only, so that many are added in a step.
            carries |= *count < *other;
        }
        if carries {
            let both = self.counts.as_slice().iter().zip(others.counts.as_slice()).enumerate();
            for (bucket, _) in both.filter(|(_, (count, other))| count < other) {
                carry::<PER_POWER>(&mut self.beyond, bucket);
            }
        }
        if let Some(theirs) = &others.beyond {
            let ours = all_buckets::<PER_POWER>(&mut self.beyond).as_mut_slice();
            for (count, other) in ours.iter_mut().zip(theirs.as_slice()) {
                *count += other;
            }
        }
    }
}

/// The count of a bucket has begun anew.
#[cold]
#[inline(never)]
fn carry<const PER_POWER: u8>(beyond: &mut Option<Box<Histogram>>, bucket: usize) {
    all_buckets::<PER_POWER>(beyond).as_mut_slice()[bucket] += 1 << u32::BITS;
}

fn all_buckets<const PER_POWER: u8>(beyond: &mut Option<Box<Histogram>>) -> &mut Histogram {
    beyond.get_or_insert_with(|| Box::new(Histogram::with_config(&Latencies::<PER_POWER>::buckets(64))))
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
                record(Span::from_nanos(upto / 100 * part), &mut fine, &mut coarse);
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
    fn what_four_bytes_cannot_count_is_counted_nevertheless() {
        let (often, rarely, late) = (Span::from_millis(1), Span::from_millis(2), Span::from_secs(9));
        let (mut latencies, mut others) = (Coarse::default(), Coarse::default());
        for latencies in [&mut latencies, &mut others] {
            latencies.record(often);
            latencies.record(rarely);
            // As if it had been so often.
            latencies.counts.as_mut_slice()[Coarse::bucket_of(often)] = u32::MAX;
            assert!(latencies.beyond.is_none());
        }
        latencies.record(often);
        assert_eq!(latencies.counts.as_slice()[Coarse::bucket_of(often)], 0);
        // As often again, and twice as often.
        latencies.add(&others);
        let twice = latencies.clone();
        latencies.add(&twice);
        latencies.record(late);
        // And others, which know of shorter ones only.
        let mut longer = Coarse::default();
        longer.record(rarely);
        longer.add(&latencies);
        assert_eq!(
            [0.0, 0.5, 1.0].map(|share| longer.quantile(share)),
            [0.0, 0.5, 1.0].map(|share| latencies.quantile(share))
        );
        let near = |share, expected: Span| {
            let told = latencies.quantile(share).unwrap().as_nanos() as f64;
            assert!((1.0..1.008).contains(&(told / expected.as_nanos() as f64)), "{share}: {told}");
        };
        let beyond = 1.0 / 4.0 / f64::from(u32::MAX);
        near(0.0, often);
        near(1.0 - 10.0 * beyond, often);
        near(1.0 - 2.0 * beyond, rarely);
        near(1.0, late);
        assert!(latencies.take().beyond.is_some() && latencies.quantile(0.5).is_none());
    }

    #[test]
    fn a_latency_falls_into_the_bucket_that_the_library_has_for_it() {
        let near_powers =
            (0..64).flat_map(|bit| (-2..=2).map(move |by| (1_u64 << bit).wrapping_add_signed(by)));
        let between =
            (0..20_000_u64).map(|number| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (number % 60));
        let ranges = |per_power| {
            let buckets = Histogram::new(per_power, 64).unwrap();
            buckets.iter().map(|bucket| bucket.range()).collect::<Vec<_>>()
        };
        let (fine, coarse) = (ranges(10), ranges(7));
        for nanos in near_powers.chain(between).chain(0..5_000) {
            let latency = Span::from_nanos(nanos);
            let mut ours = vec![(Fine::bucket_of(latency), Coarse::bucket_of(latency))];
            if FLOATING.contains(&nanos) {
                let bits = float_of(latency);
                ours.push((Fine::bucket_of_float(bits), Coarse::bucket_of_float(bits)));
            }
            for (in_fine, in_coarse) in ours {
                for range in [&fine[in_fine], &coarse[in_coarse]] {
                    assert!(range.contains(&nanos), "{nanos} ns is not within {range:?}");
                }
            }
        }
    }
}
