//! Storms: consensus under everything that a network and machines can do to it, over many seeds.
//!
//! Messages are lost, late, out of order and repeated; links work one way only; members crash and come back
//! with what they had on disk; clocks run fast or slow. After every single event it is checked that no
//! term has two leaders, that logs match, and that nothing committed is lost; and when the storm is over,
//! that a leader is found, new values are committed and everybody agrees.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use archlab_model::{SimTime, Span};

use crate::consensus::{Change, Member, Message, NOTHING, Outbox, Rules};
use crate::random::Stream;

/// How hard it blows.
#[derive(Debug, Clone, Copy)]
struct Weather {
    /// The chance that a message is lost, and that it comes twice.
    lost: f64,
    twice: f64,
    /// The longest a message takes, in milliseconds.
    slow: f64,
    /// How unlike clocks run: each by a factor between 1 / `skew` and `skew`.
    skew: f64,
    /// From one crash, or cut or mended link, to the next, on average, in milliseconds.
    calm: f64,
}

const WEATHERS: [Weather; 4] = [
    Weather { lost: 0.0, twice: 0.0, slow: 5.0, skew: 1.0, calm: 1_000.0 },
    Weather { lost: 0.1, twice: 0.1, slow: 40.0, skew: 1.3, calm: 300.0 },
    Weather { lost: 0.3, twice: 0.2, slow: 150.0, skew: 2.0, calm: 200.0 },
    Weather { lost: 0.05, twice: 0.5, slow: 300.0, skew: 3.0, calm: 80.0 },
];

struct Storm {
    now: SimTime,
    members: Vec<Member>,
    alive: Vec<bool>,
    /// By sender and receiver.
    cut: Vec<Vec<bool>>,
    /// Messages under way: when, in which order, from, to.
    under_way: BinaryHeap<Reverse<(SimTime, u64, u8, u8)>>,
    messages: BTreeMap<u64, Message>,
    sent: u64,
    streams: Vec<Stream>,
    chance: Stream,
    outbox: Outbox,
    weather: Weather,

    leaders: BTreeMap<u32, u8>,
    /// Every value ever put in a log: by term and number, the value and the term of the one before it.
    written: BTreeMap<(u32, u64), (u64, u32)>,
    /// Everything committed: by number, its term and value.
    committed: BTreeMap<u64, (u32, u64)>,
    proposed: u64,
    terms: Vec<u32>,
    elections: usize,
    lease_reads: u64,
    leases_checked: bool,
}

impl Storm {
    fn new(seed: u64, count: u8, rules: Rules, weather: Weather) -> Storm {
        let mut chance = Stream::new(seed, "storm", "");
        let mut streams: Vec<_> =
            (0..count).map(|member| Stream::new(seed, "election", &member.to_string())).collect();
        let now = SimTime::START;
        let members = (0..count).zip(&mut streams).map(|(me, stream)| {
            let mut member = Member::new(me, count, rules, now, stream);
            member.set_pace(libm::pow(weather.skew, 2.0 * chance.unit() - 1.0));
            member
        });
        Storm {
            now,
            members: members.collect(),
            alive: vec![true; count.into()],
            cut: vec![vec![false; count.into()]; count.into()],
            under_way: BinaryHeap::new(),
            messages: BTreeMap::new(),
            sent: 0,
            streams,
            chance,
            outbox: Outbox::default(),
            weather,
            leaders: BTreeMap::new(),
            written: BTreeMap::new(),
            committed: BTreeMap::new(),
            proposed: 0,
            terms: vec![0; count.into()],
            elections: 0,
            lease_reads: 0,
            leases_checked: weather.skew == 1.0,
        }
    }

    /// Goes on for `span`, with mischief as the weather has it, or none.
    fn blow(&mut self, span: Span, mischief: bool) {
        let until = self.now + span;
        let (mut next_mischief, mut next_proposal) = (self.now, self.now);
        while self.now < until {
            let timer = (0..self.members.len()).filter(|member| self.alive[*member]);
            let timer = timer.map(|member| (self.members[member].deadline(), member)).min();
            let message = self.under_way.peek().map(|Reverse((due, ..))| *due);
            let mut due = until.min(next_proposal);
            if mischief {
                due = due.min(next_mischief);
            }
            due = timer.map_or(due, |(timer, _)| due.min(timer.max(self.now)));
            due = message.map_or(due, |message| due.min(message));
            self.now = due;
            if message.is_some_and(|message| message <= due) {
                self.deliver();
            } else if let Some((timer, member)) = timer
                && timer <= due
            {
                self.members[member].on_timer(due, &mut self.streams[member], &mut self.outbox);
                self.dispatch(member);
            } else if mischief && next_mischief <= due {
                self.mischief();
                next_mischief = due + self.within(2.0 * self.weather.calm);
            } else if next_proposal <= due {
                self.propose();
                next_proposal = due + self.within(40.0);
            }
        }
    }

