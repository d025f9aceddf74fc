//! A cache beside a store: entries with an end, the one not asked for the longest goes first, and what becomes
//! of those who ask for something that is not there.

use archlab_model::{Refresh, SimTime, Span};
use slab::Slab;

use crate::random::Stream;

/// Most entries.
pub const MAX_ENTRIES: u32 = 1_000_000;
/// How long somebody who reads for others is given; then another may. Memcache's lease: 10 s (Nishtala et al.
/// 2013).
pub const LEASE: Span = Span::from_secs(10);

/// No entry, nobody.
const NONE: u32 = u32::MAX;

/// What a look-up finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// The value, and which write it is of. Perhaps it is to be read again, by nobody who waits.
    Hit {
        /// The number of the write.
        version: u64,
        /// Whether the one who asked has to see to it that it is read again in the background.
        revalidate: bool,
    },
    /// Nothing, or nothing any more. The one who asked reads the store.
    Miss,
    /// The same, but somebody reads the store already. The one who asked waits for that one.
    Wait,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    key: u32,
    expiry: SimTime,
    version: u64,
    /// How long it took to read it from the store.
    took: Span,
    newer: u32,
    older: u32,
}

/// Somebody reads the store for a key; others may wait for it.
#[derive(Debug, Clone, Copy)]
struct Lease {
    since: SimTime,
    first: u32,
    last: u32,
}

/// The entries of a cache and the leases of those who read for it.
///
/// Those who wait are chained by links that the owner of the waiting keeps: [`Entries::next_waiting`].
#[derive(Debug, Clone)]
pub struct Entries {
    size: usize,
    refresh: Refresh,
    entries: Slab<Entry>,
    /// By key: its entry, its lease.
    places: Vec<u32>,
    leases: Vec<u32>,
    open: Slab<Lease>,
    newest: u32,
    oldest: u32,
}

impl Entries {
    /// An empty cache of `size` entries.
    pub fn new(size: u32, refresh: Refresh) -> Entries {
        Entries {
            size: size.max(1) as usize,
            refresh,
            entries: Slab::new(),
            places: Vec::new(),
            leases: Vec::new(),
            open: Slab::new(),
            newest: NONE,
            oldest: NONE,
        }
    }

    /// Other numbers from now on.
    pub fn resize(&mut self, size: u32, refresh: Refresh) {
        self.size = size.max(1) as usize;
        self.refresh = refresh;
        while self.entries.len() > self.size {
            self.drop_oldest();
        }
    }

    /// How many entries there are.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Somebody asks for `key`. Draws a number only where the entry may be refreshed early.
    pub fn look(&mut self, now: SimTime, key: u32, stream: &mut Stream) -> Look {
        let place = self.places.get(key as usize).copied().unwrap_or(NONE);
        if place != NONE {
            let Entry { expiry, version, took, .. } = self.entries[place as usize];
            let early = match self.refresh {
                Refresh::Early { beta } => is_early(now, expiry, took, beta, stream),
                _ => false,
            };
            let grace = match self.refresh {
                Refresh::StaleWhileRevalidate { grace } => grace,
                _ => Span::ZERO,
            };
            if now < expiry && !early {
                self.touch(place);
                return Look::Hit { version, revalidate: false };
            }
            if now >= expiry && now < expiry + grace {
                self.touch(place);
                let revalidate = self.begin(now, key);
                return Look::Hit { version, revalidate };
            }
        }
        if !matches!(self.refresh, Refresh::Lock { .. }) {
            return Look::Miss;
        }
        if self.begin(now, key) { Look::Miss } else { Look::Wait }
    }

    /// How long those wait who are told to; for ever where nobody is.
    pub fn patience(&self) -> Span {
        match self.refresh {
            Refresh::Lock { wait } => wait,
            _ => Span::MAX,
        }
    }

    /// Puts `who` behind the last that waits for `key`, if anybody waited before: whose link has to lead to `who`.
    /// An error if nobody reads it any more.
    pub fn queue(&mut self, key: u32, who: u32) -> Result<Option<u32>, ()> {
        let lease =
            self.leases.get(key as usize).and_then(|lease| self.open.get_mut(*lease as usize)).ok_or(())?;
        let before = std::mem::replace(&mut lease.last, who);
        if before == NONE {
            lease.first = who;
            return Ok(None);
        }
        Ok(Some(before))
    }

    /// The reading of `key` is over, well or not. The first that waited for it, if any; the others follow by
    /// their links.
    pub fn end_lease(&mut self, key: u32) -> Option<u32> {
        let place = std::mem::replace(self.leases.get_mut(key as usize)?, NONE);
        let lease = self.open.try_remove(place as usize)?;
        Some(lease.first).filter(|first| *first != NONE)
    }

