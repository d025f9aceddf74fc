//! The circuit breaker: a caller stops calling a service that fails it, and tries again later.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// A circuit breaker, one for each caller and each service it calls.
///
/// Defaults: Resilience4j (`CircuitBreakerConfig`: the last 100 calls, 50 %, open for 60 s, 10 trials).
/// Hystrix is a window of 10 s, at least 20 calls, 50 %, open for 5 s, one trial.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Breaker {
    /// Which calls are looked at.
    pub window: BreakerWindow,
    /// It stays closed until so many were seen.
    pub minimum: u32,
    /// It opens when at least this part of them failed.
    pub failures: f64,
    /// It opens, too, when at least a part of them was slow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow: Option<SlowCalls>,
    /// How long it stays open.
    pub open: Span,
    /// Half open, so many calls are let through; when all have ended it closes or opens again.
    pub trials: u32,
}

impl Default for Breaker {
    fn default() -> Self {
        Breaker {
            window: BreakerWindow::default(),
            minimum: 100,
            failures: 0.5,
            slow: None,
            open: Span::from_secs(60),
            trials: 10,
        }
    }
}

impl Breaker {
    /// As Hystrix has it (`HystrixCommandProperties`).
    pub fn hystrix() -> Breaker {
        Breaker {
            window: BreakerWindow::Time(Span::from_secs(10)),
            minimum: 20,
            failures: 0.5,
            slow: None,
            open: Span::from_secs(5),
            trials: 1,
        }
    }
}

/// Which calls a breaker looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BreakerWindow {
    /// The last so many.
    Calls(u32),
    /// Those of the last so long, in ten buckets.
    Time(Span),
}

impl Default for BreakerWindow {
    fn default() -> Self {
        BreakerWindow::Calls(100)
    }
}

/// Calls that count against a service because they took long. Defaults: Resilience4j (60 s, all).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SlowCalls {
    /// A call that takes longer is slow.
    pub after: Span,
    /// The part of the calls at which the breaker opens.
    pub part: f64,
}

impl Default for SlowCalls {
    fn default() -> Self {
        SlowCalls { after: Span::from_secs(60), part: 1.0 }
    }
}
