//! What happened over time, for charts: the whole run in a bounded number of buckets.

use archlab_model::{SimTime, Span};

use crate::fact::Reason;

/// The width of a bucket when a run begins.
pub const FIRST_WIDTH: Span = Span::from_millis(500);
/// When there are this many buckets, neighbours are merged and the width doubles.
pub const MAX_BUCKETS: usize = 256;

/// One stretch of time, as a chart shows it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When it begins.
    pub start: SimTime,
    /// How long it lasts; the last one may not have passed yet.
    pub width: Span,
    /// Requests issued.
    pub issued: u64,
    /// Requests that succeeded.
    pub succeeded: u64,
    /// Requests that failed, by [`Reason`] index.
    pub failed: [u64; Reason::COUNT],
    /// Median latency of those that succeeded.
    pub p50: Option<Span>,
    /// 99th percentile of latency of those that succeeded.
    pub p99: Option<Span>,
}
