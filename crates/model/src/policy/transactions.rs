//! Transactions: how the writes of several functions are made to happen all or not at all.
//!
//! Which functions are transactions is the business's affair; by what protocol, the group's.

use serde::{Deserialize, Serialize};

use crate::policy::Consensus;
use crate::time::Span;

/// By what protocol the branches of a transaction agree.
///
/// A branch is one execution of a function that writes, for a transaction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// None: each branch keeps what it wrote, whatever becomes of the others.
    #[default]
    None,
    /// Two-phase commit (XA): all branches promise, then all commit. Locks are held until the coordinator has
    /// spoken.
    TwoPhase,
    /// Seata's AT: a branch commits at once and keeps what was there before; undone by writing that back. Its lock
    /// is held until the end, but the caller doesn't wait for that.
    AutomaticUndo,
    /// Try, confirm, cancel: a branch reserves; all are confirmed or all cancelled.
    TryConfirmCancel,
    /// A saga: each branch commits for itself; after a failure those that did are compensated, the last first.
    Saga,
}

/// Who decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Coordinator {
    /// The instance that runs the function.
    #[default]
    Service,
    /// A transaction coordinator, deployed as a part of the group (Seata's TC).
    Server,
}

/// How the transactions of a group are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Transactions {
    /// By what protocol.
    pub protocol: Protocol,
    /// Who decides.
    pub coordinator: Coordinator,
    /// A coordinator of its own as several copies that elect a leader: what has begun and what is decided is done
    /// once a majority of them has it in its log. Absent: one copy, and whoever has promised waits until it is back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub election: Option<Consensus>,
    /// The chance that two transactions that write the same data at once want the same lock there.
    pub conflict: f64,
    /// How long a branch waits for a lock. Default: MySQL's `innodb_lock_wait_timeout`, 50 s.
    pub lock_timeout: Span,
    /// The chance that a branch refuses: out of stock, card declined.
    pub refusal: f64,
    /// How often what is undecided or unheard is tried again. Default: Seata's
    /// `server.recovery.committingRetryPeriod`, 1 s.
    pub retry: Span,
    /// After how long a coordinator of its own rolls back a transaction of which it hears nothing. Default: Seata's
    /// global transaction timeout, 60 s.
    pub timeout: Span,
    /// Whether the coordinator keeps a log, from which it goes on after a crash.
    pub logged: bool,
    /// Whether the branches of try, confirm, cancel remember that they were cancelled, so that a reservation that
    /// comes too late is refused.
    pub guarded: bool,
}

impl Default for Transactions {
    fn default() -> Self {
        Transactions {
            protocol: Protocol::default(),
            coordinator: Coordinator::default(),
            election: None,
            conflict: 0.0,
            lock_timeout: Span::from_secs(50),
            refusal: 0.0,
            retry: Span::from_secs(1),
            timeout: Span::from_secs(60),
            logged: true,
            guarded: true,
        }
    }
}
