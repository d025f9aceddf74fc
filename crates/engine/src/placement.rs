//! Placement again: instances of a dead machine are started on others.

use crate::instance::Process;
use crate::world::World;

impl World {
    /// The platform acts on a machine's death, if it is still dead.
    pub fn on_place_again(&mut self, machine: u32, group: u32, epoch: u32) {
        if self.machines[machine as usize].epoch != epoch || !self.groups[group as usize].placed_again {
            return;
        }
        for index in self.instances_on(machine) {
            let instance = &self.instances[index as usize];
            if instance.group == group && instance.present {
                self.place(index);
            }
        }
    }

    /// Starts those that could not be placed where there is room now.
    pub fn house_the_homeless(&mut self) {
        for index in 0..self.instances.len() as u32 {
            let instance = &self.instances[index as usize];
            if instance.homeless && instance.present {
                self.place(index);
            }
        }
    }

    /// Starts an instance, whose machine is dead, on the live machine of its group that has the fewest
    /// instances; if it can be, on one without a copy of the same service. Without a live machine it waits.
    fn place(&mut self, index: u32) {
        let instance = &self.instances[index as usize];
        let (group, pool) = (instance.group, instance.pool);
        let candidates = &self.groups[group as usize].machines;
        let live = candidates.iter().copied().filter(|machine| self.machines[*machine as usize].on);
        let best = live.min_by_key(|&machine| {
            let there = self.instances.iter().zip(0..).filter(|(other, number)| {
                other.present && other.group == group && other.machine == machine && *number != index
            });
            let (count, copies) = there.fold((0, 0), |(count, copies), (other, _)| {
                (count + 1, copies + u32::from(other.pool == pool))
            });
            (copies > 0, count)
        });
        let instance = &mut self.instances[index as usize];
        instance.homeless = best.is_none();
        if let Some(machine) = best {
            self.end_process(index, Process::Off);
            self.instances[index as usize].machine = machine;
            self.review_room();
            self.measures.placed_again(self.now, index);
            self.start(index);
        }
    }
}
