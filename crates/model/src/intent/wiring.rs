//! Calls that a person draws from one part to another, and in what kind they are made.
//!
//! Wiring follows from the business. So a line that is drawn is a step of a function, a request kind, or a
//! group that clients send to; who holds which function says where the line runs.

use std::collections::BTreeSet;

use crate::business::{Access, Business, Call, RequestKind, Step};
use crate::command::Command;
use crate::deployment::{Deployment, Service};
use crate::design::Design;
use crate::id::{ClientId, DataId, FunctionId, GroupId, KindId, ServiceId, StoreId};
use crate::intent::hand::deployed;
use crate::intent::stores::{holds_data, own_store, owned};
use crate::layout;
use crate::policy::Queue;
use crate::protocol::CallKind;
use crate::rework;

/// How a call is made, as its line shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineKind {
    /// In no protocol that is named: it costs nothing but its way.
    Plain,
    /// As REST.
    Rest,
    /// As a remote procedure call.
    Rpc,
    /// Through a queue.
    Queue,
}

impl LineKind {
    /// All kinds, in the order a person reads them.
    pub const ALL: [LineKind; 4] = [LineKind::Plain, LineKind::Rest, LineKind::Rpc, LineKind::Queue];

    /// The kind of a call.
    pub fn of(call: &Call) -> LineKind {
        match (call.queue, call.by) {
            (Some(_), _) => LineKind::Queue,
            (None, Some(CallKind::Rest)) => LineKind::Rest,
            (None, Some(CallKind::Rpc)) => LineKind::Rpc,
            (None, None) => LineKind::Plain,
        }
    }

    fn give_to(self, call: &mut Call) {
        call.queue = (self == LineKind::Queue).then(|| call.queue.unwrap_or(Queue::Broker));
        call.by = match self {
            LineKind::Rest => Some(CallKind::Rest),
            LineKind::Rpc => Some(CallKind::Rpc),
            LineKind::Plain | LineKind::Queue => None,
        };
        if self == LineKind::Queue {
            // Nobody waits for what lies in a queue, so nothing is called instead of it.
            (call.asynchronous, call.fallback) = (false, None);
        }
    }
}

/// One of the calls that a line between two services stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct LineCall {
    /// The function that calls.
    pub caller: FunctionId,
    /// The function that is called.
    pub callee: FunctionId,
    /// In what kind.
    pub kind: LineKind,
}

/// Lets clients send to a group, too. `None` if they do, or the group stands in another one.
pub fn connect_client(design: &Design, client: &ClientId, group: &GroupId) -> Option<Command> {
    design.groups.get(group)?;
    let value = design.clients.get(client)?;
    if value.to.contains(group) || design.holder_of(group).is_some() {
        return None;
    }
    Some(Command::Connect { client: client.clone(), group: group.clone(), index: value.to.len() })
}

/// Lets clients send to a group no longer. `None` if they don't.
pub fn disconnect_client(design: &Design, client: &ClientId, group: &GroupId) -> Option<Command> {
    let index = design.clients.get(client)?.to.iter().position(|to| to == group)?;
    Some(Command::Disconnect { client: client.clone(), group: group.clone(), index })
}

/// The first function of a service that clients do not ask for yet.
pub fn open_request(business: &Business, there: &Deployment, to: &ServiceId) -> Option<FunctionId> {
    let asked = |function: &&FunctionId| business.requests.values().any(|kind| kind.entry == **function);
    service(there, to)?.functions.iter().find(|function| !asked(function)).cloned()
}

/// Lets clients ask for a function of a service directly: the first that nobody asks for yet. `None` if they
/// ask for all of them, or the service is not in the group.
pub fn draw_request(design: &Design, group: &GroupId, to: &ServiceId) -> Option<(FunctionId, Command)> {
    let business = &design.business;
    let entry = open_request(business, &deployed(design, group)?, to)?;
    let title = business.functions.get(&entry)?.title.clone();
    let share = business.requests.values().map(|kind| kind.share).fold(f64::INFINITY, f64::min);
    let share = if share.is_finite() && share > 0.0 { share } else { 1.0 };
    let name: KindId =
        layout::free_name(entry.as_str(), |name: &KindId| business.requests.contains_key(name));
    let kind = RequestKind { title, entry: entry.clone(), share, session: false };
    let command = rework::change(design, |business| {
        business.requests.insert(name, kind);
    })?;
    Some((entry, command))
}

