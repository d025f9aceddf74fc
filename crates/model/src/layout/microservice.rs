//! Microservice: a service for each function, several on a machine if machines are few, each with its
//! own data.
//!
//! Placement is stable: every machine after the first takes instances from the fullest machines
//! until it is as full as they are, so that adding a machine moves only what the new machine takes.

use std::collections::BTreeSet;

use crate::business::{Business, ServiceSpec, Step};
use crate::deployment::{Deployment, Entry, EntryKind, Instance, Service, Store, StoreKind};
use crate::group::Group;
use crate::id::{DataId, GroupId, InstanceId, MachineId, ServiceId, StoreId};
use crate::layout::session_store;

pub(super) fn deploy(business: &Business, id: &GroupId, group: &Group) -> Deployment {
    let specs = services(business);
    let machines: Vec<&MachineId> = group.machines().collect();
    let replicas: Vec<u32> =
        specs.iter().map(|(_, spec)| spec.replicas.unwrap_or(group.policies.replicas)).collect();
    let hosts = place(&replicas, machines.len());

    let services = specs.iter().zip(hosts).map(|((service, spec), hosts)| Service {
        id: service.clone(),
        title: spec.title.clone(),
        functions: spec.functions.clone(),
        capacity: spec.capacity.unwrap_or(group.policies.capacity),
        team: spec.team.clone(),
        instances: hosts
            .into_iter()
            .zip(1..)
            .map(|(host, number)| Instance {
                id: InstanceId { group: id.clone(), service: service.clone(), number },
                machine: machines[host].clone(),
            })
            .collect(),
    });
    let services = services.collect();
    let sessions = session_store(business, group);
    Deployment {
        group: id.clone(),
        entry: Entry { kind: EntryKind::Gateway },
        services,
        sessions: sessions.as_ref().map(|store| store.id.clone()),
        stores: own_stores(business, &specs, group).into_iter().chain(sessions).collect(),
        placed_again: true,
    }
}

/// The services of the business, the functions that are in none of them each as one more.
pub fn services(business: &Business) -> Vec<(ServiceId, ServiceSpec)> {
    let taken: BTreeSet<_> = business.services.values().flat_map(|spec| &spec.functions).collect();
    let named = business.services.iter().map(|(id, spec)| (id.clone(), spec.clone()));
    let alone = business.functions.iter().filter(|(id, _)| !taken.contains(id)).map(|(id, function)| {
        let spec = ServiceSpec {
            title: function.title.clone(),
            functions: vec![id.clone()],
            ..ServiceSpec::default()
        };
        (id.as_str().parse().expect("a name of one kind is a name of another"), spec)
    });
    named.chain(alone).collect()
}

/// The machine of each copy of each service, as an index: `replicas[s]` copies of service `s` on
/// `machines` machines, as even as can be, copies of one service apart where there is room.
fn place(replicas: &[u32], machines: usize) -> Vec<Vec<usize>> {
    if machines == 0 {
        return vec![Vec::new(); replicas.len()];
    }
    let mut hosts: Vec<Vec<usize>> = replicas.iter().map(|&count| vec![0; count as usize]).collect();
    let mut load = vec![0; machines];
    load[0] = hosts.iter().map(Vec::len).sum::<usize>();
    for newcomer in 1..machines {
        loop {
            let (fullest, &most) = load[..newcomer]
                .iter()
                .enumerate()
                .rev()
                .max_by_key(|(_, count)| **count)
                .expect("not the first");
            if most <= load[newcomer] + 1 {
                break;
            }
            // A copy of the service that is most unevenly spread over the two, the last one among
            // equals, so that copies of one service part.
            let copy = hosts
                .iter()
                .enumerate()
                .filter_map(|(service, of)| {
                    let copies_on = |machine| of.iter().filter(|&&host| host == machine).count();
                    let copy = of.iter().rposition(|&host| host == fullest)?;
                    let ahead = copies_on(fullest) as i64 - copies_on(newcomer) as i64;
                    Some((ahead, service, copy))
                })
                .max();
            let Some((_, service, copy)) = copy else { break };
            hosts[service][copy] = newcomer;
            load[fullest] -= 1;
            load[newcomer] += 1;
        }
    }
    hosts
}

/// A database for each service that touches data. Data touched by several services lies with the
/// first of them.
fn own_stores(business: &Business, specs: &[(ServiceId, ServiceSpec)], group: &Group) -> Vec<Store> {
    let mut homeless: Vec<DataId> = business.data.keys().cloned().collect();
    let mut stores = Vec::new();
    for (service, spec) in specs {
        let touched: Vec<DataId> = homeless
            .extract_if(.., |data| {
                let functions = spec.functions.iter().filter_map(|id| business.functions.get(id));
                functions.flat_map(|function| &function.steps).any(|step| match step {
                    Step::Access(access) => access.data == *data,
                    Step::Call(_) | Step::Parallel(_) => false,
                })
            })
            .collect();
        if !touched.is_empty() {
            stores.push(Store {
                id: store_named_after(service),
                kind: StoreKind::Own,
                title: spec.title.clone(),
                data: touched,
                connections: group.policies.store_connections,
            });
        }
    }
    stores
}

/// The name of a service's own store: the service's.
fn store_named_after(service: &ServiceId) -> StoreId {
    service.as_str().parse().expect("a name of one kind is a name of another")
}
