//! A job: one attempt of a call as its callee sees it, from the wire through queue and worker to the
//! answer.

use archlab_model::Span;

use crate::call::Target;
use crate::event::{CallKey, Event, JobKey, RequestKey};
use crate::fact::{Fact, MessageKind, Place, Reason};
use crate::instance::Process;
use crate::plan::program::Op;
use crate::station::Admission;
use crate::task::Role;
use crate::world::World;

/// One piece of work at one place.
#[derive(Debug, Clone)]
pub struct Job {
    /// The call it is an attempt of, and which.
    pub call: CallKey,
    pub attempt: u8,
    pub request: RequestKey,
    pub target: Target,
    pub from: Place,
    pub at: Place,
    pub depth: u16,
    /// How long its message travelled, and its answer will.
    pub delay: Span,
    pub state: State,
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its message travels.
    OnTheWay,
    /// It is in the station: queued, or with a server.
    There,
    /// Its answer travels.
    Answered(Answer),
}

/// What comes back for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It was done.
    Done,
    /// The function called failed, for a reason that lies deeper.
    Failed(Reason),
    /// It failed here: refused, reset or rejected.
    Undone(Reason),
}

impl World {
    /// A job reaches its place.
    pub fn on_arrive(&mut self, key: JobKey) {
        let Some(job) = self.jobs.get(key) else { return };
        match job.at {
            Place::Instance(index) => {
                let instance = &self.instances[index as usize];
                if !self.machines[instance.machine as usize].on {
                    let (call, attempt) = (job.call, job.attempt);
                    self.drop_job(key);
                    self.on_silence(call, attempt);
                } else if instance.process == Process::Up {
                    let admission = self.instances[index as usize].station.admit(self.now, key);
                    self.admitted(key, admission);
                } else {
                    self.reply(key, Answer::Undone(Reason::Refused));
                }
            }
            Place::Store(index) => {
                let admission = self.stores[index as usize].station.admit(self.now, key);
                self.admitted(key, admission);
            }
            Place::Client(_) | Place::Entry(_) => self.drop_job(key),
        }
    }

    fn admitted(&mut self, key: JobKey, admission: Admission) {
        if admission == Admission::Rejected {
            self.reply(key, Answer::Undone(Reason::QueueFull));
            return;
        }
        if let Some(job) = self.jobs.get_mut(key) {
            job.state = State::There;
        }
        if admission == Admission::Served {
            self.on_begin(key);
        }
    }

    /// A server begins with a job that it has been given.
    pub fn on_begin(&mut self, key: JobKey) {
        let Some(job) = self.jobs.get(key) else { return };
        let (at, request, depth, target) = (job.at, job.request, job.depth, job.target);
        self.tell(Fact::Started { at });
        match (target, at) {
            (Target::Function(function), Place::Instance(instance)) => {
                match self.begin_task(instance, request, function, depth, Role::Main(key)) {
                    Some(task) => self.run(task),
                    None => self.finish(key, Err(Reason::LimitReached)),
                }
            }
            (Target::Store { op, .. }, _) => {
                let work = match self.ops[op as usize] {
                    Op::Access { sampler, stream, .. } => self.draw(&sampler, stream),
                    _ => Span::ZERO,
                };
                self.after(work, Event::Served(key));
            }
            (Target::Function(_), _) => {}
        }
    }

    /// A store has done its work.
    pub fn on_served(&mut self, key: JobKey) {
        if self.jobs.contains_key(key) {
            self.finish(key, Ok(()));
        }
    }

    /// A server has finished a job: the answer goes out, and the next in the queue comes in.
    pub fn finish(&mut self, key: JobKey, result: Result<(), Reason>) {
        let Some(job) = self.jobs.get(key) else { return };
        let (at, call, attempt) = (job.at, job.call, job.attempt);
        let (next, group) = match at {
            Place::Instance(index) => {
                let instance = &mut self.instances[index as usize];
                (instance.station.finish(self.now), instance.group)
            }
            Place::Store(index) => {
                let store = &mut self.stores[index as usize];
                (store.station.finish(self.now), store.group)
            }
            Place::Client(_) | Place::Entry(_) => return,
        };
        let wanted = self.is_wanted(call, attempt);
        if !wanted {
            self.measures.wasted(group);
        }
        self.tell(Fact::Finished { at, wanted });
        if let Some(next) = next {
            self.immediate.push_back(Event::Begin(next));
        }
        self.reply(key, result.map_or_else(Answer::Failed, |()| Answer::Done));
    }

    /// Sends what comes back for a job, if somebody still waits for it.
    pub fn reply(&mut self, key: JobKey, answer: Answer) {
        let Some(job) = self.jobs.get_mut(key) else { return };
        job.state = State::Answered(answer);
        let (at, from, delay, request, call, attempt) =
            (job.at, job.from, job.delay, job.request, job.call, job.attempt);
        if !self.is_wanted(call, attempt) {
            self.drop_job(key);
            return;
        }
        let kind = self.kind_of(request);
        let message = if answer == Answer::Done { MessageKind::Response } else { MessageKind::Failure };
        self.message(at, from, delay, message, kind);
        if delay.is_zero() && matches!(from, Place::Entry(_)) {
            // Nothing begins at an entry, so this cannot go in circles.
            self.on_return(key);
        } else {
            self.after(delay, Event::Return(key));
        }
    }

    /// What comes back for a job reaches the caller.
    pub fn on_return(&mut self, key: JobKey) {
        let Some(job) = self.jobs.get(key) else { return };
        let (call, attempt, state) = (job.call, job.attempt, job.state);
        self.drop_job(key);
        if self.calls.get(call).is_none_or(|call| call.attempt != attempt) {
            return;
        }
        match state {
            State::Answered(Answer::Done) => self.answered(call, Ok(())),
            State::Answered(Answer::Failed(reason)) => self.answered(call, Err(reason)),
            State::Answered(Answer::Undone(reason)) => self.attempt_failed(call, reason),
            State::OnTheWay | State::There => {}
        }
    }

    /// Forgets a job.
    pub fn drop_job(&mut self, key: JobKey) {
        if let Some(job) = self.jobs.remove(key) {
            self.release(job.request);
        }
    }
}
