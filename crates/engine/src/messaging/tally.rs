//! What became of the messages of a topic, counted.

use archlab_model::{SimTime, Span};

/// Counts of a topic since the run began.
///
/// Always `published = done + dead + lost + backlog`, as long as no message is worked on twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages that the broker took.
    pub published: u64,
    /// Messages that never reached the broker although their sender went on.
    pub unsent: u64,
    /// Publishers that were turned away because there was no room in time.
    pub full: u64,
    /// Deliveries, repeated ones included.
    pub deliveries: u64,
    /// Deliveries of a message that had been delivered before.
    pub redeliveries: u64,
    /// Attempts of consumers that failed.
    pub failed: u64,
    /// Messages worked on to the end, each counted once.
    pub done: u64,
    /// Times that a message was worked on to the end again.
    pub duplicates: u64,
    /// Times that a consumer recognised a message that had been worked on before, and let it be.
    pub recognised: u64,
    /// Messages given up: dead letters.
    pub dead: u64,
    /// Messages that a consumer had acknowledged and then did not work on to the end.
    pub lost: u64,
}

/// How many messages wait to be done, and for how long.
#[derive(Debug, Clone, Default)]
pub struct Backlog {
    /// Messages published and not yet done.
    pub now: u32,
    /// The most there were.
    pub most: u32,
    /// Message-nanoseconds until `noted`.
    area: f64,
    noted: SimTime,
    /// The time from publishing to done, of all done, in nanoseconds.
    delays: f64,
    longest: Span,
}

impl Backlog {
    /// A message more.
    pub fn more(&mut self, now: SimTime) {
        self.note(now);
        self.now += 1;
        self.most = self.most.max(self.now);
    }

    /// A message less.
    pub fn less(&mut self, now: SimTime) {
        self.note(now);
        self.now -= 1;
    }

    /// A message was done, so long after it was published.
    pub fn done(&mut self, now: SimTime, delay: Span) {
        self.less(now);
        self.delays += delay.as_nanos() as f64;
        self.longest = self.longest.max(delay);
    }

    /// Its average over the time from the start of the run until `now`.
    pub fn mean(&self, now: SimTime) -> f64 {
        let elapsed = now.as_nanos() as f64;
        if elapsed == 0.0 {
            return 0.0;
        }
        (self.area + f64::from(self.now) * now.since(self.noted).as_nanos() as f64) / elapsed
    }

    /// From publishing to done, on average over `done` messages.
    pub fn mean_delay(&self, done: u64) -> Span {
        if done == 0 {
            return Span::ZERO;
        }
        Span::from_nanos((self.delays / done as f64 + 0.5) as u64)
    }

    /// The longest time from publishing to done.
    pub fn longest_delay(&self) -> Span {
        self.longest
    }

    fn note(&mut self, now: SimTime) {
        self.area += f64::from(self.now) * now.since(self.noted).as_nanos() as f64;
        self.noted = now;
    }
}
