//! Compiling stores: which members a store has, and how they keep data together.

use archlab_model::deployment::{Deployment, Service, StoreSystem};
use archlab_model::policy::{Cache, ConnectionPool, Consensus, Primary, Quorum, Replication};
use archlab_model::{
    Durability, GroupId, Keys, MissingSession, Policies, ReadFrom, SessionScheme, Sessions, Span, StoreId,
};

use crate::plan::compile::{SESSION_READ, Scope, chance};
use crate::plan::names::Names;
use crate::plan::program::{NOWHERE, Op};
use crate::plan::{MAX_PARALLEL, Plan, StorePlan, put};
use crate::random::Sampler;
use crate::store::cache::MAX_ENTRIES;
use crate::store::quorum::MAX_MEMBERS;

/// Most keys of a store.
pub const MAX_KEYS: u32 = 1_000_000;
/// Most parts of a store.
pub const MAX_SHARDS: u32 = 64;
/// Most members of all shards of a store.
const MAX_STORES_OF_A_SYSTEM: usize = MAX_SHARDS as usize * MAX_MEMBERS;
/// The shortest time between two signs of life of a primary.
pub const MIN_HEARTBEAT: Span = Span::from_millis(1);

/// A store of several members, or with a pool or a cache before it.
#[derive(Debug, Clone, PartialEq)]
pub struct SystemPlan {
    pub group: u32,
    /// Its members, those of the first shard first.
    pub members: Vec<u32>,
    /// Members of a shard.
    pub copies: usize,
    pub replication: ReplicationPlan,
    pub keys: Keys,
    pub pool: Option<ConnectionPool>,
    pub cache: Option<CachePlan>,
    /// Whether a member that starts again has what it had.
    pub durable: bool,
    /// Random streams: of keys, of what a cache or a quorum decides by chance, of lags.
    pub key_stream: u32,
    pub chances: u32,
    pub lags: u32,
}

/// How copies are kept alike.
#[derive(Debug, Clone, PartialEq)]
pub enum ReplicationPlan {
    /// One copy, or a primary and its replicas.
    Primary { policy: Primary, lag: Sampler },
    /// Equal members.
    Quorum(Quorum),
    /// Members that elect a leader and agree on every write.
    Consensus(Consensus),
}

/// A cache beside a store.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CachePlan {
    pub store: u32,
    pub policy: Cache,
    pub time: Sampler,
}

/// How a service keeps the sessions of its users.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionPlan {
    pub scheme: SessionScheme,
    /// The store that keeps them, if one does.
    pub store: Option<u32>,
    /// The chance that a request changes its session, and its random stream.
    pub changes: f64,
    pub changes_stream: u32,
    /// The random stream of where copies are kept.
    pub backups: u32,
    pub idle: Span,
    pub missing: MissingSession,
}

/// Whether anything in a group asks who the user is.
pub fn asks_for_the_user(policies: &Policies, deployment: &Deployment) -> bool {
    let by_user = |store: &archlab_model::deployment::Store| {
        store.system.as_ref().is_some_and(|system| {
            let own = match &system.storage.replication {
                Replication::Primary(primary) => primary.reads == ReadFrom::ReplicasAfterOwnWrites,
                _ => false,
            };
            own || system.storage.keys.by_user
        })
    };
    policies.sessions.is_some() || deployment.stores.iter().any(by_user)
}

/// Compiles the stores of a group. Returns them in the order of the deployment.
pub fn compile_stores(group: u32, deployment: &Deployment, names: &mut Names, plan: &mut Plan) -> Vec<u32> {
    let mut stores = Vec::new();
    for store in &deployment.stores {
        let index = index_of(group, &deployment.group, &store.id, names);
        let connections = store.connections.clamp(1, MAX_PARALLEL);
        put(&mut plan.stores, index, Some(StorePlan { group, connections }));
        if !stores.contains(&index) {
            stores.push(index);
        }
    }
    for store in &deployment.stores {
        if let Some(system) = &store.system {
            let index = index_of(group, &deployment.group, &store.id, names);
            let compiled = compile_system(group, &deployment.group, &store.id, system, names);
            put(&mut plan.systems, index, Some(compiled));
        }
    }
    stores
}

fn index_of(group: u32, id: &GroupId, store: &StoreId, names: &mut Names) -> u32 {
    let (index, new) = names.stores.index((group, store.clone()));
    if new {
        names.roster.stores.push((id.clone(), store.clone()));
    }
    index
}

