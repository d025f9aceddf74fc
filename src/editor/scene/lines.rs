//! Lines as a person means them: all links between two services are one line, whichever copies they join.

use std::collections::BTreeSet;

use archlab_model::{ClientId, Design, GroupId, Layout, Point, ServiceId};

use crate::editor::scene::links::{End, Link};
use crate::editor::scene::route::Route;
use crate::editor::scene::{Part, Scene};

/// Into so many pieces a way is cut to find out how near it is.
const PIECES: u32 = 28;

/// A line that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// What one service calls of another.
    Calls {
        /// Of which group.
        group: GroupId,
        /// The service that calls.
        from: ServiceId,
        /// The service that is called.
        to: ServiceId,
    },
    /// What clients send to a group.
    Sends {
        /// The clients.
        client: ClientId,
        /// The group.
        group: GroupId,
    },
}

impl Line {
    /// The line that a link belongs to, if it is one that can be chosen.
    pub fn of(link: &Link) -> Option<Line> {
        let instance = |end: &End| match end {
            End::Part(Part::Instance(instance)) => Some(instance.clone()),
            _ => None,
        };
        match (&link.from, &link.to) {
            (End::Part(Part::Client(client)), End::Part(Part::Entry(group))) => {
                Some(Line::Sends { client: client.clone(), group: group.clone() })
            }
            (End::Hub(group, from, to), _) | (_, End::Hub(group, from, to)) => {
                Some(Line::Calls { group: group.clone(), from: from.clone(), to: to.clone() })
            }
            (from, to) => {
                let (from, to) = (instance(from)?, instance(to)?);
                Some(Line::Calls { group: from.group, from: from.service, to: to.service })
            }
        }
    }
}

impl Scene {
    /// The parts that a layout made and a person changed: copies of services, and stores. None of a group that
    /// arranges nothing, where all is by hand.
    pub fn changed_by_hand(&self, design: &Design) -> BTreeSet<Part> {
        let mut changed = BTreeSet::new();
        let is_free = |id: &GroupId| design.groups.get(id).is_none_or(|group| group.layout == Layout::Free);
        for there in self.deployments.values().filter(|there| !is_free(&there.group)) {
            for service in &there.services {
                let copies = service.instances.iter().filter(|copy| service.by_hand || copy.by_hand);
                changed.extend(copies.map(|copy| Part::Instance(copy.id.clone())));
            }
            let stores = there.stores.iter().filter(|store| store.by_hand);
            changed.extend(stores.map(|store| Part::Store(there.group.clone(), store.id.clone())));
        }
        changed
    }

    /// The line that passes nearest to `point`, if it comes within `reach`.
    pub fn line_at(&self, point: Point, reach: f64) -> Option<Line> {
        let near = self.links.iter().filter(|link| link.route.bounds().grown(reach).contains(point));
        let measured = near.filter_map(|link| Some((distance(&link.route, point), Line::of(link)?)));
        let nearest = measured.filter(|(far, _)| *far <= reach).min_by(|(a, _), (b, _)| a.total_cmp(b));
        nearest.map(|(_, line)| line)
    }

    /// The links that a line consists of.
    pub fn links_of<'a>(&'a self, line: &'a Line) -> impl Iterator<Item = &'a Link> {
        self.links.iter().filter(move |link| Line::of(link).as_ref() == Some(line))
    }

    /// Whether a line is there.
    pub fn has_line(&self, line: &Line) -> bool {
        self.links_of(line).next().is_some()
    }

    /// Where a line is taken hold of: the middle of its first link.
    pub fn middle_of(&self, line: &Line) -> Option<Point> {
        self.links_of(line).next().map(|link| link.route.at(0.5))
    }
}

fn distance(route: &Route, point: Point) -> f64 {
    let places = (0..=PIECES).map(|piece| route.at(f64::from(piece) / f64::from(PIECES)));
    let places: Vec<Point> = places.collect();
    let far = places.windows(2).map(|ends| from_segment(point, ends[0], ends[1]));
    far.fold(f64::INFINITY, f64::min)
}

fn from_segment(point: Point, a: Point, b: Point) -> f64 {
    let (along, to) = (b - a, point - a);
    let length = along.x * along.x + along.y * along.y;
    let share = if length > 0.0 { ((to.x * along.x + to.y * along.y) / length).clamp(0.0, 1.0) } else { 0.0 };
    (to.x - along.x * share).hypot(to.y - along.y * share)
}
