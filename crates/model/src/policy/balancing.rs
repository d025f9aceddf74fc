//! Balancing: which instance gets the next request, and what is set about it.

use serde::{Deserialize, Serialize};

use crate::design::is_default;
use crate::time::Span;

/// Which healthy instance gets the next request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Balancing {
    /// Each in turn; in proportion to the weights, and evenly mixed, if they differ (nginx's smooth weighted
    /// round robin).
    #[default]
    RoundRobin,
    /// The one with the fewest requests under way for its weight, as the balancer counts them; in turn among
    /// equals (nginx `least_conn`).
    LeastConnections,
    /// The one with the fewest requests waiting and in service, as if each told its true number at every
    /// moment; the first among equals. No real balancer knows this without delay.
    LeastLoaded,
    /// The one that promises the quickest answer: recent response time, quick to rise and slow to fall, times
    /// requests under way (peak EWMA, as Finagle and Linkerd).
    LeastResponseTime,
    /// Any, by chance, in proportion to the weights (HAProxy `random(1)`).
    Random,
    /// The one with the fewest requests under way for its weight, of a few different ones drawn by chance (two
    /// unless set: nginx `random two`, Envoy's least request).
    RandomChoices,
    /// The same for the same user, by the remainder of a hash (nginx `ip_hash`).
    SourceHash,
    /// The same for the same user, by the next point on a ring (nginx `hash ... consistent`, ketama).
    ConsistentHash,
    /// By the ring, but on to the next instance if one has more than its share (HAProxy
    /// `hash-balance-factor`).
    BoundedLoad,
}

impl Balancing {
    /// All of them, in the order a person reads them.
    pub const ALL: [Balancing; 9] = [
        Balancing::RoundRobin,
        Balancing::LeastConnections,
        Balancing::LeastLoaded,
        Balancing::LeastResponseTime,
        Balancing::Random,
        Balancing::RandomChoices,
        Balancing::SourceHash,
        Balancing::ConsistentHash,
        Balancing::BoundedLoad,
    ];

    /// Whether it asks who the user is.
    pub const fn asks_for_the_user(self) -> bool {
        matches!(self, Balancing::SourceHash | Balancing::ConsistentHash | Balancing::BoundedLoad)
    }
}

/// The settings of a balancer, whatever it goes by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Balancer {
    /// How many are drawn by `random-choices` (nginx `random two`; HAProxy `random(2)`; Envoy `choice_count` 2).
    pub choices: u32,
    /// Points of an instance on the ring, for each unit of weight (nginx: 160).
    pub points: u32,
    /// How much of the average an instance may have under way before `bounded-load` goes on to the next, in
    /// percent (HAProxy's example of `hash-balance-factor`: 150).
    pub bound: u32,
    /// How long a high response time is remembered by `least-response-time` (Finagle and Linkerd: 10 s).
    pub decay: Span,
    /// Keeps a user at the instance that served it first, by a cookie.
    #[serde(skip_serializing_if = "is_default")]
    pub sticky: Option<Stickiness>,
    /// Gives an instance that comes into service its share little by little.
    #[serde(skip_serializing_if = "is_default")]
    pub slow_start: Option<SlowStart>,
    /// What happens when too few are healthy.
    #[serde(skip_serializing_if = "is_default")]
    pub nobody_healthy: NobodyHealthy,
    /// How much of the traffic the machines of the first priority get for each healthy percent of them, in percent;
    /// the rest goes to the next priority (Envoy's overprovisioning factor: 140).
    pub overprovisioning: u32,
}

impl Default for Balancer {
    fn default() -> Self {
        Balancer {
            choices: 2,
            points: 160,
            bound: 150,
            decay: Span::from_secs(10),
            sticky: None,
            slow_start: None,
            nobody_healthy: NobodyHealthy::default(),
            overprovisioning: 140,
        }
    }
}

/// Sticky sessions: a cookie names the user's instance. One that is unhealthy or gone is forgotten, and the next
/// request is balanced as any other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Stickiness {
    /// How long a user is kept after its last request (AWS `AWSALB` cookie: one day).
    pub duration: Span,
}

impl Default for Stickiness {
    fn default() -> Self {
        Stickiness { duration: Span::from_secs(24 * 3600) }
    }
}

/// Slow start: the weight of an instance that has just been taken in grows to its full size. Not at the start of
/// a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SlowStart {
    /// How long it takes (AWS: 30 s to 900 s).
    pub window: Span,
    /// 1: linear, as HAProxy and AWS. More: quicker at first (Envoy's `aggression`).
    pub aggression: f64,
    /// The least share of its weight, in percent (Envoy: 10).
    pub least: u32,
}

impl Default for SlowStart {
    fn default() -> Self {
        SlowStart { window: Span::from_secs(30), aggression: 1.0, least: 10 }
    }
}

/// What a balancer does when too few instances are healthy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NobodyHealthy {
    /// It fails what it cannot give to a healthy one (nginx, HAProxy).
    #[default]
    Refuse,
    /// When none is healthy, it goes on as if all were (AWS: fails open).
    FailOpen,
    /// When fewer than this percentage are healthy, it goes on as if all were, so that the few are not crushed
    /// (Envoy's panic threshold: 50).
    Panic(u32),
}

impl NobodyHealthy {
    /// Whether health is to be ignored when `healthy` of `all` are.
    pub fn ignores_health(self, healthy: u32, all: u32) -> bool {
        match self {
            NobodyHealthy::Refuse => false,
            NobodyHealthy::FailOpen => healthy == 0,
            NobodyHealthy::Panic(percent) => u64::from(healthy) * 100 < u64::from(percent) * u64::from(all),
        }
    }
}
