//! What the hand is doing: a state machine of presses, drags and placings.
//!
//! A drag computes from where it began. Only a release changes the design; until then the drag is a
//! wish that the canvas draws.

use archlab_model::{GroupId, NoteId, Point};

use crate::editor::camera::Camera;
use crate::editor::detail::{Detail, Look};
use crate::editor::geometry::Rect;
use crate::editor::grasp::Grasp;
use crate::editor::input::{Held, Input, Piece};
use crate::editor::scene::{Line, Part, Scene};
use crate::editor::selection::Selection;

/// How far the pointer must travel before a press becomes a drag, in CSS pixels.
pub const DRAG_THRESHOLD: f64 = 4.0;

/// How near to a note's corner the pointer takes hold of it, in CSS pixels.
const CORNER_REACH: f64 = 18.0;

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
        /// What was chosen before.
        before: Selection,
        /// What a drag from here takes, if that is less than the part.
        grasp: Option<Grasp>,
    },
    /// It drags a function, or the end of a call. Points are canvas units.
    Handing {
        /// Which.
        grasp: Grasp,
        /// Where it took hold.
        start: Point,
        /// Where it is.
        now: Point,
        /// Whether it holds on without being pressed: the next press says where to.
        is_armed: bool,
    },
    /// It drags a part, and with it what else is chosen. Points are canvas units.
    Dragging {
        /// What it took hold of.
        part: Part,
        /// What goes along.
        others: Vec<Part>,
        /// Where the drag began.
        start: Point,
        /// Where it is.
        now: Point,
    },
    /// It draws a box round what is to be chosen. Points are canvas units.
    Boxing {
        /// The corner where it began.
        start: Point,
        /// The corner where it is.
        now: Point,
        /// What was chosen before, and stays so.
        before: Selection,
    },
    /// It drags the lower right corner of a note. Points are canvas units.
    Resizing {
        /// Which.
        note: NoteId,
        /// Where the drag began.
        start: Point,
        /// Where it is.
        now: Point,
    },
    /// It drags the canvas. Points are CSS pixels.
    Panning {
        /// Where it is.
        at: Point,
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
    /// Choose these parts, and no others.
    Select(Selection),
    /// Choose a line, and no part.
    Choose(Line),
    /// Let go of something at a point.
    HandOver(Grasp, Point),
    /// Look through another camera.
    Look(Camera),
    /// Move parts by so much, dropping them where the pointer is.
    Drop {
        /// What the hand took hold of, and what goes along.
        parts: Vec<Part>,
        /// How far, in canvas units.
        by: Point,
        /// Where the pointer let go.
        at: Point,
    },
    /// Give a note another size: larger by so much, in canvas units.
    Resize(NoteId, Point),
    /// Put a new piece at a point.
    PlaceAt(Piece, Point),
    /// Put a new piece into this group, or the likeliest.
    PlaceIn(Piece, Option<GroupId>),
}

/// What a tool sees of the editor.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Where everything lies.
    pub scene: &'a Scene,
    /// What part of it is seen.
    pub camera: &'a Camera,
    /// What is chosen.
    pub selection: &'a Selection,
    /// The keys that are held.
    pub held: Held,
    /// The ports that are seen, with their places on the stage.
    pub ports: &'a [(Part, Point)],
    /// How near to a port is on it, and how near to a line is on that.
    pub reach: (f64, f64),
    /// Whether the hand is a finger.
    pub is_touched: bool,
}

