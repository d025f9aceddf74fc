//! What a drop would do, found out again only when the hand is over something else.

use archlab_model::Point;

use crate::editor::scene::Part;
use crate::editor::{DropEffect, Editor};

/// What was found out last.
#[derive(Debug, Default)]
pub struct Foretold {
    /// The state of the design, and what the hand was over.
    over: Option<(u64, Vec<Part>)>,
    effect: Option<DropEffect>,
}

impl Editor {
    /// Finds out what letting go now would do, if the hand is over something else than before. `true`
    /// if it is something else.
    pub fn foretell(&mut self) -> bool {
        let over = self.tool.over().map(|at| (self.changes, self.parts_under(at)));
        if over == self.foretold.over {
            return false;
        }
        let effect = if over.is_some() { self.drop_effect() } else { None };
        let changed = effect != self.foretold.effect;
        self.foretold = Foretold { over, effect };
        changed
    }

    /// What letting go would do, as it was found out last.
    pub fn foretold(&self) -> Option<&DropEffect> {
        self.foretold.effect.as_ref().filter(|_| self.tool.over().is_some())
    }

    fn parts_under(&self, at: Point) -> Vec<Part> {
        let scene = self.seen_scene();
        scene.boxes.iter().filter(|(_, rect)| rect.contains(at)).map(|(part, _)| part.clone()).collect()
    }
}