    fn within(&mut self, millis: f64) -> Span {
        Span::from_secs_f64(millis * self.chance.unit() / 1e3)
    }

    fn pick(&mut self) -> usize {
        let count = self.members.len() as f64;
        ((count * self.chance.unit()) as usize).min(self.members.len() - 1)
    }

    fn deliver(&mut self) {
        let Some(Reverse((_, key, from, to))) = self.under_way.pop() else { return };
        let Some(message) = self.messages.remove(&key) else { return };
        let receiver = usize::from(to);
        if self.alive[receiver] && !self.cut[usize::from(from)][receiver] {
            let (streams, outbox) = (&mut self.streams[receiver], &mut self.outbox);
            self.members[receiver].on_message(self.now, from, &message, streams, outbox);
            self.dispatch(receiver);
        }
    }

    fn propose(&mut self) {
        let member = self.pick();
        if self.alive[member] {
            let value = self.proposed;
            self.proposed += 1;
            self.members[member].propose(self.now, value, &mut self.outbox);
            self.dispatch(member);
        }
        if self.leases_checked {
            self.check_lease();
        }
    }

    /// Something happens to a member or a link.
    fn mischief(&mut self) {
        let (mut one, other) = (self.pick(), self.pick());
        // What happens to a leader matters most.
        if self.chance.happens(0.5) {
            one = self.members.iter().position(Member::leads).unwrap_or(one);
        }
        match (self.chance.unit() * 8.0) as u32 {
            0 | 1 => {
                self.alive[one] = false;
                self.restart_one_but(one);
            }
            // It starts again at once, and has forgotten what was not on disk.
            2 => {
                self.alive[one] = false;
                self.restart_one_but(usize::MAX);
            }
            3 | 4 => self.cut[one][other] = true,
            5 => self.cut.iter_mut().for_each(|row| row.fill(false)),
            // One member is cut off, or taken in again.
            _ => {
                let cut = self.chance.happens(0.5);
                for peer in 0..self.members.len() {
                    (self.cut[one][peer], self.cut[peer][one]) = (cut, cut);
                }
            }
        }
    }

    fn restart_one_but(&mut self, dead: usize) -> bool {
        let other = (0..self.members.len()).find(|member| !self.alive[*member] && *member != dead);
        if let Some(member) = other {
            self.alive[member] = true;
            self.members[member].restart(self.now, &mut self.streams[member]);
        }
        other.is_some()
    }

    fn heal(&mut self) {
        while self.restart_one_but(usize::MAX) {}
        self.cut.iter_mut().for_each(|row| row.fill(false));
        (self.weather.lost, self.weather.twice, self.weather.slow) = (0.0, 0.0, 5.0);
    }

    /// Sends what a member wants sent, and checks what it became.
    fn dispatch(&mut self, member: usize) {
        let mut outbox = std::mem::take(&mut self.outbox);
        for &(to, message) in &outbox.messages {
            let copies = match self.chance.happens(self.weather.lost) {
                true => 0,
                false => 1 + usize::from(self.chance.happens(self.weather.twice)),
            };
            for _ in 0..copies {
                let due = self.now + self.within(self.weather.slow);
                self.under_way.push(Reverse((due, self.sent, member as u8, to)));
                self.messages.insert(self.sent, message);
                self.sent += 1;
            }
        }
        for change in &outbox.changes {
            match *change {
                Change::Leads { term } => {
                    self.elections += 1;
                    let first = *self.leaders.entry(term).or_insert(member as u8);
                    assert_eq!(first, member as u8, "two leaders in term {term}");
                    self.check_completeness(member);
                }
                Change::Committed { from, to } => self.check_committed(member, from, to),
                _ => {}
            }
        }
        outbox.clear();
        self.outbox = outbox;
        self.check_log(member);
        let term = self.members[member].term();
        assert!(self.terms[member] <= term, "a term went back");
        self.terms[member] = term;
        self.members[member].forget();
    }

    /// One value in one term at one number follows one predecessor, in all logs.
    fn check_log(&mut self, member: usize) {
        let log = self.members[member].log();
        for index in log.base().index + 1..=log.last().index {
            let (Some(entry), Some(before)) = (log.get(index), log.term_at(index - 1)) else {
                panic!("a gap in a log");
            };
            let known = *self.written.entry((entry.term, index)).or_insert((entry.value, before));
            assert_eq!(known, (entry.value, before), "logs do not match at {index}");
        }
    }

