//! Overload: metastable failure and its cures, shedding, deadlines.

use archlab_engine::{Fact, Outcome, Place, Reason, Simulation};
use archlab_model::policy::{Codel, CodelLaw, ConcurrencyLimit, QueueOrder, RetryBudget, Shedding};
use archlab_model::{Capacity, Design, Distribution, Layout, Load, Span, Step};

use super::{group, near, patient, resilience, run, station};
use crate::common::*;

/// One worker that does 100 calls a second, first in first out, at this load; callers wait a second, make so many
/// retries, and cancel nothing.
fn vulnerable(load: f64, retries: u32) -> Design {
    let mut design = station(Distribution::Exponential(ms(10)), 1, 1);
    patient(&mut design, 100.0 * load);
    let policies = policies(&mut design);
    policies.timeouts.response = secs(1);
    (policies.retry.attempts, policies.retry.after_timeout) = (1 + retries, true);
    policies.resilience.retry_same = true;
    design
}

/// Success a second over the last ten seconds before `until`.
fn goodput(simulation: &mut Simulation, until: Span) -> f64 {
    simulation.run_until(at(until - secs(10)));
    let before = group(&simulation.report()).total.succeeded;
    simulation.run_until(at(until));
    (group(&simulation.report()).total.succeeded - before) as f64 / 10.0
}

/// The machine is very slow between the 20th and the 30th second. What is done a second a minute later.
fn triggered(design: &Design) -> (Simulation, f64) {
    let mut simulation = Simulation::new(design);
    simulation.run_until(at(secs(20)));
    let mut slow = design.clone();
    slow.machines[0].speed = 0.02;
    simulation.intervene(adopt(&slow));
    simulation.run_until(at(secs(30)));
    simulation.intervene(adopt(design));
    let after = goodput(&mut simulation, secs(90));
    (simulation, after)
}

#[test]
fn a_retry_storm_stays_when_its_trigger_has_gone() {
    // metastable-threshold-r1, -r2: above 1/(retries + 1) a backlog does not drain, below it does.
    for (load, retries) in [(0.65, 1), (0.45, 2)] {
        let design = vulnerable(load, retries);
        let mut quiet = Simulation::new(&design);
        let before = goodput(&mut quiet, secs(20));
        assert!(before > 80.0 * load, "stable without a trigger: {before} a second");
        let (_, after) = triggered(&design);
        assert!(after < 5.0, "load {load}, {retries} retries: {after} a second");
    }
    for (load, retries) in [(0.35, 1), (0.22, 2)] {
        let (_, after) = triggered(&vulnerable(load, retries));
        assert!(after > 85.0 * load, "load {load}, {retries} retries: {after} a second");
    }
}

#[test]
fn a_retry_storm_is_cured_by_no_retries_by_a_budget_or_by_shedding() {
    let storm = vulnerable(0.65, 2);
    let cure = |change: &dyn Fn(&mut Design)| {
        let (mut simulation, after) = triggered(&storm);
        assert!(after < 5.0, "{after} a second before the cure");
        let mut cured = storm.clone();
        change(&mut cured);
        simulation.intervene(adopt(&cured));
        goodput(&mut simulation, secs(500))
    };
    let shed = |shedding: Shedding| cure(&move |design| resilience(design).shedding = shedding);
    let without = cure(&|design| policies(design).retry.attempts = 1);
    assert!(without > 55.0, "without retries: {without}");
    let budget = RetryBudget::Ratio { ratio: 0.2, minimum: 0.0 };
    let budget = cure(&|design| resilience(design).calls.retry_budget = Some(budget));
    assert!(budget > 55.0, "with a budget: {budget}");
    let codel = shed(Shedding { codel: Some(Codel::default()), ..Shedding::default() });
    assert!(codel > 50.0, "with controlled delay: {codel}");
    let limit = shed(Shedding { limit: Some(ConcurrencyLimit::Fixed(5)), ..Shedding::default() });
    assert!(limit > 50.0, "with a limit: {limit}");
    let deadlines = cure(&|design| resilience(design).deadlines = true);
    assert!(deadlines > 50.0, "with deadlines that go along: {deadlines}");
}

/// Three halves of what one worker can do, for a minute: success a second, the 99th percentile in milliseconds.
fn overloaded(shedding: Shedding, patience: Span) -> (f64, f64) {
    let mut design = station(Distribution::Exponential(ms(10)), 1, 1);
    patient(&mut design, 150.0);
    design.clients[0].patience = patience;
    resilience(&mut design).shedding = shedding;
    let report = run(&design, secs(60));
    let group = group(&report);
    (group.total.succeeded as f64 / 60.0, group.latency.p99.as_millis_f64())
}

