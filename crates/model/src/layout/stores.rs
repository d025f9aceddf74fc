//! Where data lies: the stores that a layout makes, each with the members it is made of.

use std::collections::BTreeSet;

use crate::business::{Business, Step, StoreSpec, StoreUse};
use crate::deployment::{Store, StoreKind, StoreSystem};
use crate::group::{Group, Layout};
use crate::id::{DataId, StoreId};
use crate::layout::draft::Draft;
use crate::layout::free_name;
use crate::policy::{Coordinator, Protocol, Replication, SessionScheme, Storage};
use crate::text::Text;

/// The stores of a deployment, each with its data, and the one that sessions are read from.
pub(super) fn stores(business: &Business, group: &Group, drafts: &[Draft]) -> (Vec<Store>, Option<StoreId>) {
    let mut stores = Stores::named(business, group);
    match group.layout {
        Layout::Cluster | Layout::Distributed | Layout::Free => stores.add_shared(),
        Layout::Microservice => stores.add_own(business, drafts),
    }
    stores.change_by_hand(business, drafts);
    stores.with_sessions(business)
}

/// The stores of a deployment, as they come about.
struct Stores<'a> {
    group: &'a Group,
    made: Vec<Store>,
    /// Names that the business gave: what a layout names makes way for them.
    reserved: BTreeSet<&'a StoreId>,
    /// Data that no store holds yet.
    homeless: Vec<DataId>,
}

impl<'a> Stores<'a> {
    /// The stores that the business names.
    fn named(business: &'a Business, group: &'a Group) -> Stores<'a> {
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

    /// One database that all share, if there is data that no other store holds.
    fn add_shared(&mut self) {
        let data = std::mem::take(&mut self.homeless);
        if !data.is_empty() {
            self.add("database", StoreKind::Shared, None, data);
        }
    }

    /// A database for each service that touches data which no named store holds. Data touched by several
    /// services lies with the first of them.
    fn add_own(&mut self, business: &Business, drafts: &[Draft]) {
        for draft in drafts {
            let touched: Vec<DataId> =
                self.homeless.extract_if(.., |data| touches(business, draft, data)).collect();
            if !touched.is_empty() {
                self.add(draft.id.as_str(), StoreKind::Own, draft.title.clone(), touched);
            }
        }
    }

    /// Lets data lie where a person wants it.
    fn change_by_hand(&mut self, business: &Business, drafts: &[Draft]) {
        let hand = &self.group.by_hand;
        for (data, target) in &hand.data {
            let held = |store: &Store| store.data.contains(data);
            let Some(from) = self.made.iter().position(held) else { continue };
            let to = self.made.iter().position(|store| store.id == *target);
            let holds_data =
                |place: usize| !matches!(self.made[place].kind, StoreKind::Member | StoreKind::Cache);
            if to == Some(from) || to.is_some_and(|place| !holds_data(place)) {
                continue;
            }
            self.made[from].data.retain(|other| other != data);
            self.made[from].by_hand = true;
            let place = to.unwrap_or(self.made.len());
            match (
                to,
                business.stores.get(target),
                drafts.iter().find(|draft| draft.id.as_str() == target.as_str()),
            ) {
                (Some(_), ..) => self.made[place].data.push(data.clone()),
                (None, Some(spec), _) => self.add_named(target, spec, vec![data.clone()]),
                (None, None, owner) => {
                    let kind = match owner {
                        Some(_) => StoreKind::Own,
                        None => StoreKind::Named(StoreUse::Database),
                    };
                    let title = owner.and_then(|owner| owner.title.clone());
                    let (group, data) = (self.group, vec![data.clone()]);
                    let policies = &group.policies;
                    self.put(
                        target.clone(),
                        kind,
                        title,
                        data,
                        policies.store_connections,
                        &policies.storage,
                    );
                }
            }
            self.made[place].by_hand = true;
            self.drop_if_empty(from);
        }
        for store in &mut self.made {
            if let Some(title) = hand.stores.get(&store.id).and_then(|store| store.title.clone()) {
                store.title = Some(title);
            }
        }
    }

    /// Takes away a store that holds no data any more, with its members and its cache.
    fn drop_if_empty(&mut self, place: usize) {
        if !self.made[place].data.is_empty() {
            return;
        }
        let gone = self.made.remove(place);
        if let Some(system) = &gone.system {
            self.made.retain(|store| {
                !system.members.contains(&store.id) && system.cache.as_ref() != Some(&store.id)
            });
        }
    }

    fn add_named(&mut self, id: &StoreId, spec: &StoreSpec, data: Vec<DataId>) {
        let group = self.group;
        let storage = spec.storage.as_ref().unwrap_or(&group.policies.storage);
        let connections = spec.connections.unwrap_or(group.policies.store_connections);
        self.put(id.clone(), StoreKind::Named(spec.kind), spec.title.clone(), data, connections, storage);
    }

    /// One more store, named `wanted` if that name is free, kept as the group's stores are.
    fn add(&mut self, wanted: &str, kind: StoreKind, title: Option<Text>, data: Vec<DataId>) {
        let group = self.group;
        let id = self.free(wanted);
        self.put(id, kind, title, data, group.policies.store_connections, &group.policies.storage);
    }

    /// All of them, and the one for sessions, if any request kind needs a session that lies in a store.
    fn with_sessions(mut self, business: &Business) -> (Vec<Store>, Option<StoreId>) {
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
        let mut add = |wanted, kind, storage: &Storage| {
            let (id, connections) = (self.free(wanted), group.policies.store_connections);
            self.put(id, kind, None, Vec::new(), connections, storage);
        };
        let steps = business.functions.values().flat_map(|function| &function.steps);
        if steps.flat_map(|step| step.calls()).any(|call| call.queue.is_some()) {
            add("broker", StoreKind::Broker, &Storage::default());
        }
        let policy = &group.policies.transactions;
        // Where everything is one process and one database there is nothing to coordinate.
        let coordinated = policy.coordinator == Coordinator::Server
            && policy.protocol != Protocol::None
            && group.layout != Layout::Cluster;
        if coordinated && !business.transactions.is_empty() {
            let replication = policy.election.map_or(Replication::default(), Replication::Consensus);
            let storage = Storage { replication, ..Storage::default() };
            add("coordinator", StoreKind::Coordinator, &storage);
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
        self.made.push(Store {
            id: id.clone(),
            kind,
            title: title.clone(),
            data,
            connections,
            system: None,
            by_hand: false,
        });
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
                by_hand: false,
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

/// Whether a service reads or writes `data`.
fn touches(business: &Business, draft: &Draft, data: &DataId) -> bool {
    let functions = draft.functions.iter().filter_map(|id| business.functions.get(id));
    functions.flat_map(|function| &function.steps).any(|step| match step {
        Step::Access(access) => access.data == *data,
        Step::Call(_) | Step::Parallel(_) => false,
    })
}
