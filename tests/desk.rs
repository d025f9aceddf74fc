//! What lies open beside the canvas, and a business that is changed while it runs.

use archlab::action::desk::{BUSINESS, PROBLEMS};
use archlab::desk::{Topic, show_part};
use archlab::editor::scene::Part;
use archlab::session::Session;
use archlab_model::rework::{self, Way};
use archlab_model::validate::{self, examine, mend};
use archlab_model::{CallKind, Point, document};

fn shop(layout: &str) -> Session {
    let path = format!("{}/static/designs/shop-{layout}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    Session::of(document::open(&text).unwrap_or_else(|error| panic!("{path}: {error}")))
}

/// Lets so many seconds pass, at the run's own pace.
fn pass(session: &mut Session, seconds: u32) {
    for _ in 0..seconds * 10 {
        session.tick(100.0, f64::INFINITY, &|| 0.0);
    }
    session.refresh();
}

#[test]
fn a_key_opens_the_business_and_closes_it() {
    let mut session = shop("cluster");
    BUSINESS.run(&mut session);
    assert_eq!(session.desk.business, Some(Topic::Kind("home".into())));
    BUSINESS.run(&mut session);
    assert_eq!(session.desk.business, None);
    PROBLEMS.run(&mut session);
    assert!(session.desk.problems);
}

#[test]
fn what_is_shown_and_taken_back_makes_way_for_what_is_there() {
    let mut session = shop("cluster");
    let design = session.editor.design();
    let (id, command) = rework::add_function(design, "Invoice", None).expect("a function");
    session.perform(command);
    session.desk.show_fresh(Topic::Function(id));
    session.edit(|editor| {
        editor.undo();
    });
    let topic = session.desk.business.clone().expect("it is open");
    assert_eq!(topic.or_first(&session.editor.design().business), Topic::Kind("home".into()));
}

#[test]
fn a_changed_business_is_taken_on_by_the_run_in_every_architecture() {
    for layout in ["cluster", "distributed", "microservice"] {
        let mut session = shop(layout);
        session.toggle_play();
        pass(&mut session, 3);
        let before = session.report().groups[0].total.succeeded;
        assert!(before > 0, "{layout}: it runs");
        let design = session.editor.design();
        let caller = "product-page".into();
        let (id, command) = rework::add_function(design, "Reviews", Some(&caller)).expect("a function");
        session.perform(command);
        let last = session.editor.design().business.functions[&caller].steps.len() - 1;
        let by = Way::Direct(Some(CallKind::Rest));
        let command = rework::set_way(session.editor.design(), &caller, (last, 0), by).expect("another way");
        session.perform(command);
        if layout == "distributed" {
            // A module of its own has no machine; it joins another one.
            let home = rework::Home::In("catalog".into());
            let command = rework::set_module(session.editor.design(), &id, &home).expect("another home");
            session.perform(command);
        }
        pass(&mut session, 5);
        let total = session.report().groups[0].total;
        assert!(total.succeeded > before + 400, "{layout}: it goes on");
        let runs = session.frame().instances.iter().any(|instance| instance.id.service.as_str() == "reviews");
        assert_eq!(runs, layout == "microservice", "{layout}: who runs it");
        session.edit(|editor| {
            editor.undo();
        });
        pass(&mut session, 1);
    }
}

#[test]
fn a_problem_leads_to_its_part_and_brings_it_into_view() {
    let mut session = shop("cluster");
    session.editor.view = archlab::editor::geometry::Rect::new(0.0, 0.0, 800.0, 500.0);
    session.editor.camera.offset = Point::new(-9_000.0, 4_000.0);
    show_part(&mut session, &validate::Part::Machine("machine-2".into()));
    assert_eq!(session.editor.selection.single(), Some(&Part::Machine("machine-2".into())));
    let area = session.editor.scene().boxes[&Part::Machine("machine-2".into())];
    let seen = session.editor.camera.to_screen(area.centre());
    assert!((0.0..800.0).contains(&seen.x) && (0.0..500.0).contains(&seen.y), "{seen:?}");
    let camera = session.editor.camera;
    show_part(&mut session, &validate::Part::Machine("machine-2".into()));
    assert_eq!(session.editor.camera, camera, "what is seen already does not move");
    session.desk.problems = true;
    show_part(&mut session, &validate::Part::Function("email".into()));
    assert_eq!(session.desk.business, Some(Topic::Function("email".into())));
    assert!(!session.desk.problems);
}

#[test]
fn mending_everything_leaves_nothing_and_undo_leaves_the_first_design() {
    for layout in ["cluster", "distributed", "microservice"] {
        let mut session = shop(layout);
        let first = session.save();
        let mut steps = 0;
        while let Some(command) = {
            let design = session.editor.design();
            examine(design).iter().find_map(|problem| mend(design, problem))
        } {
            session.perform(command);
            steps += 1;
            assert!(steps < 20, "{layout}: mending ends");
        }
        assert_eq!(examine(session.editor.design()), [], "{layout}");
        assert_eq!(session.editor.steps().0, steps, "each is one step");
        for _ in 0..steps {
            session.edit(|editor| {
                editor.undo();
            });
        }
        assert_eq!(session.save(), first, "{layout}");
    }
}
