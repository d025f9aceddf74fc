//! What there is one of, and what would fall together.

use super::{Look, Risk, add_machines, set_policies};
use crate::business::StoreSpec;
use crate::command::{Command, Hardware};
use crate::deployment::{Store, StoreKind};
use crate::group::Layout;
use crate::id::{FunctionId, ServiceId, StoreId};
use crate::policy::{Primary, Replication, Storage};
use crate::validate::Problems;
use crate::validate::mend::{together, tried};

/// A store that so many services use binds them together.
const MANY: usize = 3;

pub(super) fn check(look: &Look<'_>, problems: &mut Problems) {
    let services = &look.deployment.services;
    let runs_once = services.iter().filter(|service| service.instances.len() == 1);
    let single: Vec<ServiceId> = runs_once.map(|service| service.id.clone()).collect();
    // A cluster of one machine is told by that name.
    if !single.is_empty() && look.group.layout != Layout::Cluster {
        look.add(problems, Risk::SinglePoint { services: single });
    }
    let together: Vec<ServiceId> = services
        .iter()
        .filter(|service| {
            let mut machines: Vec<_> = service.instances.iter().map(|it| &it.machine).collect();
            machines.sort();
            machines.dedup();
            service.instances.len() > 1 && machines.len() == 1
        })
        .map(|service| service.id.clone())
        .collect();
    if !together.is_empty() {
        look.add(problems, Risk::OneMachine { services: together });
    }
    if let Some(zone) = only_zone(look) {
        look.add(problems, Risk::OneZone { zone });
    }
    let stores: Vec<StoreId> = singles(look).map(|store| store.id.clone()).collect();
    if !stores.is_empty() {
        look.add(problems, Risk::SingleCopy { stores });
    }
    for store in &look.deployment.stores {
        let count = users(look, store);
        if count >= MANY {
            look.add(problems, Risk::SharedStore { store: store.id.clone(), count });
        }
    }
}

/// The zone that all machines are in, if there are several and all have been given one.
fn only_zone(look: &Look<'_>) -> Option<String> {
    let machines: Vec<_> = look.machines().filter_map(|id| look.design.machines.get(id)).collect();
    let first = machines.first()?.zone.clone()?;
    let all = machines.iter().all(|machine| machine.zone.as_ref() == Some(&first));
    (machines.len() > 1 && all).then_some(first)
}

/// Stores with data of which there is one copy.
fn singles<'a>(look: &'a Look<'_>) -> impl Iterator<Item = &'a Store> {
    let keeps = |store: &&Store| match store.kind {
        StoreKind::Shared | StoreKind::Own | StoreKind::Named(_) => !store.data.is_empty(),
        StoreKind::Sessions | StoreKind::Member | StoreKind::Cache => false,
        StoreKind::Broker | StoreKind::Coordinator => false,
    };
    let one = |store: &&Store| store.system.as_ref().is_none_or(|system| system.storage.copies() < 2);
    look.deployment.stores.iter().filter(keeps).filter(one)
}

/// How many services read or write what a store keeps.
fn users(look: &Look<'_>, store: &Store) -> usize {
    let touches = |function: &FunctionId| {
        let steps = look.design.business.functions.get(function).map_or(&[][..], |it| &it.steps);
        steps.iter().any(
            |step| matches!(step, crate::business::Step::Access(access) if store.data.contains(&access.data)),
        )
    };
    look.deployment.services.iter().filter(|service| service.functions.iter().any(touches)).count()
}

pub(super) fn mend(look: &Look<'_>, risk: &Risk) -> Option<Command> {
    match risk {
        Risk::SinglePoint { .. } => second_copies(look),
        Risk::OneMachine { .. } => {
            let candidates = (1..=3).filter_map(|count| add_machines(look.design, look.id, count));
            tried(look.design, look.id, risk, candidates)
        }
        Risk::OneZone { zone } => other_zone(look, zone),
        Risk::SingleCopy { .. } => replicas(look),
        _ => None,
    }
}

/// A second copy of each service: one more machine for each module, or one more replica, with a machine for it.
fn second_copies(look: &Look<'_>) -> Option<Command> {
    match look.group.layout {
        Layout::Cluster => add_machines(look.design, look.id, 1),
        Layout::Distributed => {
            let modules = look.deployment.services.len();
            let missing = (2 * modules).saturating_sub(look.machines().count());
            (1..=8).contains(&missing).then(|| add_machines(look.design, look.id, missing)).flatten()
        }
        // Where nothing is arranged, a person says where a second copy runs.
        Layout::Free => None,
        Layout::Microservice => {
            let mut commands = Vec::new();
            let replicas = set_policies(look.id, look.group, |policies| {
                policies.replicas = policies.replicas.max(2);
            });
            commands.extend(replicas);
            let specs = crate::rework::change(look.design, |business| {
                for spec in business.services.values_mut() {
                    spec.replicas = spec.replicas.map(|replicas| replicas.max(2));
                }
            });
            commands.extend(specs);
            if look.machines().count() < 2 {
                commands.extend(add_machines(look.design, look.id, 1));
            }
            together(commands)
        }
    }
}

/// Every second machine in another zone.
fn other_zone(look: &Look<'_>, zone: &str) -> Option<Command> {
    let other = match zone.as_bytes() {
        [letter @ b'a'..=b'y'] => char::from(letter + 1).to_string(),
        _ => format!("{zone}-2"),
    };
    let moved = look.machines().enumerate().filter(|(place, _)| place % 2 == 1);
    let commands = moved.filter_map(|(_, machine)| {
        let from = Hardware::of(look.design.machines.get(machine)?);
        let to = Hardware { zone: Some(other.clone()), ..from.clone() };
        Some(Command::SetHardware { machine: machine.clone(), from, to })
    });
    together(commands.collect())
}

/// A replica of the data, where the store says how it keeps it.
fn replicas(look: &Look<'_>) -> Option<Command> {
    let double = |storage: &mut Storage| {
        if storage.copies() < 2 {
            storage.replication = Replication::Primary(Primary::default());
        }
    };
    let mut commands = Vec::new();
    commands.extend(set_policies(look.id, look.group, |policies| double(&mut policies.storage)));
    let own = |spec: &&mut StoreSpec| spec.storage.is_some();
    commands.extend(crate::rework::change(look.design, |business| {
        business.stores.values_mut().filter(own).for_each(|spec| {
            if let Some(storage) = &mut spec.storage {
                double(storage);
            }
        });
    }));
    together(commands)
}
