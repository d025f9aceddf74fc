//! One station: M/M/1, M/M/c, M/D/1, M/G/1, with bounded queues, without any, and processor sharing.

use archlab_model::Design;

use crate::cases::{Case, Check, Join};
use crate::documents::{Draft, PLENTY, Work};
use crate::study::{Ask, Run, Study};
use crate::table::Entry;
use crate::watch::{Known, Levels, Nearness, Order, TAKEN_FOR_GRANTED, Traffic, mean, tail};

/// Nanoseconds in a mean service time: rounding to whole ones is lost in it.
const UNIT: f64 = 1e6;
/// A queue without bound, as near as a document comes to it.
const ENDLESS: u32 = 1_000_000;

/// A station that Poisson requests come to. Times are in mean service times.
#[derive(Debug, Clone)]
pub struct Station {
    /// Requests in a mean service time.
    pub rate: f64,
    pub servers: u32,
    /// How many may wait; `None` for as many as come.
    pub room: Option<u32>,
    pub work: Work,
    /// Whether all that are there share one server, instead of waiting.
    pub shared: bool,
    /// The constant work of half of the requests, the others having mean 1.
    pub probe: Option<f64>,
    /// Where it is split, if what is asked of it is rare.
    pub rare: Option<Levels>,
}

impl Station {
    pub fn new(rate: f64, servers: u32, work: Work) -> Station {
        Station { rate, servers, room: None, work, shared: false, probe: None, rare: None }
    }

    fn load(&self) -> f64 {
        self.rate / f64::from(self.servers)
    }

    fn document(&self, seed: u64) -> Design {
        let (workers, queue) = match self.shared {
            true => (PLENTY, PLENTY),
            false => (self.servers, self.room.unwrap_or(ENDLESS)),
        };
        let mut draft = Draft::new("cluster")
            .machines(1, self.servers)
            .policy("capacity", serde_json::json!({ "workers": workers, "queue": queue }))
            .function("work", self.work.document(UNIT), serde_json::json!([]))
            .kind("ask", "work", 1.0);
        let mut rate = self.rate;
        if let Some(work) = self.probe {
            rate = self.rate * 2.0 / (1.0 + work);
            draft = draft
                .function("probe", Work::Constant.document(work * UNIT), serde_json::json!([]))
                .kind("probe", "probe", 1.0);
        }
        draft.open(rate * 1e9 / UNIT).open_document(seed)
    }

    fn order(&self) -> Order {
        match (self.shared, self.servers) {
            (true, _) => Order::Any,
            (false, 1) => Order::Server,
            (false, _) => Order::Queue,
        }
    }
}

impl Study for Station {
    fn name(&self) -> String {
        format!("{self:?}")
    }

    fn design(&self, seed: u64) -> Option<(Design, f64)> {
        Some((self.document(seed), UNIT))
    }

    fn begin(&self, seed: u64) -> Box<dyn Run> {
        let known = Known { rate: self.rate, service: self.work.moments(), workers: f64::from(self.servers) };
        let known = self.controlled().then_some(known);
        let traffic = Traffic::new(&self.document(seed), self.order(), UNIT, self.warm_up(), known);
        let Some(rare) = &self.rare else { return Box::new(traffic) };
        // The first look has a seed that nobody else has.
        let look = self.document(crate::study::seed(&self.name(), usize::MAX));
        let levels = rare.of(&look, UNIT, self.warm_up(), self.rate, Nearness::Requests);
        Box::new(traffic.split(levels, Nearness::Requests, seed))
    }

    fn rate(&self) -> f64 {
        // Each of some levels costs about as much as the run without.
        if self.rare.is_some() { self.rate * 6.0 } else { self.rate }
    }

    /// Five times the relaxation time of the number in system. An empty beginning then still shows with less
    /// than a ten-thousandth of the mean.
    fn warm_up(&self) -> f64 {
        let (servers, load) = (f64::from(self.servers), self.load());
        let slack = 1.0 - load.sqrt();
        let unbounded = (1.0 + self.work.scv()) / 2.0 / (servers * slack * slack);
        let relaxation = match self.room {
            Some(room) => unbounded.min(f64::from(room) * f64::from(room) / servers),
            None => unbounded,
        };
        50.0 + 5.0 * relaxation
    }

    fn controlled(&self) -> bool {
        !self.shared
            && self.rare.is_none()
            && self.room.is_none()
            && (self.load() > 0.9 || self.work.scv() > 1.0)
    }

    fn taken_for_granted(&self) -> &'static [&'static str] {
        match self.servers {
            1 => TAKEN_FOR_GRANTED,
            _ => &TAKEN_FOR_GRANTED[..4],
        }
    }
}

pub fn case(entry: &Entry) -> Option<Case> {
    match entry.group_number() {
        "06" => blocking(entry),
        "10" => sharing(entry),
        "02" if entry.tells("ratio of mean waiting times") => pooling(entry),
        _ => waiting(entry),
    }
}

fn one(check: Check) -> Option<Case> {
    Some(Case::Measured(vec![check]))
}

