//! How long it takes until a balancer knows, by whatever way it learns.

use crate::common::*;

use archlab_engine::{Fact, Intervention, Outcome, Place, Simulation};
use archlab_model::fault::{Bug, Errors};
use archlab_model::*;

fn idle(machines: usize) -> Design {
    design(one_function(Distribution::Constant(ms(1))), Layout::Cluster, machines, 4)
}

fn when(facts: &[(SimTime, Fact)], wanted: Fact) -> Vec<f64> {
    facts.iter().filter(|(_, fact)| *fact == wanted).map(|(at, _)| at.as_secs_f64()).collect()
}

const DOWN: Fact = Fact::BelievedDown { instance: 0 };
const UP: Fact = Fact::BelievedUp { instance: 0 };

/// Over how many seeds times are compared.
const SEEDS: u64 = 200;

/// How long it takes until a fault at `struck` is known, over the seeds: the least, the most, the mean.
fn detection(design: &Design, struck: Span, what: Fault, longest: Span) -> (f64, f64, f64) {
    let mut design = design.clone();
    fault(&mut design, struck, what);
    let times: Vec<f64> = (1..=SEEDS)
        .map(|seed| {
            design.scenario.seed = seed;
            let facts = play(&design, struck + longest).1;
            when(&facts, DOWN)[0] - struck.as_secs_f64()
        })
        .collect();
    let least = times.iter().copied().fold(f64::MAX, f64::min);
    let most = times.iter().copied().fold(0.0, f64::max);
    (least, most, times.iter().sum::<f64>() / SEEDS as f64)
}

/// Whether times are uniform from `least` to `most`: both ends are nearly reached, and the mean lies within four of
/// its standard errors.
fn check((least, most, mean): (f64, f64, f64), from: f64, to: f64) {
    let width = to - from;
    assert!((from..from + 0.04 * width).contains(&least), "{least} to {most}");
    assert!((to - 0.04 * width..=to).contains(&most), "{least} to {most}");
    let error = 4.0 * width / (12.0 * SEEDS as f64).sqrt();
    assert!((mean - (from + to) / 2.0).abs() < error, "mean {mean}");
}

fn checked(health: HealthCheck) -> Design {
    let mut design = idle(2);
    policies(&mut design).health = health;
    design
}

#[test]
fn aws_notices_a_refusal_in_30_to_60_and_a_silence_in_35_to_65_seconds() {
    let design = checked(HealthCheck::aws());
    let crash = Fault::Crash(instance("app", 1));
    check(detection(&design, secs(100), crash, secs(70)), 30.0, 60.0);
    check(detection(&design, secs(100), Fault::PowerOff("m1".into()), secs(70)), 35.0, 65.0);
}

#[test]
fn a_kubernetes_readiness_probe_notices_a_silence_in_21_to_31_seconds() {
    let design = checked(HealthCheck::kubernetes());
    check(detection(&design, secs(100), Fault::PowerOff("m1".into()), secs(40)), 21.0, 31.0);
}

#[test]
fn a_new_target_needs_one_success_and_one_that_is_back_needs_five() {
    let mut design = checked(HealthCheck::aws());
    fault(&mut design, secs(10), Fault::Crash(instance("app", 1)));
    fault(&mut design, secs(200), Fault::Restart(instance("app", 1)));
    let mut simulation = Simulation::new(&design);
    go_on(&mut simulation, secs(100));
    design.machines.insert("m3".into(), Machine::default());
    design.groups[0].seats.push(Some("m3".into()));
    simulation.intervene(adopt(&design));
    let facts = go_on(&mut simulation, secs(400));
    let new = when(&facts, Fact::BelievedUp { instance: 2 })[0];
    assert!((103.0..=133.0).contains(&new), "within 30 s of its start at 103 s: {new}");
    let back = when(&facts, UP)[0] - 203.0;
    assert!((120.0..=150.0).contains(&back), "{back}");
}

