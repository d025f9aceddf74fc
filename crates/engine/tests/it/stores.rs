//! Stores: replicas and who takes over, quorums, shards, pools of connections, caches.

use crate::common::*;

use archlab_engine::measure::report::DataCounts;
use archlab_engine::{Fact, Outcome, Place, Reason, Simulation};
use archlab_model::*;

const ZERO: Distribution = Distribution::Constant(Span::ZERO);

/// One machine whose only function reads or writes the data `goods` once, in a store kept as `storage` says.
fn shop(write: bool, work: Distribution, storage: Storage) -> Design {
    let access = Access { data: "goods".into(), write, count: 1, probability: 1.0 };
    let mut business = business_of(&[("front", Span::ZERO, vec![Step::Access(access)])]);
    business.data.insert("goods".into(), Data { title: None, read: work, write: work });
    let mut design = design(business, Layout::Cluster, 1, 64);
    policies(&mut design).storage = storage;
    policies(&mut design).capacity = Capacity { workers: 10_000, queue: 10_000 };
    policies(&mut design).store_connections = 10_000;
    design
}

fn primary(primary: Primary) -> Storage {
    Storage { replication: Replication::Primary(primary), ..Storage::default() }
}

fn counts(simulation: &Simulation) -> DataCounts {
    simulation.report().groups[0].data[0].counts
}

fn store(id: &'static str) -> fault::StoreName {
    format!("g/{id}").parse().expect("a name")
}

#[test]
fn an_access_to_a_store_of_several_members_takes_its_work_and_its_way() {
    let lag = Distribution::Constant(ms(5));
    for (mode, expected) in [
        (ReplicationMode::Asynchronous, 0.010),
        (ReplicationMode::SemiSynchronous, 0.015),
        (ReplicationMode::Synchronous, 0.015),
    ] {
        let storage = primary(Primary { replicas: 2, mode, lag, ..Primary::default() });
        let mut design = shop(true, Distribution::Constant(ms(10)), storage);
        user(&mut design, secs(1));
        let (simulation, facts) = play(&design, ms(1_500));
        let (end, outcome) = ends(&facts)[0];
        assert_eq!(outcome, Outcome::Succeeded);
        assert!((end - 1.0 - expected).abs() < 1e-9, "{mode:?}: {end}");
        let copies = facts.iter().filter(|(_, fact)| {
            matches!(
                fact,
                Fact::Sent { message: archlab_engine::MessageKind::Copy, from: Place::Store(0), .. }
            )
        });
        assert_eq!(copies.count(), 2, "the replicas get it");
        assert_eq!((counts(&simulation).writes, counts(&simulation).reads), (1, 0));
    }
}

/// A failure detector that finds a death within 4 to 5 s.
fn quick(fencing: bool) -> Failover {
    let heartbeat = secs(1);
    Failover::Custom(Detector { heartbeat, timeout: secs(5), discovery: Span::ZERO, fencing })
}

#[test]
fn a_replica_takes_over_and_what_it_lacked_is_lost() {
    // async-lost-writes: rate times lag.
    let mut lost = Vec::new();
    let mut detected = Vec::new();
    for seed in 1..=60 {
        let lag = Distribution::Constant(ms(500));
        let storage = primary(Primary { lag, failover: quick(true), ..Primary::default() });
        let mut design = shop(true, ZERO, storage);
        design.scenario.seed = seed;
        open(&mut design, 200.0);
        fault(&mut design, ms(3_500), Fault::StoreCrash(store("database")));
        let (simulation, facts) = play(&design, secs(10));
        let counts = counts(&simulation);
        assert_eq!(counts.promotions, 1);
        lost.push(counts.lost_writes as f64);
        let promoted = facts.iter().find(|(_, fact)| matches!(fact, Fact::Promoted { .. })).unwrap();
        detected.push(promoted.0.as_secs_f64() - 3.5);
        // Until then writes are refused; after it they are done.
        let during =
            ends(&facts).into_iter().filter(|(end, _)| (3.5..promoted.0.as_secs_f64()).contains(end));
        assert!(during.clone().count() > 500);
        assert!(during.into_iter().all(|(_, outcome)| outcome == Outcome::Failed(Reason::Refused)));
        let after = ends(&facts).into_iter().filter(|(end, _)| *end > promoted.0.as_secs_f64());
        assert!(after.into_iter().all(|(_, outcome)| outcome == Outcome::Succeeded));
    }
    let mean = lost.iter().sum::<f64>() / 60.0;
    assert!((mean - 100.0).abs() < 3.3 * 10.0 / 60.0_f64.sqrt(), "{mean} writes lost");
    assert!(detected.iter().all(|after| (4.0..=5.0).contains(after)), "{detected:?}");
    let mean = detected.iter().sum::<f64>() / 60.0;
    assert!((mean - 4.5).abs() < 3.3 * 0.29 / 60.0_f64.sqrt(), "detected after {mean} s on average");
}

