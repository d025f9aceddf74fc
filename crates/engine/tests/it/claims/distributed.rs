//! Claims about distributed systems.

use std::collections::BTreeMap;

use archlab_engine::{Outcome, Place, Simulation};
use archlab_model::*;

use crate::common::{adopt, at, ms, secs};
use crate::shelf::*;

/// What each kind of request comes to after a module has died and everybody has noticed.
fn without(design: &Design, service: &str) -> BTreeMap<String, Ended> {
    let mut simulation = run(design, secs(2));
    kill_service(&mut simulation, design, service);
    simulation.run_until(at(secs(15)));
    let before = only(simulation.report());
    simulation.run_until(at(secs(35)));
    let ended = ended_between(&before, &only(simulation.report()));
    ended.into_iter().map(|(kind, ended)| (kind.to_string(), ended)).collect()
}

fn keep_kinds(design: &mut Design, kinds: &[&str]) {
    design.business.requests.retain(|kind, _| kinds.contains(&kind.as_str()));
}

/// When the tasks of a design of the worked example are done, in hours.
fn done(name: &str, count: u32) -> Vec<f64> {
    let design = with(shelf(name), |design| {
        design.clients[0].load = Load::Batch { count, at: Span::ZERO, every: None };
    });
    hours_of_ends(&mut Simulation::new(&design), hours(400)).iter().map(|(hour, _)| *hour).collect()
}

#[test]
fn d1_a_large_system_is_modules_on_different_machines_and_a_request_goes_through_several() {
    let design = with(shelf("shop-distributed"), |design| keep_kinds(design, &["checkout"]));
    let deployment = deployment(&design);
    let mut machines: Vec<_> =
        deployment.services.iter().flat_map(|service| &service.instances).map(|one| &one.machine).collect();
    machines.dedup();
    assert_eq!(machines.len(), 3, "each module on a machine of its own");
    let sent = messages(&mut Simulation::new(&design), secs(10));
    let visited = |instance| {
        sent.keys().any(|(from, to, _)| {
            *to == Place::Instance(instance) && matches!(from, Place::Instance(_) | Place::Entry(_))
        })
    };
    assert!((0..3).all(visited), "a checkout goes through all of them");
    let crossing = sent.keys().filter(
        |(from, to, _)| matches!((from, to), (Place::Instance(from), Place::Instance(to)) if from != to),
    );
    assert!(crossing.count() >= 4);
    // On one machine of a cluster the same request stays where it is.
    let whole = messages(&mut Simulation::new(&in_layout(design, Layout::Cluster)), secs(10));
    assert!(
        !whole.keys().any(|(from, to, _)| matches!((from, to), (Place::Instance(_), Place::Instance(_))))
    );
}

#[test]
fn d2_a_gateway_sends_each_request_to_the_service_that_it_is_for() {
    let design = shelf("claims/gateway");
    let mut simulation = Simulation::new(&design);
    let roster = simulation.roster().clone();
    let sent = messages(&mut simulation, secs(60));
    let mut routes: BTreeMap<(String, String), u64> = BTreeMap::new();
    for ((from, to, kind), count) in sent {
        if let (Place::Entry(_), Place::Instance(to)) = (from, to) {
            let kind = roster.kinds[kind as usize].to_string();
            *routes.entry((kind, roster.instances[to as usize].service.to_string())).or_default() += count;
        }
    }
    let names = |x: &str| (format!("ask-{x}"), format!("service-{x}"));
    assert_eq!(routes.len(), 4, "one route for each: {routes:?}");
    // Shares 1 to 4 of 100 a second.
    for (x, share) in [("a", 0.1), ("b", 0.2), ("c", 0.3), ("d", 0.4)] {
        assert_near("its traffic", routes[&names(x)] as f64, 6_000.0 * share, 0.12);
    }
    let ended = without(&design, "service-c");
    for (kind, ended) in ended {
        assert_eq!(ended.availability(), if kind == "ask-c" { 0.0 } else { 1.0 }, "{kind}");
    }
}