#[test]
fn until_detection_a_quarter_of_the_requests_is_lost() {
    // Round robin over four, 100/s, HAProxy's checks: 25/s for 5 s on average.
    const SEEDS: u64 = 40;
    let mut design = idle(4);
    policies(&mut design).retry.attempts = 1;
    fault(&mut design, secs(10), Fault::Crash(instance("app", 1)));
    open(&mut design, 100.0);
    let lost = (1..=SEEDS).map(|seed| {
        design.scenario.seed = seed;
        report_at(&design, secs(20)).groups[0].total.failures() as f64
    });
    let mean = lost.sum::<f64>() / SEEDS as f64;
    // Detection varies by 0.577 s, 14.4 requests; 40 runs tell the mean to 2.3.
    assert!((mean - 125.0).abs() < 9.0, "{mean}");
}

/// An instance that has crashed, requests all the time, and nothing but requests to tell of it.
fn unchecked(machines: usize) -> Design {
    let mut design = idle(machines);
    policies(&mut design).health.rhythm = Rhythm::Never;
    open(&mut design, 50.0);
    design
}

fn failed_at(facts: &[(SimTime, Fact)], index: u32) -> Vec<f64> {
    let failed = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::AttemptFailed { at: Place::Instance(there), .. } if *there == index => Some(at.as_secs_f64()),
        _ => None,
    });
    failed.collect()
}

#[test]
fn by_failures_alone_one_request_in_ten_seconds_tries_a_dead_instance() {
    let mut design = unchecked(3);
    policies(&mut design).health.passive = Some(PassiveChecks::default());
    fault(&mut design, secs(20), Fault::Crash(instance("app", 1)));
    fault(&mut design, secs(120), Fault::Restart(instance("app", 1)));
    let (simulation, facts) = play(&design, secs(200));
    let failed = failed_at(&facts, 0);
    assert!((9..=11).contains(&failed.len()), "{failed:?}");
    assert!(failed.windows(2).all(|pair| (10.0..10.5).contains(&(pair[1] - pair[0]))), "{failed:?}");
    assert_eq!(simulation.report().groups[0].total.failures(), 0, "a retry rescues each");
    assert_eq!(when(&facts, DOWN), failed[..1]);
    let back = when(&facts, UP)[0];
    assert!((123.0..134.0).contains(&back), "one success is enough: {back}");
}

#[test]
fn an_only_instance_is_never_out_for_its_failures() {
    let mut design = unchecked(1);
    policies(&mut design).health.passive = Some(PassiveChecks::default());
    fault(&mut design, secs(20), Fault::Crash(instance("app", 1)));
    let (_, facts) = play(&design, secs(40));
    assert!(failed_at(&facts, 0).len() > 800);
}

#[test]
fn five_failures_in_a_row_eject_an_instance_for_longer_each_time() {
    let mut design = unchecked(3);
    policies(&mut design).health.outliers = Some(OutlierEjection::default());
    fault(&mut design, secs(21), Fault::Crash(instance("app", 1)));
    let (_, facts) = play(&design, secs(200));
    let (down, up) = (when(&facts, DOWN), when(&facts, UP));
    let lengths: Vec<f64> = down.iter().zip(&up).map(|(down, up)| up - down).collect();
    // Looked for every 10 s: what is over in between ends with the next look.
    assert!((30.0..=40.0).contains(&lengths[0]) && (60.0..=70.0).contains(&lengths[1]), "{lengths:?}");
    assert_eq!(failed_at(&facts, 0).iter().filter(|at| **at <= down[0]).count(), 5);
}

