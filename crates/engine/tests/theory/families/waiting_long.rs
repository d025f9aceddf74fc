//! Timeouts: callers who don't wait for ever.

use archlab_model::Design;
use serde_json::json;

use crate::cases::{Case, Check};
use crate::documents::{Draft, MOST_CORES, PLENTY, Work, span};
use crate::families::queues::Station;
use crate::study::{Ask, Run, Study};
use crate::table::Entry;
use crate::watch::{Order, Traffic, mean, tail};

/// Nanoseconds in a unit of time.
const UNIT: f64 = 1e6;

/// Calls of exponential length of servers that are never busy, given up after `timeout`.
#[derive(Debug, Clone)]
struct Impatient {
    mean: f64,
    timeout: f64,
    attempts: u32,
}

impl Impatient {
    fn design(&self, seed: u64) -> Design {
        Draft::new("cluster")
            // An instance for each attempt: none is tried twice.
            .machines(self.attempts, MOST_CORES)
            .policy("capacity", json!({ "workers": PLENTY, "queue": PLENTY }))
            .policy("timeouts", json!({ "response": span(self.timeout * UNIT) }))
            .policy("retry", json!({ "attempts": self.attempts, "after_timeout": self.attempts > 1 }))
            .function("work", Work::Exponential.document(self.mean * UNIT), json!([]))
            .kind("ask", "work", 1.0)
            .open(self.rate() * 1e9 / UNIT)
            .open_document(seed)
    }
}

impl Study for Impatient {
    fn name(&self) -> String {
        format!("{self:?}")
    }

    fn begin(&self, seed: u64) -> Box<dyn Run> {
        Box::new(Traffic::new(&self.design(seed), Order::Any, UNIT, self.warm_up(), None))
    }

    /// Some hundred under way, on a thousand cores.
    fn rate(&self) -> f64 {
        100.0 / self.mean
    }

    fn warm_up(&self) -> f64 {
        20.0 * (self.mean + self.timeout)
    }
}

pub fn case(entry: &Entry) -> Option<Case> {
    let timeout = entry.get("timeout")?;
    if let Some(load) = entry.get("rho") {
        // Those that take longer than the observer waits, in a queue that does not know of it.
        let station = Station::new(load, 1, Work::Exponential);
        return Some(Case::Measured(vec![Check::of(station, Ask::Above(tail::SOJOURN, timeout), entry)]));
    }
    let attempts = entry.whole("max_retries").unwrap_or(0) + 1;
    let calls = Impatient { mean: entry.get("mean")?, timeout, attempts };
    let known = [
        ("probability of timeout", mean::FAILED),
        ("mean time the caller waits", mean::ENDED_AFTER),
        ("mean time of the successful calls", mean::SOJOURN),
        ("mean total time incl. retries", mean::ENDED_AFTER),
    ];
    let (_, place) = known.iter().find(|(words, _)| entry.tells(words))?;
    let ask = if *place == mean::FAILED { Ask::Share(*place) } else { Ask::Mean(*place) };
    Some(Case::Measured(vec![Check::of(calls, ask, entry)]))
}
