//! What is kept of requests: nothing when they are over, one record where that is enough, and of no more than there may
//! be.

use super::{MAX_REQUESTS, World};
use archlab_model::*;

/// A design in which calls are lost in every way: they time out, are refused, go to dead machines.
fn lossy() -> Design {
    let mut design = Design::default();
    let mut group = Group { layout: Layout::Microservice, ..Group::default() };
    for id in ["m1", "m2"] {
        design.machines.insert(id.into(), Machine::default());
        group.seats.push(Some(id.into()));
    }
    group.policies.retry = Retry { attempts: 3, after_timeout: true };
    group.policies.replicas = 2;
    let patience = Span::from_millis(300);
    let to = vec!["g".into()];
    design.groups.insert("g".into(), group);
    let late = Call { deadline: Some(Span::from_millis(20)), soft: true, ..Call::to("b".into()) };
    let forgotten = Call { asynchronous: true, ..Call::to("b".into()) };
    let steps = vec![Step::Parallel(vec![late, forgotten, Call::to("b".into())])];
    let work = Distribution::Exponential(Span::from_millis(30));
    design.business.functions.insert("a".into(), Function { title: None, work, steps });
    design.business.functions.insert("b".into(), Function { title: None, work, steps: Vec::new() });
    let kind = RequestKind { title: None, entry: "a".into(), share: 1.0, session: false };
    design.business.requests.insert("ask".into(), kind);
    let load = Load::Poisson { rate: 50.0 };
    design.clients.insert("people".into(), Client { load, to, patience, ..Client::default() });
    for second in 0..30 {
        let (off, on) = if second % 2 == 0 { ("m1", "m2") } else { ("m2", "m1") };
        let at = Span::from_secs(3 * second);
        design.scenario.faults.push(PlannedFault::new(at, Fault::PowerOff(off.into())));
        design.scenario.faults.push(PlannedFault::new(at, Fault::PowerOn(on.into())));
    }
    design
}

#[test]
fn nothing_is_kept_of_requests_that_are_over() {
    let mut design = lossy();
    let mut world = World::new(&design);
    while world.advance(SimTime::START + Span::from_secs(90)) {}
    assert!(world.request_count > 4_000);
    design.clients.clear();
    design.scenario.faults = vec![];
    world.adopt(&design);
    while world.advance(SimTime::START + Span::from_secs(200)) {}
    assert_eq!((world.requests.len(), world.works.len(), world.memories.len()), (0, 0, 0));
    assert!(world.instances.iter().all(|instance| instance.outstanding == 0));
    assert!(world.agenda.has_no_timers());
}

#[test]
fn programs_that_come_back_take_no_more_room() {
    let first = lossy();
    let mut second = lossy();
    second.business.functions[0].work = Distribution::Constant(Span::from_millis(7));
    let mut world = World::new(&first);
    world.adopt(&second);
    let room = world.ops.len();
    for _ in 0..100 {
        world.adopt(&first);
        world.adopt(&second);
    }
    assert_eq!(world.ops.len(), room);
}

/// Two servers on a machine each, with a queue, and messages that take no time.
fn queueing(load: Load, patience: Span) -> Design {
    let mut design = Design::default();
    let mut group = Group { layout: Layout::Cluster, ..Group::default() };
    for id in ["m1", "m2"] {
        design.machines.insert(id.into(), Machine { cores: 2, ..Machine::default() });
        group.seats.push(Some(id.into()));
    }
    group.policies.capacity = Capacity { workers: 2, queue: 1_000_000 };
    group.policies.timeouts.response = patience;
    group.policies.retry = Retry { attempts: 2, after_timeout: true };
    design.groups.insert("g".into(), group);
    design.network =
        Network { internet: Span::ZERO, local: Span::ZERO, loopback: Span::ZERO, links: Vec::new() };
    let work = Distribution::Exponential(Span::from_millis(10));
    design.business.functions.insert("work".into(), Function { title: None, work, steps: Vec::new() });
    let kind = RequestKind { title: None, entry: "work".into(), share: 1.0, session: false };
    design.business.requests.insert("ask".into(), kind);
    let client = Client { load, to: vec!["g".into()], patience: patience * 2, ..Client::default() };
    design.clients.insert("people".into(), client);
    design
}

fn at(millis: u64) -> SimTime {
    SimTime::START + Span::from_millis(millis)
}

