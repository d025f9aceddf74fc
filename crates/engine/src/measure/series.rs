//! What happened over time, for charts: the whole run in a bounded number of buckets.

use archlab_model::{SimTime, Span};
use hdrhistogram::Histogram;

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

/// Latencies in microseconds, to two significant digits: what a chart can show, in a few kilobytes.
fn histogram() -> Histogram<u32> {
    Histogram::new(2).expect("two digits are possible")
}

/// Records a latency. (`saturating_record` would not let the histogram grow.)
#[inline]
pub(crate) fn record(latencies: &mut Histogram<u32>, latency: Span) {
    latencies.record(latency.as_nanos() / 1_000).expect("a histogram that grows takes any value");
}

/// The `quantile` of the latencies in a histogram, if there are any.
pub(crate) fn quantile(latencies: &Histogram<u32>, quantile: f64) -> Option<Span> {
    (!latencies.is_empty()).then(|| Span::from_micros(latencies.value_at_quantile(quantile)))
}

/// Slots kept besides the one that is open: together ten seconds.
const RECENT: usize = 20;

/// What happened in a stretch of time.
#[derive(Debug, Clone)]
struct Bucket {
    issued: u64,
    succeeded: u64,
    failed: [u64; Reason::COUNT],
    latencies: Histogram<u32>,
}

impl Default for Bucket {
    fn default() -> Self {
        Bucket { issued: 0, succeeded: 0, failed: [0; Reason::COUNT], latencies: histogram() }
    }
}

impl Bucket {
    fn add(&mut self, other: &Bucket) {
        self.issued += other.issued;
        self.succeeded += other.succeeded;
        for (sum, failed) in self.failed.iter_mut().zip(other.failed) {
            *sum += failed;
        }
        if !other.latencies.is_empty() {
            self.latencies.add(&other.latencies).expect("a histogram that grows takes any other");
        }
    }

    fn clear(&mut self) {
        (self.issued, self.succeeded, self.failed) = (0, 0, [0; Reason::COUNT]);
        self.latencies.reset();
    }

    fn point(&self, start: SimTime, width: Span) -> Point {
        Point {
            start,
            width,
            issued: self.issued,
            succeeded: self.succeeded,
            failed: self.failed,
            p50: quantile(&self.latencies, 0.5),
            p99: quantile(&self.latencies, 0.99),
        }
    }
}

/// The history of a group.
///
/// Everything is counted in one open slot of the first width; when its time is over it is added to the
/// bucket it lies in, and kept for a while as the recent past.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    buckets: Vec<Bucket>,
    width: Span,
    open: Bucket,
    /// The number of the open slot, and when it ends.
    slot: u64,
    slot_ends: SimTime,
    /// Slot `n` lies at `n % RECENT`, if it is not older than that; with its number.
    recent: Vec<(u64, Bucket)>,
}

impl Default for Series {
    fn default() -> Self {
        Series {
            buckets: Vec::new(),
            width: FIRST_WIDTH,
            open: Bucket::default(),
            slot: 0,
            slot_ends: SimTime::START + FIRST_WIDTH,
            recent: Vec::new(),
        }
    }
}

impl Series {
    #[inline]
    pub fn issued(&mut self, now: SimTime) {
        self.advance(now);
        self.open.issued += 1;
    }

    #[inline]
    pub fn succeeded(&mut self, now: SimTime, latency: Span) {
        self.advance(now);
        self.open.succeeded += 1;
        record(&mut self.open.latencies, latency);
    }

    #[inline]
    pub fn failed(&mut self, now: SimTime, reason: Reason) {
        self.advance(now);
        self.open.failed[reason.index()] += 1;
    }

    /// Brings the open slot up to `now`.
    #[inline]
    pub fn advance(&mut self, now: SimTime) {
        if now >= self.slot_ends {
            self.close_slot(now);
        }
    }

    #[cold]
    fn close_slot(&mut self, now: SimTime) {
        let place = self.bucket_of(self.slot);
        self.buckets[place].add(&self.open);

        if self.recent.is_empty() {
            self.recent.resize_with(RECENT, || (u64::MAX, Bucket::default()));
        }
        let kept = &mut self.recent[(self.slot % RECENT as u64) as usize];
        kept.0 = self.slot;
        std::mem::swap(&mut kept.1, &mut self.open);
        self.open.clear();

        self.slot = now.as_nanos() / FIRST_WIDTH.as_nanos();
        self.slot_ends = SimTime::from_nanos((self.slot + 1).saturating_mul(FIRST_WIDTH.as_nanos()));
        self.bucket_of(self.slot);
    }

    /// The bucket that a slot lies in. Makes room for it, if need be by merging neighbours.
    fn bucket_of(&mut self, slot: u64) -> usize {
        loop {
            let place = slot / (self.width.as_nanos() / FIRST_WIDTH.as_nanos());
            if place < MAX_BUCKETS as u64 {
                let place = place as usize;
                if self.buckets.len() <= place {
                    self.buckets.resize_with(place + 1, Bucket::default);
                }
                return place;
            }
            let pairs = self.buckets.len().div_ceil(2);
            for pair in 0..pairs {
                if pair > 0 {
                    self.buckets.swap(pair, 2 * pair);
                }
                if 2 * pair + 1 < self.buckets.len() {
                    let (left, right) = self.buckets.split_at_mut(2 * pair + 1);
                    left[pair].add(&right[0]);
                }
            }
            self.buckets.truncate(pairs);
            self.width = self.width * 2;
        }
    }

    /// The history up to now, for a series that has been brought up to it.
    pub fn points(&self) -> Vec<Point> {
        let slots = self.width.as_nanos() / FIRST_WIDTH.as_nanos();
        let open = (self.slot / slots) as usize;
        let count = self.buckets.len().max(open + 1);
        (0..count)
            .map(|place| {
                let start = SimTime::START + self.width * place as u64;
                let bucket = self.buckets.get(place);
                if place != open {
                    return bucket.map_or_else(
                        || Bucket::default().point(start, self.width),
                        |b| b.point(start, self.width),
                    );
                }
                let mut whole = bucket.cloned().unwrap_or_default();
                whole.add(&self.open);
                whole.point(start, self.width)
            })
            .collect()
    }

    /// The 99th percentile of the latencies of the last ten seconds, as near as slots can tell.
    pub fn recent_p99(&mut self, now: SimTime) -> Option<Span> {
        self.advance(now);
        let mut latencies = self.open.latencies.clone();
        for (slot, bucket) in &self.recent {
            if *slot < self.slot && *slot + RECENT as u64 >= self.slot && !bucket.latencies.is_empty() {
                latencies.add(&bucket.latencies).expect("a histogram that grows takes any other");
            }
        }
        quantile(&latencies, 0.99)
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
            series.issued(now);
            series.succeeded(now, Span::from_millis(millis(second)));
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
        let mut series = play(100, |second| if second < 80 { 500 } else { 10 });
        let p99 = series.recent_p99(SimTime::START + Span::from_secs(100)).unwrap();
        assert!(p99 < Span::from_millis(11), "{p99}");
    }
}
