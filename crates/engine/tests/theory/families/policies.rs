//! What policies compute by themselves: the engine's own code, without a run. And turns by weight, which are run.

use archlab_engine::operation::autoscaler::{Load, recommend};
use archlab_engine::operation::rollout::fence;
use archlab_engine::{Fact, Place, Simulation, figures};
use archlab_model::policy::{Autoscaling, Backoff, Jitter, Rolling};
use archlab_model::{SimTime, Span};
use serde_json::{Value, json};

use crate::cases::{Case, Outcome};
use crate::documents::{Draft, span};
use crate::statistics::{Estimate, Regression, average};
use crate::study::seed;
use crate::table::Entry;

/// Draws of a random figure.
const DRAWS: u32 = 200_000;
/// Keys that are hashed.
const KEYS: u32 = 200_000;

pub fn case(entry: &Entry) -> Option<Case> {
    let has = |name: &str| entry.has(name);
    if has("base_ms") || has("initial_s") {
        backoff(entry)
    } else if has("target") {
        autoscaling(entry)
    } else if has("replicas") {
        rolling(entry)
    } else if has("weights") {
        turns(entry)
    } else if has("hosts") {
        panic(entry)
    } else if has("P0_healthy_pct") {
        spill(entry)
    } else if has("nodes") && entry.tells("key") {
        hashing(entry)
    } else if has("R") {
        missed_writes(entry)
    } else if has("beta") {
        early_refresh(entry)
    } else {
        None
    }
}

fn backoff(entry: &Entry) -> Option<Case> {
    let millis = |value: f64| Span::from_secs_f64(value / 1e3);
    let retry = entry.whole("attempt").or(entry.whole("retry"));
    let cap = entry.get("cap_ms").or(entry.get("max_ms")).map_or(Span::from_secs(3_000), millis);
    let base = entry.get("base_ms").map(millis);
    let policy = |base: Option<Span>, jitter| Some(Backoff { base: base?, factor: 2.0, cap, jitter });
    // Retries and sleeps in milliseconds, but for gRPC, whose row is in seconds.
    let (policy, retry, unit) = if entry.tells("gRPC") {
        let second = |name: &str| entry.get(name).map(Span::from_secs_f64);
        let policy = Backoff {
            base: second("initial_s")?,
            factor: entry.get("multiplier")?,
            cap: second("max_s")?,
            jitter: Jitter::Around(0.2),
        };
        (policy, retry?, 1e3)
    } else if entry.tells("full jitter") {
        (policy(base, Jitter::Full)?, retry?, 1.0)
    } else if entry.tells("equal jitter") {
        (policy(base, Jitter::Equal)?, retry?, 1.0)
    } else if entry.tells("Envoy") {
        (policy(base, Jitter::Envoy)?, retry?, 1.0)
    } else if entry.tells("decorrelated") {
        let sleep = entry.metric.split("mean sleep ").nth(1)?.split(',').next()?.parse().ok()?;
        (policy(base, Jitter::Decorrelated)?, sleep, 1.0)
    } else {
        return None;
    };
    let name = entry.id.clone();
    Some(Case::Done(Box::new(move |effort| {
        let draws = (f64::from(DRAWS) * effort.max(0.1)) as u32;
        let pauses: Vec<f64> = figures::pauses(&policy, retry, draws, seed(&name, 0))
            .into_iter()
            .map(|pause| pause.as_millis_f64() / unit)
            .collect();
        Outcome::Estimate(Estimate::from(&Regression::new(&pauses, &[])), 0.02)
    })))
}

fn autoscaling(entry: &Entry) -> Option<Case> {
    let (replicas, metric, target) = (entry.whole("replicas")?, entry.get("metric")?, entry.get("target")?);
    Some(Case::number(move || {
        let loads = vec![Load { ready: true, ratio: metric / target }; replicas as usize];
        f64::from(recommend(&Autoscaling::default(), replicas, &loads))
    }))
}

fn rolling(entry: &Entry) -> Option<Case> {
    let replicas = entry.whole("replicas")?;
    Some(Case::text(move || {
        let (most, least) = fence(&Rolling::default(), replicas);
        format!("[{most},{least}]")
    }))
}

/// Requests one after another, as many as the row has letters; who gets each.
fn turns(entry: &Entry) -> Option<Case> {
    let weights = entry.params.get("weights")?.as_object()?;
    let weights: Vec<(String, u32)> = weights
        .iter()
        .map(|(name, weight)| Some((name.clone(), weight.as_u64()? as u32)))
        .collect::<Option<_>>()?;
    let count = entry.shown().chars().count();
    Some(Case::text(move || {
        let mut draft = Draft::new("cluster").policy("balancing", json!("round-robin"));
        for (_, weight) in &weights {
            draft = draft.weighted_machine(1, 1.0, *weight);
        }
        let instances = sent_to(draft, count);
        instances.into_iter().map(|instance| weights[instance].0.as_str()).collect()
    }))
}

/// The instance that each of `count` requests is sent to, one a second.
fn sent_to(draft: Draft, count: usize) -> Vec<usize> {
    let at: Vec<Value> = (0..count).map(|second| format!("{}s", 60 + second).into()).collect();
    let design = draft
        .function("work", json!({ "constant": "0" }), json!([]))
        .kind("ask", "work", 1.0)
        .clients(json!({ "recorded": { "at": at } }))
        .open_document(1);
    let mut simulation = Simulation::new(&design);
    let mut instances = Vec::new();
    simulation.run_until_with(SimTime::START + Span::from_secs(61 + count as u64), &mut |_, fact| {
        if let Fact::Sent { to: Place::Instance(instance), .. } = fact {
            instances.push(*instance as usize);
        }
    });
    instances
}

