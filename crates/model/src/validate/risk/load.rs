//! More asked than can be done: of machines, of workers, of stores.

use std::collections::BTreeMap;

use super::demand::{Demand, Times};
use super::{Look, Risk, add_machines, set_policies};
use crate::command::Command;
use crate::design::Design;
use crate::group::Layout;
use crate::id::{MachineId, StoreId};
use crate::policy::Replication;
use crate::validate::Problems;
use crate::validate::mend::{together, tried};

/// From this percentage on queues grow long.
const HIGH: f64 = 0.9;

pub(super) fn check(look: &Look<'_>, problems: &mut Problems) {
    let Some(demand) = &look.demand else { return };
    if let Some((machine, load)) = hottest(look, demand).filter(|(_, load)| *load >= HIGH) {
        look.add(problems, Risk::Load { machine, percent: percent(load) });
    }
    let mut times = Times::of(look.design);
    for service in &look.deployment.services {
        if service.nonblocking || service.instances.is_empty() || scales(look) {
            continue;
        }
        let held: f64 = service
            .functions
            .iter()
            .map(|function| {
                let comes = demand.entered.get(function).copied().unwrap_or(0.0);
                let queued = demand.queued.get(function).copied().unwrap_or(0.0);
                (comes - queued).max(0.0) * times.least(function)
            })
            .sum();
        let workers = f64::from(service.capacity.workers) * service.instances.len() as f64;
        if held >= HIGH * workers {
            let percent = percent(held / workers);
            look.add(problems, Risk::Workers { service: service.id.clone(), percent });
        }
    }
    for (store, load) in strained(look, demand) {
        look.add(problems, Risk::StoreLoad { store, percent: percent(load) });
    }
}

fn percent(share: f64) -> u32 {
    (share * 100.0).round().clamp(0.0, 1e6) as u32
}

/// Whether the number of copies follows the load.
fn scales(look: &Look<'_>) -> bool {
    let services = look.design.business.services.values();
    look.policies().autoscaling.is_some() || services.into_iter().any(|spec| spec.autoscaling.is_some())
}

/// The machine with most work for what it can do, and how much. A cluster's balancer evens out what machines can do,
/// so there it is all of them together.
fn hottest(look: &Look<'_>, demand: &Demand) -> Option<(MachineId, f64)> {
    if scales(look) {
        return None;
    }
    let power = |id: &MachineId| {
        look.design.machines.get(id).map_or(0.0, |machine| f64::from(machine.cores) * machine.speed)
    };
    if look.group.layout == Layout::Cluster {
        let all: f64 = look.machines().map(power).sum();
        let work: f64 = demand.work.iter().sum();
        return look.machines().next().map(|first| (first.clone(), work / all.max(1e-9)));
    }
    let mut work: BTreeMap<&MachineId, f64> = BTreeMap::new();
    for (service, amount) in look.deployment.services.iter().zip(&demand.work) {
        for instance in &service.instances {
            *work.entry(&instance.machine).or_default() += amount / service.instances.len() as f64;
        }
    }
    let loads = work.into_iter().map(|(id, amount)| (id.clone(), amount / power(id).max(1e-9)));
    loads.max_by(|one, other| one.1.total_cmp(&other.1))
}

/// Plain stores with more to do than their connections can.
fn strained(look: &Look<'_>, demand: &Demand) -> Vec<(StoreId, f64)> {
    let mut strained = Vec::new();
    for store in &look.deployment.stores {
        let spread = store.system.as_ref().is_some_and(|system| {
            system.cache.is_some()
                || system.storage.shards > 1
                || !matches!(system.storage.replication, Replication::Single | Replication::Primary(_))
        });
        let load = demand.stores.get(&store.id).copied().unwrap_or(0.0) / f64::from(store.connections.max(1));
        if !spread && load >= HIGH {
            strained.push((store.id.clone(), load));
        }
    }
    strained
}

pub(super) fn mend(look: &Look<'_>, risk: &Risk) -> Option<Command> {
    let (design, id) = (look.design, look.id);
    match risk {
        Risk::Load { .. } => {
            let replicas = look.policies().replicas;
            let copies = match look.group.layout {
                Layout::Microservice => vec![replicas, replicas + 1, replicas + 2],
                Layout::Cluster | Layout::Distributed | Layout::Free => vec![replicas],
            };
            let candidates = copies
                .into_iter()
                .flat_map(|copies| (0..=8).filter_map(move |machines| larger(design, id, copies, machines)));
            tried(design, id, risk, candidates)
        }
        Risk::Workers { service, .. } => {
            let workers = look.deployment.services.iter().find(|it| it.id == *service)?.capacity.workers;
            let candidates = (1..=6).filter_map(|doubled| {
                let workers = workers.saturating_mul(1 << doubled).min(10_000);
                more_workers(look, workers)
            });
            tried(design, id, risk, candidates)
        }
        Risk::StoreLoad { .. } => {
            let now = look.policies().store_connections;
            let candidates = (1..=4).filter_map(|doubled| {
                set_policies(id, look.group, |policies| {
                    policies.store_connections = now.saturating_mul(1 << doubled).min(1_000);
                })
            });
            tried(design, id, risk, candidates)
        }
        _ => None,
    }
}

/// The group with so many copies of each microservice, and so many more machines.
fn larger(design: &Design, id: &crate::id::GroupId, copies: u32, machines: usize) -> Option<Command> {
    let group = design.groups.get(id)?;
    let mut commands = Vec::new();
    commands.extend(set_policies(id, group, |policies| policies.replicas = copies));
    commands.extend(add_machines(design, id, machines));
    together(commands)
}

/// So many workers in each instance, wherever their number is given.
fn more_workers(look: &Look<'_>, workers: u32) -> Option<Command> {
    let mut commands = Vec::new();
    commands.extend(set_policies(look.id, look.group, |policies| policies.capacity.workers = workers));
    commands.extend(crate::rework::change(look.design, |business| {
        let modules = business.modules.values_mut().filter_map(|module| module.capacity.as_mut());
        let services = business.services.values_mut().filter_map(|service| service.capacity.as_mut());
        modules.chain(services).for_each(|capacity| capacity.workers = capacity.workers.max(workers));
    }));
    together(commands)
}
