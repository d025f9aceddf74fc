//! What each fault does to a process, a machine or a store, and what its repair does.

use crate::common::*;

use archlab_engine::measure::report::GroupReport;
use archlab_engine::{Fact, Intervention, Outcome, Place, Reason, Report};
use archlab_model::fault::{Bug, Errors, Hang, Leak, Slow};
use archlab_model::policy::{Restarts, WarmUp};
use archlab_model::*;

fn group(report: &Report) -> &GroupReport {
    &report.groups[0]
}

fn machine(name: &str) -> Site {
    Site::named(name)
}

/// One function on each of `machines` machines of one core, one worker each; constant work of 10 ms.
fn cluster(machines: usize) -> Design {
    let mut design = design(one_function(Distribution::Constant(ms(10))), Layout::Cluster, machines, 1);
    policies(&mut design).capacity = Capacity { workers: 1, queue: 100 };
    design
}

/// A user that sends as soon as it has an answer, first after `think`.
fn busy_user(design: &mut Design, think: Span) {
    user(design, think);
}

/// When each request ended, in milliseconds, and how.
fn ended(facts: &[(SimTime, Fact)]) -> Vec<(u64, Outcome)> {
    ends(facts).iter().map(|(at, outcome)| ((at * 1e3).round() as u64, *outcome)).collect()
}

const DONE: Outcome = Outcome::Succeeded;

#[test]
fn a_slow_machine_stretches_what_it_is_at_work_on_from_that_instant() {
    for workers in [1, 5] {
        // With one worker the machine has a core for each; with five they share it.
        let mut design = cluster(1);
        policies(&mut design).capacity.workers = workers;
        busy_user(&mut design, ms(100));
        // The request of 100 ms has had 4 of its 10 ms; the other 6 take 4 times as long.
        fault(&mut design, ms(104), Fault::Slow(Slow { of: machine("m1"), factor: 4.0 }));
        fault(&mut design, ms(114), Fault::Repair(Trouble::Slow(machine("m1"))));
        let (_, facts) = play(&design, ms(400));
        // 4 + 10 / 4 of work by the repair at 114, the rest at the usual pace.
        assert_eq!(ended(&facts), [(118, DONE), (228, DONE), (338, DONE)]);
    }
}

#[test]
fn a_slow_instance_leaves_its_neighbour_alone() {
    let business = {
        let mut business = business_of(&[("a", ms(10), vec![])]);
        function(&mut business, "b", Distribution::Constant(ms(10)), vec![]);
        let entry = FunctionId::from("b");
        business.requests.insert("b".into(), RequestKind { title: None, entry, share: 1.0, session: false });
        business
    };
    let mut design = design(business, Layout::Microservice, 1, 2);
    policies(&mut design).capacity.workers = 1;
    open(&mut design, 20.0);
    let slow = Fault::Slow(Slow { of: Site::Instance(instance("a", 1)), factor: 3.0 });
    fault(&mut design, Span::ZERO, slow);
    let report = report_at(&design, secs(200));
    let busy: Vec<f64> = group(&report).services.iter().map(|service| service.utilisation).collect();
    assert!((busy[0] - 0.3).abs() < 0.03 && (busy[1] - 0.1).abs() < 0.02, "{busy:?}");
}

#[test]
fn round_robin_keeps_feeding_a_slow_node_and_least_connections_avoids_it() {
    let failed = |balancing| {
        let mut design = cluster(2);
        policies(&mut design).balancing = balancing;
        open(&mut design, 80.0);
        fault(&mut design, secs(5), Fault::Slow(Slow { of: machine("m2"), factor: 10.0 }));
        let report = report_at(&design, secs(65));
        assert!(group(&report).episodes[0].detected.is_none(), "its checks pass: a gray failure");
        assert!(group(&report).episodes[0].recovered.is_none());
        group(&report).total.availability().expect("some have ended")
    };
    let (blind, seeing) = (failed(Balancing::RoundRobin), failed(Balancing::LeastConnections));
    assert!(blind < 0.9 && seeing > 0.999, "{blind} {seeing}");
}

