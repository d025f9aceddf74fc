//! What a person changed, without what has become idle, and what is there as if a person had made it.

use std::collections::BTreeMap;

use crate::by_hand::{ByHand, ServiceByHand};
use crate::deployment::{Deployment, Service, Store};
use crate::design::Design;
use crate::group::{Group, Layout};
use crate::id::{DataId, FunctionId, MachineId, StoreId};
use crate::layout::draft::Draft;
use crate::layout::{arranged, berths, by_hand, deploy, stores};

/// What was changed by hand in `group`, without entries that name something that is gone, or
/// that say what the layout says anyway.
pub(crate) fn clean(design: &Design, group: &Group) -> ByHand {
    if group.by_hand.is_empty() {
        return ByHand::default();
    }
    let business = &design.business;
    let own = berths(design, group);
    let plain = arranged(business, group, &own);
    let mut group = group.clone();
    let home = |function: &FunctionId| plain.iter().find(|draft| draft.functions.contains(function));
    group.by_hand.functions.retain(|function, target| {
        business.functions.contains_key(function) && home(function).is_some_and(|draft| draft.id != *target)
    });

    // Where the layout puts data depends on where the functions are.
    let data = std::mem::take(&mut group.by_hand.data);
    let mut drafts = plain.clone();
    by_hand::apply(business, &group, &own, &mut drafts);
    let (at_home, _) = stores::stores(business, &group, &drafts);
    let lies_in = |data: &DataId| at_home.iter().find(|store| store.data.contains(data));
    group.by_hand.data = data;
    group.by_hand.data.retain(|data, target| lies_in(data).is_some_and(|store| store.id != *target));

    clean_services(&mut group, &plain, &drafts, design);
    let (stores, _) = stores::stores(business, &group, &drafts);
    clean_places(&mut group, &stores);
    group.by_hand
}

/// Keeps what is said of services and copies that there are.
fn clean_services(group: &mut Group, plain: &[Draft], drafts: &[Draft], design: &Design) {
    let machines: Vec<_> = design.machines_in(group).into_iter().cloned().collect();
    let is_cluster = group.layout == Layout::Cluster;
    group.by_hand.services.retain(|id, changed| {
        let Some(draft) = drafts.iter().find(|draft| draft.id == *id) else { return false };
        let arranged = plain.iter().find(|draft| draft.id == *id).map(|draft| draft.copies.len());
        changed.replicas = changed.replicas.filter(|count| !is_cluster && arranged != Some(*count as usize));
        let there = |number: u32| draft.copies.iter().any(|copy| copy.number == number);
        changed.machines.retain(|number, machine| there(*number) && machines.contains(machine));
        *changed != ServiceByHand::default()
    });
}

/// Keeps what is said of stores that there are, and of the places of members.
fn clean_places(group: &mut Group, stores: &[Store]) {
    let known = |id: &StoreId| stores.iter().any(|store| store.id == *id);
    let (machines, groups): (Vec<_>, Vec<_>) =
        (group.machines().cloned().collect(), group.groups().cloned().collect());
    let hand = &mut group.by_hand;
    hand.stores.retain(|id, changed| known(id) && changed.title.is_some());
    hand.places.machines.retain(|machine, _| machines.contains(machine));
    hand.places.groups.retain(|inner, _| groups.contains(inner));
    hand.places.stores.retain(|store, _| known(store));
}

/// What a person would have had to change in a free group to get what `deployment` is.
pub(crate) fn capture(design: &Design, group: &Group, deployment: &Deployment) -> ByHand {
    let mut hand = ByHand { places: group.by_hand.places.clone(), ..ByHand::default() };
    let free = Group { layout: Layout::Free, by_hand: ByHand::default(), ..group.clone() };
    let own = berths(design, &free);
    let plain = arranged(&design.business, &free, &own);
    let at_home = deploy(design, &deployment.group, &free);
    // One copy for each seat: those on the machines of one group within the group count once.
    let seat_of: BTreeMap<_, usize> = own
        .iter()
        .enumerate()
        .flat_map(|(seat, berth)| berth.machines.iter().flatten().map(move |machine| (*machine, seat)))
        .collect();
    for service in &deployment.services {
        for function in &service.functions {
            let home = plain.iter().find(|draft| draft.functions.contains(function));
            if home.is_some_and(|draft| draft.id != service.id) {
                hand.functions.insert(function.clone(), service.id.clone());
            }
        }
        let mut kept = kept_service(service, &seat_of);
        let titled = plain.iter().find(|draft| draft.id == service.id).and_then(|draft| draft.title.as_ref());
        kept.title = service.title.clone().filter(|title| Some(title) != titled);
        hand.services.insert(service.id.clone(), kept);
    }
    for store in &deployment.stores {
        for data in &store.data {
            if at_home.store_of(data).is_some_and(|home| home.id != store.id) {
                hand.data.insert(data.clone(), store.id.clone());
            }
        }
    }
    hand
}

/// The copies of a service, each with its machine.
fn kept_service(service: &Service, seat_of: &BTreeMap<&MachineId, usize>) -> ServiceByHand {
    let mut kept = ServiceByHand::default();
    let mut seats = Vec::new();
    for instance in &service.instances {
        let Some(seat) = seat_of.get(&instance.machine) else { continue };
        let in_group = service
            .instances
            .iter()
            .filter(|other| seat_of.get(&other.machine) == Some(seat) && other.machine != instance.machine);
        if in_group.count() > 0 && seats.contains(seat) {
            continue;
        }
        seats.push(*seat);
        let number = u32::try_from(kept.machines.len() + 1).unwrap_or(u32::MAX);
        kept.machines.insert(number, instance.machine.clone());
    }
    kept.replicas = u32::try_from(kept.machines.len()).ok();
    kept
}
