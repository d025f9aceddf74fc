//! Names: which index stands for which part, for as long as a run lasts.
//!
//! An index is given out at the first mention of a name and never taken back.

use std::collections::BTreeMap;

use archlab_model::{FunctionId, GroupId, MachineId, ServiceId, Span};

use crate::roster::Roster;
use crate::timers::{MAX_LANES, Wait};

/// A table of names.
#[derive(Debug, Clone)]
pub struct Table<K> {
    by_name: BTreeMap<K, u32>,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Table { by_name: BTreeMap::new() }
    }
}

impl<K: Ord> Table<K> {
    /// The index of `name`, a new one if it has none, and whether it is new.
    pub fn index(&mut self, name: K) -> (u32, bool) {
        let next = self.by_name.len() as u32;
        let index = *self.by_name.entry(name).or_insert(next);
        (index, index == next)
    }

    /// The index of `name`, if it has one.
    pub fn find(&self, name: &K) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// All names, each with its index.
    pub fn iter(&self) -> impl Iterator<Item = (&K, u32)> {
        self.by_name.iter().map(|(name, index)| (name, *index))
    }

    /// How many indices are given out.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }
}

/// The `nth` service of its name in a group: a careless design may hold two.
pub type PoolName = (u32, ServiceId, u32);

/// In what form a function is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// As the business says.
    Plain,
    /// The session is read first.
    WithSession,
    /// It is called in this protocol: its part of what the call costs comes first.
    Called(archlab_model::CallKind),
    /// What it wrote for a transaction is prepared.
    Prepare,
    /// Likewise, committed.
    Commit,
    /// Likewise, undone.
    Undo,
}

/// All names.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// What others may read.
    pub roster: Roster,
    pub machines: Table<MachineId>,
    pub groups: Table<GroupId>,
    pub clients: Table<archlab_model::ClientId>,
    pub kinds: Table<archlab_model::KindId>,
    pub stores: Table<(u32, archlab_model::StoreId)>,
    pub pools: Table<PoolName>,
    /// The service of each pool.
    pub services: Vec<ServiceId>,
    /// An instance is the copy of a pool with a number.
    pub instances: Table<(u32, u32)>,
    /// A function in a pool, in one of its forms.
    pub functions: Table<(u32, FunctionId, Form)>,
    /// What stands between a service that calls (none: the entry) and one that is called.
    pub guards: Table<(Option<u32>, u32)>,
    /// The topic of a function in a group.
    pub topics: Table<(u32, FunctionId)>,
    /// The transaction that a function of a group is.
    pub transactions: Table<(u32, FunctionId)>,
    /// A function in a pool that writes for transactions.
    pub branches: Table<(u32, FunctionId)>,
    /// The locks on a set of data of a group.
    pub locks: Table<(u32, archlab_model::DataId)>,
    /// The users of a client for a group.
    pub crowds: Table<(u32, u32)>,
    streams: Table<(Option<u32>, &'static str, String)>,
    /// The purpose and part of each random stream.
    pub stream_names: Vec<(&'static str, String)>,
    lanes: Vec<Span>,
}

impl Names {
    /// The random stream for `purpose` at `part`. Each `scope` has its own copy of it, with the same
    /// draws: groups that are compared meet the same chances.
    pub fn stream(&mut self, scope: Option<u32>, purpose: &'static str, part: &str) -> u32 {
        let (index, new) = self.streams.index((scope, purpose, part.to_owned()));
        if new {
            self.stream_names.push((purpose, part.to_owned()));
        }
        index
    }

    /// A wait of this length.
    pub fn wait(&mut self, length: Span) -> Wait {
        let lane = match self.lanes.iter().position(|lane| *lane == length) {
            Some(lane) => lane,
            None if self.lanes.len() < MAX_LANES => {
                self.lanes.push(length);
                self.lanes.len() - 1
            }
            None => MAX_LANES - 1,
        };
        Wait { length, lane: lane as u16 }
    }

    /// How many lanes of timers there are.
    pub fn lane_count(&self) -> usize {
        self.lanes.len()
    }
}
