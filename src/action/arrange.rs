//! Actions on several parts at once, and on where things stay: copies, alignment, groups, locks, names,
//! notes.

use archlab_model::Point;

use super::keys::Keys;
use super::{Action, Kind, Section, Wish, actions};
use crate::editor::align::{Alignment, Direction};
use crate::editor::input::{Input, Piece};
use crate::editor::renaming::Renaming;
use crate::session::Session;
use crate::ui::icon::Icon;

/// What a person places.
const PLACED: &[Kind] = &[Kind::Group, Kind::Machine, Kind::Client, Kind::Note];
/// The same, and what has no name of its own but belongs to something that has.
const COPIED: &[Kind] = &[Kind::Group, Kind::Machine, Kind::Client, Kind::Note, Kind::Instance];
/// How much larger a key makes a note.
const GROWTH: f64 = 20.0;

const CLIPBOARD: Action = Action { section: Section::Clipboard, ..Action::ROW };
const ALIGN: Action = Action {
    section: Section::Arrange,
    on: PLACED,
    enabled: |session, _| session.editor.arrangeable() > 1,
    ..Action::ROW
};
const DISTRIBUTE: Action = Action { enabled: |session, _| session.editor.arrangeable() > 2, ..ALIGN };
const NOTE_SIZE: Action = Action {
    section: Section::Arrange,
    icon: Icon::Note,
    is_for_canvas: true,
    is_listed: false,
    enabled: |session, parts| {
        parts.iter().any(|part| Kind::of(part) == Kind::Note) && session.editor.can_lock()
    },
    ..Action::ROW
};

