//! Priorities, as Envoy has them: the machines of a priority get as much of the traffic as they are healthy enough
//! for, and the rest spills to the next.

/// Most priorities.
pub const PRIORITIES: usize = 10;

/// What part of the traffic, in percent, goes to each priority of which so many of so many are healthy. A priority is
/// worth `overprovisioning` percent of its healthy part, at most all.
pub fn shares(levels: &[(u32, u32); PRIORITIES], overprovisioning: u32) -> [u32; PRIORITIES] {
    let worth = levels.map(|(healthy, all)| {
        if all == 0 {
            return 0;
        }
        let percent = 100 * u64::from(healthy) / u64::from(all);
        (u64::from(overprovisioning) * percent / 100).min(100) as u32
    });
    let total = worth.iter().sum::<u32>().min(100);
    let mut shares = [0; PRIORITIES];
    if total == 0 {
        return shares;
    }
    let mut left = 100;
    for (share, worth) in shares.iter_mut().zip(worth) {
        *share = left.min(worth * 100 / total);
        left -= *share;
    }
    // What rounding left belongs to the first that is worth anything.
    if let Some(first) = shares.iter_mut().find(|share| **share > 0) {
        *first += left;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_first_cannot_take_spills_as_in_envoy() {
        for (healthy, expected) in [(100, 100), (72, 100), (71, 99), (50, 70), (25, 35), (0, 0)] {
            let mut levels = [(0, 0); PRIORITIES];
            (levels[0], levels[1]) = ((healthy, 100), (100, 100));
            let shares = shares(&levels, 140);
            assert_eq!((shares[0], shares[1]), (expected, 100 - expected), "{healthy} % healthy");
        }
    }

    #[test]
    fn when_all_are_ill_the_traffic_is_shared_by_what_is_left() {
        let mut levels = [(0, 0); PRIORITIES];
        (levels[0], levels[1]) = ((1, 10), (1, 5));
        // Worth 14 and 28 of 42 percent.
        assert_eq!(shares(&levels, 140)[..2], [34, 66]);
        assert_eq!(shares(&[(0, 3); PRIORITIES], 140), [0; PRIORITIES]);
    }
}