#[test]
fn d3_who_waits_for_an_answer_is_held_up_by_it_who_sends_a_message_is_not() {
    let orders = |sync: f64, mail: Span| {
        let design = with(shelf("claims/sync-or-async"), |design| {
            design.business.requests["order-and-wait"].share = sync;
            design.business.requests["order"].share = 1.0 - sync;
            design.business.data[0].read = Distribution::Constant(mail);
            group(design).policies.timeouts.response = secs(60);
            design.clients[0].patience = secs(60);
        });
        measured(&design, secs(40))
    };
    let held = |report: &archlab_engine::measure::report::GroupReport| report.services[0].utilisation * 200.0;
    // Little: 50 a second, each held for a second.
    let waits = orders(1.0, secs(1));
    assert_near("workers held by those who wait", held(&waits), 50.0, 0.12);
    let sends = orders(0.0, secs(1));
    assert!(held(&sends) < 1.0, "{}", held(&sends));
    assert!(waits.latency.p50 > secs(1) && sends.latency.p99 < ms(200));
    // A mail server ten times as slow wants 500 of 200 workers: it takes its callers down, or nobody notices.
    assert!(orders(1.0, secs(10)).total.failures() > 300);
    assert_eq!(orders(0.0, secs(10)).total.failures(), 0);
}

#[test]
fn d4_every_server_is_needed_without_one_part_of_the_business_is_gone_or_all_of_it() {
    let shop = shelf("shop-distributed");
    // Orders: what needs shipping or payment is gone, the rest goes on.
    for (kind, ended) in without(&shop, "orders") {
        let needs_it = ["add-to-cart", "view-cart", "checkout"].contains(&kind.as_str());
        assert_eq!(ended.availability(), if needs_it { 0.0 } else { 1.0 }, "{kind}");
    }
    // The catalog is in everything.
    assert!(without(&shop, "catalog").values().all(|ended| ended.succeeded == 0 && ended.failed > 0));
    // Whoever calls softly goes on without: a recommendation is not worth a page.
    let soft = without(&shelf("shop-microservice"), "recommendation");
    assert!(soft.values().all(|ended| ended.failed == 0 && ended.succeeded > 0));
}

#[test]
fn d5_a_node_of_a_distributed_system_may_be_a_cluster_itself() {
    let design = shelf("claims/clustered-modules");
    for module in ["storefront", "catalog", "orders"] {
        let machines: Vec<MachineId> = deployment(&design)
            .services
            .iter()
            .filter(|service| service.id.as_str() == module)
            .flat_map(|service| service.instances.iter().map(|instance| instance.machine.clone()))
            .collect();
        assert!(machines.len() == 2 && machines[0] != machines[1], "{module} is on two machines");
    }
    // One machine of a module dies, and the module does not.
    let mut simulation = run(&design, secs(2));
    strike(&mut simulation, Fault::PowerOff("machine-3".into()));
    simulation.run_until(at(secs(16)));
    let ended = ended_until(&mut simulation, secs(30));
    assert!(ended.failed == 0 && ended.succeeded > 2_500, "{ended:?}");
    // Both, and it is gone.
    strike(&mut simulation, Fault::PowerOff("machine-6".into()));
    simulation.run_until(at(secs(46)));
    assert!(ended_until(&mut simulation, secs(56)).availability() < 0.9);
    // A cluster need not be distributed: there every machine has everything.
    let cluster = deployment(&in_layout(design, Layout::Cluster));
    assert_eq!((cluster.services.len(), cluster.services[0].instances.len()), (1, 6));
}

#[test]
fn d6_distributing_shortens_a_task_a_cluster_does_more_of_them() {
    assert_eq!(done("task-single-box", 1), [10.0]);
    assert_eq!(done("task-distributed", 1), [1.0]);
    assert_eq!(done("task-cluster", 1), [10.0]);
    // Ten at once: ten hours both ways, against a hundred, "still one task per hour".
    assert_eq!(done("task-cluster", 10), [10.0; 10]);
    assert_eq!(*done("task-distributed", 10).last().unwrap(), 10.0);
    assert_eq!(*done("task-single-box", 10).last().unwrap(), 100.0);
}

