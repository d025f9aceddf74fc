//! Calls that fail, and what callers do about it: retries, budgets, breakers, hedges, rate limits.

use archlab_engine::{Fact, MessageKind, Place, Simulation};
use archlab_model::{Design, SimTime, Span};
use serde_json::{Value, json};

use crate::cases::{Case, Check, Outcome};
use crate::documents::{Draft, MOST_CORES, NEVER, PLENTY, Work, span};
use crate::families::leaves;
use crate::study::{Ask, Run, Study};
use crate::table::Entry;
use crate::watch::{Order, Traffic, mean, tail};

/// Nanoseconds in a unit of time: a second where rows speak of seconds.
const SECOND: f64 = 1e9;

/// A service that is asked by a Poisson stream and fails some calls, each by itself; and the policies about it.
#[derive(Debug, Clone)]
struct Failing {
    /// Requests a second, and a service time of its own for each, exponential.
    rate: f64,
    mean: f64,
    /// The share of calls that fail at once.
    fails: f64,
    instances: u32,
    policies: Vec<(&'static str, String)>,
    warm_up: f64,
    /// The period of what goes in circles: each run is looked at from another point of it on.
    period: f64,
}

impl Failing {
    fn document(&self, seed: u64) -> Design {
        let mut draft = Draft::new("microservice").machines(self.instances, MOST_CORES).replicated(
            "work",
            &["work".to_owned()],
            self.instances,
            PLENTY,
        );
        for (name, value) in &self.policies {
            draft = draft.policy(name, serde_json::from_str(value).expect("a piece of a document"));
        }
        dying(draft)
            .function("work", Work::Exponential.document(self.mean * SECOND), failing_step(self.fails))
            .kind("ask", "work", 1.0)
            .open(self.rate)
            .open_document(seed)
    }
}

impl Study for Failing {
    fn name(&self) -> String {
        format!("{self:?}")
    }

    fn begin(&self, seed: u64) -> Box<dyn Run> {
        let phase = self.period * (seed % 1_000_003) as f64 / 1_000_003.0;
        let traffic = Traffic::new(&self.document(seed), Order::Any, SECOND, self.warm_up + phase, None);
        Box::new(traffic.counting("work"))
    }

    fn rate(&self) -> f64 {
        self.rate
    }

