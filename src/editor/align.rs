//! Aligning and distributing what is chosen.

use archlab_model::Point;

use crate::editor::Editor;
use crate::editor::geometry::Rect;
use crate::editor::scene::Part;

/// Where things are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alignment {
    /// Left edges.
    Left,
    /// Middles, from left to right.
    Centre,
    /// Right edges.
    Right,
    /// Upper edges.
    Top,
    /// Middles, from top to bottom.
    Middle,
    /// Lower edges.
    Bottom,
}

/// Along what things are distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    Across,
    /// From top to bottom.
    Down,
}

impl Editor {
    /// How many of the chosen parts can be moved by themselves: a machine in a group cannot.
    pub fn arrangeable(&self) -> usize {
        self.free_boxes().len()
    }

    /// Aligns what is chosen, in one step.
    pub fn align(&mut self, alignment: Alignment) {
        let boxes = self.free_boxes();
        let Some(all) = boxes.iter().map(|(_, rect)| *rect).reduce(|all, rect| all.union(rect)) else {
            return;
        };
        let ways = boxes.into_iter().map(|(part, rect)| {
            let by = match alignment {
                Alignment::Left => Point::new(all.x - rect.x, 0.0),
                Alignment::Centre => Point::new(all.centre().x - rect.centre().x, 0.0),
                Alignment::Right => Point::new(all.right() - rect.right(), 0.0),
                Alignment::Top => Point::new(0.0, all.y - rect.y),
                Alignment::Middle => Point::new(0.0, all.centre().y - rect.centre().y),
                Alignment::Bottom => Point::new(0.0, all.bottom() - rect.bottom()),
            };
            (part, by)
        });
        self.shift(ways.collect());
    }

    /// Distributes what is chosen, so that the gaps are the same; the outermost stay. In one step.
    pub fn distribute(&mut self, direction: Direction) {
        let span = |rect: &Rect| match direction {
            Direction::Across => (rect.x, rect.w),
            Direction::Down => (rect.y, rect.h),
        };
        let mut boxes = self.free_boxes();
        boxes.sort_by(|(_, a), (_, b)| span(a).0.total_cmp(&span(b).0));
        let (Some((_, first)), Some((_, last))) = (boxes.first(), boxes.last()) else { return };
        if boxes.len() < 3 {
            return;
        }
        let (start, (end, length)) = (span(first).0, span(last));
        let taken: f64 = boxes.iter().map(|(_, rect)| span(rect).1).sum();
        let gap = (end + length - start - taken) / (boxes.len() - 1) as f64;
        let mut next = start;
        let ways = boxes.into_iter().map(|(part, rect)| {
            let (at, length) = span(&rect);
            let by = next - at;
            next += length + gap;
            let by = match direction {
                Direction::Across => Point::new(by, 0.0),
                Direction::Down => Point::new(0.0, by),
            };
            (part, by)
        });
        self.shift(ways.collect());
    }

    /// The chosen parts that stand where a person put them, with their boxes.
    fn free_boxes(&self) -> Vec<(Part, Rect)> {
        let movable = self.selection.movable(&self.scene);
        let is_free = |part: &&Part| self.scene.home_of(part).is_none() || self.scene.stands_free(part);
        let free = movable.iter().filter(is_free);
        free.filter_map(|part| Some((part.clone(), *self.scene.boxes.get(part)?))).collect()
    }

    fn shift(&mut self, ways: Vec<(Part, Point)>) {
        if let Some(command) = self.moves(&ways) {
            self.perform(command);
        }
    }
}
