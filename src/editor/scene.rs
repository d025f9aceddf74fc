//! The scene: where every part of a design lies on the canvas, and what is linked to what.
//!
//! A person places groups, clients and loose machines; inside a group the layout places everything.
//! Links are derived from the calls: nobody draws them.

pub mod lift;
pub mod lines;
pub mod links;
pub mod route;

use std::collections::{BTreeMap, BTreeSet};

use archlab_model::{
    ClientId, Deployment, Design, Group, GroupId, InstanceId, Layout, MachineId, NoteId, Point, Service,
    StoreId, layout,
};

use crate::editor::geometry::Rect;
use crate::editor::scene::lift::Lift;
pub use crate::editor::scene::lines::Line;
use crate::editor::scene::links::links;
pub use crate::editor::scene::links::{End, Link};
use crate::editor::scene::route::Route;

/// A part of a design that can be seen, pointed at and selected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A group.
    Group(GroupId),
    /// A population of clients.
    Client(ClientId),
    /// The entry of a group.
    Entry(GroupId),
    /// A store of a group.
    Store(GroupId, StoreId),
    /// A machine.
    Machine(MachineId),
    /// An instance.
    Instance(InstanceId),
    /// A note.
    Note(NoteId),
}

/// Where everything lies.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// The box of each part.
    pub boxes: BTreeMap<Part, Rect>,
    /// What is linked, ordered by the two parts.
    pub links: Vec<Link>,
    /// What each group's layout made, by group.
    pub deployments: BTreeMap<GroupId, Deployment>,
    /// The instances on each machine, in the order they are shown.
    pub hosted: BTreeMap<MachineId, Vec<InstanceId>>,
    /// The machine of each instance.
    pub host_of: BTreeMap<InstanceId, MachineId>,
    /// The group of each machine that is in one.
    pub group_of: BTreeMap<MachineId, GroupId>,
    /// What stays where it is: what is locked, and what lies in a group that is.
    pub locked: BTreeSet<Part>,
}

/// Width of a machine's card.
pub const MACHINE_WIDTH: f64 = 244.0;
/// Height of a machine's header.
pub const MACHINE_HEADER: f64 = 32.0;
/// Height of an instance's row.
pub const ROW_HEIGHT: f64 = 34.0;
/// Between rows, and between the last one and the card's edge.
pub const ROW_GAP: f64 = 4.0;
/// From the card's edge to a row.
pub const ROW_INSET: f64 = 8.0;
/// Size of entries and clients.
pub const SMALL_BOX: (f64, f64) = (148.0, 50.0);
/// Size of stores.
pub const STORE_BOX: (f64, f64) = (156.0, 50.0);
/// Height of a group's header.
pub const GROUP_HEADER: f64 = 44.0;
/// From a group's edge to its content.
pub const GROUP_PADDING: f64 = 22.0;
/// Between columns of a group.
const COLUMN_GAP: f64 = 56.0;
/// Right of a column of machines: where calls between them swing out.
const MACHINE_COLUMN_GAP: f64 = 72.0;
/// The same where every machine calls others.
const ARC_GAP: f64 = 124.0;
/// Between machines of a column.
const MACHINE_GAP: f64 = 16.0;
/// Between stores.
const STORE_GAP: f64 = 26.0;
/// Where an empty group invites the first machine.
const INVITATION: (f64, f64) = (MACHINE_WIDTH, 92.0);

impl Scene {
    /// The scene of a design in which instances run where `placed` says; those it doesn't name run
    /// where the layout put them.
    pub fn of(design: &Design, placed: &BTreeMap<InstanceId, MachineId>) -> Scene {
        let mut scene = Scene::default();
        for (id, group) in design.outer_groups() {
            let deployment = layout::deploy(design, id, group);
            // Those of the groups in it, too: they stand among its own.
            let machines: Vec<MachineId> = design.machines_in(group).into_iter().cloned().collect();
            for instance in deployment.services.iter().flat_map(|service| &service.instances) {
                let machine = placed
                    .get(&instance.id)
                    .filter(|machine| machines.contains(machine))
                    .unwrap_or(&instance.machine);
                scene.hosted.entry(machine.clone()).or_default().push(instance.id.clone());
                scene.host_of.insert(instance.id.clone(), machine.clone());
            }
            scene.group_of.extend(machines.iter().map(|machine| (machine.clone(), id.clone())));
            scene.arrange(id, group, &machines, &deployment);
            scene.deployments.insert(id.clone(), deployment);
        }
        for (id, machine) in &design.machines {
            if !scene.group_of.contains_key(id) {
                scene.put_machine(id, machine.at.unwrap_or_default());
            }
        }
        for (id, client) in &design.clients {
            scene.boxes.insert(Part::Client(id.clone()), boxed(client.at, SMALL_BOX));
        }
        for (id, note) in &design.notes {
            scene.boxes.insert(Part::Note(id.clone()), boxed(note.at, note.size.into()));
        }
        scene.lock(design);
        scene.links = links(design, &scene);
        scene
    }

