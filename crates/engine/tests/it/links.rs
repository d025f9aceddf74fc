//! What becomes of messages when the network is at fault.

use crate::common::*;

use archlab_engine::measure::report::GroupReport;
use archlab_engine::{Fact, Outcome, Reason, Report};
use archlab_model::fault::{Cut, Delay, Loss, Lost, Partition, Skew, Spike};
use archlab_model::*;

fn group(report: &Report) -> &GroupReport {
    &report.groups[0]
}

fn site(name: &str) -> Site {
    name.parse().expect("a name")
}

fn between(one: &str, other: &str) -> (Site, Site) {
    (site(one), site(other))
}

fn cut(one: &str, other: &str, one_way: bool) -> Fault {
    Fault::Cut(Cut { between: between(one, other), one_way })
}

/// One function on each machine; 1 ms to everywhere.
fn cluster(machines: usize) -> Design {
    let mut design = design(one_function(Distribution::Constant(ms(10))), Layout::Cluster, machines, 4);
    design.network = Network { internet: ms(1), local: ms(1), loopback: ms(1), links: Vec::new() };
    policies(&mut design).timeouts = Timeouts { connect: ms(200), response: ms(700) };
    design
}

fn outcomes(facts: &[(SimTime, Fact)]) -> Vec<(u64, Outcome)> {
    ends(facts).iter().map(|(at, outcome)| ((at * 1e3).round() as u64, *outcome)).collect()
}

#[test]
fn a_call_over_a_cut_link_never_comes_about() {
    let mut design = cluster(1);
    policies(&mut design).retry.attempts = 1;
    user(&mut design, ms(100));
    fault(&mut design, ms(50), cut("g", "m1", false));
    fault(&mut design, ms(350), Fault::Repair(Trouble::Cut(between("g", "m1"))));
    let (_, facts) = play(&design, ms(600));
    // Sent at 100, at the entry at 101, given up by the connect timeout at 301.
    let unreachable = Outcome::Failed(Reason::Unreachable);
    assert_eq!(outcomes(&facts), [(302, unreachable), (416, Outcome::Succeeded), (530, Outcome::Succeeded)]);
}

#[test]
fn a_call_whose_answer_is_lost_times_out_though_the_work_is_done() {
    let mut design = cluster(1);
    policies(&mut design).retry.attempts = 1;
    user(&mut design, ms(100));
    fault(&mut design, ms(50), cut("m1", "g", true));
    let (simulation, facts) = play(&design, ms(850));
    assert_eq!(outcomes(&facts), [(802, Outcome::Failed(Reason::TimedOut))]);
    assert_eq!(group(&simulation.report()).services[0].instances[0].finished, 1, "it was worked on");
}

#[test]
fn a_retry_goes_round_a_cut_link_and_checks_find_it() {
    let mut design = cluster(2);
    open(&mut design, 50.0);
    fault(&mut design, secs(20), cut("m2", "g", false));
    let report = report_at(&design, secs(60));
    let episode = &group(&report).episodes[0];
    let total = &group(&report).total;
    assert!(total.failures() <= 2, "all were tried again elsewhere, but those at work just then");
    assert_eq!(total.failures(), total.failed[Reason::TimedOut.index()]);
    assert!(episode.retried > 100 && episode.first_failure.is_some());
    let after = episode.detected.expect("its checks time out").since(episode.at);
    assert!(secs(10) <= after && after <= secs(12), "{after}");
    assert_eq!(episode.instances, [instance("app", 2)]);
    assert!(episode.recovered.is_some() && episode.repaired.is_none());
}

#[test]
fn a_cut_between_a_client_and_the_entry_is_seen_by_nobody_but_the_client() {
    let mut design = cluster(2);
    open(&mut design, 20.0);
    design.clients[0].patience = secs(2);
    design.scenario.faults.push(PlannedFault {
        at: secs(10),
        fault: cut("people", "g", false),
        lasts: Some(secs(10)),
    });
    let report = report_at(&design, secs(40));
    let total = &group(&report).total;
    assert!((140..260).contains(&total.failures()), "{total:?}");
    assert_eq!(total.failures(), total.failed[Reason::TimedOut.index()]);
    let episode = &group(&report).episodes[0];
    assert_eq!((episode.repaired, episode.recovered), (Some(at(secs(20))), Some(at(secs(20)))));
    assert!(episode.first_failure.is_some() && episode.instances.is_empty());
}

