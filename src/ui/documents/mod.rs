//! Designs: several of them kept in the browser, opened, renamed, deleted; files and texts that are
//! dropped or pasted.

pub mod arrivals;
pub mod designs;
pub mod keeping;
pub mod rename;
mod thumbnail;

use std::cell::RefCell;
use std::rc::Rc;

use archlab_model::{Design, DocumentError, Layout, Text, document};

use crate::library::{Keeping, Kept, Library, is_id};
use crate::session::Session;
use crate::ui::browser::location::Address;
use crate::ui::browser::storage::{self, BrowserShelf};
use crate::ui::header::EXAMPLES;
use crate::ui::store::Store;

/// The designs that this browser keeps, and which of them is open here. Two handles are equal if they are
/// the same.
#[derive(Clone)]
pub struct Documents(Rc<Inner>);

struct Inner {
    library: Library<BrowserShelf>,
    /// The id and text of the design when it was last looked at.
    last: RefCell<(String, String)>,
    /// The design that was open when the program stopped unexpectedly.
    stopped: RefCell<Option<String>>,
}

impl PartialEq for Documents {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing has changed since it was looked at last.
    None,
    /// It is kept.
    Kept,
    /// Another page changed the same design: this one is kept beside it.
    KeptBeside,
    /// It is not kept.
    NotKept,
}

impl Documents {
    /// The designs of this browser, and the session to begin with: in an embedded page, the shop in the
    /// layout that the address asks for; else what was open last, else the shop as a cluster.
    pub fn begin(address: &Address) -> (Documents, Session) {
        let library = Library::of(BrowserShelf);
        let mut stopped = None;
        let mut kept = None;
        if !address.embed {
            take_over_the_only_design(&library);
            stopped = stopped_with().filter(|id| library.peek(id).is_some());
            if address.layout.is_none() && stopped.is_none() {
                let last = || storage::load_for_tab(storage::OPEN).or_else(|| storage::load(storage::LAST));
                kept = last().and_then(|id| library.load(&id)).filter(|kept| kept.deleted.is_none());
            }
        }
        if let Some(kept) = &kept {
            // Should it stop the program at once, the next start knows.
            storage::keep_for_tab(storage::RUNNING, &kept.id);
        }
        let opened = kept.and_then(|kept| Some((kept.id, document::open(&kept.text).ok()?)));
        let (id, design) =
            opened.unwrap_or_else(|| (fresh_id(), example(address.layout.unwrap_or_default())));
        let mut session = Session::of(design);
        session.editor.keep_as(id.clone());
        let last = RefCell::new((id, session.save()));
        (Documents(Rc::new(Inner { library, last, stopped: RefCell::new(stopped) })), session)
    }

    /// The design that was open when the program stopped unexpectedly, once.
    pub fn take_stopped(&self) -> Option<Kept> {
        let id = self.0.stopped.borrow_mut().take()?;
        self.0.library.peek(&id)
    }

    /// Keeps what is open, if it has changed since the last time; with `always`, even if not.
    pub fn keep(&self, store: &Store, always: bool) -> Change {
        let (id, text) = store.read(|session| (session.editor.document().to_owned(), session.save()));
        let now = (id, text);
        if store.read(|session| session.page.guest) || !always && *self.0.last.borrow() == now {
            return Change::None;
        }
        let (id, text) = &now;
        let is_there =
            self.0.library.peek(id).is_some_and(|kept| kept.text == *text && kept.deleted.is_none());
        let keeping = if is_there && !self.0.library.is_changed_elsewhere(id) {
            Keeping::Done
        } else {
            self.0.library.keep(id, text, now_ms(), &fresh_id())
        };
        let (change, id) = match keeping {
            Keeping::Done => (Change::Kept, id.clone()),
            Keeping::Beside(other) => {
                store.quietly(|session| session.editor.keep_as(other.clone()));
                (Change::KeptBeside, other)
            }
            Keeping::Refused => (Change::NotKept, id.clone()),
        };
        if change != Change::NotKept {
            storage::keep(storage::LAST, &id);
        }
        storage::keep_for_tab(storage::OPEN, &id);
        storage::keep_for_tab(storage::RUNNING, &id);
        *self.0.last.borrow_mut() = (id, now.1);
        change
    }

    /// Opens a text from outside in place of what is open, which stays kept.
    ///
    /// # Errors
    ///
    /// What is wrong with it; nothing has changed then.
    pub fn open(&self, store: &Store, text: &str) -> Result<(), DocumentError> {
        let design = document::open(text)?;
        self.keep(store, false);
        // What is there already is not kept twice.
        let text = document::save(&design);
        let same = |kept: &Kept| kept.text == text && kept.deleted.is_none();
        let there = self.0.library.all().into_iter().find(same);
        let id = there.map_or_else(fresh_id, |kept| kept.id);
        self.0.library.load(&id);
        store.act(|session| session.edit(|editor| editor.open(id, design)));
        Ok(())
    }

