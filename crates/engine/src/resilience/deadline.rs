//! Deadlines that go with calls, down the tree.

use archlab_model::SimTime;

use crate::timers::Wait;
use crate::work::{Flags, NONE, Work};
use crate::world::World;

/// In place of a lane: the deadline is not the call's own, but what its caller's leaves to it.
pub const INHERITED: u8 = u8::MAX;

impl World {
    /// When the client of a request leaves.
    pub fn end_of_patience(&self, request: u32) -> SimTime {
        let request = &self.requests[request as usize];
        let patience = self.clients[request.client as usize].patience;
        if patience.is_for_ever() { SimTime::NEVER } else { request.issued + patience.length }
    }

    /// When nobody waits for the caller of a piece of work any more.
    fn end_of_caller(&self, work: &Work) -> SimTime {
        if work.flags.has(Flags::BACKGROUND) {
            return SimTime::NEVER;
        }
        match work.parent {
            NONE => self.end_of_patience(work.request),
            parent => self.works[parent as usize].deadline,
        }
    }

    /// When no further attempt of a call is of any use.
    pub fn end_of_call(&self, index: u32) -> SimTime {
        let work = &self.works[index as usize];
        if work.lane == INHERITED { self.end_of_caller(work) } else { work.deadline }
    }

    /// Gives an attempt the deadline that goes with it: the end of the call's own patience, or of its caller's.
    #[cold]
    pub fn inherit_deadline(&mut self, work: &mut Work, response: Wait) {
        let above = self.end_of_caller(work);
        if work.lane != INHERITED && work.deadline != SimTime::NEVER {
            work.deadline = work.deadline.min(above);
            return;
        }
        work.lane = INHERITED;
        let own = if response.is_for_ever() { SimTime::NEVER } else { self.now + response.length };
        work.deadline = own.min(above);
    }

    /// The lane of the timer that rings at the deadline of an attempt.
    #[inline]
    pub fn lane_of(&self, lane: u8, deadline: SimTime, request: u32, response: Wait) -> u16 {
        if lane != INHERITED {
            return u16::from(lane);
        }
        let group = self.requests[request as usize].group;
        match self.groups[group as usize].calls.deadlines {
            // Most deadlines that are inherited come from requests in the order they were issued.
            Some(wait) if deadline != self.now + response.length => wait.lane,
            _ => response.lane,
        }
    }
}
