//! Placing new pieces.

use archlab_model::{GroupId, Layout, Machine, Note, Point, Target, intent};

use crate::editor::Editor;
use crate::editor::geometry::Rect;
use crate::editor::input::Piece;
use crate::editor::scene::Part;
use crate::editor::snap::{GRID, to_grid};

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
                let spot = self.free_place(Note::default().size);
                self.place_at(piece, spot);
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

    /// Where something of a size lies on nothing else, as near to the middle of what is seen as can be; in
    /// the middle itself if there is no such place.
    fn free_place(&self, size: Point) -> Point {
        const STEP: f64 = 40.0;
        let corner = self.camera.to_canvas(self.view.corner());
        let end = self.camera.to_canvas(Point::new(self.view.right(), self.view.bottom()));
        let middle = Point::new((corner.x + end.x - size.x) / 2.0, (corner.y + end.y - size.y) / 2.0);
        let room = |from: f64, to: f64, side: f64| {
            let steps = ((to - from - side) / STEP).clamp(0.0, 60.0) as u32;
            (0..=steps).map(move |step| from + STEP / 2.0 + f64::from(step) * STEP)
        };
        let places = room(corner.y, end.y, size.y)
            .flat_map(|y| room(corner.x, end.x, size.x).map(move |x| Point::new(x, y)));
        let is_free = |at: &Point| {
            let area = Rect::new(at.x, at.y, size.x, size.y).grown(GRID);
            !self.scene.boxes.values().any(|rect| rect.meets(area))
        };
        let far = |at: &Point| (at.x - middle.x).hypot(at.y - middle.y);
        places.filter(is_free).min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(middle)
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
