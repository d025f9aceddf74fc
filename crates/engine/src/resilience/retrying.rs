//! Calls that are tried again after a pause, or fail for good.

use archlab_model::Span;
use archlab_model::policy::Backoff;

use crate::event::Control;
use crate::fact::{Fact, Reason};
use crate::resilience::Care;
use crate::resilience::backoff::pause;
use crate::resilience::memory::Memory;
use crate::timers::Wait;
use crate::work::{Answer, Flags, NONE, Spot, State};
use crate::world::World;

/// How a call is tried again.
#[derive(Debug, Clone, Copy)]
pub enum Next {
    /// At once, there; for so long at most.
    At(Spot, Wait),
    /// After a pause, and through the guard if it has one.
    After(Span),
}

impl World {
    /// What a call remembers; from now on it does.
    pub fn memory_of(&mut self, index: u32) -> &mut Memory {
        let work = &mut self.works[index as usize];
        if work.memory == NONE {
            work.memory = self.memories.insert(Memory::new(NONE, NONE)) as u32;
        }
        &mut self.memories[work.memory as usize]
    }

    /// How a call is tried again after a pause, or through its guard. `None` if its budget or its time is spent.
    pub fn next_attempt_with_care(&mut self, index: u32, backoff: Option<(Backoff, u32)>) -> Option<Next> {
        let work = &self.works[index as usize];
        let (memory, retry) = (work.memory, u32::from(work.attempt));
        let pause = match backoff {
            Some((policy, stream)) => {
                let previous = self.memories[memory as usize].paused;
                pause(&policy, retry, previous, &mut self.streams[stream as usize])
            }
            None => Span::ZERO,
        };
        if self.now + pause >= self.end_of_call(index) {
            return None;
        }
        let remembered = &mut self.memories[memory as usize];
        if let Some(known) = self.resilience.guards.get_mut(remembered.guard as usize) {
            let allowed = known.budget.as_mut().is_none_or(|budget| budget.allows(self.now));
            if known.hedging.is_some() || !allowed {
                return None;
            }
            remembered.paid += u32::from(known.budget.is_some());
        }
        remembered.paused = Some(pause);
        Some(Next::After(pause))
    }

    /// Tries a call again after a pause, unless nobody wants it by then.
    pub fn try_again_later(&mut self, index: u32, pause: Span, reason: Reason) {
        let work = &mut self.works[index as usize];
        work.answer = Answer::Undone(reason);
        if pause.is_zero() {
            return self.try_again_now(index);
        }
        work.add_holder();
        self.schedule(self.now + pause, Control::Care(Care::TryAgain { work: index }));
    }

    /// The pause before a retry is over.
    pub fn on_try_again(&mut self, index: u32) {
        self.try_again_now(index);
        self.release(index);
    }

    fn try_again_now(&mut self, index: u32) {
        let work = &self.works[index as usize];
        let (function, memory) = (work.target, work.memory);
        let (Answer::Undone(reason) | Answer::Failed(reason)) = work.answer else { return };
        if !self.is_still_waited_for(index) {
            if memory != NONE {
                self.end_memory(memory);
            }
            return;
        }
        let mut next = self.next_work(index, self.nowhere(function));
        next.state = State::Held;
        let next = self.keep(next);
        if self.set_out(next).is_err() {
            // Whatever keeps it from being tried again, the failure is the one that happened.
            self.works[next as usize].flags.clear(Flags::CLAIMED);
            self.fail_call(next, reason);
            self.release(next);
            self.drop_held(next);
        }
    }

    /// A call fails for good, unless it falls back on another.
    pub fn fail_call(&mut self, index: u32, reason: Reason) {
        let memory = self.works[index as usize].memory;
        if memory != NONE {
            self.end_memory(memory);
            if self.falls_back(index) {
                return;
            }
        }
        self.deliver(index, Err(reason));
    }

    /// The function called has answered that it failed, or the call is one that remembers something.
    #[cold]
    pub fn answered_with_care(&mut self, index: u32, result: Result<(), Reason>) {
        if let Err(reason) = result
            && let Some(instance) = self.works[index as usize].at.instance()
        {
            let group = self.instances[instance as usize].group;
            let repeats = self.groups[group as usize].calls.repeats(reason);
            if self.copy_failed(index, reason, !repeats) {
                return;
            }
            if repeats && let Ok(next) = self.next_attempt(index, reason) {
                let at = self.works[index as usize].at.place();
                self.measures.retried(group);
                self.tell(Fact::AttemptFailed { at, reason, retried: true });
                return self.try_again(index, next, reason);
            }
        }
        match result {
            Ok(()) => {
                self.copy_won(index);
                let memory = self.works[index as usize].memory;
                if memory != NONE {
                    self.end_memory(memory);
                }
                self.deliver(index, result);
            }
            Err(reason) => self.fail_call(index, reason),
        }
    }
}
