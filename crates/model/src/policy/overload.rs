//! What an overloaded service, or its caller, does about the load.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// How an instance turns work away before its queue is full. All of it is off by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Shedding {
    /// Which of those that wait is taken next.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub order: QueueOrder,
    /// How long a call may wait in the queue; longer, and it is answered at once that it failed (HAProxy's
    /// `timeout queue`, then 503).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_timeout: Option<Span>,
    /// Controlled delay: what has waited too long is turned away when its turn comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub codel: Option<Codel>,
    /// A limit on calls in the instance, queue included, that adapts to how long they take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<ConcurrencyLimit>,
}

/// Which of those that wait is taken next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum QueueOrder {
    /// The one that has waited longest.
    #[default]
    FirstIn,
    /// The one that came last: under overload, the one whose caller is most likely still there.
    LastIn,
}

/// Controlled delay.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Codel {
    /// The wait that is always borne.
    pub target: Span,
    /// How long a queue may stand before that counts as overload.
    pub interval: Span,
    /// What happens then.
    pub law: CodelLaw,
}

impl Default for Codel {
    /// 5 ms and 100 ms, of RFC 8289 and of Facebook's servers alike.
    fn default() -> Self {
        Codel { target: Span::from_millis(5), interval: Span::from_millis(100), law: CodelLaw::default() }
    }
}

/// What controlled delay turns away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CodelLaw {
    /// Once the queue has not been empty for an interval, whatever has waited longer than the target;
    /// before that, whatever has waited longer than an interval (Facebook, "Fail at Scale", ACM Queue 2015).
    #[default]
    Requests,
    /// One, then one more after each interval / √n, for as long as waits stay above the target
    /// (RFC 8289). Made for senders that slow down when they lose packets.
    Packets,
}

/// An adaptive limit on the calls in an instance, after Netflix' `concurrency-limits`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ConcurrencyLimit {
    /// From the shortest time a call took: `VegasLimit` (starts at 20; alpha, beta, threshold 3, 6 and
    /// 1 × log10 of the limit).
    Vegas {
        /// What it never exceeds (theirs: 1000).
        most: u32,
    },
    /// From the long-term average: `Gradient2Limit` (starts at 20; smoothing 0.2, 600 samples, room for a
    /// queue of 4).
    Gradient {
        /// What it never falls below (theirs: 20).
        least: u32,
        /// What it never exceeds (theirs: 200).
        most: u32,
    },
    /// Always the same.
    Fixed(u32),
}

/// A caller that holds calls back by itself when many are turned away: with probability
/// max(0, (requests - k · accepts) / (requests + 1)) over a window. Defaults: Google's SRE book, chapter 21
/// (k = 2, two minutes).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Throttle {
    /// How many calls are made for each one that is accepted.
    pub k: f64,
    /// How long calls are remembered.
    pub window: Span,
}

impl Default for Throttle {
    fn default() -> Self {
        Throttle { k: 2.0, window: Span::from_secs(120) }
    }
}
