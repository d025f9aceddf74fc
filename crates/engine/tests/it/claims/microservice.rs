//! Claims about microservices.

use std::collections::{BTreeMap, BTreeSet};

use archlab_engine::{Fact, Place, Simulation};
use archlab_model::*;

use crate::common::{adopt, at, secs};
use crate::shelf::*;

fn rate(design: &mut Design, rate: f64) {
    design.clients[0].load = Load::Poisson { rate };
}

/// What each kind comes to for twenty seconds, once a fault has been noticed.
fn after(design: &Design, faults: &[Fault]) -> BTreeMap<String, Ended> {
    let mut simulation = run(design, secs(2));
    for fault in faults {
        strike(&mut simulation, fault.clone());
    }
    simulation.run_until(at(secs(20)));
    let before = only(simulation.report());
    simulation.run_until(at(secs(35)));
    let ended = ended_between(&before, &only(simulation.report()));
    ended.into_iter().map(|(kind, ended)| (kind.to_string(), ended)).collect()
}

fn crash_all(design: &Design, service: &str) -> Vec<Fault> {
    instances_of(design, service).into_iter().map(Fault::Crash).collect()
}

#[test]
fn m1_a_business_is_split_into_small_services_of_one_function_each() {
    let whole = shelf("claims/chain-of-five");
    let fine = deployment(&whole);
    assert_eq!(fine.services.len(), whole.business.functions.len());
    assert!(fine.services.iter().all(|service| service.functions.len() == 1));
    let coarse = deployment(&in_layout(whole.clone(), Layout::Cluster));
    assert_eq!(coarse.services.len(), 1);
    // Each is a process of its own that a request has to be sent to.
    let processes = |design: &Design| {
        let sent = messages(&mut Simulation::new(design), secs(10));
        let places = sent.keys().filter_map(|(_, to, _)| match to {
            Place::Instance(instance) => Some(*instance),
            _ => None,
        });
        places.collect::<BTreeSet<_>>().len()
    };
    assert_eq!(processes(&whole), 5);
    let one_machine = with(in_layout(whole, Layout::Cluster), |design| group(design).seats.truncate(1));
    assert_eq!(processes(&one_machine), 1);
}

#[test]
fn m2_one_service_is_scaled_alone() {
    // 90 searches a second of 50 ms want 4.5 cores; the one copy has four workers.
    let design = shelf("claims/hot-service");
    let more = with(design.clone(), |design| design.business.services["search"].replicas = Some(5));
    let mut simulation = run(&design, secs(30));
    let before = only(simulation.report()).total;
    assert!(before.failures() > 100, "one copy is too few: {before:?}");
    let mut started = Vec::new();
    let mut listen = |_: SimTime, fact: &Fact| {
        if let Fact::InstanceStarting { instance, .. } = fact {
            started.push(*instance);
        }
    };
    simulation.intervene_with(adopt(&more), &mut listen);
    simulation.run_until_with(at(secs(50)), &mut listen);
    let name = |instance: u32| simulation.roster().instances[instance as usize].to_string();
    let started: Vec<String> = started.into_iter().map(name).collect();
    let copies: Vec<String> = (2..=5).map(|number| format!("shop/search/{number}")).collect();
    assert_eq!(started, copies, "nothing else was touched");
    let ended = ended_until(&mut simulation, secs(80));
    assert!(ended.availability() > 0.999, "{ended:?}");
}

#[test]
fn m3_a_bug_in_one_module_does_not_stop_the_others() {
    // A process that dies of its bug: of a service, or of an application that is one piece.
    let services = shelf("shop-microservice");
    let hurt = after(&services, &crash_all(&services, "shipping"));
    for (kind, ended) in &hurt {
        let needs_it = ["add-to-cart", "view-cart", "checkout"].contains(&kind.as_str());
        assert_eq!(ended.availability(), if needs_it { 0.0 } else { 1.0 }, "{kind}");
    }
    let monolith = in_layout(services, Layout::Cluster);
    let dead = after(&monolith, &crash_all(&monolith, "app"));
    assert!(dead.values().all(|ended| ended.succeeded == 0), "the same code is in every copy: {dead:?}");
}

