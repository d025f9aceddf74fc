//! Actions on designs and files.

use super::keys::Keys;
use super::{Action, Section, Wish, actions};
use crate::ui::icon::Icon;

const ROW: Action = Action { section: Section::Document, ..Action::ROW };

actions! {
    /// Opens a file.
    OPEN = Action {
        name: "action.open",
        icon: Icon::Open,
        keys: &[Keys::control("o")],
        act: |session, _| session.wish(Wish::OpenFile),
        ..ROW
    };
    /// Saves to a file.
    SAVE = Action {
        name: "action.save",
        icon: Icon::Save,
        keys: &[Keys::control("s")],
        act: |session, _| session.wish(Wish::SaveFile),
        ..ROW
    };
}
