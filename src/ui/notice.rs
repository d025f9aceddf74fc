//! What went wrong at a border, in a sentence.

use archlab_model::DocumentError;
use yew::prelude::*;

use crate::ui::browser::file::ReadError;
use crate::ui::documents::Change;
use crate::ui::i18n::Words;
use crate::ui::icon::{Icon, icon};

/// Something that a person should know.
#[derive(Clone, PartialEq)]
pub struct Notice {
    pub words: String,
    /// Whether nothing went wrong.
    pub is_calm: bool,
    /// What can be done about it.
    pub offer: Option<Offer>,
}

/// A button in a notice.
#[derive(Clone, PartialEq)]
pub struct Offer {
    pub words: String,
    pub take: Callback<()>,
}

/// Why a document was not opened.
pub fn of_document(words: Words, error: &DocumentError) -> Notice {
    let why = words.sentence(error.key(), &error.arguments());
    not_opened(words, &why)
}

/// Why what is on the clipboard was not pasted.
pub fn of_paste(words: Words, error: &DocumentError) -> Notice {
    let why = words.sentence(error.key(), &error.arguments());
    Notice { words: words.fill("notice.not_pasted", &[("why", &why)]), is_calm: false, offer: None }
}

/// Why a file was not read.
pub fn of_file(words: Words, error: ReadError) -> Notice {
    let why = words.t(match error {
        ReadError::TooLarge => "notice.too_large",
        ReadError::Unreadable => "notice.unreadable",
    });
    not_opened(words, &why)
}

fn not_opened(words: Words, why: &str) -> Notice {
    Notice { words: words.fill("notice.not_opened", &[("why", &why)]), is_calm: false, offer: None }
}

/// What became of a change that was to be kept.
pub fn of_keeping(words: Words, change: Change) -> Notice {
    let (key, is_calm) = match change {
        Change::KeptBeside => ("documents.kept_beside", true),
        _ if crate::ui::browser::storage::is_there() => ("documents.full", false),
        _ => ("documents.refused", false),
    };
    Notice { words: words.t(key), is_calm, offer: None }
}

/// A notice as it is shown.
pub fn html(notice: &Notice, words: Words, close: Callback<()>) -> Html {
    let offer = notice.offer.clone().map(|offer| {
        let (take, close) = (offer.take, close.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            close.emit(());
            take.emit(());
        });
        html! { <button class="button" {onclick}>{ offer.words }</button> }
    });
    let onclick = close.reform(|_: MouseEvent| ());
    html! {
        <div class="notices" role="alert">
            <div class={classes!("notice", notice.is_calm.then_some("calm"))}>{ icon(Icon::Alert) }<p>{ &notice.words }</p>
                { for offer }
                <button class="button plain icon-only" aria-label={words.t("action.close")} {onclick}>{ icon(Icon::Close) }</button>
            </div>
        </div>
    }
}
