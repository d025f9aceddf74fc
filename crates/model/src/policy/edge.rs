//! The cache at the edge: answers that the entry gives by itself.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::id::KindId;
use crate::time::Span;

/// A cache at the entry, as nginx's `proxy_cache` or a content delivery network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct EdgeCache {
    /// What of each request kind it may answer; other kinds pass it by.
    pub kinds: IndexMap<KindId, EdgeKind>,
    /// Whether of several requests for one thing that is not there only the first goes on while the others
    /// wait for it (`proxy_cache_lock`; nginx's default is off).
    pub lock: bool,
    /// How long they wait; then they go on as well, and their answers are not kept
    /// (`proxy_cache_lock_timeout`, nginx's default is 5 s).
    pub lock_timeout: Span,
}

impl Default for EdgeCache {
    fn default() -> Self {
        EdgeCache { kinds: IndexMap::new(), lock: false, lock_timeout: Span::from_secs(5) }
    }
}

/// What of a request kind the cache at the entry may answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct EdgeKind {
    /// The share of its requests that ask for something that may be kept, 0 to 1.
    pub share: f64,
    /// How many different things those ask for, all equally often.
    pub things: u32,
    /// How long an answer is kept.
    pub ttl: Span,
}

impl Default for EdgeKind {
    fn default() -> Self {
        EdgeKind { share: 1.0, things: 1, ttl: Span::from_secs(60) }
    }
}
