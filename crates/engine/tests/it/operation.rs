//! Operation: autoscaling, and placement again with Kubernetes' timing.

use crate::common::*;
use archlab_engine::{Fact, Simulation};
use archlab_model::*;

/// A microservice `work` of `replicas` copies on `machines` machines of `cores` each.
fn service(work: Distribution, replicas: u32, machines: usize, cores: u32) -> Design {
    let mut design = design(one_function(work), Layout::Microservice, machines, cores);
    policies(&mut design).replicas = replicas;
    design
}

fn scale(design: &mut Design, target: ScalingTarget) {
    policies(design).autoscaling = Some(Autoscaling { target, ..Autoscaling::default() });
}

fn scaled(facts: &[(SimTime, Fact)]) -> Vec<(f64, u32, u32)> {
    let scaled = facts.iter().filter_map(|(at, fact)| match fact {
        Fact::Scaled { from, to, .. } => Some((at.as_secs_f64(), *from, *to)),
        _ => None,
    });
    scaled.collect()
}

/// How many copies there are, as the frame shows them.
fn copies(simulation: &Simulation) -> usize {
    simulation.frame().instances.len()
}

#[test]
fn an_autoscaler_makes_as_many_copies_as_the_load_asks_for() {
    // 100 requests/s of 30 ms of work each are three cores' worth; at half a core for each copy that is six.
    let mut design = service(Distribution::Constant(ms(30)), 1, 3, 4);
    open(&mut design, 100.0);
    scale(&mut design, ScalingTarget::Processor { utilisation: 0.5, cores: 1.0 });
    let (simulation, facts) = play(&design, secs(300));
    let scaled = scaled(&facts);
    // The first look finds six times the target, of which the first step allows five.
    assert_eq!(scaled.first(), Some(&(15.0, 1, 5)));
    assert!((6..=7).contains(&scaled.last().unwrap().2), "{scaled:?}");
    assert_eq!(copies(&simulation), scaled.last().unwrap().2 as usize);
    let report = simulation.report();
    assert_eq!(report.groups[0].services[0].wanted, Some(scaled.last().unwrap().2));
    assert!(
        report.machines.iter().all(|machine| machine.utilisation > 0.05),
        "all machines have a part of it"
    );
    assert_eq!(report.groups[0].total.failures(), 0);
}

#[test]
fn an_autoscaler_waits_five_minutes_before_it_makes_fewer() {
    // Half a request in flight, where one for each copy would be right.
    let mut design = service(Distribution::Constant(ms(10)), 4, 2, 4);
    scale(&mut design, ScalingTarget::InFlight { requests: 1.0 });
    open(&mut design, 50.0);
    let (simulation, facts) = play(&design, secs(400));
    assert_eq!(scaled(&facts), [(315.0, 4, 1)]);
    assert_eq!(copies(&simulation), 1);
    assert_eq!(simulation.report().groups[0].total.failures(), 0, "what they had was done first");
}

#[test]
fn copies_that_warm_up_are_not_asked_for_twice() {
    let mut design = service(Distribution::Constant(ms(40)), 2, 4, 4);
    clients(&mut design, Load::Users { count: 4, think: Distribution::Constant(Span::ZERO) });
    policies(&mut design).startup = secs(40);
    scale(&mut design, ScalingTarget::InFlight { requests: 1.0 });
    let (_, facts) = play(&design, secs(70));
    // Four requests in flight over two copies: four are right, and the two that start have nothing yet.
    assert_eq!(scaled(&facts), [(15.0, 2, 4)]);
}

#[test]
fn one_service_is_scaled_and_the_others_are_not() {
    let business = business_of(&[
        ("front", ms(1), vec![Step::Call(call("hot")), Step::Call(call("cold"))]),
        ("hot", ms(40), vec![]),
        ("cold", ms(1), vec![]),
    ]);
    let mut design = design(business, Layout::Microservice, 3, 4);
    let target = ScalingTarget::Processor { utilisation: 0.5, cores: 1.0 };
    let autoscaling = Some(Autoscaling { target, ..Autoscaling::default() });
    let spec = ServiceSpec { functions: vec!["hot".into()], autoscaling, ..ServiceSpec::default() };
    design.business.services.insert("hot".into(), spec);
    open(&mut design, 60.0);
    let report = report_at(&design, secs(200));
    let count = |name: &str| {
        let mut services = report.groups[0].services.iter();
        services.find(|service| service.service.as_str() == name).map(|service| service.instances.len())
    };
    assert!(count("hot") >= Some(4), "{:?}", count("hot"));
    assert_eq!((count("front"), count("cold")), (Some(1), Some(1)));
}

