//! What the browser keeps between visits, and what it keeps for this tab only. In a sandboxed frame there
//! is no storage: then nothing is kept, and nothing breaks.

use web_sys::Storage;

use crate::library::Shelf;

/// The design that was open last, of the days when there was only one.
pub const ONLY_DESIGN: &str = "archlab.design";
/// The id of the design that was open last.
pub const LAST: &str = "archlab.last";
/// The chosen language.
pub const LANGUAGE: &str = "archlab.language";
/// The hints that were there.
pub const HINTS: &str = "archlab.hints";
/// What was done by name lately.
pub const RECENT: &str = "archlab.recent";
/// The chosen theme.
pub const THEME: &str = "archlab.theme";
/// Of this tab: the id of the design that is open.
pub const OPEN: &str = "archlab.open";
/// Of this tab: the id of the design that is running, until the page is left.
pub const RUNNING: &str = "archlab.running";
/// Of this tab: the id of the design with which the program stopped by an error.
pub const STOPPED: &str = "archlab.stopped";

fn storage() -> Option<Storage> {
    // Reading the property itself throws where storage is refused.
    super::window().local_storage().ok().flatten()
}

fn of_tab() -> Option<Storage> {
    super::window().session_storage().ok().flatten()
}

/// Whether there is a storage.
pub fn is_there() -> bool {
    storage().is_some()
}

/// What is kept under `key`.
pub fn load(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps `value` under `key`. `false` if it could not be kept.
pub fn keep(key: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
}

/// Forgets what is kept under `key`.
pub fn forget(key: &str) {
    if let Some(storage) = storage() {
        // What is not there is forgotten already.
        let _ = storage.remove_item(key);
    }
}

/// What is kept under `key` for this tab.
pub fn load_for_tab(key: &str) -> Option<String> {
    of_tab()?.get_item(key).ok().flatten()
}

/// Keeps `value` under `key` for this tab, if that is possible.
pub fn keep_for_tab(key: &str, value: &str) {
    if let Some(storage) = of_tab() {
        // A full storage does without it.
        let _ = storage.set_item(key, value);
    }
}

/// Forgets what is kept under `key` for this tab.
pub fn forget_for_tab(key: &str) {
    if let Some(storage) = of_tab() {
        // What is not there is forgotten already.
        let _ = storage.remove_item(key);
    }
}

/// The browser's storage as a shelf for designs.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrowserShelf;

impl Shelf for BrowserShelf {
    fn names(&self) -> Vec<String> {
        let Some(storage) = storage() else { return Vec::new() };
        let count = storage.length().unwrap_or(0);
        (0..count).filter_map(|place| storage.key(place).ok().flatten()).collect()
    }

    fn load(&self, name: &str) -> Option<String> {
        load(name)
    }

    fn keep(&self, name: &str, text: &str) -> bool {
        keep(name, text)
    }

    fn forget(&self, name: &str) {
        forget(name);
    }
}
