//! How long an election takes, against theory: the `raft-*` entries of the validation table; and what a
//! storm meets too seldom.

use archlab_model::{SimTime, Span};

use crate::consensus::{Change, Entry, Member, Message, Outbox, Position, Rules};
use crate::random::Stream;

/// Rounds for each figure.
const ROUNDS: u64 = 40_000;
/// The 99.99 % point of the normal distribution, two-sided.
const WIDE: f64 = 3.89;

/// When each of the followers of `members` wants to lead, in milliseconds after the last heartbeat of the
/// leader that has crashed, earliest first.
fn timeouts(members: u8, round: u64) -> Vec<f64> {
    let start = SimTime::START + Span::from_secs(1);
    let mut outbox = Outbox::default();
    let mut at: Vec<f64> = (1..members)
        .map(|me| {
            let mut stream = Stream::new(round, "election", &me.to_string());
            let mut member = Member::new(me, members, Rules::default(), SimTime::START, &mut stream);
            let heartbeat = Message::Append {
                term: 1,
                before: Default::default(),
                batch: Default::default(),
                commit: 0,
                sent: start,
            };
            member.on_message(start, 0, &heartbeat, &mut stream, &mut outbox);
            outbox.clear();
            let due = member.deadline();
            member.on_timer(due, &mut stream, &mut outbox);
            assert!(matches!(outbox.changes[..], [Change::Campaigns { term: 2, trial: true }]));
            outbox.clear();
            due.since(start).as_millis_f64()
        })
        .collect();
    at.sort_by(f64::total_cmp);
    at
}

fn check_first_timeout(members: u8, expected: f64) {
    let first: Vec<f64> = (0..ROUNDS).map(|round| timeouts(members, round)[0]).collect();
    let mean = first.iter().sum::<f64>() / ROUNDS as f64;
    let variance = first.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (ROUNDS - 1) as f64;
    let error = WIDE * (variance / ROUNDS as f64).sqrt();
    assert!((mean - expected).abs() < error, "{members} members: {mean} ± {error}, not {expected}");
}

fn check_split(members: u8, expected: f64) {
    let split = (0..ROUNDS).filter(|round| {
        let at = timeouts(members, *round);
        at[1] - at[0] < 15.0
    });
    let share = split.count() as f64 / ROUNDS as f64;
    let error = WIDE * (expected * (1.0 - expected) / ROUNDS as f64).sqrt();
    assert!((share - expected).abs() < error, "{members} members: {share} ± {error}, not {expected}");
}

#[test]
fn raft_first_timeout_n3() {
    check_first_timeout(3, 200.0);
}

#[test]
fn raft_first_timeout_n5() {
    check_first_timeout(5, 180.0);
}

#[test]
fn raft_split_n3_15ms() {
    check_split(3, 0.19);
}

#[test]
fn raft_split_n5_15ms() {
    check_split(5, 0.3439);
}

#[test]
fn raft_split_n7_15ms() {
    check_split(7, 0.468559);
}

#[test]
fn a_clock_that_runs_slow_waits_longer() {
    let mut stream = Stream::new(1, "election", "");
    let mut member = Member::new(0, 3, Rules::default(), SimTime::START, &mut stream);
    member.set_pace(10.0);
    let mut outbox = Outbox::default();
    let due = member.deadline();
    member.on_timer(due, &mut stream, &mut outbox);
    let wait = member.deadline().since(due);
    assert!(Span::from_millis(1_500) <= wait && wait <= Span::from_millis(3_000), "{wait}");
}

/// What a member answers.
fn answers(member: &mut Member, now: SimTime, from: u8, message: Message) -> Vec<Message> {
    let (mut stream, mut outbox) = (Stream::new(1, "election", "one"), Outbox::default());
    member.on_message(now, from, &message, &mut stream, &mut outbox);
    outbox.messages.into_iter().map(|(_, message)| message).collect()
}

#[test]
fn a_vote_is_remembered_over_a_crash() {
    let mut stream = Stream::new(1, "election", "");
    let mut member = Member::new(0, 3, Rules::default(), SimTime::START, &mut stream);
    let ask = Message::AskVote { term: 1, last: Default::default(), trial: false };
    let granted = |granted| vec![Message::Vote { term: 1, granted, trial: false }];
    let mut now = SimTime::START + Span::from_secs(1);
    assert_eq!(answers(&mut member, now, 1, ask), granted(true));
    member.restart(now, &mut stream);
    now += Span::from_secs(1);
    assert_eq!(answers(&mut member, now, 2, ask), granted(false));
    assert_eq!(answers(&mut member, now, 1, ask), granted(true));
}

#[test]
fn a_value_of_an_earlier_term_is_committed_only_with_one_of_the_leaders_own() {
    // Figure 8 of the paper: a majority has it, and it could be replaced all the same.
    let mut stream = Stream::new(1, "election", "");
    let mut member = Member::new(0, 3, Rules::default(), SimTime::START, &mut stream);
    let now = SimTime::START + Span::from_secs(1);
    let batch = [Entry { term: 1, value: 7 }].into_iter().collect();
    let before = Position::default();
    answers(&mut member, now, 1, Message::Append { term: 1, before, batch, commit: 0, sent: now });
    let mut outbox = Outbox::default();
    let now = member.deadline();
    member.on_timer(now, &mut stream, &mut outbox);
    answers(&mut member, now, 2, Message::Vote { term: 2, granted: true, trial: true });
    answers(&mut member, now, 2, Message::Vote { term: 2, granted: true, trial: false });
    assert!(member.leads() && member.log().last() == Position { term: 2, index: 2 });

    let appended = |matched| Message::Appended { term: 2, before: 0, matched: Ok(matched), sent: now };
    answers(&mut member, now, 2, appended(1));
    assert_eq!(member.commit(), 0);
    answers(&mut member, now, 2, appended(2));
    assert_eq!(member.commit(), 2);
}
