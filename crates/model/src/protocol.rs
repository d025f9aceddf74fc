//! In what protocol one function calls another, and what that costs.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// The protocol of a call between services. A call within one service needs none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CallKind {
    /// Text over HTTP, as JSON.
    Rest,
    /// Binary messages over a connection that stays open, as gRPC, Thrift or Dubbo.
    Rpc,
}

impl CallKind {
    /// All kinds.
    pub const ALL: [CallKind; 2] = [CallKind::Rest, CallKind::Rpc];
}

/// What calls cost, protocol by protocol. A call that names none costs nothing but its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CallCosts {
    /// Of a REST call. Default: 100 µs at each end, over connections that are kept (HTTP/1.1's default, RFC 9112).
    pub rest: CallCost,
    /// Of an RPC. Default: 20 µs at each end, over one connection that is kept (HTTP/2, RFC 9113).
    pub rpc: CallCost,
}

impl Default for CallCosts {
    fn default() -> Self {
        let kept = |micros| CallCost { work: Span::from_micros(micros), round_trips: 0 };
        CallCosts { rest: kept(100), rpc: kept(20) }
    }
}

/// What one call costs, beside the way of its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CallCost {
    /// Processor time at each end, on a core of speed 1: encoding what is sent, decoding what is received. The
    /// defaults are figures of ours.
    pub work: Span,
    /// Round trips before each call, for a connection of its own: 0 if connections are kept, 1 for TCP (RFC 9293), 2
    /// for TCP with TLS 1.3 (RFC 8446).
    #[serde(default, skip_serializing_if = "crate::design::is_default")]
    pub round_trips: u32,
}

impl CallCosts {
    /// What a call of this kind costs.
    pub fn of(&self, kind: CallKind) -> CallCost {
        match kind {
            CallKind::Rest => self.rest,
            CallKind::Rpc => self.rpc,
        }
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, kind: CallKind) -> &mut CallCost {
        match kind {
            CallKind::Rest => &mut self.rest,
            CallKind::Rpc => &mut self.rpc,
        }
    }
}
