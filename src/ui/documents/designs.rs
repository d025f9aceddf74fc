//! The designs of this browser, as pictures: open, rename, save, delete, bring back.

use archlab_model::{Design, document};
use yew::prelude::*;

use super::Documents;
use super::rename::Rename;
use super::thumbnail::thumbnail;
use crate::library::Kept;
use crate::ui::browser::{file, locale};
use crate::ui::dialog::Dialog;
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::menu::MenuButton;
use crate::ui::store::{Pulse, use_store};

/// What the dialog needs from the page.
#[derive(Clone, PartialEq, Properties)]
pub struct DesignsProps {
    pub documents: Documents,
    pub close: Callback<()>,
    /// A design was chosen by its id.
    pub open: Callback<String>,
    /// A new one is wanted.
    pub new: Callback<()>,
}

/// A kept design with what its text says; nothing if that cannot be read.
struct Card {
    kept: Kept,
    design: Option<Design>,
}

impl Card {
    fn title(&self, words: Words) -> String {
        match &self.design {
            Some(design) => title_of(design, words),
            None => words.t("documents.unreadable"),
        }
    }
}

/// The title of a design, or that it has none.
pub fn title_of(design: &Design, words: Words) -> String {
    let title = archlab_words::of(words.lang, &design.title);
    if title.is_empty() { words.t("header.untitled") } else { title.into_owned() }
}

/// The dialog.
#[component]
pub fn Designs(props: &DesignsProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let revision = use_state(|| 0_u32);
    let renamed = use_state(|| None::<(String, String)>);
    let said = use_state(String::new);
    let cards = use_memo((*revision, props.documents.clone()), |(_, documents)| {
        let read = |kept: Kept| Card { design: document::open(&kept.text).ok(), kept };
        documents.all().into_iter().map(read).collect::<Vec<Card>>()
    });
    let again = {
        let revision = revision.clone();
        Callback::from(move |()| revision.set(*revision + 1))
    };
    let open_id = store.read(|session| session.editor.document().to_owned());
    let card = |card: &Card| {
        let (id, title) = (card.kept.id.clone(), card.title(words));
        let is_open = id == open_id;
        let open = {
            let (open, close, id) = (props.open.clone(), props.close.clone(), id.clone());
            Callback::from(move |_: MouseEvent| {
                close.emit(());
                open.emit(id.clone());
            })
        };
        let rename = {
            let (renamed, id, title) = (renamed.clone(), id.clone(), title.clone());
            Callback::from(move |_: MouseEvent| renamed.set(Some((id.clone(), title.clone()))))
        };
        let save = {
            let (text, title) = (card.kept.text.clone(), title.clone());
            Callback::from(move |_: MouseEvent| {
                if let Err(error) = file::save(&file::name_for(&title), &text) {
                    gloo::console::error!(error);
                }
            })
        };
        let delete = {
            let (documents, store, again) = (props.documents.clone(), store.clone(), again.clone());
            let (said, words_said) = (said.clone(), words.fill("documents.deleted", &[("title", &title)]));
            Callback::from(move |_: MouseEvent| {
                documents.delete(&store, &id);
                said.set(words_said.clone());
                again.emit(());
            })
        };
        let items = html! {
            <>
                if card.design.is_some() { <button role="menuitem" onclick={rename}>{ icon(Icon::Rename) }<span>{ words.t("documents.rename") }</span></button> }
                <button role="menuitem" onclick={save}>{ icon(Icon::Save) }<span>{ words.t("action.save") }</span></button>
                <hr />
                <button role="menuitem" class="danger" onclick={delete}>{ icon(Icon::Delete) }<span>{ words.t("action.delete") }</span></button>
            </>
        };
        let when = locale::date_and_time(card.kept.changed, words.lang);
        html! {
            <li key={card.kept.id.clone()} class={classes!("design", is_open.then_some("open"))}>
                <button class="open" onclick={open} disabled={card.design.is_none()} aria-current={is_open.then_some("true")}>
                    { card.design.as_ref().map(thumbnail).unwrap_or_default() }
                    <b>{ title.clone() }</b>
                    <small>{ if is_open { words.t("documents.open_now") } else { when } }</small>
                </button>
                <MenuButton class="icon-only" label={words.fill("documents.more", &[("title", &title)])} {items}>{ icon(Icon::More) }</MenuButton>
            </li>
        }
    };
    let gone = |card: &Card| {
        let restore = {
            let (documents, again, id) = (props.documents.clone(), again.clone(), card.kept.id.clone());
            let (said, words_said) =
                (said.clone(), words.fill("documents.restored", &[("title", &card.title(words))]));
            Callback::from(move |_: MouseEvent| {
                documents.restore(&id);
                said.set(words_said.clone());
                again.emit(());
            })
        };
        let forget = {
            let (documents, again, id) = (props.documents.clone(), again.clone(), card.kept.id.clone());
            Callback::from(move |_: MouseEvent| {
                documents.forget(&id);
                again.emit(());
            })
        };
        html! {
            <li key={card.kept.id.clone()}>
                <span>{ card.title(words) }</span><span class="spring"></span>
                <button class="button" onclick={restore}>{ words.t("documents.restore") }</button>
                <button class="button plain danger" onclick={forget}>{ words.t("documents.forget") }</button>
            </li>
        }
    };
    let here: Vec<Html> = cards.iter().filter(|card| card.kept.deleted.is_none()).map(card).collect();
    let deleted: Vec<Html> = cards.iter().filter(|card| card.kept.deleted.is_some()).map(gone).collect();
    let new = {
        let (new, close) = (props.new.clone(), props.close.clone());
        Callback::from(move |_: MouseEvent| {
            close.emit(());
            new.emit(());
        })
    };
    let give_title = {
        let (documents, store, again, renamed) =
            (props.documents.clone(), store.clone(), again, renamed.clone());
        Callback::from(move |title: String| {
            if let Some((id, _)) = &*renamed {
                if store.read(|session| session.editor.document() == id) {
                    store.act(|session| session.rename_design(&title));
                    documents.keep(&store, true);
                } else {
                    documents.rename(id, &title);
                }
                again.emit(());
            }
        })
    };
    let close_rename = {
        let renamed = renamed.clone();
        Callback::from(move |()| renamed.set(None))
    };
    let leave = props.close.reform(|_: MouseEvent| ());
    html! {
        <>
            <Dialog label={words.t("documents.all")} class="designs" close={props.close.clone()}>
                <header><h2>{ words.t("documents.all") }</h2><span class="spring"></span>
                    <button class="button plain icon-only" aria-label={words.t("action.close")} onclick={leave}>{ icon(Icon::Close) }</button>
                </header>
                <div class="shelf">
                    <ul class="cards">
                        <li class="design"><button class="open new" onclick={new}>{ icon(Icon::Plus) }<b>{ words.t("action.new_design") }</b></button></li>
                        { for here }
                    </ul>
                    <p class="hidden-visually" role="status">{ (*said).clone() }</p>
                    if !deleted.is_empty() {
                        <section class="deleted">
                            <h3>{ words.t("documents.deleted_lately") }</h3>
                            <ul>{ for deleted }</ul>
                        </section>
                    }
                </div>
            </Dialog>
            if let Some((_, title)) = (*renamed).clone() { <Rename {title} close={close_rename} rename={give_title} /> }
        </>
    }
}
