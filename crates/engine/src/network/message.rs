//! Messages: each leaves a place for another, and is told to whoever watches.

use archlab_model::Span;

use super::LOST;
use crate::fact::{Fact, MessageKind, Place};
use crate::frame::Flight;
use crate::work::Spot;
use crate::world::World;

impl World {
    /// A message leaves. How long it will travel.
    #[inline(always)]
    pub fn message(&mut self, from: Spot, to: Spot, message: MessageKind, request: u32) -> Span {
        if self.plain_links {
            return self.plain_latency(from, to);
        }
        if self.watched {
            return self.message_watched(from, to, message, request);
        }
        self.latency_by_link(from, to)
    }

    #[cold]
    #[inline(never)]
    fn message_watched(&mut self, from: Spot, to: Spot, message: MessageKind, request: u32) -> Span {
        let travel = self.latency(from, to);
        self.tell_message(from.place(), to.place(), travel, message, request);
        travel
    }

    /// A message leaves once there is a connection for it. How long that takes, and its way.
    #[cold]
    pub fn first_message(
        &mut self,
        from: Spot,
        to: Spot,
        message: MessageKind,
        request: u32,
        target: u32,
    ) -> Span {
        let round_trips = self.functions.get(target as usize).map_or(0, |function| function.round_trips);
        let mut travel = self.latency(from, to);
        for _ in 0..2 * round_trips {
            // One that is lost is lost for good: nobody sends it again but a retry.
            let way = if travel == LOST { LOST } else { self.latency(from, to) };
            travel = if way == LOST { LOST } else { travel + way };
        }
        if self.telling || self.flights.is_some() {
            self.tell_message(from.place(), to.place(), travel, message, request);
        }
        travel
    }

    #[cold]
    #[inline(never)]
    fn tell_message(&mut self, from: Place, to: Place, travel: Span, message: MessageKind, request: u32) {
        let kind = self.requests[request as usize].kind;
        self.tell(Fact::Sent { from, to, arrives: self.now + travel, message, kind });
        if let Some(recorder) = &mut self.flights {
            let travel = (travel != LOST).then_some(travel);
            recorder.see(Flight { from, to, departed: self.now, travel, message, kind });
        }
    }
}
