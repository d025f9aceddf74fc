//! A hand for tests: it plays gestures on the shop and looks whether the design is still sound.
//!
//! The camera stands at its start, so a point of the stage is the same point of the canvas.

#![allow(dead_code)]

use archlab::editor::Editor;
use archlab::editor::geometry::Rect;
use archlab::editor::input::{Held, Input, Piece};
use archlab::editor::scene::Part;
use archlab_model::{Design, GroupId, MachineId, Point, Severity, document, validate};

use Input::{Hold, Move, Pick, Press, Release};

pub const SHOP: &str = include_str!("../../static/designs/shop-cluster.json");
pub const NESTED: &str = include_str!("../../static/designs/shop-nested.json");
pub const NONE: Held = Held { shift: false, alt: false, control: false };
pub const SHIFT: Held = Held { shift: true, ..NONE };
pub const ALT: Held = Held { alt: true, ..NONE };
pub const CONTROL: Held = Held { control: true, ..NONE };

pub fn shop() -> Editor {
    opened(SHOP)
}

pub fn opened(text: &str) -> Editor {
    let mut editor = Editor::of(document::open(text).expect("the design opens"));
    editor.view = Rect::new(0.0, 0.0, 1440.0, 900.0);
    editor
}

/// A shop with two loose machines, 4 and 5, far below everything.
pub fn shop_and_two() -> Editor {
    let mut editor = shop();
    for at in [Point::new(400.0, 1500.0), Point::new(800.0, 1600.0)] {
        play(&mut editor, &[Pick(Piece::Machine), Move(at), Release(at)]);
    }
    editor.selection.clear();
    editor
}

/// Plays a gesture, and looks after each input whether the design is still sound.
pub fn play(editor: &mut Editor, gesture: &[Input]) {
    for input in gesture {
        editor.on(input.clone());
        assert_sound(editor.design());
    }
}

pub fn assert_sound(design: &Design) {
    let problems = validate(design).into_iter().filter(|problem| problem.severity() == Severity::Error);
    let errors: Vec<String> = problems.map(|problem| problem.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

pub fn drag(from: Point, to: Point) -> [Input; 4] {
    let half = Point::new((from.x + to.x) / 2.0, (from.y + to.y) / 2.0);
    [Press(from), Move(half), Move(to), Release(to)]
}

pub fn machine(number: u32) -> Part {
    Part::Machine(machine_id(number))
}

pub fn machine_id(number: u32) -> MachineId {
    format!("machine-{number}").parse().expect("a name without anything odd in it")
}

pub fn group() -> GroupId {
    GroupId::from("shop")
}

pub fn clients() -> Part {
    Part::Client("shoppers".into())
}

pub fn rect(editor: &Editor, part: &Part) -> Rect {
    editor.scene().boxes[part]
}

/// A point by which a part can be taken: in its header.
pub fn grip(editor: &Editor, part: &Part) -> Point {
    rect(editor, part).corner() + Point::new(20.0, 12.0)
}

pub fn click(editor: &mut Editor, part: &Part, held: Held) {
    let at = grip(editor, part);
    play(editor, &[Hold(held), Press(at), Release(at), Hold(NONE)]);
}

pub fn choose(editor: &mut Editor, parts: &[Part]) {
    editor.selection = parts.iter().cloned().collect();
}

pub fn chosen(editor: &Editor) -> Vec<Part> {
    editor.selection.iter().cloned().collect()
}

pub fn text(editor: &Editor) -> String {
    document::save(editor.design())
}
