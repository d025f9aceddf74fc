//! Work and servers: who is free begins with what waits.

use archlab_model::Span;

use super::{Flags, MAX_NESTING, NONE, State};
use crate::event::{Event, Kind};
use crate::fact::{Fact, Place};
use crate::plan::program::Op;
use crate::transaction::live::COORDINATION;
use crate::world::World;

impl World {
    /// A server that was given a piece of work begins with it.
    #[inline(never)]
    pub fn on_begin(&mut self, index: u32) {
        if self.works[index as usize].state != State::Ready {
            self.release(index);
        } else {
            self.begin_here(index);
        }
    }

    /// Gives a piece of work, that waited, to the server that is free for it.
    pub fn serve_next(&mut self, next: Option<u32>) {
        if let Some(next) = next {
            self.works[next as usize].state = State::Ready;
            self.immediate.push_back(Event::new(Kind::Begin, next));
        }
    }

    /// As [`World::serve_next`], and begins with it here and now; unless that has gone on for long, for work that
    /// takes no time ends here and now, too, and lets the next begin.
    #[inline(never)]
    pub fn serve_now(&mut self, next: u32) {
        if self.nesting >= MAX_NESTING {
            return self.serve_next(Some(next));
        }
        self.nesting += 1;
        self.begin(next);
        self.nesting -= 1;
    }

    /// A server begins with a piece of work, which may have been here before.
    #[inline(never)]
    pub fn begin(&mut self, index: u32) {
        self.write_out(index);
        let work = &mut self.works[index as usize];
        work.flags.set(Flags::SERVED);
        let at = work.at.place();
        if work.next == NONE {
            if work.flags.has(Flags::MAY_LAPSE) && self.lapses(index) {
                return;
            }
            if !self.usual && !self.begins(index, at) {
                return;
            }
            let work = &mut self.works[index as usize];
            if matches!(at, Place::Store(_)) {
                let op = work.target;
                return self.begin_access(index, op);
            }
            let function = self.functions[work.target as usize];
            (work.next, work.end) = (function.first, function.end);
        }
        self.run(index);
    }

    /// Whether a piece of work may begin, and tells it.
    #[cold]
    #[inline(never)]
    fn begins(&mut self, index: u32, at: Place) -> bool {
        if self.faults.any && !self.may_begin(index) {
            return false;
        }
        self.tell(Fact::Started { at });
        true
    }

    fn begin_access(&mut self, index: u32, op: u32) {
        let length = match self.ops[op as usize] {
            _ if self.works[index as usize].flags.has(Flags::KEEPING) => self.leg_length(index, op),
            Op::Access { sampler, stream, .. } => self.draw(&sampler, stream),
            Op::Publish(_) => self.publish_length(index),
            Op::Transact(_) => COORDINATION,
            _ => Span::ZERO,
        };
        let work = &mut self.works[index as usize];
        let length = if self.faults.any { self.faults.at_store(work.at, length) } else { length };
        let due = self.now + length;
        (work.due, work.state) = (due, State::Alone);
        let event = Event::new(Kind::Done, index);
        if length.is_zero() {
            self.immediate.push_back(event);
        } else {
            self.agenda.schedule(due, event);
        }
    }
}