#[test]
fn controlled_delay_bounds_the_wait_and_loses_no_throughput() {
    let (_, unbounded) = overloaded(Shedding::default(), Span::MAX);
    assert!(unbounded > 5_000.0, "{unbounded}");
    let codel = |law| Shedding { codel: Some(Codel { law, ..Codel::default() }), ..Shedding::default() };
    let (goodput, p99) = overloaded(codel(CodelLaw::Requests), Span::MAX);
    assert!(goodput > 85.0 && p99 < 150.0, "{goodput} a second, {p99} ms");
    // The law for packets turns away too little of what doesn't slow down.
    let (_, slower) = overloaded(codel(CodelLaw::Packets), Span::MAX);
    assert!(slower < unbounded && slower > p99, "{slower} ms");
}

#[test]
fn last_in_first_out_serves_those_who_still_wait() {
    let (first_in, _) = overloaded(Shedding::default(), ms(200));
    let (last_in, _) = overloaded(Shedding { order: QueueOrder::LastIn, ..Shedding::default() }, ms(200));
    assert!(first_in < 10.0 && last_in > 70.0, "{first_in}, {last_in}");
}

#[test]
fn an_adaptive_limit_keeps_the_queue_short() {
    for limit in [ConcurrencyLimit::Vegas { most: 1_000 }, ConcurrencyLimit::Gradient { least: 2, most: 200 }]
    {
        let (goodput, p99) = overloaded(Shedding { limit: Some(limit), ..Shedding::default() }, Span::MAX);
        assert!(goodput > 80.0 && p99 < 1_500.0, "{limit:?}: {goodput} a second, {p99} ms");
    }
    let (goodput, p99) =
        overloaded(Shedding { limit: Some(ConcurrencyLimit::Fixed(4)), ..Shedding::default() }, Span::MAX);
    assert!(goodput > 85.0 && p99 < 110.0, "{goodput} a second, {p99} ms");
}

#[test]
fn a_queue_timeout_tells_those_who_wait_too_long() {
    let mut design = station(Distribution::Constant(secs(1)), 1, 1);
    clients(&mut design, Load::Users { count: 3, think: Distribution::Constant(secs(1)) });
    resilience(&mut design).shedding.queue_timeout = Some(ms(1_500));
    let (_, facts) = play(&design, ms(2_900));
    let expected = [(2.0, Outcome::Succeeded), (2.5, Outcome::Failed(Reason::Shed))];
    assert_eq!(ends(&facts), expected);
}

/// Three users at once before one worker that takes a second; callers wait for one and a half: calls begun, and
/// calls not begun because it was too late.
fn begun(deadlines: bool) -> (usize, u64) {
    let mut design = station(Distribution::Constant(secs(1)), 1, 1);
    clients(&mut design, Load::Users { count: 3, think: Distribution::Constant(secs(1)) });
    policies(&mut design).timeouts.response = ms(1_500);
    resilience(&mut design).deadlines = deadlines;
    let (simulation, facts) = play(&design, ms(3_200));
    let started = facts.iter().filter(|(_, fact)| matches!(fact, Fact::Started { .. })).count();
    (started, group(&simulation.report()).care.expired)
}

#[test]
fn work_whose_deadline_has_passed_is_not_begun() {
    // One is answered at 2 s, and asks again at 3 s. Those who gave up at 2.5 s ask again at 3.5 s.
    assert_eq!(begun(false), (3, 0));
    // The second has begun before its deadline; the third is dropped, and the fourth begins instead.
    assert_eq!(begun(true), (3, 1));
}

#[test]
fn a_deadline_goes_down_the_tree() {
    let play_with = |deadlines| {
        let steps = vec![Step::Call(call("back"))];
        let business = business_of(&[("front", secs(1), steps), ("back", secs(1), vec![])]);
        let mut design = design(business, Layout::Microservice, 2, 1);
        user(&mut design, secs(1));
        design.clients[0].patience = ms(500);
        resilience(&mut design).deadlines = deadlines;
        let (simulation, facts) = play(&design, ms(2_400));
        let back = simulation.roster().instances.iter().position(|id| id.service.as_str() == "back");
        let back = Place::Instance(back.expect("it runs somewhere") as u32);
        facts.iter().filter(|(_, fact)| *fact == Fact::Started { at: back }).count()
    };
    assert_eq!(play_with(false), 1, "work goes on in vain");
    assert_eq!(play_with(true), 0, "what nobody waits for asks for nothing");
}

#[test]
fn a_bounded_queue_turns_overload_into_quick_failures() {
    // mm4k14-lam5-B
    let mut design = station(Distribution::Exponential(ms(10)), 1, 4);
    policies(&mut design).capacity = Capacity { workers: 4, queue: 10 };
    patient(&mut design, 500.0);
    let tally = group(&run(&design, secs(200))).total;
    near(tally.failed[Reason::QueueFull.index()] as f64 / tally.issued as f64, 0.2112967, 0.02);
}
