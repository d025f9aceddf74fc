//! What a call remembers beyond its present attempt, if there is anything: most calls need none.

use archlab_model::Span;

use crate::plan::MAX_ATTEMPTS;
use crate::resilience::copies::Copies;
use crate::work::NONE;
use crate::world::World;

/// What a call remembers. Kept while some attempt of it is, or something that is to happen to it.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// Instances that attempts were made on.
    pub tried: [u32; MAX_ATTEMPTS],
    /// Copies under way, if it is hedged.
    pub live: [u32; MAX_ATTEMPTS],
    pub copies: Copies,
    /// The guard it goes through, or [`NONE`].
    pub guard: u32,
    /// The op that says what to call if it fails, or [`NONE`].
    pub fallback: u32,
    /// The pause before its last retry.
    pub paused: Option<Span>,
    /// Retries that its budget allowed.
    pub paid: u32,
    /// Whether its caller is done with it.
    pub over: bool,
    pub holders: u16,
}

impl Memory {
    /// Of a call that is yet to be made, held once.
    pub fn new(guard: u32, fallback: u32) -> Memory {
        Memory {
            tried: [NONE; MAX_ATTEMPTS],
            live: [NONE; MAX_ATTEMPTS],
            copies: Copies::default(),
            guard,
            fallback,
            paused: None,
            paid: 0,
            over: false,
            holders: 1,
        }
    }

    /// Remembers that an attempt was made on an instance.
    pub fn try_on(&mut self, instance: u32) {
        if let Some(room) = self.tried.iter_mut().find(|tried| **tried == NONE) {
            *room = instance;
        }
    }

    /// Where attempts were made.
    pub fn tried(&self) -> &[u32] {
        let count = self.tried.iter().position(|tried| *tried == NONE).unwrap_or(MAX_ATTEMPTS);
        &self.tried[..count]
    }

    /// A copy is under way.
    pub fn begin_copy(&mut self, work: u32) {
        if let Some(room) = self.live.iter_mut().find(|live| **live == NONE) {
            *room = work;
        }
    }

    /// A copy is not under way any more.
    pub fn end_copy(&mut self, work: u32) {
        if let Some(room) = self.live.iter_mut().find(|live| **live == work) {
            *room = NONE;
        }
    }

    /// A copy that is under way.
    pub fn a_copy(&self) -> Option<u32> {
        self.live.iter().copied().find(|live| *live != NONE)
    }
}

impl World {
    /// Somebody lets go of a memory.
    #[cold]
    pub fn release_memory(&mut self, index: u32) {
        let memory = &mut self.memories[index as usize];
        memory.holders -= 1;
        if memory.holders == 0 {
            self.end_memory(index);
            self.memories.remove(index as usize);
        }
    }

    /// The caller is done with a call.
    pub fn end_memory(&mut self, index: u32) {
        let memory = &mut self.memories[index as usize];
        let (guard, paid) = (memory.guard, memory.paid);
        if !std::mem::replace(&mut memory.over, true)
            && let Some(guard) = self.resilience.guards.get_mut(guard as usize)
            && let Some(budget) = &mut guard.budget
        {
            budget.call_ends(paid);
        }
    }
}
