//! The plan: a design compiled to dense tables by index, which is all that a run reads.
//!
//! What a person reads and what a loop reads are two different things. Indices come from
//! [`names::Names`], which outlives a plan: when a design is changed during a run, what has the same name
//! has the same index in the new plan, and what is gone is `None` there.

pub mod compile;
pub mod names;
pub mod program;

use archlab_model::{Balancing, Layout, PlannedFault, Span};

use crate::network::Network;
use crate::plan::program::Op;
use crate::random::Sampler;
use crate::timers::Wait;

/// Most attempts of one call.
pub const MAX_ATTEMPTS: usize = 8;
/// Most cores of a machine, workers of an instance, connections of a store.
pub const MAX_PARALLEL: u32 = 100_000;
/// Most users of one closed client, for one group.
pub const MAX_USERS: u32 = 100_000;
/// Most requests a second of an open client.
pub const MAX_RATE: f64 = 1e7;
/// Most copies of a microservice. The layouts would make more, and take their time over it.
pub const MAX_REPLICAS: u32 = 100;
/// The shortest time between health checks, and the shortest a check waits.
pub const MIN_CHECK: Span = Span::from_millis(1);

/// A design, compiled.
#[derive(Debug)]
pub struct Plan {
    pub machines: Vec<Option<MachinePlan>>,
    pub groups: Vec<Option<GroupPlan>>,
    pub pools: Vec<Option<PoolPlan>>,
    pub instances: Vec<Option<InstancePlan>>,
    pub stores: Vec<Option<StorePlan>>,
    pub functions: Vec<Option<FunctionPlan>>,
    pub clients: Vec<Option<ClientPlan>>,
    /// By kind; zero for what is not asked for.
    pub shares: Vec<f64>,
    pub network: Network,
    pub faults: Vec<PlannedFault>,
    /// Groups in the order of the design.
    pub group_order: Vec<u32>,
    /// Machines in groups, in the order of the design.
    pub machine_order: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MachinePlan {
    pub cores: u32,
    pub speed: f64,
}

#[derive(Debug, Clone)]
pub struct GroupPlan {
    pub layout: Layout,
    /// In the order of the deployment.
    pub pools: Vec<u32>,
    pub stores: Vec<u32>,
    /// In seat order, without repetition.
    pub machines: Vec<u32>,
    /// The entry function of each kind, by kind.
    pub entries: Vec<Option<u32>>,
    pub placed_again: bool,
    pub placement_detection: Span,
    pub startup: Span,
    pub health: HealthPlan,
    pub calls: CallPlan,
}

/// How health is checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HealthPlan {
    pub interval: Span,
    pub timeout: Span,
    pub fall: u32,
    pub rise: u32,
}

/// How callers wait and try again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CallPlan {
    pub connect: Wait,
    pub response: Wait,
    pub attempts: u32,
    pub after_timeout: bool,
    pub balancing: Balancing,
}

#[derive(Debug, Clone)]
pub struct PoolPlan {
    pub group: u32,
    pub instances: Vec<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InstancePlan {
    pub pool: u32,
    pub machine: u32,
    pub workers: u32,
    pub queue: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StorePlan {
    pub group: u32,
    pub connections: u32,
}

#[derive(Debug, Clone)]
pub struct FunctionPlan {
    pub pool: u32,
    pub program: Vec<Op>,
}

#[derive(Debug, Clone)]
pub struct ClientPlan {
    pub load: LoadPlan,
    pub patience: Wait,
    /// The random streams of its arrivals and of their kinds.
    pub arrivals: u32,
    pub kinds: u32,
    pub targets: Vec<TargetPlan>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LoadPlan {
    /// Nobody asks for anything.
    Silent,
    /// Poisson, with this mean time between requests.
    Open { gap: Sampler },
    /// Users for each group.
    Closed { users: u32, think: Sampler },
}

/// A group that a client sends to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TargetPlan {
    pub group: u32,
    /// The users it is sent to by, if the client is closed.
    pub crowd: u32,
    /// The random streams of those users.
    pub thoughts: u32,
    pub kinds: u32,
}
