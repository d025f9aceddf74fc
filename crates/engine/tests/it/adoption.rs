//! A design that is changed while it runs.

use crate::common::*;

use archlab_engine::{Fact, Life, Place, Simulation};
use archlab_model::*;

fn shop(layout: Layout, machines: usize) -> Design {
    let business = business_of(&[
        ("front", ms(5), vec![Step::Call(call("cart")), Step::Call(call("list"))]),
        ("cart", ms(5), vec![]),
        ("list", ms(5), vec![]),
    ]);
    let mut design = design(business, layout, machines, 4);
    design.network = Network::default();
    open(&mut design, 50.0);
    design
}

/// Runs the first design to 10 s, then the second to 60 s. The facts from the change on.
fn change(first: &Design, second: &Design) -> (Simulation, Vec<(SimTime, Fact)>) {
    let mut simulation = Simulation::new(first);
    simulation.run_until(at(secs(10)));
    let mut facts = Vec::new();
    simulation.intervene_with(adopt(second), &mut |now, fact| facts.push((now, *fact)));
    facts.extend(go_on(&mut simulation, secs(60)));
    (simulation, facts)
}

fn no_failures(simulation: &Simulation) {
    let total = simulation.report().groups[0].total;
    assert_eq!(total.failures(), 0, "{total:?}");
    assert!(total.succeeded > 2_800);
}

#[test]
fn a_machine_added_to_a_cluster_starts_cold_and_joins_once_healthy() {
    let (simulation, facts) = change(&shop(Layout::Cluster, 2), &shop(Layout::Cluster, 3));
    let when = |wanted: Fact| {
        facts.iter().find(|(_, fact)| *fact == wanted).map(|(at, _)| at.as_secs_f64()).unwrap()
    };
    assert_eq!(when(Fact::InstanceStarting { instance: 2, machine: 2 }), 10.0);
    assert_eq!(when(Fact::InstanceUp { instance: 2 }), 13.0);
    let joined = when(Fact::BelievedUp { instance: 2 });
    assert!((15.0..=17.1).contains(&joined), "{joined}");
    let first_work = when(Fact::Started { at: Place::Instance(2) });
    assert!(joined <= first_work && first_work < joined + 1.0);
    no_failures(&simulation);
}

#[test]
fn a_machine_taken_out_of_a_cluster_ends_what_it_has() {
    let (simulation, facts) = change(&shop(Layout::Cluster, 3), &shop(Layout::Cluster, 2));
    let late = facts.iter().filter(|(at, _)| *at > SimTime::START + ms(10_100));
    assert!(!late.into_iter().any(|(_, fact)| matches!(fact, Fact::Started { at: Place::Instance(2) })));
    assert_eq!(simulation.frame().instances.len(), 2);
    assert_eq!(simulation.frame().machines.len(), 2);
    no_failures(&simulation);
}

#[test]
fn a_switch_of_layout_loses_no_request() {
    for from in Layout::ALL {
        for to in Layout::ALL {
            let (simulation, _) = change(&shop(from, 3), &shop(to, 3));
            no_failures(&simulation);
            assert!(simulation.frame().instances.iter().all(|instance| instance.life == Life::Up));
        }
    }
}

#[test]
fn indices_keep_their_meaning() {
    let (simulation, _) = change(&shop(Layout::Cluster, 3), &shop(Layout::Distributed, 3));
    let roster = simulation.roster();
    let names: Vec<_> = roster.instances.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["g/app/1", "g/app/2", "g/app/3", "g/front/1", "g/cart/1", "g/list/1"]);
    let frame = simulation.frame();
    assert_eq!(frame.instances.iter().map(|instance| instance.index).collect::<Vec<_>>(), [3, 4, 5]);
}

#[test]
fn a_changed_rate_applies_from_now() {
    let mut faster = shop(Layout::Cluster, 3);
    open(&mut faster, 200.0);
    let (simulation, _) = change(&shop(Layout::Cluster, 3), &faster);
    let issued = simulation.report().groups[0].total.issued as f64;
    assert!((issued - (500.0 + 10_000.0)).abs() < 400.0, "{issued}");
}

#[test]
fn the_same_design_again_changes_nothing_about_arrivals() {
    let design = shop(Layout::Cluster, 3);
    let (simulation, _) = change(&design, &design);
    let undisturbed = play(&design, secs(60)).0;
    assert_eq!(simulation.report(), undisturbed.report());
}

