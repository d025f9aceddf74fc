//! What a drop would do, and doing it.

use std::collections::BTreeSet;

use archlab_model::command::Command;
use archlab_model::{GroupId, Layout, MachineId, Point, Target, intent, layout};

use crate::editor::geometry::Rect;
use crate::editor::grasp::{Grasp, HandEffect};
use crate::editor::input::Piece;
use crate::editor::moving::{reached, shifted};
use crate::editor::scene::{MACHINE_WIDTH, Part};
use crate::editor::snap::{Guide, Snapped, Snapping, to_grid};
use crate::editor::tools::Tool;
use crate::editor::{Editor, drafted};

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
                let Some(group) = self.scene.group_at(at).cloned() else {
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
                let first = || self.design.groups.keys().next();
                let group = self.scene.group_at(at).or_else(first)?.clone();
                Some(DropEffect::Sends { group })
            }
            Tool::Placing { piece, .. } => {
                let target = self.target(at);
                let (machine, command) = intent::add_machine(&self.design, piece.machine()?, &target);
                Some(self.effect_of(&machine, &command))
            }
            Tool::Dragging { start, .. } => {
                let parts = self.tool.dragged();
                let command = self.dropped(&parts, at - *start, at)?;
                let machines: Vec<&MachineId> = parts.iter().filter_map(machine_of).collect();
                match machines.as_slice() {
                    [] => None,
                    [machine] => Some(self.effect_of(machine, &command)),
                    machines => Some(self.effect_of_several(machines, &command)),
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
            Layout::Cluster => DropEffect::Replica { group: id, number: seat + 1 },
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
    pub(super) fn drag(&self) -> Option<(BTreeSet<Part>, Snapped)> {
        let Tool::Dragging { start, now, .. } = &self.tool else { return None };
        let parts = self.tool.dragged();
        let snapped = self.snapped_drag(&parts, *now - *start, *now);
        Some((parts.iter().flat_map(|part| self.scene.with_content(part)).collect(), snapped))
    }

    /// Where the copies that are being dragged would lie; none while nothing is copied.
    pub fn ghosts(&self) -> Vec<Rect> {
        let Some((_, snapped)) = self.drag().filter(|_| self.held.alt) else { return Vec::new() };
        let dragged = self.tool.dragged();
        let boxes = dragged.iter().filter_map(|part| self.scene.boxes.get(part));
        boxes.map(|rect| rect.moved(snapped.by)).collect()
    }

    /// The lines that what is dragged meets.
    pub fn guides(&self) -> Vec<Guide> {
        self.drag().map(|(_, snapped)| snapped.guides).unwrap_or_default()
    }

    /// A drag of `parts` by `by`, snapped. What goes into a group snaps to nothing.
    pub(super) fn snapped_drag(&self, parts: &[Part], by: Point, at: Point) -> Snapped {
        let boxes = || parts.iter().filter_map(|part| self.scene.boxes.get(part)).copied();
        let (Some(lead), Some(area)) = (boxes().next(), boxes().reduce(|all, rect| all.union(rect))) else {
            return Snapped::default();
        };
        let only_machines = parts.iter().all(|part| machine_of(part).is_some());
        let is_one_row = matches!(parts, [Part::Instance(_)]);
        if by == Point::default() || is_one_row || only_machines && self.joined_group(parts, at).is_some() {
            return Snapped { by, guides: Vec::new() };
        }
        let moved = parts.iter().flat_map(|part| self.scene.with_content(part)).collect();
        let snapping =
            Snapping { to_grid: self.snaps_to_grid, is_off: self.held.control, zoom: self.camera.zoom };
        snapping.snap(&self.scene, &moved, area, lead.corner(), by)
    }

    /// The group that machines among `parts` would go to.
    fn joined_group(&self, parts: &[Part], at: Point) -> Option<GroupId> {
        let group = self.scene.group_at(at)?;
        (!parts.contains(&Part::Group(group.clone()))).then(|| group.clone())
    }

    /// What letting go of `parts` does: the first is the one that the hand took hold of, and the one that
    /// snaps.
    fn dropped(&self, parts: &[Part], by: Point, at: Point) -> Option<Command> {
        // A part can be gone, for an undo or a fault came in between press and release; or be back home,
        // which need not lie on the grid.
        let there: Vec<&Part> = parts.iter().filter(|part| self.scene.boxes.contains_key(*part)).collect();
        if there.is_empty() || by == Point::default() {
            return None;
        }
        let by = self.snapped_drag(parts, by, at).by;
        let group = self.joined_group(parts, at);
        drafted(&self.design, there.iter().copied(), &mut |design, part| match (part, &group) {
            (Part::Machine(machine), Some(group)) => {
                intent::move_machine(design, machine, &Target::Group(group.clone()))
            }
            (Part::Machine(machine), None) => {
                let corner = self.scene.boxes.get(part)?.corner();
                intent::move_machine(design, machine, &Target::Canvas(reached(corner + by)))
            }
            _ => shifted(design, part, by),
        })
    }
}

fn machine_of(part: &Part) -> Option<&MachineId> {
    match part {
        Part::Machine(machine) => Some(machine),
        _ => None,
    }
}
