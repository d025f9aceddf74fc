//! The guard: whether a new version is worse than the old one, by what their calls meet.

use archlab_model::{Guard, Span};

/// What calls of one version met, added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Experience {
    /// Calls that ended.
    pub calls: u64,
    /// Of them, how many failed in the version itself.
    pub failures: u64,
    /// How long they took, together.
    pub time: Span,
}

impl Experience {
    /// The share that failed.
    pub fn failing(&self) -> f64 {
        if self.calls == 0 { 0.0 } else { self.failures as f64 / self.calls as f64 }
    }

    /// How long one took on average, in seconds.
    pub fn mean(&self) -> f64 {
        if self.calls == 0 { 0.0 } else { self.time.as_secs_f64() / self.calls as f64 }
    }

    /// The same; nothing before any has ended.
    pub fn mean_span(&self) -> Span {
        Span::from_nanos(self.time.as_nanos() / self.calls.max(1))
    }
}

impl std::ops::AddAssign for Experience {
    fn add_assign(&mut self, more: Experience) {
        self.calls += more.calls;
        self.failures += more.failures;
        self.time = self.time + more.time;
    }
}

/// What a guard says of a new version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Too few of its calls have ended.
    Open,
    /// It is no worse than it may be.
    Good,
    /// Too many of its calls fail.
    Failing,
    /// Its calls take too long.
    Slow,
}

impl Verdict {
    /// Whether the old version should come back.
    pub fn is_bad(self) -> bool {
        matches!(self, Verdict::Failing | Verdict::Slow)
    }
}

/// Judges a new version by what its calls and those of the old one met.
pub fn judge(guard: &Guard, old: &Experience, new: &Experience) -> Verdict {
    if new.calls < u64::from(guard.calls.max(1)) {
        return Verdict::Open;
    }
    if new.failing() > old.failing() + guard.errors {
        return Verdict::Failing;
    }
    // Without enough calls of the old version there is nothing to compare with.
    if old.calls >= u64::from(guard.calls.max(1)) && new.mean() > old.mean() * guard.slowness {
        return Verdict::Slow;
    }
    Verdict::Good
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(calls: u64, failures: u64, millis: u64) -> Experience {
        Experience { calls, failures, time: Span::from_millis(millis * calls) }
    }

    #[test]
    fn a_version_is_judged_by_failures_and_slowness_beside_the_old_one() {
        let judge = |old, new| judge(&Guard::default(), &old, &new);
        let old = met(1_000, 5, 20);
        assert_eq!(judge(old, met(99, 99, 20)), Verdict::Open);
        assert_eq!(judge(old, met(1_000, 14, 20)), Verdict::Good);
        assert_eq!(judge(old, met(1_000, 16, 20)), Verdict::Failing);
        assert_eq!(judge(old, met(1_000, 0, 39)), Verdict::Good);
        assert_eq!(judge(old, met(1_000, 0, 41)), Verdict::Slow);
        assert_eq!(judge(met(0, 0, 0), met(1_000, 0, 41)), Verdict::Good);
    }
}
