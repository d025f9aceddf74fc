//! What a run amounts to, in numbers.

use archlab_model::{
    Fault, FunctionId, GroupId, InstanceId, KindId, MachineId, ServiceId, SimTime, Span, StoreId,
};

use crate::fact::Reason;
use crate::operation::guard::Verdict;

/// The measures of a run from its start until now.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// How long the run has lasted.
    pub elapsed: Span,
    /// Events handled.
    pub events: u64,
    /// One for each group, in the order of the design.
    pub groups: Vec<GroupReport>,
    /// Every machine that is in a group.
    pub machines: Vec<MachineReport>,
}

/// The measures of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupReport {
    /// Which.
    pub group: GroupId,
    /// What its clients saw, all kinds together.
    pub total: Tally,
    /// What its clients saw, by kind.
    pub kinds: Vec<(KindId, Tally)>,
    /// Latency of the requests that succeeded.
    pub latency: Latency,
    /// Its services.
    pub services: Vec<ServiceReport>,
    /// Its stores.
    pub stores: Vec<StoreReport>,
    /// The topics of its broker.
    pub topics: Vec<TopicReport>,
    /// Those of its stores that have several members, or a cache or a pool before them.
    pub data: Vec<DataReport>,
    /// What became of its users' sessions. All zero where the policies say nothing of sessions.
    pub sessions: SessionCounts,
    /// What its entry answered by itself.
    pub edge: EdgeCounts,
    /// What became of its transactions.
    pub transactions: TransactionReport,
    /// Attempts beyond the first.
    pub retries: u64,
    /// Calls that were worked on although nobody waited any more.
    pub wasted: u64,
    /// What guards, deadlines and copies have done.
    pub care: Care,
    /// Its circuit breakers.
    pub breakers: Vec<BreakerReport>,
    /// Each fault and what became of it.
    pub episodes: Vec<Episode>,
}

/// Requests, counted. Always `issued = succeeded + failed + in_flight`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sent by clients.
    pub issued: u64,
    /// Answered.
    pub succeeded: u64,
    /// Answered, but with something missing: a soft call failed, or fell back on another. Among those that
    /// succeeded.
    pub degraded: u64,
    /// Failed, by [`Reason`] index.
    pub failed: [u64; Reason::COUNT],
    /// Under way.
    pub in_flight: u64,
}

impl Tally {
    /// Failed for any reason.
    pub fn failures(&self) -> u64 {
        self.failed.iter().sum()
    }

    /// Succeeded among those that have ended; `None` before the first has.
    pub fn availability(&self) -> Option<f64> {
        let ended = self.succeeded + self.failures();
        (ended > 0).then(|| self.succeeded as f64 / ended as f64)
    }
}

/// What guards, deadlines and copies have done, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Care {
    /// Calls that were not begun because their deadline had passed.
    pub expired: u64,
    /// Copies sent beside the first.
    pub hedged: u64,
    /// Calls that were answered first by such a copy.
    pub hedge_wins: u64,
    /// Copies that were taken out of a queue, or stopped, because another had answered.
    pub cancelled: u64,
}

/// A circuit breaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakerReport {
    /// The guard it belongs to, as facts name it.
    pub guard: u32,
    /// The service that calls; none for the entry.
    pub caller: Option<ServiceId>,
    /// The service called.
    pub callee: ServiceId,
    /// Whether calls are made.
    pub state: BreakerState,
    /// How often it has opened.
    pub opened: u32,
}

/// What a circuit breaker does with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// They are made.
    Closed,
    /// They are not.
    Open,
    /// A few are, to see how they end.
    HalfOpen,
}

/// Latency of the requests that succeeded. All zero before the first has.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Latency {
    /// The mean.
    pub mean: Span,
    /// Half are faster.
    pub p50: Span,
    /// 95 % are faster.
    pub p95: Span,
    /// 99 % are faster.
    pub p99: Span,
    /// The slowest.
    pub max: Span,
}

/// The measures of a service and its instances.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceReport {
    /// Which.
    pub service: ServiceId,
    /// Share of its workers held, averaged over time and instances.
    pub utilisation: f64,
    /// Requests waiting for a worker, averaged over time, summed over instances.
    pub mean_queue: f64,
    /// Its instances.
    pub instances: Vec<InstanceReport>,
    /// How many copies an autoscaler or a release wants of it, if one has a say in it.
    pub wanted: Option<u32>,
    /// Its releases, in the order in which they began; at most [`crate::operation::MAX_TOLD`].
    pub releases: Vec<ReleaseReport>,
}

