//! Where data lies: the stores that a layout makes, each with the members it is made of.

use std::collections::BTreeSet;

use crate::business::{Business, StoreSpec};
use crate::deployment::{Store, StoreKind, StoreSystem};
use crate::group::{Group, Layout};
use crate::id::{DataId, StoreId};
use crate::layout::free_name;
use crate::policy::{Coordinator, Protocol, SessionScheme, Storage};
use crate::text::Text;

/// The stores of a cluster or a distributed system: one database that all share, if the business keeps data that
/// no other store holds; and the store of the sessions among them.
pub(super) fn shared(business: &Business, group: &Group) -> (Vec<Store>, Option<StoreId>) {
    let mut stores = Stores::named(business, group);
    let data = std::mem::take(&mut stores.homeless);
    if !data.is_empty() {
        stores.add("database", StoreKind::Shared, None, data);
    }
    stores.with_sessions(business)
}

/// The stores of a deployment, as they come about.
pub(super) struct Stores<'a> {
    group: &'a Group,
    made: Vec<Store>,
    /// Names that the business gave: what a layout names makes way for them.
    reserved: BTreeSet<&'a StoreId>,
    /// Data that no store holds yet.
    pub(super) homeless: Vec<DataId>,
}

impl<'a> Stores<'a> {
    /// The stores that the business names.
    pub(super) fn named(business: &'a Business, group: &'a Group) -> Stores<'a> {
        let homeless = business.data.keys().cloned().collect();
        let mut stores =
            Stores { group, made: Vec::new(), reserved: business.stores.keys().collect(), homeless };
        for (id, spec) in &business.stores {
            let data: Vec<DataId> = stores.homeless.extract_if(.., |data| spec.data.contains(data)).collect();
            if !data.is_empty() {
                stores.add_named(id, spec, data);
            }
        }
        stores
    }

    fn add_named(&mut self, id: &StoreId, spec: &StoreSpec, data: Vec<DataId>) {
        let group = self.group;
        let storage = spec.storage.as_ref().unwrap_or(&group.policies.storage);
        let connections = spec.connections.unwrap_or(group.policies.store_connections);
        self.put(id.clone(), StoreKind::Named(spec.kind), spec.title.clone(), data, connections, storage);
    }

    /// One more store, named `wanted` if that name is free, kept as the group's stores are.
    pub(super) fn add(&mut self, wanted: &str, kind: StoreKind, title: Option<Text>, data: Vec<DataId>) {
        let group = self.group;
        let id = self.free(wanted);
        self.put(id, kind, title, data, group.policies.store_connections, &group.policies.storage);
    }

    /// All of them, and the one for sessions, if any request kind needs a session that lies in a store.
    pub(super) fn with_sessions(mut self, business: &Business) -> (Vec<Store>, Option<StoreId>) {
        self.add_middleware(business);
        let policies = &self.group.policies;
        let sessions = policies.sessions.as_ref();
        let shared = sessions.is_none_or(|sessions| sessions.scheme == SessionScheme::SharedStore);
        if !shared || !business.requests.values().any(|kind| kind.session) {
            return (self.made, None);
        }
        let id = self.free("sessions");
        let storage = sessions.and_then(|sessions| sessions.storage.clone()).unwrap_or_default();
        let connections = policies.store_connections;
        self.put(id.clone(), StoreKind::Sessions, None, Vec::new(), connections, &storage);
        (self.made, Some(id))
    }

    /// The message broker and the transaction coordinator, as far as they are needed.
    fn add_middleware(&mut self, business: &Business) {
        let group = self.group;
        let mut add = |wanted, kind| {
            let (id, connections) = (self.free(wanted), group.policies.store_connections);
            self.put(id, kind, None, Vec::new(), connections, &Storage::default());
        };
        let steps = business.functions.values().flat_map(|function| &function.steps);
        if steps.flat_map(|step| step.calls()).any(|call| call.queue.is_some()) {
            add("broker", StoreKind::Broker);
        }
        let policy = &group.policies.transactions;
        // Where everything is one process and one database there is nothing to coordinate.
        let coordinated = policy.coordinator == Coordinator::Server
            && policy.protocol != Protocol::None
            && group.layout != Layout::Cluster;
        if coordinated && !business.transactions.is_empty() {
            add("coordinator", StoreKind::Coordinator);
        }
    }

    /// Adds a store with all its members and its cache.
    fn put(
        &mut self,
        id: StoreId,
        kind: StoreKind,
        title: Option<Text>,
        data: Vec<DataId>,
        connections: u32,
        storage: &Storage,
    ) {
        let place = self.made.len();
        self.made.push(Store { id: id.clone(), kind, title: title.clone(), data, connections, system: None });
        if *storage == Storage::default() {
            return;
        }
        let mut further = |wanted: String, kind| {
            let id = self.free(&wanted);
            let title = title.clone();
            self.made.push(Store {
                id: id.clone(),
                kind,
                title,
                data: Vec::new(),
                connections,
                system: None,
            });
            id
        };
        let count = storage.shards.max(1).saturating_mul(storage.copies().max(1));
        let others = (2..=count).map(|number| further(format!("{id}-{number}"), StoreKind::Member));
        let members = std::iter::once(id.clone()).chain(others).collect();
        let cache = storage.cache.map(|_| further(format!("{id}-cache"), StoreKind::Cache));
        self.made[place].system = Some(StoreSystem { storage: storage.clone(), members, cache });
    }

    fn free(&self, wanted: &str) -> StoreId {
        free_name(wanted, |name: &StoreId| {
            self.reserved.contains(name) || self.made.iter().any(|store| store.id == *name)
        })
    }
}
