//! Locks on one set of data.
//!
//! Keys are not simulated one by one. Any two transactions that want locks on the same data at the same time want
//! the same one with a given probability, each pair for itself; who came first has it, the others wait.

use crate::random::Stream;

/// Most transactions that have locks on one set of data or wait for them. One more is turned away.
pub const MAX_HOLDERS: usize = 10_000;

/// How asking for a lock ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It has it, or had it before.
    Granted,
    /// It waits for so many others.
    Waits(u32),
    /// There are too many already.
    TurnedAway,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    who: u32,
    /// For how many others it waits; none: it has its lock.
    blockers: u32,
}

/// Who has locks on a set of data, and who waits for whom.
#[derive(Debug, Clone, Default)]
pub struct Locks {
    /// In the order they came.
    entries: Vec<Entry>,
    /// Who is waited for, and by whom.
    edges: Vec<(u32, u32)>,
}

impl Locks {
    /// `who` wants a lock. Each that has one or waits for one wants the same with probability `conflict`.
    pub fn ask(&mut self, who: u32, conflict: f64, draws: &mut Stream) -> Asked {
        if let Some(entry) = self.entries.iter().find(|entry| entry.who == who) {
            return if entry.blockers == 0 { Asked::Granted } else { Asked::Waits(entry.blockers) };
        }
        if self.entries.len() >= MAX_HOLDERS {
            return Asked::TurnedAway;
        }
        let mut blockers = 0;
        if conflict > 0.0 {
            // The number of those with whom there is no conflict, until one with whom there is, is geometric.
            let skip = |draws: &mut Stream| -> usize {
                if conflict >= 1.0 {
                    return 0;
                }
                (libm::log(draws.unit()) / libm::log1p(-conflict)) as usize
            };
            let mut place = skip(draws);
            while place < self.entries.len() {
                self.edges.push((self.entries[place].who, who));
                blockers += 1;
                place = place.saturating_add(1).saturating_add(skip(draws));
            }
        }
        self.entries.push(Entry { who, blockers });
        if blockers == 0 { Asked::Granted } else { Asked::Waits(blockers) }
    }

    /// `who` has no lock here and waits for none any more. Those who now have theirs are added to `granted`.
    pub fn release(&mut self, who: u32, granted: &mut Vec<u32>) {
        let Some(place) = self.entries.iter().position(|entry| entry.who == who) else { return };
        self.entries.remove(place);
        let Locks { entries, edges } = self;
        edges.retain(|&(blocker, waiter)| {
            if waiter == who {
                return false;
            }
            if blocker == who
                && let Some(entry) = entries.iter_mut().find(|entry| entry.who == waiter)
            {
                entry.blockers -= 1;
                if entry.blockers == 0 {
                    granted.push(waiter);
                }
            }
            blocker != who
        });
    }

    /// Those for whom `who` waits.
    pub fn blockers(&self, who: u32) -> impl Iterator<Item = u32> {
        self.edges.iter().filter(move |(_, waiter)| *waiter == who).map(|(blocker, _)| *blocker)
    }

    /// How many wait.
    #[cfg(test)]
    pub fn waiting(&self) -> usize {
        self.entries.iter().filter(|entry| entry.blockers > 0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_conflict_wait_for_all_who_came_before() {
        let (mut locks, mut draws, mut granted) = (Locks::default(), Stream::new(1, "test", ""), Vec::new());
        assert_eq!(locks.ask(1, 1.0, &mut draws), Asked::Granted);
        assert_eq!(locks.ask(2, 1.0, &mut draws), Asked::Waits(1));
        assert_eq!(locks.ask(3, 1.0, &mut draws), Asked::Waits(2));
        assert_eq!(locks.ask(1, 1.0, &mut draws), Asked::Granted);
        // The second loses patience; the first ends.
        locks.release(2, &mut granted);
        assert!(granted.is_empty());
        locks.release(1, &mut granted);
        assert_eq!((granted, locks.waiting()), (vec![3], 0));
    }

    #[test]
    fn without_conflicts_nobody_waits() {
        let (mut locks, mut draws) = (Locks::default(), Stream::new(1, "test", ""));
        assert!((0..100).all(|who| locks.ask(who, 0.0, &mut draws) == Asked::Granted));
    }

    #[test]
    fn new_ones_hit_those_in_doubt_as_often_as_chance_says() {
        // `2pc-blocked`: 3000 new transactions in 30 s, each in conflict with each of 2 in doubt by 1 %: 59.7.
        let (mut draws, mut hit, mut granted) = (Stream::new(7, "test", "locks"), 0, Vec::new());
        let mut locks = Locks::default();
        locks.ask(0, 0.0, &mut draws);
        locks.ask(1, 0.0, &mut draws);
        const RUNS: u32 = 100;
        for who in 2..2 + 3_000 * RUNS {
            hit += u32::from(locks.ask(who, 0.01, &mut draws) != Asked::Granted);
            locks.release(who, &mut granted);
        }
        let mean = f64::from(hit) / f64::from(RUNS);
        // Four standard errors of a binomial number.
        assert!((mean - 59.7).abs() < 4.0 * (59.7_f64 / f64::from(RUNS)).sqrt(), "{mean}");
    }
}
