//! How late a dead instance is noticed.

use super::{Look, Risk, set_policies};
use crate::command::Command;
use crate::policy::{HealthCheck, Rhythm};
use crate::time::Span;
use crate::validate::Problems;

/// Later than this is late.
const LATE: Span = Span::from_secs(30);

pub(super) fn check(look: &Look<'_>, problems: &mut Problems) {
    let health = &look.policies().health;
    let learns_otherwise = health.passive.is_some() || health.outliers.is_some();
    if health.rhythm == Rhythm::Never || learns_otherwise {
        return;
    }
    let after = worst(health);
    if after > LATE {
        look.add(problems, Risk::SlowDetection { after });
    }
}

/// The longest that an instance which has fallen silent is believed in.
fn worst(health: &HealthCheck) -> Span {
    let fall = u64::from(health.fall.max(1));
    match health.rhythm {
        Rhythm::Fixed => health.interval * fall + health.timeout,
        Rhythm::AfterEnd | Rhythm::Never => (health.interval + health.timeout) * fall,
    }
}

/// As HAProxy checks.
pub(super) fn mend(look: &Look<'_>) -> Option<Command> {
    let usual = HealthCheck::default();
    set_policies(look.id, look.group, |policies| {
        let health = &mut policies.health;
        (health.interval, health.timeout, health.fall) = (usual.interval, usual.timeout, usual.fall);
    })
}
