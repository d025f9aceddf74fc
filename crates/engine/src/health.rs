//! Health checks, after HAProxy unless set otherwise: the next check starts `interval` after the previous one ended;
//! `fall` failures in a row take an instance out, `rise` passes in a row take it in.
//!
//! A check takes no worker: the process answers it as long as it lives. What is modelled is a check that
//! tells whether the process is there, not whether it is busy.

pub mod discovery;
pub mod outlier;
pub mod passive;
pub mod registry;
mod stop;
mod trust;

use archlab_model::{HealthCheck, Rhythm, SimTime, Span};

use crate::event::Control;
use crate::fact::{Fact, Place};
use crate::instance::Process;
use crate::network::{End, Route};
use crate::plan::MIN_CHECK;
use crate::world::World;

/// What the balancer believes of an instance, and why.
#[derive(Debug, Clone, Copy)]
pub struct Health {
    /// Whether it gets calls: it is listed, passes its checks, and is trusted.
    pub believed_up: bool,
    /// What its checks say.
    pub checked_up: bool,
    /// Whether callers have heard that it is there.
    pub listed: bool,
    /// Whether it has done its requests well enough.
    pub trusted: bool,
    /// Whether calls are meant for its version, while versions are told apart.
    pub routed: bool,
    /// Whether it stands in the registry.
    registered: bool,
    /// What was planned about its place on the list under another number is void.
    list_epoch: u32,
    /// Checks in a row that said otherwise.
    pub against: u32,
    /// Whether its checks have never said that it is up.
    new: bool,
    /// An older check is void.
    epoch: u32,
    /// Whether there will be another check.
    planned: bool,
    /// When the check under way was sent, and how it will end.
    sent: SimTime,
    passing: bool,
}

impl Health {
    /// Believed up. The first check is yet to be planned.
    pub fn up() -> Health {
        Health {
            believed_up: true,
            checked_up: true,
            listed: true,
            trusted: true,
            routed: true,
            registered: true,
            list_epoch: 0,
            against: 0,
            new: false,
            epoch: 0,
            planned: false,
            sent: SimTime::START,
            passing: true,
        }
    }

    /// How many checks in a row say otherwise than is believed.
    pub fn doubts(&self) -> u32 {
        if self.checked_up == self.believed_up { self.against } else { 0 }
    }
}

/// How health is checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HealthPlan {
    /// From the end of one check to the start of the next; from start to start if the rhythm is fixed.
    pub interval: Span,
    /// How long a check waits for its answer.
    pub timeout: Span,
    /// Failed checks in a row until an instance is taken out.
    pub fall: u32,
    /// Passed checks in a row until it is taken in again.
    pub rise: u32,
    /// The same for one that is new.
    pub first_rise: u32,
    pub rhythm: Rhythm,
}

impl HealthPlan {
    /// The sensible part of what a person has set.
    pub fn of(check: &HealthCheck) -> HealthPlan {
        let rise = check.rise.max(1);
        HealthPlan {
            interval: check.interval.max(MIN_CHECK),
            timeout: check.timeout.max(MIN_CHECK),
            fall: check.fall.max(1),
            rise,
            first_rise: check.first_rise.map_or(rise, |first| first.max(1)),
            rhythm: check.rhythm,
        }
    }
}

impl World {
    /// An instance is new to its balancer, or back: believed up at once, or not before its checks have passed.
    pub fn begin_health(&mut self, index: u32, joins: bool, listed: bool) {
        let instance = &mut self.instances[index as usize];
        let checked = self.groups[instance.group as usize].health.rhythm != Rhythm::Never;
        let health = &mut instance.health;
        (health.checked_up, health.new, health.against) = (!(joins && checked), joins, 0);
        health.trusted = true;
        self.begin_listing(index, listed);
        let health = &mut self.instances[index as usize].health;
        health.believed_up = health.checked_up && health.listed && health.routed;
        self.begin_checks(index);
    }

