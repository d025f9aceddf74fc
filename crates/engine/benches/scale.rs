//! What does not happen per event: a large design is compiled, a run is remembered and given back.
//!
//! `cargo bench -p archlab-engine --bench scale`

#![cfg_attr(target_arch = "wasm32", allow(unused))]

#[path = "../tests/it/common/mod.rs"]
mod common;

use archlab_engine::Simulation;
use archlab_model::*;
use common::*;

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    divan::main();
}

#[cfg(target_arch = "wasm32")]
fn main() {}

/// A thousand services of five instances each on five hundred machines: each calls two others, in ten layers.
fn large() -> Design {
    const SERVICES: usize = 1_000;
    const LAYER: usize = SERVICES / 10;
    let mut business = Business::default();
    for number in 0..SERVICES {
        let callees = [number + LAYER, number + LAYER + 7];
        let known = callees.into_iter().filter(|callee| *callee < SERVICES);
        let steps = known.map(|callee| Step::Call(Call::to(name(callee).parse().expect("a name"))));
        let work = Distribution::Exponential(Span::from_micros(200));
        let function = Function { work, steps: steps.collect(), ..Function::default() };
        business.functions.insert(name(number).parse().expect("a name"), function);
    }
    let entry = name(0).parse().expect("a name");
    business.requests.insert("ask".into(), RequestKind { title: None, entry, share: 1.0, session: false });
    let mut design = design(business, Layout::Microservice, 500, 4);
    policies(&mut design).replicas = 5;
    open(&mut design, 10.0);
    design
}

fn name(number: usize) -> String {
    format!("f{number}")
}

#[cfg(not(target_arch = "wasm32"))]
#[divan::bench]
fn compile_a_thousand_services(bencher: divan::Bencher) {
    let design = large();
    bencher.bench(|| Simulation::new(&design));
}

/// One server, and ten thousand requests waiting for it.
fn crowded() -> Simulation {
    let mut design = document::open(include_str!("../../../static/designs/w1.json")).expect("a design");
    design.clients[0].load = Load::Poisson { rate: 100_000.0 };
    let mut simulation = Simulation::new(&design);
    simulation.run_until(SimTime::START + Span::from_millis(101));
    assert!(simulation.report().groups[0].total.in_flight >= 9_900);
    simulation
}

#[cfg(not(target_arch = "wasm32"))]
#[divan::bench]
fn snapshot_with_10_000_in_flight(bencher: divan::Bencher) {
    let simulation = crowded();
    bencher.bench_local(|| simulation.snapshot());
}

#[cfg(not(target_arch = "wasm32"))]
#[divan::bench]
fn restore_with_10_000_in_flight(bencher: divan::Bencher) {
    let mut simulation = crowded();
    let snapshot = simulation.snapshot();
    bencher.bench_local(|| simulation.restore(&snapshot));
}

/// Servers without end: as many requests in service, and so events pending, as the rate and ten seconds of
/// service make. What is timed is 100,000 events.
#[cfg(not(target_arch = "wasm32"))]
#[divan::bench(args = [100, 10_000, 1_000_000], sample_count = 20, sample_size = 1)]
fn events_while_so_many_are_pending(bencher: divan::Bencher, pending: u32) {
    let business = one_function(Distribution::Exponential(Span::from_secs(10)));
    let mut design = design(business, Layout::Cluster, 20, 100_000);
    design.network = no_network();
    policies(&mut design).capacity = Capacity { workers: 100_000, queue: 0 };
    policies(&mut design).timeouts = Timeouts { connect: Span::MAX, response: Span::MAX };
    policies(&mut design).health.interval = Span::MAX;
    open(&mut design, f64::from(pending) / 10.0);
    design.clients[0].patience = Span::MAX;
    let mut simulation = Simulation::new(&design);
    simulation.run_until(SimTime::START + Span::from_secs(60));
    bencher
        .counter(divan::counter::ItemsCount::new(100_000_u32))
        .bench_local(|| simulation.run_for(SimTime::NEVER, 100_000));
}
