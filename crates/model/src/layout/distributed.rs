//! Distributed: one module of the business on each machine.
//!
//! The n-th seat runs the n-th module. With more machines than modules the dealing goes round again,
//! and a module becomes a small cluster of its own.

use std::collections::BTreeSet;

use crate::business::{Business, Module};
use crate::group::Group;
use crate::id::ServiceId;
use crate::layout::draft::{Berth, Copy, Draft};
use crate::layout::free_name;

pub(super) fn drafts(business: &Business, group: &Group, berths: &[Berth]) -> Vec<Draft> {
    let mut drafts = module_drafts(business, group);
    let count = drafts.len();
    for (place, draft) in drafts.iter_mut().enumerate() {
        let seats = berths.iter().enumerate().skip(place).step_by(count).zip(1..);
        let taken = seats.filter(|((_, berth), _)| !berth.is_empty());
        draft.copies = taken.map(|((seat, _), number)| Copy::on(number, seat)).collect();
    }
    drafts
}

/// A service for each module, which runs nowhere yet.
pub(super) fn module_drafts(business: &Business, group: &Group) -> Vec<Draft> {
    let draft = |(id, module): (ServiceId, Module)| Draft {
        id,
        title: module.title,
        functions: module.functions,
        capacity: module.capacity.unwrap_or(group.policies.capacity),
        nonblocking: group.policies.nonblocking,
        team: module.team,
        copies: Vec::new(),
        by_hand: false,
    };
    modules(business).into_iter().map(draft).collect()
}

/// The modules of the business, the functions that are in none of them each as one more.
pub fn modules(business: &Business) -> Vec<(ServiceId, Module)> {
    let taken: BTreeSet<_> = business.modules.values().flat_map(|module| &module.functions).collect();
    let name_taken = |name: &ServiceId| business.modules.contains_key(name.as_str());
    let named = business.modules.iter().map(|(id, module)| {
        (id.as_str().parse().expect("a name of one kind is a name of another"), module.clone())
    });
    let alone = business.functions.iter().filter(|(id, _)| !taken.contains(id)).map(|(id, function)| {
        let module =
            Module { title: function.title.clone(), functions: vec![id.clone()], ..Module::default() };
        (free_name(id.as_str(), name_taken), module)
    });
    named.chain(alone).collect()
}
