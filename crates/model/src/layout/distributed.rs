//! Distributed: one module of the business on each machine.
//!
//! The n-th seat runs the n-th module. With more machines than modules the dealing goes round again,
//! and a module becomes a small cluster of its own.

use std::collections::BTreeSet;

use crate::business::{Business, Module};
use crate::deployment::{Deployment, Entry, EntryKind, Instance, Service};
use crate::group::Group;
use crate::id::{GroupId, InstanceId, ServiceId};
use crate::layout::free_name;
use crate::layout::stores::shared;

pub(super) fn deploy(business: &Business, id: &GroupId, group: &Group) -> Deployment {
    let modules = modules(business);
    let services = modules.iter().enumerate().map(|(place, (service, module))| {
        let seats = group.seats.iter().skip(place).step_by(modules.len());
        let instances = seats.zip(1..).filter_map(|(seat, number)| {
            let machine = seat.clone()?;
            Some(Instance { id: InstanceId { group: id.clone(), service: service.clone(), number }, machine })
        });
        Service {
            id: service.clone(),
            title: module.title.clone(),
            functions: module.functions.clone(),
            capacity: module.capacity.unwrap_or(group.policies.capacity),
            nonblocking: group.policies.nonblocking,
            team: module.team.clone(),
            instances: instances.collect(),
        }
    });
    let services = services.collect();
    let (stores, sessions) = shared(business, group);
    Deployment {
        group: id.clone(),
        entry: Entry { kind: EntryKind::Gateway },
        services,
        sessions,
        stores,
        placed_again: false,
    }
}

/// The modules of the business, the functions that are in none of them each as one more.
pub fn modules(business: &Business) -> Vec<(ServiceId, Module)> {
    let taken: BTreeSet<_> = business.modules.values().flat_map(|module| &module.functions).collect();
    let name_taken = |name: &ServiceId| business.modules.contains_key(name.as_str());
    let named = business.modules.iter().map(|(id, module)| {
        (id.as_str().parse().expect("a name of one kind is a name of another"), module.clone())
    });
    let alone = business.functions.iter().filter(|(id, _)| !taken.contains(id)).map(|(id, function)| {
        let module =
            Module { title: function.title.clone(), functions: vec![id.clone()], ..Module::default() };
        (free_name(id.as_str(), name_taken), module)
    });
    named.chain(alone).collect()
}
