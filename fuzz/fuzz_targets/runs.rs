//! Whatever design the bytes give, it runs: a bounded number of events, and nobody is lost.
//!
//! `cargo +nightly fuzz run runs fuzz/corpus/runs static/designs`
#![no_main]

use archlab_engine::Simulation;
use archlab_model::{SimTime, Span, document};
use libfuzzer_sys::fuzz_target;

/// Events of each run.
const EVENTS: u64 = 20_000;

fuzz_target!(|bytes: &[u8]| {
    let Ok(design) = document::open(&String::from_utf8_lossy(bytes)) else { return };
    let mut simulation = Simulation::new(&design);
    simulation.run_for(SimTime::START + Span::from_secs(60), EVENTS);
    for group in simulation.report().groups {
        let total = group.total;
        assert_eq!(total.issued, total.succeeded + total.failures() + total.in_flight);
    }
});
