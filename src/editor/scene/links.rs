//! The links between parts, as the calls of the business make them, and the ways they run.
//!
//! Where many copies of one service call many of another, each would have a link to each: a thicket.
//! Their links meet in a hub instead, so that there is one for each copy.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use archlab_model::{Deployment, Design, FunctionId, GroupId, Point, Service, ServiceId, Step};

use crate::editor::geometry::Rect;
use crate::editor::scene::route::{Route, route};
use crate::editor::scene::{Part, ROW_INSET, Scene};

/// Where a link begins or ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// At a part.
    Part(Part),
    /// Where the links of the copies of one service to those of another meet.
    Hub(GroupId, ServiceId, ServiceId),
}

impl End {
    /// The part, if it is one.
    pub fn part(&self) -> Option<&Part> {
        match self {
            End::Part(part) => Some(part),
            End::Hub(..) => None,
        }
    }
}

/// A link between two parts that exchange messages, or between a part and a hub.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Where requests come from.
    pub from: End,
    /// Where requests go to.
    pub to: End,
    /// How it runs, in the direction of requests.
    pub route: Route,
    /// The group that both ends lie in.
    pub home: Option<GroupId>,
}

/// From so many copies on each side on, links meet in a hub.
const CROWD: usize = 3;
/// And from so many links on.
const THICKET: usize = 12;

/// What is linked, ordered by the ends.
#[derive(Default)]
struct Plan {
    links: BTreeSet<(End, End, Option<GroupId>)>,
    hubs: BTreeMap<End, (Vec<Part>, Vec<Part>)>,
}

impl Plan {
    fn connect(&mut self, from: &[Part], to: &[Part], home: &GroupId) {
        for (a, b) in from.iter().flat_map(|a| to.iter().map(move |b| (a, b))) {
            self.links.insert((End::Part(a.clone()), End::Part(b.clone()), Some(home.clone())));
        }
    }

    fn call(&mut self, group: &GroupId, from: &Service, to: &Service) {
        let (sources, targets) = (copies(from), copies(to));
        let crowded = sources.len() >= CROWD && targets.len() >= CROWD;
        if !crowded || sources.len() * targets.len() < THICKET {
            self.connect(&sources, &targets, group);
            return;
        }
        let hub = End::Hub(group.clone(), from.id.clone(), to.id.clone());
        for source in &sources {
            self.links.insert((End::Part(source.clone()), hub.clone(), Some(group.clone())));
        }
        for target in &targets {
            self.links.insert((hub.clone(), End::Part(target.clone()), Some(group.clone())));
        }
        self.hubs.insert(hub, (sources, targets));
    }
}

/// The links that the calls of the business make.
pub fn links(design: &Design, scene: &Scene) -> Vec<Link> {
    let mut plan = Plan::default();
    for (id, client) in &design.clients {
        for group in client.to.iter().filter(|group| scene.deployments.contains_key(*group)) {
            let ends = (End::Part(Part::Client(id.clone())), End::Part(Part::Entry(group.clone())));
            plan.links.insert((ends.0, ends.1, None));
        }
    }
    for (id, deployment) in &scene.deployments {
        plan_group(design, id, deployment, &mut plan);
    }
    let hubs: BTreeMap<&End, Rect> = plan
        .hubs
        .iter()
        .filter_map(|(hub, (sources, targets))| Some((hub, hub_place(scene, hub, sources, targets)?)))
        .collect();
    let obstacles = Obstacles::of(scene, &BTreeSet::new());
    let port = |end: &End| match end {
        End::Part(part) => port(&scene.boxes, part),
        End::Hub(..) => hubs.get(end).copied(),
    };
    let link = |(from, to, home): &(End, End, Option<GroupId>)| {
        let (a, b) = (port(from)?, port(to)?);
        let route = match home {
            Some(group) => route(a, b, &obstacles.inside(group, a, b)),
            None => route(a, b, &obstacles.outside(a, b)),
        };
        Some(Link { from: from.clone(), to: to.clone(), route, home: home.clone() })
    };
    plan.links.iter().filter_map(link).collect()
}

fn plan_group(design: &Design, id: &GroupId, deployment: &Deployment, plan: &mut Plan) {
    for kind in design.business.requests.values() {
        let Some(service) = deployment.service_of(&kind.entry) else { continue };
        plan.connect(&[Part::Entry(id.clone())], &copies(service), id);
        if let Some(sessions) = deployment.sessions.as_ref().filter(|_| kind.session) {
            plan.connect(&copies(service), &[Part::Store(id.clone(), sessions.clone())], id);
        }
    }
    for service in &deployment.services {
        let (called, touched) = outgoing(design, service);
        for function in called.iter().filter(|function| !service.functions.contains(function)) {
            if let Some(callee) = deployment.service_of(function) {
                plan.call(id, service, callee);
            }
        }
        for store in touched.iter().filter_map(|data| deployment.store_of(data)) {
            plan.connect(&copies(service), &[Part::Store(id.clone(), store.id.clone())], id);
        }
    }
}

fn copies(service: &Service) -> Vec<Part> {
    service.instances.iter().map(|instance| Part::Instance(instance.id.clone())).collect()
}

/// What links go round: inside a group its cards, outside the areas of groups and what stands alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Obstacles {
    inside: BTreeMap<GroupId, Vec<Rect>>,
    /// The groups within a group, and the cards that lie in one of them.
    nested: BTreeMap<GroupId, Vec<Inner>>,
    outside: Vec<Rect>,
}

/// A group within a group: a link that ends in it goes round its header and its cards, another one round
/// the whole.
#[derive(Debug, Clone, PartialEq)]
struct Inner {
    area: Rect,
    cards: Vec<Rect>,
}

