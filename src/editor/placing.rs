//! Placing new pieces.

use archlab_model::{GroupId, Machine, Note, Point, Target, intent};

use crate::editor::Editor;
use crate::editor::geometry::Rect;
use crate::editor::input::Piece;
use crate::editor::landing::is_free;
use crate::editor::moving::reached;
use crate::editor::scene::{MACHINE_WIDTH, Part};
use crate::editor::snap::{GRID, to_grid};

impl Editor {
    pub(super) fn place_at(&mut self, piece: Piece, at: Point) {
        let at = reached(at);
        if let Some(machine) = piece.machine() {
            let target = self.target(at);
            self.place_machine(machine, &target, Some(at));
        } else if let Some(layout) = piece.layout() {
            let title = self.new_group_title.clone();
            let corner = to_grid(at - Point::new(60.0, 20.0));
            let holder = self.holder_at(at);
            let mut draft = self.draft();
            let (group, command) = intent::add_group(&self.design, layout, title, corner);
            draft.perform(Some(command));
            if let Some(holder) = holder {
                draft.perform(intent::seat_group(draft.design(), &group, &holder, None));
                self.stand(&mut draft, vec![(Part::Group(group.clone()), corner)]);
            }
            if let Some(command) = draft.finish() {
                self.perform(command);
            }
            self.selection = Part::Group(group).into();
        } else if piece == Piece::Note {
            self.add_note(at);
        } else if let Some(outcome) = self.attached_at(at).filter(|_| piece == Piece::Database) {
            self.carry_out(outcome);
        } else if piece.is_for_a_group() {
            if let Some(group) = self.deploying_group_at(at) {
                self.give(piece, &group);
            }
        } else {
            self.place_clients(piece, at);
        }
    }

    /// Clients send to the group that they are dropped on, else to the first, and stand beside it.
    fn place_clients(&mut self, piece: Piece, at: Point) {
        let dropped_on = self.deploying_group_at(at);
        let to = dropped_on.clone().or_else(|| self.first_group());
        let at = match dropped_on.and_then(|group| self.scene.boxes.get(&Part::Group(group))) {
            Some(_) => self.free_spot_for_clients(),
            None => to_grid(at - Point::new(60.0, 20.0)),
        };
        let Some(clients) = piece.clients(to.into_iter().collect(), at) else { return };
        let (client, command) = intent::add_client(&self.design, clients);
        self.perform(command);
        self.selection = Part::Client(client).into();
    }

    /// A place left of everything that clients send to, below the clients there are.
    fn free_spot_for_clients(&self) -> Point {
        let is_client = |part: &Part| matches!(part, Part::Client(_));
        let clients = self.scene.boxes.iter().filter(|(part, _)| is_client(part)).map(|(_, place)| place);
        let lowest = clients.max_by(|a, b| a.bottom().total_cmp(&b.bottom()));
        match (lowest, self.scene.bounds()) {
            (Some(lowest), _) => to_grid(Point::new(lowest.x, lowest.bottom() + 20.0)),
            (None, Some(all)) => to_grid(Point::new(all.x - 200.0, all.y + 100.0)),
            (None, None) => Point::default(),
        }
    }

    /// Adds a machine; in a group that arranges nothing it stands where it was let go of, if it was.
    fn place_machine(&mut self, machine: Machine, target: &Target, at: Option<Point>) {
        let mut draft = self.draft();
        let (machine, command) = intent::add_machine(&self.design, machine, target);
        draft.perform(Some(command));
        if let (Target::Group(group), Some(at)) = (target, at)
            && is_free(&self.design, group)
        {
            let corner = to_grid(at - Point::new(MACHINE_WIDTH / 2.0, 16.0));
            self.stand(&mut draft, vec![(Part::Machine(machine.clone()), corner)]);
        }
        if let Some(command) = draft.finish() {
            self.perform(command);
        }
        self.selection = Part::Machine(machine).into();
    }

    /// Gives a group what a piece is, and chooses the store that it made, if it made one.
    fn give(&mut self, piece: Piece, group: &GroupId) {
        let Some(command) = piece.given_to(&self.design, group) else { return };
        let before: Vec<Part> = self.scene.boxes.keys().cloned().collect();
        self.perform(command);
        let is_new =
            |part: &&Part| matches!(part, Part::Store(of, _) if of == group) && !before.contains(part);
        let made = self.scene.boxes.keys().find(is_new).cloned();
        self.selection = made.unwrap_or_else(|| Part::Group(group.clone())).into();
    }

    pub(super) fn place_in(&mut self, piece: Piece, group: Option<GroupId>) {
        let group = group.or_else(|| self.chosen_group()).or_else(|| self.first_group());
        match (piece.machine(), group) {
            (None, _) if piece == Piece::Note && self.view.w > 0.0 => {
                let spot = self.free_place(Note::default().size);
                self.place_at(piece, spot);
            }
            (Some(machine), Some(group)) => self.place_machine(machine, &Target::Group(group), None),
            (None, Some(group)) if piece.is_for_a_group() => {
                let group = self.scene.outermost(&group).clone();
                self.give(piece, &group);
            }
            (None, group) if piece.clients(Vec::new(), Point::default()).is_some() => {
                let middle = group.and_then(|group| self.scene.boxes.get(&Part::Group(group)));
                let at = middle.map_or_else(|| self.free_spot_for_clients(), |place| place.centre());
                self.place_clients(piece, at);
            }
            _ => {
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
            Part::Machine(machine) => self.scene.seated.get(machine).cloned(),
            Part::Client(_) | Part::Note(_) => None,
        }
    }

    /// The first group that no other holds.
    fn first_group(&self) -> Option<GroupId> {
        self.design.outer_groups().next().map(|(id, _)| id.clone())
    }

    /// A place below everything.
    pub(super) fn free_spot(&self) -> Point {
        let bounds = self.scene.bounds();
        to_grid(bounds.map_or(Point::default(), |all| Point::new(all.x + 180.0, all.bottom() + 30.0)))
    }
}
