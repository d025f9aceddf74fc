//! Small designs, and what is asked of their runs.
#![allow(dead_code, reason = "each test file uses some of it")]

use archlab_engine::{Fact, Intervention, Report, Simulation};
use archlab_model::*;

pub fn ms(millis: u64) -> Span {
    Span::from_millis(millis)
}

pub fn secs(secs: u64) -> Span {
    Span::from_secs(secs)
}

pub fn at(span: Span) -> SimTime {
    SimTime::START + span
}

/// No latency anywhere.
pub fn no_network() -> Network {
    Network { internet: Span::ZERO, local: Span::ZERO, loopback: Span::ZERO, links: Vec::new() }
}

/// A business with one kind of request and one function.
pub fn one_function(work: Distribution) -> Business {
    let mut business = Business::default();
    let entry = FunctionId::from("work");
    business.functions.insert(entry.clone(), Function { work, ..Function::default() });
    business.requests.insert("ask".into(), RequestKind { title: None, entry, share: 1.0, session: false });
    business
}

/// Adds a function that does `steps` after `work`.
pub fn function(business: &mut Business, id: &'static str, work: Distribution, steps: Vec<Step>) {
    business.functions.insert(id.into(), Function { title: None, work, steps });
}

/// A business whose only kind enters by `front`.
pub fn business_of(functions: &[(&'static str, Span, Vec<Step>)]) -> Business {
    let mut business = Business::default();
    for (id, work, steps) in functions {
        function(&mut business, id, Distribution::Constant(*work), steps.clone());
    }
    let entry = FunctionId::from(functions[0].0);
    business.requests.insert("ask".into(), RequestKind { title: None, entry, share: 1.0, session: false });
    business
}

/// A call of `to`.
pub fn call(to: &'static str) -> Call {
    Call::to(to.into())
}

/// One group `g` of `machines` machines `m1`, `m2`, ... with `cores` each, in `layout`, without a network,
/// and no clients.
pub fn design(business: Business, layout: Layout, machines: usize, cores: u32) -> Design {
    let mut design = Design { business, network: no_network(), ..Design::default() };
    let ids: Vec<MachineId> = (1..=machines).map(|n| format!("m{n}").parse().unwrap()).collect();
    for id in &ids {
        design.machines.insert(id.clone(), Machine { cores, ..Machine::default() });
    }
    let group =
        Group { layout, seats: ids.into_iter().map(|id| Some(id.into())).collect(), ..Group::default() };
    design.groups.insert("g".into(), group);
    design
}

/// The policies of the group `g`.
pub fn policies(design: &mut Design) -> &mut Policies {
    &mut design.groups[&GroupId::from("g")].policies
}

/// Open clients of the group `g`.
pub fn open(design: &mut Design, rate: f64) {
    clients(design, Load::Poisson { rate });
}

/// One user of the group `g`, who sends for the first time after `think`.
pub fn user(design: &mut Design, think: Span) {
    clients(design, Load::Users { count: 1, think: Distribution::Constant(think) });
}

pub fn clients(design: &mut Design, load: Load) {
    let client = Client { load, to: vec!["g".into()], patience: secs(10), ..Client::default() };
    design.clients.insert("people".into(), client);
}

pub fn fault(design: &mut Design, when: Span, fault: Fault) {
    design.scenario.faults.push(PlannedFault::new(when, fault));
}

pub fn instance(service: &'static str, number: u32) -> InstanceId {
    InstanceId { group: "g".into(), service: service.into(), number }
}

/// Everything that happens until `until`.
pub fn play(design: &Design, until: Span) -> (Simulation, Vec<(SimTime, Fact)>) {
    let mut simulation = Simulation::new(design);
    let facts = go_on(&mut simulation, until);
    (simulation, facts)
}

/// Everything that happens from now until `until`.
pub fn go_on(simulation: &mut Simulation, until: Span) -> Vec<(SimTime, Fact)> {
    let mut facts = Vec::new();
    simulation.run_until_with(at(until), &mut |now, fact| facts.push((now, *fact)));
    facts
}

pub fn report_at(design: &Design, until: Span) -> Report {
    play(design, until).0.report()
}

pub fn adopt(design: &Design) -> Intervention {
    Intervention::Adopt(Box::new(design.clone()))
}

/// How requests ended: when, and how.
pub fn ends(facts: &[(SimTime, Fact)]) -> Vec<(f64, archlab_engine::Outcome)> {
    facts
        .iter()
        .filter_map(|(at, fact)| match fact {
            Fact::Ended { outcome, .. } => Some((at.as_secs_f64(), *outcome)),
            _ => None,
        })
        .collect()
}

/// What a person might have changed by hand, by the dice: some of it names what there is not.
pub fn by_hand(throw: &mut dyn FnMut(usize) -> usize) -> ByHand {
    let functions = ["a", "b", "c", "unknown"];
    let services = ["a", "b", "app", "new", "b-2"];
    let machines = ["m1", "m2", "m3", "nowhere"];
    let stores = ["database", "new", "a", "sessions"];
    let mut hand = ByHand::default();
    for _ in 0..throw(4) {
        hand.functions.insert(functions[throw(4)].into(), services[throw(5)].into());
        let service = hand.services.entry(services[throw(5)].into()).or_default();
        service.replicas = [None, Some(0), Some(3), Some(u32::MAX)][throw(4)];
        service.machines.insert(throw(4) as u32, machines[throw(4)].into());
        hand.data.insert(["goods", "nothing"][throw(2)].into(), stores[throw(4)].into());
    }
    hand
}
