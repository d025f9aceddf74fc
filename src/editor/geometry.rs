//! Rectangles and curves on the canvas, in canvas units.

use archlab_model::Point;

/// A rectangle, from its upper left corner.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rect {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    /// The rectangle with its upper left corner at (`x`, `y`).
    pub const fn new(x: f64, y: f64, w: f64, h: f64) -> Rect {
        Rect { x, y, w, h }
    }

    /// The rectangle with these two points as opposite corners.
    pub fn between(a: Point, b: Point) -> Rect {
        Rect::new(a.x.min(b.x), a.y.min(b.y), (a.x - b.x).abs(), (a.y - b.y).abs())
    }

    /// The right edge.
    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    /// The lower edge.
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// The middle.
    pub fn centre(&self) -> Point {
        Point::new(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// The upper left corner.
    pub fn corner(&self) -> Point {
        Point::new(self.x, self.y)
    }

    /// Whether `point` lies in it, edges included.
    pub fn contains(&self, point: Point) -> bool {
        (self.x..=self.right()).contains(&point.x) && (self.y..=self.bottom()).contains(&point.y)
    }

    /// Whether `other` lies in it whole.
    pub fn holds(&self, other: Rect) -> bool {
        self.contains(other.corner()) && self.contains(Point::new(other.right(), other.bottom()))
    }

    /// Whether it and `other` have a point in common.
    pub fn meets(&self, other: Rect) -> bool {
        self.x <= other.right()
            && other.x <= self.right()
            && self.y <= other.bottom()
            && other.y <= self.bottom()
    }

    /// The smallest rectangle that holds both.
    pub fn union(&self, other: Rect) -> Rect {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Rect::new(x, y, self.right().max(other.right()) - x, self.bottom().max(other.bottom()) - y)
    }

    /// The rectangle grown by `by` on every side.
    pub fn grown(&self, by: f64) -> Rect {
        Rect::new(self.x - by, self.y - by, self.w + 2.0 * by, self.h + 2.0 * by)
    }

    /// The rectangle moved by `by`.
    pub fn moved(&self, by: Point) -> Rect {
        Rect::new(self.x + by.x, self.y + by.y, self.w, self.h)
    }

    /// The rectangle on the way from this one to `other`: this one at 0, the other at 1.
    pub fn towards(&self, other: Rect, share: f64) -> Rect {
        let mix = |from: f64, to: f64| from + (to - from) * share;
        Rect::new(mix(self.x, other.x), mix(self.y, other.y), mix(self.w, other.w), mix(self.h, other.h))
    }
}

/// A cubic Bézier curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// Where it begins.
    pub from: Point,
    /// Where it heads for at first.
    pub leave: Point,
    /// Where it comes from at last.
    pub reach: Point,
    /// Where it ends.
    pub to: Point,
}

impl Curve {
    /// The point at `share` of the way (by the curve's parameter), 0 to 1.
    pub fn at(&self, share: f64) -> Point {
        let (t, u) = (share, 1.0 - share);
        let (a, b, c, d) = (u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t);
        Point::new(
            a * self.from.x + b * self.leave.x + c * self.reach.x + d * self.to.x,
            a * self.from.y + b * self.leave.y + c * self.reach.y + d * self.to.y,
        )
    }

    /// A curve between two boxes: from side to facing side if one lies beside the other, round the
    /// outside if one lies above the other.
    pub fn between(a: Rect, b: Rect) -> Curve {
        const BESIDE: f64 = 8.0;
        let (ay, by) = (a.centre().y, b.centre().y);
        if a.right() + BESIDE <= b.x {
            Curve::across(Point::new(a.right(), ay), Point::new(b.x, by))
        } else if b.right() + BESIDE <= a.x {
            Curve::across(Point::new(a.x, ay), Point::new(b.right(), by))
        } else {
            let bulge = 26.0 + ((by - ay).abs() * 0.32).min(112.0);
            let (from, to) = (Point::new(a.right(), ay), Point::new(b.right(), by));
            let out = a.right().max(b.right()) + bulge;
            Curve { from, leave: Point::new(out, ay), reach: Point::new(out, by), to }
        }
    }

    fn across(from: Point, to: Point) -> Curve {
        let half = (to.x - from.x) * 0.5;
        Curve { from, leave: Point::new(from.x + half, from.y), reach: Point::new(to.x - half, to.y), to }
    }

    /// The curve as SVG path data.
    pub fn path(&self) -> String {
        format!(
            "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            self.from.x,
            self.from.y,
            self.leave.x,
            self.leave.y,
            self.reach.x,
            self.reach.y,
            self.to.x,
            self.to.y
        )
    }
}
