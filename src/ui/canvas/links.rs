//! The links as a few long paths: one for each group, drawn again only when something moves.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use archlab_model::{GroupId, MachineId};
use yew::prelude::*;

use crate::editor::detail::Detail;
use crate::editor::geometry::Rect;
use crate::editor::scene::lift::Lift;
use crate::editor::scene::route::Route;
use crate::editor::scene::{End, Line, Link, Part, Scene};
use crate::ui::canvas::window::{Window, links_key};

/// From so many links on they are drawn faintly.
const MANY: usize = 14;
/// An arrow's length and half its width.
const ARROW: (f64, f64) = (6.5, 3.6);

/// What the links show.
#[derive(Clone, Properties)]
pub struct LinksProps {
    pub scene: Rc<Scene>,
    pub window: Window,
    pub lift: Option<Rc<Lift>>,
    /// The links of these parts stand out.
    pub lit: Vec<Part>,
    /// The line that is chosen stands out more.
    pub line: Option<Line>,
}

impl PartialEq for LinksProps {
    fn eq(&self, other: &Self) -> bool {
        let lifted = |lift: &Option<Rc<Lift>>| lift.as_ref().map(|lift| lift.parts.clone());
        Rc::ptr_eq(&self.scene, &other.scene)
            && self.window == other.window
            && lifted(&self.lift) == lifted(&other.lift)
            && self.lit == other.lit
            && self.line == other.line
    }
}

#[derive(Default)]
struct Paths {
    plain: String,
    lit: String,
    chosen: String,
    arrows: String,
}

/// The links.
#[component]
pub fn Links(props: &LinksProps) -> Html {
    let scene = &props.scene;
    let faint = (scene.links.len() > MANY).then_some("faint");
    let far = props.window.look.detail == Detail::Far;
    let mut homes: BTreeMap<Option<&GroupId>, Paths> = BTreeMap::new();
    // From afar two machines have one link, whatever runs on them.
    let mut hosts = BTreeSet::new();
    let mut ends = BTreeSet::new();
    for (number, link) in scene.links.iter().enumerate() {
        let bent = props.lift.as_ref().is_some_and(|lift| lift.bent.contains_key(&number));
        if bent || !meets(link.route.bounds(), props.window.area) {
            continue;
        }
        if far && !hosts.insert((standing_for(&link.from, scene), standing_for(&link.to, scene))) {
            continue;
        }
        let paths = homes.entry(link.home.as_ref()).or_default();
        let is_chosen = props.line.is_some() && Line::of(link) == props.line;
        let path = match is_lit(link, &props.lit) {
            _ if is_chosen => &mut paths.chosen,
            true => &mut paths.lit,
            false => &mut paths.plain,
        };
        link.route.draw(path);
        let end = link.route.to();
        if !far && link.to.part().is_some() && ends.insert((end.x.to_bits(), end.y.to_bits())) {
            arrow(&link.route, &mut paths.arrows);
        }
    }
    let home = |(group, paths): (Option<&GroupId>, Paths)| {
        html! {
            <g class="links" data-part={group.map(links_key)}>
                if !paths.plain.is_empty() { <path class={classes!("link", faint)} d={paths.plain} /> }
                if !paths.lit.is_empty() { <path class="link lit" d={paths.lit} /> }
                if !paths.chosen.is_empty() { <path class="link chosen" d={paths.chosen} /> }
                if !paths.arrows.is_empty() { <path class="arrows" d={paths.arrows} /> }
            </g>
        }
    };
    html! { { for homes.into_iter().map(home) } }
}

fn is_lit(link: &Link, lit: &[Part]) -> bool {
    [&link.from, &link.to].into_iter().any(|end| end.part().is_some_and(|part| lit.contains(part)))
}

/// What stands for an end from afar: the machine, for what runs on it.
fn standing_for<'a>(end: &'a End, scene: &'a Scene) -> (Option<&'a MachineId>, Option<&'a End>) {
    let host = match end {
        End::Part(Part::Instance(id)) => scene.host(id),
        _ => None,
    };
    (host, host.is_none().then_some(end))
}

fn meets(a: Rect, b: Rect) -> bool {
    a.x <= b.right() && b.x <= a.right() && a.y <= b.bottom() && b.y <= a.bottom()
}

/// An open arrow at the end of a link.
fn arrow(route: &Route, path: &mut String) {
    use std::fmt::Write;
    let (end, before) = (route.to(), route.arrives_from());
    let (x, y) = (end.x - before.x, end.y - before.y);
    let length = x.hypot(y).max(1e-6);
    let (x, y) = (x / length, y / length);
    let (long, wide) = ARROW;
    let (back_x, back_y) = (end.x - x * long, end.y - y * long);
    // Writing to a string cannot fail.
    let _ = write!(
        path,
        "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}",
        back_x - y * wide,
        back_y + x * wide,
        end.x,
        end.y,
        back_x + y * wide,
        back_y - x * wide
    );
}
