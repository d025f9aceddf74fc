//! Work: one attempt of a call, from the wire through queue and server to the answer, and the function it
//! executes there. What caller and callee know of it lies in one record, so that a request in flight takes
//! little room and an event touches one place.
//!
//! A record is kept while somebody holds it: its life at the callee (until the answer is delivered or nobody
//! wants one), the rights of its caller (until the answer or the end of patience), each piece of work that was
//! begun for it, and each event that was scheduled for it and lost its meaning. So an index never dangles.

mod cores;
mod flags;
mod holding;
pub mod lone;
mod serving;
mod spot;

use archlab_model::SimTime;

use crate::event::{Event, Kind};
use crate::fact::{Fact, MessageKind, Place, Reason};
use crate::instance::Process;
use crate::station::Admission;
use crate::table::Record;
use crate::timers::TimerKey;
use crate::world::World;

pub use flags::Flags;
pub use spot::Spot;

/// No work, no request: nobody.
pub const NONE: u32 = u32::MAX;

/// How many ends of work may follow from one another before the rest is left to the list of immediate events.
pub const MAX_NESTING: u8 = 4;

/// An attempt of a call, or a part of one that is executed beside it in the same instance.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// When it was sent.
    pub sent: SimTime,
    /// When the processor or the store will have done its present piece.
    pub due: SimTime,
    /// The end of the call's own deadline, for all its attempts together.
    pub deadline: SimTime,
    /// The op to execute next, and the one past the last. [`NONE`] before it begins.
    pub next: u32,
    pub end: u32,
    /// The machine whose core it has for itself, while it has one, and until what follows from its end has been seen to.
    pub machine: u32,
    /// What the call remembers beyond this attempt: an entry in the table of memories, or [`NONE`].
    pub memory: u32,
    /// How often the next op has been done already.
    pub repeated: u32,
    /// The caller's patience.
    pub timer: Option<TimerKey>,
    /// What it is for. [`NONE`] while that is not written down for itself: then some fields mean something else
    /// ([`lone`]).
    pub request: u32,
    /// The work that made the call; [`NONE`] for the entry.
    pub parent: u32,
    /// What was called: a function, or the op that describes the access if it is made at a store.
    pub target: u32,
    pub at: Spot,
    pub from: Spot,
    /// Calls and parts it waits for.
    pub awaited: u16,
    pub holders: u16,
    pub depth: u8,
    /// Which attempt of its call it is, from 1.
    pub attempt: u8,
    /// The lane of the deadline's timer.
    pub lane: u8,
    pub state: State,
    pub flags: Flags,
    pub answer: Answer,
}

/// How far a piece of work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its message travels. An event is pending.
    OnTheWay,
    /// It waits for a server.
    Queued,
    /// It begins or goes on at once. An event is pending.
    Ready,
    /// It has a core for itself, or a connection of a store. An event is pending.
    Alone,
    /// It shares the cores of its machine.
    Sharing,
    /// It waits for calls it has made.
    Waiting,
    /// It waits at a broker for room.
    Blocked,
    /// Its process stands still, and it with it.
    Frozen,
    /// Its answer travels. An event is pending.
    Answered,
    /// There is nothing more to it; but somebody still holds the record.
    Over,
    /// It waits at its caller's, to be sent.
    Held,
}

/// What comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It was done.
    Done,
    /// The function called failed, for a reason that lies deeper.
    Failed(Reason),
    /// It failed here: refused, reset or rejected.
    Undone(Reason),
}

impl Record for Work {
    const VACANT: Work =
        Work { holders: 0, ..Work::new(NONE, NONE, NONE, Spot::ANY, Spot::ANY, Flags::NONE) };

    #[inline]
    fn is_held(&self) -> bool {
        self.holders > 0
    }

    #[inline]
    fn leave(&mut self, next_vacant: u32) {
        (self.holders, self.parent) = (0, next_vacant);
    }

    #[inline]
    fn next_vacant(&self) -> u32 {
        self.parent
    }
}

