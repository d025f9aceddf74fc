//! Balancing: which instance of a service gets the next call.
//!
//! A pool is what everybody who calls a service in a group knows of it: one view, shared by the entry and
//! all callers. (In a real system each has its own; that is a simplification.)

mod canary;
mod chooser;
pub(crate) mod hashing;
mod ramp;
mod response;
mod rules;
mod seat;
mod smooth;
pub(crate) mod spill;
mod sticky;
mod trust;

use archlab_model::{Balancing, SimTime, Span};

use crate::instance::Instance;
use crate::random::Stream;
use crate::timers::Wait;

use canary::Canary;
pub use chooser::{Ask, Chooser};
pub use hashing::name;
pub use rules::Rules;
pub use seat::Part;
pub use spill::PRIORITIES;
pub use trust::Ending;

/// The instances of a service, as its callers know them.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Its group.
    pub group: u32,
    /// Whether the design still has the service.
    pub present: bool,
    /// Its instances. A service that is gone keeps the last it had, for the calls of requests that began
    /// before.
    pub instances: Vec<u32>,
    /// Those believed up, in the same order.
    candidates: Vec<u32>,
    /// Whether the candidates are an instance and those that come next to it, none left out.
    in_a_row: bool,
    /// The candidate whose turn it is.
    cursor: usize,
    /// How its callers choose, and how long they wait for an answer: their group's, close at hand.
    pub balancing: Balancing,
    pub response: Wait,
    /// Whether there is more to it than whose turn it is and who is the least busy: a chooser, or a canary.
    pub careful: bool,
    /// Instances of another version that get a share of the calls.
    canary: Option<Box<Canary>>,
    /// Chooses instead, where there is more to it than whose turn it is and who is the least busy.
    pub chooser: Option<Box<Chooser>>,
    /// What is drawn by chance.
    stream: Stream,
    /// How many instances are drawn by chance.
    choices: u32,
    /// A regular look at outliers that was planned under another number is void.
    pub looks: u32,
    /// How often is looked.
    pub looks_every: Option<Span>,
    /// Whether a worker of it may want several cores at once.
    pub spreads: bool,
    /// Whether its workers are free for others while their function waits for calls.
    pub nonblocking: bool,
}

impl Pool {
    /// One without instances that draws from `stream`.
    pub fn new(stream: Stream) -> Pool {
        Pool {
            group: 0,
            present: false,
            instances: Vec::new(),
            candidates: Vec::new(),
            in_a_row: false,
            cursor: 0,
            balancing: Balancing::default(),
            response: Wait::default(),
            careful: false,
            canary: None,
            chooser: None,
            stream,
            choices: 2,
            looks: 0,
            looks_every: None,
            spreads: false,
            nonblocking: false,
        }
    }

    /// Goes on by other rules, with these as its instances. What it knew of those that stay is kept.
    pub fn adopt(&mut self, rules: &Rules, parts: &[Part]) {
        self.choices = rules.balancer.choices.max(1);
        if !rules.need_a_chooser(parts) {
            self.chooser = None;
            return;
        }
        let stream = &self.stream;
        let chooser =
            self.chooser.get_or_insert_with(|| Box::new(Chooser::new(rules.clone(), stream.clone())));
        chooser.adopt(rules.clone(), parts);
    }

    /// Looks anew which instances are believed up. With `begins` because a design is adopted: what is up then has
    /// been so, as far as the balancer knows.
    pub fn review(&mut self, now: SimTime, begins: bool, instances: &[Instance]) {
        if let Some(chooser) = &mut self.chooser {
            chooser.review(now, begins, |index| {
                let health = &instances[index as usize].health;
                (health.listed && health.routed, health.checked_up)
            });
        }
        if let Some(canary) = &mut self.canary {
            canary.review(instances);
        }
        self.careful = self.chooser.is_some() || self.canary.is_some();
        let turn = self.candidates.get(self.cursor).copied();
        self.candidates.clear();
        let up = self.instances.iter().filter(|index| instances[**index as usize].health.believed_up);
        self.candidates.extend(up);
        self.in_a_row = self.candidates.is_sorted_by(|one, next| one + 1 == *next);
        // It stays the same one's turn, if it is still there.
        let same = turn.and_then(|turn| self.candidates.iter().position(|index| *index == turn));
        self.cursor = same.unwrap_or(if self.cursor < self.candidates.len() { self.cursor } else { 0 });
    }

