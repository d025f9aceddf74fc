//! Facts: what happened, for whoever listens.

use archlab_model::{SimTime, Span};

/// A place that messages leave and reach, as an index into the [`crate::roster::Roster`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A population of clients.
    Client(u32),
    /// The entry of a group: its balancer or gateway.
    Entry(u32),
    /// An instance.
    Instance(u32),
    /// A store.
    Store(u32),
}

/// Why a request failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The machine answered that nobody listens there: the process is dead.
    Refused,
    /// The machine did not answer at all within the connect timeout.
    Unreachable,
    /// The connection broke while the request was being worked on.
    Reset,
    /// The answer did not come in time.
    TimedOut,
    /// The instance's queue was full.
    QueueFull,
    /// No instance is believed healthy.
    NoneHealthy,
    /// The function, or the data it needs, is deployed nowhere.
    NotDeployed,
    /// A named bound of the simulator was reached (call depth, requests under way).
    LimitReached,
    /// The function itself answered that it went wrong: a bug, an error rate.
    Error,
    /// The deadline that came with the call had passed before work on it began.
    DeadlineExceeded,
    /// A rate limit was exceeded.
    RateLimited,
    /// The caller's circuit breaker was open: the call was not made.
    CircuitOpen,
    /// The caller had as many calls to that service under way as its bulkhead allows.
    BulkheadFull,
    /// Overloaded, the service turned the call away on purpose.
    Shed,
    /// The caller held the call back by itself, because so many were rejected of late.
    Throttled,
    /// No connection of the pool came free in time.
    PoolTimeout,
    /// The store had no primary to write to.
    NoPrimary,
    /// Too few members of the store answered.
    QuorumNotReached,
    /// A lock on the data was held by another for too long.
    LockTimeout,
    /// The transaction was rolled back or compensated.
    Aborted,
    /// The queue was full for as long as the producer would wait.
    BrokerFull,
    /// The user's session was nowhere to be found.
    SessionLost,
}

impl Reason {
    /// How many reasons there are.
    pub const COUNT: usize = 22;
    /// All reasons, in the order of their index.
    pub const ALL: [Reason; Reason::COUNT] = [
        Reason::Refused,
        Reason::Unreachable,
        Reason::Reset,
        Reason::TimedOut,
        Reason::QueueFull,
        Reason::NoneHealthy,
        Reason::NotDeployed,
        Reason::LimitReached,
        Reason::Error,
        Reason::DeadlineExceeded,
        Reason::RateLimited,
        Reason::CircuitOpen,
        Reason::BulkheadFull,
        Reason::Shed,
        Reason::Throttled,
        Reason::PoolTimeout,
        Reason::NoPrimary,
        Reason::QuorumNotReached,
        Reason::LockTimeout,
        Reason::Aborted,
        Reason::BrokerFull,
        Reason::SessionLost,
    ];

    /// Its place in [`Reason::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// With an answer.
    Succeeded,
    /// Without.
    Failed(Reason),
}

/// What a message on the wire is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageKind {
    /// A request or call, first attempt.
    Request,
    /// A request or call, sent again after a failed attempt.
    Retry,
    /// An answer.
    Response,
    /// What one member lets another have: nobody asked for it.
    Copy,
    /// Bad news: refused, reset, rejected, or an answer that says the call failed.
    Failure,
}

impl MessageKind {
    /// How many kinds there are.
    pub const COUNT: usize = MessageKind::Failure as usize + 1;
}

