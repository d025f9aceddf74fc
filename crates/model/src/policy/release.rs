//! Releases: how another version of a service takes the place of the one that runs.

use serde::{Deserialize, Serialize};

use crate::design::is_default;
use crate::id::{GroupId, ServiceId};
use crate::time::Span;

/// The release of a version of one service, of several, or of all services of a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Where.
    pub group: GroupId,
    /// Which services; all of the group if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceId>,
    /// The new version.
    #[serde(default)]
    pub version: Version,
    /// How the copies of the old version are replaced.
    #[serde(default, skip_serializing_if = "is_default")]
    pub strategy: Strategy,
    /// Whether the services go together, as a release train: all of them succeed, or all of them go back.
    #[serde(default, skip_serializing_if = "is_default")]
    pub together: bool,
    /// When the new version counts as bad, and the old one comes back by itself. Absent: never; only a canary
    /// is judged always, by the default guard.
    #[serde(default, skip_serializing_if = "is_default")]
    pub guard: Option<Guard>,
}

/// A release at a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlannedRelease {
    /// When, after the start of the run.
    pub at: Span,
    /// What.
    pub release: Release,
}

/// A version of a service.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Version {
    /// What it is called; the next number if empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "is_default")]
    pub defect: Option<Defect>,
}

/// What is wrong with a version.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Defect {
    /// The chance that it is wrong at all, drawn for each service once.
    pub chance: f64,
    /// The share of calls that fail.
    pub errors: f64,
    /// How many times as long its work takes.
    pub slowness: f64,
}

impl Default for Defect {
    fn default() -> Self {
        Defect { chance: 1.0, errors: 0.0, slowness: 1.0 }
    }
}

/// How the copies of the old version are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Strategy {
    /// A few at a time, both versions side by side.
    Rolling(Rolling),
    /// A second set beside the first; then all traffic goes to it at once. The first stays until the guard is
    /// content.
    BlueGreen,
    /// A few copies get a share of the traffic until the guard has judged them; then the others follow, rolling.
    Canary(Canary),
    /// All old copies end before the first new one starts (Kubernetes' `Recreate`).
    AllAtOnce,
}

impl Default for Strategy {
    fn default() -> Self {
        Strategy::Rolling(Rolling::default())
    }
}

/// A rolling release. Defaults: a Kubernetes Deployment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Rolling {
    /// How many copies may run beyond the wanted number (`maxSurge`: 25 %). Shares are rounded up.
    pub surge: Portion,
    /// How many may be missing (`maxUnavailable`: 25 %). Shares are rounded down.
    pub unavailable: Portion,
    /// How long a new copy must have been in service until it counts (`minReadySeconds`: 0).
    #[serde(skip_serializing_if = "is_default")]
    pub ready_for: Span,
    /// How long it may go on without progress until it counts as stuck (`progressDeadlineSeconds`: 600 s).
    pub deadline: Span,
}

impl Default for Rolling {
    fn default() -> Self {
        Rolling {
            surge: Portion::Share(0.25),
            unavailable: Portion::Share(0.25),
            ready_for: Span::ZERO,
            deadline: Span::from_secs(600),
        }
    }
}

/// A number of copies, or a share of all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Portion {
    /// So many.
    Count(u32),
    /// A share of the wanted number, between 0 and 1.
    Share(f64),
}

impl Portion {
    /// So many of `all`, shares rounded up.
    pub fn rounded_up(self, all: u32) -> u32 {
        match self {
            Portion::Count(count) => count,
            // A hair less, so that 0.1 of 10 is 1 whatever 0.1 is in binary. A cast saturates.
            Portion::Share(share) => (share * f64::from(all) - 1e-9).ceil() as u32,
        }
    }

    /// So many of `all`, shares rounded down.
    pub fn rounded_down(self, all: u32) -> u32 {
        match self {
            Portion::Count(count) => count,
            Portion::Share(share) => (share * f64::from(all) + 1e-9).floor() as u32,
        }
    }
}

/// A canary release.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Canary {
    /// The share of calls that go to the new version (Flagger's and Argo's examples begin with 5 to 20 %).
    pub share: f64,
    /// How many copies it starts with, beside the old ones.
    pub copies: u32,
}

impl Default for Canary {
    fn default() -> Self {
        Canary { share: 0.1, copies: 1 }
    }
}

/// When a new version counts as bad, by what its calls meet, compared with those of the old one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Guard {
    /// How long it is watched once it is in service (Flagger's `interval` in its examples: 1 min).
    pub watch: Span,
    /// Calls that must have ended before there is a verdict.
    pub calls: u32,
    /// By how much more of its calls may fail than of the old version's (Flagger's examples ask for 99 %
    /// success).
    pub errors: f64,
    /// How many times as long as on the old version a call may take on average.
    pub slowness: f64,
}

impl Default for Guard {
    fn default() -> Self {
        Guard { watch: Span::from_secs(60), calls: 100, errors: 0.01, slowness: 2.0 }
    }
}