/// A release of a service and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReleaseReport {
    /// What the version is called.
    pub version: String,
    /// When it began.
    pub began: SimTime,
    /// When it was over.
    pub ended: Option<SimTime>,
    /// Whether the version before runs again.
    pub rolled_back: bool,
    /// What its guard said of it at last.
    pub verdict: Verdict,
    /// What calls of the version before met while it went on.
    pub old: VersionReport,
    /// What calls of the new version met while it went on.
    pub new: VersionReport,
}

/// What calls of one version met, as their callers saw it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct VersionReport {
    /// Attempts that ended.
    pub calls: u64,
    /// Of them, how many failed there: refused, late, reset, or answered with an error. What failed deeper is not
    /// the version's fault.
    pub failures: u64,
    /// How long one took on average.
    pub mean: Span,
}

/// The measures of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceReport {
    /// Which.
    pub instance: InstanceId,
    /// Its version; 1 is the design's own, unless a release is called so.
    pub version: String,
    /// Where it is now.
    pub machine: MachineId,
    /// Share of its workers held, averaged over time.
    pub utilisation: f64,
    /// Requests waiting for a worker, averaged over time.
    pub mean_queue: f64,
    /// Calls finished.
    pub finished: u64,
    /// Attempts that failed here, by [`Reason`] index.
    pub failed: [u64; Reason::COUNT],
}

/// The measures of a store.
#[derive(Debug, Clone, PartialEq)]
pub struct StoreReport {
    /// Which.
    pub store: StoreId,
    /// Share of its connections in use, averaged over time.
    pub utilisation: f64,
    /// Reads and writes waiting, averaged over time.
    pub mean_queue: f64,
    /// Reads and writes finished.
    pub finished: u64,
}

/// What became of transactions, and what is left of those that died in the middle.
/// `begun = committed + undone + half_done` + those under way.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TransactionReport {
    /// Begun.
    pub begun: u64,
    /// All branches are there for good.
    pub committed: u64,
    /// No branch is there: rolled back, cancelled or compensated.
    pub undone: u64,
    /// Some branches are there and some are not, and nobody will change that: charged, and not shipped.
    pub half_done: u64,
    /// Branches undone after they had done their work.
    pub compensations: u64,
    /// Branches that refused.
    pub refused: u64,
    /// Times that a branch waited for a lock.
    pub waited: u64,
    /// Times that it waited for a transaction in doubt.
    pub blocked_in_doubt: u64,
    /// Times that it waited in vain.
    pub lock_timeouts: u64,
    /// Transactions with a branch that has promised and not been told, now.
    pub in_doubt: u32,
    /// The most of them.
    pub most_in_doubt: u32,
    /// The same, averaged over time.
    pub mean_in_doubt: f64,
    /// Branches that have promised and not been told, now.
    pub prepared: u32,
    /// Branches that have reserved, and neither been confirmed nor cancelled, now.
    pub reserved: u32,
    /// Branches there for all to see whose transaction is not over or half done, now.
    pub applied: u32,
    /// Branches that reserved after they were cancelled: nobody will end them.
    pub suspended: u32,
}

/// The measures of a topic. `published = done + dead + lost + backlog`.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicReport {
    /// The function that is called through it.
    pub function: FunctionId,
    /// Messages that the broker took.
    pub published: u64,
    /// Messages that never reached the broker although their sender went on.
    pub unsent: u64,
    /// Publishers that were turned away because there was no room in time.
    pub full: u64,
    /// Deliveries to consumers, repeated ones included.
    pub deliveries: u64,
    /// Deliveries of a message that had been delivered before.
    pub redeliveries: u64,
    /// Attempts of consumers that failed.
    pub failed: u64,
    /// Messages worked on to the end, each counted once.
    pub done: u64,
    /// Times that a message was worked on to the end once more.
    pub duplicates: u64,
    /// Times that a consumer recognised a message that had been worked on before, and let it be.
    pub recognised: u64,
    /// Messages given up: dead letters.
    pub dead: u64,
    /// Messages that a consumer had acknowledged and did not work on to the end.
    pub lost: u64,
    /// Messages published and not yet done.
    pub backlog: u32,
    /// The same, averaged over time.
    pub mean_backlog: f64,
    /// The most of them.
    pub most_backlog: u32,
    /// Messages that wait in an outbox.
    pub outbox: u64,
    /// Publishers that wait for room.
    pub blocked: u32,
    /// How long the oldest message that is not done has waited.
    pub oldest: Span,
    /// From publishing to done, on average.
    pub mean_delay: Span,
    /// The longest.
    pub longest_delay: Span,
}

