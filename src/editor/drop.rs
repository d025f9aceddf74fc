//! What a drop would do, and doing it.

use std::collections::BTreeSet;
use std::rc::Rc;

use archlab_model::command::Command;
use archlab_model::{Design, GroupId, Layout, MachineId, Point, Target, intent, layout};

use crate::editor::Editor;
use crate::editor::geometry::Rect;
use crate::editor::grasp::{Grasp, HandEffect};
use crate::editor::input::Piece;
use crate::editor::moving::reached;
use crate::editor::scene::{MACHINE_WIDTH, Part};
use crate::editor::snap::{Guide, Snapped, to_grid};
use crate::editor::tools::Tool;

/// What a drop would do.
#[derive(Debug, Clone, PartialEq)]
pub enum DropEffect {
    /// The machine runs one more copy: the `number`-th of the whole application.
    Replica {
        /// Of which group.
        group: GroupId,
        /// Its number.
        number: usize,
    },
    /// The machine takes a module.
    Module {
        /// Of which group.
        group: GroupId,
        /// The service that the module is, by its name.
        module: String,
    },
    /// The machine hosts some of the microservices.
    Hosts {
        /// Of which group.
        group: GroupId,
        /// How many instances.
        instances: usize,
    },
    /// The machine joins a group that gives it nothing to run.
    Idle {
        /// The group.
        group: GroupId,
    },
    /// Several machines join a group.
    Joins {
        /// The group.
        group: GroupId,
        /// How many.
        machines: usize,
    },
    /// The group gets a store, or its stores become something else.
    Gets {
        /// The group.
        group: GroupId,
        /// What it gets.
        piece: Piece,
    },
    /// The group has it already.
    HasIt {
        /// The group.
        group: GroupId,
    },
    /// The clients send to it.
    Sends {
        /// The group.
        group: GroupId,
    },
    /// The group becomes a cluster that has a seat in another group.
    Node {
        /// The other group.
        group: GroupId,
        /// The number of the seat.
        number: usize,
        /// The service that its machines run, by name, if that is one only.
        module: Option<String>,
    },
    /// The group holds machines only: nothing but the place of what is let go of changes.
    HoldsMachines {
        /// The group.
        group: GroupId,
    },
    /// It goes into a group only.
    NeedsGroup,
    /// What a layout made is changed by hand.
    ByHand(HandEffect),
    /// The machine leaves its group, or several do.
    Leaves,
    /// Nothing but its place changes.
    Moves,
}

impl Editor {
    /// What letting go now would do; nothing while nothing is dragged or placed.
    pub fn drop_effect(&self) -> Option<DropEffect> {
        let at = self.tool.over()?;
        if let Some(outcome) = self.outcome() {
            return Some(DropEffect::ByHand(outcome.effect));
        }
        match &self.tool {
            Tool::Placing { piece, .. } if piece.is_for_a_group() => {
                let Some(group) = self.deploying_group_at(at) else {
                    return Some(DropEffect::NeedsGroup);
                };
                let has_it = piece.given_to(&self.design, &group).is_none();
                Some(if has_it {
                    DropEffect::HasIt { group }
                } else {
                    DropEffect::Gets { group, piece: *piece }
                })
            }
            Tool::Placing { piece, .. } if piece.clients(Vec::new(), at).is_some() => {
                let first = || self.design.outer_groups().next().map(|(id, _)| id.clone());
                let group = self.deploying_group_at(at).or_else(first)?;
                Some(DropEffect::Sends { group })
            }
            Tool::Placing { piece, .. } if piece.layout().is_some() => {
                let group = self.holder_at(at)?;
                let seats = &self.design.groups.get(&group)?.seats;
                let seat = seats.iter().position(Option::is_none).unwrap_or(seats.len());
                Some(DropEffect::Node { group, number: seat + 1, module: None })
            }
            Tool::Placing { piece, .. } => {
                let target = self.target(at);
                let (machine, command) = intent::add_machine(&self.design, piece.machine()?, &target);
                Some(self.effect_of(&machine, &command))
            }
            Tool::Dragging { start, .. } => {
                let parts = self.tool.dragged();
                let command = self.dropped(&parts, at - *start, at);
                let machines: Vec<&MachineId> = parts.iter().filter_map(machine_of).collect();
                match (parts.as_slice(), machines.as_slice()) {
                    ([Part::Group(group)], _) => self.effect_of_group(group, command.as_ref(), at),
                    (_, []) => None,
                    (_, [machine]) => Some(self.effect_of(machine, &command?)),
                    (_, machines) => Some(self.effect_of_several(machines, &command?)),
                }
            }
            _ => None,
        }
    }

