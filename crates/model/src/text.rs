//! Texts that a document may hold in both languages.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

/// A title or a note: one text for everybody, or one for each language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

// By hand, because a derived one would say of a mistake no more than that it fits no variant.
impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Both {
            en: String,
            zh: String,
        }

        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or { \"en\": ..., \"zh\": ... }")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text::Plain(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Text, A::Error> {
                let Both { en, zh } = Both::deserialize(MapAccessDeserializer::new(entries))?;
                Ok(Text::Both { en, zh })
            }
        }

        deserializer.deserialize_any(Either)
    }
}
