//! Lengths, counted in bins of which each octave has equally many.

#[derive(Clone)]
pub struct Histogram(Vec<f64>);

/// Bins in an octave, as a power of two.
const BINS: u32 = 8;
/// The shortest length that is told from nothing is 2^-11.
const SHORTEST: u64 = 1023 - 11;
/// And the longest is 2^13.
const OCTAVES: u64 = 24;

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram(vec![0.0; ((OCTAVES << BINS) + 1) as usize])
    }
}

impl Histogram {
    #[inline]
    pub fn record(&mut self, length: f64, weight: f64) {
        self.0[bin(length)] += weight;
    }

    pub fn tails(&self) -> Tails {
        let mut above = self.0.clone();
        for place in (0..above.len() - 1).rev() {
            above[place] += above[place + 1];
        }
        Tails(above)
    }
}

/// The bin of a length: the first is for what is too short to be told from nothing.
#[inline]
fn bin(length: f64) -> usize {
    // The exponent and the first digits of a float are the number of its bin.
    let number = length.to_bits() >> (52 - BINS);
    let first = SHORTEST << BINS;
    if number < first { 0 } else { ((number - first) as usize + 1).min((OCTAVES << BINS) as usize) }
}

/// Where a bin begins.
fn edge(bin: usize) -> f64 {
    if bin == 0 { 0.0 } else { f64::from_bits(((SHORTEST << BINS) + bin as u64 - 1) << (52 - BINS)) }
}

/// How many lengths lie in each bin or above.
pub struct Tails(Vec<f64>);

impl Tails {
    /// Lengths beyond it are not told apart.
    pub const LONGEST: f64 = 8_000.0;

    /// The share of lengths above `length`. Within a bin they lie evenly.
    pub fn share_above(&self, length: f64) -> f64 {
        let bin = bin(length).min(self.0.len() - 2);
        let within = (length - edge(bin)) / (edge(bin + 1) - edge(bin));
        let (here, next) = (self.0[bin], self.0[bin + 1]);
        (here + (next - here) * within) / self.0[0].max(f64::MIN_POSITIVE)
    }
}

#[test]
fn tails_interpolate_what_was_recorded() {
    let mut histogram = Histogram::default();
    (0..100_000).for_each(|n| histogram.record(f64::from(n) / 1e4, 1.0));
    let tails = histogram.tails();
    for length in [0.5, 1.234_5, 9.9] {
        assert!((tails.share_above(length) - (1.0 - length / 10.0)).abs() < 3e-5, "above {length}");
    }
}