fn compile_system(
    group: u32,
    id: &GroupId,
    store: &StoreId,
    system: &StoreSystem,
    names: &mut Names,
) -> SystemPlan {
    let storage = &system.storage;
    let members = system.members.iter().take(MAX_STORES_OF_A_SYSTEM);
    let members: Vec<u32> = members.map(|member| index_of(group, id, member, names)).collect();
    let copies = (storage.copies().max(1) as usize).min(MAX_MEMBERS).min(members.len().max(1));
    let replication = match &storage.replication {
        Replication::Single => {
            let policy = Primary { replicas: 0, ..Primary::default() };
            ReplicationPlan::Primary { lag: Sampler::from(&policy.lag), policy }
        }
        Replication::Primary(policy) => {
            ReplicationPlan::Primary { policy: policy.clone(), lag: Sampler::from(&policy.lag) }
        }
        Replication::Quorum(quorum) => {
            let most = copies as u32;
            let (read, write) = (quorum.read.clamp(1, most), quorum.write.clamp(1, most));
            ReplicationPlan::Quorum(Quorum { members: most, read, write, ..quorum.clone() })
        }
        Replication::Consensus(consensus) => {
            let heartbeat = consensus.heartbeat.max(MIN_HEARTBEAT);
            let election_from = consensus.election_from.max(MIN_HEARTBEAT);
            let election_to = consensus.election_to.max(election_from);
            ReplicationPlan::Consensus(Consensus { heartbeat, election_from, election_to, ..*consensus })
        }
    };
    let copies = match &replication {
        ReplicationPlan::Consensus(_) => copies.min(crate::consensus::MAX_MEMBERS),
        _ => copies,
    };
    let cache = storage.cache.zip(system.cache.as_ref()).map(|(policy, cache)| CachePlan {
        store: index_of(group, id, cache, names),
        policy: Cache {
            size: policy.size.clamp(1, MAX_ENTRIES),
            jitter: if policy.jitter > 0.0 { policy.jitter.min(1.0) } else { 0.0 },
            ..policy
        },
        time: Sampler::from(&policy.time),
    });
    let mut stream = |purpose| names.stream(Some(group), purpose, store.as_str());
    SystemPlan {
        group,
        members,
        copies,
        replication,
        keys: Keys { count: storage.keys.count.clamp(1, MAX_KEYS), ..storage.keys },
        pool: storage.pool,
        cache,
        durable: storage.durability == Durability::Disk,
        key_stream: stream("keys"),
        chances: stream("store chances"),
        lags: stream("replication lag"),
    }
}

impl Scope<'_> {
    fn session_access(&mut self, write: bool, chance: f64, choices: u32) -> Op {
        let store = self.deployment.sessions.as_ref().map_or(NOWHERE, |store| self.store(store));
        Op::Access {
            store,
            write,
            sampler: Sampler::from(&SESSION_READ),
            stream: self.names.stream(Some(self.group), if write { "write" } else { "read" }, "session"),
            count: 1,
            chance,
            choices,
        }
    }

    /// What a request that needs its session does first.
    pub(super) fn begin_session(
        &mut self,
        policy: Option<&Sessions>,
        pool: u32,
        service: &Service,
        choices: u32,
        program: &mut Vec<Op>,
    ) {
        let scheme = policy.map_or(SessionScheme::SharedStore, |policy| policy.scheme);
        let Some(policy) = policy else {
            return program.push(self.session_access(false, 1.0, choices));
        };
        match scheme {
            SessionScheme::Token => {
                let sampler = Sampler::Constant(policy.verification);
                let stream = self.names.stream(Some(self.group), "verification", "session");
                program.push(Op::Work { sampler, stream });
            }
            SessionScheme::SharedStore => program.push(self.session_access(false, 1.0, choices)),
            SessionScheme::Local
            | SessionScheme::Sticky
            | SessionScheme::Replicated
            | SessionScheme::Backup => {}
        }
        program.push(Op::Session { pool, ends: false });
        let compiled = SessionPlan {
            scheme,
            store: self.deployment.sessions.as_ref().map(|store| self.store(store)),
            changes: chance(policy.changes),
            changes_stream: self.names.stream(Some(self.group), "session changes", service.id.as_str()),
            backups: self.names.stream(Some(self.group), "session copies", service.id.as_str()),
            idle: policy.idle,
            missing: policy.missing,
        };
        self.sessions.push((pool, compiled));
    }

    /// What it does last.
    pub(super) fn end_session(
        &mut self,
        policy: Option<&Sessions>,
        pool: u32,
        choices: u32,
        program: &mut Vec<Op>,
    ) {
        let Some(policy) = policy else { return };
        match policy.scheme {
            SessionScheme::Token => {}
            SessionScheme::SharedStore => {
                let change = self.session_access(true, chance(policy.changes), choices);
                program.push(change);
            }
            _ => program.push(Op::Session { pool, ends: true }),
        }
    }
}
