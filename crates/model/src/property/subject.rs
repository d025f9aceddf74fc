//! Whose properties: reading them all, and changing some of them by a command.

use crate::business::{Module, ServiceSpec};
use crate::client::Client;
use crate::command::Command;
use crate::deployment::StoreKind;
use crate::design::Design;
use crate::document::{self, DocumentError};
use crate::group::{Layout, Policies};
use crate::id::{ClientId, GroupId, MachineId, ModuleId, ServiceId, StoreId};
use crate::layout;
use crate::machine::Machine;
use crate::network::Network;
use crate::property::form::{Form, Node};
use crate::property::group::{Surroundings, policies, within};
use crate::property::kind::Value;
use crate::property::place::Places;
use crate::property::{business, client, flow, instances, machine, scenario, storage};
use crate::scenario::Scenario;

/// Something with properties.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A group: all its policies.
    Group(GroupId),
    /// A service of a group.
    Service(GroupId, ServiceId),
    /// A store of a group.
    Store(GroupId, StoreId),
    /// A machine.
    Machine(MachineId),
    /// Clients.
    Client(ClientId),
    /// The network and what happens in a run.
    Surroundings,
}

/// What is done to a property or a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It gets a value. An optional section is a switch.
    Set(Value),
    /// A list gets one more item.
    Add,
    /// An item leaves its list.
    Remove,
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// There is no such property, at least not now.
    NotThere(String),
    /// It may not be that.
    OutOfRange(String),
    /// The design as a whole would be more than a document may hold.
    TooMuch(DocumentError),
}

/// The properties of `subject`.
pub fn nodes(design: &Design, subject: &Subject) -> Vec<Node> {
    // Of a machine nothing else matters, and there may be many of both.
    let alone = |id: &MachineId| {
        let machine = design.machines.get_key_value(id);
        let machines = machine.into_iter().map(|(id, it)| (id.clone(), it.clone())).collect();
        Design { machines, ..Design::default() }
    };
    let mut now = match subject {
        Subject::Machine(id) => alone(id),
        _ => design.clone(),
    };
    let mut form = Form::of_defaults();
    let mut fresh = now.clone();
    reset(&mut fresh, subject);
    tell(&mut form, &mut fresh, subject);
    let mut form = form.read();
    tell(&mut form, &mut now, subject);
    form.nodes()
}

/// The command that makes these changes one after another, each to the property of a subject at a path; `None` if
/// they come to nothing.
///
/// # Errors
///
/// If one of them cannot be made, none is.
pub fn change(design: &Design, changes: &[(Subject, String, Change)]) -> Result<Option<Command>, Refusal> {
    let mut changed = design.clone();
    for (subject, path, change) in changes {
        let mut form = Form::of_change(path, change.clone());
        tell(&mut form, &mut changed, subject);
        match form.made() {
            None => return Err(Refusal::NotThere(path.clone())),
            Some(false) => return Err(Refusal::OutOfRange(path.clone())),
            Some(true) => {}
        }
    }
    document::within_bounds(&changed).map_err(Refusal::TooMuch)?;
    Ok(command(design, changed))
}

/// What leads from `from` to `to`, which differ in properties only.
fn command(from: &Design, to: Design) -> Option<Command> {
    let mut commands = Vec::new();
    for ((id, from), to) in from.groups.iter().zip(to.groups.values()) {
        if from.policies != to.policies {
            let (from, to) = (Box::new(from.policies.clone()), Box::new(to.policies.clone()));
            commands.push(Command::SetPolicies { group: id.clone(), from, to });
        }
    }
    for ((id, from), to) in from.machines.iter().zip(to.machines.values()) {
        if from != to {
            commands.push(Command::SetMachine { machine: id.clone(), from: from.clone(), to: to.clone() });
        }
    }
    for ((id, from), to) in from.clients.iter().zip(to.clients.values()) {
        if from != to {
            let (from, to) = (Box::new(from.clone()), Box::new(to.clone()));
            commands.push(Command::SetClient { client: id.clone(), from, to });
        }
    }
    if from.network != to.network {
        commands.push(Command::SetNetwork { from: from.network.clone(), to: to.network });
    }
    if from.business != to.business {
        let (from, to) = (Box::new(from.business.clone()), Box::new(to.business));
        commands.push(Command::SetBusiness { from, to });
    }
    if from.scenario != to.scenario {
        let (from, to) = (Box::new(from.scenario.clone()), Box::new(to.scenario));
        commands.push(Command::SetScenario { from, to });
    }
    match commands.len() {
        0 | 1 => commands.pop(),
        _ => Some(Command::Batch(commands)),
    }
}

