//! Blast radius: which pages of a shop fail while a service is dead, weighted by how often they are asked for.

use archlab_engine::{Fact, Intervention, Outcome, Simulation};
use archlab_model::{Design, Fault, Load, SimTime, Span, document};

use crate::cases::Case;
use crate::table::Entry;

const DESIGN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../static/designs/online-boutique.json");

pub fn case(entry: &Entry) -> Option<Case> {
    if entry.has("modules") {
        return Some(Case::NotSimulated("arithmetic of independent chances, which no run makes truer"));
    }
    let mix = entry.params.get("mix")?.as_object()?;
    let mix: Vec<(String, f64)> =
        mix.iter().map(|(kind, weight)| Some((kind.clone(), weight.as_f64()?))).collect::<Option<_>>()?;
    // The table calls the store by the name of its deployment.
    let service = entry.text("service")?.to_owned();
    Some(Case::number(move || {
        let all: f64 = mix.iter().map(|(_, weight)| weight).sum();
        let failing = mix.iter().filter(|(kind, _)| fails(kind, &service));
        failing.fold(0.0, |sum, (_, weight)| sum + weight / all)
    }))
}

/// Whether a page fails while every copy of a service, or a store, is dead.
fn fails(kind: &str, service: &str) -> bool {
    let text = std::fs::read_to_string(DESIGN).unwrap_or_else(|error| panic!("{DESIGN}: {error}"));
    let mut design: Design = document::open(&text).unwrap_or_else(|error| panic!("{DESIGN}: {error}"));
    for (id, request) in &mut design.business.requests {
        request.share = if id.as_str() == kind { 1.0 } else { 0.0 };
    }
    for client in design.clients.values_mut() {
        client.load = Load::Batch { count: 1, at: Span::from_secs(60), every: None };
    }
    let mut simulation = Simulation::new(&design);
    let roster = simulation.roster().clone();
    let (mut dead, mut stores) = (0, 0);
    for id in roster.instances.iter().filter(|id| id.service.as_str() == service) {
        simulation.intervene(Intervention::Fault(Fault::Crash(id.clone())));
        dead += 1;
    }
    // The table calls the cart's store after what it is and whose: in the design it is its owner's store.
    let owner = service.rsplit('-').next().unwrap_or_default();
    let kept = |store: &str| {
        store == service || dead == 0 && service.starts_with("redis") && store.starts_with(owner)
    };
    for (group, store) in roster.stores.iter().filter(|(_, store)| kept(store.as_str())) {
        let fault = format!("store-crash:{group}/{store}").parse::<Fault>();
        simulation.intervene(Intervention::Fault(fault.unwrap_or_else(|error| panic!("{error}"))));
        stores += 1;
    }
    assert!(dead + stores > 0, "the shop has a `{service}`");
    let mut failed = None;
    simulation.run_until_with(SimTime::START + Span::from_secs(200), &mut |_, fact| {
        if let Fact::Ended { outcome, .. } = fact {
            failed = Some(*outcome != Outcome::Succeeded);
        }
    });
    failed.unwrap_or_else(|| panic!("`{kind}` has not ended"))
}