#[test]
fn m3_a_bad_version_hits_its_own_function_only() {
    let design = shelf("claims/release-of-one");
    // In a monolith it would hit everything.
    let hit = |layout| {
        let bad = with(in_layout(design.clone(), layout), |design| {
            let release = &mut design.scenario.releases[0].release;
            release.services.clear();
            if layout == Layout::Microservice {
                release.services.push("pay".into());
            }
            release.version.defect = Some(Defect { errors: 0.5, ..Defect::default() });
        });
        let mut simulation = run(&bad, secs(100));
        let before = only(simulation.report());
        simulation.run_until(at(secs(130)));
        let ended = ended_between(&before, &only(simulation.report()));
        ["search", "list", "pay"].map(|kind| ended[&KindId::from(kind)].availability())
    };
    let [search, list, pay] = hit(Layout::Microservice);
    assert!(search == 1.0 && list == 1.0 && pay < 0.7, "{search} {list} {pay}");
    assert!(hit(Layout::Cluster).iter().all(|availability| *availability < 0.7));
}

#[test]
fn m4_with_a_queue_between_them_a_consumer_that_is_down_is_a_backlog_and_no_error() {
    let design = shelf("claims/backlog");
    let mut simulation = run(&design, secs(10));
    kill_service(&mut simulation, &design, "mail");
    simulation.run_until(at(secs(40)));
    let down = only(simulation.report());
    assert_eq!(down.total.failures(), 0);
    let backlog = f64::from(down.topics[0].backlog);
    assert_near("30 s of mail", backlog, 1_500.0, 0.12);
    for instance in instances_of(&design, "mail") {
        strike(&mut simulation, Fault::Restart(instance));
    }
    simulation.run_until(at(secs(100)));
    let up = only(simulation.report());
    assert_eq!(up.total.failures(), 0);
    assert!(up.topics[0].backlog < 10 && up.topics[0].done > 4_500, "{:?}", up.topics[0]);
    // Called directly, the same death is the caller's failure.
    let direct = with(design, |design| {
        for step in &mut design.business.functions["order"].steps {
            if let Step::Call(call) = step {
                call.queue = None;
            }
        }
    });
    assert_eq!(after(&direct, &crash_all(&direct, "mail"))["order"].availability(), 0.0);
}

#[test]
fn m5_each_service_has_a_store_of_its_own() {
    for name in ["sock-shop", "pet-clinic", "seata-shop", "kafka-shop", "online-boutique"] {
        let sharers = services_by_store(&shelf(name));
        assert!(!sharers.is_empty());
        assert!(sharers.values().all(|services| services.len() == 1), "{name}: {sharers:?}");
    }
    // The counter-example: user-mention reads what belongs to user.
    let social = services_by_store(&shelf("social-network"));
    let shared: Vec<_> = social.values().filter(|services| services.len() > 1).collect();
    assert_eq!(shared, [&BTreeSet::from(["user".to_owned(), "user-mention".to_owned()])]);
    // A cluster shares one.
    assert_eq!(deployment(&in_layout(shelf("seata-shop"), Layout::Cluster)).stores.len(), 1);

    // So a store that can't keep up holds up its own service alone.
    let design = with(shelf("pet-clinic"), |design| {
        design.business.data["vets"].read = Distribution::Constant(secs(30));
    });
    let ended = after(&design, &[]);
    assert_eq!(ended["vets"].succeeded, 0);
    assert!(
        ["owners", "owner", "visit"]
            .iter()
            .all(|kind| ended[*kind].failed == 0 && ended[*kind].succeeded > 10)
    );
}

/// The services that touch each store, by the store's name.
fn services_by_store(design: &Design) -> BTreeMap<String, BTreeSet<String>> {
    let deployment = deployment(design);
    let mut touched: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for service in &deployment.services {
        let functions = service.functions.iter().filter_map(|id| design.business.functions.get(id));
        for step in functions.flat_map(|function| &function.steps) {
            if let Step::Access(access) = step
                && let Some(store) = deployment.store_of(&access.data)
            {
                touched.entry(store.id.to_string()).or_default().insert(service.id.to_string());
            }
        }
    }
    touched
}