#[test]
fn no_more_than_a_tenth_is_ejected_but_one_always() {
    let mut design = unchecked(3);
    policies(&mut design).health.outliers = Some(OutlierEjection::default());
    for number in 1..=2 {
        fault(&mut design, secs(21), Fault::Crash(instance("app", number)));
    }
    let (mut simulation, _) = play(&design, secs(30));
    let out = |simulation: &Simulation| {
        let frame = simulation.frame();
        frame.instances.iter().filter(|one| matches!(one.belief, archlab_engine::Belief::Down { .. })).count()
    };
    assert_eq!(out(&simulation), 1);
    policies(&mut design).health.outliers = Some(OutlierEjection { most: 100, ..OutlierEjection::default() });
    simulation.intervene(adopt(&design));
    go_on(&mut simulation, secs(35));
    assert_eq!(out(&simulation), 2);
}

#[test]
fn who_succeeds_far_less_often_than_the_others_is_ejected_if_there_are_enough_to_compare() {
    // One failure in three: five in a row are rare, and not asked for.
    let ejected = |machines: usize, rate: f64| {
        let mut design = unchecked(machines);
        open(&mut design, rate);
        let outliers = OutlierEjection {
            consecutive: 1_000,
            success_rate: Some(SuccessRate::default()),
            ..Default::default()
        };
        policies(&mut design).health.outliers = Some(outliers);
        let bug = Errors { of: Bug::Instance(instance("app", 1)), rate: 1.0 / 3.0 };
        fault(&mut design, secs(10), Fault::Errors(bug));
        let facts = play(&design, secs(45)).1;
        let others = facts
            .iter()
            .filter(|(_, fact)| matches!(fact, Fact::BelievedDown { instance } if *instance != 0));
        assert_eq!(others.count(), 0, "nobody else stands out");
        (when(&facts, DOWN), failed_at(&facts, 0).len())
    };
    // One of five lies two standard deviations below the mean, whatever its rate; 1.9 are too far.
    let (down, failures) = ejected(5, 100.0);
    assert!(matches!(down[..], [at] if (10.0..=20.0).contains(&at)), "at the end of an interval: {down:?}");
    assert!(failures < 100, "{failures}");
    assert!(ejected(4, 100.0).0.is_empty(), "four cannot be compared");
    assert!(ejected(5, 30.0).0.is_empty(), "60 requests in an interval tell too little");
}

/// Instances that only a registry tells of.
fn listed(machines: usize, discovery: Discovery) -> Design {
    let mut design = idle(machines);
    policies(&mut design).health.rhythm = Rhythm::Never;
    policies(&mut design).discovery = Some(discovery);
    design
}

#[test]
fn eureka_forgets_a_killed_instance_after_minutes_and_a_stopped_one_after_a_minute() {
    let eureka = Discovery::eureka();
    let design = listed(10, eureka);
    let (least, most, mean) = detection(&design, secs(1_000), Fault::Crash(instance("app", 1)), secs(310));
    assert!(least >= 150.0 && most <= 300.0, "{least} to {most}");
    // The lease 165, the look 30, the copies 15 each; the mean of 200 varies by 1.6.
    assert!((mean - 225.0).abs() < 6.0, "{mean}");
    let (least, most, mean) = detection(&design, secs(1_000), Fault::Stop(instance("app", 1)), secs(310));
    assert!(least < 10.0 && most <= 60.0 && (mean - 30.0).abs() < 5.0, "{least}, {mean}, {most}");
}

#[test]
fn a_registry_that_misses_too_many_strikes_nobody_off() {
    let mut design = listed(4, Discovery::eureka());
    fault(&mut design, secs(1_000), Fault::Crash(instance("app", 1)));
    let (_, facts) = play(&design, secs(3_000));
    assert!(when(&facts, DOWN).is_empty(), "three of four report: less than 85 %");
}

#[test]
fn leases_run_out_as_eurekas_and_as_a_kubernetes_node_do() {
    let crash = || Fault::Crash(instance("app", 1));
    let lease = Discovery { sweep: Span::ZERO, copies: vec![], preservation: 0, ..Discovery::eureka() };
    check(detection(&listed(2, lease), secs(1_000), crash(), secs(190)), 150.0, 180.0);
    let node = Discovery { heartbeat: secs(10), lease: secs(40), ..Discovery::default() };
    check(detection(&listed(2, node), secs(1_000), crash(), secs(50)), 30.0, 40.0);
}