    fn effect_of(&self, machine: &MachineId, command: &Command) -> DropEffect {
        let mut after = self.design.clone();
        command.apply(&mut after);
        let Some((group, seat)) = after.seat_of(machine) else {
            let was_inside = self.design.seat_of(machine).is_some();
            return if was_inside { DropEffect::Leaves } else { DropEffect::Moves };
        };
        if self.design.seat_of(machine).is_some_and(|(before, _)| before == group) {
            return DropEffect::Moves;
        }
        let id = group.clone();
        let deployment = layout::deploy(&after, &id, &after.groups[&id]);
        let here = |service: &&archlab_model::Service| {
            service.instances.iter().any(|instance| instance.machine == *machine)
        };
        match after.groups[&id].layout {
            Layout::Cluster => {
                // A group on a seat has as many copies as machines; in such a group they are counted for themselves.
                let mut instances = deployment.services.iter().flat_map(|service| &service.instances);
                let named = instances.find(|instance| instance.machine == *machine);
                let number = named.map_or(seat + 1, |instance| instance.id.number as usize);
                DropEffect::Replica { group: id, number }
            }
            Layout::Distributed => match deployment.services.iter().find(here) {
                Some(service) => DropEffect::Module { group: id, module: service.id.to_string() },
                None => DropEffect::Idle { group: id },
            },
            Layout::Microservice | Layout::Free => {
                let instances = deployment.services.iter().flat_map(|service| &service.instances);
                let instances = instances.filter(|instance| instance.machine == *machine).count();
                DropEffect::Hosts { group: id, instances }
            }
        }
    }

    fn effect_of_group(&self, group: &GroupId, command: Option<&Command>, at: Point) -> Option<DropEffect> {
        let mut after = self.design.clone();
        if let Some(command) = command {
            command.apply(&mut after);
        }
        let before = self.design.holder_of(group).map(|(holder, _)| holder);
        match after.holder_of(group) {
            Some((holder, seat)) if Some(holder) != before => {
                let number = seat + 1;
                Some(DropEffect::Node { group: holder.clone(), number, module: module_of(&after, group) })
            }
            None if before.is_some() => Some(DropEffect::Leaves),
            _ => {
                let dragged = [Part::Group(group.clone())];
                let over = self.group_under(at, &dragged).filter(|over| Some(over) != before);
                over.map(|group| DropEffect::HoldsMachines { group })
            }
        }
    }

    fn effect_of_several(&self, machines: &[&MachineId], command: &Command) -> DropEffect {
        let mut after = self.design.clone();
        command.apply(&mut after);
        let before = |machine: &MachineId| self.design.seat_of(machine).map(|(group, _)| group);
        let joined = |machine: &&&MachineId| {
            let group = after.seat_of(machine).map(|(group, _)| group);
            group.is_some() && group != before(machine)
        };
        let left = |machine: &&MachineId| before(machine).is_some() && after.seat_of(machine).is_none();
        let joining = machines.iter().filter(joined).count();
        let group = machines.iter().find(joined).and_then(|machine| after.seat_of(machine));
        match group {
            Some((group, _)) => DropEffect::Joins { group: group.clone(), machines: joining },
            None if machines.iter().any(left) => DropEffect::Leaves,
            None => DropEffect::Moves,
        }
    }

    /// The outermost group at a point: the one that has stores, and that clients send to.
    pub(super) fn deploying_group_at(&self, at: Point) -> Option<GroupId> {
        self.scene.group_at(at).map(|id| self.scene.outermost(id).clone())
    }

    pub(super) fn target(&self, at: Point) -> Target {
        match self.seen_scene().group_at(at) {
            Some(group) => Target::Group(group.clone()),
            None => Target::Canvas(to_grid(reached(at) - Point::new(MACHINE_WIDTH / 2.0, 16.0))),
        }
    }

    /// Lets go of parts: machines go where the pointer is, the others where they are seen.
    pub(super) fn drop_parts(&mut self, parts: &[Part], by: Point, at: Point) {
        if let ([Part::Instance(instance)], false) = (parts, self.held.alt) {
            if let Some(outcome) = self.outcome_at(&Grasp::Instance(instance.clone()), at) {
                self.carry_out(outcome);
            }
        } else if self.held.alt {
            self.drop_copies(parts, by, at);
        } else if let Some(command) = self.dropped(parts, by, at) {
            self.perform(command);
        }
    }

    /// The parts that are being dragged or copied, with all that goes with them, and how far.
    pub(super) fn drag(&self) -> Option<(Rc<BTreeSet<Part>>, Snapped)> {
        let Tool::Dragging { start, now, .. } = &self.tool else { return None };
        let parts = self.tool.dragged();
        let snapped = self.snapped_drag(&parts, *now - *start, *now);
        Some((self.taken(&parts), snapped))
    }

    /// Where the copies that are being dragged would lie; none while nothing is copied.
    pub fn ghosts(&self) -> Vec<Rect> {
        if !self.held.alt {
            return Vec::new();
        }
        let Some((_, snapped)) = self.drag() else { return Vec::new() };
        let dragged = self.tool.dragged();
        let boxes = dragged.iter().filter_map(|part| self.scene.boxes.get(part));
        boxes.map(|rect| rect.moved(snapped.by)).collect()
    }

    /// The lines that what is dragged meets.
    pub fn guides(&self) -> Vec<Guide> {
        self.drag().map(|(_, snapped)| snapped.guides).unwrap_or_default()
    }
}

/// The service that the machines of a group within a group run, if it is one only.
fn module_of(design: &Design, inner: &GroupId) -> Option<String> {
    let outer = design.outermost(inner)?;
    let deployment = layout::deploy(design, outer, design.groups.get(outer)?);
    let here = |service: &&archlab_model::Service| service.balanced_by.as_ref() == Some(inner);
    let mut services = deployment.services.iter().filter(here);
    let only = services.next()?;
    services.next().is_none().then(|| only.id.to_string())
}

fn machine_of(part: &Part) -> Option<&MachineId> {
    match part {
        Part::Machine(machine) => Some(machine),
        _ => None,
    }
}
