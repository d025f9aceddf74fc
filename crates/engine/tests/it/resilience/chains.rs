//! What a chain of calls does when a part of it fails: fallbacks, degraded answers; and that a run stays a run.

use archlab_engine::{Outcome, Reason, Simulation};
use archlab_model::policy::{
    Backoff, Breaker, BreakerWindow, Bulkhead, Codel, ConcurrencyLimit, Hedging, RateLimit, RetryBudget,
    Shedding, Throttle,
};
use archlab_model::{Call, Capacity, Design, Distribution, Fault, Layout, Step};

use super::{calls, group, near, resilience, run};
use crate::common::*;

/// A front that calls a back, which is dead, in this way; and a spare that takes 50 ms.
fn front(to: Call, layout: Layout) -> Design {
    let functions =
        [("front", ms(10), vec![Step::Call(to)]), ("back", ms(10), vec![]), ("spare", ms(50), vec![])];
    let mut design = design(business_of(&functions), layout, 3, 4);
    user(&mut design, secs(1));
    fault(&mut design, ms(500), Fault::Crash(instance("back", 1)));
    design
}

#[test]
fn a_soft_call_that_fails_makes_a_degraded_answer() {
    let design = front(Call { soft: true, ..call("back") }, Layout::Microservice);
    let tally = group(&run(&design, ms(1_500))).total;
    assert_eq!((tally.succeeded, tally.degraded), (1, 1));
}

#[test]
fn a_call_falls_back_on_another_function() {
    let with = Call { fallback: Some("spare".into()), ..call("back") };
    let design = front(with, Layout::Microservice);
    let (simulation, facts) = play(&design, ms(1_500));
    assert_eq!(ends(&facts), [(1.06, Outcome::Succeeded)], "10 ms before the call, 50 ms instead of it");
    assert_eq!(group(&simulation.report()).total.degraded, 1);
    let hard = front(call("back"), Layout::Microservice);
    let (_, facts) = play(&hard, ms(1_500));
    assert_eq!(ends(&facts), [(1.01, Outcome::Failed(Reason::Refused))]);
}

#[test]
fn a_call_inside_an_instance_falls_back_too() {
    // The back itself calls what does not exist: it fails inside the only service of a cluster.
    let with = Call { fallback: Some("spare".into()), ..call("back") };
    let functions = [
        ("front", ms(10), vec![Step::Call(with)]),
        ("back", ms(10), vec![Step::Call(call("nowhere"))]),
        ("spare", ms(50), vec![]),
    ];
    let mut design = design(business_of(&functions), Layout::Cluster, 1, 4);
    user(&mut design, secs(1));
    let (simulation, facts) = play(&design, ms(1_500));
    assert_eq!(ends(&facts), [(1.07, Outcome::Succeeded)]);
    assert_eq!(group(&simulation.report()).total.degraded, 1);
}

#[test]
fn an_open_breaker_falls_back_without_a_call() {
    let with = Call { fallback: Some("spare".into()), ..call("back") };
    let mut design = front(with, Layout::Microservice);
    open(&mut design, 50.0);
    let window = BreakerWindow::Calls(5);
    let breaker = Breaker { window, minimum: 5, ..Breaker::default() };
    let own = archlab_model::policy::CallerPolicies { breaker: Some(breaker), ..Default::default() };
    resilience(&mut design).services.insert("back".into(), own);
    let report = run(&design, secs(10));
    let group = group(&report);
    assert_eq!((group.total.failures(), group.breakers.len()), (0, 1));
    assert!(group.total.degraded > 400);
    let back = group.services.iter().find(|service| service.service.as_str() == "back");
    let failed: u64 = back.map_or(0, |back| back.instances[0].failed.iter().sum());
    assert_eq!(failed, 3, "half of the last five, and it was not called any more");
}

