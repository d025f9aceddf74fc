//! What is common to the panels beside the canvas: the buttons that open them, and where the focus goes.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::problems::{count, use_problems};
use crate::action::Action;
use crate::action::desk::{BUSINESS, PROBLEMS};
use crate::ui::i18n::use_words;
use crate::ui::icon::{Icon, icon};
use crate::ui::shortcut::hint;
use crate::ui::store::{Pulse, use_store};

/// The buttons of the header that open and close panels. The one of the problems says how many there are.
#[component]
pub fn DeskButtons() -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let problems = use_problems(&store);
    let sum = count(&problems, words);
    let button = |action: &'static Action, sign: Icon, label: String, beside: Html| {
        let is_open = store.read(|session| action.is_on.is_some_and(|is_on| is_on(session)));
        let store = store.clone();
        let onclick = Callback::from(move |_: MouseEvent| store.act(|session| action.run(session)));
        html! {
            <button class="button plain desk-button" aria-expanded={is_open.to_string()} title={hint(action, words)} {onclick}>
                { icon(sign) }<span class="long" aria-hidden="true">{ words.t(action.name) }</span>{ beside }
                <span class="hidden-visually">{ label }</span>
            </button>
        }
    };
    let beside = match sum.worst {
        Some(worst) => {
            html! { <span class={classes!("count", worst)} aria-hidden="true">{ problems.len() }</span> }
        }
        None => Html::default(),
    };
    let sign = if problems.is_empty() { Icon::Check } else { Icon::Alert };
    html! {
        <>
            { button(&BUSINESS, BUSINESS.icon, words.t(BUSINESS.name), Html::default()) }
            { button(&PROBLEMS, sign, sum.words, beside) }
        </>
    }
}

/// Takes the focus to a panel when it opens, and back to where it was when it closes.
#[hook]
pub fn use_focus(panel: &NodeRef) {
    let panel = panel.clone();
    use_effect_with((), move |()| {
        let opener = gloo::utils::document().active_element();
        if let Some(panel) = panel.cast::<HtmlElement>() {
            // A refused focus changes nothing.
            let _ = panel.focus();
        }
        move || {
            // The panel is still there, with the focus in it.
            gloo::timers::callback::Timeout::new(0, move || {
                let document = gloo::utils::document();
                let nowhere = document.active_element().is_none_or(|active| active.tag_name() == "BODY");
                if let (Some(opener), true) = (opener, nowhere) {
                    let _ = opener.unchecked_into::<HtmlElement>().focus();
                }
            })
            .forget();
        }
    });
}
