//! Resilience: what callers and services do against failure and overload. All of it is off by default.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::id::ServiceId;
use crate::policy::{Backoff, Breaker, RateLimit, RetryBudget, Shedding, Throttle};
use crate::time::Span;

/// The policies of a group against failure and overload.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Resilience {
    /// Whether a deadline goes with each call, down the tree: the caller's, or the end of the caller's own
    /// patience with the call, whichever is earlier. Work whose deadline has passed is not begun (gRPC).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deadlines: bool,
    /// Whether an answer that tells of a failure, an error or a failure further down, is tried again, too
    /// (as a proxy does that retries on 5xx). The layers multiply.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub retry_errors: bool,
    /// Whether an instance that was tried is tried again when there is no other.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub retry_same: bool,
    /// The pause before a retry; without one it follows at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff: Option<Backoff>,
    /// A rate limit at the group's entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_limit: Option<RateLimit>,
    /// What whoever calls a service does, unless `services` says otherwise for it.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub calls: CallerPolicies,
    /// What whoever calls these services does.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub services: IndexMap<ServiceId, CallerPolicies>,
    /// How each instance turns work away.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub shedding: Shedding,
}

/// How calls to a service are guarded. The state behind each lies with the caller: one for each service
/// that calls, and one for the entry.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CallerPolicies {
    /// A circuit breaker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaker: Option<Breaker>,
    /// A cap on calls under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulkhead: Option<Bulkhead>,
    /// A second copy of a call that takes long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hedging: Option<Hedging>,
    /// A cap on retries.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_budget: Option<RetryBudget>,
    /// Calls held back when many are turned away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttle: Option<Throttle>,
    /// A rate limit before the service, shared by all its callers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<RateLimit>,
}

/// A cap on the calls that a caller has under way to a service. Defaults: Resilience4j (`BulkheadConfig`: 25,
/// no wait); its thread pools keep 100 waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Bulkhead {
    /// How many.
    pub most: u32,
    /// How long one more waits for its turn.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub wait: Span,
    /// How many may wait. No matter if none does.
    #[serde(skip_serializing_if = "is_hundred")]
    pub queue: u32,
}

fn is_hundred(queue: &u32) -> bool {
    *queue == 100
}

impl Default for Bulkhead {
    fn default() -> Self {
        Bulkhead { most: 25, wait: Span::ZERO, queue: 100 }
    }
}

/// Hedging: another copy of a call is sent, to another instance, when the first takes long; the first good
/// answer counts, and the others are cancelled. A copy that fails sends the next at once (gRPC, proposal A6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Hedging {
    /// How long the answer is waited for before the next copy is sent.
    pub after: Span,
    /// Copies in all, the first included. gRPC allows five.
    pub copies: u32,
    /// What becomes of the copies that lost.
    pub cancel: CancelWork,
}

impl Default for Hedging {
    fn default() -> Self {
        // "Tail at Scale" (Dean and Barroso 2013): after 10 ms, one more.
        Hedging { after: Span::from_millis(10), copies: 2, cancel: CancelWork::default() }
    }
}

/// What becomes of work that nobody wants any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CancelWork {
    /// It is taken from the queue if it still waits; work that has begun is finished.
    #[default]
    Queued,
    /// It ends where it is, begun or not.
    Begun,
    /// It goes on.
    Never,
}
