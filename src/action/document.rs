//! Actions on designs and files.

use super::keys::Keys;
use super::{Action, Section, Wish, actions};
use crate::ui::icon::Icon;

const ROW: Action = Action {
    section: Section::Document,
    // A guest's design is its host's.
    enabled: |session, _| !session.page.guest,
    ..Action::ROW
};

actions! {
    /// A new design.
    NEW = Action {
        name: "action.new_design",
        icon: Icon::Plus,
        act: |session, _| session.wish(Wish::NewDesign),
        ..ROW
    };
    /// All designs of this browser.
    DESIGNS = Action {
        name: "action.designs",
        icon: Icon::Examples,
        act: |session, _| session.wish(Wish::Designs),
        ..ROW
    };
    /// A copy of this design.
    DUPLICATE = Action {
        name: "action.copy_design",
        icon: Icon::Copy,
        act: |session, _| session.wish(Wish::CopyDesign),
        ..ROW
    };
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
