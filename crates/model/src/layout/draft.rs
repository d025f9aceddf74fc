//! A deployment as it comes about: services with copies on seats, before the seats are machines.

use crate::deployment::{Instance, Service};
use crate::design::Design;
use crate::group::{Capacity, Group};
use crate::id::{FunctionId, GroupId, InstanceId, MachineId, ServiceId};
use crate::member::Member;
use crate::text::Text;

/// What a seat offers to run something on: a machine, or all machines of a group.
#[derive(Debug, Clone, Default)]
pub struct Berth<'a> {
    /// The group, if it is one.
    pub group: Option<&'a GroupId>,
    /// Its machines, by their seats; a machine alone is the only one.
    pub machines: Vec<Option<&'a MachineId>>,
}

impl Berth<'_> {
    /// Whether nothing can run there.
    pub fn is_empty(&self) -> bool {
        self.machines.iter().flatten().next().is_none()
    }
}

/// What the seats of a group offer. A group that is within itself, or in two groups, offers nothing.
pub fn berths<'a>(design: &'a Design, group: &'a Group) -> Vec<Berth<'a>> {
    group.seats.iter().map(|seat| berth(design, seat.as_ref())).collect()
}

fn berth<'a>(design: &'a Design, seat: Option<&'a Member>) -> Berth<'a> {
    match seat {
        None => Berth::default(),
        Some(Member::Machine(machine)) => Berth { group: None, machines: vec![Some(machine)] },
        Some(Member::Group(id)) => {
            let mut machines = Vec::new();
            // A group that is held once, by somebody who is held by nobody in the end, is in no circle.
            if design.outermost(id).is_some() {
                collect(design, id, &mut machines);
            }
            Berth { group: Some(id), machines }
        }
    }
}

/// The machines of a group that is in no circle, by seat.
fn collect<'a>(design: &'a Design, id: &GroupId, machines: &mut Vec<Option<&'a MachineId>>) {
    let holders = design.groups.values().flat_map(Group::groups).filter(|held| *held == id).count();
    let Some(group) = design.groups.get(id).filter(|_| holders == 1) else { return };
    for seat in &group.seats {
        match seat {
            None => machines.push(None),
            Some(Member::Machine(machine)) => machines.push(Some(machine)),
            Some(Member::Group(inner)) => collect(design, inner, machines),
        }
    }
}

/// A service whose copies are on seats.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name.
    pub id: ServiceId,
    /// What it is called.
    pub title: Option<Text>,
    /// What it holds.
    pub functions: Vec<FunctionId>,
    /// Workers and queue of each copy.
    pub capacity: Capacity,
    /// Whether a worker is free while its function waits.
    pub nonblocking: bool,
    /// Who owns it.
    pub team: Option<String>,
    /// Its copies, by number.
    pub copies: Vec<Copy>,
    /// Whether a person changed what it holds or how many there are.
    pub by_hand: bool,
}

/// A copy of a service on a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Its number, from 1.
    pub number: u32,
    /// The seat it is on.
    pub seat: usize,
    /// Whether a person put it there.
    pub by_hand: bool,
}

impl Copy {
    /// A copy that a layout puts on a seat.
    pub fn on(number: usize, seat: usize) -> Copy {
        Copy { number: u32::try_from(number).unwrap_or(u32::MAX), seat, by_hand: false }
    }
}

impl Draft {
    /// The service with its copies on machines: one on the machine of the seat, or one on each machine of
    /// the group that has it. The first of those keeps the copy's number, the others are numbered behind
    /// all copies.
    pub fn settle(self, group: &GroupId, berths: &[Berth]) -> Service {
        let mut last = self.copies.iter().map(|copy| copy.number).max().unwrap_or(0);
        let mut instances = Vec::new();
        for copy in &self.copies {
            let Some(berth) = berths.get(copy.seat) else { continue };
            for (place, machine) in berth.machines.iter().enumerate() {
                let number = if place == 0 {
                    copy.number
                } else {
                    last += 1;
                    last
                };
                if let Some(machine) = machine {
                    let id = InstanceId { group: group.clone(), service: self.id.clone(), number };
                    let machine = (*machine).clone();
                    instances.push(Instance { id, machine, by_hand: copy.by_hand });
                }
            }
        }
        instances.sort_by_key(|instance| instance.id.number);
        let seats = || self.copies.iter().filter_map(|copy| berths.get(copy.seat));
        let inner = seats().next().and_then(|berth| berth.group);
        let balanced_by = inner.filter(|inner| seats().all(|berth| berth.group == Some(*inner))).cloned();
        Service {
            id: self.id,
            title: self.title,
            functions: self.functions,
            capacity: self.capacity,
            nonblocking: self.nonblocking,
            team: self.team,
            instances,
            balanced_by,
            by_hand: self.by_hand,
        }
    }
}
