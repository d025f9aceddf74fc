//! The fast path: what nearly every request does while nothing unusual is going on.
//!
//! Each function here does in one pass over the records that it touches what the functions it stands for do step
//! by step, and leaves to those whatever is not plain. A run is the same on either way, to the bit: somebody who
//! listens to facts makes most of it take the long one (`tests/it/determinism.rs`, and a property over random designs).
//!
//! What leads off the short way is marked `#[cold]`, however often a design takes it: the short way keeps its registers
//! then, which is 3 % of all that a plain request costs, and nothing was lost where the long way is taken.

use archlab_model::SimTime;

use crate::event::{Event, Kind};
use crate::fact::{MessageKind, Outcome, Place};
use crate::instance::Process;
use crate::network::Network;
use crate::plan::Entry;
use crate::plan::program::Opening;
use crate::request::{Asking, Ending, Request, State as Openness};
use crate::station::Admission;
use crate::timers::Wait;
use crate::work::{Answer, Flags, MAX_NESTING, NONE, State, Work};
use crate::world::{MAX_REQUESTS, MAX_WORKS, World};

/// How a piece of work begins with a computation.
struct Beginning {
    /// The op after it, and the one past the last.
    next: u32,
    end: u32,
    /// The machine whose core it has; [`NONE`] if it takes no time.
    machine: u32,
    /// When it will be done.
    due: SimTime,
}

impl Beginning {
    #[inline(always)]
    fn note(&self, work: &mut Work) {
        work.flags.set(Flags::SERVED);
        (work.next, work.end) = (self.next, self.end);
        if self.machine != NONE {
            (work.state, work.due, work.machine) = (State::Alone, self.due, self.machine);
        }
    }
}

/// What an entry calls for a request, and where.
struct FirstCall {
    function: u32,
    instance: u32,
    response: Wait,
}

impl FirstCall {
    /// The attempt of it, yet to be sent.
    #[inline(always)]
    fn work(&self, request: u32, group: u32) -> Work {
        let (from, at) = (Place::Entry(group).into(), Place::Instance(self.instance).into());
        Work::new(request, NONE, self.function, from, at, Flags::CLAIMED)
    }
}

impl World {
    /// Looks whether everything is as usual. Something unusual begins only with rare events, by interventions, and
    /// between two stretches of a run, and this is called after each. It may end at any time, which is noticed only then.
    pub fn take_stock(&mut self) {
        self.usual = self.is_usual();
        self.watched = self.telling || self.flights.is_some();
        self.plain_links = self.has_plain_links();
        self.instant = self.is_instant();
    }

    /// Something rare is about to be done: nothing is taken for plain until stock is taken again.
    pub fn expect_change(&mut self) {
        (self.usual, self.plain_links, self.instant) = (false, false, false);
    }

    pub fn is_usual(&self) -> bool {
        let ails = self.faults.any || self.faults.hung > 0;
        !(self.telling || self.listening || ails || self.operation.measuring)
    }

    pub fn has_plain_links(&self) -> bool {
        !self.watched && self.network.is_plain()
    }

    pub fn is_instant(&self) -> bool {
        let Network { internet, local, .. } = self.network;
        let plain = self.has_plain_links() && self.is_usual();
        plain && internet.is_zero() && local.is_zero() && !self.connects && self.edges.is_empty()
    }

    /// Looks at the records of what comes next, when very many events are pending: those records have long left the
    /// cache, and fetching a thousand side by side takes a fraction of what it takes to wait for one after the other.
    #[inline(always)]
    pub fn prepare(&mut self) {
        if let Some(coming) = self.agenda.coming() {
            let works = coming.filter(|event| event.kind() == Kind::Done).map(|event| event.index());
            let requests = works.filter_map(|work| self.works.get(work as usize)).map(|work| work.request);
            let numbers = requests
                .filter_map(|request| self.requests.get(request as usize))
                .map(|request| request.number);
            std::hint::black_box(numbers.fold(0, u64::wrapping_add));
        }
    }

