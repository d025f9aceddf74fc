//! Guards: breaker, bulkhead, hedging, limits, throttle.

use archlab_engine::measure::report::BreakerState;
use archlab_engine::{Fact, MessageKind, Outcome, Place, Reason};
use archlab_model::policy::{Breaker, BreakerWindow, Bulkhead, CancelWork, Hedging, RateLimit, Throttle};
use archlab_model::{Capacity, Distribution, Fault, Load, SimTime, Span};

use super::{calls, group, near, patient, resilience, run, station};
use crate::common::*;

/// Attempts sent to instances from `from` on.
fn sent(facts: &[(SimTime, Fact)], from: Span) -> usize {
    let requests = facts.iter().filter(|(when, fact)| {
        *when >= at(from)
            && matches!(
                fact,
                Fact::Sent { to: Place::Instance(_), message: MessageKind::Request | MessageKind::Retry, .. }
            )
    });
    requests.count()
}

/// Calls a second that still reach a dead service, at 10 a second, and how often the breaker has opened.
fn leak(breaker: Breaker) -> f64 {
    const LENGTH: u64 = 12_000;
    let mut design = station(Distribution::Constant(Span::ZERO), 1, 1);
    patient(&mut design, 10.0);
    // The balancer never notices.
    policies(&mut design).health.fall = 1_000_000;
    calls(&mut design).breaker = Some(breaker);
    fault(&mut design, Span::ZERO, Fault::Crash(instance("app", 1)));
    let (simulation, facts) = play(&design, secs(LENGTH));
    let report = simulation.report();
    let failed = group(&report).total.failed;
    assert_eq!(
        group(&report).total.failures(),
        failed[Reason::Refused.index()] + failed[Reason::CircuitOpen.index()]
    );
    sent(&facts, secs(100)) as f64 / (LENGTH - 100) as f64
}

#[test]
fn a_breaker_lets_as_little_through_as_the_table_says() {
    // cb-r4j-leak-10, cb-hystrix-leak-10
    near(leak(Breaker::default()), 0.1639344, 0.03);
    near(leak(Breaker::hystrix()) / 10.0, 0.01960784, 0.03);
}

#[test]
fn a_breaker_closes_when_its_service_is_back() {
    let mut design = station(Distribution::Constant(Span::ZERO), 1, 1);
    patient(&mut design, 100.0);
    policies(&mut design).health.fall = 1_000_000;
    let window = BreakerWindow::Calls(10);
    let breaker = Breaker { window, minimum: 10, open: secs(2), trials: 3, ..Breaker::default() };
    calls(&mut design).breaker = Some(breaker);
    fault(&mut design, secs(1), Fault::Crash(instance("app", 1)));
    fault(&mut design, secs(3), Fault::Restart(instance("app", 1)));
    let (mut simulation, facts) = play(&design, secs(2));
    assert_eq!(group(&simulation.report()).breakers[0].state, BreakerState::Open);
    let opened = facts.iter().find(|(_, fact)| matches!(fact, Fact::Breaker { open: true, .. }));
    assert!(opened.is_some_and(|(when, _)| *when < at(ms(1_300))), "{opened:?}");
    go_on(&mut simulation, secs(20));
    let report = simulation.report();
    let breaker = &group(&report).breakers[0];
    assert_eq!((breaker.state, breaker.caller.is_none()), (BreakerState::Closed, true));
    assert!(breaker.opened >= 2, "it tried while the service was still down");
    let served = group(&report).total.succeeded;
    assert!(served > 1_300, "{served}");
}

#[test]
fn a_bulkhead_blocks_as_erlang_says() {
    // erlB-5-3, erlB-1-1, erlB-10-10
    for (slots, offered, expected) in [(5, 3.0, 0.1100543), (1, 1.0, 0.5), (10, 10.0, 0.2145823)] {
        let mut design = station(Distribution::Exponential(ms(10)), 1, 1_000);
        patient(&mut design, 100.0 * offered);
        calls(&mut design).bulkhead = Some(Bulkhead { most: slots, ..Bulkhead::default() });
        let report = run(&design, Span::from_secs_f64(100_000.0 / (100.0 * offered)));
        let tally = group(&report).total;
        let blocked = tally.failed[Reason::BulkheadFull.index()];
        assert_eq!(blocked, tally.failures());
        near(blocked as f64 / tally.issued as f64, expected, 0.03);
    }
}

