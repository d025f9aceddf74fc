//! A study: one design, run many times with another seed each, until what is asked of it is known well enough.
//!
//! *Means* are estimated by the mean over replications: within one run numbers hang together, between runs
//! they don't. *Quantiles* are estimated from all runs together, and their interval is Woodruff's: the share
//! of requests above a length is a mean over replications like any other, with an interval, and that
//! interval is read off the distribution itself. So nothing is assumed of the density, and no quantile of a
//! short run is taken, which would be biased.
//!
//! *Control variates.* Near saturation the queue wanders so slowly that plain means would take hours. There,
//! each run's result is corrected for what chance gave it, as far as regression on these says it should be:
//! the realised arrival rate, the realised service times, and how much fuller (in the mean, and in
//! square) arrivals found the queue than it was in time. All have a known mean, because arrivals are Poisson
//! at a known rate and services have known moments. A corrected row therefore trusts in both, and tests what the
//! queue makes of them; that the trust is deserved is tested by rows of its own, and by the plain rows at lower
//! load.
//!
//! *Splitting.* What happens once in a million requests is looked at by runs that go on as several wherever it comes
//! nearer: see `watch/splitting.rs`.
//!
//! *How long.* All replications go on together, and are looked at now and then: they end when every interval
//! that is asked for is as narrow as wanted, or at a named limit. A rule that looks at widths only does not
//! lean towards any value.

use std::sync::Mutex;

use archlab_model::Design;

use crate::statistics::{Estimate, Level, Regression, average};
use crate::tails::Tails;

/// What one replication has shown so far.
#[derive(Default)]
pub struct Sample {
    /// Averages, in the order that the study's questions know.
    pub means: Vec<f64>,
    /// Of mean zero, if arrivals and services are what they should be.
    pub controls: Vec<f64>,
    pub tails: Vec<Tails>,
    /// How much was averaged, in mean service times or the like.
    pub length: f64,
    /// How many requests ended: so many chances a share of them had to be seen.
    pub ended: f64,
}

/// A replication under way.
pub trait Run: Send {
    /// Goes on, so that after its warm-up `length` of simulated time has been looked at.
    fn go_on(&mut self, length: f64);
    fn sample(&self) -> Sample;
}

/// A design to be run.
pub trait Study: Sync {
    /// Says which. Two of one name are one.
    fn name(&self) -> String;
    /// The design that is run, and nanoseconds in a unit of time, for who computes from it instead of running it.
    fn design(&self, _seed: u64) -> Option<(Design, f64)> {
        None
    }
    /// Begins a replication. Its seed is what this and the name say, and nothing else.
    fn begin(&self, seed: u64) -> Box<dyn Run>;
    /// Requests in a unit of simulated time, or whatever else costs time to simulate.
    fn rate(&self) -> f64;
    /// Simulated time until the beginning is forgotten.
    fn warm_up(&self) -> f64;
    /// Whether control variates are used.
    fn controlled(&self) -> bool {
        false
    }
    /// What control variates take for granted, in the order of a sample's.
    fn taken_for_granted(&self) -> &'static [&'static str] {
        &[]
    }
    /// Independent runs. With control variates more are needed, for each takes a degree of freedom.
    fn replications(&self) -> usize {
        if self.controlled() { 120 } else { 64 }
    }
}

/// A number that is asked of a study.
#[derive(Clone)]
pub enum Ask {
    /// One of the means.
    Mean(usize),
    /// One of the means that is a share of the requests.
    Share(usize),
    /// A smooth function of some means.
    Function(Vec<usize>, fn(&[f64]) -> f64),
    /// A quantile of one of the tails.
    Quantile(usize, f64),
    /// The share of one of the tails that is longer than a length.
    Above(usize, f64),
    /// The asymptotic variance of a mean, per unit of simulated time, made into the run length that its ±1 % at
    /// 95 % takes.
    RunLength(usize),
}

