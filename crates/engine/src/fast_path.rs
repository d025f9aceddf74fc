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
use crate::instance::Process;
use crate::network::Network;
use crate::plan::Entry;
use crate::plan::program::{Op, Opening};
use crate::request::Asking;
use crate::station::Admission;
use crate::timers::Wait;
use crate::work::{Flags, NONE, State, Work};
use crate::world::{Group, MAX_REQUESTS, MAX_WORKS, World};

/// The function that the entry of a group, which keeps no answers, calls for a kind, and the pool that has it. `None` if
/// finding an instance in it takes more care than to ask whose turn it is.
#[inline(always)]
fn entry_of<'a>(group: &Group, kind: u32, pools: &'a mut [Pool]) -> Option<(u32, &'a mut Pool)> {
    if group.careful {
        return None;
    }
    let &Some(Entry { function, pool }) = group.entries.get(kind as usize)? else { return None };
    let pool = &mut pools[pool as usize];
    (!pool.careful).then_some((function, pool))
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

    /// As [`World::issue`], when all happens in an instant ([`World::instant`]): the request is a piece of work and nothing
    /// else ([`crate::work::lone`]). `false` if it takes more care; then nothing was done.
    #[inline(always)]
    pub fn issue_lone(&mut self, asking: &Asking, patience: Wait) -> bool {
        let &Asking { group, kind, .. } = asking;
        if !self.instant || kind > u32::from(u16::MAX) || self.under_way >= MAX_REQUESTS {
            return false;
        }
        let entry = entry_of(&self.groups[group as usize], kind, &mut self.pools);
        let Some((function, pool)) = entry else { return false };
        if self.works.is_full(MAX_WORKS) {
            return false;
        }
        let vacancy = self.works.vacancy();
        let Some(instance) = pool.pick(&self.instances, &[]) else { return false };
        let number = self.request_count;
        self.request_count += 1;
        self.under_way += 1;
        self.measures.issued(self.now, group, kind);
        let index = vacancy.key() as u32;
        let patience = self.agenda.set_timer(self.now, patience, Event::new(Kind::Leave, index));
        let timer = self.agenda.set_timer(self.now, pool.response, Event::new(Kind::Timeout, index));
        let timers = [patience, timer];
        vacancy.fill(Work::new_lone(number, self.now, asking, function, instance, timers));
        let known = &mut self.instances[instance as usize];
        known.outstanding += 1;
        if known.process != Process::Up || known.ailing {
            self.arrive_lone(index, None);
            return true;
        }
        match known.station.admit(self.now, index) {
            Admission::Queued => {}
            Admission::Served => {
                let machine = known.machine;
                self.works[index as usize].state = State::OnTheWay;
                let due = self.begin_plain_on(index, machine);
                self.proceed(index, due, 0);
            }
            admission => self.arrive_lone(index, Some(admission)),
        }
        true
    }

    /// A lone piece of work is neither in the queue nor at work: it goes on as others do, as its station says, if that
    /// was asked already.
    #[cold]
    #[inline(never)]
    fn arrive_lone(&mut self, index: u32, admission: Option<Admission>) {
        self.write_out(index);
        self.works[index as usize].state = State::OnTheWay;
        match admission {
            Some(admission) => self.admitted(index, admission),
            None => self.arrive_with_care(index),
        }
    }

    /// As [`World::enter`]: the entry calls the function it enters by, at an instance whose turn it is. `false` if
    /// that takes more care.
    #[inline(always)]
    pub fn enter_plain(&mut self, request: u32, group: u32, kind: u32) -> bool {
        let known = &self.groups[group as usize];
        if known.keeps || self.works.is_full(MAX_WORKS) {
            return false;
        }
        let Some((function, pool)) = entry_of(known, kind, &mut self.pools) else { return false };
        let Some(instance) = pool.pick(&self.instances, &[]) else { return false };
        let response = pool.response;
        let (from, at) = (Place::Entry(group).into(), Place::Instance(instance).into());
        let mut work = Work::new(request, NONE, function, from, at, Flags::CLAIMED);
        let delay = self.dispatch(&mut work, response, MessageKind::Request);
        self.hold_request(&work);
        if delay.is_zero() {
            self.arrive_new(work, instance);
        } else {
            let index = self.works.insert(work) as u32;
            self.send(delay, Event::new(Kind::Arrive, index));
        }
        true
    }

    /// As [`World::on_arrive`], for work that is where it was sent as soon as it was sent. Its record is yet to be kept;
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
                self.works.insert(work);
                let due = self.begin_plain_on(index, machine);
                self.proceed(index, due, 0);
            }
            admission => {
                self.works.insert(work);
                self.admitted(index, admission);
            }
        }
    }

    /// As [`World::begin`], which sees to what is not plain.
    #[inline(always)]
    pub fn begin_here(&mut self, index: u32) {
        if let Some(instance) = self.works[index as usize].at.instance() {
            let due = self.begin_plain_on(index, self.instances[instance as usize].machine);
            self.proceed(index, due, 0);
        } else if !self.begin_plain_access(index) {
            self.begin(index);
        }
    }

    /// As [`World::begin`], for a read or write that a store does by itself. `false` if there is more to it; then nothing
    /// was done.
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

    /// As [`World::begin`], up to where [`World::proceed`] takes over: work that is new, and whose function begins with a
    /// computation, gets a core of this machine for itself. When it will be done; [`SimTime::NEVER`] if it is not new, does
    /// something else first, has to share, takes no time, or takes all there is.
    #[inline(always)]
    fn begin_plain_on(&mut self, index: u32, place: u32) -> SimTime {
        let work = &mut self.works[index as usize];
        if !self.usual || work.next != NONE || work.flags.has(Flags::MAY_LAPSE) {
            return SimTime::NEVER;
        }
        let known = &self.functions[work.target as usize];
        let machine = &mut self.machines[place as usize];
        let Some(Opening { sampler, stream }) = &known.opening else { return SimTime::NEVER };
        if !machine.roomy {
            return SimTime::NEVER;
        }
        let length = self.streams[*stream as usize].draw(sampler, &self.ziggurat);
        work.flags.set(Flags::SERVED);
        (work.next, work.end) = (known.first + 1, known.end);
        if length.is_zero() {
            return SimTime::NEVER;
        }
        let due = self.now + machine.begin_alone(self.now, length);
        (work.state, work.due, work.machine) = (State::Alone, due, place);
        due
    }

    /// Work goes on after [`World::begin_plain_on`], so much deeper nested if it does so at once.
    #[inline(always)]
    fn proceed(&mut self, index: u32, due: SimTime, nested: u8) {
        if due != SimTime::NEVER {
            self.agenda.schedule_here(due, Event::new(Kind::Done, index));
        } else {
            self.proceed_at_once(index, nested);
        }
    }

    /// Work that was not begun, or takes no time, goes on at once.
    #[cold]
    #[inline(never)]
    fn proceed_at_once(&mut self, index: u32, nested: u8) {
        if self.works[index as usize].machine != NONE {
            // It was begun, but takes all the time there is.
            return;
        }
        self.nesting += nested;
        self.begin(index);
        self.nesting -= nested;
    }
}
