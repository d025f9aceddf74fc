//! The worked example: a task of ten sub-tasks of an hour each, on one server, on a cluster, on a distributed system.
//! Without chance: it comes out to the nanosecond.

use std::ops::Range;

use archlab_engine::{Fact, Intervention, Simulation};
use archlab_model::{Fault, InstanceId, SimTime};
use serde_json::{Value, json};

use crate::cases::Case;
use crate::documents::{Draft, NEVER, PLENTY, Work, span};
use crate::table::Entry;

const HOUR: f64 = 3600e9;
const SUBTASKS: u32 = 10;
/// Hours between which throughput is counted: whole rounds of every layout.
const RATE_FROM: f64 = 200.0;
const RATE_UNTIL: f64 = 400.0;

/// How the ten sub-tasks are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Every server does whole tasks.
    Whole(u32),
    /// The sub-tasks are shared out among so many servers; of more than there are sub-tasks, each has several.
    Apart(u32),
    /// The same, but one server has died and its neighbour does its part, too.
    TakenOver(u32),
}

/// What is asked of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    First,
    Last,
    Mean,
    /// Tasks an hour, when there is always more to do.
    Rate,
}

pub fn case(entry: &Entry) -> Option<Case> {
    let mode = entry.text("mode").unwrap_or_default();
    let servers = entry.whole("servers")?;
    let killed = mode.contains("killed");
    let layout = if mode.contains("moved") {
        Layout::TakenOver(servers)
    } else if mode.starts_with("distributed") || mode.starts_with("pipeline") {
        Layout::Apart(servers)
    } else {
        Layout::Whole(servers)
    };
    let one_after_another = mode.contains("pipeline");
    let asked = if entry.tells("throughput") {
        Asked::Rate
    } else if entry.tells("mean completion") {
        Asked::Mean
    } else if entry.tells("first task") {
        Asked::First
    } else if entry.tells("complet") {
        Asked::Last
    } else {
        return None;
    };
    let tasks = entry.whole("tasks").unwrap_or(if asked == Asked::Rate { 40 } else { 1 });
    Some(Case::number(move || run(layout, one_after_another, killed, tasks, asked)))
}

fn run(layout: Layout, one_after_another: bool, killed: bool, tasks: u32, asked: Asked) -> f64 {
    let hours = |count: u32| Work::Constant.document(f64::from(count) * HOUR);
    // A dead instance refuses at once, and another is asked.
    let attempts = if killed { 2 } else { 1 };
    let (draft, first) = match layout {
        Layout::Whole(servers) => {
            let draft = Draft::new("cluster")
                .policy("capacity", json!({ "workers": 1, "queue": PLENTY }))
                .machines(servers, 1)
                .function("task", hours(SUBTASKS), json!([]));
            (draft, "app")
        }
        Layout::Apart(servers) => (apart(&shared_out(servers), one_after_another), "station0"),
        Layout::TakenOver(servers) => {
            let mut stations = shared_out(servers);
            if stations.len() > 1
                && let Some(dead) = stations.pop()
                && let Some(neighbour) = stations.last_mut()
            {
                neighbour.subtasks.end = dead.subtasks.end;
            }
            (apart(&stations, one_after_another), "station0")
        }
    };
    let think = if killed { HOUR / 100.0 } else { 0.0 };
    let design = draft
        .policy("balancing", json!("least-connections"))
        .policy("retry", json!({ "attempts": attempts }))
        .kind("task", "task", 1.0)
        .users(tasks, json!({ "constant": span(think) }))
        .open_document(1);
    let mut simulation = Simulation::new(&design);
    if killed && !matches!(layout, Layout::TakenOver(_)) {
        let instance = InstanceId { group: "g".into(), service: first.into(), number: 1 };
        simulation.intervene(Intervention::Fault(Fault::Crash(instance)));
    }

    let until = if asked == Asked::Rate { RATE_UNTIL } else { f64::from(tasks * SUBTASKS + SUBTASKS) };
    let mut ends = Vec::new();
    simulation.run_until_with(SimTime::from_nanos((until * HOUR) as u64), &mut |now, fact| {
        if let Fact::Ended { outcome: archlab_engine::Outcome::Succeeded, .. } = fact {
            ends.push(now.as_nanos() as f64 / HOUR);
        }
    });
    match asked {
        // Each task once; who is done begins again, behind all others.
        Asked::First => ends[0],
        Asked::Last => ends[tasks as usize - 1],
        Asked::Mean => ends[..tasks as usize].iter().sum::<f64>() / f64::from(tasks),
        Asked::Rate => {
            let seen = ends.iter().filter(|end| RATE_FROM < **end && **end <= RATE_UNTIL);
            seen.count() as f64 / (RATE_UNTIL - RATE_FROM)
        }
    }
}

/// Servers that do the same sub-tasks.
struct Station {
    subtasks: Range<u32>,
    copies: u32,
}

/// The sub-tasks in equal parts, as nearly as they can be; servers that are left over help, the last first.
fn shared_out(servers: u32) -> Vec<Station> {
    let stations = servers.clamp(1, SUBTASKS);
    let part = |whole: u32, number: u32| whole * number / stations;
    let station = |number: u32| Station {
        subtasks: part(SUBTASKS, number)..part(SUBTASKS, number + 1),
        copies: part(servers, number + 1) - part(servers, number),
    };
    (0..stations).map(station).collect()
}

/// Stations for the sub-tasks, each copy on a machine of its own, handed their work by a front that only waits.
fn apart(stations: &[Station], one_after_another: bool) -> Draft {
    let mut draft =
        Draft::new("microservice").machine(1, 1.0).policy("placement", json!({ "detection": NEVER }));
    for subtask in 0..SUBTASKS {
        draft = draft.function(&format!("sub{subtask}"), Work::Constant.document(HOUR), json!([]));
    }
    for (number, station) in stations.iter().enumerate() {
        let held: Vec<String> = station.subtasks.clone().map(|subtask| format!("sub{subtask}")).collect();
        draft = draft.replicated(&format!("station{number}"), &held, station.copies, 1);
    }
    let calls: Vec<Value> = (0..SUBTASKS).map(|subtask| json!({ "call": format!("sub{subtask}") })).collect();
    let steps = if one_after_another { calls.into() } else { json!([{ "parallel": calls }]) };
    let machines = stations.iter().map(|station| station.copies).sum();
    draft.machines(machines, 1).function("task", json!({ "constant": "0" }), steps).replicated(
        "front",
        &["task".to_owned()],
        1,
        PLENTY,
    )
}
