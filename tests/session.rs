//! A whole session under a clock of the test's own: editing, playing, breaking and mending the shop.

use std::collections::BTreeSet;

use archlab::action::{edit, parts, run};
use archlab::editor::input::{Input, Piece};
use archlab::editor::scene::Part;
use archlab::playback::{MAX_SPEED, MIN_SPEED};
use archlab::session::Session;
use archlab_engine::frame::InstanceFrame;
use archlab_engine::measure::report::{GroupReport, Tally};
use archlab_engine::{Belief, Episode, Life, Simulation};
use archlab_model::{
    Design, Fault, FunctionId, GroupId, KindId, Layout, MachineId, Point, SimTime, Span, document, layout,
};

const SHOP: &str = include_str!("../static/designs/shop-cluster.json");
/// Wall time of a frame, in milliseconds.
const FRAME_MS: f64 = 50.0;

fn design(layout: Layout) -> Design {
    let mut design = document::open(SHOP).expect("the shop opens");
    design.groups[0].layout = layout;
    design
}

/// A session of the shop that plays.
fn playing(layout: Layout) -> Session {
    let mut session = Session::of(design(layout));
    session.toggle_play();
    session
}

fn group() -> GroupId {
    GroupId::from("shop")
}

fn machine(number: u32) -> MachineId {
    format!("machine-{number}").parse().expect("a name without anything odd in it")
}

/// Lets so many simulated seconds pass, frame by frame, and looks after each whether the books balance.
fn play(session: &mut Session, seconds: f64) {
    let until = session.now() + Span::from_secs_f64(seconds);
    while session.now() < until {
        session.tick(FRAME_MS, 1e9, &|| 0.0);
        session.refresh();
        assert_balanced(session);
    }
}

/// No request appears or disappears unnoticed.
fn assert_balanced(session: &Session) {
    for of in &session.report().groups {
        let ended = |tally: &Tally| tally.succeeded + tally.failures() + tally.in_flight;
        assert_eq!(of.total.issued, ended(&of.total), "of {} at {:?}", of.group, session.now());
        let kinds: u64 = of.kinds.iter().map(|(_, tally)| tally.issued).sum();
        assert_eq!(kinds, of.total.issued, "the kinds add up");
        assert!(of.kinds.iter().all(|(_, tally)| tally.issued == ended(tally)));
    }
}

fn report(session: &Session) -> &GroupReport {
    &session.report().groups[0]
}

/// The only fault so far, as it is told.
fn episode(session: &Session) -> &Episode {
    let [episode] = report(session).episodes.as_slice() else { panic!("there is one episode") };
    episode
}

/// Seconds from the fault until `then`.
fn after(session: &Session, then: Option<SimTime>) -> f64 {
    then.expect("it happened").since(episode(session).at).as_secs_f64()
}

/// What happened to each kind of request while `seconds` passed: how many succeeded, how many failed.
fn outcomes(session: &mut Session, seconds: f64) -> Vec<(KindId, u64, u64)> {
    let before = report(session).kinds.clone();
    play(session, seconds);
    let kinds = report(session).kinds.iter().zip(before);
    let since =
        |now: &Tally, then: &Tally| (now.succeeded - then.succeeded, now.failures() - then.failures());
    kinds
        .map(|((kind, now), (_, then))| {
            let (succeeded, failed) = since(now, &then);
            (kind.clone(), succeeded, failed)
        })
        .collect()
}

fn on_machine(session: &Session, number: u32) -> Vec<&InstanceFrame> {
    let here = machine(number);
    session.frame().instances.iter().filter(|instance| instance.machine == here).collect()
}

/// The kinds of request that can't be answered without what runs on a machine.
fn kinds_that_need(design: &Design, number: u32) -> BTreeSet<KindId> {
    let business = &design.business;
    let (id, of) = design.groups.get_index(0).expect("there is a group");
    let deployment = layout::deploy(design, id, of);
    let gone = |function: &FunctionId| {
        let service = deployment.service_of(function).expect("each function lives somewhere");
        service.instances.iter().all(|instance| instance.machine == machine(number))
    };
    let reached = |entry: &FunctionId| {
        let mut seen = BTreeSet::new();
        let mut ahead = vec![entry.clone()];
        while let Some(function) = ahead.pop() {
            let steps = business.functions[&function].steps.iter();
            let calls = steps.flat_map(|step| step.calls()).filter(|call| !call.soft);
            ahead.extend(calls.map(|call| call.to.clone()).filter(|to| !seen.contains(to)));
            seen.insert(function);
        }
        seen
    };
    let kinds = business.requests.iter();
    let needing = kinds.filter(|(_, kind)| reached(&kind.entry).iter().any(gone));
    needing.map(|(id, _)| id.clone()).collect()
}

