//! Rules: what a balancer goes by, compiled from a group's policies.

use archlab_model::{
    Balancer, Balancing, NobodyHealthy, OutlierEjection, PassiveChecks, Policies, SessionScheme, Stickiness,
};

use crate::balancing::seat::Part;

/// What a balancer goes by.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rules {
    pub balancing: Balancing,
    pub balancer: Balancer,
    pub passive: Option<PassiveChecks>,
    pub outliers: Option<OutlierEjection>,
    /// Whether it matters to somebody else who the user is.
    pub users: bool,
}

impl Rules {
    /// Those of a group. Where sessions lie with instances, users are kept there.
    pub fn of(policies: &Policies) -> Rules {
        let mut balancer = policies.balancer.clone();
        let held = policies.sessions.as_ref().is_some_and(|sessions| {
            use SessionScheme::{Backup, Replicated, Sticky};
            matches!(sessions.scheme, Sticky | Replicated | Backup)
        });
        if held && balancer.sticky.is_none() {
            balancer.sticky = Some(Stickiness::default());
        }
        Rules {
            balancing: policies.balancing,
            balancer,
            passive: policies.health.passive.clone(),
            outliers: policies.health.outliers.clone(),
            users: policies.sessions.is_some(),
        }
    }

    /// Whether the plain way of a pool is not enough for these instances.
    pub fn need_a_chooser(&self, parts: &[Part]) -> bool {
        let Balancer { sticky, slow_start, nobody_healthy, .. } = &self.balancer;
        let unlike =
            parts.iter().any(|part| part.weight != parts[0].weight || part.priority != parts[0].priority);
        let drained = parts.iter().any(|part| part.weight == 0);
        matches!(
            self.balancing,
            Balancing::LeastResponseTime
                | Balancing::SourceHash
                | Balancing::ConsistentHash
                | Balancing::BoundedLoad
        ) || sticky.is_some()
            || slow_start.is_some()
            || *nobody_healthy != NobodyHealthy::Refuse
            || self.passive.is_some()
            || self.outliers.is_some()
            || unlike
            || drained
    }

    /// Whether it matters who the user is.
    pub fn ask_for_the_user(&self) -> bool {
        self.users || self.balancing.asks_for_the_user() || self.balancer.sticky.is_some()
    }
}
