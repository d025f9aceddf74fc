//! Fan-out: many leaves called at once, and the slowest of them; with hedges and without.

use archlab_engine::{Fact, MessageKind, Place, Simulation};
use archlab_model::{SimTime, Span};
use serde_json::{Value, json};

use crate::cases::{Case, Outcome};
use crate::documents::{Draft, MOST_CORES, PLENTY, span};
use crate::table::Entry;

/// A request makes no more than ten thousand steps, and each leaf takes two.
const MOST_LEAVES: u32 = 4_900;

/// Leaves called at once, each slow with a small probability: how many requests see a slow one.
pub fn case(entry: &Entry) -> Option<Case> {
    let (slow, leaves) = (entry.get("p_slow")?, entry.whole("fanout")?);
    if leaves > MOST_LEAVES {
        return Some(Case::NotSimulated("more calls than the engine allows one request"));
    }
    let hedge = entry.get("hedge_after_ms");
    let count = match hedge {
        None => (400_000 / leaves.max(10)).clamp(1_500, 40_000) * 8,
        Some(_) => 300_000,
    };
    let width = entry.width();
    // A copy is sent for each slow one, and may be slow, too.
    let slow_ones = slow * f64::from(leaves) * if hedge.is_some() { 1.0 + slow } else { 1.0 };
    let name = entry.id.clone();
    Some(Case::Done(Box::new(move |effort| {
        let requests = (f64::from(count) * effort.max(0.02)) as u32;
        let samples: Vec<(f64, f64)> = (0..64)
            .map(|number| leaves_seen(slow, leaves, hedge, requests / 64, crate::study::seed(&name, number)))
            .collect();
        let values: Vec<f64> = samples.iter().map(|(seen, _)| *seen).collect();
        // How many were slow in all is known on average.
        let controls: Vec<Vec<f64>> = samples.iter().map(|(_, count)| vec![count - slow_ones]).collect();
        let estimate =
            crate::statistics::Estimate::from(&crate::statistics::Regression::new(&values, &controls));
        Outcome::Estimate(estimate, width)
    })))
}

/// The share of requests that take longer than a fast leaf, and slow leaves for each request.
fn leaves_seen(slow: f64, leaves: u32, hedge: Option<f64>, requests: u32, seed: u64) -> (f64, f64) {
    const AT_ONCE: u32 = 250;
    let leaf = |count: u32| vec![json!({ "call": "leaf" }); count as usize];
    let (whole, rest) = (leaves / AT_ONCE, leaves % AT_ONCE);
    let mut branches = vec![json!({ "call": "branch" }); whole as usize];
    if whole == 0 {
        branches = leaf(rest);
    } else if rest > 0 {
        branches.push(json!({ "call": "rest" }));
    }
    let nothing = || json!({ "constant": "0" });
    let at: Vec<Value> = (0..requests).map(|number| format!("{}s", 10 + 10 * number).into()).collect();
    let mut draft = Draft::new("microservice")
        .machines(1, MOST_CORES)
        .function("root", nothing(), json!([{ "parallel": branches }]))
        .function("leaf", json!({ "constant": "10ms" }), json!([{ "call": "slow", "probability": slow }]))
        .function("slow", json!({ "constant": "990ms" }), json!([]));
    if let Some(after) = hedge {
        // A hair later than a fast leaf takes, and to another copy of it.
        let hedging = json!({ "after": span(after * 1e6 + 1e4), "copies": 2 });
        draft = draft
            .policy("resilience", json!({ "services": { "leaf": { "hedging": hedging } } }))
            .replicated("leaf", &["leaf".to_owned()], 2, PLENTY);
    }
    if whole > 0 {
        draft = draft.function("branch", nothing(), json!([{ "parallel": leaf(AT_ONCE) }]));
        if rest > 0 {
            draft = draft.function("rest", nothing(), json!([{ "parallel": leaf(rest) }]));
        }
    }
    // Every leaf has a core of its own, as far as there are: time does not matter, only who is slow.
    let design =
        draft.kind("ask", "root", 1.0).clients(json!({ "recorded": { "at": at } })).open_document(seed);
    let mut simulation = Simulation::new(&design);
    let slow_one = simulation.roster().instances.iter().position(|id| id.service.as_str() == "slow");
    let (mut ended, mut seen, mut count) = (0_u32, 0_u32, 0_u32);
    let until = SimTime::START + Span::from_secs(30 + 10 * u64::from(requests));
    simulation.run_until_with(until, &mut |_, fact| match fact {
        Fact::Ended { latency, .. } => {
            ended += 1;
            seen += u32::from(latency.as_secs_f64() > 0.5);
        }
        Fact::Sent { to: Place::Instance(to), message: MessageKind::Request, .. } => {
            count += u32::from(Some(*to as usize) == slow_one);
        }
        _ => {}
    });
    (f64::from(seen) / f64::from(ended.max(1)), f64::from(count) / f64::from(ended.max(1)))
}
