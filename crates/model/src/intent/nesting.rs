//! Groups within groups.

use std::collections::BTreeMap;

use crate::by_hand::ByHand;
use crate::command::{Command, Place, Seat};
use crate::design::Design;
use crate::group::{Group, Layout};
use crate::id::{ClientId, GroupId, MachineId};
use crate::intent::{Draft, Target, fresh_group, fresh_machine, place_of};
use crate::layout;
use crate::machine::{Machine, Point};
use crate::member::Member;

/// Gives a group a seat in another, where it is a cluster that stands for one machine, whatever it was:
/// clients no longer send to it. With `seat`, on that seat if it is empty, else changing seats with who sits there if both
/// are in the same group. `None` if it is there already, cannot be there, or one of them is not in the
/// design.
pub fn seat_group(design: &Design, group: &GroupId, to: &GroupId, seat: Option<usize>) -> Option<Command> {
    if !can_seat(design, group, to) {
        return None;
    }
    let mut draft = Draft::of(design);
    match (design.holder_of(group), seat) {
        (Some((holder, _)), None) if holder == to => return None,
        (Some((holder, from)), Some(seat)) if holder == to => {
            draft.change_seat(&group.clone().into(), to, from, seat);
        }
        (before, seat) => {
            let before = before.map(|(holder, seat)| Seat { group: holder.clone(), seat });
            draft.cut_off(group);
            draft.become_cluster(group);
            let Place::Seat { group: holder, seat } = draft.free_seat(to, seat)? else { return None };
            let (group, from) = (group.clone(), before.clone());
            draft.perform(Command::SeatGroup { group, from, to: Some(Seat { group: holder, seat }) });
            if let Some(Seat { group, .. }) = before {
                draft.close_end(&group);
            }
        }
    }
    draft.finish()
}

/// Takes a group out of the one it is in and puts it on the canvas, with the clients of that group.
/// `None` if it is in none.
pub fn unseat_group(design: &Design, group: &GroupId, at: Point) -> Option<Command> {
    let (holder, seat) = design.holder_of(group)?;
    let from = design.groups.get(group)?.at;
    let mut draft = Draft::of(design);
    let (holder, left) = (holder.clone(), Seat { group: holder.clone(), seat });
    draft.perform(Command::SeatGroup { group: group.clone(), from: Some(left), to: None });
    draft.perform(Command::MoveGroup { group: group.clone(), from, to: at });
    for (client, value) in &design.clients {
        if value.to.contains(&holder) {
            draft.connect(client, group);
        }
    }
    draft.close_end(&holder);
    draft.finish()
}

/// Takes a group within a group away and leaves its machines: the first takes its seat, the others take
/// the next ones. `None` if it is in none.
pub fn dissolve_group(design: &Design, group: &GroupId) -> Option<Command> {
    let (holder, seat) = design.holder_of(group)?;
    let (holder, left) = (holder.clone(), Seat { group: holder.clone(), seat });
    let members: Vec<Member> = design.groups.get(group)?.members().cloned().collect();
    let mut draft = Draft::of(design);
    draft.perform(Command::SeatGroup { group: group.clone(), from: Some(left), to: None });
    for member in &members {
        let Place::Seat { group: to, seat } = draft.free_seat(&holder, None)? else { return None };
        let from = draft.design.groups[group].seats.iter().position(|seat| seat.as_ref() == Some(member))?;
        draft.reseat(member, Seat { group: group.clone(), seat: from }, Seat { group: to, seat });
    }
    draft.close_end(group);
    draft.remove_group(group);
    draft.close_end(&holder);
    draft.finish()
}

/// Makes machines of one group a cluster within it, on the seat of the first. `None` if there are fewer than
/// two, or they have no seats in one group that may hold groups.
pub fn nest_machines(design: &Design, machines: &[MachineId]) -> Option<(GroupId, Command)> {
    let (first, others) = machines.split_first().filter(|(_, others)| !others.is_empty())?;
    let holder = design.seat_of(first)?.0;
    let is_beside = |machine: &MachineId| design.seat_of(machine).is_some_and(|(group, _)| group == holder);
    if !may_hold(design, holder) || !others.iter().all(is_beside) {
        return None;
    }
    let mut draft = Draft::of(design);
    let inner = draft.cluster_of(first)?;
    for machine in others {
        let from = place_of(&draft.design, machine)?;
        let to = draft.free_seat(&inner, None)?;
        draft.perform(Command::MoveMachine { machine: machine.clone(), from: from.clone(), to });
        draft.tidy(&from);
    }
    Some((inner, draft.finish()?))
}

/// Whether a group can have a seat in another.
pub fn can_seat(design: &Design, group: &GroupId, to: &GroupId) -> bool {
    let are_there = design.groups.contains_key(group) && design.groups.contains_key(to);
    are_there && group != to && may_hold(design, to) && !is_within(design, to, group)
}

/// Whether a group may hold groups: a cluster has one machine like the other, and a group within a group
/// is a cluster.
pub fn may_hold(design: &Design, group: &GroupId) -> bool {
    design.groups.get(group).is_some_and(|value| value.layout != Layout::Cluster)
        && design.holder_of(group).is_none()
}