/// The call that a service may make to another one of its deployment: by the first function that may, to the
/// first that it does not call yet. `None` if it calls them all, or calls would go round in a circle.
pub fn open_call(
    business: &Business,
    there: &Deployment,
    from: &ServiceId,
    to: &ServiceId,
) -> Option<LineCall> {
    let (calling, called) = (service(there, from)?, service(there, to)?);
    if from == to {
        return None;
    }
    let callers = calling.functions.iter();
    let mut pairs = callers.flat_map(|caller| called.functions.iter().map(move |callee| (caller, callee)));
    let open = |pair: &(&FunctionId, &FunctionId)| {
        !calls(business, pair.0, pair.1) && !leads(business, pair.1, pair.0)
    };
    let (caller, callee) = pairs.find(open)?;
    Some(LineCall { caller: caller.clone(), callee: callee.clone(), kind: LineKind::Plain })
}

/// Lets a service call another one of its group, as [`open_call`] has it.
pub fn draw_call(
    design: &Design,
    group: &GroupId,
    from: &ServiceId,
    to: &ServiceId,
) -> Option<(LineCall, Command)> {
    let line = open_call(&design.business, &deployed(design, group)?, from, to)?;
    let command = rework::add_step(design, &line.caller, Step::Call(Call::to(line.callee.clone())))?;
    Some((line, command))
}

/// The data of a store that a service may read: the first that it does not touch yet, and the function that
/// reads it. `None` if it touches all of it, or one of them is not there.
pub fn open_access(
    business: &Business,
    there: &Deployment,
    from: &ServiceId,
    store: &StoreId,
) -> Option<(FunctionId, DataId)> {
    let reading = service(there, from)?;
    let read = there.stores.iter().find(|known| known.id == *store && holds_data(known))?;
    let functions = || reading.functions.iter().filter_map(|id| business.functions.get(id));
    let touches = |step: &Step, data: &DataId| matches!(step, Step::Access(access) if access.data == *data);
    let touched = |data: &&DataId| functions().flat_map(|it| &it.steps).any(|step| touches(step, data));
    let data = read.data.iter().find(|data| !touched(data))?.clone();
    Some((reading.functions.first()?.clone(), data))
}

/// Lets a service read from a store of its group, as [`open_access`] has it.
pub fn draw_access(
    design: &Design,
    group: &GroupId,
    from: &ServiceId,
    store: &StoreId,
) -> Option<(FunctionId, Command)> {
    let (reader, data) = open_access(&design.business, &deployed(design, group)?, from, store)?;
    let access = Access { data, write: false, count: 1, probability: 1.0 };
    let command = rework::add_step(design, &reader, Step::Access(access))?;
    Some((reader, command))
}

/// The calls that functions of one service make to those of another.
pub fn calls_between(design: &Design, group: &GroupId, from: &ServiceId, to: &ServiceId) -> Vec<LineCall> {
    deployed(design, group).map_or_else(Vec::new, |there| calls_in(&design.business, &there, from, to))
}

