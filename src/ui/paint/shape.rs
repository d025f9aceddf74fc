//! The shapes of marks: what a person reads them by when colour is not enough.
//!
//! Both back ends draw from the same few numbers, [`Outline`], so that a mark looks alike on either.

/// How a mark is drawn. The shape carries the meaning, the tone only repeats it, so that nobody depends on
/// telling colours apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// A filled disc: a request on its way.
    Disc,
    /// A ring: a request being retried.
    Ring,
    /// A diamond: a request that failed.
    Diamond,
    /// A smaller disc: a response on its way back.
    Dot,
}

/// Distance between a ring's centre and its outer edge, for a mark of size 1. Rings and diamonds reach
/// further out than discs, otherwise they would look smaller and lighter beside them.
const RING_OUTER: f32 = 1.45;
/// Distance between a ring's centre and its inner edge, for a mark of size 1.
const RING_INNER: f32 = 0.8;
/// Half the diagonal of a diamond, for a mark of size 1.
const DIAMOND_REACH: f32 = 1.5;
/// Radius of a dot, for a mark of size 1.
const DOT_RADIUS: f32 = 0.7;

impl Shape {
    /// Every shape, in the order of a legend.
    pub const ALL: [Shape; 4] = [Shape::Disc, Shape::Ring, Shape::Diamond, Shape::Dot];

    /// The outline of a mark of this shape and `size`, in the unit of `size`.
    pub(super) fn outline(self, size: f32) -> Outline {
        let round = |outer: f32, inner: f32| Outline { corner: Corner::Round, outer, inner };
        match self {
            Shape::Disc => round(size, 0.0),
            Shape::Ring => round(size * RING_OUTER, size * RING_INNER),
            Shape::Dot => round(size * DOT_RADIUS, 0.0),
            Shape::Diamond => Outline { corner: Corner::Pointed, outer: size * DIAMOND_REACH, inner: 0.0 },
        }
    }
}

/// Which distance is constant along an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Corner {
    /// The straight-line distance: the edge is a circle.
    Round,
    /// The sum of both axes' distances: the edge is a square standing on its corner.
    Pointed,
}

/// An edge around a centre, and perhaps a hole of the same form in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outline {
    pub corner: Corner,
    /// From the centre to the outer edge, along an axis.
    pub outer: f32,
    /// From the centre to the hole's edge, along an axis; 0 without a hole.
    pub inner: f32,
}

impl Outline {
    /// The halo's outline: every edge moved outwards by `width`, the hole closed.
    pub fn grown(self, width: f32) -> Outline {
        let along_axis = match self.corner {
            Corner::Round => width,
            Corner::Pointed => width * std::f32::consts::SQRT_2,
        };
        Outline { outer: self.outer + along_axis, inner: 0.0, ..self }
    }

    /// Half the width, at the height `dy` from the centre, of this form reaching out to `radius`.
    pub fn half_width(self, radius: f32, dy: f32) -> f32 {
        match self.corner {
            Corner::Round => (radius * radius - dy * dy).max(0.0).sqrt(),
            Corner::Pointed => (radius - dy.abs()).max(0.0),
        }
    }

    /// The area within the edges.
    #[cfg(test)]
    pub fn area(self) -> f32 {
        let square = self.outer * self.outer - self.inner * self.inner;
        match self.corner {
            Corner::Round => std::f32::consts::PI * square,
            Corner::Pointed => 2.0 * square,
        }
    }
}
