//! Storage: how a store keeps its data. One copy or several, in one piece or sharded, behind a cache, reached
//! through a pool of connections.

use serde::{Deserialize, Serialize};

use crate::distribution::Distribution;
use crate::time::Span;

/// How a store keeps its data. Everything absent: one copy, on one member, that forgets nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// Copies and how they are kept alike.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub replication: Replication,
    /// Parts into which the keys are divided by their hash, each with copies of its own.
    #[serde(skip_serializing_if = "is_one")]
    pub shards: u32,
    /// What is asked for.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub keys: Keys,
    /// The connections each instance keeps to it; absent: as many as it likes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pool: Option<ConnectionPool>,
    /// A cache that readers look into first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache: Option<Cache>,
    /// Whether what it keeps outlives its process.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub durability: Durability,
}

impl Default for Storage {
    fn default() -> Self {
        Storage {
            replication: Replication::default(),
            shards: 1,
            keys: Keys::default(),
            pool: None,
            cache: None,
            durability: Durability::default(),
        }
    }
}

impl Storage {
    /// How many members each shard has.
    pub fn copies(&self) -> u32 {
        match &self.replication {
            Replication::Single => 1,
            Replication::Primary(primary) => primary.replicas.saturating_add(1),
            Replication::Quorum(quorum) => quorum.members,
            Replication::Consensus(consensus) => consensus.members,
        }
    }
}

fn is_one(shards: &u32) -> bool {
    *shards == 1
}

/// Whether data outlives the process that keeps it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Durability {
    /// It lies on a disk and is there after a restart.
    #[default]
    Disk,
    /// It lies in memory; a restart begins with nothing (Redis without persistence).
    Memory,
}

/// Copies, and how they are kept alike.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Replication {
    /// One copy.
    #[default]
    Single,
    /// A primary that takes all writes, and replicas that follow it.
    Primary(Primary),
    /// Equal members; so many have to answer a read, so many a write (Dynamo).
    Quorum(Quorum),
    /// Members that elect a leader and agree on every write (Raft, as in etcd).
    Consensus(Consensus),
}

/// A primary that takes all writes, and replicas that follow it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Primary {
    /// How many replicas.
    pub replicas: u32,
    /// Whether a write waits for them.
    pub mode: ReplicationMode,
    /// From a write at the primary until a replica has it, beside the way between them. Default 10 ms, a
    /// figure of ours for streaming replication within a data centre.
    pub lag: Distribution,
    /// How long a semi-synchronous write waits for a replica before the primary goes on alone. Default 10 s:
    /// MySQL's `rpl_semi_sync_source_timeout`.
    pub semi_sync_timeout: Span,
    /// Whether a synchronous primary refuses writes while no replica is left (Patroni's
    /// `synchronous_mode_strict`), instead of going on alone.
    pub strict: bool,
    /// Where reads go.
    pub reads: ReadFrom,
    /// How a dead primary is replaced.
    pub failover: Failover,
}

impl Default for Primary {
    fn default() -> Self {
        Primary {
            replicas: 1,
            mode: ReplicationMode::default(),
            lag: Distribution::Constant(Span::from_millis(10)),
            semi_sync_timeout: Span::from_secs(10),
            strict: false,
            reads: ReadFrom::default(),
            failover: Failover::default(),
        }
    }
}

/// Whether a write waits for replicas.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ReplicationMode {
    /// It does not. What a replica has not yet got is lost with the primary.
    #[default]
    Asynchronous,
    /// For one replica, but not for ever: after a while the primary goes on alone, until a replica has caught
    /// up again (MySQL semi-sync).
    SemiSynchronous,
    /// For all replicas that are believed to live. A dead one is believed to until the failure detector's
    /// timeout has passed.
    Synchronous,
}

/// Where reads of a primary with replicas go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ReadFrom {
    /// To the primary.
    #[default]
    Primary,
    /// To the replicas in turn, whose copies may be old; to the primary if there is none.
    Replicas,
    /// To the replicas, unless the user has written something the replica has not got yet: then to the
    /// primary. A user reads their own writes.
    ReplicasAfterOwnWrites,
}

/// How a dead primary is found out and replaced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Failover {
    /// It is not: somebody has to restart it.
    None,
    /// Patroni: a leader key of 30 s (`ttl`), renewed every 10 s (`loop_wait`), so that another is promoted 20
    /// to 30 s after a primary's death. A primary that cannot renew it steps down.
    #[default]
    Patroni,
    /// Redis Sentinel: 30 s without an answer to a ping each second (`down-after-milliseconds`). An isolated
    /// primary goes on; what it takes meanwhile is thrown away later.
    Sentinel,
    /// MongoDB: 10 s without a heartbeat each 2 s (`electionTimeoutMillis`). An isolated primary steps down.
    MongoDb,
    /// An RDS Multi-AZ instance: 60 to 120 s until the other one answers under its name.
    Rds,
    /// Its own figures.
    Custom(Detector),
}

impl Failover {
    /// The figures of the failure detector, if there is one.
    pub fn detector(&self) -> Option<Detector> {
        let of = |heartbeat, timeout, fencing| Detector {
            heartbeat: Span::from_secs(heartbeat),
            timeout: Span::from_secs(timeout),
            discovery: Span::ZERO,
            fencing,
        };
        match *self {
            Failover::None => None,
            Failover::Patroni => Some(of(10, 30, true)),
            Failover::Sentinel => Some(Detector { discovery: Span::from_secs(1), ..of(1, 30, false) }),
            Failover::MongoDb => Some(of(2, 10, true)),
            Failover::Rds => Some(of(60, 120, true)),
            Failover::Custom(detector) => Some(detector),
        }
    }
}