#[test]
fn a_name_is_stale_for_up_to_its_time_to_live() {
    let design = listed(2, Discovery::dns(secs(60)));
    check(detection(&design, secs(1_000), Fault::Crash(instance("app", 1)), secs(70)), 0.0, 60.0);
}

#[test]
fn an_instance_that_is_back_is_heard_of_when_the_copies_are_renewed() {
    let mut design = listed(2, Discovery::dns(secs(60)));
    fault(&mut design, secs(100), Fault::Crash(instance("app", 1)));
    fault(&mut design, secs(300), Fault::Restart(instance("app", 1)));
    let (_, facts) = play(&design, secs(400));
    let up = when(&facts, UP)[0];
    assert!((303.0..=363.0).contains(&up), "{up}");
}

/// What becomes of requests when an instance ends in this way, while its callers only hear of it by name.
fn outcomes(end: Fault, linger: Span) -> (u64, u64) {
    let mut design = listed(2, Discovery::dns(secs(10)));
    design.business.functions[0].work = Distribution::Constant(ms(200));
    policies(&mut design).retry.attempts = 1;
    policies(&mut design).shutdown.linger = linger;
    fault(&mut design, secs(30), end);
    open(&mut design, 20.0);
    let total = report_at(&design, secs(60)).groups[0].total;
    (total.failures(), total.issued)
}

#[test]
fn a_killed_instance_fails_its_requests_and_a_stopped_one_does_not() {
    let (killed, _) = outcomes(Fault::Crash(instance("app", 1)), Span::ZERO);
    let (hasty, _) = outcomes(Fault::Stop(instance("app", 1)), Span::ZERO);
    let (orderly, issued) = outcomes(Fault::Stop(instance("app", 1)), secs(11));
    assert!(killed > 5 && hasty > 5, "who has not heard of it still calls: {killed}, {hasty}");
    assert!(orderly == 0 && issued > 1_000, "{orderly} of {issued}");
}

#[test]
fn a_stopped_instance_does_what_it_has_and_no_more_than_its_grace() {
    let mut design = idle(2);
    design.business.functions[0].work = Distribution::Constant(secs(4));
    fault(&mut design, secs(2), Fault::Stop(instance("app", 1)));
    user(&mut design, secs(1));
    let (_, facts) = play(&design, secs(9));
    assert_eq!(ends(&facts), [(5.0, Outcome::Succeeded)]);
    let gone = when(&facts, Fact::InstanceDown { instance: 0 });
    assert!((5.0..5.2).contains(&gone[0]), "{gone:?}");
    policies(&mut design).shutdown.grace = secs(1);
    let (_, facts) = play(&design, secs(9));
    assert_eq!(when(&facts, Fact::InstanceDown { instance: 0 }), [3.0]);
}

#[test]
fn checks_can_begin_and_end_while_it_runs() {
    let mut design = unchecked(2);
    fault(&mut design, secs(10), Fault::Crash(instance("app", 1)));
    let (mut simulation, facts) = play(&design, secs(30));
    assert!(when(&facts, DOWN).is_empty(), "nobody looks");
    policies(&mut design).health = HealthCheck::default();
    simulation.intervene(adopt(&design));
    let facts = go_on(&mut simulation, secs(40));
    assert_eq!(when(&facts, DOWN).len(), 1);
    policies(&mut design).health.rhythm = Rhythm::Never;
    simulation.intervene(adopt(&design));
    simulation.intervene(Intervention::Fault(Fault::Restart(instance("app", 1))));
    go_on(&mut simulation, secs(50));
    assert_eq!(simulation.frame().instances.len(), 2);
    assert!(matches!(simulation.frame().instances[0].belief, archlab_engine::Belief::Up { .. }));
}
