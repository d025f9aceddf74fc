//! Calls through guards.
//!
//! An attempt that can't be sent at once is kept where its caller is: held.

use archlab_model::Span;

use crate::call::{Caller, Target};
use crate::event::{Control, Event, Kind};
use crate::fact::{Fact, MessageKind, Place, Reason};
use crate::resilience::Care;
use crate::resilience::bucket::Passage;
use crate::resilience::bulkhead::Entrance;
use crate::resilience::guard::Ending;
use crate::resilience::memory::Memory;
use crate::timers::Wait;
use crate::work::{Flags, NONE, Spot, State, Work};
use crate::world::World;

impl World {
    /// Makes a call that goes through a guard or may fall back on another.
    #[cold]
    pub fn call_with_care(
        &mut self,
        caller: Caller,
        target: Target,
        deadline: Option<Wait>,
    ) -> Result<(), Reason> {
        let Target::Function(function) = target else {
            return self.call(Caller { guard: NONE, fallback: NONE, ..caller }, target, deadline);
        };
        if let Some(guard) = self.resilience.guards.get_mut(caller.guard as usize)
            && let Some(budget) = &mut guard.budget
        {
            budget.call_begins(self.now);
        }
        let nowhere = self.nowhere(function);
        let flags = caller.flags.and(Flags::CLAIMED);
        let mut work = Work::new(caller.request, caller.parent, function, caller.from, nowhere, flags);
        (work.depth, work.state) = (caller.depth, State::Held);
        if let Some(wait) = deadline {
            (work.deadline, work.lane) = (self.now + wait.length, wait.lane as u8);
        }
        work.memory = self.memories.insert(Memory::new(caller.guard, caller.fallback)) as u32;
        let memory = work.memory;
        let index = self.keep(work);
        self.set_out(index).inspect_err(|_| {
            self.end_memory(memory);
            self.drop_held(index);
        })
    }

    /// Where an attempt is that was not made anywhere.
    pub fn nowhere(&self, function: u32) -> Spot {
        let pool = self.functions[function as usize].pool;
        Place::Entry(self.pools[pool as usize].group).into()
    }

    /// Forgets a held attempt that nobody claims any more.
    pub fn drop_held(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        work.state = State::Over;
        if work.flags.has(Flags::CLAIMED) {
            work.flags.clear(Flags::CLAIMED);
            self.release(index);
        }
        self.release(index);
    }

    /// The guard that a piece of work goes through, or [`NONE`].
    pub fn guard_of(&self, index: u32) -> u32 {
        match self.works[index as usize].memory {
            NONE => NONE,
            memory => self.memories[memory as usize].guard,
        }
    }

    /// Sends a held attempt as soon as its guard lets it pass. An error if that is never.
    pub fn set_out(&mut self, index: u32) -> Result<(), Reason> {
        let guard = self.guard_of(index);
        let Some(known) = self.resilience.guards.get_mut(guard as usize) else { return self.launch(index) };
        known.lets_pass(self.now, &mut self.streams)?;
        let callee = known.callee;
        self.works[index as usize].flags.set(Flags::GUARDED);
        match self.resilience.limit(self.now, callee) {
            Passage::Rejected => {
                self.step_back(index);
                Err(Reason::RateLimited)
            }
            Passage::After(Span::ZERO) => self.come_in(index),
            Passage::After(delay) => {
                self.schedule(self.now + delay, Control::Care(Care::Enter { work: index }));
                Ok(())
            }
        }
    }

    /// A held attempt comes to its bulkhead.
    fn come_in(&mut self, index: u32) -> Result<(), Reason> {
        let guard = self.guard_of(index);
        if let Some(known) = self.resilience.guards.get_mut(guard as usize)
            && let Some(bulkhead) = &mut known.bulkhead
        {
            match bulkhead.enter(self.now, index) {
                Entrance::Made => self.works[index as usize].flags.set(Flags::SLOT),
                Entrance::Full => {
                    self.step_back(index);
                    return Err(Reason::BulkheadFull);
                }
                Entrance::Waits { until } => {
                    if !std::mem::replace(&mut known.expiry_planned, true) {
                        self.schedule(until, Control::Care(Care::Expire { guard }));
                    }
                    return Ok(());
                }
            }
        }
        self.launch(index)
    }

    /// A delayed attempt goes on.
    pub fn on_enter(&mut self, index: u32) {
        if !self.is_still_held(index) {
            self.give_up_held(index);
        } else if let Err(reason) = self.come_in(index) {
            self.fail_held(index, reason);
        }
    }

    /// Those who wait at a bulkhead come in, as far as there is room.
    pub fn on_admit(&mut self, guard: u32) {
        loop {
            let bulkhead = &mut self.resilience.guards[guard as usize].bulkhead;
            let Some(index) = bulkhead.as_mut().and_then(|bulkhead| bulkhead.take()) else { return };
            self.works[index as usize].flags.set(Flags::SLOT);
            if self.is_still_held(index) {
                if let Err(reason) = self.launch(index) {
                    self.fail_held(index, reason);
                }
            } else {
                self.give_up_held(index);
            }
        }
    }

    /// Those who have waited too long at a bulkhead are told.
    pub fn on_expire(&mut self, guard: u32) {
        self.resilience.guards[guard as usize].expiry_planned = false;
        loop {
            let known = &mut self.resilience.guards[guard as usize];
            let Some(bulkhead) = &mut known.bulkhead else { return };
            let Some(index) = bulkhead.expire(self.now) else {
                if let Some(until) = bulkhead.expires() {
                    known.expiry_planned = true;
                    self.schedule(until.max(self.now), Control::Care(Care::Expire { guard }));
                }
                return;
            };
            self.step_back(index);
            self.fail_held(index, Reason::BulkheadFull);
        }
    }

