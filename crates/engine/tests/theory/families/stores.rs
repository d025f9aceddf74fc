//! Stores, caches and sessions: what is lost, what is found, and how long it takes.

use archlab_engine::{Fact, Intervention, MessageKind, Place, Simulation};
use archlab_model::{Design, Fault, SimTime, Span};
use serde_json::{Value, json};

use crate::cases::{Case, Check, Outcome};
use crate::documents::{Draft, MOST_CORES, PLENTY, Work, span};
use crate::study::{Ask, Run, Study};
use crate::table::Entry;
use crate::watch::{Order, Traffic, mean};

const SECOND: f64 = 1e9;

/// Something that reads or writes once, from a store kept in some way. Times are in units of a millisecond.
#[derive(Debug, Clone)]
struct Access {
    /// Requests a second.
    rate: f64,
    write: bool,
    work: Work,
    /// The mean work of the store, in milliseconds.
    mean: f64,
    storage: String,
    warm_up: f64,
}

impl Access {
    fn draft(&self) -> Draft {
        let work = self.work.document(self.mean * 1e6);
        let step = if self.write { json!({ "write": "goods" }) } else { json!({ "read": "goods" }) };
        Draft::new("cluster")
            .machines(1, MOST_CORES)
            .policy("capacity", json!({ "workers": PLENTY, "queue": PLENTY }))
            .policy("store_connections", json!(PLENTY))
            .policy("storage", serde_json::from_str(&self.storage).expect("a piece of a document"))
            .data("goods", work.clone(), work)
            .function("work", json!({ "constant": "0" }), json!([step]))
            .kind("ask", "work", 1.0)
    }

    fn document(&self, seed: u64) -> Design {
        self.draft().open(self.rate).open_document(seed)
    }
}

impl Study for Access {
    fn name(&self) -> String {
        format!("{self:?}")
    }

    fn begin(&self, seed: u64) -> Box<dyn Run> {
        Box::new(Traffic::new(&self.document(seed), Order::Any, 1e6, self.warm_up, None))
    }

    fn rate(&self) -> f64 {
        self.rate / 1e3
    }

    fn warm_up(&self) -> f64 {
        self.warm_up
    }
}

pub fn case(entry: &Entry) -> Option<Case> {
    let has = |name: &str| entry.has(name);
    if has("wait_for") {
        quorum_latency(entry)
    } else if has("lag_s") {
        lost_writes(entry)
    } else if has("timeout_ms") {
        fallback(entry)
    } else if has("t_db_ms") {
        cache_latency(entry)
    } else if has("ttl_s") {
        time_to_live(entry)
    } else if has("hit") {
        cold_cache(entry)
    } else if has("recompute_s") {
        stampede(entry)
    } else if has("sharing") {
        sessions(entry)
    } else {
        None
    }
}

fn quorum_latency(entry: &Entry) -> Option<Case> {
    let (members, wait_for) = (entry.whole("N")?, entry.whole("wait_for")?);
    let quorum = json!({ "members": members, "read": wait_for, "write": wait_for });
    let storage = json!({ "replication": { "quorum": quorum } }).to_string();
    let access =
        Access { rate: 10_000.0, write: false, work: Work::Exponential, mean: 1.0, storage, warm_up: 30.0 };
    Some(Case::Measured(vec![Check::of(access, Ask::Mean(mean::SOJOURN), entry)]))
}

/// Writes that were acknowledged and that no replica has, when the primary dies and another takes over.
fn lost_writes(entry: &Entry) -> Option<Case> {
    let (rate, lag) = (entry.get("write_rate")?, entry.get("lag_s")?);
    let primary = json!({
        "replicas": 1, "lag": { "constant": span(lag * SECOND) },
        "failover": { "custom": { "heartbeat": "1s", "timeout": "5s" } },
    });
    let storage = json!({ "replication": { "primary": primary } }).to_string();
    let access = Access { rate, write: true, work: Work::Constant, mean: 0.0, storage, warm_up: 0.0 };
    Some(Case::mean(entry, 400, move |seed| {
        let mut simulation = Simulation::new(&access.document(seed));
        simulation.run_until(SimTime::START + Span::from_secs_f64(3.0 + 4.0 * lag));
        simulation
            .intervene(Intervention::Fault("store-crash:g/database".parse::<Fault>().expect("a fault")));
        simulation.run_until(simulation.now() + Span::from_secs(10));
        simulation.report().groups[0].data[0].counts.lost_writes as f64
    }))
}

