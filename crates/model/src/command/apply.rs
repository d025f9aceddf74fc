//! Making a change, and turning it round.

use crate::client::Client;
use crate::command::{Command, Lockable, Place, Seat};
use crate::design::Design;
use crate::group::Group;
use crate::id::{ClientId, GroupId, MachineId, NoteId};
use crate::machine::Machine;
use crate::member::Member;
use crate::note::Note;

impl Command {
    /// Makes the change.
    pub fn apply(&self, design: &mut Design) {
        match self {
            Command::AddMachine { machine, value, place, index } => {
                assert!(!design.machines.contains_key(machine), "{machine} is there already");
                design.machines.shift_insert(*index, machine.clone(), value.clone());
                put(design, machine, place);
            }
            Command::RemoveMachine { machine, place, .. } => {
                take(design, machine, place);
                design.machines.shift_remove(machine);
            }
            Command::MoveMachine { machine, from, to } => {
                take(design, machine, from);
                put(design, machine, to);
            }
            Command::SetHardware { machine, to, .. } => {
                let machine = machine_mut(design, machine);
                (machine.cores, machine.speed, machine.zone) = (to.cores, to.speed, to.zone.clone());
            }
            Command::SetMachine { machine, to, .. } => {
                let machine = machine_mut(design, machine);
                let (title, at, locked) = (machine.title.clone(), machine.at, machine.locked);
                *machine = Machine { title, at, locked, ..to.clone() };
            }
            Command::OpenSeat { group, seat } => group_mut(design, group).seats.insert(*seat, None),
            Command::CloseSeat { group, seat } => {
                let closed = group_mut(design, group).seats.remove(*seat);
                assert_eq!(closed, None, "a seat is closed when it is empty");
            }
            Command::AddGroup { group, value, index } => {
                assert!(!design.groups.contains_key(group), "{group} is there already");
                design.groups.shift_insert(*index, group.clone(), value.clone());
            }
            Command::RemoveGroup { group, .. } => {
                design.groups.shift_remove(group).expect("removes a group of this design");
            }
            Command::MoveGroup { group, to, .. } => group_mut(design, group).at = *to,
            Command::SetLayout { group, to, .. } => group_mut(design, group).layout = *to,
            Command::SetPolicies { group, to, .. } => group_mut(design, group).policies = (**to).clone(),
            Command::AddClient { client, value, index } => {
                assert!(!design.clients.contains_key(client), "{client} is there already");
                design.clients.shift_insert(*index, client.clone(), value.clone());
            }
            Command::RemoveClient { client, .. } => {
                design.clients.shift_remove(client).expect("removes clients of this design");
            }
            Command::SetByHand { group, to, .. } => group_mut(design, group).by_hand = (**to).clone(),
            Command::SeatGroup { group, from, to } => {
                let member = Member::Group(group.clone());
                if let Some(seat) = from {
                    vacate(design, &member, seat);
                }
                if let Some(seat) = to {
                    occupy(design, member, seat);
                }
            }
            Command::MoveClient { client, to, .. } => client_mut(design, client).at = *to,
            Command::SetLoad { client, to, .. } => client_mut(design, client).load = to.clone(),
            Command::Connect { client, group, index } => {
                client_mut(design, client).to.insert(*index, group.clone());
            }
            Command::Disconnect { client, group, index } => {
                let left = client_mut(design, client).to.remove(*index);
                assert_eq!(left, *group, "clients leave the group they sent to");
            }
            Command::RenameDesign { to, .. } => design.title = to.clone(),
            Command::RenameGroup { group, to, .. } => group_mut(design, group).title = to.clone(),
            Command::RenameMachine { machine, to, .. } => machine_mut(design, machine).title = to.clone(),
            Command::RenameClient { client, to, .. } => client_mut(design, client).title = to.clone(),
            Command::AddNote { note, value, index } => {
                assert!(!design.notes.contains_key(note), "{note} is there already");
                design.notes.shift_insert(*index, note.clone(), value.clone());
            }
            Command::RemoveNote { note, .. } => {
                design.notes.shift_remove(note).expect("removes a note of this design");
            }
            Command::SetNote { note, to, .. } => *note_mut(design, note) = to.clone(),
            Command::SetLocked { part, to, .. } => *lock_mut(design, part) = *to,
            Command::SetClient { client, to, .. } => {
                let client = client_mut(design, client);
                let (title, at, locked) = (client.title.clone(), client.at, client.locked);
                *client = Client { title, at, locked, ..(**to).clone() };
            }
            Command::SetNetwork { to, .. } => design.network = to.clone(),
            Command::SetScenario { to, .. } => design.scenario = (**to).clone(),
            Command::SetBusiness { to, .. } => design.business = (**to).clone(),
            Command::Open { to, .. } => *design = to.design.clone(),
            Command::Batch(commands) => commands.iter().for_each(|command| command.apply(design)),
        }
    }