    /// The random streams that it draws from.
    pub fn streams(&mut self) -> impl Iterator<Item = &mut Stream> {
        let chooser = self.chooser.as_mut().map(|chooser| chooser.stream());
        let canary = self.canary.as_mut().map(|canary| canary.stream());
        std::iter::once(&mut self.stream).chain(chooser).chain(canary)
    }

    /// From now on `share` of the calls goes to `canaries`, and to nobody else; no share if there are none.
    pub fn send_share(&mut self, share: f64, canaries: Vec<u32>, stream: impl FnOnce() -> Stream) {
        match &mut self.canary {
            _ if canaries.is_empty() => self.canary = None,
            Some(canary) => canary.adopt(share, canaries),
            None => self.canary = Some(Box::new(Canary::new(share, canaries, stream()))),
        }
    }

    /// The instance that a request gets, if any will do.
    #[cold]
    #[inline(never)]
    pub fn choose(&mut self, ask: &Ask<'_>, instances: &[Instance]) -> Option<u32> {
        if let Some(canary) = &mut self.canary
            && let Some(instance) = canary.pick(ask.tried)
        {
            return Some(instance);
        }
        match &mut self.chooser {
            Some(chooser) => chooser.pick(ask, instances),
            None => self.pick(instances, ask.tried),
        }
    }

    /// The instance whose turn it is, among those believed up and not in `tried`, given all instances. For a pool
    /// without a chooser.
    #[inline(always)]
    pub fn pick(&mut self, instances: &[Instance], tried: &[u32]) -> Option<u32> {
        if self.balancing != Balancing::RoundRobin || !tried.is_empty() {
            return self.pick_otherwise(instances, tried);
        }
        let picked = *self.candidates.get(self.cursor)?;
        self.cursor = if self.cursor + 1 == self.candidates.len() { 0 } else { self.cursor + 1 };
        Some(picked)
    }

    /// As [`Pool::pick`], where there is more to it than whose turn it is.
    #[inline(never)]
    fn pick_otherwise(&mut self, instances: &[Instance], tried: &[u32]) -> Option<u32> {
        let place = match self.balancing {
            Balancing::LeastConnections if tried.is_empty() => self.least_in_turn(instances),
            Balancing::LeastConnections => {
                let open = self.in_turn().filter(|place| !tried.contains(&self.candidates[*place]));
                open.min_by_key(|place| instances[self.candidates[*place] as usize].outstanding)
            }
            Balancing::LeastLoaded => {
                let open = self.candidates.iter().filter(|index| !tried.contains(index));
                return open.copied().min_by_key(|index| instances[*index as usize].station.load());
            }
            Balancing::Random => return self.best_of(1, instances, tried),
            Balancing::RandomChoices => return self.best_of(self.choices, instances, tried),
            _ if tried.is_empty() => (self.cursor < self.candidates.len()).then_some(self.cursor),
            _ => self.in_turn().find(|place| !tried.contains(&self.candidates[*place])),
        }?;
        self.cursor = if place + 1 == self.candidates.len() { 0 } else { place + 1 };
        Some(self.candidates[place])
    }

    /// The place of the candidate with the fewest calls under way, the first in turn among equals.
    #[inline]
    fn least_in_turn(&self, instances: &[Instance]) -> Option<usize> {
        let count = self.candidates.len();
        let first = *self.candidates.first()? as usize;
        let least = match instances.get(first..first + count) {
            Some(row) if self.in_a_row => self.least_of(row, |instance| instance.outstanding),
            _ => self.least_of(&self.candidates, |candidate| instances[*candidate as usize].outstanding),
        };
        let place = self.cursor + (least & u64::from(u32::MAX)) as usize;
        Some(if place < self.candidates.len() { place } else { place - self.candidates.len() })
    }

