//! What is wrong with a design, told to the person who draws it. Never fails.

mod balancing;
mod calls;
mod faults;
mod flow;
mod groups;
mod mend;
mod problem;
mod releases;
mod risk;
mod stores;
mod telling;

use std::collections::{BTreeMap, BTreeSet};

use crate::business::{Business, Step};
use crate::client::Load;
use crate::deployment::Deployment;
use crate::design::Design;
use crate::distribution::Distribution;
use crate::document;
use crate::group::Layout;
use crate::id::{FunctionId, GroupId, MachineId};
use crate::layout;

pub use mend::mend;
pub use problem::{Part, Problem, Severity, What};
pub use risk::{Risk, risks};

/// The most problems that are told at once.
pub const MAX_PROBLEMS: usize = 200;

/// The problems of a design, errors first, otherwise in the order of the design.
pub fn validate(design: &Design) -> Vec<Problem> {
    let mut problems = Problems(Vec::new());
    check_requests(design, &mut problems);
    check_functions(design, &mut problems);
    calls::check(&design.business, &mut problems);
    check_homes(&design.business, &mut problems);
    stores::check(design, &mut problems);
    flow::check(design, &mut problems);
    check_machines(design, &mut problems);
    let deployments: Vec<Deployment> =
        design.outer_groups().map(|(id, group)| layout::deploy(design, id, group)).collect();
    groups::check(design, &mut problems);
    for ((id, group), deployment) in design.outer_groups().zip(&deployments) {
        check_group(id, design, deployment, &mut problems);
        balancing::check(id, group, design, &mut problems);
    }
    check_clients(design, &mut problems);
    faults::check(design, &deployments, &mut problems);
    releases::check(design, &deployments, &mut problems);
    check_links(design, &deployments, &mut problems);
    let Problems(mut problems) = problems;
    // Numbers beyond all bounds, of which only some are told by name above.
    if let Err(error) = document::check_bounds(design)
        && !problems.iter().any(|problem| matches!(problem.what, What::NoCores | What::NoWorkers))
    {
        problems.push(Problem { part: Part::Design, what: What::OutOfBounds { error } });
    }
    let (mut problems, warnings): (Vec<_>, Vec<_>) =
        problems.into_iter().partition(|problem| problem.severity() == Severity::Error);
    problems.extend(warnings);
    problems
}

/// Everything that a person may want to know of a design: what is wrong with it, then what is odd, then what may
/// hurt.
pub fn examine(design: &Design) -> Vec<Problem> {
    let mut problems = validate(design);
    problems.extend(risks(design));
    problems.truncate(MAX_PROBLEMS);
    problems
}

/// Problems found so far; those beyond the limit are not kept.
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, part: Part, what: What) {
        if self.0.len() < MAX_PROBLEMS {
            self.0.push(Problem { part, what });
        }
    }
}

fn check_requests(design: &Design, problems: &mut Problems) {
    let requests = &design.business.requests;
    for (id, kind) in requests {
        if !design.business.functions.contains_key(&kind.entry) {
            problems.add(Part::Kind(id.clone()), What::UnknownEntry { function: kind.entry.clone() });
        }
    }
    if requests.is_empty() && !design.clients.is_empty() {
        problems.add(Part::Design, What::NoRequests);
    }
    if !requests.is_empty() && !requests.values().any(|kind| kind.share > 0.0) {
        problems.add(Part::Design, What::NoShare);
    }
}

