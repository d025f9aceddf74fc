//! What a row of the table asks for: studies and what is asked of them, or a deterministic run, or nothing that
//! is simulated.

use std::sync::Arc;

use crate::statistics::{Estimate, Level};
use crate::study::{Ask, Study};
use crate::table::Entry;

/// What is done about a row.
pub enum Case {
    /// It is measured: once, or once for each way in which it must hold.
    Measured(Vec<Check>),
    /// It is run once, without chance, and must come out as it says.
    Exact(Box<dyn Fn() -> Outcome + Send + Sync>),
    /// It is not about anything that is simulated, for this reason.
    NotSimulated(&'static str),
}

/// What a run without chance gave.
pub enum Outcome {
    Number(f64),
    Text(String),
}

/// One measurement of a row.
pub struct Check {
    /// What is different from the row's other checks; empty if there is none.
    pub variant: String,
    pub parts: Vec<Part>,
    pub join: Join,
    pub judge: Judge,
    pub expected: f64,
    /// How wide its interval may be: half-width at 99 %, as a share of the value.
    pub width: f64,
}

#[derive(Clone)]
pub struct Part {
    pub study: Arc<dyn Study + Send>,
    pub ask: Ask,
}

/// How estimates from several studies become one.
#[derive(Clone, Copy)]
pub enum Join {
    /// There is one.
    Only,
    /// The first over the second.
    Ratio,
    /// The last: the others are for the judge.
    Last,
    /// A function of the only one that grows, and takes its interval along.
    Map(fn(f64) -> f64),
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Judge {
    /// It lies in the interval.
    Equal,
    /// It is not exceeded.
    AtMost,
    /// It is missed by no more than this share.
    Within(f64),
    /// It is approached from above: the second part (more servers) lies above it, and much nearer than the first.
    LimitFromAbove,
    /// It lies in the interval, once that is wider by its own standard error.
    Reference(f64),
}

/// What came of a check.
pub struct Verdict {
    pub estimate: Estimate,
    /// Outside the 99.99 % interval, or what stands for that.
    pub refuted: bool,
    /// Outside the 99 % interval; `None` if the judge doesn't go by intervals.
    pub unusual: Option<bool>,
    pub wide: bool,
}

/// How much nearer to a limit ten times as many servers must be, less what chance may do.
const NEARER: f64 = 2.0;
/// How near to a limit it must be in the end.
const NEAR: f64 = 0.12;

impl Check {
    /// A check of one study.
    pub fn of(study: impl Study + Send + 'static, ask: Ask, entry: &Entry) -> Check {
        Check {
            variant: String::new(),
            parts: vec![Part { study: Arc::new(study), ask }],
            join: Join::Only,
            judge: Judge::Equal,
            expected: entry.number().unwrap_or(f64::NAN),
            width: if entry.is_tail() { 0.05 } else { 0.02 },
        }
    }

    pub fn named(mut self, variant: impl Into<String>) -> Check {
        self.variant = variant.into();
        self
    }

    pub fn judged(mut self, judge: Judge) -> Check {
        self.judge = judge;
        self
    }

    pub fn with(mut self, study: impl Study + Send + 'static, ask: Ask, join: Join) -> Check {
        self.parts.push(Part { study: Arc::new(study), ask });
        self.join = join;
        self
    }

    pub fn joined(mut self, join: Join) -> Check {
        self.join = join;
        self
    }

    pub fn allowing(mut self, width: f64) -> Check {
        self.width = width;
        self
    }

    /// How narrow each part should become, as a share of its own value.
    pub fn part_width(&self) -> f64 {
        match self.join {
            Join::Ratio => self.width * std::f64::consts::FRAC_1_SQRT_2,
            _ => self.width,
        }
    }

    pub fn verdict(&self, parts: &[Estimate]) -> Verdict {
        let estimate = match self.join {
            Join::Only => parts[0],
            Join::Ratio => parts[0].over(&parts[1]),
            Join::Last => parts[parts.len() - 1],
            Join::Map(function) => Estimate::new(function(parts[0].value), |level| {
                let (low, high) = parts[0].interval(level);
                (function(low), function(high))
            }),
        };
        let expected = self.expected;
        let relative = estimate.half_width(Level::Usual) / if expected == 0.0 { 1.0 } else { expected.abs() };
        let wide = relative.is_nan() || relative > self.width * (1.0 + 1e-9);
        let (low, high) = estimate.interval(Level::Certain);
        let by_interval = |estimate: Estimate| Verdict {
            estimate,
            refuted: !estimate.covers(expected, Level::Certain),
            unusual: Some(!estimate.covers(expected, Level::Usual)),
            wide,
        };
        let by_rule = |refuted| Verdict { estimate, refuted, unusual: None, wide };
        match self.judge {
            Judge::Equal => by_interval(estimate),
            Judge::Reference(error) => by_interval(estimate.widened(error)),
            Judge::AtMost => by_rule(low > expected),
            Judge::Within(share) => {
                by_rule(low > expected * (1.0 + share) || high < expected * (1.0 - share))
            }
            Judge::LimitFromAbove => {
                let few = parts[0];
                let gap = |estimate: &Estimate| estimate.value - expected;
                let noise = estimate.half_width(Level::Certain) + few.half_width(Level::Certain);
                let nearer = gap(&estimate) * NEARER <= gap(&few) + NEARER * noise;
                by_rule(high < expected || !nearer || gap(&estimate) > NEAR * expected + noise)
            }
        }
    }
}
