//! Bounds of autoscaling and releases.

use std::ops::RangeInclusive;

use super::{Checked, MAX_SERVICES, MAX_TITLE_CHARS, REPLICAS, at_most, within};
use crate::policy::{Autoscaling, Portion, Release, ScalingTarget, Strategy};
use crate::scenario::Scenario;
use crate::time::Span;

/// Planned releases.
const MAX_RELEASES: usize = 1_000;
/// Copies that an autoscaler may want.
const SCALED: RangeInclusive<u32> = 1..=1_000;
/// From one look of an autoscaler to the next.
const SCALING_ROUNDS: RangeInclusive<Span> = Span::from_secs(1)..=Span::MAX;

/// A load that an autoscaler aims at: a share, cores, or a number of requests.
const TARGETS: RangeInclusive<f64> = 0.001..=1e6;
/// A share.
const WHOLE: RangeInclusive<f64> = 0.0..=1.0;
/// How many times as long something takes.
const SLOWNESS: RangeInclusive<f64> = 0.01..=1_000.0;

pub(super) fn check_autoscaling(path: &str, autoscaling: Option<&Autoscaling>) -> Checked {
    let Some(autoscaling) = autoscaling else { return Ok(()) };
    match autoscaling.target {
        ScalingTarget::Processor { utilisation, cores } => {
            within(path, "autoscaling.target.processor.utilisation", utilisation, TARGETS)?;
            within(path, "autoscaling.target.processor.cores", cores, TARGETS)?;
        }
        ScalingTarget::InFlight { requests } => {
            within(path, "autoscaling.target.in-flight.requests", requests, TARGETS)?;
        }
    }
    within(path, "autoscaling.least", autoscaling.least, SCALED)?;
    within(path, "autoscaling.most", autoscaling.most, SCALED)?;
    within(path, "autoscaling.tolerance", autoscaling.tolerance, WHOLE)?;
    within(path, "autoscaling.interval", autoscaling.interval, SCALING_ROUNDS)
}

pub(super) fn check_releases(scenario: &Scenario) -> Checked {
    at_most("scenario.releases", scenario.releases.len(), MAX_RELEASES)?;
    for (place, planned) in scenario.releases.iter().enumerate() {
        check_release(&format!("scenario.releases[{place}].release"), &planned.release)?;
    }
    Ok(())
}

fn check_release(path: &str, release: &Release) -> Checked {
    at_most(format!("{path}.services"), release.services.len(), MAX_SERVICES)?;
    at_most(format!("{path}.version.name"), release.version.name.chars().count(), MAX_TITLE_CHARS)?;
    if let Some(defect) = &release.version.defect {
        within(path, "version.defect.chance", defect.chance, WHOLE)?;
        within(path, "version.defect.errors", defect.errors, WHOLE)?;
        within(path, "version.defect.slowness", defect.slowness, SLOWNESS)?;
    }
    match &release.strategy {
        Strategy::Rolling(rolling) => {
            for (field, portion) in [("surge", rolling.surge), ("unavailable", rolling.unavailable)] {
                let field = format!("strategy.rolling.{field}");
                match portion {
                    Portion::Count(count) => within(path, &field, count, REPLICAS)?,
                    Portion::Share(share) => within(path, &field, share, WHOLE)?,
                }
            }
        }
        Strategy::Canary(canary) => {
            within(path, "strategy.canary.share", canary.share, WHOLE)?;
            within(path, "strategy.canary.copies", canary.copies, SCALED)?;
        }
        Strategy::BlueGreen | Strategy::AllAtOnce => {}
    }
    release.guard.as_ref().map_or(Ok(()), |guard| {
        within(path, "guard.errors", guard.errors, WHOLE)?;
        within(path, "guard.slowness", guard.slowness, SLOWNESS)
    })
}
