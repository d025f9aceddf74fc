//! What is wrong with stores, caches and sessions.

use std::collections::BTreeMap;

use super::{Part, Problems, What};
use crate::design::Design;
use crate::id::DataId;
use crate::policy::{Replication, Storage};

/// Each set of data lies in one store; a quorum needs no more members than there are; what the entry keeps is
/// asked for.
pub(super) fn check(design: &Design, problems: &mut Problems) {
    let business = &design.business;
    let mut homes: BTreeMap<&DataId, _> = BTreeMap::new();
    for (id, store) in &business.stores {
        for data in &store.data {
            let part = || Part::Data(data.clone());
            if !business.data.contains_key(data) {
                problems.add(part(), What::UnknownInStore { store: id.clone() });
            } else if let Some(first) = homes.insert(data, id) {
                problems.add(part(), What::InTwoStores { first: first.clone(), second: id.clone() });
            }
        }
        let of = || store.data.first().map_or(Part::Design, |data| Part::Data(data.clone()));
        store.storage.iter().for_each(|storage| check_storage(storage, of, problems));
    }
    for (id, group) in &design.groups {
        let part = || Part::Group(id.clone());
        let policies = &group.policies;
        check_storage(&policies.storage, part, problems);
        let sessions = policies.sessions.iter().filter_map(|sessions| sessions.storage.as_ref());
        sessions.for_each(|storage| check_storage(storage, part, problems));
        for kind in policies.edge.iter().flat_map(|edge| edge.kinds.keys()) {
            if !business.requests.contains_key(kind) {
                problems.add(part(), What::UnknownKindAtEdge { kind: kind.clone() });
            }
        }
    }
}

fn check_storage(storage: &Storage, part: impl Fn() -> Part, problems: &mut Problems) {
    if let Replication::Quorum(quorum) = &storage.replication {
        let (needed, members) = (quorum.read.max(quorum.write), quorum.members);
        if needed > members {
            problems.add(part(), What::QuorumTooLarge { needed, members });
        }
    }
}
