//! What a person wants with machines and groups, as the command that does it.
//!
//! A seat is a machine's standing in its group: the module it runs in a distributed layout, the number
//! of its copy in a cluster. So a machine that leaves leaves a gap, which the next one takes, and the
//! others stay what they are. A switch of the layout closes the gaps.

use crate::command::{Command, Place};
use crate::design::Design;
use crate::group::{Group, Layout};
use crate::id::{ClientId, GroupId, MachineId};
use crate::machine::{Machine, Point};
use crate::text::Text;

/// Where a person lets go of a machine.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// On the canvas, in no group.
    Canvas(Point),
    /// Somewhere in a group: it takes the first empty seat, else a new one at the end.
    Group(GroupId),
    /// On a seat of a group. If somebody sits there: in a distributed layout two machines of the
    /// group change seats, and a stranger is treated as let go of somewhere in the group; in the other
    /// layouts the row opens there.
    Seat {
        /// The group.
        group: GroupId,
        /// The seat's number, from 0; one beyond the last is the end.
        seat: usize,
    },
}

/// Adds a machine of a fresh name.
pub fn add_machine(design: &Design, value: Machine, target: &Target) -> (MachineId, Command) {
    let mut draft = Draft::of(design);
    let machine = fresh_machine(&draft.design);
    draft.add(machine.clone(), value, target);
    (machine, draft.finish().expect("a machine was added"))
}

/// Moves a machine. `None` if it is where it should be, or not in the design, or the target is not.
pub fn move_machine(design: &Design, machine: &MachineId, target: &Target) -> Option<Command> {
    let from = place_of(design, machine)?;
    let mut draft = Draft::of(design);
    match (&from, target) {
        (Place::Loose(from_at), Target::Canvas(at)) if from_at == at => return None,
        (Place::Seat { group, .. }, Target::Group(to)) if group == to => return None,
        (Place::Seat { group, seat }, Target::Seat { group: to, seat: to_seat }) if group == to => {
            draft.change_seat(machine, group, *seat, *to_seat);
        }
        _ => {
            let to = draft.seat_for(target)?;
            draft.perform(Command::MoveMachine { machine: machine.clone(), from: from.clone(), to });
            draft.tidy(&from);
        }
    }
    draft.finish()
}

/// Removes a machine from the design. `None` if it is not in it.
pub fn remove_machine(design: &Design, machine: &MachineId) -> Option<Command> {
    remove_machines(design, std::slice::from_ref(machine))
}

/// Removes several machines from the design, in one step.
pub fn remove_machines(design: &Design, machines: &[MachineId]) -> Option<Command> {
    let mut draft = Draft::of(design);
    for machine in machines {
        draft.remove(machine);
    }
    draft.finish()
}

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
    let value = Group { title, layout, at, seats: Vec::new(), policies: original.policies.clone() };
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
    for (client, value) in &design.clients {
        for (index, _) in value.to.iter().enumerate().rev().filter(|(_, to)| *to == group) {
            draft.perform(Command::Disconnect { client: client.clone(), group: group.clone(), index });
        }
    }
    let (index, _, value) = draft.design.groups.get_full(group)?;
    let value = value.clone();
    draft.perform(Command::RemoveGroup { group: group.clone(), value, index });
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

/// Where a machine is. `None` if it is not in the design.
pub fn place_of(design: &Design, machine: &MachineId) -> Option<Place> {
    let value = design.machines.get(machine)?;
    Some(match design.seat_of(machine) {
        Some((group, seat)) => Place::Seat { group: group.clone(), seat },
        None => Place::Loose(value.at.unwrap_or_default()),
    })
}

/// A name that no machine has: `machine-1`, or the first number that is free.
pub fn fresh_machine(design: &Design) -> MachineId {
    fresh("machine", |name: &MachineId| design.machines.contains_key(name) || design.seat_of(name).is_some())
}

/// A name that no group has, and no client sends to.
pub fn fresh_group(design: &Design) -> GroupId {
    let awaited = |name: &GroupId| design.clients.values().any(|client| client.to.contains(name));
    fresh("group", |name: &GroupId| design.groups.contains_key(name) || awaited(name))
}

fn fresh<T: std::str::FromStr>(stem: &str, taken: impl Fn(&T) -> bool) -> T {
    (1u64..)
        .filter_map(|number| format!("{stem}-{number}").parse().ok())
        .find(|name| !taken(name))
        .expect("a design is finite")
}

/// A design as it will be, and the commands that make it so.
struct Draft {
    design: Design,
    commands: Vec<Command>,
}

impl Draft {
    fn of(design: &Design) -> Draft {
        Draft { design: design.clone(), commands: Vec::new() }
    }

    fn perform(&mut self, command: Command) {
        command.apply(&mut self.design);
        self.commands.push(command);
    }

    /// All that was done, as one command; `None` if it was nothing.
    fn finish(mut self) -> Option<Command> {
        match self.commands.len() {
            0 | 1 => self.commands.pop(),
            _ => Some(Command::Batch(self.commands)),
        }
    }

