//! A dialog that asks for the title of a design.

use archlab_model::document::MAX_TITLE_CHARS;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::ui::dialog::Dialog;
use crate::ui::i18n::use_words;

/// What the dialog needs.
#[derive(Clone, PartialEq, Properties)]
pub struct RenameProps {
    /// The title so far.
    pub title: String,
    pub close: Callback<()>,
    /// Another title was given.
    pub rename: Callback<String>,
}

/// The dialog.
#[component]
pub fn Rename(props: &RenameProps) -> Html {
    let words = use_words();
    let input = use_node_ref();
    // What is being typed: the page may be drawn again meanwhile, and must not take it back.
    let typed = use_state(|| props.title.clone());
    {
        let input = input.clone();
        use_effect_with((), move |()| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.select();
            }
        });
    }
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                typed.set(input.value());
            }
        })
    };
    let done = {
        let (input, props) = (input.clone(), props.clone());
        move || {
            let typed = input.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
            let title: String = typed.trim().chars().take(MAX_TITLE_CHARS).collect();
            props.close.emit(());
            if !title.is_empty() && title != props.title {
                props.rename.emit(title);
            }
        }
    };
    let onkeydown = {
        let done = done.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && !event.is_composing() {
                event.prevent_default();
                done();
            }
        })
    };
    let onclick = Callback::from(move |_: MouseEvent| done());
    let cancel = props.close.reform(|_: MouseEvent| ());
    html! {
        <Dialog label={words.t("action.rename_design")} class="rename" close={props.close.clone()}>
            <label><span>{ words.t("documents.title") }</span>
                <input type="text" ref={input} autofocus=true value={(*typed).clone()} maxlength={MAX_TITLE_CHARS.to_string()} {oninput} {onkeydown} />
            </label>
            <p class="buttons">
                <button class="button" onclick={cancel}>{ words.t("documents.cancel") }</button>
                <button class="button primary" {onclick}>{ words.t("documents.rename") }</button>
            </p>
        </Dialog>
    }
}
