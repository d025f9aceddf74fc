//! Moving what lies on the canvas: a command for each part.

use archlab_model::command::Command;
use archlab_model::{Design, Note, Point, Target, intent};

use crate::editor::Editor;
use crate::editor::scene::Part;

impl Editor {
    /// Moves what is chosen by `by` canvas units, off the grid if that is where it goes: the arrow keys'
    /// way. Machines of a group stay in it.
    pub fn nudge(&mut self, by: Point) {
        let moved = self.selection.movable(&self.scene);
        self.perform_for_each(&moved, |design, part| shifted(design, part, by));
    }
}

/// How far out the hand reaches, in canvas units: somewhat less than a document may hold, so that a copy beside
/// something still has a place.
const REACH: f64 = 9_000_000.0;

/// The place that a wish for `point` comes to.
pub fn reached(point: Point) -> Point {
    Point::new(point.x.clamp(-REACH, REACH), point.y.clamp(-REACH, REACH))
}

/// The command that moves a part that lies on the canvas by `by`. None if it lies in a group, or is
/// nothing that a person places.
pub fn shifted(design: &Design, part: &Part, by: Point) -> Option<Command> {
    if by == Point::default() {
        return None;
    }
    match part {
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
