//! The scenario: what happens to a design while it runs.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::id::GroupId;
use crate::policy::PlannedRelease;
use crate::time::Span;

/// The seed of a run and the faults to come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    /// The seed of every random stream.
    pub seed: u64,
    /// Faults and repairs, each at its time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<PlannedFault>,
    /// Faults that strike at random, again and again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chaos: Vec<Chaos>,
    /// Releases, each at its time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<PlannedRelease>,
}

impl Default for Scenario {
    fn default() -> Self {
        Scenario { seed: 1, faults: Vec::new(), chaos: Vec::new(), releases: Vec::new() }
    }
}

/// A fault or repair at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlannedFault {
    /// When, after the start of the run.
    pub at: Span,
    /// What.
    pub fault: Fault,
    /// How long it lasts, if it is repaired by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts: Option<Span>,
}

impl PlannedFault {
    /// A fault or repair at a time, which lasts until something else is done.
    pub fn new(at: Span, fault: Fault) -> PlannedFault {
        PlannedFault { at, fault, lasts: None }
    }
}

/// Faults that strike at random: each part it names fails and is repaired again and again, with a random stream
/// of its own. Both times are exponential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Chaos {
    /// What fails.
    pub of: Victims,
    /// The mean time to failure: from a repair (or the start) to the next failure.
    pub mttf: Span,
    /// The mean time to repair: from a failure until its repair begins (a process then takes its start-up time).
    pub mttr: Span,
    /// How many repairs are made at once; the others wait for their turn. As many as are needed, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crews: Option<u32>,
}

/// What fails at random.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Victims {
    /// Each machine of a group loses power, by itself.
    Machines(GroupId),
    /// Each instance of a group crashes, by itself.
    Instances(GroupId),
    /// This fault, whatever it is.
    Fault(Fault),
}