#[test]
fn a_request_that_waits_is_one_record_where_messages_take_no_time() {
    for patience in [Span::from_secs(5), Span::MAX] {
        let mut world = World::new(&queueing(Load::Poisson { rate: 1_000.0 }, patience));
        while world.advance(at(2_000)) {}
        assert!(world.works.len() > 1_000, "they pile up");
        assert_eq!((world.requests.len(), world.works.len()), (0, world.under_way as usize));
    }
}

#[test]
fn a_request_that_is_written_out_sooner_ends_as_it_would_have() {
    let closed = Load::Users { count: 40, think: Distribution::Exponential(Span::from_millis(30)) };
    let open = Load::Poisson { rate: 380.0 };
    let mut slower = queueing(open.clone(), Span::from_millis(60));
    slower.machines[0].cores = 1;
    let instance = |number| InstanceId { group: "g".into(), service: "app".into(), number };
    let rest = |mut world: World, first: u64| {
        // Somebody listens for a while, cores have to be shared, processes end, clients and callers leave.
        world.telling = first == 0;
        world.take_stock();
        let wait = |world: &mut World, millis: u64| {
            let until = world.now + Span::from_millis(millis);
            while world.advance(until) {
                world.told.clear();
            }
        };
        wait(&mut world, 50);
        world.telling = false;
        let adopt = crate::Intervention::Adopt(Box::new(slower.clone()));
        let faults = [Fault::Crash(instance(1)), Fault::PowerOff("m2".into())];
        let mut done = Vec::from(faults.map(crate::Intervention::Fault));
        done.insert(first as usize, adopt);
        for intervention in &done {
            world.intervene(intervention);
            wait(&mut world, 1_000);
        }
        format!("{:?} {:?} {:?}", world.measures, world.streams, world.request_count)
    };
    for load in [open.clone(), closed] {
        for patience in [Span::from_millis(60), Span::MAX] {
            let mut world = World::new(&queueing(load.clone(), patience));
            for (first, millis) in (0..).zip([400, 800, 1_200]) {
                while world.advance(at(millis)) {}
                let lone: Vec<usize> =
                    world.works.iter().filter(|(_, work)| work.is_lone()).map(|(index, _)| index).collect();
                assert!(!lone.is_empty(), "nobody waits");
                let mut other = world.clone();
                for index in lone {
                    other.write_out(index as u32);
                }
                assert_eq!(
                    rest(world.clone(), first),
                    rest(other, first),
                    "{load:?}, {patience}, {millis} ms"
                );
            }
        }
    }
}

#[test]
fn no_more_requests_are_under_way_than_there_may_be_whoever_listens() {
    let load = Load::Batch { count: 100_000, at: Span::ZERO, every: Some(Span::from_millis(1)) };
    let ends = [false, true].map(|telling| {
        let mut world = World::new(&queueing(load.clone(), Span::MAX));
        world.telling = telling;
        world.take_stock();
        while world.advance(at(16)) {
            world.told.clear();
        }
        let tally = world.measures.groups[0].total();
        assert_eq!(tally.in_flight, u64::from(MAX_REQUESTS));
        assert_eq!(tally.in_flight, u64::from(world.under_way));
        (tally.issued, tally.succeeded, tally.failed)
    });
    assert_eq!(ends[0], ends[1]);
}

#[test]
fn a_transaction_knows_its_request_only_while_that_is_under_way() {
    let mut design = lossy();
    let write = Access { data: "goods".into(), write: true, count: 1, probability: 1.0 };
    let time = Distribution::Constant(Span::from_millis(5));
    let goods = Data { title: None, read: time, write: time };
    design.business.data.insert("goods".into(), goods);
    design.business.functions[0].steps = vec![Step::Call(Call::to("b".into()))];
    design.business.functions[1].steps = vec![Step::Access(write)];
    design.business.transactions = vec!["a".into()];
    design.groups[0].policies.transactions.protocol = Protocol::TwoPhase;
    let (mut world, mut most) = (World::new(&design), 0);
    while world.advance(at(20_000)) {
        let of_requests = &world.transacting.by_request;
        most = most.max(of_requests.len());
        let under_way = |request: &u32| world.requests.get(*request as usize).is_some();
        assert!(of_requests.keys().all(under_way), "another request that gets the place is taken for this");
    }
    assert!(most > 3, "{most} at once");
}