/// The load that a row speaks of, and its station without bound or sharing.
fn station(entry: &Entry) -> Option<Station> {
    let servers = entry.whole("servers").unwrap_or(1);
    let mu = entry.get("mu").unwrap_or(1.0) / entry.get("mean").unwrap_or(1.0);
    let rate = match (entry.get("lam"), entry.get("rho")) {
        (Some(lam), _) => lam / mu,
        (None, Some(rho)) => rho * f64::from(servers),
        (None, None) => return None,
    };
    let work = entry.text("service").unwrap_or("exponential");
    let work = Work::read(work, entry.get("scv"))?;
    let mut station = Station::new(rate, servers, work);
    station.room =
        entry.whole("capacity_including_in_service").map(|capacity| capacity.saturating_sub(servers));
    Some(station)
}

/// A quantile this far out is looked at by splitting, where queues move slowly.
const FAR: f64 = 1.5e-3;
const SLOW: f64 = 0.85;
/// So are refusals that are so rare.
const RARE: f64 = 2e-4;

fn waiting(entry: &Entry) -> Option<Case> {
    let mut station = station(entry)?;
    let ask = if let Some(p) = entry.quantile() {
        if 1.0 - p < FAR && station.load() > SLOW {
            station.rare = Some(Levels::down_to((1.0 - p) / 4.0));
        }
        Ask::Quantile(if entry.tells("waiting") { tail::WAIT } else { tail::SOJOURN }, p)
    } else if entry.kind == "planning" {
        let check = Check::of(station, Ask::RunLength(mean::IN_SYSTEM), entry);
        return one(check.allowing(f64::INFINITY));
    } else if entry.tells("standard deviation of waiting") {
        let spread = |means: &[f64]| (means[1] - means[0] * means[0]).max(0.0).sqrt();
        Ask::Function(vec![mean::WAIT, mean::WAIT_SQUARED], spread)
    } else if entry.tells("variance of sojourn") {
        let variance = |means: &[f64]| means[1] - means[0] * means[0];
        Ask::Function(vec![mean::SOJOURN, mean::SOJOURN_SQUARED], variance)
    } else {
        let known = [
            ("rejection probability", mean::FAILED),
            ("throughput", mean::THROUGHPUT),
            ("sojourn", mean::SOJOURN),
            ("waiting time", mean::WAIT),
            ("queue length", mean::IN_QUEUE),
            ("number in system", mean::IN_SYSTEM),
            ("waiting", mean::WAITED),
            ("has to wait", mean::WAITED),
            ("utilisation", mean::UTILISATION),
        ];
        match known.iter().find(|(words, _)| entry.tells(words))?.1 {
            share @ (mean::FAILED | mean::WAITED) => Ask::Share(share),
            place => Ask::Mean(place),
        }
    };
    if let (Ask::Share(mean::FAILED), Some(value)) = (&ask, entry.number())
        && value < RARE
    {
        station.rare = Some(Levels::down_to(value / 4.0));
    }
    one(Check::of(station, ask, entry))
}

/// As many separate queues, each fed by a random share, are M/M/1 queues at the same load.
fn pooling(entry: &Entry) -> Option<Case> {
    let (load, servers) = (entry.get("rho")?, entry.whole("servers")?);
    let separate = Station::new(load, 1, Work::Exponential);
    let pooled = Station::new(load * f64::from(servers), servers, Work::Exponential);
    let wait = Ask::Mean(mean::WAIT);
    one(Check::of(separate, wait.clone(), entry).with(pooled, wait, Join::Ratio))
}

/// Slots without a queue: blocking depends on the mean of the service time only.
fn blocking(entry: &Entry) -> Option<Case> {
    let (slots, offered) = (entry.whole("slots")?, entry.get("offered_erlangs")?);
    let check = |work: Work, name: &str| {
        let rare = entry.number().filter(|value| *value < RARE).map(|value| Levels::down_to(value / 4.0));
        let station = Station { room: Some(0), rare, ..Station::new(offered, slots, work) };
        Check::of(station, Ask::Share(mean::FAILED), entry).named(name)
    };
    Some(Case::Measured(vec![check(Work::Exponential, "exponential"), check(Work::Constant, "constant")]))
}

fn sharing(entry: &Entry) -> Option<Case> {
    let load = entry.get("rho")?;
    let shared = |work: Work| Station { shared: true, ..Station::new(load, 1, work) };
    if entry.tells("variance") {
        let variance = |means: &[f64]| means[1] - means[0] * means[0];
        let ask = Ask::Function(vec![mean::SOJOURN, mean::SOJOURN_SQUARED], variance);
        return one(Check::of(shared(Work::Exponential), ask, entry));
    }
    if let Some(work) = entry.get("work") {
        let station = Station { probe: Some(work), ..shared(Work::Exponential) };
        return one(Check::of(station, Ask::Mean(mean::SOJOURN_OF_SECOND), entry));
    }
    let services = entry.params.get("service")?.as_array()?;
    let checks = services.iter().map(|service| {
        let service = service.as_str()?;
        Some(Check::of(shared(Work::read(service, None)?), Ask::Mean(mean::SOJOURN), entry).named(service))
    });
    Some(Case::Measured(checks.collect::<Option<_>>()?))
}
