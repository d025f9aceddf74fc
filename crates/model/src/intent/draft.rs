//! A design on its way: what is to be done is tried on a copy.

use crate::by_hand::ByHand;
use crate::command::{Command, Place, Seat};
use crate::design::Design;
use crate::group::{Group, Layout};
use crate::id::{ClientId, GroupId, MachineId};
use crate::intent::{Target, place_of};
use crate::layout;
use crate::machine::{Machine, Point};
use crate::member::Member;

/// A design as it will be, and the commands that make it so.
pub(super) struct Draft {
    pub(super) design: Design,
    commands: Vec<Command>,
}

impl Draft {
    pub(super) fn of(design: &Design) -> Draft {
        Draft { design: design.clone(), commands: Vec::new() }
    }

    pub(super) fn perform(&mut self, command: Command) {
        command.apply(&mut self.design);
        self.commands.push(command);
    }

    /// All that was done, as one command; `None` if it was nothing.
    ///
    /// What was changed by hand and names something that is gone now is cleaned up with it.
    pub(super) fn finish(mut self) -> Option<Command> {
        if !self.commands.is_empty() {
            let groups: Vec<GroupId> = self.design.groups.keys().cloned().collect();
            for group in groups {
                let cleaned = layout::clean(&self.design, &self.design.groups[&group]);
                self.set_by_hand(&group, cleaned);
            }
        }
        match self.commands.len() {
            0 | 1 => self.commands.pop(),
            _ => Some(Command::Batch(self.commands)),
        }
    }

    /// Changes what was changed by hand in a group of the design.
    pub(super) fn set_by_hand(&mut self, group: &GroupId, to: ByHand) {
        let from = self.design.groups[group].by_hand.clone();
        if from != to {
            let (group, from, to) = (group.clone(), Box::new(from), Box::new(to));
            self.perform(Command::SetByHand { group, from, to });
        }
    }

    /// Moves what has a seat in a group to another seat, which is there and empty.
    pub(super) fn reseat(&mut self, member: &Member, from: Seat, to: Seat) {
        let place = |Seat { group, seat }: Seat| Place::Seat { group, seat };
        self.perform(match member {
            Member::Machine(machine) => {
                Command::MoveMachine { machine: machine.clone(), from: place(from), to: place(to) }
            }
            Member::Group(group) => {
                Command::SeatGroup { group: group.clone(), from: Some(from), to: Some(to) }
            }
        });
    }

