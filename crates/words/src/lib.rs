//! Everything a person reads, in English and Simplified Chinese.
//!
//! The words lie in `static/locales`, one file for each area and language; another language is
//! another set of files and a variant of [`Lang`].

pub mod fault;
pub mod pinyin;
pub mod story;

use std::borrow::Cow;
use std::fmt::Display;

use archlab_model::Text;

rust_i18n::i18n!("../../static/locales", fallback = "en");

/// A language that a person can choose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// All languages, in the order they are offered.
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Zh];

    /// The name of its locale files.
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh",
        }
    }

    /// Its BCP 47 tag, for `lang` attributes and number formats.
    pub const fn bcp47(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh-Hans",
        }
    }

    /// The next one, and after the last the first.
    pub fn other(self) -> Lang {
        let place = Lang::ALL.iter().position(|lang| *lang == self).unwrap_or(0);
        Lang::ALL[(place + 1) % Lang::ALL.len()]
    }

    /// Its name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Lang::En => "English",
            Lang::Zh => "简体中文",
        }
    }

    /// The language that a BCP 47 tag such as `zh-TW` or `en-GB` asks for, if there is one.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        Lang::ALL.into_iter().find(|lang| lang.tag() == primary)
    }
}

/// The words for `key`. A key that has none gives itself, which a test forbids.
pub fn text(lang: Lang, key: &str) -> String {
    rust_i18n::t!(key, locale = lang.tag()).into_owned()
}

/// The words for `key`, each `%{name}` in them replaced by its value.
pub fn fill(lang: Lang, key: &str, values: &[(&str, &dyn Display)]) -> String {
    let template = text(lang, key);
    let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
    let values: Vec<String> = values.iter().map(|(_, value)| value.to_string()).collect();
    rust_i18n::replace_patterns(&template, &names, &values)
}

/// A text of a document in `lang`.
pub fn of(lang: Lang, text: &Text) -> Cow<'_, str> {
    match lang {
        Lang::En => text.english().into(),
        Lang::Zh => text.chinese().into(),
    }
}
