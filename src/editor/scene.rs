//! The scene: where every part of a design lies on the canvas, and what is linked to what.
//!
//! A person places groups, clients and loose machines; inside a group the layout places everything, unless
//! the group is free. Links are derived from the calls: nobody draws them.

pub mod lift;
pub mod lines;
pub mod links;
mod nest;
pub mod route;
mod within;

use std::collections::{BTreeMap, BTreeSet};

use archlab_model::{
    ClientId, Deployment, Design, GroupId, InstanceId, MachineId, NoteId, Point, Service, StoreId, layout,
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
    /// The group that decides what runs on each machine that is in one: the outermost around it.
    pub group_of: BTreeMap<MachineId, GroupId>,
    /// The group that each of these machines has a seat in.
    pub seated: BTreeMap<MachineId, GroupId>,
    /// The group that each of these groups has a seat in.
    pub held: BTreeMap<GroupId, GroupId>,
    /// The groups that arrange nothing: what lies in them stands where a person put it.
    pub free: BTreeSet<GroupId>,
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
/// Height of the header of a group within a group.
pub const INNER_HEADER: f64 = 36.0;
/// From the edge of a group within a group to its content.
pub const INNER_PADDING: f64 = 12.0;

impl Scene {
    /// The scene of a design in which instances run where `placed` says; those it doesn't name run
    /// where the layout put them.
    pub fn of(design: &Design, placed: &BTreeMap<InstanceId, MachineId>) -> Scene {
        let mut scene = Scene::default();
        let holders = nest::holders(design);
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
            let members = scene.members(design, id, group, &holders);
            scene.arrange(id, group, members, &deployment);
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
            Part::Group(id) => (0, self.depth(id)),
            Part::Machine(_) => (1, 0),
            Part::Entry(_) | Part::Store(..) | Part::Client(_) => (2, 0),
            Part::Instance(_) => (3, 0),
            Part::Note(_) => (4, 0),
        };
        let under = self.boxes.iter().filter(|(_, rect)| rect.contains(point));
        under.map(|(part, _)| part).max_by_key(|part| depth(part))
    }

    /// The innermost group whose area holds `point`.
    pub fn group_at(&self, point: Point) -> Option<&GroupId> {
        self.group_at_but(point, |_| false)
    }

    /// The same, as if some groups were not there.
    pub fn group_at_but(&self, point: Point, gone: impl Fn(&GroupId) -> bool) -> Option<&GroupId> {
        let under = self.boxes.iter().filter_map(|(part, rect)| match part {
            Part::Group(id) if rect.contains(point) && !gone(id) => Some(id),
            _ => None,
        });
        under.max_by_key(|id| self.depth(id))
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
                    let home = match other {
                        Part::Instance(instance) => {
                            self.host(instance).and_then(|machine| self.seated.get(machine))
                        }
                        other => self.home_of(other),
                    };
                    if home.is_some_and(|home| self.is_within(home, id)) {
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
}

fn boxed(at: Point, (width, height): (f64, f64)) -> Rect {
    Rect::new(at.x, at.y, width, height)
}
