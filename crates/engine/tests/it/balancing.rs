//! Balancing: who gets the next request, and who keeps getting it.

use crate::common::*;

use std::collections::BTreeMap;

use archlab_engine::{Fact, Outcome, Place, Reason};
use archlab_model::*;

/// A cluster of machines of these weights, one function of constant work, balanced so.
fn farm(weights: &[u32], work: Span, balancing: Balancing) -> Design {
    let business = one_function(Distribution::Constant(work));
    let mut design = design(business, Layout::Cluster, weights.len(), 4);
    for (machine, weight) in design.machines.values_mut().zip(weights) {
        machine.weight = *weight;
    }
    policies(&mut design).balancing = balancing;
    design
}

/// So many clients of one person each, who ask every `think`.
fn people(design: &mut Design, count: u32, think: Span) {
    for number in 0..count {
        let id: ClientId = format!("p{number}").parse().unwrap();
        let load = Load::Users { count: 1, think: Distribution::Constant(think) };
        design.clients.insert(id, Client { load, to: vec!["g".into()], ..Client::default() });
    }
}

/// The instances that the entry sent requests to, first attempts only.
fn picked(facts: &[(SimTime, Fact)]) -> Vec<u32> {
    let picked = facts.iter().filter_map(|(_, fact)| match fact {
        Fact::Sent { from: Place::Entry(_), to: Place::Instance(index), message, .. }
            if *message == archlab_engine::MessageKind::Request =>
        {
            Some(*index)
        }
        _ => None,
    });
    picked.collect()
}

/// Which instance each client was sent to last. Without latency the entry acts when it is asked.
fn homes(facts: &[(SimTime, Fact)]) -> BTreeMap<u32, u32> {
    let (mut homes, mut asking) = (BTreeMap::new(), 0);
    for (_, fact) in facts {
        match fact {
            Fact::Sent { from: Place::Client(client), .. } => asking = *client,
            Fact::Sent { from: Place::Entry(_), to: Place::Instance(index), .. } => {
                homes.insert(asking, *index);
            }
            _ => {}
        }
    }
    homes
}

fn share(picked: &[u32], instance: u32) -> f64 {
    picked.iter().filter(|index| **index == instance).count() as f64 / picked.len() as f64
}

fn letters(picked: &[u32], length: usize) -> String {
    picked.iter().take(length).map(|index| char::from(b'a' + *index as u8)).collect()
}

#[test]
fn unequal_weights_are_served_in_the_order_of_nginx() {
    for (weights, order) in [(vec![5, 1, 1], "aabacaaaabacaa"), (vec![3, 2, 1], "abacbaabacba")] {
        let mut design = farm(&weights, ms(1), Balancing::RoundRobin);
        user(&mut design, ms(10));
        let (_, facts) = play(&design, secs(1));
        assert_eq!(letters(&picked(&facts), order.len()), order);
    }
}

#[test]
fn least_connections_are_counted_by_weight() {
    let mut design = farm(&[3, 1], secs(1_000), Balancing::LeastConnections);
    people(&mut design, 40, ms(10));
    let (_, facts) = play(&design, secs(5));
    let picked = picked(&facts);
    assert_eq!((picked.len(), share(&picked, 0)), (40, 0.75));
}

#[test]
fn the_least_loaded_is_the_first_among_equals() {
    let mut design = farm(&[1, 1, 1], ms(1), Balancing::LeastLoaded);
    user(&mut design, ms(10));
    let (_, facts) = play(&design, secs(1));
    assert_eq!(share(&picked(&facts), 0), 1.0);
}

#[test]
fn least_response_time_avoids_a_slow_machine() {
    let slow_share = |balancing| {
        let mut design = farm(&[1, 1, 1, 1], ms(10), balancing);
        design.machines[0].speed = 0.1;
        open(&mut design, 50.0);
        share(&picked(&play(&design, secs(60)).1), 0)
    };
    let (in_turn, by_time) = (slow_share(Balancing::RoundRobin), slow_share(Balancing::LeastResponseTime));
    assert!((in_turn - 0.25).abs() < 0.01 && by_time < 0.1, "{in_turn} and {by_time}");
}

