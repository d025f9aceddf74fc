//! Tests of a primary and its replicas.

use super::*;
use crate::random::{Sampler, Stream, Ziggurat};

fn at(millis: u64) -> SimTime {
    SimTime::START + Span::from_millis(millis)
}

fn detector(fencing: bool) -> Detector {
    Detector {
        heartbeat: Span::from_secs(1),
        timeout: Span::from_secs(5),
        discovery: Span::from_secs(2),
        fencing,
    }
}

fn copies(mode: ReplicationMode, count: usize, fencing: bool) -> Copies {
    let mut copies = Copies::new(SimTime::START, count);
    copies.set(mode, false, Span::from_secs(10), Some(detector(fencing)));
    copies
}

/// Signs of life from the primary to the others until `millis`, each second.
fn live(copies: &mut Copies, millis: u64) {
    for at in (0..=millis).step_by(1_000).map(at) {
        for member in 0..copies.count() {
            if copies.is_up(copies.primary()) && copies.is_up(member) && member != copies.primary() {
                copies.hear(at, member);
                copies.confirm(at, member, copies.term(), copies.has_upto(member));
            }
        }
    }
}

#[test]
fn what_a_replica_has_not_got_yet_is_lost_with_an_asynchronous_primary() {
    // async-lost-writes: 200 writes a second, a lag of 0.5 s: 100 are lost. Many primaries die here.
    let ziggurat = Ziggurat::default();
    let mut stream = Stream::new(1, "writes", "test");
    let gap = Sampler::Exponential { mean: 1e9 / 200.0 };
    let (mut lost, deaths, lag) = (0, 400, Span::from_millis(500));
    for _ in 0..deaths {
        let mut copies = copies(ReplicationMode::Asynchronous, 2, true);
        live(&mut copies, 2_000);
        let (mut now, death) = (SimTime::START, at(2_500));
        loop {
            now += stream.draw(&gap, &ziggurat);
            if now >= death {
                break;
            }
            let Commit::Done(number) = copies.commit(now, 0) else { panic!("it leads") };
            copies.acknowledge(0, number);
            if now + lag <= death {
                copies.receive(1, 0, number);
            }
        }
        copies.crash(at(0), 0);
        assert_eq!(copies.take_over(at(6_999)), None);
        let promotion = copies.take_over(at(7_000)).expect("nobody has heard of it for five seconds");
        assert_eq!((promotion.to, promotion.split), (1, false));
        lost += promotion.lost;
    }
    let mean = lost as f64 / f64::from(deaths);
    assert!((mean - 100.0).abs() < 3.0 * 10.0 / f64::from(deaths).sqrt() * 1.3, "{mean}");
}

#[test]
fn a_synchronous_write_is_done_once_all_have_it_and_is_never_lost() {
    let mut copies = copies(ReplicationMode::Synchronous, 3, true);
    assert_eq!(copies.commit(at(0), 0), Commit::Waits(1));
    assert!(copies.receive(1, 0, 1) && copies.receive(2, 0, 1));
    copies.confirm(at(1), 1, 0, 1);
    assert_eq!(copies.released(at(1)), 0);
    copies.confirm(at(2), 2, 0, 1);
    assert_eq!(copies.released(at(2)), 1);
    copies.acknowledge(7, 1);
    copies.crash(at(0), 0);
    let promotion = copies.take_over(at(5_000)).expect("it is dead");
    assert_eq!((promotion.lost, copies.newest(7)), (0, 1));
}

#[test]
fn a_dead_synchronous_replica_stalls_writes_until_it_is_believed_dead() {
    let mut copies = copies(ReplicationMode::Synchronous, 2, true);
    copies.crash(at(0), 1);
    assert_eq!(copies.commit(at(1_000), 0), Commit::Waits(1));
    assert_eq!(copies.look_again(), Some(at(5_000)));
    assert_eq!(copies.released(at(4_999)), 0);
    assert_eq!(copies.released(at(5_000)), 1);
    assert_eq!(copies.commit(at(5_000), 0), Commit::Done(2));
}

#[test]
fn a_strict_primary_takes_no_writes_without_a_replica() {
    let mut copies = copies(ReplicationMode::Synchronous, 2, true);
    copies.set(ReplicationMode::Synchronous, true, Span::ZERO, Some(detector(true)));
    copies.crash(at(0), 1);
    assert_eq!(copies.commit(at(1_000), 0), Commit::Waits(1));
    assert_eq!(copies.released(at(9_000)), 0);
    assert_eq!(copies.commit(at(9_000), 0), Commit::NoReplica);
}