    /// Ends the reading of `key` if it has taken too long. Who waited for it, as above.
    pub fn lapse(&mut self, now: SimTime, key: u32) -> Option<u32> {
        let lease = self.open.get(*self.leases.get(key as usize)? as usize)?;
        if now < lease.since + LEASE { None } else { self.end_lease(key) }
    }

    /// `key` has been read from the store, as write `version` left it, within `took`.
    pub fn fill(&mut self, now: SimTime, key: u32, version: u64, took: Span, ttl: Span) {
        self.widen(key);
        let expiry = now + ttl;
        let place = self.places[key as usize];
        if place != NONE {
            let entry = &mut self.entries[place as usize];
            (entry.expiry, entry.version, entry.took) = (expiry, version, took);
            return self.touch(place);
        }
        if self.entries.len() >= self.size {
            self.drop_oldest();
        }
        let older = self.newest;
        let place = self.entries.insert(Entry { key, expiry, version, took, newer: NONE, older }) as u32;
        match older {
            NONE => self.oldest = place,
            older => self.entries[older as usize].newer = place,
        }
        self.newest = place;
        self.places[key as usize] = place;
    }

    /// `key` has been written: its entry is no longer good.
    pub fn forget(&mut self, key: u32) {
        let place = self.places.get(key as usize).copied().unwrap_or(NONE);
        if place != NONE {
            self.unlink(place);
            self.entries.remove(place as usize);
            self.places[key as usize] = NONE;
        }
    }

    /// The process has ended, with all that it held. Who waited is found one by one.
    pub fn clear(&mut self) -> Vec<u32> {
        self.entries.clear();
        self.places.fill(NONE);
        self.leases.fill(NONE);
        (self.newest, self.oldest) = (NONE, NONE);
        let first = self.open.drain().map(|lease| lease.first);
        first.filter(|first| *first != NONE).collect()
    }

    /// Lets somebody read `key` for others, unless another does so and has not taken too long over it.
    fn begin(&mut self, now: SimTime, key: u32) -> bool {
        self.widen(key);
        let place = &mut self.leases[key as usize];
        match self.open.get_mut(*place as usize) {
            Some(lease) if now < lease.since + LEASE => return false,
            Some(lease) => lease.since = now,
            None => *place = self.open.insert(Lease { since: now, first: NONE, last: NONE }) as u32,
        }
        true
    }

    fn widen(&mut self, key: u32) {
        let wanted = key as usize + 1;
        if self.places.len() < wanted {
            self.places.resize(wanted, NONE);
            self.leases.resize(wanted, NONE);
        }
    }

    fn touch(&mut self, place: u32) {
        if self.newest == place {
            return;
        }
        self.unlink(place);
        let older = std::mem::replace(&mut self.newest, place);
        let entry = &mut self.entries[place as usize];
        (entry.newer, entry.older) = (NONE, older);
        match older {
            NONE => self.oldest = place,
            older => self.entries[older as usize].newer = place,
        }
    }

    fn unlink(&mut self, place: u32) {
        let Entry { newer, older, .. } = self.entries[place as usize];
        match newer {
            NONE => self.newest = older,
            newer => self.entries[newer as usize].older = older,
        }
        match older {
            NONE => self.oldest = newer,
            older => self.entries[older as usize].newer = newer,
        }
    }

    fn drop_oldest(&mut self) {
        let oldest = self.oldest;
        if oldest != NONE {
            let key = self.entries[oldest as usize].key;
            self.forget(key);
        }
    }
}

