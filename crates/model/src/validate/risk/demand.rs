//! What a group is asked for: how often each of its functions is called in a second when its clients ask for most,
//! and how long each takes while nobody is before it.

use std::collections::BTreeMap;

use crate::business::{Access, Call, Step};
use crate::client::Load;
use crate::deployment::Deployment;
use crate::design::Design;
use crate::group::Group;
use crate::id::{FunctionId, GroupId, StoreId};

/// Calls within calls beyond this are not looked at: a run does not make them either.
pub(super) const DEEPEST: u32 = 64;

/// How often functions and stores are asked, in a second.
#[derive(Debug, Clone, Default)]
pub(super) struct Demand {
    /// All calls of each function.
    pub(super) called: BTreeMap<FunctionId, f64>,
    /// Those that come from outside of its service.
    pub(super) entered: BTreeMap<FunctionId, f64>,
    /// Those that come through a queue.
    pub(super) queued: BTreeMap<FunctionId, f64>,
    /// Seconds of work in a second, of each service by its place.
    pub(super) work: Vec<f64>,
    /// Seconds of work in a second, of each store.
    pub(super) stores: BTreeMap<StoreId, f64>,
}

impl Demand {
    /// `None` if nothing can be said: nobody says how often, or calls go in circles.
    pub(super) fn of(
        design: &Design,
        id: &GroupId,
        group: &Group,
        deployment: &Deployment,
    ) -> Option<Demand> {
        let clients = design.clients.values().filter(|client| client.to.contains(id));
        let rate: f64 = clients.map(|client| peak(&client.load)).sum();
        let business = &design.business;
        let shares: f64 = business.requests.values().map(|kind| kind.share.max(0.0)).sum();
        if !(rate > 0.0 && shares > 0.0) {
            return None;
        }
        let order = callers_first(design)?;
        let home = |function: &FunctionId| {
            deployment.services.iter().position(|service| service.functions.contains(function))
        };
        let mut demand = Demand { work: vec![0.0; deployment.services.len()], ..Demand::default() };
        for (kind, value) in &business.requests {
            let kept = group.policies.edge.as_ref().and_then(|edge| edge.kinds.get(kind));
            let passes = 1.0 - kept.map_or(0.0, |kept| kept.share.clamp(0.0, 1.0));
            let asked = rate * value.share.max(0.0) / shares * passes;
            *demand.called.entry(value.entry.clone()).or_default() += asked;
            *demand.entered.entry(value.entry.clone()).or_default() += asked;
        }
        for function in &order {
            let Some(value) = business.functions.get(function) else { continue };
            let rate = demand.called.get(function).copied().unwrap_or(0.0);
            let here = home(function);
            if let Some(here) = here {
                demand.work[here] += rate * value.work.mean().as_secs_f64();
            }
            for step in &value.steps {
                if let Step::Access(access) = step {
                    demand.access(design, deployment, access, rate);
                }
                for call in step.calls() {
                    let calls = rate * times(call);
                    *demand.called.entry(call.to.clone()).or_default() += calls;
                    if call.queue.is_some() {
                        *demand.queued.entry(call.to.clone()).or_default() += calls;
                        *demand.entered.entry(call.to.clone()).or_default() += calls;
                        continue;
                    }
                    let there = home(&call.to);
                    if there != here {
                        *demand.entered.entry(call.to.clone()).or_default() += calls;
                        let toll = call.by.map_or(0.0, |kind| business.calls.of(kind).work.as_secs_f64());
                        for end in [here, there].into_iter().flatten() {
                            demand.work[end] += calls * toll;
                        }
                    }
                }
            }
        }
        Some(demand)
    }

    fn access(&mut self, design: &Design, deployment: &Deployment, access: &Access, rate: f64) {
        let (Some(data), Some(store)) =
            (design.business.data.get(&access.data), deployment.store_of(&access.data))
        else {
            return;
        };
        let work = if access.write { &data.write } else { &data.read };
        let often = f64::from(access.count) * access.probability.clamp(0.0, 1.0);
        *self.stores.entry(store.id.clone()).or_default() += rate * often * work.mean().as_secs_f64();
    }
}

