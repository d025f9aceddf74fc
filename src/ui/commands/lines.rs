//! The lines of the command palette: what can be done now, where one can go, what can be opened.

use archlab_words::Lang;

use crate::action::{self, Action, Section};
use crate::editor::input::Piece;
use crate::editor::scene::Part;
use crate::session::Session;
use crate::ui::header::EXAMPLES;
use crate::ui::i18n::Words;
use crate::ui::icon::Icon;
use crate::ui::names::Names;
use crate::ui::panels::palette::PIECES;
use crate::ui::shortcut;

/// What a line does.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// An action, to what is chosen.
    Action(&'static Action),
    /// Chooses a part and brings it into view.
    GoTo(Part),
    /// Adds a piece where it makes sense.
    Piece(Piece),
    /// Opens a document that comes with the page.
    Example(&'static str),
}

impl Deed {
    /// The name under which it is remembered.
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Deed::Action(action) => Some(action.name),
            Deed::GoTo(_) | Deed::Piece(_) | Deed::Example(_) => None,
        }
    }
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub deed: Deed,
    pub icon: Icon,
    /// What it says.
    pub name: String,
    /// What finds it: its names in all languages, that of the page first.
    pub names: Vec<String>,
    pub section: String,
    pub keys: Option<String>,
    pub is_danger: bool,
}

impl Line {
    /// Whether it is offered before anything is typed: a large design has a thousand parts.
    pub fn is_offered_unasked(&self) -> bool {
        !matches!(self.deed, Deed::GoTo(_) | Deed::Piece(_))
    }
}

/// All lines, in the order of the menus.
pub fn all(session: &Session, words: Words) -> Vec<Line> {
    let mut lines = actions(session, words);
    let known = [Piece::Machine, Piece::Group];
    let pieces = PIECES.iter().filter(|entry| !known.contains(&entry.piece));
    lines.extend(pieces.map(|entry| Line {
        deed: Deed::Piece(entry.piece),
        icon: entry.sign,
        ..line(words, &|words| words.t(entry.name), words.t("section.add"))
    }));
    let examples = EXAMPLES.into_iter().filter(|_| !session.page.guest);
    lines.extend(examples.map(|(key, document)| Line {
        deed: Deed::Example(document),
        icon: Icon::Examples,
        ..line(words, &|words| words.t(key), words.t("header.examples"))
    }));
    lines.extend(parts(session, words));
    lines
}

fn actions(session: &Session, words: Words) -> Vec<Line> {
    let sections = Section::ALL.into_iter().flat_map(action::of_section);
    let offered = sections.filter(|action| action.is_listed && action.is_enabled(session));
    let lines = offered.map(|action| Line {
        deed: Deed::Action(action),
        icon: action.icon,
        keys: shortcut::of(action, words),
        is_danger: action.is_danger,
        ..line(words, &|words| words.t(action.words_key(session)), words.t(action.section.name()))
    });
    lines.collect()
}

fn parts(session: &Session, words: Words) -> Vec<Line> {
    let (design, scene) = (session.editor.design(), session.editor.scene());
    let lines = scene.boxes.keys().map(|part| {
        let name = |words: Words| {
            let name = Names { design, scene, words }.part(part);
            words.fill("commands.go_to", &[("part", &name)])
        };
        let mut line = Line {
            deed: Deed::GoTo(part.clone()),
            icon: icon_of(part),
            ..line(words, &name, words.t("commands.parts"))
        };
        line.names.push(id_of(part));
        line
    });
    lines.collect()
}

/// A line's words; `name` gives its name in a language.
fn line(words: Words, name: &dyn Fn(Words) -> String, section: String) -> Line {
    let others = Lang::ALL.into_iter().filter(|lang| *lang != words.lang);
    let mut names = vec![name(words)];
    names.extend(others.map(|lang| name(Words { lang })));
    Line {
        deed: Deed::Example(""),
        icon: Icon::Check,
        name: names[0].clone(),
        names,
        section,
        keys: None,
        is_danger: false,
    }
}

fn icon_of(part: &Part) -> Icon {
    match part {
        Part::Group(_) => Icon::Group,
        Part::Entry(_) => Icon::Balancer,
        Part::Store(..) => Icon::Database,
        Part::Machine(_) => Icon::Machine,
        Part::Instance(_) => Icon::Play,
        Part::Client(_) => Icon::Users,
        Part::Note(_) => Icon::Note,
    }
}

/// How a document names it.
fn id_of(part: &Part) -> String {
    match part {
        Part::Group(id) | Part::Entry(id) => id.to_string(),
        Part::Store(group, id) => format!("{group} {id}"),
        Part::Machine(id) => id.to_string(),
        Part::Instance(id) => format!("{} {}", id.group, id.service),
        Part::Client(id) => id.to_string(),
        Part::Note(id) => id.to_string(),
    }
}
