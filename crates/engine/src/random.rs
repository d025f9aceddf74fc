//! Random streams, one for each purpose and part, and samplers for the model's distributions.
//!
//! A stream's seed is a hash of the run's seed and the stream's name, so that another draw here changes
//! nothing there. Logarithms and the like come from `libm`: the standard ones give other bits on the
//! host than in wasm.

use archlab_model::{Distribution, Span};
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Erlang stages beyond these are not told apart from a constant.
const MAX_STAGES: u32 = 1_000;
/// The greatest squared coefficient of variation; beyond it a mean says nothing.
const MAX_SCV: f64 = 1e6;

/// How many numbers 53 bits can be, which is as many as fit between nought and one at equal distance.
const NUMBERS: f64 = 9_007_199_254_740_992.0;

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream for `purpose` at `part` in a run seeded with `seed`.
    pub fn new(seed: u64, purpose: &str, part: &str) -> Stream {
        // FNV-1a: short, and the same everywhere for ever. Xoshiro's own seeding then mixes it well.
        let bytes = seed.to_le_bytes();
        let named = bytes.iter().chain(purpose.as_bytes()).chain(&[0]).chain(part.as_bytes());
        let hash = named.fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        Stream(Xoshiro256PlusPlus::seed_from_u64(hash))
    }

    /// Goes on with other numbers, which hang on `seed` and on where it stands.
    pub fn diverge(&mut self, seed: u64) {
        let seed = self.bits() ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = Xoshiro256PlusPlus::seed_from_u64(seed);
    }

    #[inline]
    fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in (0, 1], of 53 random bits.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) as i64 + 1) as f64 * (1.0 / NUMBERS)
    }

    /// A whole number below `limit`; zero if that is zero. The bias is below one in 2^64 / `limit`.
    #[inline]
    pub fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(limit)) >> 64) as u64
    }

    /// Whether something of probability `chance` happens. Certain things cost no draw.
    #[inline]
    pub fn happens(&mut self, chance: f64) -> bool {
        chance >= 1.0 || (chance > 0.0 && self.unit() <= chance)
    }

    /// A length of time.
    #[inline(always)]
    pub fn draw(&mut self, sampler: &Sampler, ziggurat: &Ziggurat) -> Span {
        let Sampler::Exponential { mean } = *sampler else { return self.draw_other(sampler, ziggurat) };
        round(mean * ziggurat.draw(self))
    }

    /// As [`Stream::draw`], for all but the exponential, which are drawn less often or need no draw.
    #[cold]
    #[inline(never)]
    fn draw_other(&mut self, sampler: &Sampler, ziggurat: &Ziggurat) -> Span {
        let nanos = match *sampler {
            Sampler::Constant(span) => return span,
            Sampler::Exponential { mean } => mean * ziggurat.draw(self),
            Sampler::Uniform { from, width } => from + width * self.unit(),
            Sampler::Erlang { stage, stages } => {
                let sum = (0..stages).map(|_| ziggurat.draw(self)).fold(0.0, |sum, x| sum + x);
                stage * sum
            }
            Sampler::Lognormal { mu, sigma } => {
                // Box and Muller; the second normal number is let go, so that a stream has no memory.
                let radius = (-2.0 * libm::log(self.unit())).sqrt();
                let normal = radius * libm::cos(std::f64::consts::TAU * self.unit());
                libm::exp(mu + sigma * normal)
            }
            Sampler::Hyperexponential { chance, first, second } => {
                let mean = if self.unit() <= chance { first } else { second };
                mean * ziggurat.draw(self)
            }
        };
        round(nanos)
    }
}

/// Where the numbers begin that have no digits behind the point.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// The nearest length of time, the even one if two are as near.
#[inline(always)]
fn round(nanos: f64) -> Span {
    debug_assert!(nanos >= 0.0 || nanos.is_nan(), "no distribution is of lengths below nothing");
    // Added to that, a number that is not so great has nothing left in its last bits but what is whole of it.
    if nanos < WHOLE / 2.0 {
        return Span::from_nanos((nanos + WHOLE).to_bits() & (WHOLE as u64 - 1));
    }
    round_other(nanos)
}

