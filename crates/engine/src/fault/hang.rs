//! Processes that stand still: they accept and never answer, and go on where they stood when they are let go.

use archlab_model::fault::Hang;
use archlab_model::{Fault, InstanceId, Span};

use crate::event::{Event, Kind};
use crate::fault::ailment;
use crate::instance::Process;
use crate::network::End;
use crate::work::{NONE, State};
use crate::world::World;

/// A piece of work whose process stands still.
#[derive(Debug, Clone, Copy)]
pub struct Held {
    work: u32,
    pub(super) instance: u32,
    /// Nanoseconds of work that were left of what it had a core for, if it had one.
    pub(super) left: Option<f64>,
}

impl World {
    pub(super) fn begin_hang(&mut self, hang: &Hang) -> bool {
        let named = self.instances_named(&hang.of);
        let living: Vec<u32> = named.into_iter().filter(|index| self.is_up(*index)).collect();
        for &index in &living {
            self.ailment(index).hang = Some(ailment::Hang { checks_pass: hang.checks_pass });
            self.mark(index);
            self.freeze(index);
        }
        !living.is_empty()
    }

    pub(super) fn end_hang(&mut self, id: &InstanceId) {
        for index in self.instances_named(id) {
            self.ailment(index).hang = None;
            self.mark(index);
            self.thaw(index);
        }
    }

    /// Whether the process of an instance stands still, and the checks that reach it get no answer.
    pub fn is_mute(&self, index: u32) -> bool {
        let hang = self.faults.ailments.get(index as usize).and_then(|ailment| ailment.hang);
        hang.is_some_and(|hang| !hang.checks_pass)
    }

    /// Looks whose reports reach the registry, after a fault has begun or ended that may keep them from it: one that
    /// stands still, or whose machine is cut off from the entry of its group, is silent.
    pub(super) fn review_reporting(&mut self, fault: &Fault) {
        if !matches!(fault, Fault::Hang(_) | Fault::Cut(_) | Fault::Partition(_)) {
            return;
        }
        for index in 0..self.instances.len() as u32 {
            let instance = &self.instances[index as usize];
            if !instance.present || self.groups[instance.group as usize].registry.is_none() {
                continue;
            }
            let (machine, entry) = (End::Machine(instance.machine), End::Entry(instance.group));
            let up = instance.process == Process::Up;
            let silent = up && (self.is_mute(index) || self.network.disturbances.cuts(machine, entry));
            if silent && self.faults.silent.insert(index) {
                self.stop_reporting(index);
            } else if !silent && self.faults.silent.remove(&index) && up {
                self.begin_reporting(index);
            }
        }
    }

    /// Whether the registry would hear of an instance that reports.
    pub fn is_heard(&self, index: u32) -> bool {
        !self.faults.silent.contains(&index)
    }

    /// Whether a piece of work would go on in a process that stands still; it is held there then.
    #[cold]
    pub fn holds_still(&mut self, index: u32) -> bool {
        let Some(instance) = self.works[index as usize].at.instance() else { return false };
        let hung = self.faults.ailments.get(instance as usize).is_some_and(|ailment| ailment.hang.is_some());
        if hung {
            self.freeze_work(index, None);
        }
        hung
    }

    pub(super) fn freeze_work(&mut self, index: u32, left: Option<f64>) {
        let work = &mut self.works[index as usize];
        work.state = State::Frozen;
        let Some(instance) = work.at.instance() else { return };
        self.faults.held.push(Held { work: index, instance, left });
    }

    /// Takes the cores from all work of an instance.
    fn freeze(&mut self, index: u32) {
        let alone = self
            .works
            .iter()
            .filter(|(_, work)| work.state == State::Alone && work.at.instance() == Some(index));
        let alone: Vec<u32> = alone.map(|(work, _)| work as u32).collect();
        for work in alone {
            let left = self.take_core(work);
            self.freeze_work(work, Some(left));
        }
        // All machines: one that it was moved from may still have work of it.
        for machine in 0..self.machines.len() {
            let works = &self.works;
            let taken = self.machines[machine]
                .take_shared(self.now, |work| works[work as usize].at.instance() == Some(index));
            for (work, left) in taken {
                self.freeze_work(work, Some(left));
            }
            self.wake_machine(machine as u32);
        }
    }

    /// Lets all work of an instance go on, in the order in which it was held.
    fn thaw(&mut self, index: u32) {
        let held = std::mem::take(&mut self.faults.held);
        for one in held {
            if one.instance != index {
                self.faults.held.push(one);
                continue;
            }
            let work = &mut self.works[one.work as usize];
            if work.state != State::Frozen {
                continue;
            }
            match one.left {
                Some(left) => {
                    self.seize_core(one.work, index, Span::from_nanos((left + 0.5) as u64));
                }
                None => {
                    let kind = if work.next == NONE { Kind::Begin } else { Kind::Resume };
                    work.state = State::Ready;
                    self.immediate.push_back(Event::new(kind, one.work));
                }
            }
        }
    }
}
