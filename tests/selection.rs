//! Choosing several parts, and doing something to all of them in one step.
//!
//! The camera stands at its start, so a point of the stage is the same point of the canvas.

mod hand;

use archlab::action::keys::KeyPress;
use archlab::action::{arrange, edit, of_key};
use archlab::editor::input::Input::{Cancel, Hold, Move, Press, Release};
use archlab::editor::scene::Part;
use archlab::editor::tools::Tool;
use archlab::editor::{DropEffect, Editor};
use archlab::session::Session;
use archlab_model::network::LinkLatency;
use archlab_model::{Fault, Layout, PlannedFault, Point, Span};

use hand::*;

#[test]
fn shift_and_a_click_add_a_part_and_take_it_away_again() {
    let mut editor = shop();
    click(&mut editor, &machine(1), NONE);
    click(&mut editor, &machine(3), SHIFT);
    assert_eq!(chosen(&editor), [machine(1), machine(3)]);
    assert_eq!(editor.selection.single(), None);
    click(&mut editor, &machine(1), SHIFT);
    assert_eq!(editor.selection.single(), Some(&machine(3)));
    click(&mut editor, &machine(3), SHIFT);
    assert!(editor.selection.is_empty());
    assert_eq!(editor.steps(), (0, 0));
}

#[test]
fn a_click_on_one_of_several_chooses_it_alone() {
    let mut editor = shop();
    for number in [1, 2, 3] {
        click(&mut editor, &machine(number), SHIFT);
    }
    click(&mut editor, &machine(2), NONE);
    assert_eq!(chosen(&editor), [machine(2)]);
}

#[test]
fn shift_and_a_click_beside_everything_keep_what_is_chosen() {
    let mut editor = shop();
    click(&mut editor, &machine(1), NONE);
    let beside = Point::new(3000.0, 2400.0);
    play(&mut editor, &[Hold(SHIFT), Press(beside), Release(beside)]);
    assert_eq!(chosen(&editor), [machine(1)]);
}

#[test]
fn a_hand_without_shift_chooses_several_by_pressing_each() {
    let mut session = Session::of(shop().design().clone());
    arrange::SELECT_SEVERAL.run(&mut session);
    for number in [1, 2, 3, 2] {
        click(&mut session.editor, &machine(number), NONE);
    }
    assert_eq!(chosen(&session.editor), [machine(1), machine(3)]);
    edit::ESCAPE.run(&mut session);
    assert_eq!(chosen(&session.editor).len(), 2, "the first Escape ends it");
    click(&mut session.editor, &machine(2), NONE);
    assert_eq!(chosen(&session.editor), [machine(2)]);
}

#[test]
fn a_box_chooses_what_it_touches_and_groups_only_whole() {
    let mut editor = shop_and_two();
    let group_area = editor.scene().boxes[&Part::Group(group())];
    let below = Point::new(-2000.0, 2400.0);
    // Over the two loose machines.
    play(&mut editor, &[Hold(SHIFT), Press(below), Move(Point::new(2000.0, group_area.bottom() + 20.0))]);
    assert!(editor.tool.drawn_box().is_some());
    assert_eq!(chosen(&editor), [machine(4), machine(5)]);
    // Over everything: the group stands for what is in it.
    play(&mut editor, &[Move(Point::new(3000.0, -2000.0))]);
    assert!(editor.selection.contains(&Part::Group(group())));
    assert!(!editor.selection.contains(&machine(1)));
    // And back: a box computes from where it began.
    play(&mut editor, &[Move(Point::new(2000.0, group_area.bottom() + 20.0)), Release(below)]);
    assert_eq!(chosen(&editor), [machine(4), machine(5)]);
    assert_eq!(editor.tool, Tool::Idle);
}

#[test]
fn a_box_inside_a_group_chooses_its_machines() {
    let mut editor = shop();
    let first = editor.scene().boxes[&machine(1)];
    let second = editor.scene().boxes[&machine(2)];
    let from = Point::new(first.x - 4.0, first.y + 2.0);
    play(&mut editor, &[Hold(SHIFT), Press(from), Move(Point::new(second.right(), second.y + 10.0))]);
    assert_eq!(chosen(&editor), [machine(1), machine(2)]);
    play(&mut editor, &[Cancel]);
    assert!(editor.selection.is_empty(), "Escape gives back what was chosen before");
}