    /// Plans the first check of an instance, somewhere within an interval from now, if there are checks.
    pub fn begin_checks(&mut self, index: u32) {
        let group = self.instances[index as usize].group;
        let HealthPlan { interval, rhythm, .. } = self.groups[group as usize].health;
        if rhythm == Rhythm::Never {
            let health = &mut self.instances[index as usize].health;
            (health.epoch, health.planned) = (health.epoch.wrapping_add(1), false);
            return;
        }
        let phase = self.phases[index as usize].unit() * interval.as_nanos() as f64;
        self.plan_check(index, self.now + Span::from_nanos(phase as u64));
    }

    /// Goes on as the plan says now: where there were no checks, they begin; where there are none any more, an
    /// instance is well.
    pub fn review_checks(&mut self, index: u32) {
        let instance = &mut self.instances[index as usize];
        let rhythm = self.groups[instance.group as usize].health.rhythm;
        match (rhythm, instance.health.planned) {
            (Rhythm::Never, true) => {
                instance.health.epoch = instance.health.epoch.wrapping_add(1);
                instance.health.planned = false;
                (instance.health.checked_up, instance.health.against) = (true, 0);
                self.sum_up(index);
            }
            (Rhythm::AfterEnd | Rhythm::Fixed, false) => self.begin_checks(index),
            _ => {}
        }
    }

    /// Plans a check to be sent at `sent`. Whatever was planned before is void.
    fn plan_check(&mut self, index: u32, sent: SimTime) {
        let latency = self.check_latency(index);
        let health = &mut self.instances[index as usize].health;
        health.epoch = health.epoch.wrapping_add(1);
        (health.planned, health.sent) = (true, sent);
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
        let (entry, machine) = (End::Entry(instance.group), End::Machine(instance.machine));
        let runs = instance.process == Process::Up;
        let on = self.machines[instance.machine as usize].on;
        let ways = (self.network.added(entry, machine), self.network.route(machine, entry));
        let (answered, travel) = match ways {
            (Some(late), Route::After(back)) => (on && !(runs && self.is_mute(index)), late + back),
            _ => (false, Span::ZERO),
        };
        let passing = answered && runs;
        let gives_up = sent + timeout;
        let answer = self.now + travel;
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
        if passed == health.checked_up {
            health.against = 0;
        } else {
            health.against += 1;
        }
        let needed = match (health.checked_up, health.new) {
            (true, _) => plan.fall,
            (false, true) => plan.first_rise,
            (false, false) => plan.rise,
        };
        let sent = health.sent;
        if health.against >= needed {
            self.believe(index, passed);
        } else {
            self.tell(Fact::Checked { instance: index, passed });
        }
        let group = self.instances[index as usize].group;
        let interval = self.clock(Place::Entry(group)).timer(plan.interval).max(MIN_CHECK);
        let next = match plan.rhythm {
            Rhythm::AfterEnd => self.now + interval,
            Rhythm::Fixed => {
                // One that took longer than an interval delays the next to the beat after.
                let beats = self.now.since(sent).as_nanos().div_ceil(interval.as_nanos()).max(1);
                sent + interval * beats
            }
            Rhythm::Never => {
                self.instances[index as usize].health.planned = false;
                return;
            }
        };
        self.plan_check(index, next);
    }

    /// The checks of an instance have come to another verdict.
    pub fn believe(&mut self, index: u32, up: bool) {
        let health = &mut self.instances[index as usize].health;
        (health.against, health.checked_up) = (0, up);
        health.new &= !up;
        self.sum_up(index);
    }

    /// Sums up what is known of an instance, and acts if that is something else than before.
    pub fn sum_up(&mut self, index: u32) {
        let health = &mut self.instances[index as usize].health;
        let up = health.listed && health.checked_up && health.trusted && health.routed;
        let changed = health.believed_up != up;
        health.believed_up = up;
        let pool = self.instances[index as usize].pool;
        self.pools[pool as usize].review(self.now, false, &self.instances);
        if !changed {
            return;
        }
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