/// The measures of a store whose data has several members, or a cache or a pool before it.
#[derive(Debug, Clone, PartialEq)]
pub struct DataReport {
    /// Its first member.
    pub store: StoreId,
    /// What was counted.
    pub counts: DataCounts,
}

/// What is counted of a store whose data has several members, or a cache or a pool before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DataCounts {
    /// Reads begun.
    pub reads: u64,
    /// Writes begun.
    pub writes: u64,
    /// Reads that the cache answered.
    pub hits: u64,
    /// Reads that it did not.
    pub misses: u64,
    /// Of those, reads that another one's reading of the store answered.
    pub coalesced: u64,
    /// Entries of the cache that were read again in the background.
    pub refreshes: u64,
    /// Reads that gave back something older than what was done when they began.
    pub stale_reads: u64,
    /// Writes that somebody was told are done and that are no more.
    pub lost_writes: u64,
    /// Of those, writes that a primary took on when another had taken over.
    pub split_writes: u64,
    /// How often a replica took over.
    pub promotions: u64,
    /// Reads and writes for which no connection came free in time.
    pub pool_timeouts: u64,
}

/// What the cache at a group's entry did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EdgeCounts {
    /// Requests that it answered.
    pub hits: u64,
    /// Requests for something that may be kept and was not there.
    pub misses: u64,
    /// Of those, requests that another's answer answered.
    pub coalesced: u64,
    /// Requests of its kinds for something that may not be kept.
    pub passed: u64,
}

/// What became of the sessions of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SessionCounts {
    /// Requests that found their session.
    pub found: u64,
    /// Of those, requests whose session had to be fetched from another instance.
    pub fetched: u64,
    /// Of those, requests whose session lacked changes that were still on their way.
    pub stale: u64,
    /// Users who logged in for the first time, or after a long while.
    pub logins: u64,
    /// Requests that did not find their session: the user had to log in again.
    pub logins_again: u64,
    /// Sessions that were lost.
    pub lost_sessions: u64,
    /// Changes that were lost of sessions that were not.
    pub lost_changes: u64,
}

impl SessionCounts {
    /// Both together.
    #[must_use]
    pub fn plus(&self, other: &SessionCounts) -> SessionCounts {
        SessionCounts {
            found: self.found + other.found,
            fetched: self.fetched + other.fetched,
            stale: self.stale + other.stale,
            logins: self.logins + other.logins,
            logins_again: self.logins_again + other.logins_again,
            lost_sessions: self.lost_sessions + other.lost_sessions,
            lost_changes: self.lost_changes + other.lost_changes,
        }
    }
}

/// The measures of a machine.
#[derive(Debug, Clone, PartialEq)]
pub struct MachineReport {
    /// Which.
    pub machine: MachineId,
    /// Share of its cores in use, averaged over time.
    pub utilisation: f64,
    /// Pieces of work beyond its cores, averaged over time.
    pub mean_queue: f64,
}

/// A fault and what became of it, for one group: the failover story.
#[derive(Debug, Clone, PartialEq)]
pub struct Episode {
    /// What happened.
    pub fault: Fault,
    /// When.
    pub at: SimTime,
    /// The instances it took down.
    pub instances: Vec<InstanceId>,
    /// The first attempt that failed because of it (at one of those instances, or for want of one).
    pub first_failure: Option<SimTime>,
    /// When the balancer had taken the last of those instances out.
    pub detected: Option<SimTime>,
    /// When the platform began to start the last of them again on other machines.
    pub placed_again: Option<SimTime>,
    /// When it was repaired: the machine or process started again.
    pub repaired: Option<SimTime>,
    /// When every service that lost an instance again had one that lives and is believed to, and no
    /// dead one was believed to live.
    pub recovered: Option<SimTime>,
    /// Requests that failed from the fault until recovery (until now, before that), by [`Reason`]
    /// index.
    pub failed: [u64; Reason::COUNT],
    /// Attempts that failed and were made again elsewhere, over the same time.
    pub retried: u64,
    /// 99th percentile of latency over the ten seconds before the fault.
    pub p99_before: Option<Span>,
    /// 99th percentile of latency over the ten seconds after recovery, once they have passed, of
    /// requests that were issued after it.
    pub p99_after: Option<Span>,
}
