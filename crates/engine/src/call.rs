//! A call as its caller sees it: attempts, one at a time, until one is answered or no more are made.
//!
//! Each attempt is a [`Work`]; the one that is claimed has the rights of the call.

use archlab_model::{SimTime, Span};

use crate::balancing::Ask;
use crate::event::{Event, Kind};
use crate::fact::{Fact, MessageKind, Outcome, Place, Reason};
use crate::plan::MAX_ATTEMPTS;
use crate::request::Request;
use crate::resilience::guard::Ending;
use crate::resilience::retrying::Next;
use crate::timers::Wait;
use crate::work::{Flags, NONE, Spot, State, Work};
use crate::world::{MAX_WORKS, World};

/// How deep calls may be nested. One deeper fails with `LimitReached`.
pub const MAX_DEPTH: u8 = 64;

/// What is called.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// A function, at some instance of its service.
    Function(u32),
    /// A store, for the access that this op describes.
    Store {
        /// The store.
        store: u32,
        /// Where the op lies.
        op: u32,
    },
}

/// Who calls, and how.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    pub request: u32,
    /// The work that calls; [`NONE`] for the entry.
    pub parent: u32,
    pub from: Spot,
    pub depth: u8,
    pub flags: Flags,
    /// When nobody waits for the caller any more, if a deadline goes with the call.
    pub deadline: SimTime,
    /// What stands between the caller and the service, or [`NONE`].
    pub guard: u32,
    /// The op that says what to call if the call fails, or [`NONE`].
    pub fallback: u32,
}

impl World {
    /// Makes a call. An error if it can't even be sent.
    #[inline(always)]
    pub fn call(&mut self, caller: Caller, target: Target, deadline: Option<Wait>) -> Result<(), Reason> {
        if self.works.is_full(MAX_WORKS) || caller.depth > MAX_DEPTH {
            return Err(Reason::LimitReached);
        }
        if caller.flags.has(Flags::DEADLINE) && caller.deadline <= self.now {
            return Err(Reason::DeadlineExceeded);
        }
        if caller.guard & caller.fallback != NONE {
            return self.call_with_care(caller, target, deadline);
        }
        let (at, response, target) = match target {
            Target::Function(function) => {
                let (at, response) = self.choose(function, caller.request, caller.from, &[], None)?;
                (at, response, function)
            }
            Target::Store { store, op } => {
                let group = self.stores[store as usize].group;
                (Place::Store(store).into(), self.groups[group as usize].calls.response, op)
            }
        };
        let flags = caller.flags.and(Flags::CLAIMED);
        let mut work = Work::new(caller.request, caller.parent, target, caller.from, at, flags);
        work.depth = caller.depth;
        if let Some(wait) = deadline {
            (work.deadline, work.lane) = (self.now + wait.length, wait.lane as u8);
        }
        self.attempt(work, response, MessageKind::Request);
        Ok(())
    }

    /// Where an attempt to call a function is to be made, and how long the caller waits for it.
    #[inline(always)]
    pub fn choose(
        &mut self,
        function: u32,
        request: u32,
        from: Spot,
        tried: &[u32],
        failed: Option<Reason>,
    ) -> Result<(Spot, Wait), Reason> {
        let pool = &mut self.pools[self.functions[function as usize].pool as usize];
        let picked = if !pool.careful {
            pool.pick(&self.instances, tried)
        } else {
            let Request { client, user, .. } = self.requests[request as usize];
            let ask = Ask { now: self.now, tried, user: (client, user), at_entry: from.is_entry() };
            pool.choose(&ask, &self.instances)
        };
        match picked {
            Some(instance) => Ok((Place::Instance(instance).into(), pool.response)),
            None if pool.instances.is_empty() => Err(Reason::NotDeployed),
            None => Err(failed.unwrap_or_else(|| {
                self.measures.nobody_healthy(self.now, pool.group, &pool.instances);
                Reason::NoneHealthy
            })),
        }
    }

    /// Sends an attempt to where it is to be made.
    #[inline(always)]
    pub fn attempt(&mut self, work: Work, response: Wait, message: MessageKind) {
        let from_entry = work.from.is_entry();
        let (index, delay) = self.send_off(work, response, message);
        if delay.is_zero() && from_entry {
            // An entry calls once for a request, so this cannot go in circles.
            self.on_arrive(index);
        } else {
            self.send(delay, Event::new(Kind::Arrive, index));
        }
    }

    /// An attempt leaves for where it is to be made: its record, and how long it will travel.
    #[inline(always)]
    fn send_off(&mut self, mut work: Work, response: Wait, message: MessageKind) -> (u32, Span) {
        let delay = self.dispatch(&mut work, response, message);
        (self.keep(work), delay)
    }

