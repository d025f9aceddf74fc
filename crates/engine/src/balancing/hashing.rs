//! Hashing: the same instance for the same user, by remainder or by a ring.

/// Times a hash is taken again when it falls on an instance that is not to be had (nginx: 20).
pub const MAX_REHASHES: u32 = 20;
/// Most points of a ring, for each place on average; but a small ring may have more. Beyond it all have fewer.
const MAX_POINTS: usize = 256;
const SMALL_RING: usize = 1 << 12;
const MAX_RING: usize = 1 << 20;

/// A well-mixed number from any (the finaliser of SplitMix64).
pub fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// What a user hashes to: the `user`-th of a population.
pub fn key(client: u32, user: u32) -> u64 {
    mix(u64::from(client) << 32 | u64::from(user))
}

/// What a name hashes to (FNV-1a, mixed).
pub fn name(text: &str) -> u64 {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    mix(text.bytes().fold(0xcbf2_9ce4_8422_2325, fold))
}

/// By remainder, as nginx's `ip_hash`: the remainder by the sum of all weights, healthy or not. So an instance that is
/// down moves its own users only, and one that is added or taken away moves most.
#[derive(Debug, Clone, Default)]
pub struct Remainder {
    /// The sum of the weights up to and including each place.
    sums: Vec<u64>,
}

impl Remainder {
    /// For places of these weights.
    pub fn new(weights: impl Iterator<Item = u32>) -> Remainder {
        let mut sum = 0;
        Remainder {
            sums: weights
                .map(|weight| {
                    sum += u64::from(weight);
                    sum
                })
                .collect(),
        }
    }

    /// The place of a key, among those that will do. `None` if [`MAX_REHASHES`] found none.
    pub fn place(&self, key: u64, will_do: impl Fn(usize) -> bool) -> Option<usize> {
        let total = *self.sums.last()?;
        if total == 0 {
            return None;
        }
        let mut hash = key;
        for _ in 0..=MAX_REHASHES {
            let place = self.sums.partition_point(|sum| *sum <= hash % total);
            if will_do(place) {
                return Some(place);
            }
            hash = mix(hash);
        }
        None
    }
}

/// By the next point on a ring (ketama, as nginx's `hash ... consistent`): whoever comes or goes moves its own users
/// only.
#[derive(Debug, Clone, Default)]
pub struct Ring {
    /// Where each point lies and whose it is, in order.
    points: Vec<(u64, u32)>,
}

impl Ring {
    /// For places of these names and weights, with `points` for each unit of weight.
    pub fn new(places: impl Iterator<Item = (u64, u32)> + Clone, points: u32) -> Ring {
        let common = places.clone().fold(0, |divisor, (_, weight)| common_divisor(divisor, weight)).max(1);
        let wanted = |weight: u32| u64::from(weight / common) * u64::from(points);
        let total: u64 = places.clone().map(|(_, weight)| wanted(weight)).sum();
        let most = (MAX_POINTS * places.clone().count()).clamp(SMALL_RING, MAX_RING) as u64;
        let total = total.max(1);
        let mut ring = Vec::with_capacity(total.min(most) as usize);
        for (place, (name, weight)) in (0..).zip(places) {
            let count = match wanted(weight) {
                0 => 0,
                wanted if total <= most => wanted,
                wanted => (u128::from(wanted) * u128::from(most) / u128::from(total)).max(1) as u64,
            };
            ring.extend((0..count).map(|number| (mix(name ^ mix(number)), place)));
        }
        ring.sort_unstable();
        Ring { points: ring }
    }

    /// The place of a key: that of the next point, among those that will do.
    pub fn place(&self, key: u64, will_do: impl Fn(usize) -> bool) -> Option<usize> {
        let start = self.points.partition_point(|(at, _)| *at < key);
        let (before, after) = self.points.split_at(start);
        // A place that will not do is asked about again at each of its points; there are few before another's.
        after.iter().chain(before).map(|(_, place)| *place as usize).find(|place| will_do(*place))
    }
}

/// The most that each may have under way when loads are bounded, as HAProxy's `hash-balance-factor`: its part, by
/// weight, of `percent` of all there is, the one to come included, rounded up.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    slots: u128,
    weights: u128,
}

impl Allowance {
    /// When `outstanding` are under way in all, at places that weigh `weights` together.
    pub fn new(outstanding: u64, percent: u32, weights: u64) -> Allowance {
        let slots = ((u128::from(outstanding) + 1) * u128::from(percent)).div_ceil(100);
        Allowance { slots, weights: u128::from(weights.max(1)) }
    }

    /// Whether one that weighs `weight` and has so many under way may have one more.
    pub fn has_room(&self, weight: u32, outstanding: u32) -> bool {
        u128::from(outstanding) < (self.slots * u128::from(weight)).div_ceil(self.weights)
    }
}

