//! Risks: what a design does as its maker says, and what may still hurt. Each with a change that ends it, where
//! there is one.

mod demand;
mod detection;
mod load;
mod queues;
mod redundancy;
mod retrying;
mod sessions;
mod timing;
mod unused;

use super::problem::{Part, Problem, What};
use super::{MAX_PROBLEMS, Problems};
use crate::command::Command;
use crate::deployment::Deployment;
use crate::design::Design;
use crate::group::{Group, Policies};
use crate::id::{FunctionId, GroupId, MachineId, ServiceId, StoreId};
use crate::layout;
use crate::time::Span;
use demand::Demand;

/// What may hurt.
#[derive(Debug, Clone, PartialEq)]
pub enum Risk {
    /// Services of which one copy runs.
    SinglePoint {
        /// Which.
        services: Vec<ServiceId>,
    },
    /// Services with several copies, all of them on one machine.
    OneMachine {
        /// Which.
        services: Vec<ServiceId>,
    },
    /// All machines of a group in one failure zone.
    OneZone {
        /// Which.
        zone: String,
    },
    /// Stores that keep one copy of their data.
    SingleCopy {
        /// Which.
        stores: Vec<StoreId>,
    },
    /// A store that many services use.
    SharedStore {
        /// Which.
        store: StoreId,
        /// How many services.
        count: usize,
    },
    /// A dead instance is noticed late.
    SlowDetection {
        /// How late, at worst.
        after: Span,
    },
    /// Callers wait longer than anybody waits for them.
    LongTimeout {
        /// How long.
        timeout: Span,
        /// The longest patience of a client.
        patience: Span,
    },
    /// Nobody waits as long for a function as it takes.
    ShortTimeout {
        /// The function called.
        function: FunctionId,
        /// How long it is waited for.
        timeout: Span,
        /// How long it takes on average, with nobody before it.
        mean: Span,
    },
    /// A function waits longer for another than its own caller waits for it.
    InnerLonger {
        /// The one it calls.
        function: FunctionId,
        /// How long it waits.
        inner: Span,
        /// How long its caller does.
        outer: Span,
    },
    /// Retries that multiply from layer to layer.
    RetryProduct {
        /// Attempts of each call.
        attempts: u32,
        /// Calls within calls.
        depth: u32,
        /// Attempts at the last layer for one request.
        product: u64,
    },
    /// Retries without any bound on all of them together.
    NoRetryBudget,
    /// Retries that follow at once.
    NoBackoff,
    /// A queue that nobody takes from.
    NoConsumer {
        /// The function that is called through it.
        function: FunctionId,
    },
    /// A queue that fills faster than it is emptied.
    Backlog {
        /// The function that is called through it.
        function: FunctionId,
        /// What comes, as a percentage of what can be worked on.
        percent: u32,
    },
    /// More work than a machine has cores for.
    Load {
        /// The machine.
        machine: MachineId,
        /// The work, as a percentage of what it can do.
        percent: u32,
    },
    /// More requests at once than a service has workers for.
    Workers {
        /// The service.
        service: ServiceId,
        /// Those that want a worker, as a percentage of them.
        percent: u32,
    },
    /// More reads and writes than a store can do.
    StoreLoad {
        /// The store.
        store: StoreId,
        /// As a percentage of what it can do.
        percent: u32,
    },
    /// Sessions that die with an instance, or are not found by the next one.
    SessionsInMemory,
    /// A function that nobody asks for.
    Unused,
}

