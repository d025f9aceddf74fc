//! Tests of stores in the world: nothing is kept of what is over, and a run is a value.

use archlab_model::policy::*;
use archlab_model::*;

use crate::world::World;

/// Replicas that lag, a quorum, shards, pools, a cache with a lock, sessions that are copied; everything dies and
/// comes back.
fn stormy() -> Design {
    let mut design = Design::default();
    for id in ["m1", "m2", "m3"] {
        design.machines.insert(id.into(), Machine::default());
    }
    let seats = design.machines.keys().cloned().map(|id| Some(id.into())).collect();
    let mut group = Group { layout: Layout::Cluster, seats, ..Group::default() };
    group.policies.startup = Span::from_secs(1);
    group.policies.timeouts.response = Span::from_millis(400);
    group.policies.sessions = Some(Sessions { scheme: SessionScheme::Backup, ..Sessions::default() });
    let kinds = [("ask".into(), EdgeKind { share: 0.3, things: 5, ttl: Span::from_millis(200) })];
    group.policies.edge =
        Some(EdgeCache { kinds: kinds.into_iter().collect(), lock: true, ..EdgeCache::default() });
    design.groups.insert("g".into(), group);

    let business = &mut design.business;
    let work = Distribution::Exponential(Span::from_millis(8));
    let data = Data { title: None, read: work, write: work };
    let access = |data: &'static str, write| {
        Step::Access(Access { data: data.into(), write, count: 1, probability: 0.7 })
    };
    let steps = ["a", "b", "c"].into_iter().flat_map(|data| [access(data, true), access(data, false)]);
    business
        .functions
        .insert("front".into(), Function { work, steps: steps.collect(), ..Function::default() });
    business
        .requests
        .insert("ask".into(), RequestKind { title: None, entry: "front".into(), share: 1.0, session: true });
    let quick =
        Failover::Custom(Detector { fencing: false, timeout: Span::from_secs(2), ..Detector::default() });
    let primary = Primary {
        replicas: 2,
        mode: ReplicationMode::SemiSynchronous,
        lag: Distribution::Exponential(Span::from_millis(20)),
        reads: ReadFrom::ReplicasAfterOwnWrites,
        failover: quick,
        ..Primary::default()
    };
    let refresh = Refresh::Lock { wait: Span::from_millis(100) };
    let cache = Cache { ttl: Span::from_millis(300), size: 20, jitter: 0.3, refresh, ..Cache::default() };
    let pool = Some(ConnectionPool { size: 1, wait: Span::from_millis(20) });
    let keys = Keys { count: 50, skew: 1.0, by_user: false };
    let storages = [
        Storage { replication: Replication::Primary(primary), shards: 2, keys, ..Storage::default() },
        Storage { replication: Replication::Quorum(Quorum::default()), pool, keys, ..Storage::default() },
        Storage { cache: Some(cache), durability: Durability::Memory, keys, ..Storage::default() },
    ];
    for (id, storage) in ["a", "b", "c"].into_iter().zip(storages) {
        business.data.insert(id.into(), data.clone());
        let store = StoreSpec { data: vec![id.into()], storage: Some(storage), ..StoreSpec::default() };
        business.stores.insert(id.into(), store);
    }
    let load = Load::Poisson { rate: 120.0 };
    let patience = Span::from_millis(600);
    let client = Client { load, to: vec!["g".into()], patience, users: 40, ..Client::default() };
    design.clients.insert("people".into(), client);

    let names = ["a", "a-2", "a-4", "b-2", "b-3", "c", "c-cache"];
    for (round, name) in (0..60u64).zip(names.into_iter().cycle()) {
        let at = Span::from_millis(500 * round);
        let crash = Fault::StoreCrash(format!("g/{name}").parse().expect("a name"));
        let repair = crash.repair().expect("it has one");
        design.scenario.faults.push(PlannedFault::new(at, crash));
        design.scenario.faults.push(PlannedFault::new(at + Span::from_millis(1_700), repair));
        let instance: InstanceId = format!("g/app/{}", round % 3 + 1).parse().expect("a name");
        design.scenario.faults.push(PlannedFault::new(at, Fault::Crash(instance.clone())));
        let later = at + Span::from_millis(200);
        design.scenario.faults.push(PlannedFault::new(later, Fault::Restart(instance)));
    }
    design
}

#[test]
fn nothing_is_kept_of_reads_and_writes_that_are_over() {
    let mut design = stormy();
    let mut world = World::new(&design);
    while world.advance(SimTime::START + Span::from_secs(40)) {}
    assert!(world.request_count > 4_000);
    let counts = world.report().groups[0].data.iter().fold((0, 0, 0), |sum, data| {
        let counts = data.counts;
        (sum.0 + counts.promotions, sum.1 + counts.coalesced, sum.2 + counts.pool_timeouts)
    });
    assert!(counts.0 > 1 && counts.1 > 5 && counts.2 > 10, "it was stormy: {counts:?}");
    design.clients.clear();
    design.scenario.faults = vec![];
    world.adopt(&design);
    while world.advance(SimTime::START + Span::from_secs(80)) {}
    let left = (world.requests.len(), world.works.len(), world.keeping.accesses.len());
    assert_eq!(left, (0, 0, 0));
    assert!(world.stores.iter().all(|store| store.station.busy == 0 && store.station.waiting() == 0));
    assert!(world.keeping.pools.iter().all(|pool| {
        let process = world.instances[pool.instance as usize].epoch;
        pool.epoch != process || pool.pool.in_use() == 0
    }));
}

#[test]
fn a_run_goes_on_from_a_copy_as_if_it_had_not_been_copied() {
    let mut world = World::new(&stormy());
    while world.advance(SimTime::START + Span::from_secs(7)) {}
    let mut copy = world.clone();
    let end = SimTime::START + Span::from_secs(20);
    while world.advance(end) {}
    while copy.advance(end) {}
    assert_eq!(world.report(), copy.report());
}
