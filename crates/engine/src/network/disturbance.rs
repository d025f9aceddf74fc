//! Disturbances of the network: links that are cut, lose messages or are slow, and partitions.
//!
//! A message asks once, when it leaves, what becomes of it. What is on the way when a link is cut arrives.

use archlab_model::Span;

use crate::network::{End, Route};
use crate::random::Stream;

/// Most disturbances at a time; every message asks each of them. A further one does nothing.
pub const MAX_DISTURBANCES: usize = 256;
/// The least time until TCP sends a lost segment again; a round trip comes on top. (Linux: `TCP_RTO_MIN`,
/// 200 ms. A message of ours is one segment: no later ones arrive that would tell of its loss earlier.)
pub const MIN_RETRANSMISSION: Span = Span::from_millis(200);
/// The longest time until TCP sends a lost segment again. (Linux: `TCP_RTO_MAX`, 120 s.)
pub const MAX_RETRANSMISSION: Span = Span::from_secs(120);
/// How often TCP sends a lost segment again before the connection is given up. (Linux: `tcp_retries2`, 15.)
pub const MAX_RETRANSMISSIONS: u32 = 15;

/// One side of a disturbance.
#[derive(Debug, Clone, PartialEq)]
pub enum Side {
    /// These ends, sorted.
    Ends(Vec<End>),
    /// Everybody who is not on the other side.
    Others,
}

/// What becomes of messages from the one side to the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// None gets through.
    Cut,
    /// Each is lost with this chance, and sent again by TCP or by nobody.
    Loss {
        /// The chance.
        chance: f64,
        /// Whether TCP sends it again.
        retransmitted: bool,
    },
    /// Each takes this much longer, give or take the jitter.
    Delay {
        /// On average.
        extra: Span,
        /// More or less, at most.
        jitter: Span,
    },
}

/// A disturbance between two sides, with the random stream of its own.
#[derive(Debug, Clone)]
pub struct Disturbance {
    one: Side,
    other: Side,
    /// Whether it hits only what goes from the one side to the other.
    one_way: bool,
    effect: Effect,
    stream: Stream,
}

impl Disturbance {
    /// A disturbance between `one` side and the `other`.
    pub fn new(one: Vec<End>, other: Vec<End>, one_way: bool, effect: Effect, stream: Stream) -> Disturbance {
        let side = |mut ends: Vec<End>| {
            ends.sort_unstable();
            ends.dedup();
            Side::Ends(ends)
        };
        Disturbance { one: side(one), other: side(other), one_way, effect, stream }
    }

    /// The same, with everybody else on the other side.
    pub fn against_others(self) -> Disturbance {
        Disturbance { other: Side::Others, ..self }
    }

    /// The same, with everybody else on the one side.
    pub fn with_others_first(self) -> Disturbance {
        Disturbance { one: Side::Others, ..self }
    }

    /// Whether it hits messages from one end to another.
    pub fn hits(&self, from: End, to: End) -> bool {
        self.leads(from, to) || (!self.one_way && self.leads(to, from))
    }

    fn leads(&self, from: End, to: End) -> bool {
        self.one.has(from, &self.other) && self.other.has(to, &self.one)
    }

    /// What becomes of a message that it hits, which would take `route` otherwise.
    fn apply(&mut self, route: Route, round_trip: Span) -> Route {
        let Route::After(delay) = route else { return route };
        match self.effect {
            Effect::Cut => Route::Lost,
            Effect::Loss { chance, retransmitted: false } => {
                if self.stream.happens(chance) {
                    Route::Lost
                } else {
                    route
                }
            }
            Effect::Loss { chance, retransmitted: true } => {
                let mut pause = MIN_RETRANSMISSION + round_trip;
                let mut waited = Span::ZERO;
                for _ in 0..=MAX_RETRANSMISSIONS {
                    if !self.stream.happens(chance) {
                        return Route::After(delay + waited);
                    }
                    waited = waited + pause;
                    pause = (pause * 2).min(MAX_RETRANSMISSION);
                }
                Route::Lost
            }
            Effect::Delay { extra, jitter } => {
                let extra = if jitter.is_zero() {
                    extra
                } else {
                    let drawn = self.stream.unit() * 2.0 * jitter.as_nanos() as f64;
                    (extra + Span::from_nanos(drawn as u64)) - jitter
                };
                Route::After(delay + extra)
            }
        }
    }
}

