//! The fast path of what ends: work is done, its caller hears of it, and the client has its answer.

use archlab_model::SimTime;

use crate::event::{Event, Kind};
use crate::fact::{MessageKind, Outcome, Place};
use crate::request::{Ending, Request, State as Openness};
use crate::work::lone::Lone;
use crate::work::{Answer, Flags, MAX_NESTING, NONE, State, Work};
use crate::world::World;

impl World {
    /// A piece of work has had its core, or its connection of a store, for as long as it needed.
    #[inline(always)]
    pub fn on_done(&mut self, index: u32) {
        let work = self.works.held(index as usize);
        if work.state != State::Alone || work.due != self.now {
            return self.release(index);
        }
        let (now, machine) = (self.now, work.machine);
        if machine != NONE {
            self.machines[machine as usize].end_alone(now);
        }
        if work.is_lone() {
            if self.instant
                && work.next >= work.end
                && let Some(place) = work.at.instance()
            {
                return self.end_lone(index, place);
            }
            self.write_out(index);
        }
        let work = &self.works[index as usize];
        let plain = self.usual && work.flags.is_plain();
        if machine == NONE && !plain {
            self.served_at_store(index);
        } else if plain && (machine == NONE || work.next >= work.end) {
            self.finish_plain(index);
        } else {
            self.works[index as usize].machine = NONE;
            self.run(index);
        }
    }

    /// A lone piece of work has had all it needed at an instance: its client has its answer, and the next in the queue
    /// comes in.
    #[inline(always)]
    fn end_lone(&mut self, index: u32, place: u32) {
        let now = self.now;
        let instance = &mut self.instances[place as usize];
        if instance.station.sheds() {
            return self.end_lone_with_care(index);
        }
        instance.station.finished += 1;
        instance.outstanding -= 1;
        let (next, machine) = (instance.station.free(now), instance.machine);
        let work = self.works.held(index as usize);
        debug_assert_eq!(work.holders, 2, "somebody else holds it, and will look for it");
        let Lone { kind, asked_by, patience } = work.lone();
        let (sent, group) = (work.sent, work.from.index());
        if let Some(timer) = work.timer {
            self.agenda.cancel_timer(timer);
        }
        if let Some(patience) = patience {
            self.agenda.cancel_timer(patience);
        }
        work.remove();
        self.under_way -= 1;
        // Drawn before all that does not hang on it, so that it is known when it is asked for.
        let due = match next {
            Some(next) => self.begin_plain_on(next, machine),
            None => SimTime::NEVER,
        };
        let latency = now.since(sent);
        self.measures.ended(now, group, kind, Outcome::Succeeded, latency);
        if let Some((crowd, user)) = asked_by {
            self.think(crowd, user, latency);
        }
        if let Some(next) = next {
            // Nothing is nested yet.
            self.proceed(next, due, 1);
        }
    }

    /// As [`World::end_lone`], where somebody learns from how long it took.
    #[cold]
    #[inline(never)]
    fn end_lone_with_care(&mut self, index: u32) {
        self.write_out(index);
        self.finish_plain(index);
    }

    /// The server that has finished begins with the next in its queue: of an instance on this machine, or of a store.
    #[inline(always)]
    fn serve_next_on(&mut self, next: u32, machine: u32) {
        let nests = self.nesting < MAX_NESTING;
        if nests && machine != NONE {
            let due = self.begin_plain_on(next, machine);
            self.proceed(next, due, 1);
        } else if !(nests && self.begin_plain_access(next)) {
            self.serve_now(next);
        }
    }

    /// As [`World::finish`]: a plain call was done.
    #[cold]
    #[inline(never)]
    pub fn finish_plain(&mut self, index: u32) {
        let work = self.works[index as usize];
        let (station, machine) = match work.at.instance() {
            Some(place) => {
                let instance = &mut self.instances[place as usize];
                (&mut instance.station, instance.machine)
            }
            None => {
                let Place::Store(place) = work.at.place() else { return };
                (&mut self.stores[place as usize].station, NONE)
            }
        };
        if station.sheds() {
            self.works[index as usize].machine = NONE;
            return self.finish_with(index, Answer::Done);
        }
        station.finished += 1;
        let next = if work.flags.has(Flags::SERVED) { station.free(self.now) } else { None };
        let wanted = match work.parent {
            NONE => self.is_open(work.request),
            parent => self.works[parent as usize].is_there(),
        };
        if wanted {
            let delay = self.message(work.at, work.from, MessageKind::Response, work.request);
            if delay.is_zero() && work.from.is_entry() {
                self.answered_plain(index, &work);
            } else {
                let work = &mut self.works[index as usize];
                work.flags.clear(Flags::SERVED);
                (work.state, work.answer, work.machine) = (State::Answered, Answer::Done, NONE);
                self.send(delay, Event::new(Kind::Return, index));
            }
        } else {
            let record = &mut self.works[index as usize];
            record.flags.clear(Flags::SERVED);
            record.machine = NONE;
            self.measures.wasted(self.group_of(work.at.place()));
            self.end_unwanted(index);
        }
        if let Some(next) = next {
            self.serve_next_on(next, machine);
        }
    }

    /// As [`World::answered`]: a plain call, of which this is the record, was done, and its caller hears of it.
    #[inline(always)]
    pub fn answered_plain(&mut self, index: u32, work: &Work) {
        if work.memory != NONE || work.holders != 2 {
            let record = &mut self.works[index as usize];
            record.flags.clear(Flags::SERVED);
            record.machine = NONE;
            return self.returns(index, Answer::Done);
        }
        if let Some(timer) = work.timer {
            self.agenda.cancel_timer(timer);
        }
        if let Some(instance) = work.at.instance() {
            self.instances[instance as usize].outstanding -= 1;
        }
        if work.parent == NONE {
            // Nobody else holds it.
            self.works.remove(index as usize);
            return self.answer_plain(work.request);
        }
        let record = &mut self.works[index as usize];
        (record.state, record.machine) = (State::Over, NONE);
        // Forgotten only after its caller has gone on, as on the long way: who gets its place in the table is seen
        // when a process ends, and all its work in the order of that table.
        self.child_ended(work.parent, work.flags.has(Flags::SOFT), Ok(()));
        self.works.remove(index as usize);
        self.release_request(work.request);
        self.release(work.parent);
    }

    /// As [`World::answer`]: the entry has what was asked for, and lets go of the request with it.
    #[inline(always)]
    fn answer_plain(&mut self, index: u32) {
        let request = self.requests[index as usize];
        let Request { group, client, .. } = request;
        let plain = request.state == Openness::Open && request.holders == 2;
        if !plain || (!self.edges.is_empty() && self.groups[group as usize].keeps) {
            self.answer(index, Outcome::Succeeded);
            return self.release_request(index);
        }
        let (from, to) = (Place::Entry(group).into(), Place::Client(client).into());
        let delay = self.message(from, to, MessageKind::Response, index);
        if !delay.is_zero() {
            // The hold that the work had on it goes over to the message.
            self.requests[index as usize].state = Openness::Answered(Outcome::Succeeded);
            return self.send(delay, Event::new(Kind::AtClient, index));
        }
        self.forget_request(index);
        if let Some(patience) = request.patience {
            self.agenda.cancel_timer(patience);
        }
        self.settle(Ending::of(&request), Outcome::Succeeded);
    }
}
