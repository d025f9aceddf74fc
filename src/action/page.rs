//! Actions on the page itself: its look, its language, what there is to know.

use super::keys::Keys;
use super::{Action, Section, Wish, actions};
use crate::ui::icon::Icon;

const PAGE: Action = Action { section: Section::Page, ..Action::ROW };
const HELP: Action = Action { section: Section::Help, ..Action::ROW };

actions! {
    /// Dark instead of light, or light instead of dark.
    THEME = Action {
        name: "action.theme",
        name_now: Some(|session| if session.page.dark { "action.light" } else { "action.dark" }),
        icon: Icon::Moon,
        icon_now: Some(|session| if session.page.dark { Icon::Sun } else { Icon::Moon }),
        act: |session, _| session.wish(Wish::SwitchTheme),
        ..PAGE
    };
    /// Shows the moving requests, or hides them.
    MARKS = Action {
        name: "action.marks",
        name_now: Some(|session| {
            if session.page.marks { "action.hide_marks" } else { "action.show_marks" }
        }),
        icon: Icon::Marks,
        icon_now: Some(|session| if session.page.marks { Icon::Marks } else { Icon::NoMarks }),
        act: |session, _| session.page.marks = !session.page.marks,
        ..PAGE
    };
    /// The other language.
    LANGUAGE = Action {
        name: "action.other_language",
        icon: Icon::Language,
        act: |session, _| session.wish(Wish::SwitchLanguage),
        ..PAGE
    };
    /// The command palette.
    COMMANDS = Action {
        name: "action.commands",
        icon: Icon::Search,
        keys: &[Keys::control("k")],
        act: |session, _| session.wish(Wish::Commands),
        ..HELP
    };
    /// The shortcut card.
    SHORTCUTS = Action {
        name: "action.shortcuts",
        icon: Icon::Keys,
        keys: &[Keys::plain("?")],
        act: |session, _| session.wish(Wish::Shortcuts),
        ..HELP
    };
}