#[cold]
#[inline(never)]
fn round_other(nanos: f64) -> Span {
    // A cast saturates, and takes not-a-number for zero.
    Span::from_nanos((((nanos + 0.5) as i64).max(0) as u64).min(Span::MAX.as_nanos()))
}

/// A distribution made ready for drawing; lengths in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sampler {
    /// Always the same.
    Constant(Span),
    /// Exponential.
    Exponential {
        /// Its mean.
        mean: f64,
    },
    /// Uniform.
    Uniform {
        /// The shortest.
        from: f64,
        /// The longest, less the shortest.
        width: f64,
    },
    /// A sum of exponentials.
    Erlang {
        /// The mean of one.
        stage: f64,
        /// How many.
        stages: u32,
    },
    /// The exponential of a normal number.
    Lognormal {
        /// The normal number's mean.
        mu: f64,
        /// And its standard deviation.
        sigma: f64,
    },
    /// One of two exponentials.
    Hyperexponential {
        /// The chance of the first.
        chance: f64,
        /// The mean of the first.
        first: f64,
        /// The mean of the second.
        second: f64,
    },
}

impl Sampler {
    /// Whether it always gives no time at all.
    pub fn is_nothing(&self) -> bool {
        *self == Sampler::Constant(Span::ZERO)
    }
}

impl From<&Distribution> for Sampler {
    fn from(distribution: &Distribution) -> Sampler {
        let mean = distribution.mean().as_nanos() as f64;
        if distribution.mean().is_zero() {
            return Sampler::Constant(Span::ZERO);
        }
        match *distribution {
            Distribution::Constant(span) => Sampler::Constant(span),
            Distribution::Exponential(_) => Sampler::Exponential { mean },
            Distribution::Uniform { from, to } => {
                let (from, to) = (from.min(to), from.max(to));
                Sampler::Uniform { from: from.as_nanos() as f64, width: (to - from).as_nanos() as f64 }
            }
            Distribution::Erlang { stages, .. } => {
                let stages = stages.clamp(1, MAX_STAGES);
                Sampler::Erlang { stage: mean / f64::from(stages), stages }
            }
            Distribution::Lognormal { scv, .. } => {
                let variance = libm::log(1.0 + sensible(scv, 0.0));
                Sampler::Lognormal { mu: libm::log(mean) - variance / 2.0, sigma: variance.sqrt() }
            }
            Distribution::Hyperexponential { scv, .. } => {
                let scv = sensible(scv, 1.0);
                let chance = (1.0 + ((scv - 1.0) / (scv + 1.0)).sqrt()) / 2.0;
                let (first, second) = (mean / (2.0 * chance), mean / (2.0 * (1.0 - chance)));
                Sampler::Hyperexponential { chance, first, second }
            }
        }
    }
}

/// `scv` between `least` and [`MAX_SCV`]; `least` if it is not a number.
fn sensible(scv: f64, least: f64) -> f64 {
    if scv > least { scv.min(MAX_SCV) } else { least }
}

const LAYERS: usize = 256;

/// The exponential distribution of mean 1, by Marsaglia and Tsang's ziggurat: nearly always one draw, one
/// multiplication and one comparison instead of a logarithm.
#[derive(Debug, Clone)]
pub struct Ziggurat {
    /// From the base (a virtual one, that includes the tail) to the top.
    layers: [Layer; LAYERS],
    /// The density at the right edge of each layer, from the base, and at nought.
    heights: [f64; LAYERS + 1],
}

#[derive(Debug, Clone, Copy)]
struct Layer {
    /// How far it reaches to the right, for each of the numbers that 53 bits can be.
    step: f64,
    /// How far the layer above it reaches: what is less lies under the curve.
    sure: f64,
}

/// Where the tail begins, and the area of a layer, for 256 layers (Marsaglia and Tsang 2000).
const TAIL: f64 = 7.697_117_470_131_05;
const AREA: f64 = 0.003_949_659_822_581_572;

impl Default for Ziggurat {
    fn default() -> Ziggurat {
        let mut edges = [0.0; LAYERS + 1];
        edges[0] = AREA / libm::exp(-TAIL);
        edges[1] = TAIL;
        for layer in 2..LAYERS {
            let below = edges[layer - 1];
            edges[layer] = -libm::log(AREA / below + libm::exp(-below));
        }
        // By a power of two, which is exact.
        let layer = |layer: usize| Layer { step: edges[layer] / NUMBERS, sure: edges[layer + 1] };
        Ziggurat { layers: std::array::from_fn(layer), heights: edges.map(|edge| libm::exp(-edge)) }
    }
}

