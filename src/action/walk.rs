//! Actions of those who have no pointer: walking from part to part, carrying a part, moving the view.

use archlab_model::Point;

use super::keys::Keys;
use super::{Action, Kind, Section, actions};
use crate::editor::input::Input;
use crate::editor::walk::Side;
use crate::session::Session;
use crate::ui::icon::Icon;

/// How far an arrow moves the view, in CSS pixels.
const STRIDE: f64 = 80.0;

const CARRY: Action = Action {
    icon: Icon::Leave,
    section: Section::Arrange,
    is_for_canvas: true,
    is_listed: false,
    enabled: |session, _| session.editor.carried_to().is_some(),
    ..Action::ROW
};

const WALK: Action = Action {
    icon: Icon::Group,
    section: Section::Selection,
    is_for_canvas: true,
    is_listed: false,
    ..Action::ROW
};

const LOOK: Action = Action {
    icon: Icon::Fit,
    section: Section::View,
    is_for_canvas: true,
    is_listed: false,
    enabled: |session, parts| parts.is_empty() && session.editor.carried_to().is_none(),
    ..Action::ROW
};

actions! {
    /// Picks up a machine or a group, to carry it to another group by arrows; or a copy, to carry it to another machine.
    PICK_UP = Action {
        name: "action.pick_up",
        keys: &[Keys::plain("m")],
        is_listed: true,
        on: &[Kind::Machine, Kind::Group, Kind::Instance],
        enabled: |session, _| session.editor.can_pick_up(),
        act: |session, _| session.editor.pick_up(),
        ..CARRY
    };
    /// Carries it on to the next place.
    CARRY_ON = Action {
        name: "action.carry_on",
        keys: &[Keys::plain("arrowdown"), Keys::plain("arrowright")],
        act: |session, _| session.editor.carry_on(false),
        ..CARRY
    };
    /// Carries it back to the place before.
    CARRY_BACK = Action {
        name: "action.carry_back",
        keys: &[Keys::plain("arrowup"), Keys::plain("arrowleft")],
        act: |session, _| session.editor.carry_on(true),
        ..CARRY
    };
    /// Puts down what is carried.
    PUT_DOWN = Action {
        name: "action.put_down",
        keys: &[Keys::plain("enter"), Keys::plain("m")],
        act: |session, _| session.edit(|editor| editor.put_down()),
        ..CARRY
    };
    /// Goes to the neighbour on the left.
    WALK_LEFT = Action {
        name: "action.walk_left",
        keys: &[Keys::control("arrowleft")],
        act: |session, _| { session.editor.walk(Side::Left); },
        ..WALK
    };
    /// The same, on the right.
    WALK_RIGHT = Action {
        name: "action.walk_right",
        keys: &[Keys::control("arrowright")],
        act: |session, _| { session.editor.walk(Side::Right); },
        ..WALK
    };
    /// The same, above.
    WALK_UP = Action {
        name: "action.walk_up",
        keys: &[Keys::control("arrowup")],
        act: |session, _| { session.editor.walk(Side::Up); },
        ..WALK
    };
    /// The same, below.
    WALK_DOWN = Action {
        name: "action.walk_down",
        keys: &[Keys::control("arrowdown")],
        act: |session, _| { session.editor.walk(Side::Down); },
        ..WALK
    };
    /// Moves the view to the left.
    LOOK_LEFT = Action {
        name: "action.look_left",
        keys: &[Keys::plain("arrowleft")],
        act: |session, _| look(session, STRIDE, 0.0),
        ..LOOK
    };
    /// The same, to the right.
    LOOK_RIGHT = Action {
        name: "action.look_right",
        keys: &[Keys::plain("arrowright")],
        act: |session, _| look(session, -STRIDE, 0.0),
        ..LOOK
    };
    /// The same, up.
    LOOK_UP = Action {
        name: "action.look_up",
        keys: &[Keys::plain("arrowup")],
        act: |session, _| look(session, 0.0, STRIDE),
        ..LOOK
    };
    /// The same, down.
    LOOK_DOWN = Action {
        name: "action.look_down",
        keys: &[Keys::plain("arrowdown")],
        act: |session, _| look(session, 0.0, -STRIDE),
        ..LOOK
    };
}

fn look(session: &mut Session, x: f64, y: f64) {
    session.on(Input::Pan(Point::new(x, y)));
}
