//! Actions on the design as a whole and on what is chosen.

use archlab_model::Point;

use super::keys::Keys;
use super::{Action, Kind, Section, actions};
use crate::editor::input::Input;
use crate::editor::scene::Part;
use crate::editor::tools::Tool;
use crate::session::Session;
use crate::ui::icon::Icon;

/// How far an arrow key moves, in canvas units; Shift makes it one.
const NUDGE: f64 = 10.0;

const MOVE: Action = Action {
    icon: Icon::Group,
    section: Section::Arrange,
    is_for_canvas: true,
    is_listed: false,
    enabled: |_, parts| !parts.is_empty(),
    ..Action::ROW
};

actions! {
    /// Takes the last step back.
    UNDO = Action {
        name: "action.undo",
        icon: Icon::Undo,
        section: Section::History,
        keys: &[Keys::control("z")],
        enabled: |session, _| session.editor.steps().0 > 0,
        act: |session, _| session.edit(|editor| { editor.undo(); }),
        ..Action::ROW
    };
    /// Does the last undone step again.
    REDO = Action {
        name: "action.redo",
        icon: Icon::Redo,
        section: Section::History,
        keys: &[Keys::control_shift("z"), Keys::control("y")],
        enabled: |session, _| session.editor.steps().1 > 0,
        act: |session, _| session.edit(|editor| { editor.redo(); }),
        ..Action::ROW
    };
    /// Shows or hides the list of steps.
    HISTORY = Action {
        name: "action.history",
        icon: Icon::History,
        section: Section::History,
        act: |session, _| session.editor.shows_history = !session.editor.shows_history,
        ..Action::ROW
    };
    /// Gives up the gesture; with nothing in hand, lets go of what is chosen.
    ESCAPE = Action {
        name: "action.escape",
        icon: Icon::Close,
        section: Section::Selection,
        keys: &[Keys::plain("escape")],
        is_listed: false,
        act: |session, _| escape(session),
        ..Action::ROW
    };
    /// Chooses everything that a person placed.
    SELECT_ALL = Action {
        name: "action.select_all",
        icon: Icon::Group,
        section: Section::Selection,
        keys: &[Keys::control("a")],
        on: &[Kind::Canvas],
        act: |session, _| session.editor.select_all(),
        ..Action::ROW
    };
    /// Removes what is chosen.
    DELETE = Action {
        name: "action.delete",
        icon: Icon::Delete,
        section: Section::Remove,
        keys: &[Keys::plain("delete"), Keys::plain("backspace")],
        is_danger: true,
        on: &[Kind::Machine, Kind::Group, Kind::Client, Kind::Note],
        enabled: |session, parts| parts.iter().any(|part| {
            let is_placed = matches!(part, Part::Machine(_) | Part::Group(_) | Part::Client(_) | Part::Note(_));
            is_placed && !session.editor.scene().locked.contains(part)
        }),
        act: |session, _| session.edit(|editor| editor.remove_selected()),
        ..Action::ROW
    };
    /// Moves what is chosen one step of the grid to the left.
    MOVE_LEFT = Action {
        name: "action.move_left",
        keys: &[Keys::plain("arrowleft")],
        act: |session, _| nudge(session, -NUDGE, 0.0),
        ..MOVE
    };
    /// The same, to the right.
    MOVE_RIGHT = Action {
        name: "action.move_right",
        keys: &[Keys::plain("arrowright")],
        act: |session, _| nudge(session, NUDGE, 0.0),
        ..MOVE
    };
    /// The same, up.
    MOVE_UP = Action {
        name: "action.move_up",
        keys: &[Keys::plain("arrowup")],
        act: |session, _| nudge(session, 0.0, -NUDGE),
        ..MOVE
    };
    /// The same, down.
    MOVE_DOWN = Action {
        name: "action.move_down",
        keys: &[Keys::plain("arrowdown")],
        act: |session, _| nudge(session, 0.0, NUDGE),
        ..MOVE
    };
    /// Moves what is chosen a little to the left.
    MOVE_LEFT_A_LITTLE = Action {
        name: "action.move_left_a_little",
        keys: &[Keys::shift("arrowleft")],
        act: |session, _| nudge(session, -1.0, 0.0),
        ..MOVE
    };
    /// The same, to the right.
    MOVE_RIGHT_A_LITTLE = Action {
        name: "action.move_right_a_little",
        keys: &[Keys::shift("arrowright")],
        act: |session, _| nudge(session, 1.0, 0.0),
        ..MOVE
    };
    /// The same, up.
    MOVE_UP_A_LITTLE = Action {
        name: "action.move_up_a_little",
        keys: &[Keys::shift("arrowup")],
        act: |session, _| nudge(session, 0.0, -1.0),
        ..MOVE
    };
    /// The same, down.
    MOVE_DOWN_A_LITTLE = Action {
        name: "action.move_down_a_little",
        keys: &[Keys::shift("arrowdown")],
        act: |session, _| nudge(session, 0.0, 1.0),
        ..MOVE
    };
}

fn nudge(session: &mut Session, x: f64, y: f64) {
    session.edit(|editor| editor.nudge(Point::new(x, y)));
}

fn escape(session: &mut Session) {
    let resting = session.editor.tool == Tool::Idle;
    session.on(Input::Cancel);
    if resting && session.editor.selects_several {
        session.editor.selects_several = false;
    } else if resting {
        session.editor.choose_nothing();
    }
}
