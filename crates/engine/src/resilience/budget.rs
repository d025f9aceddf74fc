//! Retry budget: how much a caller may try again, whatever each call may.

use archlab_model::policy::RetryBudget;
use archlab_model::{SimTime, Span};

use crate::resilience::rolling::Rolling;

/// How long Finagle's budget remembers calls (`RetryBudget.apply`: ttl 10 s).
const MEMORY: Span = Span::from_secs(10);
/// A retry, in the units in which a ratio is counted.
const WHOLE: f64 = 1_000_000.0;

/// No ratio and no minimum exceeds this, whatever a design says.
const MOST: f64 = 1e6;

/// A caller's retry budget for one service.
#[derive(Debug, Clone)]
pub struct Budget {
    policy: RetryBudget,
    /// Earned by calls and spent by retries within [`MEMORY`], in millionths of a retry.
    balance: Rolling<1>,
    /// Tokens left.
    tokens: f64,
    /// Calls and retries under way.
    calls: u32,
    retries: u32,
}

impl Budget {
    /// A budget of which nothing is spent.
    pub fn new(policy: RetryBudget) -> Budget {
        let tokens = most_tokens(&policy);
        Budget { policy, balance: Rolling::new(MEMORY), tokens, calls: 0, retries: 0 }
    }

    /// From now on there is another policy; what is under way, and what was earned, stays.
    pub fn change(&mut self, policy: RetryBudget) {
        if policy != self.policy {
            let tokens = match self.policy {
                RetryBudget::Tokens { most, .. } => self.tokens / f64::from(most.max(1)),
                _ => 1.0,
            };
            self.tokens = tokens * most_tokens(&policy);
            self.policy = policy;
        }
    }

    /// A call begins (its first attempt).
    #[inline]
    pub fn call_begins(&mut self, now: SimTime) {
        self.calls += 1;
        if let RetryBudget::Ratio { ratio, .. } = self.policy {
            self.balance.add(now, 0, (ratio.clamp(0.0, MOST) * WHOLE) as i64);
        }
    }

    /// A call ends, after `retries` that were allowed.
    #[inline]
    pub fn call_ends(&mut self, retries: u32) {
        self.calls = self.calls.saturating_sub(1);
        self.retries = self.retries.saturating_sub(retries);
    }

    /// An attempt failed, or succeeded.
    #[inline]
    pub fn attempt_ended(&mut self, succeeded: bool) {
        if let RetryBudget::Tokens { most, ratio } = self.policy {
            self.tokens = match succeeded {
                true => (self.tokens + ratio).min(f64::from(most)),
                false => (self.tokens - 1.0).max(0.0),
            };
        }
    }

    /// Whether a retry may be made; it is counted if so.
    pub fn allows(&mut self, now: SimTime) -> bool {
        let allowed = match self.policy {
            RetryBudget::Ratio { minimum, .. } => {
                let reserve = (minimum.clamp(0.0, MOST) * MEMORY.as_secs_f64() * WHOLE) as i64;
                let [balance] = self.balance.sums(now);
                let enough = balance + reserve >= WHOLE as i64;
                if enough {
                    self.balance.add(now, 0, -(WHOLE as i64));
                }
                enough
            }
            RetryBudget::Active { ratio, minimum } => {
                let part = ratio * f64::from(self.calls);
                f64::from(self.retries) < part.max(f64::from(minimum))
            }
            RetryBudget::Tokens { most, .. } => self.tokens > f64::from(most) / 2.0,
        };
        self.retries += u32::from(allowed);
        allowed
    }
}

fn most_tokens(policy: &RetryBudget) -> f64 {
    match policy {
        RetryBudget::Tokens { most, .. } => f64::from(*most),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> SimTime {
        SimTime::START + Span::from_millis(millis)
    }

    /// Retries made for each call when everything fails, over a minute of 100 calls a second.
    fn amplification(policy: RetryBudget) -> f64 {
        let mut budget = Budget::new(policy);
        let (mut attempts, mut calls) = (0, 0);
        for call in 0..6_000 {
            let now = at(call * 10);
            budget.call_begins(now);
            budget.attempt_ended(false);
            (attempts, calls) = (attempts + 1, calls + 1);
            let mut retries = 0;
            while retries < 3 && budget.allows(now) {
                budget.attempt_ended(false);
                (attempts, retries) = (attempts + 1, retries + 1);
            }
            budget.call_ends(retries);
        }
        f64::from(attempts) / f64::from(calls)
    }

    #[test]
    fn a_budget_caps_the_amplification() {
        // retry-budget-0.2
        let ratio = amplification(RetryBudget::Ratio { ratio: 0.2, minimum: 0.0 });
        assert!((ratio - 1.2).abs() < 0.001, "{ratio}");
        // And Finagle's ten a second: a tenth of a hundred more.
        let finagle = amplification(RetryBudget::Ratio { ratio: 0.2, minimum: 10.0 });
        assert!((1.3..1.325).contains(&finagle), "{finagle}");
        assert!(amplification(RetryBudget::Tokens { most: 10, ratio: 0.1 }) < 1.01);
    }

    #[test]
    fn retries_under_way_are_a_part_of_calls_under_way() {
        let mut budget = Budget::new(RetryBudget::Active { ratio: 0.2, minimum: 3 });
        for _ in 0..10 {
            budget.call_begins(at(0));
        }
        let allowed = (0..10).filter(|_| budget.allows(at(0))).count();
        assert_eq!(allowed, 3, "at least three");
        for _ in 0..40 {
            budget.call_begins(at(0));
        }
        let allowed = (0..10).filter(|_| budget.allows(at(0))).count();
        assert_eq!(allowed, 7, "a fifth of fifty");
        budget.call_ends(1);
        assert!(budget.allows(at(0)));
    }

    #[test]
    fn tokens_run_out_at_half_and_come_back_with_successes() {
        let mut budget = Budget::new(RetryBudget::Tokens { most: 10, ratio: 0.5 });
        for _ in 0..4 {
            budget.attempt_ended(false);
        }
        assert!(budget.allows(at(0)), "six tokens of ten");
        budget.attempt_ended(false);
        assert!(!budget.allows(at(0)), "five tokens of ten");
        budget.attempt_ended(true);
        assert!(budget.allows(at(0)));
        budget.change(RetryBudget::Tokens { most: 100, ratio: 0.5 });
        assert!(budget.allows(at(0)), "the same part of the tokens is left");
    }
}
