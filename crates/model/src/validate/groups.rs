//! Groups within groups: held once, in no circle, and reached through the one that holds them.

use std::collections::BTreeMap;

use crate::design::Design;
use crate::group::Layout;
use crate::id::GroupId;
use crate::validate::{Part, Problems, What};

pub(super) fn check(design: &Design, problems: &mut Problems) {
    let mut holders: BTreeMap<&GroupId, &GroupId> = BTreeMap::new();
    for (id, group) in &design.groups {
        for held in group.groups() {
            if !design.groups.contains_key(held) {
                let member = held.clone();
                problems.add(Part::Group(id.clone()), What::UnknownMember { member });
            } else if let Some(first) = holders.insert(held, id) {
                let (first, second) = (first.clone(), id.clone());
                problems.add(Part::Group(held.clone()), What::HeldTwice { first, second });
            }
        }
    }
    for (id, group) in &design.groups {
        let Some(holder) = holders.get(id) else { continue };
        if design.outermost(id).is_none() {
            let holder = (*holder).clone();
            problems.add(Part::Group(id.clone()), What::HoldsItself { holder });
        } else if group.layout != Layout::Cluster {
            problems.add(Part::Group(id.clone()), What::LayoutWithin { holder: (*holder).clone() });
        }
    }
    for (id, client) in &design.clients {
        for group in &client.to {
            if let Some(holder) = holders.get(group) {
                let (group, holder) = (group.clone(), (*holder).clone());
                problems.add(Part::Client(id.clone()), What::SendsWithin { group, holder });
            }
        }
    }
}
