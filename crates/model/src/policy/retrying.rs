//! How long a caller pauses before it tries again, and how much it may try again at all.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// The pause before a retry: it grows with each one, up to a cap, and is spread by chance.
///
/// Defaults: gRPC's example policy (proposal A6: 100 ms, doubled up to 1 s, times U(0.8, 1.2)).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Backoff {
    /// What the pause grows from.
    pub base: Span,
    /// By how much each pause is longer than the one before; 1 for pauses that do not grow.
    pub factor: f64,
    /// What no pause exceeds (before it is spread).
    pub cap: Span,
    /// How it is spread.
    pub jitter: Jitter,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff {
            base: Span::from_millis(100),
            factor: 2.0,
            cap: Span::from_secs(1),
            jitter: Jitter::Around(0.2),
        }
    }
}

/// How pauses are spread, so that callers that failed together do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Jitter {
    /// Not at all: base · factor^(n-1) before the n-th retry.
    None,
    /// Uniform between nothing and base · factor^n (AWS, "full").
    Full,
    /// Half of base · factor^n, and up to as much again (AWS, "equal").
    Equal,
    /// Uniform between the base and three times the pause before (AWS, "decorrelated").
    Decorrelated,
    /// As without jitter, times a number between 1 - x and 1 + x (gRPC 0.2, Resilience4j 0.5).
    Around(f64),
    /// Uniform between nothing and base · (2^n - 1), the cap included (Envoy).
    Envoy,
}

/// How many retries a caller may make, in proportion to its calls, whatever each call may.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum RetryBudget {
    /// Retries are at most a part of the calls of the last ten seconds, besides some a second
    /// (Finagle: 0.2, and 10 a second).
    Ratio {
        /// Retries for each call.
        ratio: f64,
        /// Retries a second that are always allowed.
        minimum: f64,
    },
    /// Retries under way are at most a part of the calls under way (Envoy: 0.2, but at least 3).
    Active {
        /// Retries under way for each call under way.
        ratio: f64,
        /// Retries under way that are always allowed.
        minimum: u32,
    },
    /// A failure costs a token, a success earns a part of one; retries and hedges only while more than
    /// half of the tokens are there (gRPC: `maxTokens` 10, `tokenRatio` 0.1 in its example).
    Tokens {
        /// How many there are at most, and at first.
        most: u32,
        /// What a success earns.
        ratio: f64,
    },
}
