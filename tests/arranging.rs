//! Snapping, aligning, distributing, grouping, locking, renaming, notes.

mod hand;

use archlab::action::{arrange, edit};
use archlab::editor::Editor;
use archlab::editor::align::{Alignment, Direction};
use archlab::editor::input::Input::{Hold, Move, Press, Release};
use archlab::editor::input::{Input, Piece};
use archlab::editor::renaming::Renaming;
use archlab::editor::scene::Part;
use archlab::session::Session;
use archlab_model::{Point, Text};

use hand::*;

/// Three loose machines, at odd places.
fn three() -> Editor {
    let mut editor = shop_and_two();
    let at = Point::new(1400.0, 1900.0);
    play(&mut editor, &[Input::Pick(Piece::Machine), Move(at), Release(at)]);
    for (number, by) in [(4, Point::new(3.0, 7.0)), (5, Point::new(1.0, 2.0))] {
        choose(&mut editor, &[machine(number)]);
        editor.nudge(by);
    }
    choose(&mut editor, &[machine(4), machine(5), machine(6)]);
    editor
}

#[test]
fn what_is_dragged_snaps_to_the_edges_of_others_and_shows_the_line() {
    let mut editor = shop_and_two();
    let (one, other) = (rect(&editor, &machine(4)), rect(&editor, &machine(5)));
    let from = grip(&editor, &machine(5));
    // Nearly to the same left edge, well below.
    let to = from + Point::new(one.x - other.x + 4.0, 200.0);
    play(&mut editor, &[Press(from), Move(to)]);
    let guides = editor.guides();
    assert!(guides.iter().any(|guide| guide.from.x == one.x && guide.to.x == one.x), "{guides:?}");
    play(&mut editor, &[Release(to)]);
    assert_eq!(rect(&editor, &machine(5)).x, one.x);
    assert!(editor.guides().is_empty());
}

#[test]
fn without_a_line_near_it_snaps_to_the_grid_unless_that_is_off_or_control_is_held() {
    let far = Point::new(1533.0, 377.0);
    let drop = |prepare: fn(&mut Editor)| {
        let mut editor = shop_and_two();
        prepare(&mut editor);
        let from = grip(&editor, &machine(5));
        let before = rect(&editor, &machine(5)).corner();
        play(&mut editor, &[Press(from), Move(from + far), Release(from + far)]);
        rect(&editor, &machine(5)).corner() - before
    };
    assert_eq!(drop(|_| {}), Point::new(1530.0, 380.0));
    assert_eq!(drop(|editor| editor.snaps_to_grid = false), far);
    assert_eq!(drop(|editor| editor.on(Hold(CONTROL))), far);
}

#[test]
fn things_are_aligned_in_one_step() {
    for alignment in [
        Alignment::Left,
        Alignment::Centre,
        Alignment::Right,
        Alignment::Top,
        Alignment::Middle,
        Alignment::Bottom,
    ] {
        let mut editor = three();
        let (before, steps) = (text(&editor), editor.steps().0);
        editor.align(alignment);
        let place = |number| {
            let rect = rect(&editor, &machine(number));
            match alignment {
                Alignment::Left => rect.x,
                Alignment::Centre => rect.centre().x,
                Alignment::Right => rect.right(),
                Alignment::Top => rect.y,
                Alignment::Middle => rect.centre().y,
                Alignment::Bottom => rect.bottom(),
            }
        };
        assert_eq!((place(4), place(5)), (place(5), place(6)), "{alignment:?}");
        assert_eq!(editor.steps().0, steps + 1);
        assert!(editor.undo());
        assert_eq!(text(&editor), before);
    }
}

#[test]
fn things_are_distributed_with_equal_gaps_and_the_outermost_stay() {
    let mut editor = three();
    let ends = |editor: &Editor| (rect(editor, &machine(4)).x, rect(editor, &machine(6)).x);
    let before = ends(&editor);
    editor.distribute(Direction::Across);
    let [a, b, c] = [4, 5, 6].map(|number| rect(&editor, &machine(number)));
    assert!((b.x - a.right() - (c.x - b.right())).abs() < 1e-9);
    assert_eq!(ends(&editor), before);
    choose(&mut editor, &[machine(1), machine(2), machine(3)]);
    assert_eq!(editor.arrangeable(), 0, "machines of a group are placed by its layout");
}

#[test]
fn what_is_locked_is_chosen_and_neither_moved_nor_removed() {
    let mut editor = shop_and_two();
    choose(&mut editor, &[machine(4)]);
    editor.set_locked(true);
    assert!(editor.is_locked());
    let before = text(&editor);
    click(&mut editor, &machine(4), NONE);
    assert_eq!(editor.selection.single(), Some(&machine(4)));
    let from = grip(&editor, &machine(4));
    play(&mut editor, &drag(from, from + Point::new(80.0, 80.0)));
    editor.camera = Default::default();
    editor.nudge(Point::new(10.0, 0.0));
    editor.remove_selected();
    assert_eq!(text(&editor), before);
    editor.set_locked(false);
    editor.remove_selected();
    assert!(!editor.design().machines.contains_key(&machine_id(4)));
}

#[test]
fn a_locked_group_keeps_its_machines() {
    let mut editor = shop();
    choose(&mut editor, &[Part::Group(group())]);
    editor.set_locked(true);
    let before = text(&editor);
    choose(&mut editor, &[machine(2)]);
    editor.remove_selected();
    let from = grip(&editor, &machine(2));
    play(&mut editor, &drag(from, Point::new(3000.0, 2400.0)));
    assert_eq!(text(&editor), before);
}

