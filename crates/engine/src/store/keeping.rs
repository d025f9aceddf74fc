//! What a run knows of stores of several members: what each has, who waits for them, what was counted.

use std::collections::{BTreeMap, VecDeque};

use archlab_model::{SimTime, Span};
use slab::Slab;

use crate::measure::report::DataCounts;
use crate::plan::storing::{ReplicationPlan, SystemPlan};
use crate::random::Stream;
use crate::store::agreeing::Assembly;
use crate::store::cache::Entries;
use crate::store::copies::Copies;
use crate::store::keys::Keys;
use crate::store::pool::Pool;
use crate::store::quorum::{Versions, Votes};
use crate::work::NONE;

/// Everything about stores of several members.
#[derive(Debug, Clone, Default)]
pub struct Keeping {
    /// By the first store of each.
    pub systems: Vec<Option<System>>,
    /// Reads and writes under way.
    pub accesses: Slab<Access>,
    /// The pools of connections, and which instance has which to which system.
    pub pools: Vec<InstancePool>,
    pub pool_of: BTreeMap<(u32, u32), u32>,
}

/// The connections of an instance to a store.
#[derive(Debug, Clone)]
pub struct InstancePool {
    pub pool: Pool,
    pub instance: u32,
    /// The process they belong to.
    pub epoch: u32,
}

/// A store of several members, or with a pool or a cache before it.
#[derive(Debug, Clone)]
pub struct System {
    pub plan: SystemPlan,
    pub keys: Keys,
    pub shards: Vec<Shard>,
    pub entries: Entries,
    pub counts: DataCounts,
}

/// A part of a store: some keys, and the members that keep them.
#[derive(Debug, Clone)]
pub enum Shard {
    /// One copy, or a primary and its replicas.
    Primary(Box<Replicated>),
    /// Equal members.
    Quorum(Versions),
    /// Members that elect a leader and agree on every write.
    Consensus(Box<Assembly>),
}

/// A primary, its replicas, and the writes that wait for them.
#[derive(Debug, Clone)]
pub struct Replicated {
    pub copies: Copies,
    /// Writes that wait, by number: the work that does each, held.
    pub waiting: VecDeque<(u64, u32)>,
    /// By member: when the last of what was sent to it arrives, so that nothing overtakes.
    pub arrives: Vec<SimTime>,
    /// Signs of life and suspicions that were planned under another number are void.
    pub epoch: u32,
    /// Whether somebody is to look at the writes that wait.
    pub looked_after: bool,
    /// Whether two take writes, as far as was told.
    pub split: bool,
    /// By user: their own last write, where they are to read it.
    pub own: Vec<u64>,
}

/// A read or a write of such a store, on behalf of a part of a task.
#[derive(Debug, Clone, Copy)]
pub struct Access {
    pub system: u32,
    pub op: u32,
    pub key: u32,
    pub user: u32,
    pub write: bool,
    pub phase: Phase,
    /// The newest write of the key that was done when this began.
    pub newest: u64,
    /// The number of the write that it is, or that it has read.
    pub number: u64,
    /// When it began to read the store, if it does so to fill the cache.
    pub fills: Option<SimTime>,
    pub votes: Votes,
    /// The pool it has a connection of, and the process the connection belongs to; else [`NONE`].
    pub pool: u32,
    pub pool_epoch: u32,
    /// Who waits for the same entry of the cache behind it.
    pub next: u32,
}

/// How far an access has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It waits for a connection.
    Pool,
    /// It looks into the cache. What it found, once it has.
    Cache(Option<crate::store::cache::Look>),
    /// Somebody else reads for it.
    Lease,
    /// It waits for members.
    Members,
}