#[test]
fn a_few_wait_at_a_bulkhead_for_a_while() {
    let mut design = station(Distribution::Constant(ms(100)), 1, 4);
    clients(&mut design, Load::Users { count: 3, think: Distribution::Constant(secs(1)) });
    calls(&mut design).bulkhead = Some(Bulkhead { most: 1, wait: ms(150), queue: 10 });
    let (_, facts) = play(&design, ms(1_500));
    let expected =
        [(1.1, Outcome::Succeeded), (1.15, Outcome::Failed(Reason::BulkheadFull)), (1.2, Outcome::Succeeded)];
    assert_eq!(ends(&facts), expected);
}

#[test]
fn a_bulkhead_that_is_taken_away_lets_those_who_wait_go() {
    let mut design = station(Distribution::Constant(secs(1)), 1, 4);
    clients(&mut design, Load::Users { count: 3, think: Distribution::Constant(secs(1)) });
    calls(&mut design).bulkhead = Some(Bulkhead { most: 1, wait: secs(5), queue: 10 });
    let (mut simulation, _) = play(&design, ms(1_500));
    calls(&mut design).bulkhead = None;
    simulation.intervene(adopt(&design));
    let facts = go_on(&mut simulation, ms(2_600));
    let expected = [(2.0, Outcome::Succeeded), (2.5, Outcome::Succeeded), (2.5, Outcome::Succeeded)];
    assert_eq!(ends(&facts), expected);
}

#[test]
fn a_hedged_call_takes_as_long_as_the_table_says() {
    // hedge-mean, hedge-p999: at the 95th percentile of an exponential.
    let mut design = station(Distribution::Exponential(ms(10)), 2, 1_000);
    patient(&mut design, 1_000.0);
    let after = Span::from_secs_f64(0.01 * libm::log(20.0));
    calls(&mut design).hedging = Some(Hedging { after, ..Hedging::default() });
    let report = run(&design, secs(100));
    let group = group(&report);
    near(group.latency.mean.as_millis_f64(), 9.75, 0.02);
    let ended = group.total.succeeded as f64;
    near(group.care.hedged as f64 / ended, 0.05, 0.05);
    assert!(group.care.hedge_wins > 0 && group.total.failures() == 0);
}

/// Of two copies sent at once to two instances of one worker: what is done of the work of those that lost.
fn lost(cancel: CancelWork) -> (f64, u64) {
    let mut design = station(Distribution::Exponential(ms(10)), 2, 1);
    patient(&mut design, 50.0);
    calls(&mut design).hedging = Some(Hedging { after: Span::ZERO, copies: 2, cancel });
    let report = run(&design, secs(100));
    let group = group(&report);
    let finished: u64 = group.services[0].instances.iter().map(|instance| instance.finished).sum();
    (finished as f64 / group.total.succeeded as f64, group.care.cancelled)
}

#[test]
fn copies_that_lost_are_taken_from_the_queue_or_stopped_or_go_on() {
    let (never, none) = lost(CancelWork::Never);
    assert_eq!(none, 0);
    near(never, 2.0, 0.01);
    let (queued, cancelled) = lost(CancelWork::Queued);
    assert!(queued < 1.9 && queued > 1.2 && cancelled > 500, "{queued}, {cancelled}");
    let (begun, _) = lost(CancelWork::Begun);
    near(begun, 1.0, 0.001);
}

#[test]
fn a_copy_that_fails_sends_the_next_at_once() {
    let mut design = station(Distribution::Constant(ms(10)), 2, 1);
    user(&mut design, secs(1));
    calls(&mut design).hedging = Some(Hedging { after: secs(1), ..Hedging::default() });
    fault(&mut design, ms(500), Fault::Crash(instance("app", 1)));
    let (_, facts) = play(&design, ms(1_500));
    assert_eq!(ends(&facts), [(1.01, Outcome::Succeeded)]);
}

#[test]
fn a_token_bucket_at_the_entry_rejects_what_the_table_says() {
    // token-lam12-b10, token-lam20-b10
    for (rate, expected) in [(12.0, 0.1709108), (20.0, 0.5000001)] {
        let mut design = station(Distribution::Constant(Span::ZERO), 1, 1);
        patient(&mut design, 10.0 * rate);
        resilience(&mut design).entry_limit = Some(RateLimit::TokenBucket { rate: 100.0, burst: 10 });
        let tally = group(&run(&design, secs(600))).total;
        near(tally.failed[Reason::RateLimited.index()] as f64 / tally.issued as f64, expected, 0.03);
    }
}

