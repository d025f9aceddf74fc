//! The clipboard, as text: the page's own `copy`, `cut` and `paste` events, and what menus ask for.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, Element};

/// What the browser says is to be done with the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Copy what is chosen.
    Copy,
    /// The same, and remove it.
    Cut,
    /// Add what is on the clipboard.
    Paste,
}

/// Listens as long as it lives. `answer` gets what is asked and, for a paste, the text; it gives the text to
/// put on the clipboard, or none. Fields and chosen text of the page keep their own clipboard.
pub fn listen(
    answer: impl Fn(Asked, Option<String>) -> Option<String> + Clone + 'static,
) -> Vec<EventListener> {
    let document = gloo::utils::document();
    let events = [("copy", Asked::Copy), ("cut", Asked::Cut), ("paste", Asked::Paste)];
    let listener = |(name, asked): (&'static str, Asked)| {
        let answer = answer.clone();
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(&document, name, options, move |event| {
            let Some(event) = event.dyn_ref::<ClipboardEvent>() else { return };
            let Some(data) = event.clipboard_data() else { return };
            if is_the_browsers(event, asked) {
                return;
            }
            // A clipboard without text gives an empty one.
            let pasted = data.get_data("text/plain").unwrap_or_default();
            let given = answer(asked, (asked == Asked::Paste).then_some(pasted));
            if let Some(text) = given {
                // A clipboard that takes nothing leaves what was there.
                let _ = data.set_data("text/plain", &text);
                event.prevent_default();
            }
        })
    };
    events.into_iter().map(listener).collect()
}

/// Whether the event is about a field, or about text of the page that is chosen.
fn is_the_browsers(event: &ClipboardEvent, asked: Asked) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let in_field =
        |element: &Element| element.closest("input, textarea, select, dialog").ok().flatten().is_some();
    let active = gloo::utils::document().active_element();
    if target.iter().chain(active.iter()).any(in_field) {
        return true;
    }
    let chosen = super::window().get_selection().ok().flatten();
    asked != Asked::Paste && chosen.is_some_and(|chosen| !chosen.is_collapsed())
}

/// Puts a text on the clipboard. `false` if the browser does not let the page.
pub async fn write(text: String) -> bool {
    let Some(clipboard) = clipboard() else { return false };
    wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&text)).await.is_ok()
}

/// The text on the clipboard; none if the browser does not let the page read it.
pub async fn read() -> Option<String> {
    wasm_bindgen_futures::JsFuture::from(clipboard()?.read_text()).await.ok()?.as_string()
}

/// The clipboard; a page that is not served securely has none.
fn clipboard() -> Option<web_sys::Clipboard> {
    let navigator = super::window().navigator();
    let has_one = js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|it| it.is_object());
    has_one.then(|| navigator.clipboard())
}
