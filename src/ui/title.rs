//! The design's title, and renaming it in place.

use archlab_model::document::MAX_TITLE_CHARS;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::editor::renaming::Renaming;
use crate::ui::i18n::use_words;
use crate::ui::store::{Pulse, use_store};

/// The title: a double click, or a press of the button, makes it a field.
#[component]
pub fn DesignTitle() -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let (text, is_renamed) = store.read(|session| {
        let text = archlab_words::of(words.lang, &session.editor.design().title).into_owned();
        (text, session.editor.renaming == Some(Renaming::Design))
    });
    if is_renamed {
        return html! { <TitleField {text} /> };
    }
    let rename = Callback::from(move |_: MouseEvent| {
        store.act(|session| session.editor.renaming = Some(Renaming::Design));
    });
    let shown = if text.is_empty() { words.t("header.untitled") } else { text };
    html! { <button class="title" title={words.t("action.rename_design")} onclick={rename}>{ shown }</button> }
}

#[derive(Clone, PartialEq, Properties)]
struct TitleFieldProps {
    text: String,
}

#[component]
fn TitleField(props: &TitleFieldProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let element = use_node_ref();
    // What is being typed: the header may be drawn again meanwhile, and must not take it back.
    let typed = use_state(|| props.text.clone());
    {
        let element = element.clone();
        use_effect_with((), move |()| {
            if let Some(field) = element.cast::<HtmlInputElement>() {
                // A refused focus changes nothing.
                let _ = field.focus();
                field.select();
            }
        });
    }
    let end = {
        let (store, shown, element) = (store, props.text.clone(), element.clone());
        move |keep: bool| {
            let text = element.cast::<HtmlInputElement>().map(|field| field.value()).filter(|_| keep);
            let shown = shown.clone();
            store.act(|session| session.edit(|editor| editor.end_renaming(text.as_deref(), &shown)));
        }
    };
    let onkeydown = {
        let end = end.clone();
        Callback::from(move |event: KeyboardEvent| {
            event.stop_propagation();
            match event.key().as_str() {
                _ if event.is_composing() => {}
                "Enter" => end(true),
                "Escape" => end(false),
                _ => {}
            }
        })
    };
    let onblur = Callback::from(move |_: FocusEvent| end(true));
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
                typed.set(field.value());
            }
        })
    };
    html! {
        <input class="title-field" ref={element} value={(*typed).clone()} maxlength={MAX_TITLE_CHARS.to_string()}
            aria-label={words.t("action.rename_design")} {oninput} {onkeydown} {onblur} />
    }
}
