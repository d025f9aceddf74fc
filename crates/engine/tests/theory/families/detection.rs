//! Failure detection: from the crash to the moment the balancer knows, over crashes at random moments; and elections.

use archlab_engine::consensus::Rules;
use archlab_engine::{Fact, Intervention, Outcome, Simulation, figures};
use archlab_model::{Fault, InstanceId, SimTime, Span};
use serde_json::{Value, json};

use crate::cases::{self, Case};
use crate::documents::{Draft, span};
use crate::study::seed;
use crate::table::Entry;

const SECOND: f64 = 1e9;
/// Crashes at random moments, for each row.
const CRASHES: u32 = 4_000;
/// The extremes of so many crashes come this near to what they can be, as a share of it.
const NEAR_THE_EXTREME: f64 = 0.01;
/// Elections, for each row.
const ELECTIONS: u32 = 120_000;

/// A way to notice that an instance is dead.
#[derive(Debug, Clone)]
struct Detection {
    policies: Vec<(&'static str, Value)>,
    /// The period in which a crash falls anywhere.
    period: f64,
    /// Longer than it can take.
    longest: f64,
    /// Whether the machine refuses connections instead of being silent.
    refused: bool,
    /// Instances, and requests a second for all of them.
    instances: u32,
    rate: f64,
}

impl Detection {
    fn read(entry: &Entry) -> Option<Detection> {
        let blank = Detection {
            policies: Vec::new(),
            period: 0.0,
            longest: 0.0,
            refused: false,
            instances: 2,
            rate: 0.0,
        };
        if let Some(renew) = entry.get("renew_s").or(entry.get("lease_renew_s")) {
            // Eureka adds the lease twice.
            let lease = entry.get("lease_s").map(|lease| 2.0 * lease).or(entry.get("grace_s"))?;
            let discovery =
                json!({ "heartbeat": span(renew * SECOND), "lease": span(lease * SECOND), "sweep": "0" });
            let policies = vec![("discovery", discovery), ("health", json!({ "rhythm": "never" }))];
            return Some(Detection { policies, period: renew, longest: lease + 2.0 * renew, ..blank });
        }
        let (interval, timeout) = (entry.get("interval_s")?, entry.get("timeout_s")?);
        let fall = entry.whole("fall")?;
        let rhythm = if entry.tells("HAProxy") { "after-end" } else { "fixed" };
        let checks = json!({
            "interval": span(interval * SECOND), "timeout": span(timeout * SECOND), "fall": fall, "rhythm": rhythm,
        });
        let refused = entry.text("failure")?.contains("refused");
        let longest = f64::from(fall + 2) * (interval + timeout);
        Some(Detection { policies: vec![("health", checks)], period: interval, longest, refused, ..blank })
    }

    /// Seconds from a crash at a random moment until it is known, and requests that failed meanwhile.
    fn crash(&self, seed: u64) -> (f64, u32) {
        let mut draft = Draft::new("cluster")
            .machines(self.instances, 100)
            .function("work", Work::nothing(), json!([]))
            .kind("ask", "work", 1.0)
            .open(self.rate);
        for (name, value) in &self.policies {
            draft = draft.policy(name, value.clone());
        }
        // A moment that no rhythm knows: the seed is all it hangs on.
        let chance = (seed % 1_000_003) as f64 / 1_000_003.0;
        let at = SimTime::START + Span::from_secs_f64((10.0 + chance) * self.period);
        let mut simulation = Simulation::new(&draft.open_document(seed));
        simulation.run_until(at);
        simulation.intervene(Intervention::Fault(match self.refused {
            true => Fault::Crash(InstanceId { group: "g".into(), service: "app".into(), number: 1 }),
            false => Fault::PowerOff("m1".into()),
        }));
        let (mut known, mut failed) = (None, 0);
        simulation.run_until_with(at + Span::from_secs_f64(self.longest), &mut |now, fact| match fact {
            Fact::BelievedDown { .. } => known = known.or(Some(now)),
            Fact::Ended { outcome: Outcome::Failed(_), .. } => failed += 1,
            _ => {}
        });
        (known.map_or(f64::NAN, |known: SimTime| known.since(at).as_secs_f64()), failed)
    }
}

struct Work;

impl Work {
    fn nothing() -> Value {
        json!({ "constant": "0" })
    }
}

pub fn case(entry: &Entry) -> Option<Case> {
    if entry.has("lo_ms") {
        return election(entry);
    }
    if entry.has("mean_detection_s") {
        return lost_meanwhile(entry);
    }
    let detection = Detection::read(entry)?;
    let pick: fn(f64, f64) -> f64 = match entry.metric.split(' ').next()? {
        "mean" => return Some(Case::mean(entry, CRASHES, move |seed| detection.crash(seed).0)),
        "min" => f64::min,
        "max" => f64::max,
        _ => return None,
    };
    let name = entry.id.clone();
    Some(Case::Done(Box::new(move |effort| {
        let count = (f64::from(CRASHES) * effort.max(0.2)) as usize;
        let delays = (0..count).map(|number| detection.crash(seed(&name, number)).0);
        cases::Outcome::Near(delays.reduce(pick).unwrap_or(f64::NAN), NEAR_THE_EXTREME)
    })))
}

/// Requests sent to a dead instance in its turn, before it is known to be dead, with HAProxy's checks.
fn lost_meanwhile(entry: &Entry) -> Option<Case> {
    let mean_detection = entry.get("mean_detection_s")?;
    // Half an interval, and two more: the defaults' mean is 2.5 intervals.
    let interval = mean_detection / 2.5;
    let checks =
        json!({ "interval": span(interval * SECOND), "timeout": span(interval * SECOND), "fall": 3 });
    let detection = Detection {
        policies: vec![("health", checks)],
        period: interval,
        longest: 4.0 * interval,
        refused: true,
        instances: entry.whole("servers")?,
        rate: entry.get("lam")?,
    };
    Some(Case::mean(entry, CRASHES / 4, move |seed| f64::from(detection.crash(seed).1)))
}

fn election(entry: &Entry) -> Option<Case> {
    let members = u8::try_from(entry.whole("nodes")?).ok()?;
    let millis = |name: &str| entry.get(name).map(|millis| Span::from_secs_f64(millis / 1e3));
    let rules = Rules { election_from: millis("lo_ms")?, election_to: millis("hi_ms")?, ..Rules::default() };
    if let Some(broadcast) = millis("broadcast_ms") {
        return Some(Case::share(entry, ELECTIONS, move |seed| {
            let timeouts = figures::election_timeouts(members, rules, seed);
            timeouts[1] - timeouts[0] < broadcast
        }));
    }
    entry.tells("mean time").then(|| {
        Case::mean(entry, ELECTIONS / 10, move |seed| {
            figures::election_timeouts(members, rules, seed)[0].as_millis_f64()
        })
    })
}