#[test]
fn a_frame_moves_the_run_as_far_as_the_clock_and_the_speed_say() {
    for speed in [MIN_SPEED, 0.3, 1.0, 7.5, MAX_SPEED] {
        let mut session = playing(Layout::Cluster);
        session.playback.speed = speed;
        for _ in 0..10 {
            session.tick(16.7, 1e9, &|| 0.0);
        }
        let (now, expected) = (session.now().as_secs_f64(), 0.167 * speed);
        assert!((now - expected).abs() < 1e-6 * expected, "{now} s at speed {speed}");
        assert_eq!(session.playback.reached, 1.0);
    }
}

#[test]
fn a_paused_run_stands_still() {
    let mut session = Session::of(design(Layout::Cluster));
    session.tick(FRAME_MS, 1e9, &|| 0.0);
    assert_eq!(session.now(), SimTime::START);
    session.toggle_play();
    play(&mut session, 1.0);
    session.toggle_play();
    let before = session.now();
    session.tick(FRAME_MS, 1e9, &|| 0.0);
    assert_eq!(session.now(), before);
}

#[test]
fn after_a_sleep_of_the_page_the_run_goes_on_and_does_not_leap() {
    let mut session = playing(Layout::Cluster);
    session.tick(3_600_000.0, 1e9, &|| 0.0);
    assert!(session.now().as_secs_f64() <= 0.1);
}

#[test]
fn a_slow_computer_runs_slower_says_so_and_loses_nothing() {
    let mut session = playing(Layout::Cluster);
    session.playback.speed = MAX_SPEED;
    // Any look at the clock finds the frame's time used up.
    for _ in 0..40 {
        session.tick(FRAME_MS, 8.0, &|| 8.0);
    }
    session.refresh();
    let asked = 40.0 * FRAME_MS / 1e3 * MAX_SPEED;
    assert!(session.now().as_secs_f64() < asked / 2.0, "a frame takes what it may, not what it wants");
    assert!(session.playback.reached < 0.8, "{}", session.playback.reached);
    assert_balanced(&session);

    let mut unhurried = Simulation::new(session.editor.design());
    unhurried.run_for(SimTime::NEVER, session.report().events);
    assert_eq!(&unhurried.report(), session.report(), "the same run, only slower");

    session.playback.speed = 1.0;
    play(&mut session, 5.0);
    assert!(session.playback.reached > 0.99, "it keeps up again");
}

#[test]
fn the_speed_keys_stay_within_bounds() {
    let mut session = playing(Layout::Cluster);
    for (action, bound) in [(&run::FASTER, MAX_SPEED), (&run::SLOWER, MIN_SPEED)] {
        for _ in 0..30 {
            action.run(&mut session);
        }
        assert_eq!(session.playback.speed, bound);
        assert!(!action.is_enabled(&session));
    }
}

#[test]
fn a_step_goes_to_the_next_event_and_pauses() {
    let mut session = playing(Layout::Cluster);
    play(&mut session, 1.0);
    let mut last = (session.now(), session.report().events);
    for steps in 1..=50 {
        session.step();
        assert!(!session.playback.is_playing());
        assert_eq!(session.steps(), steps);
        let now = (session.now(), session.report().events);
        assert!(now.0 >= last.0 && now.1 > last.1, "something happened: {last:?}, {now:?}");
        last = now;
        assert_balanced(&session);
    }
    let seconds = last.0.as_secs_f64();
    assert!(seconds < 1.2, "fifty events of this traffic are a moment: {seconds} s");
}

#[test]
fn stepping_and_playing_are_the_same_run() {
    let mut stepped = Session::of(design(Layout::Cluster));
    for _ in 0..2_000 {
        stepped.step();
    }
    let mut played = Simulation::new(stepped.editor.design());
    played.run_for(SimTime::NEVER, stepped.report().events);
    assert_eq!(&played.report(), stepped.report());
}

