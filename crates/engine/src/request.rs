//! The life of a request: issued by a client, sent to the entry of its group, answered or not.

use archlab_model::SimTime;

use crate::call::{Caller, Target};
use crate::event::{Event, Kind};
use crate::fact::{Fact, MessageKind, Outcome, Place, Reason};
use crate::plan::Entry;
use crate::table::Record;
use crate::timers::{TimerKey, Wait};
use crate::work::{Flags, NONE};
use crate::world::{MAX_REQUESTS, World};

/// Most calls and reads and writes that one request may lead to, at whatever depth. One more fails with
/// `LimitReached`: a design may call in circles.
pub const MAX_STEPS: u32 = 10_000;

/// A request. It is kept until it has ended and nobody works for it any more.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    pub number: u64,
    pub issued: SimTime,
    pub client: u32,
    pub group: u32,
    pub kind: u32,
    /// Which of its client's people it is from, where that matters.
    pub user: u32,
    /// The users it is from, if its client is closed; else [`NONE`].
    pub crowd: u32,
    /// The attempt its entry is making for it, once it makes one.
    pub call: u32,
    /// What keeps it: its client while it is open; messages between client and entry; work.
    pub holders: u32,
    /// Calls, reads and writes so far.
    steps: u32,
    pub patience: Option<TimerKey>,
    pub state: State,
    /// Whether something it asked for failed and was done without.
    pub degraded: bool,
}

impl Record for Request {
    const VACANT: Request = Request::detached(0, NONE, NONE, SimTime::START);

    #[inline]
    fn is_held(&self) -> bool {
        self.holders > 0
    }

    #[inline]
    fn leave(&mut self, next_vacant: u32) {
        (self.holders, self.call) = (0, next_vacant);
    }

    #[inline]
    fn next_vacant(&self) -> u32 {
        self.call
    }
}

impl Request {
    /// One that its client waits for.
    #[inline(always)]
    pub fn new(number: u64, now: SimTime, asking: &Asking, patience: Option<TimerKey>) -> Request {
        let &Asking { client, group, kind, crowd, user } = asking;
        Request {
            number,
            issued: now,
            client,
            group,
            kind,
            user,
            crowd,
            call: NONE,
            holders: 1,
            steps: 0,
            patience,
            state: State::Open,
            degraded: false,
        }
    }

    /// What work is for that no client waits for: a message that came of request `number`.
    pub const fn detached(number: u64, group: u32, kind: u32, now: SimTime) -> Request {
        Request {
            number,
            issued: now,
            client: 0,
            group,
            kind,
            user: 0,
            crowd: NONE,
            degraded: false,
            call: NONE,
            holders: 0,
            steps: 0,
            patience: None,
            state: State::Ended,
        }
    }

    /// Whether its client has an answer, or has left.
    #[cfg(debug_assertions)]
    pub fn has_ended(&self) -> bool {
        self.state == State::Ended
    }
}

/// Who asks for what.
#[derive(Debug, Clone, Copy)]
pub struct Asking {
    pub client: u32,
    pub group: u32,
    pub kind: u32,
    /// As in a [`Request`].
    pub crowd: u32,
    pub user: u32,
}

/// How far it has come with its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The client waits.
    Open,
    /// The answer is on its way to the client.
    Answered(Outcome),
    /// The client has its answer, or has left.
    Ended,
}

/// What is told of a request that has ended.
pub struct Ending {
    number: u64,
    group: u32,
    kind: u32,
    crowd: u32,
    user: u32,
    issued: SimTime,
    degraded: bool,
}

impl Ending {
    /// The end of a request.
    #[inline(always)]
    pub fn of(request: &Request) -> Ending {
        let Request { number, group, kind, crowd, user, issued, degraded, .. } = *request;
        Ending { number, group, kind, crowd, user, issued, degraded }
    }
}

impl World {
    /// A client issues a request, and will wait for an answer as long as it has `patience`.
    #[inline(always)]
    pub fn issue(&mut self, asking: Asking, patience: Wait) {
        if !self.issue_lone(&asking, patience) {
            self.issue_with_care(asking, patience);
        }
    }

    #[cold]
    #[inline(never)]
    fn issue_with_care(&mut self, asking: Asking, patience: Wait) {
        let Asking { client, group, kind, crowd, user } = asking;
        let number = self.request_count;
        self.request_count += 1;
        self.tell(Fact::Issued { request: number, group, kind });
        self.measures.issued(self.now, group, kind);
        if self.under_way >= MAX_REQUESTS {
            let ending = Ending { number, group, kind, crowd, user, issued: self.now, degraded: false };
            return self.settle(ending, Outcome::Failed(Reason::LimitReached));
        }
        let index = self.requests.vacant_key() as u32;
        let patience = self.agenda.set_timer(self.now, patience, Event::new(Kind::Patience, index));
        let (from, to) = (Place::Client(client).into(), Place::Entry(group).into());
        self.keep_request(Request::new(number, self.now, &asking, patience));
        let delay = self.message(from, to, MessageKind::Request, index);
        if delay.is_zero() {
            self.enter(index, group, kind);
        } else {
            self.requests[index as usize].holders += 1;
            self.send(delay, Event::new(Kind::AtEntry, index));
        }
    }

    /// A request reaches the entry.
    pub fn on_entry(&mut self, index: u32) {
        let Request { state, group, kind, .. } = self.requests[index as usize];
        if state == State::Open {
            self.enter(index, group, kind);
        }
        self.release_request(index);
    }

    /// The entry calls the service that holds the entry function.
    #[inline(always)]
    fn enter(&mut self, index: u32, group: u32, kind: u32) {
        if !self.enter_plain(index, group, kind) {
            self.enter_with_care(index, group, kind);
        }
    }