#[test]
fn a_bug_in_an_instance_answers_fast_with_an_error() {
    let mut design = cluster(2);
    open(&mut design, 50.0);
    let bug = Fault::Errors(Errors { of: Bug::Instance(instance("app", 2)), rate: 0.5 });
    fault(&mut design, Span::ZERO, bug);
    let (simulation, facts) = play(&design, secs(400));
    let report = simulation.report();
    let total = &group(&report).total;
    // Half of half of 20,000 requests, within four standard deviations.
    let share = total.failed[Reason::Error.index()] as f64 / total.issued as f64;
    assert!((share - 0.25).abs() < 4.0 * (0.25 * 0.75 / total.issued as f64).sqrt(), "{share}");
    assert_eq!(total.failures(), total.failed[Reason::Error.index()], "one reason");
    for (at, fact) in &facts {
        if let Fact::AttemptFailed { at: place, reason, retried } = fact {
            assert_eq!((*reason, *retried), (Reason::Error, false), "{at:?}");
            assert_eq!(*place, Place::Instance(1), "it failed where the bug is");
        }
    }
    // Errors take no time: the buggy one does half the work of the other.
    let instances = &group(&report).services[0].instances;
    let ratio = instances[1].utilisation / instances[0].utilisation;
    assert!((ratio - 0.5).abs() < 0.05, "{ratio}");
}

#[test]
fn least_connections_is_drawn_to_an_instance_that_fails_fast() {
    let share = |balancing| {
        let mut design = cluster(4);
        policies(&mut design).balancing = balancing;
        open(&mut design, 350.0);
        let bug = Fault::Errors(Errors { of: Bug::Instance(instance("app", 2)), rate: 1.0 });
        fault(&mut design, Span::ZERO, bug);
        let report = report_at(&design, secs(60));
        let total = &group(&report).total;
        total.failed[Reason::Error.index()] as f64 / total.issued as f64
    };
    assert!((share(Balancing::RoundRobin) - 0.25).abs() < 0.01);
    let drawn = share(Balancing::LeastConnections);
    assert!(drawn > 0.4, "a black hole: {drawn}");
}

#[test]
fn a_bug_in_a_function_is_the_same_bug_wherever_the_function_runs() {
    for layout in Layout::ALL {
        let steps = vec![Step::Call(call("b")), Step::Call(Call { soft: true, ..call("c") })];
        let business = business_of(&[("a", ms(1), steps), ("b", ms(1), vec![]), ("c", ms(1), vec![])]);
        let mut design = design(business, layout, 3, 4);
        open(&mut design, 100.0);
        let bug = |function: &'static str| Errors { of: Bug::Function(function.into()), rate: 0.3 };
        fault(&mut design, Span::ZERO, Fault::Errors(bug("b")));
        fault(&mut design, Span::ZERO, Fault::Errors(bug("c")));
        fault(&mut design, secs(100), Fault::Repair(Trouble::Errors(Bug::Function("b".into()))));
        let (mut simulation, _) = play(&design, secs(100));
        let total = group(&simulation.report()).total;
        let share = total.failed[Reason::Error.index()] as f64 / total.issued as f64;
        let error = (0.3 * 0.7 / total.issued as f64).sqrt();
        assert!((share - 0.3).abs() < 4.0 * error, "{layout:?}: {share}; the soft call bears its bug");
        simulation.run_until(at(secs(110)));
        let later = group(&simulation.report()).total;
        assert!(later.failures() <= total.failures() + 1, "it is repaired");
    }
}

#[test]
fn a_hung_process_accepts_and_never_answers_and_goes_on_where_it_stood() {
    let mut design = cluster(1);
    busy_user(&mut design, ms(100));
    let hang = Hang { of: instance("app", 1), checks_pass: false };
    // The request of 100 ms has had 4 of its 10 ms.
    fault(&mut design, ms(104), Fault::Hang(hang));
    fault(&mut design, ms(604), Fault::Repair(Trouble::Hang(instance("app", 1))));
    let (_, facts) = play(&design, ms(800));
    assert_eq!(ended(&facts), [(610, DONE), (720, DONE)]);
}

