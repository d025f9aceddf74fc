//! Machines: they come, go, and change their place.

use crate::command::{Command, Place};
use crate::design::Design;
use crate::id::MachineId;
use crate::intent::{Draft, Target, fresh_machine, place_of};
use crate::machine::Machine;

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
        (_, Target::With(other)) if other == machine || is_beside(design, machine, other) => return None,
        (Place::Seat { group, seat }, Target::Seat { group: to, seat: to_seat }) if group == to => {
            draft.change_seat(&machine.clone().into(), group, *seat, *to_seat);
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

/// Whether two machines are in the same group within a group already.
fn is_beside(design: &Design, machine: &MachineId, other: &MachineId) -> bool {
    let group = |machine| design.seat_of(machine).map(|(group, _)| group);
    group(machine).is_some_and(|own| design.holder_of(own).is_some() && group(other) == Some(own))
}