#[test]
fn scaled_copies_live_on_when_the_design_is_changed() {
    let mut design = service(Distribution::Constant(ms(30)), 1, 3, 4);
    open(&mut design, 100.0);
    scale(&mut design, ScalingTarget::Processor { utilisation: 0.5, cores: 1.0 });
    let mut simulation = Simulation::new(&design);
    simulation.run_until(at(secs(200)));
    let before: Vec<InstanceId> = simulation.frame().instances.iter().map(|one| one.id.clone()).collect();
    policies(&mut design).timeouts.response = secs(4);
    simulation.intervene(adopt(&design));
    let after: Vec<InstanceId> = simulation.frame().instances.iter().map(|one| one.id.clone()).collect();
    assert!(before.len() >= 6);
    assert_eq!(before, after);
    // Without an autoscaler there are as many as the layout makes.
    policies(&mut design).autoscaling = None;
    simulation.intervene(adopt(&design));
    simulation.run_until(at(secs(210)));
    assert_eq!(copies(&simulation), 1);
}

#[test]
fn a_run_with_an_autoscaler_is_the_same_in_one_piece_and_in_many() {
    let mut design = service(Distribution::Exponential(ms(30)), 1, 3, 4);
    open(&mut design, 80.0);
    scale(&mut design, ScalingTarget::InFlight { requests: 0.7 });
    fault(&mut design, secs(40), Fault::PowerOff("m2".into()));
    fault(&mut design, secs(80), Fault::PowerOn("m2".into()));
    let whole = report_at(&design, secs(150));
    let mut simulation = Simulation::new(&design);
    (1..=150).for_each(|second| simulation.run_until(at(secs(second))));
    assert_eq!(simulation.report(), whole);
}

/// How long after a machine's death what ran there is started again, in seconds, for many seeds.
fn delays(placement: &Placement) -> Vec<f64> {
    let delay = |seed| {
        let mut design = service(Distribution::Constant(ms(1)), 2, 2, 1);
        design.scenario.seed = seed;
        policies(&mut design).placement = placement.clone();
        fault(&mut design, secs(10), Fault::PowerOff("m1".into()));
        let (_, facts) = play(&design, secs(400));
        let started = facts
            .iter()
            .find(|(at, fact)| matches!(fact, Fact::InstanceStarting { .. }) && at.as_secs_f64() > 10.0);
        started.expect("it is started again").0.as_secs_f64() - 10.0
    };
    (1..=200).map(delay).collect()
}

#[test]
fn det_k8s_node_grace40_a_dead_node_is_missed_after_30_to_40_seconds() {
    let kubernetes = Placement::kubernetes();
    let delays = delays(&Placement { look: Span::ZERO, toleration: Span::ZERO, ..kubernetes });
    assert!(delays.iter().all(|delay| (30.0..=40.0).contains(delay)), "{delays:?}");
    let mean = delays.iter().sum::<f64>() / delays.len() as f64;
    // Uniform over ten seconds: the 99.99 % interval of the mean of 200.
    let wide = 3.89 * (100.0_f64 / 12.0 / 200.0).sqrt();
    assert!((mean - 35.0).abs() < wide, "{mean}");
}

#[test]
fn kubernetes_places_what_ran_on_a_dead_node_again_after_more_than_five_minutes() {
    let delays = delays(&Placement::kubernetes());
    assert!(delays.iter().all(|delay| (330.0..=345.0).contains(delay)), "{delays:?}");
    let longest = delays.iter().fold(0.0_f64, |longest, delay| longest.max(*delay));
    let shortest = delays.iter().fold(f64::MAX, |shortest, delay| shortest.min(*delay));
    assert!(longest - shortest > 8.0, "{shortest} to {longest}");
}
