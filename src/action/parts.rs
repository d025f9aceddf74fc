//! Actions on parts of the design: faults and their repair, machines, groups and their layouts.

use archlab_engine::Life;
use archlab_model::{Command, Design, Fault, GroupId, InstanceId, Layout, MachineId, ServiceId, intent};

use super::keys::Keys;
use super::{Action, Kind, Section, Towards, actions};
use crate::editor::input::{Input, Piece};
use crate::editor::scene::Part;
use crate::session::Session;
use crate::ui::icon::Icon;

/// What belongs to a group, and stands for it in a menu.
const GROUP: &[Kind] = &[Kind::Group, Kind::Entry, Kind::Store];

const FAULT: Action = Action { section: Section::Fault, ..Action::ROW };
const LAYOUT: Action = Action { section: Section::Layout, icon: Icon::Group, on: GROUP, ..Action::ROW };

actions! {
    /// Kills the process of a running copy.
    CRASH = Action {
        name: "action.crash",
        icon: Icon::Crash,
        is_danger: true,
        on: &[Kind::Instance],
        enabled: |session, parts| {
            instances(parts).any(|it| matches!(life(session, it), Some(Life::Up | Life::Starting { .. })))
        },
        act: |session, parts| inflict(session, instances(parts).cloned().map(Fault::Crash)),
        ..FAULT
    };
    /// Starts a crashed copy again.
    START_AGAIN = Action {
        name: "action.start_again",
        icon: Icon::Revive,
        on: &[Kind::Instance],
        enabled: |session, parts| instances(parts).any(|it| life(session, it) == Some(Life::Crashed)),
        act: |session, parts| inflict(session, instances(parts).cloned().map(Fault::Restart)),
        ..FAULT
    };
    /// Cuts a machine's power.
    POWER_OFF = Action {
        name: "action.power_off",
        icon: Icon::Power,
        is_danger: true,
        on: &[Kind::Machine, Kind::Instance],
        enabled: |session, parts| machines(session, parts).iter().any(|it| is_on(session, it)),
        act: |session, parts| {
            let on = machines(session, parts).into_iter().filter(|it| is_on(session, it));
            inflict(session, on.collect::<Vec<_>>().into_iter().map(Fault::PowerOff));
        },
        ..FAULT
    };
    /// Gives a machine its power back.
    POWER_ON = Action {
        name: "action.power_on",
        icon: Icon::Revive,
        on: &[Kind::Machine, Kind::Instance],
        enabled: |session, parts| machines(session, parts).iter().any(|it| !is_on(session, it)),
        act: |session, parts| {
            let off = machines(session, parts).into_iter().filter(|it| !is_on(session, it));
            inflict(session, off.collect::<Vec<_>>().into_iter().map(Fault::PowerOn));
        },
        ..FAULT
    };
    /// Adds a machine to a group, or to the likeliest.
    ADD_MACHINE = Action {
        name: "action.add_machine",
        icon: Icon::Machine,
        section: Section::Add,
        on: &[Kind::Canvas, Kind::Group, Kind::Entry, Kind::Store],
        act: |session, parts| add(session, Piece::Machine, group(session, parts)),
        ..Action::ROW
    };
    /// Adds a group.
    ADD_GROUP = Action {
        name: "action.add_group",
        icon: Icon::Group,
        section: Section::Add,
        on: &[Kind::Canvas],
        act: |session, _| add(session, Piece::Group, None),
        ..Action::ROW
    };
    /// Makes a group a cluster.
    LAYOUT_CLUSTER = Action {
        name: "action.layout_cluster",
        icon: Icon::Cluster,
        enabled: |session, parts| can_become(session, parts, Layout::Cluster),
        act: |session, parts| become_layout(session, parts, Layout::Cluster),
        ..LAYOUT
    };
    /// Makes a group a distributed system.
    LAYOUT_DISTRIBUTED = Action {
        name: "action.layout_distributed",
        icon: Icon::Distributed,
        enabled: |session, parts| can_become(session, parts, Layout::Distributed),
        act: |session, parts| become_layout(session, parts, Layout::Distributed),
        ..LAYOUT
    };
    /// Makes a group microservices.
    LAYOUT_MICROSERVICE = Action {
        name: "action.layout_microservice",
        icon: Icon::Microservices,
        enabled: |session, parts| can_become(session, parts, Layout::Microservice),
        act: |session, parts| become_layout(session, parts, Layout::Microservice),
        ..LAYOUT
    };
    /// Lets nothing be arranged in a group: it stays as it is.
    LAYOUT_FREE = Action {
        name: "action.layout_free",
        enabled: |session, parts| can_become(session, parts, Layout::Free),
        act: |session, parts| become_layout(session, parts, Layout::Free),
        ..LAYOUT
    };
    /// Forgets what was changed by hand in a group.
    ARRANGE_AGAIN = Action {
        name: "action.arrange_again",
        icon: Icon::Undo,
        enabled: |session, parts| arranged_again(session, parts).is_some(),
        act: |session, parts| perform(session, arranged_again(session, parts)),
        ..LAYOUT
    };
    /// One copy more of a service.
    MORE_COPIES = Action {
        name: "action.more_copies",
        icon: Icon::Plus,
        section: Section::Layout,
        keys: &[Keys::plain("+")],
        is_for_canvas: true,
        on: &[Kind::Instance],
        enabled: |session, parts| copied(session, parts, intent::add_replica).is_some(),
        act: |session, parts| perform(session, copied(session, parts, intent::add_replica)),
        ..Action::ROW
    };
    /// One copy less of a service.
    FEWER_COPIES = Action {
        name: "action.fewer_copies",
        icon: Icon::Minus,
        section: Section::Layout,
        keys: &[Keys::plain("-")],
        is_for_canvas: true,
        on: &[Kind::Instance],
        enabled: |session, parts| copied(session, parts, intent::remove_replica).is_some(),
        act: |session, parts| perform(session, copied(session, parts, intent::remove_replica)),
        ..Action::ROW
    };
    /// Adds a cluster beside a group, with the same clients.
    COMPARE_CLUSTER = Action {
        name: "action.compare_cluster",
        icon: Icon::Cluster,
        enabled: |session, parts| can_become(session, parts, Layout::Cluster),
        act: |session, parts| compare(session, parts, Layout::Cluster),
        ..LAYOUT
    };
    /// The same, distributed.
    COMPARE_DISTRIBUTED = Action {
        name: "action.compare_distributed",
        icon: Icon::Distributed,
        enabled: |session, parts| can_become(session, parts, Layout::Distributed),
        act: |session, parts| compare(session, parts, Layout::Distributed),
        ..LAYOUT
    };
    /// The same, of microservices.
    COMPARE_MICROSERVICE = Action {
        name: "action.compare_microservice",
        icon: Icon::Microservices,
        enabled: |session, parts| can_become(session, parts, Layout::Microservice),
        act: |session, parts| compare(session, parts, Layout::Microservice),
        ..LAYOUT
    };
    /// Moves machines and groups into one of the groups that there are.
    MOVE_INTO = Action {
        name: "action.move_into",
        icon: Icon::Group,
        section: Section::Layout,
        is_listed: false,
        on: &[Kind::Machine, Kind::Group],
        enabled: |session, parts| !homes(session, parts).is_empty(),
        towards: Some(Towards {
            groups: homes,
            act: |session, parts, group| session.edit(|editor| editor.move_into(parts, group)),
        }),
        ..Action::ROW
    };
    /// Takes machines and groups out of the group they are in.
    TAKE_OUT = Action {
        name: "action.take_out",
        icon: Icon::Leave,
        section: Section::Layout,
        on: &[Kind::Machine, Kind::Group],
        enabled: |session, parts| session.editor.can_take_out(parts),
        act: |session, parts| session.edit(|editor| editor.take_out(parts)),
        ..Action::ROW
    };
    /// Makes a machine a cluster of two within its group.
    MAKE_CLUSTER = Action {
        name: "action.make_cluster",
        icon: Icon::Cluster,
        section: Section::Layout,
        on: &[Kind::Machine],
        enabled: |session, parts| second(session, parts).is_some(),
        act: |session, parts| perform(session, second(session, parts)),
        ..Action::ROW
    };
    /// Puts everything in a free group where it can be read best.
    ARRANGE_GROUP = Action {
        name: "action.arrange_group",
        enabled: |session, parts| {
            group(session, parts).is_some_and(|group| session.editor.scene().free.contains(&group))
        },
        act: |session, parts| {
            if let Some(group) = group(session, parts) {
                session.edit(|editor| { editor.arrange_group(&group); });
            }
        },
        ..LAYOUT
    };
}

