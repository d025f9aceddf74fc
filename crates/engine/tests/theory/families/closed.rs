//! Closed loops: users who think, pools that bound what goes through them.

use archlab_model::{Design, Span};
use serde_json::json;

use crate::cases::{Case, Check};
use crate::documents::{Draft, PLENTY, Work, span};
use crate::study::{Ask, Run, Study};
use crate::table::Entry;
use crate::watch::{Order, Traffic, mean};

/// Times are in seconds.
const UNIT: f64 = 1e9;

/// Users who send, wait, think and send again, on one box.
#[derive(Debug, Clone)]
struct Closed {
    users: u32,
    think: f64,
    workers: u32,
    service: f64,
}

impl Closed {
    fn document(&self, seed: u64) -> Design {
        Draft::new("cluster")
            .machines(1, self.workers)
            .policy("capacity", json!({ "workers": self.workers, "queue": 1_000_000 }))
            .function("work", Work::Exponential.document(self.service * UNIT), json!([]))
            .kind("ask", "work", 1.0)
            .users(self.users, Work::Exponential.document(self.think * UNIT))
            .open_document(seed)
    }
}

impl Study for Closed {
    fn name(&self) -> String {
        format!("{self:?}")
    }

    fn design(&self, seed: u64) -> Option<(Design, f64)> {
        Some((self.document(seed), UNIT))
    }

    fn begin(&self, seed: u64) -> Box<dyn Run> {
        Box::new(Traffic::new(&self.document(seed), Order::Any, UNIT, self.warm_up(), None))
    }

    fn rate(&self) -> f64 {
        let free = f64::from(self.users) / (self.think + self.service);
        free.min(f64::from(self.workers) / self.service)
    }

    /// Thoughts forget like exponentials do; what piles up must have come to rest, too.
    fn warm_up(&self) -> f64 {
        let full = f64::from(self.users) * self.service / f64::from(self.workers);
        12.0 * self.think + 10.0 * full
    }
}

pub fn case(entry: &Entry) -> Option<Case> {
    if entry.has("users") {
        return population(entry);
    }
    if let Some(places) = entry.whole("threads").or(entry.whole("concurrency")) {
        let latency = entry.get("latency_s")?;
        return Some(Case::number(move || through_workers(places, latency)));
    }
    if let Some(places) = entry.whole("connections") {
        let query = entry.get("query_s")?;
        return Some(Case::number(move || through_connections(places, query)));
    }
    None
}

fn population(entry: &Entry) -> Option<Case> {
    let closed = Closed {
        users: entry.whole("users")?,
        think: entry.get("think_s")?,
        workers: entry.whole("workers")?,
        service: entry.get("service_s")?,
    };
    let known = [
        ("throughput", mean::THROUGHPUT),
        ("response time", mean::SOJOURN),
        ("utilisation", mean::UTILISATION),
    ];
    let (_, place) = known.iter().find(|(words, _)| entry.tells(words))?;
    Some(Case::Measured(vec![Check::of(closed, Ask::Mean(*place), entry)]))
}

/// Answers a second, if every worker always waits `latency` for something that does not slow down.
fn through_workers(workers: u32, latency: f64) -> f64 {
    let draft = Draft::new("cluster").policy("capacity", json!({ "workers": workers, "queue": PLENTY }));
    saturated(draft.policy("store_connections", json!(PLENTY)), workers, latency)
}

/// Answers a second, if the connections to a store are what is short.
fn through_connections(connections: u32, query: f64) -> f64 {
    saturated(Draft::new("cluster").policy("store_connections", json!(connections)), connections, query)
}

/// Answers a second, with twice as many eager users as there are `places`.
fn saturated(draft: Draft, places: u32, latency: f64) -> f64 {
    let read = Work::Constant.document(latency * UNIT);
    let design = draft
        .machines(1, 1)
        .data("far", read.clone(), read)
        .function("work", json!({ "constant": "0" }), json!([{ "read": "far" }]))
        .kind("ask", "work", 1.0)
        .users(places * 2, json!({ "constant": span(0.0) }))
        .open_document(1);
    let mut simulation = archlab_engine::Simulation::new(&design);
    let round = Span::from_secs_f64(latency);
    let done = |simulation: &archlab_engine::Simulation| simulation.report().groups[0].total.succeeded;
    // All that is left is a rhythm: after some rounds, ten more.
    let begin = archlab_model::SimTime::START + round * 4 + Span::from_nanos(round.as_nanos() / 2);
    simulation.run_until(begin);
    let before = done(&simulation);
    simulation.run_until(begin + round * 10);
    (done(&simulation) - before) as f64 / (round * 10).as_secs_f64()
}
