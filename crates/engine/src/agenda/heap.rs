//! A binary heap of due times whose top can be taken lazily.
//!
//! Most events schedule another one. So the place of the one that was taken is left open until the next is
//! scheduled, which then sinks from there: one pass instead of two.

use super::Due;

/// Due times, earliest at the top.
#[derive(Debug, Clone, Default)]
pub struct Heap {
    entries: Vec<Due>,
    /// Whether the top has been taken, and its place is open.
    open: bool,
}

impl Heap {
    /// The earliest, [`Due::NEVER`] if there is none.
    #[inline(always)]
    pub fn first(&mut self) -> Due {
        if self.open {
            self.close();
        }
        self.entries.first().copied().unwrap_or(Due::NEVER)
    }

    /// Takes the earliest, which [`Heap::first`] has just told.
    #[inline(always)]
    pub fn take_first(&mut self) {
        self.open = true;
    }

    /// Adds one.
    #[inline(always)]
    pub fn push(&mut self, due: Due) {
        if self.open {
            self.open = false;
            self.sink(due);
        } else {
            self.rise(due);
        }
    }

    fn close(&mut self) {
        self.open = false;
        if let Some(last) = self.entries.pop()
            && !self.entries.is_empty()
        {
            self.sink(last);
        }
    }

    /// Puts `due` where the top was, and further down until all below it are later.
    #[inline]
    fn sink(&mut self, due: Due) {
        let entries = self.entries.as_mut_slice();
        let mut place = 0;
        loop {
            let mut child = 2 * place + 1;
            if child >= entries.len() {
                break;
            }
            if child + 1 < entries.len() {
                child += usize::from(entries[child + 1] < entries[child]);
            }
            if due <= entries[child] {
                break;
            }
            entries[place] = entries[child];
            place = child;
        }
        if let Some(entry) = entries.get_mut(place) {
            *entry = due;
        }
    }

    #[inline]
    fn rise(&mut self, due: Due) {
        let mut place = self.entries.len();
        self.entries.push(due);
        let entries = self.entries.as_mut_slice();
        while place > 0 {
            let parent = (place - 1) / 2;
            if entries[parent] <= due {
                break;
            }
            entries[place] = entries[parent];
            place = parent;
        }
        entries[place] = due;
    }
}
