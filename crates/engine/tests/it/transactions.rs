//! Transactions: what each protocol costs, what it saves, and what a crash in the middle leaves behind.

use crate::common::*;

use archlab_engine::Outcome::{Failed, Succeeded};
use archlab_engine::measure::report::TransactionReport;
use archlab_engine::{Reason, Simulation};
use archlab_model::*;

const PROTECTED: [Protocol; 4] =
    [Protocol::TwoPhase, Protocol::AutomaticUndo, Protocol::TryConfirmCancel, Protocol::Saga];

/// A purchase that calls `branches` services one after another; each writes its own data, for `write`.
fn shop(protocol: Protocol, branches: usize, write: Distribution) -> Design {
    const NAMES: [&str; 4] = ["storage", "order", "account", "shipping"];
    let names = &NAMES[..branches];
    let steps = names.iter().map(|name| Step::Call(call(name))).collect();
    let mut business = business_of(&[("buy", Span::ZERO, steps)]);
    for &name in names {
        let data = DataId::from(name);
        let step = Access { data: data.clone(), write: true, count: 1, probability: 1.0 };
        function(&mut business, name, Distribution::Constant(Span::ZERO), vec![Step::Access(step)]);
        let known = Data { title: None, read: Distribution::Constant(Span::ZERO), write };
        business.data.insert(data, known);
    }
    business.transactions = vec!["buy".into()];
    let mut design = design(business, Layout::Microservice, branches + 1, 8);
    policies(&mut design).health.interval = secs(1_000);
    policies(&mut design).store_connections = 1_000;
    policies(&mut design).startup = ms(100);
    policies(&mut design).transactions.protocol = protocol;
    design
}

fn constant(millis: u64) -> Distribution {
    Distribution::Constant(ms(millis))
}

fn rules(design: &mut Design) -> &mut Transactions {
    &mut policies(design).transactions
}

fn report(simulation: &Simulation) -> TransactionReport {
    simulation.report().groups[0].transactions
}

fn run(design: &Design, until: Span) -> TransactionReport {
    let mut simulation = Simulation::new(design);
    simulation.run_until(at(until));
    report(&simulation)
}

#[test]
fn each_protocol_costs_the_time_of_its_phases() {
    // Two writes one after another, 10 ms each; then two phases of writes at once, or one, or none that is waited for.
    let expected = [
        (Protocol::None, 20),
        (Protocol::Saga, 20),
        (Protocol::AutomaticUndo, 20),
        (Protocol::TryConfirmCancel, 30),
        (Protocol::TwoPhase, 40),
    ];
    for (protocol, millis) in expected {
        let mut design = shop(protocol, 2, constant(10));
        clients(&mut design, Load::Batch { count: 1, at: secs(1), every: None });
        let (simulation, facts) = play(&design, secs(2));
        assert_eq!(ends(&facts), [(1.0 + f64::from(millis) / 1e3, Succeeded)], "{protocol:?}");
        let report = report(&simulation);
        assert_eq!((report.begun, report.committed, report.half_done), (1, 1, 0), "{protocol:?}");
        assert_eq!((report.prepared, report.reserved, report.applied), (0, 0, 0), "{protocol:?}");
    }
}

#[test]
fn two_phases_last_as_long_as_the_slowest_branch_of_each() {
    // One fan-out of exponential writes after another: 2 * H_3 means on top of the three writes themselves.
    let mut design = shop(Protocol::TwoPhase, 3, Distribution::Exponential(ms(10)));
    open(&mut design, 20.0);
    let mut simulation = Simulation::new(&design);
    simulation.run_until(at(secs(400)));
    let mean = simulation.report().groups[0].latency.mean.as_millis_f64();
    let expected = 30.0 + 2.0 * 10.0 * (1.0 + 0.5 + 1.0 / 3.0);
    assert!((mean - expected).abs() < 0.02 * expected, "{mean}, not {expected}");
}

