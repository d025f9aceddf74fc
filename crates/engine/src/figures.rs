//! Figures: what policies compute by themselves, without a run. For tables, tool tips and tests.
//!
//! Each is the very code that a run calls, with a random stream of its own.

use archlab_model::policy::Backoff;
use archlab_model::{SimTime, Span};

use crate::balancing::hashing::{self, Remainder, Ring};
use crate::balancing::spill;
use crate::consensus::{Member, Message, Outbox, Rules};
use crate::random::Stream;
use crate::resilience::backoff;
use crate::store::cache;
use crate::store::quorum;

/// The pause before the `retry`-th retry (the first is 1), drawn `draws` times.
pub fn pauses(policy: &Backoff, retry: u32, draws: u32, seed: u64) -> Vec<Span> {
    let mut stream = Stream::new(seed, "figures", "pauses");
    let mut draw = || {
        let mut last = None;
        for number in 1..=retry {
            last = Some(backoff::pause(policy, number, last, &mut stream));
        }
        last.unwrap_or(Span::ZERO)
    };
    (0..draws).map(|_| draw()).collect()
}

/// How long after the last heartbeat of a leader that has crashed each of its followers wants to lead, the earliest
/// first.
pub fn election_timeouts(members: u8, rules: Rules, seed: u64) -> Vec<Span> {
    let start = SimTime::START + Span::from_secs(1);
    let mut outbox = Outbox::default();
    let mut timeouts: Vec<Span> = (1..members)
        .map(|me| {
            let mut stream = Stream::new(seed, "election", &me.to_string());
            let mut member = Member::new(me, members, rules, SimTime::START, &mut stream);
            let (before, batch) = Default::default();
            let heartbeat = Message::Append { term: 1, before, batch, commit: 0, sent: start };
            member.on_message(start, 0, &heartbeat, &mut stream, &mut outbox);
            outbox.clear();
            member.deadline().since(start)
        })
        .collect();
    timeouts.sort_unstable();
    timeouts
}

/// Which of `nodes` instances gets each of `keys` users by a consistent hash with so many `points` for each instance,
/// whose names begin with `names`.
pub fn places_on_a_ring_of(names: &str, nodes: usize, points: u32, keys: u32) -> Vec<usize> {
    let ring = Ring::new((1..=nodes).map(|node| (hashing::name(&format!("{names}-{node}")), 1)), points);
    (0..keys).map(|user| ring.place(hashing::key(0, user), |_| true).unwrap_or(0)).collect()
}

/// Which of `nodes` instances gets each of `keys` users by the remainder of a hash.
pub fn places_by_remainder(nodes: usize, keys: u32) -> Vec<usize> {
    let remainder = Remainder::new((0..nodes).map(|_| 1));
    (0..keys).map(|user| remainder.place(hashing::key(0, user), |_| true).unwrap_or(0)).collect()
}

/// Percent of the traffic that the first of two levels of priority gets, if `healthy` of its `all` instances are, and
/// all of the second level's.
pub fn percent_to_first_priority(healthy: u32, all: u32, overprovisioning: u32) -> u32 {
    let mut levels = [(0, 0); spill::PRIORITIES];
    levels[0] = (healthy, all);
    levels[1] = (all, all);
    spill::shares(&levels, overprovisioning)[0]
}

/// Whether a reader refreshes a cached value early (XFetch), `left` before it expires, if fetching it `took` so long:
/// `draws` readers.
pub fn early_refreshes(left: Span, took: Span, beta: f64, draws: u32, seed: u64) -> u32 {
    let mut stream = Stream::new(seed, "figures", "refreshes");
    let now = SimTime::START;
    (0..draws).map(|_| u32::from(cache::is_early(now, now + left, took, beta, &mut stream))).sum()
}

/// How often a read that asks `read` of `members` meets none of the `written` ones that a write reached, of `draws`.
pub fn missed_writes(members: usize, read: usize, written: usize, draws: u32, seed: u64) -> u32 {
    let mut stream = Stream::new(seed, "figures", "members");
    let mut some = |count| quorum::some_of(&mut stream, members, count);
    (0..draws).map(|_| u32::from(some(read) & some(written) == 0)).sum()
}
