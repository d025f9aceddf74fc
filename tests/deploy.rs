//! What a person changes by hand of what a layout made, by actions over a whole session.

use archlab::action::parts::{ARRANGE_AGAIN, FEWER_COPIES, LAYOUT_FREE, MORE_COPIES};
use archlab::editor::scene::Part;
use archlab::session::Session;
use archlab_model::{Design, InstanceId, Layout, document};

fn shop(layout: &str) -> Session {
    let path = format!("{}/static/designs/shop-{layout}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the shop is there");
    Session::of(document::open(&text).expect("the shop is a design"))
}

fn copy(service: &'static str) -> Part {
    Part::Instance(InstanceId { group: "shop".into(), service: service.into(), number: 1 })
}

fn copies(session: &Session, service: &str) -> usize {
    session.frame().instances.iter().filter(|instance| instance.id.service.as_str() == service).count()
}

/// Takes every step back: the first design is there again.
fn undo_all(session: &mut Session, first: &Design) {
    while session.editor.steps().0 > 0 {
        session.edit(|editor| {
            editor.undo();
        });
    }
    assert_eq!(session.editor.design(), first);
}

#[test]
fn a_copy_more_of_a_microservice_and_the_layout_arranges_again() {
    let mut session = shop("microservice");
    let first = session.editor.design().clone();
    let group = [Part::Group("shop".into())];
    assert!(!ARRANGE_AGAIN.is_enabled_on(&session, &group));
    assert!(!FEWER_COPIES.is_enabled_on(&session, &[copy("cart")]), "it has a single one");
    MORE_COPIES.run_on(&mut session, &[copy("cart")]);
    assert_eq!((copies(&session, "cart"), session.editor.steps()), (2, (1, 0)));
    ARRANGE_AGAIN.run_on(&mut session, &group);
    assert_eq!((copies(&session, "cart"), session.editor.steps()), (1, (2, 0)));
    undo_all(&mut session, &first);
}

#[test]
fn in_a_cluster_a_copy_more_is_a_machine_more() {
    let mut session = shop("cluster");
    let first = session.editor.design().clone();
    MORE_COPIES.run_on(&mut session, &[copy("app")]);
    assert_eq!((session.editor.design().machines.len(), copies(&session, "app")), (4, 4));
    FEWER_COPIES.run_on(&mut session, &[copy("app")]);
    assert_eq!(copies(&session, "app"), 3);
    undo_all(&mut session, &first);
}

#[test]
fn a_group_that_becomes_free_runs_as_it_did() {
    for layout in ["cluster", "distributed", "microservice"] {
        let mut session = shop(layout);
        let first = session.editor.design().clone();
        let before = session.frame().instances.len();
        LAYOUT_FREE.run_on(&mut session, &[Part::Group("shop".into())]);
        assert_eq!(session.editor.design().groups[0].layout, Layout::Free);
        assert_eq!(session.frame().instances.len(), before, "{layout}");
        undo_all(&mut session, &first);
    }
}