/// The same, in a deployment that is known.
pub fn calls_in(business: &Business, there: &Deployment, from: &ServiceId, to: &ServiceId) -> Vec<LineCall> {
    let (Some(calling), Some(called)) = (service(there, from), service(there, to)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for caller in &calling.functions {
        let steps = business.functions.get(caller).map_or(&[][..], |function| &function.steps);
        for call in steps.iter().flat_map(Step::calls).filter(|call| called.functions.contains(&call.to)) {
            let (caller, callee) = (caller.clone(), call.to.clone());
            found.push(LineCall { caller, callee, kind: LineKind::of(call) });
        }
    }
    found
}

/// Gives all calls between two services a kind. `None` if they have it, or there are none.
pub fn set_line_kind(
    design: &Design,
    group: &GroupId,
    from: &ServiceId,
    to: &ServiceId,
    kind: LineKind,
) -> Option<Command> {
    let between = calls_between(design, group, from, to);
    rework::change(design, |business| {
        for line in between.iter().filter(|line| line.kind != kind) {
            give_kind(business, line, kind);
        }
    })
}

/// Gives one of the calls between services a kind. `None` if it has it.
pub fn set_call_kind(design: &Design, line: &LineCall, kind: LineKind) -> Option<Command> {
    rework::change(design, |business| give_kind(business, line, kind))
}

/// Takes all calls from one service to another away. `None` if there are none.
pub fn remove_calls(design: &Design, group: &GroupId, from: &ServiceId, to: &ServiceId) -> Option<Command> {
    let between = calls_between(design, group, from, to);
    let gone = |caller: &FunctionId, call: &Call| {
        between.iter().any(|line| line.caller == *caller && line.callee == call.to)
    };
    rework::change(design, |business| {
        for (caller, function) in &mut business.functions {
            for step in &mut function.steps {
                if let Step::Parallel(calls) = step {
                    calls.retain(|call| !gone(caller, call));
                }
            }
            function.steps.retain(|step| match step {
                Step::Call(call) => !gone(caller, call),
                Step::Parallel(calls) => !calls.is_empty(),
                Step::Access(_) => true,
            });
        }
    })
}

/// Attaches a store of its own to a service: for the data that it touches first, or for new data, if there is
/// none. `None` if it has one.
pub fn attach_store(design: &Design, group: &GroupId, to: &ServiceId) -> Option<Command> {
    let there = deployed(design, group)?;
    let owner = service(&there, to)?;
    if !owned(&design.business, &there.services, owner).is_empty() {
        return own_store(design, group, to);
    }
    let reader = owner.functions.first()?.clone();
    let (data, add) = rework::add_data(design, to.as_str())?;
    let mut after = design.clone();
    add.apply(&mut after);
    let title = owner.title.clone();
    let add = rework::change(design, |business| {
        business.clone_from(&after.business);
        if let Some(made) = business.data.get_mut(&data) {
            made.title = title;
        }
        if let Some(function) = business.functions.get_mut(&reader) {
            let access = Access { data: data.clone(), write: false, count: 1, probability: 1.0 };
            function.steps.push(Step::Access(access));
        }
    })?;
    after.clone_from(design);
    add.apply(&mut after);
    Some(match own_store(&after, group, to) {
        Some(own) => Command::Batch(vec![add, own]),
        None => add,
    })
}

fn service<'a>(there: &'a Deployment, id: &ServiceId) -> Option<&'a Service> {
    there.services.iter().find(|service| service.id == *id)
}

fn calls(business: &Business, caller: &FunctionId, callee: &FunctionId) -> bool {
    let steps = business.functions.get(caller).map_or(&[][..], |function| &function.steps);
    steps.iter().flat_map(Step::calls).any(|call| call.to == *callee)
}

/// Whether calls lead from one function to another, however rare they are.
fn leads(business: &Business, from: &FunctionId, to: &FunctionId) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(function) = open.pop() {
        if function == to {
            return true;
        }
        if seen.insert(function) {
            let steps = business.functions.get(function).map_or(&[][..], |value| &value.steps);
            for call in steps.iter().flat_map(Step::calls) {
                open.push(&call.to);
                open.extend(&call.fallback);
            }
        }
    }
    false
}

fn give_kind(business: &mut Business, line: &LineCall, kind: LineKind) {
    let Some(function) = business.functions.get_mut(&line.caller) else { return };
    for step in &mut function.steps {
        let calls = match step {
            Step::Call(call) => std::slice::from_mut(call),
            Step::Parallel(calls) => calls.as_mut_slice(),
            Step::Access(_) => continue,
        };
        for call in calls.iter_mut().filter(|call| call.to == line.callee) {
            kind.give_to(call);
        }
    }
}