/// Something that is due between the members of a store, or between a store and those who wait for it.
#[derive(Debug, Clone)]
pub enum Due {
    /// Writes up to a number reach a replica.
    Copy {
        system: u32,
        shard: u32,
        member: u32,
        term: u32,
        number: u64,
        /// When the primary did the write, and when it left: a primary that died in between never sent it.
        done: SimTime,
        left: SimTime,
    },
    /// The primary hears that they have.
    Confirm { system: u32, shard: u32, member: u32, term: u32, number: u64 },
    /// The primary gives a sign of life.
    Heartbeat { system: u32, shard: u32, epoch: u32 },
    /// Nothing may have been heard of the primary for long enough.
    Suspicion { system: u32, shard: u32, epoch: u32 },
    /// Writes may have waited for long enough.
    Patience { system: u32, shard: u32 },
    /// A member of a quorum gets what it missed: one key, or all.
    Repair { system: u32, shard: u32, member: u32, key: Option<(u32, u32)> },
    /// An entry reaches the cache.
    Fill { system: u32, key: u32, version: u64, took: Span },
    /// Word reaches the cache that a key was written.
    Forget { system: u32, key: u32 },
    /// Somebody who read for others has died some time ago.
    Lapse { system: u32, key: u32 },
    /// Somebody may have waited for an entry of the cache for long enough. Holds the work.
    Lease { part: u32 },
    /// Somebody may have waited at an entry for long enough. Holds the request.
    Edge { group: u32, request: u32 },
    /// Somebody may have waited for a connection for long enough.
    Pool { pool: u32 },
    /// A message between members that agree arrives.
    Letter { system: u32, shard: u32, from: u8, to: u8, letter: u32 },
    /// The timer of a member that agrees with others is due.
    Turn { system: u32, shard: u32, member: u8, number: u32 },
    /// The process of a store has started.
    Ready { store: u32, epoch: u32 },
}

impl System {
    /// A store as it is at first.
    pub fn new(now: SimTime, plan: SystemPlan) -> System {
        let shards = plan.members.len() / plan.copies.max(1);
        let shards = (0..shards.max(1)).map(|_| Shard::new(now, &plan)).collect();
        let keys = Keys::new(plan.keys.count, plan.keys.skew, plan.keys.by_user);
        let entries = match &plan.cache {
            Some(cache) => Entries::new(cache.policy.size, cache.policy.refresh),
            None => Entries::new(1, archlab_model::Refresh::Everybody),
        };
        System { plan, keys, shards, entries, counts: DataCounts::default() }
    }

    /// Where the members of a shard begin among all.
    pub fn first_of(&self, shard: u32) -> usize {
        shard as usize * self.plan.copies
    }

    /// The store that is a member of a shard.
    pub fn store_of(&self, shard: u32, member: usize) -> u32 {
        self.plan.members.get(self.first_of(shard) + member).copied().unwrap_or(NONE)
    }

    /// The shard and the place in it of a store.
    pub fn place_of(&self, store: u32) -> Option<(u32, usize)> {
        let place = self.plan.members.iter().position(|member| *member == store)?;
        Some(((place / self.plan.copies) as u32, place % self.plan.copies))
    }

    /// The primary and replicas of a shard, unless it is a quorum.
    pub fn replicated(&mut self, shard: u32) -> Option<&mut Replicated> {
        match self.shards.get_mut(shard as usize) {
            Some(Shard::Primary(replicated)) => Some(replicated),
            _ => None,
        }
    }

    /// The number of the newest write of `key` that is done.
    pub fn newest(&self, shard: u32, key: u32) -> u64 {
        match self.shards.get(shard as usize) {
            Some(Shard::Primary(replicated)) => replicated.copies.newest(key),
            Some(Shard::Quorum(versions)) => u64::from(versions.done(key)),
            Some(Shard::Consensus(assembly)) => assembly.newest(key),
            None => 0,
        }
    }
}

impl Shard {
    /// A part as it is at first.
    pub fn new(now: SimTime, plan: &SystemPlan) -> Shard {
        match &plan.replication {
            ReplicationPlan::Quorum(_) => Shard::Quorum(Versions::default()),
            ReplicationPlan::Consensus(_) => Shard::Consensus(Box::default()),
            ReplicationPlan::Primary { policy, .. } => {
                let mut copies = Copies::new(now, plan.copies);
                let detector = policy.failover.detector();
                copies.set(policy.mode, policy.strict, policy.semi_sync_timeout, detector);
                Shard::Primary(Box::new(Replicated {
                    copies,
                    waiting: VecDeque::new(),
                    arrives: vec![now; plan.copies],
                    epoch: 0,
                    looked_after: false,
                    split: false,
                    own: Vec::new(),
                }))
            }
        }
    }
}

impl Keeping {
    /// The system, if there is one.
    pub fn system(&mut self, index: u32) -> Option<&mut System> {
        self.systems.get_mut(index as usize)?.as_mut()
    }

    /// The key that somebody asks a system for now.
    pub fn draw_key(&self, index: u32, streams: &mut [Stream], user: u32) -> u32 {
        match self.systems.get(index as usize) {
            Some(Some(system)) => system.keys.draw(&mut streams[system.plan.key_stream as usize], user),
            _ => 0,
        }
    }
}