    fn warm_up(&self) -> f64 {
        self.warm_up
    }
}

/// What makes a share of calls fail at once, each by itself: they need something that is dead.
pub fn failing_step(share: f64) -> Value {
    if share > 0.0 { json!([{ "call": "dead", "probability": share }]) } else { json!([]) }
}

/// With something dead to call.
pub fn dying(draft: Draft) -> Draft {
    let nothing = json!({ "constant": "0" });
    draft.function("dead", nothing, json!([])).fault(span(0.0), json!({ "crash": "g/dead/1" }))
}

fn measured(failing: Failing, ask: Ask, entry: &Entry) -> Option<Case> {
    Some(Case::Measured(vec![Check::of(failing, ask, entry)]))
}

pub fn case(entry: &Entry) -> Option<Case> {
    match entry.id.split('-').next()? {
        "retry" => retries(entry),
        "metastable" => metastable(entry),
        "drain" => draining(entry),
        "token" => token_bucket(entry),
        "nginx" => leaky_bucket(entry),
        "cb" => breaker(entry),
        "hedge" | "dup" if !entry.has("fanout") => hedging(entry),
        "fanout" | "hedge" => leaves::case(entry),
        _ => None,
    }
}

fn blank(fails: f64) -> Failing {
    Failing { rate: 1_000.0, mean: 0.0, fails, instances: 1, policies: Vec::new(), warm_up: 1.0, period: 0.0 }
}

const RETRY_ERRORS: &str = "{\"retry_errors\": true, \"retry_same\": true}";

fn retries(entry: &Entry) -> Option<Case> {
    if let (Some(attempts), Some(layers)) = (entry.whole("attempts_per_layer"), entry.whole("layers")) {
        return Some(Case::number(move || attempts_at_the_bottom(attempts, layers)));
    }
    if let Some(ratio) = entry.get("retry_ratio") {
        // All fail, and all would be tried again for ever.
        let policies = vec![
            ("retry", json!({ "attempts": 8 }).to_string()),
            (
                "resilience",
                json!({ "retry_errors": true, "retry_same": true,
                        "services": { "work": { "retry_budget": { "ratio": { "ratio": ratio, "minimum": 0 } } } } })
                .to_string(),
            ),
        ];
        let failing = Failing { policies, warm_up: 30.0, ..blank(1.0) };
        return measured(failing, Ask::Mean(mean::ATTEMPTS), entry);
    }
    let (fails, retries) = (entry.get("p_fail")?, entry.whole("max_retries")?);
    let policies = vec![
        ("retry", json!({ "attempts": retries + 1 }).to_string()),
        ("resilience", RETRY_ERRORS.to_owned()),
    ];
    let ask = if entry.tells("expected attempts") { mean::ATTEMPTS } else { mean::SUCCEEDED };
    measured(Failing { policies, ..blank(fails) }, Ask::Mean(ask), entry)
}

/// One request to a chain of layers each of which tries again what failed further down, and a bottom that is down. The
/// entry is the first layer.
fn attempts_at_the_bottom(attempts: u32, layers: u32) -> f64 {
    let mut draft = Draft::new("microservice")
        .machines(1, MOST_CORES)
        .policy("retry", json!({ "attempts": attempts }))
        .policy("resilience", serde_json::from_str(RETRY_ERRORS).expect("a piece of a document"))
        .policy("health", json!({ "interval": NEVER }))
        .kind("ask", "layer1", 1.0);
    let nothing = || json!({ "constant": "0" });
    for layer in 1..layers {
        let next = if layer + 1 == layers { "bottom".to_owned() } else { format!("layer{}", layer + 1) };
        draft = draft.function(&format!("layer{layer}"), nothing(), json!([{ "call": next }]));
    }
    if layers == 1 {
        draft = draft.kind("ask", "bottom", 1.0);
    }
    let design = draft
        .function("bottom", nothing(), json!([]))
        .fault(span(0.0), json!({ "crash": "g/bottom/1" }))
        .clients(json!({ "batch": { "count": 1, "at": "1s" } }))
        .open_document(1);
    let mut simulation = Simulation::new(&design);
    let bottom = simulation.roster().instances.iter().position(|id| id.service.as_str() == "bottom");
    let mut sent = 0;
    simulation.run_until_with(SimTime::START + Span::from_secs(3600), &mut |_, fact| {
        if let Fact::Sent {
            to: Place::Instance(to),
            message: MessageKind::Request | MessageKind::Retry,
            ..
        } = fact
        {
            sent += u32::from(Some(*to as usize) == bottom);
        }
    });
    f64::from(sent)
}

/// The highest load at which a backlog longer than all patience is ever worked off, if each caller gives up and tries
/// again, and what was given up is worked on nevertheless.
fn metastable(entry: &Entry) -> Option<Case> {
    let retries = entry.whole("max_retries")?;
    Some(Case::Done(Box::new(move |_| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..7 {
            let middle = (low + high) / 2.0;
            if recovers(middle, retries) { low = middle } else { high = middle }
        }
        Outcome::Near((low + high) / 2.0, 0.06)
    })))
}

fn recovers(load: f64, retries: u32) -> bool {
    // A thousand a second can be served; patience is a tenth of a second; a burst leaves a backlog of two seconds.
    let design = Draft::new("cluster")
        .machines(1, 1)
        .policy("capacity", json!({ "workers": 1, "queue": 1_000_000 }))
        .policy("timeouts", json!({ "response": "100ms" }))
        .policy("retry", json!({ "attempts": retries + 1, "after_timeout": true }))
        .policy("resilience", json!({ "retry_same": true }))
        .function("work", Work::Exponential.document(1e6), json!([]))
        .kind("ask", "work", 1.0)
        .clients(json!({ "bursts": { "rate": load * 1e3, "peak": 2_000.0 + load * 1e3, "length": "1s", "every": "10000s" } }))
        .open_document(1);
    let mut simulation = Simulation::new(&design);
    let succeeded = |simulation: &Simulation| simulation.report().groups[0].total;
    simulation.run_until(SimTime::START + Span::from_secs(290));
    let before = succeeded(&simulation);
    simulation.run_until(SimTime::START + Span::from_secs(300));
    let after = succeeded(&simulation);
    (after.succeeded - before.succeeded) as f64 > 0.5 * (after.issued - before.issued) as f64
}

