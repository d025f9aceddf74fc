//! Events leave in one order, however they are kept.

use super::*;
use crate::event::Kind;

fn event(number: u32) -> Event {
    Event::new(Kind::Control, number)
}

fn take(agenda: &mut Agenda, deadline: u64) -> Option<(u64, u32)> {
    let deadline = SimTime::from_nanos(deadline);
    agenda.reach(deadline);
    let taken = agenda.take_few().or_else(|| agenda.take_any(deadline));
    taken.map(|(at, event)| (at.as_nanos(), event.index()))
}

fn rest(agenda: &mut Agenda) -> Vec<(u64, u32)> {
    std::iter::from_fn(|| take(agenda, u64::MAX - 1)).collect()
}

/// Numbers that look like chance, each below what is asked.
fn chance() -> impl FnMut(u64) -> u64 {
    let mut state = 7u64;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    }
}

fn played(instants: &[u64]) -> Vec<(u64, u32)> {
    let mut agenda = Agenda::default();
    for (&at, number) in instants.iter().zip(0..) {
        agenda.schedule(SimTime::from_nanos(at), event(number));
    }
    rest(&mut agenda)
}

#[test]
fn events_leave_earliest_first() {
    assert_eq!(played(&[30, 10, 20]), [(10, 1), (20, 2), (30, 0)]);
}

#[test]
fn events_of_one_instant_leave_in_the_order_they_were_scheduled() {
    assert_eq!(played(&[5, 1, 5, 5, 1]), [(1, 1), (1, 4), (5, 0), (5, 2), (5, 3)]);
}

#[test]
fn one_order_holds_across_heap_delays_and_timers() {
    let (mut agenda, start) = (Agenda::default(), SimTime::START);
    let span = Span::from_nanos;
    agenda.widen_timers(1);
    // So many are due before that delays have queues of their own.
    for number in 0..5 {
        agenda.schedule(SimTime::from_nanos(2), event(10 + number));
    }
    agenda.schedule(SimTime::from_nanos(7), event(0));
    agenda.delay(start, span(7), event(1));
    agenda.set_timer(start, Wait { length: span(7), lane: 0 }, event(2));
    agenda.delay(start, span(3), event(3));
    agenda.schedule(SimTime::from_nanos(7), event(4));
    agenda.delay(start, span(7), event(5));
    // And this one goes into the row.
    agenda.delay(start, span(1), event(6));
    assert!(agenda.delays.iter().map(|delay| delay.length).eq([span(7), span(3)]));
    let first = [(1, 6), (2, 10), (2, 11), (2, 12), (2, 13), (2, 14)];
    assert_eq!(rest(&mut agenda), [&first[..], &[(3, 3), (7, 0), (7, 1), (7, 2), (7, 4), (7, 5)]].concat());
}

#[test]
fn an_event_may_take_the_place_of_the_one_before() {
    let mut agenda = Agenda::default();
    for number in 0..3 {
        agenda.schedule(SimTime::from_nanos(u64::from(number)), event(number));
    }
    assert_eq!(take(&mut agenda, 5), Some((0, 0)));
    agenda.schedule(SimTime::from_nanos(9), event(7));
    assert_eq!(rest(&mut agenda), [(1, 1), (2, 2), (9, 7)]);
}

#[test]
fn very_many_leave_in_order_while_others_come() {
    let mut agenda = Agenda::default();
    let mut model = std::collections::BTreeSet::new();
    let (mut draw, mut now) = (chance(), 0);
    for number in 0..400_000u32 {
        // Soon, late, in bursts of one instant, and once in a while very late.
        let ahead = match draw(20) {
            0 => draw(10),
            1 => 1_000_000_000 + draw(1 << 30),
            2..8 => 500_000,
            _ => draw(1 << 24),
        };
        agenda.schedule(SimTime::from_nanos(now + ahead), event(number));
        model.insert((now + ahead, number));
        // Grows to a hundred thousand, shrinks to a few, and grows again.
        let taken = if number / 100_000 % 2 == 0 { draw(3) / 2 } else { 2 };
        for _ in 0..taken {
            let next = take(&mut agenda, u64::MAX - 1);
            assert_eq!(next, model.pop_first());
            now = next.map_or(now, |(at, _)| at);
        }
    }
    assert_eq!(rest(&mut agenda), model.into_iter().collect::<Vec<_>>());
}

