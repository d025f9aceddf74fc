//! A chooser: a balancer that does more than take each in turn or the least busy. It knows weights, users, response
//! times, failures, and who has just come.

use archlab_model::document::RING_POINTS;
use archlab_model::{Balancing, SimTime};

use crate::balancing::hashing::{Allowance, Remainder, Ring, key};
use crate::balancing::ramp;
use crate::balancing::rules::Rules;
use crate::balancing::seat::{Part, Seat};
use crate::balancing::smooth::Round;
use crate::balancing::spill;
use crate::balancing::sticky::Cookies;
use crate::instance::Instance;
use crate::random::Stream;

/// A request that wants an instance.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    pub now: SimTime,
    /// Instances it was tried on.
    pub tried: &'a [u32],
    /// Who asks: a population, and which of it.
    pub user: (u32, u32),
    /// Whether it comes from the user: only then is there a cookie.
    pub at_entry: bool,
}

/// A balancer that chooses with care.
#[derive(Debug, Clone)]
pub struct Chooser {
    pub(super) rules: Rules,
    pub(super) seats: Vec<Seat>,
    stream: Stream,
    cookies: Cookies,
    remainder: Option<Remainder>,
    ring: Option<Ring>,
    /// Whether health is ignored, because too few are healthy.
    panicking: bool,
    /// How many seats rise.
    rising: usize,
    /// Whether weights count a thousandfold, because some rise.
    scaled: bool,
    /// What part of the traffic each priority gets, if there are several.
    shares: Option<[u32; spill::PRIORITIES]>,
    /// The priority that has the turn.
    level: Option<u32>,
    /// Those among whom is chosen: the seat, and how often its weight counts for now.
    candidates: Vec<(usize, u64)>,
    cursor: usize,
}

impl Chooser {
    /// The random stream that it draws from.
    pub fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// One without instances.
    pub fn new(rules: Rules, stream: Stream) -> Chooser {
        Chooser {
            rules,
            seats: Vec::new(),
            stream,
            cookies: Cookies::default(),
            remainder: None,
            ring: None,
            panicking: false,
            rising: 0,
            scaled: false,
            shares: None,
            level: None,
            candidates: Vec::new(),
            cursor: 0,
        }
    }

    /// Goes on with other instances and by other rules. What is known of those that stay is kept.
    pub fn adopt(&mut self, rules: Rules, parts: &[Part]) {
        let mut known = std::mem::take(&mut self.seats);
        for &part in parts {
            let seat = match known.iter().position(|seat| seat.part.instance == part.instance) {
                Some(place) => {
                    let mut seat = known.swap_remove(place);
                    seat.turn.reweigh(part.weight);
                    seat.part = part;
                    seat.forgive(rules.passive.as_ref(), rules.outliers.as_ref());
                    seat
                }
                None => Seat::new(part),
            };
            self.seats.push(seat);
        }
        if rules.balancer.sticky.is_none() {
            self.cookies.clear();
        }
        self.rules = rules;
        (self.remainder, self.ring) = (None, None);
    }

    /// Looks anew who is there and who is well, as `state` says of each instance. With `begins` the balancer
    /// itself has only begun: nobody's weight rises for that.
    pub fn review(&mut self, now: SimTime, begins: bool, state: impl Fn(u32) -> (bool, bool)) {
        let slow_start = self.rules.balancer.slow_start.is_some();
        for seat in &mut self.seats {
            let (listed, well) = state(seat.part.instance);
            let well = listed && well;
            seat.listed = listed;
            if well != seat.well {
                seat.well = well;
                seat.rises = (well && slow_start && !begins).then_some(now);
            }
        }
        self.count();
    }