/// A chain with everything on, in which instances die and come back.
fn everything() -> Design {
    let soft = Call { soft: true, deadline: Some(ms(80)), ..call("leaf") };
    let spare = Call { fallback: Some("spare".into()), ..call("leaf") };
    let asynchronous = Call { asynchronous: true, ..call("leaf") };
    let functions = [
        ("front", ms(2), vec![Step::Parallel(vec![call("middle"), soft]), Step::Call(spare)]),
        ("middle", ms(3), vec![Step::Call(call("leaf")), Step::Call(asynchronous)]),
        ("leaf", ms(4), vec![]),
        ("spare", ms(1), vec![]),
    ];
    let mut design = design(business_of(&functions), Layout::Microservice, 3, 2);
    for function in design.business.functions.values_mut() {
        function.work = Distribution::Exponential(function.work.mean());
    }
    design.network.local = ms(1);
    open(&mut design, 120.0);
    design.clients[0].patience = ms(400);
    let policies = policies(&mut design);
    policies.replicas = 2;
    policies.startup = ms(100);
    (policies.health.interval, policies.health.timeout) = (ms(100), ms(100));
    policies.capacity = Capacity { workers: 3, queue: 20 };
    policies.timeouts.response = ms(60);
    (policies.retry.attempts, policies.retry.after_timeout) = (3, true);
    let resilience = &mut policies.resilience;
    (resilience.deadlines, resilience.retry_errors, resilience.retry_same) = (true, true, true);
    resilience.backoff = Some(Backoff { base: ms(5), ..Backoff::default() });
    resilience.entry_limit = Some(RateLimit::LeakyBucket { rate: 110.0, burst: 20, undelayed: 5 });
    resilience.shedding = Shedding {
        queue_timeout: Some(ms(30)),
        codel: Some(Codel::default()),
        limit: Some(ConcurrencyLimit::Vegas { most: 50 }),
        ..Shedding::default()
    };
    let calls = &mut resilience.calls;
    let window = BreakerWindow::Calls(20);
    calls.breaker = Some(Breaker { window, minimum: 10, open: ms(500), ..Breaker::default() });
    calls.bulkhead = Some(Bulkhead { most: 6, wait: ms(10), queue: 5 });
    calls.retry_budget = Some(RetryBudget::Ratio { ratio: 0.3, minimum: 5.0 });
    calls.throttle = Some(Throttle { k: 10.0, window: secs(2) });
    calls.limit = Some(RateLimit::TokenBucket { rate: 400.0, burst: 50 });
    let mut leaf = calls.clone();
    leaf.hedging = Some(Hedging {
        after: ms(15),
        cancel: archlab_model::policy::CancelWork::Begun,
        ..Hedging::default()
    });
    resilience.services.insert("leaf".into(), leaf);
    for second in 0..10 {
        fault(&mut design, secs(2 * second), Fault::Crash(instance("leaf", 1 + (second % 2) as u32)));
        fault(&mut design, secs(2 * second + 1), Fault::Restart(instance("leaf", 1 + (second % 2) as u32)));
        fault(&mut design, ms(3_000 * second), Fault::PowerOff("m2".into()));
        fault(&mut design, ms(3_000 * second + 700), Fault::PowerOn("m2".into()));
    }
    design
}

#[test]
fn a_run_with_everything_on_is_the_same_in_slices() {
    let design = everything();
    let (whole, facts) = play(&design, secs(20));
    let (mut sliced, mut in_slices) = play(&design, ms(7_321));
    in_slices.extend(go_on(&mut sliced, ms(7_322)));
    in_slices.extend(go_on(&mut sliced, secs(20)));
    assert!(facts == in_slices);
    assert_eq!(whole.report(), sliced.report());
    let report = whole.report();
    let total = group(&report).total;
    assert!(total.succeeded > 500 && total.failures() > 50, "{total:?}");
    assert_eq!(total.issued, total.succeeded + total.failures() + total.in_flight);
}

#[test]
fn policies_can_come_and_go_during_a_run() {
    let mut on = everything();
    let mut off = everything();
    *resilience(&mut off) = Default::default();
    let mut other = everything();
    let calls = calls(&mut other);
    calls.breaker = Some(Breaker::hystrix());
    calls.bulkhead = Some(Bulkhead { most: 2, wait: ms(100), queue: 50 });
    calls.retry_budget = Some(RetryBudget::Active { ratio: 0.2, minimum: 1 });
    resilience(&mut other).shedding = Shedding {
        limit: Some(ConcurrencyLimit::Gradient { least: 2, most: 20 }),
        order: archlab_model::policy::QueueOrder::LastIn,
        ..Shedding::default()
    };
    let mut simulation = Simulation::new(&on);
    for (place, design) in [&off, &other, &on, &other, &off, &on].into_iter().enumerate() {
        simulation.run_until(at(ms(1_137 * (place as u64 + 1))));
        simulation.intervene(adopt(design));
    }
    // Then nobody asks any more, and all comes to rest.
    on.clients.clear();
    on.scenario.faults.clear();
    simulation.intervene(adopt(&on));
    simulation.run_until(at(secs(60)));
    let total = group(&simulation.report()).total;
    assert_eq!((total.in_flight, total.issued), (0, total.succeeded + total.failures()));
    near(total.issued as f64, 120.0 * 7.0, 0.3);
}