/// The longest write when the only replica of a semi-synchronous primary dies.
fn fallback(entry: &Entry) -> Option<Case> {
    let timeout = entry.get("timeout_ms")?;
    let primary = json!({
        "replicas": 1, "mode": "semi-synchronous", "semi_sync_timeout": span(timeout * 1e6),
        "lag": { "constant": "1ms" },
    });
    let storage = json!({ "replication": { "primary": primary } }).to_string();
    let access = Access { rate: 0.0, write: true, work: Work::Constant, mean: 0.0, storage, warm_up: 0.0 };
    Some(Case::Done(Box::new(move |_| {
        let every = timeout / 1e3 / 100.0;
        let at: Vec<Value> = (1..=300).map(|number| span(f64::from(number) * every * SECOND)).collect();
        let draft = access.draft().clients(json!({ "recorded": { "at": at } }));
        let mut simulation = Simulation::new(&draft.open_document(1));
        simulation.run_until(SimTime::START + Span::from_secs_f64(10.5 * every));
        simulation
            .intervene(Intervention::Fault("store-crash:g/database-2".parse::<Fault>().expect("a fault")));
        let mut longest = 0.0_f64;
        simulation.run_until_with(
            SimTime::START + Span::from_secs_f64(timeout / 1e3 * 10.0),
            &mut |_, fact| {
                if let Fact::Ended { latency, .. } = fact {
                    longest = longest.max(latency.as_secs_f64());
                }
            },
        );
        // A write is begun every hundredth of the timeout.
        Outcome::Near(longest, 0.011)
    })))
}

/// A cache that holds so many of equally wanted keys that this share of looks hits.
fn cache_of(hit: f64, cache_ms: f64, database_ms: f64) -> Access {
    const KEYS: f64 = 1_000.0;
    let cache = json!({
        "ttl": "87600h", "size": (hit * KEYS).round() as u32, "time": { "constant": span(cache_ms * 1e6) },
    });
    let storage = json!({ "keys": { "count": KEYS as u32 }, "cache": cache }).to_string();
    // Until every key has been looked for some times.
    Access {
        rate: 1_000.0,
        write: false,
        work: Work::Constant,
        mean: database_ms,
        storage,
        warm_up: 20_000.0,
    }
}

fn cache_latency(entry: &Entry) -> Option<Case> {
    let access = cache_of(entry.get("hit")?, entry.get("t_cache_ms")?, entry.get("t_db_ms")?);
    Some(Case::Measured(vec![Check::of(access, Ask::Mean(mean::SOJOURN), entry)]))
}

/// How many times as many reads reach the database without its cache as with it.
fn cold_cache(entry: &Entry) -> Option<Case> {
    let access = cache_of(entry.get("hit")?, 0.0, 0.0);
    Some(Case::mean(entry, 64, move |seed| {
        let mut simulation = Simulation::new(&access.document(seed));
        simulation.run_until(SimTime::START + Span::from_secs(20));
        let counts = |simulation: &Simulation| simulation.report().groups[0].data[0].counts;
        let before = counts(&simulation);
        simulation.run_until(SimTime::START + Span::from_secs(80));
        let after = counts(&simulation);
        let looks = (after.hits + after.misses) - (before.hits + before.misses);
        looks as f64 / (after.misses - before.misses) as f64
    }))
}

fn time_to_live(entry: &Entry) -> Option<Case> {
    let (rate, ttl) = (entry.get("rate_per_key")?, entry.get("ttl_s")?);
    let cache = json!({ "ttl": span(ttl * SECOND), "time": { "constant": "0" } });
    let storage = json!({ "keys": { "count": 1 }, "cache": cache }).to_string();
    let access = Access { rate, write: false, work: Work::Constant, mean: 0.0, storage, warm_up: 0.0 };
    Some(Case::mean(entry, 64, move |seed| {
        let mut simulation = Simulation::new(&access.document(seed));
        let cycle = ttl + 1.0 / rate;
        simulation.run_until(SimTime::START + Span::from_secs_f64(cycle * 3.0));
        let counts = |simulation: &Simulation| simulation.report().groups[0].data[0].counts;
        let before = counts(&simulation);
        simulation.run_until(SimTime::START + Span::from_secs_f64(cycle * 400.0));
        let after = counts(&simulation);
        let (hits, misses) = (after.hits - before.hits, after.misses - before.misses);
        hits as f64 / (hits + misses) as f64
    }))
}

