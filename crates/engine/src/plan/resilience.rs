//! Compiling what is done against failure and overload.

use archlab_model::deployment::Service;
use archlab_model::policy::{CallerPolicies, Hedging, Resilience, Shedding};
use archlab_model::{CallKind, FunctionId, ServiceId, Span};

use crate::plan::MAX_ATTEMPTS;
use crate::plan::compile::Scope;
use crate::plan::names::{Form, Names};
use crate::plan::program::NOWHERE;
use crate::resilience::guard::{GuardPlan, SheddingPlan};
use crate::timers::Wait;

/// How calls to `service` are guarded.
pub fn policies_for(resilience: &Resilience, service: &ServiceId) -> CallerPolicies {
    let all = &resilience.calls;
    let none = CallerPolicies::default();
    let own = resilience.services.get(service).unwrap_or(&none);
    let most = MAX_ATTEMPTS as u32;
    let bounded = |hedging: Hedging| Hedging { copies: hedging.copies.clamp(1, most), ..hedging };
    CallerPolicies {
        breaker: own.breaker.or(all.breaker),
        bulkhead: own.bulkhead.or(all.bulkhead),
        hedging: own.hedging.or(all.hedging).map(bounded),
        retry_budget: own.retry_budget.or(all.retry_budget),
        throttle: own.throttle.or(all.throttle),
        limit: own.limit.or(all.limit),
    }
}

/// The guard between a caller (none: the entry) and a service, or [`NOWHERE`] if nothing stands there.
pub fn guard(
    names: &mut Names,
    guards: &mut Vec<(u32, GuardPlan)>,
    (group, resilience): (u32, &Resilience),
    caller: Option<u32>,
    callee: u32,
) -> u32 {
    let service = names.services[callee as usize].clone();
    let policies = policies_for(resilience, &service);
    if policies == CallerPolicies::default() {
        return NOWHERE;
    }
    let index = names.guards.index((caller, callee)).0;
    let stream = names.stream(Some(group), "held back", service.as_str());
    if guards.iter().all(|(known, _)| *known != index) {
        guards.push((index, GuardPlan { caller, callee, policies, stream }));
    }
    index
}

/// How the instances of a group turn work away.
pub fn shedding(names: &mut Names, group: u32, resilience: &Resilience) -> Option<SheddingPlan> {
    if resilience.shedding == Shedding::default() {
        return None;
    }
    Some(SheddingPlan { policy: resilience.shedding, stream: names.stream(Some(group), "probes", "limit") })
}

/// The lane of timers that ring at deadlines which come from above, if there are any.
pub fn deadlines(names: &mut Names, resilience: &Resilience) -> Option<Wait> {
    // A length that no other timer has.
    resilience.deadlines.then(|| names.wait(Span::MAX))
}

impl Scope<'_> {
    /// What stands between the entry and the service of each kind; empty if nothing does.
    pub(super) fn entry_guards(&mut self) -> Vec<u32> {
        let design = self.design;
        let mut guards = vec![NOWHERE; self.names.kinds.len()];
        for (id, kind) in &design.business.requests {
            let Some(index) = self.names.kinds.find(id) else { continue };
            if let Some((_, pool)) = self.place_of(&kind.entry) {
                guards[index as usize] = self.guard(None, pool);
            }
        }
        if guards.iter().all(|guard| *guard == NOWHERE) { Vec::new() } else { guards }
    }

    pub(super) fn guard(&mut self, caller: Option<u32>, callee: u32) -> u32 {
        let group = (self.group, self.resilience);
        guard(self.names, &mut self.guards, group, caller, callee)
    }

    /// A function as `service` calls it, and the service where; [`NOWHERE`] if it is deployed nowhere.
    pub(super) fn callee(
        &mut self,
        service: &Service,
        pool: u32,
        to: &FunctionId,
        by: Option<CallKind>,
    ) -> (u32, u32) {
        // A function that the caller's own service holds is called there, whoever else holds it.
        let place =
            if service.functions.contains(to) { Some(pool) } else { self.place_of(to).map(|(_, pool)| pool) };
        match place {
            Some(place) if self.design.business.functions.contains_key(to) => {
                let form = by.filter(|_| place != pool).map_or(Form::Plain, Form::Called);
                (self.names.functions.index((place, to.clone(), form)).0, place)
            }
            _ => (NOWHERE, NOWHERE),
        }
    }
}
