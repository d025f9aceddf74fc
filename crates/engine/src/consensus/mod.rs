//! Consensus: a few members agree on one sequence of values, although some crash and messages are lost.
//!
//! It is Raft (D. Ongaro, J. Ousterhout, "In Search of an Understandable Consensus Algorithm", USENIX ATC
//! 2014), as a pure state machine: a [`Member`] is told what reaches it and when its timer is due, and says
//! what to send. Of etcd's extensions it has the trial vote, the leader that steps down once it hears no
//! majority, and the log that is cut off behind what is committed.
//!
//! What it promises, whatever is lost, delayed, repeated or restarted: at most one leader in a term, and
//! nothing committed is ever lost (`storm.rs` tests it).

mod leading;
mod log;
mod member;
mod message;
mod receiving;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod timing_tests;

pub use log::{Entry, Log, NOTHING, Position};
pub use member::{Change, Member, Outbox, Role, Rules};
pub use message::{BATCH, Batch, Message};

/// Most members of a consensus. Real ones have three or five, seldom seven.
pub const MAX_MEMBERS: usize = 11;
/// Most values that a leader takes on before the first of them is committed; one more is refused.
pub const MAX_UNCOMMITTED: u64 = 10_000;
/// Most values on their way to one member that it has not confirmed (etcd's `maxInflightMsgs` is 512 messages).
pub const WINDOW: u64 = 512;
