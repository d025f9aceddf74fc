//! Health checks, placement again, and the failover story they make.

use crate::common::*;

use archlab_engine::{Fact, Life, Place};
use archlab_model::*;

fn when(facts: &[(SimTime, Fact)], wanted: impl Fn(&Fact) -> bool) -> Option<f64> {
    facts.iter().find(|(_, fact)| wanted(fact)).map(|(at, _)| at.as_secs_f64())
}

/// How long it takes until `fault`, at 5 s, is detected, over many seeds: least, most, mean.
fn detection(fault_at_five: Fault) -> (f64, f64, f64) {
    const SEEDS: u64 = 400;
    let times: Vec<f64> = (1..=SEEDS)
        .map(|seed| {
            let mut design = design(one_function(Distribution::Constant(ms(1))), Layout::Cluster, 2, 4);
            design.scenario.seed = seed;
            fault(&mut design, secs(5), fault_at_five.clone());
            let (_, facts) = play(&design, secs(20));
            when(&facts, |fact| matches!(fact, Fact::BelievedDown { instance: 0 })).expect("detected") - 5.0
        })
        .collect();
    let least = times.iter().copied().fold(f64::MAX, f64::min);
    let most = times.iter().copied().fold(0.0, f64::max);
    (least, most, times.iter().sum::<f64>() / SEEDS as f64)
}

#[test]
fn a_dead_process_is_detected_in_4_to_6_seconds() {
    let (least, most, mean) = detection(Fault::Crash(instance("app", 1)));
    assert!((4.0..4.1).contains(&least) && (5.9..=6.0).contains(&most), "{least} to {most}");
    // Uniform over 2 s: the mean of 400 has a standard error of 0.029.
    assert!((mean - 5.0).abs() < 0.1, "mean {mean}");
}

#[test]
fn a_silent_machine_is_detected_in_10_to_12_seconds() {
    let (least, most, mean) = detection(Fault::PowerOff("m1".into()));
    assert!((10.0..10.1).contains(&least) && (11.9..=12.0).contains(&most), "{least} to {most}");
    assert!((mean - 11.0).abs() < 0.1, "mean {mean}");
}

#[test]
fn an_instance_that_comes_back_is_taken_in_after_rise_checks() {
    let mut design = design(one_function(Distribution::Constant(ms(1))), Layout::Cluster, 2, 4);
    fault(&mut design, secs(5), Fault::PowerOff("m1".into()));
    fault(&mut design, secs(30), Fault::PowerOn("m1".into()));
    let (_, facts) = play(&design, secs(60));
    let up = when(&facts, |fact| matches!(fact, Fact::InstanceUp { instance: 0 })).unwrap();
    let believed = when(&facts, |fact| matches!(fact, Fact::BelievedUp { instance: 0 })).unwrap();
    assert_eq!(up, 33.0);
    assert!((35.0..=37.0).contains(&believed), "{believed}");
}

/// `front` calls `cart` and `list`; three services on three machines, or all of them on each.
fn shop(layout: Layout) -> Design {
    let business = business_of(&[
        ("front", ms(5), vec![Step::Call(call("cart")), Step::Call(call("list"))]),
        ("cart", ms(5), vec![]),
        ("list", ms(5), vec![]),
    ]);
    let mut design = design(business, layout, 3, 4);
    design.network = Network::default();
    open(&mut design, 20.0);
    design
}

/// Failures from `from` to `to` seconds.
fn failures(design: &Design, from: u64, to: u64) -> u64 {
    let mut simulation = play(design, secs(from)).0;
    let before = simulation.report().groups[0].total.failures();
    go_on(&mut simulation, secs(to));
    simulation.report().groups[0].total.failures() - before
}

#[test]
fn the_same_fault_has_three_outcomes() {
    let with_fault = |layout| {
        let mut design = shop(layout);
        policies(&mut design).retry.attempts = 1;
        fault(&mut design, secs(20), Fault::PowerOff("m2".into()));
        fault(&mut design, secs(100), Fault::PowerOn("m2".into()));
        design
    };
    for layout in [Layout::Cluster, Layout::Distributed, Layout::Microservice] {
        let design = with_fault(layout);
        assert_eq!(failures(&design, 0, 20), 0, "{layout:?} works until the fault");
        assert!(failures(&design, 20, 31) > 10, "{layout:?} fails until detection");
        assert_eq!(failures(&design, 120, 160), 0, "{layout:?} works in the end");
    }
    assert_eq!(failures(&with_fault(Layout::Cluster), 33, 100), 0, "the others take over");
    assert!(failures(&with_fault(Layout::Distributed), 33, 100) > 1_000, "that part is missing");
    assert_eq!(failures(&with_fault(Layout::Microservice), 40, 100), 0, "it is placed again");
}

