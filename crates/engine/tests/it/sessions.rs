//! Sessions: who finds theirs again, and what is lost when an instance dies.

use crate::common::*;

use archlab_engine::measure::report::SessionCounts;
use archlab_engine::{Fact, MessageKind, Outcome, Reason};
use archlab_model::*;

/// `machines` instances behind a balancer; 300 people who stay logged in, 100 requests a second.
fn shop(machines: usize, scheme: SessionScheme) -> Design {
    let mut business = one_function(Distribution::Constant(ms(1)));
    business.requests[0].session = true;
    let mut design = design(business, Layout::Cluster, machines, 64);
    policies(&mut design).sessions = Some(Sessions { scheme, ..Sessions::default() });
    open(&mut design, 100.0);
    design.clients[0].users = 300;
    design
}

fn counts(design: &Design, until: Span) -> SessionCounts {
    report_at(design, until).groups[0].sessions
}

#[test]
fn without_stickiness_a_request_finds_its_session_as_often_as_chance_has_it() {
    // session-nosticky-*: 1/n.
    for n in [2usize, 10] {
        let mut design = shop(n, SessionScheme::Local);
        policies(&mut design).balancing = Balancing::Random;
        design.clients[0].users = 20;
        let counts = counts(&design, secs(200));
        let asked = (counts.found + counts.logins_again) as f64;
        let (share, expected) = (counts.found as f64 / asked, 1.0 / n as f64);
        assert!((share - expected).abs() < 4.0 * (expected / asked).sqrt(), "{n}: {share}");
        assert_eq!((counts.logins, counts.lost_sessions), (20, counts.logins_again));
    }
}

#[test]
fn with_stickiness_alone_the_users_of_a_dead_instance_log_in_again_and_no_others() {
    // session-lost-*: 1/n.
    for n in [2usize, 3, 10] {
        let mut design = shop(n, SessionScheme::Sticky);
        fault(&mut design, secs(60), Fault::Crash(instance("app", 1)));
        let (simulation, facts) = play(&design, secs(59));
        assert_eq!(simulation.report().groups[0].sessions.logins_again, 0, "all find theirs");
        assert!(!facts.iter().any(|(_, fact)| matches!(fact, Fact::SessionMissing { .. })));
        let counts = counts(&design, secs(160));
        let share = counts.lost_sessions as f64 / 300.0;
        assert!((share - 1.0 / n as f64).abs() < 0.12, "{n}: {share}");
        assert_eq!(counts.logins_again, counts.lost_sessions, "each of them once");
    }
}

#[test]
fn with_copies_everywhere_an_instance_dies_and_nobody_logs_in_again() {
    for scheme in [SessionScheme::Replicated, SessionScheme::Backup] {
        let mut design = shop(4, scheme);
        design.network = Network::default();
        fault(&mut design, secs(60), Fault::Crash(instance("app", 1)));
        let (simulation, facts) = play(&design, secs(120));
        let counts = simulation.report().groups[0].sessions;
        assert_eq!((counts.lost_sessions, counts.logins_again, counts.lost_changes), (0, 0, 0), "{scheme:?}");
        let deltas =
            facts.iter().filter(|(_, fact)| matches!(fact, Fact::Sent { message: MessageKind::Copy, .. }));
        let asked = (counts.found + counts.logins) as f64;
        let each = deltas.count() as f64 / asked;
        let expected = if scheme == SessionScheme::Replicated { 2.0..=3.1 } else { 1.0..=1.3 };
        assert!(expected.contains(&each), "{scheme:?}: {each} messages for each request");
        assert_eq!(counts.fetched > 0, scheme == SessionScheme::Backup, "{scheme:?}");
    }
}

#[test]
fn a_change_on_its_way_when_its_instance_dies_may_be_known_later_and_one_not_sent_is_lost() {
    // Copies take a second: whoever changed their session within it loses that with the instance, until it arrives.
    let mut design = shop(2, SessionScheme::Replicated);
    design.network.local = secs(1);
    design.network.internet = Span::ZERO;
    fault(&mut design, secs(60), Fault::Crash(instance("app", 1)));
    let lost = |until| counts(&design, until).lost_changes;
    assert!(lost(ms(60_001)) > 10);
    assert_eq!(lost(secs(70)), 0);
}

