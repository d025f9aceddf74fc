//! Limits of rate: token and leaky buckets, and callers who hold back by themselves.

use archlab_engine::{Fact, Simulation};
use archlab_model::{SimTime, Span};
use serde_json::{Value, json};

use crate::cases::{Case, Check, Judge, Outcome};
use crate::documents::{Draft, MOST_CORES, PLENTY, Work, span};
use crate::families::failing::{Failing, blank, measured};
use crate::study::{Ask, Run, Study};
use crate::table::Entry;
use crate::watch::{Levels, Nearness, Order, Traffic, mean};

const SECOND: f64 = 1e9;

pub fn case(entry: &Entry) -> Option<Case> {
    if entry.has("backend_accepts") {
        throttling(entry)
    } else if entry.has("bucket") {
        token_bucket(entry)
    } else {
        leaky_bucket(entry)
    }
}

/// A backend that works on so many requests a second and no more, and callers who hold requests back by themselves
/// when many are turned away.
#[derive(Debug, Clone)]
struct Overloaded {
    offered: f64,
    accepted: f64,
    k: f64,
}

impl Overloaded {
    /// Seconds in the window: long compared with the time between requests.
    fn window(&self) -> f64 {
        20_000.0 / self.offered
    }

    fn document(&self, seed: u64) -> archlab_model::Design {
        let throttle = json!({ "k": self.k, "window": span(self.window() * SECOND) });
        // A queue that is never empty while too many come, so that none of its time is lost.
        let queue = (self.accepted.ceil() as u32).max(50);
        Draft::new("cluster")
            .machines(1, 1)
            .policy("capacity", json!({ "workers": 1, "queue": queue }))
            .policy("resilience", json!({ "calls": { "throttle": throttle } }))
            .function("work", Work::Constant.document(SECOND / self.accepted), json!([]))
            .kind("ask", "work", 1.0)
            .open(self.offered)
            .open_document(seed)
    }
}

impl Study for Overloaded {
    fn name(&self) -> String {
        format!("{self:?}")
    }

    fn begin(&self, seed: u64) -> Box<dyn Run> {
        Box::new(Traffic::new(&self.document(seed), Order::Any, SECOND, self.warm_up(), None))
    }

    fn rate(&self) -> f64 {
        self.offered
    }

    fn warm_up(&self) -> f64 {
        5.0 * self.window()
    }

    fn replications(&self) -> usize {
        16
    }
}

/// A fluid limit: windows are finite, so it is missed by a little.
fn throttling(entry: &Entry) -> Option<Case> {
    let (offered, accepted, k) = (entry.get("offered")?, entry.get("backend_accepts")?, entry.get("K")?);
    let check = Check::of(Overloaded { offered, accepted, k }, Ask::Mean(mean::ATTEMPT_RATE), entry);
    Some(Case::Measured(vec![check.judged(Judge::Within(0.02))]))
}

fn token_bucket(entry: &Entry) -> Option<Case> {
    let (refill, bucket) = (entry.get("refill_rate")?, entry.whole("bucket")?);
    let limit = json!({ "entry_limit": { "token-bucket": { "rate": refill, "burst": bucket } } });
    if let Some(burst) = entry.get("burst_rate") {
        let until = entry.get("t_s")?;
        let count = (burst * until) as u32;
        let at: Vec<Value> =
            (0..count).map(|number| span(60.0 * SECOND + f64::from(number) / burst * SECOND)).collect();
        return Some(Case::Done(Box::new(move |_| {
            let load = json!({ "recorded": { "at": at } });
            let passed = passed(limit.clone(), load).0;
            // Whole requests: one more or less.
            Outcome::Near(f64::from(passed), 1.0 / f64::from(passed.max(1)))
        })));
    }
    let rate = entry.get("arrival_rate")?;
    let failing = Failing {
        rate,
        policies: vec![("resilience", limit.to_string())],
        warm_up: 20.0 * (f64::from(bucket) + 1.0) / refill,
        ..blank(0.0)
    };
    let refused = Ask::Share(mean::FAILED);
    match entry.number()? {
        value if value < RARE => {
            let rare = Levels::down_to(value / 4.0);
            let full = Nearness::Bucket { leak: refill, size: f64::from(bucket) };
            Some(Case::Measured(vec![Check::of(Rarely { failing, full, rare }, refused, entry)]))
        }
        _ => measured(failing, refused, entry),
    }
}

/// A share that is so small is looked at by splitting.
const RARE: f64 = 1.5e-3;

/// The same, split where it comes near to what is rare.
#[derive(Debug, Clone)]
struct Rarely {
    failing: Failing,
    full: Nearness,
    rare: Levels,
}

impl Study for Rarely {
    fn name(&self) -> String {
        format!("{self:?}")
    }

    fn begin(&self, seed: u64) -> Box<dyn Run> {
        let look = self.failing.document(crate::study::seed(&self.name(), usize::MAX));
        let levels = self.rare.of(&look, SECOND, self.warm_up(), self.failing.rate, self.full);
        let traffic = Traffic::new(&self.failing.document(seed), Order::Any, SECOND, self.warm_up(), None);
        Box::new(traffic.split(levels, self.full, seed))
    }

    fn rate(&self) -> f64 {
        self.failing.rate * 6.0
    }

    fn warm_up(&self) -> f64 {
        self.failing.warm_up
    }
}

/// A hundred requests at once at an idle limit of so many a second.
fn leaky_bucket(entry: &Entry) -> Option<Case> {
    let (rate, burst) = (entry.get("rate")?, entry.whole("burst")?);
    let undelayed = if entry.tells("nodelay") && !entry.tells("without nodelay") { burst } else { 0 };
    let limit = json!({ "entry_limit": { "leaky-bucket": { "rate": rate, "burst": burst, "undelayed": undelayed } } });
    let late = entry.tells("delay of the last");
    if !late && !entry.tells("passed at once") {
        return None;
    }
    Some(Case::number(move || {
        let (passed, last) = passed(limit.clone(), json!({ "batch": { "count": 100, "at": "60s" } }));
        if late { last } else { f64::from(passed) }
    }))
}

/// How many requests pass a limit, and how long the last of them took, in seconds.
fn passed(limit: Value, load: Value) -> (u32, f64) {
    let design = Draft::new("cluster")
        .machines(1, MOST_CORES)
        .policy("resilience", limit)
        .policy("capacity", json!({ "workers": PLENTY, "queue": PLENTY }))
        .function("work", json!({ "constant": "0" }), json!([]))
        .kind("ask", "work", 1.0)
        .clients(load)
        .open_document(1);
    let mut simulation = Simulation::new(&design);
    let (mut count, mut last) = (0, 0.0_f64);
    simulation.run_until_with(SimTime::START + Span::from_secs(300), &mut |_, fact| {
        if let Fact::Ended { outcome: archlab_engine::Outcome::Succeeded, latency, .. } = fact {
            count += 1;
            last = last.max(latency.as_secs_f64());
        }
    });
    (count, last)
}
