//! Bounds of the loads that come in bursts, along ramps, in batches and as they were recorded.

use std::ops::RangeInclusive;

use super::{Checked, RATES, at_most, within};
use crate::client::Load;
use crate::time::Span;

/// Requests of a batch, at the same instant.
pub const BATCHES: RangeInclusive<u32> = 0..=100_000;
/// Instants of a recording.
pub const MAX_RECORDED: usize = 50_000;
/// Points of a ramp.
pub const MAX_RATE_POINTS: usize = 1_000;
/// The shortest time after which bursts, batches and recordings begin again. With the most that one of them
/// holds it is no more than the heaviest Poisson stream.
pub const MIN_ROUND: Span = Span::from_millis(100);

/// Whether `load` is within bounds.
pub(super) fn check(path: &str, load: &Load) -> Checked {
    let round = |field: &str, every: Option<Span>| {
        within(path, field, every.unwrap_or(Span::MAX), MIN_ROUND..=Span::MAX)
    };
    match load {
        Load::Bursts { rate, peak, every, .. } => {
            within(path, "load.bursts.rate", *rate, RATES)?;
            within(path, "load.bursts.peak", *peak, RATES)?;
            round("load.bursts.every", Some(*every))
        }
        Load::Ramp { points, .. } => {
            at_most(format!("{path}.load.ramp.points"), points.len(), MAX_RATE_POINTS)?;
            for (place, point) in points.iter().enumerate() {
                within(path, &format!("load.ramp.points[{place}].rate"), point.rate, RATES)?;
            }
            Ok(())
        }
        Load::Batch { count, every, .. } => {
            within(path, "load.batch.count", *count, BATCHES)?;
            round("load.batch.every", *every)
        }
        Load::Recorded { at, every } => {
            at_most(format!("{path}.load.recorded.at"), at.len(), MAX_RECORDED)?;
            round("load.recorded.every", *every)
        }
        Load::Poisson { .. } | Load::Users { .. } => Ok(()),
    }
}
