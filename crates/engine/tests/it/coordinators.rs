//! Coordinators with copies: whom a dead one blocks and for how long, and that what is decided stays so.

use crate::common::*;

use archlab_engine::measure::report::TransactionReport;
use archlab_engine::{Fact, Intervention, MessageKind, Place, Reason, Simulation};
use archlab_model::fault::StoreName;
use archlab_model::policy::Consensus;
use archlab_model::*;

/// A purchase that writes to two services under two-phase commit, decided by `copies` of a coordinator.
fn shop(copies: u32, protocol: Protocol) -> Design {
    let steps = ["order", "account"].iter().map(|name| Step::Call(call(name))).collect();
    let mut business = business_of(&[("buy", Span::ZERO, steps)]);
    for name in ["order", "account"] {
        let step = Access { data: name.into(), write: true, count: 1, probability: 1.0 };
        function(&mut business, name, Distribution::Constant(Span::ZERO), vec![Step::Access(step)]);
        let write = Distribution::Constant(ms(50));
        business.data.insert(name.into(), Data { title: None, read: write, write });
    }
    business.transactions = vec!["buy".into()];
    let mut design = design(business, Layout::Microservice, 3, 8);
    let policies = policies(&mut design);
    policies.health.interval = secs(1_000);
    policies.store_connections = 1_000;
    policies.startup = ms(100);
    let election =
        Consensus { members: copies, heartbeat: ms(50), election_from: ms(150), election_to: ms(300) };
    policies.transactions = Transactions {
        protocol,
        coordinator: Coordinator::Server,
        election: (copies > 1).then_some(election),
        retry: ms(200),
        ..Transactions::default()
    };
    open(&mut design, 50.0);
    design
}

fn coordinator(number: u32) -> StoreName {
    let store = ["coordinator", "coordinator-2", "coordinator-3"][number as usize - 1];
    StoreName { group: "g".into(), store: store.into() }
}

fn report(simulation: &Simulation) -> TransactionReport {
    simulation.report().groups[0].transactions
}

/// Kills whoever coordinates at 5 s, and goes on to 20 s. For how long from then on transactions were in doubt without
/// a break, at most, in seconds; and how many were.
fn kill(design: &Design) -> (f64, u32, Simulation) {
    let mut simulation = Simulation::new(design);
    simulation.run_until(at(secs(5)));
    simulation.intervene(Intervention::Fault(Fault::LostPrimary(coordinator(1))));
    let blocked = report(&simulation).in_doubt;
    let (mut since, mut longest) = ((blocked > 0).then_some(5.0), 0.0_f64);
    for (now, fact) in go_on(&mut simulation, secs(20)) {
        if let Fact::InDoubt { transactions, .. } = fact {
            let now = now.as_secs_f64();
            match (transactions, since) {
                (0, Some(began)) => (longest, since) = (longest.max(now - began), None),
                (1.., None) => since = Some(now),
                _ => {}
            }
        }
    }
    longest = longest.max(since.map_or(0.0, |began| 20.0 - began));
    (longest, blocked, simulation)
}

#[test]
fn one_copy_that_dies_blocks_whoever_has_promised_until_it_is_back() {
    let (longest, blocked, mut simulation) = kill(&shop(1, Protocol::TwoPhase));
    // What it had said arrives; the others wait.
    assert!(blocked > 0 && report(&simulation).in_doubt > 0, "{blocked}");
    assert!(longest > 14.9, "{longest} s");
    let stuck = report(&simulation);
    simulation.intervene(Intervention::Fault(Fault::Repair(Trouble::LostPrimary(coordinator(1)))));
    simulation.run_until(at(secs(25)));
    let back = report(&simulation);
    assert!(back.committed > stuck.committed + 100 && back.half_done == 0, "{back:?}");
}

#[test]
fn of_three_copies_another_takes_over_after_an_election_and_the_locks_are_released() {
    for seed in 1..=5 {
        let mut design = shop(3, Protocol::TwoPhase);
        design.scenario.seed = seed;
        let (longest, blocked, simulation) = kill(&design);
        assert!(blocked > 0, "{seed}");
        // An election, and a second one if votes were split; then the second phase of what is left.
        assert!((0.1..1.2).contains(&longest), "{seed}: {longest} s");
        let report = report(&simulation);
        assert!(report.committed > 800 && report.half_done == 0, "{seed}: {report:?}");
        assert!(report.begun - report.committed - report.undone < 30, "{seed}: {report:?}");
    }
}

#[test]
fn two_of_three_copies_dead_block_until_one_is_back() {
    let (mut simulation, facts) = play(&shop(3, Protocol::TwoPhase), secs(5));
    let before = report(&simulation);
    assert!(before.in_doubt > 0, "{before:?}");
    // The leader, and one more.
    let leader = facts.iter().rev().find_map(|(_, fact)| match fact {
        Fact::Elected { store, .. } => Some(simulation.roster().stores[*store as usize].1.clone()),
        _ => None,
    });
    let others = (1..=3).map(coordinator).filter(|name| Some(&name.store) != leader.as_ref());
    simulation.intervene(Intervention::Fault(Fault::LostPrimary(coordinator(1))));
    for other in others.take(1) {
        simulation.intervene(Intervention::Fault(Fault::StoreCrash(other)));
    }
    simulation.run_until(at(secs(15)));
    let blocked = report(&simulation);
    assert!(blocked.in_doubt > 0, "{blocked:?}");
    assert!(blocked.committed <= before.committed + before.in_doubt as u64, "nothing new: {blocked:?}");
    simulation.intervene(Intervention::Fault(Fault::Repair(Trouble::LostPrimary(coordinator(1)))));
    simulation.run_until(at(secs(20)));
    let back = report(&simulation);
    assert!(back.committed > blocked.committed + 100 && back.half_done == 0, "{back:?}");
}