#[test]
fn a_saga_completes_as_often_as_all_its_steps_and_compensates_what_they_had_done() {
    // `saga-success`, `saga-comp`: four steps at 0.95.
    let mut design = shop(Protocol::Saga, 4, constant(1));
    rules(&mut design).refusal = 0.05;
    open(&mut design, 200.0);
    let report = run(&design, secs(100));
    let count = (report.committed + report.undone) as f64;
    let (success, compensations) = (report.committed as f64 / count, report.compensations as f64 / count);
    // Four standard errors.
    assert!((success - 0.8145062).abs() < 4.0 * (0.151 / count).sqrt(), "{success}");
    assert!((compensations - 0.2663563).abs() < 4.0 * (0.47 / count).sqrt(), "{compensations}");
    assert_eq!(report.half_done, 0);
}

#[test]
fn a_branch_that_refuses_undoes_the_others_unless_nobody_protects_them() {
    for protocol in PROTECTED {
        let mut design = shop(protocol, 3, constant(1));
        rules(&mut design).refusal = 0.2;
        open(&mut design, 100.0);
        let (simulation, facts) = play(&design, secs(20));
        let report = report(&simulation);
        assert!(report.undone > 300 && report.half_done == 0, "{protocol:?} {report:?}");
        let aborted = ends(&facts).iter().filter(|(_, outcome)| *outcome == Failed(Reason::Aborted)).count();
        assert!(report.undone.abs_diff(aborted as u64) < 3, "{protocol:?} {report:?} {aborted}");
    }
    let mut design = shop(Protocol::None, 3, constant(1));
    rules(&mut design).refusal = 0.2;
    open(&mut design, 100.0);
    let report = run(&design, secs(20));
    // Refused at the first step: nothing is there. At the second or third: charged and not shipped.
    let ended = report.begun as f64;
    assert!((report.half_done as f64 / ended - 0.288).abs() < 0.05, "{report:?}");
    assert!((report.undone as f64 / ended - 0.2).abs() < 0.04, "{report:?}");
}

#[test]
fn as_many_are_in_doubt_as_arrive_while_one_is() {
    // `2pc-indoubt`: the rate times the time from promise to commit, here one write of 50 ms.
    let mut design = shop(Protocol::TwoPhase, 2, constant(50));
    open(&mut design, 40.0);
    let report = run(&design, secs(200));
    assert!((report.mean_in_doubt - 40.0 * 0.05).abs() < 0.2, "{report:?}");
}

/// Two coordinators, of which one dies for 30 s from 10 s on; a write takes so long.
fn orphaned(seed: u64, write: Distribution) -> Design {
    let mut design = shop(Protocol::TwoPhase, 1, write);
    let spec = ServiceSpec { functions: vec!["buy".into()], replicas: Some(2), ..ServiceSpec::default() };
    design.business.services.insert("buy".into(), spec);
    policies(&mut design).capacity = Capacity { workers: 10_000, queue: 100 };
    policies(&mut design).timeouts.response = secs(100);
    rules(&mut design).conflict = 0.01;
    rules(&mut design).lock_timeout = secs(100);
    design.scenario.seed = seed;
    open(&mut design, 100.0);
    fault(&mut design, secs(10), Fault::Crash(instance("buy", 1)));
    fault(&mut design, secs(40) - ms(100), Fault::Restart(instance("buy", 1)));
    design
}

#[test]
fn what_a_dead_coordinator_leaves_in_doubt_blocks_others_until_it_is_back() {
    // `2pc-blocked`: rate * outage * (1 - (1 - conflict)^k) new ones hit the locks of the k in doubt.
    let (mut hit, mut expected) = (0.0, 0.0);
    for seed in 0..12 {
        let mut simulation = Simulation::new(&orphaned(seed, constant(100)));
        simulation.run_until(at(secs(10) + ms(500)));
        // From now on the living coordinator leaves nobody in doubt for long.
        simulation.intervene(adopt(&orphaned(seed, constant(1))));
        simulation.run_until(at(secs(11)));
        let before = report(&simulation);
        simulation.run_until(at(secs(39)));
        let during = report(&simulation);
        hit += (during.blocked_in_doubt - before.blocked_in_doubt) as f64;
        let untouched = (0..before.in_doubt.min(during.in_doubt)).fold(1.0, |chance, _| chance * 0.99);
        expected += 100.0 * 28.0 * (1.0 - untouched);
        simulation.run_until(at(secs(60)));
        let after = report(&simulation);
        assert!(after.in_doubt < 5 && after.half_done == 0, "{after:?}");
        assert!(after.lock_timeouts == 0, "{after:?}");
    }
    assert!(expected > 500.0, "{expected}");
    // Four standard errors of a Poisson number, and those in doubt for the millisecond that a commit takes.
    assert!((hit - expected).abs() < 4.0 * expected.sqrt() + 0.03 * expected, "{hit}, not {expected}");
}

