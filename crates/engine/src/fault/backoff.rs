//! When a process that ended by itself is started again: at once, then later and later (CrashLoopBackOff).

use archlab_model::policy::Restarts;
use archlab_model::{SimTime, Span};

/// How often a process has ended of late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CrashLoop {
    /// Restarts since it last ran for long enough.
    restarts: u32,
    /// Since when it runs, if it does.
    running_since: Option<SimTime>,
}

impl CrashLoop {
    /// The process runs.
    pub fn runs(&mut self, now: SimTime) {
        self.running_since = Some(now);
    }

    /// The process has ended. How long until it is started again.
    pub fn ended(&mut self, now: SimTime, policy: &Restarts) -> Span {
        if self.running_since.take().is_some_and(|since| now.since(since) >= policy.forgotten) {
            self.restarts = 0;
        }
        let before = self.restarts;
        self.restarts = self.restarts.saturating_add(1);
        match before {
            0 => Span::ZERO,
            // Beyond 2^32 times the pause everything is longer than the longest.
            again => (policy.pause * (1 << (again - 1).min(32))).min(policy.most),
        }
    }

    /// Somebody has started it by hand: the count begins anew.
    pub fn forget(&mut self) {
        *self = CrashLoop::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_from_ten_seconds_to_five_minutes_as_the_kubelets() {
        let (policy, mut crashes) = (Restarts::default(), CrashLoop::default());
        let mut now = SimTime::START;
        let mut pauses = Vec::new();
        for _ in 0..8 {
            crashes.runs(now);
            now += Span::from_secs(20);
            let pause = crashes.ended(now, &policy);
            now += pause;
            pauses.push(pause.as_secs_f64());
        }
        assert_eq!(pauses, [0.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0]);
        crashes.runs(now);
        assert_eq!(crashes.ended(now + Span::from_secs(600), &policy), Span::ZERO, "ten minutes forgive");
    }

    #[test]
    fn a_process_that_never_came_up_counts_too() {
        let (policy, mut crashes) = (Restarts::default(), CrashLoop::default());
        crashes.runs(SimTime::START);
        for expected in [0, 10, 20] {
            assert_eq!(crashes.ended(SimTime::START, &policy), Span::from_secs(expected));
        }
    }
}
