//! Groups: they come, go, and get another layout.

use crate::command::Command;
use crate::design::Design;
use crate::group::{Group, Layout};
use crate::id::GroupId;
use crate::intent::{Draft, Target, fresh_group, fresh_machine};
use crate::machine::{Machine, Point};
use crate::text::Text;

/// Adds an empty group of a fresh name, to which all clients send.
pub fn add_group(design: &Design, layout: Layout, title: Text, at: Point) -> (GroupId, Command) {
    let mut draft = Draft::of(design);
    let group = fresh_group(&draft.design);
    let value = Group { title, layout, at, ..Group::default() };
    draft.add_group(group.clone(), value);
    (group, draft.finish().expect("a group was added"))
}

/// Adds a group like `group` in another place, with machines of its own, for comparison: the clients
/// that send to the one send to the other too. `None` if the group is not in the design.
pub fn copy_group(
    design: &Design,
    group: &GroupId,
    layout: Layout,
    title: Text,
    at: Point,
) -> Option<(GroupId, Command)> {
    let original = design.groups.get(group)?;
    let mut draft = Draft::of(design);
    let copy = fresh_group(&draft.design);
    let index = draft.design.groups.len();
    let value =
        Group { title, layout, at, seats: Vec::new(), policies: original.policies.clone(), locked: false };
    draft.perform(Command::AddGroup { group: copy.clone(), value, index });
    for (client, value) in &design.clients {
        if value.to.contains(group) {
            draft.connect(client, &copy);
        }
    }
    for machine in original.machines().filter_map(|id| design.machines.get(id)) {
        let name = fresh_machine(&draft.design);
        draft.add(name, Machine { title: None, ..machine.clone() }, &Target::Group(copy.clone()));
    }
    Some((copy, draft.finish()?))
}

/// Removes a group and the machines in it. `None` if it is not in the design.
pub fn remove_group(design: &Design, group: &GroupId) -> Option<Command> {
    let mut draft = Draft::of(design);
    let machines: Vec<_> = design.groups.get(group)?.machines().cloned().collect();
    for machine in &machines {
        draft.remove(machine);
    }
    draft.remove_group(group)?;
    draft.finish()
}

/// Gives a group another layout, with the machines it has. `None` if it has it already, or is not in
/// the design.
pub fn set_layout(design: &Design, group: &GroupId, to: Layout) -> Option<Command> {
    let from = design.groups.get(group)?.layout;
    if from == to {
        return None;
    }
    let mut draft = Draft::of(design);
    draft.close_gaps(group);
    draft.perform(Command::SetLayout { group: group.clone(), from, to });
    draft.finish()
}