    /// Opens a design of the library.
    ///
    /// # Errors
    ///
    /// What is wrong with it; nothing has changed then.
    pub fn open_kept(&self, store: &Store, id: &str) -> Result<(), DocumentError> {
        if store.read(|session| session.editor.document() == id) {
            return Ok(());
        }
        self.keep(store, false);
        let Some(kept) = self.0.library.load(id) else { return Ok(()) };
        let design = document::open(&kept.text)?;
        store.act(|session| session.edit(|editor| editor.open(kept.id, design)));
        Ok(())
    }

    /// Opens a new design: the shop's business and clients, and a cluster without machines.
    pub fn open_new(&self, store: &Store, title: &str) {
        let mut design = example(Layout::Cluster);
        design.title = Text::Plain(title.to_owned());
        design.machines.clear();
        for group in design.groups.values_mut() {
            group.seats.clear();
        }
        self.open_made(store, design);
    }

    /// Opens a copy of what is open.
    pub fn open_copy(&self, store: &Store, title: &str) {
        let mut design = store.read(|session| session.editor.design().clone());
        design.title = Text::Plain(title.to_owned());
        self.open_made(store, design);
    }

    fn open_made(&self, store: &Store, design: Design) {
        self.keep(store, true);
        store.act(|session| session.edit(|editor| editor.open(fresh_id(), design)));
    }

    /// What is kept, the last changed first; the deleted ones too.
    pub fn all(&self) -> Vec<Kept> {
        self.0.library.all()
    }

    /// Puts a design away. If it is open, the next one takes its place.
    pub fn delete(&self, store: &Store, id: &str) {
        if store.read(|session| session.editor.document() == id) {
            self.keep(store, true);
            let others = self.all().into_iter().filter(|kept| kept.id != id && kept.deleted.is_none());
            let next = others.map(|kept| kept.id).find(|other| self.open_kept(store, other).is_ok());
            if next.is_none_or(|next| store.read(|session| session.editor.document() != next)) {
                let design = example(Layout::Cluster);
                store.act(|session| session.edit(|editor| editor.open(fresh_id(), design)));
            }
        }
        self.0.library.delete(id, now_ms());
    }

    /// Brings a deleted design back.
    pub fn restore(&self, id: &str) {
        self.0.library.restore(id);
    }

    /// Forgets a deleted design for good.
    pub fn forget(&self, id: &str) {
        self.0.library.forget(id);
    }

    /// Gives a kept design that is not open another title.
    pub fn rename(&self, id: &str, title: &str) {
        let Some(kept) = self.0.library.load(id) else { return };
        if let Ok(mut design) = document::open(&kept.text) {
            design.title = Text::Plain(title.to_owned());
            self.0.library.keep(id, &document::save(&design), now_ms(), &fresh_id());
        }
    }
}

/// The shop in a layout.
fn example(layout: Layout) -> Design {
    let place = match layout {
        Layout::Cluster | Layout::Free => 0,
        Layout::Distributed => 1,
        Layout::Microservice => 2,
    };
    document::open(EXAMPLES[place].1).unwrap_or_default()
}

/// With which design the program stopped in this tab: by an error of ours, or because the browser ended
/// it. Asked once.
fn stopped_with() -> Option<String> {
    let stopped = storage::load_for_tab(storage::STOPPED).or_else(|| storage::load_for_tab(storage::RUNNING));
    storage::forget_for_tab(storage::STOPPED);
    storage::forget_for_tab(storage::RUNNING);
    stopped.filter(|id| is_id(id))
}

/// There used to be room for one design: it becomes one of several.
fn take_over_the_only_design(library: &Library<BrowserShelf>) {
    let Some(text) = storage::load(storage::ONLY_DESIGN) else { return };
    if document::open(&text).is_ok() {
        let id = fresh_id();
        if library.keep(&id, &text, now_ms(), &id) == Keeping::Done {
            storage::keep(storage::LAST, &id);
            storage::forget(storage::ONLY_DESIGN);
        }
    }
}

/// Milliseconds since 1970.
fn now_ms() -> u64 {
    js_sys::Date::now().max(0.0) as u64
}

/// An id that no other design has.
fn fresh_id() -> String {
    let chance = (js_sys::Math::random() * 1e6) as u64;
    let mut id = String::new();
    for mut number in [now_ms(), chance] {
        while number > 0 {
            id.extend(char::from_digit((number % 36) as u32, 36));
            number /= 36;
        }
    }
    id
}
