//! The forms of a scenario and of how processes begin.

use super::Parts::None as Nothing;
use super::operation::PLANNED_RELEASE;
use super::{Fields, Form, Items, Parts, Variants, form, plain};
use crate::fault::{Bug, Fault, Lost, Sides, Site};
use crate::id::{ClientId, InstanceId};
use crate::policy::{PlannedRelease, ProcessPolicy, Restarts, WarmUp};
use crate::scenario::{Chaos, PlannedFault, Victims};
use crate::time::Span;

pub(super) static SCENARIO: Parts = Fields(&[
    ("seed", plain::<u64>()),
    ("faults", form::<Vec<PlannedFault>>(&Items(form::<PlannedFault>(&PLANNED_FAULT)))),
    ("chaos", form::<Vec<Chaos>>(&Items(form::<Chaos>(&CHAOS)))),
    ("releases", form::<Vec<PlannedRelease>>(&Items(form::<PlannedRelease>(&PLANNED_RELEASE)))),
]);
static PLANNED_FAULT: Parts =
    Fields(&[("at", plain::<Span>()), ("fault", form::<Fault>(&FAULT)), ("lasts", plain::<Option<Span>>())]);
static CHAOS: Parts = Fields(&[
    ("of", form::<Victims>(&VICTIMS)),
    ("mttf", plain::<Span>()),
    ("mttr", plain::<Span>()),
    ("crews", plain::<Option<u32>>()),
]);
static VICTIMS: Parts = Variants(&[("machines", Nothing), ("instances", Nothing), ("fault", Nothing)]);

const BETWEEN: Form = form::<(Site, Site)>(&Items(plain::<Site>()));

static FAULT: Parts = Variants(&[
    ("crash", Nothing),
    ("stop", Nothing),
    ("restart", Nothing),
    ("power-off", Nothing),
    ("power-on", Nothing),
    ("zone-down", Nothing),
    ("zone-up", Nothing),
    ("slow", Fields(&[("of", plain::<Site>()), ("factor", plain::<f64>())])),
    ("errors", Fields(&[("of", form::<Bug>(&BUG)), ("rate", plain::<f64>())])),
    ("hang", Fields(&[("of", plain::<InstanceId>()), ("checks_pass", plain::<bool>())])),
    ("cut", Fields(&[("between", BETWEEN), ("one_way", plain::<bool>())])),
    ("partition", Fields(&[("sides", form::<Sides>(&SIDES)), ("one_way", plain::<bool>())])),
    (
        "loss",
        Fields(&[
            ("between", BETWEEN),
            ("probability", plain::<f64>()),
            ("one_way", plain::<bool>()),
            ("lost", plain::<Lost>()),
        ]),
    ),
    (
        "delay",
        Fields(&[
            ("between", BETWEEN),
            ("extra", plain::<Span>()),
            ("jitter", plain::<Span>()),
            ("one_way", plain::<bool>()),
        ]),
    ),
    ("spike", Fields(&[("of", plain::<ClientId>()), ("factor", plain::<f64>())])),
    ("leak", Fields(&[("of", plain::<InstanceId>()), ("requests", plain::<u32>())])),
    ("full-queue", Nothing),
    ("lost-primary", Nothing),
    ("store-crash", Nothing),
    (
        "skew",
        Fields(&[
            ("of", plain::<Site>()),
            ("ahead", plain::<Span>()),
            ("behind", plain::<Span>()),
            ("rate", plain::<f64>()),
        ]),
    ),
    ("repair", Nothing),
]);
static BUG: Parts = Variants(&[("instance", Nothing), ("function", Nothing)]);
static SIDES: Parts = Items(form::<Vec<Site>>(&Items(plain::<Site>())));

pub(super) const PROCESS: Form = form::<ProcessPolicy>(&PROCESS_POLICY);
static PROCESS_POLICY: Parts = Fields(&[
    ("warm_up", form::<Option<WarmUp>>(&Fields(&[("factor", plain::<f64>()), ("over", plain::<Span>())]))),
    (
        "restart",
        form::<Option<Restarts>>(&Fields(&[
            ("pause", plain::<Span>()),
            ("most", plain::<Span>()),
            ("forgotten", plain::<Span>()),
        ])),
    ),
]);
