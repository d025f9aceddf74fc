//! A heap of due times with four children to a node, whose top can be taken lazily.
//!
//! The four children of a node lie in one cache line, so that a million events to come cost ten lines to look
//! at, not twenty. And since most events schedule another one, the place of the one that was taken is left open
//! until the next is scheduled, which then sinks from there: one pass instead of two.

use super::Due;

/// The children of a node; [`Due::NEVER`] where there is none.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
struct Row([Due; 4]);

impl Row {
    const EMPTY: Row = Row([Due::NEVER; 4]);

    /// The earliest of the four, and its place.
    #[inline(always)]
    fn first(&self) -> (Due, usize) {
        let [a, b, c, d] = self.0;
        let left = if b < a { (b, 1) } else { (a, 0) };
        let right = if d < c { (d, 3) } else { (c, 2) };
        if right.0 < left.0 { right } else { left }
    }
}

/// Due times, earliest at the top.
#[derive(Debug, Clone)]
pub struct Heap {
    top: Due,
    /// Row `n` holds the children of node `n`. The top is node 0; node `n` beyond lies in row `(n - 1) / 4`.
    rows: Vec<Row>,
    /// How many nodes there are, the top included.
    count: usize,
    /// Whether the top has been taken, and its place is open.
    open: bool,
}

impl Default for Heap {
    fn default() -> Heap {
        Heap { top: Due::NEVER, rows: Vec::new(), count: 0, open: false }
    }
}

impl Heap {
    /// The earliest, [`Due::NEVER`] if there is none.
    #[inline(always)]
    pub fn first(&mut self) -> Due {
        if self.open {
            self.close();
        }
        self.top
    }

    /// Whether there are so few that another order would be better.
    #[inline(always)]
    pub fn is_nearly_empty(&self) -> bool {
        self.count < super::few::MOST / 2
    }

    /// How many there are, the one that was taken lazily included.
    #[inline(always)]
    pub fn count(&self) -> usize {
        self.count
    }

    /// All of them, in no order.
    pub fn take_all(&mut self) -> impl Iterator<Item = Due> + use<> {
        let top = self.first();
        let rows = std::mem::take(self).rows;
        std::iter::once(top).chain(rows.into_iter().flat_map(|row| row.0)).filter(|due| *due != Due::NEVER)
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
        self.count -= 1;
        if self.count == 0 {
            self.top = Due::NEVER;
            return;
        }
        let (row, place) = ((self.count - 1) / 4, (self.count - 1) % 4);
        let last = std::mem::replace(&mut self.rows[row].0[place], Due::NEVER);
        // The place it had may have been the only one: then it is the top itself now.
        self.sink(last);
    }

    /// Puts `due` where the top was, and further down until all below it are later.
    #[inline]
    fn sink(&mut self, due: Due) {
        let mut node = 0;
        let mut place: Option<(usize, usize)> = None;
        while let Some(row) = self.rows.get(node) {
            let (first, child) = row.first();
            if due <= first {
                break;
            }
            match place {
                None => self.top = first,
                Some((row, place)) => self.rows[row].0[place] = first,
            }
            place = Some((node, child));
            node = 4 * node + child + 1;
        }
        match place {
            None => self.top = due,
            Some((row, place)) => self.rows[row].0[place] = due,
        }
    }

    #[inline]
    fn rise(&mut self, due: Due) {
        let mut node = self.count;
        self.count += 1;
        if node == 0 {
            self.top = due;
            return;
        }
        if (node - 1) / 4 == self.rows.len() {
            self.rows.push(Row::EMPTY);
        }
        loop {
            let (row, place) = ((node - 1) / 4, (node - 1) % 4);
            let parent = match row {
                0 => self.top,
                _ => self.rows[(row - 1) / 4].0[(row - 1) % 4],
            };
            if parent <= due {
                self.rows[row].0[place] = due;
                return;
            }
            self.rows[row].0[place] = parent;
            if row == 0 {
                self.top = due;
                return;
            }
            node = row;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_in_order() {
        let mut heap = Heap::default();
        let mut state = 1u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 40
        };
        let mut model = std::collections::BTreeSet::new();
        for number in 0..20_000u64 {
            let grows = number < 10_000;
            if draw() % 3 < if grows { 2 } else { 1 } {
                let key = [draw(), number];
                heap.push(Due::from_halves(key));
                model.insert(key);
            } else {
                let first = heap.first();
                assert_eq!(model.pop_first().map_or(Due::NEVER, Due::from_halves), first);
                if first != Due::NEVER {
                    heap.take_first();
                }
            }
        }
        while let Some(key) = model.pop_first() {
            assert_eq!(heap.first(), Due::from_halves(key));
            heap.take_first();
        }
        assert_eq!(heap.first(), Due::NEVER);
    }
}