impl Ask {
    pub fn estimate(&self, samples: &[Sample], controlled: bool) -> Estimate {
        let regression = |read: &dyn Fn(&Sample) -> f64| regression(samples, controlled, read);
        match self {
            Ask::Mean(place) => Estimate::from(&regression(&|sample| sample.means[*place])),
            Ask::Share(place) => {
                let trials = samples.iter().map(|sample| sample.ended).sum();
                Estimate::from(&regression(&|sample| sample.means[*place])).of_share(trials)
            }
            Ask::Function(places, function) => {
                let read =
                    |sample: &Sample| -> Vec<f64> { places.iter().map(|at| sample.means[*at]).collect() };
                let middle: Vec<f64> = (0..places.len())
                    .map(|place| average(samples.iter().map(|sample| read(sample)[place])))
                    .collect();
                let slopes = slopes(*function, &middle);
                let at = function(&middle);
                Estimate::from(&regression(&|sample| {
                    let away = read(sample)
                        .iter()
                        .zip(&middle)
                        .zip(&slopes)
                        .map(|((x, m), slope)| (x - m) * slope)
                        .sum::<f64>();
                    at + away
                }))
            }
            Ask::Quantile(which, p) => {
                let share = |length: f64| regression(&|sample| sample.tails[*which].share_above(length));
                let at = |above: f64| longest_with(|length| share(length).value > above);
                let value = at(1.0 - p);
                let uncertain = share(value);
                Estimate::new(value, |level| {
                    let margin = uncertain.margin(level);
                    let upper = if margin < 1.0 - p { at(1.0 - p - margin) } else { f64::INFINITY };
                    (at(1.0 - p + margin), upper)
                })
            }
            Ask::Above(which, length) => {
                Estimate::from(&regression(&|sample| sample.tails[*which].share_above(*length)))
            }
            Ask::RunLength(place) => run_length(samples, *place),
        }
    }
}

fn regression(samples: &[Sample], controlled: bool, read: &dyn Fn(&Sample) -> f64) -> Regression {
    let values: Vec<f64> = samples.iter().map(read).collect();
    let controls: Vec<Vec<f64>> = match controlled {
        true => samples.iter().map(|sample| sample.controls.clone()).collect(),
        false => Vec::new(),
    };
    Regression::new(&values, &controls)
}

/// Whitt's advice turned round: how variable the mean was over runs of this length, and so how long one must be.
fn run_length(samples: &[Sample], place: usize) -> Estimate {
    let mean = average(samples.iter().map(|sample| sample.means[place]));
    let freedom = samples.len() - 1;
    let squares: f64 = samples.iter().map(|sample| sample.means[place] - mean).map(|away| away * away).sum();
    let length = average(samples.iter().map(|sample| sample.length));
    let (normal, wanted) = (crate::statistics::student(usize::MAX, 0.05), 0.01 * mean);
    let needed = |squares: f64| normal * normal * squares / freedom as f64 * length / (wanted * wanted);
    Estimate::new(needed(squares), |level| {
        let chi = |below| crate::statistics::chi_square(freedom, below) / freedom as f64;
        let outside = level.outside() / 2.0;
        (needed(squares / chi(1.0 - outside)), needed(squares / chi(outside)))
    })
}

fn slopes(function: fn(&[f64]) -> f64, middle: &[f64]) -> Vec<f64> {
    (0..middle.len())
        .map(|place| {
            let step = 1e-5 * middle[place].abs().max(1e-9);
            let at = |shift: f64| {
                let mut point = middle.to_vec();
                point[place] += shift;
                function(&point)
            };
            (at(step) - at(-step)) / (2.0 * step)
        })
        .collect()
}

/// The length up to which `holds`, which does so for short lengths only.
fn longest_with(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, Tails::LONGEST);
    for _ in 0..44 {
        let middle = (low + high) / 2.0;
        if holds(middle) { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Something asked, and how narrow its interval should become: half-width at 99 %, as a share of the value.
pub struct Wanted<'a> {
    pub ask: &'a Ask,
    pub share: f64,
    /// Whether nothing is expected: then the width is no share of anything.
    pub of_nothing: bool,
}

/// How much is spent.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Requests of a study before it is first looked at, warm-up not counted.
    pub first: f64,
    /// Most requests of a study, warm-up not counted.
    pub most: f64,
}

