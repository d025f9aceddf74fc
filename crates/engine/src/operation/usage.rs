//! Usage: how much of its machine's processor time each instance has had.
//!
//! A machine knows how busy its cores were, and what was begun on it by whom. Its time is divided among its
//! instances as the work they began: exact for one instance on a machine, and over the seconds between two looks
//! of an autoscaler good enough for several.

use archlab_model::Span;

use crate::instance::Instance;
use crate::machine::Machine;

/// What instances have had of their machines, as far as it has been looked at.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    /// Nanoseconds of work begun, by instance.
    begun: Vec<f64>,
    /// The same when it was last divided.
    divided: Vec<f64>,
    /// Nanoseconds of processor time, by instance.
    used: Vec<f64>,
    /// Nanoseconds of processor time that have been divided, by machine.
    machines: Vec<f64>,
}

impl Usage {
    /// An instance begins a piece of work.
    pub fn begin(&mut self, instance: u32, length: Span) {
        let at = instance as usize;
        if self.begun.len() <= at {
            self.begun.resize(at + 1, 0.0);
        }
        self.begun[at] += length.as_nanos() as f64;
    }

    /// Divides what the cores of a machine have done since the last time: `busy` nanoseconds in all.
    pub fn divide(&mut self, machine: u32, busy: f64, instances: &[Instance]) {
        let at = machine as usize;
        if self.machines.len() <= at {
            self.machines.resize(at + 1, 0.0);
        }
        for table in [&mut self.begun, &mut self.divided, &mut self.used] {
            table.resize(instances.len(), 0.0);
        }
        let spent = busy - std::mem::replace(&mut self.machines[at], busy);
        let there = || (0..instances.len()).filter(|index| instances[*index].machine == machine);
        let news: f64 = there().map(|index| self.begun[index] - self.divided[index]).sum();
        for index in there() {
            let share = self.begun[index] - self.divided[index];
            if news > 0.0 {
                self.used[index] += spent * share / news;
            }
            self.divided[index] = self.begun[index];
        }
    }

    /// Nanoseconds of processor time that an instance has had, up to when its machine's was last divided.
    pub fn of(&self, instance: u32) -> f64 {
        self.used.get(instance as usize).copied().unwrap_or(0.0)
    }

    /// From now on; what machines did before is nobody's.
    pub fn begin_at(&mut self, now: archlab_model::SimTime, machines: &[Machine]) {
        self.machines = machines.iter().map(|machine| machine.busy_time(now)).collect();
    }
}
