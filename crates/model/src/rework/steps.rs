//! The steps of a function: calls one after another or at once, reads and writes.
//!
//! A step is named by its place; a call inside of a step that makes several at once by its place there, too.

use crate::business::{Access, Call, Function, Step};
use crate::command::Command;
use crate::design::Design;
use crate::id::FunctionId;
use crate::policy::Queue;
use crate::protocol::CallKind;

/// How a call reaches its function, and whether it is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Directly, in a protocol if it names one; the caller waits for the answer.
    Direct(Option<CallKind>),
    /// Likewise; the caller goes on at once.
    Asynchronous(Option<CallKind>),
    /// Through a queue; the caller waits until the broker has the message.
    Queued(Queue),
}

impl Way {
    /// The way a call takes.
    pub fn of(call: &Call) -> Way {
        match (call.queue, call.asynchronous) {
            (Some(queue), _) => Way::Queued(queue),
            (None, true) => Way::Asynchronous(call.by),
            (None, false) => Way::Direct(call.by),
        }
    }
}

/// Adds a step at the end of a function.
pub fn add_step(design: &Design, function: &FunctionId, step: Step) -> Option<Command> {
    edit(design, function, |function| function.steps.push(step))
}

/// Removes a step.
pub fn remove_step(design: &Design, function: &FunctionId, place: usize) -> Option<Command> {
    edit(design, function, |function| {
        if place < function.steps.len() {
            function.steps.remove(place);
        }
    })
}

/// Moves a step to another place among the steps of its function.
pub fn move_step(design: &Design, function: &FunctionId, from: usize, to: usize) -> Option<Command> {
    edit(design, function, |function| {
        if from < function.steps.len() && to < function.steps.len() {
            let step = function.steps.remove(from);
            function.steps.insert(to, step);
        }
    })
}

/// Changes one call. `branch` is its place in a step that makes several at once, else 0.
pub fn set_call(
    design: &Design,
    function: &FunctionId,
    (place, branch): (usize, usize),
    change: impl FnOnce(&mut Call),
) -> Option<Command> {
    edit(design, function, |function| {
        let call = match function.steps.get_mut(place) {
            Some(Step::Call(call)) => Some(call),
            Some(Step::Parallel(calls)) => calls.get_mut(branch),
            Some(Step::Access(_)) | None => None,
        };
        if let Some(call) = call {
            change(call);
        }
    })
}

/// Gives a call another way. What makes no sense on the new one goes.
pub fn set_way(design: &Design, function: &FunctionId, at: (usize, usize), way: Way) -> Option<Command> {
    set_call(design, function, at, |call| {
        (call.queue, call.by) = match way {
            Way::Queued(queue) => (Some(queue), None),
            Way::Direct(by) | Way::Asynchronous(by) => (None, by),
        };
        call.asynchronous = matches!(way, Way::Asynchronous(_));
        if !matches!(way, Way::Direct(_)) {
            call.fallback = None;
        }
    })
}

/// Changes one access.
pub fn set_access(
    design: &Design,
    function: &FunctionId,
    place: usize,
    change: impl FnOnce(&mut Access),
) -> Option<Command> {
    edit(design, function, |function| {
        if let Some(Step::Access(access)) = function.steps.get_mut(place) {
            change(access);
        }
    })
}

/// Removes one call of a step that makes several at once. The last but one leaves a plain call behind, the last
/// takes its step with it.
pub fn remove_call(
    design: &Design,
    function: &FunctionId,
    (place, branch): (usize, usize),
) -> Option<Command> {
    edit(design, function, |function| {
        if let Some(Step::Parallel(calls)) = function.steps.get_mut(place)
            && branch < calls.len()
        {
            calls.remove(branch);
            simplify(function, place);
        } else if branch == 0 && place < function.steps.len() {
            function.steps.remove(place);
        }
    })
}

/// Says whether a call happens at the same time as the step before it, or after it.
///
/// At once: it joins the call or the calls before it. After it: the calls of its step from it on make a step of
/// their own.
pub fn set_parallel(
    design: &Design,
    function: &FunctionId,
    (place, branch): (usize, usize),
    at_once: bool,
) -> Option<Command> {
    edit(design, function, |function| {
        let steps = &mut function.steps;
        if at_once && branch == 0 && place > 0 && place < steps.len() {
            let mixed = [&steps[place - 1], &steps[place]].iter().any(|step| matches!(step, Step::Access(_)));
            if !mixed {
                let mut calls = steps.remove(place - 1).calls().to_vec();
                calls.extend_from_slice(steps[place - 1].calls());
                steps[place - 1] = Step::Parallel(calls);
            }
        } else if !at_once
            && branch > 0
            && let Some(Step::Parallel(calls)) = steps.get_mut(place)
            && branch < calls.len()
        {
            let rest = calls.split_off(branch);
            steps.insert(place + 1, Step::Parallel(rest));
            simplify(function, place + 1);
            simplify(function, place);
        }
    })
}

/// One call at once is a call, none is no step.
fn simplify(function: &mut Function, place: usize) {
    let Some(Step::Parallel(calls)) = function.steps.get_mut(place) else { return };
    match calls.len() {
        0 => drop(function.steps.remove(place)),
        1 => {
            let call = calls.remove(0);
            function.steps[place] = Step::Call(call);
        }
        _ => {}
    }
}

fn edit(design: &Design, function: &FunctionId, change: impl FnOnce(&mut Function)) -> Option<Command> {
    super::change(design, |business| {
        if let Some(function) = business.functions.get_mut(function) {
            change(function);
        }
    })
}
