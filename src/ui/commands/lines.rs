//! The lines of the command palette: what can be done now, to which part, where one can go, what can be opened.

use archlab_model::GroupId;
use archlab_words::Lang;

use crate::action::parts::ADD_MACHINE;
use crate::action::{self, Action, Kind, Section};
use crate::desk::Topic;
use crate::editor::input::Piece;
use crate::editor::scene::Part;
use crate::search::Search;
use crate::session::Session;
use crate::ui::header::EXAMPLES;
use crate::ui::i18n::Words;
use crate::ui::icon::Icon;
use crate::ui::names::Names;
use crate::ui::panels::business::names::{function_name, kind_name};
use crate::ui::panels::palette::PIECES;
use crate::ui::shortcut;

/// Of a larger design only parts that are named in the search are offered with what can be done to them, and
/// no more of them than this.
const MOST_PARTS: usize = 120;

/// What a line does.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    /// An action, to what is chosen.
    Action(&'static Action),
    /// An action, to a part, whatever is chosen.
    ActionOn(&'static Action, Part),
    /// Chooses a part and brings it into view.
    GoTo(Part),
    /// Shows a page of the business editor.
    Show(Topic),
    /// Adds a piece to a group, or where it makes sense.
    Piece(Piece, Option<GroupId>),
    /// Opens a document that comes with the page.
    Example(&'static str),
}

impl Deed {
    /// The name under which it is remembered.
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Deed::Action(action) | Deed::ActionOn(action, _) => Some(action.name),
            Deed::GoTo(_) | Deed::Show(_) | Deed::Piece(..) | Deed::Example(_) => None,
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
        matches!(self.deed, Deed::Action(_) | Deed::Example(_))
    }
}

/// All lines for a search, in the order of the menus.
pub fn all(session: &Session, words: Words, typed: &str) -> Vec<Line> {
    let mut lines = actions(session, words);
    let known = [Piece::Machine, Piece::Group];
    let pieces = PIECES.iter().filter(|entry| !known.contains(&entry.piece));
    lines.extend(pieces.map(|entry| Line {
        deed: Deed::Piece(entry.piece, None),
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
    lines.extend(business(session, words));
    if !typed.trim().is_empty() {
        lines.extend(pieces_for_groups(session, words));
        lines.extend(actions_on_parts(session, words, typed));
    }
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

/// The functions and request kinds, each as its page of the business editor.
fn business(session: &Session, words: Words) -> Vec<Line> {
    let business = &session.editor.design().business;
    let to = |topic: Topic, id: &str, name: &dyn Fn(Words) -> String| {
        let name = |words: Words| words.fill("commands.go_to", &[("part", &name(words))]);
        let mut line = Line {
            deed: Deed::Show(topic),
            icon: Icon::Business,
            ..line(words, &name, words.t("business_editor.name"))
        };
        line.names.push(id.to_owned());
        line
    };
    let functions = business
        .functions
        .keys()
        .map(|id| to(Topic::Function(id.clone()), id.as_str(), &|words| function_name(business, id, words)));
    let kinds = business
        .requests
        .keys()
        .map(|id| to(Topic::Kind(id.clone()), id.as_str(), &|words| kind_name(business, id, words)));
    functions.chain(kinds).collect()
}

/// What can be added to a group, for each group.
fn pieces_for_groups(session: &Session, words: Words) -> Vec<Line> {
    let (design, scene) = (session.editor.design(), session.editor.scene());
    let fitting = PIECES.iter().filter(|it| it.piece.machine().is_some() || it.piece.is_for_a_group());
    let of_piece = fitting.flat_map(|entry| {
        design.groups.keys().take(MOST_PARTS).map(move |group| {
            let name = |words: Words| {
                let group = Names { design, scene, words }.group(group);
                words.fill("commands.add_to", &[("piece", &words.t(entry.name)), ("group", &group)])
            };
            let mut line = Line {
                deed: Deed::Piece(entry.piece, Some(group.clone())),
                icon: entry.sign,
                ..line(words, &name, words.t("section.add"))
            };
            // As it may be typed: what is added first, the group by its name or its id.
            for lang in Lang::ALL {
                let words = Words { lang };
                let piece = words.t(entry.name);
                for group in [&Names { design, scene, words }.group(group), group.as_str()] {
                    line.names
                        .push(words.fill("commands.add_typed", &[("piece", &piece), ("group", &group)]));
                }
            }
            line
        })
    });
    of_piece.collect()
}

/// What can be done to a part that is not chosen: each part that is meant, with each action of its menu.
fn actions_on_parts(session: &Session, words: Words, typed: &str) -> Vec<Line> {
    let (design, scene) = (session.editor.design(), session.editor.scene());
    let named = |part: &Part, words: Words| Names { design, scene, words }.part(part);
    let mut asked: Vec<Search> = typed.split_whitespace().filter_map(Search::of).collect();
    let is_small = scene.boxes.len() <= MOST_PARTS;
    let mut is_meant = |part: &Part| {
        let names = [named(part, words), id_of(part)];
        is_small || asked.iter_mut().any(|search| search.score(names.iter().map(String::as_str)).is_some())
    };
    let meant: Vec<&Part> = scene.boxes.keys().filter(|part| is_meant(part)).take(MOST_PARTS).collect();
    let mut lines = Vec::new();
    for action in Section::ALL.into_iter().flat_map(action::of_section).filter(|action| action.is_listed) {
        for part in meant.iter().copied().filter(|part| is_of(action, part)) {
            if !action.is_enabled_on(session, std::slice::from_ref(part)) {
                continue;
            }
            let key = action.words_key(session);
            let name = |words: Words| {
                words.fill("commands.on_part", &[("action", &words.t(key)), ("part", &named(part, words))])
            };
            let mut line = Line {
                deed: Deed::ActionOn(action, part.clone()),
                icon: action.icon,
                is_danger: action.is_danger,
                ..line(words, &name, words.t(action.section.name()))
            };
            // As it may be typed: with little words between, the part first, without spaces, by the part's id.
            let between = words.t("commands.between");
            for lang in Lang::ALL {
                let words = Words { lang };
                let (verb, part_name) = (words.t(key), named(part, words));
                line.names.push(format!("{verb} {between} {part_name} {}", id_of(part)));
                let close = |text: String| text.split_whitespace().collect::<String>();
                line.names.push(close(format!("{verb}{part_name}")));
                line.names.push(close(format!("{part_name}{verb}")));
            }
            lines.push(line);
        }
    }
    lines
}

/// Whether an action is offered with a part: what a group's entry and a machine's copies can do in their
/// menus is offered once, with the group and the machine.
fn is_of(action: &Action, part: &Part) -> bool {
    let stands_for = match part {
        Part::Entry(_) | Part::Store(..) => Some(Kind::Group),
        Part::Instance(_) => Some(Kind::Machine),
        _ => None,
    };
    // A machine is added to a group as a piece.
    let is_piece = *action == ADD_MACHINE;
    !is_piece
        && action.on.contains(&Kind::of(part))
        && stands_for.is_none_or(|kind| !action.on.contains(&kind))
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
