//! Mending: the change that ends a problem, if there is one to click.

use super::problem::{Part, Problem, What};
use super::risk::{self, Risk};
use crate::business::{Business, Call, Step};
use crate::client::Load;
use crate::command::{Command, Hardware};
use crate::design::Design;
use crate::distribution::Distribution;
use crate::id::{FunctionId, GroupId};
use crate::policy::{HealthCheck, Rhythm};
use crate::rework::{self, change};

/// The most machines that a click adds.
const MOST_MACHINES: usize = 12;

/// The change that ends `problem`, as one step; `None` if a person has to decide.
pub fn mend(design: &Design, problem: &Problem) -> Option<Command> {
    let part = &problem.part;
    match &problem.what {
        What::Risk(risk) => risk::mend(design, part, risk),
        What::UnknownCall { function } => without_calls(design, function),
        What::UnknownData { data } => rework::remove_data(design, data),
        What::UnknownTransaction { function } => rework::set_transaction(design, function, false),
        What::UnknownInModule { function } => change(design, |business| {
            business.modules.values_mut().for_each(|it| it.functions.retain(|it| it != function));
        }),
        What::UnknownInService { function } => change(design, |business| {
            business.services.values_mut().for_each(|it| it.functions.retain(|it| it != function));
        }),
        What::UnknownInStore { store } => change(design, |business| {
            let known: Vec<_> = business.data.keys().cloned().collect();
            if let Some(store) = business.stores.get_mut(store) {
                store.data.retain(|data| known.contains(data));
            }
        }),
        What::InTwoModules { first, .. } => change(design, |business| {
            let Part::Function(function) = part else { return };
            let others = business.modules.iter_mut().filter(|(id, _)| *id != first);
            others.for_each(|(_, module)| module.functions.retain(|it| it != function));
        }),
        What::InTwoServices { first, .. } => change(design, |business| {
            let Part::Function(function) = part else { return };
            let others = business.services.iter_mut().filter(|(id, _)| *id != first);
            others.for_each(|(_, service)| service.functions.retain(|it| it != function));
        }),
        What::NoShare => change(design, |business| {
            business.requests.values_mut().for_each(|kind| kind.share = 1.0);
        }),
        What::UnknownEntry { .. } => {
            let Part::Kind(kind) = part else { return None };
            rework::remove_kind(design, kind)
        }
        What::EndlessCalls { circle } => {
            let [.., last, first] = circle.as_slice() else { return None };
            cut(design, last, first)
        }
        What::EmptyParallel { step } => {
            let Part::Function(function) = part else { return None };
            rework::remove_step(design, function, step - 1)
        }
        What::Probability { .. } => change(design, sensible_chances),
        What::UniformBackwards { .. } | What::ScvBelowOne { .. } => distributions(design),
        What::DeadlineTooLong { function, timeout, .. } => {
            let Part::Function(caller) = part else { return None };
            change(design, |business| {
                let function_of = business.functions.get_mut(caller);
                each_call(function_of.into_iter().flat_map(|it| &mut it.steps), |call| {
                    if call.to == *function {
                        call.deadline = call.deadline.map(|deadline| deadline.min(*timeout));
                    }
                });
            })
        }
        _ => mend_deployment(design, problem),
    }
}

/// What is wrong with machines, groups and clients.
fn mend_deployment(design: &Design, problem: &Problem) -> Option<Command> {
    match (&problem.part, &problem.what) {
        (Part::Machine(machine), What::NoCores) => {
            let from = Hardware::of(design.machines.get(machine)?);
            let to = Hardware { cores: 1, ..from.clone() };
            Some(Command::SetHardware { machine: machine.clone(), from, to })
        }
        (Part::Group(id), What::NoMachines) => {
            let candidates = (1..=MOST_MACHINES).filter_map(|count| risk::add_machines(design, id, count));
            ended(design, id, candidates, |what| {
                matches!(what, What::NoMachines | What::SingleMachine | What::ModulesWithoutMachine { .. })
            })
        }
        (Part::Group(id), What::SingleMachine) => risk::add_machines(design, id, 1),
        (Part::Group(id), What::ModulesWithoutMachine { .. }) => {
            let candidates = (1..=MOST_MACHINES).filter_map(|count| risk::add_machines(design, id, count));
            ended(design, id, candidates, |what| matches!(what, What::ModulesWithoutMachine { .. }))
        }
        (Part::Group(id), What::NobodyLooks) => {
            let usual = HealthCheck::default();
            risk::set_policies(id, design.groups.get(id)?, |policies| {
                let health = &mut policies.health;
                health.rhythm = Rhythm::AfterEnd;
                (health.interval, health.timeout, health.fall) = (usual.interval, usual.timeout, usual.fall);
            })
        }
        (Part::Group(id), What::NoWorkers) => {
            risk::set_policies(id, design.groups.get(id)?, |policies| policies.capacity.workers = 200)
        }
        (Part::Group(id), What::UnknownTopic { function }) => {
            risk::set_policies(id, design.groups.get(id)?, |policies| {
                policies.messaging.topics.shift_remove(function);
            })
        }
        (Part::Group(id), What::UnknownKindAtEdge { kind }) => {
            risk::set_policies(id, design.groups.get(id)?, |policies| {
                if let Some(edge) = &mut policies.edge {
                    edge.kinds.shift_remove(kind);
                }
            })
        }
        (Part::Module(id), What::NoWorkers) => change(design, |business| {
            if let Some(capacity) = business.modules.get_mut(id).and_then(|it| it.capacity.as_mut()) {
                capacity.workers = 200;
            }
        }),
        (Part::Service(id), What::NoWorkers) => change(design, |business| {
            if let Some(capacity) = business.services.get_mut(id).and_then(|it| it.capacity.as_mut()) {
                capacity.workers = 200;
            }
        }),
        (Part::Client(client), What::SendsNowhere) => {
            let group = design.groups.keys().next()?.clone();
            Some(Command::Connect { client: client.clone(), group, index: 0 })
        }
        (Part::Client(client), What::UnknownGroup { group }) => {
            let index = design.clients.get(client)?.to.iter().position(|to| to == group)?;
            Some(Command::Disconnect { client: client.clone(), group: group.clone(), index })
        }
        (Part::Client(client), What::BurstTooLong { .. }) => {
            let from = design.clients.get(client)?.load.clone();
            let mut to = from.clone();
            if let Load::Bursts { length, every, .. } = &mut to {
                *length = *every;
            }
            (to != from).then(|| Command::SetLoad { client: client.clone(), from, to })
        }
        (Part::Client(client), What::LoadBackwards) => {
            let from = design.clients.get(client)?.load.clone();
            let mut to = from.clone();
            match &mut to {
                Load::Ramp { points, .. } => points.sort_by_key(|point| point.at),
                Load::Recorded { at, every } => {
                    at.sort();
                    let too_soon = |every: &crate::time::Span| at.last().is_some_and(|last| last >= every);
                    *every = every.filter(|every| !too_soon(every));
                }
                _ => {}
            }
            (to != from).then(|| Command::SetLoad { client: client.clone(), from, to })
        }
        _ => None,
    }
}