#[test]
fn a_hung_process_is_found_by_checks_that_time_out_unless_they_pass() {
    let story = |checks_pass| {
        let mut design = cluster(2);
        open(&mut design, 50.0);
        policies(&mut design).timeouts.response = ms(500);
        fault(&mut design, secs(20), Fault::Hang(Hang { of: instance("app", 2), checks_pass }));
        let report = report_at(&design, secs(60));
        (group(&report).episodes[0].clone(), group(&report).total)
    };
    let (found, _) = story(false);
    let after = found.detected.expect("it is detected").since(found.at);
    assert!(secs(10) <= after && after <= secs(12), "a silent one takes 10 to 12 s: {after}");
    assert!(found.recovered.is_some() && found.failed[Reason::TimedOut.index()] > 100);
    let (gray, total) = story(true);
    assert_eq!((gray.detected, gray.recovered), (None, None));
    // Half of 50 requests/s for 40 s; those over its worker and its queue are not even connected.
    let lost = [Reason::TimedOut, Reason::Unreachable].map(|reason| total.failed[reason.index()]);
    assert!(lost[0] > 80 && lost.iter().sum::<u64>() > 850, "{lost:?}");
}

#[test]
fn a_restart_cures_a_hang_and_what_it_held_is_reset() {
    let mut design = cluster(1);
    policies(&mut design).startup = ms(50);
    policies(&mut design).retry.attempts = 1;
    busy_user(&mut design, ms(100));
    fault(&mut design, ms(104), Fault::Hang(Hang { of: instance("app", 1), checks_pass: true }));
    fault(&mut design, ms(300), Fault::Restart(instance("app", 1)));
    let (simulation, facts) = play(&design, ms(600));
    assert_eq!(ended(&facts), [(300, Outcome::Failed(Reason::Reset)), (410, DONE), (520, DONE)]);
    assert_eq!(simulation.troubles().count(), 0);
}

#[test]
fn a_full_queue_rejects_whatever_arrives_until_it_has_room() {
    let mut design = cluster(1);
    policies(&mut design).retry.attempts = 1;
    busy_user(&mut design, ms(100));
    fault(&mut design, ms(104), Fault::FullQueue(instance("app", 1)));
    fault(&mut design, ms(350), Fault::Repair(Trouble::FullQueue(instance("app", 1))));
    let (_, facts) = play(&design, ms(500));
    let rejected = Outcome::Failed(Reason::QueueFull);
    assert_eq!(ended(&facts), [(110, DONE), (210, rejected), (310, rejected), (420, DONE)]);
}

#[test]
fn a_leak_slows_its_process_down_ends_it_and_comes_back_later_each_time() {
    let mut design = cluster(1);
    policies(&mut design).startup = secs(1);
    policies(&mut design).health.interval = ms(100);
    open(&mut design, 20.0);
    fault(&mut design, Span::ZERO, Fault::Leak(Leak { of: instance("app", 1), requests: 400 }));
    let (_, facts) = play(&design, secs(200));
    let killed: Vec<f64> = facts
        .iter()
        .filter(|(_, fact)| matches!(fact, Fact::OutOfMemory { .. }))
        .map(|(at, _)| at.as_secs_f64())
        .collect();
    let up: Vec<f64> = facts
        .iter()
        .filter(|(_, fact)| matches!(fact, Fact::InstanceUp { .. }))
        .map(|(at, _)| at.as_secs_f64())
        .collect();
    // About 20 s for 400 requests; pauses of 0, 10, 20, 40 s, and a second to start.
    assert!((killed[0] - 20.0).abs() < 4.0, "{killed:?}");
    let pauses: Vec<f64> = killed.iter().zip(&up).map(|(down, up)| (up - down - 1.0).round()).collect();
    assert_eq!(pauses[..4], [0.0, 10.0, 20.0, 40.0], "{killed:?} {up:?}");
}

#[test]
fn a_memory_that_is_nearly_full_costs_time() {
    let mut design = cluster(1);
    busy_user(&mut design, ms(10));
    fault(&mut design, Span::ZERO, Fault::Leak(Leak { of: instance("app", 1), requests: 100 }));
    let (_, facts) = play(&design, secs(3));
    let latencies: Vec<f64> = facts
        .iter()
        .filter_map(|(_, fact)| match fact {
            Fact::Ended { outcome: DONE, latency, .. } => Some(latency.as_millis_f64()),
            _ => None,
        })
        .take(99)
        .collect();
    // 1 + 0.05 u / (1 - u), u the share of memory in use.
    assert!((latencies[0] - 10.0).abs() < 0.02 && (latencies[49] - 10.5).abs() < 0.05, "{latencies:?}");
    assert!(latencies[97] > 30.0);
}

