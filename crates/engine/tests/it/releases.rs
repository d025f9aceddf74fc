//! Releases: versions side by side, the ways to replace one by another, and what becomes of a bad one.

use crate::common::*;
use archlab_engine::measure::report::ReleaseReport;
use archlab_engine::operation::guard::Verdict;
use archlab_engine::{Belief, Intervention, Life, Report, Simulation};
use archlab_model::*;

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

fn bad(errors: f64, slowness: f64) -> Version {
    let defect = Some(Defect { chance: 1.0, errors, slowness });
    Version { name: "bad".into(), defect }
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
fn a_blue_green_release_keeps_both_sets_and_goes_back_at_once() {
    let guard = Some(Guard::default());
    let good = Release { guard, ..release_of(Strategy::BlueGreen) };
    let (seconds, report) = film(&four(), good.clone(), 120);
    assert_eq!(seconds.iter().map(|(all, _)| *all).max(), Some(8));
    assert!(seconds.iter().all(|(_, serve)| *serve >= 4), "{seconds:?}");
    assert_eq!((versions(&report), report.groups[0].total.failures()), (vec!["2"; 4], 0));

    let (_, report) = film(&four(), Release { version: bad(1.0, 1.0), ..good }, 120);
    assert_eq!(versions(&report), ["1"; 4]);
    let told = told(&report);
    assert!(told.rolled_back && told.verdict == Verdict::Failing, "{told:?}");
    // A hundred calls until there is a verdict, at a hundred calls a second and a look every second.
    let failed = report.groups[0].total.failures();
    assert!((100..400).contains(&failed), "{failed}");
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
fn a_bad_canary_hurts_only_its_share_and_is_taken_back() {
    let canary = Strategy::Canary(Canary { share: 0.1, copies: 1 });
    let (seconds, report) = film(&four(), Release { version: bad(0.5, 1.0), ..release_of(canary) }, 120);
    assert_eq!(versions(&report), ["1"; 4]);
    assert!(told(&report).rolled_back && told(&report).verdict == Verdict::Failing);
    assert!(seconds.iter().all(|(_, serve)| *serve >= 4), "{seconds:?}");
    // Half of the hundred calls it takes to judge it.
    let failed = report.groups[0].total.failures();
    assert!((25..100).contains(&failed), "{failed}");
}

#[test]
fn a_slow_version_is_seen_by_its_slowness() {
    let guard = Some(Guard::default());
    let release = Release { version: bad(0.0, 5.0), guard, ..release_of(Strategy::default()) };
    let (_, report) = film(&four(), release, 150);
    let told = told(&report);
    assert!(told.rolled_back && told.verdict == Verdict::Slow, "{told:?}");
    assert!(told.new.mean > told.old.mean * 3, "{told:?}");
    assert_eq!(versions(&report), ["1"; 4]);
}

#[test]
fn without_a_guard_a_bad_version_stays() {
    let (_, report) =
        film(&four(), Release { version: bad(0.3, 1.0), ..release_of(Strategy::default()) }, 120);
    assert_eq!(versions(&report), ["bad"; 4]);
    let total = report.groups[0].total;
    let share = total.failures() as f64 / total.issued as f64;
    assert!((0.15..0.35).contains(&share), "{share}");
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

/// Eight services, each with a version that is bad with a chance of 3 %, released at once.
fn eight(seed: u64, together: bool) -> Report {
    let names = ["a", "b", "c", "d", "e", "f", "h"];
    let calls = names.iter().map(|name| Step::Call(call(name))).collect();
    let mut functions = vec![("front", ms(1), calls)];
    functions.extend(names.iter().map(|name| (*name, ms(1), vec![])));
    let mut design = design(business_of(&functions), Layout::Microservice, 4, 4);
    design.scenario.seed = seed;
    (policies(&mut design).startup, policies(&mut design).health.interval) = (ms(100), ms(100));
    open(&mut design, 40.0);
    let version =
        Version { defect: Some(Defect { chance: 0.03, errors: 1.0, slowness: 1.0 }), ..Version::default() };
    let guard = Some(Guard { watch: secs(4), calls: 40, ..Guard::default() });
    let release = Release { version, guard, together, ..release_of(Strategy::BlueGreen) };
    design.scenario.releases.push(PlannedRelease { at: secs(1), release });
    report_at(&design, secs(20))
}

/// How many of the eight services have the new version in the end.
fn released(report: &Report) -> usize {
    let services = report.groups[0].services.iter();
    services.filter(|service| service.instances.iter().all(|instance| instance.version == "2")).count()
}

const TRAINS: u64 = if cfg!(debug_assertions) { 60 } else { 600 };

#[test]
fn release_coordinated_a_train_succeeds_only_if_all_of_it_do() {
    let good = (1..=TRAINS).filter(|seed| {
        let released = released(&eight(*seed, true));
        assert!(released == 0 || released == 8, "all or nothing, not {released}");
        released == 8
    });
    let share = good.count() as f64 / TRAINS as f64;
    let expected = 0.7837434;
    let wide = 3.89 * (expected * (1.0 - expected) / TRAINS as f64).sqrt();
    assert!((share - expected).abs() < wide, "{share} ± {wide}");
}

#[test]
fn services_released_by_themselves_fail_alone() {
    let released: usize = (1..=TRAINS / 3).map(|seed| released(&eight(seed, false))).sum();
    let all = (TRAINS / 3 * 8) as f64;
    let share = released as f64 / all;
    let wide = 3.89 * (0.97 * 0.03 / all).sqrt();
    assert!((share - 0.97).abs() < wide, "{share} ± {wide}");
}