    /// The topmost part at `point`.
    pub fn hit(&self, point: Point) -> Option<&Part> {
        let depth = |part: &Part| match part {
            Part::Group(_) => 0,
            Part::Machine(_) => 1,
            Part::Entry(_) | Part::Store(..) | Part::Client(_) => 2,
            Part::Instance(_) => 3,
            Part::Note(_) => 4,
        };
        let under = self.boxes.iter().filter(|(_, rect)| rect.contains(point));
        under.map(|(part, _)| part).max_by_key(|part| depth(part))
    }

    /// The group whose area holds `point`.
    pub fn group_at(&self, point: Point) -> Option<&GroupId> {
        self.boxes.iter().find_map(|(part, rect)| match part {
            Part::Group(id) if rect.contains(point) => Some(id),
            _ => None,
        })
    }

    /// The machine an instance runs on.
    pub fn host(&self, instance: &InstanceId) -> Option<&MachineId> {
        self.host_of.get(instance)
    }

    /// The smallest rectangle that holds everything; none if there is nothing.
    pub fn bounds(&self) -> Option<Rect> {
        self.boxes.values().copied().reduce(|all, rect| all.union(rect))
    }

    /// The service an instance is a copy of.
    pub fn service(&self, instance: &InstanceId) -> Option<&Service> {
        let deployment = self.deployments.get(&instance.group)?;
        deployment.services.iter().find(|service| service.id == instance.service)
    }

    /// The scene on the way from `earlier` to this one: parts that are in both move, the others are
    /// at their new place at once.
    pub fn between(earlier: &Scene, later: &Scene, share: f64) -> Scene {
        let mut scene = later.clone();
        for (part, rect) in &mut scene.boxes {
            if let Some(from) = earlier.boxes.get(part) {
                *rect = from.towards(*rect, share);
            }
        }
        let before: BTreeMap<(&End, &End), &Route> =
            earlier.links.iter().map(|link| ((&link.from, &link.to), &link.route)).collect();
        for link in &mut scene.links {
            if let Some(route) = before.get(&(&link.from, &link.to)) {
                link.route = route.towards(&link.route, share);
            }
        }
        scene
    }

    /// The scene with what a hand has lifted where it holds it.
    pub fn with_lifted(&self, lift: &Lift) -> Scene {
        let mut scene = self.clone();
        for (part, rect) in &mut scene.boxes {
            if lift.parts.contains(part) {
                *rect = rect.moved(lift.by);
            }
        }
        for (number, link) in scene.links.iter_mut().enumerate() {
            link.route = lift.route(number, link).into_owned();
        }
        scene
    }

    /// The part and everything that moves with it.
    pub fn with_content(&self, part: &Part) -> BTreeSet<Part> {
        let mut content = BTreeSet::from([part.clone()]);
        match part {
            Part::Group(id) => {
                for other in self.boxes.keys() {
                    let inside = match other {
                        Part::Entry(group) | Part::Store(group, _) => group == id,
                        Part::Instance(instance) => instance.group == *id,
                        Part::Machine(machine) => self.group_of.get(machine) == Some(id),
                        Part::Group(_) | Part::Client(_) | Part::Note(_) => false,
                    };
                    if inside {
                        content.insert(other.clone());
                    }
                }
            }
            Part::Machine(id) => {
                let hosted = self.hosted.get(id).into_iter().flatten();
                content.extend(hosted.cloned().map(Part::Instance));
            }
            _ => {}
        }
        content
    }

    fn lock(&mut self, design: &Design) {
        let groups = design.groups.iter().filter(|(_, group)| group.locked);
        let groups: Vec<Part> = groups.map(|(id, _)| Part::Group(id.clone())).collect();
        self.locked = groups.iter().flat_map(|group| self.with_content(group)).collect();
        let machines = design.machines.iter().filter(|(_, machine)| machine.locked);
        self.locked.extend(machines.map(|(id, _)| Part::Machine(id.clone())));
        let clients = design.clients.iter().filter(|(_, client)| client.locked);
        self.locked.extend(clients.map(|(id, _)| Part::Client(id.clone())));
        let notes = design.notes.iter().filter(|(_, note)| note.locked);
        self.locked.extend(notes.map(|(id, _)| Part::Note(id.clone())));
    }

