//! What a listener adds up over a run, and one replication of a design that clients send requests to.

mod splitting;

use std::collections::VecDeque;

use archlab_engine::{Fact, MessageKind, Outcome, Place, Report, Simulation};
use archlab_model::{Design, SimTime, Span};

use crate::documents::in_units;
use crate::study::{Run, Sample};
use crate::tails::Histogram;
pub use splitting::Levels;
use splitting::Splitting;

/// What is listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// One queue, first come, first served: whoever starts is who has waited longest.
    Queue,
    /// One server of its own: besides, who ends is who started last.
    Server,
    /// Nothing is known of the order.
    Any,
}

/// The places of a sample's means.
pub mod mean {
    /// From issue to start.
    pub const WAIT: usize = 0;
    pub const WAIT_SQUARED: usize = 1;
    /// From issue to success.
    pub const SOJOURN: usize = 2;
    pub const SOJOURN_SQUARED: usize = 3;
    /// Requests there, over time.
    pub const IN_SYSTEM: usize = 4;
    /// Waiting at the first instance, over time: from the report.
    pub const IN_QUEUE: usize = 5;
    /// Share of those started that had waited.
    pub const WAITED: usize = 6;
    /// Share of those ended that failed.
    pub const FAILED: usize = 7;
    /// Succeeded in a unit of time.
    pub const THROUGHPUT: usize = 8;
    /// Share of its workers that the first service holds: from the report.
    pub const UTILISATION: usize = 9;
    /// From issue to end, whether it succeeded or not.
    pub const ENDED_AFTER: usize = 10;
    /// From issue to success, of the second kind.
    pub const SOJOURN_OF_SECOND: usize = 11;
    /// Attempts sent to any instance, for each request that ended.
    pub const ATTEMPTS: usize = 12;
    /// Attempts sent to any instance in a unit of time.
    pub const ATTEMPT_RATE: usize = 13;
    /// Share of those ended that succeeded.
    pub const SUCCEEDED: usize = 14;
    /// Requests at each service of the report, from here on.
    pub const AT_SERVICE: usize = 15;
}

/// The places of a sample's tails.
pub mod tail {
    pub const WAIT: usize = 0;
    pub const SOJOURN: usize = 1;
}

/// What is added up, each thing as often as it stands for.
#[derive(Default, Clone)]
struct Sums {
    /// The number in system and its square, over time.
    area: f64,
    square_area: f64,
    arrivals: f64,
    /// The number that each arrival met, and its square.
    met: f64,
    met_squares: f64,
    started: f64,
    waited: f64,
    wait: f64,
    wait_squares: f64,
    succeeded: f64,
    sojourn: f64,
    sojourn_squares: f64,
    failed: f64,
    failed_after: f64,
    second: f64,
    second_sojourn: f64,
    service: [f64; 3],
    attempts: f64,
    waits: Histogram,
    sojourns: Histogram,
    /// How many arrivals met each number, if that is asked for; and without weights.
    met_each: Option<Vec<(f64, u32)>>,
}

/// What tells how near a run is to what is rare.
#[derive(Debug, Clone, Copy)]
pub enum Nearness {
    /// The requests that are there.
    Requests,
    /// The requests that a bucket holds, which so many a unit of time leave, and not more than so many.
    Bucket { leak: f64, size: f64 },
}

/// Who is there, as far as a listener can know.
#[derive(Clone)]
struct Present {
    nearness: Nearness,
    bucket: f64,
    filled_at: SimTime,
    waiting: VecDeque<SimTime>,
    count: u64,
    since: SimTime,
    started_at: SimTime,
}

impl Present {
    /// How near it is.
    fn near(&self) -> u64 {
        match self.nearness {
            Nearness::Requests => self.count,
            Nearness::Bucket { .. } => self.bucket as u64,
        }
    }

    fn fill(&mut self, now: SimTime, unit: f64) {
        if let Nearness::Bucket { leak, size } = self.nearness {
            let left = (self.bucket - leak * in_units(now.since(self.filled_at), unit)).max(0.0);
            self.bucket = if left + 1.0 > size { left } else { left + 1.0 };
            self.filled_at = now;
        }
    }
}

struct Watch {
    order: Order,
    /// The instances whose attempts are counted; empty for all.
    counted: Vec<u32>,
    /// Nanoseconds in a unit of time.
    unit: f64,
    present: Present,
    /// What each thing stands for that is seen now.
    weight: f64,
    sums: Sums,
}