#[test]
fn a_partition_splits_sides_and_one_way_lets_the_other_way_through() {
    // The entry function, on m1, calls b on m2.
    let steps = vec![Step::Call(call("b"))];
    let failed = |one_way, swapped: bool| {
        let business = business_of(&[("a", ms(1), steps.clone()), ("b", ms(1), vec![])]);
        let mut design = design(business, Layout::Distributed, 2, 4);
        design.network = Network { internet: ms(1), local: ms(1), loopback: ms(1), links: Vec::new() };
        policies(&mut design).timeouts = Timeouts { connect: ms(200), response: ms(700) };
        policies(&mut design).retry.attempts = 1;
        open(&mut design, 20.0);
        let (one, other) = (vec![site("m1")], vec![site("m2")]);
        let sides = if swapped { (other, one) } else { (one, other) };
        fault(&mut design, Span::ZERO, Fault::Partition(Partition { sides, one_way }));
        let report = report_at(&design, secs(20));
        let total = group(&report).total;
        assert_eq!(total.succeeded, 0);
        let b = &group(&report).services[1].instances[0];
        (
            total.failed[Reason::Unreachable.index()] > 300,
            total.failed[Reason::TimedOut.index()] > 300,
            b.finished > 0,
        )
    };
    assert_eq!(failed(false, false), (true, false, false));
    assert_eq!(failed(true, false), (true, false, false), "what is asked does not arrive");
    assert_eq!(failed(true, true), (false, true, true), "the answer does not");
}

#[test]
fn a_machine_cut_off_from_everybody_else_is_as_one_without_power_to_them() {
    let mut design = cluster(3);
    open(&mut design, 60.0);
    let sides = (vec![site("m1")], vec![]);
    fault(&mut design, secs(20), Fault::Partition(Partition { sides, one_way: false }));
    let (simulation, facts) = play(&design, secs(60));
    assert!(simulation.frame().machines.iter().all(|machine| machine.on));
    let report = simulation.report();
    assert!(group(&report).episodes[0].detected.is_some() && group(&report).total.failures() == 0);
    let lost = facts.iter().filter(|(_, fact)| matches!(fact, Fact::Sent { arrives: SimTime::NEVER, .. }));
    assert!(lost.count() > 100, "messages that get lost are told as such");
}

#[test]
fn lost_messages_cost_time_with_tcp_and_fail_without() {
    let run = |lost| {
        let mut design = cluster(1);
        policies(&mut design).retry.attempts = 1;
        open(&mut design, 50.0);
        let loss = Loss { between: between("g", "m1"), probability: 0.1, one_way: false, lost };
        fault(&mut design, Span::ZERO, Fault::Loss(loss));
        let (_, facts) = play(&design, secs(200));
        let ended: Vec<(Outcome, Span)> = facts
            .iter()
            .filter_map(|(_, fact)| match fact {
                Fact::Ended { outcome, latency, .. } => Some((*outcome, *latency)),
                _ => None,
            })
            .collect();
        ended
    };
    let share = |ended: &[(Outcome, Span)], of: &dyn Fn(&(Outcome, Span)) -> bool| {
        ended.iter().filter(|one| of(one)).count() as f64 / ended.len() as f64
    };
    let again = run(Lost::Retransmitted);
    // 0.9 for the request and 0.9 for its answer; a lost one costs 200 ms and a round trip of 2 ms, or more.
    let untouched = share(&again, &|(outcome, latency)| *outcome == Outcome::Succeeded && *latency == ms(14));
    let once = share(&again, &|(_, latency)| *latency == ms(216));
    let error = 4.0 * (0.81 * 0.19 / again.len() as f64).sqrt();
    assert!((untouched - 0.81).abs() < error, "{untouched}");
    assert!((once - 2.0 * 0.9 * 0.9 * 0.1).abs() < error, "{once}");

    let for_good = run(Lost::ForGood);
    let failed = |reason| share(&for_good, &|(outcome, _)| *outcome == Outcome::Failed(reason));
    assert!((failed(Reason::Unreachable) - 0.1).abs() < error, "the request is lost");
    assert!((failed(Reason::TimedOut) - 0.09).abs() < error, "its answer is");
    assert!(
        share(&for_good, &|(outcome, latency)| *outcome == Outcome::Succeeded && *latency > ms(100)) == 0.0
    );
}