#[test]
fn m7_loose_coupling_lets_a_page_do_without_what_it_can_do_without() {
    let clinic = with(shelf("pet-clinic"), |design| {
        design.business.requests.retain(|kind, _| ["owner", "visit"].contains(&kind.as_str()));
    });
    let ended = after(&clinic, &crash_all(&clinic, "visits"));
    assert_eq!(ended["owner"].availability(), 1.0, "an owner without visits is still an owner");
    assert_eq!(ended["visit"].availability(), 0.0, "to book a visit is another matter");
    let tight = with(clinic, |design| {
        for step in &mut design.business.functions["owner-page"].steps {
            if let Step::Call(call) = step {
                call.soft = false;
            }
        }
    });
    assert_eq!(after(&tight, &crash_all(&tight, "visits"))["owner"].availability(), 0.0);
}

#[test]
fn m8_microservices_need_not_have_many_servers_but_then_they_share_one_fate() {
    let one_host = shelf("claims/one-host");
    let mut simulation = run(&one_host, secs(20));
    assert_eq!(only(simulation.report()).total.failures(), 0, "it works");
    strike(&mut simulation, Fault::PowerOff("machine-1".into()));
    simulation.run_until(at(secs(32)));
    assert_eq!(ended_until(&mut simulation, secs(40)).succeeded, 0, "all ten are gone with it");

    // And they share its cores.
    let crowded = with(one_host, |design| rate(design, 135.0));
    let roomy = with(crowded.clone(), |design| {
        for id in ["machine-2", "machine-3"] {
            design.machines.insert(id.into(), design.machines[0].clone());
            group(design).seats.push(Some(id.into()));
        }
    });
    let p99 = |design: &Design| measured(design, secs(40)).latency.p99.as_secs_f64();
    assert!(p99(&crowded) > 2.0 * p99(&roomy), "{} against {}", p99(&crowded), p99(&roomy));
}

#[test]
fn m9_distributed_modules_and_microservices_look_alike_and_are_deployed_differently() {
    // The chain has no modules of its own, so that a distributed layout cuts it as finely: the same calls, the
    // same machines, the same run, request by request.
    let services = shelf("claims/chain-of-five");
    let modules = in_layout(services.clone(), Layout::Distributed);
    let ends = |design: &Design| {
        let mut ends = Vec::new();
        Simulation::new(design).run_until_with(at(secs(20)), &mut |now, fact| {
            if let Fact::Ended { latency, .. } = fact {
                ends.push((now, *latency));
            }
        });
        ends
    };
    assert!(ends(&services).len() > 300);
    assert_eq!(ends(&services), ends(&modules));
    // What differs is what happens to a part whose machine dies.
    let fault = [Fault::PowerOff("machine-4".into())];
    assert_eq!(after(&modules, &fault)["ask"].availability(), 0.0);
    let placed_again = with(services, |design| group(design).policies.placement.detection = secs(2));
    assert_eq!(after(&placed_again, &fault)["ask"].availability(), 1.0);
}

#[test]
fn m10_microservices_are_clustered_and_distributed_at_once() {
    let design = shelf("claims/replicas-of-services");
    let deployment = deployment(&design);
    for service in &deployment.services {
        let machines: BTreeSet<_> = service.instances.iter().map(|instance| &instance.machine).collect();
        assert_eq!(machines.len(), 2, "two copies of {} on two machines", service.id);
    }
    for machine in ["machine-1", "machine-2", "machine-3", "machine-4"] {
        let patient = with(design.clone(), |design| {
            rate(design, 60.0);
            group(design).policies.placement.detection = secs(3600);
        });
        let ended = after(&patient, &[Fault::PowerOff(machine.parse().unwrap())]);
        assert!(ended.values().all(|ended| ended.failed == 0), "without {machine}: {ended:?}");
    }
}

#[test]
fn m11_a_crash_stays_within_its_process() {
    let design = shelf("claims/one-host");
    let ended = after(&design, &crash_all(&design, "ad"));
    assert!(
        ended.values().all(|ended| ended.failed == 0 && ended.succeeded > 0),
        "nine others on the same machine"
    );
    let monolith = in_layout(design, Layout::Cluster);
    let ended = after(&monolith, &crash_all(&monolith, "app"));
    assert!(ended.values().all(|ended| ended.succeeded == 0), "one process is everything");
}

