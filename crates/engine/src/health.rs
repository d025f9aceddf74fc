//! Active health checks, after HAProxy: the next check starts `interval` after the previous one ended;
//! `fall` failures in a row take an instance out, `rise` passes in a row take it in.
//!
//! A check takes no worker: the process answers it as long as it lives. What is modelled is a check that
//! tells whether the process is there, not whether it is busy.

use archlab_model::{SimTime, Span};

use crate::event::Control;
use crate::fact::Fact;
use crate::instance::Process;
use crate::network::End;
use crate::world::World;

/// What the balancer believes of an instance, and why.
#[derive(Debug, Clone, Copy)]
pub struct Health {
    /// Whether it gets calls.
    pub believed_up: bool,
    /// Checks in a row that said otherwise.
    pub against: u32,
    /// An older check is void.
    epoch: u32,
    /// When the check under way was sent, and how it will end.
    sent: SimTime,
    passing: bool,
}

impl Health {
    /// Believed up. The first check is yet to be planned.
    pub fn up() -> Health {
        Health { believed_up: true, against: 0, epoch: 0, sent: SimTime::START, passing: true }
    }
}

impl World {
    /// Plans the first check of an instance, somewhere within an interval from now.
    pub fn begin_checks(&mut self, index: u32) {
        let group = self.instances[index as usize].group;
        let interval = self.groups[group as usize].health.interval;
        let phase = self.phases[index as usize].unit() * interval.as_nanos() as f64;
        self.plan_check(index, self.now + Span::from_nanos(phase as u64));
    }

    /// Plans a check to be sent at `sent`. Whatever was planned before is void.
    fn plan_check(&mut self, index: u32, sent: SimTime) {
        let latency = self.check_latency(index);
        let health = &mut self.instances[index as usize].health;
        health.epoch = health.epoch.wrapping_add(1);
        health.sent = sent;
        let epoch = health.epoch;
        self.schedule(sent + latency, Control::Probe { instance: index, epoch });
    }

    /// A check reaches an instance, or the silence where it was.
    pub fn on_probe(&mut self, index: u32, epoch: u32) {
        let instance = &self.instances[index as usize];
        if instance.health.epoch != epoch || !instance.present {
            return;
        }
        let timeout = self.groups[instance.group as usize].health.timeout;
        let sent = instance.health.sent;
        let answered = self.machines[instance.machine as usize].on;
        let passing = answered && instance.process == Process::Up;
        let gives_up = sent + timeout;
        let answer = self.now + self.check_latency(index);
        let (ends, passing) =
            if answered && answer <= gives_up { (answer, passing) } else { (gives_up.max(self.now), false) };
        self.instances[index as usize].health.passing = passing;
        if ends == self.now {
            self.on_probed(index, epoch);
        } else {
            self.schedule(ends, Control::Probed { instance: index, epoch });
        }
    }

    /// A check ends.
    pub fn on_probed(&mut self, index: u32, epoch: u32) {
        let instance = &mut self.instances[index as usize];
        if instance.health.epoch != epoch || !instance.present {
            return;
        }
        let plan = self.groups[instance.group as usize].health;
        let passed = instance.health.passing;
        let health = &mut instance.health;
        if passed == health.believed_up {
            health.against = 0;
        } else {
            health.against += 1;
        }
        let needed = if health.believed_up { plan.fall } else { plan.rise };
        if health.against >= needed {
            self.believe(index, passed);
        } else {
            self.tell(Fact::Checked { instance: index, passed });
        }
        self.plan_check(index, self.now + plan.interval);
    }

    /// Changes what the balancer believes.
    pub fn believe(&mut self, index: u32, up: bool) {
        let health = &mut self.instances[index as usize].health;
        health.against = 0;
        if health.believed_up == up {
            return;
        }
        health.believed_up = up;
        let pool = self.instances[index as usize].pool;
        self.pools[pool as usize].review(&self.instances);
        self.tell(if up {
            Fact::BelievedUp { instance: index }
        } else {
            Fact::BelievedDown { instance: index }
        });
        if !up {
            self.measures.taken_out(self.now, index);
        }
        self.review_recovery();
    }

    fn check_latency(&self, index: u32) -> Span {
        let instance = &self.instances[index as usize];
        self.network.latency(End::Entry(instance.group), End::Machine(instance.machine))
    }
}
