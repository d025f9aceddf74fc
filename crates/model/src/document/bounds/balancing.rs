//! Bounds of balancing, health and discovery.

use std::ops::RangeInclusive;

use super::{Checked, FEW, MIN_CHECK_INTERVAL, at_most, within};
use crate::group::Policies;
use crate::policy::{Discovery, NobodyHealthy};
use crate::time::Span;

/// The weight of a machine behind its balancer.
pub const WEIGHTS: RangeInclusive<u32> = 0..=1_000_000;
/// The priority of a machine behind its balancer.
pub const PRIORITIES: RangeInclusive<u32> = 0..=9;
/// How many different people an open stream comes from.
pub const POPULATIONS: RangeInclusive<u32> = 1..=1_000_000;
/// Points of an instance on the ring of a consistent hash.
pub const RING_POINTS: RangeInclusive<u32> = 1..=1_000;

/// Instances drawn by chance.
const CHOICES: RangeInclusive<u32> = 1..=100;
/// A percentage.
pub(crate) const PERCENT: RangeInclusive<u32> = 0..=100;
/// A percentage of what is more than the whole.
const BEYOND: RangeInclusive<u32> = 100..=100_000;
/// The bend of a slow start.
const AGGRESSIONS: RangeInclusive<f64> = 0.01..=100.0;
/// Standard deviations.
const DEVIATIONS: RangeInclusive<f64> = 0.0..=100.0;
/// What is renewed or looked at again and again is so no more often than this.
const ROUNDS: RangeInclusive<Span> = MIN_CHECK_INTERVAL..=Span::MAX;

pub(super) fn check(path: &str, policies: &Policies) -> Checked {
    let balancer = &policies.balancer;
    within(path, "policies.balancer.choices", balancer.choices, CHOICES)?;
    within(path, "policies.balancer.points", balancer.points, RING_POINTS)?;
    within(path, "policies.balancer.bound", balancer.bound, BEYOND)?;
    within(path, "policies.balancer.overprovisioning", balancer.overprovisioning, BEYOND)?;
    if let Some(slow_start) = &balancer.slow_start {
        within(path, "policies.balancer.slow_start.aggression", slow_start.aggression, AGGRESSIONS)?;
        within(path, "policies.balancer.slow_start.least", slow_start.least, PERCENT)?;
    }
    if let NobodyHealthy::Panic(percent) = balancer.nobody_healthy {
        within(path, "policies.balancer.nobody_healthy.panic", percent, PERCENT)?;
    }

    let health = &policies.health;
    within(path, "policies.health.fall", health.fall, FEW)?;
    within(path, "policies.health.rise", health.rise, FEW)?;
    within(path, "policies.health.first_rise", health.first_rise.unwrap_or(1), FEW)?;
    within(path, "policies.health.interval", health.interval, ROUNDS)?;
    if let Some(passive) = &health.passive {
        within(path, "policies.health.passive.max_fails", passive.max_fails, FEW)?;
    }
    if let Some(outliers) = &health.outliers {
        within(path, "policies.health.outliers.consecutive", outliers.consecutive, FEW)?;
        within(path, "policies.health.outliers.interval", outliers.interval, ROUNDS)?;
        within(path, "policies.health.outliers.most", outliers.most, PERCENT)?;
        if let Some(rate) = &outliers.success_rate {
            within(path, "policies.health.outliers.success_rate.deviations", rate.deviations, DEVIATIONS)?;
        }
    }
    policies.discovery.as_ref().map_or(Ok(()), |discovery| check_discovery(path, discovery))
}

fn check_discovery(path: &str, discovery: &Discovery) -> Checked {
    at_most(format!("{path}.policies.discovery.copies"), discovery.copies.len(), Discovery::MAX_COPIES)?;
    within(path, "policies.discovery.preservation", discovery.preservation, PERCENT)?;
    for (field, round) in [("heartbeat", discovery.heartbeat), ("sweep", discovery.sweep)] {
        if !round.is_zero() {
            within(path, &format!("policies.discovery.{field}"), round, ROUNDS)?;
        }
    }
    Ok(())
}
