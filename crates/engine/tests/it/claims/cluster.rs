//! Claims about clusters.

use std::collections::BTreeMap;

use archlab_engine::measure::report::Tally;
use archlab_engine::{Place, Reason, Simulation};
use archlab_model::*;

use crate::common::{adopt, at, ms, secs};
use crate::shelf::*;

/// Poisson arrivals at `rate`.
fn rate(design: &mut Design, rate: f64) {
    design.clients[0].load = Load::Poisson { rate };
}

/// Users who ask again as soon as they are answered: as much as the system can do.
fn saturate(design: &mut Design, users: u32) {
    design.clients[0].load = Load::Users { count: users, think: Distribution::Constant(ms(1)) };
}

/// The group's machines, `count` of them, all like the first.
fn machines(design: &mut Design, count: usize) {
    let model = design.machines[0].clone();
    let ids: Vec<MachineId> = (1..=count).map(|n| format!("machine-{n}").parse().unwrap()).collect();
    design.machines = ids.iter().map(|id| (id.clone(), model.clone())).collect();
    group(design).seats = ids.into_iter().map(|id| Some(id.into())).collect();
}

/// Requests answered per second between `from` and `to`.
fn throughput(design: &Design, from: u64, to: u64) -> f64 {
    let mut simulation = run(design, secs(from));
    ended_until(&mut simulation, secs(to)).succeeded as f64 / (to - from) as f64
}

#[test]
fn c1_every_server_runs_the_same_service_and_any_can_answer_any_request() {
    let design = shelf("shop-cluster");
    let mut simulation = Simulation::new(&design);
    let kinds = simulation.roster().kinds.len() as u32;
    let sent = messages(&mut simulation, secs(15));
    for instance in 0..3 {
        for kind in 0..kinds {
            let there = sent.get(&(Place::Entry(0), Place::Instance(instance), kind));
            assert!(there.is_some(), "instance {instance} gets requests of kind {kind}");
        }
    }
    let report = only(simulation.report());
    let Tally { issued, succeeded, in_flight, .. } = report.total;
    assert_eq!(issued, succeeded + report.total.failures() + in_flight);
    let finished: u64 = finished(&report).values().sum();
    assert!(
        (succeeded..=succeeded + in_flight).contains(&finished),
        "each request is finished by one of them"
    );
}

#[test]
fn c2_the_same_on_every_server_is_a_cluster_and_different_pieces_are_not() {
    let functions_by_machine = |layout| {
        let deployment = deployment(&in_layout(shelf("shop-cluster"), layout));
        let mut by_machine: BTreeMap<MachineId, Vec<FunctionId>> = BTreeMap::new();
        for service in deployment.services {
            for instance in service.instances {
                by_machine.entry(instance.machine).or_default().extend(service.functions.clone());
            }
        }
        by_machine.into_values().collect::<Vec<_>>()
    };
    let cluster = functions_by_machine(Layout::Cluster);
    assert!(cluster.windows(2).all(|pair| pair[0] == pair[1]));
    let distributed = functions_by_machine(Layout::Distributed);
    for (place, one) in distributed.iter().enumerate() {
        let others = || distributed.iter().enumerate().filter(move |(other, _)| *other != place);
        assert!(one.iter().all(|function| others().all(|(_, other)| !other.contains(function))));
    }

    // And so it behaves: one switch, the same machine lost, another outcome.
    let served_without_a_machine = |layout| {
        let mut simulation = run(&in_layout(shelf("shop-cluster"), layout), secs(2));
        strike(&mut simulation, Fault::PowerOff("machine-3".into()));
        simulation.run_until(at(secs(20)));
        ended_until(&mut simulation, secs(30)).availability()
    };
    assert_eq!(served_without_a_machine(Layout::Cluster), 1.0);
    assert!(served_without_a_machine(Layout::Distributed) < 0.9);
}

#[test]
fn c3_balancing_spreads_work_as_evenly_as_can_be() {
    let report = measured(&shelf("shop-cluster"), secs(20));
    let counts: Vec<u64> = finished(&report).into_values().collect();
    let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
    assert!(counts.len() == 3 && most - least <= 40, "{counts:?}");
    let busy: Vec<f64> = report.services[0].instances.iter().map(|instance| instance.utilisation).collect();
    let mean = busy.iter().sum::<f64>() / 3.0;
    assert!(busy.iter().all(|busy| (busy / mean - 1.0).abs() < 0.15), "{busy:?}");
}

