//! Caches: hits, time to live, stampedes and their cures, what a cold cache does to the store behind it.

use crate::common::*;

use archlab_engine::measure::report::DataCounts;
use archlab_engine::{Fact, Place};
use archlab_model::*;

/// One machine whose only function reads the data `goods` once; one key, unless `keys` says otherwise.
fn shop(read: Distribution, keys: u32, cache: Cache) -> Design {
    let access = Access { data: "goods".into(), write: false, count: 1, probability: 1.0 };
    let mut business = business_of(&[("front", Span::ZERO, vec![Step::Access(access)])]);
    business.data.insert("goods".into(), Data { title: None, read, write: read });
    let mut design = design(business, Layout::Cluster, 1, 64);
    let keys = Keys { count: keys, ..Keys::default() };
    policies(&mut design).storage = Storage { cache: Some(cache), keys, ..Storage::default() };
    policies(&mut design).capacity = Capacity { workers: 10_000, queue: 10_000 };
    policies(&mut design).store_connections = 10_000;
    design
}

fn cache(ttl: Span, refresh: Refresh) -> Cache {
    Cache { ttl, refresh, time: Distribution::Constant(ms(1)), ..Cache::default() }
}

/// What was counted, how often the database was read, and the mean latency in milliseconds.
fn measured(design: &Design, until: Span) -> (DataCounts, u64, f64) {
    let report = report_at(design, until);
    let group = &report.groups[0];
    (group.data[0].counts, group.stores[0].finished, group.latency.mean.as_secs_f64() * 1e3)
}

#[test]
fn a_read_takes_the_look_up_and_if_it_misses_the_store() {
    // cache-latency-*: t_c + (1 - h) t_d, for the h that there is.
    let mut design = shop(Distribution::Constant(ms(50)), 1_000, cache(secs(20), Refresh::Everybody));
    open(&mut design, 200.0);
    let (counts, loads, latency) = measured(&design, secs(200));
    let hit = counts.hits as f64 / (counts.hits + counts.misses) as f64;
    assert!((0.7..0.9).contains(&hit), "{hit}");
    assert!((latency - (1.0 + (1.0 - hit) * 50.0)).abs() < 0.1, "{latency} at {hit}");
    assert!(counts.misses.abs_diff(loads) < 5);
}

#[test]
fn a_key_is_hit_as_often_as_its_time_to_live_allows() {
    // cache-ttl-*: λT / (1 + λT).
    for (rate, expected) in [(0.1, 0.857_142_9), (1.0, 0.983_606_6)] {
        let mut design = shop(Distribution::Constant(Span::ZERO), 1, cache(secs(60), Refresh::Everybody));
        open(&mut design, rate);
        let (counts, ..) = measured(&design, secs(400_000));
        let hit = counts.hits as f64 / counts.reads as f64;
        assert!((hit - expected).abs() < 0.005, "{rate}: {hit}, not {expected}");
    }
}

#[test]
fn an_expiry_is_a_stampede_unless_one_reads_for_all() {
    // stampede-1000-0.2: 1 + λδ = 201 loads for each expiry; with a lock, 1. An entry lasts 2 s.
    let loads = |refresh| {
        let mut design = shop(Distribution::Constant(ms(200)), 1, cache(secs(2), refresh));
        open(&mut design, 1_000.0);
        let (counts, loads, _) = measured(&design, secs(44));
        // A round is the time to live and the time until it is filled.
        let rounds = 44.0 / 2.2;
        (loads as f64 / rounds, counts)
    };
    let (each, _) = loads(Refresh::Everybody);
    assert!((each - 201.0).abs() < 10.0, "{each}");
    let (each, counts) = loads(Refresh::Lock { wait: secs(5) });
    assert!((each - 1.0).abs() < 0.06, "{each}");
    assert!(counts.coalesced > 3_500, "the others wait for it: {counts:?}");
    let (each, counts) = loads(Refresh::StaleWhileRevalidate { grace: secs(1) });
    // There was nothing to give out the first time.
    let later = (each * 20.0 - 201.0) / 19.0;
    assert!((later - 1.0).abs() < 1.0, "{each} {counts:?}");
    assert!((18..=20).contains(&counts.refreshes), "{counts:?}");
    assert!(counts.misses < 260, "nobody waits but the first ones: {counts:?}");
    let (each, counts) = loads(Refresh::Early { beta: 1.0 });
    assert!(each < 30.0, "{each}: nearly always somebody reads it again before its time is over");
    assert!(counts.hits > 40_000, "{counts:?}");
}

#[test]
fn losing_the_cache_multiplies_the_load_of_the_store() {
    // cache-cold-*: 1 / (1 - h).
    let mut design = shop(Distribution::Constant(Span::ZERO), 1_000, cache(secs(100), Refresh::Everybody));
    open(&mut design, 200.0);
    let hit = 0.952_4; // λT / (1 + λT) with 0.2 requests a second for each key
    fault(&mut design, secs(500), Fault::StoreCrash("g/database-cache".parse().unwrap()));
    let rate = |from, to| {
        let count = |until| measured(&design, until).1 as f64;
        (count(secs(to)) - count(secs(from))) / (to - from) as f64
    };
    let multiplier = rate(500, 600) / rate(300, 500);
    assert!((multiplier - 1.0 / (1.0 - hit)).abs() < 2.0, "{multiplier}");
}

