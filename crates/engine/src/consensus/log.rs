//! The log of a member: the values it knows of, in order, each with the term it was proposed in.

use std::collections::VecDeque;

/// The value that a new leader proposes, to commit what earlier terms left.
pub const NOTHING: u64 = u64::MAX;

/// A place in a log: how many values come up to it, and the term of the last of them.
///
/// Of two logs the one that ends at the greater position is the more up to date: the later term counts
/// first, then the length.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The term of the value there.
    pub term: u32,
    /// Its number; the first has 1.
    pub index: u64,
}

/// A value in a log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entry {
    /// The term it was proposed in.
    pub term: u32,
    /// What was proposed; [`NOTHING`] for what a new leader begins with.
    pub value: u64,
}

/// A log. It begins after `base`; what lies before is committed, and forgotten.
#[derive(Debug, Clone, Default)]
pub struct Log {
    base: Position,
    entries: VecDeque<Entry>,
}

impl Log {
    /// Where it begins.
    pub fn base(&self) -> Position {
        self.base
    }

    /// Where it ends.
    pub fn last(&self) -> Position {
        let index = self.base.index + self.entries.len() as u64;
        self.entries.back().map_or(self.base, |entry| Position { term: entry.term, index })
    }

    /// The value numbered `index`, if it is still, or already, there.
    pub fn get(&self, index: u64) -> Option<Entry> {
        let place = index.checked_sub(self.base.index + 1)?;
        self.entries.get(usize::try_from(place).ok()?).copied()
    }

    /// The term of the value numbered `index`.
    pub fn term_at(&self, index: u64) -> Option<u32> {
        if index == self.base.index { Some(self.base.term) } else { self.get(index).map(|entry| entry.term) }
    }

    /// Adds a value.
    pub fn push(&mut self, entry: Entry) {
        self.entries.push_back(entry);
    }

    /// Forgets the value numbered `index` and all after it.
    pub fn cut_from(&mut self, index: u64) {
        let left = index.saturating_sub(self.base.index + 1);
        self.entries.truncate(usize::try_from(left).unwrap_or(usize::MAX));
    }

    /// Forgets what comes up to `index`, which must be in the log.
    pub fn forget_to(&mut self, index: u64) {
        let Some(term) = self.term_at(index) else { return };
        self.entries.drain(..(index - self.base.index) as usize);
        self.base = Position { term, index };
    }

    /// Begins again after `base`, with nothing.
    pub fn begin_after(&mut self, base: Position) {
        self.entries.clear();
        self.base = base;
    }

    /// The number before the first of the values up to `index` that have the same term as the one there.
    pub fn before_term_of(&self, index: u64) -> u64 {
        let term = self.term_at(index);
        let mut first = index;
        while first > self.base.index && self.term_at(first) == term {
            first -= 1;
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(terms: &[u32]) -> Log {
        let mut log = Log::default();
        for (term, value) in terms.iter().zip(0..) {
            log.push(Entry { term: *term, value });
        }
        log
    }

    #[test]
    fn the_later_term_is_more_up_to_date_than_the_longer_log() {
        assert!(log(&[1, 2]).last() > log(&[1, 1, 1]).last());
        assert!(log(&[1, 1, 1]).last() > log(&[1, 1]).last());
    }

    #[test]
    fn what_is_forgotten_leaves_numbers_and_terms_as_they_were() {
        let mut log = log(&[1, 1, 2, 3, 3]);
        let (last, third) = (log.last(), log.get(4));
        log.forget_to(3);
        assert_eq!((log.last(), log.get(4)), (last, third));
        assert_eq!(log.base(), Position { term: 2, index: 3 });
        assert_eq!((log.get(3), log.term_at(3), log.term_at(2)), (None, Some(2), None));
        log.cut_from(5);
        assert_eq!(log.last(), Position { term: 3, index: 4 });
        assert_eq!(log.before_term_of(4), 3);
    }
}
