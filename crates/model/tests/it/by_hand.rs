//! What a person changes by hand of what a layout made, groups within groups, and groups that arrange nothing.

use std::collections::BTreeSet;

use archlab_model::intent::{self, Target};
use archlab_model::{
    Command, Deployment, Design, FunctionId, GroupId, InstanceId, Layout, Machine, Member, Point, ServiceId,
    StoreId, document, layout, validate,
};

use crate::{SHOPS, open};

const MICRO: &str = "shop-microservice";

fn shop() -> GroupId {
    "shop".into()
}

fn deploy(design: &Design) -> Deployment {
    layout::deploy(design, &shop(), &design.groups["shop"])
}

fn row(design: &Design, service: &str) -> Vec<String> {
    let deployment = deploy(design);
    let found = deployment.services.iter().find(|known| known.id.as_str() == service);
    let instances = found.map(|service| service.instances.clone()).unwrap_or_default();
    instances.iter().map(|one| format!("{} on {}", one.id.number, one.machine)).collect()
}

fn functions(design: &Design, service: &str) -> Vec<String> {
    let deployment = deploy(design);
    let found = deployment.services.iter().find(|known| known.id.as_str() == service);
    found.map(|service| service.functions.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

fn instance(service: &'static str, number: u32) -> InstanceId {
    InstanceId { group: shop(), service: service.into(), number }
}

/// Does what a person wants; every function stays in exactly one service, and the way back leads back.
fn play(design: &mut Design, command: Option<Command>) {
    let command = command.expect("it comes to something");
    let before = design.clone();
    command.apply(design);
    let deployment = deploy(design);
    let homes = deployment.services.iter().flat_map(|service| service.functions.clone());
    let homes: Vec<FunctionId> = homes.collect();
    assert_eq!(homes.len(), homes.iter().collect::<BTreeSet<_>>().len(), "a function has one home");
    assert_eq!(homes.len(), design.business.functions.len());
    let saved = document::save(design);
    let opened = document::open(&saved).expect("what a person changed can be saved");
    assert_eq!(document::save(&opened), saved);
    let mut back = design.clone();
    command.inverse().apply(&mut back);
    assert_eq!(back, before);
}

#[test]
fn a_function_goes_to_another_service_and_back() {
    let mut design = open(MICRO);
    let first = deploy(&design);
    let moved = intent::move_function(&design, &shop(), &"payment".into(), &"checkout".into());
    play(&mut design, moved);
    assert_eq!(functions(&design, "checkout"), ["checkout", "payment"]);
    assert!(functions(&design, "payment").is_empty(), "a service without a function is no more");
    let marked = deploy(&design);
    let by_hand: Vec<_> = marked.services.iter().filter(|service| service.by_hand).collect();
    assert_eq!(by_hand.len(), 1);

    let split = intent::split_service(&design, &shop(), &"checkout".into(), &["payment".into()]);
    let (name, command) = split.expect("it holds both");
    assert_eq!(name.as_str(), "payment");
    play(&mut design, Some(command));
    assert_eq!(deploy(&design), first, "where the layout has it, nothing is by hand");
    assert!(design.groups["shop"].by_hand.is_empty());
}

#[test]
fn two_services_become_one_and_the_layout_takes_them_apart_again() {
    let mut design = open(MICRO);
    let first = deploy(&design);
    let merged = intent::merge_services(&design, &shop(), &"frontend".into(), &"ad".into());
    play(&mut design, merged);
    assert!(functions(&design, "ad").len() > 2);
    let again = intent::arrange_again(&design, &shop());
    play(&mut design, again);
    assert_eq!(deploy(&design), first);
    assert_eq!(intent::arrange_again(&design, &shop()), None);
}

#[test]
fn a_part_of_the_whole_application_runs_where_the_application_runs() {
    let mut design = open("shop-cluster");
    let split = intent::split_service(&design, &shop(), &"app".into(), &["payment".into()]);
    play(&mut design, split.map(|(_, command)| command));
    assert_eq!(row(&design, "payment"), row(&design, "app"));
}

#[test]
fn copies_come_where_there_is_room_and_the_last_goes_first() {
    let mut design = open(MICRO);
    let there = row(&design, "cart");
    for _ in 0..3 {
        let more = intent::add_replica(&design, &shop(), &"cart".into());
        play(&mut design, more);
    }
    let now = row(&design, "cart");
    assert_eq!((now.len(), &now[..1]), (4, &there[..]));
    let machines: BTreeSet<_> = now.iter().filter_map(|one| one.split(" on ").nth(1)).collect();
    assert_eq!(machines.len(), 3, "copies of one service are apart where there is room");
    for _ in 0..3 {
        let less = intent::remove_replica(&design, &shop(), &"cart".into());
        play(&mut design, less);
    }
    assert!(design.groups["shop"].by_hand.is_empty());
    assert_eq!(intent::remove_replica(&design, &shop(), &"cart".into()), None, "one is left");
}

#[test]
fn in_a_cluster_a_copy_is_a_machine() {
    let mut design = open("shop-cluster");
    let more = intent::add_replica(&design, &shop(), &"app".into());
    play(&mut design, more);
    assert_eq!(row(&design, "app").len(), 4);
    let less = intent::remove_replica(&design, &shop(), &"app".into());
    play(&mut design, less);
    assert_eq!(design.machines.len(), 3);
}

#[test]
fn an_instance_stays_on_the_machine_it_was_put_on() {
    let mut design = open(MICRO);
    let here = row(&design, "cart");
    let to = if here[0].ends_with('1') { "machine-2" } else { "machine-1" };
    let pinned = intent::pin(&design, &instance("cart", 1), &to.into());
    play(&mut design, pinned);
    assert_eq!(row(&design, "cart"), [format!("1 on {to}")]);
    assert_eq!(intent::pin(&design, &instance("cart", 1), &to.into()), None);
    let (_, more) = intent::add_machine(&design, Machine::default(), &Target::Group(shop()));
    play(&mut design, Some(more));
    assert_eq!(row(&design, "cart"), [format!("1 on {to}")]);
    let gone = intent::remove_machine(&design, &to.into());
    play(&mut design, gone);
    assert!(design.groups["shop"].by_hand.is_empty(), "what names a machine that is gone is cleaned up");
    assert_eq!(row(&design, "cart").len(), 1);
}

#[test]
fn what_names_nothing_does_nothing() {
    for shop in SHOPS {
        let design = open(shop);
        let mut odd = design.clone();
        let hand = &mut odd.groups[0].by_hand;
        hand.functions.insert("nothing".into(), "cart".into());
        hand.data.insert("nothing".into(), "nowhere".into());
        hand.services.entry("nobody".into()).or_default().replicas = Some(9);
        let known = layout::deploy(&design, &"shop".into(), &design.groups[0]).services[0].id.clone();
        hand.services.entry(known).or_default().machines.insert(1, "machine-99".into());
        assert_eq!(deploy(&odd), deploy(&design), "{shop}");
    }
}

#[test]
fn stores_are_shared_and_taken_apart() {
    let mut design = open(MICRO);
    let stores =
        |design: &Design| deploy(design).stores.iter().filter(|store| !store.data.is_empty()).count();
    let first = deploy(&design);
    let data: Vec<StoreId> =
        first.stores.iter().filter(|store| !store.data.is_empty()).map(|store| store.id.clone()).collect();
    assert_eq!(data.len(), 2);
    let shared = intent::share_store(&design, &shop(), &data[0], &data[1]);
    play(&mut design, shared);
    assert_eq!(stores(&design), 1);
    assert!(deploy(&design).stores[0].by_hand);
    let own = intent::own_stores(&design, &shop());
    play(&mut design, own);
    assert_eq!(deploy(&design).stores.len(), first.stores.len());
    assert_eq!(stores(&design), 2);

    let mut design = open("shop-distributed");
    assert_eq!(stores(&design), 1);
    let owner = deploy(&design).services[1].id.clone();
    let own = intent::own_store(&design, &shop(), &owner);
    assert!(own.is_none(), "all the data is its own already, however the store is called");
    let (name, split) =
        intent::split_service(&design, &shop(), &owner, &["catalog".into()]).expect("holds it");
    play(&mut design, Some(split));
    let own = intent::own_store(&design, &shop(), &name);
    play(&mut design, own);
    assert_eq!(stores(&design), 2);
}

#[test]
fn a_free_group_begins_as_it_was() {
    for shop_file in SHOPS {
        let mut design = open(shop_file);
        let before = deploy(&design);
        let free = intent::set_layout(&design, &shop(), Layout::Free);
        play(&mut design, free);
        let after = deploy(&design);
        let what = |deployment: &Deployment| {
            let mut rows: Vec<_> = deployment
                .services
                .iter()
                .map(|service| {
                    let mut functions = service.functions.clone();
                    functions.sort();
                    let mut machines: Vec<_> =
                        service.instances.iter().map(|instance| instance.machine.clone()).collect();
                    machines.sort();
                    (service.id.clone(), service.title.clone(), functions, machines)
                })
                .collect();
            rows.sort_by(|a, b| a.0.cmp(&b.0));
            let mut stores: Vec<_> =
                deployment.stores.iter().map(|store| (store.id.clone(), store.data.clone())).collect();
            stores.sort();
            (rows, stores)
        };
        assert_eq!(what(&after), what(&before), "{shop_file}");
        let (_, more) = intent::add_machine(&design, Machine::default(), &Target::Group(shop()));
        play(&mut design, Some(more));
        assert_eq!(what(&deploy(&design)), what(&before), "a machine more moves nothing");
        let back = intent::set_layout(&design, &shop(), Layout::Microservice);
        play(&mut design, back);
        assert_eq!(design.machines.len(), 4);
        assert!(design.groups["shop"].by_hand.is_empty());
    }
}

#[test]
fn a_machine_dropped_on_a_machine_makes_a_cluster_of_two_for_its_module() {
    let mut design = open("shop-distributed");
    let (added, command) =
        intent::add_machine(&design, Machine::default(), &Target::With("machine-3".into()));
    play(&mut design, Some(command));
    assert_eq!(row(&design, "orders"), ["1 on machine-3".to_owned(), format!("2 on {added}")]);
    assert_eq!(row(&design, "catalog"), ["1 on machine-2"], "the others stay what they are");
    let inner = design.groups["shop"].groups().next().cloned().expect("a group within the group");
    assert_eq!(design.groups[&inner].layout, Layout::Cluster);
    let orders = deploy(&design).services.into_iter().find(|service| service.id.as_str() == "orders");
    assert_eq!(orders.and_then(|service| service.balanced_by), Some(inner.clone()));
    assert!(validate(&design).is_empty(), "{:?}", validate(&design));
    assert_eq!(design.host_group(&added), Some(&shop()));

    // One more by dropping it into the inner group, or by asking for one copy more.
    let (_, command) = intent::add_machine(&design, Machine::default(), &Target::Group(inner.clone()));
    play(&mut design, Some(command));
    let more = intent::add_replica(&design, &shop(), &"orders".into());
    play(&mut design, more);
    assert_eq!(row(&design, "orders").len(), 4);
    let less = intent::remove_replica(&design, &shop(), &"orders".into());
    play(&mut design, less);

    let apart = intent::dissolve_group(&design, &inner);
    play(&mut design, apart);
    assert_eq!(design.groups.len(), 1);
    assert_eq!(row(&design, "orders")[0], "1 on machine-3");
    assert_eq!(design.groups["shop"].machines().count(), 5);
}

#[test]
fn a_group_goes_into_a_group_and_out_again() {
    let mut design = open("shop-distributed");
    let (other, command) = intent::add_group(&design, Layout::Cluster, "Two".into(), Point::new(0.0, 500.0));
    play(&mut design, Some(command));
    for _ in 0..2 {
        let (_, command) = intent::add_machine(&design, Machine::default(), &Target::Group(other.clone()));
        play(&mut design, Some(command));
    }
    assert_eq!(intent::seat_group(&design, &shop(), &other, None), None, "a cluster holds no groups");
    let gone = intent::remove_machine(&design, &"machine-2".into());
    play(&mut design, gone);
    let into = intent::seat_group(&design, &other, &shop(), None);
    play(&mut design, into);
    assert_eq!(row(&design, "catalog"), ["1 on machine-4", "2 on machine-5"]);
    assert!(!design.clients[0].to.contains(&other), "nobody sends to it by itself");
    assert!(validate(&design).is_empty(), "{:?}", validate(&design));
    assert_eq!(intent::set_layout(&design, &other, Layout::Distributed), None);
    let out = intent::unseat_group(&design, &other, Point::new(0.0, 500.0));
    play(&mut design, out);
    assert!(design.clients[0].to.contains(&other) && row(&design, "catalog").is_empty());
    let again = intent::seat_group(&design, &other, &shop(), None);
    play(&mut design, again);
    let removed = intent::remove_group(&design, &shop());
    let command = removed.expect("the shop");
    command.apply(&mut design);
    assert!(design.groups.is_empty() && design.machines.is_empty());
}

#[test]
fn groups_in_a_circle_or_in_two_places_are_told_and_not_run() {
    let said =
        |design: &Design| -> Vec<String> { validate(design).iter().map(ToString::to_string).collect() };
    let mut design = open("shop-distributed");
    let (other, command) =
        intent::add_group(&design, Layout::Distributed, "Two".into(), Point::new(0.0, 500.0));
    command.apply(&mut design);
    let mut circle = design.clone();
    circle.groups["shop"].seats.push(Some(other.clone().into()));
    circle.groups[&other].seats.push(Some(Member::Group(shop())));
    assert!(said(&circle).iter().any(|text| text.contains("neither runs")), "{:?}", said(&circle));
    assert_eq!(circle.outer_groups().count(), 0);
    assert_eq!(intent::seat_group(&circle, &shop(), &other, None), None);

    let (third, command) = intent::add_group(&design, Layout::Cluster, "3".into(), Point::new(0.0, 900.0));
    command.apply(&mut design);
    let (machine, command) = intent::add_machine(&design, Machine::default(), &Target::Group(third.clone()));
    command.apply(&mut design);
    for group in ["shop", other.as_str()] {
        design.groups[group].seats.push(Some(third.clone().into()));
    }
    assert!(said(&design).iter().any(|text| text.contains("two seats")), "{:?}", said(&design));
    let runs = |group: &str| {
        let (id, value) = design.groups.get_key_value(group).expect("a group");
        let deployment = layout::deploy(&design, id, value);
        deployment.services.iter().flat_map(|service| &service.instances).any(|one| one.machine == machine)
    };
    assert!(!runs("shop") && !runs(other.as_str()));
}

#[test]
fn a_host_may_be_a_group_and_a_pin_on_one_of_its_machines_is_on_all() {
    let mut design = open(MICRO);
    let (_, command) = intent::add_machine(&design, Machine::default(), &Target::With("machine-1".into()));
    play(&mut design, Some(command));
    let pinned = intent::pin(&design, &instance("cart", 1), &"machine-4".into());
    if let Some(command) = pinned {
        play(&mut design, Some(command));
    }
    assert_eq!(row(&design, "cart"), ["1 on machine-1", "2 on machine-4"]);
    let name: ServiceId = "cart".into();
    let more = intent::add_replica(&design, &shop(), &name);
    play(&mut design, more);
    assert_eq!(row(&design, "cart").len(), 3, "it is the group that has one more machine");
}
