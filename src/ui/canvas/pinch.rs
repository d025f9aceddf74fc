//! Two fingers: how far they zoom and pan.

use archlab_model::Point;

/// The fingers that are down.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fingers {
    down: Vec<(i32, Point)>,
}

/// What two fingers did between two looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pinch {
    /// Between them.
    pub at: Point,
    /// How much further apart.
    pub factor: f64,
    /// How far they went together.
    pub by: Point,
}

impl Fingers {
    /// A finger goes down. Gives how many are down.
    pub fn press(&mut self, id: i32, at: Point) -> usize {
        self.down.retain(|(other, _)| *other != id);
        self.down.push((id, at));
        self.down.len()
    }

    /// A finger goes up.
    pub fn release(&mut self, id: i32) {
        self.down.retain(|(other, _)| *other != id);
    }

    /// How many are down.
    pub fn count(&self) -> usize {
        self.down.len()
    }

    /// A finger moves: what the two did, if there are two.
    pub fn travel(&mut self, id: i32, to: Point) -> Option<Pinch> {
        let before = self.pair();
        let moved = self.down.iter_mut().find(|(other, _)| *other == id)?;
        moved.1 = to;
        let ((a, b), (c, d)) = (before?, self.pair()?);
        let middle = |p: Point, q: Point| Point::new((p.x + q.x) / 2.0, (p.y + q.y) / 2.0);
        let apart = |p: Point, q: Point| (p.x - q.x).hypot(p.y - q.y).max(1.0);
        Some(Pinch { at: middle(c, d), factor: apart(c, d) / apart(a, b), by: middle(c, d) - middle(a, b) })
    }

    fn pair(&self) -> Option<(Point, Point)> {
        match self.down.as_slice() {
            [(_, a), (_, b)] => Some((*a, *b)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingers_that_part_zoom_in_between_them() {
        let mut fingers = Fingers::default();
        fingers.press(1, Point::new(0.0, 0.0));
        assert_eq!(fingers.press(2, Point::new(100.0, 0.0)), 2);
        let pinch = fingers.travel(2, Point::new(200.0, 0.0)).expect("two fingers are down");
        assert_eq!((pinch.factor, pinch.at), (2.0, Point::new(100.0, 0.0)));
        fingers.release(1);
        assert_eq!(fingers.travel(2, Point::new(0.0, 0.0)), None);
    }
}