    /// The least number of calls, and how far its candidate is from the one whose turn it is, in one word: the least
    /// of such words is found without a branch, and always in as many steps.
    #[inline(always)]
    fn least_of<T>(&self, row: &[T], calls: impl Fn(&T) -> u32) -> u64 {
        let (turn, count) = (self.cursor as u64, row.len() as u64);
        let words = row.iter().enumerate().map(|(place, one)| {
            let place = place as u64;
            let distance = if place < turn { place + count - turn } else { place - turn };
            u64::from(calls(one)) << 32 | distance
        });
        words.fold(u64::MAX, u64::min)
    }

    /// The one with the fewest calls under way of `choices` different ones drawn; the first drawn among equals.
    fn best_of(&mut self, choices: u32, instances: &[Instance], tried: &[u32]) -> Option<u32> {
        // Those drawn, and those that are not to be, come to the front. The order is nobody's: it is chance.
        self.in_a_row = false;
        let mut front = 0;
        for index in tried {
            // One may have been tried twice.
            let place = self.candidates[front..].iter().position(|candidate| candidate == index);
            if let Some(place) = place {
                self.candidates.swap(front, front + place);
                front += 1;
            }
        }
        let mut best: Option<u32> = None;
        for drawn in front..self.candidates.len().min(front + choices as usize) {
            let left = (self.candidates.len() - drawn) as u64;
            self.candidates.swap(drawn, drawn + self.stream.below(left) as usize);
            let candidate = self.candidates[drawn];
            let calls = |index: u32| instances[index as usize].outstanding;
            if best.is_none_or(|best| calls(candidate) < calls(best)) {
                best = Some(candidate);
            }
        }
        best
    }

    /// The places of all candidates, from the one whose turn it is.
    #[inline]
    fn in_turn(&self) -> impl Iterator<Item = usize> + use<> {
        (self.cursor..self.candidates.len()).chain(0..self.cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::InstancePlan;

    fn pool(balancing: Balancing, count: u32) -> Pool {
        let mut pool = Pool::new(Stream::new(1, "test", ""));
        pool.balancing = balancing;
        pool.candidates = (0..count).collect();
        pool
    }

    /// Instances with so many calls under way to each.
    fn instances<const COUNT: usize>(outstanding: [u32; COUNT]) -> [Instance; COUNT] {
        let plan = InstancePlan { pool: 0, machine: 0, workers: 1, queue: 1 };
        outstanding.map(|outstanding| Instance { outstanding, ..Instance::new(SimTime::START, 0, &plan) })
    }

    #[test]
    fn the_fewest_calls_win_and_equals_take_turns() {
        let mut pool = pool(Balancing::LeastConnections, 5);
        let mut instances = instances([3, 1, 2, 1, 1]);
        let mut picks = || {
            let picked = pool.pick(&instances, &[]).expect("one is there");
            instances[picked as usize].outstanding += 1;
            picked
        };
        assert_eq!([picks(), picks(), picks(), picks(), picks()], [1, 3, 4, 1, 2]);
        instances[0].outstanding = 9;
        assert_eq!(pool.pick(&instances, &[1, 3]), Some(4));
        pool.candidates.clear();
        pool.cursor = 0;
        assert_eq!(pool.pick(&[], &[]), None);
    }

    #[test]
    fn those_drawn_are_different_and_not_tried() {
        let mut pool = pool(Balancing::RandomChoices, 3);
        // Of two different ones out of three, the busiest is never the less busy.
        let instances = instances([9, 1, 0]);
        let picked: Vec<u32> = (0..300).filter_map(|_| pool.pick(&instances, &[])).collect();
        let count = |index| picked.iter().filter(|one| **one == index).count();
        assert_eq!((picked.len(), count(0)), (300, 0));
        assert!((70..130).contains(&count(1)), "a third: only without the idle one: {}", count(1));
        assert!((0..100).all(|_| pool.pick(&instances, &[2, 1]) == Some(0)));
        assert_eq!(pool.pick(&instances, &[2, 1, 0]), None);
        assert_eq!(pool.pick(&instances, &[2, 2, 1, 2]), Some(0), "tried twice is tried");
    }
}
