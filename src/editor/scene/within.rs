//! Where things stand in a group: in columns, as its layout arranges them, or where a person put them.

use archlab_model::{Deployment, Group, GroupId, Layout, Point};

use crate::editor::geometry::Rect;
use crate::editor::scene::nest::{INNER_GAP, Nested, height, width};
use crate::editor::scene::{
    GROUP_HEADER, GROUP_PADDING, INNER_HEADER, INNER_PADDING, MACHINE_WIDTH, Part, SMALL_BOX, STORE_BOX,
    Scene,
};

/// Between columns of a group.
const COLUMN_GAP: f64 = 56.0;
/// Right of a column of machines: where calls between them swing out.
const MACHINE_COLUMN_GAP: f64 = 72.0;
/// The same where every machine calls others.
const ARC_GAP: f64 = 124.0;
/// Between machines of a column.
pub(super) const MACHINE_GAP: f64 = 16.0;
/// Between stores.
const STORE_GAP: f64 = 26.0;
/// Where an empty group invites the first machine.
const INVITATION: (f64, f64) = (MACHINE_WIDTH, 92.0);

impl Scene {
    /// Lays out one group.
    pub(super) fn arrange(
        &mut self,
        id: &GroupId,
        group: &Group,
        members: Vec<Nested>,
        deployment: &Deployment,
    ) {
        let stores: Vec<Part> =
            deployment.stores.iter().map(|store| Part::Store(id.clone(), store.id.clone())).collect();
        let places = &group.by_hand.places;
        let is_placed = *places != archlab_model::Places::default();
        if group.layout == Layout::Free && is_placed && !members.is_empty() {
            self.place_by_hand(id, group, members, &stores);
        } else {
            self.place_in_columns(id, group, members, &stores);
        }
    }

    /// The entry, the members in columns, the stores, from left to right.
    fn place_in_columns(&mut self, id: &GroupId, group: &Group, members: Vec<Nested>, stores: &[Part]) {
        let tallest = match group.layout {
            Layout::Cluster | Layout::Distributed | Layout::Free => 6,
            Layout::Microservice => 4,
        };
        let columns = columns(tallest, members);
        let count = stores.len() as f64;
        let stores_height = count * STORE_BOX.1 + (count - 1.0).max(0.0) * STORE_GAP;
        let invited = if columns.is_empty() { INVITATION.1 } else { 0.0 };
        let least = stores_height.max(invited).max(SMALL_BOX.1);
        let high = columns.iter().map(|column| height(column)).fold(least, f64::max);

        let (left, top) = (group.at.x + GROUP_PADDING, group.at.y + GROUP_HEADER);
        let middle = top + high / 2.0;
        let mut x = left;
        let entry = Rect::new(x, middle - SMALL_BOX.1 / 2.0, SMALL_BOX.0, SMALL_BOX.1);
        self.boxes.insert(Part::Entry(id.clone()), entry);
        x += SMALL_BOX.0 + COLUMN_GAP;
        let gap = if group.layout == Layout::Cluster { MACHINE_COLUMN_GAP } else { ARC_GAP };
        for column in &columns {
            self.put_column(column, Point::new(x, middle - height(column) / 2.0));
            x += width(column) + gap;
        }
        if columns.is_empty() {
            x += INVITATION.0 + gap;
        }
        let mut y = middle - stores_height / 2.0;
        for store in stores {
            self.boxes.insert(store.clone(), Rect::new(x, y, STORE_BOX.0, STORE_BOX.1));
            y += STORE_BOX.1 + STORE_GAP;
        }
        let right = if stores.is_empty() { x - gap } else { x + STORE_BOX.0 };
        let wide = right + GROUP_PADDING - group.at.x;
        let area = Rect::new(group.at.x, group.at.y, wide, GROUP_HEADER + high + GROUP_PADDING);
        self.boxes.insert(Part::Group(id.clone()), area);
    }

