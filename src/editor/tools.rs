//! What the hand is doing: a state machine of presses, drags and placings.
//!
//! A drag computes from where it began. Only a release changes the design; until then the drag is a
//! wish that the canvas draws.

use archlab_model::{Design, GroupId, Point};

use crate::editor::camera::Camera;
use crate::editor::input::{Input, Piece};
use crate::editor::scene::{Part, Scene};

/// How far the pointer must travel before a press becomes a drag, in CSS pixels.
pub const DRAG_THRESHOLD: f64 = 4.0;

/// The state of the hand.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Tool {
    /// It rests.
    #[default]
    Idle,
    /// It is down and has not moved far enough to mean a drag.
    Pressing {
        /// What it is on; nothing is the canvas itself.
        part: Option<Part>,
        /// Where it went down, in CSS pixels.
        start: Point,
    },
    /// It drags a part. Points are canvas units.
    Dragging {
        /// What.
        part: Part,
        /// Where the drag began.
        start: Point,
        /// Where it is.
        now: Point,
    },
    /// It drags the canvas. Points are CSS pixels.
    Panning {
        /// Where it took hold.
        start: Point,
        /// The camera at that time.
        camera: Camera,
    },
    /// It holds a piece from the palette; `now` is where, once it is over the canvas.
    Placing {
        /// What.
        piece: Piece,
        /// Where, in canvas units.
        now: Option<Point>,
    },
}

/// What a tool asks the editor to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Select a part, or nothing.
    Select(Option<Part>),
    /// Look through another camera.
    Look(Camera),
    /// Move a part by so much, dropping it where the pointer is.
    Drop {
        /// What.
        part: Part,
        /// How far, in canvas units.
        by: Point,
        /// Where the pointer let go.
        at: Point,
    },
    /// Put a new piece at a point.
    PlaceAt(Piece, Point),
    /// Put a new piece into this group, or the likeliest.
    PlaceIn(Piece, Option<GroupId>),
}

impl Tool {
    /// The state after `input`, and what it asks for.
    #[must_use]
    pub fn on(self, input: Input, scene: &Scene, camera: &Camera) -> (Tool, Option<Request>) {
        match (self, input) {
            (Tool::Idle, Input::Press(at)) => {
                let part = scene.hit(camera.to_canvas(at)).cloned();
                (Tool::Pressing { part: part.clone(), start: at }, Some(Request::Select(part)))
            }
            (Tool::Idle, Input::Grip(at)) => (Tool::Panning { start: at, camera: *camera }, None),
            (Tool::Pressing { part, start }, Input::Move(now)) if distance(start, now) >= DRAG_THRESHOLD => {
                match part.and_then(|part| draggable(part, scene)) {
                    Some(part) => {
                        let (start, now) = (camera.to_canvas(start), camera.to_canvas(now));
                        (Tool::Dragging { part, start, now }, None)
                    }
                    None => (
                        Tool::Panning { start, camera: *camera },
                        Some(Request::Look(camera.panned(now - start))),
                    ),
                }
            }
            (Tool::Dragging { part, start, .. }, Input::Move(now)) => {
                (Tool::Dragging { part, start, now: camera.to_canvas(now) }, None)
            }
            (Tool::Dragging { part, start, .. }, Input::Release(now)) => {
                let at = camera.to_canvas(now);
                (Tool::Idle, Some(Request::Drop { part, by: at - start, at }))
            }
            (Tool::Panning { start, camera: held }, Input::Move(now)) => {
                (Tool::Panning { start, camera: held }, Some(Request::Look(held.panned(now - start))))
            }
            (_, Input::Pick(piece)) => (Tool::Placing { piece, now: None }, None),
            (Tool::Placing { piece, .. }, Input::Move(at) | Input::Press(at)) => {
                (Tool::Placing { piece, now: Some(camera.to_canvas(at)) }, None)
            }
            (Tool::Placing { piece, .. }, Input::Release(at)) => {
                (Tool::Idle, Some(Request::PlaceAt(piece, camera.to_canvas(at))))
            }
            (Tool::Placing { piece, .. }, Input::Put(group)) => {
                (Tool::Idle, Some(Request::PlaceIn(piece, group)))
            }
            (state, Input::Zoom { at, factor }) => (state, Some(Request::Look(camera.zoomed_at(at, factor)))),
            (state, Input::Pan(by)) => (state, Some(Request::Look(camera.panned(by)))),
            (_, Input::Release(_) | Input::Cancel) => (Tool::Idle, None),
            (state, _) => (state, None),
        }
    }

    /// Where a drag or placing would let go now, in canvas units.
    pub fn over(&self) -> Option<Point> {
        match self {
            Tool::Dragging { now, .. } => Some(*now),
            Tool::Placing { now, .. } => *now,
            Tool::Idle | Tool::Pressing { .. } | Tool::Panning { .. } => None,
        }
    }
}

/// The part that a drag on `part` drags: what a layout placed takes along what it belongs to.
fn draggable(part: Part, scene: &Scene) -> Option<Part> {
    match part {
        Part::Group(_) | Part::Machine(_) | Part::Client(_) => Some(part),
        Part::Entry(group) | Part::Store(group, _) => Some(Part::Group(group)),
        Part::Instance(instance) => scene.host(&instance).cloned().map(Part::Machine),
    }
}

fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

/// Whether `design` still has `part`: an undo or a fault can come in between press and release.
#[must_use]
pub fn still_there(design: &Design, part: &Part) -> bool {
    match part {
        Part::Group(id) | Part::Entry(id) | Part::Store(id, _) => design.groups.contains_key(id),
        Part::Client(id) => design.clients.contains_key(id),
        Part::Machine(id) => design.machines.contains_key(id),
        Part::Instance(id) => design.groups.contains_key(&id.group),
    }
}
