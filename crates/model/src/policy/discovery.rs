//! Service discovery: how callers learn which instances there are, and how late. And how an instance leaves when it
//! is asked to.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// A registry that instances report to and callers copy from. An instance that is killed stays listed until its lease
/// runs out, the registry has looked, and every copy on the way to the callers has been renewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Discovery {
    /// How often an instance reports. Zero: the registry knows of a death at once.
    pub heartbeat: Span,
    /// How long after its last report the registry counts an instance as alive.
    pub lease: Span,
    /// How often the registry looks for leases that have run out; zero: at the moment they do.
    pub sweep: Span,
    /// How often each copy between the registry and the callers is renewed from the one before it; at most
    /// [`Discovery::MAX_COPIES`].
    pub copies: Vec<Span>,
    /// When fewer than this percentage of the listed instances report, nobody is struck off the list (Eureka's
    /// self-preservation: 85). Zero: never mind.
    pub preservation: u32,
}

impl Default for Discovery {
    /// A short way: Nacos' heartbeat of 5 s and 15 s until an instance counts as unhealthy, told to callers at once.
    fn default() -> Self {
        Discovery {
            heartbeat: Span::from_secs(5),
            lease: Span::from_secs(15),
            sweep: Span::ZERO,
            copies: Vec::new(),
            preservation: 0,
        }
    }
}

impl Discovery {
    /// The most copies in a row.
    pub const MAX_COPIES: usize = 8;

    /// Eureka: heartbeat 30 s; a lease of 90 s that is counted twice; eviction every 60 s; a response cache of 30 s at
    /// the server; a client that fetches every 30 s.
    pub fn eureka() -> Discovery {
        Discovery {
            heartbeat: Span::from_secs(30),
            lease: Span::from_secs(180),
            sweep: Span::from_secs(60),
            copies: vec![Span::from_secs(30), Span::from_secs(30)],
            preservation: 85,
        }
    }

    /// DNS: the registry knows at once, the callers keep what they have heard for `ttl`.
    pub fn dns(ttl: Span) -> Discovery {
        Discovery {
            heartbeat: Span::ZERO,
            lease: Span::ZERO,
            sweep: Span::ZERO,
            copies: vec![ttl],
            preservation: 0,
        }
    }
}

/// How an instance ends when it is asked to (SIGTERM, an orderly release), not killed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Shutdown {
    /// How long it goes on taking requests after it has asked to be taken off the list (a `preStop` sleep), so that
    /// callers who have not heard of it find it still there.
    pub linger: Span,
    /// How long it then works on what it has, at most, before it is killed (Kubernetes
    /// `terminationGracePeriodSeconds`: 30 s).
    pub grace: Span,
}

impl Default for Shutdown {
    fn default() -> Self {
        Shutdown { linger: Span::ZERO, grace: Span::from_secs(30) }
    }
}