/// From the end of an outage until nobody waits any more: the server works at a ten-thousandth of its speed meanwhile.
fn draining(entry: &Entry) -> Option<Case> {
    let (lam, mu, outage) = (entry.get("lam")?, entry.get("mu")?, entry.get("outage_s")?);
    // A thousand of the row's requests for each: a fluid, nearly.
    let fine = 1_000.0;
    Some(Case::Done(Box::new(move |effort| {
        let runs = (20.0 * effort).max(4.0) as u64;
        let took = |seed: u64| {
            let begin = 100.0 / mu;
            let design = Draft::new("cluster")
                .machines(1, 1)
                .policy("capacity", json!({ "workers": 1, "queue": 1_000_000 }))
                .function("work", Work::Exponential.document(SECOND / mu / fine), json!([]))
                .kind("ask", "work", 1.0)
                .open(lam * fine)
                .fault(span(begin * SECOND), json!({ "slow": { "of": "m1", "factor": 1e4 } }))
                .fault(span((begin + outage) * SECOND), json!({ "repair": { "slow": "m1" } }))
                .open_document(seed);
            let mut simulation = Simulation::new(&design);
            let over = SimTime::from_nanos(((begin + outage) * SECOND) as u64);
            let (mut present, mut empty) = (0_u64, None);
            let until = over + Span::from_secs_f64(5.0 * lam * outage / (mu - lam));
            simulation.run_until_with(until, &mut |now, fact| match fact {
                Fact::Issued { .. } => present += 1,
                Fact::Ended { .. } => {
                    present -= 1;
                    if present == 0 && now > over {
                        empty = empty.or(Some(now));
                    }
                }
                _ => {}
            });
            empty.map_or(f64::NAN, |empty: SimTime| empty.since(over).as_secs_f64())
        };
        let mean = (1..=runs).map(took).sum::<f64>() / runs as f64;
        Outcome::Near(mean, 0.03)
    })))
}

fn token_bucket(entry: &Entry) -> Option<Case> {
    let (refill, bucket) = (entry.get("refill_rate")?, entry.whole("bucket")?);
    let limit = json!({ "entry_limit": { "token-bucket": { "rate": refill, "burst": bucket } } });
    if let Some(burst) = entry.get("burst_rate") {
        let until = entry.get("t_s")?;
        let count = (burst * until) as u32;
        let at: Vec<Value> =
            (0..count).map(|number| span(60.0 * SECOND + f64::from(number) / burst * SECOND)).collect();
        return Some(Case::Done(Box::new(move |_| {
            let load = json!({ "recorded": { "at": at } });
            let passed = passed(limit.clone(), load).0;
            // Whole requests: one more or less.
            Outcome::Near(f64::from(passed), 1.0 / f64::from(passed.max(1)))
        })));
    }
    let rate = entry.get("arrival_rate")?;
    let failing = Failing {
        rate,
        policies: vec![("resilience", limit.to_string())],
        warm_up: 20.0 * (f64::from(bucket) + 1.0) / refill,
        ..blank(0.0)
    };
    measured(failing, Ask::Mean(mean::FAILED), entry)
}

/// A hundred requests at once at an idle limit of so many a second.
fn leaky_bucket(entry: &Entry) -> Option<Case> {
    let (rate, burst) = (entry.get("rate")?, entry.whole("burst")?);
    let undelayed = if entry.tells("nodelay") && !entry.tells("without nodelay") { burst } else { 0 };
    let limit = json!({ "entry_limit": { "leaky-bucket": { "rate": rate, "burst": burst, "undelayed": undelayed } } });
    let late = entry.tells("delay of the last");
    if !late && !entry.tells("passed at once") {
        return None;
    }
    Some(Case::number(move || {
        let (passed, last) = passed(limit.clone(), json!({ "batch": { "count": 100, "at": "60s" } }));
        if late { last } else { f64::from(passed) }
    }))
}

/// How many requests pass a limit, and how long the last of them took, in seconds.
fn passed(limit: Value, load: Value) -> (u32, f64) {
    let design = Draft::new("cluster")
        .machines(1, MOST_CORES)
        .policy("resilience", limit)
        .policy("capacity", json!({ "workers": PLENTY, "queue": PLENTY }))
        .function("work", json!({ "constant": "0" }), json!([]))
        .kind("ask", "work", 1.0)
        .clients(load)
        .open_document(1);
    let mut simulation = Simulation::new(&design);
    let (mut count, mut last) = (0, 0.0_f64);
    simulation.run_until_with(SimTime::START + Span::from_secs(300), &mut |_, fact| {
        if let Fact::Ended { outcome: archlab_engine::Outcome::Succeeded, latency, .. } = fact {
            count += 1;
            last = last.max(latency.as_secs_f64());
        }
    });
    (count, last)
}

