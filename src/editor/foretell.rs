//! What a drop would do, found out again only when the hand is over something else.

use archlab_model::Point;

use crate::editor::grasp::Grasp;
use crate::editor::scene::Part;
use crate::editor::{DropEffect, Editor};

/// What was found out last.
#[derive(Debug, Default)]
pub struct Foretold {
    /// The state of the design, and what the hand was over.
    over: Option<(u64, Vec<Part>)>,
    effect: Option<DropEffect>,
    /// The part that something would be done to by hand.
    target: Option<Part>,
    /// What is held, and the parts that light up for it.
    held: Option<(u64, Grasp)>,
    lights: Vec<Part>,
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
        let target = match effect {
            Some(DropEffect::ByHand(_)) => self.outcome().map(|outcome| outcome.target),
            _ => None,
        };
        let held = self.grasp().map(|grasp| (self.changes, grasp));
        let relit = held != self.foretold.held;
        let changed = relit || effect != self.foretold.effect || target != self.foretold.target;
        let lights = match &held {
            Some((_, grasp)) if relit => self.lights(grasp),
            Some(_) => std::mem::take(&mut self.foretold.lights),
            None => Vec::new(),
        };
        self.foretold = Foretold { over, effect, target, held, lights };
        changed
    }

    /// What letting go would do, as it was found out last.
    pub fn foretold(&self) -> Option<&DropEffect> {
        self.foretold.effect.as_ref().filter(|_| self.tool.over().is_some())
    }

    /// The part that letting go would do something to by hand, as it was found out last.
    pub fn target_part(&self) -> Option<&Part> {
        self.foretold.target.as_ref().filter(|_| self.tool.over().is_some())
    }

    /// The parts where the call that is drawn may lead to, as they were found out last.
    pub fn lit_parts(&self) -> &[Part] {
        if self.tool.over().is_some() { &self.foretold.lights } else { &[] }
    }

    fn parts_under(&self, at: Point) -> Vec<Part> {
        let scene = self.seen_scene();
        let under = scene.boxes.iter().filter(|(_, rect)| rect.contains(at)).map(|(part, _)| part.clone());
        under.chain(self.growing_round(at)).collect()
    }
}
