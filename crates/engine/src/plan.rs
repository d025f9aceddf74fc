//! The plan: a design compiled to dense tables by index, which is all that a run reads.
//!
//! What a person reads and what a loop reads are two different things. Indices come from
//! [`names::Names`], which outlives a plan: when a design is changed during a run, what has the same name
//! has the same index in the new plan, and what is gone is `None` there.

pub mod clients;
pub mod compile;
pub mod flow;
pub mod names;
pub mod program;
pub mod resilience;
pub mod scaling;
pub mod storing;
mod tolls;
pub mod transacting;

use std::sync::Arc;

use archlab_model::policy::{Backoff, RateLimit};
use archlab_model::{
    Autoscaling, Balancing, Discovery, Layout, Placement, PlannedFault, PlannedRelease, Shutdown, Span,
};

use crate::balancing::Rules;
use crate::fact::Reason;
use crate::health::HealthPlan;
use crate::network::Network;
use crate::plan::program::Op;
use crate::random::Sampler;
use crate::resilience::guard::{GuardPlan, SheddingPlan};
use crate::timers::Wait;
use crate::traffic::{Rates, Schedule};

/// Most attempts of one call.
pub const MAX_ATTEMPTS: usize = 8;
/// Most cores of a machine, workers of an instance, connections of a store.
pub const MAX_PARALLEL: u32 = 100_000;
/// Most requests that may wait for the workers of an instance.
pub const MAX_QUEUE: u32 = 10_000_000;
/// Most users of one closed client, for one group.
pub const MAX_USERS: u32 = 100_000;
/// Most requests a second of an open client.
pub const MAX_RATE: f64 = 1e7;
/// The shortest time after which bursts, batches and recordings begin again.
pub const MIN_ROUND: Span = Span::from_millis(1);
/// Most copies of a microservice. The layouts would make more, and take their time over it.
pub const MAX_REPLICAS: u32 = 100;
/// Most round trips before a call.
pub const MAX_ROUND_TRIPS: u32 = 10;
/// The shortest time between health checks, and the shortest a check waits.
pub const MIN_CHECK: Span = Span::from_millis(1);

/// A design, compiled.
///
/// Each table is by index; what the run has known and the design no longer has is `None`.
#[derive(Debug)]
pub struct Plan {
    pub machines: Vec<Option<MachinePlan>>,
    pub groups: Vec<Option<GroupPlan>>,
    pub pools: Vec<Option<PoolPlan>>,
    pub instances: Vec<Option<InstancePlan>>,
    pub stores: Vec<Option<StorePlan>>,
    /// By pool.
    pub sessions: Vec<Option<storing::SessionPlan>>,
    /// By the first store of each.
    pub systems: Vec<Option<storing::SystemPlan>>,
    /// A function that several pools hold is in here once for each.
    pub functions: Vec<Option<FunctionPlan>>,
    pub topics: Vec<Option<flow::TopicPlan>>,
    pub transactions: Vec<Option<transacting::TransactionPlan>>,
    /// Functions that write for transactions.
    pub branches: Vec<Option<transacting::BranchPlan>>,
    /// How many sets of data there are locks on.
    pub lock_count: usize,
    pub clients: Vec<Option<ClientPlan>>,
    /// What stands between callers and services.
    pub guards: Vec<Option<GuardPlan>>,
    /// By service: the limit before it.
    pub limits: Vec<Option<RateLimit>>,
    /// By kind; zero for what is not asked for.
    pub shares: Vec<f64>,
    pub network: Network,
    /// The scenario's, in its order.
    pub faults: Vec<PlannedFault>,
    /// The same of releases.
    pub releases: Vec<PlannedRelease>,
    /// Groups in the order of the design.
    pub group_order: Vec<u32>,
    /// Machines in groups, in the order of the design.
    pub machine_order: Vec<u32>,
}

/// A machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MachinePlan {
    pub cores: u32,
    /// Work done in a second on one core, in seconds of work.
    pub speed: f64,
    /// Its share of the traffic.
    pub weight: u32,
    /// Whose turn it is when others are not healthy enough.
    pub priority: u32,
}

/// Where requests of a kind enter: the function that is called first, and the pool of the service that has it.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub function: u32,
    pub pool: u32,
}