fn check_functions(design: &Design, problems: &mut Problems) {
    let business = &design.business;
    for (id, function) in &business.functions {
        let part = || Part::Function(id.clone());
        check_distribution(&function.work, part, problems);
        for (step, number) in function.steps.iter().zip(1..) {
            if let Step::Access(access) = step {
                if !business.data.contains_key(&access.data) {
                    problems.add(part(), What::UnknownData { data: access.data.clone() });
                }
                check_probability(access.probability, number, part, problems);
            }
            if let Step::Parallel(calls) = step
                && calls.is_empty()
            {
                problems.add(part(), What::EmptyParallel { step: number });
            }
            for call in step.calls() {
                if !business.functions.contains_key(&call.to) {
                    problems.add(part(), What::UnknownCall { function: call.to.clone() });
                }
                if let Some(fallback) = &call.fallback
                    && !business.functions.contains_key(fallback)
                {
                    problems.add(part(), What::UnknownCall { function: fallback.clone() });
                }
                check_probability(call.probability, number, part, problems);
                // Whoever waits for the caller has given up by then, in every group.
                let patience = design.groups.values().map(|group| group.policies.timeouts.response).max();
                if let (Some(deadline), Some(timeout)) = (call.deadline, patience)
                    && call.is_awaited()
                    && deadline > timeout
                {
                    let function = call.to.clone();
                    problems.add(part(), What::DeadlineTooLong { function, deadline, timeout });
                }
            }
        }
    }
    for (id, data) in &business.data {
        for distribution in [&data.read, &data.write] {
            check_distribution(distribution, || Part::Data(id.clone()), problems);
        }
    }
}

fn check_probability(given: f64, step: usize, part: impl Fn() -> Part, problems: &mut Problems) {
    if !(0.0..=1.0).contains(&given) {
        problems.add(part(), What::Probability { step, given });
    }
}

fn check_distribution(distribution: &Distribution, part: impl Fn() -> Part, problems: &mut Problems) {
    match *distribution {
        Distribution::Uniform { from, to } if from > to => {
            problems.add(part(), What::UniformBackwards { from, to });
        }
        // Not `scv < 1.0`: what is not a number is wrong too.
        Distribution::Hyperexponential { scv, .. } if scv.is_nan() || scv < 1.0 => {
            problems.add(part(), What::ScvBelowOne { scv });
        }
        _ => {}
    }
}

/// Each function lives in one module and in one service.
fn check_homes(business: &Business, problems: &mut Problems) {
    let mut homes: BTreeMap<&FunctionId, _> = BTreeMap::new();
    for (id, module) in &business.modules {
        for function in &module.functions {
            if !business.functions.contains_key(function) {
                let function = function.clone();
                problems.add(Part::Module(id.clone()), What::UnknownInModule { function });
            } else if let Some(first) = homes.insert(function, id) {
                let (first, second) = (first.clone(), id.clone());
                problems.add(Part::Function(function.clone()), What::InTwoModules { first, second });
            }
        }
        if module.capacity.is_some_and(|capacity| capacity.workers == 0) {
            problems.add(Part::Module(id.clone()), What::NoWorkers);
        }
    }
    let mut homes: BTreeMap<&FunctionId, _> = BTreeMap::new();
    for (id, service) in &business.services {
        for function in &service.functions {
            if !business.functions.contains_key(function) {
                let function = function.clone();
                problems.add(Part::Service(id.clone()), What::UnknownInService { function });
            } else if let Some(first) = homes.insert(function, id) {
                let (first, second) = (first.clone(), id.clone());
                problems.add(Part::Function(function.clone()), What::InTwoServices { first, second });
            }
        }
        if service.capacity.is_some_and(|capacity| capacity.workers == 0) {
            problems.add(Part::Service(id.clone()), What::NoWorkers);
        }
    }
}

fn check_machines(design: &Design, problems: &mut Problems) {
    let mut seats: BTreeMap<&MachineId, &GroupId> = BTreeMap::new();
    for (id, group) in &design.groups {
        for machine in group.machines() {
            if !design.machines.contains_key(machine) {
                let machine = machine.clone();
                problems.add(Part::Group(id.clone()), What::UnknownMachine { machine });
            } else if let Some(first) = seats.insert(machine, id) {
                let (first, second) = (first.clone(), id.clone());
                problems.add(Part::Machine(machine.clone()), What::SeatedTwice { first, second });
            }
        }
    }
    for (id, machine) in &design.machines {
        if machine.cores == 0 {
            problems.add(Part::Machine(id.clone()), What::NoCores);
        }
    }
}

