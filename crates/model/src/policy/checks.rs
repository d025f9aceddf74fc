//! Health: how a balancer finds out which instances are healthy.

use serde::{Deserialize, Serialize};

use crate::design::is_default;
use crate::time::Span;

/// Health checks. Defaults: HAProxy (`inter` 2 s, `fall` 3, `rise` 2; the check timeout is `inter` unless set; the
/// next check starts `interval` after the previous one ended).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct HealthCheck {
    /// From the end of one check to the start of the next; from start to start if the rhythm is fixed.
    pub interval: Span,
    /// How long a check waits for its answer.
    pub timeout: Span,
    /// Failed checks in a row until the instance is taken out.
    pub fall: u32,
    /// Passed checks in a row until it is taken in again.
    pub rise: u32,
    /// When the next check starts.
    #[serde(skip_serializing_if = "is_default")]
    pub rhythm: Rhythm,
    /// Passed checks in a row until a new instance is taken in for the first time; `rise` if absent.
    #[serde(skip_serializing_if = "is_default")]
    pub first_rise: Option<u32>,
    /// Learns from the requests themselves which instance fails.
    #[serde(skip_serializing_if = "is_default")]
    pub passive: Option<PassiveChecks>,
    /// Takes out what stands out.
    #[serde(skip_serializing_if = "is_default")]
    pub outliers: Option<OutlierEjection>,
}

impl Default for HealthCheck {
    fn default() -> Self {
        HealthCheck {
            interval: Span::from_secs(2),
            timeout: Span::from_secs(2),
            fall: 3,
            rise: 2,
            rhythm: Rhythm::default(),
            first_rise: None,
            passive: None,
            outliers: None,
        }
    }
}

impl HealthCheck {
    /// As an AWS Application Load Balancer checks: every 30 s, whatever an answer takes; 5 s to answer; out after
    /// 2, in after 5, a new target after 1.
    pub fn aws() -> HealthCheck {
        HealthCheck {
            interval: Span::from_secs(30),
            timeout: Span::from_secs(5),
            fall: 2,
            rise: 5,
            rhythm: Rhythm::Fixed,
            first_rise: Some(1),
            ..HealthCheck::default()
        }
    }

    /// As a Kubernetes readiness probe: every 10 s, 1 s to answer; out after 3, in after 1.
    pub fn kubernetes() -> HealthCheck {
        HealthCheck {
            interval: Span::from_secs(10),
            timeout: Span::from_secs(1),
            fall: 3,
            rise: 1,
            rhythm: Rhythm::Fixed,
            ..HealthCheck::default()
        }
    }
}

/// When the next check starts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Rhythm {
    /// An interval after the previous one ended (HAProxy).
    #[default]
    AfterEnd,
    /// An interval after the previous one started, whatever its answer took (AWS, Kubernetes).
    Fixed,
    /// There are no checks (nginx).
    Never,
}

/// Passive failure counting, after nginx's `max_fails` and `fail_timeout`: so many failed attempts take an instance
/// out for a while; after it one request tries, and only its success takes it in again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PassiveChecks {
    /// Failed attempts that take an instance out (nginx: 1).
    pub max_fails: u32,
    /// For how long (nginx: 10 s).
    pub fail_timeout: Span,
}

impl Default for PassiveChecks {
    fn default() -> Self {
        PassiveChecks { max_fails: 1, fail_timeout: Span::from_secs(10) }
    }
}

/// Outlier ejection, after Envoy: an instance that fails too often in a row, or far more often than the others, is
/// taken out for a while, longer each time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct OutlierEjection {
    /// Failed attempts in a row that eject an instance (Envoy `consecutive_5xx`: 5).
    pub consecutive: u32,
    /// How often is looked who may return, and who stands out (Envoy: 10 s).
    pub interval: Span,
    /// How long the first ejection lasts; the n-th lasts n times as long (Envoy: 30 s).
    pub base: Span,
    /// The longest ejection (Envoy: 300 s).
    pub longest: Span,
    /// The most that may be out at once, in percent of all; one may always (Envoy: 10).
    pub most: u32,
    /// Ejects by the rate of success, too.
    #[serde(skip_serializing_if = "is_default")]
    pub success_rate: Option<SuccessRate>,
}

impl Default for OutlierEjection {
    fn default() -> Self {
        OutlierEjection {
            consecutive: 5,
            interval: Span::from_secs(10),
            base: Span::from_secs(30),
            longest: Span::from_secs(300),
            most: 10,
            success_rate: None,
        }
    }
}

/// Ejection of instances whose rate of success in an interval lies far below the average.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SuccessRate {
    /// How many instances there must be to compare (Envoy: 5).
    pub hosts: u32,
    /// How many requests each must have had in the interval (Envoy: 100).
    pub requests: u32,
    /// How many standard deviations below the average is too far (Envoy: 1.9).
    pub deviations: f64,
}

impl Default for SuccessRate {
    fn default() -> Self {
        SuccessRate { hosts: 5, requests: 100, deviations: 1.9 }
    }
}
