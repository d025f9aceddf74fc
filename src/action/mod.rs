//! Actions: everything a person can do by button, menu, key or command palette, each once.
//!
//! A row of the table is an [`Action`]: its words, its icon, its keys, where it is offered, when it can
//! be done, and what it does. To add one, add a row to the file of its topic; toolbar, menus, keys, the
//! shortcut card and the command palette take it from there.

pub mod arrange;
pub mod by_hand;
pub mod desk;
pub mod document;
pub mod edit;
pub mod keys;
pub mod page;
pub mod parts;
pub mod run;
pub mod view;
pub mod walk;

use archlab_model::GroupId;

use crate::action::keys::{KeyPress, Keys};
use crate::editor::scene::Part;
use crate::session::Session;
use crate::ui::icon::Icon;

/// Something a person can do.
///
/// What it is done to is given as parts; by default what is chosen. An action that needs none ignores
/// them.
#[derive(Debug)]
pub struct Action {
    /// The key of its words.
    pub name: &'static str,
    /// The key of its words now, if that depends on the state.
    pub name_now: Option<fn(&Session) -> &'static str>,
    /// Its icon.
    pub icon: Icon,
    /// Its icon now, if that depends on the state.
    pub icon_now: Option<fn(&Session) -> Icon>,
    /// Which actions it stands with.
    pub section: Section,
    /// The keys that ask for it; the first are shown.
    pub keys: &'static [Keys],
    /// Whether its keys are for the canvas only: elsewhere they scroll.
    pub is_for_canvas: bool,
    /// Whether its keys are left to the browser, which tells in its own way what they ask for.
    pub is_the_browsers: bool,
    /// Whether it destroys or breaks something.
    pub is_danger: bool,
    /// Whether the command palette lists it.
    pub is_listed: bool,
    /// In whose context menus it stands.
    pub on: &'static [Kind],
    /// Whether it is switched on, for those that are on or off.
    pub is_on: Option<fn(&Session) -> bool>,
    /// Whether it would do something now.
    pub enabled: fn(&Session, &[Part]) -> bool,
    /// Does it.
    pub act: fn(&mut Session, &[Part]),
    /// For an action with one of several groups, which a menu offers in a line each: what it does instead.
    pub towards: Option<Towards>,
}

/// What is done with one of several groups.
#[derive(Debug, Clone, Copy)]
pub struct Towards {
    /// The groups that it can be done with now.
    pub groups: fn(&Session, &[Part]) -> Vec<GroupId>,
    /// Does it.
    pub act: fn(&mut Session, &[Part], &GroupId),
}

impl Action {
    /// A row to begin with: nothing is said but what most actions share.
    pub const ROW: Action = Action {
        name: "",
        name_now: None,
        icon: Icon::Check,
        icon_now: None,
        section: Section::View,
        keys: &[],
        is_for_canvas: false,
        is_the_browsers: false,
        is_danger: false,
        is_listed: true,
        on: &[],
        is_on: None,
        enabled: |_, _| true,
        act: |_, _| {},
        towards: None,
    };

    /// Whether it would do something now to what is chosen.
    pub fn is_enabled(&self, session: &Session) -> bool {
        self.is_enabled_on(session, &chosen(session))
    }

    /// Whether it would do something now to `parts`.
    pub fn is_enabled_on(&self, session: &Session, parts: &[Part]) -> bool {
        (self.enabled)(session, parts)
    }

    /// Does it to what is chosen, if it can be done.
    pub fn run(&self, session: &mut Session) {
        let parts = chosen(session);
        self.run_on(session, &parts);
    }

    /// Does it to `parts`, if it can be done.
    pub fn run_on(&self, session: &mut Session, parts: &[Part]) {
        if self.is_enabled_on(session, parts) {
            (self.act)(session, parts);
        }
    }

    /// Its icon now.
    pub fn icon_of(&self, session: &Session) -> Icon {
        self.icon_now.map_or(self.icon, |icon| icon(session))
    }

    /// The key of its words now.
    pub fn words_key(&self, session: &Session) -> &'static str {
        self.name_now.map_or(self.name, |name| name(session))
    }
}

/// Two actions are the same if they stand in the same row.
impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// What an action belongs to: menus draw a line between two, the shortcut card gives each a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Faults and their repair.
    Fault,
    /// What can be added.
    Add,
    /// The layout of a group, and what it made.
    Layout,
    /// Undo and redo.
    History,
    /// Copy, cut, paste, duplicate.
    Clipboard,
    /// What is chosen.
    Selection,
    /// Align, distribute, move.
    Arrange,
    /// Removing.
    Remove,
    /// What is seen of the canvas.
    View,
    /// Play, pause, speed.
    Run,
    /// Designs and files.
    Document,
    /// Theme, language.
    Page,
    /// What there is to know.
    Help,
}