#[test]
fn a_small_cache_keeps_what_is_asked_for_most() {
    let hit = |skew| {
        let mut design = shop(
            Distribution::Constant(Span::ZERO),
            1_000,
            Cache { size: 100, ..cache(secs(10_000), Refresh::Everybody) },
        );
        policies(&mut design).storage.keys.skew = skew;
        open(&mut design, 200.0);
        let (counts, ..) = measured(&design, secs(200));
        counts.hits as f64 / counts.reads as f64
    };
    let (even, skewed) = (hit(0.0), hit(1.2));
    assert!((even - 0.1).abs() < 0.02, "{even}");
    assert!(skewed > 0.6, "{skewed}");
}

#[test]
fn a_write_takes_the_entry_out() {
    let mut design = shop(Distribution::Constant(ms(1)), 1, cache(secs(1_000), Refresh::Everybody));
    let write = Access { data: "goods".into(), write: true, count: 1, probability: 0.1 };
    design.business.functions.get_mut("front").unwrap().steps.push(Step::Access(write));
    open(&mut design, 20.0);
    let (counts, ..) = measured(&design, secs(200));
    let missed = counts.misses as f64 / counts.writes as f64;
    assert!((missed - 1.0).abs() < 0.15, "each write makes for a miss: {counts:?}");
    let stale = counts.stale_reads as f64 / counts.reads as f64;
    assert!(stale < 0.01, "only what was read just then is old: {counts:?}");
}

#[test]
fn what_waits_for_a_dead_cache_reads_the_store() {
    let mut design =
        shop(Distribution::Constant(ms(500)), 1, cache(secs(2), Refresh::Lock { wait: secs(5) }));
    open(&mut design, 100.0);
    fault(&mut design, ms(2_700), Fault::StoreCrash("g/database-cache".parse().unwrap()));
    let (simulation, facts) = play(&design, secs(10));
    let total = simulation.report().groups[0].total;
    assert_eq!(total.failures(), 0, "{total:?}");
    assert!(total.in_flight < 80);
    assert!(facts.iter().any(|(_, fact)| matches!(fact, Fact::Sent { from: Place::Instance(0), .. })));
}

/// A page that takes 100 ms to make, kept at the entry as `edge` says.
fn page(edge: EdgeCache) -> Design {
    let mut design = design(one_function(Distribution::Constant(ms(100))), Layout::Cluster, 1, 64);
    policies(&mut design).edge = Some(edge);
    policies(&mut design).capacity = Capacity { workers: 10_000, queue: 10_000 };
    design
}

fn edge(share: f64, things: u32, ttl: Span, lock: bool) -> EdgeCache {
    let kinds = [("ask".into(), EdgeKind { share, things, ttl })].into_iter().collect();
    EdgeCache { kinds, lock, lock_timeout: secs(5) }
}

#[test]
fn what_the_entry_keeps_never_reaches_the_instances() {
    let mut design = page(edge(0.8, 10, secs(100), false));
    open(&mut design, 100.0);
    let report = report_at(&design, secs(100));
    let group = &report.groups[0];
    let (counts, served) = (group.edge, group.services[0].instances[0].finished as f64);
    let issued = group.total.issued as f64;
    assert!((counts.passed as f64 / issued - 0.2).abs() < 0.02, "{counts:?}");
    assert!((served / issued - 0.2).abs() < 0.03, "{served} of {issued}");
    assert!(counts.misses < 150 && counts.hits > 7_500, "{counts:?}");
    assert_eq!(group.total.failures(), 0);
}

#[test]
fn with_the_lock_of_the_entry_one_request_for_a_thing_goes_on() {
    let asked = |lock| {
        let mut design = page(edge(1.0, 1, secs(1), lock));
        open(&mut design, 500.0);
        let report = report_at(&design, secs(22));
        let group = &report.groups[0];
        assert_eq!(group.total.failures(), 0);
        // A round is the time to live and the time of the page.
        (group.services[0].instances[0].finished as f64 / 20.0, group.edge.coalesced)
    };
    let (each, _) = asked(false);
    assert!((each - 51.0).abs() < 6.0, "1 + λδ: {each}");
    let (each, coalesced) = asked(true);
    assert!((each - 1.0).abs() < 0.06 && coalesced > 800, "{each}, {coalesced}");
}

#[test]
fn who_waits_at_the_entry_for_an_answer_that_fails_goes_on() {
    let mut design = page(edge(1.0, 1, secs(100), true));
    open(&mut design, 200.0);
    fault(&mut design, Span::ZERO, Fault::Crash(instance("app", 1)));
    let report = report_at(&design, secs(3));
    let group = &report.groups[0];
    assert_eq!((group.total.succeeded, group.total.in_flight), (0, 0));
    assert!(group.total.failures() > 500);
}
