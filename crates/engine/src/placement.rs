//! Placement again: instances of a dead machine are started on others.

use archlab_model::{Placement, SimTime, Span};

use crate::instance::Process;
use crate::random::Stream;
use crate::world::World;

impl World {
    /// The platform acts on a machine's death, if it is still dead.
    pub fn on_place_again(&mut self, machine: u32, group: u32, epoch: u32) {
        if self.machines[machine as usize].epoch != epoch || !self.groups[group as usize].placed_again {
            return;
        }
        for index in self.instances_on(machine) {
            let instance = &self.instances[index as usize];
            if instance.group == group && instance.present && !self.operation.is_leaving(index) {
                self.place(index);
            }
        }
    }

    /// Starts those that could not be placed where there is room now.
    pub fn house_the_homeless(&mut self) {
        for index in 0..self.instances.len() as u32 {
            let instance = &self.instances[index as usize];
            if instance.homeless && instance.present && !self.operation.is_leaving(index) {
                self.place(index);
            }
        }
    }

    /// When the platform will act on a machine that has just died: it gave its last sign of life some time ago,
    /// and is missed, looked for and given up one after another.
    pub fn placement_due(&self, group: u32, machine: u32) -> SimTime {
        let Placement { detection, heartbeat, look, toleration } = self.groups[group as usize].placement;
        let surely = self.now + detection + toleration;
        if heartbeat.is_zero() && look.is_zero() {
            return surely;
        }
        let name = self.names.roster.machines[machine as usize].as_str();
        let epoch = self.machines[machine as usize].epoch;
        let mut stream = Stream::new(self.seed, "sign of life", &format!("{name}/{epoch}"));
        let mut within = |span: Span| Span::from_nanos((span.as_nanos() as f64 * stream.unit()) as u64);
        let ago = within(heartbeat);
        let found = within(look);
        SimTime::from_nanos((surely + found).as_nanos().saturating_sub(ago.as_nanos())).max(self.now)
    }

    /// Starts an instance, whose machine is dead, on another. Without a live one it waits.
    fn place(&mut self, index: u32) {
        let instance = &self.instances[index as usize];
        let best = self.roomiest(instance.group, instance.pool, Some(index));
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

    /// The live machine of a group that has the fewest instances; if it can be, one without a copy of the same
    /// service. An instance that is to be moved does not count.
    pub fn roomiest(&self, group: u32, pool: u32, moved: Option<u32>) -> Option<u32> {
        let candidates = &self.groups[group as usize].machines;
        let live = candidates.iter().copied().filter(|machine| self.machines[*machine as usize].on);
        live.min_by_key(|&machine| {
            let there = self.instances.iter().zip(0..).filter(|(other, number)| {
                other.present && other.group == group && other.machine == machine && moved != Some(*number)
            });
            let (count, copies) = there.fold((0, 0), |(count, copies), (other, _)| {
                (count + 1, copies + u32::from(other.pool == pool))
            });
            (copies > 0, count)
        })
    }
}
