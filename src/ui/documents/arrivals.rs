//! What is dropped on the page or pasted into it: files and texts of designs.

use archlab_model::document::{self, MAX_BYTES};
use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, DataTransfer, DragEvent, Element};
use yew::prelude::*;

use crate::ui::browser::file::{self, ReadError};
use crate::ui::browser::window;

/// What arrived.
pub type Arrival = Result<String, ReadError>;

/// Hears of files that are dropped on the page and of designs that are pasted. Tells whether a file is
/// held above the page now.
#[hook]
pub fn use_arrivals(guest: bool, arrived: Callback<Arrival>) -> bool {
    let above = use_state(|| false);
    {
        let above = above.clone();
        use_effect_with((guest, arrived), move |(guest, arrived)| {
            let listening = if *guest { Vec::new() } else { listeners(&above, arrived) };
            move || drop(listening)
        });
    }
    *above
}

fn listeners(above: &UseStateHandle<bool>, arrived: &Callback<Arrival>) -> Vec<EventListener> {
    let options = EventListenerOptions::enable_prevent_default();
    let listen = |name: &'static str, hear: Box<dyn FnMut(&Event)>| {
        EventListener::new_with_options(&window(), name, options, hear)
    };
    let over = {
        let above = above.clone();
        move |event: &Event| {
            if files_of(event).is_some() {
                event.prevent_default();
                above.set(true);
            }
        }
    };
    let left = {
        let above = above.clone();
        move |event: &Event| {
            // Leaving the window, and not only one element for another.
            let to = event.dyn_ref::<DragEvent>().and_then(|event| event.related_target());
            if to.is_none() {
                above.set(false);
            }
        }
    };
    let dropped = {
        let (above, arrived) = (above.clone(), arrived.clone());
        move |event: &Event| {
            above.set(false);
            let Some(held) = files_of(event) else { return };
            event.prevent_default();
            if let Some(file) = held.files().and_then(|files| files.get(0)) {
                let arrived = arrived.clone();
                wasm_bindgen_futures::spawn_local(async move { arrived.emit(file::read(file).await) });
            }
        }
    };
    let pasted = {
        let arrived = arrived.clone();
        move |event: &Event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let typing = target.and_then(|it| it.closest("input, select, textarea").ok().flatten()).is_some();
            let text = event.dyn_ref::<ClipboardEvent>().and_then(ClipboardEvent::clipboard_data);
            let text = text.and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
            // What is no design may be anything that somebody else looks for.
            let is_design = !typing && text.len() <= MAX_BYTES && document::open(&text).is_ok();
            if is_design && !event.default_prevented() {
                event.prevent_default();
                arrived.emit(Ok(text));
            }
        }
    };
    vec![
        listen("dragover", Box::new(over)),
        listen("dragleave", Box::new(left)),
        listen("drop", Box::new(dropped)),
        listen("paste", Box::new(pasted)),
    ]
}

/// What a drag holds, if that is files.
fn files_of(event: &Event) -> Option<DataTransfer> {
    let held = event.dyn_ref::<DragEvent>()?.data_transfer()?;
    held.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")).then_some(held)
}
