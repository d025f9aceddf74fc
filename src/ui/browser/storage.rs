//! What the browser keeps between visits. In a sandboxed frame there is no storage: then nothing is
//! kept, and nothing breaks.

use web_sys::Storage;

/// The design that was open last.
pub const DESIGN: &str = "archlab.design";
/// The chosen language.
pub const LANGUAGE: &str = "archlab.language";
/// The chosen theme.
pub const THEME: &str = "archlab.theme";

fn storage() -> Option<Storage> {
    // Reading the property itself throws where storage is refused.
    super::window().local_storage().ok().flatten()
}

/// What is kept under `key`.
pub fn load(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Keeps `value` under `key`. `false` if it could not be kept.
pub fn keep(key: &str, value: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, value).is_ok())
}