#[test]
fn changed_work_applies_to_what_comes_next() {
    let mut slower = shop(Layout::Cluster, 3);
    slower.business.functions[0].work = Distribution::Constant(ms(105));
    let (simulation, _) = change(&shop(Layout::Cluster, 3), &slower);
    no_failures(&simulation);
    let p99 = simulation.report().groups[0].latency.p99.as_millis_f64();
    assert!(p99 > 150.0, "{p99}");
}

#[test]
fn machines_stay_off_when_a_design_is_adopted() {
    let design = shop(Layout::Cluster, 3);
    let mut simulation = Simulation::new(&design);
    simulation.intervene(archlab_engine::Intervention::Fault(Fault::PowerOff("m1".into())));
    simulation.run_until(at(secs(5)));
    simulation.intervene(adopt(&design));
    assert!(!simulation.frame().machines[0].on);
    assert_eq!(simulation.frame().instances[0].life, Life::MachineOff);
}

#[test]
fn users_come_and_go_with_the_design() {
    let crowd = |count| {
        let mut design = shop(Layout::Cluster, 3);
        clients(&mut design, Load::Users { count, think: Distribution::Constant(ms(500)) });
        design
    };
    let rate = |first, second| {
        let (simulation, _) = change(&crowd(first), &crowd(second));
        let series = simulation.series(&"g".into());
        series.iter().rev().skip(2).take(10).map(|point| point.issued).sum::<u64>() as f64 / 5.0
    };
    // A round is half a second of thought and 55 ms of answer.
    assert!((rate(10, 30) - 30.0 / 0.555).abs() < 6.0, "{}", rate(10, 30));
    assert!((rate(30, 10) - 10.0 / 0.555).abs() < 3.0, "{}", rate(30, 10));
}

#[test]
fn clients_that_leave_are_answered_still() {
    let mut nobody = shop(Layout::Cluster, 3);
    nobody.clients.clear();
    let (simulation, _) = change(&shop(Layout::Cluster, 3), &nobody);
    let total = simulation.report().groups[0].total;
    assert_eq!((total.in_flight, total.failures()), (0, 0));
    assert_eq!(total.issued, total.succeeded);
}

#[test]
fn a_group_that_leaves_is_forgotten_and_may_come_back() {
    let design = shop(Layout::Cluster, 3);
    let mut without = design.clone();
    without.groups.clear();
    let (mut simulation, _) = change(&design, &without);
    assert!(simulation.frame().groups.is_empty() && simulation.report().groups.is_empty());
    assert!(simulation.series(&"g".into()).is_empty());
    simulation.intervene(adopt(&design));
    let before = simulation.report().groups[0].total.succeeded;
    simulation.run_until(at(secs(70)));
    assert!(simulation.report().groups[0].total.succeeded > before + 400);
}

#[test]
fn a_machine_added_to_microservices_takes_some_over_without_a_failure() {
    let (simulation, facts) = change(&shop(Layout::Microservice, 2), &shop(Layout::Microservice, 3));
    no_failures(&simulation);
    let moved: Vec<_> =
        facts.iter().filter(|(_, fact)| matches!(fact, Fact::InstanceStarting { machine: 2, .. })).collect();
    assert_eq!(moved.len(), 1);
    let on_it =
        simulation.frame().instances.iter().filter(|instance| instance.machine.as_str() == "m3").count();
    assert_eq!(on_it, 1);
}

#[test]
fn work_that_had_a_core_for_itself_ends_though_its_machine_is_shared_from_now_on() {
    let mut design = design(one_function(Distribution::Constant(secs(4))), Layout::Microservice, 1, 1);
    policies(&mut design).capacity = Capacity { workers: 1, queue: 0 };
    clients(&mut design, Load::Batch { count: 1, at: secs(1), every: None });
    let (mut simulation, _) = play(&design, secs(2));
    policies(&mut design).replicas = 2;
    simulation.intervene(adopt(&design));
    let ends = ends(&go_on(&mut simulation, secs(20)));
    assert_eq!(ends, [(5.0, archlab_engine::Outcome::Succeeded)]);
}

