//! Traffic: requests come when the load says so, however it is shaped.

use crate::common::*;

use archlab_engine::{Fact, Outcome};
use archlab_model::*;

/// When requests are issued until `until`, in seconds, under `load`.
fn issued(load: Load, until: u64) -> Vec<f64> {
    let mut design = design(one_function(Distribution::Constant(Span::ZERO)), Layout::Cluster, 1, 1);
    clients(&mut design, load);
    let (_, facts) = play(&design, secs(until));
    let issued = facts.iter().filter(|(_, fact)| matches!(fact, Fact::Issued { .. }));
    issued.map(|(at, _)| at.as_secs_f64()).collect()
}

/// Whether `count` is as far from the mean of a Poisson number as happens once in 15,000 times at most.
fn assert_poisson(count: usize, mean: f64) {
    assert!((count as f64 - mean).abs() < 4.0 * mean.sqrt(), "{count}, not about {mean}");
}

#[test]
fn a_batch_is_all_at_the_same_instant() {
    assert_eq!(issued(Load::Batch { count: 3, at: secs(2), every: None }, 100), [2.0; 3]);
    assert_eq!(issued(Load::Batch { count: 2, at: Span::ZERO, every: None }, 1), [0.0; 2]);
    let again = Load::Batch { count: 2, at: secs(1), every: Some(secs(4)) };
    assert_eq!(issued(again, 10), [1.0, 1.0, 5.0, 5.0, 9.0, 9.0]);
}

#[test]
fn a_recording_is_played_back_to_the_instant() {
    let at = vec![ms(250), ms(250), secs(3)];
    assert_eq!(issued(Load::Recorded { at: at.clone(), every: None }, 100), [0.25, 0.25, 3.0]);
    assert_eq!(issued(Load::Recorded { at, every: Some(secs(5)) }, 8), [0.25, 0.25, 3.0, 5.25, 5.25, 8.0]);
}

#[test]
fn bursts_are_as_heavy_as_they_say_and_as_often() {
    let load = Load::Bursts { rate: 20.0, peak: 500.0, length: secs(2), every: secs(20) };
    let issued = issued(load, 200);
    let (burst, calm): (Vec<f64>, Vec<f64>) = issued.iter().partition(|at| **at % 20.0 < 2.0);
    assert_poisson(burst.len(), 500.0 * 2.0 * 10.0);
    assert_poisson(calm.len(), 20.0 * 18.0 * 10.0);
}

#[test]
fn a_ramp_climbs_and_stays() {
    let points = vec![RatePoint { at: secs(20), rate: 0.0 }, RatePoint { at: secs(120), rate: 100.0 }];
    let issued = issued(Load::Ramp { points, repeat: false }, 160);
    let between = |from: f64, to: f64| issued.iter().filter(|at| (from..to).contains(*at)).count();
    assert_eq!(between(0.0, 20.0), 0, "the first point's rate holds before it");
    assert_poisson(between(20.0, 70.0), 50.0 * 50.0 / 2.0);
    assert_poisson(between(70.0, 120.0), (50.0 + 100.0) / 2.0 * 50.0);
    assert_poisson(between(120.0, 160.0), 100.0 * 40.0);
}

#[test]
fn a_ramp_that_repeats_is_a_day_after_a_day() {
    let point = |at, rate| RatePoint { at: secs(at), rate };
    let points = vec![point(0, 0.0), point(50, 100.0), point(100, 0.0)];
    let issued = issued(Load::Ramp { points, repeat: true }, 400);
    for day in 0..4 {
        let place = |at: &&f64| (f64::from(day) * 100.0..f64::from(day + 1) * 100.0).contains(*at);
        assert_poisson(issued.iter().filter(place).count(), 5_000.0);
        let noon = f64::from(day) * 100.0 + 50.0;
        let near = issued.iter().filter(|at| (**at - noon).abs() < 10.0).count();
        assert_poisson(near, 20.0 * 90.0);
    }
}

#[test]
fn a_batch_meets_each_group_it_is_sent_to() {
    let mut design = design(one_function(Distribution::Constant(secs(1))), Layout::Cluster, 1, 1);
    let second = Group { seats: vec![Some("m9".into())], ..Group::default() };
    design.machines.insert("m9".into(), Machine { cores: 2, ..Machine::default() });
    design.groups.insert("h".into(), second);
    clients(&mut design, Load::Batch { count: 2, at: secs(1), every: None });
    design.clients[0].to.push("h".into());
    let (_, facts) = play(&design, secs(10));
    let ends = ends(&facts);
    let times: Vec<f64> = ends.iter().map(|(at, _)| *at).collect();
    assert_eq!(times, [2.0, 2.0, 3.0, 3.0], "two cores do in one second what one does in two");
    assert!(ends.iter().all(|(_, outcome)| *outcome == Outcome::Succeeded));
}

#[test]
fn a_load_that_changes_while_it_runs_begins_with_what_is_still_to_come() {
    let mut design = design(one_function(Distribution::Constant(Span::ZERO)), Layout::Cluster, 1, 1);
    clients(&mut design, Load::Batch { count: 1, at: secs(1), every: None });
    let (mut simulation, _) = play(&design, secs(5));
    design.clients[0].load = Load::Recorded { at: vec![secs(2), secs(7)], every: None };
    simulation.intervene(adopt(&design));
    let facts = go_on(&mut simulation, secs(20));
    let issued: Vec<f64> = facts
        .iter()
        .filter(|(_, fact)| matches!(fact, Fact::Issued { .. }))
        .map(|(at, _)| at.as_secs_f64())
        .collect();
    assert_eq!(issued, [7.0]);
}