impl Work {
    /// Work that is yet to be sent or begun, held by its life.
    pub const fn new(request: u32, parent: u32, target: u32, from: Spot, at: Spot, flags: Flags) -> Work {
        Work {
            sent: SimTime::START,
            due: SimTime::NEVER,
            deadline: SimTime::NEVER,
            request,
            parent,
            target,
            at,
            from,
            next: NONE,
            end: NONE,
            repeated: 0,
            machine: NONE,
            timer: None,
            memory: NONE,
            awaited: 0,
            holders: if flags.has(Flags::CLAIMED) { 2 } else { 1 },
            depth: 0,
            attempt: 1,
            lane: 0,
            state: State::OnTheWay,
            flags,
            answer: Answer::Done,
        }
    }

    /// One more holds it.
    pub fn add_holder(&mut self) {
        self.holders += 1;
    }

    /// Whether it is at work, or waits to be, where it was sent.
    #[inline]
    pub fn is_there(&self) -> bool {
        !matches!(self.state, State::OnTheWay | State::Answered | State::Over | State::Held)
    }
}

impl World {
    /// Work reaches its place.
    #[inline(never)]
    pub fn on_arrive(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        let station = match work.at.place() {
            _ if work.state != State::OnTheWay => None,
            Place::Instance(place) => {
                let instance = &mut self.instances[place as usize];
                (instance.process == Process::Up && !instance.ailing).then_some(&mut instance.station)
            }
            Place::Store(place) => {
                let store = &mut self.stores[place as usize];
                store.up.then_some(&mut store.station)
            }
            Place::Client(_) | Place::Entry(_) => None,
        };
        let Some(station) = station else { return self.arrive_with_care(index) };
        match station.admit(self.now, index) {
            Admission::Queued => work.state = State::Queued,
            Admission::Served => self.begin_here(index),
            admission => self.admitted(index, admission),
        }
    }

    /// Work reaches an instance that does not run, or that something is wrong with, or a store that is down; or it
    /// travels no more.
    #[cold]
    #[inline(never)]
    pub fn arrive_with_care(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        if work.state != State::OnTheWay {
            return self.release(index);
        }
        let admission = match work.at.place() {
            Place::Instance(place) => {
                if !self.is_reached(index, place) {
                    return;
                }
                self.instances[place as usize].station.admit(self.now, index)
            }
            Place::Store(place) => {
                debug_assert!(!self.stores[place as usize].up, "a store that is up lets in what arrives");
                return self.reply(index, Answer::Undone(Reason::Refused));
            }
            Place::Client(_) | Place::Entry(_) => {
                work.state = State::Over;
                return self.release(index);
            }
        };
        self.admitted(index, admission);
    }

    /// What becomes of work that has reached its place, as its station says.
    #[cold]
    #[inline(never)]
    pub fn admitted(&mut self, index: u32, admission: Admission) {
        match admission {
            Admission::Rejected => self.reply(index, Answer::Undone(Reason::QueueFull)),
            Admission::Queued => self.works[index as usize].state = State::Queued,
            Admission::Served => self.begin(index),
            Admission::QueuedForNow => self.queue_for_now(index),
            Admission::Shed => self.reply(index, Answer::Undone(Reason::Shed)),
        }
    }

    /// Whether work reaches an instance that does not run, or that something is wrong with.
    #[cold]
    fn is_reached(&mut self, index: u32, place: u32) -> bool {
        let instance = &self.instances[place as usize];
        if !self.machines[instance.machine as usize].on {
            self.works[index as usize].state = State::Over;
            self.on_silence(index);
            self.release(index);
            return false;
        }
        if instance.process != Process::Up {
            self.reply(index, Answer::Undone(Reason::Refused));
            return false;
        }
        !instance.ailing || self.lets_in(index, place)
    }

    /// A store has done a piece of work, which is not plain.
    pub fn served_at_store(&mut self, index: u32) {
        let work = &self.works[index as usize];
        if work.flags.has(Flags::PUBLISH) {
            return self.on_published(index);
        }
        if work.flags.has(Flags::KEEPING) {
            return self.leg_served(index);
        }
        self.finish_with(index, Answer::Done);
    }

