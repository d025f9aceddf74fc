//! What a person wants with a business, as the command that does it: functions, their steps, request kinds, data,
//! modules, services and stores. Whatever refers to a part that goes, goes with it.
//!
//! Parts refer to each other by their name in the document; what a person calls them is their title. So renaming is
//! a change of the title, and nothing that refers to a part has to follow.

mod functions;
mod homes;
mod kinds;
mod steps;

use std::str::FromStr;

use crate::business::Business;
use crate::command::Command;
use crate::design::Design;
use crate::group::Policies;
use crate::id::{GroupId, MAX_NAME_CHARS};
use crate::text::Text;

pub use functions::{add_function, remove_function};
pub use homes::{
    Home, add_module, add_service, add_store, remove_module, remove_service, remove_store, set_module,
    set_service, set_store, set_store_use, set_transaction,
};
pub use kinds::{add_data, add_kind, move_kind, remove_data, remove_kind};
pub use steps::{
    Way, add_step, move_step, remove_call, remove_step, set_access, set_call, set_parallel, set_way,
};

/// The business changed by `change`, as one step; `None` if that changes nothing.
pub fn change(design: &Design, change: impl FnOnce(&mut Business)) -> Option<Command> {
    let from = &design.business;
    let mut to = from.clone();
    change(&mut to);
    (to != *from).then(|| Command::SetBusiness { from: Box::new(from.clone()), to: Box::new(to) })
}

/// `title` with `words` in its place, in the language of `words` only if it has one text for each.
pub fn retitled(title: Option<&Text>, words: &str, chinese: bool) -> Text {
    match title {
        Some(Text::Both { zh, .. }) if !chinese => Text::Both { en: words.to_owned(), zh: zh.clone() },
        Some(Text::Both { en, .. }) => Text::Both { en: en.clone(), zh: words.to_owned() },
        _ => Text::Plain(words.to_owned()),
    }
}

/// A name for a document out of what a person calls a part: lower case, with hyphens; numbered if it is taken.
fn name_for<T: FromStr>(words: &str, otherwise: &str, taken: impl Fn(&T) -> bool) -> T {
    let letters = words.trim().chars().map(|c| if c.is_whitespace() || c == '/' { '-' } else { c });
    let stem: String = letters.filter(|c| !c.is_control()).take(MAX_NAME_CHARS - 8).collect();
    let stem = stem.trim_matches('-').to_lowercase();
    let named = (!stem.is_empty()).then(|| stem.clone());
    let stem = if stem.is_empty() { otherwise } else { &stem };
    let numbered = (if named.is_some() { 2u64 } else { 1 }..).map(|number| format!("{stem}-{number}"));
    let mut names = named.iter().cloned().chain(numbered).filter_map(|name| name.parse().ok());
    names.find(|name| !taken(name)).expect("a design is finite")
}

/// What a person calls a new part; `None` if it is what the document calls it.
fn title_for(words: &str, name: &str) -> Option<Text> {
    let words = words.trim();
    (!words.is_empty() && words != name).then(|| Text::from(words))
}

/// The groups whose policies `change` changes, as commands.
fn set_policies(design: &Design, change: impl Fn(&mut Policies)) -> Vec<Command> {
    let changed = |(id, group): (&GroupId, &crate::group::Group)| {
        let mut to = group.policies.clone();
        change(&mut to);
        (to != group.policies).then(|| Command::SetPolicies {
            group: id.clone(),
            from: Box::new(group.policies.clone()),
            to: Box::new(to),
        })
    };
    design.groups.iter().filter_map(changed).collect()
}

/// A command with the end of faults and releases to come of what it takes away.
fn with_dependents(design: &Design, command: Option<Command>) -> Option<Command> {
    command.map(|command| crate::intent::with_dependents(design, command))
}

/// Several commands as one; `None` if there are none.
fn together(mut commands: Vec<Command>) -> Option<Command> {
    match commands.len() {
        0 | 1 => commands.pop(),
        _ => Some(Command::Batch(commands)),
    }
}
