//! A call as its caller sees it: attempts, one at a time, until one is answered or no more are made.
//!
//! Each attempt is a [`Work`]; the one that is claimed has the rights of the call.

use archlab_model::{SimTime, Span};

use crate::balancing::{Ask, Loads};
use crate::event::{Event, Kind};
use crate::fact::{Fact, MessageKind, Outcome, Place, Reason};
use crate::frame::Flight;
use crate::plan::MAX_ATTEMPTS;
use crate::request::Request;
use crate::timers::Wait;
use crate::work::{Flags, NONE, Spot, Work};
use crate::world::{MAX_WORKS, World};

/// How deep calls may be nested. One deeper fails with `LimitReached`.
pub const MAX_DEPTH: u8 = 64;

/// Instances that earlier attempts of a call were made on.
#[derive(Debug, Clone, Copy)]
pub struct Tried([u32; MAX_ATTEMPTS]);

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
}

impl World {
    /// Makes a call. An error if it can't even be sent.
    #[inline]
    pub fn call(&mut self, caller: Caller, target: Target, deadline: Option<Wait>) -> Result<(), Reason> {
        if self.works.len() >= MAX_WORKS || caller.depth > MAX_DEPTH {
            return Err(Reason::LimitReached);
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
    fn choose(
        &mut self,
        function: u32,
        request: u32,
        from: Spot,
        tried: &[u32],
        failed: Option<Reason>,
    ) -> Result<(Spot, Wait), Reason> {
        let pool = &mut self.pools[self.functions[function as usize].pool as usize];
        let picked = if pool.chooser.is_none() {
            pool.pick(&self.outstanding, &self.instances, tried)
        } else {
            let Request { client, user, .. } = self.requests[request as usize];
            let ask = Ask { now: self.now, tried, user: (client, user), at_entry: from.is_entry() };
            pool.choose(&ask, &Loads { outstanding: &self.outstanding, instances: &self.instances })
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
    fn attempt(&mut self, mut work: Work, response: Wait, message: MessageKind) {
        work.sent = self.now;
        let (from, at, request, deadline, lane) =
            (work.from, work.at, work.request, work.deadline, work.lane);
        if let Some(instance) = at.instance() {
            self.outstanding[instance as usize] += 1;
        }
        let index = self.keep(work);
        let event = Event::new(Kind::Timeout, index);
        let timer = if deadline == SimTime::NEVER {
            self.agenda.set_timer(self.now, response, event)
        } else {
            let wait = Wait { lane: u16::from(lane), ..response };
            Some(self.agenda.set_timer_at(deadline.max(self.now), wait, event))
        };
        self.works[index as usize].timer = timer;
        let delay = self.message(from, at, message, request);
        if delay.is_zero() && from.is_entry() {
            // An entry calls once for a request, so this cannot go in circles.
            self.on_arrive(index);
        } else {
            self.send(delay, Event::new(Kind::Arrive, index));
        }
    }

    /// The attempt met silence: the connection timeout decides, unless the other one is earlier.
    pub fn on_silence(&mut self, index: u32) {
        let work = &self.works[index as usize];
        if !work.flags.has(Flags::CLAIMED) {
            return;
        }
        let Some(instance) = work.at.instance() else { return };
        let group = self.instances[instance as usize].group;
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
        let work = &mut self.works[index as usize];
        // It has rung, and is no more.
        work.timer = None;
        let reason = if work.flags.has(Flags::CONNECTING) { Reason::Unreachable } else { Reason::TimedOut };
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
        self.end_claim(index);
        let next = self.next_attempt(index, reason);
        let retried = next.is_ok();
        let at = self.works[index as usize].at.place();
        let group = match at {
            Place::Instance(place) => {
                let instance = &mut self.instances[place as usize];
                instance.failed[reason.index()] += 1;
                self.measures.attempt_failed(self.now, instance.group, place, retried);
                instance.group
            }
            Place::Store(place) => self.stores[place as usize].group,
            Place::Entry(group) | Place::Client(group) => group,
        };
        self.tell(Fact::AttemptFailed { at, reason, retried });
        match next {
            Ok(next) => {
                self.measures.retried(group);
                self.try_again(index, next);
            }
            Err(reason) => self.deliver(index, Err(reason)),
        }
        self.release(index);
    }

    /// Where a failed call is tried again; otherwise with what reason it fails.
    fn next_attempt(&mut self, index: u32, reason: Reason) -> Result<(Spot, Wait), Reason> {
        let work = &self.works[index as usize];
        let Some(instance) = work.at.instance() else { return Err(reason) };
        let plan = &self.groups[self.instances[instance as usize].group as usize].calls;
        let repeatable = match reason {
            Reason::Refused | Reason::Unreachable | Reason::QueueFull | Reason::Shed => true,
            Reason::Reset | Reason::TimedOut => plan.after_timeout,
            _ => false,
        };
        let attempt = usize::from(work.attempt);
        let more = attempt < MAX_ATTEMPTS && (attempt as u32) < plan.attempts;
        if !(repeatable && more && self.now < work.deadline && self.works.len() < MAX_WORKS) {
            return Err(reason);
        }
        let (function, known, request, from) = (work.target, work.tried, work.request, work.from);
        let known = if known == NONE {
            let known = self.tried.insert(Tried([NONE; MAX_ATTEMPTS])) as u32;
            self.works[index as usize].tried = known;
            known
        } else {
            known
        };
        self.tried[known as usize].0[attempt - 1] = instance;
        let tried = self.tried[known as usize].0;
        // Whatever keeps it from being tried again, the failure is the one that happened.
        self.choose(function, request, from, &tried[..attempt], Some(reason)).map_err(|_| reason)
    }

    /// Makes the next attempt of a call.
    fn try_again(&mut self, index: u32, (at, response): (Spot, Wait)) {
        let before = &mut self.works[index as usize];
        let (request, parent, flags) = (before.request, before.parent, before.flags);
        let kept = flags.only_of_the_call().and(Flags::CLAIMED);
        let mut work = Work::new(request, parent, before.target, before.from, at, kept);
        work.attempt = before.attempt + 1;
        (work.depth, work.deadline, work.lane) = (before.depth, before.deadline, before.lane);
        work.tried = std::mem::replace(&mut before.tried, NONE);
        self.attempt(work, response, MessageKind::Retry);
    }

    /// The function called has answered: neither callee nor caller have anything more to do with the attempt.
    #[inline(always)]
    pub fn answered(&mut self, index: u32, result: Result<(), Reason>) {
        if self.listening {
            self.note_ending(index, result, true);
        }
        self.end_claim(index);
        self.deliver(index, result);
        self.let_go(index, 2);
    }

    /// Nobody waits for an attempt any more, if somebody did.
    pub fn disclaim(&mut self, index: u32) {
        if self.works[index as usize].flags.has(Flags::CLAIMED) {
            self.end_claim(index);
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
        if flags.has(Flags::BACKGROUND) {
            return true;
        }
        match parent {
            NONE => self.is_open(request),
            parent => self.works[parent as usize].is_there(),
        }
    }

    /// Ends a claim as far as its timer and the count of outstanding calls go. The caller's hold stays.
    #[inline(always)]
    fn end_claim(&mut self, index: u32) {
        let work = &mut self.works[index as usize];
        work.flags.clear(Flags::CLAIMED);
        if let Some(timer) = work.timer.take() {
            self.agenda.cancel_timer(timer);
        }
        if let Some(instance) = work.at.instance() {
            self.outstanding[instance as usize] -= 1;
        }
    }

    #[inline(always)]
    fn deliver(&mut self, index: u32, result: Result<(), Reason>) {
        let work = &self.works[index as usize];
        if work.flags.has(Flags::BACKGROUND) {
            return;
        }
        let (request, parent, soft) = (work.request, work.parent, work.flags.has(Flags::SOFT));
        match parent {
            NONE => self.answer(request, result.map_or_else(Outcome::Failed, |()| Outcome::Succeeded)),
            parent => self.child_ended(parent, soft, result),
        }
    }

    /// A message leaves. How long it will travel.
    #[inline(always)]
    pub fn message(&mut self, from: Spot, to: Spot, message: MessageKind, request: u32) -> Span {
        let travel = self.latency(from, to);
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
            recorder.see(Flight { from, to, departed: self.now, travel: Some(travel), message, kind });
        }
    }
}
