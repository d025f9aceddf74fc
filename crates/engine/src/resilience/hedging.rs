//! Hedging: several copies of one call under way, of which the first good answer counts.

use archlab_model::policy::{CancelWork, Hedging};

use crate::event::Control;
use crate::fact::{Place, Reason};
use crate::resilience::Care;
use crate::resilience::copies::Next;
use crate::resilience::guard::Ending;
use crate::resilience::memory::Memory;
use crate::work::{Flags, NONE, State, Work};
use crate::world::World;

impl World {
    /// How a call is hedged, if it is.
    fn hedging_of(&self, memory: u32) -> Option<Hedging> {
        let memory = self.memories.get(memory as usize)?;
        self.resilience.guards.get(memory.guard as usize)?.hedging
    }

    /// A copy was sent: the next follows after a while.
    pub fn plan_copies(&mut self, index: u32) {
        let work = &self.works[index as usize];
        let (memory, at) = (work.memory, work.at);
        let Some(hedging) = self.hedging_of(memory) else { return };
        let remembered = &mut self.memories[memory as usize];
        if let Some(instance) = at.instance() {
            remembered.try_on(instance);
        }
        remembered.begin_copy(index);
        remembered.copies.send();
        if remembered.copies.may_send(hedging.copies) {
            remembered.holders += 1;
            let sent = remembered.copies.sent();
            self.schedule(self.now + hedging.after, Control::Care(Care::Hedge { memory, sent }));
        }
    }

    /// It is time for another copy, unless one was sent since, or there is an answer.
    pub fn on_hedge(&mut self, memory: u32, sent: u8) {
        let remembered = &self.memories[memory as usize];
        if !remembered.over
            && remembered.copies.sent() == sent
            && let Some(copy) = remembered.a_copy()
            && self.is_still_waited_for(copy)
        {
            self.send_copy(copy);
        }
        self.release_memory(memory);
    }

    /// Sends another copy of a call, if it may. Whether it did, or will.
    fn send_copy(&mut self, of: u32) -> bool {
        let first = &self.works[of as usize];
        let (request, parent, target, from) = (first.request, first.parent, first.target, first.from);
        let (depth, deadline, lane, memory) = (first.depth, first.deadline, first.lane, first.memory);
        let flags = first.flags.only_of_the_call().and(Flags::CLAIMED);
        let Some(hedging) = self.hedging_of(memory) else { return false };
        let remembered = &mut self.memories[memory as usize];
        if !remembered.copies.may_send(hedging.copies) {
            return false;
        }
        let known = &mut self.resilience.guards[remembered.guard as usize];
        if let Some(budget) = &mut known.budget {
            if !budget.allows(self.now) {
                return false;
            }
            remembered.paid += 1;
        }
        remembered.holders += 1;
        let mut work = Work::new(request, parent, target, from, self.nowhere(target), flags);
        (work.depth, work.deadline, work.lane, work.memory) = (depth, deadline, lane, memory);
        (work.state, work.attempt) = (State::Held, self.memories[memory as usize].copies.sent() + 1);
        let index = self.keep(work);
        if self.set_out(index).is_err() {
            self.drop_held(index);
            self.name_a_copy(of);
            return false;
        }
        let group = self.requests[request as usize].group;
        self.measures.care(group).hedged += 1;
        true
    }

    /// A copy of a call failed, if the call is hedged. Whether it goes on with others.
    pub fn copy_failed(&mut self, index: u32, reason: Reason, fatal: bool) -> bool {
        let memory = self.works[index as usize].memory;
        let Some(hedging) = self.hedging_of(memory) else { return false };
        let remembered = &mut self.memories[memory as usize];
        let sends = match remembered.copies.fail(fatal, hedging.copies) {
            Next::Fail => {
                self.cancel_copies(memory, hedging.cancel);
                return false;
            }
            Next::Send => self.send_copy(index),
            Next::Wait => true,
        };
        let goes_on = sends || self.memories[memory as usize].a_copy().is_some();
        if goes_on {
            self.count_failed_attempt(index, reason, true);
            self.name_a_copy(index);
        }
        goes_on
    }

