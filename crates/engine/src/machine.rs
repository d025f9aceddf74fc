//! A machine: cores shared by all the work that wants one.
//!
//! While there is more work than cores, each piece gets an equal share. All pieces progress alike, so the
//! machine keeps one clock of work done per piece, and a piece ends when that clock reaches the mark set at
//! its start. With no more work than cores this is each piece on a core of its own; and where there never
//! can be more (as many workers as cores, or fewer) a piece's end is known when it begins, and the machine
//! only counts.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use archlab_model::{SimTime, Span};

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
    /// Work done in a second on one core, in seconds of work.
    pub speed: f64,
    /// The speed it is made for, and how many times as long work takes because of a fault.
    pub made_for: f64,
    pub slow: f64,
    /// Whether there is a core for each worker that can ever want one.
    pub roomy: bool,
    /// Pieces of work that want a core: those that have one of their own to their end, and those that share.
    running: u32,
    wake_at: SimTime,
    bursts: BinaryHeap<Reverse<Burst>>,
    burst_count: u64,
    /// Nanoseconds of work done for each piece that has been there all along.
    work_clock: f64,
    updated: SimTime,
    meter: Meter,
    load: Load,
}

/// A piece of work that shares the cores: the mark on the clock where it ends, its rank among equals and whose
/// it is, in this order from the highest bit. (A mark is never negative, and such floats are ordered as their
/// bits are.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Burst(u128);

impl Burst {
    fn new(ends: f64, order: u64, work: u32) -> Burst {
        Burst(u128::from(ends.to_bits()) << 64 | u128::from(order << 24) | u128::from(work))
    }

    fn ends(self) -> f64 {
        f64::from_bits((self.0 >> 64) as u64)
    }

    fn work(self) -> u32 {
        self.0 as u32 & 0xff_ffff
    }
}

