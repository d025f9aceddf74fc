//! Load balancing: exponential servers, each with its own queue, behind one balancer.

use archlab_model::Design;
use serde_json::{Value, json};

use crate::cases::{Case, Check, Join, Judge};
use crate::documents::{Draft, Work};
use crate::study::{Ask, Run, Study};
use crate::table::Entry;
use crate::watch::{Known, Order, TAKEN_FOR_GRANTED, Traffic, mean};

/// Nanoseconds in a unit of time.
const UNIT: f64 = 1e6;
/// How many servers stand for few and for very many.
const FEW: u32 = 10;
const MANY: u32 = 100;

/// Which server gets the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    Random,
    RoundRobin,
    ShortestQueue,
    /// The least loaded of so many different ones.
    Choices(u32),
}

impl Policy {
    fn read(text: &str) -> Option<Policy> {
        if text.starts_with("round robin") {
            Some(Policy::RoundRobin)
        } else if text.starts_with("join the shortest queue") || text.starts_with("least connections") {
            Some(Policy::ShortestQueue)
        } else if let Some(rest) = text.strip_prefix("least loaded of ") {
            rest.split(' ').next()?.parse().ok().map(Policy::Choices)
        } else {
            text.starts_with("random").then_some(Policy::Random)
        }
    }

    fn document(self) -> &'static str {
        match self {
            Policy::Random => "random",
            Policy::RoundRobin => "round-robin",
            Policy::ShortestQueue => "least-connections",
            Policy::Choices(_) => "random-choices",
        }
    }
}

/// Servers with a queue each. Times are in units of a mean service time at speed 1.
#[derive(Debug, Clone)]
struct Farm {
    /// Requests in a unit of time.
    rate: f64,
    /// The speed and the weight of each.
    servers: Vec<(f64, u32)>,
    policy: Policy,
}

impl Farm {
    fn alike(count: u32, load: f64, policy: Policy) -> Farm {
        Farm { rate: load * f64::from(count), servers: vec![(1.0, 1); count as usize], policy }
    }

    fn load(&self) -> f64 {
        self.rate / self.servers.iter().map(|(speed, _)| speed).sum::<f64>()
    }

    fn is_alike(&self) -> bool {
        self.servers.iter().all(|server| *server == (1.0, 1))
    }

    fn document(&self, seed: u64) -> Design {
        let mut draft = Draft::new("cluster");
        for (speed, weight) in &self.servers {
            draft = draft.weighted_machine(1, *speed, *weight);
        }
        if let Policy::Choices(choices) = self.policy {
            draft = draft.policy("balancer", json!({ "choices": choices }));
        }
        draft
            .policy("balancing", Value::from(self.policy.document()))
            .policy("capacity", json!({ "workers": 1, "queue": 1_000_000 }))
            .function("work", Work::Exponential.document(UNIT), json!([]))
            .kind("ask", "work", 1.0)
            .open(self.rate * 1e9 / UNIT)
            .open_document(seed)
    }
}

impl Study for Farm {
    fn name(&self) -> String {
        match self.is_alike() {
            true => format!(
                "Farm {{ rate: {}, alike: {}, policy: {:?} }}",
                self.rate,
                self.servers.len(),
                self.policy
            ),
            false => format!("{self:?}"),
        }
    }

    fn design(&self, seed: u64) -> Option<(Design, f64)> {
        Some((self.document(seed), UNIT))
    }

    fn begin(&self, seed: u64) -> Box<dyn Run> {
        let workers = self.servers.len() as f64;
        let known = Known { rate: self.rate, service: Work::Exponential.moments(), workers };
        let known = self.controlled().then_some(known);
        Box::new(Traffic::new(&self.document(seed), Order::Any, UNIT, self.warm_up(), known))
    }

    fn rate(&self) -> f64 {
        self.rate
    }

    /// As for one server at the load; queues that are balanced forget sooner.
    fn warm_up(&self) -> f64 {
        let slack = 1.0 - self.load().sqrt();
        let alone = 5.0 / (slack * slack);
        let servers = self.servers.len() as f64;
        50.0 + match self.policy {
            Policy::Random | Policy::RoundRobin => alone,
            // They share their backlog, and work it off together; at least a single queue's ramp is left.
            Policy::ShortestQueue | Policy::Choices(_) => alone / servers + 10.0 / (1.0 - self.load()),
        }
    }

    fn controlled(&self) -> bool {
        self.load() > 0.9 && self.is_alike()
    }

    fn taken_for_granted(&self) -> &'static [&'static str] {
        &TAKEN_FOR_GRANTED[..4]
    }
}

pub fn case(entry: &Entry) -> Option<Case> {
    let sojourn = Ask::Mean(mean::SOJOURN);
    if let Some(speeds) = entry.numbers("mu") {
        return uneven(entry, &speeds);
    }
    let (load, policy) = (entry.get("rho")?, Policy::read(entry.text("policy")?)?);
    if !entry.tells("mean sojourn") {
        return None;
    }
    let servers = entry.whole("n");
    if entry.kind.starts_with("limit") {
        let few = Check::of(Farm::alike(FEW, load, policy), sojourn.clone(), entry);
        let many = Farm::alike(MANY, load, policy);
        return Some(Case::Measured(vec![few.with(many, sojourn, Join::Last).judged(Judge::LimitFromAbove)]));
    }
    let check = |count| Check::of(Farm::alike(count, load, policy), sojourn.clone(), entry);
    Some(Case::Measured(match (servers, entry.standard_error()) {
        (Some(count), Some(error)) => vec![check(count).judged(Judge::Reference(error))],
        (Some(count), None) => vec![check(count)],
        // Any number of them.
        (None, _) => vec![check(2).named("2 servers"), check(5).named("5 servers")],
    }))
}

/// A random split over servers of unequal speed, in proportion to weights or the best there is.
fn uneven(entry: &Entry, speeds: &[f64]) -> Option<Case> {
    let lam = entry.get("lam")?;
    let weights: Vec<u32> = match entry.numbers("weights") {
        Some(weights) => weights.iter().map(|weight| *weight as u32).collect(),
        None if entry.tells("best static random split") => {
            // Each gets its speed less its part of what is to spare; one too slow for that gets nothing, and the
            // others share out the whole.
            let mut used: Vec<f64> = speeds.to_vec();
            used.sort_by(|one, other| other.total_cmp(one));
            let least = loop {
                let roots: f64 = used.iter().map(|speed| speed.sqrt()).sum();
                let least = (used.iter().sum::<f64>() - lam) / roots;
                if used.last()?.sqrt() > least {
                    break least;
                }
                used.pop();
            };
            // In thousandths, as weights are whole.
            let share = |speed: &f64| (speed - speed.sqrt() * least).max(0.0) / lam;
            speeds.iter().map(|speed| (share(speed) * 1e3).round() as u32).collect()
        }
        None => return None,
    };
    // Who gets nothing need not be there.
    let servers = speeds.iter().copied().zip(weights).filter(|(_, weight)| *weight > 0).collect();
    let farm = Farm { rate: lam, servers, policy: Policy::Random };
    Some(Case::Measured(vec![Check::of(farm, Ask::Mean(mean::SOJOURN), entry)]))
}