#[test]
fn c4_who_is_lightly_loaded_gets_the_next_request() {
    let by = |balancing| {
        let design = with(shelf("claims/slow-node"), |design| group(design).policies.balancing = balancing);
        let report = measured(&design, secs(60));
        (finished(&report)["web/app/1"], report.latency.p95)
    };
    let (in_turn, slow) = by(Balancing::RoundRobin);
    let (by_load, quick) = by(Balancing::LeastConnections);
    assert_near("in turn it gets its third, slow or not", in_turn as f64, 135.0 * 60.0 / 3.0, 0.05);
    assert!(3 * by_load < 2 * in_turn, "by load it gets {by_load}, {in_turn} in turn");
    assert!(quick.as_secs_f64() < 0.6 * slow.as_secs_f64(), "p95 {quick} by load, {slow} in turn");
}

#[test]
fn c5_a_node_dies_the_others_take_over() {
    let mut simulation = run(&shelf("shop-cluster"), secs(20));
    let sent_before = messages(&mut simulation, secs(40));
    strike(&mut simulation, Fault::PowerOff("machine-1".into()));
    simulation.run_until(at(secs(60)));
    let detected = only(simulation.report()).episodes[0].detected.expect("it was noticed");
    let took = detected.since(at(secs(40)));
    // HAProxy's rhythm: three checks that hang for 2 s, each 2 s after the one before.
    assert!((secs(10)..=secs(12)).contains(&took), "noticed after {took}");

    // From then on nobody notices, and the others carry n/(n-1) of what they did.
    let before = only(simulation.report());
    let sent_after = messages(&mut simulation, secs(80));
    let ended = ended_between(&before, &only(simulation.report()));
    assert!(ended.values().all(|ended| ended.failed == 0 && ended.succeeded > 0), "{ended:?}");
    let to = |sent: &BTreeMap<(Place, Place, u32), u64>, instance| -> u64 {
        let there = |(from, to, _): &(Place, Place, u32)| {
            (*from, *to) == (Place::Entry(0), Place::Instance(instance))
        };
        sent.iter().filter(|(key, _)| there(key)).map(|(_, count)| count).sum()
    };
    assert_eq!(to(&sent_after, 0), 0);
    for survivor in [1, 2] {
        let grown = to(&sent_after, survivor) as f64 / to(&sent_before, survivor) as f64;
        assert_near("load of a survivor", grown, 1.5, 0.06);
    }

    // Each of them is dispensable.
    for machine in ["machine-2", "machine-3"] {
        let mut simulation = run(&shelf("shop-cluster"), secs(2));
        strike(&mut simulation, Fault::PowerOff(machine.into()));
        simulation.run_until(at(secs(16)));
        assert_eq!(ended_until(&mut simulation, secs(22)).failed, 0, "without {machine}");
    }
}

#[test]
fn c6_to_scale_just_add_a_server() {
    let design = shelf("claims/scale-out");
    let more = with(design.clone(), |design| machines(design, 3));
    let mut simulation = run(&design, secs(20));
    let busy = |simulation: &Simulation| -> Vec<f64> {
        let now = simulation.now().as_secs_f64();
        simulation.report().machines.iter().map(|machine| machine.utilisation * now).collect()
    };
    let start = busy(&simulation);
    simulation.run_until(at(secs(60)));
    let two = busy(&simulation);
    let began = simulation.now();
    simulation.intervene(adopt(&more));
    simulation.run_until(at(secs(80)));
    let settled = busy(&simulation);
    simulation.run_until(at(secs(120)));
    let three = busy(&simulation);
    for machine in 0..2 {
        let (before, after) =
            ((two[machine] - start[machine]) / 40.0, (three[machine] - settled[machine]) / 40.0);
        assert_near("share of two", before, 0.8, 0.08);
        assert_near("share of three", after, 0.8 * 2.0 / 3.0, 0.08);
    }
    // The new one carries as much as the others from when it is in service.
    let own = settled.get(2).map_or(three[2], |settled| three[2] - settled);
    assert!(own / 40.0 > 0.4, "{own}");
    assert_eq!(only(simulation.report()).total.failures(), 0, "from {began:?} on nobody was refused");

    // What is too much for two is not for four.
    let overloaded = with(design, |design| rate(design, 600.0));
    let enough = with(overloaded.clone(), |design| machines(design, 4));
    assert!(throughput(&overloaded, 10, 30) < 420.0);
    assert!(throughput(&enough, 10, 30) > 580.0);
}

#[test]
fn c6_a_new_server_takes_its_part_of_the_users_and_moves_no_others_if_hashing_is_consistent() {
    // Each user's session lies where they were sent; who is sent elsewhere from now on logs in again, once.
    let moved = |balancing| {
        let design = with(shelf("claims/sessions"), |design| {
            machines(design, 4);
            let policies = &mut group(design).policies;
            policies.balancing = balancing;
            policies.sessions = Some(Sessions { scheme: SessionScheme::Local, ..Sessions::default() });
        });
        let mut simulation = run(&design, secs(60));
        assert_eq!(only(simulation.report()).sessions.logins_again, 0);
        simulation.intervene(adopt(&with(design, |design| machines(design, 5))));
        simulation.run_until(at(secs(130)));
        only(simulation.report()).sessions.logins_again as f64 / 300.0
    };
    let (ring, remainder) = (moved(Balancing::ConsistentHash), moved(Balancing::SourceHash));
    assert!((0.1..0.32).contains(&ring), "1/(n+1) of the users: {ring}");
    assert!(remainder > 0.65, "all but 1/(n+1): {remainder}");
}