#[test]
fn a_synchronous_primary_loses_nothing() {
    let lag = Distribution::Constant(ms(5));
    let mode = ReplicationMode::Synchronous;
    let storage = primary(Primary { mode, lag, failover: quick(true), ..Primary::default() });
    let mut design = shop(true, ZERO, storage);
    open(&mut design, 200.0);
    fault(&mut design, ms(3_500), Fault::LostPrimary(store("database")));
    let counts = counts(&play(&design, secs(10)).0);
    assert_eq!((counts.promotions, counts.lost_writes), (1, 0));
}

#[test]
fn patroni_promotes_another_20_to_30_seconds_after_a_primarys_death() {
    let after: Vec<f64> = (1..=40)
        .map(|seed| {
            let mut design = shop(true, ZERO, primary(Primary::default()));
            design.scenario.seed = seed;
            fault(&mut design, secs(100), Fault::StoreCrash(store("database")));
            let (_, facts) = play(&design, secs(140));
            let promoted = facts.iter().find(|(_, fact)| matches!(fact, Fact::Promoted { .. })).unwrap();
            promoted.0.as_secs_f64() - 100.0
        })
        .collect();
    assert!(after.iter().all(|after| (20.0..=30.0).contains(after)), "{after:?}");
    let mean = after.iter().sum::<f64>() / 40.0;
    assert!((mean - 25.0).abs() < 3.3 * 2.9 / 40.0_f64.sqrt(), "{mean}");
}

#[test]
fn a_semi_synchronous_write_waits_ten_seconds_for_a_dead_replica_and_then_no_more() {
    let mode = ReplicationMode::SemiSynchronous;
    let mut design = shop(true, ZERO, primary(Primary { mode, ..Primary::default() }));
    policies(&mut design).timeouts.response = secs(30);
    let think = Distribution::Constant(secs(5));
    let load = Load::Users { count: 1, think };
    let to = vec!["g".into()];
    design.clients.insert("people".into(), Client { load, to, patience: secs(60), ..Client::default() });
    fault(&mut design, secs(1), Fault::StoreCrash(store("database-2")));
    let (_, facts) = play(&design, secs(30));
    let ends = ends(&facts);
    // Asked at 5 s, done at 15 s; asked at 20 s, done at once.
    assert!((ends[0].0 - 15.0).abs() < 1e-9 && ends[0].1 == Outcome::Succeeded, "{:?}", ends[0]);
    assert!((ends[1].0 - 20.0).abs() < 1e-9 && ends[1].1 == Outcome::Succeeded, "{:?}", ends[1]);
}

#[test]
fn a_store_that_comes_back_before_it_is_missed_goes_on() {
    let mut design = shop(true, ZERO, primary(Primary { failover: quick(true), ..Primary::default() }));
    policies(&mut design).startup = secs(1);
    open(&mut design, 50.0);
    let crash = Fault::StoreCrash(store("database"));
    let repair = crash.repair().unwrap();
    fault(&mut design, secs(3), crash);
    fault(&mut design, secs(4), repair);
    let (simulation, facts) = play(&design, secs(20));
    assert_eq!((counts(&simulation).promotions, counts(&simulation).lost_writes), (0, 0));
    let late = ends(&facts).into_iter().filter(|(end, _)| *end > 5.0);
    assert!(late.into_iter().all(|(_, outcome)| outcome == Outcome::Succeeded));
}

