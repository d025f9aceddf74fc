//! Autoscaling: how many copies of a service run, as its load has it.

use serde::{Deserialize, Serialize};

use crate::design::is_default;
use crate::time::Span;

/// How many copies of a service run, as its load has it. Defaults: Kubernetes' HorizontalPodAutoscaler.
///
/// Every so often it takes the number that would bring the load of each copy to the target, as far as its
/// limits let it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Autoscaling {
    /// What is measured, and what it should be on each copy.
    pub target: ScalingTarget,
    /// The fewest copies (`minReplicas`: 1).
    pub least: u32,
    /// The most.
    pub most: u32,
    /// From one look to the next (`--horizontal-pod-autoscaler-sync-period`: 15 s).
    pub interval: Span,
    /// How far the load may be from its target, as a share of it, before anything is done
    /// (`--horizontal-pod-autoscaler-tolerance`: 0.1).
    pub tolerance: f64,
    /// The least that the last so long asked for is what it grows to (none).
    #[serde(skip_serializing_if = "is_default")]
    pub growth_stabilisation: Span,
    /// The most that the last so long asked for is what it shrinks to (300 s).
    pub shrink_stabilisation: Span,
    /// How long after its start a copy that is busy counts as warming up, not as loaded: its load is taken
    /// for zero when it is asked whether more are needed. Kubernetes' CPU initialisation period is 5 min, but
    /// it asks a copy for one full sampling window after it was ready only; the default is that window.
    pub warm_up: Span,
}

impl Default for Autoscaling {
    fn default() -> Self {
        Autoscaling {
            target: ScalingTarget::default(),
            least: 1,
            most: 10,
            interval: Span::from_secs(15),
            tolerance: 0.1,
            growth_stabilisation: Span::ZERO,
            shrink_stabilisation: Span::from_secs(300),
            warm_up: Span::from_secs(15),
        }
    }
}

/// What an autoscaler measures on each copy, and what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ScalingTarget {
    /// Processor time used, averaged over the time since the last look.
    Processor {
        /// As a share of what it is given (HorizontalPodAutoscaler without metrics: 0.8).
        utilisation: f64,
        /// The cores each copy is given: what it asks of its machine.
        #[serde(default = "one_core")]
        cores: f64,
    },
    /// Requests it holds, waiting ones included, averaged over the time since the last look.
    InFlight {
        /// How many.
        requests: f64,
    },
}

fn one_core() -> f64 {
    1.0
}

impl Default for ScalingTarget {
    fn default() -> Self {
        ScalingTarget::Processor { utilisation: 0.8, cores: one_core() }
    }
}
