//! A call as its caller sees it: attempts, one at a time, until one is answered or no more are made.

use archlab_model::{SimTime, Span};

use crate::event::{CallKey, Event, RequestKey, TaskKey};
use crate::fact::{Fact, MessageKind, Outcome, Place, Reason};
use crate::frame::Flight;
use crate::job::{Job, State};
use crate::plan::MAX_ATTEMPTS;
use crate::timers::{Alarm, TimerKey, Wait};
use crate::world::{MAX_CALLS, World};

/// How deep calls may be nested. One deeper fails with `LimitReached`.
pub const MAX_DEPTH: u16 = 64;

/// Who made a call.
#[derive(Debug, Clone, Copy)]
pub enum Caller {
    /// The entry, for a client.
    Entry(RequestKey),
    /// A function, which waits for it. If soft, a failure doesn't fail the function.
    Task {
        /// The function's task.
        task: TaskKey,
        /// Whether failure is borne.
        soft: bool,
    },
    /// A function that has gone on.
    Nobody,
}

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

/// A call that has not ended.
#[derive(Debug, Clone)]
pub struct Call {
    pub request: RequestKey,
    group: u32,
    pub caller: Caller,
    target: Target,
    from: Place,
    pub depth: u16,
    /// Attempts made, the present one included.
    pub attempt: u8,
    /// Instances they were made on.
    tried: [u32; MAX_ATTEMPTS],
    /// Where the present one is made, and since when.
    at: Place,
    sent: SimTime,
    timer: Option<TimerKey>,
    rings: SimTime,
    /// Whether the timer is for the connection: nothing answers there.
    connecting: bool,
    /// The end of the call's own deadline.
    deadline: Option<(SimTime, Wait)>,
    last_failure: Option<Reason>,
}

impl World {
    /// Makes a call. An error if it can't even be sent.
    pub fn call(
        &mut self,
        request: RequestKey,
        caller: Caller,
        target: Target,
        from: Place,
        depth: u16,
        deadline: Option<Wait>,
    ) -> Result<CallKey, Reason> {
        if self.calls.len() >= MAX_CALLS || self.jobs.len() >= MAX_CALLS || depth > MAX_DEPTH {
            return Err(Reason::LimitReached);
        }
        let group = match target {
            Target::Function(function) => self.pools[self.functions[function as usize].pool as usize].group,
            Target::Store { store, .. } => self.stores[store as usize].group,
        };
        let call = Call {
            request,
            group,
            caller,
            target,
            from,
            depth,
            attempt: 0,
            tried: [u32::MAX; MAX_ATTEMPTS],
            at: from,
            sent: self.now,
            timer: None,
            rings: SimTime::NEVER,
            connecting: false,
            deadline: deadline.map(|wait| (self.now + wait.length, wait)),
            last_failure: None,
        };
        let at = self.choose(&call)?;
        let key = self.calls.insert(call);
        self.hold(request);
        self.attempt(key, at, MessageKind::Request);
        Ok(key)
    }

    /// Where the next attempt of a call is to be made.
    fn choose(&mut self, call: &Call) -> Result<Place, Reason> {
        let function = match call.target {
            Target::Function(function) => function,
            Target::Store { store, .. } => return Ok(Place::Store(store)),
        };
        let pool = self.functions[function as usize].pool;
        let balancing = self.balancing(call.group);
        let tried = &call.tried[..usize::from(call.attempt)];
        let known = &mut self.pools[pool as usize];
        match known.pick(balancing, &self.instances, tried) {
            Some(instance) => Ok(Place::Instance(instance)),
            None if known.instances.is_empty() => Err(Reason::NotDeployed),
            None => Err(call.last_failure.unwrap_or_else(|| {
                self.measures.nobody_healthy(self.now, call.group, &known.instances);
                Reason::NoneHealthy
            })),
        }
    }

    /// Sends an attempt of a call to a place.
    fn attempt(&mut self, key: CallKey, at: Place, message: MessageKind) {
        let Some(call) = self.calls.get(key) else { return };
        let (request, from, group) = (call.request, call.from, call.group);
        let delay = self.latency(from, at);
        let kind = self.kind_of(request);
        if let Place::Instance(instance) = at {
            self.instances[instance as usize].outstanding += 1;
        }
        let response = self.call_plan(group).response;
        let now = self.now;

        let Some(call) = self.calls.get_mut(key) else { return };
        if let (Place::Instance(instance), Some(tried)) = (at, call.tried.get_mut(usize::from(call.attempt)))
        {
            *tried = instance;
        }
        call.attempt += 1;
        (call.at, call.sent) = (at, now);
        let (due, lane) = match call.deadline {
            Some((deadline, wait)) => (deadline.max(now), wait.lane),
            None => (now + response.length, response.lane),
        };
        call.rings = due;
        call.connecting = false;
        let due = self.agenda.number(due);
        call.timer = Some(self.timers.set(due, lane, Alarm::Call(key)));
        let (attempt, target, depth) = (call.attempt, call.target, call.depth);
        let job = self.jobs.insert(Job {
            call: key,
            attempt,
            request,
            target,
            from,
            at,
            depth,
            delay,
            state: State::OnTheWay,
        });
        self.hold(request);
        self.message(from, at, delay, message, kind);
        self.after(delay, Event::Arrive(job));
    }