#[test]
fn a_coordinator_that_is_back_leaves_nothing_in_doubt() {
    for protocol in PROTECTED {
        let mut design = shop(protocol, 3, constant(20));
        open(&mut design, 100.0);
        fault(&mut design, secs(5), Fault::Crash(instance("buy", 1)));
        fault(&mut design, secs(25), Fault::Restart(instance("buy", 1)));
        let mut simulation = Simulation::new(&design);
        simulation.run_until(at(secs(20)));
        let dead = report(&simulation);
        let left = dead.prepared + dead.reserved + dead.applied;
        assert!(left > 0, "{protocol:?}: {dead:?}");
        assert_eq!(dead.in_doubt > 0, protocol == Protocol::TwoPhase, "{protocol:?}: {dead:?}");
        design.clients.clear();
        simulation.run_until(at(secs(30)));
        simulation.intervene(adopt(&design));
        simulation.run_until(at(secs(60)));
        let back = report(&simulation);
        assert_eq!(back.begun, back.committed + back.undone, "{protocol:?}: {back:?}");
        assert_eq!((back.prepared, back.reserved, back.applied, back.in_doubt), (0, 0, 0, 0), "{protocol:?}");
    }
}

#[test]
fn without_a_protocol_or_a_log_a_crash_in_the_middle_leaves_halves() {
    for (protocol, logged) in [(Protocol::None, true), (Protocol::Saga, false)] {
        let mut design = shop(protocol, 3, constant(20));
        rules(&mut design).logged = logged;
        open(&mut design, 100.0);
        fault(&mut design, secs(5), Fault::Crash(instance("buy", 1)));
        fault(&mut design, secs(6), Fault::Restart(instance("buy", 1)));
        let report = run(&design, secs(20));
        // About six were under way; two thirds of them had written something.
        assert!((1..15).contains(&report.half_done), "{protocol:?}: {report:?}");
    }
}

#[test]
fn one_process_with_one_database_needs_no_protocol() {
    let mut design = shop(Protocol::None, 3, constant(20));
    design.groups[0].layout = Layout::Cluster;
    rules(&mut design).refusal = 0.1;
    open(&mut design, 100.0);
    for turn in 0..5 {
        fault(&mut design, secs(5 + 2 * turn), Fault::Crash(instance("app", 1)));
        fault(&mut design, secs(6 + 2 * turn), Fault::Restart(instance("app", 1)));
    }
    let report = run(&design, secs(30));
    assert!(report.undone > 100 && report.half_done == 0 && report.applied == 0, "{report:?}");
}

#[test]
fn whatever_crashes_nothing_stays_half_done_under_a_protocol() {
    for protocol in PROTECTED {
        for seed in 0..4 {
            let mut design = shop(protocol, 3, Distribution::Exponential(ms(10)));
            design.scenario.seed = seed;
            rules(&mut design).refusal = 0.05;
            rules(&mut design).conflict = 0.05;
            rules(&mut design).lock_timeout = secs(1);
            policies(&mut design).timeouts.response = ms(400);
            open(&mut design, 50.0);
            for turn in 0..12 {
                let service = ["buy", "storage", "order", "account"][(turn as usize + seed as usize) % 4];
                let when = ms(1_000 + 900 * turn + 37 * seed);
                fault(&mut design, when, Fault::Crash(instance(service, 1)));
                fault(&mut design, when + ms(600), Fault::Restart(instance(service, 1)));
            }
            let mut simulation = Simulation::new(&design);
            simulation.run_until(at(secs(15)));
            design.clients.clear();
            simulation.intervene(adopt(&design));
            simulation.run_until(at(secs(90)));
            let report = report(&simulation);
            assert_eq!(report.half_done, 0, "{protocol:?} {seed}: {report:?}");
            assert_eq!(report.begun, report.committed + report.undone, "{protocol:?} {seed}: {report:?}");
            assert_eq!((report.in_doubt, report.prepared), (0, 0), "{protocol:?} {seed}: {report:?}");
        }
    }
}

