//! Failures: how each comes about, when it is noticed, and what a retry saves.

use crate::common::*;

use archlab_engine::Outcome::{Failed, Succeeded};
use archlab_engine::{Fact, MessageKind, Outcome, Place, Reason};
use archlab_model::*;

/// `machines` machines in a cluster, each call works `work`; one user asks after one second.
fn cluster(machines: usize, work: Span) -> Design {
    let mut design = design(one_function(Distribution::Constant(work)), Layout::Cluster, machines, 4);
    user(&mut design, secs(1));
    design
}

fn check(design: &Design, expected: &[(f64, Outcome)]) -> Vec<(SimTime, Fact)> {
    let (_, facts) = play(design, secs(12));
    let ends = ends(&facts);
    for (place, expected) in expected.iter().enumerate() {
        let end = ends.get(place).unwrap_or_else(|| panic!("only {} ended", ends.len()));
        assert!((end.0 - expected.0).abs() < 1e-6 && end.1 == expected.1, "{end:?}, not {expected:?}");
    }
    facts
}

fn crash(when: Span) -> impl FnOnce(&mut Design) {
    move |design| fault(design, when, Fault::Crash(instance("app", 1)))
}

fn power_off(when: Span) -> impl FnOnce(&mut Design) {
    move |design| fault(design, when, Fault::PowerOff("m1".into()))
}

fn with(mut design: Design, change: impl FnOnce(&mut Design)) -> Design {
    change(&mut design);
    design
}

#[test]
fn a_full_queue_rejects() {
    let mut design = cluster(1, ms(100));
    policies(&mut design).capacity = Capacity { workers: 1, queue: 1 };
    clients(&mut design, Load::Users { count: 3, think: Distribution::Constant(secs(1)) });
    check(&design, &[(1.0, Failed(Reason::QueueFull)), (1.1, Succeeded), (1.2, Succeeded)]);
}

#[test]
fn a_dead_process_refuses_at_once() {
    check(&with(cluster(1, ms(100)), crash(ms(500))), &[(1.0, Failed(Reason::Refused))]);
}

#[test]
fn a_silent_machine_costs_the_connect_timeout() {
    check(&with(cluster(1, ms(100)), power_off(ms(500))), &[(2.0, Failed(Reason::Unreachable))]);
}

#[test]
fn the_connect_timeout_counts_from_when_the_call_was_sent() {
    let mut design = with(cluster(1, ms(100)), power_off(ms(500)));
    design.network.local = ms(200);
    check(&design, &[(2.0, Failed(Reason::Unreachable))]);
}

#[test]
fn a_process_that_dies_breaks_its_connections() {
    check(&with(cluster(2, secs(1)), crash(ms(1_500))), &[(1.5, Failed(Reason::Reset))]);
}

#[test]
fn a_machine_that_dies_leaves_its_callers_waiting() {
    check(&with(cluster(2, secs(1)), power_off(ms(1_500))), &[(6.0, Failed(Reason::TimedOut))]);
}

#[test]
fn an_answer_that_comes_too_late_is_dropped_and_the_work_was_in_vain() {
    let facts = check(&cluster(1, secs(8)), &[(6.0, Failed(Reason::TimedOut))]);
    assert!(facts.contains(&(at(secs(9)), Fact::Finished { at: Place::Instance(0), wanted: false })));
    let answers =
        |(_, fact): &&(SimTime, Fact)| matches!(fact, Fact::Sent { message: MessageKind::Response, .. });
    assert_eq!(facts.iter().filter(answers).count(), 0);
}

#[test]
fn a_client_leaves_when_its_patience_ends() {
    let mut design = cluster(1, secs(8));
    design.clients[0].patience = secs(2);
    let facts = check(&design, &[(3.0, Failed(Reason::TimedOut))]);
    assert!(facts.contains(&(at(secs(9)), Fact::Finished { at: Place::Instance(0), wanted: false })));
}

