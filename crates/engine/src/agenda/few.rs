//! A few due times, in order: where a handful of events is to come, shifting them along a row is less work than
//! keeping a heap of them.

use archlab_model::SimTime;

use super::Due;

/// How many there may be. Beyond some dozens a heap is faster.
pub const MOST: usize = 48;

/// So many are shifted along the row with less work than it takes to keep one elsewhere.
const HARDLY_ANY: usize = 4;

/// The row is longer than [`MOST`], and a power of two, so that the earliest is found without a test.
const ROOM: usize = 64;

/// Due times, the earliest last.
#[derive(Debug, Clone)]
pub struct Few {
    /// The first is [`Due::NEVER`] and stays; none is earlier than those behind it.
    row: [Due; ROOM],
    /// How many there are; [`MOST`] while it is closed, and then the last of those is [`Due::NEVER`].
    count: usize,
}

impl Default for Few {
    fn default() -> Few {
        Few { row: [Due::NEVER; ROOM], count: 0 }
    }
}

impl Few {
    /// The earliest, [`Due::NEVER`] if there is none.
    #[inline(always)]
    pub fn first(&self) -> Due {
        self.row[self.count % ROOM]
    }

    /// Takes the earliest. There must be one.
    #[inline(always)]
    pub fn take_first(&mut self) {
        self.count -= 1;
    }

    /// Whether there is room for one more that is due then, and hardly any are due before.
    #[inline(always)]
    pub fn is_soon(&self, at: SimTime) -> bool {
        self.count < MOST && at < self.row[self.count.saturating_sub(HARDLY_ANY)].at()
    }

    /// There is no room until it is opened again. There must be none in it.
    pub fn close(&mut self) {
        self.count = MOST;
        self.row[MOST] = Due::NEVER;
    }

    /// There is room again.
    pub fn open(&mut self) {
        self.count = 0;
    }

    /// Adds one, which ranks behind all those there that are due at the same instant. `false` if there is no room.
    #[inline(always)]
    #[must_use]
    pub fn push(&mut self, due: Due) -> bool {
        self.insert(due, |other| other.at() <= due.at())
    }

    /// As [`Few::push`], for one that was ranked before others.
    #[inline(always)]
    #[must_use]
    pub fn put(&mut self, due: Due) -> bool {
        self.insert(due, |other| other < due)
    }

    #[inline(always)]
    fn insert(&mut self, due: Due, leaves_first: impl Fn(Due) -> bool) -> bool {
        if self.count >= MOST {
            return false;
        }
        let mut place = self.count;
        while place > 0 && leaves_first(self.row[place]) {
            self.row[place + 1] = self.row[place];
            place -= 1;
        }
        self.row[place + 1] = due;
        self.count += 1;
        true
    }
}
