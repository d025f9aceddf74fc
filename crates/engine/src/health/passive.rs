//! Passive failure counting, exactly as nginx does it: `max_fails`, `fail_timeout`, and one request that tries.

use archlab_model::{PassiveChecks, SimTime};

/// How an instance has failed the requests it was given.
#[derive(Debug, Clone, Copy)]
pub struct Fails {
    fails: u32,
    /// The last failure.
    accessed: SimTime,
    /// The last failure, or the last time it was given a request to try it.
    checked: SimTime,
}

impl Fails {
    /// Not at all, yet.
    pub fn none() -> Fails {
        Fails { fails: 0, accessed: SimTime::START, checked: SimTime::START }
    }

    /// Whether it has failed too often lately to be counted as well.
    pub fn is_suspect(&self, plan: &PassiveChecks) -> bool {
        self.fails >= plan.max_fails.max(1)
    }

    /// Whether it gets no request now.
    #[inline]
    pub fn is_out(&self, plan: &PassiveChecks, now: SimTime) -> bool {
        self.is_suspect(plan) && now.since(self.checked) <= plan.fail_timeout
    }

    /// It is given a request. If it was out, that one tries it, and no other does for `fail_timeout`.
    #[inline]
    pub fn picked(&mut self, plan: &PassiveChecks, now: SimTime) {
        if now.since(self.checked) > plan.fail_timeout {
            self.checked = now;
        }
    }

    /// It has failed a request. `true` if that takes it out.
    pub fn failed(&mut self, plan: &PassiveChecks, now: SimTime) -> bool {
        let was_suspect = self.is_suspect(plan);
        self.fails = self.fails.saturating_add(1);
        (self.accessed, self.checked) = (now, now);
        !was_suspect && self.is_suspect(plan)
    }

    /// It has answered. `true` if that takes it in again. An answer to what was sent before the last failure says
    /// nothing.
    pub fn succeeded(&mut self, plan: &PassiveChecks) -> bool {
        let was_suspect = self.is_suspect(plan);
        if self.accessed < self.checked {
            self.fails = 0;
        }
        was_suspect && !self.is_suspect(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use archlab_model::Span;

    fn at(secs: f64) -> SimTime {
        SimTime::START + Span::from_secs_f64(secs)
    }

    #[test]
    fn one_request_in_ten_seconds_tries_whom_one_failure_took_out() {
        let plan = PassiveChecks::default();
        let mut fails = Fails::none();
        assert!(!fails.is_out(&plan, at(100.0)));
        assert!(fails.failed(&plan, at(100.0)), "one is enough");
        assert!(fails.is_out(&plan, at(110.0)) && !fails.is_out(&plan, at(110.1)));
        fails.picked(&plan, at(110.1));
        assert!(fails.is_out(&plan, at(110.2)), "one tries");
        assert!(!fails.failed(&plan, at(110.3)), "it was out already");
        assert!(fails.is_out(&plan, at(120.0)) && !fails.is_out(&plan, at(120.4)));
        fails.picked(&plan, at(121.0));
        assert!(fails.succeeded(&plan));
        assert!(!fails.is_out(&plan, at(121.1)));
    }

    #[test]
    fn an_old_answer_does_not_excuse_a_failure() {
        let plan = PassiveChecks { max_fails: 2, ..PassiveChecks::default() };
        let mut fails = Fails::none();
        fails.picked(&plan, at(50.0));
        assert!(!fails.failed(&plan, at(51.0)));
        assert!(!fails.succeeded(&plan));
        assert!(fails.failed(&plan, at(52.0)), "the second");
    }
}
