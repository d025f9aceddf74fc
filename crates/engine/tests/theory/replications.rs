//! Independent replications: each queue is run many times, with another seed each, and each time what
//! happens until it has forgotten that it began empty is left out.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use archlab_engine::{Fact, Outcome, Report, Simulation};
use archlab_model::*;

use crate::common::*;
use crate::sample::{Histogram, Sample};

/// A queue, and how long it is looked at.
pub struct Queue {
    pub servers: u32,
    /// Share of time that a server is busy.
    pub load: f64,
    /// Requests in all replications together, warm-up not counted.
    pub requests: f64,
}

const fn queue(servers: u32, load: f64, requests: f64) -> Queue {
    Queue { servers, load, requests }
}

/// The queues of the table, those that take longest first.
pub const QUEUES: &[Queue] = &[
    queue(1, 0.99, 480e6),
    queue(1, 0.95, 100e6),
    queue(1, 0.9, 56e6),
    queue(4, 0.95, 30e6),
    queue(10, 0.5, 20e6),
    queue(2, 0.95, 16e6),
    queue(2, 0.9, 13e6),
    queue(4, 0.9, 16e6),
    queue(10, 0.7, 10e6),
    queue(10, 0.8, 13e6),
    queue(1, 0.8, 10e6),
    queue(4, 0.8, 6e6),
    queue(4, 0.7, 4e6),
    queue(4, 0.5, 4e6),
    queue(2, 0.7, 3e6),
    queue(1, 0.5, 2e6),
];

/// The mean service time, in nanoseconds: rounding to whole ones is lost in it.
const SERVICE: f64 = 100_000.0;
/// Most threads: more seeds at once than that gain little, and hold more samples.
const MAX_THREADS: usize = 16;

impl Queue {
    /// Whether control variates are used: where plain means would take too long.
    pub fn controlled(&self) -> bool {
        self.load > 0.9
    }

    /// How many replications. Those with control variates need more, for each variate takes a degree of
    /// freedom.
    pub fn replications(&self) -> usize {
        if self.controlled() { 120 } else { 64 }
    }

    /// Requests a mean service time.
    pub fn rate(&self) -> f64 {
        self.load * f64::from(self.servers)
    }

    /// Five times the relaxation time of the number in system, in mean service times. An empty beginning
    /// then still shows with less than a ten-thousandth of the mean.
    fn warm_up(&self) -> f64 {
        let slack = 1.0 - self.load.sqrt();
        50.0 + 5.0 / (f64::from(self.servers) * slack * slack)
    }

    fn design(&self, seed: u64) -> Design {
        let mean = Span::from_nanos(SERVICE as u64);
        let business = one_function(Distribution::Exponential(mean));
        let mut design = design(business, Layout::Cluster, 1, self.servers);
        let never = Span::from_secs(100_000_000);
        let policies = policies(&mut design);
        policies.capacity = Capacity { workers: self.servers, queue: 1_000_000 };
        policies.health.interval = never;
        policies.timeouts.response = never;
        open(&mut design, self.rate() / mean.as_secs_f64());
        design.clients[0].patience = never;
        design.scenario.seed = seed;
        design
    }
}

/// The samples of all queues, in the order of [`QUEUES`].
pub fn play_all() -> Vec<Vec<Sample>> {
    let runs: Vec<(usize, usize)> = (0..QUEUES.len())
        .flat_map(|queue| (0..QUEUES[queue].replications()).map(move |replication| (queue, replication)))
        .collect();
    let done: Mutex<Vec<(usize, Sample)>> = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get().min(MAX_THREADS));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(&(queue, replication)) = runs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let place = runs.iter().position(|run| *run == (queue, replication)).unwrap_or_default();
                    let sample = play(&QUEUES[queue], replication as u64);
                    done.lock().expect("no thread panicked").push((place, sample));
                }
            });
        }
    });
    let mut done = done.into_inner().expect("no thread panicked");
    done.sort_by_key(|(place, _)| *place);
    let mut samples: Vec<Vec<Sample>> = QUEUES.iter().map(|_| Vec::new()).collect();
    for (place, sample) in done {
        samples[runs[place].0].push(sample);
    }
    samples
}

/// What a listener adds up. Times are in mean service times.
struct Observation {
    /// When those not yet started were issued.
    waiting: VecDeque<SimTime>,
    present: u64,
    since: SimTime,
    /// The number in system and its square, over time.
    area: f64,
    square_area: f64,
    arrivals: u64,
    /// The number that each arrival met, and its square.
    met: f64,
    met_squares: f64,
    started: u64,
    waited: u64,
    wait_sum: f64,
    waits: Histogram,
    ended: u64,
    sojourn_sum: f64,
    sojourns: Histogram,
}

