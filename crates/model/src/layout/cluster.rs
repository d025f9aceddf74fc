//! Cluster: the same service, holding the whole business, on every machine.

use crate::business::Business;
use crate::deployment::{Deployment, Entry, EntryKind, Instance, Service};
use crate::group::Group;
use crate::id::{GroupId, InstanceId, ServiceId};
use crate::layout::stores::shared;

/// The service's name: there is only one, and it is the whole application.
const SERVICE: &str = "app";

pub(super) fn deploy(business: &Business, id: &GroupId, group: &Group) -> Deployment {
    let service = ServiceId::from(SERVICE);
    let instances = group.seats.iter().zip(1..).filter_map(|(seat, number)| {
        let machine = seat.clone()?;
        Some(Instance { id: InstanceId { group: id.clone(), service: service.clone(), number }, machine })
    });
    let instances = instances.collect();
    let (stores, sessions) = shared(business, group);
    Deployment {
        group: id.clone(),
        entry: Entry { kind: EntryKind::Balancer },
        services: vec![Service {
            id: service,
            title: Some(business.title.clone()).filter(|title| !title.english().is_empty()),
            functions: business.functions.keys().cloned().collect(),
            capacity: group.policies.capacity,
            nonblocking: group.policies.nonblocking,
            team: None,
            instances,
        }],
        sessions,
        stores,
        placed_again: false,
    }
}
