//! The language of the page, for every component.

use std::fmt::Display;

use archlab_words::Lang;
use yew::prelude::*;

/// The words in the language the page shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Words {
    /// The language.
    pub lang: Lang,
}

impl Words {
    /// The words for `key`.
    pub fn t(self, key: &str) -> String {
        archlab_words::text(self.lang, key)
    }

    /// The sentence for `key` with the arguments that a part of the model gives with it.
    pub fn sentence(self, key: &str, arguments: &[(&'static str, String)]) -> String {
        let values: Vec<(&str, &dyn Display)> =
            arguments.iter().map(|(name, value)| (*name, value as &dyn Display)).collect();
        self.fill(key, &values)
    }

    /// The words for `key` with its values filled in.
    pub fn fill(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        archlab_words::fill(self.lang, key, values)
    }
}

/// The words of the page; the component renders again when the language changes.
#[hook]
pub fn use_words() -> Words {
    use_context::<Words>().unwrap_or(Words { lang: Lang::En })
}
