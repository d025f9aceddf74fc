//! How much of stores, caches and sessions a document may hold, and how small and large their numbers may be.

use std::ops::RangeInclusive;

use crate::business::Business;
use crate::document::bounds::{CONNECTIONS, Checked, at_most, check_distribution, title, within};
use crate::group::Policies;
use crate::policy::{Consensus, EdgeCache, Failover, Primary, Quorum, Refresh, Replication, Storage};
use crate::time::Span;

/// Stores that a business names.
pub const MAX_STORES: usize = 1_000;
/// Parts of a store.
pub const SHARDS: RangeInclusive<u32> = 1..=64;
/// Replicas beside a primary.
pub const STORE_REPLICAS: RangeInclusive<u32> = 0..=15;
/// Members that agree on every write.
pub const ASSEMBLIES: RangeInclusive<u32> = 1..=7;
/// Members of a quorum, and answers it needs.
pub const QUORUMS: RangeInclusive<u32> = 1..=15;
/// Keys of a store; entries of a cache; things that a cache at the entry may keep.
pub const KEYS: RangeInclusive<u32> = 1..=1_000_000;
/// The exponent of a Zipf distribution.
pub const SKEWS: RangeInclusive<f64> = 0.0..=10.0;
/// Connections of a pool.
pub const POOLS: RangeInclusive<u32> = 1..=100_000;
/// A share or a chance.
pub const PARTS: RangeInclusive<f64> = 0.0..=1.0;
/// The eagerness of early refreshing.
pub const BETAS: RangeInclusive<f64> = 0.0..=1_000.0;
/// The shortest time between two signs of life of a primary: shorter ones would be all that a run does.
pub const MIN_HEARTBEAT: Span = Span::from_millis(1);

/// Whether the stores that a business names are within bounds.
pub(super) fn check(business: &Business) -> Checked {
    at_most("business.stores", business.stores.len(), MAX_STORES)?;
    for (id, store) in &business.stores {
        let path = format!("business.stores.{id}");
        title(&path, store.title.as_ref())?;
        at_most(format!("{path}.data"), store.data.len(), crate::document::MAX_DATA)?;
        if let Some(connections) = store.connections {
            within(&path, "connections", connections, CONNECTIONS)?;
        }
        if let Some(storage) = &store.storage {
            check_storage(&format!("{path}.storage"), storage)?;
        }
    }
    Ok(())
}

/// Whether a group's policies of sessions, stores and the entry's cache are within bounds.
pub(super) fn check_policies(path: &str, policies: &Policies) -> Checked {
    check_storage(&format!("{path}.storage"), &policies.storage)?;
    if let Some(sessions) = &policies.sessions {
        let path = format!("{path}.sessions");
        within(&path, "changes", sessions.changes, PARTS)?;
        if let Some(storage) = &sessions.storage {
            check_storage(&format!("{path}.storage"), storage)?;
        }
    }
    policies.edge.as_ref().map_or(Ok(()), |edge| check_edge(&format!("{path}.edge"), edge))
}

fn check_edge(path: &str, edge: &EdgeCache) -> Checked {
    at_most(format!("{path}.kinds"), edge.kinds.len(), crate::document::MAX_KINDS)?;
    for (kind, of) in &edge.kinds {
        let path = format!("{path}.kinds.{kind}");
        within(&path, "share", of.share, PARTS)?;
        within(&path, "things", of.things, KEYS)?;
    }
    Ok(())
}

fn check_storage(path: &str, storage: &Storage) -> Checked {
    within(path, "shards", storage.shards, SHARDS)?;
    within(path, "keys.count", storage.keys.count, KEYS)?;
    within(path, "keys.skew", storage.keys.skew, SKEWS)?;
    match &storage.replication {
        Replication::Single => {}
        Replication::Primary(primary) => check_primary(path, primary)?,
        Replication::Quorum(quorum) => check_quorum(path, quorum)?,
        Replication::Consensus(consensus) => check_consensus(path, "replication.consensus", consensus)?,
    }
    if let Some(pool) = &storage.pool {
        within(path, "pool.size", pool.size, POOLS)?;
    }
    if let Some(cache) = &storage.cache {
        within(path, "cache.size", cache.size, KEYS)?;
        within(path, "cache.jitter", cache.jitter, PARTS)?;
        check_distribution(path, "cache.time", &cache.time)?;
        if let Refresh::Early { beta } = cache.refresh {
            within(path, "cache.refresh.early.beta", beta, BETAS)?;
        }
    }
    Ok(())
}

fn check_primary(path: &str, primary: &Primary) -> Checked {
    within(path, "replication.primary.replicas", primary.replicas, STORE_REPLICAS)?;
    check_distribution(path, "replication.primary.lag", &primary.lag)?;
    match primary.failover {
        Failover::Custom(detector) => {
            let field = "replication.primary.failover.custom.heartbeat";
            within(path, field, detector.heartbeat, MIN_HEARTBEAT..=Span::MAX)
        }
        _ => Ok(()),
    }
}

pub(super) fn check_consensus(path: &str, field: &str, consensus: &Consensus) -> Checked {
    let rounds = MIN_HEARTBEAT..=Span::MAX;
    within(path, &format!("{field}.members"), consensus.members, ASSEMBLIES)?;
    within(path, &format!("{field}.heartbeat"), consensus.heartbeat, rounds.clone())?;
    within(path, &format!("{field}.election_from"), consensus.election_from, rounds)
}

fn check_quorum(path: &str, quorum: &Quorum) -> Checked {
    within(path, "replication.quorum.members", quorum.members, QUORUMS)?;
    within(path, "replication.quorum.read", quorum.read, QUORUMS)?;
    within(path, "replication.quorum.write", quorum.write, QUORUMS)
}
