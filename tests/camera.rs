//! Where the camera goes by itself, and that it does not while a hand is on the canvas.

use archlab::action::edit;
use archlab::editor::Editor;
use archlab::editor::camera::{Camera, Destination};
use archlab::editor::geometry::Rect;
use archlab::editor::input::{Input, Piece};
use archlab::editor::scene::Part;
use archlab::session::Session;
use archlab_model::{GroupId, MachineId, Point, document};

const SHOP: &str = include_str!("../static/designs/shop-cluster.json");
const WIDE: Rect = Rect { x: 0.0, y: 0.0, w: 940.0, h: 500.0 };
const PHONE: Rect = Rect { x: 0.0, y: 0.0, w: 390.0, h: 520.0 };
const NARROWER: Rect = Rect { x: 0.0, y: 0.0, w: 676.0, h: 500.0 };

/// The shop, fitted into a stage.
fn shop() -> Session {
    let mut session = Session::of(document::open(SHOP).expect("the shop opens"));
    session.editor.resize(WIDE);
    assert!(!session.editor.hides_something());
    session
}

/// The camera goes where it was sent, if it may: all the way at once.
fn travel(editor: &mut Editor) -> bool {
    let sets_out = editor.set_out();
    if let Some(course) = editor.course() {
        editor.look(editor.camera_at(course));
        editor.arrive();
    }
    sets_out
}

fn fitted(editor: &Editor) -> Camera {
    editor.camera_at(Destination::Everything)
}

#[test]
fn a_stage_of_another_size_is_fitted_at_once_or_when_the_hand_is_away() {
    let editor = &mut shop().editor;
    editor.resize(NARROWER);
    assert_eq!(editor.camera, fitted(editor));
    editor.hand_presses();
    let before = editor.camera;
    editor.resize(WIDE);
    editor.hand_lets_go();
    assert!(!travel(editor) && editor.waits_for_hand());
    assert_eq!(editor.camera, before);
    editor.hand_is_away();
    assert!(travel(editor) && !editor.waits_for_hand());
    assert_eq!(editor.camera, fitted(editor));
}

#[test]
fn a_press_stops_the_camera_and_it_goes_on_when_the_hand_is_away() {
    let editor = &mut shop().editor;
    let machine = Part::Machine(MachineId::from("machine-1"));
    editor.fit_parts([&machine]);
    assert!(editor.set_out());
    // Between two frames.
    editor.hand_presses();
    editor.hand_lets_go();
    assert_eq!((editor.set_out(), editor.course()), (false, None));
    editor.hand_is_away();
    assert!(editor.set_out());
    assert!(matches!(editor.course(), Some(Destination::Area(_))));
}

#[test]
fn where_it_is_sent_last_it_goes_whatever_a_press_had_put_off() {
    let editor = &mut shop().editor;
    editor.fit_parts([&Part::Machine(MachineId::from("machine-1"))]);
    assert!(editor.set_out());
    editor.hand_presses();
    editor.hand_lets_go();
    editor.fit();
    assert!(travel(editor));
    editor.hand_is_away();
    assert!(!travel(editor));
    assert_eq!(editor.camera, fitted(editor));
}

#[test]
fn what_a_key_goes_to_is_seen_at_once() {
    let editor = &mut shop().editor;
    let machine = Part::Machine(MachineId::from("machine-3"));
    let is_seen = |editor: &Editor| editor.seen_area().holds(editor.scene().boxes[&machine]);
    editor.look_at(Point::new(9000.0, 9000.0));
    editor.go_to(machine.clone());
    assert!(is_seen(editor) && !travel(editor));
    // On its way to where it will be seen, the camera is there at once, and goes on by itself after edits.
    editor.look_at(Point::new(9000.0, 9000.0));
    editor.fit();
    assert!(editor.set_out());
    editor.go_to(machine.clone());
    assert!(is_seen(editor) && !travel(editor));
    editor.resize(NARROWER);
    assert_eq!(editor.camera, fitted(editor));
}

#[test]
fn a_key_that_goes_to_what_is_in_sight_chooses_no_camera() {
    let editor = &mut shop().editor;
    for (stage, another) in [(WIDE, NARROWER), (PHONE, WIDE)] {
        editor.resize(stage);
        let all: Vec<Part> = editor.scene().boxes.keys().cloned().collect();
        let seen = editor.seen_area();
        let in_sight = all.iter().filter(|part| seen.holds(editor.scene().boxes[*part])).cloned();
        for part in in_sight.collect::<Vec<_>>() {
            editor.go_to(part);
        }
        assert_eq!(editor.camera, fitted(editor));
        editor.resize(another);
        assert_eq!(editor.camera, fitted(editor));
    }
}

#[test]
fn what_moves_nothing_chooses_no_camera_either() {
    let editor = &mut shop().editor;
    editor.on(Input::Pan(Point::default()));
    editor.on(Input::Zoom { at: Point::new(50.0, 50.0), factor: 1.0 });
    editor.resize(NARROWER);
    assert_eq!(editor.camera, fitted(editor));
}

