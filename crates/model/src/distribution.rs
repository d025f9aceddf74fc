//! Distributions of durations: how long a piece of work takes.

use serde::{Deserialize, Serialize};

use crate::time::Span;

/// How a duration varies from one time to the next.
///
/// `scv` is the squared coefficient of variation, variance / mean²: 0 for a constant, 1 for an
/// exponential.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Distribution {
    /// Always the same.
    Constant(Span),
    /// Exponential with this mean.
    Exponential(Span),
    /// Every length between the two is equally likely.
    Uniform {
        /// The shortest.
        from: Span,
        /// The longest.
        to: Span,
    },
    /// The sum of `stages` equal exponentials.
    Erlang {
        /// The mean of the whole.
        mean: Span,
        /// How many exponentials are summed, at least 1.
        stages: u32,
    },
    /// Lognormal: most are short, a few are long.
    Lognormal {
        /// The mean.
        mean: Span,
        /// Variance / mean².
        scv: f64,
    },
    /// One of two exponentials with balanced means, for an `scv` of at least 1.
    Hyperexponential {
        /// The mean.
        mean: Span,
        /// Variance / mean².
        scv: f64,
    },
}

impl Distribution {
    /// The mean duration.
    pub fn mean(&self) -> Span {
        match *self {
            Distribution::Constant(mean)
            | Distribution::Exponential(mean)
            | Distribution::Erlang { mean, .. }
            | Distribution::Lognormal { mean, .. }
            | Distribution::Hyperexponential { mean, .. } => mean,
            Distribution::Uniform { from, to } => Span::from_nanos(from.as_nanos().midpoint(to.as_nanos())),
        }
    }

    /// The squared coefficient of variation, variance / mean².
    pub fn scv(&self) -> f64 {
        match *self {
            Distribution::Constant(_) => 0.0,
            Distribution::Exponential(_) => 1.0,
            Distribution::Uniform { from, to } => {
                let (width, mean) = (to.as_secs_f64() - from.as_secs_f64(), self.mean().as_secs_f64());
                if mean > 0.0 { width * width / 12.0 / (mean * mean) } else { 0.0 }
            }
            Distribution::Erlang { stages, .. } => 1.0 / f64::from(stages.max(1)),
            Distribution::Lognormal { scv, .. } => scv.max(0.0),
            Distribution::Hyperexponential { scv, .. } => scv.max(1.0),
        }
    }
}

impl Default for Distribution {
    fn default() -> Self {
        Distribution::Constant(Span::ZERO)
    }
}
