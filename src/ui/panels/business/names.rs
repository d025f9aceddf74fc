//! What the parts of a business are called.

use archlab_model::{Business, DataId, FunctionId, KindId, Text};

use crate::ui::i18n::Words;

fn titled(title: Option<&Text>, id: &str, words: Words) -> String {
    let title = title.map(|title| archlab_words::of(words.lang, title).into_owned());
    title.filter(|title| !title.is_empty()).unwrap_or_else(|| id.to_owned())
}

/// A part by its title, or by what the document calls it.
pub fn named(title: Option<&Text>, id: &impl std::fmt::Display, words: Words) -> String {
    titled(title, &id.to_string(), words)
}

/// A function.
pub fn function_name(business: &Business, id: &FunctionId, words: Words) -> String {
    titled(business.functions.get(id).and_then(|it| it.title.as_ref()), id.as_str(), words)
}

/// A set of data.
pub fn data_name(business: &Business, id: &DataId, words: Words) -> String {
    titled(business.data.get(id).and_then(|it| it.title.as_ref()), id.as_str(), words)
}

/// A request kind.
pub fn kind_name(business: &Business, id: &KindId, words: Words) -> String {
    titled(business.requests.get(id).and_then(|it| it.title.as_ref()), id.as_str(), words)
}
