//! Random designs in the form of documents, and random things done to their runs.
//!
//! What a person can set is listed here as pieces of a document, each of which may or may not be in a design. A new
//! policy is covered by a new line.

use archlab_engine::Intervention;
use archlab_model::{Design, Fault, document};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// Settings of a group, as the name of a policy and its value.
const POLICIES: &[(&str, &str)] = &[
    ("balancing", "\"least-connections\""),
    ("balancing", "\"least-loaded\""),
    ("balancing", "\"least-response-time\""),
    ("balancing", "\"random\""),
    ("balancing", "\"random-choices\""),
    ("balancing", "\"source-hash\""),
    ("balancing", "\"consistent-hash\""),
    ("balancing", "\"bounded-load\""),
    ("balancer", "{\"sticky\": {\"duration\": \"2s\"}, \"nobody_healthy\": \"fail-open\"}"),
    ("balancer", "{\"nobody_healthy\": {\"panic\": 50}, \"slow_start\": {\"window\": \"2s\"}}"),
    ("health", "{\"interval\": \"100ms\", \"timeout\": \"50ms\", \"fall\": 1, \"rise\": 1, \"passive\": {}}"),
    (
        "health",
        "{\"interval\": \"200ms\", \"rhythm\": \"fixed\", \"outliers\": {\"consecutive\": 2, \"interval\": \"500ms\"}}",
    ),
    ("discovery", "{\"heartbeat\": \"500ms\", \"lease\": \"1s\", \"copies\": [\"300ms\"]}"),
    ("shutdown", "{\"linger\": \"100ms\", \"grace\": \"1s\"}"),
    ("timeouts", "{\"connect\": \"20ms\", \"response\": \"60ms\"}"),
    ("timeouts", "{\"connect\": \"87600h\", \"response\": \"87600h\"}"),
    ("retry", "{\"attempts\": 4, \"after_timeout\": true}"),
    ("capacity", "{\"workers\": 1, \"queue\": 2}"),
    ("capacity", "{\"workers\": 3, \"queue\": 0}"),
    ("nonblocking", "true"),
    ("replicas", "2"),
    ("startup", "\"200ms\""),
    ("placement", "{\"detection\": \"300ms\"}"),
    ("store_connections", "1"),
    ("process", "{}"),
    ("process", "{\"warm_up\": {\"factor\": 3, \"over\": \"400ms\"}}"),
    ("sessions", "{}"),
    ("edge", "{}"),
    ("storage", "{\"shards\": 2, \"pool\": {}}"),
    ("storage", "{\"replication\": {\"primary\": {\"replicas\": 2, \"mode\": \"synchronous\"}}}"),
    ("storage", "{\"replication\": {\"quorum\": {}}}"),
    ("storage", "{\"cache\": {}}"),
    ("resilience", "{\"backoff\": {}, \"retry_errors\": true, \"deadlines\": true}"),
    (
        "resilience",
        "{\"calls\": {\"breaker\": {}, \"retry_budget\": {\"ratio\": {\"ratio\": 0.2, \"minimum\": 1}}}}",
    ),
    ("resilience", "{\"calls\": {\"bulkhead\": {\"most\": 2}, \"throttle\": {}}}"),
    ("resilience", "{\"shedding\": {\"order\": \"last-in\", \"codel\": {}, \"queue_timeout\": \"30ms\"}}"),
    ("resilience", "{\"shedding\": {\"limit\": {\"vegas\": {\"most\": 20}}}, \"retry_same\": true}"),
    ("resilience", "{\"calls\": {\"hedging\": {\"after\": \"5ms\"}}}"),
    ("resilience", "{\"entry_limit\": {\"token-bucket\": {\"rate\": 20, \"burst\": 5}}}"),
    (
        "messaging",
        "{\"topic\": {\"room\": 3, \"prefetch\": 1}, \"max_block\": \"40ms\", \"relay\": \"50ms\"}",
    ),
    (
        "messaging",
        "{\"topic\": {\"partitions\": 2, \"acknowledge\": {\"every\": \"100ms\"}, \"visibility\": \"200ms\", \"deliveries\": 2}}",
    ),
    (
        "messaging",
        "{\"topic\": {\"acknowledge\": \"before-work\", \"session_timeout\": \"500ms\", \"heartbeat\": \"100ms\"}}",
    ),
    (
        "transactions",
        "{\"protocol\": \"two-phase\", \"conflict\": 0.3, \"lock_timeout\": \"50ms\", \"timeout\": \"200ms\", \"refusal\": 0.1}",
    ),
    (
        "transactions",
        "{\"protocol\": \"automatic-undo\", \"coordinator\": \"server\", \"refusal\": 0.2, \"retry\": \"30ms\", \"timeout\": \"200ms\"}",
    ),
    (
        "transactions",
        "{\"protocol\": \"two-phase\", \"coordinator\": \"server\", \"election\": {\"members\": 3, \"heartbeat\": \"50ms\", \"election_from\": \"150ms\", \"election_to\": \"300ms\"}, \"timeout\": \"200ms\"}",
    ),
    (
        "transactions",
        "{\"protocol\": \"try-confirm-cancel\", \"refusal\": 0.2, \"retry\": \"30ms\", \"guarded\": false}",
    ),
    ("transactions", "{\"protocol\": \"saga\", \"refusal\": 0.3, \"retry\": \"30ms\", \"logged\": false}"),
    (
        "autoscaling",
        "{\"target\": {\"in-flight\": {\"requests\": 2}}, \"most\": 4, \"interval\": \"1s\", \"warm_up\": \"200ms\"}",
    ),
    (
        "autoscaling",
        "{\"target\": {\"processor\": {\"utilisation\": 0.5}}, \"most\": 3, \"interval\": \"1s\", \"shrink_stabilisation\": \"500ms\"}",
    ),
];

