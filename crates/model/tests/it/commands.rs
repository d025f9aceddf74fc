//! Commands: undo to the bottom, redo to the top, and what every gesture leaves true.

use archlab_model::command::Hardware;
use archlab_model::intent::{self, Target};
use archlab_model::{
    Command, Design, GroupId, Layout, Load, Machine, Places, Point, Policies, Text, document, layout,
};
use proptest::prelude::*;

use crate::{SHOPS, open};

/// What a person may do, with numbers that are taken modulo what there is.
#[derive(Debug, Clone)]
enum Deed {
    Add(Aim),
    Move(usize, Aim),
    Remove(usize),
    AddGroup(usize),
    CopyGroup(usize, usize),
    RemoveGroup(usize),
    SetLayout(usize, usize),
    MoveGroup(usize, i32),
    MoveClient(i32),
    SetLoad(u32),
    SetCores(usize, u32),
    SetReplicas(usize, u32),
    Rename(usize, String),
    SeatGroup(usize, usize, Option<usize>),
    UnseatGroup(usize),
    DissolveGroup(usize),
    Nest(usize, usize),
    MoveFunction(usize, usize, usize),
    Split(usize, usize),
    Merge(usize, usize, usize),
    Copies(usize, usize, u32),
    Pin(usize, usize, usize),
    Place(usize, i32),
    ArrangeAgain(usize),
}

#[derive(Debug, Clone)]
enum Aim {
    Canvas(i32),
    Group(usize),
    Seat(usize, usize),
    With(usize),
}

fn aim() -> impl Strategy<Value = Aim> {
    prop_oneof![
        any::<i32>().prop_map(|x| Aim::Canvas(x % 1000)),
        (0..8usize).prop_map(Aim::Group),
        (0..8usize, 0..8usize).prop_map(|(group, seat)| Aim::Seat(group, seat)),
        (0..20usize).prop_map(Aim::With),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => aim().prop_map(Deed::Add),
        8 => (0..20usize, aim()).prop_map(|(machine, aim)| Deed::Move(machine, aim)),
        4 => (0..20usize).prop_map(Deed::Remove),
        1 => (0..4usize).prop_map(Deed::AddGroup),
        1 => (0..8usize, 0..4usize).prop_map(|(group, layout)| Deed::CopyGroup(group, layout)),
        1 => (0..8usize).prop_map(Deed::RemoveGroup),
        4 => (0..8usize, 0..4usize).prop_map(|(group, layout)| Deed::SetLayout(group, layout)),
        1 => (0..8usize, -900..900i32).prop_map(|(group, x)| Deed::MoveGroup(group, x)),
        1 => (-900..900i32).prop_map(Deed::MoveClient),
        1 => (0..5000u32).prop_map(Deed::SetLoad),
        1 => (0..20usize, 1..64u32).prop_map(|(machine, cores)| Deed::SetCores(machine, cores)),
        1 => (0..8usize, 1..4u32).prop_map(|(group, replicas)| Deed::SetReplicas(group, replicas)),
        1 => (0..20usize, "[a-z]{1,6}").prop_map(|(machine, title)| Deed::Rename(machine, title)),
        4 => nesting(),
        4 => by_hand(),
    ]
}

fn nesting() -> impl Strategy<Value = Deed> {
    let seat = proptest::option::of(0..6usize);
    prop_oneof![
        3 => (0..8usize, 0..8usize, seat).prop_map(|(group, to, seat)| Deed::SeatGroup(group, to, seat)),
        1 => (0..8usize).prop_map(Deed::UnseatGroup),
        1 => (0..8usize).prop_map(Deed::DissolveGroup),
        2 => (0..20usize, 0..20usize).prop_map(|(one, other)| Deed::Nest(one, other)),
    ]
}

fn by_hand() -> impl Strategy<Value = Deed> {
    let three = || (0..8usize, 0..20usize, 0..20usize);
    prop_oneof![
        three().prop_map(|(group, function, to)| Deed::MoveFunction(group, function, to)),
        (0..8usize, 0..20usize).prop_map(|(group, service)| Deed::Split(group, service)),
        three().prop_map(|(group, from, into)| Deed::Merge(group, from, into)),
        (0..8usize, 0..20usize, 0..5u32)
            .prop_map(|(group, service, count)| Deed::Copies(group, service, count)),
        three().prop_map(|(group, service, machine)| Deed::Pin(group, service, machine)),
        (0..8usize, -500..500i32).prop_map(|(group, x)| Deed::Place(group, x)),
        (0..8usize).prop_map(Deed::ArrangeAgain),
    ]
}