#[test]
fn looking_at_a_run_does_not_change_it() {
    let (mut watched, mut alone) = (playing(Layout::Microservice), playing(Layout::Microservice));
    for _ in 0..60 {
        watched.tick(FRAME_MS, 1e9, &|| 0.0);
        watched.refresh();
        watched.series(&group());
        watched.take_flights(&mut Vec::new());
        alone.tick(FRAME_MS, 1e9, &|| 0.0);
    }
    alone.refresh();
    assert_eq!(watched.report(), alone.report());
}

#[test]
fn a_cluster_loses_a_machine_and_the_others_take_over_once_it_is_noticed() {
    let mut session = playing(Layout::Cluster);
    play(&mut session, 10.0);
    assert_eq!(report(&session).total.failures(), 0, "all is well before");
    session.inflict(Fault::PowerOff(machine(2)));
    play(&mut session, 13.0);

    let noticed = after(&session, episode(&session).detected);
    assert!((10.0..=12.0).contains(&noticed), "a silent machine is noticed in 10 to 12 s, not {noticed}");
    assert!(after(&session, episode(&session).recovered) >= noticed);
    let hurt = episode(&session).failed.iter().sum::<u64>();
    let issued = report(&session).total.issued;
    assert!(hurt > 0, "what was being worked on there is lost");
    assert!(hurt * 100 < issued, "{hurt} of {issued} failed");
    assert!(episode(&session).retried > 10 * hurt, "the rest was tried again elsewhere");
    let on_badge: u64 = session.failed_since_fault(&machine(2)).iter().sum();
    assert!(on_badge > 0, "the card shows what failed there");

    let retries = report(&session).retries;
    for (kind, _, failed) in outcomes(&mut session, 10.0) {
        assert_eq!(failed, 0, "{kind} fails although the machine is out");
    }
    assert_eq!(report(&session).retries, retries, "nobody asks the dead machine any more");

    session.inflict(Fault::PowerOn(machine(2)));
    let starting = |life: Life| matches!(life, Life::Starting { .. });
    assert!(on_machine(&session, 2).iter().all(|instance| starting(instance.life)), "it starts cold");
    let finished = on_machine(&session, 2)[0].finished;
    play(&mut session, 15.0);
    let back = on_machine(&session, 2)[0];
    assert!(matches!((back.life, back.belief), (Life::Up, Belief::Up { .. })), "{back:?}");
    assert!(back.finished > finished, "and works again");
}

#[test]
fn a_crashed_process_is_noticed_sooner_than_a_silent_machine() {
    let mut session = playing(Layout::Cluster);
    play(&mut session, 6.0);
    let victim = on_machine(&session, 2)[0].id.clone();
    session.inflict(Fault::Crash(victim.clone()));
    play(&mut session, 8.0);
    let noticed = after(&session, episode(&session).detected);
    assert!((4.0..=6.0).contains(&noticed), "a refused check is noticed in 4 to 6 s, not {noticed}");
    let hurt = episode(&session).failed.iter().sum::<u64>();
    assert!(hurt <= 40, "only what it worked on when it died, not {hurt}");

    let crashed = [Part::Instance(victim)];
    assert!(parts::START_AGAIN.is_enabled_on(&session, &crashed));
    parts::START_AGAIN.run_on(&mut session, &crashed);
    play(&mut session, 12.0);
    let back = on_machine(&session, 2)[0];
    assert!(matches!((back.life, back.belief), (Life::Up, Belief::Up { .. })), "{back:?}");
}

#[test]
fn a_distributed_group_lacks_the_part_that_died_until_it_comes_back() {
    for number in [2, 3] {
        let mut session = playing(Layout::Distributed);
        let needing = kinds_that_need(session.editor.design(), number);
        assert!(!needing.is_empty());
        play(&mut session, 6.0);
        session.inflict(Fault::PowerOff(machine(number)));
        // Until it is noticed, and those who waited for it have gone.
        play(&mut session, 20.0);
        assert!(episode(&session).detected.is_some());
        for (kind, succeeded, failed) in outcomes(&mut session, 10.0) {
            if needing.contains(&kind) {
                assert_eq!(succeeded, 0, "{kind} needs machine {number}");
                assert!(failed > 0, "{kind} needs machine {number}");
            } else {
                assert_eq!(failed, 0, "{kind} does not need machine {number}");
                assert!(succeeded > 0, "{kind} does not need machine {number}");
            }
        }
        assert_eq!(episode(&session).recovered, None, "nobody takes over");
        assert_eq!(episode(&session).placed_again, None, "nothing is placed again");

        session.inflict(Fault::PowerOn(machine(number)));
        play(&mut session, 12.0);
        assert!(episode(&session).repaired.is_some() && episode(&session).recovered.is_some());
        for (kind, succeeded, failed) in outcomes(&mut session, 5.0) {
            assert!(failed == 0 && succeeded > 0, "{kind} is whole again: {succeeded}, {failed}");
        }
    }
}

