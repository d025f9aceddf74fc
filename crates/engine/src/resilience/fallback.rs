//! Fallback: what a caller does when a call fails that it can do without.

use crate::call::Target;
use crate::fact::Reason;
use crate::plan::program::{CallOp, NOWHERE, Op};
use crate::work::{Flags, NONE, State};
use crate::world::World;

impl World {
    /// A task goes on without something it asked for: the answer to its request is worth less.
    #[cold]
    pub fn degrade(&mut self, index: u32) {
        let request = self.works[index as usize].request;
        self.requests[request as usize].degraded = true;
    }

    /// A part of a task may fall back on what an op says.
    pub fn remember_fallback(&mut self, index: u32, op: u32) {
        self.memory_of(index).fallback = op;
    }

    /// Calls what a call falls back on, for a task. Whether the task has to wait for it.
    #[cold]
    pub fn make_fallback(&mut self, index: u32, call: &CallOp) -> Result<bool, Reason> {
        if call.fallback == NOWHERE {
            return Err(Reason::NotDeployed);
        }
        self.degrade(index);
        let flags = Flags::SOFT.when(call.soft);
        if call.fallback_inside {
            let function = self.functions[call.fallback as usize];
            let begun = self.begin_inside(index, (function.first, function.end), flags);
            return begun.map(|_| true).ok_or(Reason::LimitReached);
        }
        let caller = self.caller(index, flags);
        self.call(caller, Target::Function(call.fallback), call.deadline).map(|()| true)
    }

    /// Whether a call that failed falls back on another, which its caller then waits for in its place.
    pub fn falls_back(&mut self, index: u32) -> bool {
        let work = &self.works[index as usize];
        let (parent, memory) = (work.parent, work.memory);
        if parent == NONE || memory == NONE || self.works[parent as usize].state != State::Waiting {
            return false;
        }
        let op = self.memories[memory as usize].fallback;
        let Some(&Op::Call(call)) = self.ops.get(op as usize) else { return false };
        self.make_fallback(parent, &call).is_ok()
    }
}
