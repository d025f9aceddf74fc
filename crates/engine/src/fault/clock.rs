//! Clocks that are wrong: ahead, behind, or at another rate.
//!
//! Two uses of a clock have to be told apart. A *timer* measures how long something takes on one machine (leases,
//! election timeouts, checks): only the rate matters. *Wall time* is compared between machines (the expiry written
//! into a token by one and read by another): how far apart the two clocks are matters.

use archlab_model::{SimTime, Span};

/// A clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    /// Since when it goes this way.
    since: SimTime,
    /// What it showed then, in nanoseconds since the start.
    showed: i128,
    /// Seconds it counts in a second.
    rate: f64,
}

impl Clock {
    /// A clock that is right.
    pub const RIGHT: Clock = Clock { since: SimTime::START, showed: 0, rate: 1.0 };

    /// A clock that is set forward by `ahead` and back by `behind` now, and goes at `rate` from then on.
    pub fn skewed(now: SimTime, ahead: Span, behind: Span, rate: f64) -> Clock {
        let offset = i128::from(ahead.as_nanos()) - i128::from(behind.as_nanos());
        let rate = if rate.is_finite() && rate > 0.0 { rate } else { 1.0 };
        Clock { since: now, showed: i128::from(now.as_nanos()) + offset, rate }
    }

    /// What it shows, as time since the start of the run. Before the start it shows the start.
    pub fn shows(&self, now: SimTime) -> SimTime {
        if *self == Clock::RIGHT {
            return now;
        }
        let counted = (now.since(self.since).as_nanos() as f64 * self.rate) as i128;
        SimTime::from_nanos(u64::try_from((self.showed + counted).max(0)).unwrap_or(u64::MAX))
    }

    /// How long a timer takes that was set to `length` by this clock.
    pub fn timer(&self, length: Span) -> Span {
        if self.rate == 1.0 {
            return length;
        }
        Span::from_nanos((length.as_nanos() as f64 / self.rate) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> SimTime {
        SimTime::START + Span::from_secs(secs)
    }

    #[test]
    fn a_right_clock_shows_the_time() {
        assert_eq!(Clock::RIGHT.shows(at(7)), at(7));
        assert_eq!(Clock::RIGHT.timer(Span::from_secs(7)), Span::from_secs(7));
    }

    #[test]
    fn a_clock_ahead_shows_more_and_measures_as_well_as_any() {
        let ahead = Clock::skewed(at(10), Span::from_secs(5), Span::ZERO, 1.0);
        assert_eq!((ahead.shows(at(10)), ahead.shows(at(20))), (at(15), at(25)));
        assert_eq!(ahead.timer(Span::from_secs(3)), Span::from_secs(3));
        let behind = Clock::skewed(at(2), Span::ZERO, Span::from_secs(5), 1.0);
        assert_eq!((behind.shows(at(2)), behind.shows(at(9))), (at(0), at(4)));
    }

    #[test]
    fn a_fast_clock_gets_away_and_its_timers_are_short() {
        let fast = Clock::skewed(at(10), Span::ZERO, Span::ZERO, 1.25);
        assert_eq!((fast.shows(at(10)), fast.shows(at(30))), (at(10), at(35)));
        assert_eq!(fast.timer(Span::from_secs(10)), Span::from_secs(8));
    }
}