/// How often a call happens for one execution of its caller, on average.
pub(super) fn times(call: &Call) -> f64 {
    f64::from(call.count) * call.probability.clamp(0.0, 1.0)
}

/// Requests a second when a client asks for most; nothing where that cannot be told.
fn peak(load: &Load) -> f64 {
    match load {
        Load::Poisson { rate } => rate.max(0.0),
        Load::Bursts { rate, peak, .. } => rate.max(*peak),
        Load::Ramp { points, .. } => points.iter().map(|point| point.rate).fold(0.0, f64::max),
        Load::Batch { .. } | Load::Recorded { .. } | Load::Users { .. } => 0.0,
    }
}

/// Every function that is asked for or called, each behind all that call it; `None` if calls go in circles.
fn callers_first(design: &Design) -> Option<Vec<FunctionId>> {
    #[derive(PartialEq)]
    enum Seen {
        OnTheWay,
        Done,
    }
    let business = &design.business;
    let called = |id: &FunctionId| -> Vec<FunctionId> {
        let steps = business.functions.get(id).map_or(&[][..], |function| &function.steps);
        steps.iter().flat_map(Step::calls).map(|call| call.to.clone()).collect()
    };
    let mut seen: BTreeMap<FunctionId, Seen> = BTreeMap::new();
    let mut order = Vec::new();
    for kind in business.requests.values() {
        if seen.contains_key(&kind.entry) {
            continue;
        }
        seen.insert(kind.entry.clone(), Seen::OnTheWay);
        let mut way = vec![(kind.entry.clone(), called(&kind.entry))];
        while let Some((function, rest)) = way.last_mut() {
            match rest.pop() {
                Some(next) => match seen.get(&next) {
                    Some(Seen::OnTheWay) => return None,
                    Some(Seen::Done) => {}
                    None => {
                        seen.insert(next.clone(), Seen::OnTheWay);
                        let further = called(&next);
                        way.push((next, further));
                    }
                },
                None => {
                    seen.insert(function.clone(), Seen::Done);
                    order.push(function.clone());
                    way.pop();
                }
            }
        }
    }
    order.reverse();
    Some(order)
}

/// How long functions take while nobody is before them, on cores of speed 1: their work, their reads and writes, and
/// the calls they wait for. In seconds.
pub(super) struct Times<'a> {
    design: &'a Design,
    known: BTreeMap<&'a FunctionId, f64>,
}

impl<'a> Times<'a> {
    pub(super) fn of(design: &'a Design) -> Times<'a> {
        Times { design, known: BTreeMap::new() }
    }

    /// How long `function` takes; a circle of calls counts once.
    pub(super) fn least(&mut self, function: &FunctionId) -> f64 {
        self.least_at(function, 0)
    }

    fn least_at(&mut self, function: &FunctionId, depth: u32) -> f64 {
        if depth > DEEPEST {
            return 0.0;
        }
        let design = self.design;
        let Some((id, value)) = design.business.functions.get_key_value(function) else { return 0.0 };
        if let Some(known) = self.known.get(id) {
            return *known;
        }
        self.known.insert(id, 0.0);
        let mut time = value.work.mean().as_secs_f64();
        for step in &value.steps {
            time += match step {
                Step::Access(access) => {
                    let data = design.business.data.get(&access.data);
                    let work = data.map_or(0.0, |data| {
                        if access.write { &data.write } else { &data.read }.mean().as_secs_f64()
                    });
                    f64::from(access.count) * access.probability.clamp(0.0, 1.0) * work
                }
                step => {
                    let each = step.calls().iter().filter(|call| call.is_awaited());
                    let each = each.map(|call| times(call) * self.least_at(&call.to, depth + 1));
                    each.fold(0.0, f64::max)
                }
            };
        }
        self.known.insert(id, time);
        time
    }
}
