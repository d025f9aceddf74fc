//! Shortcuts as a person reads them, in the way of the platform.

use crate::action::Action;
use crate::action::keys::Keys;
use crate::ui::browser::is_mac;
use crate::ui::i18n::Words;

/// Keys in words.
pub fn written(keys: &Keys, words: Words) -> String {
    keys.written(is_mac(), &words.t("key.space"))
}

/// The keys of an action, those that are shown; nothing if it has none.
pub fn of(action: &Action, words: Words) -> Option<String> {
    action.keys.first().map(|keys| written(keys, words))
}

/// What a button of an action says of itself when it is pointed at.
pub fn hint(action: &Action, words: Words) -> String {
    hint_named(&words.t(action.name), action, words)
}

/// The same, for an action that is called something else now.
pub fn hint_named(name: &str, action: &Action, words: Words) -> String {
    of(action, words).map_or_else(|| name.to_owned(), |keys| format!("{name} · {keys}"))
}
