//! A design seen from far: its groups, machines and stores as shapes, without words.

use std::collections::BTreeMap;

use archlab_model::{Design, Layout};
use yew::prelude::*;

use crate::editor::geometry::Rect;
use crate::editor::scene::links::End;
use crate::editor::scene::{Part, Scene};
use crate::ui::canvas::machine::num;

/// What is left free around everything, in canvas units.
const MARGIN: f64 = 30.0;
/// A large design is drawn by its first parts.
const MAX_SHAPES: usize = 400;

/// The picture of a design.
pub fn thumbnail(design: &Design) -> Html {
    let scene = Scene::of(design, &BTreeMap::new());
    let bounds = scene.bounds().unwrap_or(Rect::new(0.0, 0.0, 400.0, 250.0)).grown(MARGIN);
    let links = scene.links.iter().take(MAX_SHAPES).filter_map(|link| {
        let centre = |end: &End| Some(scene.boxes.get(end.part()?)?.centre());
        let (from, to) = (centre(&link.from)?, centre(&link.to)?);
        Some(html! { <line x1={num(from.x)} y1={num(from.y)} x2={num(to.x)} y2={num(to.y)} /> })
    });
    let (mut groups, others): (Vec<_>, Vec<_>) =
        scene.boxes.iter().partition(|(part, _)| matches!(part, Part::Group(_)));
    groups.sort_by_key(|(part, _)| match part {
        Part::Group(id) => scene.depth(id),
        _ => 0,
    });
    let shape = |(part, place): (&Part, &Rect)| {
        let (class, radius) = match part {
            Part::Group(group) => (layout_class(design.groups.get(group).map(|group| group.layout)), 14.0),
            Part::Machine(_) => ("machine", 8.0),
            Part::Instance(_) => ("row", 3.0),
            Part::Store(..) => ("store", place.h / 2.0),
            Part::Entry(_) => ("entry", 8.0),
            _ => ("client", place.h / 2.0),
        };
        html! {
            <rect {class} x={num(place.x)} y={num(place.y)} width={num(place.w)} height={num(place.h)} rx={num(radius)} />
        }
    };
    let view = format!("{:.0} {:.0} {:.0} {:.0}", bounds.x, bounds.y, bounds.w, bounds.h);
    html! {
        <svg class="thumbnail" viewBox={view} preserveAspectRatio="xMidYMid meet" aria-hidden="true">
            { for groups.into_iter().take(MAX_SHAPES).map(shape) }
            { for links }
            { for others.into_iter().take(MAX_SHAPES).map(shape) }
        </svg>
    }
}

fn layout_class(layout: Option<Layout>) -> &'static str {
    match layout {
        Some(Layout::Cluster) => "group cluster",
        Some(Layout::Distributed) => "group distributed",
        Some(Layout::Microservice) => "group microservice",
        _ => "group",
    }
}