#[test]
fn a_leaky_bucket_delays_or_passes_as_nginx_does() {
    // nginx-limitreq-nodelay, nginx-limitreq-delay-last
    let play = |undelayed| {
        let mut design = station(Distribution::Constant(Span::ZERO), 1, 1);
        clients(&mut design, Load::Users { count: 30, think: Distribution::Constant(secs(1)) });
        resilience(&mut design).entry_limit =
            Some(RateLimit::LeakyBucket { rate: 10.0, burst: 20, undelayed });
        let (_, facts) = play(&design, ms(1_999));
        ends(&facts)
    };
    let at_once = play(20);
    let passed = at_once.iter().filter(|(when, outcome)| *when == 1.0 && *outcome == Outcome::Succeeded);
    assert_eq!((passed.count(), at_once.len()), (21, 30));
    let delayed = play(0);
    let passed: Vec<f64> =
        delayed.iter().filter(|(_, outcome)| *outcome == Outcome::Succeeded).map(|(when, _)| *when).collect();
    assert_eq!(passed[..3], [1.0, 1.1, 1.2]);
}

#[test]
fn a_caller_that_holds_back_sends_twice_what_is_accepted() {
    // sre-throttle-K2: ten times more offered than can be done.
    let mut design = station(Distribution::Constant(ms(10)), 1, 1);
    policies(&mut design).capacity = Capacity { workers: 1, queue: 1 };
    patient(&mut design, 1_000.0);
    calls(&mut design).throttle = Some(Throttle { window: secs(10), ..Throttle::default() });
    let (simulation, facts) = play(&design, secs(60));
    let late = facts.iter().filter(|(when, _)| *when >= at(secs(40)));
    let accepted = late.filter(|(_, fact)| matches!(fact, Fact::Finished { .. })).count() as f64 / 20.0;
    assert!(accepted > 90.0, "the worker is nearly always busy: {accepted} a second");
    near(sent(&facts, secs(40)) as f64 / 20.0, 2.0 * accepted, 0.03);
    assert!(group(&simulation.report()).total.failed[Reason::Throttled.index()] > 40_000);
}

#[test]
fn a_limit_before_a_service_is_shared_by_its_callers() {
    let to_back = |_| vec![archlab_model::Step::Call(call("back"))];
    let business =
        business_of(&[("one", ms(1), to_back(1)), ("two", ms(1), to_back(2)), ("back", ms(1), vec![])]);
    let mut design = design(business, archlab_model::Layout::Microservice, 3, 4);
    let other = archlab_model::RequestKind { title: None, entry: "two".into(), share: 1.0, session: false };
    design.business.requests.insert("other".into(), other);
    patient(&mut design, 400.0);
    let limit = Some(RateLimit::TokenBucket { rate: 100.0, burst: 10 });
    let own = archlab_model::policy::CallerPolicies { limit, ..Default::default() };
    resilience(&mut design).services.insert("back".into(), own);
    let report = run(&design, secs(50));
    let group = group(&report);
    near(group.total.succeeded as f64 / 50.0, 100.0, 0.02);
    assert!(group.kinds.iter().all(|(_, tally)| tally.succeeded > 2_000), "both callers have their part");
}

#[test]
fn a_bulkhead_that_grows_lets_more_in_at_once() {
    let mut design = station(Distribution::Constant(secs(1)), 1, 4);
    clients(&mut design, Load::Users { count: 3, think: Distribution::Constant(secs(1)) });
    calls(&mut design).bulkhead = Some(Bulkhead { most: 1, wait: secs(5), queue: 10 });
    let (mut simulation, _) = play(&design, ms(1_500));
    calls(&mut design).bulkhead = Some(Bulkhead { most: 2, wait: secs(5), queue: 10 });
    simulation.intervene(adopt(&design));
    let facts = go_on(&mut simulation, ms(2_600));
    assert_eq!(ends(&facts), [(2.0, Outcome::Succeeded), (2.5, Outcome::Succeeded)]);
}