/// What a scenario may hold besides its seed.
const SCENARIOS: &[&str] = &[
    "{}",
    "{}",
    "{\"chaos\": [{\"of\": {\"machines\": \"g\"}, \"mttf\": \"800ms\", \"mttr\": \"300ms\", \"crews\": 1}]}",
    "{\"chaos\": [{\"of\": {\"instances\": \"g\"}, \"mttf\": \"500ms\", \"mttr\": \"200ms\"}]}",
    "{\"releases\": [{\"at\": \"500ms\", \"release\": {\"group\": \"g\"}}]}",
];

/// Releases, as in a document.
const RELEASES: &[&str] = &[
    "{\"group\": \"g\", \"strategy\": \"blue-green\"}",
    "{\"group\": \"g\", \"strategy\": \"all-at-once\", \"together\": true}",
    "{\"group\": \"g\", \"strategy\": {\"canary\": {\"share\": 0.3}}, \"version\": {\"name\": \"2\", \"defect\": {\"errors\": 0.5}}, \"guard\": {}}",
    "{\"group\": \"g\", \"version\": {\"defect\": {\"slowness\": 3, \"chance\": 0.5}}}",
];

/// Faults and repairs, as on a command line.
const FAULTS: &[&str] = &[
    "crash:g/SERVICE/1",
    "crash:g/SERVICE/2",
    "stop:g/SERVICE/1",
    "restart:g/SERVICE/1",
    "power-off:m1",
    "power-off:m2",
    "power-on:m1",
    "power-on:m2",
    "zone-down:z",
    "zone-up:z",
    "slow:m1:8",
    "slow:g/SERVICE/1:4",
    "repair:slow:g/SERVICE/1",
    "repair:hang:g/SERVICE/1",
    "errors:g/SERVICE/1:0.5",
    "hang:g/SERVICE/1",
    "hang:g/SERVICE/2:checks-pass",
    "cut:m1~m2",
    "cut:m2~m1:one-way",
    "loss:m1~m3:0.3",
    "delay:m1~m2:30ms:10ms",
    "spike:people:5",
    "leak:g/SERVICE/1:20",
    "full-queue:g/SERVICE/1",
    "skew:m1:+5s",
    "repair:crash:g/SERVICE/1",
    "repair:slow:m1",
];

/// A run: a design, and what is done to it, at which millisecond each.
#[derive(Debug, Clone)]
pub struct Film {
    pub design: Design,
    pub done: Vec<(u64, Intervention)>,
}

/// The length of a film, in milliseconds.
pub const LENGTH: u64 = 4_000;

pub fn films() -> impl Strategy<Value = Film> {
    // Some are done within the same instant.
    let when = prop_oneof![1..LENGTH, (1..8_u64).prop_map(|half| 500 * half)];
    let done = proptest::collection::vec((when, select(FAULTS)), 0..8);
    let released = proptest::option::of((1..LENGTH, select(RELEASES)));
    (designs(), designs(), done, any::<bool>(), released).prop_map(
        |(design, other, done, adopts, released)| {
            let services = services(&design);
            let mut done: Vec<(u64, Intervention)> = done
                .into_iter()
                .enumerate()
                .map(|(number, (at, fault))| {
                    let text = fault.replace("SERVICE", &services[number % services.len()]);
                    let fault: Fault = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
                    (at, Intervention::Fault(fault))
                })
                .collect();
            if adopts {
                done.push((LENGTH / 2, Intervention::Adopt(Box::new(other))));
            }
            if let Some((at, text)) = released {
                let release = serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"));
                done.push((at, Intervention::Release(Box::new(release))));
            }
            done.sort_by_key(|(at, _)| *at);
            Film { design, done }
        },
    )
}

/// The names of a design's services.
fn services(design: &Design) -> Vec<String> {
    let deployments =
        design.groups.iter().map(|(id, group)| archlab_model::layout::deploy(design, id, group));
    let names = deployments.flat_map(|deployment| deployment.services).map(|service| service.id.to_string());
    names.chain(["nobody".to_owned()]).collect()
}