/// An interval is wanted this much narrower than is allowed: what is allowed is a share of the true value, and what is
/// known meanwhile is the measured one.
const NARROWER: f64 = 0.9;
/// Looks at a study this often at most.
const ROUNDS: u32 = 12;
/// How much longer than seems needed: estimates of the width err, too.
const MARGIN: f64 = 1.25;

/// Runs a study until all that is wanted is known, or the effort is spent.
pub fn play(study: &dyn Study, wanted: &[Wanted], effort: Effort) -> Vec<Sample> {
    let count = study.replications();
    let runs: Vec<Mutex<Box<dyn Run>>> =
        (0..count).map(|number| Mutex::new(study.begin(seed(&study.name(), number)))).collect();
    let least = study.warm_up() * study.rate() * count as f64;
    let mut requests = effort.first.max(least).min(effort.most);
    let mut samples = Vec::new();
    for _ in 0..ROUNDS {
        samples = all_go_on(&runs, requests / study.rate() / count as f64);
        let lacking = wanted.iter().map(|wanted| {
            if !wanted.share.is_finite() {
                return 0.0;
            }
            let found = wanted.ask.estimate(&samples, study.controlled());
            let value = if wanted.of_nothing { 1.0 } else { found.value.abs() };
            found.half_width(Level::Usual) / (NARROWER * wanted.share * value)
        });
        let factor = lacking.fold(0.0, f64::max);
        if factor <= 1.0 || requests >= effort.most {
            break;
        }
        // No more than ten times: a first impression may be far off.
        let more = if factor.is_finite() { (factor * factor * MARGIN).min(10.0) } else { 10.0 };
        eprintln!("{requests:.2e} requests: {factor:.1} times as wide as wanted, {}", study.name());
        requests = (requests * more).min(effort.most);
    }
    samples
}

fn all_go_on(runs: &[Mutex<Box<dyn Run>>], length: f64) -> Vec<Sample> {
    let numbers: Vec<usize> = (0..runs.len()).collect();
    in_parallel(&numbers, |number| {
        let mut run = runs[*number].lock().expect("no run panicked");
        run.go_on(length);
        run.sample()
    })
}

/// Does the same with each of `things`, on all processors or as many as the environment says; results are in their
/// order.
pub fn in_parallel<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let asked = std::env::var("ARCHLAB_VALIDATION_THREADS").ok().and_then(|count| count.parse().ok());
    let all = || std::thread::available_parallelism().map_or(1, |count| count.get().min(MAX_THREADS));
    let threads: usize = asked.unwrap_or_else(all);
    let done: Mutex<Vec<(usize, R)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(thing) = things.get(place) else { break };
                    let result = work(thing);
                    done.lock().expect("no work panicked").push((place, result));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no work panicked");
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Most threads: more gain little.
const MAX_THREADS: usize = 16;

/// The seed of a replication: a hash of the study's name and the replication's number, chosen by nobody.
pub fn seed(name: &str, number: usize) -> u64 {
    let hash = name
        .bytes()
        .chain(number.to_le_bytes())
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    // Documents hold whole numbers that every reader of JSON can.
    hash >> 12
}

#[test]
fn intervals_of_quantiles_hold_the_value() {
    let samples: Vec<Sample> = (0..64)
        .map(|replication| {
            let mut histogram = crate::tails::Histogram::default();
            // Every replication has other numbers between 0 and 10, evenly spread.
            (0..1_000).for_each(|n| {
                histogram.record(f64::from((n * 7_919 + replication * 13) % 10_007) / 1e3, 1.0)
            });
            Sample { tails: vec![histogram.tails()], ..Sample::default() }
        })
        .collect();
    let estimate = Ask::Quantile(0, 0.95).estimate(&samples, false);
    assert!(estimate.covers(9.506, Level::Certain), "{estimate:?}");
    assert!(estimate.half_width(Level::Usual) < 0.1, "{estimate:?}");
}