#[test]
fn there_may_be_more_lengths_of_delay_than_queues() {
    let mut agenda = Agenda::default();
    // Due before them all, so that none of them goes into the row.
    for _ in 0..5 {
        agenda.schedule(SimTime::START, event(20));
    }
    for number in (0..20).rev() {
        agenda.delay(SimTime::START, Span::from_nanos(u64::from(number) + 1), event(number));
    }
    assert_eq!(agenda.delays.len(), MAX_DELAYS);
    let order: Vec<u32> = rest(&mut agenda).into_iter().skip(5).map(|(_, number)| number).collect();
    assert_eq!(order, (0..20).collect::<Vec<_>>());
}

#[test]
fn an_entry_is_16_bytes() {
    assert_eq!(size_of::<Due>(), 16);
}

#[test]
fn one_order_holds_while_delays_and_timers_come_and_go() {
    const TIMERS: [u64; 3] = [1_000, 50_000, 900_000];
    let mut agenda = Agenda::default();
    agenda.widen_timers(TIMERS.len());
    let mut model = std::collections::BTreeSet::new();
    let mut set = Vec::new();
    let (mut draw, mut now, mut number) = (chance(), 0, 0);
    for step in 0..400_000 {
        let instant = SimTime::from_nanos(now);
        let at = match draw(13) {
            // Ranked before one that may be due at the same instant, but put in its place after it.
            12 => {
                let at = now + draw(1 << 12);
                let ranked = agenda.rank(SimTime::from_nanos(at), event(number));
                model.insert((at, number));
                number += 1;
                let at = at + draw(2) * draw(1 << 10);
                agenda.schedule(SimTime::from_nanos(at), event(number));
                agenda.put(ranked);
                Some(at)
            }
            0..4 => {
                let at = now + draw(1 << 20);
                agenda.schedule(SimTime::from_nanos(at), event(number));
                Some(at)
            }
            // More lengths than there are queues for, some of them seldom used.
            4..7 => {
                let length = 1 + 1_000 * draw(12).pow(2);
                agenda.delay(instant, Span::from_nanos(length), event(number));
                Some(now + length)
            }
            7..10 => {
                let lane = draw(3) as usize;
                let wait = Wait { length: Span::from_nanos(TIMERS[lane]), lane: lane as u16 };
                let at = now + TIMERS[lane];
                set.extend(agenda.set_timer(instant, wait, event(number)).map(|key| (key, at, number)));
                Some(at)
            }
            _ if set.is_empty() => None,
            _ => {
                let (key, at, number) = set.swap_remove(draw(set.len() as u64) as usize);
                if model.remove(&(at, number)) {
                    agenda.cancel_timer(key);
                }
                None
            }
        };
        if let Some(at) = at {
            model.insert((at, number));
            number += 1;
        }
        // There are a few, then hundreds, then none for a while.
        let taken = if step / 2_000 % 3 == 0 { draw(2) } else { 1 + draw(2) };
        for _ in 0..taken {
            let deadline = now + draw(1 << 16);
            let next = model.first().copied().filter(|(at, _)| *at <= deadline);
            assert_eq!(take(&mut agenda, deadline), next);
            model.remove(&next.unwrap_or_default());
            now = next.map_or(deadline, |(at, _)| at);
        }
    }
    assert_eq!(rest(&mut agenda), model.into_iter().collect::<Vec<_>>());
}

#[test]
fn a_timer_that_is_renamed_rings_in_its_turn() {
    let wait = Wait { length: Span::from_nanos(7), lane: 0 };
    for renamed in 0..3 {
        let mut agenda = Agenda::default();
        agenda.widen_timers(1);
        let timers = [1, 2, 3].map(|number| agenda.set_timer(SimTime::START, wait, event(number)));
        agenda.rename_timer(timers[renamed].unwrap(), event(9));
        let mut expected = [1, 2, 3];
        expected[renamed] = 9;
        assert_eq!(rest(&mut agenda), expected.map(|number| (7, number)));
        assert!(agenda.has_no_timers());
    }
}
