//! Intents: where machines go when a person lets go of them.

use archlab_model::intent::{self, Target};
use archlab_model::{Command, Design, GroupId, Layout, Machine, MachineId, Point, Text};

use crate::open;

const CLUSTER: &str = "shop-cluster";
const DISTRIBUTED: &str = "shop-distributed";

/// The machines of the shop's group after `wish`, an empty seat as `-`.
fn play(shop: &str, wish: impl Fn(&Design) -> Vec<Command>) -> String {
    let mut design = open(shop);
    for command in wish(&design) {
        command.apply(&mut design);
    }
    row(&design, "shop")
}

fn row(design: &Design, group: &str) -> String {
    let seats = design.groups[group].seats.iter();
    let names = seats.map(|seat| seat.as_ref().map_or("-", |id| id.name().trim_start_matches("machine-")));
    names.collect::<Vec<_>>().join(" ")
}

fn add(design: &Design, target: &Target) -> Command {
    intent::add_machine(design, Machine::default(), target).1
}

fn remove(design: &Design, machine: &'static str) -> Command {
    intent::remove_machine(design, &machine.into()).expect("a machine of the design")
}

fn shop() -> GroupId {
    "shop".into()
}

fn at_seat(seat: usize) -> Target {
    Target::Seat { group: shop(), seat }
}

#[test]
fn a_new_machine_joins_the_end_of_a_row() {
    assert_eq!(play(CLUSTER, |design| vec![add(design, &Target::Group(shop()))]), "1 2 3 4");
    assert_eq!(play(CLUSTER, |design| vec![add(design, &at_seat(1))]), "1 4 2 3");
    assert_eq!(play(CLUSTER, |design| vec![add(design, &at_seat(99))]), "1 2 3 4");
}

#[test]
fn a_machine_that_leaves_leaves_a_gap_so_that_the_others_stay_what_they_are() {
    assert_eq!(play(CLUSTER, |design| vec![remove(design, "machine-2")]), "1 - 3");
    assert_eq!(play(DISTRIBUTED, |design| vec![remove(design, "machine-2")]), "1 - 3");
    assert_eq!(play(DISTRIBUTED, |design| vec![remove(design, "machine-3")]), "1 2");
}

#[test]
fn a_new_machine_takes_over_the_module_that_is_missing() {
    let mut design = open(DISTRIBUTED);
    remove(&design, "machine-2").apply(&mut design);
    let (name, command) = intent::add_machine(&design, Machine::default(), &Target::Group(shop()));
    command.apply(&mut design);
    assert_eq!(name.as_str(), "machine-2", "the smallest number that is free");
    assert_eq!(row(&design, "shop"), "1 2 3");
}

#[test]
fn gaps_at_the_end_go_with_the_last_machine() {
    let mut design = open(DISTRIBUTED);
    for machine in ["machine-2", "machine-3"] {
        remove(&design, machine).apply(&mut design);
    }
    assert_eq!(row(&design, "shop"), "1");
}

#[test]
fn several_machines_leave_in_one_step() {
    let mut design = open(CLUSTER);
    let first = design.clone();
    let machines: [MachineId; 2] = ["machine-1".into(), "machine-3".into()];
    let command = intent::remove_machines(&design, &machines).expect("two machines");
    command.apply(&mut design);
    assert_eq!(row(&design, "shop"), "- 2");
    command.inverse().apply(&mut design);
    assert_eq!(design, first);
}

#[test]
fn machines_change_seats() {
    let swap = |design: &Design, machine: &'static str, seat| {
        intent::move_machine(design, &machine.into(), &at_seat(seat)).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(play(DISTRIBUTED, |design| swap(design, "machine-1", 2)), "3 2 1");
    assert_eq!(play(DISTRIBUTED, |design| swap(design, "machine-1", 3)), "- 2 3 1");
    assert_eq!(play(CLUSTER, |design| swap(design, "machine-1", 2)), "2 3 1");
    assert_eq!(play(CLUSTER, |design| swap(design, "machine-3", 0)), "3 1 2");
    assert_eq!(play(CLUSTER, |design| swap(design, "machine-3", 2)), "1 2 3");
}

#[test]
fn a_machine_goes_out_to_the_canvas_and_back() {
    let mut design = open(CLUSTER);
    let machine = MachineId::from("machine-1");
    let here = Target::Canvas(Point::new(5.0, 6.0));
    intent::move_machine(&design, &machine, &here).expect("it moves").apply(&mut design);
    assert_eq!(design.machines[&machine].at, Some(Point::new(5.0, 6.0)));
    assert_eq!(row(&design, "shop"), "- 2 3");
    assert_eq!(intent::move_machine(&design, &machine, &here), None);
    let back = Target::Group(shop());
    intent::move_machine(&design, &machine, &back).expect("it moves").apply(&mut design);
    assert_eq!(row(&design, "shop"), "1 2 3");
    assert_eq!(design.machines[&machine].at, None);
}

#[test]
fn a_machine_goes_from_group_to_group() {
    let mut design = open(DISTRIBUTED);
    let (group, command) =
        intent::add_group(&design, Layout::Cluster, Text::default(), Point::new(0.0, 500.0));
    command.apply(&mut design);
    assert!(design.clients[0].to.contains(&group), "a new group gets the traffic too");
    let command = intent::move_machine(&design, &"machine-2".into(), &Target::Group(group.clone()));
    command.expect("it moves").apply(&mut design);
    assert_eq!((row(&design, "shop"), row(&design, group.as_str())), ("1 - 3".into(), "2".into()));
}

#[test]
fn a_new_layout_keeps_the_machines() {
    let mut design = open(DISTRIBUTED);
    remove(&design, "machine-1").apply(&mut design);
    assert_eq!(row(&design, "shop"), "- 2 3");
    intent::set_layout(&design, &shop(), Layout::Microservice).expect("another").apply(&mut design);
    assert_eq!(row(&design, "shop"), "2 3");
    assert_eq!(intent::set_layout(&design, &shop(), Layout::Microservice), None);
}

#[test]
fn a_copy_has_machines_of_its_own() {
    let mut design = open(CLUSTER);
    let (copy, command) =
        intent::copy_group(&design, &shop(), Layout::Distributed, Text::default(), Point::new(0.0, 400.0))
            .expect("the shop");
    command.apply(&mut design);
    assert_eq!(row(&design, copy.as_str()), "4 5 6");
    assert_eq!(design.clients[0].to, [shop(), copy]);
    assert_eq!(design.machines["machine-4"].zone.as_deref(), Some("a"));
}

#[test]
fn a_group_leaves_with_its_machines_and_nobody_sends_to_it() {
    let mut design = open(CLUSTER);
    intent::remove_group(&design, &shop()).expect("the shop").apply(&mut design);
    assert!(design.groups.is_empty() && design.machines.is_empty() && design.clients[0].to.is_empty());
}

#[test]
fn what_is_not_there_cannot_be_moved() {
    let design = open(CLUSTER);
    let nowhere = Target::Group("nowhere".into());
    assert_eq!(intent::move_machine(&design, &"machine-1".into(), &nowhere), None);
    assert_eq!(intent::move_machine(&design, &"machine-9".into(), &Target::Group(shop())), None);
    assert_eq!(intent::remove_machine(&design, &"machine-9".into()), None);
    assert_eq!(intent::remove_group(&design, &"nowhere".into()), None);
}
