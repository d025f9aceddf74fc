//! The life of a request: issued by a client, sent to the entry of its group, answered or not.

use archlab_model::SimTime;

use crate::call::{Caller, Target};
use crate::event::{CallKey, Event, RequestKey};
use crate::fact::{Fact, MessageKind, Outcome, Place, Reason};
use crate::timers::{Alarm, TimerKey};
use crate::world::{MAX_REQUESTS, World};

/// Most calls and reads and writes that one request may lead to, at whatever depth. One more fails with
/// `LimitReached`: a design may call in circles.
pub const MAX_STEPS: u32 = 10_000;

/// A request. It is kept until it has ended and nobody works for it any more.
#[derive(Debug, Clone)]
pub struct Request {
    pub number: u64,
    pub client: u32,
    pub group: u32,
    pub kind: u32,
    /// The user it is from, if its client is closed.
    crowd: Option<u32>,
    issued: SimTime,
    state: State,
    /// What keeps it: its client while open; calls, jobs and tasks.
    holders: u32,
    /// Calls, reads and writes so far.
    steps: u32,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// The client waits. The call its entry makes for it, once it makes one.
    Open { patience: TimerKey, call: Option<CallKey> },
    /// The answer is on its way to the client.
    Answered { patience: TimerKey, outcome: Outcome },
    /// The client has its answer, or has left.
    Ended,
}

impl World {
    /// A client issues a request.
    pub fn issue(&mut self, client: u32, group: u32, kind: u32, crowd: Option<u32>) {
        let number = self.request_count;
        self.request_count += 1;
        self.tell(Fact::Issued { request: number, group, kind });
        self.measures.issued(self.now, group, kind);
        self.groups[group as usize].in_flight += 1;
        if self.requests.len() >= MAX_REQUESTS {
            let request = Request {
                number,
                client,
                group,
                kind,
                crowd,
                issued: self.now,
                state: State::Ended,
                holders: 0,
                steps: 0,
            };
            self.settle(&request, Outcome::Failed(Reason::LimitReached));
            return;
        }
        let due = self.agenda.number(self.now + self.clients[client as usize].patience.length);
        let lane = self.clients[client as usize].patience.lane;
        let (now, timers) = (self.now, &mut self.timers);
        let key = self.requests.insert_with_key(|key| {
            let patience = timers.set(due, lane, Alarm::Patience(key));
            let state = State::Open { patience, call: None };
            Request { number, client, group, kind, crowd, issued: now, state, holders: 1, steps: 0 }
        });
        let (from, to) = (Place::Client(client), Place::Entry(group));
        let delay = self.latency(from, to);
        self.message(from, to, delay, MessageKind::Request, kind);
        if delay.is_zero() {
            self.on_entry(key);
        } else {
            self.agenda.schedule(self.now + delay, Event::AtEntry(key));
        }
    }

    /// A request reaches the entry, which calls the service that holds the entry function.
    pub fn on_entry(&mut self, key: RequestKey) {
        let Some(request) = self.requests.get(key) else { return };
        let State::Open { patience, .. } = request.state else { return };
        let (group, kind) = (request.group, request.kind);
        let entries = &self.groups[group as usize].entries;
        let function = entries.get(kind as usize).copied().flatten();
        let called = match function {
            Some(function) => {
                self.call(key, Caller::Entry(key), Target::Function(function), Place::Entry(group), 0, None)
            }
            None => Err(Reason::NotDeployed),
        };
        match called {
            Ok(call) => {
                if let Some(request) = self.requests.get_mut(key) {
                    request.state = State::Open { patience, call: Some(call) };
                }
            }
            Err(reason) => self.answer(key, Outcome::Failed(reason)),
        }
    }

    /// The entry has an answer for the client.
    pub fn answer(&mut self, key: RequestKey, outcome: Outcome) {
        let Some(request) = self.requests.get_mut(key) else { return };
        let State::Open { patience, .. } = request.state else { return };
        request.state = State::Answered { patience, outcome };
        let (client, group, kind) = (request.client, request.group, request.kind);
        let (from, to) = (Place::Entry(group), Place::Client(client));
        let delay = self.latency(from, to);
        let message = match outcome {
            Outcome::Succeeded => MessageKind::Response,
            Outcome::Failed(_) => MessageKind::Failure,
        };
        self.message(from, to, delay, message, kind);
        if delay.is_zero() {
            self.on_answer(key);
        } else {
            self.agenda.schedule(self.now + delay, Event::AtClient(key));
        }
    }

    /// The answer reaches the client.
    pub fn on_answer(&mut self, key: RequestKey) {
        let Some(request) = self.requests.get(key) else { return };
        if let State::Answered { patience, outcome } = request.state {
            self.timers.cancel(patience);
            self.end(key, outcome);
        }
    }

    /// The client leaves. What was begun for it goes on, unwanted.
    pub fn on_patience_over(&mut self, key: RequestKey) {
        let Some(request) = self.requests.get(key) else { return };
        let call = match request.state {
            State::Open { call, .. } => call,
            _ => None,
        };
        self.end(key, Outcome::Failed(Reason::TimedOut));
        if let Some(call) = call {
            self.abandon(call);
        }
    }

    fn end(&mut self, key: RequestKey, outcome: Outcome) {
        let Some(request) = self.requests.get_mut(key) else { return };
        request.state = State::Ended;
        let request = request.clone();
        self.release(key);
        self.settle(&request, outcome);
    }

    /// Counts and tells the end of a request, and lets its user think.
    fn settle(&mut self, request: &Request, outcome: Outcome) {
        let Request { number, group, kind, crowd, issued, .. } = *request;
        let latency = self.now.since(issued);
        self.groups[group as usize].in_flight -= 1;
        self.measures.ended(self.now, group, kind, outcome, latency);
        self.tell(Fact::Ended { request: number, group, kind, outcome, latency });
        if let Some(crowd) = crowd {
            self.think(crowd, latency);
        }
    }

    /// Whether a client still waits for an answer from the entry.
    #[inline]
    pub fn is_open(&self, key: RequestKey) -> bool {
        self.requests.get(key).is_some_and(|request| matches!(request.state, State::Open { .. }))
    }

    /// Somebody begins to work for a request, which is kept for as long. Returns its group and kind.
    #[inline]
    pub fn hold(&mut self, key: RequestKey) {
        if let Some(request) = self.requests.get_mut(key) {
            request.holders += 1;
        }
    }

    /// Somebody has ended to work for a request.
    #[inline]
    pub fn release(&mut self, key: RequestKey) {
        if let Some(request) = self.requests.get_mut(key) {
            request.holders -= 1;
            if request.holders == 0 {
                self.requests.remove(key);
            }
        }
    }

    /// The kind of a request that somebody holds.
    #[inline]
    pub fn kind_of(&self, key: RequestKey) -> u32 {
        self.requests.get(key).map_or(0, |request| request.kind)
    }

    /// Counts a step against the bound of a request. `false` beyond it.
    #[inline]
    pub fn spend_step(&mut self, key: RequestKey) -> bool {
        let Some(request) = self.requests.get_mut(key) else { return false };
        request.steps += 1;
        request.steps <= MAX_STEPS
    }
}