/// The first of `candidates` after which the group has no risk of the same kind.
pub(super) fn tried(
    design: &Design,
    id: &GroupId,
    risk: &Risk,
    candidates: impl Iterator<Item = Command>,
) -> Option<Command> {
    let same = |other: &Problem| match &other.what {
        What::Risk(other_risk) => {
            other.part == Part::Group(id.clone())
                && std::mem::discriminant(other_risk) == std::mem::discriminant(risk)
        }
        _ => false,
    };
    candidates.into_iter().find(|command| {
        let mut after = design.clone();
        command.apply(&mut after);
        !risk::of_group(&after, id).iter().any(same)
    })
}

/// The first of `candidates` after which nothing of the kind is wrong with the group.
fn ended(
    design: &Design,
    id: &GroupId,
    candidates: impl Iterator<Item = Command>,
    is_bad: fn(&What) -> bool,
) -> Option<Command> {
    candidates.into_iter().find(|command| {
        let mut after = design.clone();
        command.apply(&mut after);
        let problems = super::validate(&after);
        !problems.iter().any(|it| it.part == Part::Group(id.clone()) && is_bad(&it.what))
    })
}

/// Several commands as one; `None` if there are none.
pub(super) fn together(mut commands: Vec<Command>) -> Option<Command> {
    match commands.len() {
        0 | 1 => commands.pop(),
        _ => Some(Command::Batch(commands)),
    }
}

fn each_call<'a>(steps: impl Iterator<Item = &'a mut Step>, mut change: impl FnMut(&mut Call)) {
    for step in steps {
        match step {
            Step::Call(call) => change(call),
            Step::Parallel(calls) => calls.iter_mut().for_each(&mut change),
            Step::Access(_) => {}
        }
    }
}

/// No calls of a function, and nobody falls back on it.
fn without_calls(design: &Design, function: &FunctionId) -> Option<Command> {
    change(design, |business| {
        for other in business.functions.values_mut() {
            each_call(other.steps.iter_mut(), |call| {
                call.fallback = call.fallback.take().filter(|fallback| fallback != function);
            });
            for step in &mut other.steps {
                if let Step::Parallel(calls) = step {
                    calls.retain(|call| call.to != *function);
                }
            }
            other.steps.retain(|step| match step {
                Step::Call(call) => call.to != *function,
                Step::Parallel(calls) => !calls.is_empty(),
                Step::Access(_) => true,
            });
        }
    })
}

/// No calls from one function to another.
fn cut(design: &Design, from: &FunctionId, to: &FunctionId) -> Option<Command> {
    change(design, |business| {
        let Some(function) = business.functions.get_mut(from) else { return };
        for step in &mut function.steps {
            if let Step::Parallel(calls) = step {
                calls.retain(|call| call.to != *to);
            }
        }
        function.steps.retain(|step| match step {
            Step::Call(call) => call.to != *to,
            Step::Parallel(calls) => !calls.is_empty(),
            Step::Access(_) => true,
        });
    })
}

fn sensible_chances(business: &mut Business) {
    let sensible = |chance: f64| if chance.is_nan() { 1.0 } else { chance.clamp(0.0, 1.0) };
    for function in business.functions.values_mut() {
        for step in &mut function.steps {
            match step {
                Step::Access(access) => access.probability = sensible(access.probability),
                Step::Call(call) => call.probability = sensible(call.probability),
                Step::Parallel(calls) => {
                    calls.iter_mut().for_each(|call| call.probability = sensible(call.probability));
                }
            }
        }
    }
}

/// Distributions that can be drawn from.
fn distributions(design: &Design) -> Option<Command> {
    let mend = |distribution: &mut Distribution| match *distribution {
        Distribution::Uniform { from, to } if from > to => {
            *distribution = Distribution::Uniform { from: to, to: from };
        }
        // Not `scv < 1.0`: what is not a number is wrong too.
        Distribution::Hyperexponential { mean, scv } if scv.is_nan() || scv < 1.0 => {
            *distribution = Distribution::Hyperexponential { mean, scv: 1.0 };
        }
        _ => {}
    };
    change(design, |business| {
        business.functions.values_mut().for_each(|it| mend(&mut it.work));
        for data in business.data.values_mut() {
            mend(&mut data.read);
            mend(&mut data.write);
        }
    })
}
