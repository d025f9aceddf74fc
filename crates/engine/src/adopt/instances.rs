//! Adopting instances: which go on, which move, which begin, which are no more.

use super::Before;
use crate::balancing::{Part, Pool, name};
use crate::event::Control;
use crate::fact::{Fact, Place};
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
                    self.pools.push(Pool::new(Stream::new(
                        self.seed,
                        "balancing",
                        self.names.services[index].as_str(),
                    )));
                    &mut self.pools[index]
                }
            };
            known.present = pool.is_some();
            if let Some(pool) = pool {
                known.group = pool.group;
                known.instances.clone_from(&pool.instances);
                known.nonblocking = pool.nonblocking;
                let calls = &self.groups[pool.group as usize].calls;
                let own = pool.rules.as_ref().map(|rules| rules.balancing);
                (known.balancing, known.response) = (own.unwrap_or(calls.balancing), calls.response);
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
        self.take_on_rules(plan);
    }

    /// Brings the balancers in line with a plan: what they go by, and among whom they choose.
    fn take_on_rules(&mut self, plan: &Plan) {
        self.listening = self.operation.watching;
        for (index, pool) in (0..).zip(&mut self.pools) {
            if let Some(pool_plan) = &plan.pools[index]
                && let Some(group) = &plan.groups[pool_plan.group as usize]
            {
                let part = |instance: &u32| {
                    let planned = plan.instances[*instance as usize].as_ref();
                    let machine = planned.and_then(|planned| plan.machines[planned.machine as usize]);
                    let (weight, priority) =
                        machine.map_or((1, 0), |machine| (machine.weight, machine.priority));
                    let name = name(&self.names.roster.instances[*instance as usize].to_string());
                    Part { instance: *instance, name, weight, priority }
                };
                let parts: Vec<Part> = pool.instances.iter().map(part).collect();
                pool.adopt(pool_plan.rules.as_ref().unwrap_or(&group.rules), &parts);
            }
            pool.review(self.now, true, &self.instances);
            self.listening |= pool.chooser.as_ref().is_some_and(|chooser| chooser.listens());
        }
        for index in 0..self.pools.len() as u32 {
            self.plan_looks(index);
        }
        for index in 0..self.instances.len() as u32 {
            self.review_trust(index);
        }
    }

    /// An instance of the design before is one of this design, too.
    fn keep_instance(&mut self, index: u32, plan: &InstancePlan, before: Before) {
        self.resize_instance(index, plan);
        self.review_checks(index);
        self.review_listing(index);
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
                self.schedule(ready, Control::Moved { instance: index, epoch });
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
    pub fn add_instance(&mut self, index: u32, plan: &InstancePlan, joins: bool) {
        self.resize_instance(index, plan);
        let instance = &mut self.instances[index as usize];
        (instance.present, instance.planned) = (true, plan.machine);
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
        let listed = !joins && self.machines[plan.machine as usize].on;
        self.begin_health(index, joins, listed);
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
        self.serve_waiting(Place::Instance(index));
    }

    /// Gives what waits at a station, which has grown, to its free servers.
    pub(super) fn serve_waiting(&mut self, at: Place) {
        loop {
            let station = match at {
                Place::Instance(index) => &mut self.instances[index as usize].station,
                Place::Store(index) => &mut self.stores[index as usize].station,
                Place::Client(_) | Place::Entry(_) => return,
            };
            let next = station.take_waiting(self.now);
            if next.is_none() {
                return;
            }
            self.serve_next(next);
        }
    }

    /// Looks which machines have a core for each worker that can ever want one. Where that has ceased, what runs
    /// alone shares the cores from now on.
    pub fn review_room(&mut self) {
        let mut wanted = vec![0u64; self.machines.len()];
        for instance in self.instances.iter().filter(|instance| instance.present) {
            let workers = match self.pools[instance.pool as usize].spreads {
                true => u32::MAX,
                false => instance.station.servers,
            };
            for machine in [instance.machine, instance.planned] {
                wanted[machine as usize] += u64::from(workers);
                if instance.machine == instance.planned {
                    break;
                }
            }
        }
        for (machine, wanted) in wanted.into_iter().enumerate() {
            let known = &self.machines[machine];
            // What runs there already may be of an instance that is elsewhere by now.
            let roomy = wanted <= u64::from(known.cores) && (known.roomy || known.running() == 0);
            if known.roomy && !roomy {
                self.share_cores(machine as u32);
            }
            self.machines[machine].roomy = roomy;
        }
    }

    /// Makes everything that has a core of a machine for itself share its cores with others.
    pub fn share_cores(&mut self, machine: u32) {
        let alone = self.works.iter().filter(|(_, work)| work.machine == machine);
        let alone: Vec<u32> = alone.map(|(index, _)| index as u32).collect();
        for work in alone {
            self.share_core(work);
        }
        self.wake_machine(machine);
    }
}