#[test]
fn the_shop_has_requests_that_do_without_its_third_machine() {
    let design = design(Layout::Distributed);
    let needing = kinds_that_need(&design, 3);
    assert!(needing.len() < design.business.requests.len(), "else there is nothing to see: {needing:?}");
}

#[test]
fn microservices_of_a_dead_machine_are_started_again_elsewhere() {
    let mut session = playing(Layout::Microservice);
    play(&mut session, 6.0);
    let lost: Vec<_> = on_machine(&session, 2).iter().map(|instance| instance.id.clone()).collect();
    assert!(lost.len() > 1, "several services live there");
    session.inflict(Fault::PowerOff(machine(2)));
    play(&mut session, 25.0);

    assert_eq!(episode(&session).instances.len(), lost.len());
    let placed = after(&session, episode(&session).placed_again);
    assert!((9.9..=10.5).contains(&placed), "the platform acts after 10 s, not {placed}");
    let recovered = after(&session, episode(&session).recovered);
    assert!(recovered > placed + 3.0, "a service takes 3 s to start: {recovered}");
    assert_eq!(on_machine(&session, 2).len(), 0, "nothing is left on the dead machine");
    for id in &lost {
        let instance = session.frame().instances.iter().find(|instance| instance.id == *id);
        let instance = instance.expect("it goes by the same name");
        assert_eq!(instance.life, Life::Up, "{id}");
        let host = Part::Machine(instance.machine.clone());
        assert_eq!(session.editor.scene().host(id).cloned().map(Part::Machine), Some(host), "shown there");
    }
    for (kind, succeeded, failed) in outcomes(&mut session, 5.0) {
        assert!(failed == 0 && succeeded > 0, "{kind} is whole again: {succeeded}, {failed}");
    }
}

#[test]
fn a_machine_added_during_a_run_starts_cold_and_joins_once_it_is_healthy() {
    let mut session = playing(Layout::Cluster);
    play(&mut session, 5.0);
    let issued = report(&session).total.issued;
    parts::add(&mut session, Piece::Machine, Some(group()));
    assert_eq!(report(&session).total.issued, issued, "the run goes on, it does not begin anew");
    let new = |session: &Session| on_machine(session, 4)[0].clone();
    assert!(matches!(new(&session).life, Life::Starting { .. }), "{:?}", new(&session));
    assert!(matches!(new(&session).belief, Belief::Down { .. }), "nobody believes in it yet");

    play(&mut session, 2.5);
    assert!(matches!(new(&session).life, Life::Starting { .. }));
    play(&mut session, 0.7);
    assert_eq!(new(&session).life, Life::Up);
    assert_eq!(new(&session).finished, 0, "up, but not yet in the pool");
    play(&mut session, 8.0);
    assert!(matches!(new(&session).belief, Belief::Up { .. }), "{:?}", new(&session));
    assert!(new(&session).finished > 100, "it has its share");
    assert_eq!(report(&session).total.failures(), 0, "no client noticed");
}

#[test]
fn a_machine_removed_during_a_run_costs_nobody_a_request() {
    for layout in [Layout::Cluster, Layout::Microservice] {
        let mut session = playing(layout);
        play(&mut session, 5.0);
        session.editor.selection = Part::Machine(machine(2)).into();
        edit::DELETE.run(&mut session);
        play(&mut session, 8.0);
        let left = on_machine(&session, 2);
        assert!(left.is_empty(), "{layout:?} still has {left:?}");
        assert_eq!(report(&session).total.failures(), 0, "{layout:?}");
        edit::UNDO.run(&mut session);
        play(&mut session, 10.0);
        assert_eq!(report(&session).total.failures(), 0, "{layout:?}");
        assert!(!on_machine(&session, 2).is_empty(), "it is back");
    }
}