    /// Counts who is healthy, and what follows from it.
    pub(super) fn count(&mut self) {
        let passive = self.rules.passive.as_ref();
        let mut levels = [(0, 0); spill::PRIORITIES];
        for seat in self.seats.iter().filter(|seat| seat.part.weight > 0) {
            let (healthy, all) = &mut levels[(seat.part.priority as usize).min(spill::PRIORITIES - 1)];
            *all += 1;
            *healthy += u32::from(seat.is_healthy(passive));
        }
        let (healthy, all) = levels.iter().fold((0, 0), |sum, level| (sum.0 + level.0, sum.1 + level.1));
        self.panicking = self.rules.balancer.nobody_healthy.ignores_health(healthy, all);
        self.rising = self.seats.iter().filter(|seat| seat.rises.is_some()).count();
        let several = levels.iter().filter(|(_, all)| *all > 0).count() > 1;
        self.shares = several.then(|| spill::shares(&levels, self.rules.balancer.overprovisioning));
    }

    /// The instance that gets a request, given the load of each.
    pub fn pick(&mut self, ask: &Ask<'_>, instances: &[Instance]) -> Option<u32> {
        let sticky = self.rules.balancer.sticky.as_ref().filter(|_| ask.at_entry);
        let duration = sticky.map(|sticky| sticky.duration);
        let place = match duration {
            Some(_) => self.kept(ask),
            None => None,
        };
        let place = place.or_else(|| self.choose(ask, instances))?;
        let seat = &mut self.seats[place];
        if let Some(passive) = &self.rules.passive {
            seat.fails.picked(passive, ask.now);
        }
        let instance = seat.part.instance;
        if let Some(duration) = duration {
            self.cookies.keep(ask.user, instance, ask.now, duration);
        }
        Some(instance)
    }

    /// The seat that a user's cookie names, if it will do. One without weight still has its own users.
    fn kept(&self, ask: &Ask<'_>) -> Option<usize> {
        let instance = self.cookies.instance_of(ask.user, ask.now)?;
        let place = self.seats.iter().position(|seat| seat.part.instance == instance)?;
        self.is_open(&self.seats[place], ask).then_some(place)
    }

    #[inline]
    fn is_open(&self, seat: &Seat, ask: &Ask<'_>) -> bool {
        // nginx never counts the failures of an only server.
        let passive = self.rules.passive.as_ref().filter(|_| self.seats.len() > 1);
        let trusted =
            if self.panicking { seat.listed } else { seat.well && seat.is_trusted(passive, ask.now) };
        trusted && !ask.tried.contains(&seat.part.instance)
    }

    fn choose(&mut self, ask: &Ask<'_>, instances: &[Instance]) -> Option<usize> {
        if self.shares.is_none() {
            let place = match self.rules.balancing {
                Balancing::SourceHash => self.by_remainder(ask),
                Balancing::ConsistentHash => self.by_ring(ask),
                _ => None,
            };
            if place.is_some() {
                return place;
            }
        }
        self.level = self.shares.map(|shares| self.draw_level(&shares));
        self.gather(ask);
        if self.candidates.is_empty() && self.level.take().is_some() {
            self.gather(ask);
        }
        if self.candidates.len() < 2 {
            return self.candidates.first().map(|(place, _)| *place);
        }
        match self.rules.balancing {
            Balancing::RoundRobin => self.in_turn(),
            Balancing::LeastConnections => self.least_connections(instances),
            Balancing::LeastLoaded => {
                let places = self.candidates.iter().map(|(place, _)| *place);
                places.min_by_key(|place| instances[self.seats[*place].part.instance as usize].station.load())
            }
            Balancing::LeastResponseTime => self.least_response_time(ask.now, instances),
            Balancing::Random => self.draw().map(|drawn| self.candidates[drawn].0),
            Balancing::RandomChoices => self.best_drawn(instances),
            Balancing::SourceHash => self.by_remainder(ask).or_else(|| self.in_turn()),
            Balancing::ConsistentHash => self.by_ring(ask).or_else(|| self.in_turn()),
            Balancing::BoundedLoad => {
                self.by_bounded_ring(ask, instances).or_else(|| self.by_ring(ask)).or_else(|| self.in_turn())
            }
        }
    }