impl Obstacles {
    /// The obstacles of a scene, but for the parts of it that a hand has lifted.
    pub fn of(scene: &Scene, lifted: &BTreeSet<Part>) -> Obstacles {
        let mut obstacles =
            Obstacles { inside: BTreeMap::new(), nested: BTreeMap::new(), outside: Vec::new() };
        let mut inner: BTreeMap<&GroupId, Inner> = BTreeMap::new();
        let stays = |part: &Part| !lifted.contains(part);
        for (part, rect) in &scene.boxes {
            if let Part::Group(id) = part
                && scene.held.contains_key(id)
                && stays(part)
            {
                let header = Rect { h: scene.header_of(id), ..*rect };
                inner.insert(id, Inner { area: *rect, cards: vec![header] });
            }
        }
        for (part, rect) in &scene.boxes {
            let home = match part {
                // Instances are many, and in nobody's way.
                Part::Instance(_) | Part::Note(_) => continue,
                _ if !stays(part) => continue,
                Part::Group(_) | Part::Client(_) | Part::Machine(_) => scene.home_of(part),
                Part::Entry(group) | Part::Store(group, _) => Some(group),
            };
            match home {
                None => obstacles.outside.push(*rect),
                // The areas of groups within groups are told apart.
                Some(_) if matches!(part, Part::Group(_)) => {}
                Some(home) => match inner.get_mut(home) {
                    Some(inner) => inner.cards.push(*rect),
                    None => {
                        let outer = scene.outermost(home).clone();
                        obstacles.inside.entry(outer).or_default().push(*rect);
                    }
                },
            }
        }
        for (id, inner) in inner {
            obstacles.nested.entry(scene.outermost(id).clone()).or_default().push(inner);
        }
        obstacles
    }

    /// What is in the way inside a group between two boxes that lie in it.
    pub fn inside(&self, group: &GroupId, a: Rect, b: Rect) -> Cow<'_, [Rect]> {
        let cards = self.inside.get(group).map_or(&[][..], Vec::as_slice);
        let Some(nested) = self.nested.get(group) else { return Cow::Borrowed(cards) };
        let mut all = cards.to_vec();
        for inner in nested {
            if inner.area.contains(a.centre()) || inner.area.contains(b.centre()) {
                all.extend(&inner.cards);
            } else {
                all.push(inner.area);
            }
        }
        Cow::Owned(all)
    }

    /// What is in the way between two boxes that lie in different groups: not what holds one of them.
    pub fn outside(&self, a: Rect, b: Rect) -> Vec<Rect> {
        let holds = |area: &Rect| area.contains(a.centre()) || area.contains(b.centre());
        self.outside.iter().filter(|area| !holds(area)).copied().collect()
    }
}

/// Where a hub lies: in the middle of what it joins, beside the cards and not on them.
fn hub_place(scene: &Scene, hub: &End, sources: &[Part], targets: &[Part]) -> Option<Rect> {
    let End::Hub(group, ..) = hub else { return None };
    let places =
        |parts: &[Part]| -> Vec<Rect> { parts.iter().filter_map(|part| port(&scene.boxes, part)).collect() };
    let (sources, targets) = (places(sources), places(targets));
    let count = (sources.len() + targets.len()) as f64;
    let right = sources.iter().map(Rect::right).sum::<f64>() / sources.len() as f64;
    let y = sources.iter().chain(&targets).map(|rect| rect.centre().y).sum::<f64>() / count;
    let mut at = Point::new(right + HUB_ASIDE, y);
    for card in scene.boxes_in(group) {
        if card.grown(HUB_ASIDE / 2.0).contains(at) {
            at.x = card.right() + HUB_ASIDE;
        }
    }
    Some(Rect::new(at.x, at.y, 0.0, 0.0))
}

/// A hub lies this far beside the cards.
const HUB_ASIDE: f64 = 34.0;

/// The box that a link to `part` meets: an instance's is as wide as its machine's card.
pub fn port(boxes: &BTreeMap<Part, Rect>, part: &Part) -> Option<Rect> {
    let rect = *boxes.get(part)?;
    Some(match part {
        Part::Instance(_) => Rect::new(rect.x - ROW_INSET, rect.y, rect.w + 2.0 * ROW_INSET, rect.h),
        _ => rect,
    })
}

/// The functions a service calls and the data it touches.
fn outgoing<'a>(
    design: &'a Design,
    service: &Service,
) -> (BTreeSet<&'a FunctionId>, BTreeSet<&'a archlab_model::DataId>) {
    let (mut called, mut touched) = (BTreeSet::new(), BTreeSet::new());
    let functions = service.functions.iter().filter_map(|id| design.business.functions.get(id));
    for step in functions.flat_map(|function| &function.steps) {
        match step {
            Step::Call(call) => {
                called.insert(&call.to);
            }
            Step::Parallel(calls) => called.extend(calls.iter().map(|call| &call.to)),
            Step::Access(access) => {
                touched.insert(&access.data);
            }
        }
    }
    (called, touched)
}

impl Scene {
    /// The cards and boxes in a group, from left to right.
    fn boxes_in(&self, group: &GroupId) -> Vec<Rect> {
        let mut boxes: Vec<Rect> = self
            .boxes
            .iter()
            .filter(|(part, _)| match part {
                Part::Machine(id) => self.group_of.get(id) == Some(group),
                Part::Entry(of) | Part::Store(of, _) => of == group,
                _ => false,
            })
            .map(|(_, rect)| *rect)
            .collect();
        boxes.sort_by(|a, b| a.x.total_cmp(&b.x));
        boxes
    }
}