    /// Whether somebody still wants a held attempt to be sent.
    fn is_still_held(&self, index: u32) -> bool {
        let work = &self.works[index as usize];
        let over = work.memory != NONE && self.memories[work.memory as usize].over;
        work.state == State::Held && !over && self.is_wanted(index)
    }

    /// Whether the caller of an attempt, which may have ended, still waits for the call.
    pub fn is_still_waited_for(&self, index: u32) -> bool {
        let Work { request, parent, flags, .. } = self.works[index as usize];
        self.is_waited_for(request, parent, flags)
    }

    /// A held attempt that its caller counted on fails.
    fn fail_held(&mut self, index: u32, reason: Reason) {
        if self.is_still_held(index) {
            self.attempt_failed(index, reason);
            self.drop_held(index);
        } else {
            self.give_up_held(index);
        }
    }

    /// Nobody wants a held attempt to be sent any more.
    fn give_up_held(&mut self, index: u32) {
        self.step_back(index);
        self.disclaim(index);
        self.drop_held(index);
    }

    /// Sends a held attempt to an instance that was not tried yet.
    fn launch(&mut self, index: u32) -> Result<(), Reason> {
        let work = &self.works[index as usize];
        let (function, memory, request, from) = (work.target, work.memory, work.request, work.from);
        let remembered = self.memories.get(memory as usize).copied();
        let tried = remembered.as_ref().map_or(&[][..], Memory::tried);
        let group = self.pools[self.functions[function as usize].pool as usize].group;
        let first = tried.is_empty();
        // Only the first attempt tells that nobody is healthy: later ones have failed for a reason of their own.
        let failed = (!first).then_some(Reason::NoneHealthy);
        let chosen = match self.choose(function, request, from, tried, failed) {
            Err(_) if !first && self.groups[group as usize].calls.retry_same => {
                self.choose(function, request, from, &[], failed)
            }
            chosen => chosen,
        };
        match chosen {
            Ok((at, response)) => {
                self.send_held(index, at, response, first);
                self.plan_copies(index);
                Ok(())
            }
            Err(reason) => {
                self.step_back(index);
                Err(reason)
            }
        }
    }

    fn send_held(&mut self, index: u32, at: Spot, response: Wait, first: bool) {
        let mut work = self.works[index as usize];
        (work.state, work.at, work.sent) = (State::OnTheWay, at, self.now);
        if work.flags.has(Flags::DEADLINE) {
            (work.deadline, work.lane) = self.inherited_deadline(work, response);
        }
        work.timer = self.set_timeout(index, work, response);
        let (from, request) = (work.from, work.request);
        self.works[index as usize] = work;
        if let Some(instance) = at.instance() {
            self.instances[instance as usize].outstanding += 1;
        }
        let message = if first { MessageKind::Request } else { MessageKind::Retry };
        let delay = self.message(from, at, message, request);
        self.send(delay, Event::new(Kind::Arrive, index));
    }

    /// An attempt that its guard let pass is not made after all, or not yet.
    fn step_back(&mut self, index: u32) {
        let guard = self.guard_of(index);
        let flags = &mut self.works[index as usize].flags;
        if !flags.has(Flags::GUARDED) {
            return;
        }
        let slot = flags.has(Flags::SLOT);
        flags.clear(Flags::GUARDED.and(Flags::SLOT));
        let Some(known) = self.resilience.guards.get_mut(guard as usize) else { return };
        known.hear(self.now, Ending::GivenUp, Span::ZERO);
        if slot {
            self.leave_bulkhead(guard);
        }
    }

    fn leave_bulkhead(&mut self, guard: u32) {
        if let Some(bulkhead) = &mut self.resilience.guards[guard as usize].bulkhead {
            bulkhead.leave();
            if bulkhead.waiting() > 0 {
                self.schedule(self.now, Control::Care(Care::Admit { guard }));
            }
        }
    }

    /// The caller of a guarded attempt has let go of it.
    #[cold]
    pub fn leave_guard(&mut self, index: u32, ending: Ending) {
        let guard = self.guard_of(index);
        let work = &mut self.works[index as usize];
        if work.state == State::Held {
            // If it doesn't wait at the bulkhead, an event is pending that will find it gone.
            self.step_back(index);
            self.works[index as usize].state = State::Over;
            let bulkhead =
                self.resilience.guards.get_mut(guard as usize).and_then(|known| known.bulkhead.as_mut());
            if bulkhead.is_some_and(|bulkhead| bulkhead.forget(index)) {
                self.release(index);
            }
            return;
        }
        let (memory, took, slot) = (work.memory, self.now.since(work.sent), work.flags.has(Flags::SLOT));
        work.flags.clear(Flags::GUARDED.and(Flags::SLOT));
        if memory != NONE {
            self.memories[memory as usize].end_copy(index);
        }
        let Some(known) = self.resilience.guards.get_mut(guard as usize) else { return };
        if known.hear(self.now, ending, took) {
            let open = known.breaker.as_ref().is_some_and(|breaker| breaker.is_open());
            self.tell(Fact::Breaker { guard, open });
        }
        if slot {
            self.leave_bulkhead(guard);
        }
    }
}