impl Risk {
    /// The key of its sentence in the locale files.
    pub const fn key(&self) -> &'static str {
        match self {
            Risk::SinglePoint { .. } => "problem.risk_single_point",
            Risk::OneMachine { .. } => "problem.risk_one_machine",
            Risk::OneZone { .. } => "problem.risk_one_zone",
            Risk::SingleCopy { .. } => "problem.risk_single_copy",
            Risk::SharedStore { .. } => "problem.risk_shared_store",
            Risk::SlowDetection { .. } => "problem.risk_slow_detection",
            Risk::LongTimeout { .. } => "problem.risk_long_timeout",
            Risk::ShortTimeout { .. } => "problem.risk_short_timeout",
            Risk::InnerLonger { .. } => "problem.risk_inner_longer",
            Risk::RetryProduct { .. } => "problem.risk_retry_product",
            Risk::NoRetryBudget => "problem.risk_no_retry_budget",
            Risk::NoBackoff => "problem.risk_no_backoff",
            Risk::NoConsumer { .. } => "problem.risk_no_consumer",
            Risk::Backlog { .. } => "problem.risk_backlog",
            Risk::Load { .. } => "problem.risk_load",
            Risk::Workers { .. } => "problem.risk_workers",
            Risk::StoreLoad { .. } => "problem.risk_store_load",
            Risk::SessionsInMemory => "problem.risk_sessions_in_memory",
            Risk::Unused => "problem.risk_unused",
        }
    }

    /// What fills the placeholders of its sentence.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        let list = |services: &[ServiceId]| super::telling::joined(services, ", ");
        match self {
            Risk::SinglePoint { services } | Risk::OneMachine { services } => {
                vec![("services", list(services))]
            }
            Risk::OneZone { zone } => vec![("zone", zone.clone())],
            Risk::SingleCopy { stores } => vec![("stores", super::telling::joined(stores, ", "))],
            Risk::SharedStore { store, count } => {
                vec![("store", store.to_string()), ("count", count.to_string())]
            }
            Risk::SlowDetection { after } => vec![("after", after.to_string())],
            Risk::LongTimeout { timeout, patience } => {
                vec![("timeout", timeout.to_string()), ("patience", patience.to_string())]
            }
            Risk::ShortTimeout { function, timeout, mean } => vec![
                ("function", function.to_string()),
                ("timeout", timeout.to_string()),
                ("mean", mean.to_string()),
            ],
            Risk::InnerLonger { function, inner, outer } => vec![
                ("function", function.to_string()),
                ("inner", inner.to_string()),
                ("outer", outer.to_string()),
            ],
            Risk::RetryProduct { attempts, depth, product } => vec![
                ("attempts", attempts.to_string()),
                ("depth", depth.to_string()),
                ("product", product.to_string()),
            ],
            Risk::NoConsumer { function } => vec![("function", function.to_string())],
            Risk::Backlog { function, percent } => {
                vec![("function", function.to_string()), ("percent", percent.to_string())]
            }
            Risk::Load { machine, percent } => {
                vec![("machine", machine.to_string()), ("percent", percent.to_string())]
            }
            Risk::Workers { service, percent } => {
                vec![("service", service.to_string()), ("percent", percent.to_string())]
            }
            Risk::StoreLoad { store, percent } => {
                vec![("store", store.to_string()), ("percent", percent.to_string())]
            }
            Risk::NoRetryBudget | Risk::NoBackoff | Risk::SessionsInMemory | Risk::Unused => Vec::new(),
        }
    }
}

/// One group, and what becomes of it.
struct Look<'a> {
    design: &'a Design,
    id: &'a GroupId,
    group: &'a Group,
    deployment: Deployment,
    demand: Option<Demand>,
}

impl<'a> Look<'a> {
    fn of(design: &'a Design, id: &'a GroupId, group: &'a Group) -> Look<'a> {
        let deployment = layout::deploy(design, id, group);
        let demand = Demand::of(design, id, group, &deployment);
        Look { design, id, group, deployment, demand }
    }

    /// The machines in it, those of groups within it included.
    fn machines(&self) -> impl Iterator<Item = &'a MachineId> {
        self.design.machines_in(self.group).into_iter()
    }

    fn policies(&self) -> &Policies {
        &self.group.policies
    }

    /// The service that a function runs in, by its place in the deployment.
    fn home(&self, function: &FunctionId) -> Option<usize> {
        self.deployment.services.iter().position(|service| service.functions.contains(function))
    }

    fn add(&self, problems: &mut Problems, risk: Risk) {
        problems.add(Part::Group(self.id.clone()), What::Risk(risk));
    }
}

