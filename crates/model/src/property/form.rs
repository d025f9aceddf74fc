//! A form: what a part tells about itself, property by property.

use std::collections::BTreeMap;
use std::fmt::Display;

use indexmap::IndexMap;

use crate::property::kind::{Kind, Label, Source, Value};
use crate::property::subject::Change;
use crate::text::Text;

/// Something that can be set.
#[derive(Debug, Clone, PartialEq)]
pub struct Property {
    /// Where it is: sections and its own name, with slashes between.
    pub path: String,
    /// What it is called.
    pub label: Label,
    /// What it may be.
    pub kind: Kind,
    /// What it is.
    pub value: Value,
    /// What it is unless somebody says otherwise; absent if there is no such thing.
    pub default: Option<Value>,
    /// Where that comes from.
    pub source: Source,
}

impl Property {
    /// Whether somebody has said otherwise.
    pub fn is_changed(&self) -> bool {
        self.default.as_ref().is_some_and(|default| *default != self.value)
    }
}

/// Properties that belong together.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Where it is.
    pub path: String,
    /// What it is called.
    pub label: Label,
    /// What can be done with it as a whole.
    pub nature: Nature,
    /// What is in it.
    pub nodes: Vec<Node>,
}

/// What can be done with a section as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// A part of the form with its own heading.
    Topic,
    /// It can be folded.
    Plain,
    /// It can be switched on and off.
    Optional {
        /// Whether it is on.
        on: bool,
        /// Whether it is unless somebody says otherwise.
        default: bool,
    },
    /// Another item can be added, if there is room.
    List {
        /// Whether there is.
        room: bool,
    },
    /// It can be taken off its list.
    Item,
}

/// A property or a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// A property.
    Property(Property),
    /// A section.
    Section(Section),
}

/// What a part tells about itself, or what is changed in it.
#[derive(Debug)]
pub struct Form {
    path: String,
    mode: Mode,
    defaults: BTreeMap<String, Value>,
}

#[derive(Debug)]
enum Mode {
    /// Collects what there is, section by section.
    Read(Vec<Vec<Node>>),
    /// Collects what is there unless somebody says otherwise.
    Defaults,
    /// Changes what lies at a path.
    Change { path: String, change: Change, made: Option<bool> },
}

impl Form {
    /// A form that takes note of defaults; [`Form::read`] makes one of it that reads.
    pub(super) fn of_defaults() -> Form {
        Form { path: String::new(), mode: Mode::Defaults, defaults: BTreeMap::new() }
    }

    /// The same form, to read a part whose defaults it has seen.
    pub(super) fn read(self) -> Form {
        Form { mode: Mode::Read(vec![Vec::new()]), ..self }
    }

    /// A form that makes one change.
    pub(super) fn of_change(path: &str, change: Change) -> Form {
        let mode = Mode::Change { path: path.to_owned(), change, made: None };
        Form { path: String::new(), mode, defaults: BTreeMap::new() }
    }

    /// What was told.
    pub(super) fn nodes(self) -> Vec<Node> {
        match self.mode {
            Mode::Read(mut levels) => levels.pop().unwrap_or_default(),
            Mode::Defaults | Mode::Change { .. } => Vec::new(),
        }
    }

    /// Whether the change was made; `None` if there is no such property.
    pub(super) fn made(&self) -> Option<bool> {
        match self.mode {
            Mode::Change { made, .. } => made,
            Mode::Read(_) | Mode::Defaults => None,
        }
    }

