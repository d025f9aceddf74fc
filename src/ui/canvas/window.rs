//! What of the scene is drawn, and the elements that the frame loop moves by itself.

use std::collections::BTreeSet;

use archlab_model::{GroupId, Point};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, SvgElement};
use yew::NodeRef;

use crate::editor::Editor;
use crate::editor::camera::Camera;
use crate::editor::detail::Look;
use crate::editor::geometry::Rect;
use crate::editor::scene::Part;
use crate::editor::scene::lift::Lift;

/// Of what is seen, so much more is drawn on each side, but no more than so many CSS pixels.
const SPARE: f64 = 0.5;
const MOST_SPARE: f64 = 700.0;
/// Something new is drawn when what is drawn is so many times as wide as what is seen.
const TOO_MUCH: f64 = 4.5;
/// Beyond what is seen, so many CSS pixels of the grid are drawn on each side.
const MORE_GRID: f64 = 700.0;

/// The elements that the frame loop moves by itself, without drawing anything again.
#[derive(Clone, Default, PartialEq)]
pub struct Layers {
    /// The layer of the drawing, which the browser keeps painted: a pan only shifts it.
    pub sheet: NodeRef,
    /// The group that holds the whole drawing: the camera is its transform.
    pub world: NodeRef,
    /// The pattern of the grid.
    pub grid: NodeRef,
    /// What the grid is seen on.
    pub ground: NodeRef,
    /// The path of the links that bend with what is lifted.
    pub bent: NodeRef,
    /// The canvas of the marks.
    pub marks: NodeRef,
}

impl Layers {
    /// Shows what the camera sees of a stage. `None` if there is nothing yet to show it.
    ///
    /// As long as the zoom stays what it was in `shown`, the painted sheet is shifted as a whole, by device pixels so
    /// that nothing on it blurs: the browser paints nothing again. Another zoom draws the world anew.
    pub fn show(&self, camera: Camera, stage: Rect, shown: Option<Shown>) -> Option<Shown> {
        let sheet = self.sheet.cast::<HtmlElement>()?;
        let (world, grid) = (self.world.cast::<Element>()?, self.grid.cast::<Element>()?);
        let ground = self.ground.cast::<Element>()?;
        let ratio = crate::ui::browser::window().device_pixel_ratio().max(1.0);
        let drawn = shown.filter(|shown| shown.drawn.zoom == camera.zoom);
        let shift = drawn.map_or(Point::default(), |shown| {
            let by = camera.offset - shown.drawn.offset;
            Point::new((by.x * ratio).round() / ratio, (by.y * ratio).round() / ratio)
        });
        // A length is always accepted.
        let _ = sheet.style().set_property("transform", &format!("translate({}px, {}px)", shift.x, shift.y));
        let seen = Rect::new(stage.x - shift.x, stage.y - shift.y, stage.w, stage.h);
        if let Some(shown) = drawn.filter(|shown| shown.ground.holds(seen)) {
            return Some(shown);
        }
        let area = seen.grown(MORE_GRID);
        for (name, value) in [("x", area.x), ("y", area.y), ("width", area.w), ("height", area.h)] {
            // Numbers are always accepted.
            let _ = ground.set_attribute(name, &format!("{value:.0}"));
        }
        if let Some(shown) = drawn {
            return Some(Shown { ground: area, ..shown });
        }
        let Camera { offset, zoom } = camera;
        let step = format!("{:.2}", grid_step(zoom));
        for (element, name, value) in [
            (&world, "transform", format!("translate({:.2} {:.2}) scale({zoom:.5})", offset.x, offset.y)),
            (&grid, "patternTransform", format!("translate({:.2} {:.2})", offset.x, offset.y)),
            (&grid, "width", step.clone()),
            (&grid, "height", step),
        ] {
            // Numbers are always accepted.
            let _ = element.set_attribute(name, &value);
        }
        Some(Shown { drawn: camera, ground: area })
    }
}

/// What the layers show.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// The camera that the world is drawn for; the sheet is shifted for what has been panned since.
    drawn: Camera,
    /// The grid that is drawn, in CSS pixels of the sheet.
    ground: Rect,
}

/// What of the scene is drawn, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Window {
    /// The part of the canvas that is drawn: more than is seen, so that a pan draws nothing new.
    pub area: Rect,
    /// How much is shown.
    pub look: Look,
}

impl Window {
    /// What is to be drawn for what the editor sees.
    pub fn of(editor: &Editor) -> Window {
        let seen = editor.seen_area();
        let margin = (seen.w.max(seen.h) * SPARE).min(MOST_SPARE / editor.camera.zoom);
        Window { area: seen.grown(margin), look: Look::at(editor.camera.zoom) }
    }

    /// Whether what is drawn does for what the editor sees.
    pub fn does_for(&self, editor: &Editor) -> bool {
        let seen = editor.seen_area();
        let holds =
            self.area.contains(seen.corner()) && self.area.contains(Point::new(seen.right(), seen.bottom()));
        holds && self.area.w < seen.w * TOO_MUCH && self.look == Look::at(editor.camera.zoom)
    }
}

/// The elements of what is lifted, and of the links that go along.
pub fn elements_of(world: &NodeRef, lift: &Lift) -> Vec<SvgElement> {
    let alone = lift.parts.len() == 1;
    // Rows are many, and go with their cards.
    let asked = if alone { "[data-part]" } else { "[data-part]:not(.row)" };
    let wanted = lift.parts.iter().filter(|part| !matches!(part, Part::Instance(_)) || alone);
    let mut wanted: BTreeSet<String> = wanted.map(part_key).collect();
    wanted.extend(lift.groups.iter().map(links_key));
    let world = world.cast::<Element>();
    let Some(all) = world.and_then(|world| world.query_selector_all(asked).ok()) else {
        return Vec::new();
    };
    let elements = (0..all.length()).filter_map(|place| all.get(place)?.dyn_into::<SvgElement>().ok());
    let is_wanted =
        |element: &SvgElement| element.get_attribute("data-part").is_some_and(|part| wanted.contains(&part));
    elements.filter(is_wanted).collect()
}

/// What marks the element of a part.
pub fn part_key(part: &Part) -> String {
    format!("{part:?}")
}

/// What marks the element of a group's links.
pub fn links_key(group: &GroupId) -> String {
    format!("links {group}")
}

/// The distance of the grid's dots: doubled or halved until they are neither crowded nor lost.
fn grid_step(zoom: f64) -> f64 {
    let mut step = 20.0 * zoom;
    while step < 14.0 {
        step *= 2.0;
    }
    while step > 36.0 {
        step /= 2.0;
    }
    step
}
