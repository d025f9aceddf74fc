//! A dialog above the page. The browser's own: it keeps the focus inside, makes the rest inert, closes on
//! Escape, and gives the focus back.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// What a dialog needs.
#[derive(Clone, PartialEq, Properties)]
pub struct DialogProps {
    /// What it is called.
    pub label: String,
    pub class: Classes,
    /// It was left: by Escape, or by a press beside it.
    pub close: Callback<()>,
    pub children: Html,
}

/// A dialog.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let element = use_node_ref();
    {
        let element = element.clone();
        use_effect_with((), move |()| {
            let dialog = element.cast::<HtmlDialogElement>();
            if let Some(dialog) = &dialog {
                // It is in the page and not open: nothing to refuse.
                let _ = dialog.show_modal();
            }
            move || {
                if let Some(dialog) = dialog {
                    dialog.close();
                }
            }
        });
    }
    let oncancel = {
        let close = props.close.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            close.emit(());
        })
    };
    let onpointerdown = {
        let (close, element) = (props.close.clone(), element.clone());
        Callback::from(move |event: PointerEvent| {
            // What is in it covers it whole: its own pixels are those beside it.
            let target = event.target_dyn_into::<HtmlDialogElement>();
            if target.is_some() && target == element.cast::<HtmlDialogElement>() {
                event.prevent_default();
                close.emit(());
            }
        })
    };
    html! {
        <dialog class={classes!("dialog", props.class.clone())} ref={element} aria-label={props.label.clone()} {oncancel} {onpointerdown}>
            <div class="dialog-inside">{ props.children.clone() }</div>
        </dialog>
    }
}
