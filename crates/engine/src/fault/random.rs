//! Faults at random, spikes of traffic, and what a changed design means for what is wrong.

use archlab_model::fault::Spike;
use archlab_model::{ClientId, Design, Fault, Victims};

use crate::event::Control;
use crate::fault::chaos::{Due, Entry, Stroke};
use crate::plan::{LoadPlan, MAX_USERS};
use crate::world::World;

/// The most by which traffic is multiplied.
const MAX_SPIKE: f64 = 1_000.0;

impl World {
    /// Takes on what a design says about faults, once its parts are known. What is wrong stays so.
    pub fn take_on_faults(&mut self, design: &Design) {
        self.faults.processes = vec![Default::default(); self.groups.len()];
        for (id, group) in &design.groups {
            if let Some(index) = self.names.groups.find(id) {
                self.faults.processes[index as usize] = group.policies.process.clone();
            }
        }
        self.faults.zones.clear();
        for (id, machine) in &design.machines {
            if let (Some(zone), Some(index)) = (&machine.zone, self.names.machines.find(id)) {
                self.faults.zones.entry(zone.clone()).or_default().push(index);
            }
        }
        // A function may have come to new pools, a client have other users.
        let standing: Vec<Fault> = self.faults.troubles().cloned().collect();
        for fault in standing {
            match &fault {
                Fault::Errors(errors) => drop(self.begin_errors(errors)),
                Fault::Spike(spike) => drop(self.begin_spike(spike)),
                _ => {}
            }
        }
        let entries: Vec<Entry> = design.scenario.chaos.iter().map(|chaos| self.victims(chaos)).collect();
        if !entries.is_empty() || !self.faults.chaos.victims.is_empty() {
            let (now, seed) = (self.now, self.seed);
            let dues = self.faults.chaos.take_on(now, seed, &self.ziggurat, &entries);
            self.schedule_chaos(&dues);
        }
    }

    fn victims(&self, chaos: &archlab_model::Chaos) -> Entry {
        let faults = match &chaos.of {
            Victims::Machines(group) => {
                let group = self.names.groups.find(group).map(|index| &self.groups[index as usize]);
                let machines = group.filter(|group| group.present).map(|group| group.machines.as_slice());
                let machine = |index: &u32| self.names.roster.machines[*index as usize].clone();
                machines.unwrap_or_default().iter().map(machine).map(Fault::PowerOff).collect()
            }
            Victims::Instances(group) => {
                let here = self.instances.iter().zip(&self.names.roster.instances);
                let here = here.filter(|(instance, id)| instance.present && id.group == *group);
                here.map(|(_, id)| Fault::Crash(id.clone())).collect()
            }
            Victims::Fault(fault) => vec![fault.clone()],
        };
        Entry { faults, mttf: chaos.mttf, mttr: chaos.mttr, crews: chaos.crews.map(|crews| crews.max(1)) }
    }

    /// A part fails, or is repaired, at random.
    pub fn on_chaos(&mut self, victim: u32, epoch: u32) {
        let (stroke, dues) = self.faults.chaos.strike(self.now, &self.ziggurat, victim, epoch);
        match stroke {
            Some(Stroke::Fails(fault)) => self.apply_fault(&fault),
            Some(Stroke::Repaired(trouble)) => self.repair_if_broken(&trouble),
            None => {}
        }
        self.schedule_chaos(&dues);
    }

    fn schedule_chaos(&mut self, dues: &[Due]) {
        for due in dues {
            self.schedule(due.at, Control::Chaos { victim: due.victim, epoch: due.epoch });
        }
    }

    pub(super) fn begin_spike(&mut self, spike: &Spike) -> bool {
        let factor = if spike.factor >= 0.0 { spike.factor.min(MAX_SPIKE) } else { 1.0 };
        self.multiply_traffic(&spike.of, factor)
    }

    pub(super) fn end_spike(&mut self, id: &ClientId) {
        self.multiply_traffic(id, 1.0);
    }

    /// A client asks for `factor` times the usual from now on. What was to come next comes sooner or later
    /// accordingly.
    fn multiply_traffic(&mut self, id: &ClientId, factor: f64) -> bool {
        let Some(index) = self.names.clients.find(id).filter(|index| (*index as usize) < self.clients.len())
        else {
            return false;
        };
        self.hasten_arrivals(index, factor);
        let LoadPlan::Closed { users, .. } = self.clients[index as usize].load else { return true };
        let users = ((f64::from(users) * factor + 0.5) as u32).min(MAX_USERS);
        for crowd in 0..self.crowds.len() as u32 {
            let known = &mut self.crowds[crowd as usize];
            let groups = &self.clients[index as usize].groups;
            if known.client == index && groups.contains(&known.group) {
                known.wanted = users;
                self.fill_crowd(crowd);
            }
        }
        true
    }
}
