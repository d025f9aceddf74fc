//! Faults of what goes on all the same: slow, with errors, with a memory that fills, with a queue that is full; and
//! processes that are not yet warm.

use archlab_model::fault::{Bug, Errors, Leak, Site, Slow};
use archlab_model::policy::Restarts;
use archlab_model::{Fault, InstanceId, Span, Trouble};

use crate::event::Control;
use crate::fact::{Fact, Reason};
use crate::fault::ailment::{Ailment, Defect, Memory, Warming};
use crate::fault::backoff::CrashLoop;
use crate::instance::Process;
use crate::random::Stream;
use crate::work::{Answer, State};
use crate::world::World;

/// A bug in a function, as one pool runs it.
#[derive(Debug, Clone)]
pub struct FunctionBug {
    /// The chance that a call fails.
    chance: f64,
    stream: Stream,
}

impl FunctionBug {
    /// The random stream of its failures.
    pub fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }
}

/// Slowness that a run survives.
fn sensible_factor(factor: f64) -> f64 {
    if factor > 0.0 { factor.clamp(1e-3, 1e6) } else { 1.0 }
}

fn sensible_chance(chance: f64) -> f64 {
    if chance > 0.0 { chance.min(1.0) } else { 0.0 }
}

impl World {
    /// What ails an instance. The table grows as far as is asked for.
    pub(super) fn ailment(&mut self, index: u32) -> &mut Ailment {
        let known = self.faults.ailments.len() as u32;
        for number in known..=index {
            // Groups that are compared meet the same chances: the name is without the group's.
            let name = self.names.roster.instances.get(number as usize);
            let part = name.map_or_else(String::new, |id| format!("{}/{}", id.service, id.number));
            self.faults.ailments.push(Ailment::none(Stream::new(self.seed, "errors", &part)));
        }
        &mut self.faults.ailments[index as usize]
    }

    /// What ails an instance has changed.
    pub(super) fn mark(&mut self, index: u32) {
        let any = self.ailment(index).any();
        self.instances[index as usize].ailing = any;
        self.review_faults();
    }

    pub(super) fn review_faults(&mut self) {
        let faults = &mut self.faults;
        faults.any = self.instances.iter().any(|instance| instance.ailing)
            || faults.bugs.values().any(|bug| bug.chance > 0.0)
            || !faults.slow_stores.is_empty();
        faults.hung = faults.ailments.iter().filter(|ailment| ailment.hang.is_some()).count() as u32;
    }

    /// What the release of an instance brings with it from now on: slowness and errors of its own.
    pub fn set_defect(&mut self, index: u32, defect: Defect) {
        let slow = sensible_factor(defect.slow);
        let defect = Defect { slow, errors: sensible_chance(defect.errors) };
        let known = self.faults.ailments.get(index as usize).map_or(Defect::GOOD, |known| known.release);
        if defect != known {
            self.change_pace(index, |ailment| ailment.release = defect);
        }
    }

    /// Changes what an instance suffers from, and stretches what it is at work on accordingly.
    fn change_pace(&mut self, index: u32, change: impl FnOnce(&mut Ailment)) {
        let ailment = self.ailment(index);
        let before = ailment.pace();
        change(ailment);
        let ratio = ailment.pace() / before;
        self.mark(index);
        if ratio != 1.0 {
            self.stretch_work(index, ratio);
        }
    }

    /// What an instance is at work on takes `ratio` times as long from now on.
    fn stretch_work(&mut self, index: u32, ratio: f64) {
        let alone: Vec<u32> = self
            .works
            .iter()
            .filter(|(_, work)| work.state == State::Alone && work.at.instance() == Some(index))
            .map(|(work, _)| work as u32)
            .collect();
        for work in alone {
            let left = self.works[work as usize].due.since(self.now).as_nanos() as f64;
            self.put_off(work, self.now + Span::from_nanos((left * ratio + 0.5) as u64));
        }
        for machine in 0..self.machines.len() as u32 {
            let works = &self.works;
            let taken = self.machines[machine as usize]
                .take_shared(self.now, |work| works[work as usize].at.instance() == Some(index));
            for (work, left) in taken {
                self.share_on(machine, work, left * ratio);
            }
            self.wake_machine(machine);
        }
        for held in self.faults.held.iter_mut().filter(|held| held.instance == index) {
            held.left = held.left.map(|left| left * ratio);
        }
    }