    /// Where the property `key` is; a name that is no key of ours stands for itself.
    fn at(&self, key: &str) -> String {
        let name = key.strip_prefix("property.").unwrap_or(key);
        if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) }
    }

    /// Tells a property, or changes it.
    pub(super) fn leaf(
        &mut self,
        key: &'static str,
        kind: Kind,
        source: Source,
        value: Value,
        set: impl FnOnce(&Value),
    ) {
        self.named(key, Label::Key(key), kind, source, value, set);
    }

    pub(super) fn named(
        &mut self,
        name: &str,
        label: Label,
        kind: Kind,
        source: Source,
        value: Value,
        set: impl FnOnce(&Value),
    ) {
        let path = self.at(name);
        match &mut self.mode {
            Mode::Defaults => {
                self.defaults.entry(path).or_insert(value);
            }
            Mode::Read(levels) => {
                let default = self.defaults.get(&path).cloned();
                let property = Property { path, label, kind, value, default, source };
                levels.last_mut().expect("a form has a level").push(Node::Property(property));
            }
            Mode::Change { path: wanted, change, made } => {
                if *wanted == path {
                    let fits = matches!(change, Change::Set(value) if kind.accepts(value));
                    if let (true, Change::Set(value)) = (fits, &*change) {
                        set(value);
                    }
                    *made = Some(fits);
                }
            }
        }
    }

    /// Tells what `tell` tells in a section of its own.
    fn within(&mut self, name: &str, label: Label, nature: Nature, tell: impl FnOnce(&mut Form)) {
        let outer = self.path.len();
        self.path = self.at(name);
        if let Mode::Read(levels) = &mut self.mode {
            levels.push(Vec::new());
        }
        tell(self);
        if let Mode::Read(levels) = &mut self.mode {
            let nodes = levels.pop().unwrap_or_default();
            let section = Section { path: self.path.clone(), label, nature, nodes };
            levels.last_mut().expect("a form has a level").push(Node::Section(section));
        }
        self.path.truncate(outer);
    }

    /// Takes note of what `tell` tells of something fresh as defaults.
    pub(super) fn fresh(&mut self, tell: impl FnOnce(&mut Form)) {
        if matches!(self.mode, Mode::Read(_) | Mode::Defaults) {
            let mode = std::mem::replace(&mut self.mode, Mode::Defaults);
            tell(self);
            self.mode = mode;
        }
    }

    /// The change, if it is about `path`.
    fn wanted(&mut self, path: &str) -> Option<(&Change, &mut Option<bool>)> {
        match &mut self.mode {
            Mode::Change { path: wanted, change, made } if *wanted == path => Some((change, made)),
            _ => None,
        }
    }

    /// A part of the form with its own heading.
    pub(super) fn topic(&mut self, key: &'static str, tell: impl FnOnce(&mut Form)) {
        self.within(key, Label::Key(key), Nature::Topic, tell);
    }

    /// A section that can be folded.
    pub(super) fn section(&mut self, key: &'static str, tell: impl FnOnce(&mut Form)) {
        self.within(key, Label::Key(key), Nature::Plain, tell);
    }

    /// Something that is there or not.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        value: &mut Option<T>,
        fresh: impl Fn() -> T,
        tell: impl Fn(&mut Form, &mut T),
    ) {
        self.switched(key, Label::Key(key), value, fresh, tell);
    }

    fn switched<T>(
        &mut self,
        name: &str,
        label: Label,
        value: &mut Option<T>,
        fresh: impl Fn() -> T,
        tell: impl Fn(&mut Form, &mut T),
    ) {
        let path = self.at(name);
        if let Some((change, made)) = self.wanted(&path) {
            *made = Some(match change {
                Change::Set(Value::Switch(true)) => {
                    value.get_or_insert_with(&fresh);
                    true
                }
                Change::Set(Value::Switch(false)) => {
                    *value = None;
                    true
                }
                _ => false,
            });
            return;
        }
        if matches!(self.mode, Mode::Defaults) {
            self.defaults.entry(path.clone()).or_insert(Value::Switch(value.is_some()));
        }
        let default = self.defaults.get(&path) == Some(&Value::Switch(true));
        let nature = Nature::Optional { on: value.is_some(), default };
        self.within(name, label, nature, |form| {
            if let Some(value) = value {
                form.fresh(|form| tell(form, &mut fresh()));
                tell(form, value);
            }
        });
    }

    /// One optional section for each of `candidates`, by its name.
    pub(super) fn each<K, T>(
        &mut self,
        key: &'static str,
        map: &mut IndexMap<K, T>,
        candidates: &[(K, Label)],
        fresh: impl Fn() -> T,
        tell: impl Fn(&mut Form, &mut T),
    ) where
        K: Clone + Eq + std::hash::Hash + Display,
    {
        let unknown = map.keys().filter(|id| !candidates.iter().any(|(known, _)| known == *id));
        let unknown: Vec<(K, Label)> =
            unknown.map(|id| (id.clone(), Label::Title(Text::Plain(id.to_string())))).collect();
        if candidates.is_empty() && unknown.is_empty() {
            return;
        }
        self.section(key, |form| {
            for (id, label) in candidates.iter().chain(&unknown) {
                let known = map.shift_remove_full(id);
                let place = known.as_ref().map_or(map.len(), |(place, ..)| *place);
                let mut own = known.map(|(_, _, own)| own);
                form.switched(&id.to_string(), label.clone(), &mut own, &fresh, &tell);
                if let Some(own) = own {
                    map.shift_insert(place, id.clone(), own);
                }
            }
        });
    }

    /// Items one after another, to which others can be added.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        item: &'static str,
        items: &mut Vec<T>,
        most: usize,
        fresh: impl Fn(Option<&T>) -> Option<T>,
        tell: impl Fn(&mut Form, &mut T),
    ) {
        let path = self.at(key);
        if let Some((change, made)) = self.wanted(&path) {
            let added = if *change == Change::Add && items.len() < most { fresh(items.last()) } else { None };
            *made = Some(added.is_some());
            items.extend(added);
            return;
        }
        let room = items.len() < most && fresh(items.last()).is_some();
        self.within(key, Label::Key(key), Nature::List { room }, |form| {
            let mut gone = None;
            for (place, value) in items.iter_mut().enumerate() {
                let name = (place + 1).to_string();
                let path = form.at(&name);
                if let Some((change, made)) = form.wanted(&path) {
                    *made = Some(*change == Change::Remove);
                    gone = (*change == Change::Remove).then_some(place);
                } else {
                    form.within(&name, Label::Numbered(item, place + 1), Nature::Item, |form| {
                        tell(form, value)
                    });
                }
            }
            if let Some(place) = gone {
                items.remove(place);
            }
        });
    }
}
