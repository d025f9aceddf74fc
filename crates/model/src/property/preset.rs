//! Presets by product: what a product is set to, as data with its source.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use crate::design::Design;
use crate::property::form::{Nature, Node, Property, Section};
use crate::property::kind::{Kind, Value};
use crate::property::subject::{Change, Subject, change, nodes};

/// What a product is set to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// The product. It is called so in every language.
    pub product: String,
    /// The topic that it is about, by its path.
    pub topic: String,
    /// Where the values were read.
    pub source: String,
    /// What it sets, by path, in the order in which it has to be done, as a person would type it.
    pub set: IndexMap<String, String>,
}

static PRESETS: LazyLock<Vec<Preset>> =
    LazyLock::new(|| serde_json::from_str(include_str!("presets.json")).expect("a test reads the presets"));

/// All of them.
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

impl Preset {
    /// The changes that it makes of `subject`, to be made one after another: a later one may be about what an
    /// earlier one switched on.
    ///
    /// # Errors
    ///
    /// The path of what it cannot set.
    pub fn changes(
        &self,
        design: &Design,
        subject: &Subject,
    ) -> Result<Vec<(Subject, String, Change)>, String> {
        let mut design = design.clone();
        let mut changes = Vec::new();
        for (path, text) in &self.set {
            let known = nodes(&design, subject);
            let value = find(&known, path).and_then(|found| found.read(text)).ok_or_else(|| path.clone())?;
            let step = (subject.clone(), path.clone(), Change::Set(value));
            if let Some(command) = change(&design, std::slice::from_ref(&step)).map_err(|_| path.clone())? {
                command.apply(&mut design);
                changes.push(step);
            }
        }
        Ok(changes)
    }

    /// Whether everything is as it says.
    pub fn is_in_force(&self, nodes: &[Node]) -> bool {
        let is = |(path, text): (&String, &String)| {
            find(nodes, path).is_some_and(|found| found.read(text) == Some(found.value()))
        };
        self.set.iter().all(is)
    }
}

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Found<'a> {
    /// A property.
    Property(&'a Property),
    /// An optional section, and whether it is on.
    Switch(&'a Section, bool),
}

impl Found<'_> {
    /// What it is set to.
    pub fn value(&self) -> Value {
        match self {
            Found::Property(property) => property.value.clone(),
            Found::Switch(_, on) => Value::Switch(*on),
        }
    }

    /// What `text` sets it to.
    pub fn read(&self, text: &str) -> Option<Value> {
        match self {
            Found::Property(property) => {
                property.kind.read(text, None).filter(|value| property.kind.accepts(value))
            }
            Found::Switch(..) => Kind::Switch.read(text, None),
        }
    }
}

/// What lies at `path`.
pub fn find<'a>(nodes: &'a [Node], path: &str) -> Option<Found<'a>> {
    nodes.iter().find_map(|node| match node {
        Node::Property(it) => (it.path == path).then_some(Found::Property(it)),
        Node::Section(section) if section.path == path => match section.nature {
            Nature::Optional { on, .. } => Some(Found::Switch(section, on)),
            _ => None,
        },
        Node::Section(section) => {
            let inside = path.strip_prefix(&section.path).is_some_and(|rest| rest.starts_with('/'));
            if inside { find(&section.nodes, path) } else { None }
        }
    })
}
