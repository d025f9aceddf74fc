//! The store: a handle on the session, and who wants to know when it changed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use yew::prelude::*;

use crate::action::Wish;
use crate::session::Session;

/// What a component waits for. Who waits for a later one is told the earlier ones too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pulse {
    /// Something a person did: an edit, a selection, play or pause.
    Edit,
    /// The run went on: told a few times a second, not every frame.
    Live,
    /// The hand or the camera moved: told once a frame while they do.
    Hand,
}

/// A handle on the session that components share. Two handles are equal if they are the same.
#[derive(Clone)]
pub struct Store(Rc<Inner>);

struct Inner {
    session: RefCell<Session>,
    watchers: RefCell<Vec<Watcher>>,
    next_watcher: Cell<u64>,
    space: Cell<Space>,
    granter: RefCell<Callback<Wish>>,
}

/// What the space bar is: held it takes hold of the canvas, pressed and let go of it plays and pauses.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Space {
    #[default]
    Up,
    Down,
    /// It was held while something was dragged.
    Used,
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
            space: Cell::default(),
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

    /// Moves the hand or the camera: what follows them is told by the frame loop, and everybody who
    /// waits for edits only if something else has changed.
    pub fn hand(&self, act: impl FnOnce(&mut Session)) {
        let face = |session: &Session| {
            let editor = &session.editor;
            (editor.changes(), std::mem::discriminant(&editor.tool), editor.selection.clone())
        };
        let before = self.read(face);
        self.quietly(act);
        if self.read(face) != before {
            self.tell(Pulse::Edit);
        }
    }

    /// Does something to the session and tells nobody: the frame loop's way.
    pub fn quietly<R>(&self, act: impl FnOnce(&mut Session) -> R) -> R {
        act(&mut self.0.session.borrow_mut())
    }

    /// The space bar goes down.
    pub fn press_space(&self) {
        if self.0.space.get() == Space::Up {
            self.0.space.set(Space::Down);
        }
    }

    /// A press of the pointer while the space bar is down takes hold of the canvas. `true` if it is.
    pub fn use_space(&self) -> bool {
        let is_down = self.0.space.get() != Space::Up;
        if is_down {
            self.0.space.set(Space::Used);
        }
        is_down
    }

    /// The space bar goes up. `true` if it was down and nothing was dragged meanwhile.
    pub fn release_space(&self) -> bool {
        self.0.space.replace(Space::Up) == Space::Down
    }

    /// Tells everybody who waits for `pulse` or a later one.
    pub fn tell(&self, pulse: Pulse) {
        let told: Vec<Callback<()>> = {
            let watchers = self.0.watchers.borrow();
            let concerned = watchers.iter().filter(|watcher| pulse <= watcher.pulse);
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
