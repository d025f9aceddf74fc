//! What a row of the table asks for: studies and what is asked of them, or a deterministic run, or nothing that
//! is simulated.

use std::sync::Arc;

use crate::statistics::{Estimate, Level, Regression};
use crate::study::{Ask, Study, in_parallel, seed};
use crate::table::Entry;

/// What is done about a row.
pub enum Case {
    /// It is measured: once, or once for each way in which it must hold.
    Measured(Vec<Check>),
    /// It is done here and now, with an effort: 1 for all of it, less for a quick look.
    Done(Box<dyn Fn(f64) -> Outcome + Send + Sync>),
    /// It is not about anything that is simulated, for this reason.
    NotSimulated(&'static str),
}

/// What came of what was done.
pub enum Outcome {
    /// Without chance: it must be as the row says.
    Number(f64),
    Text(String),
    /// Nearly without chance, or an idealisation: it may be off by this share.
    Near(f64, f64),
    /// With an interval, that may be so wide.
    Estimate(Estimate, f64),
}

impl Case {
    /// Something without chance.
    pub fn number(run: impl Fn() -> f64 + Send + Sync + 'static) -> Case {
        Case::Done(Box::new(move |_| Outcome::Number(run())))
    }

    pub fn text(run: impl Fn() -> String + Send + Sync + 'static) -> Case {
        Case::Done(Box::new(move |_| Outcome::Text(run())))
    }

    /// The mean of independent numbers, each made from a seed: so many, and more if that is not enough.
    pub fn mean(entry: &Entry, count: u32, one: impl Fn(u64) -> f64 + Send + Sync + 'static) -> Case {
        Case::until_narrow(entry, count, one, |numbers| Estimate::from(&Regression::new(numbers, &[])))
    }

    /// The mean of independent shares, each of so many independent things.
    pub fn mean_share(
        entry: &Entry,
        count: u32,
        of: f64,
        one: impl Fn(u64) -> f64 + Send + Sync + 'static,
    ) -> Case {
        Case::until_narrow(entry, count, one, move |numbers| {
            Estimate::from(&Regression::new(numbers, &[])).of_share(of * numbers.len() as f64)
        })
    }

    /// The share of independent attempts that succeed: of so many, and of more if that is not enough.
    pub fn share(entry: &Entry, count: u32, one: impl Fn(u64) -> bool + Send + Sync + 'static) -> Case {
        let one = move |seed| f64::from(u8::from(one(seed)));
        Case::until_narrow(entry, count, one, |numbers| {
            Estimate::proportion(numbers.iter().sum(), numbers.len() as f64)
        })
    }

    fn until_narrow(
        entry: &Entry,
        count: u32,
        one: impl Fn(u64) -> f64 + Send + Sync + 'static,
        estimate: impl Fn(&[f64]) -> Estimate + Send + Sync + 'static,
    ) -> Case {
        let (name, width, value) =
            (entry.id.clone(), entry.width(), entry.number().unwrap_or_default().abs());
        Case::Done(Box::new(move |effort| {
            let least = (f64::from(count) * effort).max(40.0);
            let most = if effort < 1.0 { least } else { least * MOST_MORE };
            let mut numbers: Vec<f64> = Vec::new();
            let mut wanted = least;
            loop {
                let more: Vec<usize> = (numbers.len()..wanted as usize).collect();
                numbers.extend(in_parallel(&more, |number| one(seed(&name, *number))));
                let found = estimate(&numbers);
                let lacking =
                    found.half_width(Level::Usual) / (width * if value == 0.0 { 1.0 } else { value });
                if lacking <= 1.0 || wanted >= most {
                    return Outcome::Estimate(found, width);
                }
                // No more than four times: a first impression may be far off.
                wanted = (wanted * (lacking * lacking * 1.2).clamp(1.1, 4.0)).min(most);
            }
        }))
    }
}

/// How many times as many numbers are made, if the first are not enough.
const MOST_MORE: f64 = 40.0;

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
    /// The only one, in another unit.
    Scaled(f64),
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
            width: entry.width(),
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

    /// Measured in another unit than the row's.
    pub fn scaled(mut self, factor: f64) -> Check {
        self.join = Join::Scaled(factor);
        self
    }

    pub fn allowing(mut self, width: f64) -> Check {
        self.width = width;
        self
    }

    /// How narrow a part should become, as a share of its own value.
    pub fn part_width(&self, part: usize) -> f64 {
        match self.join {
            Join::Ratio => self.width * std::f64::consts::FRAC_1_SQRT_2,
            // Where few servers are, is only compared with where many are.
            Join::Last if part + 1 < self.parts.len() => self.width * 3.0,
            _ => self.width,
        }
    }

    pub fn verdict(&self, parts: &[Estimate]) -> Verdict {
        let estimate = match self.join {
            Join::Only => parts[0],
            Join::Ratio => parts[0].over(&parts[1]),
            Join::Last => parts[parts.len() - 1],
            Join::Scaled(factor) => Estimate::new(factor * parts[0].value, |level| {
                let (low, high) = parts[0].interval(level);
                (factor * low, factor * high)
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
