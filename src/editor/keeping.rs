//! Locks, notes and loose machines that become a group.

use archlab_model::{Group, Lockable, MachineId, Member, Note, NoteId, Point, intent};

use crate::editor::draft::Draft;
use crate::editor::moving::reached;
use crate::editor::scene::{GROUP_HEADER, GROUP_PADDING, Part};
use crate::editor::snap::to_grid;
use crate::editor::{Editor, drafted};

/// The smallest and largest side of a note that a hand gives it, in canvas units.
const NOTE_SIDES: (f64, f64) = (60.0, 1_200.0);

impl Editor {
    /// Whether all that is chosen and can be locked is locked itself.
    pub fn is_locked(&self) -> bool {
        let locks: Vec<bool> = self.selection.iter().filter_map(|part| self.lock_of(part)).collect();
        !locks.is_empty() && locks.iter().all(|locked| *locked)
    }

    /// Whether something is chosen that can be locked.
    pub fn can_lock(&self) -> bool {
        self.selection.iter().any(|part| lockable(part).is_some())
    }

    /// Keeps what is chosen where it is, or no longer. One step.
    pub fn set_locked(&mut self, to: bool) {
        let chosen = self.selection.clone();
        self.perform_for_each(&chosen, |design, part| intent::set_locked(design, lockable(part)?, to));
    }

    fn lock_of(&self, part: &Part) -> Option<bool> {
        match part {
            Part::Group(id) => self.design.groups.get(id).map(|it| it.locked),
            Part::Machine(id) => self.design.machines.get(id).map(|it| it.locked),
            Part::Client(id) => self.design.clients.get(id).map(|it| it.locked),
            Part::Note(id) => self.design.notes.get(id).map(|it| it.locked),
            Part::Entry(_) | Part::Store(..) | Part::Instance(_) => None,
        }
    }

    /// Puts a note on the canvas, chosen and ready to be written.
    pub fn add_note(&mut self, at: Point) {
        let (note, command) = intent::add_note(&self.design, Note { at: to_grid(at), ..Note::default() });
        self.perform(command);
        self.selection = Part::Note(note).into();
        self.rename_selected();
    }

    /// Gives a note another size.
    pub fn resize_note(&mut self, note: &NoteId, size: Point) {
        let Some(value) = self.design.notes.get(note) else { return };
        let fitting = |side: f64| side.clamp(NOTE_SIDES.0, NOTE_SIDES.1).round();
        let to = Note { size: Point::new(fitting(size.x), fitting(size.y)), ..value.clone() };
        if let Some(command) = intent::set_note(&self.design, note, to) {
            self.perform(command);
        }
    }

    /// Makes the chosen notes larger or smaller. One step.
    pub fn grow_notes(&mut self, by: Point) {
        let movable = self.selection.movable(&self.scene);
        self.perform_for_each(&movable, |design, part| {
            let Part::Note(note) = part else { return None };
            let value = design.notes.get(note)?;
            let fitting = |side: f64| side.clamp(NOTE_SIDES.0, NOTE_SIDES.1);
            let size = Point::new(fitting(value.size.x + by.x), fitting(value.size.y + by.y));
            intent::set_note(design, note, Note { size, ..value.clone() })
        });
    }

    /// The chosen machines that are in no group and not locked.
    fn loose_machines(&self) -> Vec<MachineId> {
        let movable = self.selection.movable(&self.scene);
        let loose = movable.iter().filter_map(|part| match part {
            Part::Machine(machine) if !self.scene.seated.contains_key(machine) => Some(machine.clone()),
            _ => None,
        });
        loose.collect()
    }

    /// Whether loose machines are chosen, which can become a group, or machines of one group, which can
    /// become a cluster within it.
    pub fn can_group(&self) -> bool {
        !self.loose_machines().is_empty() || !self.machines_to_nest().is_empty()
    }

    /// Makes the chosen loose machines a group, from top to bottom; those of a group a cluster within it. One
    /// step.
    pub fn group_selected(&mut self) {
        let mut machines = self.loose_machines();
        if machines.is_empty()
            && let Some((group, command)) = intent::nest_machines(&self.design, &self.machines_to_nest())
        {
            self.perform(command);
            self.selection = Part::Group(group).into();
            return;
        }
        let place = |machine: &MachineId| self.scene.boxes.get(&Part::Machine(machine.clone())).copied();
        machines.sort_by(|a, b| {
            let key = |machine| place(machine).map_or((0.0, 0.0), |rect| (rect.y, rect.x));
            key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal)
        });
        let area = machines.iter().filter_map(place).reduce(|all, rect| all.union(rect));
        let Some(area) = area else { return };
        let corner = to_grid(area.corner() - Point::new(GROUP_PADDING, GROUP_HEADER));
        let value = Group { title: self.new_group_title.clone(), at: corner, ..Group::default() };
        if let Some((group, command)) = intent::group_machines(&self.design, &machines, value) {
            self.perform(command);
            self.selection = Part::Group(group).into();
        }
    }

    /// Whether a group is chosen that is not locked.
    pub fn can_ungroup(&self) -> bool {
        self.selection.movable(&self.scene).iter().any(|part| matches!(part, Part::Group(_)))
    }

    /// Takes the chosen groups away and leaves their machines where they are seen. One step.
    pub fn ungroup_selected(&mut self) {
        let groups = self.selection.movable(&self.scene);
        let boxes = self.scene.boxes.clone();
        let mut left: Vec<Part> = Vec::new();
        let corner =
            |part: &Part| boxes.get(part).map_or_else(Point::default, |rect| to_grid(reached(rect.corner())));
        let ungrouped = drafted(&self.design, &groups, &mut |design, part| {
            let Part::Group(group) = part else { return None };
            left.extend(design.groups.get(group)?.members().map(|member| match member {
                Member::Machine(machine) => Part::Machine(machine.clone()),
                Member::Group(inner) => Part::Group(inner.clone()),
            }));
            if design.holder_of(group).is_some() {
                return intent::dissolve_group(design, group);
            }
            // The groups within it stay groups, with the clients that it had.
            let mut draft = Draft::of(design);
            for inner in design.groups.get(group)?.groups() {
                let at = corner(&Part::Group(inner.clone()));
                draft.perform(intent::unseat_group(draft.design(), inner, at));
            }
            let place = |machine: &MachineId| corner(&Part::Machine(machine.clone()));
            draft.perform(intent::ungroup(draft.design(), group, place));
            draft.finish()
        });
        if let Some(command) = ungrouped {
            self.perform(intent::with_dependents(&self.design, command));
        }
        if !left.is_empty() {
            self.selection = left.into_iter().collect();
        }
    }
}

/// The part as one that can be locked.
fn lockable(part: &Part) -> Option<Lockable> {
    match part {
        Part::Group(id) => Some(Lockable::Group(id.clone())),
        Part::Machine(id) => Some(Lockable::Machine(id.clone())),
        Part::Client(id) => Some(Lockable::Client(id.clone())),
        Part::Note(id) => Some(Lockable::Note(id.clone())),
        Part::Entry(_) | Part::Store(..) | Part::Instance(_) => None,
    }
}