    /// Everything where a person put it; what nobody put anywhere stands beside that: machines below, the
    /// entry on the left, stores on the right. The box wraps them all.
    fn place_by_hand(&mut self, id: &GroupId, group: &Group, members: Vec<Nested>, stores: &[Part]) {
        let places = &group.by_hand.places;
        let place = |part: &Part| -> Option<Point> {
            let at = match part {
                Part::Entry(_) => places.entry,
                Part::Machine(machine) => places.machines.get(machine).copied(),
                Part::Group(inner) => places.groups.get(inner).copied(),
                Part::Store(_, store) => places.stores.get(store).copied(),
                Part::Instance(_) | Part::Client(_) | Part::Note(_) => None,
            };
            at.map(|at| group.at + at)
        };
        let entry = Part::Entry(id.clone());
        let small = |at: Point, (wide, high): (f64, f64)| Rect::new(at.x, at.y, wide, high);
        let mut content: Option<Rect> = None;
        let mut grow = |rect: Rect| content = Some(content.map_or(rect, |all: Rect| all.union(rect)));
        for nested in &members {
            if let Some(at) = place(&nested.part) {
                grow(small(at, nested.size));
            }
        }
        for (part, size) in stores.iter().map(|it| (it, STORE_BOX)).chain([(&entry, SMALL_BOX)]) {
            if let Some(at) = place(part) {
                grow(small(at, size));
            }
        }
        let start = group.at + Point::new(GROUP_PADDING, GROUP_HEADER);
        let placed_machines = members.iter().filter_map(|nested| place(&nested.part));
        let mut left = placed_machines.map(|at| at.x).fold(f64::INFINITY, f64::min);
        if left.is_infinite() {
            left = content.map_or(start.x, |all| all.x);
        }
        let mut content = content.unwrap_or(Rect { x: start.x, y: start.y, w: 0.0, h: 0.0 });
        for nested in &members {
            let at = place(&nested.part).unwrap_or_else(|| Point::new(left, content.bottom() + MACHINE_GAP));
            content = content.union(small(at, nested.size));
            self.put_nested(nested, at);
        }
        let at = place(&entry).unwrap_or_else(|| {
            Point::new(content.x - COLUMN_GAP - SMALL_BOX.0, content.centre().y - SMALL_BOX.1 / 2.0)
        });
        content = content.union(small(at, SMALL_BOX));
        self.boxes.insert(entry, small(at, SMALL_BOX));
        let mut beside = Point::new(content.right() + COLUMN_GAP, content.y);
        for store in stores {
            let at = place(store).unwrap_or_else(|| {
                let at = beside;
                beside.y += STORE_BOX.1 + STORE_GAP;
                at
            });
            content = content.union(small(at, STORE_BOX));
            self.boxes.insert(store.clone(), small(at, STORE_BOX));
        }
        let area = Rect::new(
            content.x - GROUP_PADDING,
            content.y - GROUP_HEADER,
            content.w + 2.0 * GROUP_PADDING,
            content.h + GROUP_HEADER + GROUP_PADDING,
        );
        self.boxes.insert(Part::Group(id.clone()), area);
    }

    fn put_column(&mut self, column: &[Nested], at: Point) {
        let (wide, mut y) = (width(column), at.y);
        for nested in column {
            self.put_nested(nested, Point::new(at.x + (wide - nested.size.0) / 2.0, y));
            y += nested.size.1 + MACHINE_GAP;
        }
    }

    fn put_nested(&mut self, nested: &Nested, at: Point) {
        let (wide, high) = nested.size;
        match &nested.part {
            Part::Machine(machine) => self.put_machine(machine, at),
            group => {
                self.boxes.insert(group.clone(), Rect::new(at.x, at.y, wide, high));
            }
        }
        let mut x = at.x + INNER_PADDING;
        for column in &nested.columns {
            self.put_column(column, Point::new(x, at.y + INNER_HEADER));
            x += width(column) + INNER_GAP;
        }
    }
}

/// The members of a group in columns.
///
/// It is the same in every layout, so that a switch of the layout leaves the machines where they are:
/// one column, and more of them, as even as can be, when one would be too tall.
pub(super) fn columns(tallest: usize, members: Vec<Nested>) -> Vec<Vec<Nested>> {
    let all: usize = members.iter().map(|nested| nested.weight).sum();
    let count = all.div_ceil(tallest).max(1);
    let most = all.div_ceil(count).max(1);
    let mut columns: Vec<Vec<Nested>> = Vec::new();
    let mut filled = 0;
    for nested in members {
        if columns.is_empty() || filled + nested.weight > most {
            columns.push(Vec::new());
            filled = 0;
        }
        filled += nested.weight;
        if let Some(column) = columns.last_mut() {
            column.push(nested);
        }
    }
    columns
}
