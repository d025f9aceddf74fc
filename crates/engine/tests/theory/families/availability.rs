//! Availability: machines that fail and are repaired at random, and what is up when.

use archlab_engine::{Fact, Simulation};
use archlab_model::{SimTime, Span};
use serde_json::json;

use crate::cases::Case;
use crate::documents::{Draft, span};
use crate::table::Entry;

/// A unit of time, in nanoseconds: rows speak of hours, and any will do.
const UNIT: f64 = 1e8;
/// The same, as a number of them in a second.
const UNITS: f64 = 1e9 / UNIT;
/// Longer than any life that is waited for, and no longer than a document can say.
const NO_REPAIR: f64 = 3e9;
/// Longer than any run that ends by itself.
const FOR_EVER: f64 = 1e11;
/// Minutes in a year of 365 days.
const MINUTES: f64 = 525_600.0;

/// Machines of which each fails after `mttf` and is repaired within `mttr`, exponentially.
#[derive(Debug, Clone)]
struct Machines {
    count: u32,
    mttf: f64,
    mttr: f64,
    crews: Option<u32>,
}

impl Machines {
    /// Up a share `available` of the time.
    fn of(count: u32, available: f64) -> Machines {
        Machines { count, mttf: available / (1.0 - available), mttr: 1.0, crews: None }
    }

    /// Tells, after each change, for how long how many machines had been up, and which. Ends when told to, or at
    /// `until`.
    fn play(&self, seed: u64, until: f64, mut hear: impl FnMut(f64, &[bool]) -> bool) {
        let mut chaos = json!({ "of": { "machines": "g" }, "mttf": span(self.mttf * UNIT), "mttr": span(self.mttr * UNIT) });
        if let Some(crews) = self.crews {
            chaos["crews"] = crews.into();
        }
        let design = Draft::new("cluster")
            .machines(self.count, 1)
            .policy("health", json!({ "rhythm": "never" }))
            .function("work", json!({ "constant": "0" }), json!([]))
            .kind("ask", "work", 1.0)
            .chaos(chaos)
            .open_document(seed);
        let mut simulation = Simulation::new(&design);
        let mut up = vec![true; self.count as usize];
        let (mut since, mut goes_on) = (SimTime::START, true);
        let slice = Span::from_secs_f64(100.0 * self.mttf.min(1e3 * self.mttr) / UNITS);
        let end = SimTime::from_nanos((until * UNIT) as u64);
        while goes_on && simulation.now() < end {
            let next = (simulation.now() + slice).min(end);
            simulation.run_until_with(next, &mut |now, fact| {
                let (machine, is_up) = match fact {
                    Fact::MachineDown { machine } => (*machine as usize, false),
                    Fact::MachineUp { machine } => (*machine as usize, true),
                    _ => return,
                };
                if goes_on {
                    goes_on = hear(now.since(since).as_secs_f64() * UNITS, &up);
                }
                up[machine] = is_up;
                since = now;
                if goes_on {
                    goes_on = hear(0.0, &up);
                }
            });
        }
        if goes_on {
            hear(end.since(since).as_secs_f64() * UNITS, &up);
        }
    }

    /// The share of `until` in which `works` holds of the machines that are up.
    fn share(&self, seed: u64, until: f64, works: impl Fn(&[bool]) -> bool) -> f64 {
        let mut sum = 0.0;
        self.play(seed, until, |lasted, up| {
            sum += if works(up) { lasted } else { 0.0 };
            true
        });
        sum / until
    }
}

fn at_least(count: u32) -> impl Fn(&[bool]) -> bool {
    move |up| up.iter().filter(|up| **up).count() >= count as usize
}

/// So many repairs of one machine are seen in each of [`RUNS`] runs.
const REPAIRS: f64 = 2_000.0;
const RUNS: u32 = 64;

pub fn case(entry: &Entry) -> Option<Case> {
    let hours = entry.get("MTTF_h").map(|mttf| Machines {
        count: entry.whole("n").unwrap_or(1),
        mttf,
        mttr: entry.get("MTTR_h").unwrap_or(NO_REPAIR),
        crews: entry.whole("repair_crews"),
    });
    if let Some(machines) = hours {
        return lifetimes(entry, machines);
    }
    if let Some(available) = entry.get("availability") {
        let machines = Machines::of(1, available);
        let until = REPAIRS * (machines.mttf + machines.mttr);
        return Some(Case::mean(entry, RUNS, move |seed| {
            MINUTES * (1.0 - machines.share(seed, until, at_least(1)))
        }));
    }
    if let (Some(node), Some(shared)) = (entry.get("A_node"), entry.get("A_shared")) {
        return shared_dependency(entry, entry.whole("n")?, node, shared);
    }
    let available = entry.get("A")?;
    type Works = Box<dyn Fn(&[bool]) -> bool + Send + Sync>;
    let share = |count: u32, works: Works| {
        let machines = Machines::of(count, available);
        let until = REPAIRS / 4.0 * (machines.mttf + machines.mttr);
        // As many times as a machine could have been repaired, and seen to be well or not.
        Some(Case::mean_share(entry, RUNS, until / machines.mttr, move |seed| {
            machines.share(seed, until, &works)
        }))
    };
    if let (Some(services), Some(replicas)) = (entry.whole("services"), entry.whole("replicas")) {
        // Machine by machine, the copies of a service beside one another.
        let each = move |up: &[bool]| up.chunks(replicas as usize).all(|copies| copies.contains(&true));
        return share(services * replicas, Box::new(each));
    }
    if let Some(participants) = entry.whole("participants") {
        return share(participants + 1, Box::new(at_least(participants + 1)));
    }
    let count = entry.whole("n").or(entry.whole("N"))?;
    let needed = match entry.whole("k").or(entry.whole("quorum")) {
        Some(needed) => needed,
        None if entry.tells("ALL") => count,
        None if entry.tells("ANY") => 1,
        None => return None,
    };
    share(count, Box::new(at_least(needed)))
}

fn lifetimes(entry: &Entry, machines: Machines) -> Option<Case> {
    if entry.tells("mean time until both") || entry.tells("MTTF of") {
        return Some(Case::mean(entry, 20_000, move |seed| {
            let mut passed = 0.0;
            machines.play(seed, FOR_EVER, |lasted, up| {
                passed += lasted;
                up.contains(&true)
            });
            passed
        }));
    }
    let until = REPAIRS * (machines.mttf + machines.mttr);
    if machines.count > 1 {
        // All of them down: seldom, so for longer.
        let until = until * 10.0;
        return Some(Case::mean(entry, RUNS, move |seed| 1.0 - machines.share(seed, until, at_least(1))));
    }
    Some(Case::mean(entry, RUNS, move |seed| machines.share(seed, until, at_least(1))))
}

/// Any of some nodes, and something that all of them need: independent runs of both, laid over one another.
fn shared_dependency(entry: &Entry, count: u32, node: f64, shared: f64) -> Option<Case> {
    let (nodes, one) = (Machines::of(count, node), Machines::of(1, shared));
    Some(Case::mean(entry, RUNS, move |seed| {
        let of = |machines: &Machines, seed: u64| {
            machines.share(seed, REPAIRS * (machines.mttf + machines.mttr) / 4.0, at_least(1))
        };
        of(&nodes, seed) * of(&one, seed ^ 0x5555)
    }))
}