impl Ziggurat {
    /// An exponential number of mean 1.
    #[inline(always)]
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        loop {
            // The layer takes the low 8 bits, the place in it the high 53: they share none.
            let bits = stream.bits();
            let layer = (bits & 255) as usize;
            let Layer { step, sure } = self.layers[layer];
            // Signed, for that is what processors can convert.
            let x = (bits >> 11) as i64 as f64 * step;
            if x < sure {
                return x;
            }
            if let Some(x) = self.at_the_rim(stream, layer, x) {
                return x;
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn at_the_rim(&self, stream: &mut Stream, layer: usize, x: f64) -> Option<f64> {
        if layer == 0 {
            return Some(TAIL - libm::log(stream.unit()));
        }
        let (low, high) = (self.heights[layer], self.heights[layer + 1]);
        (low + (high - low) * stream.unit() < libm::exp(-x)).then_some(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean and squared coefficient of variation of many draws.
    fn moments(distribution: Distribution) -> (f64, f64) {
        const DRAWS: u32 = 400_000;
        let (mut stream, ziggurat) = (Stream::new(1, "test", ""), Ziggurat::default());
        let sampler = Sampler::from(&distribution);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..DRAWS {
            let x = stream.draw(&sampler, &ziggurat).as_millis_f64();
            sum += x;
            squares += x * x;
        }
        let mean = sum / f64::from(DRAWS);
        (mean, squares / f64::from(DRAWS) / (mean * mean) - 1.0)
    }

    fn check(distribution: Distribution, mean: f64, scv: f64) {
        let (m, c) = moments(distribution);
        assert!((m - mean).abs() < 0.01 * mean, "{distribution:?}: mean {m}");
        assert!((c - scv).abs() < 0.05 * scv + 1e-6, "{distribution:?}: scv {c}");
    }

    #[test]
    fn distributions_have_the_moments_they_promise() {
        let mean = Span::from_millis(10);
        check(Distribution::Constant(mean), 10.0, 0.0);
        check(Distribution::Exponential(mean), 10.0, 1.0);
        check(Distribution::Uniform { from: Span::ZERO, to: Span::from_millis(20) }, 10.0, 1.0 / 3.0);
        check(Distribution::Erlang { mean, stages: 4 }, 10.0, 0.25);
        check(Distribution::Lognormal { mean, scv: 2.0 }, 10.0, 2.0);
        check(Distribution::Hyperexponential { mean, scv: 4.0 }, 10.0, 4.0);
    }

    #[test]
    fn nonsense_is_drawn_as_something_sensible() {
        let mean = Span::from_millis(10);
        check(Distribution::Lognormal { mean, scv: f64::NAN }, 10.0, 0.0);
        check(Distribution::Hyperexponential { mean, scv: -3.0 }, 10.0, 1.0);
        check(Distribution::Erlang { mean, stages: 0 }, 10.0, 1.0);
    }

    #[test]
    fn streams_that_diverge_do_so_for_ever_and_each_in_its_own_way() {
        let from = |seed: Option<u64>| {
            let mut stream = Stream::new(1, "work", "cart");
            seed.into_iter().for_each(|seed| stream.diverge(seed));
            (stream.unit(), stream.unit())
        };
        assert_eq!(from(Some(7)), from(Some(7)));
        for (one, other) in [(None, Some(0)), (None, Some(7)), (Some(0), Some(7)), (Some(7), Some(8))] {
            let (one, other) = (from(one), from(other));
            assert!(one.0 != other.0 && one.1 != other.1, "{one:?} {other:?}");
        }
    }

    #[test]
    fn streams_of_other_names_are_other_streams() {
        let first = |seed, purpose, part| Stream::new(seed, purpose, part).unit();
        assert_eq!(first(1, "work", "cart"), first(1, "work", "cart"));
        assert_ne!(first(1, "work", "cart"), first(1, "work", "pay"));
        assert_ne!(first(1, "work", "cart"), first(1, "kind", "cart"));
        assert_ne!(first(1, "work", "cart"), first(2, "work", "cart"));
    }
}
