//! What a listener adds up over a run, and one replication of a design that clients send requests to.

use std::collections::VecDeque;

use archlab_engine::{Fact, MessageKind, Outcome, Place, Report, Simulation};
use archlab_model::{Design, SimTime, Span};

use crate::documents::in_units;
use crate::study::{Run, Sample};
use crate::tails::Histogram;

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

#[derive(Default, Clone)]
struct Sums {
    /// The number in system and its square, over time.
    area: f64,
    square_area: f64,
    arrivals: u64,
    /// The number that each arrival met, and its square.
    met: f64,
    met_squares: f64,
    started: u64,
    waited: u64,
    wait: f64,
    wait_squares: f64,
    succeeded: u64,
    sojourn: f64,
    sojourn_squares: f64,
    failed: u64,
    failed_after: f64,
    second: u64,
    second_sojourn: f64,
    service: [f64; 3],
    attempts: u64,
    waits: Histogram,
    sojourns: Histogram,
}

struct Watch {
    order: Order,
    /// The instances whose attempts are counted; empty for all.
    counted: Vec<u32>,
    /// Nanoseconds in a unit of time.
    unit: f64,
    waiting: VecDeque<SimTime>,
    present: u64,
    since: SimTime,
    started_at: SimTime,
    sums: Sums,
}

impl Watch {
    fn advance(&mut self, now: SimTime) {
        let lasted = in_units(now.since(self.since), self.unit);
        let present = self.present as f64;
        self.sums.area += lasted * present;
        self.sums.square_area += lasted * present * present;
        self.since = now;
    }

    #[inline]
    fn hear(&mut self, now: SimTime, fact: &Fact) {
        match *fact {
            Fact::Issued { .. } => {
                self.advance(now);
                self.sums.arrivals += 1;
                let present = self.present as f64;
                self.sums.met += present;
                self.sums.met_squares += present * present;
                self.present += 1;
                if self.order != Order::Any {
                    self.waiting.push_back(now);
                }
            }
            Fact::Sent { to: Place::Instance(to), message, .. }
                if matches!(message, MessageKind::Request | MessageKind::Retry)
                    && (self.counted.is_empty() || self.counted.contains(&to)) =>
            {
                self.sums.attempts += 1;
            }
            Fact::Started { .. } => {
                self.sums.started += 1;
                if self.order != Order::Any {
                    let issued = self.waiting.pop_front().expect("who starts has been issued");
                    let wait = in_units(now.since(issued), self.unit);
                    self.started_at = now;
                    self.sums.waited += u64::from(now > issued);
                    self.sums.wait += wait;
                    self.sums.wait_squares += wait * wait;
                    self.sums.waits.record(wait);
                }
            }
            Fact::Ended { outcome, latency, kind, .. } => {
                self.advance(now);
                self.present -= 1;
                let sojourn = in_units(latency, self.unit);
                if outcome != Outcome::Succeeded {
                    self.sums.failed += 1;
                    self.sums.failed_after += sojourn;
                    if self.order != Order::Any {
                        // Turned away at once: the last to come.
                        self.waiting.pop_back();
                    }
                    return;
                }
                self.sums.succeeded += 1;
                self.sums.sojourn += sojourn;
                self.sums.sojourn_squares += sojourn * sojourn;
                self.sums.sojourns.record(sojourn);
                if kind == 1 {
                    self.sums.second += 1;
                    self.sums.second_sojourn += sojourn;
                }
                if self.order == Order::Server {
                    let service = in_units(now.since(self.started_at), self.unit);
                    self.sums.service[0] += service;
                    self.sums.service[1] += service * service;
                    self.sums.service[2] += service * service * service;
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
                waiting: VecDeque::new(),
                present: 0,
                since: SimTime::START,
                started_at: SimTime::START,
                sums: Sums::default(),
            },
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
        let watch = &mut self.watch;
        self.simulation.run_until_with(until, &mut |now, fact| watch.hear(now, fact));
        watch.advance(until);
    }
}

impl Run for Traffic {
    fn go_on(&mut self, length: f64) {
        if !self.begun {
            self.begun = true;
            self.run_until(self.begin);
            self.watch.sums = Sums::default();
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
        let ratio = |sum: f64, count: u64| if count == 0 { 0.0 } else { sum / count as f64 };
        let (succeeded, failed) = (sums.succeeded, sums.failed);
        let mut means = vec![0.0; mean::AT_SERVICE];
        means[mean::WAIT] = ratio(sums.wait, sums.started);
        means[mean::WAIT_SQUARED] = ratio(sums.wait_squares, sums.started);
        means[mean::SOJOURN] = ratio(sums.sojourn, succeeded);
        means[mean::SOJOURN_SQUARED] = ratio(sums.sojourn_squares, succeeded);
        means[mean::IN_SYSTEM] = sums.area / lasted;
        means[mean::IN_QUEUE] = during.first().map_or(0.0, |(queue, _)| *queue);
        means[mean::WAITED] = ratio(sums.waited as f64, sums.started);
        means[mean::FAILED] = ratio(failed as f64, succeeded + failed);
        means[mean::THROUGHPUT] = succeeded as f64 / lasted;
        means[mean::UTILISATION] = during.first().map_or(0.0, |(_, utilisation)| *utilisation);
        means[mean::ENDED_AFTER] = ratio(sums.sojourn + sums.failed_after, succeeded + failed);
        means[mean::SOJOURN_OF_SECOND] = ratio(sums.second_sojourn, sums.second);
        means[mean::ATTEMPTS] = ratio(sums.attempts as f64, succeeded + failed);
        means[mean::ATTEMPT_RATE] = sums.attempts as f64 / lasted;
        means[mean::SUCCEEDED] = ratio(succeeded as f64, succeeded + failed);
        // With one worker each, who works is there, and so is who waits.
        means.extend(during.iter().map(|(queue, utilisation)| queue + utilisation));
        Sample {
            means,
            controls: self
                .known
                .map_or(Vec::new(), |known| controls(sums, &known, lasted, &during, watch.order)),
            tails: vec![sums.waits.tails(), sums.sojourns.tails()],
            length: lasted,
        }
    }
}

fn controls(sums: &Sums, known: &Known, lasted: f64, during: &[(f64, f64)], order: Order) -> Vec<f64> {
    let served = sums.succeeded.max(1) as f64;
    let utilisation = during.first().map_or(0.0, |(_, utilisation)| *utilisation);
    let service = match order {
        Order::Server => sums.service[0] / served,
        _ => utilisation * lasted * known.workers / served,
    };
    let mut controls = vec![
        sums.arrivals as f64 / lasted - known.rate,
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