fn breaker(entry: &Entry) -> Option<Case> {
    let hystrix = entry.id.starts_with("cb-hystrix");
    let open = entry.get("wait_open_s").or(entry.get("sleep_window_s"));
    let mut breaker = match hystrix {
        true => {
            json!({ "window": { "time": "10s" }, "minimum": 20, "failures": 0.5, "open": "5s", "trials": 1 })
        }
        false => {
            json!({ "window": { "calls": 100 }, "minimum": 100, "failures": 0.5, "open": "60s", "trials": 10 })
        }
    };
    if let Some(open) = open {
        breaker["open"] = span(open * SECOND);
    }
    if let Some(trials) = entry.whole("half_open_calls") {
        breaker["trials"] = trials.into();
    }
    if let Some(fails) = entry.get("p_fail") {
        let calls = entry.whole("window").or(entry.whole("volume"))?;
        breaker["failures"] = (entry.get("threshold_pct")? / 100.0).into();
        breaker["minimum"] = calls.into();
        if !hystrix {
            breaker["window"] = json!({ "calls": calls });
        }
        return Some(Case::share(entry, 120_000, move |seed| trips(&breaker, fails, calls, seed)));
    }
    let rate = entry.get("rate")?;
    let pause = entry.get("wait_open_s").or(entry.get("sleep_window_s")).unwrap_or(60.0);
    let resilience = json!({ "services": { "work": { "breaker": breaker } } }).to_string();
    let warm_up = 200.0 / rate + 2.0 * pause;
    let trials = if hystrix { 1.0 } else { f64::from(entry.whole("half_open_calls").unwrap_or(10)) };
    let period = pause + trials / rate;
    let failing = Failing { rate, policies: vec![("resilience", resilience)], warm_up, period, ..blank(1.0) };
    if entry.tells("calls per second still reaching") {
        measured(failing, Ask::Mean(mean::ATTEMPT_RATE), entry)
    } else if entry.tells("fraction of calls still reaching") {
        measured(failing, Ask::Mean(mean::ATTEMPTS), entry)
    } else {
        // Open for `pause`, and then for as long as the trials take: each of them is one that reaches it.
        Some(Case::Measured(vec![
            Check::of(failing, Ask::Mean(mean::ATTEMPT_RATE), entry).scaled(pause / trials),
        ]))
    }
}

/// Whether a breaker that was closed is open after exactly so many calls.
fn trips(breaker: &Value, fails: f64, calls: u32, seed: u64) -> bool {
    let at: Vec<Value> = (0..=calls).map(|number| format!("{}us", 1_000 + number).into()).collect();
    let design = dying(Draft::new("microservice").machines(1, 1))
        .policy("resilience", json!({ "services": { "work": { "breaker": breaker } } }))
        .function("work", json!({ "constant": "0" }), failing_step(fails))
        .kind("ask", "work", 1.0)
        .clients(json!({ "recorded": { "at": at } }))
        .open_document(seed);
    let mut simulation = Simulation::new(&design);
    simulation.run_until(SimTime::START + Span::from_secs(1));
    let total = simulation.report().groups[0].total;
    total.failed[archlab_engine::Reason::CircuitOpen.index()] > 0
}

/// Calls of exponential length on servers that are never busy, and one more copy after a while.
fn hedging(entry: &Entry) -> Option<Case> {
    let (copies, after) = match entry.whole("copies") {
        Some(copies) => (copies, 0.0),
        None => {
            let p = entry.text("hedge_after")?.strip_prefix('p')?.parse::<f64>().ok()?;
            (2, -libm::log1p(-p / 100.0))
        }
    };
    let mean_s = 1e-3;
    let hedging =
        json!({ "after": span((after * mean_s * SECOND).max(1.0)), "copies": copies, "cancel": "begun" });
    let policies = vec![("resilience", json!({ "calls": { "hedging": hedging } }).to_string())];
    let failing =
        Failing { rate: 20_000.0, mean: mean_s, instances: copies, policies, warm_up: 0.1, ..blank(0.0) };
    let ask = match entry.metric.strip_prefix("p99") {
        Some(rest) if rest.starts_with(".9") => Ask::Quantile(tail::SOJOURN, 0.999),
        Some(_) => Ask::Quantile(tail::SOJOURN, 0.99),
        None if entry.tells("mean") => Ask::Mean(mean::SOJOURN),
        None => return None,
    };
    // The row's unit is the mean service time.
    Some(Case::Measured(vec![Check::of(failing, ask, entry).scaled(1.0 / mean_s)]))
}
