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
#[derive(Debug, Clone, Copy)]
pub struct Meter {
    began: SimTime,
    since: SimTime,
    /// Nanoseconds, times how many; a float holds the sum of a long run to more digits than anybody reads.
    busy: f64,
    waiting: f64,
    capacity: f64,
    capacity_since: SimTime,
}

impl Meter {
    /// A meter that begins at `now`.
    pub fn new(now: SimTime) -> Meter {
        Meter { began: now, since: now, busy: 0.0, waiting: 0.0, capacity: 0.0, capacity_since: now }
    }

    /// Adds the time since the last change, over which `busy` servers were in use and `waiting` things
    /// waited.
    #[inline]
    pub fn add(&mut self, now: SimTime, busy: u32, waiting: u32) {
        // By way of a signed number, which processors can convert.
        let nanos = now.since(self.since).as_nanos() as i64 as f64;
        self.busy += nanos * f64::from(busy);
        self.waiting += nanos * f64::from(waiting);
        self.since = now;
    }

    /// Nanoseconds of servers in use until `now`, of which `busy` have been since the last change.
    #[inline]
    pub fn busy_until(&self, now: SimTime, busy: u32) -> f64 {
        self.busy + now.since(self.since).as_nanos() as f64 * f64::from(busy)
    }

    /// Nanoseconds of servers in use and of things waiting until `now`, given what holds since the last change.
    pub fn held_until(&self, now: SimTime, busy: u32, waiting: u32) -> f64 {
        let since = now.since(self.since).as_nanos() as f64;
        self.busy + self.waiting + since * (f64::from(busy) + f64::from(waiting))
    }

    /// Notes that there were `servers` until now, because their number changes.
    pub fn resize(&mut self, now: SimTime, servers: u32) {
        self.capacity += now.since(self.capacity_since).as_nanos() as f64 * f64::from(servers);
        self.capacity_since = now;
    }

    /// The averages until `now`, given what holds since the last change.
    pub fn average(mut self, now: SimTime, busy: u32, waiting: u32, servers: u32) -> Average {
        self.add(now, busy, waiting);
        self.resize(now, servers);
        let elapsed = now.since(self.began).as_nanos() as f64;
        Average {
            utilisation: (self.busy / self.capacity.max(1.0)).min(1.0),
            queue: self.waiting / elapsed.max(1.0),
        }
    }
}

/// The time constant of a [`Load`].
const SMOOTHING: Span = Span::from_secs(1);
/// How often a [`Load`] is brought up to date, at most.
const STEP: Span = Span::from_millis(20);

/// A share in use, smoothed over about a second, so that "strained" is visible before "dead".
#[derive(Debug, Clone, Copy, Default)]
pub struct Load {
    smoothed: f64,
    since: SimTime,
    /// Nanoseconds in use until then.
    busy: f64,
}

impl Load {
    /// Follows a meter that counts `busy` nanoseconds in use by now.
    #[inline]
    pub fn follow(&mut self, now: SimTime, busy: f64, servers: u32) {
        self.smoothed = self.at(now, busy, servers);
        (self.since, self.busy) = (now, busy);
    }

    /// Whether it is time for that.
    #[inline]
    pub fn is_behind(&self, now: SimTime) -> bool {
        now.since(self.since) >= STEP
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