    /// A server has finished: the answer goes out, and the next in the queue comes in.
    #[inline]
    pub fn finish(&mut self, index: u32, result: Result<(), Reason>) {
        if self.usual && result.is_ok() && self.works[index as usize].flags.is_plain() {
            return self.finish_plain(index);
        }
        self.finish_with(index, result.map_or_else(Answer::Failed, |()| Answer::Done));
    }

    /// As [`World::finish`], with what comes back.
    #[cold]
    #[inline(never)]
    pub fn finish_with(&mut self, index: u32, answer: Answer) {
        let work = &mut self.works[index as usize];
        let served = work.flags.has(Flags::SERVED);
        work.flags.clear(Flags::SERVED);
        let (at, flags, request, parent) = (work.at, work.flags, work.request, work.parent);
        let (station, group) = match at.place() {
            Place::Instance(place) => {
                let instance = &mut self.instances[place as usize];
                (&mut instance.station, instance.group)
            }
            Place::Store(place) => {
                let store = &mut self.stores[place as usize];
                (&mut store.station, store.group)
            }
            Place::Client(_) | Place::Entry(_) => return,
        };
        station.finished += 1;
        let sheds = station.sheds();
        let next = if served { station.free(self.now) } else { None };
        let wanted = flags.has(Flags::CLAIMED) && self.is_waited_for(request, parent, flags);
        if self.telling {
            let wanted = wanted || flags.has(Flags::MESSAGE);
            self.told.push(Fact::Finished { at: at.place(), wanted });
        }
        if sheds {
            self.learn_load(index, wanted);
        }
        if wanted {
            self.send_answer(index, answer);
        } else if flags.has(Flags::MESSAGE) {
            self.message_worked(index, answer == Answer::Done);
        } else {
            self.measures.wasted(group);
            self.end_unwanted(index);
        }
        if let Some(next) = next {
            self.serve_now(next);
        }
    }

    /// Sends what comes back, if somebody still waits for it. The life at the callee ends with it.
    pub fn reply(&mut self, index: u32, answer: Answer) {
        if self.is_wanted(index) {
            self.send_answer(index, answer);
        } else {
            self.end_unwanted(index);
        }
    }

    #[cold]
    #[inline(never)]
    pub fn end_unwanted(&mut self, index: u32) {
        if self.works[index as usize].flags.has(Flags::MESSAGE) {
            return self.message_worked(index, false);
        }
        self.disclaim(index);
        self.works[index as usize].state = State::Over;
        self.release(index);
    }

    #[inline(always)]
    fn send_answer(&mut self, index: u32, answer: Answer) {
        let work = &self.works[index as usize];
        let (at, from, request) = (work.at, work.from, work.request);
        let message = if answer == Answer::Done { MessageKind::Response } else { MessageKind::Failure };
        let delay = self.message(at, from, message, request);
        if delay.is_zero() && from.is_entry() {
            // Nothing begins at an entry, so this cannot go in circles.
            self.returns(index, answer);
        } else {
            let work = &mut self.works[index as usize];
            (work.state, work.answer) = (State::Answered, answer);
            self.send(delay, Event::new(Kind::Return, index));
        }
    }

    /// What comes back reaches the caller.
    #[inline(never)]
    pub fn on_return(&mut self, index: u32) {
        let work = self.works[index as usize];
        if self.usual && work.answer == Answer::Done && work.flags.is_plain() {
            return self.answered_plain(index, &work);
        }
        self.returns(index, work.answer);
    }

    #[inline]
    pub fn returns(&mut self, index: u32, answer: Answer) {
        let work = &mut self.works[index as usize];
        work.state = State::Over;
        if !work.flags.has(Flags::CLAIMED) {
            return self.release(index);
        }
        match answer {
            Answer::Done => self.answered(index, Ok(())),
            Answer::Failed(reason) => self.answered(index, Err(reason)),
            Answer::Undone(reason) => {
                self.attempt_failed(index, reason);
                self.release(index);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Request;

    #[test]
    fn a_request_in_flight_takes_less_than_200_bytes() {
        // A request, its attempt at the entry's service, a timer for each, a place in a queue.
        let timers = 2 * 24;
        assert!(size_of::<Request>() + size_of::<Work>() + timers + size_of::<u32>() < 200);
    }
}