    /// Whether the seat at a place may be chosen, of the priority that has the turn if there are several.
    fn will_do(&self, place: usize, ask: &Ask<'_>) -> bool {
        let seat = &self.seats[place];
        self.level.is_none_or(|level| seat.part.priority == level)
            && seat.part.weight > 0
            && self.is_open(seat, ask)
    }

    fn draw_level(&mut self, shares: &[u32; spill::PRIORITIES]) -> u32 {
        let mut left = (self.stream.unit() * 100.0) as u32;
        for (share, level) in shares.iter().zip(0..) {
            if left < *share {
                return level;
            }
            left -= share;
        }
        0
    }

    /// Finds those among whom is chosen.
    fn gather(&mut self, ask: &Ask<'_>) {
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.clear();
        let slow_start = self.rules.balancer.slow_start.as_ref().filter(|_| self.rising > 0);
        if slow_start.is_some() != self.scaled {
            // What was counted in the other measure says nothing in this.
            self.scaled = slow_start.is_some();
            self.seats.iter_mut().for_each(|seat| seat.turn.begin_again());
        }
        let mut risen = false;
        for (place, seat) in self.seats.iter().enumerate() {
            if self.will_do(place, ask) {
                let scale = match (slow_start, seat.rises) {
                    (Some(slow_start), Some(since)) => ramp::part(slow_start, since, ask.now),
                    (Some(_), None) => ramp::WHOLE,
                    (None, _) => 1,
                };
                risen |= scale == ramp::WHOLE && seat.rises.is_some();
                candidates.push((place, u64::from(scale)));
            }
        }
        self.candidates = candidates;
        if risen {
            self.end_rises(ask.now);
        }
    }

    /// Those whose weight is whole again rise no more.
    fn end_rises(&mut self, now: SimTime) {
        let Some(slow_start) = &self.rules.balancer.slow_start else { return };
        for seat in &mut self.seats {
            if seat.rises.is_some_and(|since| ramp::part(slow_start, since, now) == ramp::WHOLE) {
                seat.rises = None;
                self.rising -= 1;
            }
        }
    }

    /// Smooth weighted round robin among the candidates.
    fn in_turn(&mut self) -> Option<usize> {
        let mut round = Round::new();
        for &(place, scale) in &self.candidates {
            round.see(place, &mut self.seats[place].turn, scale as u32);
        }
        let winner = round.winner()?;
        round.take(&mut self.seats[winner].turn);
        Some(winner)
    }

    /// The weight of a candidate, for now.
    fn weight(&self, (place, scale): (usize, u64)) -> u64 {
        u64::from(self.seats[place].part.weight) * scale
    }

    /// nginx's `least_conn`: the fewest for its weight; smooth weighted round robin among equals.
    fn least_connections(&mut self, instances: &[Instance]) -> Option<usize> {
        let of = |chooser: &Chooser, candidate: (usize, u64)| {
            let connections =
                u128::from(instances[chooser.seats[candidate.0].part.instance as usize].outstanding);
            (connections, u128::from(chooser.weight(candidate)))
        };
        let mut best = (*self.candidates.first()?, of(self, self.candidates[0]));
        let mut equals = 1;
        for &candidate in &self.candidates[1..] {
            let (connections, weight) = of(self, candidate);
            // connections / weight against the best, without dividing.
            let (here, there) = (connections * best.1.1, best.1.0 * weight);
            if here < there {
                (best, equals) = ((candidate, (connections, weight)), 1);
            } else if here == there {
                equals += 1;
            }
        }
        if equals == 1 {
            return Some(best.0.0);
        }
        let (connections, weight) = best.1;
        let mut round = Round::new();
        for index in 0..self.candidates.len() {
            let candidate = self.candidates[index];
            let (here, its_weight) = of(self, candidate);
            if here * weight == connections * its_weight {
                round.see(candidate.0, &mut self.seats[candidate.0].turn, candidate.1 as u32);
            }
        }
        let winner = round.winner()?;
        round.take(&mut self.seats[winner].turn);
        Some(winner)
    }