    /// As [`World::issue`], when all happens in an instant ([`World::instant`]). `false` if it takes more care; then
    /// nothing was done.
    #[inline(always)]
    pub fn issue_plain(&mut self, asking: &Asking, patience: Wait) -> bool {
        let &Asking { group, kind, .. } = asking;
        if !self.instant || self.requests.is_full(MAX_REQUESTS) {
            return false;
        }
        let Some(first) = self.first_call(group, kind) else { return false };
        let number = self.request_count;
        self.request_count += 1;
        self.measures.issued(self.now, group, kind);
        let index = self.requests.vacant_key() as u32;
        let patience = self.agenda.set_timer(self.now, patience, Event::new(Kind::Patience, index));
        let mut request = Request::new(number, self.now, asking, patience);
        let call = self.works.vacant_key() as u32;
        // Its work, which is kept next, holds it, too.
        (request.call, request.holders) = (call, 2);
        self.requests.insert(request);
        self.outstanding[first.instance as usize] += 1;
        let mut work = first.work(index, group);
        work.sent = self.now;
        let timeout = Event::new(Kind::Timeout, call);
        work.timer = self.agenda.set_timer(self.now, first.response, timeout);
        self.arrive_new(work, first.instance);
        true
    }

    /// As [`World::enter`]: the entry calls the function it enters by, at an instance whose turn it is. `false` if
    /// that takes more care.
    #[inline(always)]
    pub fn enter_plain(&mut self, request: u32, group: u32, kind: u32) -> bool {
        let Some(first) = self.first_call(group, kind) else { return false };
        let mut work = first.work(request, group);
        let delay = self.dispatch(&mut work, first.response, MessageKind::Request);
        self.hold_request(&work);
        if delay.is_zero() {
            self.arrive_new(work, first.instance);
        } else {
            let index = self.works.insert(work) as u32;
            self.send(delay, Event::new(Kind::Arrive, index));
        }
        true
    }

    /// The function that an entry calls for a kind, and the instance whose turn it is. `None` if finding it takes more
    /// care.
    #[inline(always)]
    fn first_call(&mut self, group: u32, kind: u32) -> Option<FirstCall> {
        let known = &self.groups[group as usize];
        if known.careful || known.keeps || self.works.is_full(MAX_WORKS) {
            return None;
        }
        let &Some(Entry { function, pool }) = known.entries.get(kind as usize)? else { return None };
        let pool = &mut self.pools[pool as usize];
        if pool.careful {
            return None;
        }
        let instance = pool.pick(&self.outstanding, &self.instances, &[])?;
        Some(FirstCall { function, instance, response: pool.response })
    }

    /// As [`World::arrive`], for work that is where it was sent as soon as it was sent. Its record is yet to be kept;
    /// its request is held already.
    #[inline(always)]
    fn arrive_new(&mut self, mut work: Work, instance: u32) {
        let index = self.works.vacant_key() as u32;
        let known = &mut self.instances[instance as usize];
        if known.process != Process::Up || known.ailing {
            self.works.insert(work);
            return self.arrive_with_care(index);
        }
        match known.station.admit(self.now, index) {
            Admission::Queued => {
                work.state = State::Queued;
                self.works.insert(work);
            }
            Admission::Served => {
                let machine = known.machine;
                if self.usual
                    && let Some(beginning) = self.begin_alone(work.target, machine)
                {
                    beginning.note(&mut work);
                    self.works.insert(work);
                    self.begun(index, &beginning, 0);
                } else {
                    self.works.insert(work);
                    self.begin(index);
                }
            }
            admission => {
                self.works.insert(work);
                self.admitted(index, admission);
            }
        }
    }

    /// As [`World::begin`]: work that is new, and whose function begins with a computation, gets a core for itself.
    /// `false` if it goes on otherwise: it does something else first, or has to share.
    #[inline(always)]
    pub fn begin_plain(&mut self, index: u32) -> bool {
        let Some(instance) = self.works[index as usize].at.instance() else { return false };
        let machine = self.instances[instance as usize].machine;
        self.begin_plain_on(index, machine, 0)
    }

