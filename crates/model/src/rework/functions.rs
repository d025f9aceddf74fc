//! Functions: adding one, and removing one with all that refers to it.

use crate::business::{Business, Call, Function, Step};
use crate::command::Command;
use crate::design::Design;
use crate::distribution::Distribution;
use crate::id::{FunctionId, KindId};
use crate::time::Span;

/// What a new function works, until it is told.
const FIRST_WORK: Distribution = Distribution::Exponential(Span::from_millis(5));

/// Adds a function that is called `words`, with a call to it at the end of `caller`, if one is given.
pub fn add_function(
    design: &Design,
    words: &str,
    caller: Option<&FunctionId>,
) -> Option<(FunctionId, Command)> {
    let known = &design.business.functions;
    let id = super::name_for(words, "function", |name: &FunctionId| known.contains_key(name));
    let command = super::change(design, |business| {
        let title = super::title_for(words, id.as_str());
        let function = Function { title, work: FIRST_WORK, steps: Vec::new() };
        business.functions.insert(id.clone(), function);
        if let Some(caller) = caller.and_then(|caller| business.functions.get_mut(caller)) {
            caller.steps.push(Step::Call(Call::to(id.clone())));
        }
    })?;
    Some((id, command))
}

/// Removes a function, the calls to it, its place in modules, services and transactions, the request kinds that
/// enter by it, what groups say of its topic, and faults to come that name it or what ran it. `None` if it is not in the design.
pub fn remove_function(design: &Design, function: &FunctionId) -> Option<Command> {
    if !design.business.functions.contains_key(function) {
        return None;
    }
    let entering = design.business.requests.iter().filter(|(_, kind)| kind.entry == *function);
    let kinds: Vec<KindId> = entering.map(|(id, _)| id.clone()).collect();
    let mut commands = super::set_policies(design, |policies| {
        policies.messaging.topics.shift_remove(function);
        if let Some(edge) = &mut policies.edge {
            edge.kinds.retain(|kind, _| !kinds.contains(kind));
        }
    });
    commands.extend(super::change(design, |business| {
        business.functions.shift_remove(function);
        business.requests.retain(|kind, _| !kinds.contains(kind));
        forget(business, function);
    }));
    super::with_dependents(design, super::together(commands))
}

/// Removes all that a business says of `function` beside the function itself.
fn forget(business: &mut Business, function: &FunctionId) {
    for other in business.functions.values_mut() {
        for step in &mut other.steps {
            if let Step::Parallel(calls) = step {
                calls.retain(|call| call.to != *function);
            }
            let calls = match step {
                Step::Call(call) => std::slice::from_mut(call),
                Step::Parallel(calls) => calls.as_mut_slice(),
                Step::Access(_) => &mut [],
            };
            for call in calls.iter_mut().filter(|call| call.fallback.as_ref() == Some(function)) {
                call.fallback = None;
            }
        }
        other.steps.retain(|step| match step {
            Step::Call(call) => call.to != *function,
            Step::Parallel(calls) => !calls.is_empty(),
            Step::Access(_) => true,
        });
    }
    let left = |functions: &mut Vec<FunctionId>| {
        let before = functions.len();
        functions.retain(|other| other != function);
        // What was empty already was left so by somebody.
        before == functions.len() || !functions.is_empty()
    };
    business.modules.retain(|_, module| left(&mut module.functions));
    business.services.retain(|_, service| left(&mut service.functions));
    business.transactions.retain(|other| other != function);
}
