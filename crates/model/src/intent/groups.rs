//! Groups: they come, go, and get another layout.

use std::collections::BTreeMap;

use crate::by_hand::{ByHand, Places};
use crate::command::Command;
use crate::design::Design;
use crate::group::{Group, Layout};
use crate::id::{GroupId, MachineId};
use crate::intent::{Draft, fresh_group};
use crate::layout;
use crate::machine::Point;
use crate::member::Member;
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
/// that send to the one send to the other too. In the same layout it is as the one is by hand. `None` if
/// the group is not in the design.
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
    let policies = original.policies.clone();
    let value = Group { title, layout, at, policies, ..Group::default() };
    draft.place_group(copy.clone(), value);
    for (client, value) in &design.clients {
        if value.to.contains(group) {
            draft.connect(client, &copy);
        }
    }
    let renamed = draft.copy_members(group, &copy);
    if layout == original.layout {
        draft.set_by_hand(&copy, in_other_names(original.by_hand.clone(), &renamed));
    }
    Some((copy, draft.finish()?))
}

/// What was changed by hand, of machines and groups that are called otherwise.
pub(super) fn in_other_names(mut hand: ByHand, renamed: &BTreeMap<Member, Member>) -> ByHand {
    let machine = |id: MachineId| match renamed.get(&Member::Machine(id.clone())) {
        Some(Member::Machine(copy)) => copy.clone(),
        _ => id,
    };
    let group = |id: GroupId| match renamed.get(&Member::Group(id.clone())) {
        Some(Member::Group(copy)) => copy.clone(),
        _ => id,
    };
    for service in hand.services.values_mut() {
        service.machines.values_mut().for_each(|id| *id = machine(id.clone()));
    }
    let places = std::mem::take(&mut hand.places);
    hand.places = Places {
        machines: places.machines.into_iter().map(|(id, at)| (machine(id), at)).collect(),
        groups: places.groups.into_iter().map(|(id, at)| (group(id), at)).collect(),
        ..places
    };
    hand
}

/// Removes a group, the groups within it, and the machines in them. `None` if it is not in the design.
pub fn remove_group(design: &Design, group: &GroupId) -> Option<Command> {
    design.groups.get(group)?;
    let mut draft = Draft::of(design);
    draft.remove_with_content(group);
    draft.finish()
}

/// Gives a group another layout, with the machines it has. What a person changed by hand of what the
/// earlier layout made goes with that layout; a group that becomes free begins as it is. `None` if it has
/// the layout already, is not in the design, or is within another group, where it is a cluster.
pub fn set_layout(design: &Design, group: &GroupId, to: Layout) -> Option<Command> {
    let value = design.groups.get(group)?;
    let from = value.layout;
    if from == to || to != Layout::Cluster && design.holder_of(group).is_some() {
        return None;
    }
    let mut draft = Draft::of(design);
    let hand = match to {
        Layout::Free => layout::capture(design, value, &layout::deploy(design, group, value)),
        Layout::Cluster | Layout::Distributed | Layout::Microservice => {
            ByHand { places: value.by_hand.places.clone(), ..ByHand::default() }
        }
    };
    draft.close_gaps(group);
    draft.perform(Command::SetLayout { group: group.clone(), from, to });
    draft.set_by_hand(group, hand);
    draft.finish()
}
