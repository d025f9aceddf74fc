//! Functions that nobody asks for.

use std::collections::BTreeSet;

use super::Risk;
use crate::business::Step;
use crate::design::Design;
use crate::id::FunctionId;
use crate::validate::Problems;
use crate::validate::problem::{Part, What};

pub(super) fn check(design: &Design, problems: &mut Problems) {
    let business = &design.business;
    if business.requests.is_empty() {
        return;
    }
    let mut reached: BTreeSet<&FunctionId> = BTreeSet::new();
    let mut open: Vec<&FunctionId> = business.requests.values().map(|kind| &kind.entry).collect();
    while let Some(id) = open.pop() {
        let Some(function) = business.functions.get(id) else { continue };
        if reached.insert(id) {
            for call in function.steps.iter().flat_map(Step::calls) {
                open.push(&call.to);
                open.extend(&call.fallback);
            }
        }
    }
    for id in business.functions.keys().filter(|id| !reached.contains(id)) {
        problems.add(Part::Function(id.clone()), What::Risk(Risk::Unused));
    }
}
