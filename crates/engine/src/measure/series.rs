//! What happened over time, for charts: the whole run in a bounded number of buckets.

use std::sync::Arc;

use archlab_model::{SimTime, Span};

use crate::fact::Reason;
use crate::measure::latencies::{self, Coarse, Fine};

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

/// How far back the recent past goes.
const RECENT: Span = Span::from_secs(10);

/// What was counted in a stretch of time.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    issued: u64,
    succeeded: u64,
    failed: [u64; Reason::COUNT],
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.issued += other.issued;
        self.succeeded += other.succeeded;
        for (sum, failed) in self.failed.iter_mut().zip(other.failed) {
            *sum += failed;
        }
    }
}

/// What happened in a stretch of time.
#[derive(Debug, Clone, Default)]
struct Bucket {
    counts: Counts,
    latencies: Coarse,
}

impl Bucket {
    /// Whether nothing was counted.
    fn is_empty(&self) -> bool {
        let Counts { issued, succeeded, failed } = self.counts;
        issued == 0 && succeeded == 0 && failed == [0; Reason::COUNT]
    }

    fn add(&mut self, other: &Bucket) {
        self.counts.add(&other.counts);
        self.latencies.add(&other.latencies);
    }

    fn point(&self, start: SimTime, width: Span) -> Point {
        let Counts { issued, succeeded, failed } = self.counts;
        Point {
            start,
            width,
            issued,
            succeeded,
            failed,
            p50: self.latencies.quantile(0.5),
            p99: self.latencies.quantile(0.99),
        }
    }
}

/// The history of a group: buckets of equal width, the last of them open.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    /// Those that are closed are shared with the snapshots of the run.
    buckets: Vec<Arc<Bucket>>,
    width: Span,
    /// What was counted in the open bucket.
    open: Bucket,
    /// When the open bucket ends.
    ends: SimTime,
}

impl Default for Series {
    fn default() -> Self {
        Series {
            buckets: vec![Arc::default()],
            width: FIRST_WIDTH,
            open: Bucket::default(),
            ends: SimTime::START + FIRST_WIDTH,
        }
    }
}

impl Series {
    /// Whether the open bucket has ended by `now`. Then [`Series::advance`] is to be called before anything else is
    /// counted.
    #[inline]
    pub fn has_ended(&self, now: SimTime) -> bool {
        now >= self.ends
    }

    #[inline]
    pub fn issued(&mut self) {
        self.open.counts.issued += 1;
    }

    /// A request succeeded, whose latency is also counted among `all`.
    #[inline(always)]
    pub fn succeeded(&mut self, latency: Span, all: &mut Fine) {
        self.open.counts.succeeded += 1;
        latencies::record(latency, all, &mut self.open.latencies);
    }

    #[inline]
    pub fn failed(&mut self, reason: Reason) {
        self.open.counts.failed[reason.index()] += 1;
    }

    /// Closes the open bucket and opens the one that `now` lies in.
    #[cold]
    pub fn advance(&mut self, now: SimTime) {
        let Bucket { counts, latencies } = &mut self.open;
        // Where nothing was answered, no room is needed for how long it took.
        let latencies = if counts.succeeded > 0 { latencies.take() } else { Coarse::default() };
        let passed = Bucket { counts: std::mem::take(counts), latencies };
        match self.buckets.last_mut() {
            Some(open) if open.is_empty() => *open = Arc::new(passed),
            Some(open) => Arc::make_mut(open).add(&passed),
            None => {}
        }
        let mut place = now.as_nanos() / self.width.as_nanos();
        while place >= MAX_BUCKETS as u64 {
            self.merge_pairs();
            place = now.as_nanos() / self.width.as_nanos();
        }
        self.buckets.resize_with(place as usize + 1, Arc::default);
        self.ends = SimTime::from_nanos((place + 1).saturating_mul(self.width.as_nanos()));
    }

    fn merge_pairs(&mut self) {
        let pairs = self.buckets.len().div_ceil(2);
        for pair in 0..pairs {
            if pair > 0 {
                self.buckets.swap(pair, 2 * pair);
            }
            if 2 * pair + 1 < self.buckets.len() {
                let (left, right) = self.buckets.split_at_mut(2 * pair + 1);
                Arc::make_mut(&mut left[pair]).add(&right[0]);
            }
        }
        self.buckets.truncate(pairs);
        self.width = self.width * 2;
    }

    /// The history up to now.
    pub fn points(&self) -> Vec<Point> {
        let last = self.buckets.len() - 1;
        let whole = |(place, bucket): (usize, &Arc<Bucket>)| {
            let start = SimTime::START + self.width * place as u64;
            if place < last {
                return bucket.point(start, self.width);
            }
            let mut open = Bucket::clone(bucket);
            open.add(&self.open);
            open.point(start, self.width)
        };
        self.buckets.iter().enumerate().map(whole).collect()
    }

    /// The 99th percentile of the latencies recorded in the last ten seconds, as near as buckets can tell.
    pub fn recent_p99(&self) -> Option<Span> {
        let count = 1 + RECENT.as_nanos().div_ceil(self.width.as_nanos()) as usize;
        let mut latencies = self.open.latencies.clone();
        for bucket in self.buckets.iter().rev().take(count) {
            latencies.add(&bucket.latencies);
        }
        latencies.quantile(0.99)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One success of `millis` latency every second until `secs`.
    fn play(secs: u64, millis: impl Fn(u64) -> u64) -> Series {
        let mut series = Series::default();
        for second in 0..secs {
            let now = SimTime::START + Span::from_secs(second);
            if series.has_ended(now) {
                series.advance(now);
            }
            series.issued();
            series.succeeded(Span::from_millis(millis(second)), &mut Fine::default());
        }
        series.advance(SimTime::START + Span::from_secs(secs));
        series
    }

    #[test]
    fn a_long_history_is_whole_in_a_bounded_number_of_buckets() {
        for secs in [1, 100, 1_000, 100_000] {
            let points = play(secs, |_| 1).points();
            assert!(points.len() <= MAX_BUCKETS, "{} buckets after {secs} s", points.len());
            assert_eq!(points.iter().map(|point| point.succeeded).sum::<u64>(), secs);
            for pair in points.windows(2) {
                assert_eq!(pair[0].start + pair[0].width, pair[1].start);
            }
        }
    }

    #[test]
    fn quantiles_are_right_after_merging() {
        // Slow in the second half of the run: late buckets must say so, early ones must not.
        let points = play(10_000, |second| if second < 5_000 { 10 } else { 100 }).points();
        let near = |p: Option<Span>, millis: f64| (p.unwrap().as_millis_f64() - millis).abs() < millis * 0.01;
        assert!(near(points[10].p99, 10.0), "{:?}", points[10]);
        let late = points.iter().rfind(|point| point.succeeded > 0).unwrap();
        assert!(near(late.p50, 100.0), "{late:?}");
    }

    #[test]
    fn a_long_silence_costs_no_more_than_a_short_one() {
        let mut series = play(3, |_| 1);
        series.advance(SimTime::from_nanos(u64::MAX / 4));
        assert!(series.points().len() <= MAX_BUCKETS);
        assert_eq!(series.points().iter().map(|point| point.succeeded).sum::<u64>(), 3);
    }

    #[test]
    fn the_recent_past_is_ten_seconds() {
        let series = play(100, |second| if second < 80 { 500 } else { 10 });
        let p99 = series.recent_p99().unwrap();
        assert!(p99 < Span::from_millis(11), "{p99}");
    }
}