/// XFetch (Vattani, Chierichetti, Lowenstein 2015): whether to read again now, before the time is over.
pub fn is_early(now: SimTime, expiry: SimTime, took: Span, beta: f64, stream: &mut Stream) -> bool {
    if now >= expiry {
        return true;
    }
    let gap = expiry.since(now).as_nanos() as f64;
    -(took.as_nanos() as f64) * beta * libm::log(stream.unit()) >= gap
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Sampler, Ziggurat};

    fn at(millis: u64) -> SimTime {
        SimTime::START + Span::from_millis(millis)
    }

    fn stream() -> Stream {
        Stream::new(1, "cache", "test")
    }

    const TTL: Span = Span::from_secs(60);
    const HIT: Look = Look::Hit { version: 0, revalidate: false };

    #[test]
    fn an_entry_is_good_until_its_time_is_over_and_hits_do_not_prolong_it() {
        let (mut cache, mut stream) = (Entries::new(10, Refresh::Everybody), stream());
        assert_eq!(cache.look(at(0), 3, &mut stream), Look::Miss);
        cache.fill(at(0), 3, 0, Span::ZERO, TTL);
        assert_eq!(cache.look(at(59_999), 3, &mut stream), HIT);
        assert_eq!(cache.look(at(60_000), 3, &mut stream), Look::Miss);
    }

    #[test]
    fn poisson_requests_hit_as_often_as_theory_says() {
        // cache-ttl-*: λT / (1 + λT).
        let ziggurat = Ziggurat::default();
        for (rate, expected) in [(0.1, 0.857_142_9), (1.0, 0.983_606_6)] {
            let (mut cache, mut stream) = (Entries::new(10, Refresh::Everybody), stream());
            let gap = Sampler::Exponential { mean: 1e9 / rate };
            let (mut now, mut hits) = (SimTime::START, 0);
            let requests = 200_000;
            for _ in 0..requests {
                now += stream.draw(&gap, &ziggurat);
                if cache.look(now, 0, &mut stream) == HIT {
                    hits += 1;
                } else {
                    cache.fill(now, 0, 0, Span::ZERO, TTL);
                }
            }
            let ratio = f64::from(hits) / f64::from(requests);
            assert!((ratio - expected).abs() < 0.004, "{rate}: {ratio}, not {expected}");
        }
    }

    #[test]
    fn the_one_not_asked_for_the_longest_goes() {
        let (mut cache, mut stream) = (Entries::new(2, Refresh::Everybody), stream());
        cache.fill(at(0), 0, 0, Span::ZERO, TTL);
        cache.fill(at(1), 1, 0, Span::ZERO, TTL);
        assert_eq!(cache.look(at(2), 0, &mut stream), HIT);
        cache.fill(at(3), 2, 0, Span::ZERO, TTL);
        assert_eq!(cache.look(at(4), 1, &mut stream), Look::Miss);
        assert_eq!(cache.look(at(4), 0, &mut stream), HIT);
        cache.forget(0);
        cache.fill(at(5), 3, 0, Span::ZERO, TTL);
        assert_eq!(cache.look(at(6), 2, &mut stream), HIT);
        assert_eq!(cache.len(), 2);
    }

    #[test]
    fn with_a_lock_one_reads_and_the_others_wait() {
        let refresh = Refresh::Lock { wait: Span::from_secs(5) };
        let (mut cache, mut stream) = (Entries::new(10, refresh), stream());
        let looks: Vec<Look> = (0..200).map(|_| cache.look(at(0), 3, &mut stream)).collect();
        assert_eq!(looks.iter().filter(|look| **look == Look::Miss).count(), 1);
        assert_eq!((cache.queue(3, 11), cache.queue(3, 12)), (Ok(None), Ok(Some(11))));
        assert_eq!((cache.end_lease(3), cache.end_lease(3)), (Some(11), None));
        assert_eq!(cache.queue(3, 13), Err(()));
        assert_eq!(cache.look(at(1), 3, &mut stream), Look::Miss);
        // Who took the lease and never came back does not keep others for ever.
        assert_eq!(cache.look(at(10_000), 3, &mut stream), Look::Wait);
        assert_eq!(cache.look(at(10_001), 3, &mut stream), Look::Miss);
    }

    #[test]
    fn while_revalidating_the_old_value_is_given_out_and_one_reads() {
        let refresh = Refresh::StaleWhileRevalidate { grace: Span::from_secs(10) };
        let (mut cache, mut stream) = (Entries::new(10, refresh), stream());
        cache.fill(at(0), 3, 7, Span::ZERO, TTL);
        let mut look = |millis| cache.look(at(millis), 3, &mut stream);
        assert_eq!(look(60_000), Look::Hit { version: 7, revalidate: true });
        assert_eq!(look(60_001), Look::Hit { version: 7, revalidate: false });
        assert_eq!(look(70_000), Look::Miss);
    }

    #[test]
    fn early_refreshing_is_as_likely_as_the_rule_says() {
        // xfetch-*: e^{-g / (β δ)}.
        let (mut stream, took) = (stream(), Span::from_millis(400));
        for (gap, expected) in [(100, 0.778_800_8), (400, 0.367_879_4), (10_000, 1.4e-11)] {
            let early = (0..100_000).filter(|_| is_early(at(0), at(gap), took, 1.0, &mut stream)).count();
            let share = early as f64 / 1e5;
            assert!((share - expected).abs() < 0.006, "{gap}: {share}, not {expected}");
        }
    }
}