    /// As [`World::send_off`], but that the record is to be kept, before anything else is.
    #[inline(always)]
    pub fn dispatch(&mut self, work: &mut Work, response: Wait, message: MessageKind) -> Span {
        work.sent = self.now;
        if work.flags.has(Flags::DEADLINE) {
            (work.deadline, work.lane) = self.inherited_deadline(*work, response);
        }
        let Work { from, at, request, target, .. } = *work;
        if let Some(instance) = at.instance() {
            self.instances[instance as usize].outstanding += 1;
        }
        work.timer = self.set_timeout(self.works.vacant_key() as u32, *work, response);
        match self.connects && at.instance().is_some() {
            false => self.message(from, at, message, request),
            true => self.first_message(from, at, message, request, target),
        }
    }

    /// A message never arrives. Whoever sent it learns of it by waiting.
    #[cold]
    pub fn lose(&mut self, event: Event) {
        let index = event.index();
        match event.kind() {
            Kind::Arrive => {
                self.works[index as usize].state = State::Over;
                self.on_silence(index);
                self.release(index);
            }
            Kind::Return => {
                self.works[index as usize].state = State::Over;
                self.release(index);
            }
            Kind::AtEntry | Kind::AtClient => self.release_request(index),
            _ => {}
        }
    }

    /// The attempt met silence: the connection timeout decides, unless the other one is earlier.
    pub fn on_silence(&mut self, index: u32) {
        let work = &self.works[index as usize];
        if !work.flags.has(Flags::CLAIMED) {
            return;
        }
        let group = self.group_of(work.at.place());
        let connect = self.groups[group as usize].calls.connect;
        let (sent, timer) = (work.sent, work.timer);
        let rings = (sent + connect.length).max(self.now);
        if connect.is_for_ever() || timer.is_some_and(|timer| self.agenda.rings_at(timer) <= rings) {
            return;
        }
        if let Some(timer) = timer {
            self.agenda.cancel_timer(timer);
        }
        let timer = self.agenda.set_timer_at(rings, connect, Event::new(Kind::Timeout, index));
        let work = &mut self.works[index as usize];
        work.timer = Some(timer);
        work.flags.set(Flags::CONNECTING);
    }

    /// The caller has waited long enough for an attempt.
    pub fn on_timeout(&mut self, index: u32) {
        self.write_out(index);
        let work = &mut self.works[index as usize];
        // It has rung, and is no more.
        work.timer = None;
        let reason = match work.state {
            State::Blocked => Reason::BrokerFull,
            _ if work.flags.has(Flags::CONNECTING) => Reason::Unreachable,
            _ => Reason::TimedOut,
        };
        self.attempt_failed(index, reason);
    }

    /// A claimed attempt was not answered by the function called: try again, or give up.
    pub fn attempt_failed(&mut self, index: u32, reason: Reason) {
        if !self.is_wanted(index) {
            return self.disclaim(index);
        }
        if self.listening {
            self.note_ending(index, Err(reason), false);
        }
        // Kept until this is over, though the caller lets go of it.
        self.end_claim(index, Ending::Undone);
        if self.works[index as usize].memory != NONE && self.copy_failed(index, reason, false) {
            return self.release(index);
        }
        let next = self.next_attempt(index, reason);
        let retried = next.is_ok();
        let group = self.count_failed_attempt(index, reason, retried);
        match next {
            Ok(next) => {
                self.measures.retried(group);
                self.try_again(index, next, reason);
            }
            Err(reason) => {
                if self.works[index as usize].flags.has(Flags::PUBLISH) {
                    self.publish_failed(index, reason);
                }
                self.fail_call(index, reason);
            }
        }
        self.release(index);
    }

    /// Counts and tells that an attempt failed where it was made. The group of that place.
    pub fn count_failed_attempt(&mut self, index: u32, reason: Reason, retried: bool) -> u32 {
        let at = self.works[index as usize].at.place();
        self.tell(Fact::AttemptFailed { at, reason, retried });
        if let Place::Instance(place) = at {
            let instance = &mut self.instances[place as usize];
            instance.failed[reason.index()] += 1;
            self.measures.attempt_failed(self.now, instance.group, place, retried);
        }
        self.group_of(at)
    }

    /// The group that a place belongs to.
    pub fn group_of(&self, place: Place) -> u32 {
        match place {
            Place::Instance(place) => self.instances[place as usize].group,
            Place::Store(place) => self.stores[place as usize].group,
            Place::Entry(group) | Place::Client(group) => group,
        }
    }