impl Section {
    /// All of them, in the order menus show them.
    pub const ALL: [Section; 13] = [
        Section::Fault,
        Section::Add,
        Section::Layout,
        Section::History,
        Section::Clipboard,
        Section::Selection,
        Section::Arrange,
        Section::Remove,
        Section::View,
        Section::Run,
        Section::Document,
        Section::Page,
        Section::Help,
    ];

    /// The key of its words.
    pub const fn name(self) -> &'static str {
        match self {
            Section::Fault => "section.fault",
            Section::Add => "section.add",
            Section::Layout => "section.layout",
            Section::History => "section.history",
            Section::Clipboard => "section.clipboard",
            Section::Selection => "section.selection",
            Section::Arrange => "section.arrange",
            Section::Remove => "section.remove",
            Section::View => "section.view",
            Section::Run => "section.run",
            Section::Document => "section.document",
            Section::Page => "section.page",
            Section::Help => "section.help",
        }
    }
}

/// What a context menu can be asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing: the canvas itself.
    Canvas,
    /// A group's area.
    Group,
    /// A group's balancer or gateway.
    Entry,
    /// A store.
    Store,
    /// A machine.
    Machine,
    /// A running copy of a service.
    Instance,
    /// A population of clients.
    Client,
    /// A note.
    Note,
}

impl Kind {
    /// The kind of a part.
    pub const fn of(part: &Part) -> Kind {
        match part {
            Part::Group(_) => Kind::Group,
            Part::Entry(_) => Kind::Entry,
            Part::Store(..) => Kind::Store,
            Part::Machine(_) => Kind::Machine,
            Part::Instance(_) => Kind::Instance,
            Part::Client(_) => Kind::Client,
            Part::Note(_) => Kind::Note,
        }
    }
}

/// What an action wants that only the page can do; the session hands it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Open a new design.
    NewDesign,
    /// Show the designs of this browser.
    Designs,
    /// Open a copy of the design.
    CopyDesign,
    /// Choose a file to open.
    OpenFile,
    /// Hand the design to the person as a file.
    SaveFile,
    /// Put what is chosen on the clipboard.
    Copy,
    /// The same, and remove it.
    Cut,
    /// Add what is on the clipboard.
    Paste,
    /// Show the command palette.
    Commands,
    /// Show the shortcut card.
    Shortcuts,
    /// Dark instead of light, or light instead of dark.
    SwitchTheme,
    /// The other language.
    SwitchLanguage,
}

/// The whole table.
pub fn all() -> impl Iterator<Item = &'static Action> {
    let topics = [
        desk::ACTIONS,
        walk::ACTIONS,
        document::ACTIONS,
        by_hand::ACTIONS,
        edit::ACTIONS,
        arrange::ACTIONS,
        parts::ACTIONS,
        view::ACTIONS,
        run::ACTIONS,
        page::ACTIONS,
    ];
    topics.into_iter().flatten().copied()
}

/// The actions of a section, in the order of the table.
pub fn of_section(section: Section) -> impl Iterator<Item = &'static Action> {
    all().filter(move |action| action.section == section)
}

/// The action that a key asks for: the first that can be done now, else the first that it belongs to.
pub fn of_key(session: &Session, press: &KeyPress<'_>) -> Option<&'static Action> {
    let mut asked = all().filter(|action| action.keys.iter().any(|keys| keys.are(press))).peekable();
    let first = asked.peek().copied();
    asked.find(|action| action.is_enabled(session)).or(first)
}

/// The context menu of `parts`, or of the canvas if there are none: what can be done now, by section.
pub fn menu(session: &Session, parts: &[Part]) -> Vec<Vec<&'static Action>> {
    let belongs = |action: &Action| match parts {
        [] => action.on.contains(&Kind::Canvas),
        parts => parts.iter().all(|part| action.on.contains(&Kind::of(part))),
    };
    let sections = Section::ALL.into_iter().map(|section| {
        let offered = of_section(section).filter(|action| belongs(action));
        offered.filter(|action| action.is_enabled_on(session, parts)).collect::<Vec<_>>()
    });
    sections.filter(|section| !section.is_empty()).collect()
}

/// The parts that a menu on `part` is about: all that is chosen, if it is.
pub fn meant(session: &Session, part: Option<&Part>) -> Vec<Part> {
    match part {
        Some(part) if session.editor.selection.contains(part) => chosen(session),
        part => part.into_iter().cloned().collect(),
    }
}

/// What is chosen, as parts.
fn chosen(session: &Session) -> Vec<Part> {
    session.editor.selection.iter().cloned().collect()
}

/// Makes each row a static of its own, and lists them all as `ACTIONS`.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $row:expr;)*) => {
        $($(#[$doc])* pub static $name: $crate::action::Action = $row;)*
        /// The rows of this topic.
        pub static ACTIONS: &[&$crate::action::Action] = &[$(&$name),*];
    };
}
use actions;