/// Hosts that receive traffic, if so few of all are healthy and the balancer panics below a half.
fn panic(entry: &Entry) -> Option<Case> {
    let (hosts, healthy) = (entry.whole("hosts")?, entry.whole("healthy")?);
    Some(Case::number(move || {
        let mut draft = Draft::new("cluster")
            .machines(hosts, 1)
            .policy("balancer", json!({ "nobody_healthy": { "panic": 50 } }))
            .policy("health", json!({ "interval": "1s", "timeout": "500ms" }));
        for host in healthy + 1..=hosts {
            draft = draft.fault(span(1.0), json!({ "crash": format!("g/app/{host}") }));
        }
        let mut instances = sent_to(draft, hosts as usize * 20);
        instances.sort_unstable();
        instances.dedup();
        instances.len() as f64
    }))
}

fn spill(entry: &Entry) -> Option<Case> {
    let (healthy, over) = (entry.whole("P0_healthy_pct")?, entry.get("overprovisioning")?);
    let over = (over * 100.0).round() as u32;
    Some(Case::number(move || f64::from(figures::percent_to_first_priority(healthy, 100, over))))
}

fn hashing(entry: &Entry) -> Option<Case> {
    let nodes = entry.whole("nodes")? as usize;
    let points = entry.whole("points_per_node").unwrap_or(160);
    let name = entry.id.clone();
    if entry.tells("coefficient of variation") {
        // Each ring has other points: those of machines with other names, which is what more nodes are.
        return Some(Case::Done(Box::new(move |effort| {
            // As many shares as make the spread known to a fiftieth.
            let rings = (9_500.0 / (nodes as f64 - 1.0) * effort.max(0.01)).max(6.0) as usize;
            let keys = (KEYS / 10).max(2_000 * nodes as u32);
            let shares: Vec<f64> = (0..rings)
                .flat_map(|ring| {
                    let places = figures::places_on_a_ring_of(&format!("{name}{ring}"), nodes, points, keys);
                    let mut counts = vec![0_u32; nodes];
                    places.into_iter().for_each(|place| counts[place] += 1);
                    counts.into_iter().map(move |count| f64::from(count) / f64::from(keys) * nodes as f64)
                })
                .collect();
            let squares = average(shares.iter().map(|share| (share - 1.0) * (share - 1.0)));
            // What is counted by so few keys varies by itself, too.
            let counting = (nodes as f64 - 1.0) / f64::from(keys);
            let value = (squares - counting).max(0.0).sqrt();
            let relative = 1.0 / (2.0 * (rings * (nodes - 1)) as f64).sqrt();
            Outcome::Estimate(
                Estimate::new(value, |level| {
                    let z = crate::statistics::student(usize::MAX, level.outside());
                    (value * (1.0 - z * relative), value * (1.0 + z * relative))
                }),
                0.02,
            )
        })));
    }
    let by_remainder = entry.tells("mod n");
    let grows = entry.tells("added") || entry.tells("n becomes n+1");
    let other = if grows { nodes + 1 } else { nodes - 1 };
    Some(Case::Done(Box::new(move |effort| {
        let keys = (f64::from(KEYS) * effort.max(0.1)) as u32;
        if by_remainder {
            let (before, after) =
                (figures::places_by_remainder(nodes, keys), figures::places_by_remainder(other, keys));
            let moved = before.iter().zip(&after).filter(|(before, after)| before != after).count();
            return Outcome::Estimate(Estimate::proportion(moved as f64, f64::from(keys)), 0.02);
        }
        // The node that comes or goes has another share on each ring.
        let rings = (250.0 * effort.max(0.1)) as usize;
        let keys = KEYS / 10;
        let shares: Vec<f64> = (0..rings.max(12))
            .map(|ring| {
                let of = |nodes| figures::places_on_a_ring_of(&format!("{name}{ring}"), nodes, points, keys);
                let (before, after) = (of(nodes), of(other));
                let moved = before.iter().zip(&after).filter(|(before, after)| before != after).count();
                moved as f64 / f64::from(keys)
            })
            .collect();
        Outcome::Estimate(Estimate::from(&Regression::new(&shares, &[])), 0.02)
    })))
}

/// Reads that meet none of the members that a write reached.
fn missed_writes(entry: &Entry) -> Option<Case> {
    let (members, read, written) = (entry.whole("N")?, entry.whole("R")?, entry.whole("W")?);
    let name = entry.id.clone();
    Some(Case::Done(Box::new(move |effort| {
        let draws = (f64::from(DRAWS) * effort.max(0.1)) as u32;
        let missed =
            figures::missed_writes(members as usize, read as usize, written as usize, draws, seed(&name, 0));
        Outcome::Estimate(Estimate::proportion(f64::from(missed), f64::from(draws)), 0.02)
    })))
}

fn early_refresh(entry: &Entry) -> Option<Case> {
    let seconds = |name: &str| entry.get(name).map(Span::from_secs_f64);
    let (left, took, beta) = (seconds("time_to_expiry_s")?, seconds("delta_s")?, entry.get("beta")?);
    let name = entry.id.clone();
    if entry.number()? < 1e-6 {
        return Some(Case::NotSimulated("so rare that no number of draws would meet one"));
    }
    Some(Case::Done(Box::new(move |effort| {
        let draws = (f64::from(DRAWS) * effort.max(0.1)) as u32;
        let early = figures::early_refreshes(left, took, beta, draws, seed(&name, 0));
        Outcome::Estimate(Estimate::proportion(f64::from(early), f64::from(draws)), 0.02)
    })))
}
