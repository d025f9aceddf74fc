//! Circuit breaker: closed, open, half open.
//!
//! As Resilience4j: the call after the open time makes it half open; what ends then counts, whenever it
//! began; the verdict falls when as many have ended as trials were let through.

use archlab_model::policy::{Breaker as Policy, BreakerWindow};
use archlab_model::{SimTime, Span};

use crate::resilience::rolling::Rolling;

/// Most calls that a breaker remembers one by one.
pub const LONGEST_WINDOW: u32 = 10_000;

/// Of which kind a call was, in a window.
const ENDED: usize = 0;
const FAILED: usize = 1;
const SLOW: usize = 2;

/// A caller's breaker for one service.
#[derive(Debug, Clone)]
pub struct Breaker {
    policy: Policy,
    state: State,
    window: Window,
    /// How often it opened.
    pub opened: u32,
}

/// What a breaker does with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// They are made.
    Closed,
    /// They are not, until then.
    Open { until: SimTime },
    /// Some are, to see how they end.
    HalfOpen { granted: u32, ended: u32, failed: u32, slow: u32 },
}

#[derive(Debug, Clone)]
enum Window {
    /// The last calls, in a ring; bits as `1 << FAILED`.
    Calls { ring: Vec<u8>, size: usize, next: usize, sums: [u32; 3] },
    /// Those of the last so long.
    Time(Box<Rolling<3>>),
}

impl Breaker {
    /// A closed breaker that has seen nothing.
    pub fn new(policy: Policy) -> Breaker {
        Breaker { policy, state: State::Closed, window: Window::new(policy.window), opened: 0 }
    }

    /// From now on there is another policy. The state stays; what was seen too, if the window does.
    pub fn change(&mut self, policy: Policy) {
        if policy.window != self.policy.window {
            self.window = Window::new(policy.window);
        }
        if let State::Open { until } = &mut self.state {
            let opened = until.as_nanos().saturating_sub(self.policy.open.as_nanos());
            *until = SimTime::from_nanos(opened) + policy.open;
        }
        self.policy = policy;
    }

    /// What it does with calls as things are.
    pub fn state(&self) -> State {
        self.state
    }

    /// Whether it lets no call pass.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open { .. })
    }

    /// Whether a call may be made. If so, its end has to be recorded, or that it was given up.
    #[inline]
    pub fn allows(&mut self, now: SimTime) -> bool {
        match &mut self.state {
            State::Closed => true,
            State::Open { until } if now < *until => false,
            State::Open { .. } => {
                self.state = State::HalfOpen { granted: 1, ended: 0, failed: 0, slow: 0 };
                true
            }
            State::HalfOpen { granted, .. } if *granted < self.policy.trials.max(1) => {
                *granted += 1;
                true
            }
            State::HalfOpen { .. } => false,
        }
    }

    /// A call ended. Whether the breaker opened or closed.
    #[inline]
    pub fn record(&mut self, now: SimTime, failed: bool, took: Span) -> bool {
        let is_slow = self.policy.slow.is_some_and(|slow| took > slow.after);
        match &mut self.state {
            State::Open { .. } => false,
            State::Closed => {
                let [ended, failures, slow] = self.window.see(now, failed, is_slow);
                let tripped = ended >= self.least_seen() && self.is_bad(ended, failures, slow);
                if tripped {
                    self.open(now);
                }
                tripped
            }
            State::HalfOpen { ended, failed: failures, slow, .. } => {
                *ended += 1;
                *failures += u32::from(failed);
                *slow += u32::from(is_slow);
                let (ended, failures, slow) = (*ended, *failures, *slow);
                if ended < self.policy.trials.max(1) {
                    return false;
                }
                if self.is_bad(ended, failures, slow) {
                    self.open(now);
                } else {
                    self.state = State::Closed;
                    self.window.clear();
                }
                true
            }
        }
    }

    /// A call was given up before it ended: if it may have been a trial, another may be made.
    pub fn give_up(&mut self) {
        if let State::HalfOpen { granted, ended, .. } = &mut self.state
            && *granted > *ended
        {
            *granted -= 1;
        }
    }

    fn open(&mut self, now: SimTime) {
        self.state = State::Open { until: now + self.policy.open };
        self.opened += 1;
        self.window.clear();
    }

    fn least_seen(&self) -> u32 {
        match self.policy.window {
            BreakerWindow::Calls(calls) => self.policy.minimum.min(calls.clamp(1, LONGEST_WINDOW)),
            BreakerWindow::Time(_) => self.policy.minimum,
        }
    }

    fn is_bad(&self, ended: u32, failures: u32, slow: u32) -> bool {
        let part = |part: u32| f64::from(part) / f64::from(ended.max(1));
        part(failures) >= self.policy.failures
            || self.policy.slow.is_some_and(|policy| part(slow) >= policy.part)
    }
}