#[test]
fn a_semi_synchronous_primary_goes_on_alone_after_ten_seconds() {
    // semisync-fallback.
    let mut copies = copies(ReplicationMode::SemiSynchronous, 2, true);
    copies.crash(at(0), 1);
    assert_eq!(copies.commit(at(1_000), 0), Commit::Waits(1));
    assert_eq!(copies.look_again(), Some(at(11_000)));
    assert_eq!(copies.released(at(10_999)), 0);
    assert_eq!(copies.released(at(11_000)), 1);
    assert_eq!(copies.commit(at(12_000), 0), Commit::Done(2));
    // Once the replica has caught up, writes wait for it again.
    copies.restart(at(13_000), 1, false);
    copies.receive(1, 0, 2);
    copies.confirm(at(13_000), 1, 0, 2);
    assert_eq!(copies.commit(at(14_000), 0), Commit::Waits(3));
}

#[test]
fn the_replica_that_has_most_takes_over() {
    let mut copies = copies(ReplicationMode::Asynchronous, 3, true);
    for number in 1..=3 {
        assert_eq!(copies.commit(at(0), 0), Commit::Done(number));
        copies.acknowledge(number as u32, number);
    }
    copies.receive(1, 0, 1);
    copies.receive(2, 0, 2);
    copies.crash(at(0), 0);
    let promotion = copies.take_over(at(5_000)).expect("it is dead");
    assert_eq!(promotion, Promotion { to: 2, from: 0, lost: 1, split: false });
    assert_eq!((copies.newest(2), copies.newest(3)), (2, 2));
    assert!(!copies.has(1, 2) && copies.has(2, 2));
    // The old one comes back as a replica.
    assert_eq!(copies.restart(at(9_000), 0, false), 0);
    assert_eq!(copies.commit(at(9_000), 0), Commit::NoPrimary);
    assert_eq!(copies.commit(at(9_000), 2), Commit::Done(3));
}

#[test]
fn a_careless_primary_that_is_cut_off_goes_on_and_its_writes_are_thrown_away() {
    let mut copies = copies(ReplicationMode::Asynchronous, 3, false);
    live(&mut copies, 3_000);
    let promotion = copies.take_over(at(8_000)).expect("the others hear nothing");
    assert!(promotion.split && copies.is_split());
    assert_eq!(copies.commit(at(8_100), 0), Commit::Doomed);
    assert_eq!(copies.commit(at(8_100), promotion.to), Commit::Done(1));
    // Callers learn of it one after another.
    assert_eq!(copies.known_primary(at(8_900), 0.5), 0);
    assert_eq!(copies.known_primary(at(9_000), 0.5), promotion.to);
    assert!(copies.step_down(0) && !copies.is_split());
    assert_eq!(copies.commit(at(8_200), 0), Commit::NoPrimary);
}

#[test]
fn a_careful_primary_that_is_cut_off_stops_before_another_takes_over() {
    let mut copies = copies(ReplicationMode::Asynchronous, 3, true);
    live(&mut copies, 3_000);
    assert!(matches!(copies.commit(at(7_999), 0), Commit::Done(_)));
    assert_eq!(copies.commit(at(8_000), 0), Commit::NoPrimary);
    let promotion = copies.take_over(at(8_000)).expect("the others hear nothing");
    assert!(!promotion.split);
}

#[test]
fn a_primary_whose_replicas_are_all_dead_goes_on() {
    let mut copies = copies(ReplicationMode::Asynchronous, 2, true);
    copies.crash(at(0), 1);
    assert!(matches!(copies.commit(at(60_000), 0), Commit::Done(_)));
    assert_eq!(copies.take_over(at(60_000)), None);
}

#[test]
fn a_primary_that_forgets_everything_loses_it_for_all() {
    let mut copies = copies(ReplicationMode::Asynchronous, 2, true);
    assert_eq!(copies.commit(at(0), 0), Commit::Done(1));
    copies.acknowledge(3, 1);
    copies.receive(1, 0, 1);
    copies.crash(at(0), 0);
    assert_eq!(copies.restart(at(1_000), 0, true), 1);
    assert_eq!((copies.newest(3), copies.has_upto(1)), (0, 0));
}

#[test]
fn reads_of_replicas_go_round() {
    let mut copies = copies(ReplicationMode::Asynchronous, 3, true);
    let reads: Vec<usize> = (0..4).map(|_| copies.next_replica(at(0), 0.0)).collect();
    assert_eq!(reads, [1, 2, 1, 2]);
    copies.crash(at(0), 1);
    assert_eq!(copies.next_replica(at(0), 0.0), 2);
    copies.crash(at(0), 2);
    assert_eq!(copies.next_replica(at(0), 0.0), 0);
}
