//! Calls that fail, and what callers do about it: retries, budgets, breakers, hedges, rate limits.

use archlab_engine::{Fact, MessageKind, Place, Simulation};
use archlab_model::{Design, SimTime, Span};
use serde_json::{Value, json};

use crate::cases::{Case, Check, Judge, Outcome};
use crate::documents::{Draft, MOST_CORES, NEVER, PLENTY, Work, span};
use crate::families::{leaves, limits};
use crate::study::{Ask, Run, Study};
use crate::table::Entry;
use crate::watch::{Order, Traffic, mean, tail};

/// Nanoseconds in a unit of time: a second where rows speak of seconds.
const SECOND: f64 = 1e9;

/// A service that is asked by a Poisson stream and fails some calls, each by itself; and the policies about it.
#[derive(Debug, Clone)]
pub struct Failing {
    /// Requests a second, and a service time of its own for each, exponential.
    pub rate: f64,
    pub mean: f64,
    /// The share of calls that fail at once.
    pub fails: f64,
    pub instances: u32,
    pub policies: Vec<(&'static str, String)>,
    pub warm_up: f64,
    /// The period of what goes in circles: each run is looked at from another point of it on.
    pub period: f64,
}

impl Failing {
    pub fn document(&self, seed: u64) -> Design {
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

pub fn measured(failing: Failing, ask: Ask, entry: &Entry) -> Option<Case> {
    Some(Case::Measured(vec![Check::of(failing, ask, entry)]))
}

pub fn case(entry: &Entry) -> Option<Case> {
    match entry.group_number() {
        "16" => breaker(entry),
        "17" => limits::case(entry),
        "19" if entry.has("fanout") => leaves::case(entry),
        "19" => hedging(entry),
        _ if entry.has("outage_s") => draining(entry),
        _ if entry.has("max_retries") && !entry.has("p_fail") => metastable(entry),
        _ => retries(entry),
    }
}

pub fn blank(fails: f64) -> Failing {
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
        // The most there can be: a budget is of whole retries, so that less than one in its window is not used.
        let check = Check::of(failing, Ask::Mean(mean::ATTEMPTS), entry);
        let not_whole = 1.0 / (1_000.0 * 10.0);
        return Some(Case::Measured(vec![check.judged(Judge::Within(not_whole))]));
    }
    let (fails, retries) = (entry.get("p_fail")?, entry.whole("max_retries")?);
    let policies = vec![
        ("retry", json!({ "attempts": retries + 1 }).to_string()),
        ("resilience", RETRY_ERRORS.to_owned()),
    ];
    let ask = match entry.tells("expected attempts") {
        true => Ask::Mean(mean::ATTEMPTS),
        false => Ask::Share(mean::SUCCEEDED),
    };
    measured(Failing { policies, ..blank(fails) }, ask, entry)
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

fn breaker(entry: &Entry) -> Option<Case> {
    let hystrix = entry.has("sleep_window_s") || entry.has("volume") || entry.tells("Hystrix");
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
        return tripping(entry, &breaker, fails, calls);
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

/// How often a breaker that was closed is open after exactly so many calls.
fn tripping(entry: &Entry, breaker: &Value, fails: f64, calls: u32) -> Option<Case> {
    let at: Vec<Value> = (0..=calls).map(|number| format!("{}us", 1_000 + number).into()).collect();
    let design = dying(Draft::new("microservice").machines(1, 1))
        .policy("resilience", json!({ "services": { "work": { "breaker": breaker } } }))
        .function("work", json!({ "constant": "0" }), failing_step(fails))
        .kind("ask", "work", 1.0)
        .clients(json!({ "recorded": { "at": at } }))
        .open_document(1);
    let trips = entry.number()?.clamp(1e-4, 1.0 - 1e-4);
    let enough = 2.58 * 2.58 * (1.0 - trips) / trips / (entry.width() * entry.width());
    // One design, and other chances each time.
    const AT_ONCE: u32 = 256;
    Some(Case::mean(entry, (enough * 1.1 / f64::from(AT_ONCE)) as u32 + 64, move |seed| {
        let mut simulation = Simulation::new(&design);
        let begin = simulation.snapshot();
        let mut tripped = 0;
        for number in 0..AT_ONCE {
            simulation.diverge(seed.wrapping_add(u64::from(number)));
            simulation.run_until(SimTime::START + Span::from_secs(1));
            let total = simulation.report().groups[0].total;
            tripped += u32::from(total.failed[archlab_engine::Reason::CircuitOpen.index()] > 0);
            simulation.restore(&begin);
        }
        f64::from(tripped) / f64::from(AT_ONCE)
    }))
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