#[test]
fn chance_goes_by_weight() {
    let mut design = farm(&[2, 1], ms(1), Balancing::Random);
    open(&mut design, 100.0);
    let picked = picked(&play(&design, secs(200)).1);
    // Four standard errors of a share of 2/3.
    let error = 4.0 * (2.0 / 9.0 / picked.len() as f64).sqrt();
    assert!((share(&picked, 0) - 2.0 / 3.0).abs() < error, "{}", share(&picked, 0));
}

#[test]
fn the_better_of_two_is_one_of_two_different_ones() {
    // One never answers in time; with two of two drawn, whoever is idle gets everything.
    let mut design = farm(&[1, 1], ms(10), Balancing::RandomChoices);
    design.machines[0].speed = 1e-3;
    open(&mut design, 10.0);
    let picked = picked(&play(&design, secs(60)).1);
    assert!(share(&picked, 0) < 0.1, "{}", share(&picked, 0));
}

#[test]
fn by_remainder_a_dead_instance_moves_its_own_users_and_a_machine_less_moves_most() {
    let mut design = farm(&[1, 1, 1, 1], ms(1), Balancing::SourceHash);
    people(&mut design, 60, ms(100));
    let (mut simulation, facts) = play(&design, secs(10));
    let before = homes(&facts);
    assert!((0..4).all(|index| before.values().any(|home| *home == index)), "everybody has users");
    simulation.intervene(archlab_engine::Intervention::Fault(Fault::Crash(instance("app", 2))));
    go_on(&mut simulation, secs(20));
    let after = homes(&go_on(&mut simulation, secs(30)));
    for (client, home) in &before {
        assert!(after[client] != 1 && (*home == 1 || after[client] == *home), "{client}");
    }
    design.groups[0].seats.pop();
    let fewer = homes(&play(&design, secs(10)).1);
    let moved = before.iter().filter(|(client, home)| fewer[*client] != **home).count();
    assert!(moved > 60 / 2, "three quarters are expected: {moved} of 60");
}

#[test]
fn on_a_ring_a_machine_more_takes_only_its_share() {
    let mut design = farm(&[1, 1, 1], ms(1), Balancing::ConsistentHash);
    people(&mut design, 60, ms(100));
    let before = homes(&play(&design, secs(10)).1);
    design.machines.insert("m4".into(), Machine::default());
    design.groups[0].seats.push(Some("m4".into()));
    let after = homes(&play(&design, secs(10)).1);
    let moved: Vec<u32> =
        after.iter().filter(|(client, home)| before[*client] != **home).map(|(_, home)| *home).collect();
    assert!(moved.iter().all(|home| *home == 3), "whoever moved, moved to the new one");
    assert!((5..=25).contains(&moved.len()), "a quarter is expected: {} of 60", moved.len());
}

#[test]
fn bounded_load_carries_a_hot_user_over() {
    let most = |balancing| {
        let mut design = farm(&[1, 1, 1, 1], ms(200), balancing);
        open(&mut design, 50.0);
        design.clients[0].users = 1;
        let picked = picked(&play(&design, secs(30)).1);
        (0..4).map(|index| share(&picked, index)).fold(0.0, f64::max)
    };
    assert_eq!(most(Balancing::ConsistentHash), 1.0);
    assert!(most(Balancing::BoundedLoad) < 0.5, "{}", most(Balancing::BoundedLoad));
}

#[test]
fn a_cookie_keeps_a_user_until_its_instance_dies() {
    for machines in [2_usize, 3, 10] {
        let mut design = farm(&vec![1; machines], ms(1), Balancing::RoundRobin);
        policies(&mut design).balancer.sticky = Some(Stickiness::default());
        people(&mut design, 60, ms(100));
        let (mut simulation, facts) = play(&design, secs(10));
        let before = homes(&facts);
        assert_eq!(before, homes(&go_on(&mut simulation, secs(11))));
        simulation.intervene(archlab_engine::Intervention::Fault(Fault::Crash(instance("app", 1))));
        go_on(&mut simulation, secs(20));
        let after = homes(&go_on(&mut simulation, secs(21)));
        let moved = before.iter().filter(|(client, home)| after[*client] != **home).count();
        // Each had as many as the others.
        assert_eq!(moved, 60 / machines, "{machines} machines");
        simulation.intervene(archlab_engine::Intervention::Fault(Fault::Restart(instance("app", 1))));
        go_on(&mut simulation, secs(40));
        assert_eq!(homes(&go_on(&mut simulation, secs(41))), after, "nobody comes back");
    }
}

