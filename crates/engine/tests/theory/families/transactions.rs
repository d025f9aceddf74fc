//! Transactions over several services: how often a saga succeeds and what it takes back, and whom a dead coordinator
//! keeps waiting.

use archlab_engine::measure::report::TransactionReport;
use archlab_engine::{Intervention, Simulation};
use archlab_model::{Design, SimTime, Span};
use serde_json::json;

use crate::cases::Case;
use crate::documents::{Draft, NEVER};
use crate::table::Entry;

/// Purchases in a second, and how long they are watched.
const RATE: f64 = 200.0;
const LENGTH: Span = Span::from_secs(200);

pub fn case(entry: &Entry) -> Option<Case> {
    if entry.has("in_doubt") { blocked(entry) } else { saga(entry) }
}

fn report(simulation: &Simulation) -> TransactionReport {
    simulation.report().groups[0].transactions
}

fn saga(entry: &Entry) -> Option<Case> {
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
        let report = report(&simulation);
        let ended = (report.committed + report.undone) as f64;
        (if compensations { report.compensations } else { report.committed }) as f64 / ended
    }))
}

/// Two kinds of transactions over the same goods, with a coordinator each. Those of the first also write something
/// slow, so that they are in doubt for a while; those of the second are over at once.
#[derive(Debug, Clone, Copy)]
struct Doubt {
    in_doubt: u32,
    rate: f64,
    conflict: f64,
}

impl Doubt {
    /// The first kind only, all at once, which get what they lock; or the second kind only.
    fn document(self, first: bool, seed: u64) -> Design {
        let nothing = || json!({ "constant": "0" });
        let conflict = if first { 0.0 } else { self.conflict };
        let rules = json!({ "protocol": "two-phase", "conflict": conflict, "lock_timeout": NEVER });
        let draft = Draft::new("microservice")
            .machines(4, 4)
            .policy("store_connections", json!(100_000))
            .policy("transactions", rules)
            .data("goods", nothing(), nothing())
            .data("freight", nothing(), json!({ "constant": "1s" }))
            .function("keep", nothing(), json!([{ "write": "goods" }]))
            .function("carry", nothing(), json!([{ "write": "freight" }]))
            .function("slow", nothing(), json!([{ "call": "keep" }, { "call": "carry" }]))
            .function("quick", nothing(), json!([{ "call": "keep" }]))
            .kind("slow", "slow", if first { 1.0 } else { 0.0 })
            .kind("quick", "quick", if first { 0.0 } else { 1.0 });
        let draft = match first {
            true => draft.clients(json!({ "batch": { "count": self.in_doubt, "at": "1s" } })),
            false => draft.open(self.rate),
        };
        let mut design = draft.open_document(seed);
        design.business.transactions = vec!["slow".into(), "quick".into()];
        design
    }

    /// How many of the second kind hit the locks of the first while its coordinator is dead for so long.
    fn hit(self, outage: f64, seed: u64) -> f64 {
        let mut simulation = Simulation::new(&self.document(true, seed));
        // Worked for a second; now the goods are promised, and the freight takes another second to be.
        simulation.run_until(SimTime::START + Span::from_millis(2_500));
        simulation.intervene(Intervention::Fault("crash:g/slow/1".parse().expect("a fault")));
        assert_eq!(report(&simulation).in_doubt, self.in_doubt, "all are in doubt");
        simulation.intervene(Intervention::Adopt(Box::new(self.document(false, seed))));
        let before = report(&simulation).blocked_in_doubt;
        simulation.run_until(simulation.now() + Span::from_secs_f64(outage));
        (report(&simulation).blocked_in_doubt - before) as f64
    }
}

fn blocked(entry: &Entry) -> Option<Case> {
    let doubt = Doubt {
        in_doubt: entry.whole("in_doubt")?,
        rate: entry.get("tx_rate")?,
        conflict: entry.get("conflict_probability")?,
    };
    let outage = entry.get("outage_s")?;
    // A Poisson number varies by as much as it is.
    let runs = (25_000.0 / entry.number()?.max(1.0)).clamp(64.0, 20_000.0) as u32;
    Some(Case::mean(entry, runs, move |seed| doubt.hit(outage, seed)))
}