#[test]
fn a_dead_machine_that_is_taken_away_leaves_the_others_at_work() {
    let mut session = playing(Layout::Cluster);
    play(&mut session, 3.0);
    session.inflict(Fault::PowerOff(machine(2)));
    play(&mut session, 20.0);
    let failures = report(&session).total.failures();
    session.editor.selection = Part::Machine(machine(2)).into();
    edit::DELETE.run(&mut session);
    for number in [1, 3] {
        let here = on_machine(&session, number);
        assert!(here.iter().any(|instance| instance.life == Life::Up), "machine {number}: {here:?}");
    }
    play(&mut session, 5.0);
    assert_eq!(report(&session).total.failures(), failures);
}

#[test]
fn a_switch_of_layout_during_a_run_loses_no_request() {
    let mut session = playing(Layout::Cluster);
    for layout in [Layout::Distributed, Layout::Microservice, Layout::Cluster] {
        play(&mut session, 3.0);
        let issued = report(&session).total.issued;
        session.edit(|editor| editor.set_layout(&group(), layout));
        assert_balanced(&session);
        assert_eq!(report(&session).total.issued, issued);
    }
    play(&mut session, 6.0);
    let total = report(&session).total;
    assert_eq!(total.failures(), 0);
    assert!(total.in_flight < 50 && total.succeeded > 2_000, "{total:?}");
}

#[test]
fn microservices_on_a_machine_that_was_dead_before_are_placed_elsewhere_too() {
    let mut session = playing(Layout::Cluster);
    play(&mut session, 3.0);
    session.inflict(Fault::PowerOff(machine(2)));
    play(&mut session, 15.0);
    session.edit(|editor| editor.set_layout(&group(), Layout::Microservice));
    play(&mut session, 25.0);
    assert!(on_machine(&session, 2).is_empty());
    for (kind, _, failed) in outcomes(&mut session, 5.0) {
        assert_eq!(failed, 0, "{kind}");
    }
}

#[test]
fn a_group_beside_it_gets_the_same_requests() {
    let mut session = playing(Layout::Cluster);
    session.edit(|editor| editor.compare(&group(), Layout::Distributed));
    play(&mut session, 5.0);
    let [here, there] = session.report().groups.as_slice() else { panic!("there are two groups") };
    let issued = |of: &GroupReport| -> Vec<u64> { of.kinds.iter().map(|(_, tally)| tally.issued).collect() };
    assert_eq!(issued(here), issued(there), "the same arrivals, kind by kind");
}

#[test]
fn faults_scribbled_at_random_keep_the_books_balanced() {
    for layout in Layout::ALL {
        let mut session = playing(layout);
        let mut random = 7_u32;
        let mut below = |limit: u32| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 16) % limit
        };
        for _ in 0..40 {
            play(&mut session, f64::from(below(10)) * 0.1);
            let id = machine(1 + below(4));
            let instance = on_machine(&session, 1 + below(3)).first().map(|instance| instance.id.clone());
            match below(9) {
                0..=1 => session.inflict(Fault::PowerOff(id)),
                2..=3 => session.inflict(Fault::PowerOn(id)),
                4 => instance.into_iter().for_each(|instance| session.inflict(Fault::Crash(instance))),
                5 => instance.into_iter().for_each(|instance| session.inflict(Fault::Restart(instance))),
                6 => parts::add(&mut session, Piece::Machine, Some(group())),
                7 => session.edit(|editor| editor.set_layout(&group(), Layout::ALL[below(3) as usize])),
                _ => edit::UNDO.run(&mut session),
            }
            assert_balanced(&session);
        }
    }
}

