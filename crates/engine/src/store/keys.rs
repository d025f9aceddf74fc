//! Keys: what of a store is asked for, evenly or by Zipf's law.

use crate::random::Stream;

/// Draws keys, from 0 (the one most asked for) upwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Keys {
    count: u32,
    by_user: bool,
    zipf: Option<Zipf>,
}

impl Keys {
    /// `count` keys; each user's own if `by_user`, else the key of rank k in proportion to k^-`skew`.
    pub fn new(count: u32, skew: f64, by_user: bool) -> Keys {
        let count = count.max(1);
        let skewed = skew.is_finite() && skew > 0.0 && count > 1;
        Keys { count, by_user, zipf: skewed.then(|| Zipf::new(count, skew)) }
    }

    /// How many there are.
    #[cfg(test)]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// What `user` asks for now.
    #[inline]
    pub fn draw(&self, stream: &mut Stream, user: u32) -> u32 {
        if self.by_user {
            return user % self.count;
        }
        match &self.zipf {
            Some(zipf) => zipf.draw(stream),
            None => (((1.0 - stream.unit()) * f64::from(self.count)) as u32).min(self.count - 1),
        }
    }
}

/// The part, of `shards`, in which a key lies: by its hash, so that neighbours part.
#[inline]
pub fn shard_of(key: u32, shards: u32) -> u32 {
    (mixed(u64::from(key)) % u64::from(shards.max(1))) as u32
}

/// A number from 0 to 1 that is always the same for the same two: the moment within an interval at which each
/// of many learns of something.
#[inline]
pub fn phase_of(who: u32, what: u32) -> f64 {
    (mixed(u64::from(who) << 32 | u64::from(what)) >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// The finaliser of `SplitMix64`: every bit of the input stirs every bit of the output.
fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Zipf's distribution on 1..=n by rejection-inversion (Hörmann and Derflinger 1996): no table, about one
/// draw for each number.
#[derive(Debug, Clone, PartialEq)]
struct Zipf {
    exponent: f64,
    most: f64,
    /// The integral of the density up to 1.5, less 1; up to n + 0.5.
    low: f64,
    high: f64,
    /// So near to its right edge everything is accepted.
    near: f64,
}

impl Zipf {
    fn new(count: u32, exponent: f64) -> Zipf {
        let mut zipf = Zipf { exponent, most: f64::from(count), low: 0.0, high: 0.0, near: 0.0 };
        zipf.low = zipf.integral(1.5) - 1.0;
        zipf.high = zipf.integral(zipf.most + 0.5);
        zipf.near = 2.0 - zipf.inverse(zipf.integral(2.5) - zipf.density(2.0));
        zipf
    }

    fn draw(&self, stream: &mut Stream) -> u32 {
        loop {
            let area = self.high + stream.unit() * (self.low - self.high);
            let x = self.inverse(area);
            let rank = (x + 0.5).floor().clamp(1.0, self.most);
            if rank - x <= self.near || area >= self.integral(rank + 0.5) - self.density(rank) {
                return rank as u32 - 1;
            }
        }
    }

    fn density(&self, x: f64) -> f64 {
        libm::exp(-self.exponent * libm::log(x))
    }

    fn integral(&self, x: f64) -> f64 {
        let log = libm::log(x);
        let t = (1.0 - self.exponent) * log;
        let stretched = if t.abs() > 1e-8 { libm::expm1(t) / t } else { 1.0 + t / 2.0 };
        stretched * log
    }

    fn inverse(&self, area: f64) -> f64 {
        let t = (area * (1.0 - self.exponent)).max(-1.0);
        let stretched = if t.abs() > 1e-8 { libm::log1p(t) / t } else { 1.0 - t / 2.0 };
        libm::exp(stretched * area)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(keys: &Keys, draws: u32) -> Vec<f64> {
        let mut stream = Stream::new(1, "keys", "test");
        let mut counts = vec![0u32; keys.count() as usize];
        for _ in 0..draws {
            counts[keys.draw(&mut stream, 7) as usize] += 1;
        }
        counts.into_iter().map(|count| f64::from(count) / f64::from(draws)).collect()
    }

    #[test]
    fn keys_are_asked_for_as_zipf_says() {
        for skew in [0.5, 0.99, 1.0, 1.5] {
            let keys = Keys::new(100, skew, false);
            let shares = shares(&keys, 200_000);
            let norm: f64 = (1..=100).map(|rank| libm::pow(f64::from(rank), -skew)).sum();
            for rank in [1usize, 2, 3, 10, 50] {
                let expected = libm::pow(rank as f64, -skew) / norm;
                let error = 5.0 * (expected / 200_000.0).sqrt();
                assert!((shares[rank - 1] - expected).abs() < error, "{skew} {rank}: {}", shares[rank - 1]);
            }
        }
    }

    #[test]
    fn without_skew_all_keys_are_alike() {
        let shares = shares(&Keys::new(10, 0.0, false), 100_000);
        assert!(shares.iter().all(|share| (share - 0.1).abs() < 0.006), "{shares:?}");
    }

    #[test]
    fn a_user_asks_for_what_is_theirs() {
        let shares = shares(&Keys::new(10, 2.0, true), 10);
        assert_eq!(shares[7], 1.0);
    }

    #[test]
    fn shards_get_about_as_many_keys_each() {
        let mut counts = [0; 4];
        (0..40_000).for_each(|key| counts[shard_of(key, 4) as usize] += 1);
        assert!(counts.iter().all(|count| (9_500..10_500).contains(count)), "{counts:?}");
    }
}
