//! A rolling window: counts of the last so long, forgotten bucket by bucket.

use archlab_model::{SimTime, Span};

/// Into how many buckets a window is cut (Hystrix: 10 of one second; Finagle: 10).
pub const BUCKETS: usize = 10;

/// `KINDS` counts over a window of time.
#[derive(Debug, Clone)]
pub struct Rolling<const KINDS: usize> {
    /// The length of a bucket, in nanoseconds.
    length: u64,
    /// The number of the present bucket since the start of time.
    present: u64,
    buckets: [[i64; KINDS]; BUCKETS],
    sums: [i64; KINDS],
}

impl<const KINDS: usize> Rolling<KINDS> {
    /// An empty window of length `window`.
    pub fn new(window: Span) -> Rolling<KINDS> {
        Rolling {
            length: (window.as_nanos() / BUCKETS as u64).max(1),
            present: 0,
            buckets: [[0; KINDS]; BUCKETS],
            sums: [0; KINDS],
        }
    }

    /// Whether it is a window of this length.
    pub fn is_of(&self, window: Span) -> bool {
        self.length == (window.as_nanos() / BUCKETS as u64).max(1)
    }

    /// Adds to a count, now.
    #[inline]
    pub fn add(&mut self, now: SimTime, kind: usize, amount: i64) {
        self.forget(now);
        self.buckets[(self.present % BUCKETS as u64) as usize][kind] += amount;
        self.sums[kind] += amount;
    }

    /// The counts as of now.
    #[inline]
    pub fn sums(&mut self, now: SimTime) -> [i64; KINDS] {
        self.forget(now);
        self.sums
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.buckets = [[0; KINDS]; BUCKETS];
        self.sums = [0; KINDS];
    }

    #[inline]
    fn forget(&mut self, now: SimTime) {
        let bucket = now.as_nanos() / self.length;
        if bucket == self.present {
            return;
        }
        if bucket.saturating_sub(self.present) >= BUCKETS as u64 {
            self.clear();
        } else {
            for old in self.present + 1..=bucket {
                let counts = &mut self.buckets[(old % BUCKETS as u64) as usize];
                for (sum, count) in self.sums.iter_mut().zip(counts.iter_mut()) {
                    *sum -= std::mem::take(count);
                }
            }
        }
        self.present = bucket;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> SimTime {
        SimTime::START + Span::from_millis(millis)
    }

    #[test]
    fn what_is_older_than_the_window_is_forgotten() {
        let mut window = Rolling::<2>::new(Span::from_secs(10));
        window.add(at(500), 0, 3);
        window.add(at(1_500), 1, 2);
        assert_eq!(window.sums(at(9_999)), [3, 2]);
        assert_eq!(window.sums(at(10_000)), [0, 2]);
        assert_eq!(window.sums(at(11_000)), [0, 0]);
        window.add(at(11_000), 0, 1);
        assert_eq!(window.sums(at(60_000)), [0, 0]);
        window.add(at(60_000), 1, 1);
        assert_eq!(window.sums(at(60_001)), [0, 1]);
    }
}
