//! Copy, cut and paste between the editor and the browser's clipboard.

use archlab_model::{DocumentError, Point};
use yew::prelude::*;

use crate::action::edit;
use crate::ui::browser::clipboard::{self, Asked};
use crate::ui::store::Store;

/// Answers the browser's own `copy`, `cut` and `paste`. `refused` is told why a text was not pasted.
#[hook]
pub fn use_clipboard(store: &Store, keyless: bool, refused: &Callback<DocumentError>) {
    let (store, refused) = (store.clone(), refused.clone());
    use_effect_with(keyless, move |keyless| {
        let answer = move |asked: Asked, text: Option<String>| match asked {
            Asked::Copy => take(&store, false),
            Asked::Cut => take(&store, true),
            Asked::Paste => {
                let text = text.filter(|text| is_for_us(text))?;
                let at = store.read(|session| {
                    let editor = &session.editor;
                    editor.pointer.map(|at| editor.camera.to_canvas(at))
                });
                put(&store, &text, at, &refused);
                None
            }
        };
        let listeners = if *keyless { Vec::new() } else { clipboard::listen(answer) };
        move || drop(listeners)
    });
}

/// Does what a menu asks for: the clipboard is the browser's, or else the page's own.
pub fn ask(store: &Store, asked: Asked, refused: &Callback<DocumentError>) {
    match asked {
        Asked::Copy | Asked::Cut => {
            if let Some(text) = take(store, asked == Asked::Cut) {
                wasm_bindgen_futures::spawn_local(async move {
                    // Where the browser does not let the page, its own clipboard serves.
                    clipboard::write(text).await;
                });
            }
        }
        Asked::Paste => {
            let (store, refused) = (store.clone(), refused.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let read = clipboard::read().await.filter(|text| is_for_us(text));
                let text = read.or_else(|| store.read(|session| session.editor.own_clipboard.clone()));
                if let Some(text) = text {
                    put(&store, &text, None, &refused);
                }
            });
        }
    }
}

/// Whether a text is meant for the canvas: everything but a whole design, which is opened instead.
fn is_for_us(text: &str) -> bool {
    let text = text.trim_start();
    !text.is_empty() && !archlab_model::document::is_document(text)
}

fn take(store: &Store, cut: bool) -> Option<String> {
    store.act(|session| {
        let text = session.editor.copied()?;
        session.editor.own_clipboard = Some(text.clone());
        if cut {
            edit::DELETE.run(session);
        }
        Some(text)
    })
}

fn put(store: &Store, text: &str, at: Option<Point>, refused: &Callback<DocumentError>) {
    let pasted = store.act(|session| {
        let mut pasted = Ok(());
        session.edit(|editor| pasted = editor.paste(text, at));
        pasted
    });
    if let Err(error) = pasted {
        refused.emit(error);
    }
}