#[test]
fn added_delay_is_added_once_each_way_and_jitter_spreads_it() {
    let latencies = |delay: Delay| {
        let mut design = cluster(1);
        open(&mut design, 20.0);
        fault(&mut design, Span::ZERO, Fault::Delay(delay));
        let (_, facts) = play(&design, secs(60));
        facts
            .iter()
            .filter_map(|(_, fact)| match fact {
                Fact::Ended { latency, .. } => Some(latency.as_millis_f64()),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    let delay = |jitter, one_way| Delay { between: between("g", "m1"), extra: ms(50), jitter, one_way };
    assert!(latencies(delay(Span::ZERO, false)).iter().all(|latency| *latency == 114.0));
    assert!(latencies(delay(Span::ZERO, true)).iter().all(|latency| *latency == 64.0));
    let spread = latencies(delay(ms(20), false));
    let mean = spread.iter().sum::<f64>() / spread.len() as f64;
    assert!((mean - 114.0).abs() < 4.0 * 16.4 / (spread.len() as f64).sqrt(), "{mean}");
    let widest = spread.iter().fold(0.0f64, |widest, latency| widest.max((latency - 114.0).abs()));
    assert!(widest > 25.0 && widest <= 40.0, "{widest}");
}

#[test]
fn a_spike_multiplies_open_arrivals_and_closed_users() {
    let issued = |load: Load| {
        let mut design = cluster(2);
        clients(&mut design, load);
        let spike = Fault::Spike(Spike { of: "people".into(), factor: 4.0 });
        design.scenario.faults.push(PlannedFault { at: secs(100), fault: spike, lasts: Some(secs(100)) });
        let mut simulation = archlab_engine::Simulation::new(&design);
        let mut counts = Vec::new();
        for end in [100, 200, 300] {
            simulation.run_until(at(secs(end)));
            counts.push(group(&simulation.report()).total.issued as f64);
        }
        [counts[0], counts[1] - counts[0], counts[2] - counts[1]]
    };
    let open = issued(Load::Poisson { rate: 20.0 });
    for (seen, expected) in open.into_iter().zip([2000.0, 8000.0, 2000.0f64]) {
        assert!((seen - expected).abs() < 4.0 * expected.sqrt(), "{open:?}");
    }
    let closed = issued(Load::Users { count: 10, think: Distribution::Exponential(ms(986)) });
    for (seen, expected) in closed.into_iter().zip([1000.0, 4000.0, 1000.0f64]) {
        assert!((seen - expected).abs() < 0.1 * expected, "{closed:?}");
    }
}

#[test]
fn the_checks_of_an_entry_whose_clock_is_fast_come_more_often() {
    let checks = |rate| {
        let mut design = cluster(1);
        let skew = Skew { rate, ..Skew::none(site("g")) };
        fault(&mut design, Span::ZERO, Fault::Skew(skew));
        // Out of service after its crash, it is checked on and on.
        fault(&mut design, secs(1), Fault::Crash(instance("app", 1)));
        let (_, facts) = play(&design, secs(401));
        facts.iter().filter(|(_, fact)| matches!(fact, Fact::Checked { .. })).count() as f64
    };
    let (right, fast) = (checks(1.0), checks(2.0));
    assert!((fast / right - 2.0).abs() < 0.05, "{fast} and {right}");
}