#[test]
fn a_new_process_is_slower_until_it_is_warm() {
    let mut design = cluster(1);
    policies(&mut design).startup = ms(100);
    policies(&mut design).process.warm_up = Some(WarmUp { factor: 5.0, over: secs(10) });
    policies(&mut design).retry.attempts = 1;
    busy_user(&mut design, ms(90));
    let (_, facts) = play(&design, secs(3));
    assert_eq!(ended(&facts)[..2], [(100, DONE), (200, DONE)], "at the start all is prepared");
    fault(&mut design, secs(1), Fault::Restart(instance("app", 1)));
    let (_, facts) = play(&design, secs(13));
    let latency_after = |from: Span| {
        let later = facts.iter().filter(|(when, _)| *when >= at(from));
        later.into_iter().find_map(|(_, fact)| match fact {
            Fact::Ended { outcome: DONE, latency, .. } => Some(latency.as_millis_f64()),
            _ => None,
        })
    };
    let (cold, warmer, warm) = (
        latency_after(ms(1100)).unwrap(),
        latency_after(ms(6100)).unwrap(),
        latency_after(ms(11_200)).unwrap(),
    );
    assert!(cold > 48.0 && cold <= 50.0, "{cold}");
    assert!((warmer - 30.0).abs() < 1.0, "{warmer}");
    assert_eq!(warm, 10.0);
}

#[test]
fn a_crashed_process_is_started_again_by_the_platform_if_the_policy_says_so() {
    let ups = |restart| {
        let mut design = cluster(1);
        policies(&mut design).startup = secs(1);
        policies(&mut design).process.restart = restart;
        for crash in [10, 20, 40] {
            fault(&mut design, secs(crash), Fault::Crash(instance("app", 1)));
        }
        let (_, facts) = play(&design, secs(100));
        let up = facts.iter().filter(|(_, fact)| matches!(fact, Fact::InstanceUp { .. }));
        up.map(|(at, _)| at.as_secs_f64()).collect::<Vec<_>>()
    };
    assert!(ups(None).is_empty());
    // At once, then after 10 s, then after 20 s; a second to start each time.
    assert_eq!(ups(Some(Restarts::default())), [11.0, 31.0, 61.0]);
}

#[test]
fn a_lost_primary_takes_a_store_of_one_member_with_it() {
    let read = |data| Step::Access(Access { data, write: false, count: 1, probability: 1.0 });
    let mut business = business_of(&[("a", ms(1), vec![read("goods".into())])]);
    let cost = Distribution::Constant(ms(5));
    business.data.insert("goods".into(), Data { title: None, read: cost, write: cost });
    let mut design = design(business, Layout::Cluster, 3, 4);
    policies(&mut design).startup = Span::ZERO;
    open(&mut design, 100.0);
    let database = || "g/database".parse::<StoreName>().expect("a name");
    fault(&mut design, secs(10), Fault::LostPrimary(database()));
    fault(&mut design, secs(20), Fault::Repair(Trouble::LostPrimary(database())));
    let report = report_at(&design, secs(30));
    let total = &group(&report).total;
    let lost = total.failed[Reason::Refused.index()];
    assert!((900..1100).contains(&lost), "ten seconds of all requests, whatever the machines: {lost}");
    assert!(total.failures() - lost < 10, "and what it was at work on");
    let episode = &group(&report).episodes[0];
    assert_eq!((episode.repaired, episode.recovered), (Some(at(secs(20))), Some(at(secs(20)))));
}

#[test]
fn a_slow_store_slows_all_that_share_it() {
    let read = Step::Access(Access { data: "goods".into(), write: false, count: 1, probability: 1.0 });
    let mut business = business_of(&[("a", Span::ZERO, vec![read])]);
    let cost = Distribution::Constant(ms(5));
    business.data.insert("goods".into(), Data { title: None, read: cost, write: cost });
    let mut design = design(business, Layout::Cluster, 2, 4);
    busy_user(&mut design, ms(100));
    let store: Site = "g/database".parse().expect("a name");
    // The first read, of 100 ms, has had 2 of its 5 ms.
    fault(&mut design, ms(102), Fault::Slow(Slow { of: store.clone(), factor: 10.0 }));
    fault(&mut design, ms(250), Fault::Repair(Trouble::Slow(store)));
    let (_, facts) = play(&design, ms(400));
    // 2 + 30; then 232 to 250 does 1.8 of its 5 ms, and 3.2 are left.
    assert_eq!(ended(&facts), [(132, DONE), (253, DONE), (358, DONE)]);
}