/// Makes everything that `subject` tells of what it is unless somebody says otherwise.
fn reset(design: &mut Design, subject: &Subject) {
    match subject {
        Subject::Group(group) | Subject::Service(group, _) | Subject::Store(group, _) => {
            if let Some(group) = design.groups.get_mut(group) {
                group.policies = Policies::default();
            }
            if let Subject::Service(_, service) = subject {
                if let Some(spec) = design.business.services.get_mut(service) {
                    *spec = ServiceSpec { functions: spec.functions.clone(), ..ServiceSpec::default() };
                }
                if let Some(module) = design.business.modules.get_mut(service.as_str()) {
                    *module = Module { functions: module.functions.clone(), ..Module::default() };
                }
            }
            if let Subject::Store(_, store) = subject
                && let Some(spec) = design.business.stores.get_mut(store)
            {
                (spec.connections, spec.storage, spec.kind) = Default::default();
            }
        }
        Subject::Machine(machine) => {
            if let Some(machine) = design.machines.get_mut(machine) {
                *machine = Machine { title: machine.title.clone(), at: machine.at, ..Machine::default() };
            }
        }
        Subject::Client(client) => {
            if let Some(client) = design.clients.get_mut(client) {
                let (load, to) = (client.load.clone(), client.to.clone());
                *client =
                    Client { title: client.title.clone(), load, to, at: client.at, ..Client::default() };
            }
        }
        Subject::Surroundings => {
            (design.network, design.scenario) = (Network::default(), Scenario::default());
        }
    }
}

/// Lets `subject` tell of itself.
fn tell(form: &mut Form, design: &mut Design, subject: &Subject) {
    match subject {
        Subject::Group(id) if design.holder_of(id).is_some() => within(form, design, id),
        Subject::Group(id) => {
            let Some(known) = design.groups.get(id) else { return };
            let around = Surroundings::of(design, id, known);
            let Some(group) = design.groups.get_mut(id) else { return };
            policies(form, &mut group.policies, &around);
        }
        Subject::Service(group, service) => of_service(form, design, group, service),
        Subject::Store(group, store) => of_store(form, design, group, store),
        Subject::Machine(id) => {
            if let Some(it) = design.machines.get_mut(id) {
                machine::machine(form, it);
            }
        }
        Subject::Client(id) => {
            let groups = design.groups.iter();
            let groups: Vec<_> = groups
                .map(|(id, it)| (id.clone(), crate::property::group::titled(Some(&it.title), id.as_str())))
                .collect();
            if let Some(it) = design.clients.get_mut(id) {
                client::client(form, it, &groups, &mut design.business);
            }
        }
        Subject::Surroundings => {
            let places = Places::of(design);
            machine::network(form, &mut design.network, &places.ends());
            scenario::scenario(form, &mut design.scenario, &places);
        }
    }
}

fn of_service(form: &mut Form, design: &mut Design, group: &GroupId, service: &ServiceId) {
    let Some(group) = design.groups.get_mut(group) else { return };
    let known = &mut design.business;
    match group.layout {
        Layout::Distributed => {
            let modules = layout::modules(known);
            let Some((_, before)) = modules.into_iter().find(|(id, _)| id == service) else { return };
            let mut module = before.clone();
            business::module(form, &mut module, &group.policies);
            if module != before
                && let Ok(id) = service.as_str().parse::<ModuleId>()
            {
                known.modules.insert(id, module);
            }
        }
        Layout::Microservice => {
            let services = layout::services(known);
            let Some((_, before)) = services.into_iter().find(|(id, _)| id == service) else { return };
            let mut spec = before.clone();
            business::service(form, &mut spec, &group.policies);
            if spec != before {
                known.services.insert(service.clone(), spec);
            }
        }
        _ => instances::instances(form, &mut group.policies),
    }
}

fn of_store(form: &mut Form, design: &mut Design, id: &GroupId, store: &StoreId) {
    let Some(known) = design.groups.get(id) else { return };
    let deployment = layout::deploy(design, id, known);
    let around = Surroundings::of(design, id, known);
    let Some(group) = design.groups.get_mut(id) else { return };
    if let Some(spec) = design.business.stores.get_mut(store) {
        business::store(form, spec, &group.policies);
        return;
    }
    let Some(kind) = deployment.stores.iter().find(|it| it.id == *store).map(|it| it.kind) else { return };
    match kind {
        StoreKind::Sessions => storage::sessions_alone(form, &mut group.policies),
        StoreKind::Broker => {
            flow::messages(form, &mut group.policies, &around);
        }
        StoreKind::Coordinator => flow::transactions_alone(form, &mut group.policies),
        _ => storage::data(form, &mut group.policies),
    }
}
