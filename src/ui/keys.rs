//! Keys that mean the same wherever the focus is.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use yew::prelude::*;

use crate::action;
use crate::action::keys::KeyPress;
use crate::ui::store::Store;

/// Keys that mean the same wherever the focus is, but in text fields.
#[hook]
pub fn use_keys(store: &Store, keyless: bool) {
    let store = store.clone();
    use_effect_with(keyless, move |keyless| {
        let keyless = *keyless;
        let (space_store, left_store) = (store.clone(), store.clone());
        let options = gloo::events::EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(
            &crate::ui::browser::window(),
            "keydown",
            options,
            move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
                let on = |selector: &str| {
                    target.as_ref().and_then(|it| it.closest(selector).ok().flatten()).is_some()
                };
                let key = event.key();
                let for_a_button = matches!(key.as_str(), " " | "Enter") && on("button, [role=radio], a");
                let below_a_dialog =
                    || gloo::utils::document().query_selector("dialog[open]").ok().flatten().is_some();
                if keyless
                    || event.is_composing()
                    || event.default_prevented()
                    || on("input:not([type=range]), select, textarea, [contenteditable]")
                    || on("input[type=range]") && key.starts_with("Arrow")
                    || for_a_button
                    || below_a_dialog()
                {
                    return;
                }
                let code = event.code();
                let press = KeyPress {
                    key: &key,
                    code: &code,
                    control: event.ctrl_key() || event.meta_key(),
                    shift: event.shift_key(),
                    alt: event.alt_key(),
                };
                let Some(action) = store.read(|session| action::of_key(session, &press)) else { return };
                if action.is_the_browsers {
                    return;
                }
                // Where there is something to scroll, arrows scroll it.
                let nowhere = target.as_ref().is_none_or(|target| target.tag_name() == "BODY");
                if action.is_for_canvas && !nowhere && !on(".stage, .top, .palette, .transport") {
                    return;
                }
                // What a guest has no use for is its host's.
                let is_idle = store.read(|session| session.page.guest && !action.is_enabled(session));
                if is_idle {
                    return;
                }
                event.prevent_default();
                if key == " " {
                    // With the space bar down a drag moves the canvas: what else it does it does when it goes up.
                    store.press_space();
                } else {
                    store.act(|session| action.run(session));
                }
            },
        );
        let released = EventListener::new(&crate::ui::browser::window(), "keyup", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if event.key() != " " || !space_store.release_space() {
                return;
            }
            let press = KeyPress { key: " ", code: "Space", control: false, shift: false, alt: false };
            if let Some(action) = space_store.read(|session| action::of_key(session, &press)) {
                space_store.act(|session| action.run(session));
            }
        });
        let left = EventListener::new(&crate::ui::browser::window(), "blur", move |_| {
            left_store.release_space();
        });
        move || drop((listener, released, left))
    });
}