impl Observation {
    fn new() -> Observation {
        Observation {
            waiting: VecDeque::new(),
            present: 0,
            since: SimTime::START,
            area: 0.0,
            square_area: 0.0,
            arrivals: 0,
            met: 0.0,
            met_squares: 0.0,
            started: 0,
            waited: 0,
            wait_sum: 0.0,
            waits: Histogram::default(),
            ended: 0,
            sojourn_sum: 0.0,
            sojourns: Histogram::default(),
        }
    }

    /// Forgets what was added up, and goes on with those that are there.
    fn begin_again(&mut self, now: SimTime) {
        let (waiting, present) = (std::mem::take(&mut self.waiting), self.present);
        *self = Observation { waiting, present, since: now, ..Observation::new() };
    }

    fn advance(&mut self, now: SimTime) {
        let lasted = services(now.since(self.since));
        let present = self.present as f64;
        self.area += lasted * present;
        self.square_area += lasted * present * present;
        self.since = now;
    }

    fn hear(&mut self, now: SimTime, fact: &Fact) {
        match *fact {
            Fact::Issued { .. } => {
                self.advance(now);
                self.arrivals += 1;
                let present = self.present as f64;
                self.met += present;
                self.met_squares += present * present;
                self.present += 1;
                self.waiting.push_back(now);
            }
            // First come, first served: whoever starts is who has waited longest.
            Fact::Started { .. } => {
                let issued = self.waiting.pop_front().expect("who starts has been issued");
                let wait = services(now.since(issued));
                self.started += 1;
                self.waited += u64::from(now > issued);
                self.wait_sum += wait;
                self.waits.record(wait);
            }
            Fact::Ended { outcome, latency, .. } => {
                assert_eq!(outcome, Outcome::Succeeded, "nothing fails here");
                self.advance(now);
                self.present -= 1;
                self.ended += 1;
                let sojourn = services(latency);
                self.sojourn_sum += sojourn;
                self.sojourns.record(sojourn);
            }
            _ => {}
        }
    }
}

/// One replication; each of each queue has a seed of its own.
fn play(queue: &Queue, replication: u64) -> Sample {
    let seed = (f64::from(queue.servers) * 1e6 + queue.load * 1e5) as u64 * 1_000 + replication;
    let length = queue.requests / queue.rate() / queue.replications() as f64;
    let begin = SimTime::from_nanos((queue.warm_up() * SERVICE) as u64);
    let end = begin + Span::from_nanos((length * SERVICE) as u64);
    let mut simulation = Simulation::new(&queue.design(seed));
    let mut observation = Observation::new();

    simulation.run_until_with(begin, &mut |now, fact| observation.hear(now, fact));
    observation.begin_again(begin);
    let before = Areas::of(&simulation.report(), queue.servers);
    simulation.run_until_with(end, &mut |now, fact| observation.hear(now, fact));
    observation.advance(end);
    let after = Areas::of(&simulation.report(), queue.servers);

    let lasted = services(end.since(begin));
    let (arrivals, started) = (observation.arrivals as f64, observation.started as f64);
    let finished = (after.finished - before.finished) as f64;
    let rate = queue.rate();
    Sample {
        in_queue: (after.waiting - before.waiting) / lasted,
        in_system: observation.area / lasted,
        wait_mean: observation.wait_sum / started,
        waited: observation.waited as f64 / started,
        sojourn_mean: observation.sojourn_sum / observation.ended as f64,
        waits: observation.waits.tails(),
        sojourns: observation.sojourns.tails(),
        controls: [
            arrivals / lasted - rate,
            (after.busy - before.busy) / finished - 1.0,
            (observation.met - rate * observation.area) / lasted,
            (observation.met_squares - rate * observation.square_area) / lasted,
        ],
    }
}

/// Areas under the curves of a report, in mean service times.
struct Areas {
    waiting: f64,
    busy: f64,
    finished: u64,
}

impl Areas {
    fn of(report: &Report, servers: u32) -> Areas {
        let (elapsed, servers) = (services(report.elapsed), f64::from(servers));
        let service = &report.groups[0].services[0];
        let instance = &service.instances[0];
        Areas {
            waiting: instance.mean_queue * elapsed,
            busy: instance.utilisation * elapsed * servers,
            finished: instance.finished,
        }
    }
}

/// A length in mean service times.
fn services(span: Span) -> f64 {
    span.as_nanos() as f64 / SERVICE
}
