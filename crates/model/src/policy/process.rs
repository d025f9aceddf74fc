//! How a process of an instance begins, and begins again.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// How a process begins, and begins again. By default it works at full speed as soon as it answers, and one
/// that has crashed stays so until somebody starts it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ProcessPolicy {
    /// How a new process is slower at first (code not yet compiled, caches and pools still empty).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_up: Option<WarmUp>,
    /// Whether the platform starts a crashed process again by itself, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart: Option<Restarts>,
}

/// A new process is slower at first: by `factor` when it begins to answer, then less and less, in a straight
/// line, and not at all once it has lived for `over`. Defaults are ours: the order of a Java process whose code
/// is interpreted at first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct WarmUp {
    /// How many times as long the very first piece of work takes.
    pub factor: f64,
    /// From the first instant the process answers until it is warm.
    pub over: Span,
}

impl Default for WarmUp {
    fn default() -> Self {
        WarmUp { factor: 5.0, over: Span::from_secs(30) }
    }
}

/// When a process that has ended by itself is started again. Defaults: Kubernetes' kubelet (`CrashLoopBackOff`:
/// 10 s, doubled each time, at most 5 min; forgotten after 10 min of running). The first restart is at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Restarts {
    /// The pause before the second restart; it doubles with each further one.
    pub pause: Span,
    /// The longest pause.
    pub most: Span,
    /// A process that has run for so long begins with no pause again.
    pub forgotten: Span,
}

impl Default for Restarts {
    fn default() -> Self {
        Restarts { pause: Span::from_secs(10), most: Span::from_secs(300), forgotten: Span::from_secs(600) }
    }
}
