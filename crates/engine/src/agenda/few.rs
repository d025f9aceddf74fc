//! A few due times, in order: where a handful of events is to come, shifting them along a row is less work than
//! keeping a heap of them.

use std::cell::Cell;

use archlab_model::SimTime;

use super::Due;

/// How many there may be. Beyond some dozens a heap is faster.
pub const MOST: usize = 48;

/// So many are shifted along the row with less work than it takes to keep one elsewhere.
const HARDLY_ANY: usize = 4;

/// The row is longer than [`MOST`], so that places in it need no test.
const ROOM: usize = 64;

/// Due times, the earliest last.
#[derive(Debug, Clone)]
pub struct Few {
    /// The first is [`Due::NEVER`] and stays; none is earlier than those behind it.
    row: [Due; ROOM],
    count: usize,
    /// How many there may be: [`MOST`], or none while it is closed.
    most: usize,
}

impl Default for Few {
    fn default() -> Few {
        Few { row: [Due::NEVER; ROOM], count: 0, most: MOST }
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

    /// Whether there is room for one more.
    #[inline(always)]
    pub fn has_room(&self) -> bool {
        self.count < self.most
    }

    /// Whether there is room for one more that is due then, and hardly any are due before.
    #[inline(always)]
    pub fn is_soon(&self, at: SimTime) -> bool {
        self.has_room() && at < self.row[self.count.saturating_sub(HARDLY_ANY) % ROOM].at()
    }

    /// There is no room until it is opened again.
    pub fn close(&mut self) {
        self.most = 0;
    }

    /// There is room again.
    pub fn open(&mut self) {
        self.most = MOST;
    }

    /// Adds one, which is behind those due at the same instant. There must be room.
    #[inline(always)]
    pub fn push(&mut self, due: Due) {
        let mut place = self.count + 1;
        let row = Cell::from_mut(&mut self.row[1..]).as_slice_of_cells();
        let Some(row) = row.get(..place) else { return };
        for pair in row.windows(2).rev() {
            if pair[0].get().at() > due.at() {
                break;
            }
            pair[1].set(pair[0].get());
            place -= 1;
        }
        self.row[place % ROOM] = due;
        self.count += 1;
    }
}