impl Side {
    fn has(&self, end: End, opposite: &Side) -> bool {
        match self {
            Side::Ends(ends) => ends.binary_search(&end).is_ok(),
            Side::Others => match opposite {
                Side::Ends(ends) => ends.binary_search(&end).is_err(),
                Side::Others => true,
            },
        }
    }
}

/// All disturbances, each under the number of the trouble it is.
#[derive(Debug, Clone, Default)]
pub struct Disturbances(Vec<(u64, Disturbance)>);

impl Disturbances {
    /// The random streams that they draw from.
    pub fn streams(&mut self) -> impl Iterator<Item = &mut Stream> {
        self.0.iter_mut().map(|(_, disturbance)| &mut disturbance.stream)
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Begins one, unless there are too many already.
    pub fn begin(&mut self, number: u64, disturbance: Disturbance) -> bool {
        let has_room = self.0.len() < MAX_DISTURBANCES;
        if has_room {
            self.0.push((number, disturbance));
        }
        has_room
    }

    /// Ends the one of this number.
    pub fn end(&mut self, number: u64) {
        self.0.retain(|(known, _)| *known != number);
    }

    /// Whether nothing at all gets from one end to another.
    pub fn cuts(&self, from: End, to: End) -> bool {
        self.0.iter().any(|(_, one)| one.effect == Effect::Cut && one.hits(from, to))
    }

    /// What becomes of a message that would take `delay` there and `back` the other way.
    pub fn route(&mut self, from: End, to: End, delay: Span, back: Span) -> Route {
        let mut route = Route::After(delay);
        for (_, disturbance) in &mut self.0 {
            if disturbance.hits(from, to) {
                route = disturbance.apply(route, delay + back);
            }
        }
        route
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Span = Span::from_millis;

    fn machines(indices: &[u32]) -> Vec<End> {
        indices.iter().map(|index| End::Machine(*index)).collect()
    }

    fn one(disturbance: Disturbance) -> Disturbances {
        let mut all = Disturbances::default();
        all.begin(0, disturbance);
        all
    }

    fn stream() -> Stream {
        Stream::new(1, "test", "")
    }

    fn routes(all: &mut Disturbances, count: usize) -> Vec<Route> {
        (0..count).map(|_| all.route(End::Machine(1), End::Machine(2), MS(1), MS(1))).collect()
    }

    #[test]
    fn a_cut_link_lets_nothing_through_either_way_and_others_everything() {
        let mut all = one(Disturbance::new(machines(&[1]), machines(&[2]), false, Effect::Cut, stream()));
        let mut route = |from, to| all.route(End::Machine(from), End::Machine(to), MS(1), MS(1));
        assert_eq!((route(1, 2), route(2, 1)), (Route::Lost, Route::Lost));
        assert_eq!((route(1, 3), route(3, 2)), (Route::After(MS(1)), Route::After(MS(1))));
    }

    #[test]
    fn a_one_way_cut_lets_answers_through() {
        let mut all = one(Disturbance::new(machines(&[1]), machines(&[2]), true, Effect::Cut, stream()));
        let mut route = |from, to| all.route(End::Machine(from), End::Machine(to), MS(1), MS(1));
        assert_eq!((route(1, 2), route(2, 1)), (Route::Lost, Route::After(MS(1))));
    }

    #[test]
    fn a_part_cut_off_from_everybody_else_still_reaches_itself() {
        let isolated = Disturbance::new(machines(&[1, 2]), vec![], false, Effect::Cut, stream());
        let mut all = one(isolated.against_others());
        let mut route = |from, to| all.route(from, to, MS(1), MS(1));
        assert_eq!(route(End::Machine(1), End::Machine(2)), Route::After(MS(1)));
        assert_eq!(route(End::Machine(3), End::Machine(4)), Route::After(MS(1)));
        for other in [End::Machine(3), End::Entry(0), End::Store(0), End::Client(0)] {
            assert_eq!(
                (route(End::Machine(1), other), route(other, End::Machine(2))),
                (Route::Lost, Route::Lost)
            );
        }
    }

    #[test]
    fn messages_are_lost_with_the_chance_that_is_set() {
        let effect = Effect::Loss { chance: 0.1, retransmitted: false };
        let mut all = one(Disturbance::new(machines(&[1]), machines(&[2]), false, effect, stream()));
        let lost = routes(&mut all, 100_000).iter().filter(|route| **route == Route::Lost).count();
        // Within four standard deviations, of 95 each.
        assert!((9_620..=10_380).contains(&lost), "{lost}");
    }

    #[test]
    fn tcp_sends_again_after_twice_the_time_each_time() {
        let effect = Effect::Loss { chance: 0.5, retransmitted: true };
        let mut all = one(Disturbance::new(machines(&[1]), machines(&[2]), false, effect, stream()));
        let seen = routes(&mut all, 100_000);
        let share = |delay: Span| {
            seen.iter().filter(|route| **route == Route::After(delay)).count() as f64 / seen.len() as f64
        };
        // A round trip of 2 ms: the pauses are 202, 404, 808 ms.
        for (delay, expected) in [(MS(1), 0.5), (MS(203), 0.25), (MS(607), 0.125), (MS(1415), 0.0625)] {
            assert!((share(delay) - expected).abs() < 0.007, "{delay}: {}", share(delay));
        }
        let effect = Effect::Loss { chance: 1.0, retransmitted: true };
        let mut all = one(Disturbance::new(machines(&[1]), machines(&[2]), false, effect, stream()));
        assert_eq!(routes(&mut all, 1), [Route::Lost], "a connection that never gets through is given up");
    }

    #[test]
    fn added_delay_varies_by_its_jitter_and_is_never_negative() {
        let effect = Effect::Delay { extra: MS(50), jitter: MS(10) };
        let mut all = one(Disturbance::new(machines(&[1]), machines(&[2]), false, effect, stream()));
        let mut sum = 0.0;
        for route in routes(&mut all, 10_000) {
            let Route::After(delay) = route else { panic!("nothing is lost") };
            assert!((MS(41)..=MS(61)).contains(&delay), "{delay}");
            sum += delay.as_millis_f64();
        }
        assert!((sum / 10_000.0 - 51.0).abs() < 0.25, "uniform about the middle");
        let effect = Effect::Delay { extra: MS(5), jitter: MS(100) };
        let mut all = one(Disturbance::new(machines(&[1]), machines(&[2]), false, effect, stream()));
        assert!(routes(&mut all, 1_000).iter().all(|route| *route >= Route::After(MS(1))));
    }

    #[test]
    fn disturbances_add_up_and_end_one_by_one() {
        let delay = |extra| Effect::Delay { extra, jitter: Span::ZERO };
        let between = |effect| Disturbance::new(machines(&[1]), machines(&[2]), false, effect, stream());
        let mut all = Disturbances::default();
        all.begin(7, between(delay(MS(10))));
        all.begin(8, between(delay(MS(20))));
        all.begin(9, between(Effect::Cut));
        assert_eq!(routes(&mut all, 1), [Route::Lost]);
        all.end(9);
        assert_eq!(routes(&mut all, 1), [Route::After(MS(31))]);
        all.end(7);
        all.end(8);
        assert!(all.is_empty());
    }
}
