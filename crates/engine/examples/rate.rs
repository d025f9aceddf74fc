//! How fast the engine is: one M/M/1 queue at load 0.8, and the three layouts of a small shop.
//!
//! `cargo run --release -p archlab-engine --example rate`

#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "measures wall time")]

use archlab_engine::Simulation;
use archlab_model::*;

fn group(layout: Layout, machines: usize) -> Group {
    let seats = (1..=machines).map(|n| format!("m{n}").parse().ok()).collect();
    Group { layout, seats, ..Group::default() }
}

fn function(work: Distribution, calls: &[&'static str]) -> Function {
    let steps = calls.iter().map(|to| Step::Call(Call::to((*to).into()))).collect();
    Function { title: None, work, steps }
}

fn design(layout: Layout, machines: usize, cores: u32, rate: f64) -> Design {
    let mut design = Design::default();
    for n in 1..=machines {
        let Ok(id) = format!("m{n}").parse() else { continue };
        design.machines.insert(id, Machine { cores, ..Machine::default() });
    }
    design.groups.insert("g".into(), group(layout, machines));
    let kind = RequestKind { title: None, entry: "front".into(), share: 1.0, session: false };
    design.business.requests.insert("ask".into(), kind);
    let client = Client { load: Load::Poisson { rate }, to: vec!["g".into()], ..Client::default() };
    design.clients.insert("people".into(), client);
    design
}

fn measure(name: &str, design: &Design, secs: u64) {
    let mut simulation = Simulation::new(design);
    let began = std::time::Instant::now();
    simulation.run_until(SimTime::START + Span::from_secs(secs));
    let wall = began.elapsed().as_secs_f64();
    let report = simulation.report();
    let total = report.groups[0].total;
    println!(
        "{name}: {:.2} M requests/s, {:.2} M events/s ({} requests, {} failed, mean {:.3} ms)",
        total.issued as f64 / wall / 1e6,
        report.events as f64 / wall / 1e6,
        total.issued,
        total.failures(),
        report.groups[0].latency.mean.as_millis_f64(),
    );
}

fn main() {
    let exponential = |millis| Distribution::Exponential(Span::from_millis(millis));
    let mut mm1 = design(Layout::Cluster, 1, 1, 80.0);
    mm1.business.functions.insert("front".into(), function(exponential(10), &[]));
    mm1.network =
        Network { internet: Span::ZERO, local: Span::ZERO, loopback: Span::ZERO, ..Network::default() };
    let policies = &mut mm1.groups[0].policies;
    policies.capacity = Capacity { workers: 1, queue: 100_000 };
    policies.health.interval = Span::MAX;
    measure("M/M/1", &mm1, 50_000);

    for layout in Layout::ALL {
        let mut shop = design(layout, 3, 4, 200.0);
        let functions = &mut shop.business.functions;
        functions.insert("front".into(), function(exponential(5), &["cart", "list"]));
        functions.insert("cart".into(), function(exponential(5), &[]));
        functions.insert("list".into(), function(exponential(5), &[]));
        measure(&format!("{layout:?}"), &shop, 2_000);
    }
}
