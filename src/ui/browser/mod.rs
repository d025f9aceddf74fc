//! The browser's own things: every value from JavaScript stops here.

pub mod clipboard;
pub mod failure;
pub mod file;
pub mod locale;
pub mod location;
pub mod storage;
pub mod theme;

use web_sys::Window;

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

/// Whether the person asked for less motion.
pub fn prefers_reduced_motion() -> bool {
    media("(prefers-reduced-motion: reduce)")
}
