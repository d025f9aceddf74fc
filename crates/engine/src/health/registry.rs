//! The registry of a group: which instances its callers have heard of.

use archlab_model::{Discovery, Span};

use crate::event::Control;
use crate::health::discovery::{Phases, lease_ends, phase, strikes_off};
use crate::instance::{Instance, Process};
use crate::random::Stream;
use crate::world::World;

/// How soon a registry that may strike nobody off looks again, at least.
const SHORTEST_LOOK: Span = Span::from_secs(1);

/// A registry and the copies of its list.
#[derive(Debug, Clone)]
pub struct Registry {
    plan: Discovery,
    phases: Phases,
}

impl Registry {
    /// What becomes of a registry when `plan` is adopted. One that goes on keeps its rhythm.
    pub fn adopt(
        before: Option<Registry>,
        plan: Option<&Discovery>,
        seed: u64,
        group: &str,
    ) -> Option<Registry> {
        let plan = plan?;
        let same = before.filter(|known| known.plan == *plan);
        Some(same.unwrap_or_else(|| {
            let mut stream = Stream::new(seed, "registry", group);
            Registry { plan: plan.clone(), phases: Phases::draw(plan, &mut stream) }
        }))
    }
}

impl World {
    /// An instance is new: it stands on the list if it was prepared, otherwise once it has reported.
    pub(super) fn begin_listing(&mut self, index: u32, prepared: bool) {
        let instance = &mut self.instances[index as usize];
        let listed = prepared || self.groups[instance.group as usize].registry.is_none();
        (instance.health.listed, instance.health.registered) = (listed, listed);
    }

    /// Goes on as the plan says now: without a registry everybody is heard of.
    pub fn review_listing(&mut self, index: u32) {
        let instance = &self.instances[index as usize];
        let there = self.groups[instance.group as usize].registry.is_some();
        match (there, instance.process) {
            (false, _) if !instance.health.listed => self.list(index, true),
            (true, Process::Crashed | Process::Off) => self.stop_reporting(index),
            _ => {}
        }
    }

    /// The process of an instance has begun: it reports, and stands in the registry at once.
    pub fn begin_reporting(&mut self, index: u32) {
        let health = &mut self.instances[index as usize].health;
        health.list_epoch = health.list_epoch.wrapping_add(1);
        if !health.registered {
            health.registered = true;
            self.spread(index, true);
        }
    }

    /// The process of an instance has ended without a word: the registry learns of it by its silence.
    pub fn stop_reporting(&mut self, index: u32) {
        let instance = &mut self.instances[index as usize];
        let Some(registry) = &self.groups[instance.group as usize].registry else { return };
        if !instance.health.registered {
            return;
        }
        instance.health.list_epoch = instance.health.list_epoch.wrapping_add(1);
        let epoch = instance.health.list_epoch;
        let name = self.names.roster.instances[index as usize].to_string();
        let beat = phase(registry.plan.heartbeat, &mut Stream::new(self.seed, "heartbeat", &name));
        let ends = lease_ends(&registry.plan, beat, self.now);
        let looks = registry.phases.next_sweep(&registry.plan, ends);
        self.schedule(looks, Control::Lease { instance: index, epoch });
    }

    /// The registry looks at a lease that has run out.
    pub fn on_lease(&mut self, index: u32, epoch: u32) {
        let instance = &self.instances[index as usize];
        let Some(registry) = &self.groups[instance.group as usize].registry else { return };
        if instance.health.list_epoch != epoch || !instance.present {
            return;
        }
        let group = instance.group;
        let there = || (0..).zip(&self.instances).filter(|(_, other)| other.present && other.group == group);
        let listed = there().filter(|(_, other)| other.health.registered).count();
        let reporting = |(other, known): &(u32, &Instance)| {
            let lives = matches!(known.process, Process::Up | Process::Stopping { .. });
            known.health.registered && lives && self.is_heard(*other)
        };
        if strikes_off(&registry.plan, there().filter(reporting).count(), listed) {
            self.deregister(index);
        } else {
            let again = registry.plan.sweep.max(SHORTEST_LOOK);
            self.schedule(self.now + again, Control::Lease { instance: index, epoch });
        }
    }

    /// An instance is struck off the list, or has asked to be.
    pub fn deregister(&mut self, index: u32) {
        let health = &mut self.instances[index as usize].health;
        health.list_epoch = health.list_epoch.wrapping_add(1);
        health.registered = false;
        self.spread(index, false);
    }

    /// What stands in the registry makes its way to the callers.
    fn spread(&mut self, index: u32, listed: bool) {
        let group = self.instances[index as usize].group;
        let registry = self.groups[group as usize].registry.as_ref();
        let seen = registry.map_or(self.now, |registry| registry.phases.seen(&registry.plan, self.now));
        if seen == self.now {
            self.list(index, listed);
        } else {
            self.schedule(seen, Control::Listed { instance: index, listed });
        }
    }

    /// The callers see the list anew.
    pub fn on_listed(&mut self, index: u32, listed: bool) {
        let group = self.instances[index as usize].group;
        if self.groups[group as usize].registry.is_some() {
            self.list(index, listed);
        }
    }

    fn list(&mut self, index: u32, listed: bool) {
        let health = &mut self.instances[index as usize].health;
        health.listed = listed;
        // Without a registry the one list is the callers'.
        let there = self.groups[self.instances[index as usize].group as usize].registry.is_some();
        self.instances[index as usize].health.registered |= listed && !there;
        self.sum_up(index);
    }
}
