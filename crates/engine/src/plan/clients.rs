//! Compiling clients: how they ask, and whom.

use std::sync::Arc;

use archlab_model::document::POPULATIONS;
use archlab_model::{Client, ClientId, Load, Span};

use crate::plan::names::Names;
use crate::plan::{ClientPlan, LoadPlan, MAX_RATE, MAX_USERS, MIN_ROUND, Plan, TargetPlan, put};
use crate::random::Sampler;
use crate::traffic::{Rates, Schedule};

/// Compiles a population of clients. Groups must have been compiled before.
pub(super) fn compile_client(id: &ClientId, client: &Client, names: &mut Names, plan: &mut Plan) {
    let (index, new) = names.clients.index(id.clone());
    if new {
        names.roster.clients.push(id.clone());
    }
    let mut targets: Vec<TargetPlan> = Vec::new();
    for group in &client.to {
        let Some(group) = names.groups.find(group) else { continue };
        let there = plan.groups.get(group as usize).is_some_and(Option::is_some);
        if there && targets.iter().all(|target| target.group != group) {
            targets.push(TargetPlan {
                group,
                crowd: names.crowds.index((index, group)).0,
                thoughts: names.stream(Some(group), "thoughts", id.as_str()),
                kinds: names.stream(Some(group), "kinds of users", id.as_str()),
            });
        }
    }
    let somebody_asks = plan.shares.iter().any(|share| *share > 0.0);
    let load = if somebody_asks { compile_load(&client.load) } else { LoadPlan::Silent };
    let groups = targets.iter().filter_map(|target| plan.groups[target.group as usize].as_ref());
    let mut groups = groups;
    let asked = groups.any(|group| group.rules.ask_for_the_user() || group.asks_for_the_user);
    let compiled = ClientPlan {
        load,
        patience: names.wait(client.patience),
        population: if asked { client.users.clamp(1, *POPULATIONS.end()) } else { 0 },
        users: names.stream(None, "users", id.as_str()),
        arrivals: names.stream(None, "arrivals", id.as_str()),
        kinds: names.stream(None, "kinds", id.as_str()),
        targets,
    };
    put(&mut plan.clients, index, Some(compiled));
}

fn compile_load(load: &Load) -> LoadPlan {
    let round = |every: &Option<Span>| every.map(|every| every.max(MIN_ROUND));
    match load {
        Load::Poisson { rate } if *rate > 0.0 => {
            LoadPlan::Open { gap: Sampler::Exponential { mean: 1e9 / rate.min(MAX_RATE) } }
        }
        Load::Poisson { .. } => LoadPlan::Silent,
        Load::Bursts { rate, peak, length, every } => {
            LoadPlan::Varying(Arc::new(Rates::bursts(*rate, *peak, *length, (*every).max(MIN_ROUND))))
        }
        Load::Ramp { points, repeat } => LoadPlan::Varying(Arc::new(Rates::ramp(points, *repeat))),
        Load::Batch { count, at, every } => {
            LoadPlan::Listed(Arc::new(Schedule::batch((*count).min(MAX_USERS), *at, round(every))))
        }
        Load::Recorded { at, every } => LoadPlan::Listed(Arc::new(Schedule::recorded(at, round(every)))),
        Load::Users { count, think } => {
            LoadPlan::Closed { users: (*count).min(MAX_USERS), think: Sampler::from(think) }
        }
    }
}