    /// How a failed call is tried again; otherwise with what reason it fails.
    pub fn next_attempt(&mut self, index: u32, reason: Reason) -> Result<Next, Reason> {
        let work = &self.works[index as usize];
        let Some(instance) = work.at.instance() else { return Err(reason) };
        let plan = &self.groups[self.instances[instance as usize].group as usize].calls;
        let repeatable = match reason {
            Reason::Refused | Reason::Unreachable | Reason::QueueFull | Reason::Shed => true,
            Reason::Reset | Reason::TimedOut => plan.after_timeout,
            _ => false,
        };
        let (repeatable, same) = (repeatable || plan.repeats(reason), plan.retry_same);
        let backoff = plan.backoff;
        let attempt = usize::from(work.attempt);
        let more = attempt < MAX_ATTEMPTS && (attempt as u32) < plan.attempts;
        if !(repeatable && more && self.now < self.end_of_call(index) && !self.works.is_full(MAX_WORKS)) {
            return Err(reason);
        }
        let (function, request, from) = (work.target, work.request, work.from);
        let memory = self.memory_of(index);
        memory.try_on(instance);
        let memory = *memory;
        if backoff.is_some() || memory.guard != NONE {
            return self.next_attempt_with_care(index, backoff).ok_or(reason);
        }
        // Whatever keeps it from being tried again, the failure is the one that happened.
        let next = self.choose(function, request, from, memory.tried(), Some(reason));
        match next {
            Err(_) if same => self.choose(function, request, from, &[], Some(reason)),
            next => next,
        }
        .map_or(Err(reason), |(at, response)| Ok(Next::At(at, response)))
    }

    /// Makes the next attempt of a call.
    pub fn try_again(&mut self, index: u32, next: Next, reason: Reason) {
        match next {
            Next::At(at, response) => {
                let work = self.next_work(index, at);
                self.attempt(work, response, MessageKind::Retry);
            }
            Next::After(pause) => self.try_again_later(index, pause, reason),
        }
    }

    /// The next attempt after one that failed. It takes over what the call remembers.
    pub fn next_work(&mut self, index: u32, at: Spot) -> Work {
        let before = &mut self.works[index as usize];
        let (request, parent, flags) = (before.request, before.parent, before.flags);
        let kept = flags.only_of_the_call().and(Flags::CLAIMED);
        let mut work = Work::new(request, parent, before.target, before.from, at, kept);
        work.attempt = before.attempt + 1;
        (work.depth, work.deadline, work.lane) = (before.depth, before.deadline, before.lane);
        work.memory = std::mem::replace(&mut before.memory, NONE);
        work
    }

    /// The function called has answered: neither callee nor caller have anything more to do with the attempt.
    #[inline(always)]
    pub fn answered(&mut self, index: u32, result: Result<(), Reason>) {
        if self.listening {
            self.note_ending(index, result, true);
        }
        self.end_claim(index, if result.is_ok() { Ending::Done } else { Ending::Failed });
        if self.works[index as usize].memory != NONE || result.is_err() {
            self.answered_with_care(index, result);
        } else {
            self.deliver(index, result);
        }
        self.let_go(index, 2);
    }

    /// Nobody waits for an attempt any more, if somebody did.
    pub fn disclaim(&mut self, index: u32) {
        let work = &self.works[index as usize];
        if work.flags.has(Flags::CLAIMED) {
            let memory = work.memory;
            self.end_claim(index, Ending::GivenUp);
            if memory != NONE {
                self.end_memory(memory);
            }
            self.release(index);
        }
    }

    /// Whether somebody waits for what comes of a piece of work, or meant to let it run.
    #[inline]
    pub fn is_wanted(&self, index: u32) -> bool {
        let Work { request, parent, flags, .. } = self.works[index as usize];
        flags.has(Flags::CLAIMED) && self.is_waited_for(request, parent, flags)
    }

    /// Whether somebody waits for such work, as far as its caller goes.
    #[inline(always)]
    pub fn is_waited_for(&self, request: u32, parent: u32, flags: Flags) -> bool {
        if flags.has(Flags::BACKGROUND.and(Flags::KEEPING)) {
            return true;
        }
        match parent {
            NONE => self.is_open(request),
            parent => self.works[parent as usize].is_there(),
        }
    }

    /// Ends a claim as far as its timer and the count of outstanding calls go. The caller's hold stays.
    #[inline(always)]
    pub fn end_claim(&mut self, index: u32, ending: Ending) {
        let work = &mut self.works[index as usize];
        work.flags.clear(Flags::CLAIMED);
        if work.flags.has(Flags::GUARDED) {
            self.leave_guard(index, ending);
        }
        let work = &mut self.works[index as usize];
        if let Some(timer) = work.timer.take() {
            self.agenda.cancel_timer(timer);
        }
        if let Some(instance) = work.at.instance() {
            self.instances[instance as usize].outstanding -= 1;
        }
    }

    #[inline(always)]
    pub fn deliver(&mut self, index: u32, result: Result<(), Reason>) {
        let work = &self.works[index as usize];
        if work.flags.has(Flags::BACKGROUND.and(Flags::PHASE)) {
            let background = work.flags.has(Flags::BACKGROUND);
            if work.flags.has(Flags::PHASE) {
                self.phase_answered(index, result);
            }
            if background {
                return;
            }
        }
        let work = &self.works[index as usize];
        let (request, parent, soft) = (work.request, work.parent, work.flags.has(Flags::SOFT));
        if work.flags.has(Flags::KEEPING) {
            return self.leg_ended(index, result);
        }
        match parent {
            NONE => self.answer(request, result.map_or_else(Outcome::Failed, |()| Outcome::Succeeded)),
            parent => self.child_ended(parent, soft, result),
        }
    }
}
