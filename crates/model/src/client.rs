//! Clients: who sends requests, and how.

use serde::{Deserialize, Serialize};

use crate::distribution::Distribution;
use crate::id::GroupId;
use crate::machine::Point;
use crate::text::Text;
use crate::time::Span;

/// A population of clients.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// What they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// How their requests arrive.
    pub load: Load,
    /// The groups they send to. Each group gets every arrival, so that the same traffic meets
    /// different architectures.
    pub to: Vec<GroupId>,
    /// How many different people an open stream of requests comes from: whom a session, a cookie or a hash tells
    /// apart. A closed population has its own number.
    #[serde(default = "thousand", skip_serializing_if = "is_thousand")]
    pub users: u32,
    /// How long a client waits before it gives up.
    #[serde(default = "ten_seconds")]
    pub patience: Span,
    /// Where they stand on the canvas.
    #[serde(default)]
    pub at: Point,
    /// Whether it stays where it is on the canvas.
    #[serde(default, skip_serializing_if = "crate::design::is_default")]
    pub locked: bool,
}

fn thousand() -> u32 {
    1_000
}

fn is_thousand(users: &u32) -> bool {
    *users == thousand()
}

fn ten_seconds() -> Span {
    Span::from_secs(10)
}

impl Default for Client {
    /// Nobody, who asks for nothing.
    fn default() -> Self {
        Client {
            title: None,
            load: Load::Poisson { rate: 0.0 },
            to: Vec::new(),
            users: thousand(),
            patience: ten_seconds(),
            at: Point::default(),
            locked: false,
        }
    }
}

/// How requests arrive. All but `Users` are open: they do not slow down when the system does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Load {
    /// Open: a Poisson stream that does not slow down when the system does.
    Poisson {
        /// Requests per second.
        rate: f64,
    },
    /// Open: a Poisson stream that is heavier for a while, again and again, the first time at the start.
    Bursts {
        /// Requests per second between bursts.
        rate: f64,
        /// Requests per second during a burst.
        peak: f64,
        /// How long a burst lasts.
        length: Span,
        /// From the beginning of one burst to that of the next.
        every: Span,
    },
    /// Open: a Poisson stream whose rate climbs and falls in straight lines from one point to the next.
    Ramp {
        /// In order of time after the start of the run. Before the first point its rate holds, after the
        /// last one that one's, unless all begins again.
        points: Vec<RatePoint>,
        /// Whether all begins again after the last point.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        repeat: bool,
    },
    /// Open: several requests at the same instant, once or again and again.
    Batch {
        /// How many at once.
        count: u32,
        /// When, after the start of the run.
        #[serde(default, skip_serializing_if = "crate::design::is_default")]
        at: Span,
        /// From one batch to the next; there is only one if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        every: Option<Span>,
    },
    /// Open: a request at each of these instants, as they were recorded somewhere.
    Recorded {
        /// After the start of the run, in order.
        at: Vec<Span>,
        /// After how long all begins again; never if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        every: Option<Span>,
    },
    /// Closed: each user sends, waits for the answer, thinks, and sends again.
    Users {
        /// How many users.
        count: u32,
        /// How long a user thinks between an answer and the next request.
        think: Distribution,
    },
}

/// A rate of requests at a time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RatePoint {
    /// When, after the start of the run.
    pub at: Span,
    /// Requests per second.
    pub rate: f64,
}
