//! Transactions and topics of functions that are not there.

use super::{Part, Problems, What};
use crate::design::Design;
use crate::id::FunctionId;

pub(super) fn check(design: &Design, problems: &mut Problems) {
    let known = |function: &FunctionId| design.business.functions.contains_key(function);
    for function in design.business.transactions.iter().filter(|function| !known(function)) {
        problems.add(Part::Design, What::UnknownTransaction { function: function.clone() });
    }
    for (id, group) in &design.groups {
        for function in group.policies.messaging.topics.keys().filter(|function| !known(function)) {
            problems.add(Part::Group(id.clone()), What::UnknownTopic { function: function.clone() });
        }
    }
}