    #[cold]
    #[inline(never)]
    fn enter_with_care(&mut self, index: u32, group: u32, kind: u32) {
        if self.groups[group as usize].careful && self.is_kept_at_entry(index) {
            return;
        }
        self.ask_inside(index, group, kind);
    }

    /// A request that its limit had delayed goes on into its group.
    pub fn go_on_at_entry(&mut self, index: u32) {
        let Request { state, group, kind, .. } = self.requests[index as usize];
        if state == State::Open {
            self.ask_inside(index, group, kind);
        }
        self.release_request(index);
    }

    /// A request that waited at the entry for another's answer goes on into its group.
    pub fn go_on_past_edge(&mut self, index: u32) {
        let Request { state, group, kind, .. } = self.requests[index as usize];
        if state == State::Open {
            self.ask_past_edge(index, group, kind);
        }
        self.release_request(index);
    }

    fn ask_inside(&mut self, index: u32, group: u32, kind: u32) {
        if self.groups[group as usize].keeps && self.is_answered_at_edge(index, group, kind) {
            return;
        }
        self.ask_past_edge(index, group, kind);
    }

    fn ask_past_edge(&mut self, index: u32, group: u32, kind: u32) {
        let known = &self.groups[group as usize];
        let careful = known.careful;
        let called = match known.entries.get(kind as usize).copied().flatten() {
            Some(Entry { function, .. }) => {
                let from = Place::Entry(group).into();
                let mut caller = Caller {
                    request: index,
                    parent: NONE,
                    from,
                    depth: 0,
                    flags: Flags::NONE,
                    deadline: SimTime::NEVER,
                    guard: NONE,
                    fallback: NONE,
                };
                if careful {
                    self.take_care(&mut caller, group, kind);
                }
                self.call(caller, Target::Function(function), None)
            }
            None => Err(Reason::NotDeployed),
        };
        if let Err(reason) = called {
            self.answer(index, Outcome::Failed(reason));
        }
    }

    /// The entry has an answer for the client.
    #[inline]
    pub fn answer(&mut self, index: u32, outcome: Outcome) {
        let request = &self.requests[index as usize];
        if request.state != State::Open {
            return;
        }
        let group = request.group;
        if self.groups[group as usize].keeps {
            self.keep_at_edge(index, group, outcome);
        }
        let request = &self.requests[index as usize];
        let (from, to) = (Place::Entry(request.group).into(), Place::Client(request.client).into());
        let message = match outcome {
            Outcome::Succeeded => MessageKind::Response,
            Outcome::Failed(_) => MessageKind::Failure,
        };
        let delay = self.message(from, to, message, index);
        if delay.is_zero() {
            return self.end(index, outcome);
        }
        let request = &mut self.requests[index as usize];
        request.state = State::Answered(outcome);
        request.holders += 1;
        self.send(delay, Event::new(Kind::AtClient, index));
    }

    /// The answer reaches the client.
    pub fn on_answer(&mut self, index: u32) {
        if let State::Answered(outcome) = self.requests[index as usize].state {
            self.end(index, outcome);
        }
        self.release_request(index);
    }

    /// The client leaves. What was begun for it goes on, unwanted.
    pub fn on_patience_over(&mut self, index: u32) {
        let request = &mut self.requests[index as usize];
        request.patience = None;
        let (group, open) = (request.group, request.state == State::Open);
        let call = if open { request.call } else { NONE };
        if open && self.groups[group as usize].keeps {
            self.keep_at_edge(index, group, Outcome::Failed(Reason::TimedOut));
        }
        if call != NONE {
            self.disclaim(call);
        }
        self.end(index, Outcome::Failed(Reason::TimedOut));
    }

    /// The client has an answer, or leaves.
    #[inline]
    fn end(&mut self, index: u32, outcome: Outcome) {
        let request = &mut self.requests[index as usize];
        request.state = State::Ended;
        if let Some(patience) = request.patience.take() {
            self.agenda.cancel_timer(patience);
        }
        let ending = Ending::of(request);
        self.release_request(index);
        self.settle(ending, outcome);
    }

    /// Counts and tells the end of a request, and lets its user think.
    #[inline(always)]
    pub fn settle(&mut self, ending: Ending, outcome: Outcome) {
        let Ending { number, group, kind, crowd, user, issued, degraded } = ending;
        let latency = self.now.since(issued);
        self.measures.ended(self.now, group, kind, outcome, latency);
        if degraded {
            self.measures.answered_degraded(group, kind, outcome);
        }
        self.tell(Fact::Ended { request: number, group, kind, outcome, latency });
        if crowd != NONE {
            self.think(crowd, user, latency);
        }
    }

    /// Whether a client still waits for an answer from the entry.
    #[inline]
    pub fn is_open(&self, index: u32) -> bool {
        self.requests[index as usize].state == State::Open
    }

    /// Keeps a new request: its index.
    #[inline(always)]
    pub fn keep_request(&mut self, request: Request) -> u32 {
        self.under_way += 1;
        self.requests.insert(request) as u32
    }

    /// Nobody holds a request any more.
    #[inline(always)]
    pub fn forget_request(&mut self, index: u32) {
        self.under_way -= 1;
        self.transacting.forget_request(index);
        self.requests.remove(index as usize);
    }

    /// Somebody lets go of a request.
    #[inline]
    pub fn release_request(&mut self, index: u32) {
        let request = &mut self.requests[index as usize];
        request.holders -= 1;
        if request.holders == 0 {
            self.forget_request(index);
        }
    }

    /// Counts a step against the bound of a request. `false` beyond it.
    #[inline]
    pub fn spend_step(&mut self, index: u32) -> bool {
        let request = &mut self.requests[index as usize];
        request.steps += 1;
        request.steps <= MAX_STEPS
    }
}
