//! Faults and repairs: what is wrong now, and what each fault does.
//!
//! A fault that lingers (a cut link, a slow machine, a bug) is on a list of troubles until it is repaired; a process
//! that has ended or a machine without power says so itself.

pub mod ailment;
pub mod backoff;
pub mod chaos;
pub mod clock;
mod gray;
mod hang;
mod links;
mod power;
mod random;
mod reach;
mod stores;

use std::collections::{BTreeMap, BTreeSet};

use archlab_model::{Fault, ProcessPolicy, Span, Trouble};

use crate::event::Control;
use crate::fault::ailment::Ailment;
use crate::fault::backoff::CrashLoop;
use crate::fault::chaos::Chaos;
use crate::fault::clock::Clock;
use crate::fault::gray::FunctionBug;
use crate::fault::hang::Held;
use crate::fault::reach::Owner;
use crate::random::Stream;
use crate::world::World;

/// Most troubles at a time. A further one does nothing.
pub const MAX_TROUBLES: usize = 10_000;

/// Whatever is wrong, and what has to be known of it.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Troubles that linger, oldest first.
    troubles: Vec<Active>,
    /// How many troubles there have been.
    count: u64,
    /// Whether an instance ails, a function has a bug, or something is wrong with a store.
    pub any: bool,
    /// How many processes stand still.
    pub hung: u32,
    /// By instance, as far as any has ever ailed.
    ailments: Vec<Ailment>,
    /// By instance, as far as any has ever been started.
    crash_loops: Vec<CrashLoop>,
    /// Instances that live and whose registry hears nothing of them.
    silent: BTreeSet<u32>,
    /// Work of processes that stand still.
    held: Vec<Held>,
    /// By function.
    bugs: BTreeMap<u32, FunctionBug>,
    /// How many times as long a store works on everything.
    slow_stores: BTreeMap<u32, f64>,
    /// The clocks that are wrong.
    clocks: BTreeMap<Owner, Clock>,
    /// How processes begin, by group.
    processes: Vec<ProcessPolicy>,
    /// The machines of each failure zone.
    zones: BTreeMap<String, Vec<u32>>,
    chaos: Chaos,
}

/// A trouble that there is.
#[derive(Debug, Clone)]
struct Active {
    number: u64,
    trouble: Trouble,
    fault: Fault,
}

impl Faults {
    /// The random streams of what is wrong and of what fails.
    pub fn streams(&mut self) -> impl Iterator<Item = &mut Stream> {
        let ailments = self.ailments.iter_mut().map(|ailment| ailment.stream());
        let bugs = self.bugs.values_mut().map(|bug| bug.stream());
        ailments.chain(bugs).chain(self.chaos.streams())
    }

    /// The faults that linger, oldest first.
    pub fn troubles(&self) -> impl Iterator<Item = &Fault> {
        self.troubles.iter().map(|active| &active.fault)
    }
}

impl World {
    /// Does what a fault or a repair says. One that names nothing that is there does nothing.
    pub fn apply_fault(&mut self, fault: &Fault) {
        self.apply_planned(fault, None);
    }

