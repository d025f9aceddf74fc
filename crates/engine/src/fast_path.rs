//! The fast path: what nearly every request does while nothing unusual is going on.
//!
//! Each function here and in [`ending`] does in one pass over the records that it touches what the functions it stands
//! for do step by step, and leaves to those whatever is not plain. A run is the same on either way, to the bit: somebody
//! who listens to facts makes most of it take the long one (`tests/it/determinism.rs`, and a property over random
//! designs).
//!
//! What leads off the short way is marked `#[cold]`, however often a design takes it: the short way keeps its registers
//! then, which is 3 % of all that a plain request costs, and nothing was lost where the long way is taken.

mod ending;

use archlab_model::SimTime;

use crate::balancing::Pool;
use crate::event::{Event, Kind};
use crate::fact::{MessageKind, Place};
use crate::instance::{Instance, Process};
use crate::network::Network;
use crate::plan::Entry;
use crate::plan::program::{Op, Opening};
use crate::request::{Asking, Request};
use crate::station::Admission;
use crate::timers::Wait;
use crate::work::{Flags, NONE, State, Work};
use crate::world::{Group, MAX_WORKS, World};

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

/// The function that the entry of a group, which keeps no answers, calls for a kind, and the instance whose turn it is;
/// given all pools and instances. `None` if finding it takes more care.
#[inline(always)]
fn first_call(group: &Group, kind: u32, pools: &mut [Pool], instances: &[Instance]) -> Option<FirstCall> {
    if group.careful {
        return None;
    }
    let &Some(Entry { function, pool }) = group.entries.get(kind as usize)? else { return None };
    let pool = &mut pools[pool as usize];
    if pool.careful {
        return None;
    }
    let instance = pool.pick(instances, &[])?;
    Some(FirstCall { function, instance, response: pool.response })
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
        if !self.instant || self.works.is_full(MAX_WORKS) {
            return false;
        }
        let Some(vacancy) = self.requests.vacancy() else { return false };
        let Some(first) = first_call(&self.groups[group as usize], kind, &mut self.pools, &self.instances)
        else {
            return false;
        };
        let number = self.request_count;
        self.request_count += 1;
        self.measures.issued(self.now, group, kind);
        let index = vacancy.key() as u32;
        let patience = self.agenda.set_timer(self.now, patience, Event::new(Kind::Patience, index));
        let mut request = Request::new(number, self.now, asking, patience);
        let call = self.works.vacant_key() as u32;
        // Its work, which is kept next, holds it, too.
        (request.call, request.holders) = (call, 2);
        vacancy.fill(request);
        let mut work = first.work(index, group);
        work.sent = self.now;
        let timeout = Event::new(Kind::Timeout, call);
        work.timer = self.agenda.set_timer(self.now, first.response, timeout);
        self.arrive_new(work, first.instance, true);
        true
    }

    /// As [`World::enter`]: the entry calls the function it enters by, at an instance whose turn it is. `false` if
    /// that takes more care.
    #[inline(always)]
    pub fn enter_plain(&mut self, request: u32, group: u32, kind: u32) -> bool {
        let known = &self.groups[group as usize];
        if known.keeps || self.works.is_full(MAX_WORKS) {
            return false;
        }
        let Some(first) = first_call(known, kind, &mut self.pools, &self.instances) else { return false };
        let mut work = first.work(request, group);
        let delay = self.dispatch(&mut work, first.response, MessageKind::Request);
        self.hold_request(&work);
        if delay.is_zero() {
            self.arrive_new(work, first.instance, false);
        } else {
            let index = self.works.insert(work) as u32;
            self.send(delay, Event::new(Kind::Arrive, index));
        }
        true
    }

    /// As [`World::on_arrive`], for work that is where it was sent as soon as it was sent. Its record is yet to be kept;
    /// its request is held already. With `counts` it is one more of the calls under way there; else it is one already.
    #[inline(always)]
    fn arrive_new(&mut self, mut work: Work, instance: u32, counts: bool) {
        let index = self.works.vacant_key() as u32;
        let known = &mut self.instances[instance as usize];
        known.outstanding += u32::from(counts);
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
        match self.works[index as usize].at.instance() {
            Some(instance) => self.begin_plain_on(index, self.instances[instance as usize].machine, 0),
            None => self.begin_plain_access(index),
        }
    }

    /// As [`World::begin_plain`], for a read or write that a store does by itself.
    #[inline(always)]
    fn begin_plain_access(&mut self, index: u32) -> bool {
        let work = &mut self.works[index as usize];
        if !self.usual || work.flags.has(Flags::MAY_LAPSE.and(Flags::KEEPING)) || !work.at.is_store() {
            return false;
        }
        let Op::Access { sampler, stream, .. } = &self.ops[work.target as usize] else { return false };
        let length = self.streams[*stream as usize].draw(sampler, &self.ziggurat);
        work.flags.set(Flags::SERVED);
        (work.due, work.state) = (self.now + length, State::Alone);
        let event = Event::new(Kind::Done, index);
        if length.is_zero() {
            self.immediate.push_back(event);
        } else {
            self.agenda.schedule_here(work.due, event);
        }
        true
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
}
