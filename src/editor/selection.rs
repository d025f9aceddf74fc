//! What is chosen: parts, in the order they were chosen, each once.

use std::collections::BTreeSet;
use std::ops::BitOr;

use crate::editor::geometry::Rect;
use crate::editor::scene::{Part, Scene};
use crate::editor::tools::movable;

/// An ordered set of parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    order: Vec<Part>,
    /// The same, to look them up.
    parts: BTreeSet<Part>,
}

impl Selection {
    /// Nothing.
    pub const fn none() -> Selection {
        Selection { order: Vec::new(), parts: BTreeSet::new() }
    }

    /// Everything that a person places: groups, clients, and machines that are in no group.
    pub fn all(scene: &Scene) -> Selection {
        let placed = |part: &&Part| match part {
            Part::Group(_) | Part::Machine(_) => scene.home_of(part).is_none(),
            Part::Client(_) | Part::Note(_) => true,
            Part::Entry(_) | Part::Store(..) | Part::Instance(_) => false,
        };
        scene.boxes.keys().filter(placed).cloned().collect()
    }

    /// What a box chooses: groups that lie in it whole; machines and clients that it touches, but for
    /// those of such a group.
    pub fn within(area: Rect, scene: &Scene) -> Selection {
        let touched = scene.boxes.iter().filter(|(part, rect)| match part {
            Part::Group(_) => area.holds(**rect),
            Part::Client(_) | Part::Machine(_) | Part::Note(_) => area.meets(**rect),
            Part::Entry(_) | Part::Store(..) | Part::Instance(_) => false,
        });
        touched.map(|(part, _)| part.clone()).collect::<Selection>().without_content(scene)
    }

    /// What a drag of the selection moves: what a layout placed takes along what it belongs to, and what
    /// lies in a group that moves goes with it anyway. What is locked stays.
    pub fn movable(&self, scene: &Scene) -> Selection {
        let moved: Selection = self.iter().filter_map(|part| movable(part.clone(), scene)).collect();
        moved.without_content(scene)
    }

    /// The selection without what lies in a group that is chosen too.
    #[must_use]
    pub fn without_content(&self, scene: &Scene) -> Selection {
        let mut moved = self.clone();
        let groups: Vec<Part> = moved.iter().filter(|part| matches!(part, Part::Group(_))).cloned().collect();
        for group in &groups {
            let content = scene.with_content(group);
            moved.retain(|part| part == group || !content.contains(part));
        }
        moved
    }

    /// The part, if it is the only one.
    pub fn single(&self) -> Option<&Part> {
        match self.order.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The part that was chosen last.
    pub fn last(&self) -> Option<&Part> {
        self.order.last()
    }

    /// Whether `part` is chosen.
    pub fn contains(&self, part: &Part) -> bool {
        self.parts.contains(part)
    }

    /// Whether nothing is chosen.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// How many parts are chosen.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// The parts, in the order they were chosen.
    pub fn iter(&self) -> std::slice::Iter<'_, Part> {
        self.order.iter()
    }

    /// Chooses `part` too.
    pub fn add(&mut self, part: Part) {
        if self.parts.insert(part.clone()) {
            self.order.push(part);
        }
    }

    /// Chooses `part` no longer.
    pub fn remove(&mut self, part: &Part) {
        if self.parts.remove(part) {
            self.order.retain(|chosen| chosen != part);
        }
    }

    /// Chooses `part` too, or no longer.
    pub fn toggle(&mut self, part: Part) {
        if self.contains(&part) {
            self.remove(&part);
        } else {
            self.add(part);
        }
    }

    /// Chooses nothing.
    pub fn clear(&mut self) {
        self.order.clear();
        self.parts.clear();
    }

    /// Keeps what `stays`.
    pub fn retain(&mut self, stays: impl FnMut(&Part) -> bool) {
        self.order.retain(stays);
        self.parts = self.order.iter().cloned().collect();
    }
}

impl From<Part> for Selection {
    fn from(part: Part) -> Selection {
        Some(part).into()
    }
}

impl From<Option<Part>> for Selection {
    fn from(part: Option<Part>) -> Selection {
        part.into_iter().collect()
    }
}

impl FromIterator<Part> for Selection {
    fn from_iter<I: IntoIterator<Item = Part>>(parts: I) -> Selection {
        let mut selection = Selection::none();
        parts.into_iter().for_each(|part| selection.add(part));
        selection
    }
}

impl<'a> IntoIterator for &'a Selection {
    type Item = &'a Part;
    type IntoIter = std::slice::Iter<'a, Part>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl BitOr for Selection {
    type Output = Selection;
    /// Both, the left one's parts first.
    fn bitor(mut self, other: Selection) -> Selection {
        other.order.into_iter().for_each(|part| self.add(part));
        self
    }
}