/// Whether `inner` is `outer` or somewhere within it.
fn is_within(design: &Design, inner: &GroupId, outer: &GroupId) -> bool {
    let mut group = inner;
    for _ in 0..=design.groups.len() {
        if group == outer {
            return true;
        }
        let Some((holder, _)) = design.holder_of(group) else { return false };
        group = holder;
    }
    true
}

impl Draft {
    /// The group within a group that `machine` is in, made on its seat if there is none: a cluster, called
    /// as what runs there. `None` if the machine is in no group, or in one that holds none.
    pub(super) fn cluster_of(&mut self, machine: &MachineId) -> Option<GroupId> {
        let Place::Seat { group: holder, seat } = place_of(&self.design, machine)? else { return None };
        if self.design.holder_of(&holder).is_some() {
            return Some(holder);
        }
        if !may_hold(&self.design, &holder) {
            return None;
        }
        let outer = &self.design.groups[&holder];
        let deployment = layout::deploy(&self.design, &holder, outer);
        let here = deployment
            .services
            .iter()
            .find(|service| service.instances.iter().any(|instance| instance.machine == *machine));
        let title = here.and_then(|service| service.title.clone()).unwrap_or_default();
        let inner = fresh_group(&self.design);
        let policies = outer.policies.clone();
        let place = outer.by_hand.places.machines.get(machine).copied();
        self.place_group(inner.clone(), Group { title, policies, ..Group::default() });
        self.perform(Command::OpenSeat { group: inner.clone(), seat: 0 });
        let (outer_seat, inner_seat) =
            (Seat { group: holder.clone(), seat }, Seat { group: inner.clone(), seat: 0 });
        self.reseat(&machine.clone().into(), outer_seat.clone(), inner_seat);
        self.perform(Command::SeatGroup { group: inner.clone(), from: None, to: Some(outer_seat) });
        if let Some(at) = place {
            let mut hand = self.design.groups[&holder].by_hand.clone();
            hand.places.groups.insert(inner.clone(), at);
            self.set_by_hand(&holder, hand);
        }
        Some(inner)
    }

    /// Makes a group a cluster, with the machines it has, as a switch of its layout would.
    fn become_cluster(&mut self, group: &GroupId) {
        let from = self.design.groups[group].layout;
        if from != Layout::Cluster {
            self.close_gaps(group);
            self.perform(Command::SetLayout { group: group.clone(), from, to: Layout::Cluster });
            self.set_by_hand(group, ByHand::default());
        }
    }

    /// Lets no client send to a group.
    pub(super) fn cut_off(&mut self, group: &GroupId) {
        let clients: Vec<ClientId> = self.design.clients.keys().cloned().collect();
        for client in clients {
            while let Some(index) = self.design.clients[&client].to.iter().rposition(|to| to == group) {
                let (client, group) = (client.clone(), group.clone());
                self.perform(Command::Disconnect { client, group, index });
            }
        }
    }

    /// Removes a group with all that is in it.
    pub(super) fn remove_with_content(&mut self, group: &GroupId) {
        let (machines, groups): (Vec<_>, Vec<_>) = {
            let value = &self.design.groups[group];
            (value.machines().cloned().collect(), value.groups().cloned().collect())
        };
        for machine in &machines {
            self.remove(machine);
        }
        if let Some((holder, seat)) = self.design.holder_of(group) {
            let left = Seat { group: holder.clone(), seat };
            let holder = holder.clone();
            self.perform(Command::SeatGroup { group: group.clone(), from: Some(left), to: None });
            self.close_end(&holder);
        }
        for inner in &groups {
            if self.design.groups.contains_key(inner) {
                self.remove_with_content(inner);
            }
        }
        self.remove_group(group);
    }

    /// Adds a group that nobody sends to.
    pub(super) fn place_group(&mut self, group: GroupId, value: Group) {
        let index = self.design.groups.len();
        self.perform(Command::AddGroup { group, value, index });
    }

    /// Gives `copy` members like those of `group`; tells which is which.
    pub(super) fn copy_members(&mut self, group: &GroupId, copy: &GroupId) -> BTreeMap<Member, Member> {
        let mut renamed = BTreeMap::new();
        let members: Vec<Member> = self.design.groups[group].members().cloned().collect();
        for member in members {
            match &member {
                Member::Machine(machine) => {
                    let Some(value) = self.design.machines.get(machine).cloned() else { continue };
                    let name = fresh_machine(&self.design);
                    let target = Target::Group(copy.clone());
                    self.add(name.clone(), Machine { title: None, ..value }, &target);
                    renamed.insert(member, name.into());
                }
                Member::Group(inner) => {
                    let Some(value) = self.design.groups.get(inner).cloned() else { continue };
                    let name = fresh_group(&self.design);
                    self.place_group(name.clone(), Group { seats: Vec::new(), ..value });
                    if let Some(Place::Seat { group, seat }) = self.free_seat(copy, None) {
                        let to = Some(Seat { group, seat });
                        self.perform(Command::SeatGroup { group: name.clone(), from: None, to });
                    }
                    renamed.extend(self.copy_members(inner, &name));
                    renamed.insert(member, name.into());
                }
            }
        }
        renamed
    }
}