#[test]
fn copies_talk_and_an_election_is_told() {
    let (_, facts) = play(&shop(3, Protocol::TwoPhase), secs(3));
    let elected = facts.iter().filter(|(_, fact)| matches!(fact, Fact::Elected { .. })).count();
    assert_eq!(elected, 1, "one leader for good");
    let between = |fact: &Fact| {
        let stores = matches!(fact, Fact::Sent { from: Place::Store(_), to: Place::Store(_), .. });
        stores && matches!(fact, Fact::Sent { message: MessageKind::Copy, .. })
    };
    // Two heartbeats of a leader every 50 ms, and their answers.
    assert!(facts.iter().filter(|(_, fact)| between(fact)).count() > 200);
    // Who comes before there is a leader is refused.
    let early = ends(&facts).into_iter().filter(|(when, _)| *when < 0.15);
    for (when, outcome) in early {
        assert_eq!(outcome, archlab_engine::Outcome::Failed(Reason::NoPrimary), "{when}");
    }
}

/// Coordinators and branches die at any time, the network is cut, and in the end everything is back.
fn storm(protocol: Protocol, seed: u64) -> Design {
    let mut design = shop(if seed.is_multiple_of(2) { 3 } else { 5 }, protocol);
    design.scenario.seed = seed;
    let rules = &mut policies(&mut design).transactions;
    (rules.conflict, rules.refusal, rules.lock_timeout) = (0.05, 0.05, secs(1));
    rules.timeout = secs(2);
    policies(&mut design).timeouts.response = ms(700);
    for turn in 0..10 {
        let when = ms(1_000 + 1_300 * turn + 41 * (seed % 29));
        let name = coordinator(1 + ((turn + seed) % 3) as u32);
        match (turn + seed) % 4 {
            0 => {
                fault(&mut design, when, Fault::StoreCrash(name.clone()));
                fault(&mut design, when + ms(900), Fault::Repair(Trouble::StoreCrash(name)));
            }
            1 => {
                let service = ["buy", "order", "account"][((turn * 7 + seed) % 3) as usize];
                fault(&mut design, when, Fault::Crash(instance(service, 1)));
                fault(&mut design, when + ms(600), Fault::Restart(instance(service, 1)));
            }
            _ => {
                fault(&mut design, when, Fault::LostPrimary(coordinator(1)));
                fault(&mut design, when + ms(1_200), Fault::Repair(Trouble::LostPrimary(coordinator(1))));
            }
        }
    }
    design
}

#[test]
fn whatever_dies_whenever_nothing_that_was_decided_is_undone() {
    for protocol in [Protocol::TwoPhase, Protocol::AutomaticUndo, Protocol::TryConfirmCancel, Protocol::Saga]
    {
        for seed in 1..=30 {
            let mut design = storm(protocol, seed);
            let (mut simulation, facts) = play(&design, secs(15));
            let terms: Vec<u32> = facts
                .iter()
                .filter_map(|(_, fact)| match fact {
                    Fact::Elected { term, .. } => Some(*term),
                    _ => None,
                })
                .collect();
            assert!(terms.windows(2).all(|pair| pair[0] < pair[1]), "one leader in a term: {terms:?}");
            design.clients.clear();
            simulation.intervene(adopt(&design));
            simulation.run_until(at(secs(60)));
            let (report, total) = (report(&simulation), simulation.report().groups[0].total);
            assert_eq!(report.half_done, 0, "{protocol:?} {seed}: {report:?}");
            assert_eq!(report.begun, report.committed + report.undone, "{protocol:?} {seed}: {report:?}");
            assert_eq!((report.in_doubt, report.prepared, report.reserved), (0, 0, 0), "{seed}: {report:?}");
            // Whom it was said that all is done, for him it is.
            assert!(report.committed >= total.succeeded, "{protocol:?} {seed}: {report:?} {total:?}");
            assert!(total.succeeded > 50, "{protocol:?} {seed}: {total:?}");
        }
    }
}

#[test]
fn a_run_with_elected_coordinators_is_the_same_again_in_slices_and_from_a_snapshot() {
    for protocol in [Protocol::TwoPhase, Protocol::AutomaticUndo] {
        for seed in 1..=6 {
            let design = storm(protocol, seed);
            let (whole, facts) = play(&design, secs(15));
            let mut sliced = Simulation::new(&design);
            let mut told = Vec::new();
            for until in (500..=15_000).step_by(500) {
                told.extend(go_on(&mut sliced, ms(until)));
            }
            assert_eq!(facts, told);
            assert_eq!(whole.report(), sliced.report());

            let mut again = Simulation::new(&design);
            // In the middle of an election.
            go_on(&mut again, ms(2_500));
            let snapshot = again.snapshot();
            let first = go_on(&mut again, secs(9));
            again.restore(&snapshot);
            assert_eq!(first, go_on(&mut again, secs(9)));
        }
    }
}

#[test]
fn copies_can_be_added_and_taken_away_while_transactions_are_under_way() {
    for (before, after) in [(1, 3), (3, 1), (3, 5)] {
        let design = shop(before, Protocol::TwoPhase);
        let mut simulation = Simulation::new(&design);
        simulation.run_until(at(secs(5)));
        simulation.intervene(adopt(&shop(after, Protocol::TwoPhase)));
        simulation.run_until(at(secs(10)));
        let (report, total) = (report(&simulation), simulation.report().groups[0].total);
        assert!(report.committed > 350 && report.half_done == 0, "{before} to {after}: {report:?}");
        assert!(report.begun - report.committed - report.undone < 30, "{before} to {after}: {report:?}");
        assert!(total.failures() < 100, "{before} to {after}: {total:?}");
    }
}
