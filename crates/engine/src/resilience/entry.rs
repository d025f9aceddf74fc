//! The entry of a group: its rate limit, and what its calls have to know besides.

use archlab_model::Span;

use crate::call::Caller;
use crate::event::Control;
use crate::fact::{Outcome, Reason};
use crate::resilience::Care;
use crate::resilience::bucket::Passage;
use crate::work::{Flags, NONE};
use crate::world::World;

impl World {
    /// What the limit at the entry of its group does with a request that has come there. Whether it is over with
    /// it for now.
    #[cold]
    pub fn is_kept_at_entry(&mut self, index: u32) -> bool {
        let group = self.requests[index as usize].group;
        let Some(Some(bucket)) = self.resilience.entries.get_mut(group as usize) else { return false };
        match bucket.ask(self.now) {
            Passage::After(Span::ZERO) => return false,
            Passage::After(delay) => {
                self.requests[index as usize].holders += 1;
                let care = Care::Entry { request: index };
                self.schedule(self.now + delay, Control::Care(care));
            }
            Passage::Rejected => self.answer(index, Outcome::Failed(Reason::RateLimited)),
        }
        true
    }

    /// What the entry's caller has to know besides.
    #[cold]
    pub fn take_care(&mut self, caller: &mut Caller, group: u32, kind: u32) {
        let group = &self.groups[group as usize];
        caller.guard = group.entry_guards.get(kind as usize).copied().unwrap_or(NONE);
        if group.calls.deadlines.is_some() {
            caller.flags.set(Flags::DEADLINE);
            caller.deadline = self.end_of_patience(caller.request);
        }
    }
}