    /// The change back: applied after this one, it leaves the design as it was.
    #[must_use]
    pub fn inverse(&self) -> Command {
        match self.clone() {
            Command::AddMachine { machine, value, place, index } => {
                Command::RemoveMachine { machine, value, place, index }
            }
            Command::RemoveMachine { machine, value, place, index } => {
                Command::AddMachine { machine, value, place, index }
            }
            Command::MoveMachine { machine, from, to } => {
                Command::MoveMachine { machine, from: to, to: from }
            }
            Command::SetHardware { machine, from, to } => {
                Command::SetHardware { machine, from: to, to: from }
            }
            Command::SetMachine { machine, from, to } => Command::SetMachine { machine, from: to, to: from },
            Command::OpenSeat { group, seat } => Command::CloseSeat { group, seat },
            Command::CloseSeat { group, seat } => Command::OpenSeat { group, seat },
            Command::AddGroup { group, value, index } => Command::RemoveGroup { group, value, index },
            Command::RemoveGroup { group, value, index } => Command::AddGroup { group, value, index },
            Command::MoveGroup { group, from, to } => Command::MoveGroup { group, from: to, to: from },
            Command::SetLayout { group, from, to } => Command::SetLayout { group, from: to, to: from },
            Command::SetPolicies { group, from, to } => Command::SetPolicies { group, from: to, to: from },
            Command::AddClient { client, value, index } => Command::RemoveClient { client, value, index },
            Command::RemoveClient { client, value, index } => Command::AddClient { client, value, index },
            Command::SetByHand { group, from, to } => Command::SetByHand { group, from: to, to: from },
            Command::SeatGroup { group, from, to } => Command::SeatGroup { group, from: to, to: from },
            Command::MoveClient { client, from, to } => Command::MoveClient { client, from: to, to: from },
            Command::SetLoad { client, from, to } => Command::SetLoad { client, from: to, to: from },
            Command::Connect { client, group, index } => Command::Disconnect { client, group, index },
            Command::Disconnect { client, group, index } => Command::Connect { client, group, index },
            Command::RenameDesign { from, to } => Command::RenameDesign { from: to, to: from },
            Command::RenameGroup { group, from, to } => Command::RenameGroup { group, from: to, to: from },
            Command::RenameMachine { machine, from, to } => {
                Command::RenameMachine { machine, from: to, to: from }
            }
            Command::RenameClient { client, from, to } => {
                Command::RenameClient { client, from: to, to: from }
            }
            Command::AddNote { note, value, index } => Command::RemoveNote { note, value, index },
            Command::RemoveNote { note, value, index } => Command::AddNote { note, value, index },
            Command::SetNote { note, from, to } => Command::SetNote { note, from: to, to: from },
            Command::SetLocked { part, from, to } => Command::SetLocked { part, from: to, to: from },
            Command::SetClient { client, from, to } => Command::SetClient { client, from: to, to: from },
            Command::SetNetwork { from, to } => Command::SetNetwork { from: to, to: from },
            Command::SetScenario { from, to } => Command::SetScenario { from: to, to: from },
            Command::SetBusiness { from, to } => Command::SetBusiness { from: to, to: from },
            Command::Open { from, to } => Command::Open { from: to, to: from },
            Command::Batch(commands) => Command::Batch(commands.iter().rev().map(Command::inverse).collect()),
        }
    }

    /// Whether the change only moves things on the canvas, which no run can notice.
    pub fn is_cosmetic(&self) -> bool {
        match self {
            Command::MoveMachine { from: Place::Loose(_), to: Place::Loose(_), .. }
            | Command::MoveGroup { .. }
            | Command::MoveClient { .. }
            | Command::AddNote { .. }
            | Command::RemoveNote { .. }
            | Command::SetNote { .. }
            | Command::SetLocked { .. }
            | Command::RenameDesign { .. }
            | Command::RenameGroup { .. }
            | Command::RenameMachine { .. }
            | Command::RenameClient { .. } => true,
            Command::SetBusiness { from, to } => from.differs_in_titles_only(to),
            Command::SetByHand { from, to, .. } => from.runs_like(to),
            Command::Batch(commands) => commands.iter().all(Command::is_cosmetic),
            _ => false,
        }
    }
}

/// Puts a machine at a place: loose, or in a seat that is there and empty.
fn put(design: &mut Design, machine: &MachineId, place: &Place) {
    match place {
        Place::Loose(at) => machine_mut(design, machine).at = Some(*at),
        Place::Seat { group, seat } => {
            occupy(design, machine.clone().into(), &Seat { group: group.clone(), seat: *seat });
        }
    }
}

/// Takes a machine from a place.
fn take(design: &mut Design, machine: &MachineId, place: &Place) {
    match place {
        Place::Loose(_) => machine_mut(design, machine).at = None,
        Place::Seat { group, seat } => {
            vacate(design, &machine.clone().into(), &Seat { group: group.clone(), seat: *seat });
        }
    }
}

fn occupy(design: &mut Design, member: Member, Seat { group, seat }: &Seat) {
    let seat = &mut group_mut(design, group).seats[*seat];
    assert_eq!(*seat, None, "a member takes an empty seat");
    *seat = Some(member);
}

fn vacate(design: &mut Design, member: &Member, Seat { group, seat }: &Seat) {
    let seat = group_mut(design, group).seats[*seat].take();
    assert_eq!(seat.as_ref(), Some(member), "a member leaves its own seat");
}

fn machine_mut<'a>(design: &'a mut Design, machine: &MachineId) -> &'a mut Machine {
    design.machines.get_mut(machine).expect("changes a machine of this design")
}

fn group_mut<'a>(design: &'a mut Design, group: &GroupId) -> &'a mut Group {
    design.groups.get_mut(group).expect("changes a group of this design")
}

fn client_mut<'a>(design: &'a mut Design, client: &ClientId) -> &'a mut Client {
    design.clients.get_mut(client).expect("changes clients of this design")
}

fn note_mut<'a>(design: &'a mut Design, note: &NoteId) -> &'a mut Note {
    design.notes.get_mut(note).expect("changes a note of this design")
}

fn lock_mut<'a>(design: &'a mut Design, part: &Lockable) -> &'a mut bool {
    match part {
        Lockable::Group(group) => &mut group_mut(design, group).locked,
        Lockable::Machine(machine) => &mut machine_mut(design, machine).locked,
        Lockable::Client(client) => &mut client_mut(design, client).locked,
        Lockable::Note(note) => &mut note_mut(design, note).locked,
    }
}