    /// How long a piece of work takes at an instance that ails.
    #[cold]
    pub fn stretched(&mut self, index: u32, length: Span) -> Span {
        let now = self.now;
        let ailment = self.ailment(index);
        let length = ailment.stretch(now, length);
        if !ailment.any() {
            self.mark(index);
        }
        length
    }

    /// Whether a call of a function goes wrong because of a bug in it.
    #[cold]
    pub fn function_errs(&mut self, function: u32) -> bool {
        let bug = self.faults.bugs.get_mut(&function);
        bug.is_some_and(|bug| bug.stream.happens(bug.chance))
    }

    /// Whether a piece of work that has been given a server may begin; if not, it has been seen to.
    #[cold]
    pub fn may_begin(&mut self, index: u32) -> bool {
        let work = &self.works[index as usize];
        let (at, target) = (work.at, work.target);
        let Some(instance) = at.instance() else { return true };
        let mut errs = false;
        if self.instances[instance as usize].ailing {
            let ailment = self.ailment(instance);
            if ailment.hang.is_some() {
                self.freeze_work(index, None);
                return false;
            }
            errs = ailment.errs();
            if ailment.remember() {
                let epoch = self.instances[instance as usize].epoch;
                self.schedule(self.now, Control::OutOfMemory { instance, epoch });
            }
        }
        if errs || self.function_errs(target) {
            self.tell(Fact::Started { at: at.place() });
            self.finish_with(index, Answer::Undone(Reason::Error));
            return false;
        }
        true
    }

    /// Whether an instance that ails takes a message in; if not, it has been seen to.
    #[cold]
    pub fn lets_in(&mut self, index: u32, instance: u32) -> bool {
        let ailment = self.ailment(instance);
        if ailment.full {
            self.reply(index, Answer::Undone(Reason::QueueFull));
            return false;
        }
        if ailment.hang.is_none() {
            return true;
        }
        let station = &self.instances[instance as usize].station;
        let has_room = station.busy < station.servers || station.waiting() < station.room;
        if !has_room {
            // Nobody is there to say so: the connection never comes about.
            self.works[index as usize].state = State::Over;
            self.on_silence(index);
            self.release(index);
        }
        has_room
    }

    pub(super) fn begin_slowness(&mut self, slow: &Slow) -> bool {
        let factor = sensible_factor(slow.factor);
        match &slow.of {
            Site::Instance(id) => {
                let named = self.instances_named(id);
                for index in &named {
                    self.change_pace(*index, |ailment| ailment.slow = factor);
                }
                !named.is_empty()
            }
            Site::Store(name) => self.slow_store(name, factor),
            Site::Named(name) => {
                let Some(machine) = self.machine_called(name.as_str()) else { return false };
                self.slow_machine(machine, factor);
                true
            }
        }
    }

    pub(super) fn end_slowness(&mut self, site: &Site) {
        self.begin_slowness(&Slow { of: site.clone(), factor: 1.0 });
    }

    /// A machine works `factor` times as slow as it is made to.
    fn slow_machine(&mut self, index: u32, factor: f64) {
        self.share_cores(index);
        let machine = &mut self.machines[index as usize];
        machine.slow = factor;
        machine.resize(self.now, machine.cores, machine.made_for / factor);
        self.wake_machine(index);
    }

    pub(super) fn begin_errors(&mut self, errors: &Errors) -> bool {
        let chance = sensible_chance(errors.rate);
        match &errors.of {
            Bug::Instance(id) => {
                let named = self.instances_named(id);
                for index in &named {
                    self.ailment(*index).errors = chance;
                    self.mark(*index);
                }
                !named.is_empty()
            }
            Bug::Function(function) => {
                let named = self.functions_named(function);
                for (index, _) in &named {
                    let seed = self.seed;
                    let new = || FunctionBug { chance, stream: Stream::new(seed, "bug", function.as_str()) };
                    self.faults.bugs.entry(*index).or_insert_with(new).chance = chance;
                }
                self.review_faults();
                !named.is_empty()
            }
        }
    }

    pub(super) fn end_errors(&mut self, bug: &Bug) {
        self.begin_errors(&Errors { of: bug.clone(), rate: 0.0 });
    }

