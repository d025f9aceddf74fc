//! What one replication has shown, and what all of them together say.
//!
//! *Means* are estimated by the mean over replications: within one run numbers hang together, between runs
//! they don't. *Quantiles* are estimated from all runs together, and their interval is Woodruff's: the share
//! of requests above a length is a mean over replications like any other, with an interval, and that
//! interval is read off the distribution itself. So nothing is assumed of the density, and no quantile of a
//! short run is taken, which would be biased.
//!
//! *Control variates.* Near saturation the queue wanders so slowly that plain means would take hours. There,
//! each run's result is corrected for what chance gave it, as far as regression on these says it should be:
//! the realised arrival rate, the realised mean service time, and how much fuller (in the mean, and in
//! square) arrivals found the queue than it was in time. All have a known mean, because arrivals are Poisson
//! at a known rate and services last one unit. A corrected row therefore trusts in both, and tests what the
//! queue makes of them; that the trust is deserved is tested by rows of its own, and by the plain rows at lower
//! load. In an M/M/1 queue near saturation they take away three quarters of the variance: half of it comes from
//! the arrivals, and is taken whole; half of the rest goes with the mean service time. (A variate that
//! weights services by the queue behind them, too, would take it all, and leave a tautology: not used.)

use crate::replications::Queue;
use crate::statistics::{Estimate, Level, Regression};

/// How many control variates there are.
pub const CONTROLS: usize = 4;

/// What one replication has shown. Times are in mean service times.
pub struct Sample {
    /// From the report.
    pub in_queue: f64,
    /// From the facts, as all that follows.
    pub in_system: f64,
    pub wait_mean: f64,
    /// Share of requests that had to wait.
    pub waited: f64,
    pub sojourn_mean: f64,
    pub waits: Tails,
    pub sojourns: Tails,
    /// Of mean zero.
    pub controls: [f64; CONTROLS],
}

/// The estimate of a mean.
pub fn estimate(queue: &Queue, samples: &[Sample], read: impl Fn(&Sample) -> f64) -> Estimate {
    Estimate::from(&regression(queue, samples, read))
}

/// The estimate of the quantile `p` of a distribution.
pub fn quantile(queue: &Queue, samples: &[Sample], tails: impl Fn(&Sample) -> &Tails, p: f64) -> Estimate {
    let share = |length: f64| regression(queue, samples, |sample| tails(sample).share_above(length));
    let at = |above: f64| longest_with(|length| share(length).value > above);
    let value = at(1.0 - p);
    let uncertain = share(value);
    Estimate::new(value, |level| {
        let margin = uncertain.margin(level);
        (at(1.0 - p + margin), if margin < 1.0 - p { at(1.0 - p - margin) } else { f64::INFINITY })
    })
}

/// What control variates take for granted: a name, what it should be, and what it is. Arrivals and services as such,
/// then whether arrivals see what time sees.
pub fn taken_for_granted(samples: &[Sample]) -> [(&'static str, f64, Estimate); CONTROLS] {
    let names = ["arrivals", "services", "seen", "seen-squares"];
    let mut control = 0;
    names.map(|name| {
        let read = |sample: &Sample| sample.controls[control];
        let estimate = Estimate::from(&Regression::new(&samples.iter().map(read).collect::<Vec<_>>(), &[]));
        control += 1;
        (name, 0.0, estimate)
    })
}

fn regression(queue: &Queue, samples: &[Sample], read: impl Fn(&Sample) -> f64) -> Regression {
    let values: Vec<f64> = samples.iter().map(read).collect();
    let controls: Vec<[f64; CONTROLS]> = samples.iter().map(|sample| sample.controls).collect();
    Regression::new(&values, if queue.controlled() { &controls } else { &[] })
}

/// The length up to which `holds`, which does so for short lengths only.
fn longest_with(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, Tails::LONGEST);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if holds(middle) { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Lengths, counted in bins of which each octave has equally many.
pub struct Histogram(Vec<u32>);

/// Bins in an octave, as a power of two.
const BINS: u32 = 8;
/// The shortest length that is told from nothing is 2^-8.
const SHORTEST: u64 = 1023 - 8;
/// And the longest is 2^12.
const OCTAVES: u64 = 20;

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram(vec![0; ((OCTAVES << BINS) + 1) as usize])
    }
}

impl Histogram {
    pub fn record(&mut self, length: f64) {
        self.0[bin(length)] += 1;
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
pub struct Tails(Vec<u32>);

impl Tails {
    /// Lengths beyond it are not told apart.
    const LONGEST: f64 = 4000.0;

    /// The share of lengths above `length`. Within a bin they lie evenly.
    pub fn share_above(&self, length: f64) -> f64 {
        let bin = bin(length);
        let within = (length - edge(bin)) / (edge(bin + 1) - edge(bin));
        let (here, next) = (f64::from(self.0[bin]), f64::from(self.0[bin + 1]));
        (here + (next - here) * within) / f64::from(self.0[0])
    }
}

#[test]
fn tails_interpolate_what_was_recorded() {
    let mut histogram = Histogram::default();
    (0..100_000).for_each(|n| histogram.record(f64::from(n) / 1e4));
    let tails = histogram.tails();
    for length in [0.5, 1.234_5, 9.9] {
        assert!((tails.share_above(length) - (1.0 - length / 10.0)).abs() < 3e-5, "above {length}");
    }
}

#[test]
fn intervals_of_quantiles_hold_the_value() {
    let queue = Queue { servers: 1, load: 0.5, requests: 0.0 };
    let samples: Vec<Sample> = (0..queue.replications())
        .map(|replication| {
            let mut histogram = Histogram::default();
            // Every replication has other numbers between 0 and 10, evenly spread.
            (0..1_000).for_each(|n| {
                histogram.record(f64::from((n * 7_919 + replication as i32 * 13) % 10_007) / 1e3)
            });
            Sample {
                in_queue: 0.0,
                in_system: 0.0,
                wait_mean: 0.0,
                waited: 0.0,
                sojourn_mean: 0.0,
                waits: histogram.tails(),
                sojourns: histogram.tails(),
                controls: [0.0; CONTROLS],
            }
        })
        .collect();
    let estimate = quantile(&queue, &samples, |sample| &sample.waits, 0.95);
    assert!(estimate.covers(9.506, Level::Certain), "{estimate:?}");
    assert!(estimate.half_width(Level::Usual) < 0.1, "{estimate:?}");
}
