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
mod spot;

use archlab_model::{SimTime, Span};

use crate::event::{Event, Kind};
use crate::fact::{Fact, MessageKind, Place, Reason};
use crate::instance::Process;
use crate::plan::program::Op;
use crate::station::Admission;
use crate::timers::TimerKey;
use crate::transaction::live::COORDINATION;
use crate::world::World;

pub use flags::Flags;
pub use spot::Spot;

/// No work, no request: nobody.
pub const NONE: u32 = u32::MAX;

/// How many ends of work may follow from one another before the rest is left to the list of immediate events.
pub const MAX_NESTING: u8 = 4;

/// An attempt of a call, or a part of one that is executed beside it in the same instance.
#[derive(Debug, Clone)]
pub struct Work {
    /// When it was sent.
    pub sent: SimTime,
    /// When the processor or the store will have done its present piece.
    pub due: SimTime,
    /// The end of the call's own deadline, for all its attempts together.
    pub deadline: SimTime,
    pub request: u32,
    /// The work that made the call; [`NONE`] for the entry.
    pub parent: u32,
    /// What was called: a function, or the op that describes the access if it is made at a store.
    pub target: u32,
    pub at: Spot,
    pub from: Spot,
    /// The op to execute next, and the one past the last. [`NONE`] before it begins.
    pub next: u32,
    pub end: u32,
    /// How often the next op has been done already.
    pub repeated: u32,
    /// The machine whose core it has for itself, while it has one.
    pub machine: u32,
    /// The caller's patience.
    pub timer: Option<TimerKey>,
    /// What the call remembers beyond this attempt: an entry in the table of memories, or [`NONE`].
    pub memory: u32,
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

impl Work {
    /// Work that is yet to be sent or begun, held by its life.
    pub fn new(request: u32, parent: u32, target: u32, from: Spot, at: Spot, flags: Flags) -> Work {
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
    #[inline]
    pub fn on_arrive(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        if work.state != State::OnTheWay {
            return self.release(index);
        }
        let admission = match work.at.place() {
            Place::Instance(place) => {
                let instance = &mut self.instances[place as usize];
                if instance.process != Process::Up || instance.ailing {
                    if !self.is_reached(index, place) {
                        return;
                    }
                    self.instances[place as usize].station.admit(self.now, index)
                } else {
                    instance.station.admit(self.now, index)
                }
            }
            Place::Store(place) => {
                let store = &mut self.stores[place as usize];
                if !store.up {
                    return self.reply(index, Answer::Undone(Reason::Refused));
                }
                store.station.admit(self.now, index)
            }
            Place::Client(_) | Place::Entry(_) => {
                work.state = State::Over;
                return self.release(index);
            }
        };
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
    #[inline(never)]
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

    /// A server that was given a piece of work begins with it.
    pub fn on_begin(&mut self, index: u32) {
        if self.works[index as usize].state == State::Ready {
            self.begin(index);
        } else {
            self.release(index);
        }
    }

    /// Gives a piece of work, that waited, to the server that is free for it.
    pub fn serve_next(&mut self, next: Option<u32>) {
        if let Some(next) = next {
            self.works[next as usize].state = State::Ready;
            self.immediate.push_back(Event::new(Kind::Begin, next));
        }
    }

    /// As [`World::serve_next`], and begins with it here and now; unless that has gone on for long, for work that
    /// takes no time ends here and now, too, and lets the next begin.
    #[inline]
    pub fn serve_now(&mut self, next: u32) {
        if self.nesting >= MAX_NESTING {
            return self.serve_next(Some(next));
        }
        self.nesting += 1;
        self.begin(next);
        self.nesting -= 1;
    }

    #[inline(always)]
    fn begin(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        work.flags.set(Flags::SERVED);
        let at = work.at.place();
        if work.next == NONE {
            if work.flags.has(Flags::MAY_LAPSE) && self.lapses(index) {
                return;
            }
            if !self.usual && !self.begins(index, at) {
                return;
            }
            let work = &mut self.works[index as usize];
            if matches!(at, Place::Store(_)) {
                let op = work.target;
                return self.begin_access(index, op);
            }
            let function = self.functions[work.target as usize];
            (work.next, work.end) = (function.first, function.end);
            if self.usual && self.begin_plain(index) {
                return;
            }
        }
        self.run(index);
    }

    /// Whether a piece of work may begin, and tells it.
    #[cold]
    #[inline(never)]
    fn begins(&mut self, index: u32, at: Place) -> bool {
        if self.faults.any && !self.may_begin(index) {
            return false;
        }
        self.tell(Fact::Started { at });
        true
    }

    fn begin_access(&mut self, index: u32, op: u32) {
        let length = match self.ops[op as usize] {
            _ if self.works[index as usize].flags.has(Flags::KEEPING) => self.leg_length(index, op),
            Op::Access { sampler, stream, .. } => self.draw(&sampler, stream),
            Op::Publish(_) => self.publish_length(index),
            Op::Transact(_) => COORDINATION,
            _ => Span::ZERO,
        };
        let work = &mut self.works[index as usize];
        let length = if self.faults.any { self.faults.at_store(work.at, length) } else { length };
        let due = self.now + length;
        (work.due, work.state) = (due, State::Alone);
        let event = Event::new(Kind::Done, index);
        if length.is_zero() {
            self.immediate.push_back(event);
        } else {
            self.agenda.schedule(due, event);
        }
    }

    /// A piece of work has had its core, or its connection of a store, for as long as it needed.
    pub fn on_done(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        if work.state != State::Alone || work.due != self.now {
            return self.release(index);
        }
        if work.machine == NONE {
            if work.flags.has(Flags::PUBLISH) {
                return self.on_published(index);
            }
            if work.flags.has(Flags::KEEPING) {
                return self.leg_served(index);
            }
            return self.finish(index, Ok(()));
        }
        self.machines[work.machine as usize].end_alone(self.now);
        work.machine = NONE;
        if work.next >= work.end && self.usual && work.flags.is_plain() {
            return self.finish_plain(index);
        }
        self.run(index);
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
    #[inline]
    pub fn on_return(&mut self, index: u32) {
        let Work { answer, flags, .. } = self.works[index as usize];
        if self.usual && answer == Answer::Done && flags.is_plain() {
            return self.answered_plain(index);
        }
        self.returns(index, answer);
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
