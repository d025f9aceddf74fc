//! Layouts: which instance runs where, and where data lies.

use std::collections::{BTreeMap, BTreeSet};

use archlab_model::intent::{self, Target};
use archlab_model::{
    Deployment, Design, EntryKind, GroupId, InstanceId, Layout, Machine, MachineId, StoreKind, layout,
};

use crate::{SHOPS, open};

fn shop() -> GroupId {
    "shop".into()
}

fn deploy(design: &Design) -> Deployment {
    layout::deploy(design, &shop(), &design.groups["shop"])
}

/// Which machine each instance is on.
fn hosts(deployment: &Deployment) -> BTreeMap<InstanceId, MachineId> {
    let instances = deployment.services.iter().flat_map(|service| &service.instances);
    instances.map(|instance| (instance.id.clone(), instance.machine.clone())).collect()
}

/// The shop's machines, by what runs on them: `machine-1: app/1`.
fn placed(design: &Design) -> Vec<String> {
    let hosts = hosts(&deploy(design));
    let on = |machine: &MachineId| {
        let here = hosts.iter().filter(|(_, host)| *host == machine);
        here.map(|(id, _)| format!("{}/{}", id.service, id.number)).collect::<Vec<_>>().join(" ")
    };
    design.groups["shop"].machines().map(|machine| format!("{machine}: {}", on(machine))).collect()
}

fn add(design: &mut Design) {
    let (_, command) = intent::add_machine(design, Machine::default(), &Target::Group(shop()));
    command.apply(design);
}

fn remove(design: &mut Design, machine: &'static str) {
    intent::remove_machine(design, &machine.into()).expect("a machine of the design").apply(design);
}

#[test]
fn a_cluster_runs_everything_everywhere() {
    let design = open("shop-cluster");
    assert_eq!(placed(&design), ["machine-1: app/1", "machine-2: app/2", "machine-3: app/3"]);
    let deployment = deploy(&design);
    assert_eq!(deployment.entry.kind, EntryKind::Balancer);
    assert_eq!(deployment.services[0].functions.len(), design.business.functions.len());
}

#[test]
fn a_distributed_system_deals_its_modules() {
    let mut design = open("shop-distributed");
    assert_eq!(placed(&design), ["machine-1: storefront/1", "machine-2: catalog/1", "machine-3: orders/1"]);
    add(&mut design);
    assert_eq!(placed(&design)[3], "machine-4: storefront/2", "the dealing goes round again");
    remove(&mut design, "machine-2");
    let catalog = &deploy(&design).services[1];
    assert_eq!((catalog.id.as_str(), catalog.instances.len()), ("catalog", 0), "that part is gone");
    assert_eq!(placed(&design)[1], "machine-3: orders/1", "and the others stay where they were");
}

#[test]
fn functions_in_no_module_are_modules_of_their_own() {
    let mut design = open("shop-distributed");
    design.business.modules.clear();
    assert_eq!(layout::modules(&design.business).len(), design.business.functions.len());
}

#[test]
fn microservices_share_machines_evenly() {
    let mut design = open("shop-microservice");
    for machines in 3..14 {
        let hosts = hosts(&deploy(&design));
        assert_eq!(hosts.len(), 10, "every service runs once");
        let mut on: BTreeMap<&MachineId, usize> = BTreeMap::new();
        hosts.values().for_each(|machine| *on.entry(machine).or_default() += 1);
        let most = on.values().max().copied().unwrap_or(0);
        assert_eq!(most, 10usize.div_ceil(machines), "as even as can be on {machines}");
        add(&mut design);
    }
}

#[test]
fn a_new_machine_moves_only_what_it_takes() {
    let mut design = open("shop-microservice");
    design.groups[0].policies.replicas = 2;
    for _ in 0..8 {
        let before = hosts(&deploy(&design));
        add(&mut design);
        let newcomer = design.machines.keys().last().expect("a machine");
        for (instance, machine) in hosts(&deploy(&design)) {
            assert!(machine == *newcomer || machine == before[&instance], "{instance} stays where it was");
        }
    }
}

#[test]
fn copies_of_one_service_are_apart_where_there_is_room() {
    for replicas in 1..6 {
        let mut design = open("shop-microservice");
        design.groups[0].policies.replicas = replicas;
        for machines in 3..9 {
            for service in deploy(&design).services {
                let apart: BTreeSet<_> = service.instances.iter().map(|instance| &instance.machine).collect();
                let possible = machines.min(replicas as usize);
                assert_eq!(apart.len(), possible, "{} of {replicas} on {machines}", service.id);
            }
            add(&mut design);
        }
    }
}

#[test]
fn each_microservice_has_its_own_data_and_the_others_share_it() {
    let stores = |shop| {
        let deployment = deploy(&open(shop));
        let stores = deployment.stores.iter();
        stores.map(|store| (store.id.as_str().to_owned(), store.kind, store.data.len())).collect::<Vec<_>>()
    };
    let shared = [("database".to_owned(), StoreKind::Shared, 2)];
    assert_eq!(stores("shop-cluster"), shared);
    assert_eq!(stores("shop-distributed"), shared);
    assert_eq!(
        stores("shop-microservice"),
        [("cart".to_owned(), StoreKind::Own, 1), ("catalog".to_owned(), StoreKind::Own, 1)]
    );
}

#[test]
fn no_two_parts_of_a_deployment_have_one_name() {
    for shop in SHOPS {
        let mut design = open(shop);
        let business = &mut design.business;
        // A service of a name that the layout would give its own store, and functions whose names are
        // those of a service and a module they are not in.
        let mut cart = business.services.shift_remove("cart").expect("a service");
        cart.functions = vec!["update-cart".into()];
        business.services.insert("sessions".into(), cart.clone());
        business.services.insert("cart".into(), cart);
        business
            .modules
            .get_mut("catalog")
            .expect("a module")
            .functions
            .retain(|id| id.as_str() != "catalog");
        business.requests.values_mut().for_each(|kind| kind.session = true);

        let deployment = deploy(&design);
        let stores: BTreeSet<_> = deployment.stores.iter().map(|store| &store.id).collect();
        assert_eq!(stores.len(), deployment.stores.len(), "{shop}");
        let services: BTreeSet<_> = deployment.services.iter().map(|service| &service.id).collect();
        assert_eq!(services.len(), deployment.services.len(), "{shop}");
        let sessions = deployment.sessions.expect("sessions are kept");
        let store = deployment.stores.iter().find(|store| store.id == sessions).expect("its store");
        assert_eq!(store.kind, StoreKind::Sessions);
    }
}

#[test]
fn without_machines_nothing_runs() {
    for layout in Layout::ALL {
        let mut design = open("shop-cluster");
        design.groups[0].layout = layout;
        design.groups[0].seats.clear();
        assert!(hosts(&deploy(&design)).is_empty());
    }
}

#[test]
fn five_thousand_instances_find_their_machines() {
    let mut design = open("shop-microservice");
    let group = &mut design.groups[0];
    group.policies.replicas = 500;
    for number in 4..1_000 {
        let machine: MachineId = format!("machine-{number}").parse().expect("a name");
        design.machines.insert(machine.clone(), Machine::default());
        group.seats.push(Some(machine.into()));
    }
    assert_eq!(hosts(&deploy(&design)).len(), 5_000);
}