#[test]
fn a_retry_hides_a_dead_instance_of_a_cluster() {
    let mut design = shop(Layout::Cluster);
    fault(&mut design, secs(20), Fault::Crash(instance("app", 2)));
    assert!(failures(&design, 20, 60) <= 1, "only what was under way in it");
}

#[test]
fn instances_of_a_dead_machine_are_placed_on_the_emptiest() {
    let mut design = shop(Layout::Microservice);
    fault(&mut design, secs(20), Fault::PowerOff("m2".into()));
    let (simulation, facts) = play(&design, secs(60));
    let lost = facts.iter().find_map(|(_, fact)| match fact {
        Fact::InstanceDown { instance } => Some(*instance),
        _ => None,
    });
    let lost = lost.expect("one was there");
    let (began, machine) = facts
        .iter()
        .find_map(|(at, fact)| match fact {
            Fact::InstanceStarting { instance, machine } if *instance == lost => Some((*at, *machine)),
            _ => None,
        })
        .expect("placed again");
    assert_eq!((began, machine), (at(secs(30)), 0), "after detection, on the first of equals");
    let frame = simulation.frame();
    let instance = frame.instances.iter().find(|instance| instance.index == lost).unwrap();
    assert_eq!((instance.life, instance.machine.as_str()), (Life::Up, "m1"));

    let episode = &simulation.report().groups[0].episodes[0];
    assert_eq!(episode.at, at(secs(20)));
    assert_eq!(episode.instances.len(), 1);
    assert_eq!(episode.placed_again, Some(at(secs(30))));
    assert!(episode.first_failure.is_some() && episode.repaired.is_none());
    assert!(episode.p99_before.is_some() && episode.p99_after.is_some());
    let seconds = |time: Option<SimTime>| time.unwrap().as_secs_f64();
    assert!((30.0..=32.1).contains(&seconds(episode.detected)), "{episode:?}");
    assert!((33.0..=38.0).contains(&seconds(episode.recovered)), "{episode:?}");
    assert!(episode.failed.iter().sum::<u64>() > 0);
}

#[test]
fn without_a_live_machine_instances_wait_for_one() {
    let mut design = shop(Layout::Microservice);
    for machine in ["m1", "m2", "m3"] {
        fault(&mut design, secs(20), Fault::PowerOff(machine.into()));
    }
    fault(&mut design, secs(50), Fault::PowerOn("m3".into()));
    let (simulation, _) = play(&design, secs(49));
    assert!(simulation.frame().instances.iter().all(|instance| instance.life == Life::MachineOff));
    let (simulation, _) = play(&design, secs(60));
    for instance in simulation.frame().instances {
        assert_eq!((instance.life, instance.machine.as_str()), (Life::Up, "m3"));
    }
}

#[test]
fn a_machine_that_comes_back_comes_back_empty() {
    let mut design = shop(Layout::Microservice);
    fault(&mut design, secs(20), Fault::PowerOff("m2".into()));
    fault(&mut design, secs(50), Fault::PowerOn("m2".into()));
    let (simulation, facts) = play(&design, secs(80));
    assert!(facts.contains(&(at(secs(50)), Fact::MachineUp { machine: 1 })));
    assert!(simulation.frame().instances.iter().all(|instance| instance.machine.as_str() != "m2"));
}

#[test]
fn a_machine_that_is_back_before_detection_keeps_its_instances() {
    let mut design = shop(Layout::Microservice);
    fault(&mut design, secs(20), Fault::PowerOff("m2".into()));
    fault(&mut design, secs(25), Fault::PowerOn("m2".into()));
    let (simulation, _) = play(&design, secs(60));
    assert!(simulation.frame().instances.iter().any(|instance| instance.machine.as_str() == "m2"));
    let episode = &simulation.report().groups[0].episodes[0];
    assert_eq!((episode.repaired, episode.placed_again), (Some(at(secs(25))), None));
}

#[test]
fn copies_of_a_service_are_kept_apart() {
    let mut design = shop(Layout::Microservice);
    policies(&mut design).replicas = 2;
    fault(&mut design, secs(20), Fault::PowerOff("m3".into()));
    let (simulation, _) = play(&design, secs(60));
    let frame = simulation.frame();
    for pair in frame.instances.chunks(2) {
        assert_ne!(pair[0].machine, pair[1].machine, "{} and {}", pair[0].id, pair[1].id);
    }
}

#[test]
fn an_instance_believed_down_gets_no_calls() {
    let mut design = shop(Layout::Cluster);
    fault(&mut design, secs(20), Fault::Crash(instance("app", 1)));
    let (_, facts) = play(&design, secs(60));
    let down = facts.iter().position(|(_, fact)| matches!(fact, Fact::BelievedDown { .. })).unwrap();
    let sent = |fact: &Fact| matches!(fact, Fact::Sent { to: Place::Instance(0), .. });
    assert!(facts[down..].iter().all(|(_, fact)| !sent(fact)));
}
