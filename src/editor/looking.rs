//! Looking at the canvas: where the camera goes, and what it sees.

use std::rc::Rc;

use archlab_model::Point;

use crate::editor::Editor;
use crate::editor::camera::{Camera, Destination};
use crate::editor::geometry::Rect;
use crate::editor::scene::{Part, Scene};

/// A stage below this width, in CSS pixels, is a phone's.
const NARROW: f64 = 600.0;
/// What the legend takes of the stage's height.
const LEGEND_HEIGHT: f64 = 26.0;
/// Between the stage's edge and what is fitted into it.
const MARGIN: f64 = 28.0;
const NARROW_MARGIN: f64 = 8.0;

impl Editor {
    /// The scene, to be kept.
    pub fn shared_scene(&self) -> Rc<Scene> {
        self.scene.clone()
    }

    /// Takes notice of where parts are seen while they are on their way to their places.
    pub fn see(&mut self, seen: Option<Rc<Scene>>) {
        self.seen = seen;
    }

    /// Where parts are seen now: a hand takes them there.
    pub fn seen_scene(&self) -> &Rc<Scene> {
        self.seen.as_ref().unwrap_or(&self.scene)
    }

    /// The part that is seen at a point of the stage.
    pub fn part_at(&self, at: Point) -> Option<Part> {
        self.seen_scene().hit(self.camera.to_canvas(at)).cloned()
    }

    /// Sends the camera to where everything is seen.
    pub fn fit(&mut self) {
        self.send_camera(Destination::Everything);
        self.camera_is_chosen = false;
    }

    /// Sends the camera to where these parts are seen; those that are not in the design count for nothing.
    pub fn fit_parts<'a>(&mut self, parts: impl IntoIterator<Item = &'a Part>) {
        let boxes = parts.into_iter().filter_map(|part| self.scene.boxes.get(part).copied());
        if let Some(area) = boxes.reduce(|all, rect| all.union(rect)) {
            self.send_camera(Destination::Area(area));
            self.camera_is_chosen = true;
        }
    }

    /// Looks through another camera. What the hand holds stays under the pointer; what is carried by keys, on its spot.
    pub fn look(&mut self, camera: Camera) {
        if self.carried_to().is_none() {
            self.tool.look_through(&self.camera, &camera);
        }
        self.camera = camera;
    }

    /// Moves the camera just so far that `part` is seen whole, or as much of it as fits, at once.
    pub fn reveal(&mut self, part: &Part) {
        let Some(rect) = self.scene.boxes.get(part).copied() else { return };
        if self.will_see(rect) {
            return self.hurry_to(rect);
        }
        let camera = self.camera;
        let inner = self.clear_area_seen_by(&camera).grown(-self.margin() / camera.zoom);
        let shift = |low: f64, high: f64, from: f64, to: f64| {
            if from < low || high - low < to - from {
                low - from
            } else if to > high {
                high - to
            } else {
                0.0
            }
        };
        let x = shift(inner.x, inner.right(), rect.x, rect.right());
        let y = shift(inner.y, inner.bottom(), rect.y, rect.bottom());
        self.put_camera(camera.panned(Point::new(x * camera.zoom, y * camera.zoom)));
    }

    /// Moves the camera so that `point` of the canvas is seen in the middle.
    pub fn look_at(&mut self, point: Point) {
        let seen = self.camera.to_screen(point);
        let by = Point::new(self.view.w / 2.0 - seen.x, self.view.h / 2.0 - seen.y);
        self.put_camera(self.camera.panned(by));
    }

    /// The camera at a destination.
    pub fn camera_at(&self, destination: Destination) -> Camera {
        match destination {
            Destination::Everything => self.fitting_camera(),
            Destination::Area(area) => Camera::fitting(area, self.frame()),
        }
    }

    /// The camera that shows everything.
    /// On a narrow screen that is the first group only: with everything nothing could be read.
    pub fn fitting_camera(&self) -> Camera {
        let group = self.design().outer_groups().map(|(id, _)| id).next().filter(|_| self.is_narrow());
        let group = group.and_then(|id| self.scene.boxes.get(&Part::Group(id.clone()))).copied();
        let bounds = group.or_else(|| self.scene.bounds()).unwrap_or(Rect::new(0.0, 0.0, 600.0, 400.0));
        Camera::fitting(bounds, self.frame())
    }

    /// The part of the canvas that is seen.
    pub fn seen_area(&self) -> Rect {
        self.area_seen_by(&self.camera)
    }

    /// The part of the canvas that is seen through a camera.
    pub(super) fn area_seen_by(&self, camera: &Camera) -> Rect {
        let corner = camera.to_canvas(Point::default());
        Rect::new(corner.x, corner.y, self.view.w / camera.zoom, self.view.h / camera.zoom)
    }

    /// As [`Editor::area_seen_by`], without what lies under the legend.
    pub(super) fn clear_area_seen_by(&self, camera: &Camera) -> Rect {
        let seen = self.area_seen_by(camera);
        Rect { h: seen.h - self.legend_height() / camera.zoom, ..seen }
    }

    /// Whether nothing of the design is seen although there is something.
    pub fn is_lost(&self) -> bool {
        let seen = self.seen_area();
        let apart = |rect: &Rect| {
            rect.x > seen.right() || rect.right() < seen.x || rect.y > seen.bottom() || rect.bottom() < seen.y
        };
        self.view.w > 0.0 && !self.scene.boxes.is_empty() && self.scene.boxes.values().all(apart)
    }

    fn is_narrow(&self) -> bool {
        self.view.w < NARROW
    }

    /// What of the stage is free for what is fitted into it.
    fn frame(&self) -> Rect {
        Rect { h: self.view.h - self.legend_height(), ..self.view }.grown(-self.margin())
    }

    fn legend_height(&self) -> f64 {
        if self.is_narrow() { 0.0 } else { LEGEND_HEIGHT }
    }

    /// Between the stage's edge and what is shown within it.
    fn margin(&self) -> f64 {
        if self.is_narrow() { NARROW_MARGIN } else { MARGIN }
    }
}