#[test]
fn what_was_not_delivered_is_tried_on_another_instance() {
    check(&with(cluster(2, ms(100)), crash(ms(500))), &[(1.1, Succeeded)]);
    let facts = check(&with(cluster(2, ms(100)), power_off(ms(500))), &[(2.1, Succeeded)]);
    let failed = Fact::AttemptFailed { at: Place::Instance(0), reason: Reason::Unreachable, retried: true };
    let retry = Fact::Sent {
        from: Place::Entry(0),
        to: Place::Instance(1),
        arrives: at(secs(2)),
        message: MessageKind::Retry,
        kind: 0,
    };
    let place = facts.iter().position(|told| *told == (at(secs(2)), failed)).expect("it failed first");
    assert_eq!(facts[place + 1], (at(secs(2)), retry));
}

#[test]
fn one_attempt_means_no_retry() {
    let mut design = with(cluster(2, ms(100)), crash(ms(500)));
    policies(&mut design).retry.attempts = 1;
    check(&design, &[(1.0, Failed(Reason::Refused))]);
}

#[test]
fn what_was_begun_is_tried_again_only_if_the_policy_says_so() {
    let mut design = with(cluster(2, secs(1)), crash(ms(1_500)));
    policies(&mut design).retry.after_timeout = true;
    check(&design, &[(2.5, Succeeded)]);

    let mut design = with(cluster(2, secs(1)), power_off(ms(1_500)));
    policies(&mut design).retry.after_timeout = true;
    check(&design, &[(7.0, Succeeded)]);
}

#[test]
fn with_nobody_believed_healthy_a_call_fails_at_once() {
    let mut design = with(cluster(1, ms(100)), crash(ms(500)));
    clients(&mut design, Load::Users { count: 1, think: Distribution::Constant(secs(8)) });
    check(&design, &[(8.0, Failed(Reason::NoneHealthy))]);
}

#[test]
fn a_process_that_starts_refuses_until_it_is_ready() {
    let mut design = with(cluster(1, ms(100)), crash(ms(500)));
    fault(&mut design, ms(600), Fault::Restart(instance("app", 1)));
    let expected =
        [(1.0, Failed(Reason::Refused)), (2.0, Failed(Reason::Refused)), (3.0, Failed(Reason::Refused))];
    check(&design, &expected);
    let ends = ends(&check(&design, &[]));
    assert_eq!(ends[3].1, Succeeded, "ready at 3.6 s: {ends:?}");
}

#[test]
fn a_deadline_covers_all_attempts() {
    let business = business_of(&[
        ("front", Span::ZERO, vec![Step::Call(Call { deadline: Some(ms(1_500)), ..call("back") })]),
        ("back", secs(1), vec![]),
    ]);
    let mut design = design(business, Layout::Distributed, 4, 4);
    user(&mut design, secs(1));
    // The second seat runs the first copy of "back"; one second is lost on it.
    fault(&mut design, ms(500), Fault::PowerOff("m2".into()));
    check(&design, &[(2.5, Failed(Reason::TimedOut))]);
}

#[test]
fn least_connections_avoids_the_instance_that_hangs() {
    let finished_on_the_slow_machine = |balancing| {
        let mut design = design(one_function(Distribution::Constant(ms(10))), Layout::Cluster, 3, 4);
        design.machines[0].speed = 0.1;
        policies(&mut design).balancing = balancing;
        open(&mut design, 100.0);
        let service = &report_at(&design, secs(60)).groups[0].services[0];
        let counts: Vec<u64> = service.instances.iter().map(|instance| instance.finished).collect();
        assert!(counts[1].min(counts[2]) > 1_800, "the others are busy: {counts:?}");
        counts[0]
    };
    let fair = finished_on_the_slow_machine(Balancing::RoundRobin);
    assert!((1_850..2_150).contains(&fair), "round robin gives it a third: {fair}");
    let spared = finished_on_the_slow_machine(Balancing::LeastConnections);
    assert!(2 * spared < fair, "it gets {spared}, {fair} in turn");
}
