//! `archlab run`: a run of a design, from its start for some time.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use archlab_engine::{Progress, Report, Simulation};
use archlab_model::validate::What;
use archlab_model::{Design, Fault, PlannedFault, Problem, Severity, SimTime, Span, layout, validate};
use archlab_words::{Lang, fill};

use crate::arguments::{At, Run};
use crate::{check, file, json, print, report};

/// How many events are handled between two looks at the clock on the wall.
const EVENTS_BETWEEN_LOOKS: u64 = 100_000;
/// How long a run goes on in silence, and how often it then says how far it is.
const PATIENCE: Duration = Duration::from_millis(500);

/// Runs a design; gives the exit code.
pub fn run(task: &Run) -> Result<u8, String> {
    let lang = task.words.lang();
    let mut design = file::open(lang, &task.design)?;
    if let Some(seed) = task.seed {
        design.scenario.seed = seed;
    }
    design.scenario.faults.extend(planned(lang, &design, task)?);
    for problem in validate(&design) {
        if problem.severity() == Severity::Error {
            eprintln!("{}", check::line(lang, &problem));
        }
    }

    let begin = Instant::now();
    let report = play(lang, &design, task.duration);
    let took = begin.elapsed();
    print(&if task.json { json::write(&design, &report) } else { report::write(lang, &design, &report) })?;

    let per_second = report.events as f64 / took.as_secs_f64().max(1e-9);
    let values: [(&str, &dyn std::fmt::Display); 3] = [
        ("events", &report::count(report.events)),
        ("seconds", &format!("{:.2}", took.as_secs_f64())),
        ("rate", &report::count(per_second as u64)),
    ];
    eprintln!("{}", fill(lang, "cli.run.speed", &values));
    Ok(0)
}

/// Runs `design` for `duration` and tells a terminal how far it is.
fn play(lang: Lang, design: &Design, duration: Span) -> Report {
    let end = SimTime::START + duration;
    let mut simulation = Simulation::new(design);
    let shows_progress = std::io::stderr().is_terminal();
    let mut last_told = Instant::now();
    let mut has_told = false;
    while simulation.run_for(end, EVENTS_BETWEEN_LOOKS) == Progress::OutOfEvents {
        if shows_progress && last_told.elapsed() >= PATIENCE {
            let percent = 100.0 * simulation.now().as_secs_f64() / duration.as_secs_f64();
            let now = simulation.now().since(SimTime::START);
            let values: [(&str, &dyn std::fmt::Display); 3] = [
                ("now", &archlab_words::story::duration(lang, now)),
                ("end", &archlab_words::story::duration(lang, duration)),
                ("percent", &format!("{percent:.0}")),
            ];
            eprint!("\r\x1b[K{}", fill(lang, "cli.run.progress", &values));
            let _ = std::io::stderr().flush();
            (last_told, has_told) = (Instant::now(), true);
        }
    }
    if has_told {
        eprint!("\r\x1b[K");
    }
    simulation.report()
}

/// The faults of the command line, each on a part that the design has.
fn planned(lang: Lang, design: &Design, task: &Run) -> Result<Vec<PlannedFault>, String> {
    let machines: Vec<_> = design.machines.keys().collect();
    let deployments = design.outer_groups().map(|(id, group)| layout::deploy(design, id, group));
    let services: Vec<_> = deployments.flat_map(|deployment| deployment.services).collect();
    let instances: Vec<_> =
        services.iter().flat_map(|service| &service.instances).map(|instance| &instance.id).collect();

    let mut faults = Vec::new();
    plan(&task.power_off, &machines, Fault::PowerOff, &mut faults)
        .and_then(|()| plan(&task.power_on, &machines, Fault::PowerOn, &mut faults))
        .map_err(|unknown| {
            let known = listed(&machines);
            fill(lang, "cli.run.unknown_machine", &[("machine", &unknown), ("known", &known)])
        })?;
    plan(&task.crash, &instances, Fault::Crash, &mut faults)
        .and_then(|()| plan(&task.restart, &instances, Fault::Restart, &mut faults))
        .map_err(|unknown| {
            let known = listed(&instances);
            fill(lang, "cli.run.unknown_instance", &[("instance", &unknown), ("known", &known)])
        })?;
    faults.extend(others(lang, design, task)?);
    Ok(faults)
}

/// Faults of any kind, each on a part that the design has and that it can strike.
fn others(lang: Lang, design: &Design, task: &Run) -> Result<Vec<PlannedFault>, String> {
    let mut asked = design.clone();
    asked.scenario.faults = task.fault.iter().map(|planned| planned.0.clone()).collect();
    asked.scenario.chaos.clear();
    let misses = |problem: &Problem| {
        matches!(problem.what, What::UnknownFaultTarget { .. } | What::UnfitFaultTarget { .. })
    };
    match validate(&asked).iter().find(|problem| misses(problem)) {
        Some(problem) => Err(check::filled(lang, problem.key(), &problem.arguments())),
        None => Ok(asked.scenario.faults),
    }
}

/// Makes faults of `wishes`, or gives back the first whose part is not `known`.
fn plan<T: Clone + PartialEq>(
    wishes: &[At<T>],
    known: &[&T],
    fault: fn(T) -> Fault,
    faults: &mut Vec<PlannedFault>,
) -> Result<(), T> {
    for At { what, at } in wishes {
        if !known.contains(&what) {
            return Err(what.clone());
        }
        faults.push(PlannedFault::new(*at, fault(what.clone())));
    }
    Ok(())
}

/// A few names, and whether there are more.
fn listed<T: ToString>(names: &[&T]) -> String {
    const SHOWN: usize = 20;
    let mut shown: Vec<_> = names.iter().take(SHOWN).map(|name| name.to_string()).collect();
    if names.len() > SHOWN {
        shown.push("...".to_owned());
    }
    shown.join(", ")
}