fn common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: u32 = 200_000;

    fn keys() -> impl Iterator<Item = u64> {
        (0..KEYS).map(|user| key(0, user))
    }

    fn names(nodes: usize) -> impl Iterator<Item = (u64, u32)> + Clone {
        (0..nodes).map(|node| (name(&format!("shop/app/{node}")), 1))
    }

    /// The part of all keys that another place has.
    fn moved(before: impl Fn(u64) -> usize, after: impl Fn(u64) -> usize) -> f64 {
        keys().filter(|key| before(*key) != after(*key)).count() as f64 / f64::from(KEYS)
    }

    #[test]
    fn one_less_moves_nearly_all_users_by_remainder() {
        for (nodes, expected) in [(3, 0.666_666_7), (4, 0.75), (100, 0.99)] {
            let ones = |count: usize| Remainder::new(std::iter::repeat_n(1, count));
            let (before, after) = (ones(nodes), ones(nodes - 1));
            let place = |table: &Remainder, key| table.place(key, |_| true).expect("a place");
            let share = moved(|key| place(&before, key), |key| place(&after, key));
            // Four standard errors.
            let error = 4.0 * (expected * (1.0 - expected) / f64::from(KEYS)).sqrt();
            assert!((share - expected).abs() < error, "{nodes}: {share}");
        }
    }

    #[test]
    fn one_that_is_down_moves_its_own_users_by_remainder() {
        let table = Remainder::new(std::iter::repeat_n(1, 4));
        let place = |key| table.place(key, |_| true).expect("a place");
        let without = |key| table.place(key, |place| place != 2).expect("another");
        assert!(keys().all(|key| place(key) == 2 || place(key) == without(key)));
        assert!((moved(place, without) - 0.25).abs() < 0.005);
    }

    #[test]
    fn one_less_moves_its_own_users_on_a_ring() {
        for nodes in [3, 4, 100] {
            let ring = Ring::new(names(nodes), 160);
            let place = |key| ring.place(key, |_| true).expect("a place");
            // The mean over all who may die is 1/n exactly, as each user is somebody's.
            let shares: Vec<f64> = (0..nodes.min(8))
                .map(|dead| {
                    let without = |key| ring.place(key, |place| place != dead).expect("another");
                    assert!(keys().all(|key| place(key) == dead || place(key) == without(key)));
                    moved(place, without)
                })
                .collect();
            let mean = shares.iter().sum::<f64>() / shares.len() as f64;
            assert!((mean * nodes as f64 - 1.0).abs() < 0.15, "{nodes}: {mean}");
        }
    }

    #[test]
    fn one_more_takes_its_share_on_a_ring() {
        for (nodes, expected) in [(3, 0.25), (4, 0.2), (100, 0.009_900_99)] {
            let (before, after) = (Ring::new(names(nodes), 160), Ring::new(names(nodes + 1), 160));
            let place = |ring: &Ring, key| ring.place(key, |_| true).expect("a place");
            let (was, is) = (|key| place(&before, key), |key| place(&after, key));
            assert!(keys().all(|key| was(key) == is(key) || is(key) == nodes));
            // Its share is spread about the mean by its own 160 points: 8 % of it, three times over.
            assert!((moved(was, is) / expected - 1.0).abs() < 0.24, "{nodes}: {}", moved(was, is));
        }
    }

    #[test]
    fn shares_of_a_ring_vary_as_160_random_points_do() {
        for (nodes, expected) in [(3_usize, 0.064_482_59), (4, 0.068_411_89), (10, 0.074_976_57)] {
            let rings = 4_000 / nodes;
            let mut squares = 0.0;
            for ring in 0..rings {
                let named = (0..nodes).map(|node| (name(&format!("{ring}/{node}")), 1));
                let points = Ring::new(named, 160).points;
                let mut shares = vec![0.0; nodes];
                for (place, &(at, owner)) in points.iter().enumerate() {
                    let before = points[place.checked_sub(1).unwrap_or(points.len() - 1)].0;
                    shares[owner as usize] += at.wrapping_sub(before) as f64 / (u64::MAX as f64);
                }
                squares += shares
                    .iter()
                    .map(|share| {
                        let off = share * nodes as f64 - 1.0;
                        off * off
                    })
                    .sum::<f64>();
            }
            let spread = (squares / (rings * nodes) as f64).sqrt();
            // 4,000 shares tell a standard deviation to about 1.1 %.
            assert!((spread / expected - 1.0).abs() < 0.05, "{nodes}: {spread}");
        }
    }

    #[test]
    fn weights_are_points() {
        let ring = Ring::new([(name("a"), 4), (name("b"), 2)].into_iter(), 160);
        assert_eq!(ring.points.len(), 480);
        let first = keys().filter(|key| ring.place(*key, |_| true) == Some(0)).count();
        assert!((first as f64 / f64::from(KEYS) - 2.0 / 3.0).abs() < 0.07);
        let huge = Ring::new((0..5_000).map(|node| (mix(node), 1 + node as u32)), 160);
        assert!(huge.points.len() <= MAX_RING + 5_000);
        assert_eq!(Ring::new(std::iter::empty(), 160).place(1, |_| true), None);
    }

    #[test]
    fn a_bounded_load_is_never_beyond_its_bound() {
        // Nine under way and one to come: 15 slots, for three of equal weight 5 each.
        let allowance = Allowance::new(9, 150, 3);
        assert!(allowance.has_room(1, 4));
        assert!(!allowance.has_room(1, 5));
        assert!(Allowance::new(0, 100, 3).has_room(1, 0));
    }
}