#[test]
fn c8_more_servers_do_more_requests_but_no_request_is_quicker() {
    let with_machines = |count, change: fn(&mut Design)| {
        let mut design = shelf("claims/scale-out");
        machines(&mut design, count);
        change(&mut design);
        design
    };
    let full = |count| throughput(&with_machines(count, |design| saturate(design, 200)), 5, 25);
    let one = full(1);
    assert_near("two do twice as much", full(2) / one, 2.0, 0.04);
    assert_near("four do four times as much", full(4) / one, 4.0, 0.04);
    let alone = |count| {
        measured(&with_machines(count, |design| rate(design, 2.0)), secs(200)).latency.mean.as_millis_f64()
    };
    assert_near("a request alone", alone(4), alone(1), 0.01);
}

#[test]
fn c9_cheap_small_servers_do_as_much_as_a_big_one_and_lose_less_at_once() {
    let design = shelf("claims/small-or-big");
    let mut simulation = run(&design, secs(100));
    let report = simulation.report();
    let (small, big) = (&report.groups[0], &report.groups[1]);
    assert_eq!(small.total.issued, big.total.issued, "the same visitors");
    // A big one is quicker for each request (M/M/1 four times as fast against four queues): the price.
    let price = small.latency.mean.as_secs_f64() / big.latency.mean.as_secs_f64();
    assert!((1.4..4.0).contains(&price), "{price}");

    for machine in ["small-2", "big-1"] {
        strike(&mut simulation, Fault::PowerOff(machine.parse().unwrap()));
    }
    simulation.run_until(at(secs(120)));
    let before = simulation.report();
    simulation.run_until(at(secs(200)));
    let after = simulation.report();
    let served =
        |place: usize| Ended::between(&before.groups[place].total, &after.groups[place].total).availability();
    assert!(served(0) > 0.999, "three of four go on: {}", served(0));
    assert_eq!(served(1), 0.0);

    let full = |keep: usize| {
        let mut design = design.clone();
        design.groups = design.groups.into_iter().skip(keep).take(1).collect();
        design.clients[0].to = design.groups.keys().cloned().collect();
        saturate(&mut design, 100);
        throughput(&design, 10, 110)
    };
    assert_near("both do 40 requests a second", full(0) / full(1), 1.0, 0.08);
}

#[test]
fn c12_five_thousand_at_a_time_is_a_limit_of_concurrency_not_of_rate_or_users() {
    let design = shelf("claims/five-thousand");
    let mut simulation = Simulation::new(&design);
    simulation.run_until(at(secs(8)));
    let report = only(simulation.report());
    assert_eq!(report.total.issued, 6_000);
    assert_eq!(report.total.succeeded, 5_000, "all that there is room for");
    assert_eq!(report.total.failed[Reason::QueueFull.index()], 1_000, "the others are turned away at once");

    // Little: with a second each, 5,000 at a time are 5,000 a second; with a tenth of it ten times as many.
    let turned_away = |millis, rate| {
        let design = with(design.clone(), |design| {
            let lasts = Distribution::Constant(ms(millis));
            design.business.data[0].read = lasts;
            design.clients[0].load = Load::Poisson { rate };
        });
        let total = measured(&design, secs(4)).total;
        total.failures() as f64 / (total.failures() + total.succeeded) as f64
    };
    assert_eq!(turned_away(100, 6_000.0), 0.0, "6,000 a second of 0.1 s are 600 at a time");
    assert!(turned_away(3_000, 2_500.0) > 0.05, "2,500 a second of 3 s would be 7,500 at a time");
}

#[test]
fn c13_a_cluster_may_run_different_applications_each_on_several_servers() {
    let design = shelf("claims/two-applications");
    for application in ["mail", "wiki"] {
        assert_eq!(instances_of(&design, application).len(), 2);
    }
    let mut simulation = run(&design, secs(5));
    for machine in ["machine-1", "machine-4"] {
        strike(&mut simulation, Fault::PowerOff(machine.parse().unwrap()));
    }
    simulation.run_until(at(secs(25)));
    let before = only(simulation.report());
    simulation.run_until(at(secs(35)));
    let ended = ended_between(&before, &only(simulation.report()));
    assert!(ended.values().all(|ended| ended.failed == 0 && ended.succeeded > 100), "{ended:?}");
}

