//! A machine: cores shared by all the work that wants one.
//!
//! While there is more work than cores, each piece gets an equal share. All pieces progress alike, so the
//! machine keeps one clock of work done per piece, and a piece ends when that clock reaches the mark set at
//! its start. With no more work than cores this is each piece on a core of its own.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use archlab_model::SimTime;

use crate::event::TaskKey;
use crate::measure::meter::{Average, Load, Meter};

/// A machine at run time.
#[derive(Debug, Clone)]
pub struct Machine {
    /// Whether the design still has it.
    pub present: bool,
    /// Whether it has power.
    pub on: bool,
    /// How often it lost power or came back.
    pub epoch: u32,
    pub cores: u32,
    pub speed: f64,
    /// The pending event is the one with this number, and due then.
    pub wake_epoch: u32,
    wake_at: SimTime,
    bursts: BinaryHeap<Reverse<Burst>>,
    burst_count: u64,
    /// Nanoseconds of work done for each piece that has been there all along.
    work_clock: f64,
    updated: SimTime,
    meter: Meter,
    load: Load,
}

#[derive(Debug, Clone, Copy)]
struct Burst {
    ends: f64,
    order: u64,
    task: TaskKey,
}

impl Machine {
    /// An idle machine with power.
    pub fn new(now: SimTime, cores: u32, speed: f64) -> Machine {
        Machine {
            present: true,
            on: true,
            epoch: 0,
            cores,
            speed,
            wake_epoch: 0,
            wake_at: SimTime::NEVER,
            bursts: BinaryHeap::new(),
            burst_count: 0,
            work_clock: 0.0,
            updated: now,
            meter: Meter::new(now),
            load: Load::default(),
        }
    }

    /// Pieces of work that want a core.
    pub fn running(&self) -> u32 {
        self.bursts.len() as u32
    }

    /// Begins a piece of `nanos` of work, and says when to be woken if that has changed.
    #[inline]
    pub fn begin(&mut self, now: SimTime, task: TaskKey, nanos: f64) -> Option<SimTime> {
        self.advance(now);
        let burst = Burst { ends: self.work_clock + nanos, order: self.burst_count, task };
        self.burst_count += 1;
        self.bursts.push(Reverse(burst));
        self.wake(now)
    }

    /// Woken: takes a piece of work that has ended, if one has.
    #[inline]
    pub fn end(&mut self, now: SimTime) -> Option<TaskKey> {
        self.wake_at = SimTime::NEVER;
        if self.due(now)? > now {
            return None;
        }
        self.advance(now);
        let Reverse(burst) = self.bursts.pop()?;
        // The instant was rounded up to a nanosecond, so the clock may have run past the mark, not short.
        self.work_clock = if self.bursts.is_empty() { 0.0 } else { self.work_clock.max(burst.ends) };
        Some(burst.task)
    }

    /// When to be woken next, if that is earlier than what is pending.
    ///
    /// If it is later (more work came in), the pending event stays: woken too early, the machine asks
    /// again.
    #[inline]
    pub fn wake(&mut self, now: SimTime) -> Option<SimTime> {
        let due = self.due(now)?;
        if due >= self.wake_at {
            return None;
        }
        self.wake_epoch = self.wake_epoch.wrapping_add(1);
        self.wake_at = due;
        Some(due)
    }

    /// Drops the work of tasks that are no more.
    pub fn retain(&mut self, now: SimTime, alive: impl Fn(TaskKey) -> bool) {
        self.advance(now);
        self.bursts.retain(|Reverse(burst)| alive(burst.task));
    }

    /// From now on it has other cores.
    pub fn resize(&mut self, now: SimTime, cores: u32, speed: f64) {
        self.advance(now);
        self.meter.resize(now, self.cores);
        (self.cores, self.speed) = (cores, speed);
    }

    /// Its averages until `now`.
    pub fn average(&self, now: SimTime) -> Average {
        let (busy, waiting) = self.shares();
        self.meter.average(now, busy, waiting, self.cores)
    }

    /// Its load at `now`, smoothed.
    pub fn load(&self, now: SimTime) -> f64 {
        self.load.at(now, f64::from(self.shares().0) / f64::from(self.cores))
    }

    /// Cores in use, and pieces beyond them.
    #[inline]
    fn shares(&self) -> (u32, u32) {
        let running = self.running();
        (running.min(self.cores), running.saturating_sub(self.cores))
    }

    /// Work done for each piece in a nanosecond.
    #[inline]
    fn rate(&self) -> f64 {
        let running = self.running();
        if running <= self.cores {
            self.speed
        } else {
            self.speed * f64::from(self.cores) / f64::from(running)
        }
    }

    /// When the next piece ends, as things are.
    #[inline]
    fn due(&self, now: SimTime) -> Option<SimTime> {
        let Reverse(next) = self.bursts.peek()?;
        let done = self.work_clock + now.since(self.updated).as_nanos() as f64 * self.rate();
        let left = (next.ends - done).max(0.0) / self.rate();
        // Rounded up, by hand: `ceil` is a call on some hosts. What is left below a thousandth of a
        // nanosecond is rounding.
        let whole = left as u64;
        let nanos = if left - whole as f64 > 1e-3 { whole.saturating_add(1) } else { whole };
        Some(now + archlab_model::Span::from_nanos(nanos))
    }

    /// Brings clock and measures up to `now`. To be called before anything changes.
    #[inline]
    fn advance(&mut self, now: SimTime) {
        let (busy, waiting) = self.shares();
        self.meter.add(now, busy, waiting);
        self.load.follow(now, f64::from(busy) / f64::from(self.cores));
        if self.bursts.is_empty() {
            // Started afresh whenever nothing is there, the clock stays small and so exact.
            self.work_clock = 0.0;
        } else {
            self.work_clock += now.since(self.updated).as_nanos() as f64 * self.rate();
        }
        self.updated = now;
    }
}

impl PartialEq for Burst {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Burst {}

impl PartialOrd for Burst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Burst {
    fn cmp(&self, other: &Self) -> Ordering {
        self.ends.total_cmp(&other.ends).then(self.order.cmp(&other.order))
    }
}