    /// As [`World::begin_plain`], for work at an instance on this machine, where so much more is nested now.
    #[inline(always)]
    fn begin_plain_on(&mut self, index: u32, machine: u32, nested: u8) -> bool {
        let Work { next, flags, target, .. } = self.works[index as usize];
        if !self.usual || next != NONE || flags.has(Flags::MAY_LAPSE) {
            return false;
        }
        let Some(beginning) = self.begin_alone(target, machine) else { return false };
        beginning.note(&mut self.works[index as usize]);
        self.begun(index, &beginning, nested);
        true
    }

    /// Begins a function with the computation that it begins with, on a core for itself. `None` if there is no such
    /// computation, or no such core.
    #[inline(always)]
    fn begin_alone(&mut self, function: u32, place: u32) -> Option<Beginning> {
        let known = &self.functions[function as usize];
        let machine = &mut self.machines[place as usize];
        let Some(Opening { sampler, stream }) = &known.opening else { return None };
        if !machine.roomy {
            return None;
        }
        let length = self.streams[*stream as usize].draw(sampler, &self.ziggurat);
        let (next, end) = (known.first + 1, known.end);
        if length.is_zero() {
            return Some(Beginning { next, end, machine: NONE, due: self.now });
        }
        let due = self.now + machine.begin_alone(self.now, length);
        Some(Beginning { next, end, machine: place, due })
    }

    /// What was begun will be done; or has been, if it takes no time, and then what follows from that is so much deeper
    /// nested.
    #[inline(always)]
    fn begun(&mut self, index: u32, beginning: &Beginning, nested: u8) {
        if beginning.machine == NONE {
            self.nesting += nested;
            self.run(index);
            self.nesting -= nested;
        } else {
            self.agenda.schedule_here(beginning.due, Event::new(Kind::Done, index));
        }
    }

    /// A piece of work has had its core, or its connection of a store, for as long as it needed.
    #[inline(always)]
    pub fn on_done(&mut self, index: u32) {
        let work = &self.works[index as usize];
        if work.state != State::Alone || work.due != self.now {
            return self.release(index);
        }
        let machine = work.machine;
        if machine != NONE {
            self.machines[machine as usize].end_alone(self.now);
        }
        let over = work.flags == Flags::CLAIMED.and(Flags::SERVED) && work.next >= work.end;
        if self.instant
            && over
            && (work.parent, work.memory, work.holders) == (NONE, NONE, 2)
            && let Some(place) = work.at.instance()
        {
            // What is left of all that follows, for the call of an entry that has had all it needed.
            let instance = &mut self.instances[place as usize];
            let request = &self.requests[work.request as usize];
            let Request { state, holders, crowd, degraded, .. } = *request;
            if state == Openness::Open && holders == 2 && !degraded && !instance.station.sheds() {
                instance.station.finished += 1;
                let (next, machine) = (instance.station.free(self.now), instance.machine);
                self.outstanding[place as usize] -= 1;
                if let Some(timer) = work.timer {
                    self.agenda.cancel_timer(timer);
                }
                if let Some(patience) = request.patience {
                    self.agenda.cancel_timer(patience);
                }
                let latency = self.now.since(request.issued);
                self.measures.ended(self.now, request.group, request.kind, Outcome::Succeeded, latency);
                let user = request.user;
                self.requests.remove(work.request as usize);
                self.works.remove(index as usize);
                if crowd != NONE {
                    self.think(crowd, user, latency);
                }
                if let Some(next) = next {
                    self.serve_next_on(next, machine);
                }
                return;
            }
        }
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

    /// The server that has finished begins with the next in its queue.
    #[inline(always)]
    fn serve_next_on(&mut self, next: u32, machine: u32) {
        if machine == NONE || self.nesting >= MAX_NESTING || !self.begin_plain_on(next, machine, 1) {
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
            self.outstanding[instance as usize] -= 1;
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
        self.requests.remove(index as usize);
        if let Some(patience) = request.patience {
            self.agenda.cancel_timer(patience);
        }
        self.settle(Ending::of(&request), Outcome::Succeeded);
    }
}