#[test]
fn while_a_piece_is_in_hand_the_camera_waits() {
    let session = &mut shop();
    session.on(Input::Pick(Piece::Machine));
    session.editor.resize(NARROWER);
    let before = session.editor.camera;
    assert!(!travel(&mut session.editor));
    assert_eq!(session.editor.camera, before);
    session.on(Input::Cancel);
    assert!(travel(&mut session.editor));
    assert_eq!(session.editor.camera, fitted(&session.editor));
}

#[test]
fn what_a_person_asks_to_see_is_seen_with_a_piece_in_hand_too() {
    let session = &mut shop();
    session.editor.look_at(Point::new(9000.0, 9000.0));
    session.on(Input::Pick(Piece::Machine));
    session.editor.fit();
    assert!(travel(&mut session.editor));
    assert_eq!(session.editor.camera, fitted(&session.editor));
}

#[test]
fn what_a_key_goes_to_stays_in_sight() {
    let editor = &mut shop().editor;
    let before = editor.camera;
    let client = editor.scene().boxes.keys().find(|part| matches!(part, Part::Client(_))).cloned();
    editor.fit_parts(&client);
    assert!(editor.set_out());
    // It is seen now, and would not be where the camera is going.
    editor.go_to(Part::Machine(MachineId::from("machine-3")));
    assert!(!travel(editor));
    assert_eq!(editor.camera, before);
}

#[test]
fn what_lies_under_the_legend_is_brought_out_of_it() {
    let editor = &mut shop().editor;
    let machine = Part::Machine(MachineId::from("machine-3"));
    let bottom = |editor: &Editor| {
        let rect = editor.scene().boxes[&machine];
        editor.camera.to_screen(Point::new(rect.right(), rect.bottom())).y
    };
    editor.put_camera(editor.camera.panned(Point::new(0.0, WIDE.h - 5.0 - bottom(editor))));
    assert!(editor.seen_area().holds(editor.scene().boxes[&machine]));
    editor.go_to(machine.clone());
    assert!(bottom(editor) < WIDE.h - 26.0, "the legend takes so much");
}

#[test]
fn what_keys_carry_lies_on_its_spot_wherever_the_camera_goes() {
    let editor = &mut shop().editor;
    editor.selection = Part::Machine(MachineId::from("machine-3")).into();
    editor.pick_up();
    editor.carry_on(false);
    let over = editor.tool.over();
    assert!(over.is_some());
    editor.on(Input::Zoom { at: Point::new(10.0, 10.0), factor: 1.5 });
    editor.fit();
    assert!(travel(editor));
    assert_eq!(editor.tool.over(), over);
}

#[test]
fn zooming_while_the_canvas_is_held_stays() {
    let editor = &mut shop().editor;
    editor.on(Input::Grip(Point::new(100.0, 100.0)));
    editor.on(Input::Move(Point::new(130.0, 90.0)));
    editor.on(Input::Zoom { at: Point::new(130.0, 90.0), factor: 2.0 });
    let zoomed = editor.camera;
    editor.on(Input::Move(Point::new(131.0, 90.0)));
    assert_eq!(editor.camera, zoomed.panned(Point::new(1.0, 0.0)));
}

#[test]
fn where_a_hand_moves_the_canvas_it_stays() {
    let session = &mut shop();
    session.editor.hand_presses();
    session.edit(|editor| editor.set_layout(&GroupId::from("shop"), archlab_model::Layout::Microservice));
    assert!(!travel(&mut session.editor), "a hand is down");
    for input in [Input::Grip(Point::new(5.0, 5.0)), Input::Move(Point::new(95.0, 45.0))] {
        session.on(input);
    }
    session.on(Input::Release(Point::new(95.0, 45.0)));
    session.editor.hand_lets_go();
    assert!(!travel(&mut session.editor));
    session.editor.hand_is_away();
    assert!(!travel(&mut session.editor));
}

#[test]
fn what_an_edit_asks_for_comes_as_soon_as_the_hand_lets_go() {
    let session = &mut shop();
    session.editor.hand_presses();
    session.edit(|editor| editor.set_layout(&GroupId::from("shop"), archlab_model::Layout::Microservice));
    session.editor.hand_lets_go();
    assert!(travel(&mut session.editor));
    assert_eq!(session.editor.camera, fitted(&session.editor));
}

#[test]
fn what_was_put_out_of_sight_stays_there_and_a_press_changes_nothing() {
    let session = &mut shop();
    let editor = &mut session.editor;
    let home = editor.scene().boxes[&Part::Group(GroupId::from("shop"))];
    let grip = editor.camera.to_screen(home.corner() + Point::new(60.0, 12.0));
    let far = grip + Point::new(700.0, 0.0);
    for input in
        [Input::Press(grip), Input::Move(grip + Point::new(40.0, 0.0)), Input::Move(far), Input::Release(far)]
    {
        editor.on(input);
    }
    let before = editor.camera;
    assert!(!travel(editor) && editor.hides_something());
    editor.hand_presses();
    editor.hand_lets_go();
    editor.hand_is_away();
    assert!(!travel(editor) && editor.hides_something());
    assert_eq!(editor.camera, before);
    edit::UNDO.run(session);
    assert!(!session.editor.hides_something());
}