#[test]
fn a_wrong_document_changes_nothing_and_the_reason_names_the_place() {
    let mut session = playing(Layout::Cluster);
    play(&mut session, 2.0);
    let before = (session.save(), session.report().clone(), session.editor.steps(), session.opened());
    let cases = [
        ("", "Line 1"),
        ("{ \"archlab\": 1,\n  \"machines\": }", "Line 2"),
        ("[]", "not a design"),
        ("{}", "which version"),
        (r#"{ "archlab": 99 }"#, "version 99"),
        (r#"{ "archlab": 1, "machines": { "m": { "cores": "four" } } }"#, "machines.m.cores"),
        (r#"{ "archlab": 1, "machines": { "m": { "cores": 100000000 } } }"#, "machines.m.cores"),
        (r#"{ "archlab": 1, "surprise": 1 }"#, "surprise"),
    ];
    for (text, place) in cases {
        let said = session.open(text, "other").expect_err("it is wrong").to_string();
        assert!(said.contains(place), "“{said}” does not say “{place}”");
        let now = (session.save(), session.report().clone(), session.editor.steps(), session.opened());
        assert!(now == before, "{text} changed something");
    }
    play(&mut session, 1.0);
}

#[test]
fn what_is_saved_opened_and_saved_again_is_the_same_text() {
    for layout in Layout::ALL {
        let mut session = Session::of(design(layout));
        parts::add(&mut session, Piece::Machine, Some(group()));
        parts::add(&mut session, Piece::Group, None);
        session.edit(|editor| editor.compare(&group(), Layout::Distributed));
        parts::TAKE_OUT.run_on(&mut session, &[Part::Machine(machine(2))]);
        let saved = session.save();
        let mut other = playing(Layout::Cluster);
        play(&mut other, 1.0);
        other.open(&saved, "other").expect("what we save, we open");
        assert_eq!(other.save(), saved);
        assert_eq!(other.now(), SimTime::START, "another document, another run");
        assert_eq!(other.editor.steps(), (1, 0));
        assert_eq!(other.editor.document(), "other");
        play(&mut other, 1.0);
        edit::UNDO.run(&mut other);
        assert_eq!(other.save(), document::save(&design(Layout::Cluster)), "undo brings back what was open");
        assert_eq!((other.editor.document(), other.now()), ("", SimTime::START));
        edit::REDO.run(&mut other);
        assert_eq!(other.save(), saved);
        assert!(other.playback.is_playing(), "it goes on playing");
    }
}

#[test]
fn the_list_of_steps_leads_over_an_opened_design_as_undo_does() {
    let mut session = playing(Layout::Cluster);
    parts::add(&mut session, Piece::Machine, Some(group()));
    let first = session.save();
    session.open(&document::save(&design(Layout::Microservice)), "other").expect("it opens");
    let second = session.save();
    parts::add(&mut session, Piece::Machine, Some(group()));
    play(&mut session, 1.0);
    for (depth, text, name) in [(1, &first, ""), (2, &second, "other"), (1, &first, "")] {
        session.edit(|editor| editor.go_to_step(depth));
        assert_eq!((&session.save(), session.editor.document()), (text, name));
        assert_eq!(session.now(), SimTime::START, "another document, another run");
        play(&mut session, 1.0);
    }
}

#[test]
fn start_over_begins_the_same_run_anew() {
    let mut session = playing(Layout::Cluster);
    play(&mut session, 4.0);
    let first = session.report().clone();
    session.inflict(Fault::PowerOff(machine(2)));
    play(&mut session, 2.0);

    session.restart();
    assert_eq!(session.now(), SimTime::START);
    assert_eq!((report(&session).total.issued, report(&session).episodes.len()), (0, 0));
    assert!(session.frame().machines.iter().all(|machine| machine.on), "nothing is broken");
    assert_eq!(session.failed_since_fault(&machine(2)).iter().sum::<u64>(), 0);
    assert!(session.playback.is_playing());
    play(&mut session, 4.0);
    assert_eq!(session.report(), &first, "the same value, the same run");
}

#[test]
fn a_design_edited_before_the_run_starts_warm() {
    let mut session = Session::of(design(Layout::Cluster));
    parts::add(&mut session, Piece::Machine, Some(group()));
    assert_eq!(on_machine(&session, 4)[0].life, Life::Up);
}

#[test]
fn an_empty_design_plays_and_takes_its_first_group_and_machine() {
    let mut session = Session::of(Design::default());
    session.toggle_play();
    play(&mut session, 1.0);
    session.on(Input::Pick(Piece::Group));
    session.on(Input::Release(Point::new(200.0, 200.0)));
    session.on(Input::Pick(Piece::Machine));
    session.on(Input::Put(None));
    play(&mut session, 1.0);
    assert_eq!(session.editor.design().groups[0].machines().count(), 1);
    assert!(session.shown_group().is_some());
}