/// A failure detector for primaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Detector {
    /// From one sign of life of the primary to the next.
    pub heartbeat: Span,
    /// From the last sign of life until a replica takes over.
    pub timeout: Span,
    /// How long it takes until the last caller knows the new primary; each learns it at some moment in between.
    pub discovery: Span,
    /// Whether a primary that no replica hears any more stops taking writes by the time another takes over.
    /// Careless without: there are two primaries then, and the writes of one are thrown away.
    pub fencing: bool,
}

impl Default for Detector {
    fn default() -> Self {
        Detector {
            heartbeat: Span::from_secs(1),
            timeout: Span::from_secs(5),
            discovery: Span::ZERO,
            fencing: true,
        }
    }
}

/// Equal members, so many of which have to answer. Default 3, 2, 2: the common choice of the Dynamo paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Quorum {
    /// How many members (N).
    pub members: u32,
    /// Answers that a read needs (R). A read is certain to meet the newest write if R + W > N.
    pub read: u32,
    /// Answers that a write needs (W).
    pub write: u32,
    /// Which members are asked.
    pub contact: Contact,
    /// After how long a write reaches the members that it was not sent to (anti-entropy), where only as many
    /// are asked as needed; and those that were dead, once they are back. Default 1 s, a figure of ours.
    pub repair: Span,
}

impl Default for Quorum {
    fn default() -> Self {
        Quorum { members: 3, read: 2, write: 2, contact: Contact::default(), repair: Span::from_secs(1) }
    }
}

/// Which members of a quorum are asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Contact {
    /// All; the first to answer count.
    #[default]
    All,
    /// As many as are needed, chosen at random.
    Enough,
}

/// What is asked for: the keys, which decide the shard, what a cache knows, and what is stale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// How many there are.
    pub count: u32,
    /// How unevenly they are asked for: the exponent of a Zipf distribution. 0: all alike; 0.99: as in the
    /// Yahoo! cloud serving benchmark, a few keys get most.
    pub skew: f64,
    /// Whether each user asks for what is theirs (a cart, a profile) and for nothing else.
    pub by_user: bool,
}

impl Default for Keys {
    fn default() -> Self {
        Keys { count: 10_000, skew: 0.0, by_user: false }
    }
}

/// The connections that each instance keeps to a store. Defaults: HikariCP (`maximumPoolSize` 10,
/// `connectionTimeout` 30 s).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionPool {
    /// How many.
    pub size: u32,
    /// How long somebody waits for one to come free.
    pub wait: Span,
}

impl Default for ConnectionPool {
    fn default() -> Self {
        ConnectionPool { size: 10, wait: Span::from_secs(30) }
    }
}

/// A cache beside a store (cache-aside): readers look into it first, and fill it with what they had to read from
/// the store; writers write the store and then delete the entry. It dies with all it holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Cache {
    /// How long an entry is good for.
    pub ttl: Span,
    /// By what share the time of each entry is longer or shorter at random, so that they do not all end at
    /// once. 0 to 1.
    pub jitter: f64,
    /// How many entries it holds; one more, and the one not asked for the longest goes.
    pub size: u32,
    /// How long it works on a look-up. Default 200 µs, the order of one in memory.
    pub time: Distribution,
    /// What happens when an entry has to be read again.
    pub refresh: Refresh,
}

impl Default for Cache {
    fn default() -> Self {
        Cache {
            ttl: Span::from_secs(60),
            jitter: 0.0,
            size: 100_000,
            time: Distribution::Constant(Span::from_micros(200)),
            refresh: Refresh::default(),
        }
    }
}

/// What happens when an entry of a cache has to be read again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Refresh {
    /// Everybody who misses it reads the store: a stampede, if many do.
    #[default]
    Everybody,
    /// One reads the store, the others wait for it (memcache's lease, request coalescing).
    Lock {
        /// How long they wait before they read it themselves.
        wait: Span,
    },
    /// For a while after its time an entry is still given out, while one reads the store in the background
    /// (`stale-while-revalidate`).
    StaleWhileRevalidate {
        /// For how long.
        grace: Span,
    },
    /// Each reader may read the store before the entry's time is over, the likelier the nearer (XFetch: if
    /// now − δ β ln(rand) ≥ expiry, where δ is how long the last reading took).
    Early {
        /// How eager: 1 is optimal, more is earlier (Vattani et al. 2015).
        beta: f64,
    },
}

/// Members that elect a leader and agree on every write (Raft). A write is done once a majority has it; reads are
/// answered by the leader while it holds its lease. Defaults: etcd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Consensus {
    /// How many members: 3, 5 or 7. An even number bears no more failures than one less.
    pub members: u32,
    /// From one word of the leader to the next (`heartbeat-interval`: 100 ms).
    pub heartbeat: Span,
    /// How long a member waits for it, at least, before it wants to lead itself (`election-timeout`: 1 s).
    pub election_from: Span,
    /// And at most; each waits for a random time between the two (etcd: twice the least).
    pub election_to: Span,
}

impl Default for Consensus {
    fn default() -> Self {
        Consensus {
            members: 3,
            heartbeat: Span::from_millis(100),
            election_from: Span::from_millis(1_000),
            election_to: Span::from_millis(2_000),
        }
    }
}
