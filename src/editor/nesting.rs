//! Into groups and out of them, by other ways than a drag: menus, fields, keys.

use archlab_model::command::Command;
use archlab_model::{GroupId, Machine, MachineId, Point, Target, intent};

use crate::editor::Editor;
use crate::editor::landing::moved_into;
use crate::editor::scene::Part;
use crate::editor::snap::to_grid;

/// What is taken out of a group lies so far from what was taken out before it, in canvas units.
const APART: f64 = 40.0;

impl Editor {
    /// Moves a machine or a group into a group, or out of the one it is in. One step.
    pub fn move_part(&mut self, part: &Part, to: Option<GroupId>) {
        match to {
            Some(group) => self.move_into(std::slice::from_ref(part), &group),
            None => self.take_out(std::slice::from_ref(part)),
        }
    }

    /// Moves machines and groups into a group. One step.
    pub fn move_into(&mut self, parts: &[Part], to: &GroupId) {
        self.perform_for_each(parts, |design, part| moved_into(design, part, to));
    }

    /// Takes machines and groups out of the groups they are in: they lie below everything. One step.
    pub fn take_out(&mut self, parts: &[Part]) {
        let mut at = self.free_spot();
        let boxes = self.shared_scene();
        let mut next = |part: &Part| {
            let here = at;
            at.y = to_grid(Point::new(0.0, at.y + boxes.boxes.get(part).map_or(0.0, |it| it.h) + APART)).y;
            here
        };
        self.perform_for_each(parts, |design, part| match part {
            Part::Machine(machine) if design.seat_of(machine).is_some() => {
                intent::move_machine(design, machine, &Target::Canvas(next(part)))
            }
            Part::Group(group) if design.holder_of(group).is_some() => {
                intent::unseat_group(design, group, next(part))
            }
            _ => None,
        });
    }

    /// Whether one of these parts is in a group that it can be taken out of.
    pub fn can_take_out(&self, parts: &[Part]) -> bool {
        let is_inside = |part: &Part| {
            matches!(part, Part::Machine(_) | Part::Group(_)) && self.scene.home_of(part).is_some()
        };
        parts.iter().any(is_inside)
    }

    /// The command that adds a machine beside another in its group, so that both are a cluster there; in
    /// one already, one more. None if there is no such cluster to be.
    pub fn with_a_second(&self, machine: &MachineId) -> Option<Command> {
        let (holder, _) = self.design.seat_of(machine)?;
        if self.design.holder_of(holder).is_some()
            || self.design.groups[holder].layout == archlab_model::Layout::Cluster
        {
            return None;
        }
        let like = self.design.machines.get(machine)?;
        let second = Machine { title: None, at: None, locked: false, ..like.clone() };
        Some(intent::add_machine(&self.design, second, &Target::With(machine.clone())).1)
    }

    /// The chosen machines of one group, which can become a cluster within it.
    pub(super) fn machines_to_nest(&self) -> Vec<MachineId> {
        let movable = self.selection.movable(&self.scene);
        let machines = movable.iter().filter_map(|part| match part {
            Part::Machine(machine) if self.scene.seated.contains_key(machine) => Some(machine.clone()),
            _ => None,
        });
        let machines: Vec<MachineId> = machines.collect();
        if intent::nest_machines(&self.design, &machines).is_some() { machines } else { Vec::new() }
    }
}
