//! How small and large the numbers of topics and transactions may be.

use std::ops::RangeInclusive;

use super::{Checked, FEW, MAX_FUNCTIONS, at_most, check_distribution, within};
use crate::document::store_bounds::check_consensus;
use crate::group::Policies;
use crate::policy::Topic;
use crate::protocol::{CallCosts, CallKind};

/// Partitions of a topic.
pub const PARTITIONS: RangeInclusive<u32> = 1..=1_000;
/// Messages that a topic holds.
pub const TOPIC_ROOMS: RangeInclusive<u32> = 1..=1_000_000;
/// Messages that a consumer has in hand, and works on at once.
pub const PREFETCHES: RangeInclusive<u32> = 1..=10_000;
/// Round trips before a call.
pub const ROUND_TRIPS: RangeInclusive<u32> = 0..=10;
/// A part of something.
const PARTS: RangeInclusive<f64> = 0.0..=1.0;

pub(super) fn check(path: &str, policies: &Policies) -> Checked {
    let Policies { messaging, transactions, .. } = policies;
    check_distribution(path, "messaging.publish", &messaging.publish)?;
    at_most(format!("{path}.messaging.topics"), messaging.topics.len(), MAX_FUNCTIONS)?;
    check_topic(&format!("{path}.messaging.topic"), &messaging.topic)?;
    for (id, topic) in &messaging.topics {
        check_topic(&format!("{path}.messaging.topics.{id}"), topic)?;
    }
    if let Some(election) = &transactions.election {
        check_consensus(path, "transactions.election", election)?;
    }
    within(path, "transactions.conflict", transactions.conflict, PARTS)?;
    within(path, "transactions.refusal", transactions.refusal, PARTS)
}

fn check_topic(path: &str, topic: &Topic) -> Checked {
    if let Some(partitions) = topic.partitions {
        within(path, "partitions", partitions, PARTITIONS)?;
    }
    within(path, "room", topic.room, TOPIC_ROOMS)?;
    within(path, "prefetch", topic.prefetch, PREFETCHES)?;
    within(path, "concurrency", topic.concurrency, PREFETCHES)?;
    within(path, "deliveries", topic.deliveries, FEW)
}

pub(super) fn check_costs(costs: &CallCosts) -> Checked {
    for (name, kind) in [("rest", CallKind::Rest), ("rpc", CallKind::Rpc)] {
        within(&format!("business.calls.{name}"), "round_trips", costs.of(kind).round_trips, ROUND_TRIPS)?;
    }
    Ok(())
}
