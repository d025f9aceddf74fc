//! Adopting instances: which go on, which move, which begin, which are no more.

use super::Before;
use crate::balancing::Pool;
use crate::event::Event;
use crate::fact::Fact;
use crate::instance::{Instance, Process};
use crate::plan::{InstancePlan, Plan};
use crate::random::Stream;
use crate::world::World;

impl World {
    /// Brings pools and instances in line with a plan, given what each group was before.
    pub(super) fn take_on_instances(&mut self, plan: &Plan, before: &[Before]) {
        let pools_before = self.pools.len();
        for (index, pool) in plan.pools.iter().enumerate() {
            let known = match self.pools.get_mut(index) {
                Some(known) => known,
                None => {
                    self.pools.push(Pool::default());
                    &mut self.pools[index]
                }
            };
            known.present = pool.is_some();
            if let Some(pool) = pool {
                known.group = pool.group;
                known.instances.clone_from(&pool.instances);
            }
        }
        // All have their place in the table before anything is asked about any of them.
        let known = self.instances.len();
        for (index, instance) in plan.instances.iter().enumerate().skip(known) {
            let Some(instance) = instance else { continue };
            let id = &self.names.roster.instances[index];
            self.phases.push(Stream::new(self.seed, "check phase", &id.to_string()));
            let group = self.pools[instance.pool as usize].group;
            self.instances.push(Instance::new(self.now, group, instance));
        }
        for (index, instance) in (0..).zip(&plan.instances) {
            let Some(instance) = instance else {
                let gone = &mut self.instances[index as usize];
                (gone.present, gone.homeless) = (false, false);
                continue;
            };
            let before = before[self.pools[instance.pool as usize].group as usize];
            if self.instances[index as usize].present {
                self.keep_instance(index, instance, before);
            } else {
                // A service that is new itself has no traffic yet to be kept from: it is prepared, too.
                let joins = before == Before::Same && (instance.pool as usize) < pools_before;
                self.add_instance(index, instance, joins);
            }
        }
    }

    /// An instance of the design before is one of this design, too.
    fn keep_instance(&mut self, index: u32, plan: &InstancePlan, before: Before) {
        self.resize_instance(index, plan);
        let target = plan.machine;
        let instance = &mut self.instances[index as usize];
        let wanted_before = std::mem::replace(&mut instance.planned, target);
        if wanted_before == target || instance.machine == target || !self.machines[target as usize].on {
            return;
        }
        match (instance.process, before) {
            // Prepared there before traffic is switched to it.
            (Process::Up, Before::Another) => instance.machine = target,
            // It serves where it is until its successor has started.
            (Process::Up, Before::Same) => {
                let ready = self.now + self.groups[instance.group as usize].startup;
                let epoch = instance.epoch;
                self.tell(Fact::InstanceStarting { instance: index, machine: target });
                self.agenda.schedule(ready, Event::Moved { instance: index, epoch });
            }
            _ => self.move_to(index, target),
        }
    }

    /// The successor of an instance has started on the machine that the layout wants it on now. What the
    /// instance is at work on ends where it began.
    pub fn on_moved(&mut self, index: u32, epoch: u32) {
        let instance = &mut self.instances[index as usize];
        if instance.epoch == epoch && instance.present && self.machines[instance.planned as usize].on {
            instance.machine = instance.planned;
            self.tell(Fact::InstanceUp { instance: index });
        }
    }

    /// An instance begins; `joins` if it does so among others that already serve.
    fn add_instance(&mut self, index: u32, plan: &InstancePlan, joins: bool) {
        self.resize_instance(index, plan);
        let instance = &mut self.instances[index as usize];
        (instance.present, instance.planned) = (true, plan.machine);
        (instance.health.believed_up, instance.health.against) = (!joins, 0);
        if joins || !self.machines[plan.machine as usize].on {
            self.move_to(index, plan.machine);
        } else {
            instance.machine = plan.machine;
            if instance.process != Process::Up {
                instance.epoch = instance.epoch.wrapping_add(1);
                instance.process = Process::Up;
                self.tell(Fact::InstanceUp { instance: index });
            }
        }
        self.begin_checks(index);
    }

    /// Ends the process of an instance where it is, and starts it on `machine`, cold.
    fn move_to(&mut self, index: u32, machine: u32) {
        self.end_process(index, Process::Crashed);
        let instance = &mut self.instances[index as usize];
        (instance.machine, instance.homeless) = (machine, false);
        if self.machines[machine as usize].on {
            self.start(index);
        } else {
            instance.process = Process::Off;
        }
    }

    fn resize_instance(&mut self, index: u32, plan: &InstancePlan) {
        let station = &mut self.instances[index as usize].station;
        if (station.servers, station.room) == (plan.workers, plan.queue) {
            return;
        }
        station.resize(self.now, plan.workers, plan.queue);
        while let Some(next) = station.take_waiting() {
            self.immediate.push_back(Event::Begin(next));
        }
    }
}
