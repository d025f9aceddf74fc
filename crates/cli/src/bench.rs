//! `archlab bench`: how fast the engine runs one of the three benchmark designs.

use std::time::Instant;

use archlab_engine::{Progress, Simulation};
use archlab_model::{SimTime, document};
use archlab_words::Lang;

use crate::arguments::{Bench, Workload};
use crate::print;

/// The most events between two counts of finished requests.
const MOST_EVENTS: u64 = 4_000_000;

/// Runs a benchmark; gives the exit code.
///
/// The run goes on until as many requests as asked for have ended; what is timed is the run, with its
/// ordinary measures on, not the opening of the design.
pub fn bench(task: &Bench) -> Result<u8, String> {
    let (text, events_per_request) = match task.workload {
        Workload::W1 => (include_str!("../../../static/designs/w1.json"), 2),
        Workload::W2 => (include_str!("../../../static/designs/w2.json"), 2),
        Workload::W3 => (include_str!("../../../static/designs/w3.json"), 20),
    };
    let mut design = document::open(text)
        .map_err(|error| crate::check::filled(Lang::En, error.key(), &error.arguments()))?;
    if let Some(seed) = task.seed {
        design.scenario.seed = seed;
    }
    let mut simulation = Simulation::new(&design);
    let ended = |simulation: &Simulation| {
        let total = simulation.report().groups[0].total;
        total.succeeded + total.failures()
    };

    let begin = Instant::now();
    let mut done = 0;
    while done < task.requests {
        let left = (task.requests - done).saturating_mul(events_per_request);
        if simulation.run_for(SimTime::NEVER, left.clamp(1, MOST_EVENTS)) == Progress::Reached {
            break;
        }
        done = ended(&simulation);
    }
    let wall = begin.elapsed().as_secs_f64().max(1e-9);

    let report = simulation.report();
    let latency = report.groups[0].latency;
    let measured = serde_json::json!({
        "workload": task.workload.name(),
        "requests": done,
        "failed": report.groups[0].total.failures(),
        "events": report.events,
        "wall_s": wall,
        "req_per_s": (done as f64 / wall).round(),
        "events_per_s": (report.events as f64 / wall).round(),
        "mean": latency.mean.as_millis_f64(),
        "p50": latency.p50.as_millis_f64(),
        "p99": latency.p99.as_millis_f64(),
        "unit": "ms",
    });
    if task.json {
        print(&format!("{measured}\n"))?;
    } else {
        let number = |name: &str| crate::report::count(measured[name].as_f64().unwrap_or(0.0) as u64);
        print(&format!(
            "{}  {} requests/s  {} events/s  mean {:.3} ms  p99 {:.3} ms\n",
            task.workload.name(),
            number("req_per_s"),
            number("events_per_s"),
            latency.mean.as_millis_f64(),
            latency.p99.as_millis_f64(),
        ))?;
    }
    Ok(0)
}
