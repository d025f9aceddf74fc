//! Waiting: longer than anybody waits for the one who waits, or shorter than it takes.

use super::demand::Times;
use super::{Look, Risk, set_policies};
use crate::business::{Call, Step};
use crate::command::Command;
use crate::design::Design;
use crate::id::FunctionId;
use crate::time::Span;
use crate::validate::Problems;
use crate::validate::problem::{Part, What};

pub(super) fn check(look: &Look<'_>, problems: &mut Problems) {
    let response = look.policies().timeouts.response;
    let clients = look.design.clients.values().filter(|client| client.to.contains(look.id));
    let patience = clients.map(|client| client.patience).max();
    if let Some(patience) = patience.filter(|patience| response > *patience) {
        look.add(problems, Risk::LongTimeout { timeout: response, patience });
    }
    if let Some(short) = short(look) {
        look.add(problems, short);
    }
    // With deadlines that go down with the calls nobody waits longer than his caller.
    if !look.policies().resilience.deadlines {
        inner_longer(look, problems);
    }
}

/// A call over the network that is waited for.
fn is_awaited(look: &Look<'_>, caller: &FunctionId, call: &Call) -> bool {
    call.is_awaited() && call.count > 0 && call.probability > 0.0 && look.home(caller) != look.home(&call.to)
}

/// The call that takes longest beyond what it is waited for.
fn short(look: &Look<'_>) -> Option<Risk> {
    let business = &look.design.business;
    let response = look.policies().timeouts.response;
    let mut times = Times::of(look.design);
    let entries = business.requests.values().filter(|kind| kind.share > 0.0);
    let entries = entries.map(|kind| (&kind.entry, response));
    let calls = business.functions.iter().flat_map(|(caller, function)| {
        let calls = function.steps.iter().flat_map(Step::calls);
        let calls = calls.filter(move |call| is_awaited(look, caller, call));
        calls.map(move |call| (&call.to, call.deadline.map_or(response, |deadline| deadline.min(response))))
    });
    let mut worst: Option<(f64, Risk)> = None;
    for (function, timeout) in entries.chain(calls) {
        let mean = times.least(function);
        let beyond = mean / timeout.as_secs_f64().max(1e-9);
        if beyond > 1.0 && worst.as_ref().is_none_or(|(most, _)| beyond > *most) {
            let mean = Span::from_secs_f64(mean);
            worst = Some((beyond, Risk::ShortTimeout { function: function.clone(), timeout, mean }));
        }
    }
    worst.map(|(_, risk)| risk)
}

/// Functions that are waited for shorter than they wait themselves.
fn inner_longer(look: &Look<'_>, problems: &mut Problems) {
    let business = &look.design.business;
    let response = look.policies().timeouts.response;
    let waits = |call: &Call| call.deadline.map_or(response, |deadline| deadline.min(response));
    for (outer_caller, function) in &business.functions {
        for outer in function.steps.iter().flat_map(Step::calls) {
            // A whole timeout is what everybody waits anyway; who sets less means it.
            if outer.deadline.is_none() || !is_awaited(look, outer_caller, outer) {
                continue;
            }
            let Some(callee) = business.functions.get(&outer.to) else { continue };
            for inner in callee.steps.iter().flat_map(Step::calls) {
                if is_awaited(look, &outer.to, inner) && waits(inner) > waits(outer) {
                    let risk = Risk::InnerLonger {
                        function: inner.to.clone(),
                        inner: waits(inner),
                        outer: waits(outer),
                    };
                    problems.add(Part::Function(outer.to.clone()), What::Risk(risk));
                }
            }
        }
    }
}

/// Lets `caller` wait no longer than `outer` for `function`.
pub(super) fn shorten(
    design: &Design,
    caller: &FunctionId,
    function: &FunctionId,
    outer: Span,
) -> Option<Command> {
    crate::rework::change(design, |business| {
        let steps = business.functions.get_mut(caller).map(|it| &mut it.steps);
        for step in steps.into_iter().flatten() {
            let calls = match step {
                Step::Call(call) => std::slice::from_mut(call),
                Step::Parallel(calls) => calls.as_mut_slice(),
                Step::Access(_) => &mut [],
            };
            for call in calls.iter_mut().filter(|call| call.to == *function && call.is_awaited()) {
                call.deadline = Some(call.deadline.map_or(outer, |deadline| deadline.min(outer)));
            }
        }
    })
}

pub(super) fn mend(look: &Look<'_>, risk: &Risk) -> Option<Command> {
    match risk {
        Risk::LongTimeout { patience, .. } => {
            set_policies(look.id, look.group, |policies| policies.timeouts.response = *patience)
        }
        Risk::ShortTimeout { timeout, mean, .. } if *timeout >= look.policies().timeouts.response => {
            // Twice what it takes, in whole seconds.
            let seconds = (mean.as_secs_f64() * 2.0).ceil().max(1.0);
            set_policies(look.id, look.group, |policies| {
                policies.timeouts.response = Span::from_secs_f64(seconds);
            })
        }
        Risk::ShortTimeout { function, mean, .. } => {
            let enough = Span::from_secs_f64((mean.as_secs_f64() * 2e3).ceil() / 1e3);
            crate::rework::change(look.design, |business| {
                let steps = business.functions.values_mut().flat_map(|it| &mut it.steps);
                for step in steps {
                    let calls = match step {
                        Step::Call(call) => std::slice::from_mut(call),
                        Step::Parallel(calls) => calls.as_mut_slice(),
                        Step::Access(_) => &mut [],
                    };
                    let short = |call: &&mut Call| {
                        call.to == *function && call.deadline.is_some_and(|deadline| deadline < *mean)
                    };
                    calls.iter_mut().filter(short).for_each(|call| call.deadline = Some(enough));
                }
            })
        }
        _ => None,
    }
}
