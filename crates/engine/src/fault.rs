//! Faults and repairs: processes that end and start, machines that fall silent and come back.

use archlab_model::{Fault, InstanceId, MachineId};

use crate::event::Control;
use crate::fact::{Fact, Reason};
use crate::instance::Process;
use crate::work::{Answer, Flags, State};
use crate::world::World;

impl World {
    /// Does what a fault or a repair says. One that names nothing that is there does nothing.
    pub fn apply_fault(&mut self, fault: &Fault) {
        match fault {
            Fault::Crash(id) => {
                for index in self.instances_named(id) {
                    self.crash(index, fault);
                }
            }
            Fault::Stop(id) => {
                for index in self.instances_named(id) {
                    self.stop(index);
                }
            }
            Fault::Restart(id) => {
                for index in self.instances_named(id) {
                    self.restart(index);
                }
            }
            Fault::PowerOff(id) => {
                if let Some(index) = self.machine_named(id) {
                    self.power_off(index, fault);
                }
            }
            Fault::PowerOn(id) => {
                if let Some(index) = self.machine_named(id) {
                    self.power_on(index);
                }
            }
            other => self.apply_store_fault(other),
        }
    }

    fn instances_named(&self, id: &InstanceId) -> Vec<u32> {
        let named = self.names.roster.instances.iter().zip(0..).filter(|(name, _)| *name == id);
        named.map(|(_, index)| index).collect()
    }

    fn machine_named(&self, id: &MachineId) -> Option<u32> {
        self.names.machines.find(id).filter(|index| (*index as usize) < self.machines.len())
    }

    fn crash(&mut self, index: u32, fault: &Fault) {
        let Some(instance) = self.instances.get(index as usize) else { return };
        if matches!(instance.process, Process::Crashed | Process::Off) {
            return;
        }
        let (group, pool) = (instance.group, instance.pool);
        self.measures.episode_begins(self.now, group, fault.clone(), vec![(index, pool)], &self.instances);
        self.end_process(index, Process::Crashed);
        self.review_recovery();
    }

    fn restart(&mut self, index: u32) {
        let Some(instance) = self.instances.get(index as usize) else { return };
        if !self.machines[instance.machine as usize].on {
            return;
        }
        let crash = Fault::Crash(self.names.roster.instances[index as usize].clone());
        self.measures.repaired(self.now, &crash);
        self.end_process(index, Process::Crashed);
        self.start(index);
        self.review_recovery();
    }

    fn power_off(&mut self, index: u32, fault: &Fault) {
        let machine = &mut self.machines[index as usize];
        if !machine.on {
            return;
        }
        machine.on = false;
        machine.epoch += 1;
        let epoch = machine.epoch;
        self.tell(Fact::MachineDown { machine: index });
        let there: Vec<u32> = self.instances_on(index);
        for group in 0..self.groups.len() as u32 {
            let lost: Vec<(u32, u32)> = there
                .iter()
                .map(|&lost| (lost, &self.instances[lost as usize]))
                .filter(|(_, instance)| instance.group == group)
                .filter(|(_, instance)| matches!(instance.process, Process::Up | Process::Starting { .. }))
                .map(|(lost, instance)| (lost, instance.pool))
                .collect();
            let known = &self.groups[group as usize];
            if !lost.is_empty() || (known.present && known.machines.contains(&index)) {
                self.measures.episode_begins(self.now, group, fault.clone(), lost, &self.instances);
                if self.groups[group as usize].placed_again {
                    let due = self.placement_due(group, index);
                    self.schedule(due, Control::PlaceAgain { machine: index, group, epoch });
                }
            }
        }
        for instance in there {
            self.end_process(instance, Process::Off);
        }
        self.review_recovery();
    }

    fn power_on(&mut self, index: u32) {
        let machine = &mut self.machines[index as usize];
        if machine.on {
            return;
        }
        machine.on = true;
        machine.epoch += 1;
        let fault = Fault::PowerOff(self.names.roster.machines[index as usize].clone());
        self.measures.repaired(self.now, &fault);
        self.tell(Fact::MachineUp { machine: index });
        for instance in self.instances_on(index) {
            self.instances[instance as usize].homeless = false;
            self.start(instance);
        }
        self.house_the_homeless();
        self.review_recovery();
    }

    /// The instances that run on a machine, or did when it died.
    pub fn instances_on(&self, machine: u32) -> Vec<u32> {
        let all = self.instances.iter().zip(0..);
        all.filter(|(instance, _)| instance.machine == machine).map(|(_, index)| index).collect()
    }

    /// Starts the process of an instance, cold. It must have ended, and its machine must have power.
    pub fn start(&mut self, index: u32) {
        let instance = &mut self.instances[index as usize];
        let ready = self.now + self.groups[instance.group as usize].startup;
        instance.epoch = instance.epoch.wrapping_add(1);
        instance.process = Process::Starting { ready };
        let (epoch, machine) = (instance.epoch, instance.machine);
        self.tell(Fact::InstanceStarting { instance: index, machine });
        self.schedule(ready, Control::Ready { instance: index, epoch });
    }

    /// An instance has started.
    pub fn on_ready(&mut self, index: u32, epoch: u32) {
        let instance = &mut self.instances[index as usize];
        if instance.epoch != epoch {
            return;
        }
        instance.process = Process::Up;
        self.regain_sessions(index);
        self.tell(Fact::InstanceUp { instance: index });
        self.begin_reporting(index);
        self.consumer_up(index);
        self.transactions_back(index);
        self.review_recovery();
    }

    /// Ends the process of an instance, if it has one, and all its work. A machine with power breaks the
    /// connections, so that callers learn of it; one without says nothing.
    pub fn end_process(&mut self, index: u32, after: Process) {
        let instance = &mut self.instances[index as usize];
        let lived = !matches!(instance.process, Process::Crashed | Process::Off);
        instance.process = after;
        if !lived {
            return;
        }
        instance.epoch = instance.epoch.wrapping_add(1);
        instance.station.clear(self.now);
        self.tell(Fact::InstanceDown { instance: index });
        self.lose_sessions(index);
        self.stop_reporting(index);
        self.consumer_died(index, after == Process::Off);
        self.transactions_died(index);

        let there =
            self.works.iter().filter(|(_, work)| work.at.instance() == Some(index) && work.is_there());
        let there: Vec<(u32, State)> = there.map(|(key, work)| (key as u32, work.state)).collect();
        for &(work, _) in &there {
            self.interrupt(work);
        }
        if there.iter().any(|(_, state)| *state == State::Sharing) {
            // All machines: one that it was moved from may still have work of it.
            for machine in 0..self.machines.len() as u32 {
                let works = &self.works;
                let alive = |work: u32| works[work as usize].state == State::Sharing;
                self.machines[machine as usize].retain(self.now, alive);
                self.wake_machine(machine);
            }
        }
        for (work, _) in there {
            let inside = self.works[work as usize].flags.has(Flags::INSIDE);
            if inside || after == Process::Off {
                self.release(work);
            } else {
                self.reply(work, Answer::Undone(Reason::Reset));
            }
        }
    }

    /// Looks whether an episode is over, after something about instances has changed.
    pub fn review_recovery(&mut self) {
        self.measures.review_recovery(self.now, &self.instances, &self.pools);
    }
}