#[test]
fn d7_a_crash_in_the_middle_leaves_a_mess_without_transactions() {
    // Stock is deducted, then the order is created and the account debited; accounts die again and again, with
    // purchases in every phase.
    let left_behind = |protocol| {
        let design = with(shelf("seata-shop"), |design| {
            group(design).policies.transactions.protocol = protocol;
            group(design).policies.startup = secs(1);
        });
        let mut simulation = Simulation::new(&design);
        for round in 0..10 {
            simulation.run_until(at(secs(10 + 10 * round)));
            for instance in instances_of(&design, "account") {
                strike(&mut simulation, Fault::Crash(instance.clone()));
                strike(&mut simulation, Fault::Restart(instance));
            }
        }
        simulation.run_until(at(secs(115)));
        let quiet = with(design, |design| design.clients[0].load = Load::Poisson { rate: 0.0 });
        simulation.intervene(adopt(&quiet));
        // Whoever is in doubt has time to find out: Seata's own timeout is a minute.
        simulation.run_until(at(secs(300)));
        let report = only(simulation.report());
        assert!(report.total.failures() > 100 && report.transactions.committed > 2_000, "{report:?}");
        report.transactions.half_done
    };
    let mess = left_behind(Protocol::None);
    assert!(mess > 100, "{mess} purchases took stock and no money");
    for protocol in [Protocol::TwoPhase, Protocol::AutomaticUndo, Protocol::TryConfirmCancel, Protocol::Saga]
    {
        assert_eq!(left_behind(protocol), 0, "{protocol:?}");
    }
}

#[test]
fn d8_modules_that_share_a_database_slow_each_other_down() {
    let design = shelf("claims/shared-by-modules");
    let orders = |design: &Design| {
        let mut simulation = Simulation::new(design);
        let order =
            simulation.roster().kinds.iter().position(|kind| kind.as_str() == "order").unwrap() as u32;
        let mut latencies = Vec::new();
        simulation.run_until_with(at(secs(60)), &mut |_, fact| {
            if let archlab_engine::Fact::Ended { kind, outcome, latency, .. } = fact
                && *kind == order
            {
                latencies.push(if *outcome == Outcome::Succeeded { *latency } else { secs(10) });
            }
        });
        latencies.iter().map(|latency| latency.as_millis_f64()).sum::<f64>() / latencies.len() as f64
    };
    assert_eq!(deployment(&design).stores.len(), 1);
    let together = orders(&design);
    let apart = in_layout(design.clone(), Layout::Microservice);
    assert_eq!(deployment(&apart).stores.len(), 2);
    let apart = orders(&apart);
    assert!(apart < 60.0, "an order takes {apart} ms with a database of its own");
    assert!(together > 5.0 * apart, "{together} ms beside the reports");
    let quiet = with(design, |design| keep_kinds(design, &["order"]));
    assert!(orders(&quiet) < 60.0, "it is the reports");
}

#[test]
fn d9_what_is_coupled_is_released_together_and_one_bad_module_takes_all_back() {
    let versions = |defect: Option<Defect>, together: bool| {
        let guard = Some(Guard { watch: secs(20), calls: 20, ..Guard::default() });
        let design = with(shelf("claims/release-train"), |design| {
            design.scenario.releases.clear();
            for (service, defect) in [("searching", None), ("paying", defect)] {
                let version = Version { name: "2".to_owned(), defect };
                let release = Release {
                    group: "shop".into(),
                    services: vec![service.into()],
                    version,
                    strategy: Strategy::default(),
                    together,
                    guard,
                };
                design.scenario.releases.push(PlannedRelease { at: secs(20), release });
            }
            if together {
                let release = Release {
                    services: Vec::new(),
                    version: Version { name: "2".to_owned(), defect },
                    ..design.scenario.releases[0].release.clone()
                };
                design.scenario.releases = vec![PlannedRelease { at: secs(20), release }];
            }
        });
        let report = measured(&design, secs(200));
        let instances = report.services.iter().flat_map(|service| &service.instances);
        instances.map(|instance| instance.version.clone()).collect::<std::collections::BTreeSet<_>>()
    };
    let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    // Bad in one service out of two, for certain in one of them.
    let bad = Some(Defect { errors: 0.5, ..Defect::default() });
    assert_eq!(versions(None, true), of(&["2"]), "a good train arrives");
    assert_eq!(versions(bad, true), of(&["1"]), "one bad module rolls back all");
    assert_eq!(versions(bad, false), of(&["1", "2"]), "released alone, only the bad one goes back");
}

