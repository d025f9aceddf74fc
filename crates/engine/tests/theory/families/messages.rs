//! Messages: what a group of consumers sustains, what fails too often, what is worked on twice.

use archlab_engine::measure::report::TopicReport;
use archlab_engine::{Intervention, Simulation};
use archlab_model::{Fault, SimTime, Span};
use serde_json::{Value, json};

use crate::cases::{Case, Outcome};
use crate::documents::{Draft, NEVER, Work, span};
use crate::families::failing::{dying, failing_step};
use crate::table::Entry;

const SECOND: f64 = 1e9;

/// A front that publishes, and consumers that work on what it publishes.
fn draft(work: Value, steps: Value, consumers: u32, topic: Value) -> Draft {
    let messaging = json!({ "publish": { "constant": "0" }, "topic": topic });
    Draft::new("microservice")
        .machines(consumers + 1, 4)
        .policy("messaging", messaging)
        .policy("health", json!({ "interval": NEVER }))
        .function("front", json!({ "constant": "0" }), json!([{ "call": "back", "queue": "broker" }]))
        .function("back", work, steps)
        .replicated("front", &["front".to_owned()], 1, 1_000)
        .replicated("back", &["back".to_owned()], consumers, 200)
        .kind("tell", "front", 1.0)
}

fn report(simulation: &Simulation) -> TopicReport {
    simulation.report().groups[0].topics[0].clone()
}

fn at(seconds: f64) -> SimTime {
    SimTime::START + Span::from_secs_f64(seconds)
}

pub fn case(entry: &Entry) -> Option<Case> {
    if let Some(fails) = entry.get("p_fail") {
        return poison(entry, fails, entry.whole("max_receives")?);
    }
    if let Some(partitions) = entry.whole("partitions") {
        let (consumers, each) = (entry.whole("consumers")?, entry.get("rate_per_consumer")?);
        return Some(Case::Done(Box::new(move |effort| {
            Outcome::Near(
                capacity(partitions, consumers, each, effort),
                if effort < 1.0 { 0.06 } else { 0.02 },
            )
        })));
    }
    if let Some(commit) = entry.get("auto_commit_s") {
        return duplicates(entry, entry.get("rate")?, commit);
    }
    if let Some(backlog) = entry.get("backlog") {
        let (produce, consume) = (entry.get("produce")?, entry.get("consume")?);
        return Some(Case::Done(Box::new(move |_| Outcome::Near(drained(backlog, produce, consume), 0.02))));
    }
    None
}

fn poison(entry: &Entry, fails: f64, receives: u32) -> Option<Case> {
    let dead = entry.tells("dead-letter");
    if !dead && !entry.tells("mean deliveries") {
        return None;
    }
    Some(Case::mean(entry, 64, move |seed| {
        let topic = json!({ "deliveries": receives });
        let draft = dying(draft(json!({ "constant": "1ms" }), failing_step(fails), 2, topic)).open(500.0);
        let mut simulation = Simulation::new(&draft.open_document(seed));
        simulation.run_until(at(40.0));
        let topic = report(&simulation);
        let ended = (topic.done + topic.dead) as f64;
        (if dead { topic.dead } else { topic.deliveries }) as f64 / ended
    }))
}

/// The largest evenly keyed rate that does not pile up, found by halving.
fn capacity(partitions: u32, consumers: u32, each: f64, effort: f64) -> f64 {
    let (mut low, mut high) = (0.0, 2.0 * each * f64::from(consumers.min(partitions)));
    let long = 3_000.0 * effort.max(0.1);
    let piles_up = |rate: f64| {
        let work = Work::Constant.document(SECOND / each);
        let draft = draft(work, json!([]), consumers, json!({ "partitions": partitions, "room": 1_000_000 }));
        let mut simulation = Simulation::new(&draft.open(rate).open_document(1));
        simulation.run_until(at(long / 2.0));
        let before = f64::from(report(&simulation).backlog);
        simulation.run_until(at(long));
        (f64::from(report(&simulation).backlog) - before) / (long / 2.0)
            > if effort < 1.0 { 0.01 * rate } else { 0.004 * rate }
    };
    for _ in 0..8 {
        let middle = (low + high) / 2.0;
        if piles_up(middle) { high = middle } else { low = middle }
    }
    (low + high) / 2.0
}

/// Messages done again after the death of a consumer that commits now and then.
fn duplicates(entry: &Entry, rate: f64, commit: f64) -> Option<Case> {
    Some(Case::mean(entry, 6_000, move |seed| {
        let topic = json!({
            "partitions": 1, "acknowledge": { "every": span(commit * SECOND) }, "session_timeout": span((commit + 1.0) * SECOND),
        });
        let draft = draft(json!({ "constant": "10us" }), json!([]), 1, topic).open(rate);
        let mut simulation = Simulation::new(&draft.open_document(seed));
        let crash = (2.0 + (seed % 1_000_003) as f64 / 1_000_003.0) * commit;
        simulation.run_until(at(crash));
        let fault = |text: &str| Intervention::Fault(text.parse::<Fault>().expect("a fault"));
        simulation.intervene(fault("crash:g/back/1"));
        simulation.run_until(at(crash + commit + 3.0));
        simulation.intervene(fault("restart:g/back/1"));
        simulation.run_until(at(crash + 3.0 * commit + 8.0));
        report(&simulation).duplicates as f64
    }))
}

/// Seconds until a backlog is worked off, while more comes.
fn drained(backlog: f64, produce: f64, consume: f64) -> f64 {
    let expected = backlog / (consume - produce);
    let coming =
        (0..(produce * expected * 2.0) as u32).map(|number| span(f64::from(number) / produce * SECOND));
    let at_once = (0..backlog as u32).map(|_| span(0.0));
    let recorded: Vec<Value> = at_once.chain(coming).collect();
    let draft = draft(Work::Constant.document(SECOND / consume), json!([]), 1, json!({ "partitions": 1 }))
        .clients(json!({ "recorded": { "at": recorded } }));
    let mut simulation = Simulation::new(&draft.open_document(1));
    let mut now = 0.0;
    loop {
        now += 0.05;
        simulation.run_until(at(now));
        if report(&simulation).backlog <= 1 || now > expected * 3.0 {
            return now;
        }
    }
}
