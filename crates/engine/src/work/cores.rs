//! Work on the cores of machines: alone, shared, interrupted.

use archlab_model::SimTime;

use super::{Flags, NONE, State};
use crate::event::{Event, Kind};
use crate::world::World;

impl World {
    /// A machine may have finished a piece of work.
    pub fn on_burst(&mut self, index: u32) {
        let machine = &mut self.machines[index as usize];
        if !machine.is_expected(self.now) {
            return;
        }
        let ended = machine.end(self.now);
        self.wake_machine(index);
        if let Some(work) = ended {
            self.run(work);
        }
    }

    /// Schedules the next end of work on a machine, if that has changed.
    pub fn wake_machine(&mut self, index: u32) {
        if let Some(at) = self.machines[index as usize].wake(self.now) {
            self.agenda.schedule(at, Event::new(Kind::Burst, index));
        }
    }

    /// Takes a piece of work off whatever it was at, because its process ends. An event that is pending for it
    /// will find it gone. To be followed by a reply, or the end of its life.
    pub fn interrupt(&mut self, index: u32) {
        if !self.transacting.is_idle() {
            self.transacting_died(index);
        }
        let work = &mut self.works[index as usize];
        if matches!(work.state, State::Alone | State::Ready) {
            work.holders += 1;
        }
        if work.machine != NONE {
            self.machines[work.machine as usize].end_alone(self.now);
            work.machine = NONE;
        }
        work.flags.clear(Flags::SERVED);
        work.state = State::Over;
    }

    /// Makes a piece of work that is alone with its core or its connection take until `due`.
    pub fn put_off(&mut self, index: u32, due: SimTime) {
        self.write_out(index);
        let work = &mut self.works[index as usize];
        work.holders += 1;
        work.due = due;
        self.agenda.schedule(due, Event::new(Kind::Done, index));
    }

    /// Takes the core from a piece of work that has one for itself. Nanoseconds of work that are left.
    pub fn take_core(&mut self, index: u32) -> f64 {
        self.write_out(index);
        let work = &mut self.works[index as usize];
        let machine = &mut self.machines[work.machine as usize];
        work.holders += 1;
        work.machine = NONE;
        machine.end_alone(self.now);
        work.due.since(self.now).as_nanos() as f64 * machine.speed
    }

    /// Makes a piece of work that has a core for itself share the machine with others from now on.
    pub fn share_core(&mut self, index: u32) {
        let machine = self.works[index as usize].machine;
        let left = self.take_core(index);
        self.works[index as usize].state = State::Sharing;
        self.share_on(machine, index, left);
    }

    /// A piece of `nanos` of work shares the cores of a machine from now on.
    pub fn share_on(&mut self, machine: u32, index: u32, nanos: f64) {
        if let Some(at) = self.machines[machine as usize].share(self.now, index, nanos) {
            self.agenda.schedule(at, Event::new(Kind::Burst, machine));
        }
    }
}