    /// The least cost for its weight; in turn among equals.
    fn least_response_time(&mut self, now: SimTime, instances: &[Instance]) -> Option<usize> {
        let decay = self.rules.balancer.decay;
        let count = self.candidates.len();
        let start = self.candidates.iter().position(|(place, _)| *place >= self.cursor).unwrap_or(0);
        let mut best: Option<(f64, usize)> = None;
        for index in (start..count).chain(0..start) {
            let candidate = self.candidates[index];
            let seat = &self.seats[candidate.0];
            let cost = seat.response.cost(now, instances[seat.part.instance as usize].outstanding, decay);
            let cost = cost / self.weight(candidate) as f64;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, candidate.0));
            }
        }
        let (_, place) = best?;
        self.cursor = place + 1;
        Some(place)
    }

    /// Draws one of the candidates by weight.
    fn draw(&mut self) -> Option<usize> {
        let total: u64 = self.candidates.iter().map(|candidate| self.weight(*candidate)).sum();
        let mut drawn = self.stream.below(total);
        for (index, candidate) in self.candidates.iter().enumerate() {
            let weight = self.weight(*candidate);
            if drawn < weight {
                return Some(index);
            }
            drawn -= weight;
        }
        None
    }

    /// The fewest requests under way for its weight, of some different ones drawn; the first drawn among equals.
    fn best_drawn(&mut self, instances: &[Instance]) -> Option<usize> {
        let mut best: Option<(u128, u128, usize)> = None;
        for _ in 0..self.rules.balancer.choices.max(1) {
            let Some(drawn) = self.draw() else { break };
            let candidate = self.candidates.swap_remove(drawn);
            let connections =
                u128::from(instances[self.seats[candidate.0].part.instance as usize].outstanding);
            let weight = u128::from(self.weight(candidate));
            if best.is_none_or(|(least, its_weight, _)| connections * its_weight < least * weight) {
                best = Some((connections, weight, candidate.0));
            }
        }
        best.map(|(_, _, place)| place)
    }

    fn by_remainder(&mut self, ask: &Ask<'_>) -> Option<usize> {
        if self.remainder.is_none() {
            self.remainder = Some(Remainder::new(self.seats.iter().map(|seat| seat.part.weight)));
        }
        let key = key(ask.user.0, ask.user.1);
        self.remainder.as_ref()?.place(key, |place| self.will_do(place, ask))
    }

    fn by_ring(&mut self, ask: &Ask<'_>) -> Option<usize> {
        self.prepare_ring();
        let key = key(ask.user.0, ask.user.1);
        self.ring.as_ref()?.place(key, |place| self.will_do(place, ask))
    }

    /// The ring, but on to the next where one has as much as it may have.
    fn by_bounded_ring(&mut self, ask: &Ask<'_>, instances: &[Instance]) -> Option<usize> {
        self.prepare_ring();
        let key = key(ask.user.0, ask.user.1);
        let parts = || self.candidates.iter().map(|(place, _)| &self.seats[*place].part);
        let all = parts().map(|part| u64::from(instances[part.instance as usize].outstanding)).sum();
        let weights = parts().map(|part| u64::from(part.weight)).sum();
        let allowance = Allowance::new(all, self.rules.balancer.bound.max(100), weights);
        let has_room = |place: usize| {
            let part = &self.seats[place].part;
            allowance.has_room(part.weight, instances[part.instance as usize].outstanding)
        };
        self.ring.as_ref()?.place(key, |place| self.will_do(place, ask) && has_room(place))
    }

    fn prepare_ring(&mut self) {
        if self.ring.is_none() {
            let places = self.seats.iter().map(|seat| (seat.part.name, seat.part.weight));
            self.ring = Some(Ring::new(places, self.rules.balancer.points.clamp(1, *RING_POINTS.end())));
        }
    }
}