#[test]
fn dragging_one_of_several_moves_all_in_one_step() {
    let mut editor = shop_and_two();
    let (before, places) =
        (text(&editor), [editor.scene().boxes[&machine(4)], editor.scene().boxes[&machine(5)]]);
    click(&mut editor, &machine(4), NONE);
    click(&mut editor, &machine(5), SHIFT);
    let steps = editor.steps().0;
    let (from, by) = (grip(&editor, &machine(5)), Point::new(60.0, 30.0));
    play(&mut editor, &[Hold(CONTROL), Press(from), Move(from + by)]);
    let (moved, _) = editor.dragged().expect("they are dragged");
    assert!(moved.contains(&machine(4)) && moved.contains(&machine(5)));
    play(&mut editor, &[Release(from + by)]);
    for (number, place) in [4, 5].into_iter().zip(places) {
        assert_eq!(editor.scene().boxes[&machine(number)], place.moved(by));
    }
    assert_eq!(editor.steps().0, steps + 1);
    assert_eq!(chosen(&editor), [machine(4), machine(5)], "what was moved stays chosen");
    assert!(editor.undo());
    assert_eq!(text(&editor), before);
}

#[test]
fn several_machines_dropped_in_a_group_join_it_together() {
    for layout in Layout::ALL {
        let mut editor = shop_and_two();
        editor.set_layout(&group(), layout);
        let steps = editor.steps().0;
        click(&mut editor, &machine(4), NONE);
        click(&mut editor, &machine(5), SHIFT);
        let (from, to) = (grip(&editor, &machine(4)), grip(&editor, &Part::Group(group())));
        play(&mut editor, &[Press(from), Move(to)]);
        assert_eq!(editor.drop_effect(), Some(DropEffect::Joins { group: group(), machines: 2 }));
        play(&mut editor, &[Release(to)]);
        assert_eq!(editor.design().groups[&group()].machines().count(), 5);
        assert_eq!(editor.steps().0, steps + 1);
    }
}

#[test]
fn a_group_and_its_own_machine_chosen_together_move_once() {
    let mut editor = shop();
    editor.selection = [machine(1), Part::Group(group())].into_iter().collect();
    let before = editor.scene().boxes[&machine(1)];
    editor.nudge(Point::new(10.0, 0.0));
    assert_eq!(editor.scene().boxes[&machine(1)], before.moved(Point::new(10.0, 0.0)));
    assert_eq!(editor.design().groups[&group()].machines().count(), 3);
}

#[test]
fn delete_removes_everything_chosen_in_one_step() {
    let mut session = Session::of(shop_and_two().design().clone());
    let before = session.save();
    session.editor.selection = [machine(2), machine(4), machine(5)].into_iter().collect();
    edit::DELETE.run(&mut session);
    assert_eq!(session.editor.design().machines.len(), 2);
    assert_eq!(session.editor.steps(), (1, 0));
    assert!(session.editor.selection.is_empty());
    edit::UNDO.run(&mut session);
    assert_eq!(session.save(), before);
}

#[test]
fn control_a_chooses_what_a_person_placed_and_escape_lets_go() {
    let mut session = Session::of(shop_and_two().design().clone());
    let press = KeyPress { key: "a", code: "KeyA", control: true, shift: false, alt: false };
    of_key(&session, &press).expect("Ctrl+A is a key").run(&mut session);
    let expected = [Part::Group(group()), Part::Client("shoppers".into()), machine(4), machine(5)];
    assert_eq!(session.editor.selection.len(), expected.len());
    assert!(expected.iter().all(|part| session.editor.selection.contains(part)));
    edit::ESCAPE.run(&mut session);
    assert!(session.editor.selection.is_empty());
}

#[test]
fn arrows_move_everything_chosen_in_one_step() {
    let mut editor = shop_and_two();
    editor.selection = [machine(4), Part::Client("shoppers".into())].into_iter().collect();
    let (steps, places) = (editor.steps().0, editor.scene().boxes.clone());
    editor.nudge(Point::new(0.0, 1.0));
    for part in &editor.selection {
        assert_eq!(editor.scene().boxes[part], places[part].moved(Point::new(0.0, 1.0)));
    }
    assert_eq!(editor.steps().0, steps + 1);
}

#[test]
fn what_depends_on_a_part_goes_with_it_and_comes_back() {
    let mut design = shop().design().clone();
    let machine_2 = machine_id(2);
    design.scenario.faults = vec![
        PlannedFault::new(Span::from_secs(1), Fault::PowerOff(machine_2.clone())),
        PlannedFault::new(Span::from_secs(2), Fault::PowerOff(machine_id(1))),
    ];
    let latency = |machine: &str| LinkLatency {
        between: (machine.to_owned(), "shoppers".to_owned()),
        latency: Span::from_millis(5),
    };
    design.network.links = vec![latency("machine-2"), latency("machine-3")];
    let mut editor = Editor::of(design.clone());
    choose(&mut editor, &[machine(2)]);
    editor.remove_selected();
    let after = editor.design();
    assert_eq!(after.scenario.faults, design.scenario.faults[1..]);
    assert_eq!(after.network.links, design.network.links[1..]);
    assert_sound(after);
    assert_eq!(editor.steps(), (1, 0));
    assert!(editor.undo());
    assert_eq!(editor.design(), &design);
    choose(&mut editor, &[clients()]);
    editor.remove_selected();
    assert!(editor.design().network.links.is_empty());
}