#[test]
fn reads_of_replicas_are_stale_by_the_lag_and_own_writes_are_read_when_asked_for() {
    let measured = |reads| {
        let lag = Distribution::Constant(ms(100));
        let mut storage = primary(Primary { reads, lag, ..Primary::default() });
        storage.keys = Keys { count: 50, by_user: true, ..Keys::default() };
        let mut design = shop(true, ZERO, storage);
        let look = Access { data: "goods".into(), write: false, count: 1, probability: 1.0 };
        design.business.functions.get_mut("front").unwrap().steps.push(Step::Access(look));
        open(&mut design, 100.0);
        design.clients[0].users = 50;
        let (simulation, _) = play(&design, secs(20));
        (counts(&simulation).stale_reads, counts(&simulation).reads)
    };
    assert_eq!(measured(ReadFrom::Primary).0, 0);
    let (stale, reads) = measured(ReadFrom::Replicas);
    assert_eq!(stale, reads, "each reads at once what it has just written");
    assert_eq!(measured(ReadFrom::ReplicasAfterOwnWrites).0, 0);
}

#[test]
fn a_quorum_answers_when_as_many_as_needed_have() {
    // quorum-lat-*: the R-th of N exponential times.
    for (n, r, expected) in [(5, 1, 0.2), (5, 3, 0.783_333_3), (3, 2, 0.833_333_3)] {
        let quorum = Quorum { members: n, read: r, write: r, ..Quorum::default() };
        let storage = Storage { replication: Replication::Quorum(quorum), ..Storage::default() };
        let mut design = shop(false, Distribution::Exponential(ms(10)), storage);
        open(&mut design, 400.0);
        let latency = report_at(&design, secs(50)).groups[0].latency.mean.as_secs_f64() / 0.010;
        let error = 4.0 * expected / (400.0 * 50.0_f64).sqrt();
        assert!((latency - expected).abs() < error, "N{n} R{r}: {latency}, not {expected}");
    }
}

#[test]
fn a_quorum_bears_the_death_of_a_minority() {
    for (dead, outcome) in
        [(0, Outcome::Succeeded), (2, Outcome::Succeeded), (3, Outcome::Failed(Reason::QuorumNotReached))]
    {
        let quorum = Quorum { members: 5, read: 3, write: 3, ..Quorum::default() };
        let storage = Storage { replication: Replication::Quorum(quorum), ..Storage::default() };
        let mut design = shop(true, ZERO, storage);
        for id in ["database-5", "database-3", "database"].into_iter().take(dead) {
            fault(&mut design, ms(500), Fault::StoreCrash(store(id)));
        }
        user(&mut design, secs(1));
        assert_eq!(ends(&play(&design, ms(1_500)).1)[0].1, outcome, "{dead} dead");
    }
}

#[test]
fn a_partial_quorum_reads_stale_as_often_as_pbs_says() {
    for (n, r, w, expected) in [(3, 1, 1, 2.0 / 3.0), (3, 1, 2, 1.0 / 3.0), (3, 2, 2, 0.0), (5, 2, 2, 0.3)] {
        let quorum = Quorum { members: n, read: r, write: w, contact: Contact::Enough, repair: secs(1_000) };
        let keys = Keys { count: 1_000_000, skew: 0.0, by_user: true };
        let storage = Storage { replication: Replication::Quorum(quorum), keys, ..Storage::default() };
        let mut design = shop(true, ZERO, storage);
        let look = Access { data: "goods".into(), write: false, count: 1, probability: 1.0 };
        design.business.functions.get_mut("front").unwrap().steps.push(Step::Access(look));
        // Each person writes, and reads it at once.
        open(&mut design, 500.0);
        design.clients[0].users = 100_000;
        let simulation = play(&design, secs(20)).0;
        let counts = counts(&simulation);
        let (share, reads) = (counts.stale_reads as f64 / counts.reads as f64, counts.reads as f64);
        let error = 4.0 * (expected * (1.0 - expected) / reads).sqrt() + 0.02;
        assert!((share - expected).abs() < error, "N{n} R{r} W{w}: {share}, not {expected}");
    }
}

