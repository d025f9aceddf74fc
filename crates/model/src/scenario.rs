//! The scenario: what happens to a design while it runs.

use serde::{Deserialize, Serialize};

use crate::id::{InstanceId, MachineId};
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
}

impl Default for Scenario {
    fn default() -> Self {
        Scenario { seed: 1, faults: Vec::new() }
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
}

/// A fault, or its repair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The process ends; its machine refuses connections to it from then on.
    Crash(InstanceId),
    /// The process starts again, cold.
    Restart(InstanceId),
    /// The machine and everything on it fall silent.
    PowerOff(MachineId),
    /// The machine comes back and starts its instances again, cold.
    PowerOn(MachineId),
}
