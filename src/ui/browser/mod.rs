//! The browser's own things: every value from JavaScript stops here.

pub mod clipboard;
pub mod failure;
pub mod file;
pub mod locale;
pub mod location;
pub mod storage;
pub mod theme;

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Window};

/// The window. A page always has one.
pub fn window() -> Window {
    gloo::utils::window()
}

/// Milliseconds of wall time, from an arbitrary start.
pub fn now_ms() -> f64 {
    window().performance().map_or_else(js_sys::Date::now, |performance| performance.now())
}

/// Whether the media query holds.
pub fn media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// Whether the keyboard is an Apple one: Command in place of Control.
pub fn is_mac() -> bool {
    let platform = window().navigator().platform().unwrap_or_default();
    ["Mac", "iPhone", "iPad"].iter().any(|name| platform.starts_with(name))
}

/// Leaves the field that has the focus, so that what was typed into it is taken.
pub fn leave_field() {
    let active = gloo::utils::document().active_element();
    let field = active.filter(|it| matches!(it.tag_name().as_str(), "INPUT" | "TEXTAREA"));
    if let Some(field) = field.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        // What cannot be left stays as it is.
        let _ = field.blur();
    }
}

/// Whether the person asked for less motion.
pub fn prefers_reduced_motion() -> bool {
    media("(prefers-reduced-motion: reduce)")
}
