//! Events: everything that can be on the agenda. The set is closed.

use crate::messaging::channel::Post;

/// Something that happens at an instant, packed into a word: what, and to which.
///
/// There is no generation in it. What an event names must not be forgotten before the event is over; each
/// kind says how that is seen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event(u32);

/// What kind of thing happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The next request of an open client arrives. Void unless the client expects it now.
    Arrival,
    /// A user of a closed client has thought. Names the crowd.
    Thought,
    /// A request reaches the entry of its group. Holds the request.
    AtEntry,
    /// The answer reaches the client. Holds the request.
    AtClient,
    /// The client's patience with a request is over. A timer, cancelled when the request ends.
    Patience,
    /// The same, of a request that is a piece of work and nothing else. Names the work.
    Leave,
    /// An attempt of a call reaches an instance or a store. Holds the work, as its life there.
    Arrive,
    /// A server that was given a piece of work begins with it. Likewise.
    Begin,
    /// A function goes on. Likewise.
    Resume,
    /// A processor or a store has done its piece of work. Void unless it is due now.
    Done,
    /// What came of an attempt reaches its caller. Holds the work.
    Return,
    /// The caller's patience with an attempt is over. A timer, cancelled when the caller has an answer.
    Timeout,
    /// A machine whose cores are shared may have finished something. Void unless the machine expects it now.
    Burst,
    /// Something rare: names an entry in the table of controls.
    Control,
}

/// How many bits of an event tell which; the others tell what.
const INDEX_BITS: u32 = 24;

/// How many bits an event takes.
pub const EVENT_BITS: u32 = INDEX_BITS + 4;

/// Indices in events are smaller than this. All tables they point into have smaller bounds.
pub const MAX_INDEX: usize = 1 << INDEX_BITS;

impl Event {
    /// What happens to which.
    #[inline]
    pub fn new(kind: Kind, index: u32) -> Event {
        debug_assert!((index as usize) < MAX_INDEX, "no event can name {index}");
        Event((kind as u32) << INDEX_BITS | index)
    }

    /// What happens.
    #[inline]
    pub fn kind(self) -> Kind {
        // In the order of the numbers that they are, so that this is no table to be looked up.
        match self.0 >> INDEX_BITS {
            0 => Kind::Arrival,
            1 => Kind::Thought,
            2 => Kind::AtEntry,
            3 => Kind::AtClient,
            4 => Kind::Patience,
            5 => Kind::Leave,
            6 => Kind::Arrive,
            7 => Kind::Begin,
            8 => Kind::Resume,
            9 => Kind::Done,
            10 => Kind::Return,
            11 => Kind::Timeout,
            12 => Kind::Burst,
            _ => Kind::Control,
        }
    }

    /// To which.
    #[inline]
    pub fn index(self) -> u32 {
        self.0 & (MAX_INDEX as u32 - 1)
    }

    /// All of it, in [`EVENT_BITS`] bits.
    #[inline]
    pub fn bits(self) -> u32 {
        self.0
    }

    /// The event that has these bits.
    #[inline]
    pub fn from_bits(bits: u32) -> Event {
        Event(bits & ((1 << EVENT_BITS) - 1))
    }
}

/// Something rare that is to happen. It may take as much room as it wants.
#[derive(Debug, Clone)]
pub enum Control {
    /// A health check reaches an instance.
    Probe {
        /// The instance.
        instance: u32,
        /// A check planned before another decision is void.
        epoch: u32,
    },
    /// The outcome of a health check is known.
    Probed {
        /// The instance.
        instance: u32,
        /// As above.
        epoch: u32,
    },
    /// The registry looks at a lease that has run out.
    Lease {
        /// The instance.
        instance: u32,
        /// A silence that has been broken is void.
        epoch: u32,
    },
    /// Callers see the list of instances anew.
    Listed {
        /// The instance.
        instance: u32,
        /// Whether it is on it.
        listed: bool,
    },
    /// A balancer looks which instances stand out.
    Outliers {
        /// The pool.
        pool: u32,
        /// Looks planned in another rhythm are void.
        number: u32,
    },
    /// An instance that was asked to end refuses requests from now on.
    Stop {
        /// The instance.
        instance: u32,
        /// What was asked of another process is void.
        epoch: u32,
    },
    /// An instance that refuses requests looks whether it has anything left to do.
    Stopping {
        /// The instance.
        instance: u32,
        /// As above.
        epoch: u32,
    },
    /// A process has started.
    Ready {
        /// The instance.
        instance: u32,
        /// A start that was interrupted is void.
        epoch: u32,
    },
    /// The successor of an instance has started on another machine.
    Moved {
        /// The instance.
        instance: u32,
        /// As above.
        epoch: u32,
    },
    /// The platform acts on a machine's death.
    PlaceAgain {
        /// The machine.
        machine: u32,
        /// The group whose platform it is.
        group: u32,
        /// A death that has been repaired is void.
        epoch: u32,
    },
    /// Something that guards, limits or queues have put off is due.
    Care(crate::resilience::Care),
    /// Something about a transaction.
    Transaction(crate::transaction::live::Due),
    /// Something about a topic.
    Post {
        /// The topic.
        topic: u32,
        /// What.
        post: Post,
    },
    /// Something between the members of a store, or between a store and those who wait for it.
    Store(crate::store::keeping::Due),
    /// A change of a session reaches another place.
    Session(crate::session::keeping::Delta),
    /// An autoscaler looks at its service.
    Scale {
        /// The pool.
        pool: u32,
        /// Looks planned for another autoscaler are void.
        number: u32,
    },
    /// The platform looks at a release.
    Rollout {
        /// The pool.
        pool: u32,
        /// Which release it is part of.
        train: u32,
    },
    /// A copy that was asked to end has had all the time it may take.
    Departed {
        /// The instance.
        instance: u32,
        /// What was asked of another process is void.
        epoch: u32,
    },
    /// A release of the scenario is due.
    Release {
        /// Its place in the plan's list.
        number: u32,
        /// A plan that was replaced is void.
        epoch: u32,
    },
    /// A fault or repair of the scenario is due.
    Planned {
        /// Its place in the plan's list.
        number: u32,
        /// A plan that was replaced is void.
        epoch: u32,
    },
    /// A fault that lasts for a time is repaired.
    Repair {
        /// The number of the trouble it made. One that is over, or has been replaced, is void.
        number: u64,
    },
    /// The same for what is on no list of troubles: a process that has ended, a machine without power.
    RepairOf {
        /// What. One that is over does no harm.
        trouble: Box<archlab_model::Trouble>,
    },
    /// A part fails, or is repaired, at random.
    Chaos {
        /// Its place among those.
        victim: u32,
        /// A draw that was replaced is void.
        epoch: u32,
    },
    /// A process is killed, because its memory is full.
    OutOfMemory {
        /// The instance.
        instance: u32,
        /// A process that has ended otherwise is void.
        epoch: u32,
    },
    /// The platform starts a process again that has ended by itself.
    StartAgain {
        /// The instance.
        instance: u32,
        /// As above.
        epoch: u32,
    },
}

#[test]
fn an_event_tells_what_it_was_made_of() {
    for number in 0..=Kind::Control as u32 {
        let event = Event(number << INDEX_BITS | 7);
        assert_eq!((event.kind() as u32, event.index()), (number, 7));
        assert_eq!(Event::new(event.kind(), 7).0, event.0);
    }
}
