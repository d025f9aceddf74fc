//! What each fault says about itself: whom it strikes, and how hard.

use serde::{Deserialize, Serialize};

use crate::design::is_default;
use crate::fault::Site;
use crate::id::{ClientId, FunctionId, InstanceId};
use crate::time::Span;

/// A machine, an instance or a store works slower. Work under way is stretched from that instant on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Slow {
    /// What: a machine, an instance or a store.
    pub of: Site,
    /// How many times as long a piece of work takes.
    pub factor: f64,
}

/// Calls are answered at once with an error: a bug, or a bad release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Errors {
    /// Where.
    pub of: Bug,
    /// The chance that a call fails.
    pub rate: f64,
}

/// Where a bug is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Bug {
    /// In one instance: every call to it.
    Instance(InstanceId),
    /// In a function, wherever it runs: the same bug in every group.
    Function(FunctionId),
}

/// A process accepts everything and answers nothing: it stands still as if stopped by a signal, and goes on
/// where it stood when it is repaired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Hang {
    /// Which.
    pub of: InstanceId,
    /// Whether its health checks pass all the same: something else in it, or beside it, answers them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub checks_pass: bool,
}

/// Nothing gets through between two parts. What is on the way arrives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// Its ends.
    pub between: (Site, Site),
    /// Whether only what goes from the first to the second is stopped.
    #[serde(default, skip_serializing_if = "is_default")]
    pub one_way: bool,
}

/// The two sides of a partition. A side that names nobody is everybody else.
pub type Sides = (Vec<Site>, Vec<Site>);

/// Nothing gets through between two sets of parts. What is on the way arrives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Partition {
    /// The one set and the other. An empty one is everybody else.
    pub sides: Sides,
    /// Whether only what goes from the first to the second is stopped.
    #[serde(default, skip_serializing_if = "is_default")]
    pub one_way: bool,
}

/// Some messages between two parts are lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// Its ends.
    pub between: (Site, Site),
    /// The chance that a message is lost each time it is sent.
    pub probability: f64,
    /// Whether only what goes from the first to the second is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub one_way: bool,
    /// What becomes of it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub lost: Lost,
}

/// What becomes of a lost message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Lost {
    /// TCP sends it again: 200 ms (Linux' least retransmission timeout, `TCP_RTO_MIN`) and a round trip later,
    /// then after twice as long each time, up to 15 times (`tcp_retries2`). The default, because calls between
    /// services go over TCP: what an application sees of packet loss is a tail of slow answers.
    #[default]
    Retransmitted,
    /// Nobody sends it again: the caller's timeout decides.
    ForGood,
}

/// Messages between two parts take longer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Delay {
    /// Its ends.
    pub between: (Site, Site),
    /// How much longer, one way.
    pub extra: Span,
    /// How much more or less than that, at most; uniform, as `netem` does it. No message gets faster than the
    /// link is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub jitter: Span,
    /// Whether only what goes from the first to the second does.
    #[serde(default, skip_serializing_if = "is_default")]
    pub one_way: bool,
}

/// Clients ask for more (or less) than usual: requests come in that many times as fast, closed users are that
/// many times as many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Spike {
    /// Who.
    pub of: ClientId,
    /// How many times the usual.
    pub factor: f64,
}

/// An instance keeps some memory with each request. The fuller it is the more time goes into collecting
/// garbage; when it is full its process is killed and started again, cold, and later each time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Leak {
    /// Which.
    pub of: InstanceId,
    /// After how many requests its memory is full.
    pub requests: u32,
}

/// The clock of a machine (or one instance, as in a virtual machine) is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Skew {
    /// Whose: a machine, an instance, a store or the entry of a group.
    pub of: Site,
    /// By how much it is ahead.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ahead: Span,
    /// By how much it is behind.
    #[serde(default, skip_serializing_if = "is_default")]
    pub behind: Span,
    /// How many seconds it counts in a second.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub rate: f64,
}

impl Skew {
    /// A clock that is right.
    pub fn none(of: Site) -> Skew {
        Skew { of, ahead: Span::ZERO, behind: Span::ZERO, rate: 1.0 }
    }
}

fn one() -> f64 {
    1.0
}

fn is_one(rate: &f64) -> bool {
    *rate == 1.0
}
