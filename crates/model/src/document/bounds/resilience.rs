//! How small and large the numbers of the policies against failure and overload may be.

use std::ops::RangeInclusive;

use super::{Checked, at_most, within};
use crate::policy::{
    BreakerWindow, CallerPolicies, ConcurrencyLimit, Jitter, RateLimit, Resilience, RetryBudget,
};
use crate::time::Span;

/// Services with policies of their own.
const MAX_SERVICES: usize = 1_000;
/// A part of something.
const PARTS: RangeInclusive<f64> = 0.0..=1.0;
/// By how much a pause grows; how many calls for each accepted one.
const FACTORS: RangeInclusive<f64> = 1.0..=100.0;
/// Calls that a breaker looks at, calls at once, tokens.
const MANY: RangeInclusive<u32> = 1..=100_000;
/// Calls that a breaker remembers one by one.
const WINDOWS: RangeInclusive<u32> = 1..=10_000;
/// Copies of a call, as attempts: more instances are never tried.
const COPIES: RangeInclusive<u32> = 1..=8;
/// Requests a second.
const RATES: RangeInclusive<f64> = 0.001..=1e6;
/// How long calls are remembered.
const MEMORIES: RangeInclusive<Span> = Span::from_millis(1)..=Span::from_secs(86_400);

pub(super) fn check(path: &str, resilience: &Resilience) -> Checked {
    at_most(format!("{path}.services"), resilience.services.len(), MAX_SERVICES)?;
    if let Some(backoff) = &resilience.backoff {
        within(path, "backoff.factor", backoff.factor, FACTORS)?;
        if let Jitter::Around(around) = backoff.jitter {
            within(path, "backoff.jitter.around", around, PARTS)?;
        }
    }
    if let Some(limit) = &resilience.entry_limit {
        check_limit(path, "entry_limit", limit)?;
    }
    check_calls(&format!("{path}.calls"), &resilience.calls)?;
    for (id, calls) in &resilience.services {
        check_calls(&format!("{path}.services.{id}"), calls)?;
    }
    if let Some(codel) = &resilience.shedding.codel {
        within(path, "shedding.codel.interval", codel.interval, MEMORIES)?;
    }
    match resilience.shedding.limit {
        Some(ConcurrencyLimit::Vegas { most }) => within(path, "shedding.limit.vegas.most", most, MANY),
        Some(ConcurrencyLimit::Gradient { least, most }) => {
            within(path, "shedding.limit.gradient.most", most, MANY)?;
            within(path, "shedding.limit.gradient.least", least, 1..=most)
        }
        Some(ConcurrencyLimit::Fixed(most)) => within(path, "shedding.limit.fixed", most, MANY),
        None => Ok(()),
    }
}

fn check_calls(path: &str, calls: &CallerPolicies) -> Checked {
    if let Some(breaker) = &calls.breaker {
        match breaker.window {
            BreakerWindow::Calls(calls) => within(path, "breaker.window.calls", calls, WINDOWS)?,
            BreakerWindow::Time(length) => within(path, "breaker.window.time", length, MEMORIES)?,
        }
        within(path, "breaker.minimum", breaker.minimum, MANY)?;
        within(path, "breaker.failures", breaker.failures, PARTS)?;
        within(path, "breaker.trials", breaker.trials, WINDOWS)?;
        if let Some(slow) = &breaker.slow {
            within(path, "breaker.slow.part", slow.part, PARTS)?;
        }
    }
    if let Some(bulkhead) = &calls.bulkhead {
        within(path, "bulkhead.most", bulkhead.most, MANY)?;
        within(path, "bulkhead.queue", bulkhead.queue, 0..=*MANY.end())?;
    }
    if let Some(hedging) = &calls.hedging {
        within(path, "hedging.copies", hedging.copies, COPIES)?;
    }
    match calls.retry_budget {
        Some(RetryBudget::Ratio { ratio, minimum }) => {
            within(path, "retry_budget.ratio.ratio", ratio, 0.0..=*FACTORS.end())?;
            within(path, "retry_budget.ratio.minimum", minimum, 0.0..=*RATES.end())?;
        }
        Some(RetryBudget::Active { ratio, minimum }) => {
            within(path, "retry_budget.active.ratio", ratio, 0.0..=*FACTORS.end())?;
            within(path, "retry_budget.active.minimum", minimum, 0..=*MANY.end())?;
        }
        Some(RetryBudget::Tokens { most, ratio }) => {
            within(path, "retry_budget.tokens.most", most, MANY)?;
            within(path, "retry_budget.tokens.ratio", ratio, 0.0..=*FACTORS.end())?;
        }
        None => {}
    }
    if let Some(throttle) = &calls.throttle {
        within(path, "throttle.k", throttle.k, FACTORS)?;
        within(path, "throttle.window", throttle.window, MEMORIES)?;
    }
    calls.limit.as_ref().map_or(Ok(()), |limit| check_limit(path, "limit", limit))
}

fn check_limit(path: &str, field: &str, limit: &RateLimit) -> Checked {
    match *limit {
        RateLimit::TokenBucket { rate, burst } => {
            within(path, &format!("{field}.token-bucket.rate"), rate, RATES)?;
            within(path, &format!("{field}.token-bucket.burst"), burst, MANY)
        }
        RateLimit::LeakyBucket { rate, burst, undelayed } => {
            within(path, &format!("{field}.leaky-bucket.rate"), rate, RATES)?;
            within(path, &format!("{field}.leaky-bucket.burst"), burst, 0..=*MANY.end())?;
            within(path, &format!("{field}.leaky-bucket.undelayed"), undelayed, 0..=*MANY.end())
        }
    }
}
