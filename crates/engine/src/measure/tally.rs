//! What the clients of one group saw.

use archlab_model::{SimTime, Span};

use crate::fact::{Outcome, Reason};
use crate::measure::episode::Episodes;
use crate::measure::latencies::Fine;
use crate::measure::report::{Care, Latency, Tally};
use crate::measure::series::{Point, Series};

/// The measures of one group that are added up as requests end.
#[derive(Debug, Clone)]
pub struct GroupMeasure {
    /// By kind.
    pub kinds: Vec<Tally>,
    /// Latencies of all requests that succeeded; their sum, in nanoseconds; and the longest.
    latencies: Fine,
    latency_sum: u128,
    longest: Span,
    /// Attempts beyond the first.
    pub retries: u64,
    /// Calls worked on in vain.
    pub wasted: u64,
    /// What guards, deadlines and copies have done.
    pub care: Care,
    series: Series,
    pub episodes: Episodes,
}

impl Default for GroupMeasure {
    fn default() -> Self {
        GroupMeasure {
            kinds: Vec::new(),
            latencies: Fine::default(),
            latency_sum: 0,
            longest: Span::ZERO,
            retries: 0,
            wasted: 0,
            care: Care::default(),
            series: Series::default(),
            episodes: Episodes::default(),
        }
    }
}

impl GroupMeasure {
    /// Makes room for kinds.
    pub fn widen(&mut self, kinds: usize) {
        if self.kinds.len() < kinds {
            self.kinds.resize(kinds, Tally::default());
        }
    }

    #[inline(always)]
    pub fn issued(&mut self, now: SimTime, kind: u32) {
        self.advance(now);
        let tally = &mut self.kinds[kind as usize];
        tally.issued += 1;
        tally.in_flight += 1;
        self.series.issued();
    }

    #[inline(always)]
    pub fn ended(&mut self, now: SimTime, kind: u32, outcome: Outcome, latency: Span) {
        match outcome {
            Outcome::Succeeded => self.succeeded(now, kind, latency),
            Outcome::Failed(reason) => self.failed(now, kind, reason),
        }
    }

    #[inline(always)]
    fn succeeded(&mut self, now: SimTime, kind: u32, latency: Span) {
        self.advance(now);
        let tally = &mut self.kinds[kind as usize];
        tally.in_flight -= 1;
        tally.succeeded += 1;
        self.latency_sum += u128::from(latency.as_nanos());
        if latency > self.longest {
            self.longest = latency;
        }
        self.series.succeeded(latency, &mut self.latencies);
        self.episodes.succeeded(now, latency);
    }

    #[cold]
    #[inline(never)]
    fn failed(&mut self, now: SimTime, kind: u32, reason: Reason) {
        self.advance(now);
        let tally = &mut self.kinds[kind as usize];
        tally.in_flight -= 1;
        tally.failed[reason.index()] += 1;
        self.series.failed(reason);
        self.episodes.failed(now, reason);
    }

    /// The clock moves on to `now`.
    #[inline]
    pub fn advance(&mut self, now: SimTime) {
        if self.series.has_ended(now) {
            self.series.advance(now);
        }
    }

    /// The history up to now, for a measure that has been brought up to it.
    pub fn points(&self) -> Vec<Point> {
        self.series.points()
    }

    /// The 99th percentile of the latencies of the last ten seconds, as near as buckets can tell.
    pub fn recent_p99(&mut self, now: SimTime) -> Option<Span> {
        self.advance(now);
        self.series.recent_p99()
    }

    /// Requests under way.
    pub fn in_flight(&self) -> u64 {
        self.kinds.iter().map(|kind| kind.in_flight).sum()
    }

    /// All kinds together.
    pub fn total(&self) -> Tally {
        self.kinds.iter().fold(Tally::default(), |mut sum, kind| {
            sum.issued += kind.issued;
            sum.succeeded += kind.succeeded;
            sum.degraded += kind.degraded;
            sum.in_flight += kind.in_flight;
            for (sum, failed) in sum.failed.iter_mut().zip(kind.failed) {
                *sum += failed;
            }
            sum
        })
    }

    /// The latency of those that succeeded.
    pub fn latency(&self) -> Latency {
        let count: u64 = self.kinds.iter().map(|kind| kind.succeeded).sum();
        let count = u128::from(count.max(1));
        let quantile = |share| self.latencies.quantile(share).unwrap_or_default().min(self.longest);
        Latency {
            mean: Span::from_nanos(((self.latency_sum + count / 2) / count) as u64),
            p50: quantile(0.5),
            p95: quantile(0.95),
            p99: quantile(0.99),
            max: self.longest,
        }
    }
}
