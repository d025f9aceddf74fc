//! A frame: what the view needs to know now, and nothing more.

use archlab_model::{GroupId, InstanceId, MachineId, SimTime, Span, StoreId};

use crate::fact::{MessageKind, Place};

/// The state of a run at one instant, for painting. Taking one changes nothing. Parts that have left
/// the design are not in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    /// The instant.
    pub now: SimTime,
    /// Every machine of the design that is in a group.
    pub machines: Vec<MachineFrame>,
    /// Every instance, in the order of the deployment.
    pub instances: Vec<InstanceFrame>,
    /// Every store.
    pub stores: Vec<StoreFrame>,
    /// Every group.
    pub groups: Vec<GroupFrame>,
}

/// A machine, now.
#[derive(Debug, Clone, PartialEq)]
pub struct MachineFrame {
    /// Which.
    pub id: MachineId,
    /// Whether it has power.
    pub on: bool,
    /// Cores.
    pub cores: u32,
    /// Pieces of work that want a core. More than `cores`: each runs slower.
    pub running: u32,
    /// Share of its cores in use, smoothed over about a second of simulated time, 0 to 1.
    pub load: f64,
}

/// An instance, now.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceFrame {
    /// Which.
    pub id: InstanceId,
    /// Its roster index.
    pub index: u32,
    /// The machine it runs on now; not the one the layout chose if it was placed again.
    pub machine: MachineId,
    /// The truth.
    pub life: Life,
    /// What the balancer believes.
    pub belief: Belief,
    /// Workers.
    pub workers: u32,
    /// Workers held by a request.
    pub busy: u32,
    /// Requests waiting for a worker.
    pub waiting: u32,
    /// How many may wait.
    pub queue: u32,
    /// Attempts that failed here since the run began, by [`crate::fact::Reason`] index.
    pub failed: [u64; crate::fact::Reason::COUNT],
    /// Requests it finished since the run began.
    pub finished: u64,
}

/// Whether an instance lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It starts, and can answer at `ready`.
    Starting {
        /// When.
        ready: SimTime,
    },
    /// It answers.
    Up,
    /// Its process has ended; its machine refuses connections.
    Crashed,
    /// Its machine has no power.
    MachineOff,
}

/// What the balancer believes of an instance, from its health checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belief {
    /// It gets requests. `failed` checks in a row have failed so far, of `fall` that take it out.
    Up {
        /// In a row.
        failed: u32,
        /// Of how many.
        fall: u32,
    },
    /// It gets none. `passed` checks in a row have passed so far, of `rise` that take it in.
    Down {
        /// In a row.
        passed: u32,
        /// Of how many.
        rise: u32,
    },
}

/// A store, now.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreFrame {
    /// Its group.
    pub group: GroupId,
    /// Its name there.
    pub id: StoreId,
    /// Its roster index.
    pub index: u32,
    /// Reads and writes it can work on at once.
    pub connections: u32,
    /// Reads and writes it works on.
    pub busy: u32,
    /// Reads and writes waiting.
    pub waiting: u32,
}

/// A group, now.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupFrame {
    /// Which.
    pub id: GroupId,
    /// Requests under way.
    pub in_flight: u64,
}

/// A message that left since flights were last taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flight {
    /// From where.
    pub from: Place,
    /// To where.
    pub to: Place,
    /// When it left.
    pub departed: SimTime,
    /// How long it travels; `None` if it is lost on the way.
    pub travel: Option<Span>,
    /// What it is.
    pub message: MessageKind,
    /// The kind of its request, as an index.
    pub kind: u32,
}