/// A design that a document can hold.
pub fn designs() -> impl Strategy<Value = Design> {
    let policies = proptest::collection::vec(select(POLICIES), 0..5);
    let layout = select(&["cluster", "distributed", "microservice"][..]);
    let scenario = select(SCENARIOS);
    // Messages that take no time go ways of their own.
    let latency = prop_oneof![Just(0), 0..300_u64];
    let waits = (latency, select(&["700ms", "87600h"][..]));
    (business(), layout, policies, 1_usize..5, load(), (any::<u32>(), scenario), waits).prop_map(
        |(business, layout, policies, machines, load, (seed, scenario), (latency, patience))| {
            let mut scenario: Value = serde_json::from_str(scenario).expect("a piece of a document");
            scenario["seed"] = seed.into();
            let mut set = Map::new();
            for (name, value) in policies {
                set.insert((*name).to_owned(), serde_json::from_str(value).expect("a piece of a document"));
            }
            let ids: Vec<String> = (1..=machines).map(|number| format!("m{number}")).collect();
            let hardware: Map<String, Value> = ids
                .iter()
                .enumerate()
                .map(|(number, id)| {
                    let mut machine = json!({ "cores": 1 + number % 3, "speed": 0.5 + 0.5 * number as f64 });
                    if number % 2 == 0 {
                        machine["zone"] = "z".into();
                    }
                    (id.clone(), machine)
                })
                .collect();
            let text = json!({
                "archlab": 1,
                "clients": { "people": { "load": load, "to": ["g"], "patience": patience } },
                "groups": { "g": { "layout": layout, "machines": ids, "policies": set } },
                "machines": hardware,
                "network": { "internet": format!("{latency}us"), "local": format!("{}us", latency / 3), "loopback": "0" },
                "business": business,
                "scenario": scenario,
            })
            .to_string();
            document::open(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
        },
    )
}

fn load() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0.0..400.0_f64).prop_map(|rate| json!({ "poisson": { "rate": rate } })),
        (0..40_u32, work()).prop_map(|(count, think)| json!({ "users": { "count": count, "think": think } })),
        (1..50_u32).prop_map(|count| json!({ "batch": { "count": count, "at": "10ms", "every": "300ms" } })),
        Just(json!({ "bursts": { "rate": 20, "peak": 300, "length": "200ms", "every": "1s" } })),
    ]
}

fn work() -> impl Strategy<Value = Value> {
    let micros = 0..20_000_u64;
    prop_oneof![
        micros.clone().prop_map(|mean| json!({ "constant": format!("{mean}us") })),
        micros.clone().prop_map(|mean| json!({ "exponential": format!("{mean}us") })),
        (micros, 1..6_u32).prop_map(
            |(mean, stages)| json!({ "erlang": { "mean": format!("{mean}us"), "stages": stages } })
        ),
    ]
}

/// Three functions that call one another (in circles, too) and data that they use.
fn business() -> impl Strategy<Value = Value> {
    let steps = || proptest::collection::vec(step(), 0..3);
    let function = || (work(), steps());
    let read = prop_oneof![Just(json!({ "constant": "0us" })), Just(json!({ "exponential": "2ms" }))];
    (function(), function(), function(), read, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(one, two, three, read, session, kept, whole)| {
            let body = |(work, steps): (Value, Vec<Value>)| json!({ "work": work, "steps": steps });
            let mut business = json!({
                "requests": {
                    "ask": { "entry": "one", "share": 2, "session": session },
                    "tell": { "entry": "two", "share": 1 },
                },
                "functions": { "one": body(one), "two": body(two), "three": body(three) },
                "data": { "goods": { "read": read, "write": { "constant": "3ms" } } },
            });
            if whole {
                business["transactions"] = json!(["one"]);
            }
            if kept {
                business["modules"] = json!({ "both": { "functions": ["one", "three"] } });
            }
            business
        },
    )
}

fn step() -> impl Strategy<Value = Value> {
    let call = || {
        (select(&["one", "two", "three"][..]), 0.0..1.0_f64, 0..7_u8).prop_map(|(to, chance, kind)| {
            let mut call = json!({ "call": to, "probability": chance * 0.6 });
            match kind {
                0 => call["soft"] = true.into(),
                1 => call["async"] = true.into(),
                2 => call["deadline"] = "15ms".into(),
                3 => call["count"] = 2.into(),
                4 => call["queue"] = "broker".into(),
                5 => call["queue"] = "outbox".into(),
                _ => {}
            }
            call
        })
    };
    prop_oneof![
        3 => call(),
        1 => proptest::collection::vec(call(), 1..4).prop_map(|calls| json!({ "parallel": calls })),
        1 => Just(json!({ "read": "goods" })),
        1 => Just(json!({ "write": "goods", "probability": 0.5 })),
    ]
}
