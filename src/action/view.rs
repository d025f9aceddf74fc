//! Actions on what is seen of the canvas.

use archlab_model::Point;

use super::keys::Keys;
use super::{Action, Kind, Section, actions};
use crate::editor::input::Input;
use crate::session::Session;
use crate::ui::icon::Icon;

/// How much one press on a zoom button zooms.
const ZOOM_STEP: f64 = 1.25;

const ROW: Action = Action { section: Section::View, ..Action::ROW };

actions! {
    /// Enlarges.
    ZOOM_IN = Action {
        name: "action.zoom_in",
        icon: Icon::Plus,
        keys: &[Keys::control("+")],
        act: |session, _| zoom(session, ZOOM_STEP),
        ..ROW
    };
    /// Makes smaller.
    ZOOM_OUT = Action {
        name: "action.zoom_out",
        icon: Icon::Minus,
        keys: &[Keys::control("-")],
        act: |session, _| zoom(session, 1.0 / ZOOM_STEP),
        ..ROW
    };
    /// Shows everything.
    FIT = Action {
        name: "action.fit",
        icon: Icon::Fit,
        keys: &[Keys::shift("1"), Keys::control("0")],
        on: &[Kind::Canvas],
        act: |session, _| session.editor.fit(),
        ..ROW
    };
}

fn zoom(session: &mut Session, factor: f64) {
    let view = session.editor.view;
    session.on(Input::Zoom { at: Point::new(view.w / 2.0, view.h / 2.0), factor });
}
