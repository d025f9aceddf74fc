//! Actions on what lies open beside the canvas.

use super::keys::Keys;
use super::{Action, Kind, Section, actions};
use crate::ui::icon::Icon;

const ROW: Action = Action { section: Section::View, ..Action::ROW };

actions! {
    /// Opens the business editor, or closes it.
    BUSINESS = Action {
        name: "action.business",
        icon: Icon::Business,
        keys: &[Keys::plain("b")],
        on: &[Kind::Canvas],
        is_on: Some(|session| session.desk.business.is_some()),
        act: |session, _| session.desk.toggle_business(&session.editor.design().business),
        ..ROW
    };
    /// Opens the list of problems, or closes it.
    PROBLEMS = Action {
        name: "action.problems",
        icon: Icon::Alert,
        keys: &[Keys::plain("p")],
        on: &[Kind::Canvas],
        is_on: Some(|session| session.desk.problems),
        act: |session, _| session.desk.problems = !session.desk.problems,
        ..ROW
    };
}
