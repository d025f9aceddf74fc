//! Golden runs: the shops lose a machine at 10 s and get it back at 30 s, and everything that happens within a
//! minute is what it was when the golden run was written, on the host and in wasm, to the bit.
//!
//! A run that changed on purpose is written anew by
//! `UPDATE_GOLDEN=1 cargo test -p archlab-engine --test golden`; the difference tells what changed. In wasm:
//! `cargo xtask test golden`.

#[path = "it/common/mod.rs"]
mod common;
#[path = "it/shops/mod.rs"]
mod shops;

use std::fmt::Write;

use archlab_engine::{Fact, MessageKind, Outcome, Place, Report, Simulation};
use archlab_model::*;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

use common::{at, fault, secs};

/// What happened, told so shortly that it can be kept.
#[derive(Default)]
struct Telling {
    /// FNV-1a of all facts in their canonical encoding.
    hash: Hash,
    /// How many facts of each kind.
    counts: [u64; KINDS.len()],
}

/// The kinds of facts, by the number that stands for each in the encoding. New ones are added at the end.
const KINDS: [&str; 15] = [
    "issued",
    "ended",
    "sent",
    "attempt-failed",
    "started",
    "finished",
    "instance-down",
    "instance-starting",
    "instance-up",
    "machine-down",
    "machine-up",
    "believed-up",
    "believed-down",
    "checked",
    "adopted",
];

impl Telling {
    /// Hashes the instant, the number of the kind, and the fields in their order, each as eight bytes, the
    /// lowest first.
    fn hear(&mut self, now: SimTime, fact: &Fact) {
        let (kind, fields) = encode(fact);
        self.counts[kind] += 1;
        self.hash.add(now.as_nanos());
        self.hash.add(kind as u64);
        for field in fields {
            self.hash.add(field);
        }
    }
}

/// The number of a fact's kind, and its fields; those it lacks are zero.
fn encode(fact: &Fact) -> (usize, [u64; 6]) {
    let one = |value: u32| [u64::from(value), 0, 0, 0, 0, 0];
    match *fact {
        Fact::Issued { request, group, kind } => (0, [request, group.into(), kind.into(), 0, 0, 0]),
        Fact::Ended { request, group, kind, outcome, latency } => {
            let outcome = match outcome {
                Outcome::Succeeded => 0,
                Outcome::Failed(reason) => 1 + reason.index() as u64,
            };
            (1, [request, group.into(), kind.into(), outcome, latency.as_nanos(), 0])
        }
        Fact::Sent { from, to, arrives, message, kind } => {
            let message = match message {
                MessageKind::Request => 0,
                MessageKind::Retry => 1,
                MessageKind::Response => 2,
                MessageKind::Failure => 3,
                MessageKind::Copy => 4,
            };
            (2, [place(from), place(to), arrives.as_nanos(), message, kind.into(), 0])
        }
        Fact::AttemptFailed { at, reason, retried } => {
            (3, [place(at), reason.index() as u64, retried.into(), 0, 0, 0])
        }
        Fact::Started { at } => (4, [place(at), 0, 0, 0, 0, 0]),
        Fact::Finished { at, wanted } => (5, [place(at), wanted.into(), 0, 0, 0, 0]),
        Fact::InstanceDown { instance } => (6, one(instance)),
        Fact::OutOfMemory { instance } => (41, one(instance)),
        Fact::InstanceStarting { instance, machine } => (7, [instance.into(), machine.into(), 0, 0, 0, 0]),
        Fact::InstanceUp { instance } => (8, one(instance)),
        Fact::MachineDown { machine } => (9, one(machine)),
        Fact::MachineUp { machine } => (10, one(machine)),
        Fact::BelievedUp { instance } => (11, one(instance)),
        Fact::BelievedDown { instance } => (12, one(instance)),
        Fact::Checked { instance, passed } => (13, [instance.into(), passed.into(), 0, 0, 0, 0]),
        Fact::Adopted => (14, [0; 6]),
        Fact::Elected { store, term } => (60, [store.into(), term.into(), 0, 0, 0, 0]),
        Fact::SteppedDown { store, term } => (61, [store.into(), term.into(), 0, 0, 0, 0]),
        Fact::InstanceGone { instance } => (50, one(instance)),
        Fact::Scaled { service, from, to } => (51, [service.into(), from.into(), to.into(), 0, 0, 0]),
        Fact::ReleaseBegan { service, version } => (52, [service.into(), version.into(), 0, 0, 0, 0]),
        Fact::ReleaseEnded { service, version, rolled_back } => {
            (53, [service.into(), version.into(), rolled_back.into(), 0, 0, 0])
        }
        Fact::ReleaseStuck { service, version } => (54, [service.into(), version.into(), 0, 0, 0, 0]),
        Fact::Breaker { guard, open } => (40, [guard.into(), open.into(), 0, 0, 0, 0]),
        Fact::ConsumerJoined { topic, instance } => (41, [topic.into(), instance.into(), 0, 0, 0, 0]),
        Fact::ConsumerLost { topic, instance } => (42, [topic.into(), instance.into(), 0, 0, 0, 0]),
        Fact::Redelivered { topic, instance } => (43, [topic.into(), instance.into(), 0, 0, 0, 0]),
        Fact::DeadLetter { topic } => (44, one(topic)),
        other => unreachable!("no shop has what makes {other:?} happen"),
    }
}

