//! Ways for links: through the gaps between cards, not through the cards.

use std::borrow::Cow;

use archlab_model::Point;

use crate::editor::geometry::{Curve, Rect};

/// A way on the canvas: curves end to end.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    curves: Vec<Curve>,
    /// For each curve, the share of the whole length at which it ends.
    ends: Vec<f64>,
    length: f64,
}

impl From<Curve> for Route {
    fn from(curve: Curve) -> Route {
        Route { length: length(&curve), curves: vec![curve], ends: vec![1.0] }
    }
}

impl Route {
    /// The way over these curves, of which each begins where the one before ends.
    ///
    /// # Panics
    ///
    /// Without a curve.
    pub fn over(curves: Vec<Curve>) -> Route {
        assert!(!curves.is_empty(), "a way leads somewhere");
        let mut passed = 0.0;
        let sums = curves.iter().map(|curve| {
            passed += length(curve);
            passed
        });
        let sums: Vec<f64> = sums.collect();
        let whole = passed.max(f64::MIN_POSITIVE);
        Route { ends: sums.into_iter().map(|sum| sum / whole).collect(), curves, length: passed }
    }

    /// Its curves.
    pub fn curves(&self) -> &[Curve] {
        &self.curves
    }

    /// About how long it is, in canvas units.
    pub fn length(&self) -> f64 {
        self.length
    }

    /// The point at `share` of the way, 0 to 1.
    pub fn at(&self, share: f64) -> Point {
        let place = self.ends.partition_point(|end| *end < share).min(self.curves.len() - 1);
        let from = if place == 0 { 0.0 } else { self.ends[place - 1] };
        let span = (self.ends[place] - from).max(f64::MIN_POSITIVE);
        self.curves[place].at(((share - from) / span).clamp(0.0, 1.0))
    }

    /// Where it begins.
    pub fn from(&self) -> Point {
        self.curves[0].from
    }

    /// Where it ends.
    pub fn to(&self) -> Point {
        self.curves[self.curves.len() - 1].to
    }

    /// The point from which it comes to its end.
    pub fn arrives_from(&self) -> Point {
        self.curves[self.curves.len() - 1].reach
    }

    /// A rectangle that holds it whole.
    pub fn bounds(&self) -> Rect {
        let points = self.curves.iter().flat_map(|curve| [curve.from, curve.leave, curve.reach, curve.to]);
        let corners = points.map(|point| Rect::new(point.x, point.y, 0.0, 0.0));
        corners.reduce(|all, corner| all.union(corner)).unwrap_or_default()
    }

    /// The way moved by `by`.
    #[must_use]
    pub fn moved(&self, by: Point) -> Route {
        let moved = |curve: &Curve| Curve {
            from: curve.from + by,
            leave: curve.leave + by,
            reach: curve.reach + by,
            to: curve.to + by,
        };
        Route { curves: self.curves.iter().map(moved).collect(), ..self.clone() }
    }

    /// The way between this one and `other`: this one at 0, the other at 1.
    #[must_use]
    pub fn towards(&self, other: &Route, share: f64) -> Route {
        let count = self.curves.len().max(other.curves.len());
        let mix = |a: Point, b: Point| Point::new(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share);
        let (a, b) = (self.in_pieces(count), other.in_pieces(count));
        let pairs = a.iter().zip(b.iter());
        let curves = pairs.map(|(a, b)| Curve {
            from: mix(a.from, b.from),
            leave: mix(a.leave, b.leave),
            reach: mix(a.reach, b.reach),
            to: mix(a.to, b.to),
        });
        Route::over(curves.collect())
    }

    /// The same way over `count` curves, of which it has fewer.
    fn in_pieces(&self, count: usize) -> Cow<'_, [Curve]> {
        if self.curves.len() >= count {
            return Cow::Borrowed(&self.curves);
        }
        let mut curves = self.curves.clone();
        while curves.len() < count {
            let longest =
                (0..curves.len()).max_by(|a, b| length(&curves[*a]).total_cmp(&length(&curves[*b])));
            let place = longest.unwrap_or(0);
            let (first, second) = halves(&curves[place]);
            curves[place] = first;
            curves.insert(place + 1, second);
        }
        Cow::Owned(curves)
    }

    /// As SVG path data, added to `path`.
    pub fn draw(&self, path: &mut String) {
        use std::fmt::Write;
        let start = self.from();
        // Writing to a string cannot fail.
        let _ = write!(path, "M{:.1} {:.1}", start.x, start.y);
        for Curve { leave, reach, to, .. } in &self.curves {
            let _ = write!(
                path,
                "C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
                leave.x, leave.y, reach.x, reach.y, to.x, to.y
            );
        }
    }
}