fn check_group(id: &GroupId, design: &Design, deployment: &Deployment, problems: &mut Problems) {
    let group = &design.groups[id];
    let part = || Part::Group(id.clone());
    if group.policies.capacity.workers == 0 {
        problems.add(part(), What::NoWorkers);
    }
    let machines = design.machines_in(group).len();
    if machines == 0 {
        return problems.add(part(), What::NoMachines);
    }
    match group.layout {
        Layout::Cluster if machines == 1 => problems.add(part(), What::SingleMachine),
        Layout::Distributed => {
            let gone = deployment.services.iter().filter(|service| service.instances.is_empty());
            let modules: Vec<_> = gone.map(|service| service.id.clone()).collect();
            if !modules.is_empty() {
                problems.add(part(), What::ModulesWithoutMachine { modules });
            }
        }
        Layout::Cluster | Layout::Microservice | Layout::Free => {}
    }
}

fn check_clients(design: &Design, problems: &mut Problems) {
    for (id, client) in &design.clients {
        let part = || Part::Client(id.clone());
        for group in client.to.iter().filter(|group| !design.groups.contains_key(*group)) {
            problems.add(part(), What::UnknownGroup { group: group.clone() });
        }
        if client.to.is_empty() {
            problems.add(part(), What::SendsNowhere);
        }
        match &client.load {
            Load::Users { think, .. } => check_distribution(think, part, problems),
            Load::Bursts { length, every, .. } if length > every => {
                problems.add(part(), What::BurstTooLong { length: *length, every: *every });
            }
            Load::Ramp { points, .. } => {
                if points.is_empty() {
                    problems.add(part(), What::EmptyLoad);
                }
                if !points.is_sorted_by_key(|point| point.at) {
                    problems.add(part(), What::LoadBackwards);
                }
            }
            Load::Recorded { at, every } => {
                if at.is_empty() {
                    problems.add(part(), What::EmptyLoad);
                }
                if !at.is_sorted() || every.is_some_and(|every| at.last().is_some_and(|last| *last >= every))
                {
                    problems.add(part(), What::LoadBackwards);
                }
            }
            Load::Poisson { .. } | Load::Bursts { .. } | Load::Batch { .. } => {}
        }
    }
}

/// What of a design names a part that is not there, each list as long as the design's.
pub(crate) struct Missing {
    pub(crate) faults: Vec<bool>,
    pub(crate) chaos: Vec<bool>,
    pub(crate) releases: Vec<bool>,
    pub(crate) links: Vec<bool>,
}

/// Finds what names a part that is not there: of the faults and releases to come, and of the network's links.
pub(crate) fn missing(design: &Design) -> Missing {
    let deployments: Vec<Deployment> =
        design.outer_groups().map(|(id, group)| layout::deploy(design, id, group)).collect();
    let (faults, chaos) = faults::missing(design, &deployments);
    let stores = stores(&deployments);
    let links = design.network.links.iter();
    let known = |end: &String| is_link_end(design, &stores, end);
    let groups = |release: &crate::policy::PlannedRelease| design.groups.contains_key(&release.release.group);
    Missing {
        faults,
        chaos,
        releases: design.scenario.releases.iter().map(|release| !groups(release)).collect(),
        links: links.map(|link| !known(&link.between.0) || !known(&link.between.1)).collect(),
    }
}

fn is_link_end(design: &Design, stores: &BTreeSet<String>, end: &String) -> bool {
    design.machines.contains_key(end.as_str())
        || design.clients.contains_key(end.as_str())
        || stores.contains(end)
}

/// Links lead from parts that are there to parts that are there.
fn check_links(design: &Design, deployments: &[Deployment], problems: &mut Problems) {
    let stores = stores(deployments);
    for link in &design.network.links {
        for end in [&link.between.0, &link.between.1] {
            if !is_link_end(design, &stores, end) {
                problems.add(Part::Design, What::UnknownLinkEnd { target: end.clone() });
            }
        }
    }
}

/// The stores that the layouts make, as `group/store`.
fn stores(deployments: &[Deployment]) -> BTreeSet<String> {
    let of = |deployment: &Deployment| -> Vec<String> {
        let named = deployment.stores.iter().map(|store| format!("{}/{}", deployment.group, store.id));
        named.collect()
    };
    deployments.iter().flat_map(of).collect()
}
