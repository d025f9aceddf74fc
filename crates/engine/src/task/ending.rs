//! How a task ends, or goes on because what it waited for has ended.

use crate::event::{Event, Kind};
use crate::fact::Reason;
use crate::work::{Flags, MAX_NESTING, NONE, State};
use crate::world::World;

impl World {
    /// A task goes on here and now; unless that has gone on for long.
    #[inline(never)]
    fn go_on(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        if self.nesting < MAX_NESTING {
            work.flags.clear(Flags::DIVIDED);
            self.nesting += 1;
            self.run(index);
            self.nesting -= 1;
        } else {
            work.state = State::Ready;
            self.immediate.push_back(Event::new(Kind::Resume, index));
        }
    }

    /// Something that a task waits for has ended well; whoever says so is in the middle of something else (the process
    /// that the task runs in may be ending), so that the task goes on after that.
    pub fn goes_on_soon(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        work.awaited -= 1;
        if work.awaited == 0 {
            work.state = State::Ready;
            self.immediate.push_back(Event::new(Kind::Resume, index));
        }
    }

    /// Something that a task waits for has ended.
    pub fn child_ended(&mut self, parent: u32, soft: bool, result: Result<(), Reason>) {
        let work = &mut self.works[parent as usize];
        if work.state != State::Waiting {
            return;
        }
        match result {
            Err(reason) if !soft => self.fail_task(parent, reason),
            _ => {
                if result.is_err() {
                    self.degrade(parent);
                }
                let work = &mut self.works[parent as usize];
                work.awaited -= 1;
                if work.awaited == 0 {
                    self.go_on(parent);
                }
            }
        }
    }

    /// A task has executed all its ops.
    #[inline(always)]
    pub(super) fn end_task(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        if !work.flags.has(Flags::INSIDE) {
            return self.finish(index, Ok(()));
        }
        work.state = State::Over;
        let (parent, soft) = (work.parent, work.flags.has(Flags::SOFT));
        if parent != NONE {
            self.child_ended(parent, soft, Ok(()));
        }
        self.release(index);
    }

    /// A task fails, and with it all that wait for it, up to one that bears it.
    pub(super) fn fail_task(&mut self, mut index: u32, reason: Reason) {
        loop {
            if !self.transacting.is_idle() {
                self.transacting_failed(index);
            }
            let work = &mut self.works[index as usize];
            if !work.flags.has(Flags::INSIDE) {
                return self.finish(index, Err(reason));
            }
            work.state = State::Over;
            let (parent, soft) = (work.parent, work.flags.has(Flags::SOFT));
            if work.memory != NONE && self.falls_back(index) {
                return self.release(index);
            }
            let goes_on = parent == NONE || soft || self.works[parent as usize].state != State::Waiting;
            if goes_on {
                if parent != NONE {
                    self.child_ended(parent, soft, Err(reason));
                }
                return self.release(index);
            }
            // The parent, which waits, holds itself.
            self.release(index);
            index = parent;
        }
    }
}