    pub(super) fn begin_leak(&mut self, leak: &Leak) -> bool {
        let named = self.instances_named(&leak.of);
        for index in &named {
            self.ailment(*index).memory = Some(Memory { held: 0, limit: leak.requests.max(1) });
            self.mark(*index);
        }
        !named.is_empty()
    }

    pub(super) fn end_leak(&mut self, id: &InstanceId) {
        for index in self.instances_named(id) {
            self.ailment(index).memory = None;
            self.mark(index);
        }
    }

    pub(super) fn begin_full_queue(&mut self, id: &InstanceId) -> bool {
        self.set_full_queue(id, true)
    }

    pub(super) fn end_full_queue(&mut self, id: &InstanceId) {
        self.set_full_queue(id, false);
    }

    fn set_full_queue(&mut self, id: &InstanceId, full: bool) -> bool {
        let named = self.instances_named(id);
        for index in &named {
            self.ailment(*index).full = full;
            self.mark(*index);
        }
        !named.is_empty()
    }

    /// Whether the queue of an instance is filled by a fault.
    pub fn queue_is_filled(&self, index: u32) -> bool {
        self.faults.ailments.get(index as usize).is_some_and(|ailment| ailment.full)
    }

    /// A process is killed, because its memory is full.
    pub fn on_out_of_memory(&mut self, index: u32, epoch: u32) {
        if self.instances[index as usize].epoch != epoch {
            return;
        }
        self.tell(Fact::OutOfMemory { instance: index });
        let crash = Fault::Crash(self.names.roster.instances[index as usize].clone());
        self.crash(index, &crash);
    }

    fn crash_loop(&mut self, index: u32) -> &mut CrashLoop {
        let loops = &mut self.faults.crash_loops;
        if loops.len() <= index as usize {
            loops.resize_with(index as usize + 1, CrashLoop::default);
        }
        &mut loops[index as usize]
    }

    /// Somebody starts a process by hand: its crashes are forgiven.
    pub(super) fn forgive(&mut self, index: u32) {
        self.crash_loop(index).forget();
    }

    /// A process answers from now on: it may have to warm up.
    pub(super) fn process_runs(&mut self, index: u32) {
        let now = self.now;
        self.crash_loop(index).runs(now);
        let group = self.instances[index as usize].group;
        let policy = self.faults.processes.get(group as usize).and_then(|process| process.warm_up);
        if let Some(policy) = policy.filter(|policy| policy.factor > 1.0 && !policy.over.is_zero()) {
            self.ailment(index).warming = Some(Warming { since: now, policy });
            self.mark(index);
        }
    }

    /// A process has ended: what ailed it alone ails nobody any more.
    #[cold]
    pub(super) fn process_gone(&mut self, index: u32) {
        self.faults.held.retain(|held| held.instance != index);
        self.faults.silent.remove(&index);
        self.ailment(index).process_ended();
        self.mark(index);
        let id = self.names.roster.instances[index as usize].clone();
        for trouble in [Trouble::Hang(id.clone()), Trouble::FullQueue(id)] {
            let before = self.faults.troubles.len();
            self.faults.troubles.retain(|active| active.trouble != trouble);
            if self.faults.troubles.len() < before {
                self.measures.repaired(self.now, &trouble);
            }
        }
    }

    /// A process has ended by itself: plans when the platform starts it again, if it does so at all. It always does
    /// after a leak: without that there would be no end to tell of.
    pub(super) fn plan_restart(&mut self, index: u32) {
        let group = self.instances[index as usize].group;
        let policy = self.faults.processes.get(group as usize).and_then(|process| process.restart);
        let leaks = self.faults.ailments.get(index as usize).is_some_and(|ailment| ailment.memory.is_some());
        let Some(policy) = policy.or_else(|| leaks.then(Restarts::default)) else { return };
        let now = self.now;
        let pause = self.crash_loop(index).ended(now, &policy);
        let epoch = self.instances[index as usize].epoch;
        self.schedule(now + pause, Control::StartAgain { instance: index, epoch });
    }

    /// The platform starts a process again.
    pub fn on_start_again(&mut self, index: u32, epoch: u32) {
        let instance = &self.instances[index as usize];
        let due = instance.epoch == epoch && instance.process == Process::Crashed && instance.present;
        if due && self.machines[instance.machine as usize].on {
            let crash = Trouble::Crash(self.names.roster.instances[index as usize].clone());
            self.measures.repaired(self.now, &crash);
            self.start(index);
            self.review_recovery();
        }
    }
}
