//! Snapping: what is dragged meets the edges and middles of what lies there, or else the grid.

use std::collections::BTreeSet;

use archlab_model::{GroupId, Point};

use crate::editor::geometry::Rect;
use crate::editor::scene::{Part, Scene};

/// Things on the canvas snap to this grid.
pub const GRID: f64 = 10.0;
/// How near a line must be to be snapped to, in CSS pixels.
const REACH: f64 = 6.0;
/// Lines as near as this are the same line.
const SAME: f64 = 0.01;

/// What snaps, and how far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Snapping {
    /// Whether things snap to the grid.
    pub to_grid: bool,
    /// Whether nothing snaps at all.
    pub is_off: bool,
    /// CSS pixels per canvas unit.
    pub zoom: f64,
}

/// A drag that has snapped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapped {
    /// How far things go, in canvas units.
    pub by: Point,
    /// The lines that they meet.
    pub guides: Vec<Guide>,
}

/// A line along which edges or middles meet, in canvas units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guide {
    /// One end.
    pub from: Point,
    /// The other.
    pub to: Point,
}

/// One of the two directions.
#[derive(Debug, Clone, Copy)]
enum Axis {
    X,
    Y,
}

impl Axis {
    /// The near edge, the middle and the far edge.
    fn lines(self, rect: Rect) -> [f64; 3] {
        match self {
            Axis::X => [rect.x, rect.centre().x, rect.right()],
            Axis::Y => [rect.y, rect.centre().y, rect.bottom()],
        }
    }

    /// The line at `at` along this direction's edges, from one end of both rectangles to the other.
    fn guide(self, at: f64, a: Rect, b: Rect) -> Guide {
        let both = a.union(b);
        match self {
            Axis::X => Guide { from: Point::new(at, both.y), to: Point::new(at, both.bottom()) },
            Axis::Y => Guide { from: Point::new(both.x, at), to: Point::new(both.right(), at) },
        }
    }
}

impl Snapping {
    /// How far parts go that are dragged by `by`. `area` holds them all and `lead` is the corner that meets
    /// the grid; `moved` are they and all that goes with them. They meet what stands on the canvas, or in
    /// the group they are `within`.
    pub fn snap(
        &self,
        scene: &Scene,
        moved: &BTreeSet<Part>,
        within: Option<&GroupId>,
        (area, lead): (Rect, Point),
        by: Point,
    ) -> Snapped {
        if self.is_off {
            return Snapped { by, guides: Vec::new() };
        }
        let others: Vec<Rect> = scene
            .boxes
            .iter()
            .filter(|(part, _)| !matches!(part, Part::Instance(_)) && scene.home_of(part) == within)
            .filter_map(|(part, rect)| (!moved.contains(part)).then_some(*rect))
            .collect();
        let wished = area.moved(by);
        let meet = |axis| nearest(axis, wished, &others, REACH / self.zoom.max(f64::EPSILON));
        let on_grid = if self.to_grid { to_grid(lead + by) - lead } else { by };
        let by = Point::new(
            meet(Axis::X).map_or(on_grid.x, |further| by.x + further),
            meet(Axis::Y).map_or(on_grid.y, |further| by.y + further),
        );
        Snapped { by, guides: guides(area.moved(by), &others) }
    }
}

/// The nearest point of the grid.
pub fn to_grid(point: Point) -> Point {
    Point::new((point.x / GRID).round() * GRID, (point.y / GRID).round() * GRID)
}

/// How much further `area` has to go for one of its lines to meet one of the others'; none if none is near.
fn nearest(axis: Axis, area: Rect, others: &[Rect], reach: f64) -> Option<f64> {
    let own = axis.lines(area);
    let ways = others.iter().flat_map(|other| axis.lines(*other)).flat_map(|line| own.map(|own| line - own));
    ways.filter(|way| way.abs() <= reach).min_by(|a, b| a.abs().total_cmp(&b.abs()))
}

/// The lines on which `area` meets others, each as long as it takes.
fn guides(area: Rect, others: &[Rect]) -> Vec<Guide> {
    let mut guides: Vec<Guide> = Vec::new();
    for axis in [Axis::X, Axis::Y] {
        for own in axis.lines(area) {
            let met = others
                .iter()
                .filter(|other| axis.lines(**other).iter().any(|line| (line - own).abs() < SAME));
            if let Some(all) = met.copied().reduce(|all, other| all.union(other)) {
                guides.push(axis.guide(own, area, all));
            }
        }
    }
    guides
}
