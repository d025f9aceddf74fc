//! The forms of autoscaling, placement and releases.

use super::Parts::None as Nothing;
use super::{Fields, Items, Parts, Variants, form, plain};
use crate::id::{GroupId, ServiceId};
use crate::policy::{Defect, Guard, Portion, Release, ScalingTarget, Strategy, Version};
use crate::time::Span;

pub(super) static AUTOSCALING: Parts = Fields(&[
    ("target", form::<ScalingTarget>(&SCALING_TARGET)),
    ("least", plain::<u32>()),
    ("most", plain::<u32>()),
    ("interval", plain::<Span>()),
    ("tolerance", plain::<f64>()),
    ("growth_stabilisation", plain::<Span>()),
    ("shrink_stabilisation", plain::<Span>()),
    ("warm_up", plain::<Span>()),
]);
static SCALING_TARGET: Parts = Variants(&[
    ("processor", Fields(&[("utilisation", plain::<f64>()), ("cores", plain::<f64>())])),
    ("in-flight", Fields(&[("requests", plain::<f64>())])),
]);

pub(super) static PLACEMENT: Parts = Fields(&[
    ("detection", plain::<Span>()),
    ("heartbeat", plain::<Span>()),
    ("look", plain::<Span>()),
    ("toleration", plain::<Span>()),
]);

pub(super) static PLANNED_RELEASE: Parts =
    Fields(&[("at", plain::<Span>()), ("release", form::<Release>(&RELEASE))]);
static RELEASE: Parts = Fields(&[
    ("group", plain::<GroupId>()),
    ("services", form::<Vec<ServiceId>>(&Items(plain::<ServiceId>()))),
    ("version", form::<Version>(&VERSION)),
    ("strategy", form::<Strategy>(&STRATEGY)),
    ("together", plain::<bool>()),
    ("guard", form::<Option<Guard>>(&GUARD)),
]);
static VERSION: Parts = Fields(&[("name", plain::<String>()), ("defect", form::<Option<Defect>>(&DEFECT))]);
static DEFECT: Parts =
    Fields(&[("chance", plain::<f64>()), ("errors", plain::<f64>()), ("slowness", plain::<f64>())]);
static STRATEGY: Parts = Variants(&[
    ("rolling", ROLLING),
    ("blue-green", Nothing),
    ("canary", Fields(&[("share", plain::<f64>()), ("copies", plain::<u32>())])),
    ("all-at-once", Nothing),
]);
const ROLLING: Parts = Fields(&[
    ("surge", form::<Portion>(&PORTION)),
    ("unavailable", form::<Portion>(&PORTION)),
    ("ready_for", plain::<Span>()),
    ("deadline", plain::<Span>()),
]);
static PORTION: Parts = Variants(&[("count", Nothing), ("share", Nothing)]);
static GUARD: Parts = Fields(&[
    ("watch", plain::<Span>()),
    ("calls", plain::<u32>()),
    ("errors", plain::<f64>()),
    ("slowness", plain::<f64>()),
]);
