//! Meters: averages over time, as areas added up whenever something changes.

use archlab_model::{SimTime, Span};

/// What a meter has found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Average {
    /// Share of the servers in use.
    pub utilisation: f64,
    /// Waiting for one.
    pub queue: f64,
}

/// Adds up servers in use and things waiting, over time.
///
/// Each begin takes its instant off the sum and each end adds it, so that the sum, with the present instant for all
/// that have not ended, is the time spent. In between it may be less than nothing: it goes round.
#[derive(Debug, Clone, Copy)]
pub struct Meter {
    began: SimTime,
    /// Nanoseconds.
    busy: u128,
    waiting: u128,
    capacity: f64,
    capacity_since: SimTime,
}

impl Meter {
    /// A meter that begins at `now`.
    pub fn new(now: SimTime) -> Meter {
        Meter { began: now, busy: 0, waiting: 0, capacity: 0.0, capacity_since: now }
    }

    /// A server is in use from `now` on.
    #[inline(always)]
    pub fn busy_begins(&mut self, now: SimTime) {
        self.busy = self.busy.wrapping_sub(u128::from(now.as_nanos()));
    }

    /// `count` servers are no longer in use.
    #[inline(always)]
    pub fn busy_ends(&mut self, now: SimTime, count: u32) {
        self.busy = self.busy.wrapping_add(u128::from(now.as_nanos()) * u128::from(count));
    }

    /// Something waits from `now` on.
    #[inline(always)]
    pub fn waiting_begins(&mut self, now: SimTime) {
        self.waiting = self.waiting.wrapping_sub(u128::from(now.as_nanos()));
    }

    /// `count` things no longer wait.
    #[inline(always)]
    pub fn waiting_ends(&mut self, now: SimTime, count: u32) {
        self.waiting = self.waiting.wrapping_add(u128::from(now.as_nanos()) * u128::from(count));
    }

    /// From `now` on `after` servers are in use and things waiting, instead of `before`.
    pub fn change(&mut self, now: SimTime, before: (u32, u32), after: (u32, u32)) {
        self.busy_ends(now, before.0);
        self.waiting_ends(now, before.1);
        let now = u128::from(now.as_nanos());
        self.busy = self.busy.wrapping_sub(now * u128::from(after.0));
        self.waiting = self.waiting.wrapping_sub(now * u128::from(after.1));
    }

    /// Nanoseconds of servers in use until `now`, of which `busy` are now.
    #[inline]
    pub fn busy_until(&self, now: SimTime, busy: u32) -> f64 {
        until(self.busy, now, busy)
    }

    /// Nanoseconds of servers in use and of things waiting until `now`, given how many there are now.
    pub fn held_until(&self, now: SimTime, busy: u32, waiting: u32) -> f64 {
        until(self.busy, now, busy) + until(self.waiting, now, waiting)
    }

    /// Notes that there were `servers` until now, because their number changes.
    pub fn resize(&mut self, now: SimTime, servers: u32) {
        self.capacity += now.since(self.capacity_since).as_nanos() as f64 * f64::from(servers);
        self.capacity_since = now;
    }

    /// The averages until `now`, given how many there are now.
    pub fn average(mut self, now: SimTime, busy: u32, waiting: u32, servers: u32) -> Average {
        self.resize(now, servers);
        let elapsed = now.since(self.began).as_nanos() as f64;
        Average {
            utilisation: (until(self.busy, now, busy) / self.capacity.max(1.0)).min(1.0),
            queue: until(self.waiting, now, waiting) / elapsed.max(1.0),
        }
    }
}

/// What a sum of a [`Meter`] comes to at `now`, if `count` have not ended.
#[inline]
fn until(sum: u128, now: SimTime, count: u32) -> f64 {
    let nanos = sum.wrapping_add(u128::from(now.as_nanos()) * u128::from(count));
    // By way of a signed number, which processors can convert; no run is so long that it would not fit.
    i64::try_from(nanos).map_or(nanos as f64, |nanos| nanos as f64)
}

/// The time constant of a [`Load`].
const SMOOTHING: Span = Span::from_secs(1);
/// How often a [`Load`] is brought up to date, at most.
const STEP: Span = Span::from_millis(20);

/// A share in use, smoothed over about a second, so that "strained" is visible before "dead".
#[derive(Debug, Clone, Copy)]
pub struct Load {
    smoothed: f64,
    since: SimTime,
    /// When it is to be brought up to date.
    next: SimTime,
    /// Nanoseconds in use until `since`.
    busy: f64,
}

impl Default for Load {
    fn default() -> Load {
        Load { smoothed: 0.0, since: SimTime::START, next: SimTime::START + STEP, busy: 0.0 }
    }
}

impl Load {
    /// Follows a meter that counts `busy` nanoseconds in use by now.
    #[inline]
    pub fn follow(&mut self, now: SimTime, busy: f64, servers: u32) {
        self.smoothed = self.at(now, busy, servers);
        (self.since, self.next, self.busy) = (now, now + STEP, busy);
    }

    /// Whether it is time for that.
    #[inline]
    pub fn is_behind(&self, now: SimTime) -> bool {
        now >= self.next
    }

    /// The load at `now`.
    ///
    /// The step is the implicit one, which needs no exponential and never overshoots.
    pub fn at(&self, now: SimTime, busy: f64, servers: u32) -> f64 {
        let elapsed = now.since(self.since).as_nanos() as f64;
        if elapsed == 0.0 {
            return self.smoothed;
        }
        let share = (busy - self.busy) / (elapsed * f64::from(servers.max(1)));
        self.smoothed + (share - self.smoothed) * (elapsed / (elapsed + SMOOTHING.as_nanos() as f64))
    }
}