impl Watch {
    fn advance(&mut self, now: SimTime) {
        let lasted = self.weight * in_units(now.since(self.present.since), self.unit);
        let count = self.present.count as f64;
        self.sums.area += lasted * count;
        self.sums.square_area += lasted * count * count;
        self.present.since = now;
    }

    #[inline]
    fn hear(&mut self, now: SimTime, fact: &Fact) {
        let weight = self.weight;
        match *fact {
            Fact::Issued { .. } => {
                self.advance(now);
                self.sums.arrivals += weight;
                let count = self.present.count as f64;
                self.sums.met += weight * count;
                self.sums.met_squares += weight * count * count;
                if let Some(each) = &mut self.sums.met_each {
                    let place = self.present.near() as usize;
                    each.resize(each.len().max(place + 1), (0.0, 0));
                    each[place].0 += weight;
                    each[place].1 += 1;
                }
                self.present.count += 1;
                self.present.fill(now, self.unit);
                if self.order != Order::Any {
                    self.present.waiting.push_back(now);
                }
            }
            Fact::Sent { to: Place::Instance(to), message, .. }
                if matches!(message, MessageKind::Request | MessageKind::Retry)
                    && (self.counted.is_empty() || self.counted.contains(&to)) =>
            {
                self.sums.attempts += weight;
            }
            Fact::Started { .. } => {
                self.sums.started += weight;
                if self.order != Order::Any {
                    let issued = self.present.waiting.pop_front().expect("who starts has been issued");
                    let wait = in_units(now.since(issued), self.unit);
                    self.present.started_at = now;
                    self.sums.waited += if now > issued { weight } else { 0.0 };
                    self.sums.wait += weight * wait;
                    self.sums.wait_squares += weight * wait * wait;
                    self.sums.waits.record(wait, weight);
                }
            }
            Fact::Ended { outcome, latency, kind, .. } => {
                self.advance(now);
                self.present.count -= 1;
                let sojourn = in_units(latency, self.unit);
                if outcome != Outcome::Succeeded {
                    self.sums.failed += weight;
                    self.sums.failed_after += weight * sojourn;
                    if self.order != Order::Any {
                        // Turned away at once: the last to come.
                        self.present.waiting.pop_back();
                    }
                    return;
                }
                self.sums.succeeded += weight;
                self.sums.sojourn += weight * sojourn;
                self.sums.sojourn_squares += weight * sojourn * sojourn;
                self.sums.sojourns.record(sojourn, weight);
                if kind == 1 {
                    self.sums.second += weight;
                    self.sums.second_sojourn += weight * sojourn;
                }
                if self.order == Order::Server {
                    let service = in_units(now.since(self.present.started_at), self.unit);
                    self.sums.service[0] += weight * service;
                    self.sums.service[1] += weight * service * service;
                    self.sums.service[2] += weight * service * service * service;
                }
            }
            _ => {}
        }
    }
}

/// What is known of the traffic, for control variates.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Requests in a unit of time, from a Poisson stream.
    pub rate: f64,
    /// The first moments of the service time.
    pub service: [f64; 3],
    /// Workers of all instances of the first service together.
    pub workers: f64,
}

/// What control variates take for granted, in their order. The last two are for single servers only.
pub const TAKEN_FOR_GRANTED: &[&str] =
    &["arrivals", "services", "seen", "seen-squares", "service-squares", "service-cubes"];

/// A replication.
pub struct Traffic {
    simulation: Simulation,
    begin: SimTime,
    begun: bool,
    known: Option<Known>,
    before: Option<Report>,
    watch: Watch,
    splitting: Splitting,
}

impl Traffic {
    pub fn new(design: &Design, order: Order, unit: f64, warm_up: f64, known: Option<Known>) -> Traffic {
        Traffic {
            simulation: Simulation::new(design),
            begin: SimTime::from_nanos((warm_up * unit) as u64),
            begun: false,
            known,
            before: None,
            watch: Watch {
                order,
                counted: Vec::new(),
                unit,
                present: Present {
                    nearness: Nearness::Requests,
                    bucket: 0.0,
                    filled_at: SimTime::START,
                    waiting: VecDeque::new(),
                    count: 0,
                    since: SimTime::START,
                    started_at: SimTime::START,
                },
                weight: 1.0,
                sums: Sums::default(),
            },
            splitting: Splitting::default(),
        }
    }

    /// Counts attempts at the instances of one service only.
    pub fn counting(mut self, service: &str) -> Traffic {
        let instances = self.simulation.roster().instances.iter().zip(0..);
        let of = instances.filter(|(id, _)| id.service.as_str() == service);
        self.watch.counted = of.map(|(_, index)| index).collect();
        self
    }