    fn check_committed(&mut self, member: usize, from: u64, to: u64) {
        for index in from + 1..=to {
            let Some(entry) = self.members[member].log().get(index) else { continue };
            let known = *self.committed.entry(index).or_insert((entry.term, entry.value));
            assert_eq!(known, (entry.term, entry.value), "another value committed at {index}");
        }
    }

    /// A leader has everything that was ever committed.
    fn check_completeness(&self, member: usize) {
        let log = self.members[member].log();
        for (&index, &(term, value)) in self.committed.range(log.base().index + 1..) {
            let entry = log.get(index);
            let entry = entry.map(|entry| (entry.term, entry.value));
            assert_eq!(entry, Some((term, value)), "the new leader lacks {index}");
        }
    }

    /// Whoever may answer reads by itself knows everything that is committed.
    fn check_lease(&mut self) {
        let newest = self.committed.last_key_value().map_or(0, |(index, _)| *index);
        let now = self.now;
        let holders = self.members.iter().zip(&self.alive);
        let holders = holders.filter(|(member, alive)| **alive && member.holds_lease(now));
        let mut count = 0;
        for (member, _) in holders {
            count += 1;
            assert_eq!(member.commit(), newest, "a leader under lease reads what is old");
        }
        assert!(count <= 1, "two leases at once");
        self.lease_reads += count;
    }
}

/// Plays a storm and what comes after it; returns how many leaders there were, and how many values were
/// committed.
fn check(seed: u64, count: u8, rules: Rules, weather: Weather) -> (usize, usize) {
    let mut storm = Storm::new(seed, count, rules, weather);
    storm.blow(Span::from_secs(20), true);
    let (during, elections) = (storm.committed.len(), storm.elections);
    storm.heal();
    storm.blow(Span::from_secs(10), false);
    let leaders = storm.members.iter().filter(|member| member.leads()).count();
    assert_eq!(leaders, 1, "after the storm there is one leader");
    assert!(storm.committed.len() > during + 20, "after the storm values are committed");
    // Everybody has everything but what is under way this moment.
    let newest = storm.committed.last_key_value().map_or(0, |(index, _)| *index);
    assert!(storm.members.iter().all(|member| member.commit() + 5 >= newest), "somebody lags behind");
    let values = storm.committed.values().filter(|(_, value)| *value != NOTHING).count();
    (elections, values)
}

/// Seeds for each weather; the more, the longer it takes.
const SEEDS: u64 = if cfg!(debug_assertions) { 6 } else { 150 };

fn storms(rules: impl Fn(u64) -> Rules) {
    let (mut elections, mut values) = (0, 0);
    for (number, weather) in (0..).zip(WEATHERS) {
        for seed in 0..SEEDS {
            let count = if seed % 2 == 0 { 3 } else { 5 };
            let (more_elections, more_values) = check(1_000 * number + seed, count, rules(seed), weather);
            elections += more_elections;
            values += more_values;
        }
    }
    let runs = SEEDS as usize * WEATHERS.len();
    assert!(elections > 5 * runs, "the storms were too mild: {elections} elections in {runs} runs");
    assert!(values > 100 * runs, "hardly anything was committed: {values} values in {runs} runs");
}

#[test]
fn no_storm_gives_a_term_two_leaders_or_loses_what_is_committed() {
    storms(|_| Rules::default());
}

#[test]
fn nor_without_trial_votes_and_quorum_checks_as_in_the_paper() {
    storms(|_| Rules { trial: false, quorum_checked: false, ..Rules::default() });
}

#[test]
fn nor_if_logs_are_cut_off_so_short_that_laggards_need_snapshots() {
    storms(|seed| Rules { keep: seed % 3, ..Rules::default() });
}

#[test]
fn a_lease_is_held_by_one_that_knows_all_that_is_committed_while_clocks_run_evenly() {
    let mut reads = 0;
    for seed in 0..3 * SEEDS {
        let weather = Weather { skew: 1.0, ..WEATHERS[seed as usize % WEATHERS.len()] };
        let mut storm = Storm::new(seed, 3 + 2 * (seed % 2) as u8, Rules::default(), weather);
        storm.blow(Span::from_secs(20), true);
        reads += storm.lease_reads;
    }
    assert!(reads > 10 * 3 * SEEDS, "{reads}");
}
