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
        keys: &[Keys::shift("1")],
        on: &[Kind::Canvas],
        act: |session, _| session.editor.fit(),
        ..ROW
    };
    /// Shows what is chosen.
    FIT_SELECTION = Action {
        name: "action.fit_selection",
        icon: Icon::Fit,
        keys: &[Keys::shift("2")],
        enabled: |_, parts| !parts.is_empty(),
        act: |session, parts| session.editor.fit_parts(parts),
        ..ROW
    };
    /// Shows things in their own size.
    ACTUAL_SIZE = Action {
        name: "action.actual_size",
        icon: Icon::Fit,
        keys: &[Keys::control("0")],
        act: |session, _| {
            let factor = 1.0 / session.editor.camera.zoom;
            zoom(session, factor);
        },
        ..ROW
    };
    /// Puts everything where it can be read best.
    ARRANGE = Action {
        name: "action.arrange",
        icon: Icon::Group,
        section: Section::Arrange,
        on: &[Kind::Canvas],
        enabled: |session, _| !session.editor.scene().boxes.is_empty(),
        act: |session, _| session.edit(|editor| { editor.arrange(); }),
        ..ROW
    };
}

fn zoom(session: &mut Session, factor: f64) {
    let view = session.editor.view;
    session.on(Input::Zoom { at: Point::new(view.w / 2.0, view.h / 2.0), factor });
}