    /// The attempt met silence: the connection timeout decides, unless the other one is earlier.
    pub fn on_silence(&mut self, key: CallKey, attempt: u8) {
        let Some(call) = self.calls.get_mut(key) else { return };
        if call.attempt != attempt {
            return;
        }
        let connect = self.groups[call.group as usize].calls.connect;
        let rings = (call.sent + connect.length).max(self.now);
        if rings < call.rings {
            if let Some(timer) = call.timer.take() {
                self.timers.cancel(timer);
            }
            call.connecting = true;
            call.rings = rings;
            let due = self.agenda.number(rings);
            call.timer = Some(self.timers.set(due, connect.lane, Alarm::Call(key)));
        }
    }

    /// A timer of a call rings.
    pub fn on_call_timeout(&mut self, key: CallKey) {
        let Some(call) = self.calls.get_mut(key) else { return };
        // It has rung, and is no more.
        call.timer = None;
        let reason = if call.connecting { Reason::Unreachable } else { Reason::TimedOut };
        self.attempt_failed(key, reason);
    }

    /// The present attempt of a call was not answered by the function called: try again, or give up.
    pub fn attempt_failed(&mut self, key: CallKey, reason: Reason) {
        self.end_attempt(key);
        let Some(call) = self.calls.get_mut(key) else { return };
        call.last_failure = Some(reason);
        let (at, caller, group) = (call.at, call.caller, call.group);
        if !self.is_waiting(caller) {
            self.forget(key);
            return;
        }
        let next = self.next_attempt(key, reason);
        let retried = next.is_ok();
        if let Place::Instance(instance) = at {
            self.instances[instance as usize].failed[reason.index()] += 1;
            self.measures.attempt_failed(self.now, group, instance, retried);
        }
        self.tell(Fact::AttemptFailed { at, reason, retried });
        match next {
            Ok(next) => {
                self.measures.retried(group);
                self.attempt(key, next, MessageKind::Retry);
            }
            Err(reason) => {
                self.forget(key);
                self.deliver(caller, Err(reason));
            }
        }
    }

    /// Where a failed call is tried again; otherwise with what reason it fails.
    fn next_attempt(&mut self, key: CallKey, reason: Reason) -> Result<Place, Reason> {
        let call = self.calls.get(key).ok_or(reason)?;
        let plan = self.call_plan(call.group);
        let repeatable = match reason {
            Reason::Refused | Reason::Unreachable | Reason::QueueFull | Reason::Shed => true,
            Reason::Reset | Reason::TimedOut => plan.after_timeout,
            _ => false,
        };
        let in_time = call.deadline.is_none_or(|(deadline, _)| self.now < deadline);
        let more = u32::from(call.attempt) < plan.attempts && self.jobs.len() < MAX_CALLS;
        if !(repeatable && in_time && more && matches!(call.target, Target::Function(_))) {
            return Err(reason);
        }
        let call = call.clone();
        // Whatever keeps it from being tried again, the failure is the one that happened.
        self.choose(&call).map_err(|_| reason)
    }

    /// The function called has answered.
    pub fn answered(&mut self, key: CallKey, result: Result<(), Reason>) {
        self.end_attempt(key);
        let Some(call) = self.calls.get(key) else { return };
        let caller = call.caller;
        self.forget(key);
        self.deliver(caller, result);
    }

    /// Nobody waits for a call any more.
    pub fn abandon(&mut self, key: CallKey) {
        self.end_attempt(key);
        self.forget(key);
    }

    /// Whether a job is the present attempt of a call that somebody waits for (or meant to let run).
    #[inline]
    pub fn is_wanted(&self, key: CallKey, attempt: u8) -> bool {
        self.calls.get(key).is_some_and(|call| call.attempt == attempt && self.is_waiting(call.caller))
    }

    #[inline]
    fn is_waiting(&self, caller: Caller) -> bool {
        match caller {
            Caller::Entry(request) => self.is_open(request),
            Caller::Task { task, .. } => self.tasks.contains_key(task),
            Caller::Nobody => true,
        }
    }

    /// Ends the present attempt as far as the caller goes: its timer, its place among the outstanding.
    #[inline]
    fn end_attempt(&mut self, key: CallKey) {
        let Some(call) = self.calls.get_mut(key) else { return };
        if let Some(timer) = call.timer.take() {
            self.timers.cancel(timer);
        }
        if let Place::Instance(instance) = call.at {
            self.instances[instance as usize].outstanding -= 1;
        }
    }

    #[inline]
    fn forget(&mut self, key: CallKey) {
        if let Some(call) = self.calls.remove(key) {
            self.release(call.request);
        }
    }

    fn deliver(&mut self, caller: Caller, result: Result<(), Reason>) {
        match caller {
            Caller::Entry(request) => {
                self.answer(request, result.map_or_else(Outcome::Failed, |()| Outcome::Succeeded));
            }
            Caller::Task { task, soft } => self.child_ended(task, soft, result),
            Caller::Nobody => {}
        }
    }

    /// A message leaves.
    #[inline]
    pub fn message(&mut self, from: Place, to: Place, travel: Span, message: MessageKind, kind: u32) {
        self.tell(Fact::Sent { from, to, arrives: self.now + travel, message, kind });
        if let Some(recorder) = &mut self.flights {
            recorder.see(Flight { from, to, departed: self.now, travel: Some(travel), message, kind });
        }
    }
}