actions! {
    /// Puts what is chosen on the clipboard.
    COPY = Action {
        name: "action.copy",
        icon: Icon::Copy,
        keys: &[Keys::control("c")],
        is_the_browsers: true,
        on: COPIED,
        enabled: |session, _| session.editor.can_copy(),
        act: |session, _| session.wish(Wish::Copy),
        ..CLIPBOARD
    };
    /// The same, and removes it.
    CUT = Action {
        name: "action.cut",
        icon: Icon::Cut,
        keys: &[Keys::control("x")],
        is_the_browsers: true,
        on: PLACED,
        enabled: |session, _| session.editor.can_copy(),
        act: |session, _| session.wish(Wish::Cut),
        ..CLIPBOARD
    };
    /// Adds what is on the clipboard.
    PASTE = Action {
        name: "action.paste",
        icon: Icon::Paste,
        keys: &[Keys::control("v")],
        is_the_browsers: true,
        on: &[Kind::Canvas, Kind::Group],
        act: |session, _| session.wish(Wish::Paste),
        ..CLIPBOARD
    };
    /// Adds a copy of what is chosen beside it.
    DUPLICATE = Action {
        name: "action.duplicate",
        icon: Icon::Duplicate,
        keys: &[Keys::control("d")],
        on: COPIED,
        enabled: |session, _| session.editor.can_copy(),
        // More than a design may hold is not added.
        act: |session, _| session.edit(|editor| { let _ = editor.duplicate(); }),
        ..CLIPBOARD
    };
    /// A press adds to what is chosen or takes away from it, or no longer: for a hand without Shift.
    SELECT_SEVERAL = Action {
        name: "action.select_several",
        icon: Icon::SelectSeveral,
        section: Section::Selection,
        on: &[Kind::Canvas, Kind::Group, Kind::Machine, Kind::Client, Kind::Note],
        is_on: Some(|session| session.editor.selects_several),
        act: |session, _| session.editor.selects_several = !session.editor.selects_several,
        ..Action::ROW
    };
    /// Renames what is chosen where it stands; a note is written.
    RENAME = Action {
        name: "action.rename",
        icon: Icon::Rename,
        section: Section::Selection,
        keys: &[Keys::plain("f2")],
        on: PLACED,
        enabled: |session, _| session.editor.can_rename(),
        act: |session, _| session.editor.rename_selected(),
        ..Action::ROW
    };
    /// Renames the design.
    RENAME_DESIGN = Action {
        name: "action.rename_design",
        icon: Icon::Rename,
        section: Section::Document,
        act: |session, _| session.editor.renaming = Some(Renaming::Design),
        ..Action::ROW
    };
    /// Adds a note.
    ADD_NOTE = Action {
        name: "action.add_note",
        icon: Icon::Note,
        section: Section::Add,
        keys: &[Keys::plain("n")],
        on: &[Kind::Canvas],
        act: |session, _| add_note(session),
        ..Action::ROW
    };
    /// Makes the chosen loose machines a group.
    GROUP = Action {
        name: "action.group",
        icon: Icon::Group,
        section: Section::Arrange,
        keys: &[Keys::control("g")],
        on: &[Kind::Machine],
        enabled: |session, _| session.editor.can_group(),
        act: |session, _| session.edit(|editor| editor.group_selected()),
        ..Action::ROW
    };
    /// Takes a group away and leaves its machines.
    UNGROUP = Action {
        name: "action.ungroup",
        icon: Icon::Ungroup,
        section: Section::Arrange,
        keys: &[Keys::control_shift("g")],
        on: &[Kind::Group],
        enabled: |session, _| session.editor.can_ungroup(),
        act: |session, _| session.edit(|editor| editor.ungroup_selected()),
        ..Action::ROW
    };
    /// Keeps what is chosen where it is.
    LOCK = Action {
        name: "action.lock",
        icon: Icon::Lock,
        section: Section::Arrange,
        keys: &[Keys::control_shift("l")],
        on: PLACED,
        enabled: |session, _| session.editor.can_lock() && !session.editor.is_locked(),
        act: |session, _| session.edit(|editor| editor.set_locked(true)),
        ..Action::ROW
    };
    /// No longer.
    UNLOCK = Action {
        name: "action.unlock",
        icon: Icon::Unlock,
        section: Section::Arrange,
        keys: &[Keys::control_shift("l")],
        on: PLACED,
        enabled: |session, _| session.editor.is_locked(),
        act: |session, _| session.edit(|editor| editor.set_locked(false)),
        ..Action::ROW
    };
    /// Aligns left edges.
    ALIGN_LEFT = Action {
        name: "action.align_left",
        icon: Icon::AlignLeft,
        keys: &[Keys::alt("a")],
        act: |session, _| align(session, Alignment::Left),
        ..ALIGN
    };
    /// Aligns middles, from left to right.
    ALIGN_CENTRE = Action {
        name: "action.align_centre",
        icon: Icon::AlignCentre,
        keys: &[Keys::alt("h")],
        act: |session, _| align(session, Alignment::Centre),
        ..ALIGN
    };
    /// Aligns right edges.
    ALIGN_RIGHT = Action {
        name: "action.align_right",
        icon: Icon::AlignRight,
        keys: &[Keys::alt("d")],
        act: |session, _| align(session, Alignment::Right),
        ..ALIGN
    };
    /// Aligns upper edges.
    ALIGN_TOP = Action {
        name: "action.align_top",
        icon: Icon::AlignTop,
        keys: &[Keys::alt("w")],
        act: |session, _| align(session, Alignment::Top),
        ..ALIGN
    };
    /// Aligns middles, from top to bottom.
    ALIGN_MIDDLE = Action {
        name: "action.align_middle",
        icon: Icon::AlignMiddle,
        keys: &[Keys::alt("v")],
        act: |session, _| align(session, Alignment::Middle),
        ..ALIGN
    };
    /// Aligns lower edges.
    ALIGN_BOTTOM = Action {
        name: "action.align_bottom",
        icon: Icon::AlignBottom,
        keys: &[Keys::alt("s")],
        act: |session, _| align(session, Alignment::Bottom),
        ..ALIGN
    };
    /// Makes the gaps from left to right the same.
    DISTRIBUTE_ACROSS = Action {
        name: "action.distribute_across",
        icon: Icon::DistributeAcross,
        act: |session, _| session.edit(|editor| editor.distribute(Direction::Across)),
        ..DISTRIBUTE
    };
    /// Makes the gaps from top to bottom the same.
    DISTRIBUTE_DOWN = Action {
        name: "action.distribute_down",
        icon: Icon::DistributeDown,
        act: |session, _| session.edit(|editor| editor.distribute(Direction::Down)),
        ..DISTRIBUTE
    };
    /// Snaps to the grid, or no longer.
    SNAP = Action {
        name: "action.snap",
        icon: Icon::Snap,
        section: Section::View,
        keys: &[Keys::plain("g")],
        is_on: Some(|session| session.editor.snaps_to_grid),
        act: |session, _| session.editor.snaps_to_grid = !session.editor.snaps_to_grid,
        ..Action::ROW
    };
    /// Makes notes wider.
    NOTE_WIDER = Action {
        name: "action.note_wider",
        keys: &[Keys::control_shift("arrowright")],
        act: |session, _| grow(session, GROWTH, 0.0),
        ..NOTE_SIZE
    };
    /// Makes notes narrower.
    NOTE_NARROWER = Action {
        name: "action.note_narrower",
        keys: &[Keys::control_shift("arrowleft")],
        act: |session, _| grow(session, -GROWTH, 0.0),
        ..NOTE_SIZE
    };
    /// Makes notes taller.
    NOTE_TALLER = Action {
        name: "action.note_taller",
        keys: &[Keys::control_shift("arrowdown")],
        act: |session, _| grow(session, 0.0, GROWTH),
        ..NOTE_SIZE
    };
    /// Makes notes shorter.
    NOTE_SHORTER = Action {
        name: "action.note_shorter",
        keys: &[Keys::control_shift("arrowup")],
        act: |session, _| grow(session, 0.0, -GROWTH),
        ..NOTE_SIZE
    };
}

fn align(session: &mut Session, alignment: Alignment) {
    session.edit(|editor| editor.align(alignment));
}

fn grow(session: &mut Session, x: f64, y: f64) {
    session.edit(|editor| editor.grow_notes(Point::new(x, y)));
}

fn add_note(session: &mut Session) {
    session.on(Input::Pick(Piece::Note));
    session.on(Input::Put(None));
}
