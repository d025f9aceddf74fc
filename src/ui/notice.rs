//! What went wrong at a border, in a sentence.

use archlab_model::DocumentError;

use crate::ui::browser::file::ReadError;
use crate::ui::i18n::Words;

/// Why a document was not opened.
pub fn of_document(words: Words, error: &DocumentError) -> String {
    let why = words.sentence(error.key(), &error.arguments());
    words.fill("notice.not_opened", &[("why", &why)])
}

/// Why what is on the clipboard was not pasted.
pub fn of_paste(words: Words, error: &DocumentError) -> String {
    let why = words.sentence(error.key(), &error.arguments());
    words.fill("notice.not_pasted", &[("why", &why)])
}

/// Why a file was not read.
pub fn of_file(words: Words, error: ReadError) -> String {
    let why = words.t(match error {
        ReadError::TooLarge => "notice.too_large",
        ReadError::Unreadable => "notice.unreadable",
    });
    words.fill("notice.not_opened", &[("why", &why)])
}
