//! What a drop would do, and doing it.

use archlab_model::command::Command;
use archlab_model::{GroupId, Layout, Machine, MachineId, Point, Target, intent, layout};

use crate::editor::input::Piece;
use crate::editor::moving::shifted;
use crate::editor::scene::{MACHINE_WIDTH, Part};
use crate::editor::tools::Tool;
use crate::editor::{Editor, drafted, snapped};

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
    /// The machine leaves its group, or several do.
    Leaves,
    /// Nothing but its place changes.
    Moves,
}

impl Editor {
    /// What letting go now would do; nothing while nothing is dragged or placed.
    pub fn drop_effect(&self) -> Option<DropEffect> {
        let at = self.tool.over()?;
        match &self.tool {
            Tool::Placing { piece: Piece::Machine, .. } => {
                let target = self.target(at);
                let (machine, command) = intent::add_machine(&self.design, Machine::default(), &target);
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
        let deployment = layout::deploy(&after.business, &id, &after.groups[&id]);
        let here = |service: &&archlab_model::Service| {
            service.instances.iter().any(|instance| instance.machine == *machine)
        };
        match after.groups[&id].layout {
            Layout::Cluster => DropEffect::Replica { group: id, number: seat + 1 },
            Layout::Distributed => match deployment.services.iter().find(here) {
                Some(service) => DropEffect::Module { group: id, module: service.id.to_string() },
                None => DropEffect::Idle { group: id },
            },
            Layout::Microservice => {
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
        match self.scene.group_at(at) {
            Some(group) => Target::Group(group.clone()),
            None => Target::Canvas(snapped(at - Point::new(MACHINE_WIDTH / 2.0, 16.0))),
        }
    }

    /// Lets go of parts: machines go where the pointer is, the others where they are seen.
    pub(super) fn drop_parts(&mut self, parts: &[Part], by: Point, at: Point) {
        if let Some(command) = self.dropped(parts, by, at) {
            self.perform(command);
        }
    }

    /// What letting go of `parts` does: the first is the one that the hand took hold of, and the one that
    /// snaps.
    fn dropped(&self, parts: &[Part], by: Point, at: Point) -> Option<Command> {
        // A part can be gone, for an undo or a fault came in between press and release; or be back home,
        // which need not lie on the grid.
        let there: Vec<&Part> = parts.iter().filter(|part| self.scene.boxes.contains_key(*part)).collect();
        let lead = self.scene.boxes.get(*there.first()?)?.corner();
        if by == Point::default() {
            return None;
        }
        let by = snapped(lead + by) - lead;
        let moves_group = |group: &GroupId| there.contains(&&Part::Group(group.clone()));
        let group = match self.target(at) {
            Target::Group(group) if !moves_group(&group) => Some(group),
            _ => None,
        };
        drafted(&self.design, there.iter().copied(), &mut |design, part| match (part, &group) {
            (Part::Machine(machine), Some(group)) => {
                intent::move_machine(design, machine, &Target::Group(group.clone()))
            }
            (Part::Machine(machine), None) => {
                let corner = self.scene.boxes.get(part)?.corner();
                intent::move_machine(design, machine, &Target::Canvas(corner + by))
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
