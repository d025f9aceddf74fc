//! The three layouts: pure functions from a business and some machines to a deployment.

mod cluster;
mod distributed;
mod microservice;

use crate::business::Business;
use crate::deployment::{Deployment, Store, StoreKind};
use crate::group::{Group, Layout};
use crate::id::{GroupId, StoreId};

pub use distributed::modules;
pub use microservice::services;

/// What `group`, named `id`, makes of the business and its machines.
pub fn deploy(business: &Business, id: &GroupId, group: &Group) -> Deployment {
    match group.layout {
        Layout::Cluster => cluster::deploy(business, id, group),
        Layout::Distributed => distributed::deploy(business, id, group),
        Layout::Microservice => microservice::deploy(business, id, group),
    }
}

/// The store for sessions, if any request kind needs one.
fn session_store(business: &Business, group: &Group) -> Option<Store> {
    let needed = business.requests.values().any(|kind| kind.session);
    needed.then(|| Store {
        id: StoreId::from("sessions"),
        kind: StoreKind::Sessions,
        title: None,
        data: Vec::new(),
        connections: group.policies.store_connections,
    })
}

/// The one database that a cluster or a distributed system shares, if the business keeps data.
fn shared_store(business: &Business, group: &Group) -> Option<Store> {
    let data: Vec<_> = business.data.keys().cloned().collect();
    (!data.is_empty()).then(|| Store {
        id: StoreId::from("database"),
        kind: StoreKind::Shared,
        title: None,
        data,
        connections: group.policies.store_connections,
    })
}
