//! Pieces of the palette, placed by hand: each does what it says, and is one step.

use archlab::action::parts;
use archlab::editor::DropEffect;
use archlab::editor::input::{Input, Piece};
use archlab::editor::scene::Part;
use archlab::session::Session;
use archlab_model::{Layout, Load, Point, Replication, document};

const SHOP: &str = include_str!("../static/designs/shop-cluster.json");

fn session() -> Session {
    Session::of(document::open(SHOP).expect("the shop opens"))
}

/// A point of the stage in the first group's heading.
fn in_group(session: &Session) -> Point {
    let editor = &session.editor;
    let group = editor.design().groups.keys().next().expect("there is a group").clone();
    let place = editor.scene().boxes[&Part::Group(group)];
    editor.camera.to_screen(Point::new(place.x + 30.0, place.y + 12.0))
}

fn drag(session: &mut Session, piece: Piece, at: Point) -> Option<DropEffect> {
    session.on(Input::Pick(piece));
    session.on(Input::Move(at));
    let effect = session.editor.drop_effect();
    session.on(Input::Release(at));
    effect
}

#[test]
fn machines_come_in_sizes() {
    for (piece, cores) in [(Piece::SmallMachine, 2), (Piece::Machine, 4), (Piece::LargeMachine, 16)] {
        let mut session = session();
        let at = in_group(&session);
        assert!(matches!(drag(&mut session, piece, at), Some(DropEffect::Replica { number: 4, .. })));
        let (_, machine) = session.editor.design().machines.last().expect("it is there");
        assert_eq!(machine.cores, cores);
        assert_eq!(session.editor.steps(), (1, 0));
    }
}

#[test]
fn groups_come_with_their_layouts() {
    let pieces = [Piece::Group, Piece::DistributedGroup, Piece::MicroserviceGroup, Piece::FreeGroup];
    for (piece, layout) in pieces.into_iter().zip(Layout::ALL) {
        let mut session = session();
        parts::add(&mut session, piece, None);
        assert_eq!(session.editor.design().groups.last().expect("it is there").1.layout, layout);
    }
}

#[test]
fn a_group_gets_a_store_once() {
    for piece in [Piece::ReplicatedDatabase, Piece::ShardedDatabase, Piece::CacheStore] {
        let mut session = session();
        let before = session.save();
        let at = in_group(&session);
        assert!(matches!(drag(&mut session, piece, at), Some(DropEffect::Gets { .. })), "{piece:?}");
        let after = session.save();
        assert_ne!(after, before);
        assert!(document::open(&after).is_ok(), "{piece:?} makes a document that opens");
        let at = in_group(&session);
        assert!(matches!(drag(&mut session, piece, at), Some(DropEffect::HasIt { .. })), "{piece:?}");
        assert_eq!((session.editor.steps(), session.save()), ((1, 0), after), "a second one changes nothing");
        session.edit(|editor| {
            editor.undo();
        });
        assert_eq!(session.save(), before);
    }
}

#[test]
fn replicas_follow_a_primary() {
    let mut session = session();
    parts::add(&mut session, Piece::ReplicatedDatabase, None);
    let design = session.editor.design();
    let (_, group) = design.groups.first().expect("there is a group");
    assert!(matches!(group.policies.storage.replication, Replication::Primary(_)));
}

#[test]
fn each_kind_of_data_can_have_a_database_of_its_own() {
    let mut session = session();
    let kinds = session.editor.design().business.data.len();
    let own = |session: &Session| session.editor.design().business.stores.len();
    let free =
        kinds - session.editor.design().business.stores.values().map(|store| store.data.len()).sum::<usize>();
    let before = own(&session);
    for number in 1..=free + 2 {
        parts::add(&mut session, Piece::Database, None);
        assert_eq!(own(&session), before + number.min(free));
    }
    assert_eq!(session.editor.steps().0, free);
}

#[test]
fn a_piece_for_a_group_does_nothing_beside_one() {
    let mut session = session();
    let before = session.save();
    let beside = session.editor.camera.to_screen(Point::new(-4_000.0, -4_000.0));
    assert_eq!(drag(&mut session, Piece::CacheStore, beside), Some(DropEffect::NeedsGroup));
    assert_eq!((session.save(), session.editor.steps()), (before, (0, 0)));
}

#[test]
fn clients_send_to_the_group_they_are_dropped_on_and_stand_beside_it() {
    for piece in [Piece::OpenClients, Piece::BurstyClients, Piece::Users] {
        let mut session = session();
        let at = in_group(&session);
        assert!(matches!(drag(&mut session, piece, at), Some(DropEffect::Sends { .. })));
        let editor = &session.editor;
        let (id, client) = editor.design().clients.last().expect("they are there");
        let group = editor.design().groups.keys().next().expect("there is a group");
        assert_eq!(client.to, std::slice::from_ref(group));
        assert_eq!(piece == Piece::Users, matches!(client.load, Load::Users { .. }));
        let stands = editor.scene().boxes[&Part::Client(id.clone())];
        let group = editor.scene().boxes[&Part::Group(group.clone())];
        assert!(stands.right() <= group.x, "{piece:?} at {stands:?} is not in {group:?}");
        assert_eq!(editor.steps(), (1, 0));
    }
}
