//! Walking the graph by keyboard: from part to part in reading order, and to the neighbour on a side.

use std::collections::BTreeSet;

use archlab_model::{Design, Group, MachineId, Member, Point};

use crate::editor::Editor;
use crate::editor::geometry::Rect;
use crate::editor::scene::{Part, Scene};

/// A side to which to look for a neighbour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
}

impl Side {
    /// How far `to` lies on this side of `from`, and how far aside of that.
    fn distance(self, from: Point, to: Point) -> (f64, f64) {
        let (x, y) = (to.x - from.x, to.y - from.y);
        match self {
            Side::Left => (-x, y.abs()),
            Side::Right => (x, y.abs()),
            Side::Up => (-y, x.abs()),
            Side::Down => (y, x.abs()),
        }
    }
}

/// All parts in the order they are read: clients, then each group with its entry, what stands in it and
/// what runs on that, and its stores; then loose machines.
pub fn order(editor: &Editor) -> Vec<Part> {
    let (design, scene) = (editor.design(), editor.scene());
    let mut order: Vec<Part> = design.clients.keys().cloned().map(Part::Client).collect();
    for (id, group) in design.outer_groups() {
        order.push(Part::Group(id.clone()));
        order.push(Part::Entry(id.clone()));
        members(design, scene, group, &mut order);
        let stores = scene.deployments.get(id).into_iter().flat_map(|deployment| &deployment.stores);
        order.extend(stores.map(|store| Part::Store(id.clone(), store.id.clone())));
    }
    for id in design.machines.keys().filter(|id| !scene.group_of.contains_key(*id)) {
        machine(scene, id, &mut order);
    }
    order.retain(|part| scene.boxes.contains_key(part));
    let known: BTreeSet<Part> = order.iter().cloned().collect();
    order.extend(scene.boxes.keys().filter(|part| !known.contains(*part)).cloned());
    order
}

/// What stands in a group that is in no circle, in seat order.
fn members(design: &Design, scene: &Scene, group: &Group, order: &mut Vec<Part>) {
    for member in group.members() {
        match member {
            Member::Machine(id) => machine(scene, id, order),
            Member::Group(id) if scene.held.contains_key(id) => {
                order.push(Part::Group(id.clone()));
                if let Some(inner) = design.groups.get(id) {
                    members(design, scene, inner, order);
                }
            }
            Member::Group(_) => {}
        }
    }
}

fn machine(scene: &Scene, id: &MachineId, order: &mut Vec<Part>) {
    order.push(Part::Machine(id.clone()));
    order.extend(scene.hosted.get(id).into_iter().flatten().cloned().map(Part::Instance));
}

/// The part after `from` in reading order, or before it; none at the end.
pub fn next(editor: &Editor, from: Option<&Part>, backward: bool) -> Option<Part> {
    let order = order(editor);
    let place = from.and_then(|from| order.iter().position(|part| part == from));
    match (place, backward) {
        (None, false) => order.first().cloned(),
        (None, true) => order.last().cloned(),
        (Some(place), false) => order.get(place + 1).cloned(),
        (Some(place), true) => order.get(place.checked_sub(1)?).cloned(),
    }
}

/// The neighbour of `from` on a side: the nearest part there that neither holds it nor lies in it.
pub fn neighbour(scene: &Scene, from: &Part, side: Side) -> Option<Part> {
    let start = *scene.boxes.get(from)?;
    let holds = |a: Rect, b: Rect| a.holds(b);
    let others = scene
        .boxes
        .iter()
        .filter(|(part, rect)| *part != from && !holds(**rect, start) && !holds(start, **rect));
    let far = others.filter_map(|(part, rect)| {
        let (ahead, aside) = side.distance(start.centre(), rect.centre());
        // Rather straight ahead than near: what lies more aside than ahead is on another side.
        (ahead > 1.0 && aside <= ahead * 2.5).then_some((part, ahead + aside * 2.0))
    });
    far.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(part, _)| part.clone())
}

impl Editor {
    /// Goes from what is chosen to its neighbour on a side. `false` if there is none.
    pub fn walk(&mut self, side: Side) -> bool {
        let from = self.selection.last().cloned();
        let to = match &from {
            Some(from) => neighbour(&self.scene, from, side),
            None => next(self, None, false),
        };
        let Some(to) = to else { return false };
        self.go_to(to);
        true
    }

    /// Chooses a part, shows it, and wants the focus there. While several are chosen one by one, a key
    /// chooses and the focus does not.
    pub fn go_to(&mut self, part: Part) {
        self.reveal(&part);
        if !self.selects_several {
            self.selection = part.clone().into();
        }
        self.attention = Some(part);
    }
}
