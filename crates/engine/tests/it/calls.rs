//! Calls: sequence, parallel, soft, asynchronous, deadlines, workers held, cores shared.

use crate::common::*;

use archlab_engine::Outcome::{Failed, Succeeded};
use archlab_engine::{Fact, Outcome, Place, Reason};
use archlab_model::*;

/// One user asks after one second; how and when that ends.
fn check(design: &mut Design, expected: &[(f64, Outcome)]) {
    user(design, secs(1));
    check_clients(design, expected);
}

fn check_clients(design: &Design, expected: &[(f64, Outcome)]) {
    let (_, facts) = play(design, secs(30));
    let ends = ends(&facts);
    for (place, expected) in expected.iter().enumerate() {
        let end = ends.get(place).unwrap_or_else(|| panic!("only {} ended", ends.len()));
        assert!((end.0 - expected.0).abs() < 1e-6 && end.1 == expected.1, "{end:?}, not {expected:?}");
    }
}

/// Three functions on three machines: `front` (10 ms, then `steps`), `a` (100 ms), `b` (300 ms).
fn three(steps: Vec<Step>) -> Design {
    let business = business_of(&[("front", ms(10), steps), ("a", ms(100), vec![]), ("b", ms(300), vec![])]);
    design(business, Layout::Distributed, 3, 4)
}

fn crashed(mut design: Design, service: &'static str) -> Design {
    fault(&mut design, ms(500), Fault::Crash(instance(service, 1)));
    design
}

#[test]
fn calls_in_sequence_add_up() {
    check(&mut three(vec![Step::Call(call("a")), Step::Call(call("b"))]), &[(1.41, Succeeded)]);
}

#[test]
fn a_call_may_happen_several_times() {
    check(&mut three(vec![Step::Call(Call { count: 3, ..call("a") })]), &[(1.31, Succeeded)]);
}

#[test]
fn parallel_calls_take_as_long_as_the_longest() {
    check(&mut three(vec![Step::Parallel(vec![call("a"), call("b")])]), &[(1.31, Succeeded)]);
}

#[test]
fn a_parallel_branch_may_be_several_calls_one_after_another() {
    let branch = Call { count: 5, ..call("a") };
    check(&mut three(vec![Step::Parallel(vec![branch, call("b")])]), &[(1.51, Succeeded)]);
}

#[test]
fn calls_within_an_instance_behave_alike() {
    for (steps, expected) in [
        (vec![Step::Call(call("a")), Step::Call(call("b"))], 1.41),
        (vec![Step::Parallel(vec![call("a"), call("b")])], 1.31),
        (vec![Step::Call(Call { asynchronous: true, ..call("b") })], 1.01),
    ] {
        let mut design = three(steps);
        design.groups[&GroupId::from("g")].layout = Layout::Cluster;
        check(&mut design, &[(expected, Succeeded)]);
    }
}

#[test]
fn a_caller_does_not_wait_for_an_asynchronous_call() {
    let mut design = three(vec![Step::Call(Call { asynchronous: true, ..call("b") })]);
    check(&mut design, &[(1.01, Succeeded)]);
    let (_, facts) = play(&design, ms(1_500));
    let last = facts.iter().rfind(|(_, fact)| matches!(fact, Fact::Finished { .. }));
    assert_eq!(last, Some(&(at(ms(1_310)), Fact::Finished { at: Place::Instance(2), wanted: true })));
}

#[test]
fn the_failure_of_an_asynchronous_call_fails_nobody() {
    let steps = vec![Step::Call(Call { asynchronous: true, ..call("b") })];
    check(&mut crashed(three(steps), "b"), &[(1.01, Succeeded)]);
}

#[test]
fn a_hard_failure_fails_the_caller_with_its_root_cause() {
    check(&mut crashed(three(vec![Step::Call(call("b"))]), "b"), &[(1.01, Failed(Reason::Refused))]);
}

#[test]
fn a_soft_failure_is_borne() {
    let steps = vec![Step::Call(Call { soft: true, ..call("b") }), Step::Call(call("a"))];
    check(&mut crashed(three(steps), "b"), &[(1.11, Succeeded)]);
}

