//! Due times that are far off, in buckets that are sorted only when their turn comes.
//!
//! Time does not go back, so what is due later than some horizon need not be in order yet: it is enough to know how
//! far beyond the horizon it is, to a power of two. When all that is nearer has happened, the horizon moves to the
//! end of the next bucket, and what was in it comes near; if that is too much at once, it is divided first. Every
//! due time goes down through a few buckets, always along with its neighbours: a million of them are walked through
//! in rows, where a heap of a million jumps about in memory (Ahuja et al., Faster algorithms for the shortest path
//! problem, 1990: a radix heap, here without its last levels).

use super::Due;

/// Distances beyond the horizon are told apart by their highest bit.
const BUCKETS: usize = 128;

/// How many come near at once.
const HANDFUL: usize = 1024;

/// Due times later than a horizon.
#[derive(Debug, Clone)]
pub struct Far {
    horizon: u128,
    /// Bucket `n` holds what differs from the horizon in bit `n` and in none above. None until something is far.
    buckets: Vec<Vec<Due>>,
    /// A bit for each bucket: whether there is something in it.
    filled: u128,
}

impl Default for Far {
    fn default() -> Far {
        Far { horizon: u128::MAX, buckets: Vec::new(), filled: 0 }
    }
}

impl Far {
    /// Whether nothing is far.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// Whether `due` is later than the horizon, and so belongs here.
    #[inline(always)]
    pub fn is_far(&self, due: Due) -> bool {
        due.0 > self.horizon
    }

    /// Adds one that is far.
    #[inline]
    pub fn push(&mut self, due: Due) {
        let bucket = highest_bit(due.0 ^ self.horizon);
        self.filled |= 1 << bucket;
        self.buckets[bucket].push(due);
    }

    /// Moves the horizon back to `due`, which is not far. What was far stays so; what is later than `due` is to be
    /// added.
    #[cold]
    pub fn retreat(&mut self, due: Due) {
        self.buckets.resize_with(BUCKETS, Vec::new);
        if due.0 == self.horizon {
            return;
        }
        // Whatever agreed with the old horizon in this bit and above differs from the new one in this bit.
        let bucket = highest_bit(due.0 ^ self.horizon);
        let (lower, rest) = self.buckets.split_at_mut(bucket);
        for coming in lower {
            rest[0].append(coming);
        }
        self.filled = self.filled >> bucket << bucket | u128::from(!rest[0].is_empty()) << bucket;
        self.horizon = due.0;
    }

    /// Moves the horizon on so that some come near, and hands them over. Where nothing is far any more, there is no
    /// horizon, and everything is near.
    #[inline(never)]
    pub fn approach(&mut self, mut near: impl FnMut(Due)) {
        while !self.is_empty() {
            let bucket = self.filled.trailing_zeros() as usize;
            self.filled &= !(1 << bucket);
            let mut coming = std::mem::take(&mut self.buckets[bucket]);
            let handful = coming.len() <= HANDFUL;
            if handful {
                // All of the bucket is before its end, and everything else is later.
                self.horizon |= u128::MAX >> (BUCKETS - 1 - bucket);
                coming.drain(..).for_each(&mut near);
            } else {
                // The earliest shares its highest bits with the others: nearer to it they differ in lower ones.
                let first = coming.iter().copied().min().unwrap_or(Due::NEVER);
                self.horizon = first.0;
                for due in coming.drain(..) {
                    if due == first { near(due) } else { self.push(due) }
                }
            }
            self.buckets[bucket] = coming;
            if handful {
                break;
            }
        }
        if self.is_empty() {
            self.horizon = u128::MAX;
        }
    }
}

fn highest_bit(number: u128) -> usize {
    number.checked_ilog2().unwrap_or(0) as usize
}