/// The command for a deed; `None` if it comes to nothing.
fn command(design: &Design, deed: &Deed) -> Option<Command> {
    let some = |n: usize, of: usize| (of > 0).then(|| n % of);
    let machine = |n| Some(design.machines.get_index(some(n, design.machines.len())?)?.0.clone());
    let group = |n| Some(design.groups.get_index(some(n, design.groups.len())?)?.0.clone());
    let target = |aim: &Aim| {
        Some(match *aim {
            Aim::Canvas(x) => Target::Canvas(point(x)),
            Aim::Group(n) => Target::Group(group(n)?),
            Aim::Seat(n, seat) => Target::Seat { group: group(n)?, seat },
            Aim::With(n) => Target::With(machine(n)?),
        })
    };
    let service = |id: &GroupId, n: usize| {
        let services = layout::deploy(design, id, &design.groups[id]).services;
        Some(services.get(some(n, services.len())?)?.clone())
    };
    match deed {
        Deed::Add(aim) => Some(intent::add_machine(design, Machine::default(), &target(aim)?).1),
        Deed::Move(n, aim) => intent::move_machine(design, &machine(*n)?, &target(aim)?),
        Deed::Remove(n) => intent::remove_machine(design, &machine(*n)?),
        Deed::AddGroup(layout) => {
            Some(intent::add_group(design, Layout::ALL[*layout], Text::default(), point(7)).1)
        }
        Deed::CopyGroup(n, layout) => {
            let copy =
                intent::copy_group(design, &group(*n)?, Layout::ALL[*layout], Text::default(), point(8))?;
            Some(copy.1)
        }
        Deed::RemoveGroup(n) => intent::remove_group(design, &group(*n)?),
        Deed::SetLayout(n, layout) => intent::set_layout(design, &group(*n)?, Layout::ALL[*layout]),
        Deed::MoveGroup(n, x) => {
            let group = group(*n)?;
            let from = design.groups[&group].at;
            Some(Command::MoveGroup { group, from, to: point(*x) })
        }
        Deed::MoveClient(x) => {
            let (client, value) = design.clients.get_index(0)?;
            Some(Command::MoveClient { client: client.clone(), from: value.at, to: point(*x) })
        }
        Deed::SetLoad(rate) => {
            let (client, value) = design.clients.get_index(0)?;
            let to = Load::Poisson { rate: f64::from(*rate) };
            Some(Command::SetLoad { client: client.clone(), from: value.load.clone(), to })
        }
        Deed::SetCores(n, cores) => {
            let machine = machine(*n)?;
            let from = Hardware::of(&design.machines[&machine]);
            let to = Hardware { cores: *cores, ..from.clone() };
            Some(Command::SetHardware { machine, from, to })
        }
        Deed::SetReplicas(n, replicas) => {
            let group = group(*n)?;
            let from = design.groups[&group].policies.clone();
            let to = Policies { replicas: *replicas, ..from.clone() };
            Some(Command::SetPolicies { group, from: from.into(), to: to.into() })
        }
        Deed::Rename(n, title) => {
            let machine = machine(*n)?;
            let from = design.machines[&machine].title.clone();
            Some(Command::RenameMachine { machine, from, to: Some(Text::Plain(title.clone())) })
        }
        Deed::SeatGroup(n, to, seat) => intent::seat_group(design, &group(*n)?, &group(*to)?, *seat),
        Deed::UnseatGroup(n) => intent::unseat_group(design, &group(*n)?, point(9)),
        Deed::DissolveGroup(n) => intent::dissolve_group(design, &group(*n)?),
        Deed::Nest(one, other) => {
            let machines = [machine(*one)?, machine(*other)?];
            Some(intent::nest_machines(design, &machines)?.1)
        }
        Deed::MoveFunction(n, function, to) => {
            let group = group(*n)?;
            let functions = &design.business.functions;
            let function = functions.get_index(some(*function, functions.len())?)?.0;
            intent::move_function(design, &group, function, &service(&group, *to)?.id)
        }
        Deed::Split(n, of) => {
            let group = group(*n)?;
            let service = service(&group, *of)?;
            Some(intent::split_service(design, &group, &service.id, &service.functions[..1])?.1)
        }
        Deed::Merge(n, from, into) => {
            let group = group(*n)?;
            intent::merge_services(design, &group, &service(&group, *from)?.id, &service(&group, *into)?.id)
        }
        Deed::Copies(n, of, count) => {
            let group = group(*n)?;
            intent::set_replicas(design, &group, &service(&group, *of)?.id, *count)
        }
        Deed::Pin(n, of, to) => {
            let instance = service(&group(*n)?, *of)?.instances.first()?.id.clone();
            intent::pin(design, &instance, &machine(*to)?)
        }
        Deed::Place(n, x) => {
            let group = group(*n)?;
            let mut places = Places { entry: Some(point(*x)), ..Places::default() };
            for machine in design.groups[&group].machines() {
                places.machines.insert(machine.clone(), point(x + 40));
            }
            for inner in design.groups[&group].groups() {
                places.groups.insert(inner.clone(), point(x + 300));
            }
            intent::set_places(design, &group, places)
        }
        Deed::ArrangeAgain(n) => intent::arrange_again(design, &group(*n)?),
    }
}

