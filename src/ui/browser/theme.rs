//! Dark and light.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{media, storage};

/// A theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    const fn name(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The other one.
    pub const fn other(self) -> Theme {
        match self {
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Light,
        }
    }

    /// The theme to begin with: the address's (`theme=dark`), else the one chosen before, else the
    /// system's.
    pub fn first() -> Theme {
        let asked = super::location::parameter("theme");
        match asked.or_else(|| storage::load(storage::THEME)).as_deref() {
            Some("dark") => Theme::Dark,
            Some("light") => Theme::Light,
            _ if media("(prefers-color-scheme: dark)") => Theme::Dark,
            _ => Theme::Light,
        }
    }

    /// Shows it.
    pub fn show(self) {
        if let Some(root) = gloo::utils::document().document_element() {
            // Attributes of the root element can always be set.
            let _ = root.set_attribute("data-theme", self.name());
        }
    }

    /// Remembers that a person chose it.
    pub fn remember(self) {
        storage::keep(storage::THEME, self.name());
    }
}

/// The colour of a custom property, as red, green and blue.
pub fn colour(property: &str) -> [u8; 3] {
    let value = computed(property).unwrap_or_default();
    parse_hex(value.trim()).or_else(|| parse_rgb(&painted(property)?)).unwrap_or([128, 128, 128])
}

fn computed(property: &str) -> Option<String> {
    let root = gloo::utils::document().document_element()?;
    super::window().get_computed_style(&root).ok()??.get_property_value(property).ok()
}

/// The colour of a custom property as it is painted, where it is none that we gave: with forced colours it is one
/// of the system's, which only an element that is painted with it can tell.
fn painted(property: &str) -> Option<String> {
    let document = gloo::utils::document();
    let probe: HtmlElement = document.create_element("i").ok()?.unchecked_into();
    probe.style().set_property("color", &format!("var({property})")).ok()?;
    document.body()?.append_child(&probe).ok()?;
    let style = super::window().get_computed_style(&probe).ok().flatten();
    let colour = style.and_then(|style| style.get_property_value("color").ok());
    probe.remove();
    colour
}

fn parse_rgb(text: &str) -> Option<[u8; 3]> {
    let inside = text.strip_prefix("rgb(").or_else(|| text.strip_prefix("rgba("))?.strip_suffix(')')?;
    let mut channels = inside.split([',', ' ']).filter(|it| !it.is_empty()).map(|it| it.parse().ok());
    Some([channels.next()??, channels.next()??, channels.next()??])
}

fn parse_hex(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let channel = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_hexadecimal_digits() {
        assert_eq!(parse_hex("#3b5bdb"), Some([0x3b, 0x5b, 0xdb]));
        assert_eq!(parse_hex("rgb(1, 2, 3)"), None);
        assert_eq!(parse_hex("#12345"), None);
        assert_eq!(parse_hex("#ééé"), None);
    }

    #[test]
    fn a_painted_colour_is_read() {
        assert_eq!(parse_rgb("rgb(1, 2, 255)"), Some([1, 2, 255]));
        assert_eq!(parse_rgb("rgba(1, 2, 3, 0.5)"), Some([1, 2, 3]));
        assert_eq!(parse_rgb("rgb(1, 2)"), None);
        assert_eq!(parse_rgb("canvas"), None);
    }
}