#[test]
fn c14_what_all_share_is_what_limits_them() {
    let full = |count, connections| {
        let design = with(shelf("claims/shared-database"), |design| {
            machines(design, count);
            group(design).policies.store_connections = connections;
        });
        let report = measured(&design, secs(20));
        (report.total.succeeded as f64 / 20.0, report.stores[0].utilisation)
    };
    let (two, busy) = full(2, 10);
    let (six, _) = full(6, 10);
    // Ten at a time, two reads of 20 ms for each page: 250 pages a second, however many servers.
    assert!(busy > 0.97, "{busy}");
    assert_near("pages a second", two, 250.0, 0.05);
    assert_near("three times the servers", six, two, 0.02);
    assert!(full(2, 40).0 > 1.5 * two, "a wider database is what helps");
}

#[test]
fn c7_no_server_is_a_single_point_of_failure_but_the_balancer_and_the_database_are() {
    let balancer = fault::Site::named("shop");
    let crash: fn() -> Fault = || Fault::StoreCrash("shop/database".parse().expect("a name"));
    let cut_off = fault::Partition { sides: (vec![balancer], Vec::new()), one_way: false };
    for fault in [crash(), Fault::Partition(cut_off)] {
        let mut simulation = run(&shelf("shop-cluster"), secs(5));
        let repair = fault.repair().expect("it can be repaired");
        strike(&mut simulation, fault.clone());
        simulation.run_until(at(secs(16)));
        let down = ended_until(&mut simulation, secs(26));
        assert!(down.succeeded == 0 && down.failed > 1_000, "{fault:?}: {down:?}");
        strike(&mut simulation, repair);
        simulation.run_until(at(secs(40)));
        assert_eq!(ended_until(&mut simulation, secs(50)).failed, 0, "{fault:?} is over");
    }
    // A database with a replica that takes over is none.
    let replicated = with(shelf("shop-cluster"), |design| {
        let failover = Failover::Custom(Detector::default());
        let primary = Primary { failover, ..Primary::default() };
        group(design).policies.storage.replication = Replication::Primary(primary);
    });
    let mut simulation = run(&replicated, secs(5));
    strike(&mut simulation, Fault::LostPrimary("shop/database".parse().expect("a name")));
    simulation.run_until(at(secs(16)));
    assert_eq!(ended_until(&mut simulation, secs(26)).failed, 0);
}

#[test]
fn c10_without_shared_sessions_a_change_of_server_interrupts_the_user() {
    let after_a_death = |scheme| {
        let design = with(shelf("claims/sessions"), |design| {
            group(design).policies.sessions = Some(Sessions { scheme, ..Sessions::default() });
        });
        let mut simulation = run(&design, secs(60));
        let before = only(simulation.report()).sessions;
        strike(&mut simulation, Fault::Crash(instances_of(&design, "app")[0].clone()));
        simulation.run_until(at(secs(120)));
        let after = only(simulation.report()).sessions;
        (before.logins_again, after.logins_again - before.logins_again)
    };
    // Nobody shares and the balancer does not care: hardly anybody is recognised, dead server or not.
    let (always, _) = after_a_death(SessionScheme::Local);
    assert!(always > 2_000, "{always} logins again before anything happened");
    // Sticky: the third who were on the dead server, and nobody else.
    let (before, lost) = after_a_death(SessionScheme::Sticky);
    assert_eq!(before, 0);
    assert!((60..140).contains(&lost), "{lost} of 300");
    // Shared in any way: nobody notices.
    for scheme in
        [SessionScheme::Replicated, SessionScheme::Backup, SessionScheme::SharedStore, SessionScheme::Token]
    {
        assert_eq!(after_a_death(scheme), (0, 0), "{scheme:?}");
    }
}

#[test]
fn c11_what_never_changes_never_reaches_the_servers() {
    let images = |change: fn(&mut Design)| {
        let design = with(shelf("claims/static-cache"), change);
        let mut simulation = Simulation::new(&design);
        let image =
            simulation.roster().kinds.iter().position(|kind| kind.as_str() == "image").unwrap() as u32;
        let sent = messages(&mut simulation, secs(30));
        let behind = |(from, to, kind): &(Place, Place, u32)| {
            matches!((from, to), (Place::Entry(_), Place::Instance(_))) && *kind == image
        };
        let reached: u64 = sent.iter().filter(|(key, _)| behind(key)).map(|(_, count)| count).sum();
        let report = only(simulation.report());
        assert_eq!(report.total.failures(), 0);
        (reached, report.kinds[image as usize].1.issued)
    };
    let (reached, asked) = images(|_| {});
    assert!(asked > 7_000, "{asked}");
    assert_eq!(reached, 100, "each of a hundred images once, however many ask at the same time");
    let (reached, asked) = images(|design| group(design).policies.edge = None);
    assert!(asked - reached < 30, "without it all but those on their way: {reached} of {asked}");
}
