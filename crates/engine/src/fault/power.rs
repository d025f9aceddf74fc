//! Processes that end and start, machines that fall silent and come back.

use archlab_model::{Fault, Trouble};

use crate::event::Control;
use crate::fact::{Fact, Reason};
use crate::instance::Process;
use crate::work::{Answer, Flags, State};
use crate::world::World;

impl World {
    pub(super) fn crash(&mut self, index: u32, fault: &Fault) {
        let Some(instance) = self.instances.get(index as usize) else { return };
        if matches!(instance.process, Process::Crashed | Process::Off) {
            return;
        }
        let (group, pool) = (instance.group, instance.pool);
        self.measures.episode_begins(self.now, group, fault.clone(), vec![(index, pool)], &self.instances);
        self.end_process(index, Process::Crashed);
        self.plan_restart(index);
        self.review_recovery();
    }

    pub(super) fn restart(&mut self, index: u32) {
        let Some(instance) = self.instances.get(index as usize) else { return };
        if !self.machines[instance.machine as usize].on {
            return;
        }
        let crash = Trouble::Crash(self.names.roster.instances[index as usize].clone());
        self.measures.repaired(self.now, &crash);
        self.forgive(index);
        self.end_process(index, Process::Crashed);
        self.start(index);
        self.review_recovery();
    }

    pub(super) fn is_crashed(&self, index: u32) -> bool {
        self.instances.get(index as usize).is_some_and(|instance| instance.process == Process::Crashed)
    }

    /// Machines lose power at once, for one reason.
    pub(super) fn power_off(&mut self, machines: &[u32], fault: &Fault) {
        let lit = |index: &&u32| self.machines[**index as usize].on;
        let machines: Vec<u32> = machines.iter().filter(lit).copied().collect();
        if machines.is_empty() {
            return;
        }
        for &index in &machines {
            let machine = &mut self.machines[index as usize];
            machine.on = false;
            machine.epoch += 1;
            self.tell(Fact::MachineDown { machine: index });
        }
        let there: Vec<u32> = machines.iter().flat_map(|index| self.instances_on(*index)).collect();
        for group in 0..self.groups.len() as u32 {
            let lost: Vec<(u32, u32)> = there
                .iter()
                .map(|&lost| (lost, &self.instances[lost as usize]))
                .filter(|(_, instance)| instance.group == group)
                .filter(|(_, instance)| matches!(instance.process, Process::Up | Process::Starting { .. }))
                .map(|(lost, instance)| (lost, instance.pool))
                .collect();
            let known = &self.groups[group as usize];
            let seated = |index: &u32| known.present && known.machines.contains(index);
            if lost.is_empty() && !machines.iter().any(seated) {
                continue;
            }
            let hit: Vec<u32> = machines
                .iter()
                .copied()
                .filter(|index| {
                    seated(index)
                        || lost.iter().any(|(one, _)| self.instances[*one as usize].machine == *index)
                })
                .collect();
            let placed_again = known.placed_again;
            self.measures.episode_begins(self.now, group, fault.clone(), lost, &self.instances);
            if placed_again {
                for machine in hit {
                    let epoch = self.machines[machine as usize].epoch;
                    let due = self.placement_due(group, machine);
                    self.schedule(due, Control::PlaceAgain { machine, group, epoch });
                }
            }
        }
        for instance in there {
            self.end_process(instance, Process::Off);
        }
        self.review_recovery();
    }

    pub(super) fn power_on(&mut self, index: u32) {
        let machine = &mut self.machines[index as usize];
        if machine.on {
            return;
        }
        machine.on = true;
        machine.epoch += 1;
        let trouble = Trouble::PowerOff(self.names.roster.machines[index as usize].clone());
        self.measures.repaired(self.now, &trouble);
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
        self.process_runs(index);
        self.regain_sessions(index);
        self.tell(Fact::InstanceUp { instance: index });
        if self.is_heard(index) {
            self.begin_reporting(index);
        }
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
        if instance.ailing {
            self.process_gone(index);
        }
        self.tell(Fact::InstanceDown { instance: index });
        self.lose_sessions(index);
        self.stop_reporting(index);
        self.consumer_died(index, after == Process::Off);
        self.transactions_died(index);

        let there =
            self.works.iter().filter(|(_, work)| work.at.instance() == Some(index) && work.is_there());
        let there: Vec<(u32, State)> = there.map(|(key, work)| (key as u32, work.state)).collect();
        for &(work, _) in &there {
            self.write_out(work);
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
}
