//! Sagas: how often all steps succeed, and how many compensations the others take.

use archlab_engine::Simulation;
use archlab_model::{SimTime, Span};
use serde_json::json;

use crate::cases::Case;
use crate::documents::{Draft, NEVER};
use crate::table::Entry;

/// Purchases in a second, and how long they are watched.
const RATE: f64 = 200.0;
const LENGTH: Span = Span::from_secs(200);

pub fn case(entry: &Entry) -> Option<Case> {
    let (steps, succeeds) = (entry.whole("steps")?, entry.get("p_step")?);
    let compensations = entry.tells("compensations");
    if !compensations && !entry.tells("completes") {
        return None;
    }
    Some(Case::mean(entry, 64, move |seed| {
        let names: Vec<String> = (1..=steps).map(|number| format!("step-{number}")).collect();
        let calls: Vec<_> = names.iter().map(|name| json!({ "call": name })).collect();
        let nothing = json!({ "constant": "0" });
        let rules = json!({ "protocol": "saga", "refusal": 1.0 - succeeds });
        let draft = Draft::new("microservice")
            .machines(steps + 1, 4)
            .policy("health", json!({ "interval": NEVER }))
            .policy("store_connections", json!(1_000))
            .policy("transactions", rules)
            .function("buy", nothing.clone(), json!(calls))
            .kind("purchase", "buy", 1.0);
        let draft = names.iter().fold(draft, |draft, name| {
            draft.function(name, nothing.clone(), json!([{ "write": name }])).data(
                name,
                nothing.clone(),
                json!({ "constant": "1ms" }),
            )
        });
        let mut design = draft.open(RATE).open_document(seed);
        design.business.transactions = vec!["buy".into()];
        let mut simulation = Simulation::new(&design);
        simulation.run_until(SimTime::START + LENGTH);
        let report = simulation.report().groups[0].transactions;
        let ended = (report.committed + report.undone) as f64;
        (if compensations { report.compensations } else { report.committed }) as f64 / ended
    }))
}
