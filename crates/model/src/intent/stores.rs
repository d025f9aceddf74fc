//! What a person changes by hand of where data lies.

use crate::business::{Business, Step};
use crate::by_hand::ByHand;
use crate::command::Command;
use crate::deployment::{Service, Store, StoreKind};
use crate::design::Design;
use crate::id::{DataId, GroupId, ServiceId, StoreId};
use crate::intent::hand::{change, deployed};
use crate::layout;

/// Moves data to another store of its group. `None` if it lies there, or one of them is not.
pub fn move_data(design: &Design, group: &GroupId, data: &DataId, to: &StoreId) -> Option<Command> {
    let there = deployed(design, group)?;
    there.stores.iter().find(|store| store.id == *to && holds_data(store))?;
    if there.store_of(data)?.id == *to {
        return None;
    }
    change(design, group, |hand| send(hand, data, to))
}

/// Lets the data of one store lie in another. `None` if they are one, or one of them holds no data.
pub fn share_store(design: &Design, group: &GroupId, from: &StoreId, into: &StoreId) -> Option<Command> {
    let there = deployed(design, group)?;
    let find = |id: &StoreId| there.stores.iter().find(|store| store.id == *id && holds_data(store));
    let (gone, _) = (find(from)?, find(into)?);
    if from == into {
        return None;
    }
    change(design, group, |hand| {
        for data in &gone.data {
            send(hand, data, into);
        }
    })
}

/// Gives a service a store of its own, with the data it touches that no other service touched first.
/// `None` if it has one, or touches no such data.
pub fn own_store(design: &Design, group: &GroupId, service: &ServiceId) -> Option<Command> {
    let there = deployed(design, group)?;
    let owner = there.services.iter().find(|known| known.id == *service)?;
    let touched = owned(&design.business, &there.services, owner);
    let alone = |store: &&Store| store.data.iter().all(|data| touched.contains(data));
    let has_one = touched.iter().filter_map(|data| there.store_of(data)).find(alone);
    if touched.is_empty() || has_one.is_some_and(|store| store.data.len() == touched.len()) {
        return None;
    }
    let name = store_name(&there.stores, service, &touched);
    change(design, group, |hand| {
        for data in &touched {
            send(hand, data, &name);
        }
    })
}

/// Gives each service a store of its own, with the data it touches that no service before it touches.
/// `None` if that is so already.
pub fn own_stores(design: &Design, group: &GroupId) -> Option<Command> {
    let there = deployed(design, group)?;
    change(design, group, |hand| {
        for service in &there.services {
            let touched = owned(&design.business, &there.services, service);
            let alone = |store: &Store| store.data.iter().all(|data| touched.contains(data));
            let homes = || touched.iter().filter_map(|data| there.store_of(data));
            let first = homes().next().map(|store| &store.id);
            if homes().all(|store| alone(store) && Some(&store.id) == first) {
                continue;
            }
            let name = store_name(&there.stores, &service.id, &touched);
            for data in &touched {
                send(hand, data, &name);
            }
        }
    })
}

/// The data that a service touches and no service before it does.
pub(super) fn owned(business: &Business, services: &[Service], service: &Service) -> Vec<DataId> {
    let touches = |service: &Service, data: &DataId| {
        let functions = service.functions.iter().filter_map(|id| business.functions.get(id));
        functions.flat_map(|function| &function.steps).any(|step| match step {
            Step::Access(access) => access.data == *data,
            Step::Call(_) | Step::Parallel(_) => false,
        })
    };
    let first = |data: &&DataId| services.iter().find(|other| touches(other, data)).map(|first| &first.id);
    business.data.keys().filter(|data| first(data) == Some(&service.id)).cloned().collect()
}

/// The name of the store of a service: its own, unless other data lies in a store of that name.
fn store_name(stores: &[Store], service: &ServiceId, data: &[DataId]) -> StoreId {
    layout::free_name(service.as_str(), |name: &StoreId| {
        let known = stores.iter().find(|store| store.id == *name);
        known.is_some_and(|store| store.data.is_empty() || !store.data.iter().all(|held| data.contains(held)))
    })
}

pub(super) fn holds_data(store: &Store) -> bool {
    matches!(store.kind, StoreKind::Shared | StoreKind::Own | StoreKind::Named(_))
}

fn send(hand: &mut ByHand, data: &DataId, to: &StoreId) {
    hand.data.shift_remove(data);
    hand.data.insert(data.clone(), to.clone());
}