/// A place: what it is in the upper half, which in the lower.
fn place(place: Place) -> u64 {
    let (kind, index) = match place {
        Place::Client(index) => (0, index),
        Place::Entry(index) => (1, index),
        Place::Instance(index) => (2, index),
        Place::Store(index) => (3, index),
    };
    kind << 32 | u64::from(index)
}

/// FNV-1a.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Hash {
        Hash(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn add(&mut self, value: u64) {
        for byte in value.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

/// Plays a shop through its golden minute, and tells of it.
fn play(name: &str) -> String {
    let mut design = shops::shop(name);
    design.scenario = Scenario { seed: 1, ..Scenario::default() };
    let machine = design.groups[0].machines().next().expect("a shop has machines").clone();
    fault(&mut design, secs(10), Fault::PowerOff(machine.clone()));
    fault(&mut design, secs(30), Fault::PowerOn(machine));

    let mut simulation = Simulation::new(&design);
    let mut telling = Telling::default();
    simulation.run_until_with(at(secs(60)), &mut |now, fact| telling.hear(now, fact));
    summary(&telling, &simulation.report())
}

fn summary(telling: &Telling, report: &Report) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| writeln!(text, "{name}: {value}").expect("a string takes it");
    line("facts", format!("{:016x}", telling.hash.0));
    line("events", report.events.to_string());
    for (name, count) in KINDS.iter().zip(telling.counts) {
        line(name, count.to_string());
    }
    for group in &report.groups {
        let tally = &group.total;
        line("group", group.group.to_string());
        line("  issued", tally.issued.to_string());
        line("  succeeded", tally.succeeded.to_string());
        line("  failed", format!("{:?}", tally.failed));
        line("  in flight", tally.in_flight.to_string());
        line("  retries", group.retries.to_string());
        line("  wasted", group.wasted.to_string());
        let latency = &group.latency;
        let lengths = [
            ("  mean ns", latency.mean),
            ("  p50 ns", latency.p50),
            ("  p95 ns", latency.p95),
            ("  p99 ns", latency.p99),
            ("  max ns", latency.max),
        ];
        for (name, length) in lengths {
            line(name, length.as_nanos().to_string());
        }
        let instant = |at: Option<SimTime>| at.map_or("never".to_owned(), |at| at.as_nanos().to_string());
        let length =
            |span: Option<Span>| span.map_or("unknown".to_owned(), |span| span.as_nanos().to_string());
        for episode in &group.episodes {
            line("  episode ns", episode.at.as_nanos().to_string());
            line("    instances", episode.instances.len().to_string());
            line("    first failure ns", instant(episode.first_failure));
            line("    detected ns", instant(episode.detected));
            line("    placed again ns", instant(episode.placed_again));
            line("    repaired ns", instant(episode.repaired));
            line("    recovered ns", instant(episode.recovered));
            line("    failed", format!("{:?}", episode.failed));
            line("    retried", episode.retried.to_string());
            line("    p99 before ns", length(episode.p99_before));
            line("    p99 after ns", length(episode.p99_after));
        }
    }
    text
}

#[track_caller]
fn check(name: &str, golden: &str) {
    let played = play(name);
    if updated(name, &played) {
        return;
    }
    for (played, golden) in played.lines().zip(golden.lines()) {
        assert_eq!(played, golden, "{name} is another run than its golden one");
    }
    assert_eq!(played, golden, "{name} is another run than its golden one");
}

/// Writes the golden run anew, if that is asked for.
#[cfg(not(target_arch = "wasm32"))]
fn updated(name: &str, played: &str) -> bool {
    if std::env::var_os("UPDATE_GOLDEN").is_none() {
        return false;
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    std::fs::write(root.join(name).join("run.txt"), played).expect("the golden run can be written");
    true
}

#[cfg(target_arch = "wasm32")]
fn updated(_: &str, _: &str) -> bool {
    false
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_cluster_is_the_golden_run() {
    check("shop-cluster", include_str!("../../../tests/golden/shop-cluster/run.txt"));
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_distributed_shop_is_the_golden_run() {
    check("shop-distributed", include_str!("../../../tests/golden/shop-distributed/run.txt"));
}

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn the_microservices_are_the_golden_run() {
    check("shop-microservice", include_str!("../../../tests/golden/shop-microservice/run.txt"));
}

/// Not a test: prints how many events a second are handled in wasm. The host's are told by `cargo bench`.
/// `cargo test --release -p archlab-engine --target wasm32-unknown-unknown --test golden -- --include-ignored --nocapture`
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test]
#[ignore = "a measurement"]
fn measures() {
    let workloads = [
        ("w1", include_str!("../../../static/designs/w1.json"), 2_000_000),
        ("w2", include_str!("../../../static/designs/w2.json"), 2_000_000),
        ("w3", include_str!("../../../static/designs/w3.json"), 4_000_000),
    ];
    let workloads = workloads.map(|(name, text, events)| {
        (name, archlab_model::document::open(text).expect("a design that comes with the page"), events)
    });
    let shops = shops::SHOPS.map(|(name, _)| (name, shops::shop(name), 1_000_000));
    for (name, design, events) in workloads.into_iter().chain(shops) {
        let mut rates: Vec<(f64, f64)> = (0..7)
            .map(|_| {
                let mut simulation = Simulation::new(&design);
                let began = milliseconds();
                simulation.run_for(SimTime::NEVER, events);
                let took = (milliseconds() - began) * 1e3;
                let report = simulation.report();
                (report.groups[0].total.succeeded as f64 / took, report.events as f64 / took)
            })
            .collect();
        rates.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (requests, events) = rates[rates.len() / 2];
        wasm_bindgen_test::console_log!("{name}: {requests:.3} M requests/s, {events:.2} M events/s");
    }
}

/// What `performance.now()` says: both Node and browsers have it among their globals.
#[cfg(target_arch = "wasm32")]
fn milliseconds() -> f64 {
    use wasm_bindgen::JsCast;
    let get = |object: &wasm_bindgen::JsValue, name: &str| {
        js_sys::Reflect::get(object, &name.into()).expect("a clock among the globals")
    };
    let performance = get(&js_sys::global(), "performance");
    let now: js_sys::Function = get(&performance, "now").unchecked_into();
    now.call0(&performance).ok().and_then(|now| now.as_f64()).expect("a number")
}