#[test]
fn users_are_kept_where_their_sessions_lie() {
    for (scheme, kept) in [(SessionScheme::Sticky, true), (SessionScheme::SharedStore, false)] {
        let mut design = farm(&[1, 1, 1], ms(1), Balancing::Random);
        policies(&mut design).sessions = Some(Sessions { scheme, ..Sessions::default() });
        people(&mut design, 30, ms(100));
        let (mut simulation, facts) = play(&design, secs(2));
        let before = homes(&facts);
        assert_eq!(before == homes(&go_on(&mut simulation, secs(4))), kept, "{scheme:?}");
    }
}

#[test]
fn a_drained_machine_keeps_its_users_and_gets_no_others() {
    let mut design = farm(&[1, 1], ms(1), Balancing::RoundRobin);
    policies(&mut design).balancer.sticky = Some(Stickiness::default());
    people(&mut design, 20, ms(100));
    let (mut simulation, facts) = play(&design, secs(10));
    let before = homes(&facts);
    design.machines[0].weight = 0;
    people(&mut design, 40, ms(100));
    simulation.intervene(adopt(&design));
    let after = homes(&go_on(&mut simulation, secs(20)));
    assert!(before.iter().all(|(client, home)| after[client] == *home));
    assert!(after.iter().all(|(client, home)| before.contains_key(client) || *home == 1));
}

#[test]
fn a_retry_never_goes_where_it_has_been() {
    for balancing in Balancing::ALL {
        let mut design = farm(&[3, 2, 1], ms(1), balancing);
        policies(&mut design).retry.attempts = 3;
        policies(&mut design).health.rhythm = Rhythm::Never;
        for number in 1..=3 {
            fault(&mut design, ms(1), Fault::Crash(instance("app", number)));
        }
        open(&mut design, 20.0);
        let (_, facts) = play(&design, secs(5));
        let mut tried = Vec::new();
        let mut ended = 0;
        for (_, fact) in &facts {
            match fact {
                Fact::AttemptFailed { at: Place::Instance(index), .. } => tried.push(*index),
                Fact::Ended { .. } => {
                    tried.sort_unstable();
                    assert_eq!(tried, [0, 1, 2], "{balancing:?}");
                    (tried, ended) = (Vec::new(), ended + 1);
                }
                _ => {}
            }
        }
        assert!(ended > 50, "{balancing:?}");
    }
}

/// How many of ten instances get requests when so many have crashed and this is set.
fn hosts_with_traffic(crashed: u32, setting: NobodyHealthy) -> (usize, Vec<Outcome>) {
    let mut design = farm(&[1; 10], ms(1), Balancing::RoundRobin);
    policies(&mut design).balancer.nobody_healthy = setting;
    policies(&mut design).retry.attempts = 1;
    for number in 1..=crashed {
        fault(&mut design, secs(1), Fault::Crash(instance("app", number)));
    }
    open(&mut design, 100.0);
    let mut simulation = play(&design, secs(20)).0;
    let facts = go_on(&mut simulation, secs(40));
    let hosts: std::collections::BTreeSet<u32> = picked(&facts).into_iter().collect();
    (hosts.len(), ends(&facts).into_iter().map(|(_, outcome)| outcome).collect())
}

#[test]
fn below_half_healthy_a_panicking_balancer_spreads_over_all() {
    let (hosts, outcomes) = hosts_with_traffic(6, NobodyHealthy::Panic(50));
    assert_eq!(hosts, 10);
    let failed = outcomes.iter().filter(|outcome| **outcome != Outcome::Succeeded).count();
    assert!((failed as f64 / outcomes.len() as f64 - 0.6).abs() < 0.01, "60 % fail");
    assert_eq!(hosts_with_traffic(5, NobodyHealthy::Panic(50)).0, 5);
    assert_eq!(hosts_with_traffic(6, NobodyHealthy::FailOpen).0, 4);
}