/// The groups that one of `parts` could go into.
fn homes(session: &Session, parts: &[Part]) -> Vec<GroupId> {
    let editor = &session.editor;
    let homes: Vec<GroupId> = parts.iter().flat_map(|part| editor.homes_for(part)).collect();
    editor.design().groups.keys().filter(|id| homes.contains(id)).cloned().collect()
}

fn second(session: &Session, parts: &[Part]) -> Option<Command> {
    match parts {
        [Part::Machine(machine)] => session.editor.with_a_second(machine),
        _ => None,
    }
}

/// Adds a piece to a group, or where it makes sense.
pub fn add(session: &mut Session, piece: Piece, group: Option<GroupId>) {
    session.on(Input::Pick(piece));
    session.on(Input::Put(group));
}

fn inflict(session: &mut Session, faults: impl Iterator<Item = Fault>) {
    for fault in faults {
        session.inflict(fault);
    }
}

fn instances(parts: &[Part]) -> impl Iterator<Item = &InstanceId> {
    parts.iter().filter_map(|part| match part {
        Part::Instance(instance) => Some(instance),
        _ => None,
    })
}

/// The machines of groups among `parts`, and those that instances among them run on.
fn machines(session: &Session, parts: &[Part]) -> Vec<MachineId> {
    let scene = session.editor.scene();
    let mut machines: Vec<MachineId> = Vec::new();
    for part in parts {
        let machine = match part {
            Part::Machine(machine) if scene.group_of.contains_key(machine) => Some(machine),
            Part::Instance(instance) => scene.host(instance),
            _ => None,
        };
        machines.extend(machine.filter(|machine| !machines.contains(machine)).cloned());
    }
    machines
}

