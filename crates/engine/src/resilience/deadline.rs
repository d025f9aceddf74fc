//! Deadlines that go with calls, down the tree.

use archlab_model::SimTime;

use crate::event::{Event, Kind};
use crate::timers::{TimerKey, Wait};
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

    /// The deadline that goes with an attempt, and its lane: the end of the call's own patience, or of its caller's.
    ///
    /// It takes a copy, so that who makes the attempt need not have it in memory yet.
    #[cold]
    pub fn inherited_deadline(&self, work: Work, response: Wait) -> (SimTime, u8) {
        let above = self.end_of_caller(&work);
        if work.lane != INHERITED && work.deadline != SimTime::NEVER {
            return (work.deadline.min(above), work.lane);
        }
        let own = if response.is_for_ever() { SimTime::NEVER } else { self.now + response.length };
        (own.min(above), INHERITED)
    }

    /// Sets the timer of an attempt, which has this number or will have it, and this deadline of its own or none.
    #[inline(always)]
    pub fn set_timeout(&mut self, index: u32, work: Work, response: Wait) -> Option<TimerKey> {
        let event = Event::new(Kind::Timeout, index);
        if work.deadline == SimTime::NEVER {
            return self.agenda.set_timer(self.now, response, event);
        }
        let wait = Wait { lane: self.lane_of(&work, response), ..response };
        Some(self.agenda.set_timer_at(work.deadline.max(self.now), wait, event))
    }

    /// The lane of the timer that rings at the deadline of an attempt.
    #[inline(always)]
    fn lane_of(&self, work: &Work, response: Wait) -> u16 {
        let Work { lane, deadline, request, .. } = *work;
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
