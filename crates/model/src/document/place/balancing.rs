//! The forms of balancing, health and discovery.

use super::Parts::None as Nothing;
use super::{Fields, Items, Parts, Variants, form, plain};
use crate::policy::{
    NobodyHealthy, OutlierEjection, PassiveChecks, Rhythm, SlowStart, Stickiness, SuccessRate,
};
use crate::time::Span;

pub(super) static BALANCER: Parts = Fields(&[
    ("choices", plain::<u32>()),
    ("points", plain::<u32>()),
    ("bound", plain::<u32>()),
    ("decay", plain::<Span>()),
    ("sticky", form::<Option<Stickiness>>(&STICKINESS)),
    ("slow_start", form::<Option<SlowStart>>(&SLOW_START)),
    ("nobody_healthy", form::<NobodyHealthy>(&NOBODY_HEALTHY)),
    ("overprovisioning", plain::<u32>()),
]);
static STICKINESS: Parts = Fields(&[("duration", plain::<Span>())]);
static SLOW_START: Parts =
    Fields(&[("window", plain::<Span>()), ("aggression", plain::<f64>()), ("least", plain::<u32>())]);
static NOBODY_HEALTHY: Parts = Variants(&[("refuse", Nothing), ("fail-open", Nothing), ("panic", Nothing)]);

pub(super) static HEALTH_CHECK: Parts = Fields(&[
    ("interval", plain::<Span>()),
    ("timeout", plain::<Span>()),
    ("fall", plain::<u32>()),
    ("rise", plain::<u32>()),
    ("rhythm", plain::<Rhythm>()),
    ("first_rise", plain::<Option<u32>>()),
    ("passive", form::<Option<PassiveChecks>>(&PASSIVE_CHECKS)),
    ("outliers", form::<Option<OutlierEjection>>(&OUTLIER_EJECTION)),
]);
static PASSIVE_CHECKS: Parts = Fields(&[("max_fails", plain::<u32>()), ("fail_timeout", plain::<Span>())]);
static OUTLIER_EJECTION: Parts = Fields(&[
    ("consecutive", plain::<u32>()),
    ("interval", plain::<Span>()),
    ("base", plain::<Span>()),
    ("longest", plain::<Span>()),
    ("most", plain::<u32>()),
    ("success_rate", form::<Option<SuccessRate>>(&SUCCESS_RATE)),
]);
static SUCCESS_RATE: Parts =
    Fields(&[("hosts", plain::<u32>()), ("requests", plain::<u32>()), ("deviations", plain::<f64>())]);

pub(super) static DISCOVERY: Parts = Fields(&[
    ("heartbeat", plain::<Span>()),
    ("lease", plain::<Span>()),
    ("sweep", plain::<Span>()),
    ("copies", form::<Vec<Span>>(&Items(plain::<Span>()))),
    ("preservation", plain::<u32>()),
]);
pub(super) static SHUTDOWN: Parts = Fields(&[("linger", plain::<Span>()), ("grace", plain::<Span>())]);