fn point(x: i32) -> Point {
    Point::new(f64::from(x), 20.0)
}

/// What every gesture leaves true.
fn check(design: &Design) {
    let mut seated = std::collections::BTreeSet::new();
    let mut held = std::collections::BTreeSet::new();
    for (id, group) in &design.groups {
        for machine in group.machines() {
            assert!(design.machines.contains_key(machine), "{machine} in {id} is a machine");
            assert!(seated.insert(machine), "{machine} sits once");
        }
        assert_ne!(group.seats.last(), Some(&None), "no empty seats at the end of {id}");
        for inner in group.groups() {
            assert!(design.groups.contains_key(inner), "{inner} in {id} is a group");
            assert!(held.insert(inner), "{inner} is held once");
            assert!(design.outermost(inner).is_some(), "{inner} is in no circle");
            assert_eq!(design.groups[inner].layout, Layout::Cluster, "{inner} stands for one machine");
            assert!(
                design.clients.values().all(|client| !client.to.contains(inner)),
                "nobody sends to {inner}"
            );
        }
    }
    for (id, machine) in &design.machines {
        assert_eq!(machine.at.is_none(), seated.contains(id), "{id} lies loose or sits");
    }
    for client in design.clients.values() {
        assert!(client.to.iter().all(|group| design.groups.contains_key(group)));
    }
}

proptest! {
    #[test]
    fn undo_to_the_bottom_gives_the_first_design_and_redo_the_last(
        shop in 0..3usize,
        deeds in proptest::collection::vec(deed(), 1..40),
    ) {
        let mut design = open(SHOPS[shop]);
        let first = document::save(&design);
        let mut done = Vec::new();
        for deed in &deeds {
            let Some(command) = command(&design, deed) else { continue };
            command.apply(&mut design);
            check(&design);
            done.push(command);
        }
        let last = document::save(&design);
        prop_assert_eq!(&document::save(&document::open(&last).expect("a document")), &last);

        for command in done.iter().rev() {
            command.inverse().apply(&mut design);
        }
        prop_assert_eq!(document::save(&design), first);
        for command in &done {
            command.apply(&mut design);
        }
        prop_assert_eq!(document::save(&design), last);
    }
}

#[test]
fn turned_round_twice_a_command_is_itself() {
    let design = open("shop-distributed");
    let command = intent::remove_group(&design, &"shop".into()).expect("the shop");
    assert_eq!(command.inverse().inverse(), command);
}

#[test]
fn moving_things_on_the_canvas_is_no_matter_to_a_run() {
    let design = open("shop-cluster");
    let shift = Command::MoveGroup { group: "shop".into(), from: point(0), to: point(1) };
    assert!(Command::Batch(vec![shift.clone(), shift.clone()]).is_cosmetic());
    let takes = intent::remove_machine(&design, &"machine-1".into()).expect("a machine");
    assert!(!Command::Batch(vec![shift, takes]).is_cosmetic());
}