impl Tool {
    /// The state after `input`, and what it asks for.
    #[must_use]
    pub fn on(self, input: Input, around: Surroundings<'_>) -> (Tool, Option<Request>) {
        let Surroundings { scene, camera, selection, held, .. } = around;
        match (self, input) {
            (Tool::Idle, Input::Press(at)) => pressed(at, None, around),
            (Tool::Idle, Input::Seize(instance, function, at)) => {
                pressed(at, Some(Grasp::Function(instance, function)), around)
            }
            (Tool::Idle, Input::Grip(at)) => (Tool::Panning { at }, None),
            (Tool::Pressing { part, start, before, grasp }, Input::Move(now))
                if distance(start, now) >= DRAG_THRESHOLD =>
            {
                let (from, to) = (camera.to_canvas(start), camera.to_canvas(now));
                if let Some(note) = part.as_ref().and_then(|part| corner_at(part, from, around)) {
                    return (Tool::Resizing { note, start: from, now: to }, None);
                }
                if held.shift && is_ground(part.as_ref(), from, scene) {
                    return boxed(from, to, before, scene);
                }
                let is_free = |part: &Part| !scene.locked.contains(part);
                if let (Some(grasp), true) = (grasp, !held.alt && part.as_ref().is_some_and(is_free)) {
                    return (Tool::Handing { grasp, start: from, now: to, is_armed: false }, None);
                }
                match part.and_then(|part| taken(part, &before, around)) {
                    Some(part) => {
                        let others = going_along(&part, selection, scene);
                        (Tool::Dragging { part, others, start: from, now: to }, None)
                    }
                    None => (Tool::Panning { at: now }, Some(Request::Look(camera.panned(now - start)))),
                }
            }
            (Tool::Pressing { part: Some(part), before, .. }, Input::Release(_))
                if before.contains(&part) =>
            {
                // It was a click on something chosen.
                let select = if held.shift {
                    let mut fewer = before;
                    fewer.remove(&part);
                    fewer
                } else {
                    Selection::from(part)
                };
                (Tool::Idle, Some(Request::Select(select)))
            }
            (Tool::Boxing { start, before, .. }, Input::Move(now)) => {
                boxed(start, camera.to_canvas(now), before, scene)
            }
            (Tool::Boxing { before, .. }, Input::Cancel) => (Tool::Idle, Some(Request::Select(before))),
            (Tool::Dragging { part, others, start, .. }, Input::Move(now)) => {
                (Tool::Dragging { part, others, start, now: camera.to_canvas(now) }, None)
            }
            (Tool::Dragging { part, others, start, .. }, Input::Release(now)) => {
                let at = camera.to_canvas(now);
                let parts = std::iter::once(part).chain(others).collect();
                (Tool::Idle, Some(Request::Drop { parts, by: at - start, at }))
            }
            (Tool::Handing { grasp, start, is_armed, .. }, Input::Move(at) | Input::Press(at)) => {
                (Tool::Handing { grasp, start, now: camera.to_canvas(at), is_armed }, None)
            }
            (Tool::Handing { grasp, start, is_armed, .. }, Input::Release(at)) => {
                let here = camera.to_canvas(at);
                let moved = distance(camera.to_screen(start), at) >= DRAG_THRESHOLD;
                if matches!(grasp, Grasp::Port(_)) && !moved && !is_armed {
                    // A click on a port: the next one says where the call goes.
                    return (Tool::Handing { grasp, start, now: here, is_armed: true }, None);
                }
                (Tool::Idle, Some(Request::HandOver(grasp, here)))
            }
            (Tool::Resizing { note, start, .. }, Input::Move(now)) => {
                (Tool::Resizing { note, start, now: camera.to_canvas(now) }, None)
            }
            (Tool::Resizing { note, start, .. }, Input::Release(now)) => {
                (Tool::Idle, Some(Request::Resize(note, camera.to_canvas(now) - start)))
            }
            (Tool::Panning { at }, Input::Move(now)) => {
                (Tool::Panning { at: now }, Some(Request::Look(camera.panned(now - at))))
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

    /// The camera has moved under the hand: what it holds stays where the hand is.
    pub fn look_through(&mut self, before: &Camera, after: &Camera) {
        let now = match self {
            Tool::Dragging { now, .. } | Tool::Handing { now, .. } => Some(now),
            Tool::Boxing { now, .. } | Tool::Resizing { now, .. } => Some(now),
            Tool::Placing { now, .. } => now.as_mut(),
            Tool::Idle | Tool::Pressing { .. } | Tool::Panning { .. } => None,
        };
        if let Some(now) = now {
            *now = after.to_canvas(before.to_screen(*now));
        }
    }

    /// Where a drag or placing would let go now, in canvas units.
    pub fn over(&self) -> Option<Point> {
        match self {
            Tool::Dragging { now, .. } | Tool::Handing { now, .. } => Some(*now),
            Tool::Placing { now, .. } => *now,
            Tool::Idle
            | Tool::Pressing { .. }
            | Tool::Boxing { .. }
            | Tool::Resizing { .. }
            | Tool::Panning { .. } => None,
        }
    }

    /// The box that is drawn round what is to be chosen, in canvas units.
    pub fn drawn_box(&self) -> Option<Rect> {
        match self {
            Tool::Boxing { start, now, .. } => Some(Rect::between(*start, *now)),
            _ => None,
        }
    }

    /// The parts that are dragged: first the one that the hand took hold of.
    pub fn dragged(&self) -> Vec<Part> {
        match self {
            Tool::Dragging { part, others, .. } => std::iter::once(part).chain(others).cloned().collect(),
            _ => Vec::new(),
        }
    }
}

/// A box from corner to corner, and the choice of what it holds.
fn boxed(start: Point, now: Point, before: Selection, scene: &Scene) -> (Tool, Option<Request>) {
    let select = before.clone() | Selection::within(Rect::between(start, now), scene);
    (Tool::Boxing { start, now, before }, Some(Request::Select(select)))
}

/// The note whose lower right corner is at `at`, if it is the only one chosen and not locked.
fn corner_at(part: &Part, at: Point, around: Surroundings<'_>) -> Option<NoteId> {
    let Part::Note(note) = part else { return None };
    let rect = around.scene.boxes.get(part)?;
    let reach = CORNER_REACH / around.camera.zoom;
    let near = rect.right() - at.x <= reach && rect.bottom() - at.y <= reach;
    let free = around.selection.single() == Some(part) && !around.scene.locked.contains(part);
    (near && free).then(|| note.clone())
}

/// Whether a box can begin here: on the canvas, or on a group's ground below its header.
fn is_ground(part: Option<&Part>, at: Point, scene: &Scene) -> bool {
    match part {
        None => true,
        Some(part @ Part::Group(id)) => {
            scene.boxes.get(part).is_some_and(|area| at.y > area.y + scene.header_of(id))
        }
        Some(_) => false,
    }
}

/// What goes along when `part` is dragged: the rest of what is chosen, if it is chosen itself. What lies
/// in a group that is dragged goes with it anyway.
fn going_along(part: &Part, selection: &Selection, scene: &Scene) -> Vec<Part> {
    let moved = selection.movable(scene);
    if !moved.contains(part) {
        return Vec::new();
    }
    moved.iter().filter(|other| *other != part).cloned().collect()
}

/// A press where a port is, or on a part or a line, or on the canvas.
fn pressed(at: Point, grasp: Option<Grasp>, around: Surroundings<'_>) -> (Tool, Option<Request>) {
    let Surroundings { scene, camera, selection, held, .. } = around;
    if let Some(part) = port_at(at, around) {
        let start = camera.to_canvas(at);
        let grasp = Grasp::Port(part.clone());
        return (Tool::Handing { grasp, start, now: start, is_armed: false }, None);
    }
    let part = scene.hit(camera.to_canvas(at)).cloned();
    if let Some(line) = line_at(part.as_ref(), at, around) {
        let before = Selection::none();
        return (Tool::Pressing { part, start: at, before, grasp }, Some(Request::Choose(line)));
    }
    let before = selection.clone();
    let chosen = part.as_ref().is_some_and(|part| before.contains(part));
    let select = match (&part, held.shift) {
        (Some(_), _) if chosen => None,
        (None, true) => None,
        (Some(part), true) => Some(before.clone() | Selection::from(part.clone())),
        (part, false) => Some(Selection::from(part.clone())),
    };
    (Tool::Pressing { part, start: at, before, grasp }, select.map(Request::Select))
}

/// The port under a point of the stage.
fn port_at<'a>(at: Point, around: Surroundings<'a>) -> Option<&'a Part> {
    let (reach, _) = around.reach;
    let near = around.ports.iter().filter(|(_, port)| distance(*port, at) <= reach);
    near.min_by(|a, b| distance(a.1, at).total_cmp(&distance(b.1, at))).map(|(part, _)| part)
}

/// The line under a point of the stage, where no part but a group's ground is.
fn line_at(part: Option<&Part>, at: Point, around: Surroundings<'_>) -> Option<Line> {
    let from = around.camera.to_canvas(at);
    if around.held.shift || !is_ground(part, from, around.scene) {
        return None;
    }
    let (_, reach) = around.reach;
    around.scene.line_at(from, reach / around.camera.zoom)
}

/// What a drag on `part` takes: a copy of a service alone, or what a person placed. With Alt, which copies, it is
/// that; from afar, where rows are not seen; and under a finger, where rows are small and this one was not chosen.
fn taken(part: Part, before: &Selection, around: Surroundings<'_>) -> Option<Part> {
    let detail = Look::at(around.camera.zoom).detail;
    let is_small = around.is_touched && detail == Detail::Brief && !before.contains(&part);
    if around.held.alt || detail == Detail::Far || is_small {
        movable(part, around.scene)
    } else {
        draggable(part, around.scene)
    }
}

/// The part that a drag on `part` drags: an instance by itself, what else a layout placed by its owner; nothing
/// that is locked.
pub fn draggable(part: Part, scene: &Scene) -> Option<Part> {
    match part {
        Part::Instance(_) => Some(part).filter(|part| !scene.locked.contains(part)),
        part => movable(part, scene),
    }
}

/// What a person placed, for a part, unless it is locked.
pub fn movable(part: Part, scene: &Scene) -> Option<Part> {
    owner(part, scene).filter(|owner| !scene.locked.contains(owner))
}

/// What a person placed, for what a layout placed: the group of an entry, the machine of an instance.
pub fn owner(part: Part, scene: &Scene) -> Option<Part> {
    match part {
        Part::Entry(_) | Part::Store(..) if scene.stands_free(&part) => Some(part),
        Part::Group(_) | Part::Machine(_) | Part::Client(_) | Part::Note(_) => Some(part),
        Part::Entry(group) | Part::Store(group, _) => Some(Part::Group(group)),
        Part::Instance(instance) => scene.host(&instance).cloned().map(Part::Machine),
    }
}

fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}