fn length(curve: &Curve) -> f64 {
    const STEPS: u32 = 8;
    let mut before = curve.from;
    let mut sum = 0.0;
    for step in 1..=STEPS {
        let now = curve.at(f64::from(step) / f64::from(STEPS));
        sum += (now.x - before.x).hypot(now.y - before.y);
        before = now;
    }
    sum
}

/// The two halves of a curve (de Casteljau).
fn halves(curve: &Curve) -> (Curve, Curve) {
    let middle = |a: Point, b: Point| Point::new((a.x + b.x) / 2.0, (a.y + b.y) / 2.0);
    let Curve { from, leave, reach, to } = *curve;
    let (a, b, c) = (middle(from, leave), middle(leave, reach), middle(reach, to));
    let (d, e) = (middle(a, b), middle(b, c));
    let half = middle(d, e);
    (Curve { from, leave: a, reach: d, to: half }, Curve { from: half, leave: e, reach: c, to })
}

/// A link keeps this far from a card that it passes.
const CLEARANCE: f64 = 6.0;
/// It turns this far before a row of cards and after it.
const TURN: f64 = 12.0;

/// A way from the box `a` to the box `b` round `obstacles`: from side to facing side, through the gaps
/// that lie nearest to the straight way; round the outside if one lies above the other.
pub fn route(a: Rect, b: Rect, obstacles: &[Rect]) -> Route {
    let straight = Curve::between(a, b);
    let (from, to) = (straight.from, straight.to);
    let forward = a.right() <= from.x && from.x < to.x && to.x <= b.x;
    let backward = b.right() <= to.x && to.x < from.x && from.x <= a.x;
    if forward {
        return across(straight, from, to, obstacles, 1.0).unwrap_or_else(|| straight.into());
    }
    if backward {
        return across(straight, from, to, obstacles, -1.0).unwrap_or_else(|| straight.into());
    }
    beside(a, b, straight, obstacles).into()
}

/// A curve round the outside, that swings out no further than there is room.
fn beside(a: Rect, b: Rect, straight: Curve, obstacles: &[Rect]) -> Curve {
    let right = a.right().max(b.right());
    let (top, bottom) = (a.y.min(b.y), a.bottom().max(b.bottom()));
    let in_the_way = obstacles.iter().filter(|it| it.x >= right && it.y < bottom && it.bottom() > top);
    let nearest = in_the_way.map(|it| it.x).fold(f64::INFINITY, f64::min);
    // A curve swings out three quarters as far as it heads.
    let room = ((nearest - CLEARANCE - right) / 0.75).max(12.0);
    let out = straight.leave.x.min(right + room);
    Curve { leave: Point::new(out, straight.leave.y), reach: Point::new(out, straight.reach.y), ..straight }
}

/// A band of the way in which cards stand.
struct Column {
    /// Where it begins and ends, in the direction of travel.
    near: f64,
    far: f64,
    /// Top and bottom of the cards, from top to bottom.
    cards: Vec<(f64, f64)>,
}

fn across(straight: Curve, from: Point, to: Point, obstacles: &[Rect], sense: f64) -> Option<Route> {
    let (left, right) = (from.x.min(to.x) + 1.0, from.x.max(to.x) - 1.0);
    let inside = obstacles.iter().filter(|card| card.right() > left && card.x < right);
    let mut cards: Vec<&Rect> = inside.collect();
    if cards.is_empty() {
        return None;
    }
    cards.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut columns: Vec<Column> = Vec::new();
    for card in cards {
        let span = (card.y - CLEARANCE, card.bottom() + CLEARANCE);
        match columns.last_mut() {
            Some(column) if card.x < column.far + TURN => {
                column.far = column.far.max(card.right());
                column.cards.push(span);
            }
            _ => columns.push(Column { near: card.x, far: card.right(), cards: vec![span] }),
        }
    }
    if sense < 0.0 {
        columns.reverse();
        for column in &mut columns {
            std::mem::swap(&mut column.near, &mut column.far);
        }
    }
    let mut at = from;
    let mut curves = Vec::new();
    for column in &mut columns {
        column.cards.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (first, last) = (height(at, to, column.near), height(at, to, column.far));
        let (high, low) = (first.min(last), first.max(last));
        if !column.cards.iter().any(|(top, bottom)| *top < low && high < *bottom) {
            continue;
        }
        let y = gap(&column.cards, (high + low) / 2.0);
        let turn = |x: f64, by: f64| {
            let x = x + by * sense;
            // Cards that stand next to an end leave no room to turn.
            Point::new(if sense > 0.0 { x.clamp(from.x, to.x) } else { x.clamp(to.x, from.x) }, y)
        };
        let (enter, leave) = (turn(column.near, -TURN), turn(column.far, TURN));
        curves.push(bend(at, enter));
        curves.push(bend(enter, leave));
        at = leave;
    }
    if curves.is_empty() {
        return Some(straight.into());
    }
    curves.push(bend(at, to));
    Some(Route::over(curves))
}

