//! The other reference systems: what each is known for.

use archlab_engine::{Place, Simulation};
use archlab_model::*;

use crate::common::{at, secs};
use crate::shelf::*;

#[test]
fn a_post_is_stored_before_it_stands_in_timelines() {
    // Text, creator, media and id at once; then one after another: the longest way decides.
    let design = with(shelf("social-network"), |design| {
        design.business.requests.retain(|kind, _| kind.as_str() == "compose-post");
        for function in design.business.functions.values_mut() {
            function.work = Distribution::Constant(Span::ZERO);
        }
        for data in design.business.data.values_mut() {
            (data.read, data.write) = (Distribution::default(), Distribution::default());
        }
        for slow in ["text", "media", "store-post", "write-user-timeline", "write-home-timeline"] {
            design.business.functions[slow].work = Distribution::Constant(Span::from_millis(100));
        }
        design.network = Network { internet: Span::ZERO, local: Span::ZERO, ..Network::default() };
        design.network.loopback = Span::ZERO;
        design.clients[0].load = Load::Batch { count: 1, at: secs(1), every: None };
    });
    let took = measured(&design, secs(10)).latency.mean.as_millis_f64();
    assert!((399.0..402.0).contains(&took), "{took} ms: 100 at once, then three times 100");
}

#[test]
fn kafka_shop_takes_orders_while_its_consumers_are_down_and_catches_up() {
    let design = with(shelf("kafka-shop"), |design| design.clients[0].load = Load::Poisson { rate: 40.0 });
    let mut simulation = run(&design, secs(20));
    kill_service(&mut simulation, &design, "fraud");
    let ended = ended_until(&mut simulation, secs(40));
    assert!(ended.failed == 0 && ended.succeeded > 600, "{ended:?}");
    let topic = |simulation: &Simulation| {
        let topics = only(simulation.report()).topics;
        topics.into_iter().find(|topic| topic.function.as_str() == "check-fraud").expect("it is there")
    };
    let backlog = topic(&simulation).backlog;
    assert!(backlog > 120, "{backlog}");
    for instance in instances_of(&design, "fraud") {
        strike(&mut simulation, Fault::Restart(instance));
    }
    simulation.run_until(at(secs(160)));
    assert!(topic(&simulation).backlog < 20, "{:?}", topic(&simulation));
}

#[test]
fn pet_clinic_finds_a_dead_instance_as_late_as_its_registry_does() {
    let clinic = with(shelf("pet-clinic"), |design| {
        design.business.requests.retain(|kind, _| kind.as_str() == "vets");
        group(design).policies.retry.attempts = 1;
        design.business.services["vets"].replicas = Some(2);
        // Nobody but the registry looks.
        group(design).policies.health.interval = secs(3600);
    });
    let mut simulation = run(&clinic, secs(60));
    strike(&mut simulation, Fault::Crash(instances_of(&clinic, "vets")[0].clone()));
    let at_once = ended_until(&mut simulation, secs(68));
    assert!((0.3..0.7).contains(&at_once.availability()), "half go to the dead one: {at_once:?}");
    simulation.run_until(at(secs(85)));
    let later = ended_until(&mut simulation, secs(105));
    assert_eq!(later.failed, 0, "the lease has run out: {later:?}");
}

#[test]
fn social_network_reads_are_answered_from_memory() {
    let design = shelf("social-network");
    let report = measured(&design, secs(60));
    assert_eq!(report.total.failures(), 0);
    let posts =
        report.data.iter().find(|store| store.store.as_str() == "post-storage-db").expect("it is there");
    let hits = posts.counts.hits as f64 / (posts.counts.hits + posts.counts.misses) as f64;
    assert!(hits > 0.5, "{hits} of the reads");
}

#[test]
fn sock_shop_accepts_orders_and_loses_their_shipments_when_the_queue_is_down() {
    let design = with(shelf("sock-shop"), |design| {
        design.business.requests.retain(|kind, _| kind.as_str() == "order");
        design.clients[0].load = Load::Poisson { rate: 20.0 };
    });
    let shipped = |simulation: &Simulation| only(simulation.report()).topics[0].clone();
    let mut simulation = run(&design, secs(20));
    let before = shipped(&simulation);
    assert!(before.done > 300 && before.unsent == 0, "{before:?}");
    strike(&mut simulation, Fault::StoreCrash("socks/broker".parse().expect("a name")));
    let ended = ended_until(&mut simulation, secs(40));
    assert_eq!(ended.failed, 0, "accepting anyway");
    let after = shipped(&simulation);
    assert!(after.unsent > 300, "{after:?}");
}

#[test]
fn nginx_keeps_what_never_changes_and_a_tomcat_that_dies_takes_no_session_with_it() {
    let design = shelf("nginx-tomcat");
    let mut simulation = Simulation::new(&design);
    let pages = simulation.roster().kinds.iter().position(|kind| kind.as_str() == "static").unwrap() as u32;
    let sent = messages(&mut simulation, secs(30));
    let reached =
        sent.iter().filter(|((from, _, kind), _)| matches!(from, Place::Entry(_)) && *kind == pages);
    let to_tomcats = |to: &Place| matches!(to, Place::Instance(_));
    let reached: u64 = reached.filter(|((_, to, _), _)| to_tomcats(to)).map(|(_, count)| count).sum();
    assert_eq!(reached, 200, "each of two hundred files once");

    strike(&mut simulation, Fault::Crash(instances_of(&design, "app")[1].clone()));
    simulation.run_until(at(secs(60)));
    let sessions = only(simulation.report()).sessions;
    assert!(
        sessions.found > 5_000 && sessions.logins_again == 0 && sessions.lost_sessions == 0,
        "{sessions:?}"
    );
}
