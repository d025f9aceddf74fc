//! The store: a handle on the session, and who wants to know when it changed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use yew::prelude::*;

use crate::action::Wish;
use crate::session::Session;

/// What a component waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulse {
    /// Something a person did: an edit, a selection, play or pause.
    Edit,
    /// The run went on: told a few times a second, not every frame.
    Live,
}

/// A handle on the session that components share. Two handles are equal if they are the same.
#[derive(Clone)]
pub struct Store(Rc<Inner>);

struct Inner {
    session: RefCell<Session>,
    watchers: RefCell<Vec<Watcher>>,
    next_watcher: Cell<u64>,
    granter: RefCell<Callback<Wish>>,
}

struct Watcher {
    id: u64,
    pulse: Pulse,
    told: Callback<()>,
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Store {
    /// A store over `session`.
    pub fn new(session: Session) -> Store {
        Store(Rc::new(Inner {
            session: RefCell::new(session),
            watchers: RefCell::default(),
            next_watcher: Cell::new(0),
            granter: RefCell::new(Callback::noop()),
        }))
    }

    /// Looks at the session.
    pub fn read<R>(&self, look: impl FnOnce(&Session) -> R) -> R {
        look(&self.0.session.borrow())
    }

    /// Does something to the session, tells everybody who waits for edits, and has done what it wished
    /// for.
    pub fn act<R>(&self, act: impl FnOnce(&mut Session) -> R) -> R {
        let (result, wishes) = self.quietly(|session| (act(session), session.take_wishes()));
        self.tell(Pulse::Edit);
        let granter = self.0.granter.borrow().clone();
        for wish in wishes {
            granter.emit(wish);
        }
        result
    }

    /// Does something to the session and tells nobody: the frame loop's way.
    pub fn quietly<R>(&self, act: impl FnOnce(&mut Session) -> R) -> R {
        act(&mut self.0.session.borrow_mut())
    }

    /// Tells everybody who waits for `pulse`; an edit is told to those who wait for live news too.
    pub fn tell(&self, pulse: Pulse) {
        let told: Vec<Callback<()>> = {
            let watchers = self.0.watchers.borrow();
            let concerned = watchers.iter().filter(|watcher| watcher.pulse == pulse || pulse == Pulse::Edit);
            concerned.map(|watcher| watcher.told.clone()).collect()
        };
        for told in told {
            told.emit(());
        }
    }

    /// Who does what only the page can do.
    pub fn set_granter(&self, granter: Callback<Wish>) {
        *self.0.granter.borrow_mut() = granter;
    }

    fn watch(&self, pulse: Pulse, told: Callback<()>) -> u64 {
        let id = self.0.next_watcher.get();
        self.0.next_watcher.set(id + 1);
        self.0.watchers.borrow_mut().push(Watcher { id, pulse, told });
        id
    }

    fn unwatch(&self, id: u64) {
        self.0.watchers.borrow_mut().retain(|watcher| watcher.id != id);
    }
}

/// The store of this page; the component renders again at each `pulse`.
///
/// # Panics
///
/// Outside of the page's store context, which is a mistake of ours.
#[hook]
pub fn use_store(pulse: Pulse) -> Store {
    let store = use_context::<Store>().expect("every component stands inside the store's context");
    let update = use_force_update();
    {
        let store = store.clone();
        use_effect_with(pulse, move |pulse| {
            let id = store.watch(*pulse, Callback::from(move |()| update.force_update()));
            move || store.unwatch(id)
        });
    }
    store
}