    fn run_until(&mut self, until: SimTime) {
        if self.begun && self.splitting.is_on() {
            return self.go_on_above(0, until);
        }
        let watch = &mut self.watch;
        self.simulation.run_until_with(until, &mut |now, fact| watch.hear(now, fact));
        watch.advance(until);
    }
}

impl Run for Traffic {
    fn go_on(&mut self, length: f64) {
        if !self.begun {
            self.run_until(self.begin);
            self.begun = true;
            let met_each = self.watch.sums.met_each.take().map(|_| Vec::new());
            self.watch.sums = Sums { met_each, ..Sums::default() };
            self.before = Some(self.simulation.report());
        }
        let until = self.begin + Span::from_nanos((length * self.watch.unit) as u64);
        self.run_until(until.max(self.simulation.now()));
    }

    fn sample(&self) -> Sample {
        let (watch, sums) = (&self.watch, &self.watch.sums);
        let (Some(before), after) = (&self.before, self.simulation.report()) else {
            return Sample::default();
        };
        let lasted = in_units(after.elapsed - before.elapsed, watch.unit);
        let over = |from: f64, to: f64| {
            let weight = |report: &Report| in_units(report.elapsed, watch.unit);
            (to * weight(&after) - from * weight(before)) / lasted
        };
        let services = |report: &Report| -> Vec<(f64, f64)> {
            report.groups[0]
                .services
                .iter()
                .map(|service| (service.mean_queue, service.utilisation))
                .collect()
        };
        let during: Vec<(f64, f64)> = services(before)
            .iter()
            .zip(services(&after))
            .map(|(from, to)| (over(from.0, to.0), over(from.1, to.1)))
            .collect();
        let ratio = |sum: f64, count: f64| if count == 0.0 { 0.0 } else { sum / count };
        let (succeeded, failed) = (sums.succeeded, sums.failed);
        let mut means = vec![0.0; mean::AT_SERVICE];
        means[mean::WAIT] = ratio(sums.wait, sums.started);
        means[mean::WAIT_SQUARED] = ratio(sums.wait_squares, sums.started);
        means[mean::SOJOURN] = ratio(sums.sojourn, succeeded);
        means[mean::SOJOURN_SQUARED] = ratio(sums.sojourn_squares, succeeded);
        means[mean::IN_SYSTEM] = sums.area / lasted;
        means[mean::IN_QUEUE] = during.first().map_or(0.0, |(queue, _)| *queue);
        means[mean::WAITED] = ratio(sums.waited, sums.started);
        means[mean::FAILED] = ratio(failed, succeeded + failed);
        means[mean::THROUGHPUT] = succeeded / lasted;
        means[mean::UTILISATION] = during.first().map_or(0.0, |(_, utilisation)| *utilisation);
        means[mean::ENDED_AFTER] = ratio(sums.sojourn + sums.failed_after, succeeded + failed);
        means[mean::SOJOURN_OF_SECOND] = ratio(sums.second_sojourn, sums.second);
        means[mean::ATTEMPTS] = ratio(sums.attempts, succeeded + failed);
        means[mean::ATTEMPT_RATE] = sums.attempts / lasted;
        means[mean::SUCCEEDED] = ratio(succeeded, succeeded + failed);
        // With one worker each, who works is there, and so is who waits.
        means.extend(during.iter().map(|(queue, utilisation)| queue + utilisation));
        Sample {
            means,
            controls: self
                .known
                .map_or(Vec::new(), |known| controls(sums, &known, lasted, &during, watch.order)),
            tails: vec![sums.waits.tails(), sums.sojourns.tails()],
            length: lasted,
            // Where runs are split, what is rare has been seen far more often than the weights tell.
            ended: if self.splitting.is_on() { f64::INFINITY } else { succeeded + failed },
        }
    }
}

fn controls(sums: &Sums, known: &Known, lasted: f64, during: &[(f64, f64)], order: Order) -> Vec<f64> {
    let served = sums.succeeded.max(1.0);
    let utilisation = during.first().map_or(0.0, |(_, utilisation)| *utilisation);
    let service = match order {
        Order::Server => sums.service[0] / served,
        _ => utilisation * lasted * known.workers / served,
    };
    let mut controls = vec![
        sums.arrivals / lasted - known.rate,
        service - known.service[0],
        (sums.met - known.rate * sums.area) / lasted,
        (sums.met_squares - known.rate * sums.square_area) / lasted,
    ];
    if order == Order::Server {
        controls.push(sums.service[1] / served - known.service[1]);
        controls.push(sums.service[2] / served - known.service[2]);
    }
    controls
}
