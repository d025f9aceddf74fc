//! A quorum: equal members, so many of which have to answer.
//!
//! Each write of a key has a number; a read takes the newest of those it is told (last write wins).

use crate::random::Stream;

/// Most members.
pub const MAX_MEMBERS: usize = 16;

/// What the answers so far amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Not enough of them yet.
    Open,
    /// As many as needed: this answer was the one.
    Reached,
    /// There can't be enough any more: this answer was the one.
    Missed,
    /// It was decided before.
    Decided,
}

/// The answers to one read or write.
#[derive(Debug, Clone, Copy)]
pub struct Votes {
    needed: u8,
    asked: u8,
    given: u8,
    refused: u8,
    /// The newest write that a member told of.
    pub newest: u32,
}

impl Votes {
    /// `needed` answers of `asked` members.
    pub fn new(needed: usize, asked: usize) -> Votes {
        Votes { needed: needed.max(1) as u8, asked: asked as u8, given: 0, refused: 0, newest: 0 }
    }

    /// A member has answered, or will not.
    pub fn vote(&mut self, answered: bool) -> Verdict {
        let decided = self.given >= self.needed || self.refused > self.asked.saturating_sub(self.needed);
        if answered {
            self.given += 1;
        } else {
            self.refused += 1;
        }
        match answered {
            _ if decided => Verdict::Decided,
            true if self.given == self.needed => Verdict::Reached,
            false if self.refused > self.asked.saturating_sub(self.needed) => Verdict::Missed,
            _ => Verdict::Open,
        }
    }
}

/// What each member has.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    /// By key, then by member: the number of the newest write there.
    cells: Vec<[u32; MAX_MEMBERS]>,
    /// By key: the newest write that somebody was told is done.
    done: Vec<u32>,
    last: u32,
}

impl Versions {
    /// A new write's number.
    pub fn number(&mut self) -> u32 {
        self.last = self.last.saturating_add(1);
        self.last
    }

    /// `member` has write `number` of `key`.
    pub fn put(&mut self, key: u32, member: usize, number: u32) {
        self.widen(key);
        let cell = &mut self.cells[key as usize][member.min(MAX_MEMBERS - 1)];
        *cell = number.max(*cell);
    }

    /// What `member` has of `key`; 0 if nobody ever wrote it.
    pub fn at(&self, key: u32, member: usize) -> u32 {
        self.cells.get(key as usize).map_or(0, |cells| cells[member.min(MAX_MEMBERS - 1)])
    }

    /// Write `number` of `key` is done, as far as its writer knows.
    pub fn acknowledge(&mut self, key: u32, number: u32) {
        self.widen(key);
        let done = &mut self.done[key as usize];
        *done = number.max(*done);
    }

    /// The newest write of `key` that is done.
    pub fn done(&self, key: u32) -> u32 {
        self.done.get(key as usize).copied().unwrap_or(0)
    }

    /// `member` gets the newest of every key that any of `members` has (it was dead, and is back).
    pub fn catch_up(&mut self, member: usize, members: usize) {
        for cells in &mut self.cells {
            let newest = cells[..members.min(MAX_MEMBERS)].iter().copied().max().unwrap_or(0);
            cells[member.min(MAX_MEMBERS - 1)] = newest;
        }
    }

    /// `member` has lost everything. How many keys thereby have nobody left who has their newest done write.
    pub fn forget(&mut self, member: usize) -> u64 {
        let member = member.min(MAX_MEMBERS - 1);
        let mut lost = 0;
        for (cells, done) in self.cells.iter_mut().zip(&mut self.done) {
            let had = cells[member] >= *done && *done > 0;
            cells[member] = 0;
            let left = cells.iter().copied().max().unwrap_or(0);
            if had && left < *done {
                lost += 1;
                *done = left;
            }
        }
        lost
    }

    fn widen(&mut self, key: u32) {
        let wanted = key as usize + 1;
        if self.cells.len() < wanted {
            self.cells.resize(wanted, [0; MAX_MEMBERS]);
            self.done.resize(wanted, 0);
        }
    }
}

