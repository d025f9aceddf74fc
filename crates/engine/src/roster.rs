//! The roster: which index stands for which part of the design.
//!
//! Indices are given out once and never reused during a run: a part that leaves the design keeps its
//! index, so that what was recorded before still means what it meant.

use archlab_model::{ClientId, FunctionId, GroupId, InstanceId, KindId, MachineId, ServiceId, StoreId};

/// The names behind the indices of facts, frames and flights.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roster {
    /// By client index.
    pub clients: Vec<ClientId>,
    /// By group index; a group has one entry, of the same index.
    pub groups: Vec<GroupId>,
    /// By machine index.
    pub machines: Vec<MachineId>,
    /// By instance index.
    pub instances: Vec<InstanceId>,
    /// By service index.
    pub services: Vec<(GroupId, ServiceId)>,
    /// By store index.
    pub stores: Vec<(GroupId, StoreId)>,
    /// By topic index: the function that is called through it.
    pub topics: Vec<(GroupId, FunctionId)>,
    /// By request kind index.
    pub kinds: Vec<KindId>,
}
