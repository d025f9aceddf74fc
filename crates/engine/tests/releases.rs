//! Releases: versions side by side, the ways to replace one by another, and what becomes of a bad one.

mod common;

use archlab_engine::measure::report::ReleaseReport;
use archlab_engine::{Belief, Intervention, Life, Report, Simulation};
use archlab_model::*;
use common::*;

/// A microservice `work` of four copies on four machines, asked 100 times a second.
fn four() -> Design {
    let mut design = design(one_function(Distribution::Constant(ms(5))), Layout::Microservice, 4, 4);
    policies(&mut design).replicas = 4;
    open(&mut design, 100.0);
    design
}

fn release_of(strategy: Strategy) -> Release {
    Release {
        group: "g".into(),
        services: Vec::new(),
        version: Version::default(),
        strategy,
        together: false,
        guard: None,
    }
}

/// What a run of `design` with a release at 10 s shows in the middle of each second: copies, and copies in service;
/// and the run's end.
fn film(design: &Design, release: Release, until: u64) -> (Vec<(usize, usize)>, Report) {
    let mut design = design.clone();
    design.scenario.releases.push(PlannedRelease { at: secs(10), release });
    let mut simulation = Simulation::new(&design);
    let mut seconds = Vec::new();
    for second in 0..=until {
        simulation.run_until(at(secs(second)) + ms(500));
        let frame = simulation.frame();
        let serve = frame.instances.iter();
        let serve = serve.filter(|one| one.life == Life::Up && matches!(one.belief, Belief::Up { .. }));
        seconds.push((frame.instances.len(), serve.count()));
    }
    (seconds, simulation.report())
}

fn told(report: &Report) -> &ReleaseReport {
    &report.groups[0].services[0].releases[0]
}

fn versions(report: &Report) -> Vec<&str> {
    report.groups[0].services[0].instances.iter().map(|instance| instance.version.as_str()).collect()
}

#[test]
fn a_rolling_release_replaces_all_copies_and_nobody_notices() {
    let (seconds, report) = film(&four(), release_of(Strategy::default()), 90);
    assert!(seconds.iter().all(|(all, serve)| *all <= 5 && *serve >= 3), "{seconds:?}");
    assert!(seconds.iter().any(|(all, _)| *all == 5), "the surge is made use of");
    assert_eq!(versions(&report), ["2"; 4]);
    let told = told(&report);
    assert!(told.ended.is_some() && !told.rolled_back);
    assert!(told.old.calls > 100 && told.new.calls > 100, "both served side by side: {told:?}");
    assert_eq!(report.groups[0].total.failures(), 0);
}

#[test]
fn all_at_once_means_an_outage_as_long_as_a_start() {
    let (seconds, report) = film(&four(), release_of(Strategy::AllAtOnce), 60);
    assert_eq!(versions(&report), ["2"; 4]);
    let dark = seconds.iter().filter(|(_, serve)| *serve == 0).count();
    // Three seconds to start, and two checks that must pass.
    assert!((4..=9).contains(&dark), "{seconds:?}");
    let failed = report.groups[0].total.failures();
    assert!((350..900).contains(&failed), "{failed}");
}

#[test]
fn a_blue_green_release_keeps_both_sets_until_the_switch() {
    let guard = Some(Guard::default());
    let good = Release { guard, ..release_of(Strategy::BlueGreen) };
    let (seconds, report) = film(&four(), good, 120);
    assert_eq!(seconds.iter().map(|(all, _)| *all).max(), Some(8));
    assert!(seconds.iter().all(|(_, serve)| *serve >= 4), "{seconds:?}");
    assert_eq!((versions(&report), report.groups[0].total.failures()), (vec!["2"; 4], 0));
}

#[test]
fn a_canary_gets_its_share_and_is_promoted() {
    let canary = Strategy::Canary(Canary { share: 0.2, copies: 1 });
    let guard = Some(Guard { watch: secs(100), ..Guard::default() });
    let mut design = four();
    let release = Release { guard, ..release_of(canary) };
    let (_, report) = film(&design, release.clone(), 200);
    assert_eq!((versions(&report), report.groups[0].total.failures()), (vec!["2"; 4], 0));

    design.scenario.releases.push(PlannedRelease { at: secs(10), release });
    let mut simulation = Simulation::new(&design);
    simulation.run_until(at(secs(30)));
    let early = told(&simulation.report()).clone();
    simulation.run_until(at(secs(100)));
    let late = told(&simulation.report()).clone();
    let (old, new) = (late.old.calls - early.old.calls, late.new.calls - early.new.calls);
    let share = new as f64 / (new + old) as f64;
    // The 99.99 % interval of a share of 0.2.
    let wide = 3.89 * (0.2_f64 * 0.8 / (new + old) as f64).sqrt();
    assert!((share - 0.2).abs() < wide, "{share} of {}", new + old);
}

#[test]
fn a_release_by_hand_is_as_one_that_was_planned() {
    let release = release_of(Strategy::default());
    let (_, planned) = film(&four(), release.clone(), 60);
    let mut simulation = Simulation::new(&four());
    simulation.run_until(at(secs(10)));
    simulation.intervene(Intervention::Release(Box::new(release)));
    simulation.run_until(at(secs(60)) + ms(500));
    assert_eq!(simulation.report().groups[0].total, planned.groups[0].total);
    assert_eq!(versions(&simulation.report()), versions(&planned));
}

#[test]
fn a_release_goes_on_when_the_design_is_changed_and_a_machine_comes() {
    let mut design = design(one_function(Distribution::Constant(ms(5))), Layout::Cluster, 3, 4);
    open(&mut design, 50.0);
    let mut simulation = Simulation::new(&design);
    simulation.run_until(at(secs(10)));
    simulation.intervene(Intervention::Release(Box::new(release_of(Strategy::default()))));
    simulation.run_until(at(secs(15)));
    design.machines.insert("m4".into(), Machine::default());
    design.groups[&GroupId::from("g")].seats.push(Some("m4".into()));
    simulation.intervene(adopt(&design));
    simulation.run_until(at(secs(120)));
    let report = simulation.report();
    assert_eq!(versions(&report), ["2"; 4]);
    assert_eq!(report.groups[0].total.failures(), 0);
}
