//! Microservice: a service for each function, several on a machine if machines are few, each with its
//! own data.
//!
//! Placement is stable: every machine after the first takes instances from the fullest machines
//! until it is as full as they are, so that adding a machine moves only what the new machine takes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::business::{Business, ServiceSpec, Step};
use crate::deployment::{Deployment, Entry, EntryKind, Instance, Service, Store, StoreKind};
use crate::group::Group;
use crate::id::{DataId, GroupId, InstanceId, MachineId, ServiceId, StoreId};
use crate::layout::free_name;
use crate::layout::stores::Stores;

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
        nonblocking: spec.nonblocking.unwrap_or(group.policies.nonblocking),
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
    let (stores, sessions) = own_stores(business, &specs, group);
    Deployment {
        group: id.clone(),
        entry: Entry { kind: EntryKind::Gateway },
        services,
        sessions,
        stores,
        placed_again: true,
    }
}

/// The services of the business, the functions that are in none of them each as one more.
pub fn services(business: &Business) -> Vec<(ServiceId, ServiceSpec)> {
    let taken: BTreeSet<_> = business.services.values().flat_map(|spec| &spec.functions).collect();
    let name_taken = |name: &ServiceId| business.services.contains_key(name);
    let named = business.services.iter().map(|(id, spec)| (id.clone(), spec.clone()));
    let alone = business.functions.iter().filter(|(id, _)| !taken.contains(id)).map(|(id, function)| {
        let spec = ServiceSpec {
            title: function.title.clone(),
            functions: vec![id.clone()],
            ..ServiceSpec::default()
        };
        (free_name(id.as_str(), name_taken), spec)
    });
    named.chain(alone).collect()
}

/// The machine of each copy of each service, as an index: `replicas[s]` copies of service `s` on
/// `machines` machines, as even as can be, copies of one service apart where there is room.
fn place(replicas: &[u32], machines: usize) -> Vec<Vec<usize>> {
    if machines == 0 {
        return vec![Vec::new(); replicas.len()];
    }
    // The copies on each machine, by service.
    let mut on: Vec<BTreeMap<usize, BTreeSet<usize>>> = vec![BTreeMap::new(); machines];
    on[0] = replicas.iter().map(|&count| (0..count as usize).collect()).enumerate().collect();
    // The machines so far, fullest last; the first of those equally full.
    let all = replicas.iter().map(|&count| count as usize).sum::<usize>();
    let mut by_load = BTreeSet::from([(all, Reverse(0))]);

    // How many copies of each service each machine has: to be looked through often.
    let mut counts = vec![vec![0i64; replicas.len()]; machines];
    counts[0] = replicas.iter().map(|&count| i64::from(count)).collect();

    for newcomer in 1..machines {
        let mut taken = 0;
        while let Some(&(most, Reverse(fullest))) = by_load.last()
            && most > taken + 1
        {
            // A copy of the service that is most unevenly spread over the two, the last one among
            // equals, so that copies of one service part.
            let ahead = counts[fullest].iter().zip(&counts[newcomer]).enumerate();
            let ahead = ahead.filter(|(_, (there, _))| **there > 0);
            let ahead = ahead.max_by_key(|(_, (there, here))| **there - **here);
            let Some((service, _)) = ahead else { break };
            let Some(copy) = on[fullest].get_mut(&service).and_then(BTreeSet::pop_last) else { break };
            on[newcomer].entry(service).or_default().insert(copy);
            counts[fullest][service] -= 1;
            counts[newcomer][service] += 1;
            taken += 1;
            by_load.pop_last();
            by_load.insert((most - 1, Reverse(fullest)));
        }
        by_load.insert((taken, Reverse(newcomer)));
    }

    let mut hosts: Vec<Vec<usize>> = replicas.iter().map(|&count| vec![0; count as usize]).collect();
    for (machine, services) in on.iter().enumerate() {
        for (&service, copies) in services {
            copies.iter().for_each(|&copy| hosts[service][copy] = machine);
        }
    }
    hosts
}

/// A database for each service that touches data which no named store holds. Data touched by several services
/// lies with the first of them.
fn own_stores(
    business: &Business,
    specs: &[(ServiceId, ServiceSpec)],
    group: &Group,
) -> (Vec<Store>, Option<StoreId>) {
    let mut stores = Stores::named(business, group);
    for (service, spec) in specs {
        let touched: Vec<DataId> = stores
            .homeless
            .extract_if(.., |data| {
                let functions = spec.functions.iter().filter_map(|id| business.functions.get(id));
                functions.flat_map(|function| &function.steps).any(|step| match step {
                    Step::Access(access) => access.data == *data,
                    Step::Call(_) | Step::Parallel(_) => false,
                })
            })
            .collect();
        if !touched.is_empty() {
            stores.add(service.as_str(), StoreKind::Own, spec.title.clone(), touched);
        }
    }
    stores.with_sessions(business)
}