#[test]
fn when_nobody_is_healthy_a_balancer_refuses_or_fails_open() {
    let (hosts, outcomes) = hosts_with_traffic(10, NobodyHealthy::Refuse);
    assert!(hosts == 0 && outcomes.iter().all(|one| *one == Outcome::Failed(Reason::NoneHealthy)));
    let (hosts, outcomes) = hosts_with_traffic(10, NobodyHealthy::FailOpen);
    assert!(hosts == 10 && outcomes.iter().all(|one| *one == Outcome::Failed(Reason::Refused)));
}

#[test]
fn what_the_first_priority_is_too_ill_for_spills_to_the_next() {
    for (crashed, expected) in [(0, 1.0), (2, 0.7), (3, 0.35), (4, 0.0)] {
        let mut design = farm(&[1; 8], ms(1), Balancing::RoundRobin);
        for machine in design.machines.values_mut().skip(4) {
            machine.priority = 1;
        }
        for number in 1..=crashed {
            fault(&mut design, secs(1), Fault::Crash(instance("app", number)));
        }
        open(&mut design, 100.0);
        let mut simulation = play(&design, secs(20)).0;
        let picked = picked(&go_on(&mut simulation, secs(120)));
        let first = (0..4).map(|index| share(&picked, index)).sum::<f64>();
        let error = 4.0 * (expected * (1.0 - expected) / picked.len() as f64).sqrt();
        assert!((first - expected).abs() <= error, "{crashed} of 4 dead: {first}");
    }
}

/// The share of an instance that is back, in each quarter of its slow start and after it.
fn shares_when_back(slow_start: SlowStart) -> [f64; 5] {
    let mut design = farm(&[1, 1], ms(1), Balancing::RoundRobin);
    policies(&mut design).balancer.slow_start = Some(slow_start);
    fault(&mut design, secs(10), Fault::Crash(instance("app", 1)));
    fault(&mut design, secs(30), Fault::Restart(instance("app", 1)));
    open(&mut design, 200.0);
    let (mut simulation, facts) = play(&design, secs(10));
    assert!((share(&picked(&facts), 0) - 0.5).abs() < 0.001, "not at the start of a run");
    let facts = go_on(&mut simulation, secs(120));
    let back = facts.iter().find(|(_, fact)| matches!(fact, Fact::BelievedUp { instance: 0 })).unwrap().0;
    let quarter = |number: u64| {
        let (from, to) = (back + secs(15 * number), back + secs(15 * (number + 1)));
        let within: Vec<_> = facts.iter().filter(|(now, _)| from < *now && *now <= to).copied().collect();
        share(&picked(&within), 0)
    };
    [0, 1, 2, 3, 4].map(quarter)
}

#[test]
fn an_instance_that_is_back_gets_its_share_little_by_little() {
    let shares = shares_when_back(SlowStart { window: secs(60), ..SlowStart::default() });
    // With weights of t / 60 and 1 the share of the first quarter is 1 - ln(1.25) / 0.25 = 0.107, and so on; the
    // floor of a tenth adds 0.018 to it.
    let expected = [0.125, 0.271, 0.383, 0.466, 0.5];
    for (share, expected) in shares.iter().zip(expected) {
        assert!((share - expected).abs() < 0.01, "{shares:?}");
    }
}

#[test]
fn with_envoys_aggression_the_share_grows_quicker_at_first() {
    let shares = shares_when_back(SlowStart { window: secs(60), aggression: 2.0, ..SlowStart::default() });
    // With a weight of √x the share up to x is x - 2 √x + 2 ln(1 + √x), of a quarter the difference over it.
    let expected = [0.245, 0.378, 0.441, 0.483, 0.5];
    for (share, expected) in shares.iter().zip(expected) {
        assert!((share - expected).abs() < 0.01, "{shares:?}");
    }
}

#[test]
fn a_balancer_can_be_changed_while_it_runs() {
    let mut design = farm(&[1, 1, 1], ms(5), Balancing::RoundRobin);
    open(&mut design, 100.0);
    let mut simulation = play(&design, secs(2)).0;
    for (second, balancing) in (3..).zip(Balancing::ALL.into_iter().rev()) {
        policies(&mut design).balancing = balancing;
        design.machines[0].weight = second as u32 % 3;
        simulation.intervene(adopt(&design));
        go_on(&mut simulation, secs(second));
    }
    let total = simulation.report().groups[0].total;
    assert!(total.issued > 1_000 && total.failures() == 0, "{total:?}");
}
