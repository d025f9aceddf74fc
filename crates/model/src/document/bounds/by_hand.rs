//! What a person changed by hand, and how many instances come of it all.

use super::{
    Checked, MAX_DATA, MAX_FUNCTIONS, MAX_GROUPS, MAX_INSTANCES, MAX_MACHINES, MAX_SERVICES, REPLICAS,
    at_most, check_point, title, within,
};
use crate::by_hand::ByHand;
use crate::design::Design;
use crate::document::{DocumentError, MAX_STORES};
use crate::group::{Group, Layout};
use crate::id::{GroupId, ServiceId};
use crate::layout;
use crate::member::Member;

pub(super) fn check(path: &str, hand: &ByHand) -> Checked {
    at_most(format!("{path}.functions"), hand.functions.len(), MAX_FUNCTIONS)?;
    at_most(format!("{path}.services"), hand.services.len(), MAX_SERVICES)?;
    for (id, service) in &hand.services {
        let path = format!("{path}.services.{id}");
        title(&path, service.title.as_ref())?;
        if let Some(replicas) = service.replicas {
            within(&path, "replicas", replicas, REPLICAS)?;
        }
        at_most(format!("{path}.machines"), service.machines.len(), *REPLICAS.end() as usize)?;
    }
    at_most(format!("{path}.data"), hand.data.len(), MAX_DATA)?;
    at_most(format!("{path}.stores"), hand.stores.len(), MAX_STORES)?;
    for (id, store) in &hand.stores {
        title(&format!("{path}.stores.{id}"), store.title.as_ref())?;
    }
    let places = &hand.places;
    at_most(format!("{path}.places.machines"), places.machines.len(), MAX_MACHINES)?;
    at_most(format!("{path}.places.groups"), places.groups.len(), MAX_GROUPS)?;
    at_most(format!("{path}.places.stores"), places.stores.len(), MAX_STORES)?;
    let named = places.machines.values().chain(places.groups.values()).chain(places.stores.values());
    for at in named.chain(&places.entry) {
        check_point(&format!("{path}.places"), *at)?;
    }
    Ok(())
}

/// The layouts make no more instances than a run survives, whatever was changed by hand.
pub(super) fn check_instances(design: &Design) -> Checked {
    let services = layout::services(&design.business);
    let modules = layout::modules(&design.business).len() as u64;
    let count = design.groups.values().map(|group| of_group(design, group, &services, modules)).sum::<u64>();
    if count <= MAX_INSTANCES {
        return Ok(());
    }
    Err(DocumentError::TooMany {
        path: "groups".to_owned(),
        count: usize::try_from(count).unwrap_or(usize::MAX),
        limit: MAX_INSTANCES as usize,
    })
}

/// The most instances that a group may make.
fn of_group(
    design: &Design,
    group: &Group,
    services: &[(ServiceId, crate::business::ServiceSpec)],
    modules: u64,
) -> u64 {
    let hand = &group.by_hand;
    let seats = group.seats.iter().map(|seat| machines(design, seat.as_ref(), design.groups.len()));
    let seats: Vec<u64> = seats.collect();
    let (all, most) = (seats.iter().sum::<u64>(), seats.iter().copied().max().unwrap_or(0));
    let by_hand = |id: &ServiceId| hand.services.get(id).and_then(|service| service.replicas);
    let beside: u64 = hand.services.keys().filter_map(by_hand).map(u64::from).sum();
    // Services that the layout does not make run where those run that their functions come from.
    let made = hand.functions.values().filter(|id| !services.iter().any(|(known, _)| known == *id)).count();

    match group.layout {
        Layout::Cluster => all.saturating_mul(1 + made as u64),
        Layout::Distributed => {
            all.saturating_mul(1 + made as u64).saturating_add(beside.saturating_mul(most))
        }
        Layout::Free => (modules + made as u64 + beside).saturating_mul(most),
        Layout::Microservice => {
            let replicas = |(id, spec): &(ServiceId, crate::business::ServiceSpec)| {
                u64::from(by_hand(id).or(spec.replicas).unwrap_or(group.policies.replicas))
            };
            let largest = services.iter().map(replicas).max().unwrap_or(0);
            let all =
                services.iter().map(replicas).sum::<u64>() + largest.saturating_mul(made as u64) + beside;
            all.saturating_mul(most.max(1))
        }
    }
}

/// The machines on a seat: one, or those of a group.
fn machines(design: &Design, seat: Option<&Member>, depth: usize) -> u64 {
    match seat {
        None => 0,
        Some(Member::Machine(_)) => 1,
        Some(Member::Group(id)) => {
            let group: Option<(&GroupId, &Group)> = design.groups.get_key_value(id).filter(|_| depth > 0);
            let seats = group.into_iter().flat_map(|(_, group)| &group.seats);
            seats.map(|seat| machines(design, seat.as_ref(), depth - 1)).fold(0, u64::saturating_add)
        }
    }
}
