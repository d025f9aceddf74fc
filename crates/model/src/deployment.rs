//! A deployment: which instances of which services run on which machines, and where data lies.
//!
//! It is what a layout makes of a business and some machines; nothing in it is saved.

use crate::business::StoreUse;
use crate::group::Capacity;
use crate::id::{DataId, FunctionId, GroupId, InstanceId, MachineId, ServiceId, StoreId};
use crate::policy::Storage;
use crate::text::Text;

/// What one group's layout makes of the business and the group's machines.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployment {
    /// The group.
    pub group: GroupId,
    /// What stands in front.
    pub entry: Entry,
    /// The services, each with its instances.
    pub services: Vec<Service>,
    /// The stores, each with the data it holds.
    pub stores: Vec<Store>,
    /// The store that sessions are read from.
    pub sessions: Option<StoreId>,
    /// Whether instances of a dead machine are placed again on the others.
    pub placed_again: bool,
}

impl Deployment {
    /// The service that holds `function`, if any does.
    pub fn service_of(&self, function: &FunctionId) -> Option<&Service> {
        self.services.iter().find(|service| service.functions.contains(function))
    }

    /// The store that holds `data`, if any does.
    pub fn store_of(&self, data: &DataId) -> Option<&Store> {
        self.stores.iter().find(|store| store.data.contains(data))
    }

    /// Whether any of it is as a person changed it.
    pub fn is_by_hand(&self) -> bool {
        let service =
            |service: &Service| service.by_hand || service.instances.iter().any(|instance| instance.by_hand);
        self.services.iter().any(service) || self.stores.iter().any(|store| store.by_hand)
    }
}

/// What stands between the clients and the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What it does.
    pub kind: EntryKind,
}

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// Spreads requests over the instances of one service.
    Balancer,
    /// Sends each request to the service that holds its function.
    Gateway,
}

/// A deployable unit and its running copies.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Its name, unique in its group.
    pub id: ServiceId,
    /// What it is called, where the business says so.
    pub title: Option<Text>,
    /// The functions it holds. A call between two of them stays within the instance.
    pub functions: Vec<FunctionId>,
    /// Workers and queue of each instance.
    pub capacity: Capacity,
    /// Whether a worker is free for others while its function waits for calls.
    pub nonblocking: bool,
    /// The team that owns it.
    pub team: Option<String>,
    /// Its running copies. None: the service is deployed nowhere, and what needs it fails.
    pub instances: Vec<Instance>,
    /// The group within the group that all its copies run in, whose policy balances them.
    pub balanced_by: Option<GroupId>,
    /// Whether a person decided what it holds, or how many copies of it run.
    pub by_hand: bool,
}

/// One running copy of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its name.
    pub id: InstanceId,
    /// The machine it runs on.
    pub machine: MachineId,
    /// Whether a person put it there.
    pub by_hand: bool,
}

/// A store and the data it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Store {
    /// Its name, unique in its group.
    pub id: StoreId,
    /// What kind of store it is.
    pub kind: StoreKind,
    /// What it is called, where the business says so.
    pub title: Option<Text>,
    /// The data it holds.
    pub data: Vec<DataId>,
    /// How many reads and writes it works on at once.
    pub connections: u32,
    /// The system it is the first member of, unless it is nothing but one copy that everybody reaches.
    pub system: Option<StoreSystem>,
    /// Whether a person decided what it holds.
    pub by_hand: bool,
}

/// Stores that keep data together: copies, shards, a cache beside them.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreSystem {
    /// How they keep it.
    pub storage: Storage,
    /// The members, those of the first shard first; the first of each shard is its primary at the start.
    pub members: Vec<StoreId>,
    /// The cache that readers look into first.
    pub cache: Option<StoreId>,
}

/// What kind of store it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreKind {
    /// One database that several services share.
    Shared,
    /// The database of one service alone.
    Own,
    /// Where sessions lie.
    Sessions,
    /// A store that the business names, whoever uses it.
    Named(StoreUse),
    /// One more member of a store: a replica, a shard.
    Member,
    /// A cache beside a store.
    Cache,
    /// The message broker.
    Broker,
    /// The transaction coordinator.
    Coordinator,
}
