//! Rates that change with time: when the next request of a Poisson stream comes whose rate goes in straight
//! lines from point to point.
//!
//! The time until the next request is found by inversion: an exponential number of mean 1 is the area under
//! the rate until then. One draw makes one request, whatever the rate does meanwhile.

use archlab_model::{RatePoint, SimTime, Span};

/// Nanoseconds in a second.
const NANOS: f64 = 1e9;

/// A rate as it goes in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    /// Straight lines, one after another, from the start of the run (or of a round) on.
    lines: Vec<Line>,
    /// After how long all begins again.
    round: Option<u64>,
    /// What is asked for in one round.
    whole: f64,
}

/// A straight line. Rates are in requests per nanosecond.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    from: u64,
    to: u64,
    first: f64,
    last: f64,
}

impl Rates {
    /// A stream that is heavier, `peak`, for `length` at the beginning of each `every`.
    pub fn bursts(rate: f64, peak: f64, length: Span, every: Span) -> Rates {
        let (every, rate, peak) = (every.as_nanos().max(1), per_nano(rate), per_nano(peak));
        let length = length.as_nanos().min(every);
        let burst = Line { from: 0, to: length, first: peak, last: peak };
        let calm = Line { from: length, to: every, first: rate, last: rate };
        Rates::of(vec![burst, calm], Some(every))
    }

    /// A stream that goes from point to point, and from the last one over to the first if it begins again.
    pub fn ramp(points: &[RatePoint], repeat: bool) -> Rates {
        let mut points: Vec<(u64, f64)> =
            points.iter().map(|point| (point.at.as_nanos(), per_nano(point.rate))).collect();
        points.sort_by_key(|point| point.0);
        let Some(&(end, last)) = points.last() else { return Rates::of(Vec::new(), None) };
        let before = [(0, points[0].1)];
        let mut from = before[0];
        let mut lines = Vec::new();
        for &to in &points {
            lines.push(Line { from: from.0, to: to.0, first: from.1, last: to.1 });
            from = to;
        }
        let round = (repeat && end > 0).then_some(end);
        if round.is_none() {
            lines.push(Line { from: end, to: u64::MAX, first: last, last });
        }
        Rates::of(lines, round)
    }

    fn of(mut lines: Vec<Line>, round: Option<u64>) -> Rates {
        lines.retain(|line| line.from < line.to);
        let whole = lines.iter().map(|line| line.area()).sum();
        Rates { lines, round, whole }
    }

    /// When the area under the rate, from `now` on, comes to `area`. `None` if it never does.
    pub fn after(&self, now: SimTime, area: f64) -> Option<SimTime> {
        let now = now.as_nanos();
        let (mut begin, mut area) = match self.round {
            Some(round) => (now - now % round, area),
            None => (0, area),
        };
        let mut place = now - begin;
        // What is left of this round, then whole rounds at once, then the last one in part.
        for turn in 0..3 {
            for line in self.lines.iter().filter(|line| line.to > place) {
                let rest = line.cut(place.max(line.from));
                match rest.reach(area) {
                    Some(at) => return begin.checked_add(at).map(SimTime::from_nanos),
                    None => area -= rest.area(),
                }
            }
            let round = self.round.filter(|_| self.whole > 0.0)?;
            let skipped = if turn == 0 { (area / self.whole).floor() } else { 0.0 };
            area = (area - skipped * self.whole).max(0.0);
            begin = begin.checked_add(round.checked_mul(skipped as u64 + 1)?)?;
            place = 0;
        }
        // Rounding left a crumb of area beyond the end of a round.
        Some(SimTime::from_nanos(begin))
    }
}

fn per_nano(rate: f64) -> f64 {
    if rate > 0.0 { rate.min(crate::plan::MAX_RATE) / NANOS } else { 0.0 }
}

impl Line {
    /// Requests along it.
    fn area(&self) -> f64 {
        (self.to - self.from) as f64 * (self.first + self.last) / 2.0
    }

    /// The rest of it from `from` on.
    fn cut(&self, from: u64) -> Line {
        let share = (from - self.from) as f64 / (self.to - self.from) as f64;
        Line { from, first: self.first + (self.last - self.first) * share, ..*self }
    }

    /// Where the area from its beginning comes to `area`, if it does.
    fn reach(&self, area: f64) -> Option<u64> {
        let slope = (self.last - self.first) / (self.to - self.from) as f64;
        let root = self.first * self.first + 2.0 * slope * area;
        let speed = self.first + root.max(0.0).sqrt();
        if root < 0.0 || speed <= 0.0 {
            return None;
        }
        let way = (2.0 * area / speed).round();
        let length = self.to - self.from;
        (way <= length as f64).then(|| self.from.saturating_add((way as u64).min(length)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: f64) -> SimTime {
        SimTime::START + Span::from_secs_f64(secs)
    }

    fn point(at: u64, rate: f64) -> RatePoint {
        RatePoint { at: Span::from_secs(at), rate }
    }

    /// Where an area of `area` requests ends that begins at `now`, in seconds.
    fn check(rates: &Rates, now: f64, area: f64, expected: f64) {
        let reached = rates.after(secs(now), area).expect("it is reached").as_secs_f64();
        assert!((reached - expected).abs() < 1e-6, "{reached}, not {expected}");
    }

    #[test]
    fn a_level_rate_is_a_plain_stream() {
        let rates = Rates::ramp(&[point(0, 10.0)], false);
        check(&rates, 0.0, 1.0, 0.1);
        check(&rates, 1000.0, 25.0, 1002.5);
    }

    #[test]
    fn a_rate_climbs_in_a_straight_line() {
        // From 0 to 10 a second within 10 s: t²/2 requests until t.
        let rates = Rates::ramp(&[point(0, 0.0), point(10, 10.0)], false);
        check(&rates, 0.0, 2.0, 2.0);
        check(&rates, 2.0, 6.0, 4.0);
        check(&rates, 0.0, 50.0, 10.0);
        check(&rates, 0.0, 60.0, 11.0);
    }

    #[test]
    fn a_rate_falls_to_nothing_and_stays_there() {
        let rates = Rates::ramp(&[point(0, 10.0), point(10, 0.0)], false);
        check(&rates, 0.0, 18.0, 2.0);
        assert_eq!(rates.after(secs(0.0), 51.0), None);
        assert_eq!(rates.after(secs(20.0), 0.1), None);
        assert_eq!(Rates::ramp(&[], false).after(secs(0.0), 1.0), None);
    }

    #[test]
    fn bursts_come_again_and_again() {
        // 100 a second for 1 s of each 10 s, else 10: 190 in a round.
        let rates = Rates::bursts(10.0, 100.0, Span::from_secs(1), Span::from_secs(10));
        check(&rates, 0.0, 50.0, 0.5);
        check(&rates, 0.5, 60.0, 2.0);
        check(&rates, 9.0, 110.0, 11.0);
        check(&rates, 0.0, 190.0 * 1000.0 + 50.0, 10_000.5);
        check(&rates, 5.0, 50.0 + 190.0 * 7.0 + 100.0, 81.0);
    }

    #[test]
    fn a_round_without_requests_never_ends() {
        let silent = Rates::bursts(0.0, 0.0, Span::from_secs(1), Span::from_secs(10));
        assert_eq!(silent.after(secs(3.0), 1e-9), None);
        let short = Rates::bursts(0.0, 5.0, Span::from_secs(1), Span::from_secs(10));
        check(&short, 3.0, 4.5, 10.9);
        check(&short, 3.0, 5.5, 20.1);
    }
}
