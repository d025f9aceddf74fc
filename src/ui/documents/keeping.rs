//! Keeping: what is open is kept a moment after each change, and when the page is left.

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::{Change, Documents};
use crate::session::Session;
use crate::ui::browser::{failure, storage};
use crate::ui::store::Store;

/// A design is kept this long after its last change, in milliseconds.
const KEEP_AFTER_MS: u32 = 400;

/// Keeps the design a moment after each change, and when the page is left or hidden. `told` hears what
/// became of it, if it is more than that it is kept. Tells whether the browser keeps it, once that is
/// known.
#[hook]
pub fn use_keeping(
    store: &Store,
    documents: &Documents,
    guest: bool,
    told: Callback<Change>,
) -> Option<bool> {
    let kept = use_state(|| None::<bool>);
    let known = use_mut_ref(|| None::<bool>);
    let pending = use_mut_ref(|| None::<Timeout>);
    let keep = {
        let (store, documents, kept) = (store.clone(), documents.clone(), kept.clone());
        use_callback((), move |(), ()| {
            failure::remember_design(&store.read(Session::save));
            if guest {
                return;
            }
            let change = documents.keep(&store, false);
            let is_kept = match change {
                Change::None => return,
                Change::Kept | Change::KeptBeside => true,
                Change::NotKept => false,
            };
            let before = known.borrow_mut().replace(is_kept);
            if change == Change::KeptBeside || !is_kept && before != Some(false) {
                told.emit(change);
            }
            kept.set(Some(is_kept));
        })
    };
    let changes = store.read(|session| session.editor.changes());
    {
        let keep = keep.clone();
        use_effect_with(changes, move |_| {
            *pending.borrow_mut() = Some(Timeout::new(KEEP_AFTER_MS, move || keep.emit(())));
        });
    }
    {
        let store = store.clone();
        use_effect_with((), move |()| {
            let begin = move || {
                if guest {
                    return;
                }
                let id = store.read(|session| session.editor.document().to_owned());
                storage::keep_for_tab(storage::RUNNING, &id);
            };
            begin();
            let leave = {
                let keep = keep.clone();
                move || {
                    keep.emit(());
                    storage::forget_for_tab(storage::RUNNING);
                }
            };
            let hidden = {
                let (leave, document) = (leave.clone(), gloo::utils::document());
                move |_: &Event| if document.hidden() { leave() } else { begin() }
            };
            // Left for good, or hidden: a browser may end a hidden page without a word.
            let listening = [
                EventListener::new(&crate::ui::browser::window(), "pagehide", move |_| leave()),
                EventListener::new(&gloo::utils::document(), "visibilitychange", hidden),
            ];
            move || drop(listening)
        });
    }
    *kept
}