#[test]
fn who_waits_too_long_for_a_lock_fails() {
    let mut design = shop(Protocol::TwoPhase, 1, constant(100));
    rules(&mut design).conflict = 1.0;
    rules(&mut design).lock_timeout = ms(250);
    clients(&mut design, Load::Batch { count: 3, at: secs(1), every: None });
    let (simulation, facts) = play(&design, secs(5));
    // The first has its lock for three writes. The second and third give up meanwhile.
    let ends = ends(&facts);
    let reasons = [Failed(Reason::LockTimeout), Failed(Reason::LockTimeout), Succeeded];
    assert_eq!(ends.iter().map(|(_, outcome)| *outcome).collect::<Vec<_>>(), reasons, "{ends:?}");
    assert_eq!((report(&simulation).waited, report(&simulation).lock_timeouts), (2, 2));
}

#[test]
fn a_coordinator_of_its_own_gives_up_those_of_whom_it_hears_nothing() {
    let mut design = shop(Protocol::TwoPhase, 2, constant(50));
    rules(&mut design).coordinator = Coordinator::Server;
    rules(&mut design).timeout = secs(20);
    open(&mut design, 20.0);
    fault(&mut design, secs(5), Fault::Crash(instance("buy", 1)));
    let mut simulation = Simulation::new(&design);
    simulation.run_until(at(secs(20)));
    let waiting = report(&simulation);
    assert!(waiting.begun > waiting.committed + waiting.undone, "{waiting:?}");
    simulation.run_until(at(secs(30)));
    let over = report(&simulation);
    assert_eq!(over.begun, over.committed + over.undone, "{over:?}");
    assert!(over.undone > 0 && over.half_done == 0, "{over:?}");
}

#[test]
fn a_run_with_transactions_can_be_taken_back_and_goes_on_the_same() {
    let mut design = shop(Protocol::TryConfirmCancel, 3, Distribution::Exponential(ms(10)));
    rules(&mut design).refusal = 0.1;
    open(&mut design, 50.0);
    fault(&mut design, secs(2), Fault::Crash(instance("order", 1)));
    let mut whole = Simulation::new(&design);
    let first = go_on(&mut whole, secs(8));
    let mut sliced = Simulation::new(&design);
    let mut second = go_on(&mut sliced, secs(3));
    second.extend(go_on(&mut sliced, secs(8)));
    assert_eq!(first, second);
    assert_eq!(whole.report(), sliced.report());
}

#[test]
fn a_coordinator_of_its_own_that_dies_blocks_everybody_until_it_is_back() {
    let mut design = shop(Protocol::TwoPhase, 2, constant(50));
    rules(&mut design).coordinator = Coordinator::Server;
    open(&mut design, 20.0);
    let coordinator = archlab_model::fault::StoreName { group: "g".into(), store: "coordinator".into() };
    fault(&mut design, secs(5), Fault::StoreCrash(coordinator.clone()));
    fault(&mut design, secs(20), Fault::Repair(Trouble::StoreCrash(coordinator)));
    let (mut simulation, facts) = play(&design, secs(19));
    let refused = ends(&facts).iter().filter(|(_, outcome)| *outcome == Failed(Reason::Refused)).count();
    assert!((220..360).contains(&refused), "{refused}");
    let down = report(&simulation);
    assert!(down.begun > down.committed + down.undone, "{down:?}");
    simulation.run_until(at(secs(30)));
    let back = report(&simulation);
    assert!(back.begun - back.committed - back.undone < 10 && back.half_done == 0, "{back:?}");
}
