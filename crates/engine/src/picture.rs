//! Taking a frame of a run.

use crate::frame::{Belief, Frame, GroupFrame, InstanceFrame, Life, MachineFrame, StoreFrame};
use crate::instance::Process;
use crate::world::World;

impl World {
    /// The state now, for painting. Changes nothing.
    pub fn frame(&self) -> Frame {
        let roster = &self.names.roster;
        let machines = self.machine_order.iter().map(|&index| {
            let machine = &self.machines[index as usize];
            MachineFrame {
                id: roster.machines[index as usize].clone(),
                on: machine.on,
                cores: machine.cores,
                running: machine.running(),
                load: machine.load(self.now),
            }
        });
        let groups = || self.group_order.iter().map(|&index| (index, &self.groups[index as usize]));
        let pools = groups().flat_map(|(_, group)| &group.pools);
        let instances = pools.flat_map(|&pool| &self.pools[pool as usize].instances);
        let stores = groups().flat_map(|(_, group)| &group.stores).map(|&index| {
            let store = &self.stores[index as usize];
            let (group, id) = roster.stores[index as usize].clone();
            StoreFrame {
                group,
                id,
                index,
                connections: store.station.servers,
                busy: store.station.busy,
                waiting: store.station.waiting() + self.backlog_of(index),
            }
        });
        Frame {
            now: self.now,
            machines: machines.collect(),
            instances: instances.map(|&index| self.instance_frame(index)).collect(),
            stores: stores.collect(),
            groups: groups()
                .map(|(index, _)| GroupFrame {
                    id: roster.groups[index as usize].clone(),
                    in_flight: self.measures.groups[index as usize].in_flight(),
                })
                .collect(),
        }
    }

    fn instance_frame(&self, index: u32) -> InstanceFrame {
        let instance = &self.instances[index as usize];
        let plan = &self.groups[instance.group as usize].health;
        let doubts = instance.health.doubts();
        InstanceFrame {
            id: self.names.roster.instances[index as usize].clone(),
            index,
            machine: self.names.roster.machines[instance.machine as usize].clone(),
            life: match instance.process {
                Process::Starting { ready } => Life::Starting { ready },
                Process::Up | Process::Stopping { .. } => Life::Up,
                Process::Crashed => Life::Crashed,
                Process::Off => Life::MachineOff,
            },
            belief: if instance.health.believed_up {
                Belief::Up { failed: doubts, fall: plan.fall }
            } else {
                Belief::Down { passed: doubts, rise: plan.rise }
            },
            workers: instance.station.servers,
            busy: instance.station.busy,
            waiting: match self.queue_is_filled(index) {
                true => instance.station.room,
                false => instance.station.waiting(),
            },
            queue: instance.station.room,
            failed: instance.failed,
            finished: instance.station.finished,
        }
    }
}