/// Runs a design, changes it by hand at 10 s, and lets it run on, twice: as one value the same facts come
/// of it, and nothing that was asked is lost.
fn by_hand(layout: Layout, wish: impl Fn(&Design) -> Option<Command>) -> Simulation {
    let first = shop(layout, 3);
    let mut second = first.clone();
    wish(&second).expect("it comes to something").apply(&mut second);
    let (simulation, facts) = change(&first, &second);
    let (again, repeated) = change(&first, &second);
    assert_eq!(facts, repeated);
    assert_eq!(simulation.report(), again.report());
    no_failures(&simulation);
    let total = simulation.report().groups[0].total;
    assert_eq!(total.issued, total.succeeded + total.failures() + total.in_flight);
    simulation
}

fn g() -> GroupId {
    "g".into()
}

#[test]
fn a_function_that_moves_while_it_runs_takes_its_calls_along() {
    for layout in [Layout::Distributed, Layout::Microservice, Layout::Free] {
        let simulation =
            by_hand(layout, |design| intent::move_function(design, &g(), &"list".into(), &"cart".into()));
        let frame = simulation.frame();
        assert!(frame.instances.iter().all(|instance| instance.id.service.as_str() != "list"));
    }
}

#[test]
fn a_service_is_split_while_it_runs() {
    let simulation = by_hand(Layout::Cluster, |design| {
        let split = intent::split_service(design, &g(), &"app".into(), &["cart".into()]);
        split.map(|(_, command)| command)
    });
    let split = simulation.frame().instances.iter().filter(|one| one.id.service.as_str() == "cart").count();
    assert_eq!(split, 3, "it runs where it was split from");
    for layout in [Layout::Microservice, Layout::Free] {
        by_hand(layout, |design| intent::merge_services(design, &g(), &"cart".into(), &"front".into()));
    }
}

#[test]
fn an_instance_that_is_put_elsewhere_serves_where_it_was_until_it_has_started_there() {
    for layout in [Layout::Distributed, Layout::Microservice] {
        let id = InstanceId { group: g(), service: "cart".into(), number: 1 };
        let to = if layout == Layout::Distributed { "m3" } else { "m1" };
        let simulation = by_hand(layout, |design| intent::pin(design, &id, &to.into()));
        let frame = simulation.frame();
        let there = frame.instances.iter().find(|one| one.id == id).expect("it is there");
        assert_eq!((there.machine.as_str(), there.life), (to, Life::Up));
    }
}

#[test]
fn copies_and_stores_change_while_they_run() {
    by_hand(Layout::Microservice, |design| intent::set_replicas(design, &g(), &"cart".into(), 3));
    by_hand(Layout::Microservice, |design| intent::set_layout(design, &g(), Layout::Free));
}

#[test]
fn a_machine_dropped_on_another_while_it_runs_makes_a_cluster_balanced_as_it_says() {
    let simulation = by_hand(Layout::Distributed, |design| {
        let target = Target::With("m2".into());
        Some(intent::add_machine(design, Machine { cores: 4, ..Machine::default() }, &target).1)
    });
    let frame = simulation.frame();
    let copies = frame.instances.iter().filter(|one| one.id.service.as_str() == "cart").count();
    assert_eq!((copies, frame.groups.len()), (2, 1), "the group within the group is no group of its own");
}

#[test]
fn a_group_within_a_group_is_balanced_as_it_says() {
    let mut design = shop(Layout::Distributed, 3);
    let (_, command) = intent::add_machine(
        &design,
        Machine { cores: 4, weight: 3, ..Machine::default() },
        &Target::With("m2".into()),
    );
    command.apply(&mut design);
    let served = |balancing: Balancing| {
        let mut design = design.clone();
        let inner = design.groups.get_index_mut(1).expect("the group within").1;
        inner.policies.balancing = balancing;
        let (simulation, facts) = play(&design, secs(60));
        let at = |wanted: &str| {
            let index = simulation.roster().instances.iter().position(|id| id.to_string() == wanted);
            let place = Place::Instance(index.expect("it is known") as u32);
            facts.iter().filter(|(_, fact)| *fact == Fact::Started { at: place }).count() as f64
        };
        at("g/cart/2") / at("g/cart/1")
    };
    let turns = served(Balancing::RoundRobin);
    assert!((turns - 3.0).abs() < 0.01, "three of four go to the weighty one, in turns: {turns}");
    let chance = served(Balancing::Random);
    assert!((chance - turns).abs() > 0.001, "chance is not exact: {chance}");
}