#[test]
fn a_hot_key_makes_a_hot_shard() {
    let finished = |skew| -> Vec<u64> {
        let keys = Keys { count: 1_000, skew, by_user: false };
        let storage = Storage { shards: 4, keys, ..Storage::default() };
        let mut design = shop(false, ZERO, storage);
        open(&mut design, 500.0);
        report_at(&design, secs(10)).groups[0].stores.iter().map(|store| store.finished).collect()
    };
    let even = finished(0.0);
    assert!(even.len() == 4 && even.iter().all(|finished| (900..1_600).contains(finished)), "{even:?}");
    let skewed = finished(1.5);
    assert!(*skewed.iter().max().unwrap() as f64 > 0.45 * skewed.iter().sum::<u64>() as f64, "{skewed:?}");
}

#[test]
fn a_pool_of_ten_connections_does_2000_queries_of_5_ms_a_second() {
    // little-hikari.
    let pool = Some(ConnectionPool::default());
    let mut design = shop(false, Distribution::Constant(ms(5)), Storage { pool, ..Storage::default() });
    open(&mut design, 3_000.0);
    let report = report_at(&design, secs(5));
    let rate = report.groups[0].stores[0].finished as f64 / 5.0;
    assert!((rate - 2_000.0).abs() < 5.0, "{rate}");
}

#[test]
fn who_waits_too_long_for_a_connection_fails() {
    let pool = Some(ConnectionPool { size: 1, wait: secs(3) });
    let mut design = shop(false, Distribution::Constant(secs(4)), Storage { pool, ..Storage::default() });
    clients(&mut design, Load::Users { count: 2, think: Distribution::Constant(secs(1)) });
    let (simulation, facts) = play(&design, ms(5_500));
    let ends = ends(&facts);
    assert_eq!(ends[0], (4.0, Outcome::Failed(Reason::PoolTimeout)));
    assert_eq!(ends[1], (5.0, Outcome::Succeeded));
    assert_eq!(counts(&simulation).pool_timeouts, 1);
}

#[test]
fn a_careless_primary_that_is_cut_off_makes_for_two_and_its_writes_are_thrown_away() {
    let played = |fencing| {
        let lag = Distribution::Constant(Span::ZERO);
        let detector = Detector { heartbeat: secs(1), timeout: secs(5), discovery: secs(4), fencing };
        let failover = Failover::Custom(detector);
        let storage = primary(Primary { replicas: 2, lag, failover, ..Primary::default() });
        let mut design = shop(true, ZERO, storage);
        open(&mut design, 200.0);
        let site = |name: &str| name.parse::<fault::Site>().unwrap();
        let sides = (vec![site("g/database")], vec![site("g/database-2"), site("g/database-3")]);
        let cut = Fault::Partition(fault::Partition { sides, one_way: false });
        let repair = cut.repair().unwrap();
        fault(&mut design, ms(2_500), cut);
        fault(&mut design, secs(20), repair);
        let (simulation, facts) = play(&design, secs(30));
        let split: Vec<(bool, f64)> = facts
            .iter()
            .filter_map(|(at, fact)| match fact {
                Fact::SplitBrain { begins, .. } => Some((*begins, at.as_secs_f64())),
                _ => None,
            })
            .collect();
        let late = ends(&facts).into_iter().filter(|(end, _)| *end > 12.0);
        assert!(late.into_iter().all(|(_, outcome)| outcome == Outcome::Succeeded));
        let total = simulation.report().groups[0].total;
        (counts(&simulation), split, total.failed[Reason::NoPrimary.index()])
    };
    // Until the one caller has learnt of the new primary, the old one takes its writes.
    let (counts, split, refused) = played(false);
    assert_eq!((counts.promotions, refused), (1, 0));
    assert!(counts.split_writes > 10 && counts.lost_writes >= counts.split_writes, "{counts:?}");
    assert!(split.len() == 2 && split[0].0 && !split[1].0, "{split:?}");
    assert!((20.0..=21.0).contains(&split[1].1), "it learns of it once it hears the other: {split:?}");
    // With fencing it refuses them instead.
    let (counts, split, refused) = played(true);
    assert_eq!((counts.promotions, counts.split_writes), (1, 0));
    assert!(split.is_empty() && refused > 10, "{split:?}, {refused} refused");
}