/// Loads of the database by those who come while the first of them recomputes what has expired.
fn stampede(entry: &Entry) -> Option<Case> {
    let (rate, recompute) = (entry.get("rate")?, entry.get("recompute_s")?);
    let ttl = 10.0 * recompute;
    let cache = json!({ "ttl": span(ttl * SECOND), "time": { "constant": "0" } });
    let storage = json!({ "keys": { "count": 1 }, "cache": cache }).to_string();
    let access =
        Access { rate, write: false, work: Work::Constant, mean: recompute * 1e3, storage, warm_up: 0.0 };
    Some(Case::mean(entry, 64, move |seed| {
        let mut simulation = Simulation::new(&access.document(seed));
        let (mut loads, mut expiries, mut last) = (0_u32, 0_u32, None::<SimTime>);
        let mut counting = 0;
        let until = SimTime::START + Span::from_secs_f64(30.0 * ttl);
        let database = simulation.roster().stores.iter().position(|(_, id)| !id.as_str().contains("cache"));
        simulation.run_until_with(until, &mut |now, fact| {
            if let Fact::Sent { to: Place::Store(store), message: MessageKind::Request, .. } = fact
                && Some(*store as usize) == database
            {
                // The first after a quiet while begins another crowd; the one before it is complete.
                if last.is_none_or(|last| now.since(last).as_secs_f64() > recompute * 2.0) {
                    (loads, expiries, counting) = (loads + counting, expiries + u32::from(counting > 0), 0);
                }
                counting += 1;
                last = Some(now);
            }
        });
        f64::from(loads) / f64::from(expiries)
    }))
}

/// People who stay logged in, and what their sessions go through.
fn sessions(entry: &Entry) -> Option<Case> {
    let nodes = entry.whole("nodes")?;
    let sharing = entry.text("sharing")?;
    // "when one node dies", "when 2 nodes die at once"; none is what is asked about the next request.
    let die = || entry.metric.split(" node").next()?.rsplit(' ').next().map(str::to_owned);
    let dead = match die().as_deref() {
        Some("one" | "a") => 1,
        Some(count) => count.parse().unwrap_or(0),
        None => 0,
    };
    let scheme = match sharing.split(' ').next()? {
        "none" => "local",
        "sticky" => "sticky",
        "one" => "backup",
        _ => return None,
    };
    let dead = if scheme == "local" { 0 } else { dead };
    Some(Case::mean(entry, 240, move |seed| {
        let users = 600;
        let design = Draft::new("cluster")
            .machines(nodes, 64)
            .policy("sessions", json!({ "scheme": scheme }))
            .policy("balancing", json!("random"))
            .policy("health", json!({ "interval": "1s" }))
            .function("work", json!({ "constant": "0" }), json!([]))
            .session_kind("ask", "work")
            .people(users)
            .open(300.0)
            .open_document(seed);
        let mut simulation = Simulation::new(&design);
        simulation.run_until(SimTime::START + Span::from_secs(40));
        let counts = |simulation: &Simulation| simulation.report().groups[0].sessions;
        let before = counts(&simulation);
        if dead == 0 {
            simulation.run_until(SimTime::START + Span::from_secs(60));
            let after = counts(&simulation);
            let (found, again) = (after.found - before.found, after.logins_again - before.logins_again);
            return found as f64 / (found + again) as f64;
        }
        for number in 1..=dead {
            let fault = format!("crash:g/app/{number}").parse::<Fault>().expect("a fault");
            simulation.intervene(Intervention::Fault(fault));
        }
        simulation.run_until(simulation.now() + Span::from_millis(1));
        counts(&simulation).lost_sessions as f64 / before.logins as f64
    }))
}
