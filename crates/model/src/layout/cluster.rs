//! Cluster: the same service, holding the whole business, on every machine.

use crate::business::Business;
use crate::group::Group;
use crate::id::ServiceId;
use crate::layout::draft::{Berth, Copy, Draft};

/// The service's name: there is only one, and it is the whole application.
const SERVICE: &str = "app";

pub(super) fn drafts(business: &Business, group: &Group, berths: &[Berth]) -> Vec<Draft> {
    let taken = berths.iter().enumerate().filter(|(_, berth)| !berth.is_empty());
    vec![Draft {
        id: ServiceId::from(SERVICE),
        title: Some(business.title.clone()).filter(|title| !title.english().is_empty()),
        functions: business.functions.keys().cloned().collect(),
        capacity: group.policies.capacity,
        nonblocking: group.policies.nonblocking,
        team: None,
        copies: taken.map(|(seat, _)| Copy::on(seat + 1, seat)).collect(),
        by_hand: false,
    }]
}
