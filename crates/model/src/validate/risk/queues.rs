//! Queues that nobody empties, or not fast enough.

use super::demand::Times;
use super::{Look, Risk, add_machines, set_policies};
use crate::business::Step;
use crate::command::Command;
use crate::group::Layout;
use crate::id::FunctionId;
use crate::validate::Problems;
use crate::validate::mend::{together, tried};

/// From this part of what can be worked on the backlog grows long.
const HIGH: f64 = 0.95;

pub(super) fn check(look: &Look<'_>, problems: &mut Problems) {
    let functions = look.design.business.functions.values();
    let calls = functions.flat_map(|function| &function.steps).flat_map(Step::calls);
    let mut queued: Vec<&FunctionId> =
        calls.filter(|call| call.queue.is_some()).map(|call| &call.to).collect();
    queued.sort();
    queued.dedup();
    let mut times = Times::of(look.design);
    for function in queued {
        if !look.design.business.functions.contains_key(function) {
            continue;
        }
        let consumers = look.home(function).map_or(0, |home| look.deployment.services[home].instances.len());
        if consumers == 0 {
            look.add(problems, Risk::NoConsumer { function: function.clone() });
            continue;
        }
        let Some(demand) = &look.demand else { continue };
        let messaging = &look.policies().messaging;
        let topic = messaging.topics.get(function).unwrap_or(&messaging.topic);
        let at_once = f64::from(topic.concurrency.min(topic.prefetch)) * consumers as f64;
        let at_once = topic.partitions.map_or(at_once, |partitions| at_once.min(f64::from(partitions)));
        let comes = demand.queued.get(function).copied().unwrap_or(0.0);
        let load = comes * times.least(function) / at_once.max(1e-9);
        if load >= HIGH {
            let percent = (load * 100.0).round().min(1e6) as u32;
            look.add(problems, Risk::Backlog { function: function.clone(), percent });
        }
    }
}

pub(super) fn mend(look: &Look<'_>, risk: &Risk) -> Option<Command> {
    match risk {
        Risk::NoConsumer { .. } if look.group.layout == Layout::Microservice => {
            let mut commands = Vec::new();
            commands.extend(set_policies(look.id, look.group, |policies| {
                policies.replicas = policies.replicas.max(1);
            }));
            commands.extend(crate::rework::change(look.design, |business| {
                for spec in business.services.values_mut() {
                    spec.replicas = spec.replicas.map(|replicas| replicas.max(1));
                }
            }));
            together(commands)
        }
        Risk::NoConsumer { .. } => {
            let candidates = (1..=8).filter_map(|count| add_machines(look.design, look.id, count));
            tried(look.design, look.id, risk, candidates)
        }
        Risk::Backlog { function, .. } => {
            let candidates = [2, 4, 8, 16, 32, 64].into_iter().filter_map(|factor| {
                set_policies(look.id, look.group, |policies| {
                    let common = policies.messaging.topic.clone();
                    let topic = policies.messaging.topics.entry(function.clone()).or_insert(common);
                    topic.concurrency = topic.concurrency.saturating_mul(factor).min(1_000);
                    topic.prefetch = topic.prefetch.max(topic.concurrency);
                    topic.partitions = topic.partitions.map(|it| it.max(topic.concurrency));
                })
            });
            tried(look.design, look.id, risk, candidates)
        }
        _ => None,
    }
}
