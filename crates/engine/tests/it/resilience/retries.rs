//! Retries: how often, after which pauses, within which budget.

use archlab_engine::{Fact, MessageKind, Place};
use archlab_model::policy::{Backoff, Jitter, RetryBudget};
use archlab_model::{Capacity, Distribution, Fault, Layout, Span, Step};

use super::{calls, group, near, patient, resilience, run, station};
use crate::common::*;

/// Calls that fail with this chance, each by its timeout, and are made again up to `retries` times: attempts for
/// each request, the part that succeeded in the end, the mean time until then.
fn timed_out(chance: f64, retries: u32) -> (f64, f64) {
    let mut design = station(Distribution::Exponential(ms(10)), 1, 1_000);
    patient(&mut design, 1_000.0);
    let policies = policies(&mut design);
    policies.timeouts.response = Span::from_secs_f64(-0.01 * libm::log(chance));
    (policies.retry.attempts, policies.retry.after_timeout) = (1 + retries, true);
    policies.resilience.retry_same = true;
    let report = run(&design, secs(30));
    let group = group(&report);
    let ended = (group.total.succeeded + group.total.failures()) as f64;
    (1.0 + group.retries as f64 / ended, group.total.succeeded as f64 / ended)
}

#[test]
fn a_call_is_made_as_often_as_the_table_says() {
    // retry-attempts-*, retry-success-*
    for (chance, retries, attempts, success) in
        [(0.5, 1, 1.5, 0.75), (0.5, 2, 1.75, 0.875), (0.1, 2, 1.11, 0.999), (0.9, 3, 3.439, 0.3439)]
    {
        let (measured_attempts, measured_success) = timed_out(chance, retries);
        near(measured_attempts, attempts, 0.02);
        near(measured_success, success, 0.03);
    }
}

/// Attempts that reach the bottom of a chain of `layers` when it is dead and each layer makes `attempts`.
fn at_the_bottom(layers: usize, attempts: u32) -> usize {
    const NAMES: [&str; 6] = ["f0", "f1", "f2", "f3", "f4", "f5"];
    let functions: Vec<_> = (0..layers)
        .map(|layer| {
            let steps = if layer + 1 < layers { vec![Step::Call(call(NAMES[layer + 1]))] } else { vec![] };
            (NAMES[layer], Span::ZERO, steps)
        })
        .collect();
    let mut design = design(business_of(&functions), Layout::Microservice, layers, 1);
    policies(&mut design).retry.attempts = attempts;
    resilience(&mut design).retry_errors = true;
    resilience(&mut design).retry_same = true;
    user(&mut design, secs(1));
    fault(&mut design, ms(500), Fault::Crash(instance(NAMES[layers - 1], 1)));
    let (simulation, facts) = play(&design, ms(1_500));
    let bottom = simulation.roster().instances.iter().position(|id| id.service.as_str() == NAMES[layers - 1]);
    let bottom = Place::Instance(bottom.expect("it runs somewhere") as u32);
    let sent = facts.iter().filter(|(_, fact)| matches!(fact, Fact::Sent { to, .. } if *to == bottom));
    sent.count()
}

#[test]
fn layers_of_retries_multiply() {
    // retry-layers-*
    assert_eq!(at_the_bottom(1, 3), 3);
    assert_eq!(at_the_bottom(2, 3), 9);
    assert_eq!(at_the_bottom(3, 3), 27);
    assert_eq!(at_the_bottom(3, 4), 64);
    assert_eq!(at_the_bottom(5, 3), 243);
}

/// When attempts are sent to a process that is dead, by one user who asks after one second.
fn attempts_at(backoff: Backoff, patience: Span, deadlines: bool) -> Vec<f64> {
    let mut design = station(Distribution::Constant(ms(10)), 1, 1);
    user(&mut design, secs(1));
    design.clients[0].patience = patience;
    policies(&mut design).retry.attempts = 4;
    resilience(&mut design).retry_same = true;
    resilience(&mut design).backoff = Some(backoff);
    resilience(&mut design).deadlines = deadlines;
    fault(&mut design, ms(500), Fault::Crash(instance("app", 1)));
    let (_, facts) = play(&design, ms(1_990));
    let sent = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::Sent { message: MessageKind::Request | MessageKind::Retry, to: Place::Instance(_), .. } => {
            Some(at.as_secs_f64())
        }
        _ => None,
    });
    sent.collect()
}

#[test]
fn pauses_between_attempts_grow() {
    let backoff = Backoff { jitter: Jitter::None, ..Backoff::default() };
    assert_eq!(attempts_at(backoff, secs(10), false), [1.0, 1.1, 1.3, 1.7]);
    let capped = Backoff { cap: ms(150), ..backoff };
    assert_eq!(attempts_at(capped, secs(10), false), [1.0, 1.1, 1.25, 1.4]);
}

#[test]
fn no_pause_outlasts_the_deadline() {
    let backoff = Backoff { jitter: Jitter::None, ..Backoff::default() };
    assert_eq!(
        attempts_at(backoff, ms(250), true),
        [1.0, 1.1],
        "the third would come after the client has left"
    );
}

#[test]
fn a_budget_caps_the_load_of_retries() {
    // retry-budget-0.2
    let amplification = |budget| {
        let mut design = station(Distribution::Constant(secs(1)), 1, 10_000);
        patient(&mut design, 500.0);
        let policies = policies(&mut design);
        policies.timeouts.response = ms(1);
        (policies.retry.attempts, policies.retry.after_timeout) = (4, true);
        policies.resilience.retry_same = true;
        calls(&mut design).retry_budget = budget;
        let report = run(&design, secs(20));
        1.0 + group(&report).retries as f64 / group(&report).total.issued as f64
    };
    near(amplification(None), 4.0, 0.01);
    near(amplification(Some(RetryBudget::Ratio { ratio: 0.2, minimum: 0.0 })), 1.2, 0.01);
    near(amplification(Some(RetryBudget::Ratio { ratio: 0.2, minimum: 10.0 })), 1.22, 0.02);
    near(amplification(Some(RetryBudget::Tokens { most: 10, ratio: 0.1 })), 1.0, 0.01);
}

#[test]
fn a_pause_that_was_adopted_holds_for_the_next_failure() {
    let mut design = station(Distribution::Constant(ms(10)), 1, 1);
    policies(&mut design).retry.attempts = 2;
    policies(&mut design).capacity = Capacity { workers: 1, queue: 0 };
    resilience(&mut design).retry_same = true;
    patient(&mut design, 300.0);
    let (mut simulation, _) = play(&design, secs(5));
    let before = simulation.report();
    let backoff = Backoff { base: ms(20), factor: 1.0, cap: ms(20), jitter: Jitter::Full };
    resilience(&mut design).backoff = Some(backoff);
    simulation.intervene(adopt(&design));
    go_on(&mut simulation, secs(10));
    let after = simulation.report();
    let first = group(&before).total.succeeded as f64;
    let second = group(&after).total.succeeded as f64 - first;
    assert!(second > 1.05 * first, "a pause gives the worker time to be free: {first}, then {second}");
}