#[test]
fn loose_machines_become_a_group_and_a_group_becomes_loose_machines() {
    let mut session = Session::of(three().design().clone());
    session.editor.selection = [machine(5), machine(4), machine(6)].into_iter().collect();
    let before = session.save();
    arrange::GROUP.run(&mut session);
    let design = session.editor.design();
    let (id, made) = design.groups.get_index(1).expect("there is a second group");
    let seated: Vec<_> = made.machines().cloned().collect();
    assert_eq!(seated, [machine_id(4), machine_id(5), machine_id(6)], "from top to bottom");
    assert!(design.clients.values().all(|client| client.to.contains(id)));
    assert_eq!(session.editor.steps(), (1, 0));
    assert_sound(session.editor.design());
    edit::UNDO.run(&mut session);
    assert_eq!(session.save(), before);
    edit::REDO.run(&mut session);

    let made = session.editor.design().groups.get_index(1).expect("it is there again").0.clone();
    let seen = session.editor.scene().boxes[&machine(5)];
    session.editor.selection = Part::Group(made).into();
    arrange::UNGROUP.run(&mut session);
    assert_eq!(session.editor.design().groups.len(), 1);
    let loose = session.editor.scene().boxes[&machine(5)];
    assert!((loose.x - seen.x).hypot(loose.y - seen.y) < 10.0, "they stay where they were seen");
    assert_eq!(session.editor.steps(), (2, 0));
    assert_sound(session.editor.design());
}

#[test]
fn names_are_changed_where_they_stand_in_one_step_or_none() {
    let mut editor = shop();
    let parts = [Part::Group(group()), machine(2), clients()];
    for (part, steps) in parts.iter().zip(1..) {
        choose(&mut editor, std::slice::from_ref(part));
        editor.rename_selected();
        assert_eq!(editor.renaming, Some(Renaming::Part(part.clone())));
        editor.end_renaming(Some("  New name "), "Old");
        assert_eq!((editor.renaming.clone(), editor.steps().0), (None, steps));
    }
    let named = Text::from("New name");
    assert_eq!(editor.design().groups[&group()].title, named);
    assert_eq!(editor.design().machines[&machine_id(2)].title.as_ref(), Some(&named));
    editor.renaming = Some(Renaming::Design);
    editor.end_renaming(Some("Checkout"), "Shop");
    assert_eq!(editor.design().title, Text::from("Checkout"));

    let steps = editor.steps();
    editor.rename_selected();
    editor.end_renaming(None, "Old");
    editor.rename_selected();
    editor.end_renaming(Some("Old"), "Old");
    assert_eq!(editor.steps(), steps, "Escape, and the same name, change nothing");
    editor.rename(&machine(2));
    editor.end_renaming(Some("   "), "New name");
    assert_eq!(editor.design().machines[&machine_id(2)].title, None, "a blank name is none");
}

#[test]
fn a_note_is_placed_written_moved_resized_and_removed_each_in_one_step() {
    let mut editor = shop();
    let before = text(&editor);
    let at = Point::new(500.0, 1200.0);
    play(&mut editor, &[Input::Pick(Piece::Note), Move(at), Release(at)]);
    let part = editor.selection.single().cloned().expect("the note is chosen");
    let Part::Note(note) = part.clone() else { panic!("it is a note") };
    assert_eq!(editor.renaming, Some(Renaming::Part(part.clone())), "and can be written at once");
    editor.end_renaming(Some("Kill machine 2 at noon"), "");
    assert_eq!(editor.design().notes[&note].text, Text::from("Kill machine 2 at noon"));

    let from = rect(&editor, &part).centre();
    play(&mut editor, &drag(from, from + Point::new(100.0, 50.0)));
    assert_eq!(editor.design().notes[&note].at, at + Point::new(100.0, 50.0));

    let area = rect(&editor, &part);
    let corner = Point::new(area.right() - 4.0, area.bottom() - 4.0);
    play(
        &mut editor,
        &[Press(corner), Move(corner + Point::new(60.0, 40.0)), Release(corner + Point::new(60.0, 40.0))],
    );
    assert_eq!(editor.design().notes[&note].size, Point::new(260.0, 160.0));
    editor.grow_notes(Point::new(-20.0, 0.0));
    assert_eq!(editor.design().notes[&note].size.x, 240.0);
    assert_eq!(editor.steps(), (5, 0));
    assert_eq!(editor.run_changes(), 0, "no run notices a note");

    editor.remove_selected();
    assert!(editor.design().notes.is_empty());
    while editor.undo() {}
    assert_eq!(text(&editor), before);
}

#[test]
fn a_note_has_bounds() {
    let mut editor = shop();
    editor.add_note(Point::new(0.0, 0.0));
    let long = "x".repeat(9_000);
    editor.end_renaming(Some(&long), "");
    let Some(Part::Note(note)) = editor.selection.single().cloned() else { panic!("it is chosen") };
    assert_eq!(editor.design().notes[&note].text.english().chars().count(), 2_000);
    editor.resize_note(&note, Point::new(-5.0, 1e9));
    assert_eq!(editor.design().notes[&note].size, Point::new(60.0, 1_200.0));
    assert!(archlab_model::document::open(&text(&editor)).is_ok());
}