#[test]
fn a_deadline_ends_the_wait() {
    let steps = |soft| vec![Step::Call(Call { soft, deadline: Some(ms(50)), ..call("b") })];
    check(&mut three(steps(false)), &[(1.06, Failed(Reason::TimedOut))]);
    check(&mut three(steps(true)), &[(1.06, Succeeded)]);
}

#[test]
fn a_failed_branch_fails_the_whole_at_once_and_its_siblings_work_in_vain() {
    let mut design = crashed(three(vec![Step::Parallel(vec![call("b"), call("a")])]), "a");
    check(&mut design, &[(1.01, Failed(Reason::Refused))]);
    let (simulation, facts) = play(&design, ms(1_500));
    assert!(facts.contains(&(at(ms(1_310)), Fact::Finished { at: Place::Instance(2), wanted: false })));
    assert_eq!(simulation.report().groups[0].wasted, 1);
}

#[test]
fn messages_take_their_time() {
    let mut design = three(vec![Step::Call(call("a"))]);
    design.network = Network::default();
    // Client to entry, entry to front, front to a, and all the way back.
    check(&mut design, &[(1.11 + 2.0 * 0.0205, Succeeded)]);
    design.groups[&GroupId::from("g")].layout = Layout::Cluster;
    check(&mut design, &[(1.11 + 2.0 * 0.02025, Succeeded)]);
}

#[test]
fn a_link_may_differ_from_the_others() {
    let mut design = three(vec![Step::Call(call("a"))]);
    let link = |one: &str, other: &str, latency| archlab_model::network::LinkLatency {
        between: (one.into(), other.into()),
        latency,
    };
    design.network.links =
        vec![link("m2", "m1", ms(5)), link("people", "g", ms(7)), link("g", "nobody", ms(9))];
    check(&mut design, &[(1.11 + 2.0 * 0.012, Succeeded)]);
}

#[test]
fn a_worker_is_held_while_its_call_is_waited_for() {
    let mut business =
        business_of(&[("front", Span::ZERO, vec![Step::Call(call("back"))]), ("back", ms(100), vec![])]);
    let narrow = ServiceSpec {
        functions: vec!["front".into()],
        capacity: Some(Capacity { workers: 1, queue: 10 }),
        ..ServiceSpec::default()
    };
    business.services.insert("front".into(), narrow);
    let mut design = design(business, Layout::Microservice, 2, 4);
    clients(&mut design, Load::Users { count: 2, think: Distribution::Constant(secs(1)) });
    check_clients(&design, &[(1.1, Succeeded), (1.2, Succeeded)]);
}

#[test]
fn work_beyond_the_cores_shares_them() {
    // Two pieces of 100 ms on one core, the second 50 ms later: the first has 50 ms left then, and gets
    // half the core for 100 ms; the second has 50 ms left when it is alone.
    let mut design = design(one_function(Distribution::Constant(ms(100))), Layout::Cluster, 1, 1);
    user(&mut design, secs(1));
    let other = Client {
        load: Load::Users { count: 1, think: Distribution::Constant(ms(1_050)) },
        ..design.clients[0].clone()
    };
    design.clients.insert("others".into(), other);
    check_clients(&design, &[(1.15, Succeeded), (1.2, Succeeded)]);
}

#[test]
fn a_faster_machine_works_faster() {
    let mut design = design(one_function(Distribution::Constant(ms(100))), Layout::Cluster, 1, 1);
    design.machines[0].speed = 4.0;
    check(&mut design, &[(1.025, Succeeded)]);
}

/// One function that reads data once, 10 ms, and a store of one connection.
fn reader() -> Design {
    let access = Access { data: "goods".into(), write: false, count: 1, probability: 1.0 };
    let mut business = business_of(&[("front", ms(10), vec![Step::Access(access)])]);
    let data = Data { title: None, read: Distribution::Constant(ms(10)), write: Distribution::default() };
    business.data.insert("goods".into(), data);
    let mut design = design(business, Layout::Cluster, 1, 4);
    policies(&mut design).store_connections = 1;
    design
}