#[test]
fn d10_more_power_and_more_complexity_hops_cost_time_and_parts_fail_apart() {
    let chain = with(shelf("claims/chain-of-five"), |design| {
        design.clients[0].load = Load::Batch { count: 1, at: secs(1), every: Some(secs(1)) };
    });
    let whole = in_layout(chain.clone(), Layout::Cluster);
    let took = |design: &Design| measured(design, secs(60)).latency.mean;
    // Four calls between machines, a quarter of a millisecond each way.
    assert_eq!(took(&chain) - took(&whole), ms(2));
    // More to operate: processes and links between them.
    let links = |design: &Design| {
        let sent = messages(&mut Simulation::new(design), secs(10));
        let mut pairs: Vec<_> = sent.keys().map(|(from, to, _)| (*from.min(to), *from.max(to))).collect();
        pairs.dedup();
        pairs.len()
    };
    let services = |design: &Design| deployment(design).services.len();
    assert_eq!((services(&whole), services(&chain)), (1, 5));
    assert!(links(&chain) > links(&with(whole.clone(), |design| group(design).seats.truncate(1))));
    // And any of five machines ends it, where one of five copies ends nothing.
    for machine in ["machine-1", "machine-3", "machine-5"] {
        for (design, goes_on) in [(&chain, false), (&whole, true)] {
            let design = with(design.clone(), |design| {
                group(design).policies.placement.detection = secs(3600);
            });
            let mut simulation = run(&design, secs(2));
            strike(&mut simulation, Fault::PowerOff(machine.parse().unwrap()));
            simulation.run_until(at(secs(20)));
            assert_eq!(ended_until(&mut simulation, secs(40)).failed == 0, goes_on, "{machine}");
        }
    }
    // It relieves: each machine does a fifth of the work.
    let busiest = |design: &Design| {
        let machines = run(design, secs(60)).report().machines;
        machines.iter().map(|machine| machine.utilisation).fold(0.0, f64::max)
    };
    let alone = with(whole, |design| group(design).seats.truncate(1));
    assert_near("the share of one of five", busiest(&chain), busiest(&alone) / 5.0, 0.05);
}

#[test]
fn d11_others_take_over_from_a_node_only_where_there_are_others() {
    let shop = shelf("shop-distributed");
    let checkouts = |design: &Design, machine: &str, until: u64| {
        let mut simulation = run(design, secs(2));
        strike(&mut simulation, Fault::PowerOff(machine.parse().unwrap()));
        simulation.run_until(at(secs(until)));
        let before = only(simulation.report());
        simulation.run_until(at(secs(until + 20)));
        ended_between(&before, &only(simulation.report()))[&KindId::from("checkout")].availability()
    };
    assert_eq!(checkouts(&shop, "machine-3", 20), 0.0, "the only one");
    assert_eq!(checkouts(&shelf("claims/clustered-modules"), "machine-3", 20), 1.0, "one of two");
    assert_eq!(checkouts(&in_layout(shop, Layout::Microservice), "machine-3", 30), 1.0, "placed again");
}

#[test]
fn d13_client_and_server_is_the_plainest_form() {
    let design = shelf("claims/client-server");
    let mut simulation = run(&design, secs(400));
    // M/M/1 at 0.8: 50 ms in the system.
    assert_near("time at the server", only(simulation.report()).latency.mean.as_millis_f64(), 50.0, 0.12);
    // The same server, and nobody changes but the clients: a second population is a second client.
    let both = with(design, |design| {
        let mut second = design.clients[0].clone();
        second.load = Load::Poisson { rate: 10.0 };
        design.clients.insert("others".into(), second);
    });
    simulation.intervene(adopt(&both));
    let before = only(simulation.report()).total.issued;
    simulation.run_until(at(secs(450)));
    let asked = only(simulation.report()).total.issued - before;
    assert_near("both ask", asked as f64, 90.0 * 50.0, 0.06);
}

#[test]
fn d14_one_service_may_carry_several_functions_and_then_they_share_its_workers() {
    let shared = shelf("claims/one-service-two-functions");
    let apart = with(shared.clone(), |design| {
        let capacity = design.business.services[0].capacity;
        design.business.services[0].functions.pop();
        let own = ServiceSpec { functions: vec!["export".into()], capacity, ..ServiceSpec::default() };
        design.business.services.insert("export".into(), own);
    });
    let looks = |design: &Design| {
        let report = measured(design, secs(30));
        report.kinds[0].1.availability().expect("somebody looked something up")
    };
    // 20 exports a second of 2 s hold all 20 workers, and would hold 40.
    assert!(looks(&shared) < 0.8, "{}", looks(&shared));
    assert_eq!(looks(&apart), 1.0, "a service of its own is a bulkhead");
}
