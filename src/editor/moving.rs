//! Moving what lies on the canvas: a command for each part.

use std::collections::BTreeMap;

use archlab_model::command::Command;
use archlab_model::{Design, GroupId, Layout, Note, Places, Point, Target, intent};

use crate::editor::Editor;
use crate::editor::draft::Draft;
use crate::editor::scene::Part;

impl Editor {
    /// Moves what is chosen by `by` canvas units, off the grid if that is where it goes: the arrow keys'
    /// way. Machines of a group stay in it, and in their place unless the group is free.
    pub fn nudge(&mut self, by: Point) {
        let moved = self.selection.movable(&self.scene);
        let ways: Vec<(Part, Point)> = moved.iter().map(|part| (part.clone(), by)).collect();
        if let Some(command) = self.moves(&ways) {
            self.perform(command);
        }
    }

    /// The command that moves each of several parts by so much. None if nothing moves.
    pub(super) fn moves(&self, ways: &[(Part, Point)]) -> Option<Command> {
        let ways = || ways.iter().filter(|(_, by)| *by != Point::default());
        let mut draft = self.draft();
        for (part, by) in ways().filter(|(part, _)| !self.scene.stands_free(part)) {
            draft.perform(shifted(draft.design(), part, *by));
        }
        let stand =
            ways().filter_map(|(part, by)| Some((part.clone(), self.scene.boxes.get(part)?.corner() + *by)));
        self.stand(&mut draft, stand.filter(|(part, _)| self.scene.stands_free(part)).collect());
        draft.finish()
    }

    /// Puts parts where they are to stand in the free groups that they are in by then, and keeps
    /// everything else in these groups where it is seen.
    pub(super) fn stand(&self, draft: &mut Draft, corners: Vec<(Part, Point)>) {
        let mut of_groups: BTreeMap<GroupId, Vec<(Part, Point)>> = BTreeMap::new();
        for (part, at) in corners {
            let home = match &part {
                Part::Machine(machine) => draft.design().seat_of(machine).map(|(group, _)| group),
                Part::Group(group) => draft.design().holder_of(group).map(|(group, _)| group),
                Part::Entry(group) | Part::Store(group, _) => Some(group),
                Part::Instance(_) | Part::Client(_) | Part::Note(_) => None,
            };
            let is_free = |id: &&GroupId| draft.design().groups[*id].layout == Layout::Free;
            if let Some(home) = home.filter(is_free).cloned() {
                of_groups.entry(home).or_default().push((part, at));
            }
        }
        for (group, parts) in of_groups {
            let mut places = self.seen_places(&group);
            let origin = draft.design().groups[&group].at;
            for (part, at) in parts {
                put(&mut places, &part, kept_near(reached(at) - origin));
            }
            draft.perform(intent::set_places(draft.design(), &group, places));
        }
    }

    /// Where everything in a group is seen, as places of its own.
    pub(super) fn seen_places(&self, group: &GroupId) -> Places {
        let mut places = Places::default();
        let Some(origin) = self.design.groups.get(group).map(|it| it.at) else { return places };
        for (part, rect) in &self.scene.boxes {
            if self.scene.home_of(part) == Some(group) {
                put(&mut places, part, rect.corner() - origin);
            }
        }
        places
    }
}

fn put(places: &mut Places, part: &Part, at: Point) {
    match part {
        Part::Entry(_) => places.entry = Some(at),
        Part::Machine(machine) => {
            places.machines.insert(machine.clone(), at);
        }
        Part::Group(group) => {
            places.groups.insert(group.clone(), at);
        }
        Part::Store(_, store) => {
            places.stores.insert(store.clone(), at);
        }
        Part::Instance(_) | Part::Client(_) | Part::Note(_) => {}
    }
}

/// How far out the hand reaches, in canvas units: somewhat less than a document may hold, so that a copy beside
/// something still has a place.
const REACH: f64 = 9_000_000.0;

/// The place that a wish for `point` comes to.
pub fn reached(point: Point) -> Point {
    Point::new(point.x.clamp(-REACH, REACH), point.y.clamp(-REACH, REACH))
}

/// How far from its group's own place something may stand in it, in canvas units: so little that a copy of a group
/// at the end of the canvas still lies within a document's bounds.
const WITHIN: f64 = 500_000.0;

fn kept_near(point: Point) -> Point {
    Point::new(point.x.clamp(-WITHIN, WITHIN), point.y.clamp(-WITHIN, WITHIN))
}

/// The command that moves a part that lies on the canvas by `by`. None if it lies in a group, or is
/// nothing that a person places.
pub fn shifted(design: &Design, part: &Part, by: Point) -> Option<Command> {
    if by == Point::default() {
        return None;
    }
    match part {
        Part::Group(group) if design.holder_of(group).is_some() => None,
        Part::Group(group) => {
            let from = design.groups.get(group)?.at;
            Some(Command::MoveGroup { group: group.clone(), from, to: reached(from + by) })
        }
        Part::Client(client) => {
            let from = design.clients.get(client)?.at;
            Some(Command::MoveClient { client: client.clone(), from, to: reached(from + by) })
        }
        Part::Machine(machine) => {
            let at = design.machines.get(machine)?.at?;
            intent::move_machine(design, machine, &Target::Canvas(reached(at + by)))
        }
        Part::Note(note) => {
            let value = design.notes.get(note)?;
            intent::set_note(design, note, Note { at: reached(value.at + by), ..value.clone() })
        }
        Part::Entry(_) | Part::Store(..) | Part::Instance(_) => None,
    }
}