/// What happened, at the instant it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// A client issued a request to a group.
    Issued {
        /// The request.
        request: u64,
        /// Its group, as an index.
        group: u32,
        /// Its kind, as an index.
        kind: u32,
    },
    /// A request ended.
    Ended {
        /// The request.
        request: u64,
        /// Its group, as an index.
        group: u32,
        /// Its kind, as an index.
        kind: u32,
        /// How.
        outcome: Outcome,
        /// From issue to end.
        latency: Span,
    },
    /// A message left one place for another. `arrives` is [`SimTime::NEVER`] if it is lost.
    Sent {
        /// From where.
        from: Place,
        /// To where.
        to: Place,
        /// When it arrives.
        arrives: SimTime,
        /// What it is.
        message: MessageKind,
        /// The kind of the request it belongs to, as an index.
        kind: u32,
    },
    /// An attempt failed at a place (an instance or a store), whether or not it is tried again.
    AttemptFailed {
        /// Where.
        at: Place,
        /// Why.
        reason: Reason,
        /// Whether another instance is tried.
        retried: bool,
    },
    /// An instance began to work on a call.
    Started {
        /// The instance or store.
        at: Place,
    },
    /// An instance finished a call.
    Finished {
        /// The instance or store.
        at: Place,
        /// Whether somebody still waited for it.
        wanted: bool,
    },
    /// The process of an instance ended.
    InstanceDown {
        /// The instance, as an index.
        instance: u32,
    },
    /// The process of an instance is killed, because its memory is full.
    OutOfMemory {
        /// The instance, as an index.
        instance: u32,
    },
    /// An instance began to start, on a machine.
    InstanceStarting {
        /// The instance, as an index.
        instance: u32,
        /// The machine, as an index.
        machine: u32,
    },
    /// An instance can answer from now on.
    InstanceUp {
        /// The instance, as an index.
        instance: u32,
    },
    /// A machine fell silent.
    MachineDown {
        /// The machine, as an index.
        machine: u32,
    },
    /// A machine came back.
    MachineUp {
        /// The machine, as an index.
        machine: u32,
    },
    /// The balancer's belief about an instance changed.
    BelievedUp {
        /// The instance, as an index.
        instance: u32,
    },
    /// The balancer's belief about an instance changed.
    BelievedDown {
        /// The instance, as an index.
        instance: u32,
    },
    /// A health check failed or passed without changing the belief.
    Checked {
        /// The instance, as an index.
        instance: u32,
        /// Whether it passed.
        passed: bool,
    },
    /// The circuit breaker of a caller opened, or closed.
    Breaker {
        /// The guard it belongs to, as an index (see the report).
        guard: u32,
        /// Whether it is open from now on.
        open: bool,
    },
    /// An instance began to take messages from a topic.
    ConsumerJoined {
        /// The topic, as an index.
        topic: u32,
        /// The instance, as an index.
        instance: u32,
    },
    /// An instance that took messages from a topic died. What it had in hand is delivered again once its broker
    /// knows.
    ConsumerLost {
        /// The topic, as an index.
        topic: u32,
        /// The instance, as an index.
        instance: u32,
    },
    /// A message that had been delivered before leaves for a consumer again.
    Redelivered {
        /// The topic, as an index.
        topic: u32,
        /// The instance, as an index.
        instance: u32,
    },
    /// How many transactions of a group have promised to commit and not been told is another number now.
    InDoubt {
        /// The group, as an index.
        group: u32,
        /// How many.
        transactions: u32,
    },
    /// A transaction of a group is over, and some of its branches are there while others are not.
    HalfDone {
        /// The group, as an index.
        group: u32,
    },
    /// A message failed too often, and was given up.
    DeadLetter {
        /// The topic, as an index.
        topic: u32,
    },
    /// The process of a store ended.
    StoreDown {
        /// The store, as an index.
        store: u32,
    },
    /// A store can answer again.
    StoreUp {
        /// The store, as an index.
        store: u32,
    },
    /// A replica took over from a primary.
    Promoted {
        /// The new primary, as an index.
        store: u32,
        /// The old one, as an index.
        instead_of: u32,
    },
    /// Writes that somebody was told are done are no more.
    WritesLost {
        /// The store that had them, as an index.
        store: u32,
        /// How many.
        writes: u64,
    },
    /// Two members of a store take writes, or do so no longer.
    SplitBrain {
        /// The store, as an index.
        store: u32,
        /// Whether it begins.
        begins: bool,
    },
    /// Sessions, or changes of some, are lost with the place that kept them.
    SessionsLost {
        /// An instance or a store.
        at: Place,
        /// Sessions of which nothing is left.
        sessions: u64,
        /// Changes that no copy of their session has.
        changes: u64,
    },
    /// A request did not find its session where it came to; the user has to log in again.
    SessionMissing {
        /// The instance, as an index.
        instance: u32,
    },
    /// A member of a store that agrees with others was elected to lead.
    Elected {
        /// The store, as an index.
        store: u32,
        /// The term it leads in.
        term: u32,
    },
    /// A member of a store that led does so no more: it hears no majority, or of a later term.
    SteppedDown {
        /// The store, as an index.
        store: u32,
        /// The term it led in.
        term: u32,
    },
    /// A copy of a service that was asked to end has ended, and is no more.
    InstanceGone {
        /// The instance, as an index.
        instance: u32,
    },
    /// An autoscaler wants another number of copies.
    Scaled {
        /// The service, as an index.
        service: u32,
        /// How many were wanted before.
        from: u32,
        /// How many are wanted now.
        to: u32,
    },
    /// The release of a version of a service began.
    ReleaseBegan {
        /// The service, as an index.
        service: u32,
        /// The number of the version; the design's own has 0.
        version: u32,
    },
    /// The release of a version of a service ended.
    ReleaseEnded {
        /// The service, as an index.
        service: u32,
        /// The number of the version.
        version: u32,
        /// Whether the version before runs again.
        rolled_back: bool,
    },
    /// A release has made no progress for so long that it counts as stuck.
    ReleaseStuck {
        /// The service, as an index.
        service: u32,
        /// The number of the version.
        version: u32,
    },
    /// The design was changed while it ran.
    Adopted,
}