#[test]
fn m12_more_and_smaller_pieces_are_more_to_operate() {
    // Processes, links between them, and things whose failure alone fails a request.
    let count = |layout| {
        let design = with(in_layout(shelf("shop-microservice"), layout), |design| {
            group(design).seats.truncate(if layout == Layout::Cluster { 1 } else { 3 });
        });
        let deployment = deployment(&design);
        let processes = deployment.services.iter().map(|service| service.instances.len()).sum::<usize>();
        let sent = messages(&mut Simulation::new(&design), secs(5));
        let links: BTreeSet<_> = sent.keys().map(|(from, to, _)| (*from.min(to), *from.max(to))).collect();
        (processes, links.len(), deployment.stores.len())
    };
    let (cluster, distributed, micro) =
        (count(Layout::Cluster), count(Layout::Distributed), count(Layout::Microservice));
    assert!(
        cluster.0 < distributed.0 && distributed.0 < micro.0,
        "processes: {cluster:?} {distributed:?} {micro:?}"
    );
    assert!(
        cluster.1 < distributed.1 && distributed.1 < micro.1,
        "links: {cluster:?} {distributed:?} {micro:?}"
    );
    assert!(cluster.2 < micro.2, "stores: {cluster:?} {micro:?}");
}

#[test]
fn m12_a_chain_is_as_available_as_all_its_links_together() {
    // Each service fails one call in fifty.
    let served = |layout| {
        let design = in_layout(shelf("claims/chain-of-five"), layout);
        let mut simulation = Simulation::new(&design);
        for step in design.business.functions.keys() {
            strike(
                &mut simulation,
                Fault::Errors(fault::Errors { of: fault::Bug::Function(step.clone()), rate: 0.02 }),
            );
        }
        simulation.run_until(at(secs(400)));
        only(simulation.report()).total.availability().expect("somebody asked")
    };
    let chain = served(Layout::Microservice);
    assert_near("0.98 to the fifth", chain, 0.903_92, 0.012);
    // Soft calls break the chain: what fails below is done without.
    let soft = with(shelf("claims/chain-of-five"), |design| {
        for function in design.business.functions.values_mut() {
            for step in &mut function.steps {
                if let Step::Call(call) = step {
                    call.soft = true;
                }
            }
        }
    });
    let mut simulation = Simulation::new(&soft);
    for step in soft.business.functions.keys() {
        strike(
            &mut simulation,
            Fault::Errors(fault::Errors { of: fault::Bug::Function(step.clone()), rate: 0.02 }),
        );
    }
    simulation.run_until(at(secs(400)));
    let soft = only(simulation.report()).total.availability().expect("somebody asked");
    assert_near("the first alone", soft, 0.98, 0.006);
}

#[test]
fn m14_the_same_load_and_fault_on_three_architectures_have_three_outcomes() {
    let design = shelf("claims/three-architectures");
    let mut simulation = run(&design, secs(29));
    let quiet = simulation.report();
    assert!(quiet.groups.iter().all(|group| group.total.failures() == 0));
    simulation.run_until(at(secs(90)));
    let before = simulation.report();
    simulation.run_until(at(secs(110)));
    let after = simulation.report();
    let issued: BTreeSet<u64> = after.groups.iter().map(|group| group.total.issued).collect();
    assert_eq!(issued.len(), 1, "each got every request");
    let outcome = |place: usize| {
        let total = after.groups[place].total;
        let late = Ended::between(&before.groups[place].total, &total);
        (total.failures(), late.availability())
    };
    let [cluster, distributed, micro] = [outcome(0), outcome(1), outcome(2)];
    assert_eq!(cluster.1, 1.0, "the others took over");
    assert!((0.5..0.9).contains(&distributed.1), "a part of the business is gone: {distributed:?}");
    assert_eq!(micro.1, 1.0, "the lost services were placed again");
    assert!(cluster.0 < micro.0 && micro.0 < distributed.0, "{cluster:?} {micro:?} {distributed:?}");
}