#[test]
fn with_one_copy_two_deaths_at_once_lose_a_sixth_of_the_sessions_of_four_instances() {
    // session-backup-2fail-4.
    let (mut lost, mut all) = (0, 0);
    for seed in 1..=20 {
        let mut design = shop(4, SessionScheme::Backup);
        design.scenario.seed = seed;
        fault(&mut design, secs(30), Fault::Crash(instance("app", 1)));
        fault(&mut design, secs(30), Fault::Crash(instance("app", 2)));
        let counts = counts(&design, ms(30_001));
        (lost, all) = (lost + counts.lost_sessions, all + counts.logins);
    }
    let share = lost as f64 / all as f64;
    assert!((share - 1.0 / 6.0).abs() < 4.0 * (5.0 / 36.0 / all as f64).sqrt() + 0.01, "{share} of {all}");
}

#[test]
fn a_request_without_its_session_may_fail() {
    let mut design = shop(2, SessionScheme::Sticky);
    policies(&mut design).sessions.as_mut().unwrap().missing = MissingSession::Fail;
    fault(&mut design, secs(60), Fault::Crash(instance("app", 1)));
    let report = report_at(&design, secs(160));
    let failed = report.groups[0].total.failed[Reason::SessionLost.index()];
    assert_eq!(failed, report.groups[0].sessions.logins_again);
    assert!(failed > 100);
}

#[test]
fn in_a_shared_store_sessions_outlive_instances_and_not_the_store() {
    let mut design = shop(2, SessionScheme::SharedStore);
    policies(&mut design).startup = secs(1);
    let storage = Storage { durability: Durability::Memory, ..Storage::default() };
    policies(&mut design).sessions.as_mut().unwrap().storage = Some(storage);
    fault(&mut design, secs(60), Fault::Crash(instance("app", 1)));
    let before = counts(&design, secs(89));
    assert_eq!((before.lost_sessions, before.logins_again), (0, 0));
    let crash = Fault::StoreCrash("g/sessions".parse().unwrap());
    let repair = crash.repair().unwrap();
    fault(&mut design, secs(90), crash);
    fault(&mut design, secs(94), repair);
    let (simulation, facts) = play(&design, secs(200));
    let counts = simulation.report().groups[0].sessions;
    assert_eq!((counts.lost_sessions, counts.logins_again), (300, 300));
    // While it is down nobody is recognised.
    let down = ends(&facts).into_iter().filter(|(end, _)| (90.1..95.0).contains(end));
    assert!(down.into_iter().all(|(_, outcome)| outcome == Outcome::Failed(Reason::Refused)));
}

#[test]
fn a_token_needs_no_server() {
    let mut design = shop(2, SessionScheme::Token);
    let report = report_at(&design, secs(50));
    let mean = report.groups[0].latency.mean.as_secs_f64();
    assert!((mean - 0.001_05).abs() < 1e-5, "verifying takes 50 µs: {mean}");
    assert!(report.groups[0].stores.is_empty());
    fault(&mut design, secs(20), Fault::Crash(instance("app", 1)));
    let counts = counts(&design, secs(50));
    assert!(counts.found > 4_000 && counts.logins <= 300, "{counts:?}");
    assert_eq!((counts.lost_sessions, counts.lost_changes, counts.logins_again), (0, 0, 0));
}

#[test]
fn a_token_is_as_old_as_the_clocks_of_two_machines_say() {
    // Tokens last half an hour. A machine whose clock is 31 minutes ahead finds expired what the other has just
    // written; one that is 5 minutes ahead does not.
    let logins = |ahead: &str| {
        let mut design = shop(2, SessionScheme::Token);
        policies(&mut design).balancing = Balancing::Random;
        design.clients[0].users = 20;
        fault(&mut design, secs(1), format!("skew:m1:+{ahead}").parse().expect("a fault"));
        counts(&design, secs(100))
    };
    let (right, wrong) = (logins("300s"), logins("1860s"));
    assert_eq!(right.logins, 20, "everybody once");
    let asked = (wrong.found + wrong.logins) as f64;
    let share = wrong.logins as f64 / asked;
    // One request in two comes to the fast machine, and half of those bring a token of the other.
    assert!((share - 0.25).abs() < 0.02, "{share} of {asked}");
}
