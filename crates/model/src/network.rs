//! The network: how long a message travels.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// One-way latencies between places. A message between two instances on one machine takes
/// `loopback`, between machines `local`, between a client and an entry `internet`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Network {
    /// Between clients and the entry.
    pub internet: Span,
    /// Between two machines, or a machine and a store or an entry.
    pub local: Span,
    /// Within one machine.
    pub loopback: Span,
    /// Links that differ from these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkLatency>,
}

impl Default for Network {
    fn default() -> Self {
        Network {
            internet: Span::from_millis(20),
            local: Span::from_micros(250),
            loopback: Span::from_micros(20),
            links: Vec::new(),
        }
    }
}

/// The latency of the link between two parts, in both directions.
///
/// A part is written as its name: a machine, a client, or `group/store` for a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkLatency {
    /// The two ends.
    pub between: (String, String),
    /// One way.
    pub latency: Span,
}
