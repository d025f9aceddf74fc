//! Placing new pieces.

use archlab_model::{GroupId, Layout, Machine, Point, Target, intent};

use crate::editor::Editor;
use crate::editor::input::Piece;
use crate::editor::scene::Part;
use crate::editor::snap::to_grid;

impl Editor {
    pub(super) fn place_at(&mut self, piece: Piece, at: Point) {
        match piece {
            Piece::Machine => {
                let target = self.target(at);
                let (machine, command) = intent::add_machine(&self.design, Machine::default(), &target);
                self.perform(command);
                self.selection = Part::Machine(machine).into();
            }
            Piece::Note => self.add_note(at),
            Piece::Group => {
                let title = self.new_group_title.clone();
                let corner = to_grid(at - Point::new(60.0, 20.0));
                let (group, command) = intent::add_group(&self.design, Layout::Cluster, title, corner);
                self.perform(command);
                self.selection = Part::Group(group).into();
            }
        }
    }

    pub(super) fn place_in(&mut self, piece: Piece, group: Option<GroupId>) {
        let group =
            group.or_else(|| self.chosen_group()).or_else(|| self.design.groups.keys().next().cloned());
        match (piece, group) {
            (Piece::Note, _) if self.view.w > 0.0 => {
                let middle = self.camera.to_canvas(self.view.centre());
                self.place_at(piece, middle - Point::new(100.0, 60.0));
            }
            (Piece::Machine, Some(group)) => {
                let target = Target::Group(group);
                let (machine, command) = intent::add_machine(&self.design, Machine::default(), &target);
                self.perform(command);
                self.selection = Part::Machine(machine).into();
            }
            (piece, _) => {
                let spot = self.free_spot();
                self.place_at(piece, spot + Point::new(60.0, 20.0));
            }
        }
    }

    /// The group that is chosen, or that what is chosen belongs to.
    pub(super) fn chosen_group(&self) -> Option<GroupId> {
        match self.selection.last()? {
            Part::Group(group) | Part::Entry(group) | Part::Store(group, _) => Some(group.clone()),
            Part::Instance(instance) => Some(instance.group.clone()),
            Part::Machine(machine) => self.scene.group_of.get(machine).cloned(),
            Part::Client(_) | Part::Note(_) => None,
        }
    }

    /// A place below everything.
    pub(super) fn free_spot(&self) -> Point {
        let bounds = self.scene.bounds();
        to_grid(bounds.map_or(Point::default(), |all| Point::new(all.x + 180.0, all.bottom() + 30.0)))
    }
}
