//! Copies: through the clipboard, beside the original, and by dragging with Alt.

mod hand;

use archlab::editor::input::Input::{Hold, Move, Press, Release};
use archlab::editor::scene::Part;
use archlab_model::{Design, DocumentError, Point, document};

use hand::*;

#[test]
fn a_machine_copied_from_a_group_and_pasted_there_is_one_more_copy_in_one_step() {
    let mut editor = shop();
    let before = text(&editor);
    click(&mut editor, &machine(2), NONE);
    let copied = editor.copied().expect("a machine can be copied");
    editor.paste(&copied, None).expect("what was copied can be pasted");
    assert_eq!(editor.design().groups[&group()].machines().count(), 4);
    assert_eq!(editor.steps(), (1, 0));
    assert_eq!(editor.selection.single(), Some(&machine(4)), "what was pasted is chosen, under a fresh name");
    assert!(editor.undo());
    assert_eq!(text(&editor), before);
}

#[test]
fn parts_pasted_at_the_pointer_lie_round_it() {
    let mut editor = shop_and_two();
    choose(&mut editor, &[machine(4), machine(5)]);
    let copied = editor.copied().expect("machines can be copied");
    let at = Point::new(3000.0, 3000.0);
    editor.paste(&copied, Some(at)).expect("they can be pasted");
    let boxes: Vec<_> = editor.selection.iter().map(|part| rect(&editor, part)).collect();
    let area = boxes[0].union(boxes[1]);
    assert!((area.centre().x - at.x).abs() <= 10.0 && (area.centre().y - at.y).abs() <= 10.0);
    let apart = rect(&editor, &machine(5)).corner() - rect(&editor, &machine(4)).corner();
    assert_eq!(boxes[1].corner() - boxes[0].corner(), apart, "they lie to each other as the originals do");
}

#[test]
fn a_copy_of_everything_opens_in_another_design_and_clients_go_with_their_group() {
    let mut editor = shop();
    editor.add_note(Point::new(0.0, 900.0));
    editor.select_all();
    let copied = editor.copied().expect("there is something");
    let mut other = archlab::editor::Editor::of(Design {
        business: editor.design().business.clone(),
        ..Design::default()
    });
    other.paste(&copied, Some(Point::new(0.0, 0.0))).expect("it can be pasted");
    let design = other.design();
    assert_eq!(
        (design.groups.len(), design.machines.len(), design.clients.len(), design.notes.len()),
        (1, 3, 1, 1)
    );
    let (group, value) = design.groups.get_index(0).expect("there is one");
    assert_eq!(value.machines().count(), 3);
    assert_eq!(design.clients[0].to, std::slice::from_ref(group));
    assert_sound(design);
    assert_eq!(other.steps(), (1, 0));
}

#[test]
fn a_duplicate_lies_beside_and_gets_the_same_clients() {
    let mut editor = shop();
    choose(&mut editor, &[Part::Group(group())]);
    editor.duplicate().expect("there is room");
    let copy = editor.selection.single().cloned().expect("the copy is chosen");
    assert!(!rect(&editor, &copy).meets(rect(&editor, &Part::Group(group()))));
    assert_eq!(editor.design().groups.len(), 2);
    assert!(editor.design().clients.values().all(|client| client.to.len() == 2));
    editor.duplicate().expect("there is room");
    let second = editor.selection.single().cloned().expect("the second copy is chosen");
    assert!(!rect(&editor, &second).meets(rect(&editor, &copy)));
    assert_eq!(editor.steps(), (2, 0));
}

#[test]
fn dragging_with_alt_leaves_the_original_and_drops_a_copy() {
    let mut editor = shop_and_two();
    let (steps, before) = (editor.steps().0, rect(&editor, &machine(4)));
    let (from, by) = (grip(&editor, &machine(4)), Point::new(200.0, 300.0));
    play(&mut editor, &[Hold(ALT), Press(from), Move(from + by)]);
    assert_eq!(editor.dragged(), None, "the original is not on its way");
    assert_eq!(editor.ghosts(), [before.moved(by)]);
    play(&mut editor, &[Release(from + by), Hold(NONE)]);
    assert_eq!(rect(&editor, &machine(4)), before);
    assert_eq!(rect(&editor, &machine(6)), before.moved(by));
    assert_eq!(editor.steps().0, steps + 1);
}

#[test]
fn dragging_a_machine_with_alt_within_its_group_adds_one_to_it() {
    let mut editor = shop();
    let (from, to) = (grip(&editor, &machine(1)), grip(&editor, &Part::Group(group())));
    play(&mut editor, &[Hold(ALT), Press(from), Move(to), Release(to)]);
    assert_eq!(editor.design().groups[&group()].machines().count(), 4);
}

#[test]
fn what_is_wrong_with_a_text_is_told_and_changes_nothing() {
    let mut editor = shop();
    let before = text(&editor);
    let mut error = |text: &str| editor.paste(text, None).expect_err("it is wrong");
    assert_eq!(error("some prose"), DocumentError::NotAFragment);
    assert_eq!(error(r#"{"archlab-parts": 1}"#), DocumentError::NotAFragment, "there is nothing in it");
    assert!(matches!(
        error(r#"{"archlab-parts": 1, "machines": {"a": {"core": 1}}}"#),
        DocumentError::Shape { .. }
    ));
    assert!(matches!(error(r#"{"archlab-parts": 2}"#), DocumentError::VersionTooNew { .. }));
    let machines: Vec<String> = (0..5_000).map(|number| format!(r#""m{number}": {{}}"#)).collect();
    let many = format!(r#"{{"archlab-parts": 1, "machines": {{{}}}}}"#, machines.join(","));
    assert!(
        matches!(error(&many), DocumentError::TooMany { .. }),
        "with those that are there they are too many"
    );
    assert_eq!(text(&editor), before);
    assert_eq!(editor.steps(), (0, 0));
}

#[test]
fn a_fragment_that_names_what_is_not_there_still_makes_a_sound_design() {
    let mut editor = shop();
    let odd = r#"{"archlab-parts": 1,
        "groups": {"a": {"layout": "cluster", "machines": ["x", "y", null, "nobody"]}},
        "machines": {"x": {}, "y": {}},
        "clients": {"c": {"load": {"poisson": {"rate": 1}}, "to": ["a", "nowhere"]}}}"#;
    editor.paste(odd, None).expect("it can be pasted");
    assert_sound(editor.design());
    let pasted = editor.design().groups.last().expect("it is there").1;
    assert_eq!(pasted.machines().count(), 2);
    assert_eq!(editor.design().clients.last().expect("they are there").1.to.len(), 1);
    assert!(document::open(&text(&editor)).is_ok());
}

#[test]
fn groups_that_hold_each_other_are_not_pasted() {
    let mut editor = shop();
    let before = text(&editor);
    let odd = r#"{"archlab-parts": 1,
        "groups": {"a": {"layout": "cluster", "machines": [{"group": "b"}]}, "b": {"layout": "cluster", "machines": [{"group": "a"}]}}}"#;
    // Whether it is refused or nothing of it is left: the design stays as it was.
    let _ = editor.paste(odd, None);
    assert_eq!(text(&editor), before);
    assert_sound(editor.design());
}