/// A group.
#[derive(Debug, Clone)]
pub struct GroupPlan {
    pub layout: Layout,
    /// Its services, in the order of the deployment.
    pub pools: Vec<u32>,
    /// In the order of the deployment.
    pub stores: Vec<u32>,
    /// In seat order, without repetition.
    pub machines: Vec<u32>,
    /// Where each kind enters, by kind.
    pub entries: Vec<Option<Entry>>,
    /// What stands between the entry and the service of each kind, by kind; empty if nothing does.
    pub entry_guards: Vec<u32>,
    /// The limit at the entry.
    pub entry_limit: Option<RateLimit>,
    /// How instances turn work away.
    pub shedding: Option<SheddingPlan>,
    /// Whether instances of a dead machine are started on others.
    pub placed_again: bool,
    /// From a machine's death until they are.
    pub placement: Placement,
    /// From the start of a process until it answers.
    pub startup: Span,
    pub health: HealthPlan,
    /// How its services are balanced.
    pub rules: Rules,
    /// How callers learn which instances there are.
    pub discovery: Option<Discovery>,
    /// How an instance ends that is asked to.
    pub shutdown: Shutdown,
    pub calls: CallPlan,
    /// What its entry answers by itself.
    pub edge: Option<crate::store::edge::EdgePlan>,
    /// Whether anything in it, beside its balancers, asks who the user is.
    pub asks_for_the_user: bool,
}

/// How callers wait and try again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallPlan {
    /// How long for a machine that does not answer at all.
    pub connect: Wait,
    /// How long for the answer.
    pub response: Wait,
    /// In all, the first included.
    pub attempts: u32,
    /// Whether an attempt that was sent and never answered is repeated, too.
    pub after_timeout: bool,
    pub balancing: Balancing,
    /// Whether an answer that tells of a failure is followed by another attempt, too.
    pub retry_errors: bool,
    /// Whether an instance that was tried is tried again when there is no other.
    pub retry_same: bool,
    /// The pause before a retry, and the random stream of pauses.
    pub backoff: Option<(Backoff, u32)>,
    /// If deadlines go with calls: the lane of timers that ring when a caller's own time is over.
    pub deadlines: Option<Wait>,
}

impl CallPlan {
    /// Whether a call that was answered with this failure is made again on account of `retry_errors`.
    pub fn repeats(&self, reason: Reason) -> bool {
        self.retry_errors
            && !matches!(reason, Reason::NotDeployed | Reason::LimitReached | Reason::DeadlineExceeded)
    }
}

/// A service in a group: what its callers choose from.
#[derive(Debug, Clone)]
pub struct PoolPlan {
    pub group: u32,
    /// By number.
    pub instances: Vec<u32>,
    /// Whether a worker is free for others while its function waits for calls.
    pub nonblocking: bool,
    /// How it is balanced, unless as its group says.
    pub rules: Option<Rules>,
    /// How many copies it has, as its load has it.
    pub autoscaling: Option<Autoscaling>,
}

/// An instance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InstancePlan {
    pub pool: u32,
    /// Where the layout wants it.
    pub machine: u32,
    /// Requests it works on at once.
    pub workers: u32,
    /// Requests that may wait.
    pub queue: u32,
}

/// A store.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StorePlan {
    pub group: u32,
    /// Reads and writes it does at once.
    pub connections: u32,
}

/// A function in a pool.
#[derive(Debug, Clone)]
pub struct FunctionPlan {
    pub pool: u32,
    /// Round trips before each call of it, for a connection.
    pub round_trips: u32,
    /// What it does, step by step.
    pub program: Vec<Op>,
}

/// A population of clients.
#[derive(Debug, Clone)]
pub struct ClientPlan {
    pub load: LoadPlan,
    /// How long one waits for its answer.
    pub patience: Wait,
    /// The random stream of its arrivals.
    pub arrivals: u32,
    /// The random stream of what it asks for.
    pub kinds: u32,
    /// How many people an open one is; zero if it matters to nobody who they are.
    pub population: u32,
    /// The random stream of who asks.
    pub users: u32,
    /// The groups it sends to.
    pub targets: Vec<TargetPlan>,
}

/// How much is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum LoadPlan {
    /// Nobody asks for anything.
    Silent,
    /// Poisson, with this mean time between requests.
    Open { gap: Sampler },
    /// Poisson, at a rate that changes with time.
    Varying(Arc<Rates>),
    /// At given instants.
    Listed(Arc<Schedule>),
    /// Users for each group.
    Closed { users: u32, think: Sampler },
}

/// A group that a client sends to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetPlan {
    pub group: u32,
    /// The users it is sent to by, if the client is closed.
    pub crowd: u32,
    /// The random stream of their thinking.
    pub thoughts: u32,
    /// The random stream of what they ask for.
    pub kinds: u32,
}

/// Sets `table[index]`, with nothing in between.
pub(crate) fn put<T: Default>(table: &mut Vec<T>, index: u32, value: T) {
    let index = index as usize;
    if table.len() <= index {
        table.resize_with(index + 1, T::default);
    }
    table[index] = value;
}
