//! Bounds of faults, and of how processes begin.

use std::ops::RangeInclusive;

use super::{Checked, at_most, within};
use crate::fault::Fault;
use crate::policy::ProcessPolicy;
use crate::scenario::{Scenario, Victims};
use crate::time::Span;

/// Planned faults.
pub const MAX_FAULTS: usize = 10_000;
/// Entries of faults at random.
pub const MAX_CHAOS: usize = 1_000;
/// Parts on one side of a partition.
pub const MAX_SIDE: usize = 5_000;
/// How many times as long slow work takes; below 1 it is faster.
pub const SLOWNESS: RangeInclusive<f64> = 0.001..=10_000.0;
/// A chance.
pub const CHANCES: RangeInclusive<f64> = 0.0..=1.0;
/// How many times the usual traffic.
pub const SPIKES: RangeInclusive<f64> = 0.0..=1_000.0;
/// Requests until memory is full.
pub const LEAKS: RangeInclusive<u32> = 1..=1_000_000_000;
/// Seconds that a clock counts in a second.
pub const CLOCK_RATES: RangeInclusive<f64> = 0.1..=10.0;
/// The shortest mean time to failure, and to repair: shorter ones would be all that a run does.
pub const MIN_MEAN_TIME: Span = Span::from_millis(10);
/// How many times as long the first work of a process takes.
pub const WARM_UPS: RangeInclusive<f64> = 1.0..=1_000.0;
/// Repairs made at once.
const CREWS: RangeInclusive<u32> = 1..=10_000;

/// Whether all faults of a scenario are within bounds.
pub(super) fn check(scenario: &Scenario) -> Checked {
    at_most("scenario.faults", scenario.faults.len(), MAX_FAULTS)?;
    at_most("scenario.chaos", scenario.chaos.len(), MAX_CHAOS)?;
    for (place, planned) in scenario.faults.iter().enumerate() {
        check_fault(&format!("scenario.faults[{place}].fault"), &planned.fault)?;
    }
    for (place, chaos) in scenario.chaos.iter().enumerate() {
        let path = format!("scenario.chaos[{place}]");
        within(&path, "mttf", chaos.mttf, MIN_MEAN_TIME..=Span::MAX)?;
        within(&path, "mttr", chaos.mttr, MIN_MEAN_TIME..=Span::MAX)?;
        if let Some(crews) = chaos.crews {
            within(&path, "crews", crews, CREWS)?;
        }
        if let Victims::Fault(fault) = &chaos.of {
            check_fault(&format!("{path}.of.fault"), fault)?;
        }
    }
    Ok(())
}

fn check_fault(path: &str, fault: &Fault) -> Checked {
    match fault {
        Fault::Slow(slow) => within(path, "slow.factor", slow.factor, SLOWNESS),
        Fault::Errors(errors) => within(path, "errors.rate", errors.rate, CHANCES),
        Fault::Partition(partition) => {
            at_most(format!("{path}.partition.sides[0]"), partition.sides.0.len(), MAX_SIDE)?;
            at_most(format!("{path}.partition.sides[1]"), partition.sides.1.len(), MAX_SIDE)
        }
        Fault::Loss(loss) => within(path, "loss.probability", loss.probability, CHANCES),
        Fault::Spike(spike) => within(path, "spike.factor", spike.factor, SPIKES),
        Fault::Leak(leak) => within(path, "leak.requests", leak.requests, LEAKS),
        Fault::Skew(skew) => within(path, "skew.rate", skew.rate, CLOCK_RATES),
        _ => Ok(()),
    }
}

/// Whether what is said about processes is within bounds.
pub(super) fn check_process(path: &str, process: &ProcessPolicy) -> Checked {
    if let Some(warm_up) = &process.warm_up {
        within(path, "policies.process.warm_up.factor", warm_up.factor, WARM_UPS)?;
    }
    Ok(())
}
