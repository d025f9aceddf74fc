//! What lies open beside the canvas: the business editor and the list of problems.

use archlab_model::{Business, FunctionId, KindId, Point, validate};

use crate::editor::Editor;
use crate::editor::camera::Camera;
use crate::editor::geometry::Rect;
use crate::editor::scene::Part;
use crate::session::Session;

/// Between the edge of the stage and a part that is brought into view, in CSS pixels.
const MARGIN: f64 = 12.0;

/// What lies open.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Desk {
    /// What the business editor shows; nothing while it is closed.
    pub business: Option<Topic>,
    /// The function that is picked in it.
    pub picked: Option<FunctionId>,
    /// Whether what it shows has just been made, and wants a name.
    pub is_fresh: bool,
    /// Whether the list of problems is open.
    pub problems: bool,
}

/// A page of the business editor.
#[derive(Debug, Clone, PartialEq)]
pub enum Topic {
    /// A request kind, with its call flow.
    Kind(KindId),
    /// A function.
    Function(FunctionId),
    /// All sets of data.
    Data,
    /// Which function lives in which module and service.
    Homes,
    /// What calls cost.
    Calls,
}

impl Topic {
    /// This one, or another one if what it is about is not there.
    pub fn or_first(self, business: &Business) -> Topic {
        match self {
            Topic::Kind(kind) if !business.requests.contains_key(&kind) => Topic::first(business),
            Topic::Function(function) if !business.functions.contains_key(&function) => {
                Topic::first(business)
            }
            topic => topic,
        }
    }

    /// What is shown first.
    pub fn first(business: &Business) -> Topic {
        let kind = business.requests.keys().next().cloned().map(Topic::Kind);
        let function = || business.functions.keys().next().cloned().map(Topic::Function);
        kind.or_else(function).unwrap_or(Topic::Homes)
    }
}

impl Desk {
    /// Opens the business editor, or closes it.
    pub fn toggle_business(&mut self, business: &Business) {
        self.business = match self.business {
            Some(_) => None,
            None => Some(Topic::first(business)),
        };
        self.problems = false;
        self.is_fresh = false;
    }

    /// Shows a page of the business editor.
    pub fn show(&mut self, topic: Topic) {
        self.picked = match &topic {
            Topic::Function(function) => Some(function.clone()),
            _ => None,
        };
        self.business = Some(topic);
        self.is_fresh = false;
    }

    /// Shows what has just been made.
    pub fn show_fresh(&mut self, topic: Topic) {
        self.show(topic);
        self.is_fresh = true;
    }
}

/// Shows the part that a problem is about: on the canvas, or in the business editor.
pub fn show_part(session: &mut Session, part: &validate::Part) {
    let business = |session: &mut Session, topic: Topic| {
        session.desk.show(topic);
        session.desk.problems = false;
    };
    match part {
        validate::Part::Group(id) => reveal(&mut session.editor, Part::Group(id.clone())),
        validate::Part::Machine(id) => reveal(&mut session.editor, Part::Machine(id.clone())),
        validate::Part::Client(id) => reveal(&mut session.editor, Part::Client(id.clone())),
        validate::Part::Function(id) => business(session, Topic::Function(id.clone())),
        validate::Part::Kind(id) => business(session, Topic::Kind(id.clone())),
        validate::Part::Data(_) => business(session, Topic::Data),
        validate::Part::Module(_) | validate::Part::Service(_) => business(session, Topic::Homes),
        validate::Part::Design => {
            let first = Topic::first(&session.editor.design().business);
            business(session, first);
        }
    }
}

/// Chooses a part, and moves the camera if it is not seen whole.
fn reveal(editor: &mut Editor, part: Part) {
    let Some(area) = editor.scene().boxes.get(&part).copied() else { return };
    let (view, camera) = (editor.view, editor.camera);
    if editor.will_see(area) {
        editor.hurry_to(area);
    } else if view.w > 0.0 {
        let stage = Rect::new(0.0, 0.0, view.w, view.h).grown(-MARGIN);
        let fitting = Camera::fitting(area, stage);
        let zoom = fitting.zoom.min(camera.zoom.max(0.4));
        let (middle, held) = (stage.centre(), area.centre());
        let offset = Point::new(middle.x - held.x * zoom, middle.y - held.y * zoom);
        editor.put_camera(Camera { zoom, offset });
    }
    editor.selection = part.into();
}
