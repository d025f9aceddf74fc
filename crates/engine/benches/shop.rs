//! How fast runs go: the shop in its three layouts, and the plainest queue. Throughput is events.
//!
//! `cargo bench -p archlab-engine`; in wasm: `tests/golden.rs`, the ignored test `measures`.
#![cfg_attr(target_arch = "wasm32", allow(unused))]

#[path = "../tests/it/common/mod.rs"]
mod common;
#[path = "../tests/it/shops/mod.rs"]
mod shops;

use archlab_engine::Simulation;
use archlab_model::*;
use common::*;

fn main() {
    divan::main();
}

/// Simulated time of one run.
const LENGTH: Span = Span::from_secs(60);

fn run(bencher: divan::Bencher<'_, '_>, design: &Design) {
    let play = || {
        let mut simulation = Simulation::new(design);
        simulation.run_until(at(LENGTH));
        simulation
    };
    let events = play().report().events;
    bencher.counter(divan::counter::ItemsCount::new(events)).bench(play);
}

#[divan::bench(args = ["shop-cluster", "shop-distributed", "shop-microservice"], sample_count = 20)]
fn shop(bencher: divan::Bencher<'_, '_>, name: &str) {
    run(bencher, &shops::shop(name));
}

#[divan::bench(sample_count = 20)]
fn mm1(bencher: divan::Bencher<'_, '_>) {
    run(bencher, &shops::mm1());
}
