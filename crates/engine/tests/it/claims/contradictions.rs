//! Where the texts contradict each other, or what is commonly known: both readings, each from its deployment.

use std::collections::BTreeSet;

use archlab_engine::Simulation;
use archlab_model::*;

use crate::common::{at, ms, secs};
use crate::shelf::*;

/// The share of requests served after a machine has died and everybody has noticed.
fn served_without(design: &Design, machine: &'static str) -> f64 {
    let mut simulation = run(design, secs(2));
    strike(&mut simulation, Fault::PowerOff(machine.into()));
    simulation.run_until(at(secs(30)));
    ended_until(&mut simulation, secs(40)).availability()
}

/// The machines that the instances of a design run on, and what its services hold.
fn shape(design: &Design) -> (usize, Vec<usize>) {
    let deployment = deployment(design);
    let instances = deployment.services.iter().flat_map(|service| &service.instances);
    let machines: BTreeSet<_> = instances.map(|instance| &instance.machine).collect();
    (machines.len(), deployment.services.iter().map(|service| service.functions.len()).collect())
}

#[test]
fn contradiction_1_a_dead_node_is_a_gap_or_others_take_over_depending_on_who_else_has_its_part() {
    assert!(served_without(&shelf("shop-distributed"), "machine-3") < 0.9);
    assert_eq!(served_without(&shelf("claims/clustered-modules"), "machine-3"), 1.0);
}

#[test]
fn contradiction_2_nodes_with_the_same_function_are_a_cluster_and_may_be_part_of_a_distributed_system() {
    // Read as "the same everywhere": a cluster.
    let shop = shelf("claims/clustered-modules");
    assert_eq!(shape(&in_layout(shop.clone(), Layout::Cluster)).1, [shop.business.functions.len()]);
    // Read as "the same among the nodes of one module": a distributed system of clusters.
    let modules = deployment(&shop);
    assert_eq!(modules.services.len(), 3);
    assert!(modules.services.iter().all(|service| service.instances.len() == 2));
}

#[test]
fn contradiction_3_microservices_are_a_kind_of_distributed_system_and_not_the_other_way_round() {
    let (machines, functions) = shape(&shelf("shop-microservice"));
    assert!(
        machines > 1 && functions.iter().filter(|held| **held == 1).count() >= 8,
        "small, and distributed"
    );
    let (machines, functions) = shape(&shelf("shop-distributed"));
    assert!(
        machines > 1 && functions.iter().all(|held| *held >= 4),
        "distributed, and not small: {functions:?}"
    );
}

#[test]
fn contradiction_4_on_one_server_or_on_many_is_a_matter_of_placement_not_of_how_finely_it_is_cut() {
    let one = shelf("claims/one-host");
    let many = with(one.clone(), |design| {
        for id in ["machine-2", "machine-3"] {
            design.machines.insert(id.into(), design.machines[0].clone());
            group(design).seats.push(Some(id.into()));
        }
    });
    assert_eq!((shape(&one).0, shape(&many).0), (1, 3));
    assert_eq!(shape(&one).1, shape(&many).1, "cut the same");
    // Production wants the many: one host is one fate.
    assert_eq!(served_without(&one, "machine-1"), 0.0);
    assert_eq!(served_without(&many, "machine-1"), 1.0);
}

#[test]
fn contradiction_5_a_small_system_pays_for_being_split() {
    let split = with(shelf("shop-microservice"), |design| {
        design.clients[0].load = Load::Poisson { rate: 3.0 };
    });
    let whole = with(in_layout(split.clone(), Layout::Cluster), |design| group(design).seats.truncate(1));
    let (split, whole) = (measured(&split, secs(120)), measured(&whole, secs(120)));
    assert_eq!(split.total.issued, whole.total.issued);
    assert!(
        split.latency.mean > whole.latency.mean + ms(2),
        "hops: {} {}",
        split.latency.mean,
        whole.latency.mean
    );
    assert!(split.services.len() >= 10 * whole.services.len(), "things to operate");
}

#[test]
fn contradiction_6_five_thousand_concurrent_is_what_is_configured() {
    // As many as there are connections, whatever the number: 512 compiled in, 1024 as shipped, any other.
    for connections in [512, 1_024, 5_000, 5_999] {
        let design = with(shelf("claims/five-thousand"), |design| {
            let capacity = design.business.modules[0].capacity.as_mut().expect("it says how many");
            capacity.workers = connections;
        });
        assert_eq!(measured(&design, secs(8)).total.succeeded, u64::from(connections));
    }
}

#[test]
fn contradiction_7_an_hour_for_each_task_needs_sub_tasks_that_do_not_wait_for_each_other() {
    let first = |name| hours_of_ends(&mut Simulation::new(&shelf(name)), hours(30))[0].0;
    assert_eq!(first("task-distributed"), 1.0);
    assert_eq!(first("task-pipeline"), 10.0);
}

#[test]
fn contradiction_8_it_is_not_the_protocol_that_couples_but_whether_one_waits() {
    // The same business in the same layout, by whatever protocol: only the arrow's kind differs.
    let orders = |kind: &str| {
        let design = with(shelf("claims/sync-or-async"), |design| {
            design.business.requests.retain(|id, _| id.as_str() == kind);
            design.business.requests[0].share = 1.0;
        });
        let mut simulation = run(&design, secs(2));
        kill_service(&mut simulation, &design, "mail");
        simulation.run_until(at(secs(20)));
        ended_until(&mut simulation, secs(30)).availability()
    };
    assert_eq!(orders("order-and-wait"), 0.0, "who waits falls with the one waited for");
    assert_eq!(orders("order"), 1.0, "who sends a message does not");
}

#[test]
fn contradiction_9_each_hop_adds_time_unless_hops_are_taken_at_once() {
    let hops = |count: usize, parallel: bool| {
        let design = with(shelf("claims/chain-of-five"), |design| {
            let names: Vec<FunctionId> = design.business.functions.keys().cloned().collect();
            let calls: Vec<Call> = names[1..=count].iter().cloned().map(Call::to).collect();
            for function in design.business.functions.values_mut() {
                function.steps.clear();
            }
            design.business.functions[0].steps = match parallel {
                true => vec![Step::Parallel(calls)],
                false => calls.into_iter().map(Step::Call).collect(),
            };
            design.clients[0].load = Load::Batch { count: 1, at: secs(1), every: None };
        });
        measured(&design, secs(5)).latency.mean
    };
    // 2 ms of work and twice a quarter of a millisecond of way each.
    let hop = Span::from_micros(2_500);
    assert_eq!(hops(4, false) - hops(1, false), hop * 3);
    assert_eq!(hops(4, true), hops(1, true));
}
