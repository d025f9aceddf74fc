//! Copies of parts: what is pasted or duplicated gets fresh names.

use std::collections::BTreeMap;

use crate::by_hand::ByHand;
use crate::client::Client;
use crate::command::{Command, Seat};
use crate::design::Design;
use crate::group::Group;
use crate::id::{ClientId, GroupId, MachineId, NoteId};
use crate::intent::groups::in_other_names;
use crate::intent::{Draft, Target, fresh_client, fresh_group, fresh_note, next_machine};
use crate::machine::{Machine, Point};
use crate::member::Member;
use crate::note::Note;

/// What a paste added.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pasted {
    /// Groups.
    pub groups: Vec<GroupId>,
    /// Machines that came in no group of their own.
    pub machines: Vec<MachineId>,
    /// Clients.
    pub clients: Vec<ClientId>,
    /// Notes.
    pub notes: Vec<NoteId>,
}

/// Adds the groups, machines, clients and notes of `fragment` under fresh names, moved by `by`; what was
/// locked is not. Machines that are in no group of the fragment go where `place` says.
///
/// Clients go on sending to the copies of the groups they sent to, or else to those groups themselves. To
/// a group that comes without its clients, those send that send to the group it is a copy of; if there is
/// none of its name, all do.
pub fn paste(
    design: &Design,
    fragment: &Design,
    by: Point,
    place: impl Fn(&MachineId, Point) -> Target,
) -> Option<(Pasted, Command)> {
    let mut draft = Draft::of(design);
    let mut pasted = Pasted::default();
    let mut next = 1;
    // Groups that hold each other in a circle hold nothing and stand nowhere.
    let groups: Vec<(&GroupId, &Group)> =
        fragment.groups.iter().filter(|(id, _)| fragment.outermost(id).is_some()).collect();
    let mut renamed: BTreeMap<&GroupId, GroupId> = BTreeMap::new();
    for &(id, group) in &groups {
        let copy = fresh_group(&draft.design);
        let value = Group {
            at: group.at + by,
            seats: Vec::new(),
            by_hand: ByHand::default(),
            locked: false,
            ..group.clone()
        };
        draft.place_group(copy.clone(), value);
        renamed.insert(id, copy.clone());
        if fragment.holder_of(id).is_none() {
            pasted.groups.push(copy);
        }
    }
    let mut members: BTreeMap<Member, Member> =
        renamed.iter().map(|(id, copy)| ((*id).clone().into(), copy.clone().into())).collect();
    for &(id, group) in &groups {
        let copy = renamed[id].clone();
        for (seat, sitter) in group.seats.iter().enumerate() {
            draft.perform(Command::OpenSeat { group: copy.clone(), seat });
            match sitter {
                Some(Member::Machine(id)) => {
                    let Some(machine) = fragment.machines.get(id) else { continue };
                    let name = next_machine(&draft.design, &mut next);
                    let target = Target::Seat { group: copy.clone(), seat };
                    draft.add(name.clone(), Machine { locked: false, ..machine.clone() }, &target);
                    members.insert(id.clone().into(), name.into());
                }
                Some(Member::Group(inner)) => {
                    let Some(group) = renamed.get(inner).cloned() else { continue };
                    if draft.design.holder_of(&group).is_none() {
                        let to = Some(Seat { group: copy.clone(), seat });
                        draft.perform(Command::SeatGroup { group, from: None, to });
                    }
                }
                None => {}
            }
        }
        draft.close_end(&copy);
    }
    for &(id, group) in &groups {
        draft.set_by_hand(&renamed[id], in_other_names(group.by_hand.clone(), &members));
    }
    for (id, machine) in &fragment.machines {
        if fragment.seat_of(id).is_none() {
            let name = next_machine(&draft.design, &mut next);
            let target = place(id, machine.at.unwrap_or_default() + by);
            draft.add(name.clone(), Machine { locked: false, ..machine.clone() }, &target);
            pasted.machines.push(name);
        }
    }
    for client in fragment.clients.values() {
        let to = client.to.iter().filter_map(|group| {
            let known = || design.groups.contains_key(group).then(|| group.clone());
            renamed.get(group).cloned().or_else(known)
        });
        let value = Client { to: to.collect(), at: client.at + by, locked: false, ..client.clone() };
        let (client, index) = (fresh_client(&draft.design), draft.design.clients.len());
        draft.perform(Command::AddClient { client: client.clone(), value, index });
        pasted.clients.push(client);
    }
    for (original, copy) in &renamed {
        let comes_with_clients = fragment.clients.values().any(|client| client.to.contains(original));
        if comes_with_clients || fragment.holder_of(original).is_some() {
            continue;
        }
        let of_the_original = design.groups.contains_key(*original);
        for (client, value) in &design.clients {
            if !of_the_original || value.to.contains(original) {
                draft.connect(client, copy);
            }
        }
    }
    for note in fragment.notes.values() {
        let value = Note { at: note.at + by, locked: false, ..note.clone() };
        let (note, index) = (fresh_note(&draft.design), draft.design.notes.len());
        draft.perform(Command::AddNote { note: note.clone(), value, index });
        pasted.notes.push(note);
    }
    Some((pasted, draft.finish()?))
}

/// Puts loose machines in a new group, to which all clients send. `None` if none of them is loose.
pub fn group_machines(design: &Design, machines: &[MachineId], value: Group) -> Option<(GroupId, Command)> {
    let mut draft = Draft::of(design);
    let group = fresh_group(design);
    draft.add_group(group.clone(), value);
    let mut any = false;
    for machine in machines {
        let loose = design.machines.get(machine).and_then(|machine| machine.at);
        if let Some(at) = loose.filter(|_| design.seat_of(machine).is_none()) {
            let to = draft.seat_for(&Target::Group(group.clone()))?;
            let from = crate::command::Place::Loose(at);
            draft.perform(Command::MoveMachine { machine: machine.clone(), from, to });
            any = true;
        }
    }
    any.then_some(())?;
    Some((group, draft.finish()?))
}

/// Takes a group away and leaves its machines on the canvas, each where `place` says. `None` if it is not
/// in the design.
pub fn ungroup(design: &Design, group: &GroupId, place: impl Fn(&MachineId) -> Point) -> Option<Command> {
    let mut draft = Draft::of(design);
    let seats = &design.groups.get(group)?.seats;
    for (seat, member) in seats.iter().enumerate() {
        match member {
            Some(Member::Machine(machine)) => {
                let from = crate::command::Place::Seat { group: group.clone(), seat };
                let to = crate::command::Place::Loose(place(machine));
                draft.perform(Command::MoveMachine { machine: machine.clone(), from, to });
            }
            Some(Member::Group(inner)) => {
                let from = Some(Seat { group: group.clone(), seat });
                draft.perform(Command::SeatGroup { group: inner.clone(), from, to: None });
            }
            None => {}
        }
    }
    draft.close_end(group);
    draft.remove_group(group)?;
    draft.finish()
}