/// `count` of `members` at random, without repetition, as bits.
pub fn some_of(stream: &mut Stream, members: usize, count: usize) -> u32 {
    let members = members.min(MAX_MEMBERS);
    let (mut chosen, mut left) = (0, count.min(members));
    for member in 0..members {
        // Each of those that remain is as likely as any to be among those still needed.
        let chance = left as f64 / (members - member) as f64;
        if left > 0 && stream.happens(chance) {
            chosen |= 1 << member;
            left -= 1;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of reads of R random members that miss a write which W random members have, of N.
    fn stale(n: usize, r: usize, w: usize) -> f64 {
        const READS: u32 = 40_000;
        let mut stream = Stream::new(3, "quorum", "test");
        let mut stale = 0;
        for _ in 0..READS {
            let mut versions = Versions::default();
            let number = versions.number();
            let written = some_of(&mut stream, n, w);
            (0..n).filter(|member| written >> member & 1 == 1).for_each(|m| versions.put(0, m, number));
            versions.acknowledge(0, number);
            let asked = some_of(&mut stream, n, r);
            let told = (0..n).filter(|member| asked >> member & 1 == 1).map(|m| versions.at(0, m)).max();
            stale += u32::from(told.unwrap_or(0) < versions.done(0));
        }
        f64::from(stale) / f64::from(READS)
    }

    #[test]
    fn a_partial_quorum_reads_stale_as_often_as_pbs_says() {
        for (n, r, w, expected) in [
            (3, 1, 1, 2.0 / 3.0),
            (3, 1, 2, 1.0 / 3.0),
            (3, 2, 1, 1.0 / 3.0),
            (3, 2, 2, 0.0),
            (5, 1, 1, 0.8),
            (5, 2, 2, 0.3),
            (5, 3, 3, 0.0),
        ] {
            let measured = stale(n, r, w);
            let error = 4.0 * (expected * (1.0 - expected) / 40_000.0_f64).sqrt();
            assert!((measured - expected).abs() <= error, "N{n} R{r} W{w}: {measured}, not {expected}");
        }
    }

    #[test]
    fn a_quorum_is_decided_once() {
        let mut votes = Votes::new(2, 3);
        assert_eq!(votes.vote(false), Verdict::Open);
        assert_eq!(votes.vote(true), Verdict::Open);
        assert_eq!(votes.vote(true), Verdict::Reached);
        let mut votes = Votes::new(2, 3);
        assert_eq!(
            [votes.vote(false), votes.vote(false), votes.vote(true)],
            [Verdict::Open, Verdict::Missed, Verdict::Decided]
        );
    }

    #[test]
    fn a_quorum_is_there_as_often_as_its_members_allow() {
        // quorum-avail-*: all sets of members that are up, by their probability.
        for (n, q, expected) in [(3, 2, 0.999_702), (5, 3, 0.999_990_149_4), (5, 5, 0.950_990_049_9)] {
            let mut reached = 0.0;
            for up in 0u32..1 << n {
                let mut votes = Votes::new(q, n);
                let ok = (0..n).any(|member| votes.vote(up >> member & 1 == 1) == Verdict::Reached);
                let probability = libm::pow(0.99, f64::from(up.count_ones()))
                    * libm::pow(0.01, f64::from(n as u32 - up.count_ones()));
                reached += if ok { probability } else { 0.0 };
            }
            assert!((reached - expected).abs() < 1e-9, "{q} of {n}: {reached}");
        }
    }

    #[test]
    fn the_right_number_is_chosen_and_all_are_alike() {
        let mut stream = Stream::new(1, "quorum", "choice");
        let mut counts = [0; 5];
        for _ in 0..20_000 {
            let chosen = some_of(&mut stream, 5, 2);
            assert_eq!(chosen.count_ones(), 2);
            (0..5).for_each(|member| counts[member] += chosen >> member & 1);
        }
        assert!(counts.iter().all(|count| (7_700..8_300).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_member_that_forgets_everything_loses_what_it_alone_had() {
        let mut versions = Versions::default();
        let (first, second) = (versions.number(), versions.number());
        versions.put(0, 0, first);
        versions.put(0, 1, first);
        versions.acknowledge(0, first);
        versions.put(1, 0, second);
        versions.acknowledge(1, second);
        assert_eq!(versions.forget(0), 1);
        versions.catch_up(0, 3);
        assert_eq!((versions.at(0, 0), versions.at(1, 0)), (first, 0));
    }
}