#[test]
fn accesses_queue_for_the_connections_of_a_store() {
    let mut design = reader();
    clients(&mut design, Load::Users { count: 3, think: Distribution::Constant(secs(1)) });
    check_clients(&design, &[(1.02, Succeeded), (1.03, Succeeded), (1.04, Succeeded)]);
}

#[test]
fn a_session_is_read_before_anything_else() {
    let mut design = reader();
    design.business.requests[0].session = true;
    check(&mut design, &[(1.0202, Succeeded)]);
}

#[test]
fn what_is_deployed_nowhere_fails_what_needs_it() {
    let mut unknown_data = reader();
    unknown_data.business.data.clear();
    check(&mut unknown_data, &[(1.01, Failed(Reason::NotDeployed))]);

    let mut empty_seat = three(vec![Step::Call(call("a"))]);
    empty_seat.groups[0].seats[1] = None;
    check(&mut empty_seat, &[(1.01, Failed(Reason::NotDeployed))]);

    let mut unknown_function = three(vec![Step::Call(call("nothing"))]);
    check(&mut unknown_function, &[(1.01, Failed(Reason::NotDeployed))]);

    let mut no_machine = three(vec![]);
    no_machine.groups[0].seats.clear();
    check(&mut no_machine, &[(1.0, Failed(Reason::NotDeployed))]);
}

#[test]
fn calls_in_a_circle_come_to_a_limit() {
    for layout in Layout::ALL {
        let mut design = three(vec![Step::Call(call("front"))]);
        design.groups[0].layout = layout;
        policies(&mut design).timeouts.response = secs(60);
        check(&mut design, &[(1.65, Failed(Reason::LimitReached))]);
    }
}

#[test]
fn calls_that_multiply_come_to_a_limit() {
    for layout in Layout::ALL {
        let twice = || Step::Parallel(vec![Call { count: 1_000_000, ..call("front") }, call("front")]);
        let mut design = three(vec![twice()]);
        design.business.functions[0].work = Distribution::default();
        design.groups[0].layout = layout;
        user(&mut design, secs(1));
        let (_, facts) = play(&design, ms(1_500));
        assert!(matches!(ends(&facts)[0].1, Failed(_)), "{:?}", ends(&facts)[0]);
    }
}

/// The calls of `front`, each in a protocol that costs 5 ms at either end and so many round trips.
fn by(kind: CallKind, round_trips: u32, steps: Vec<Step>) -> Design {
    let mut design = three(steps);
    *design.business.calls.of_mut(kind) = protocol::CallCost { work: ms(5), round_trips };
    design
}

fn rest(to: &'static str) -> Call {
    Call { by: Some(CallKind::Rest), ..call(to) }
}

#[test]
fn a_call_in_a_protocol_costs_work_at_both_ends() {
    check(&mut by(CallKind::Rest, 0, vec![Step::Call(rest("a"))]), &[(1.12, Succeeded)]);
    // What costs is the protocol that the call names.
    check(&mut by(CallKind::Rpc, 0, vec![Step::Call(rest("a"))]), &[(1.1102, Succeeded)]);
    check(&mut by(CallKind::Rest, 0, vec![Step::Call(call("a"))]), &[(1.11, Succeeded)]);
    // The caller encodes and decodes one call after the other.
    let thrice = Call { count: 3, ..rest("a") };
    check(&mut by(CallKind::Rest, 0, vec![Step::Call(thrice)]), &[(1.34, Succeeded)]);
    let both = Step::Parallel(vec![rest("a"), rest("b")]);
    check(&mut by(CallKind::Rest, 0, vec![both]), &[(1.325, Succeeded)]);
}

#[test]
fn a_connection_for_each_call_costs_its_round_trips() {
    let mut design = by(CallKind::Rest, 2, vec![Step::Call(rest("a"))]);
    design.network.local = ms(1);
    // There and back from the entry to `front` and on to `a`, and twice more for the connection.
    check(&mut design, &[(1.12 + 0.002 + 0.002 + 0.004, Succeeded)]);
}

#[test]
fn within_a_service_no_protocol_is_needed() {
    let mut design = by(CallKind::Rest, 2, vec![Step::Call(rest("a"))]);
    design.groups[0].layout = Layout::Cluster;
    check(&mut design, &[(1.11, Succeeded)]);
}
