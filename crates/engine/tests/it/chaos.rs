//! Faults at random: availability as theory has it (group 11 of the validation table).

use crate::common::*;

use archlab_engine::{Fact, Simulation};
use archlab_model::*;

const REPLICATIONS: u64 = 10;

/// `machines` machines that lose power every 99 s on average and are repaired after 1 s: availability 0.99 each.
fn failing(machines: usize, crews: Option<u32>, seed: u64) -> Design {
    let mut design = design(one_function(Distribution::Constant(ms(1))), Layout::Cluster, machines, 1);
    policies(&mut design).startup = Span::ZERO;
    // Nobody looks: only what happens to the machines counts.
    policies(&mut design).health.rhythm = archlab_model::policy::Rhythm::Never;
    let of = Victims::Machines("g".into());
    design.scenario.chaos = vec![Chaos { of, mttf: secs(99), mttr: secs(1), crews }];
    design.scenario.seed = seed;
    design
}

/// The shares of time with 0, 1, 2, ... machines down, over `hours`.
fn shares_down(machines: usize, crews: Option<u32>, hours: u64, seed: u64) -> Vec<f64> {
    let mut simulation = Simulation::new(&failing(machines, crews, seed));
    let (mut spent, mut down, mut since) = (vec![0.0; machines + 1], 0usize, SimTime::START);
    let end = at(secs(3600 * hours));
    simulation.run_until_with(end, &mut |now, fact| {
        let change: isize = match fact {
            Fact::InstanceDown { .. } => 1,
            Fact::InstanceUp { .. } => -1,
            _ => return,
        };
        spent[down] += now.since(since).as_secs_f64();
        (down, since) = (down.checked_add_signed(change).expect("who is up was down"), now);
    });
    spent[down] += end.since(since).as_secs_f64();
    let total: f64 = spent.iter().sum();
    spent.iter().map(|spent| spent / total).collect()
}

/// Whether `expected` lies in the 99.99 % confidence interval of independent replications, which is narrow enough
/// to say something.
fn check(expected: f64, seen: &[f64]) {
    let count = seen.len() as f64;
    let mean = seen.iter().sum::<f64>() / count;
    let variance = seen.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (count - 1.0);
    // Student's t with 9 degrees of freedom, two-sided.
    let half = 6.594 * (variance / count).sqrt();
    assert!((mean - expected).abs() <= half, "{mean} ± {half}, not {expected}");
    assert!(half < 0.35 * (1.0 - expected), "{mean} ± {half} says little");
}

fn replicated(of: impl Fn(u64) -> f64) -> Vec<f64> {
    (1..=REPLICATIONS).map(of).collect()
}

#[test]
fn machines_are_available_as_their_mttf_and_mttr_say() {
    let runs: Vec<Vec<f64>> = (1..=REPLICATIONS).map(|seed| shares_down(5, None, 60, seed)).collect();
    let mean_down =
        |run: &Vec<f64>| run.iter().enumerate().map(|(down, share)| down as f64 * share).sum::<f64>();
    let node: Vec<f64> = runs.iter().map(|run| 1.0 - mean_down(run) / 5.0).collect();
    check(0.99, &node);
    // All five are needed: a chain of services.
    let series: Vec<f64> = runs.iter().map(|run| run[0]).collect();
    check(0.95099, &series);
}

#[test]
fn a_cluster_is_available_while_any_machine_is() {
    // 1 - 0.01²; with one crew the second waits for its repair: nearly twice as often both are down.
    check(0.9999, &replicated(|seed| 1.0 - shares_down(2, None, 800, seed)[2]));
    check(1.0 - 0.000_199_98, &replicated(|seed| 1.0 - shares_down(2, Some(1), 800, seed)[2]));
}

#[test]
fn what_clients_see_of_a_single_machine_is_its_availability() {
    // Poisson arrivals see time averages: a request that meets a machine without power fails.
    let seen = replicated(|seed| {
        let mut design = failing(1, None, seed);
        policies(&mut design).timeouts.connect = ms(1);
        policies(&mut design).retry.attempts = 1;
        open(&mut design, 2.0);
        let report = report_at(&design, secs(40_000));
        report.groups[0].total.availability().expect("some have ended")
    });
    check(0.99, &seen);
}

#[test]
fn instances_crash_at_random_each_with_a_stream_of_its_own() {
    let crashes = |machines: usize| {
        let mut design = failing(machines, None, 7);
        design.scenario.chaos[0].of = Victims::Instances("g".into());
        let (_, facts) = play(&design, secs(3600));
        let first = facts.iter().filter(|(_, fact)| *fact == Fact::InstanceDown { instance: 0 });
        first.map(|(at, _)| *at).collect::<Vec<_>>()
    };
    assert!(crashes(1).len() > 15);
    assert_eq!(crashes(1), crashes(3), "one more part changes nothing for the others");
}

#[test]
fn chaos_may_be_any_fault_and_stops_when_the_design_says_so() {
    let mut design = failing(1, None, 1);
    let slow: Fault = "slow:m1:10".parse().expect("a fault");
    design.scenario.chaos[0] = Chaos { of: Victims::Fault(slow), mttf: secs(9), mttr: secs(1), crews: None };
    let mut simulation = Simulation::new(&design);
    let mut slow_for = 0;
    for second in 1..=2000 {
        simulation.run_until(at(secs(second)));
        slow_for += simulation.troubles().count();
    }
    assert!((140..260).contains(&slow_for), "a tenth of the time: {slow_for}");
    design.scenario.chaos.clear();
    simulation.intervene(adopt(&design));
    simulation.run_until(at(secs(2100)));
    assert_eq!(simulation.troubles().count(), 0);
}
