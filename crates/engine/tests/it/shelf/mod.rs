//! The designs that come with the page, and what is asked of their runs.
#![allow(dead_code, reason = "each test target uses some of it")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use archlab_engine::measure::report::{GroupReport, Tally};
use archlab_engine::{Fact, Intervention, Outcome, Place, Report, Simulation};
use archlab_model::*;

use crate::common::{at, secs};

/// Where designs lie.
fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../static/designs"].iter().collect()
}

/// The text of a design.
pub fn text_of(name: &str) -> String {
    let path = folder().join(name).with_extension("json");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A design by its name.
pub fn shelf(name: &str) -> Design {
    document::open(&text_of(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The names of all designs in `subfolder` (or on the shelf itself).
pub fn names_in(subfolder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder().join(subfolder)).expect("the folder of designs can be read");
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            entry.ok()?.file_name().into_string().ok()?.strip_suffix(".json").map(str::to_owned)
        })
        .collect();
    names.sort();
    names
}

/// The same design, changed.
pub fn with(mut design: Design, change: impl FnOnce(&mut Design)) -> Design {
    change(&mut design);
    design
}

/// The only group of a design.
pub fn group(design: &mut Design) -> &mut Group {
    &mut design.groups[0]
}

/// The same business on the same machines, in another layout.
pub fn in_layout(mut design: Design, layout: Layout) -> Design {
    group(&mut design).layout = layout;
    design
}

/// What the layout of a design's only group makes of it.
pub fn deployment(design: &Design) -> Deployment {
    let (id, group) = design.groups.first().expect("it has a group");
    layout::deploy(design, id, group)
}

/// The instances of a service of a design's only group.
pub fn instances_of(design: &Design, service: &str) -> Vec<InstanceId> {
    let deployment = deployment(design);
    let found = deployment.services.iter().find(|known| known.id.as_str() == service);
    let found = found.unwrap_or_else(|| panic!("there is a service {service}"));
    found.instances.iter().map(|instance| instance.id.clone()).collect()
}

/// A run that has come to `until`.
pub fn run(design: &Design, until: Span) -> Simulation {
    let mut simulation = Simulation::new(design);
    simulation.run_until(at(until));
    simulation
}

/// The report of a run of the only group, from the start until `until`.
pub fn measured(design: &Design, until: Span) -> GroupReport {
    only(run(design, until).report())
}

/// The report of the only group.
pub fn only(mut report: Report) -> GroupReport {
    assert_eq!(report.groups.len(), 1);
    report.groups.remove(0)
}

/// Does `fault` now.
pub fn strike(simulation: &mut Simulation, fault: Fault) {
    simulation.intervene(Intervention::Fault(fault));
}

/// Every instance of a service crashes, now.
pub fn kill_service(simulation: &mut Simulation, design: &Design, service: &str) {
    for instance in instances_of(design, service) {
        strike(simulation, Fault::Crash(instance));
    }
}

/// What ended between two reports, of each kind.
pub fn ended_between(before: &GroupReport, after: &GroupReport) -> BTreeMap<KindId, Ended> {
    let kinds = after.kinds.iter().zip(&before.kinds);
    kinds.map(|((kind, after), (_, before))| (kind.clone(), Ended::between(before, after))).collect()
}

/// How many requests ended well, and not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ended {
    pub succeeded: u64,
    pub failed: u64,
}

impl Ended {
    pub fn between(before: &Tally, after: &Tally) -> Ended {
        Ended { succeeded: after.succeeded - before.succeeded, failed: after.failures() - before.failures() }
    }

    pub fn all(self) -> u64 {
        self.succeeded + self.failed
    }

    /// The share that ended well.
    pub fn availability(self) -> f64 {
        self.succeeded as f64 / self.all().max(1) as f64
    }
}

/// What ended from `from` to `to`, in a run already at `from`.
pub fn ended_until(simulation: &mut Simulation, to: Span) -> Ended {
    let before = only(simulation.report()).total;
    simulation.run_until(at(to));
    Ended::between(&before, &only(simulation.report()).total)
}

/// Everything that happens from now until `until`, told to `listener` with the name of the instance at which it
/// happens, if it is one.
pub fn listen(simulation: &mut Simulation, until: Span, listener: &mut dyn FnMut(SimTime, &Fact)) {
    simulation.run_until_with(at(until), listener);
}

/// The messages between places from now until `until`, counted by sender, receiver and kind of request.
pub fn messages(simulation: &mut Simulation, until: Span) -> BTreeMap<(Place, Place, u32), u64> {
    let mut counted = BTreeMap::new();
    listen(simulation, until, &mut |_, fact| {
        if let Fact::Sent { from, to, kind, .. } = *fact {
            *counted.entry((from, to, kind)).or_default() += 1;
        }
    });
    counted
}

/// How many calls each instance finished, by its name.
pub fn finished(report: &GroupReport) -> BTreeMap<String, u64> {
    let instances = report.services.iter().flat_map(|service| &service.instances);
    instances.map(|one| (one.instance.to_string(), one.finished)).collect()
}

/// When requests ended from now until `until`, in hours, and how.
pub fn hours_of_ends(simulation: &mut Simulation, until: Span) -> Vec<(f64, Outcome)> {
    let mut ends = Vec::new();
    listen(simulation, until, &mut |now, fact| {
        if let Fact::Ended { outcome, .. } = fact {
            ends.push((now.as_secs_f64() / 3600.0, *outcome));
        }
    });
    ends
}

/// An hour of simulated time, `count` times.
pub fn hours(count: u64) -> Span {
    secs(3600 * count)
}

/// Whether `value` lies within `share` of `expected`.
pub fn assert_near(what: &str, value: f64, expected: f64, share: f64) {
    assert!((value - expected).abs() <= share * expected.abs(), "{what}: {value}, not about {expected}");
}