    /// The same; a fault that lasts for a time is repaired by itself.
    pub fn apply_planned(&mut self, fault: &Fault, lasts: Option<Span>) {
        if let Some(trouble) = fault.ends() {
            return self.repair(&trouble);
        }
        let Some(trouble) = fault.trouble() else { return };
        self.faults.count += 1;
        let number = self.faults.count;
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
            Fault::PowerOff(id) => {
                let machines: Vec<u32> = self.machine_named(id).into_iter().collect();
                self.power_off(&machines, fault);
            }
            Fault::ZoneDown(zone) => {
                let machines = self.faults.zones.get(zone.as_str()).cloned().unwrap_or_default();
                self.power_off(&machines, fault);
            }
            _ => self.begin_trouble(number, trouble.clone(), fault),
        }
        if let Some(lasts) = lasts {
            // What does not linger has no number on the list; its repair does no harm where it is not needed.
            let control = match self.faults.troubles.iter().any(|active| active.number == number) {
                true => Control::Repair { number },
                false => Control::RepairOf { trouble: Box::new(trouble) },
            };
            self.schedule(self.now + lasts, control);
        }
    }

    /// A fault that lasted for a time is over.
    pub fn on_repair_due(&mut self, number: u64) {
        let active = self.faults.troubles.iter().find(|active| active.number == number);
        if let Some(trouble) = active.map(|active| active.trouble.clone()) {
            self.repair(&trouble);
        }
    }

    /// Repairs what has ended by itself, unless somebody has done so already.
    pub fn repair_if_broken(&mut self, trouble: &Trouble) {
        let broken = match trouble {
            Trouble::Crash(id) => self.instances_named(id).iter().any(|index| self.is_crashed(*index)),
            _ => true,
        };
        if broken {
            self.repair(trouble);
        }
    }

    /// Repairs a trouble.
    fn repair(&mut self, trouble: &Trouble) {
        match trouble {
            Trouble::Crash(id) => {
                for index in self.instances_named(id) {
                    self.restart(index);
                }
            }
            Trouble::PowerOff(id) => {
                if let Some(index) = self.machine_named(id) {
                    self.power_on(index);
                }
            }
            Trouble::ZoneDown(zone) => {
                self.measures.repaired(self.now, trouble);
                for index in self.faults.zones.get(zone.as_str()).cloned().unwrap_or_default() {
                    self.power_on(index);
                }
                self.review_recovery();
            }
            _ => {
                if self.end_trouble(trouble) {
                    self.measures.repaired(self.now, trouble);
                    self.review_recovery();
                }
            }
        }
    }

    /// A fault that lingers strikes. It takes the place of the same trouble, if there is that already.
    fn begin_trouble(&mut self, number: u64, trouble: Trouble, fault: &Fault) {
        let replaced = self.end_trouble(&trouble);
        if self.faults.troubles.len() >= MAX_TROUBLES {
            return;
        }
        // Whom it strikes is asked first: it is told as things were.
        let reach = self.reach(fault);
        let begun = match fault {
            Fault::Slow(slow) => self.begin_slowness(slow),
            Fault::Errors(errors) => self.begin_errors(errors),
            Fault::Hang(hang) => self.begin_hang(hang),
            Fault::Cut(_) | Fault::Partition(_) | Fault::Loss(_) | Fault::Delay(_) => {
                self.begin_disturbance(number, fault)
            }
            Fault::Spike(spike) => self.begin_spike(spike),
            Fault::Leak(leak) => self.begin_leak(leak),
            Fault::FullQueue(id) => self.begin_full_queue(id),
            Fault::LostPrimary(store) | Fault::StoreCrash(store) => self.begin_store_fault(store, fault),
            Fault::Skew(skew) => self.begin_skew(skew),
            _ => false,
        };
        if !begun {
            return;
        }
        self.faults.troubles.push(Active { number, trouble, fault: fault.clone() });
        self.review_reporting(fault);
        if !replaced {
            for (group, lost) in reach {
                self.measures.episode_begins(self.now, group, fault.clone(), lost, &self.instances);
            }
        }
        self.review_recovery();
    }

    /// Ends a trouble that lingers. Whether there was one.
    fn end_trouble(&mut self, trouble: &Trouble) -> bool {
        let Some(place) = self.faults.troubles.iter().position(|active| active.trouble == *trouble) else {
            return false;
        };
        let Active { number, fault, .. } = self.faults.troubles.remove(place);
        match &fault {
            Fault::Slow(slow) => self.end_slowness(&slow.of),
            Fault::Errors(errors) => self.end_errors(&errors.of),
            Fault::Hang(hang) => self.end_hang(&hang.of),
            Fault::Cut(_) | Fault::Partition(_) | Fault::Loss(_) | Fault::Delay(_) => {
                self.network.disturbances.end(number);
            }
            Fault::Spike(spike) => self.end_spike(&spike.of),
            Fault::Leak(leak) => self.end_leak(&leak.of),
            Fault::FullQueue(id) => self.end_full_queue(id),
            Fault::LostPrimary(_) | Fault::StoreCrash(_) => {
                self.apply_store_fault(&Fault::Repair(trouble.clone()));
            }
            Fault::Skew(skew) => self.end_skew(&skew.of),
            _ => {}
        }
        self.review_reporting(&fault);
        true
    }

    /// Looks whether an episode is over, after something about instances has changed.
    pub fn review_recovery(&mut self) {
        self.measures.review_recovery(self.now, &self.instances, &self.pools);
    }
}