/// How a piece of work begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// On a core of its own: it will have ended after this.
    Alone(Span),
    /// With others. The machine wants to be woken then, if that has changed.
    Sharing(Option<SimTime>),
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
            made_for: speed,
            slow: 1.0,
            roomy: false,
            running: 0,
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
    #[inline]
    pub fn running(&self) -> u32 {
        self.running
    }

    /// Begins a piece of work that takes `length` on a core of speed 1.
    #[inline]
    pub fn begin(&mut self, now: SimTime, work: u32, length: Span) -> Begun {
        if self.roomy {
            return Begun::Alone(self.begin_alone(now, length));
        }
        Begun::Sharing(self.share(now, work, length.as_nanos() as f64))
    }

    /// Begins a piece of work on a core of its own, where there is room for all: how long it will take there.
    #[inline(always)]
    pub fn begin_alone(&mut self, now: SimTime, length: Span) -> Span {
        self.one_more(now);
        if self.speed == 1.0 { length } else { self.stretched(length) }
    }

    #[cold]
    #[inline(never)]
    fn stretched(&self, length: Span) -> Span {
        Span::from_nanos((length.as_nanos() as f64 / self.speed + 0.5) as u64)
    }

    /// Begins a piece of `nanos` of work that shares the cores, and says when to be woken if that has changed.
    pub fn share(&mut self, now: SimTime, work: u32, nanos: f64) -> Option<SimTime> {
        self.advance(now);
        self.one_more(now);
        let burst = Burst::new(self.work_clock + nanos, self.burst_count, work);
        self.burst_count = (self.burst_count + 1) & ((1 << 40) - 1);
        self.bursts.push(Reverse(burst));
        self.wake(now)
    }

    /// A piece that had a core of its own has ended, or ends before its time.
    #[inline]
    pub fn end_alone(&mut self, now: SimTime) {
        self.one_less(now);
    }

    /// Whether the machine expects to be woken now. The event that was to do it is spent.
    #[inline]
    pub fn is_expected(&mut self, now: SimTime) -> bool {
        let expected = self.wake_at == now;
        if expected {
            self.wake_at = SimTime::NEVER;
        }
        expected
    }

    /// Woken: takes a piece of work that has ended, if one has.
    #[inline]
    pub fn end(&mut self, now: SimTime) -> Option<u32> {
        if self.due(now)? > now {
            return None;
        }
        self.advance(now);
        self.one_less(now);
        let Reverse(burst) = self.bursts.pop()?;
        // The instant was rounded up to a nanosecond, so the clock may have run past the mark, not short.
        self.work_clock = if self.bursts.is_empty() { 0.0 } else { self.work_clock.max(burst.ends()) };
        Some(burst.work())
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
        self.wake_at = due;
        Some(due)
    }

    /// Drops the shared work that is not `alive`.
    pub fn retain(&mut self, now: SimTime, mut alive: impl FnMut(u32) -> bool) {
        self.advance(now);
        self.drop_shared(now, |burst| !alive(burst.work()));
    }

    /// Takes the shared work that is picked away; with each piece, the nanoseconds of work that are left.
    pub fn take_shared(&mut self, now: SimTime, mut picks: impl FnMut(u32) -> bool) -> Vec<(u32, f64)> {
        self.advance(now);
        let (clock, mut taken) = (self.work_clock, Vec::new());
        self.drop_shared(now, |burst| {
            let picked = picks(burst.work());
            if picked {
                taken.push((burst.work(), (burst.ends() - clock).max(0.0)));
            }
            picked
        });
        // A heap has no order that a person would know.
        taken.sort_unstable_by_key(|(work, _)| *work);
        taken
    }

    fn drop_shared(&mut self, now: SimTime, mut drops: impl FnMut(Burst) -> bool) {
        let (before, sharing) = (self.shares(), self.bursts.len());
        self.bursts.retain(|Reverse(burst)| !drops(*burst));
        self.running -= (sharing - self.bursts.len()) as u32;
        self.meter.change(now, before, self.shares());
    }

    /// From now on it has other cores. Work that has a core of its own must have been made to share before.
    pub fn resize(&mut self, now: SimTime, cores: u32, speed: f64) {
        self.advance(now);
        self.meter.resize(now, self.cores);
        let before = self.shares();
        (self.cores, self.speed) = (cores, speed);
        self.meter.change(now, before, self.shares());
    }

    /// Its averages until `now`.
    pub fn average(&self, now: SimTime) -> Average {
        let (busy, waiting) = self.shares();
        self.meter.average(now, busy, waiting, self.cores)
    }

    /// Nanoseconds that its cores have been in use until `now`, added up.
    pub fn busy_time(&self, now: SimTime) -> f64 {
        let (busy, _) = self.shares();
        self.meter.busy_until(now, busy)
    }

    /// Its load at `now`, smoothed.
    pub fn load(&self, now: SimTime) -> f64 {
        let (busy, _) = self.shares();
        self.load.at(now, self.meter.busy_until(now, busy), self.cores)
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
        let left = (next.ends() - done).max(0.0) / self.rate();
        // Rounded up, by hand: `ceil` is a call on some hosts. What is left below a thousandth of a
        // nanosecond is rounding.
        let whole = left as u64;
        let nanos = if left - whole as f64 > 1e-3 { whole.saturating_add(1) } else { whole };
        Some(now + archlab_model::Span::from_nanos(nanos))
    }

    /// Brings clock and load up to `now`. To be called before anything changes.
    #[inline]
    fn advance(&mut self, now: SimTime) {
        self.follow_load(now);
        if self.bursts.is_empty() {
            // Started afresh whenever nothing is there, the clock stays small and so exact.
            self.work_clock = 0.0;
        } else {
            self.work_clock += now.since(self.updated).as_nanos() as f64 * self.rate();
        }
        self.updated = now;
    }

    /// One more piece of work wants a core.
    #[inline(always)]
    fn one_more(&mut self, now: SimTime) {
        self.follow_load(now);
        if self.running < self.cores {
            self.meter.busy_begins(now);
        } else {
            self.one_more_waits(now);
        }
        self.running += 1;
    }

    #[cold]
    #[inline(never)]
    fn one_more_waits(&mut self, now: SimTime) {
        self.meter.waiting_begins(now);
    }

    /// One piece of work less wants a core.
    #[inline(always)]
    fn one_less(&mut self, now: SimTime) {
        self.follow_load(now);
        if self.running <= self.cores {
            self.meter.busy_ends(now, 1);
        } else {
            self.one_less_waits(now);
        }
        self.running -= 1;
    }

    #[cold]
    #[inline(never)]
    fn one_less_waits(&mut self, now: SimTime) {
        self.meter.waiting_ends(now, 1);
    }

    /// Brings the load up to `now`, if it is time for that.
    #[inline(always)]
    fn follow_load(&mut self, now: SimTime) {
        if self.load.is_behind(now) {
            self.bring_load(now);
        }
    }

    #[cold]
    #[inline(never)]
    fn bring_load(&mut self, now: SimTime) {
        let (busy, _) = self.shares();
        self.load.follow(now, self.meter.busy_until(now, busy), self.cores);
    }
}
