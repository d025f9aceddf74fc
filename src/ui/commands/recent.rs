//! What was done by name lately.

use crate::ui::browser::storage;

/// How many are remembered.
const MAX_RECENT: usize = 5;
/// A name that is longer is none of ours.
const MAX_NAME: usize = 80;

/// The names of actions, the last one first.
pub fn load() -> Vec<String> {
    let kept = storage::load(storage::RECENT).unwrap_or_default();
    let names = kept.split_whitespace().filter(|name| name.len() <= MAX_NAME);
    names.take(MAX_RECENT).map(str::to_owned).collect()
}

/// Remembers that an action was done.
pub fn remember(name: &str) {
    let others = load().into_iter().filter(|other| other != name);
    let names: Vec<String> = std::iter::once(name.to_owned()).chain(others).take(MAX_RECENT).collect();
    storage::keep(storage::RECENT, &names.join(" "));
}
