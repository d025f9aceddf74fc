//! Where the parts of a load lie.

use super::Parts::{Fields, Items, Variants};
use super::{DISTRIBUTION, Parts, form, plain};
use crate::client::RatePoint;
use crate::distribution::Distribution;
use crate::time::Span;

pub(super) static LOAD: Parts = Variants(&[
    ("poisson", Fields(&[("rate", plain::<f64>())])),
    (
        "bursts",
        Fields(&[
            ("rate", plain::<f64>()),
            ("peak", plain::<f64>()),
            ("length", plain::<Span>()),
            ("every", plain::<Span>()),
        ]),
    ),
    (
        "ramp",
        Fields(&[
            ("points", form::<Vec<RatePoint>>(&Items(form::<RatePoint>(&RATE_POINT)))),
            ("repeat", plain::<bool>()),
        ]),
    ),
    (
        "batch",
        Fields(&[("count", plain::<u32>()), ("at", plain::<Span>()), ("every", plain::<Option<Span>>())]),
    ),
    (
        "recorded",
        Fields(&[("at", form::<Vec<Span>>(&Items(plain::<Span>()))), ("every", plain::<Option<Span>>())]),
    ),
    ("users", Fields(&[("count", plain::<u32>()), ("think", form::<Distribution>(&DISTRIBUTION))])),
]);
static RATE_POINT: Parts = Fields(&[("at", plain::<Span>()), ("rate", plain::<f64>())]);