/// The risks of a design, in its order. None where there is something wrong with the same part.
pub fn risks(design: &Design) -> Vec<Problem> {
    let mut problems = Problems(Vec::new());
    for (id, group) in &design.groups {
        check_group(design, id, group, &mut problems);
    }
    unused::check(design, &mut problems);
    let Problems(mut problems) = problems;
    let mut seen: Vec<Problem> = Vec::new();
    problems.retain(|problem| {
        let is_new = !seen.contains(problem);
        seen.extend(is_new.then(|| problem.clone()));
        is_new
    });
    problems.truncate(MAX_PROBLEMS);
    problems
}

/// The risks of one group.
pub(super) fn of_group(design: &Design, id: &GroupId) -> Vec<Problem> {
    let mut problems = Problems(Vec::new());
    if let Some(group) = design.groups.get(id) {
        check_group(design, id, group, &mut problems);
    }
    problems.0
}

fn check_group(design: &Design, id: &GroupId, group: &Group, problems: &mut Problems) {
    if design.machines_in(group).is_empty() {
        // That is said already, and everything else follows from it.
        return;
    }
    let look = Look::of(design, id, group);
    redundancy::check(&look, problems);
    detection::check(&look, problems);
    load::check(&look, problems);
    queues::check(&look, problems);
    timing::check(&look, problems);
    retrying::check(&look, problems);
    sessions::check(&look, problems);
}

/// The change that ends a risk, if there is one that does.
pub(super) fn mend(design: &Design, part: &Part, risk: &Risk) -> Option<Command> {
    if *risk == Risk::Unused {
        let Part::Function(function) = part else { return None };
        return crate::rework::remove_function(design, function);
    }
    if let (Part::Function(caller), Risk::InnerLonger { function, outer, .. }) = (part, risk) {
        return timing::shorten(design, caller, function, *outer);
    }
    let Part::Group(id) = part else { return None };
    let group = design.groups.get(id)?;
    let look = Look::of(design, id, group);
    match risk {
        Risk::SinglePoint { .. }
        | Risk::OneMachine { .. }
        | Risk::OneZone { .. }
        | Risk::SingleCopy { .. } => redundancy::mend(&look, risk),
        Risk::SharedStore { .. } | Risk::InnerLonger { .. } | Risk::Unused => None,
        Risk::SlowDetection { .. } => detection::mend(&look),
        Risk::LongTimeout { .. } | Risk::ShortTimeout { .. } => timing::mend(&look, risk),
        Risk::RetryProduct { .. } | Risk::NoRetryBudget | Risk::NoBackoff => retrying::mend(&look, risk),
        Risk::NoConsumer { .. } | Risk::Backlog { .. } => queues::mend(&look, risk),
        Risk::Load { .. } | Risk::Workers { .. } | Risk::StoreLoad { .. } => load::mend(&look, risk),
        Risk::SessionsInMemory => sessions::mend(&look),
    }
}

/// The group's policies changed, as one step; `None` if that changes nothing.
pub(super) fn set_policies(
    id: &GroupId,
    group: &Group,
    change: impl FnOnce(&mut Policies),
) -> Option<Command> {
    let mut to = group.policies.clone();
    change(&mut to);
    (to != group.policies).then(|| Command::SetPolicies {
        group: id.clone(),
        from: Box::new(group.policies.clone()),
        to: Box::new(to),
    })
}

/// So many more machines like the last one of the group, as one step.
pub(super) fn add_machines(design: &Design, id: &GroupId, count: usize) -> Option<Command> {
    let group = design.groups.get(id)?;
    let last = group.machines().last().and_then(|machine| design.machines.get(machine)).cloned();
    let value = crate::machine::Machine { title: None, at: None, ..last.unwrap_or_default() };
    let mut after = design.clone();
    let mut commands = Vec::new();
    for _ in 0..count {
        let target = crate::intent::Target::Group(id.clone());
        let (_, command) = crate::intent::add_machine(&after, value.clone(), &target);
        command.apply(&mut after);
        commands.push(command);
    }
    super::mend::together(commands)
}