    fn add(&mut self, machine: MachineId, value: Machine, target: &Target) {
        let place = self.seat_for(target).unwrap_or(Place::Loose(Point::default()));
        let value = Machine {
            at: match &place {
                Place::Loose(at) => Some(*at),
                Place::Seat { .. } => None,
            },
            ..value
        };
        let index = self.design.machines.len();
        self.perform(Command::AddMachine { machine, value, place, index });
    }

    fn remove(&mut self, machine: &MachineId) {
        let Some(place) = place_of(&self.design, machine) else { return };
        let Some((index, _, value)) = self.design.machines.get_full(machine) else { return };
        let value = value.clone();
        self.perform(Command::RemoveMachine { machine: machine.clone(), value, place: place.clone(), index });
        self.tidy(&place);
    }

    fn add_group(&mut self, group: GroupId, value: Group) {
        let index = self.design.groups.len();
        self.perform(Command::AddGroup { group: group.clone(), value, index });
        let clients: Vec<ClientId> = self.design.clients.keys().cloned().collect();
        for client in clients {
            self.connect(&client, &group);
        }
    }

    fn connect(&mut self, client: &ClientId, group: &GroupId) {
        let index = self.design.clients[client].to.len();
        self.perform(Command::Connect { client: client.clone(), group: group.clone(), index });
    }

    /// The place of somebody who comes to `target` from elsewhere, opened if need be. `None` if the
    /// target's group is not in the design.
    fn seat_for(&mut self, target: &Target) -> Option<Place> {
        let (id, wish) = match target {
            Target::Canvas(at) => return Some(Place::Loose(*at)),
            Target::Group(group) => (group, None),
            Target::Seat { group, seat } => (group, Some(*seat)),
        };
        let group = self.design.groups.get(id)?;
        let end = group.seats.len();
        let is_empty = |seat: usize| group.seats.get(seat) == Some(&None);
        let seat = match (group.layout, wish) {
            (_, Some(seat)) if is_empty(seat) => seat,
            (Layout::Distributed, _) | (_, None) => (0..end).find(|seat| is_empty(*seat)).unwrap_or(end),
            (Layout::Cluster | Layout::Microservice, Some(seat)) => seat.min(end),
        };
        if !is_empty(seat) {
            self.perform(Command::OpenSeat { group: id.clone(), seat });
        }
        Some(Place::Seat { group: id.clone(), seat })
    }

    /// Moves a machine within its group.
    fn change_seat(&mut self, machine: &MachineId, id: &GroupId, from: usize, to: usize) {
        let place = |seat| Place::Seat { group: id.clone(), seat };
        let step = |machine: &MachineId, from, to| Command::MoveMachine {
            machine: machine.clone(),
            from: place(from),
            to: place(to),
        };
        let group = &self.design.groups[id];
        if group.layout != Layout::Distributed {
            let to = to.min(group.seats.len() - 1);
            if from == to {
                return;
            }
            // The row closes where the machine was and opens where it goes; in between it stands at
            // the end.
            let end = group.seats.len();
            self.perform(Command::OpenSeat { group: id.clone(), seat: end });
            self.perform(step(machine, from, end));
            self.perform(Command::CloseSeat { group: id.clone(), seat: from });
            self.perform(Command::OpenSeat { group: id.clone(), seat: to });
            self.perform(step(machine, end, to));
            self.perform(Command::CloseSeat { group: id.clone(), seat: end });
            self.close_end(id);
            return;
        }
        match group.seats.get(to) {
            _ if from == to => {}
            Some(Some(other)) => {
                let (other, end) = (other.clone(), group.seats.len());
                self.perform(Command::OpenSeat { group: id.clone(), seat: end });
                self.perform(step(&other, to, end));
                self.perform(step(machine, from, to));
                self.perform(step(&other, end, from));
                self.perform(Command::CloseSeat { group: id.clone(), seat: end });
            }
            Some(None) => {
                self.perform(step(machine, from, to));
                self.close_end(id);
            }
            None => {
                let end = group.seats.len();
                self.perform(Command::OpenSeat { group: id.clone(), seat: end });
                self.perform(step(machine, from, end));
                self.close_end(id);
            }
        }
    }

    /// After a machine has left `place`: closes the seats at the end that nobody sits on.
    fn tidy(&mut self, place: &Place) {
        if let Place::Seat { group, .. } = place {
            let group = group.clone();
            self.close_end(&group);
        }
    }

    /// Closes the empty seats at the end of a group.
    fn close_end(&mut self, id: &GroupId) {
        let seats = self.design.groups[id].seats.iter().enumerate().rev();
        let empty: Vec<usize> =
            seats.take_while(|(_, seat)| seat.is_none()).map(|(number, _)| number).collect();
        self.close(id, &empty);
    }

    /// Closes all empty seats of a group.
    fn close_gaps(&mut self, id: &GroupId) {
        let seats = self.design.groups[id].seats.iter().enumerate().rev();
        let empty: Vec<usize> = seats.filter(|(_, seat)| seat.is_none()).map(|(number, _)| number).collect();
        self.close(id, &empty);
    }

    fn close(&mut self, id: &GroupId, seats: &[usize]) {
        for &seat in seats {
            self.perform(Command::CloseSeat { group: id.clone(), seat });
        }
    }
}
