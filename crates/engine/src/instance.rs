//! An instance at run time: its process, its workers, and what the balancer believes of it.

use archlab_model::SimTime;

use crate::fact::Reason;
use crate::health::Health;
use crate::station::Station;

/// A running copy of a service, or one that was.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Whether the design still has it. One that is gone takes no new requests and ends those it has.
    pub present: bool,
    pub group: u32,
    pub pool: u32,
    /// Where it runs now.
    pub machine: u32,
    /// Where the layout wants it.
    pub planned: u32,
    pub process: Process,
    /// How often its process began or ended.
    pub epoch: u32,
    /// Its machine is dead, and no other had room for it.
    pub homeless: bool,
    /// Whether something is wrong with it: an entry in the table of ailments.
    pub ailing: bool,
    /// Calls under way to it, as its callers know.
    pub outstanding: u32,
    pub station: Station,
    pub health: Health,
    /// Attempts that failed here, by reason.
    pub failed: [u64; Reason::COUNT],
}

/// The process of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// It starts, and can answer at `ready`.
    Starting {
        /// When.
        ready: SimTime,
    },
    /// It answers.
    Up,
    /// It was asked to end: it refuses new requests, and does those it has, at most `until`.
    Stopping {
        /// When it is killed.
        until: SimTime,
    },
    /// It has ended; its machine refuses connections.
    Crashed,
    /// Its machine has no power.
    Off,
}

impl Instance {
    /// An instance that is not there yet.
    pub fn new(now: SimTime, group: u32, plan: &crate::plan::InstancePlan) -> Instance {
        Instance {
            present: false,
            group,
            pool: plan.pool,
            machine: plan.machine,
            planned: plan.machine,
            process: Process::Off,
            epoch: 0,
            homeless: false,
            ailing: false,
            outstanding: 0,
            station: Station::new(now, plan.workers, plan.queue),
            health: Health::up(),
            failed: [0; Reason::COUNT],
        }
    }
}
