//! Nothing is kept of what is over.

use super::World;
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
