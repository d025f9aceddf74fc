//! What a hand has lifted and not yet let go of: the parts, and the links that bend with them.
//!
//! The scene itself stays as it is meanwhile: the drawing moves what is lifted by one translation.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use archlab_model::{GroupId, Point};

use crate::editor::geometry::Rect;
use crate::editor::scene::links::{End, Link, Obstacles, port};
use crate::editor::scene::route::{Route, route};
use crate::editor::scene::{Part, Scene};

/// So many links are seen to bend; where there are more, nobody could follow them.
const MOST_BENT: usize = 400;

/// What is lifted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lift {
    /// Everything that moves.
    pub parts: Rc<BTreeSet<Part>>,
    /// How far.
    pub by: Point,
    /// The links of which one end moves, or both, by their number.
    pub bent: BTreeMap<usize, Route>,
    /// The groups that move as a whole, and their links with them.
    pub groups: BTreeSet<GroupId>,
    /// What the links that bend go round: all that is not lifted, which stays where it is.
    obstacles: Rc<Obstacles>,
}

impl Lift {
    /// These parts of `scene`, lifted by nothing yet.
    pub fn of(scene: &Scene, parts: Rc<BTreeSet<Part>>) -> Lift {
        let groups = parts.iter().filter_map(|part| match part {
            Part::Group(id) => Some(id.clone()),
            _ => None,
        });
        let groups: BTreeSet<GroupId> = groups.collect();
        let goes_along = |link: &Link| link.home.as_ref().is_some_and(|home| groups.contains(home));
        let holds = |end: &End| end.part().is_some_and(|part| parts.contains(part));
        let bends = |link: &Link| !goes_along(link) && (holds(&link.from) || holds(&link.to));
        let touched = scene.links.iter().enumerate().filter(|(_, link)| bends(link)).take(MOST_BENT);
        let bent = touched.map(|(number, link)| (number, link.route.clone())).collect();
        let obstacles = Rc::new(Obstacles::of(scene, &parts));
        Lift { bent, groups, parts, by: Point::default(), obstacles }
    }

    /// Lifts them by `by` in all. The scene is the one that they were lifted from.
    pub fn to(&mut self, scene: &Scene, by: Point) {
        self.by = by;
        let place = |end: &End, point: Point| match end {
            End::Part(part) => {
                let rect = port(&scene.boxes, part).unwrap_or_default();
                if self.parts.contains(part) { rect.moved(by) } else { rect }
            }
            End::Hub(..) => Rect::new(point.x, point.y, 0.0, 0.0),
        };
        for (number, bent) in &mut self.bent {
            let Some(link) = scene.links.get(*number) else { continue };
            let (a, b) = (place(&link.from, link.route.from()), place(&link.to, link.route.to()));
            *bent = match &link.home {
                Some(group) => route(a, b, &self.obstacles.inside(group, a, b)),
                None => route(a, b, &self.obstacles.outside(a, b)),
            };
        }
    }

    /// Whether a link goes along whole.
    pub fn carries(&self, link: &Link) -> bool {
        link.home.as_ref().is_some_and(|home| self.groups.contains(home))
    }

    /// How a link runs now.
    pub fn route<'a>(&'a self, number: usize, link: &'a Link) -> Cow<'a, Route> {
        match self.bent.get(&number) {
            Some(bent) => Cow::Borrowed(bent),
            None if self.carries(link) => Cow::Owned(link.route.moved(self.by)),
            None => Cow::Borrowed(&link.route),
        }
    }
}
