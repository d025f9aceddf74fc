//! What a drag takes along, found out once for a drag and not with each of its moves.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::editor::Editor;
use crate::editor::scene::{Part, Scene};

/// What was found out last.
#[derive(Debug, Default)]
pub(super) struct Taken(RefCell<Option<Known>>);

/// Parts of a scene, and these parts with all that goes with them.
#[derive(Debug)]
struct Known {
    scene: Rc<Scene>,
    parts: Vec<Part>,
    all: Rc<BTreeSet<Part>>,
}

impl Editor {
    /// These parts and all that goes with them.
    pub(super) fn taken(&self, parts: &[Part]) -> Rc<BTreeSet<Part>> {
        let mut known = self.taken.0.borrow_mut();
        if let Some(known) = known.as_ref()
            && Rc::ptr_eq(&known.scene, &self.scene)
            && known.parts == parts
        {
            return known.all.clone();
        }
        let all: BTreeSet<Part> = parts.iter().flat_map(|part| self.scene.with_content(part)).collect();
        let all = Rc::new(all);
        *known = Some(Known { scene: self.scene.clone(), parts: parts.to_vec(), all: all.clone() });
        all
    }
}
