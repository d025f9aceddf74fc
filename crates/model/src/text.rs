//! Texts that a document may hold in both languages.

use serde::{Deserialize, Serialize};

/// A title or a note: one text for everybody, or one for each language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// The same text in every language.
    Plain(String),
    /// A text for each language.
    Both {
        /// English.
        en: String,
        /// Simplified Chinese.
        zh: String,
    },
}

impl Text {
    /// The English text.
    pub fn english(&self) -> &str {
        match self {
            Text::Plain(text) => text,
            Text::Both { en, .. } => en,
        }
    }

    /// The Chinese text.
    pub fn chinese(&self) -> &str {
        match self {
            Text::Plain(text) => text,
            Text::Both { zh, .. } => zh,
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Text::Plain(String::new())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text::Plain(text.to_owned())
    }
}
