//! Events: everything that can be on the agenda. The set is closed.

use slotmap::new_key_type;

new_key_type! {
    /// A request under way, or one whose work outlives it.
    pub struct RequestKey;
    /// A call as its caller sees it: all its attempts.
    pub struct CallKey;
    /// An attempt as its callee sees it: one piece of work at one place.
    pub struct JobKey;
    /// A function being executed.
    pub struct TaskKey;
}

/// Something that happens at an instant.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    /// The next request of an open client arrives.
    Arrival {
        /// The client.
        client: u32,
        /// Arrivals planned at another rate carry another number, and are void.
        epoch: u32,
    },
    /// A user of a closed client has thought.
    Thought {
        /// The users it is one of.
        crowd: u32,
    },
    /// A request reaches the entry of its group.
    AtEntry(RequestKey),
    /// The answer reaches the client.
    AtClient(RequestKey),
    /// A call reaches an instance or a store.
    Arrive(JobKey),
    /// The answer to a call reaches its caller.
    Return(JobKey),
    /// A worker takes a call from the queue.
    Begin(JobKey),
    /// A function goes on.
    Resume(TaskKey),
    /// A store has done its work.
    Served(JobKey),
    /// A machine may have finished a piece of work.
    Burst {
        /// The machine.
        machine: u32,
        /// An older number is void.
        epoch: u32,
    },
    /// A health check reaches an instance.
    Probe {
        /// The instance.
        instance: u32,
        /// An older number is void.
        epoch: u32,
    },
    /// A health check ends.
    Probed {
        /// The instance.
        instance: u32,
        /// An older number is void.
        epoch: u32,
    },
    /// An instance has started.
    Ready {
        /// The instance.
        instance: u32,
        /// An older number is void.
        epoch: u32,
    },
    /// The successor of an instance that is moved has started.
    Moved {
        /// The instance.
        instance: u32,
        /// An older number is void: the process has ended since.
        epoch: u32,
    },
    /// The platform acts on a machine's death.
    PlaceAgain {
        /// The machine.
        machine: u32,
        /// The group that loses it.
        group: u32,
        /// An older number is void: the machine has been back.
        epoch: u32,
    },
    /// A fault of the scenario.
    Planned {
        /// Which.
        number: u32,
        /// An older number is void: the scenario was changed.
        epoch: u32,
    },
}