impl Window {
    fn new(window: BreakerWindow) -> Window {
        match window {
            BreakerWindow::Calls(calls) => {
                let size = calls.clamp(1, LONGEST_WINDOW) as usize;
                Window::Calls { ring: Vec::with_capacity(size), size, next: 0, sums: [0; 3] }
            }
            BreakerWindow::Time(length) => Window::Time(Box::new(Rolling::new(length))),
        }
    }

    /// Adds a call, and says how many there are, how many failed, how many were slow.
    fn see(&mut self, now: SimTime, failed: bool, slow: bool) -> [u32; 3] {
        match self {
            Window::Calls { ring, size, next, sums } => {
                let call = u8::from(failed) << FAILED | u8::from(slow) << SLOW;
                if ring.len() < *size {
                    ring.push(call);
                } else {
                    let old = std::mem::replace(&mut ring[*next], call);
                    sums[FAILED] -= u32::from(old >> FAILED & 1);
                    sums[SLOW] -= u32::from(old >> SLOW & 1);
                    *next = (*next + 1) % *size;
                }
                sums[ENDED] = ring.len() as u32;
                sums[FAILED] += u32::from(failed);
                sums[SLOW] += u32::from(slow);
                *sums
            }
            Window::Time(rolling) => {
                rolling.add(now, ENDED, 1);
                rolling.add(now, FAILED, i64::from(failed));
                rolling.add(now, SLOW, i64::from(slow));
                rolling.sums(now).map(|count| count as u32)
            }
        }
    }