/// The group that the only one of `parts` is, or belongs to.
fn group(session: &Session, parts: &[Part]) -> Option<GroupId> {
    match parts {
        [Part::Group(group) | Part::Entry(group) | Part::Store(group, _)] => Some(group.clone()),
        [Part::Instance(instance)] => Some(instance.group.clone()),
        [Part::Machine(machine)] => session.editor.scene().seated.get(machine).cloned(),
        _ => None,
    }
}

/// The group that a switch of layout is about: that of what is chosen, or the only one there is.
fn group_to_switch(session: &Session, parts: &[Part]) -> Option<GroupId> {
    let design = session.editor.design();
    let only = || design.outer_groups().next().filter(|_| design.outer_groups().count() == 1);
    group(session, parts).or_else(|| only().map(|(id, _)| id.clone()))
}

fn can_become(session: &Session, parts: &[Part], layout: Layout) -> bool {
    let (design, group) = (session.editor.design(), group_to_switch(session, parts));
    // A group within a group is a cluster, and nobody sends to it.
    let outer = group.filter(|group| design.holder_of(group).is_none());
    outer.and_then(|group| design.groups.get(&group)).is_some_and(|group| group.layout != layout)
}

fn become_layout(session: &mut Session, parts: &[Part], layout: Layout) {
    if let Some(group) = group_to_switch(session, parts) {
        session.edit(|editor| editor.set_layout(&group, layout));
    }
}

fn arranged_again(session: &Session, parts: &[Part]) -> Option<Command> {
    intent::arrange_again(session.editor.design(), &group(session, parts)?)
}

/// A change to the copies of the service of the one instance among `parts`.
fn copied(
    session: &Session,
    parts: &[Part],
    change: fn(&Design, &GroupId, &ServiceId) -> Option<Command>,
) -> Option<Command> {
    let instance = instances(parts).next().filter(|_| parts.len() == 1)?;
    change(session.editor.design(), &instance.group, &instance.service)
}

fn perform(session: &mut Session, command: Option<Command>) {
    if let Some(command) = command {
        session.perform(command);
    }
}

fn compare(session: &mut Session, parts: &[Part], layout: Layout) {
    if let Some(group) = group_to_switch(session, parts) {
        session.edit(|editor| editor.compare(&group, layout));
    }
}

fn is_on(session: &Session, machine: &MachineId) -> bool {
    session.frame().machines.iter().find(|frame| frame.id == *machine).is_none_or(|frame| frame.on)
}

fn life(session: &Session, instance: &InstanceId) -> Option<Life> {
    session.frame().instances.iter().find(|frame| frame.id == *instance).map(|frame| frame.life)
}