#[test]
fn a_zone_goes_down_and_comes_back_as_a_whole() {
    let mut design = cluster(4);
    for (number, machine) in design.machines.values_mut().enumerate() {
        machine.zone = Some(if number < 3 { "east" } else { "west" }.to_owned());
    }
    open(&mut design, 50.0);
    fault(&mut design, secs(10), Fault::ZoneDown("east".into()));
    fault(&mut design, secs(40), Fault::ZoneUp("east".into()));
    let (mut simulation, facts) = play(&design, secs(11));
    let down = facts.iter().filter(|(_, fact)| matches!(fact, Fact::MachineDown { .. })).count();
    assert_eq!(down, 3);
    go_on(&mut simulation, secs(60));
    let report = simulation.report();
    let [episode] = group(&report).episodes.as_slice() else { panic!("one fault, one story") };
    assert_eq!(episode.instances.len(), 3);
    assert!(episode.detected.is_some() && episode.recovered < episode.repaired);
    assert_eq!(episode.repaired, Some(at(secs(40))));
    assert!(simulation.frame().machines.iter().all(|machine| machine.on));
}

#[test]
fn a_fault_lasts_for_a_time_and_can_be_made_by_hand() {
    let mut design = cluster(1);
    busy_user(&mut design, ms(100));
    let slow = Fault::Slow(Slow { of: machine("m1"), factor: 4.0 });
    design.scenario.faults.push(PlannedFault { at: ms(104), fault: slow.clone(), lasts: Some(ms(10)) });
    let (planned, facts) = play(&design, ms(400));
    assert_eq!(ended(&facts)[0], (118, DONE));
    assert_eq!(planned.troubles().count(), 0);

    design.scenario.faults.clear();
    let (mut by_hand, _) = play(&design, ms(104));
    by_hand.intervene(Intervention::Fault(slow.clone()));
    assert_eq!(by_hand.troubles().collect::<Vec<_>>(), [&slow]);
    go_on(&mut by_hand, ms(114));
    by_hand.intervene(Intervention::Fault(slow.repair().expect("it can be repaired")));
    go_on(&mut by_hand, ms(400));
    assert_eq!(group(&by_hand.report()).total, group(&planned.report()).total);
    assert_eq!(by_hand.troubles().count(), 0);
}

#[test]
fn what_is_wrong_stays_so_when_the_design_is_changed() {
    let mut design = cluster(2);
    open(&mut design, 20.0);
    let (mut simulation, _) = play(&design, secs(1));
    simulation.intervene(Intervention::Fault(Fault::Slow(Slow { of: machine("m1"), factor: 5.0 })));
    let bug = Errors { of: Bug::Function("work".into()), rate: 1.0 };
    simulation.intervene(Intervention::Fault(Fault::Errors(bug)));
    design.machines[0].cores = 2;
    simulation.intervene(adopt(&design));
    simulation.run_until(at(secs(20)));
    assert_eq!(simulation.troubles().count(), 2);
    let total = group(&simulation.report()).total;
    assert!(total.failed[Reason::Error.index()] > 300);
}

#[test]
fn a_fault_that_names_nothing_does_nothing() {
    let mut design = cluster(1);
    busy_user(&mut design, ms(100));
    for word in [
        "crash:g/app/7",
        "slow:nowhere:3",
        "errors:nothing:1",
        "hang:g/other/1",
        "cut:m1~nowhere",
        "spike:nobody:9",
        "leak:h/app/1:5",
        "lost-primary:g/nothing",
        "skew:nowhere:+5s",
        "zone-down:nowhere",
        "repair:slow:m1",
    ] {
        fault(&mut design, ms(50), word.parse().expect("a fault"));
    }
    let (simulation, facts) = play(&design, ms(400));
    assert_eq!(ended(&facts), [(110, DONE), (220, DONE), (330, DONE)]);
    assert_eq!(simulation.troubles().count(), 0);
    assert!(group(&simulation.report()).episodes.is_empty());
}
