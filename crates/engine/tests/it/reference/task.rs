//! A task of ten sub-tasks of one hour: alone on a server, ten at once on a cluster, distributed over ten servers.
//! Every figure is exact (`osc-*`).

use archlab_engine::Outcome::Succeeded;
use archlab_engine::{Intervention, Simulation};
use archlab_model::*;

use crate::common::{at, secs};
use crate::shelf::{hours, hours_of_ends, shelf, strike, with};

/// When the tasks of a design are done, in hours.
fn done(design: &Design) -> Vec<f64> {
    let ends = hours_of_ends(&mut Simulation::new(design), hours(400));
    assert!(ends.iter().all(|(_, outcome)| *outcome == Succeeded), "{ends:?}");
    ends.into_iter().map(|(hour, _)| hour).collect()
}

/// The design with `count` tasks at once.
fn tasks(name: &str, count: u32) -> Design {
    with(shelf(name), |design| design.clients[0].load = Load::Batch { count, at: Span::ZERO, every: None })
}

fn mean(hours: &[f64]) -> f64 {
    hours.iter().sum::<f64>() / hours.len() as f64
}

fn upto(last: u32) -> Vec<f64> {
    (1..=last).map(f64::from).collect()
}

/// Tasks done per hour in the long run, when there are always more and `fault` struck before the first came.
fn throughput(name: &str, fault: Option<Fault>) -> f64 {
    let design = with(shelf(name), |design| {
        design.clients[0].load = Load::Batch { count: 200, at: hours(1), every: None };
    });
    let mut simulation = Simulation::new(&design);
    if let Some(fault) = fault {
        strike(&mut simulation, fault);
    }
    let (from, to) = (40, 60);
    let half = secs(1800);
    simulation.run_until(at(hours(from) + half));
    let ends = hours_of_ends(&mut simulation, hours(to) + half);
    ends.iter().filter(|(_, end)| *end == Succeeded).count() as f64 / (to - from) as f64
}

fn power_off(machine: &'static str) -> Option<Fault> {
    Some(Fault::PowerOff(machine.into()))
}

#[test]
fn osc_single_a_task_takes_ten_hours_and_ten_tasks_a_hundred() {
    assert_eq!(done(&tasks("task-single-box", 1)), [10.0]);
    let ten = done(&shelf("task-single-box"));
    assert_eq!(ten, upto(10).iter().map(|n| 10.0 * n).collect::<Vec<_>>());
    assert_eq!(mean(&ten), 55.0);
}

#[test]
fn osc_cluster_a_task_still_takes_ten_hours_but_ten_tasks_too() {
    assert_eq!(done(&tasks("task-cluster", 1)), [10.0]);
    assert_eq!(done(&shelf("task-cluster")), [10.0; 10]);
    assert_eq!(throughput("task-cluster", None), 1.0);
}

#[test]
fn osc_dist_a_task_takes_one_hour_and_ten_tasks_ten() {
    assert_eq!(done(&tasks("task-distributed", 1)), [1.0]);
    let ten = done(&shelf("task-distributed"));
    assert_eq!(ten, upto(10));
    assert_eq!(mean(&ten), 5.5);
    assert_eq!(throughput("task-distributed", None), 1.0);
}

#[test]
fn osc_dist_services_of_their_own_on_ten_hosts_do_as_modules_do() {
    assert_eq!(done(&shelf("task-microservices")), upto(10));
}

#[test]
fn osc_pipeline_where_each_sub_task_waits_for_the_one_before_a_task_is_no_quicker() {
    let ten = done(&shelf("task-pipeline"));
    assert_eq!(ten, (10..20).map(f64::from).collect::<Vec<_>>());
}

#[test]
fn osc_one_host_ten_services_on_one_server_are_as_slow_as_one_service() {
    assert_eq!(done(&tasks("task-one-host", 1)), [10.0]);
    assert_eq!(*done(&shelf("task-one-host")).last().unwrap(), 100.0);
}

#[test]
fn osc_kill_cluster_nine_of_ten_servers_do_nine_tenths() {
    assert_eq!(throughput("task-cluster", power_off("server-3")), 0.9);
}

#[test]
fn osc_kill_dist_without_one_sub_task_no_task_is_ever_done() {
    assert_eq!(throughput("task-distributed", power_off("server-3")), 0.0);
}

#[test]
fn osc_kill_dist_taken_over_a_neighbour_that_does_two_sub_tasks_halves_the_rate() {
    assert_eq!(throughput("task-microservices", power_off("server-3")), 0.5);
}

#[test]
fn osc_dist_of_clusters_a_pair_that_loses_one_still_does_a_task_an_hour() {
    assert_eq!(throughput("task-distributed-pairs", None), 2.0);
    assert_eq!(throughput("task-distributed-pairs", power_off("server-3")), 1.0);
}

#[test]
fn the_layouts_of_the_example_are_one_business_deployed_in_three_ways() {
    let whole = shelf("task-cluster").business;
    for name in ["task-distributed", "task-distributed-pairs", "task-microservices", "task-one-host"] {
        assert_eq!(shelf(name).business, whole, "{name}");
    }
    // A person may switch the layout while it runs, and be told the truth.
    let mut simulation = Simulation::new(&tasks("task-cluster", 0));
    let switched = with(shelf("task-microservices"), |design| {
        design.clients[0].load = Load::Batch { count: 10, at: hours(1), every: None };
    });
    simulation.run_until(at(secs(60)));
    simulation.intervene(Intervention::Adopt(Box::new(switched)));
    let ends: Vec<f64> = hours_of_ends(&mut simulation, hours(100)).iter().map(|(hour, _)| *hour).collect();
    assert_eq!(ends, (2..12).map(f64::from).collect::<Vec<_>>());
}
