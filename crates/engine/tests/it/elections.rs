//! Elections: a store whose members agree on every write, when its leader dies.

use crate::common::*;
use archlab_engine::{Fact, Simulation};
use archlab_model::policy::Consensus;
use archlab_model::*;

/// A cluster whose every request writes to a store of `members` that agree.
fn design_of(members: u32, seed: u64) -> Design {
    let mut business = one_function(Distribution::Constant(ms(1)));
    let time = Distribution::Constant(ms(1));
    let data = Data { title: None, read: time, write: time };
    business.data.insert("goods".into(), data);
    let write = Access { data: "goods".into(), write: true, count: 1, probability: 1.0 };
    business.functions[&FunctionId::from("work")].steps.push(Step::Access(write));
    let mut design = design(business, Layout::Cluster, 1, 4);
    design.network = Network::default();
    design.scenario.seed = seed;
    let consensus = Consensus { members, heartbeat: ms(50), election_from: ms(150), election_to: ms(300) };
    policies(&mut design).storage.replication = Replication::Consensus(consensus);
    open(&mut design, 200.0);
    design
}

fn elections(facts: &[(SimTime, Fact)]) -> Vec<(f64, u32, u32)> {
    let elected = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::Elected { store, term } => Some((at.as_secs_f64(), *store, *term)),
        _ => None,
    });
    elected.collect()
}

/// Crashes the leader at 5 s; returns when the next was elected, and when a write was first done after that.
fn failover(members: u32, seed: u64) -> (f64, u64) {
    let design = design_of(members, seed);
    let mut simulation = Simulation::new(&design);
    let before = go_on(&mut simulation, secs(5));
    let (_, leader, term) = *elections(&before).last().expect("a leader was elected");
    let (group, store) = simulation.roster().stores[leader as usize].clone();
    let fault = Fault::StoreCrash(fault::StoreName { group, store });
    simulation.intervene(archlab_engine::Intervention::Fault(fault));
    let after = go_on(&mut simulation, secs(10));
    let elected = elections(&after);
    let &(at, next, next_term) = elected.first().expect("another is elected");
    assert!(next != leader && next_term > term);
    let mut terms: Vec<u32> = elections(&before).iter().chain(&elected).map(|(_, _, term)| *term).collect();
    terms.sort_unstable();
    assert!(terms.windows(2).all(|pair| pair[0] < pair[1]), "never two leaders in one term: {terms:?}");
    (at - 5.0, simulation.report().groups[0].total.failures())
}

#[test]
fn a_dead_leader_is_replaced_within_an_election_and_few_writes_fail() {
    let (mut sum, mut failed) = (0.0, 0);
    for seed in 1..=20 {
        let (after, failures) = failover(3, seed);
        // From the last heartbeat, up to 50 ms before, 150 to 300 ms, and twice there and back; a split vote takes
        // as long again.
        assert!((0.1..1.0).contains(&after), "seed {seed}: {after} s");
        sum += after;
        failed += failures;
    }
    let mean = sum / 20.0;
    assert!((0.13..0.35).contains(&mean), "{mean}");
    // What was asked between, at 200 a second.
    assert!((10..3_000).contains(&failed), "{failed}");
}

#[test]
fn five_members_bear_a_dead_leader_too() {
    assert!((0.1..1.0).contains(&failover(5, 3).0));
}

#[test]
fn without_a_majority_nothing_is_written() {
    let design = design_of(3, 1);
    let mut simulation = Simulation::new(&design);
    simulation.run_until(at(secs(5)));
    let stores: Vec<_> = simulation.roster().stores.iter().take(3).cloned().collect();
    for (group, store) in &stores[..2] {
        let name = fault::StoreName { group: group.clone(), store: store.clone() };
        simulation.intervene(archlab_engine::Intervention::Fault(Fault::StoreCrash(name)));
    }
    simulation.run_until(at(secs(8)));
    let succeeded = simulation.report().groups[0].total.succeeded;
    simulation.run_until(at(secs(12)));
    assert_eq!(simulation.report().groups[0].total.succeeded, succeeded);
    // One comes back: there is a majority again.
    let (group, store) = stores[0].clone();
    let repair = Fault::Repair(Trouble::StoreCrash(fault::StoreName { group, store }));
    simulation.intervene(archlab_engine::Intervention::Fault(repair));
    simulation.run_until(at(secs(25)));
    assert!(simulation.report().groups[0].total.succeeded > succeeded + 500);
}

#[test]
fn in_calm_weather_every_write_is_done_after_a_majority_has_it() {
    let design = design_of(3, 1);
    let (simulation, facts) = play(&design, secs(30));
    assert_eq!(elections(&facts).len(), 1, "one leader for good");
    let total = simulation.report().groups[0].total;
    // Those before the first election.
    assert!(total.failures() < 120, "{}", total.failures());
    assert!(total.succeeded > 5_000);
    // A millisecond at the service, one at the store, the ways, and there and back to a follower.
    let latency = simulation.report().groups[0].latency.p50;
    assert!(latency > ms(42), "{latency}");
}
