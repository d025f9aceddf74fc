//! Guards: what stands between a caller and a service that it calls. There is one for each caller (a service, or
//! the entry) and each service it calls; what several callers share lies with the service.

use archlab_model::policy::{CallerPolicies, Hedging, Shedding};
use archlab_model::{SimTime, Span};

use crate::fact::Reason;
use crate::random::Stream;
use crate::resilience::breaker::Breaker;
use crate::resilience::bucket::{Bucket, Passage};
use crate::resilience::budget::Budget;
use crate::resilience::bulkhead::Bulkhead;
use crate::resilience::throttle::Throttle;

/// What is compiled of a guard.
#[derive(Debug, Clone, PartialEq)]
pub struct GuardPlan {
    /// The service that calls; none for the entry.
    pub caller: Option<u32>,
    /// The service called.
    pub callee: u32,
    pub policies: CallerPolicies,
    /// The random stream of what is held back.
    pub stream: u32,
}

/// What is compiled of a group's shedding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SheddingPlan {
    pub policy: Shedding,
    /// The random stream of when a limit looks for the shortest time anew.
    pub stream: u32,
}

/// A guard and its state.
#[derive(Debug, Clone)]
pub struct Guard {
    pub caller: Option<u32>,
    pub callee: u32,
    stream: u32,
    pub breaker: Option<Breaker>,
    pub bulkhead: Option<Bulkhead<u32>>,
    pub throttle: Option<Throttle>,
    pub budget: Option<Budget>,
    pub hedging: Option<Hedging>,
    /// Whether it is planned that those who wait too long at the bulkhead are told.
    pub expiry_planned: bool,
}

/// All that a run knows of guards and limits.
#[derive(Debug, Clone, Default)]
pub struct Guards {
    pub guards: Vec<Guard>,
    /// By service: the limit before it.
    pub limits: Vec<Option<Bucket>>,
    /// By group: the limit at its entry.
    pub entries: Vec<Option<Bucket>>,
}

/// How an attempt ended, for its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With an answer: the function called did what it should.
    Done,
    /// With an answer that tells of a failure deeper down.
    Failed,
    /// It was turned away, lost or too late.
    Undone,
    /// The caller gave it up, or it never got anywhere.
    GivenUp,
}

impl Guard {
    /// One that lets everything pass.
    pub fn new(caller: Option<u32>, callee: u32) -> Guard {
        Guard {
            caller,
            callee,
            stream: 0,
            breaker: None,
            bulkhead: None,
            throttle: None,
            budget: None,
            hedging: None,
            expiry_planned: false,
        }
    }

    /// From now on there are other policies. State that still makes sense is kept. Returns those who waited at a
    /// bulkhead that is no more.
    pub fn change(&mut self, plan: Option<&GuardPlan>) -> Vec<u32> {
        let none = CallerPolicies::default();
        let policies = plan.map_or(&none, |plan| &plan.policies);
        if let Some(plan) = plan {
            (self.caller, self.callee, self.stream) = (plan.caller, plan.callee, plan.stream);
        }
        change(&mut self.breaker, policies.breaker, Breaker::new, Breaker::change);
        change(&mut self.throttle, policies.throttle, Throttle::new, Throttle::change);
        change(&mut self.budget, policies.retry_budget, Budget::new, Budget::change);
        self.hedging = policies.hedging;
        let mut freed = Vec::new();
        if let (Some(gone), None) = (&mut self.bulkhead, policies.bulkhead) {
            freed = gone.drain();
        }
        change(&mut self.bulkhead, policies.bulkhead, Bulkhead::new, Bulkhead::change);
        freed
    }

    /// Whether throttle and breaker let an attempt pass.
    pub fn lets_pass(&mut self, now: SimTime, streams: &mut [Stream]) -> Result<(), Reason> {
        if let Some(throttle) = &mut self.throttle
            && !throttle.allows(now, &mut streams[self.stream as usize])
        {
            return Err(Reason::Throttled);
        }
        let closed = self.breaker.as_mut().is_none_or(|breaker| breaker.allows(now));
        if closed { Ok(()) } else { Err(Reason::CircuitOpen) }
    }

    /// An attempt that breaker and throttle let pass has ended. Whether the breaker opened or closed.
    pub fn hear(&mut self, now: SimTime, ending: Ending, took: Span) -> bool {
        if let Some(throttle) = &mut self.throttle
            && matches!(ending, Ending::Done | Ending::Failed)
        {
            throttle.accepted(now);
        }
        if let Some(budget) = &mut self.budget
            && ending != Ending::GivenUp
        {
            budget.attempt_ended(ending == Ending::Done);
        }
        match &mut self.breaker {
            Some(breaker) if ending == Ending::GivenUp => {
                breaker.give_up();
                false
            }
            Some(breaker) => breaker.record(now, ending != Ending::Done, took),
            None => false,
        }
    }
}

impl Guards {
    /// What the limit before a service says.
    pub fn limit(&mut self, now: SimTime, service: u32) -> Passage {
        match self.limits.get_mut(service as usize) {
            Some(Some(bucket)) => bucket.ask(now),
            _ => Passage::After(Span::ZERO),
        }
    }
}

/// Brings a state in line with a policy.
fn change<S, P>(state: &mut Option<S>, policy: Option<P>, new: fn(P) -> S, adapt: fn(&mut S, P)) {
    match (state.as_mut(), policy) {
        (Some(state), Some(policy)) => adapt(state, policy),
        (_, policy) => *state = policy.map(new),
    }
}
