//! What the clients of one group saw.

use archlab_model::{SimTime, Span};
use hdrhistogram::Histogram;

use crate::fact::Outcome;
use crate::measure::episode::Episodes;
use crate::measure::report::{Care, Latency, Tally};
use crate::measure::series::{Point, Series};

/// Latencies of a whole run, in nanoseconds: fine enough for a design without a network, whose latencies
/// are a few microseconds. Three significant digits of them cost a quarter of a megabyte at most.
fn histogram() -> Histogram<u64> {
    Histogram::new(3).expect("three digits are possible")
}

/// How many latencies are recorded in one go.
const FRESH: usize = 512;

/// The measures of one group that are added up as requests end.
#[derive(Debug, Clone)]
pub struct GroupMeasure {
    /// By kind.
    pub kinds: Vec<Tally>,
    /// Latencies in nanoseconds that are yet to be recorded: in one go it costs less.
    fresh: Vec<u64>,
    latency: Histogram<u64>,
    /// In nanoseconds; a float holds the sum of a long run to more digits than anybody reads.
    latency_sum: f64,
    latency_max: u64,
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
            fresh: Vec::with_capacity(FRESH),
            latency: histogram(),
            latency_sum: 0.0,
            latency_max: 0,
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

    #[inline]
    pub fn issued(&mut self, now: SimTime, kind: u32) {
        self.advance(now);
        let tally = &mut self.kinds[kind as usize];
        tally.issued += 1;
        tally.in_flight += 1;
        self.series.issued();
    }

    #[inline]
    pub fn ended(&mut self, now: SimTime, kind: u32, outcome: Outcome, latency: Span) {
        self.advance(now);
        let tally = &mut self.kinds[kind as usize];
        tally.in_flight -= 1;
        match outcome {
            Outcome::Succeeded => {
                tally.succeeded += 1;
                self.series.succeeded();
                self.episodes.succeeded(now, latency);
                self.fresh.push(latency.as_nanos());
                if self.fresh.len() == FRESH {
                    self.record_fresh();
                }
            }
            Outcome::Failed(reason) => {
                tally.failed[reason.index()] += 1;
                self.series.failed(reason);
                self.episodes.failed(now, reason);
            }
        }
    }

    /// The clock moves on to `now`.
    #[inline]
    pub fn advance(&mut self, now: SimTime) {
        if self.series.has_ended(now) {
            self.record_fresh();
            self.series.advance(now);
        }
    }

    #[cold]
    fn record_fresh(&mut self) {
        self.series.record(&self.fresh);
        for &nanos in &self.fresh {
            self.latency.record(nanos).expect("a histogram that grows takes any value");
            self.latency_sum += nanos as f64;
            self.latency_max = self.latency_max.max(nanos);
        }
        self.fresh.clear();
    }

    /// The history up to now, for a measure that has been brought up to it.
    pub fn points(&self) -> Vec<Point> {
        self.series.points(&self.fresh)
    }

    /// The 99th percentile of the latencies of the last ten seconds, as near as buckets can tell.
    pub fn recent_p99(&mut self, now: SimTime) -> Option<Span> {
        self.advance(now);
        self.record_fresh();
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
        if !self.fresh.is_empty() {
            let mut whole = self.clone();
            whole.record_fresh();
            return whole.latency();
        }
        let count = self.latency.len();
        if count == 0 {
            return Latency::default();
        }
        let max = Span::from_nanos(self.latency_max);
        let quantile = |q| Span::from_nanos(self.latency.value_at_quantile(q)).min(max);
        Latency {
            mean: Span::from_nanos((self.latency_sum / count as f64 + 0.5) as u64),
            p50: quantile(0.5),
            p95: quantile(0.95),
            p99: quantile(0.99),
            max,
        }
    }
}
