//! Tests of the table of sessions.

use super::*;

const IDLE: Span = Span::from_secs(1800);

fn at(seconds: u64) -> SimTime {
    SimTime::START + Span::from_secs(seconds)
}

fn table(scheme: SessionScheme, places: usize) -> Table {
    let mut table = Table::new(scheme, IDLE);
    table.widen(places);
    table
}

fn stream() -> Stream {
    Stream::new(5, "sessions", "test")
}

/// A request that goes on and changes its session; the change reaches all that it is sent to.
fn ask(table: &mut Table, user: u32, place: u16, stream: &mut Stream) -> Found {
    let found = table.find(at(0), user, place);
    table.go_on(at(0), user, place);
    let version = table.change(user, place);
    let mut to = None;
    while let Some(next) = table.next_copy(user, place, to, stream) {
        table.receive(user, next, version);
        to = Some(next);
    }
    found
}

/// So many users, each at one of four places.
fn fill(table: &mut Table, users: u32, stream: &mut Stream) {
    for user in 0..users {
        ask(table, user, (user % 4) as u16, stream);
    }
}

const HERE: Found = Found::Here { stale: false };

#[test]
fn without_stickiness_a_request_finds_its_session_as_often_as_chance_has_it() {
    // session-nosticky-*: 1/n.
    for n in [2u16, 10] {
        let (mut table, mut stream) = (table(SessionScheme::Local, n.into()), stream());
        ask(&mut table, 0, 0, &mut stream);
        let mut found = 0;
        for _ in 0..40_000 {
            let place = ((stream.unit() * f64::from(n)) as u16).min(n - 1);
            found += u32::from(ask(&mut table, 0, place, &mut stream) == HERE);
        }
        let (share, expected) = (f64::from(found) / 40_000.0, 1.0 / f64::from(n));
        assert!((share - expected).abs() < 4.0 * (expected / 40_000.0).sqrt(), "{n}: {share}");
    }
}

#[test]
fn with_stickiness_alone_the_sessions_of_a_dead_instance_are_lost() {
    // session-lost-*: 1/n.
    for n in [2u32, 3, 10] {
        let (mut table, mut stream) = (table(SessionScheme::Sticky, n as usize), stream());
        (0..300).for_each(|user| {
            assert_eq!(ask(&mut table, user, (user % n) as u16, &mut stream), Found::Nothing)
        });
        assert_eq!(table.kill(0), Loss { sessions: u64::from(300 / n), changes: 0 });
        assert_eq!(table.find(at(1), 0, 1), Found::Gone { counted: true });
        assert_eq!(table.go_on(at(1), 0, 1), Loss::default());
        assert_eq!(table.find(at(1), 0, 1), HERE);
        assert_eq!(table.find(at(1), 1, 1), HERE);
    }
}

#[test]
fn with_a_copy_everywhere_nothing_is_lost_while_one_lives() {
    let (mut table, mut stream) = (table(SessionScheme::Replicated, 4), stream());
    fill(&mut table, 400, &mut stream);
    for place in 0..3 {
        assert_eq!(table.kill(place), Loss::default());
    }
    assert!((0..400).all(|user| table.find(at(1), user, 3) == HERE));
    // Who comes back asks another for all sessions first.
    table.revive(0);
    assert!((0..400).all(|user| table.find(at(1), user, 0) == HERE));
    assert_eq!((table.kill(3), table.kill(0)), (Loss::default(), Loss { sessions: 400, changes: 0 }));
}

#[test]
fn a_change_that_was_not_sent_in_time_is_lost_and_the_session_is_not() {
    let (mut table, mut stream) = (table(SessionScheme::Replicated, 2), stream());
    ask(&mut table, 7, 0, &mut stream);
    let version = table.change(7, 0);
    assert_eq!(table.find(at(1), 7, 1), Found::Here { stale: true });
    assert_eq!(table.kill(0), Loss { sessions: 0, changes: 1 });
    assert_eq!(table.find(at(1), 7, 1), HERE);
    // It was on its way.
    assert_eq!((table.receive(7, 1, version), table.find(at(1), 7, 1)), (1, HERE));
}

#[test]
fn with_one_copy_two_deaths_at_once_lose_a_session_as_often_as_its_two_places_are_hit() {
    // session-backup-2fail-4: 1/C(4,2), if its first place is any.
    let (mut table, mut stream) = (table(SessionScheme::Backup, 4), stream());
    let users = 30_000;
    fill(&mut table, users, &mut stream);
    assert_eq!(table.kill(1), Loss::default());
    let share = table.kill(2).sessions as f64 / f64::from(users);
    assert!((share - 1.0 / 6.0).abs() < 4.0 * (5.0 / 36.0 / f64::from(users)).sqrt(), "{share}");
}

#[test]
fn an_instance_without_a_copy_fetches_it() {
    let (mut table, mut stream) = (table(SessionScheme::Backup, 3), stream());
    ask(&mut table, 7, 0, &mut stream);
    let backup = (1..3).find(|place| table.find(at(1), 7, *place) == HERE).expect("one has the copy");
    let other = 3 - backup;
    assert!(matches!(table.find(at(1), 7, other), Found::There { .. }));
    table.kill(0);
    assert_eq!(table.find(at(1), 7, other), Found::There { from: backup });
    assert_eq!(table.go_on(at(1), 7, other), Loss::default());
    assert_eq!(table.find(at(1), 7, other), HERE);
}

#[test]
fn a_session_that_nobody_used_for_long_is_over_and_not_lost() {
    let (mut table, mut stream) = (table(SessionScheme::Sticky, 2), stream());
    ask(&mut table, 7, 0, &mut stream);
    assert_eq!(table.find(at(1_800), 7, 0), HERE);
    assert_eq!(table.find(at(1_801), 7, 0), Found::Nothing);
}

#[test]
fn a_table_grows_with_the_places_and_not_beyond_its_bounds() {
    let (mut table, mut stream) = (table(SessionScheme::Replicated, 2), stream());
    ask(&mut table, 3, 0, &mut stream);
    table.widen(9);
    assert_eq!(table.find(at(0), 3, 1), HERE);
    table.revive(8);
    ask(&mut table, 3, 8, &mut stream);
    assert_eq!(table.find(at(0), 3, 5), HERE);
    ask(&mut table, u32::MAX, 0, &mut stream);
    assert!(table.sessions.len() <= MAX_SESSIONS as usize && table.copies.len() <= MAX_COPIES as usize);
}