#[test]
fn m5_a_dead_store_takes_its_own_service_down_and_no_other() {
    let clinic = shelf("pet-clinic");
    let ended = after(&clinic, &[Fault::StoreCrash("clinic/vets".parse().expect("a name"))]);
    assert_eq!(ended["vets"].availability(), 0.0);
    assert!(["owners", "owner", "visit"].iter().all(|kind| ended[*kind].availability() == 1.0), "{ended:?}");
    let shared = in_layout(clinic, Layout::Cluster);
    let ended = after(&shared, &[Fault::StoreCrash("clinic/database".parse().expect("a name"))]);
    assert!(ended.values().all(|ended| ended.succeeded == 0), "{ended:?}");
}

#[test]
fn m2_one_service_scales_by_itself() {
    let mut simulation = run(&shelf("claims/autoscaled"), secs(30));
    assert!(only(simulation.report()).total.failures() > 100, "one copy is too few");
    simulation.run_until(at(secs(200)));
    let report = only(simulation.report());
    let copies = |name: &str| {
        let service = report.services.iter().find(|service| service.service.as_str() == name);
        service.expect("it is there").instances.len()
    };
    assert!((4..=8).contains(&copies("search")), "{} copies", copies("search"));
    assert_eq!((copies("list"), copies("pay")), (1, 1));
    assert_eq!(ended_until(&mut simulation, secs(260)).failed, 0);
}

#[test]
fn m3_an_upgrade_of_one_module_does_not_affect_the_running_system() {
    // A rolling release of one service, planned by the design: all requests of all kinds go on.
    let design = shelf("claims/release-of-one");
    let report = measured(&design, secs(120));
    assert_eq!(report.total.failures(), 0);
    for service in &report.services {
        let new = service.service.as_str() == "pay";
        let versions: BTreeSet<&str> =
            service.instances.iter().map(|instance| instance.version.as_str()).collect();
        assert_eq!(versions, BTreeSet::from([if new { "2" } else { "1" }]), "{}", service.service);
    }
}

#[test]
fn m6_two_versions_of_a_service_run_side_by_side() {
    let design = with(shelf("claims/release-of-one"), |design| {
        let release = &mut design.scenario.releases[0].release;
        release.strategy = Strategy::Canary(Canary { share: 0.2, copies: 1 });
        release.guard = Some(Guard { watch: secs(3600), ..Guard::default() });
    });
    let report = measured(&design, secs(120));
    let pay = report.services.iter().find(|service| service.service.as_str() == "pay").expect("it is there");
    let versions: BTreeSet<&str> = pay.instances.iter().map(|instance| instance.version.as_str()).collect();
    assert_eq!(versions, BTreeSet::from(["1", "2"]));
    let canary = &pay.releases[0];
    let share = canary.new.calls as f64 / (canary.new.calls + canary.old.calls) as f64;
    assert!((0.1..0.3).contains(&share), "{share}");
    assert_eq!(report.total.failures(), 0);
    // Teams of their own: each service says whose it is.
    let teams: Vec<_> = deployment(&design).services.into_iter().map(|service| service.team).collect();
    assert!(teams.iter().all(Option::is_some));
}

#[test]
fn m13_fast_change_means_many_releases_and_no_outage() {
    // Six releases in ten minutes, of each service in turn; and of a monolith all at once, as small teams can't.
    let releases = |strategy, services: &[&'static str]| {
        let design = with(shelf("claims/release-of-one"), |design| {
            let model = design.scenario.releases[0].release.clone();
            design.scenario.releases.clear();
            for (place, service) in services.iter().enumerate() {
                let release = Release { services: vec![(*service).into()], strategy, ..model.clone() };
                design.scenario.releases.push(PlannedRelease { at: secs(20 + 100 * place as u64), release });
            }
        });
        measured(&design, secs(20 + 100 * services.len() as u64))
    };
    let agile = releases(Strategy::default(), &["pay", "list", "search", "pay", "list", "search"]);
    assert_eq!(agile.total.failures(), 0);
    let done: usize = agile.services.iter().map(|service| service.releases.len()).sum();
    assert_eq!(done, 6);
    assert!(releases(Strategy::AllAtOnce, &["search"]).total.failures() > 100, "how one releases matters");
}