    pub(super) fn add(&mut self, machine: MachineId, value: Machine, target: &Target) {
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

    pub(super) fn remove(&mut self, machine: &MachineId) {
        let Some(place) = place_of(&self.design, machine) else { return };
        let Some((index, _, value)) = self.design.machines.get_full(machine) else { return };
        let value = value.clone();
        self.perform(Command::RemoveMachine { machine: machine.clone(), value, place: place.clone(), index });
        self.tidy(&place);
    }

    pub(super) fn add_group(&mut self, group: GroupId, value: Group) {
        let index = self.design.groups.len();
        self.perform(Command::AddGroup { group: group.clone(), value, index });
        let clients: Vec<ClientId> = self.design.clients.keys().cloned().collect();
        for client in clients {
            self.connect(&client, &group);
        }
    }

    /// Takes away a group that holds no machine, and with it what clients send to it. `None` if it is not in
    /// the design.
    pub(super) fn remove_group(&mut self, group: &GroupId) -> Option<()> {
        let clients: Vec<(ClientId, Vec<GroupId>)> =
            self.design.clients.iter().map(|(client, value)| (client.clone(), value.to.clone())).collect();
        for (client, to) in clients {
            for (index, _) in to.iter().enumerate().rev().filter(|(_, to)| *to == group) {
                self.perform(Command::Disconnect { client: client.clone(), group: group.clone(), index });
            }
        }
        let (index, _, value) = self.design.groups.get_full(group)?;
        let value = value.clone();
        self.perform(Command::RemoveGroup { group: group.clone(), value, index });
        Some(())
    }

    pub(super) fn connect(&mut self, client: &ClientId, group: &GroupId) {
        let index = self.design.clients[client].to.len();
        self.perform(Command::Connect { client: client.clone(), group: group.clone(), index });
    }

    /// The place of somebody who comes to `target` from elsewhere, opened if need be. `None` if the
    /// target's group is not in the design.
    pub(super) fn seat_for(&mut self, target: &Target) -> Option<Place> {
        match target {
            Target::Canvas(at) => Some(Place::Loose(*at)),
            Target::Group(group) => self.free_seat(group, None),
            Target::Seat { group, seat } => self.free_seat(group, Some(*seat)),
            Target::With(machine) => {
                let inner = self.cluster_of(machine)?;
                self.free_seat(&inner, None)
            }
        }
    }

    /// An empty seat of a group, opened if need be. `None` if the group is not in the design.
    pub(super) fn free_seat(&mut self, id: &GroupId, wish: Option<usize>) -> Option<Place> {
        let group = self.design.groups.get(id)?;
        let end = group.seats.len();
        let is_empty = |seat: usize| group.seats.get(seat) == Some(&None);
        let seat = match (group.layout, wish) {
            (_, Some(seat)) if is_empty(seat) => seat,
            (Layout::Distributed, _) | (_, None) => (0..end).find(|seat| is_empty(*seat)).unwrap_or(end),
            (Layout::Cluster | Layout::Microservice | Layout::Free, Some(seat)) => seat.min(end),
        };
        if !is_empty(seat) {
            self.perform(Command::OpenSeat { group: id.clone(), seat });
        }
        Some(Place::Seat { group: id.clone(), seat })
    }

    /// Moves a member within its group.
    pub(super) fn change_seat(&mut self, member: &Member, id: &GroupId, from: usize, to: usize) {
        let seat = |seat| Seat { group: id.clone(), seat };
        let group = &self.design.groups[id];
        let end = group.seats.len();
        let open = |seat| Command::OpenSeat { group: id.clone(), seat };
        let close = |seat| Command::CloseSeat { group: id.clone(), seat };
        if group.layout != Layout::Distributed {
            let to = to.min(end - 1);
            if from == to {
                return;
            }
            // The row closes where the member was and opens where it goes; in between it stands at the end.
            self.perform(open(end));
            self.reseat(member, seat(from), seat(end));
            self.perform(close(from));
            self.perform(open(to));
            self.reseat(member, seat(end), seat(to));
            self.perform(close(end));
            self.close_end(id);
            return;
        }
        match group.seats.get(to) {
            _ if from == to => {}
            Some(Some(other)) => {
                let other = other.clone();
                self.perform(open(end));
                self.reseat(&other, seat(to), seat(end));
                self.reseat(member, seat(from), seat(to));
                self.reseat(&other, seat(end), seat(from));
                self.perform(close(end));
            }
            Some(None) => {
                self.reseat(member, seat(from), seat(to));
                self.close_end(id);
            }
            None => {
                self.perform(open(end));
                self.reseat(member, seat(from), seat(end));
                self.close_end(id);
            }
        }
    }

    /// After a machine has left `place`: closes the seats at the end that nobody sits on.
    pub(super) fn tidy(&mut self, place: &Place) {
        if let Place::Seat { group, .. } = place {
            let group = group.clone();
            self.close_end(&group);
        }
    }

    /// Closes the empty seats at the end of a group.
    pub(super) fn close_end(&mut self, id: &GroupId) {
        let seats = self.design.groups[id].seats.iter().enumerate().rev();
        let empty: Vec<usize> =
            seats.take_while(|(_, seat)| seat.is_none()).map(|(number, _)| number).collect();
        self.close(id, &empty);
    }

    /// Closes all empty seats of a group.
    pub(super) fn close_gaps(&mut self, id: &GroupId) {
        let seats = self.design.groups[id].seats.iter().enumerate().rev();
        let empty: Vec<usize> = seats.filter(|(_, seat)| seat.is_none()).map(|(number, _)| number).collect();
        self.close(id, &empty);
    }

    pub(super) fn close(&mut self, id: &GroupId, seats: &[usize]) {
        for &seat in seats {
            self.perform(Command::CloseSeat { group: id.clone(), seat });
        }
    }
}
