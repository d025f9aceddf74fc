//! A pool of connections: so many at once, first come first served, and only for so long.

use std::collections::VecDeque;

use archlab_model::{SimTime, Span};

/// Most that wait for a connection of one pool. One more is turned away as if it had waited too long.
pub const MAX_WAITING: usize = 10_000;

/// What becomes of somebody who wants a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acquired {
    /// It has one.
    Now,
    /// It waits; somebody has to look at this instant whether it still does, if that was not asked before.
    Waits {
        /// When to look, unless that is planned already.
        look: Option<SimTime>,
    },
    /// Too many wait.
    TurnedAway,
}

/// The connections that an instance keeps to a store.
#[derive(Debug, Clone)]
pub struct Pool {
    size: u32,
    wait: Span,
    in_use: u32,
    waiting: VecDeque<(SimTime, u32)>,
    /// Whether somebody is to look at the first that waits when its time is over.
    planned: bool,
}

impl Pool {
    /// An idle pool.
    pub fn new(size: u32, wait: Span) -> Pool {
        Pool { size: size.max(1), wait, in_use: 0, waiting: VecDeque::new(), planned: false }
    }

    /// Connections in use.
    #[cfg(test)]
    pub fn in_use(&self) -> u32 {
        self.in_use
    }

    /// `who` wants a connection.
    pub fn acquire(&mut self, now: SimTime, who: u32) -> Acquired {
        if self.in_use < self.size {
            self.in_use += 1;
            return Acquired::Now;
        }
        if self.waiting.len() >= MAX_WAITING {
            return Acquired::TurnedAway;
        }
        let due = now + self.wait;
        self.waiting.push_back((due, who));
        let look = (!self.planned).then_some(due);
        self.planned = true;
        Acquired::Waits { look }
    }

    /// A connection is given back. Who has it now, if somebody waited.
    pub fn give_back(&mut self) -> Option<u32> {
        match self.waiting.pop_front() {
            Some((_, who)) => Some(who),
            None => {
                self.in_use = self.in_use.saturating_sub(1);
                None
            }
        }
    }

    /// The next that has waited too long by `now`, if any has.
    pub fn expired(&mut self, now: SimTime) -> Option<u32> {
        let &(due, who) = self.waiting.front()?;
        if due > now {
            return None;
        }
        self.waiting.pop_front();
        Some(who)
    }

    /// When to look again, after all that had waited too long are gone.
    pub fn look_again(&mut self) -> Option<SimTime> {
        let next = self.waiting.front().map(|(due, _)| *due);
        self.planned = next.is_some();
        next
    }

    /// Other numbers from now on. Who waits, waits as before.
    pub fn resize(&mut self, size: u32, wait: Span) {
        (self.size, self.wait) = (size.max(1), wait);
    }

    /// Takes out all that wait, one by one: the process has ended. Then nothing is in use any more.
    pub fn clear(&mut self) -> Option<u32> {
        let next = self.waiting.pop_front();
        if next.is_none() {
            self.in_use = 0;
        }
        next.map(|(_, who)| who)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: SimTime = SimTime::START;

    #[test]
    fn ten_connections_at_5_ms_do_2000_queries_a_second() {
        // little-hikari: X <= connections / R. As fast as it goes, for ten seconds.
        let mut pool = Pool::new(10, Span::from_secs(30));
        let query = Span::from_millis(5);
        let mut ends: VecDeque<SimTime> = VecDeque::new();
        for who in 0..50 {
            if pool.acquire(START, who) == Acquired::Now {
                ends.push_back(START + query);
            }
        }
        let (mut done, mut who) = (0, 50);
        while let Some(end) = ends.pop_front().filter(|end| *end <= START + Span::from_secs(10)) {
            done += 1;
            assert!(pool.give_back().is_some(), "somebody always waits");
            ends.push_back(end + query);
            pool.acquire(end, who);
            who += 1;
        }
        assert_eq!((done, pool.in_use()), (20_000, 10));
    }

    #[test]
    fn nobody_waits_longer_than_the_pool_lets_them() {
        let mut pool = Pool::new(1, Span::from_secs(30));
        assert_eq!(pool.acquire(START, 1), Acquired::Now);
        let first = START + Span::from_secs(30);
        assert_eq!(pool.acquire(START, 2), Acquired::Waits { look: Some(first) });
        let later = START + Span::from_secs(1);
        assert_eq!(pool.acquire(later, 3), Acquired::Waits { look: None });
        assert_eq!((pool.expired(first), pool.expired(first)), (Some(2), None));
        assert_eq!(pool.look_again(), Some(first + Span::from_secs(1)));
        assert_eq!(pool.give_back(), Some(3));
        assert_eq!(pool.look_again(), None);
        assert_eq!((pool.give_back(), pool.in_use()), (None, 0));
    }

    #[test]
    fn too_many_do_not_wait() {
        let mut pool = Pool::new(1, Span::from_secs(30));
        for who in 0..=MAX_WAITING as u32 {
            assert_ne!(pool.acquire(START, who), Acquired::TurnedAway);
        }
        assert_eq!(pool.acquire(START, 0), Acquired::TurnedAway);
    }
}