    /// A request whose call has copies is to know one that is under way.
    fn name_a_copy(&mut self, index: u32) {
        let work = &self.works[index as usize];
        if work.parent == NONE && !work.flags.has(Flags::BACKGROUND) {
            let copy = self.memories.get(work.memory as usize).and_then(Memory::a_copy);
            self.requests[work.request as usize].call = copy.unwrap_or(NONE);
        }
    }

    /// A copy of a call was answered well, if the call is hedged: the others have lost.
    pub fn copy_won(&mut self, index: u32) {
        let work = &self.works[index as usize];
        let (memory, copy, request) = (work.memory, work.attempt, work.request);
        if let Some(hedging) = self.hedging_of(memory) {
            let group = self.requests[request as usize].group;
            self.measures.care(group).hedge_wins += u64::from(copy > 1);
            self.cancel_copies(memory, hedging.cancel);
        }
    }

    fn cancel_copies(&mut self, memory: u32, cancel: CancelWork) {
        self.end_memory(memory);
        while let Some(copy) = self.memories[memory as usize].a_copy() {
            self.memories[memory as usize].end_copy(copy);
            let work = &mut self.works[copy as usize];
            if !work.flags.has(Flags::CLAIMED) {
                continue;
            }
            let (from, at) = (work.from, work.at);
            if cancel != CancelWork::Never {
                work.add_holder();
                let due = self.now + self.latency(from, at);
                let begun = cancel == CancelWork::Begun;
                self.schedule(due, Control::Care(Care::Cancel { work: copy, begun }));
            }
            self.end_claim(copy, Ending::GivenUp);
            self.release(copy);
        }
    }

    /// Word that nobody wants it has come where a piece of work is.
    pub fn on_cancel(&mut self, index: u32, begun: bool) {
        let work = &mut self.works[index as usize];
        let group = self.requests[work.request as usize].group;
        let has_begun = work.next != NONE || matches!(work.state, State::Alone);
        match work.state {
            State::OnTheWay => {
                work.state = State::Over;
                self.measures.care(group).cancelled += 1;
            }
            State::Queued if begun || !has_begun => {
                let station = match work.at.place() {
                    Place::Instance(place) => Some(&mut self.instances[place as usize].station),
                    Place::Store(place) => Some(&mut self.stores[place as usize].station),
                    Place::Entry(_) | Place::Client(_) => None,
                };
                if station.is_some_and(|station| station.withdraw(self.now, index)) {
                    self.works[index as usize].state = State::Over;
                    self.measures.care(group).cancelled += 1;
                    self.release(index);
                }
            }
            State::Ready | State::Alone | State::Sharing | State::Waiting if begun => {
                self.measures.care(group).cancelled += 1;
                self.cut_short(index);
            }
            _ => {}
        }
        self.release(index);
    }

    /// Ends work where it is, with the parts of it in the same instance.
    fn cut_short(&mut self, index: u32) {
        let mut stopped = vec![index];
        let mut shared = false;
        let mut next = 0;
        while let Some(&part) = stopped.get(next) {
            next += 1;
            let work = &self.works[part as usize];
            let (state, served, divided) =
                (work.state, work.flags.has(Flags::SERVED), work.flags.has(Flags::DIVIDED));
            let place = work.at.place();
            shared |= state == State::Sharing;
            self.interrupt(part);
            if served && let Place::Instance(place) = place {
                let next = self.instances[place as usize].station.free(self.now);
                self.serve_next(next);
            }
            if divided {
                let parts = self.works.iter().filter(|(_, work)| {
                    work.parent == part && work.flags.has(Flags::INSIDE) && work.is_there()
                });
                stopped.extend(parts.map(|(part, _)| part as u32));
            }
        }
        if shared {
            for machine in 0..self.machines.len() as u32 {
                let works = &self.works;
                let alive = |work: u32| works[work as usize].state == State::Sharing;
                self.machines[machine as usize].retain(self.now, alive);
                self.wake_machine(machine);
            }
        }
        for part in stopped {
            self.release(part);
        }
    }
}