    fn machine_height(&self, machine: &MachineId) -> f64 {
        let rows = self.hosted.get(machine).map_or(0, Vec::len).max(1);
        MACHINE_HEADER + rows as f64 * (ROW_HEIGHT + ROW_GAP) + ROW_GAP
    }

    fn put_machine(&mut self, machine: &MachineId, at: Point) {
        let height = self.machine_height(machine);
        self.boxes.insert(Part::Machine(machine.clone()), Rect::new(at.x, at.y, MACHINE_WIDTH, height));
        let mut y = at.y + MACHINE_HEADER;
        for instance in self.hosted.get(machine).into_iter().flatten() {
            let row = Rect::new(at.x + ROW_INSET, y, MACHINE_WIDTH - 2.0 * ROW_INSET, ROW_HEIGHT);
            self.boxes.insert(Part::Instance(instance.clone()), row);
            y += ROW_HEIGHT + ROW_GAP;
        }
    }

    /// Lays out one group: the entry, the machines in columns, the stores, from left to right.
    fn arrange(&mut self, id: &GroupId, group: &Group, machines: &[MachineId], deployment: &Deployment) {
        let columns = columns(group.layout, machines);
        let heights = columns.iter().map(|column| {
            let machines: f64 = column.iter().map(|machine| self.machine_height(machine)).sum();
            machines + MACHINE_GAP * column.len().saturating_sub(1) as f64
        });
        let heights: Vec<f64> = heights.collect();
        let stores = deployment.stores.len() as f64;
        let stores_height = stores * STORE_BOX.1 + (stores - 1.0).max(0.0) * STORE_GAP;
        let invited = if columns.is_empty() { INVITATION.1 } else { 0.0 };
        let height = heights.iter().copied().fold(stores_height.max(invited).max(SMALL_BOX.1), f64::max);

        let (left, top) = (group.at.x + GROUP_PADDING, group.at.y + GROUP_HEADER);
        let middle = top + height / 2.0;
        let mut x = left;
        let entry = Rect::new(x, middle - SMALL_BOX.1 / 2.0, SMALL_BOX.0, SMALL_BOX.1);
        self.boxes.insert(Part::Entry(id.clone()), entry);
        x += SMALL_BOX.0 + COLUMN_GAP;
        let gap = if group.layout == Layout::Cluster { MACHINE_COLUMN_GAP } else { ARC_GAP };
        for (column, column_height) in columns.iter().zip(&heights) {
            let mut y = middle - column_height / 2.0;
            for machine in column {
                self.put_machine(machine, Point::new(x, y));
                y += self.machine_height(machine) + MACHINE_GAP;
            }
            x += MACHINE_WIDTH + gap;
        }
        if columns.is_empty() {
            x += INVITATION.0 + gap;
        }
        let mut y = middle - stores_height / 2.0;
        for store in &deployment.stores {
            let place = Rect::new(x, y, STORE_BOX.0, STORE_BOX.1);
            self.boxes.insert(Part::Store(id.clone(), store.id.clone()), place);
            y += STORE_BOX.1 + STORE_GAP;
        }
        let right = if deployment.stores.is_empty() { x - gap } else { x + STORE_BOX.0 };
        let area = Rect::new(
            group.at.x,
            group.at.y,
            right + GROUP_PADDING - group.at.x,
            GROUP_HEADER + height + GROUP_PADDING,
        );
        self.boxes.insert(Part::Group(id.clone()), area);
    }
}

fn boxed(at: Point, (width, height): (f64, f64)) -> Rect {
    Rect::new(at.x, at.y, width, height)
}

/// The machines of a group in columns.
///
/// It is the same in every layout, so that a switch of the layout leaves the machines where they are:
/// one column, and more of them, as even as can be, when one would be too tall.
fn columns(layout: Layout, machines: &[MachineId]) -> Vec<Vec<MachineId>> {
    let tallest = match layout {
        Layout::Cluster | Layout::Distributed | Layout::Free => 6,
        Layout::Microservice => 4,
    };
    let count = machines.len().div_ceil(tallest).max(1);
    machines.chunks(machines.len().div_ceil(count).max(1)).map(<[MachineId]>::to_vec).collect()
}