    fn clear(&mut self) {
        match self {
            Window::Calls { ring, next, sums, .. } => {
                ring.clear();
                *next = 0;
                *sums = [0; 3];
            }
            Window::Time(rolling) => rolling.clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Stream, Ziggurat};
    use archlab_model::policy::SlowCalls;

    fn at(secs: f64) -> SimTime {
        SimTime::START + Span::from_secs_f64(secs)
    }

    const NONE: Span = Span::ZERO;

    /// Poisson calls to a service that is dead: the part of the time it is open, calls a second that reach
    /// the service, and the part of the calls that do.
    fn dead(policy: Policy, rate: f64, secs: f64) -> (f64, f64, f64) {
        let mut breaker = Breaker::new(policy);
        let (mut stream, ziggurat) = (Stream::new(7, "arrivals", "test"), Ziggurat::default());
        let (mut time, mut open, mut reached, mut calls) = (0.0, 0.0, 0, 0);
        // Until it opens for the first time.
        while breaker.state() == State::Closed {
            assert!(breaker.allows(at(0.0)));
            breaker.record(at(0.0), true, NONE);
        }
        while time < secs {
            let gap = ziggurat.draw(&mut stream) / rate;
            if let State::Open { until } = breaker.state() {
                open += (until.as_secs_f64() - time).clamp(0.0, gap);
            }
            time += gap;
            calls += 1;
            if breaker.allows(at(time)) {
                reached += 1;
                breaker.record(at(time), true, NONE);
            }
        }
        (open / time, f64::from(reached) / time, f64::from(reached) / f64::from(calls))
    }

    fn near(measured: f64, expected: f64, part: f64) {
        assert!((measured - expected).abs() < part * expected, "{measured} for {expected}");
    }

    #[test]
    fn a_dead_service_is_called_as_seldom_as_the_table_says() {
        // cb-r4j-open-*, cb-r4j-leak-*
        for (rate, open, leak) in
            [(1.0, 0.8571429, 0.1428571), (10.0, 0.9836066, 0.1639344), (100.0, 0.9983361, 0.1663894)]
        {
            let (measured_open, measured_leak, _) = dead(Policy::default(), rate, 600_000.0 / rate);
            near(measured_open, open, 0.01);
            near(measured_leak, leak, 0.02);
        }
        // cb-hystrix-leak-10
        let (_, _, reached) = dead(Policy::hystrix(), 10.0, 60_000.0);
        near(reached, 0.01960784, 0.02);
    }

    /// How often a full window opens the breaker, at this chance of failure.
    fn trips(policy: Policy, chance: f64) -> f64 {
        const WINDOWS: u32 = 20_000;
        let mut stream = Stream::new(9, "failures", "test");
        let mut opened = 0;
        for _ in 0..WINDOWS {
            let mut breaker = Breaker::new(policy);
            for _ in 0..policy.minimum {
                breaker.record(at(0.0), stream.happens(chance), NONE);
            }
            opened += breaker.opened;
        }
        f64::from(opened) / f64::from(WINDOWS)
    }

    #[test]
    fn a_window_opens_it_as_often_as_the_table_says() {
        // cb-r4j-trip-*: half of a hundred. cb-hystrix-trip-*: half of twenty.
        for (chance, expected) in [(0.5, 0.5397946), (0.45, 0.1827282), (0.6, 0.9832383)] {
            near(trips(Policy::default(), chance), expected, 0.05);
        }
        for (chance, expected) in [(0.3, 0.0479619), (0.4, 0.2446628), (0.45, 0.4086388)] {
            near(trips(Policy::hystrix(), chance), expected, 0.1);
        }
    }

    #[test]
    fn it_closes_when_the_trials_go_well() {
        let mut breaker = Breaker::new(Policy { minimum: 5, trials: 3, ..Policy::default() });
        for _ in 0..5 {
            breaker.record(at(0.0), true, NONE);
        }
        assert!(!breaker.allows(at(59.9)));
        assert!((0..3).all(|_| breaker.allows(at(60.0))), "three trials");
        assert!(!breaker.allows(at(60.0)), "and no fourth");
        breaker.give_up();
        assert!(breaker.allows(at(61.0)), "unless one was given up");
        assert!(!breaker.record(at(61.0), false, NONE));
        assert!(!breaker.record(at(61.0), true, NONE));
        assert!(breaker.record(at(61.0), false, NONE), "one in three is not half");
        assert_eq!(breaker.state(), State::Closed);
        assert!(!breaker.record(at(61.0), true, NONE), "what it saw before is forgotten");
    }

    #[test]
    fn slow_calls_open_it_too() {
        let slow = Some(SlowCalls { after: Span::from_millis(100), part: 0.5 });
        let mut breaker = Breaker::new(Policy { minimum: 4, slow, ..Policy::default() });
        for millis in [10, 200, 10] {
            assert!(!breaker.record(at(0.0), false, Span::from_millis(millis)));
        }
        assert!(breaker.record(at(0.0), false, Span::from_millis(200)));
        assert!(!breaker.allows(at(1.0)));
    }

    #[test]
    fn a_window_of_time_forgets_and_a_window_of_calls_slides() {
        let mut breaker = Breaker::new(Policy::hystrix());
        for _ in 0..19 {
            assert!(!breaker.record(at(0.5), true, NONE));
        }
        assert!(!breaker.record(at(11.0), true, NONE), "nineteen failures are forgotten");
        let window = BreakerWindow::Calls(4);
        let mut breaker = Breaker::new(Policy { window, minimum: 4, failures: 0.75, ..Policy::default() });
        for failed in [true, true, false, false, true, false, true] {
            assert!(!breaker.record(at(0.0), failed, NONE));
        }
        assert!(breaker.record(at(0.0), true, NONE), "three of the last four");
    }

    #[test]
    fn a_changed_policy_keeps_the_state() {
        let mut breaker = Breaker::new(Policy::default());
        for _ in 0..100 {
            breaker.record(at(5.0), true, NONE);
        }
        breaker.change(Policy { open: Span::from_secs(10), ..Policy::default() });
        assert!(!breaker.allows(at(14.0)));
        assert!(breaker.allows(at(15.0)));
    }
}