/// How high a curve from `from` to `to` that leaves and arrives level is at `x`.
fn height(from: Point, to: Point, x: f64) -> f64 {
    let share = ((x - from.x) / (to.x - from.x)).clamp(0.0, 1.0);
    from.y + (to.y - from.y) * share * share * (3.0 - 2.0 * share)
}

/// The height nearest to `wish` at which no card stands.
fn gap(cards: &[(f64, f64)], wish: f64) -> f64 {
    let mut best = f64::INFINITY;
    let mut look = |top: f64, bottom: f64| {
        if top <= bottom {
            let y = wish.clamp(top, bottom);
            if (y - wish).abs() < (best - wish).abs() {
                best = y;
            }
        }
    };
    let mut free_from = f64::NEG_INFINITY;
    for (top, bottom) in cards {
        look(free_from, *top);
        free_from = free_from.max(*bottom);
    }
    look(free_from, f64::INFINITY);
    best
}

fn bend(from: Point, to: Point) -> Curve {
    let half = (to.x - from.x) / 2.0;
    Curve { from, leave: Point::new(from.x + half, from.y), reach: Point::new(to.x - half, to.y), to }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Rect = Rect::new(0.0, 100.0, 100.0, 40.0);
    const B: Rect = Rect::new(600.0, 100.0, 100.0, 40.0);

    fn touches(route: &Route, card: Rect) -> bool {
        (0..=400).any(|step| card.contains(route.at(f64::from(step) / 400.0)))
    }

    #[test]
    fn a_free_way_is_one_curve() {
        assert_eq!(route(A, B, &[]).curves().len(), 1);
        assert_eq!(route(A, B, &[Rect::new(300.0, 300.0, 80.0, 80.0)]).curves().len(), 1);
    }

    #[test]
    fn a_card_in_the_way_is_passed_by() {
        let cards = [Rect::new(250.0, 60.0, 80.0, 50.0), Rect::new(250.0, 126.0, 80.0, 90.0)];
        for (from, to) in [(A, B), (B, A)] {
            let way = route(from, to, &cards);
            assert!(cards.iter().all(|card| !touches(&way, *card)), "{way:?}");
            assert_eq!((way.from().y, way.to().y), (120.0, 120.0));
        }
    }

    #[test]
    fn ways_through_one_gap_run_together() {
        let cards = [Rect::new(250.0, -400.0, 80.0, 510.0), Rect::new(250.0, 126.0, 80.0, 500.0)];
        let middle = |a: Rect| route(a, B, &cards).at(0.45).y;
        assert!((middle(A) - middle(Rect { y: 0.0, ..A })).abs() < 5.0);
    }

    #[test]
    fn a_way_round_the_outside_stays_before_the_next_column() {
        let below = Rect { y: 400.0, ..A };
        let card = Rect::new(150.0, 0.0, 100.0, 700.0);
        assert!(!touches(&route(A, below, &[card]), card));
    }

    #[test]
    fn the_way_from_one_route_to_another_begins_and_ends_with_them() {
        let card = Rect::new(250.0, 60.0, 80.0, 90.0);
        let (a, b) = (route(A, B, &[]), route(A, B, &[card]));
        // Cut in other pieces, a way is gone at another pace; it is the same way.
        let lies_on = |point: Point, way: &Route| {
            let far = |share: u32| {
                let on = way.at(f64::from(share) / 500.0);
                (on.x - point.x).hypot(on.y - point.y)
            };
            (0..=500).map(far).fold(f64::INFINITY, f64::min) < 1.0
        };
        for share in [0.0, 0.3, 0.7, 1.0] {
            assert!(lies_on(a.towards(&b, 0.0).at(share), &a));
            assert!(lies_on(a.towards(&b, 1.0).at(share), &b));
        }
    }
}
