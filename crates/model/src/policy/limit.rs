//! Rate limits: how many requests a second pass.

use serde::{Deserialize, Serialize};

/// A limit on the rate of requests. One beyond it fails: rate limited (429, or nginx's 503).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum RateLimit {
    /// A token for each request; tokens come back at a rate, up to what the bucket holds (Spring Cloud
    /// Gateway's `RequestRateLimiter`, AWS API Gateway).
    TokenBucket {
        /// Tokens a second.
        rate: f64,
        /// How many the bucket holds.
        burst: u32,
    },
    /// Requests pass one after another at a rate; up to `burst` may be ahead of it (nginx's `limit_req`).
    LeakyBucket {
        /// Requests a second. nginx counts in thousandths of one.
        rate: f64,
        /// How many may be ahead of the rate; one more is rejected.
        burst: u32,
        /// How many of those pass at once; the others wait for their turn. As many as `burst` is nginx's
        /// `nodelay`.
        #[serde(default, skip_serializing_if = "crate::design::is_default")]
        undelayed: u32,
    },
}
