//! Measures: what a run amounts to, added up as it happens.

mod episode;
mod latencies;
pub(crate) mod meter;
pub mod report;
pub mod series;
mod summary;
mod tally;
pub mod theory;

use archlab_model::{Fault, SimTime, Span, Trouble};

use crate::balancing::Pool;
use crate::fact::Outcome;
use crate::instance::Instance;
use crate::measure::report::Care;
use crate::measure::tally::GroupMeasure;

/// All measures of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measures {
    /// By group.
    pub groups: Vec<GroupMeasure>,
}

impl Measures {
    /// Makes room for groups and kinds.
    pub fn widen(&mut self, groups: usize, kinds: usize) {
        if self.groups.len() < groups {
            self.groups.resize_with(groups, GroupMeasure::default);
        }
        for group in &mut self.groups {
            group.widen(kinds);
        }
    }

    #[inline(always)]
    pub fn issued(&mut self, now: SimTime, group: u32, kind: u32) {
        self.groups[group as usize].issued(now, kind);
    }

    #[inline(always)]
    pub fn ended(&mut self, now: SimTime, group: u32, kind: u32, outcome: Outcome, latency: Span) {
        self.groups[group as usize].ended(now, kind, outcome, latency);
    }

    #[inline]
    pub fn retried(&mut self, group: u32) {
        self.groups[group as usize].retries += 1;
    }

    #[inline]
    pub fn wasted(&mut self, group: u32) {
        self.groups[group as usize].wasted += 1;
    }

    /// What guards, deadlines and copies have done in a group.
    pub fn care(&mut self, group: u32) -> &mut Care {
        &mut self.groups[group as usize].care
    }

    /// A request that was answered although something it asked for had failed.
    #[cold]
    pub fn answered_degraded(&mut self, group: u32, kind: u32, outcome: Outcome) {
        if outcome == Outcome::Succeeded {
            self.groups[group as usize].kinds[kind as usize].degraded += 1;
        }
    }

    /// An attempt failed at an instance.
    pub fn attempt_failed(&mut self, now: SimTime, group: u32, instance: u32, retried: bool) {
        self.groups[group as usize].episodes.attempt_failed(now, instance, retried);
    }

    /// A call found none of `instances` believed up.
    pub fn nobody_healthy(&mut self, now: SimTime, group: u32, instances: &[u32]) {
        self.groups[group as usize].episodes.nobody_healthy(now, instances);
    }

    /// A fault took down instances of a group, each with its pool.
    pub fn episode_begins(
        &mut self,
        now: SimTime,
        group: u32,
        fault: Fault,
        lost: Vec<(u32, u32)>,
        instances: &[Instance],
    ) {
        let measure = &mut self.groups[group as usize];
        let before = measure.recent_p99(now);
        measure.episodes.begin(now, fault, lost, before, instances);
    }

    /// What a fault broke was repaired.
    pub fn repaired(&mut self, now: SimTime, trouble: &Trouble) {
        for group in &mut self.groups {
            group.episodes.repaired(now, trouble);
        }
    }

    /// The balancer took an instance out.
    pub fn taken_out(&mut self, now: SimTime, instance: u32) {
        for group in &mut self.groups {
            group.episodes.taken_out(now, instance);
        }
    }

    /// An instance was started on another machine.
    pub fn placed_again(&mut self, now: SimTime, instance: u32) {
        for group in &mut self.groups {
            group.episodes.placed_again(now, instance);
        }
    }

    /// Looks which episodes are over.
    pub fn review_recovery(&mut self, now: SimTime, instances: &[Instance], pools: &[Pool]) {
        for group in &mut self.groups {
            group.episodes.review(now, instances, pools);
        }
    }

    /// The clock moves on, with or without anything happening.
    pub fn advance(&mut self, now: SimTime) {
        for group in &mut self.groups {
            group.advance(now);
        }
    }
}
