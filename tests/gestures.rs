//! What a hand does to a design, input by input.
//!
//! The camera stands at its start, so a point of the stage is the same point of the canvas.

use std::collections::BTreeSet;

use archlab::action::edit;
use archlab::editor::geometry::Rect;
use archlab::editor::input::{Input, Piece};
use archlab::editor::scene::Part;
use archlab::editor::tools::Tool;
use archlab::editor::{DropEffect, Editor, GRID};
use archlab::session::Session;
use archlab_model::{Design, GroupId, Layout, MachineId, Point, Severity, document, validate};

use Input::{Cancel, Move, Pick, Press, Put, Release};

const SHOP: &str = include_str!("../static/designs/shop-cluster.json");
/// Far from everything the shop has.
const NOWHERE: Point = Point { x: 3000.0, y: 2400.0 };

fn shop(layout: Layout) -> Editor {
    let mut design = document::open(SHOP).expect("the shop opens");
    design.groups[0].layout = layout;
    let mut editor = Editor::of(design);
    editor.view = Rect::new(0.0, 0.0, 1440.0, 900.0);
    editor
}

/// Plays a gesture, and looks after each input whether the design is still sound.
fn play(editor: &mut Editor, gesture: &[Input]) {
    for input in gesture {
        editor.on(input.clone());
        assert_sound(editor.design());
    }
}

fn assert_sound(design: &Design) {
    let errors: Vec<String> = validate(design)
        .into_iter()
        .filter(|problem| problem.severity() == Severity::Error)
        .map(|problem| problem.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}

fn drag(from: Point, to: Point) -> [Input; 4] {
    let half = Point::new((from.x + to.x) / 2.0, (from.y + to.y) / 2.0);
    [Press(from), Move(half), Move(to), Release(to)]
}

fn from_palette(piece: Piece, to: Point) -> [Input; 4] {
    [Pick(piece), Move(to + Point::new(30.0, 4.0)), Move(to), Release(to)]
}

fn group() -> GroupId {
    GroupId::from("shop")
}

fn machine(number: u32) -> MachineId {
    format!("machine-{number}").parse().expect("a name without anything odd in it")
}

fn rect(editor: &Editor, part: &Part) -> Rect {
    editor.scene().boxes[part]
}

/// A point by which a machine's card can be taken: its header, above the rows.
fn grip(editor: &Editor, machine: &MachineId) -> Point {
    rect(editor, &Part::Machine(machine.clone())).corner() + Point::new(20.0, 12.0)
}

/// A point of the group's own header.
fn handle(editor: &Editor, group: &GroupId) -> Point {
    rect(editor, &Part::Group(group.clone())).corner() + Point::new(30.0, 12.0)
}

fn seats(editor: &Editor, group: &GroupId) -> usize {
    editor.design().groups[group].machines().count()
}

fn text(editor: &Editor) -> String {
    document::save(editor.design())
}

/// What the last drop really did to a machine.
fn truth(machine: &MachineId, before: &Design, editor: &Editor) -> Option<DropEffect> {
    let after = editor.design();
    let was = before.seat_of(machine).map(|(group, _)| group.clone());
    let Some((group, _)) = after.seat_of(machine) else {
        return Some(if was.is_some() { DropEffect::Leaves } else { DropEffect::Moves });
    };
    let group = group.clone();
    if was.as_ref() == Some(&group) {
        return None;
    }
    if after.holder_of(&group).is_some() {
        // In a group within a group copies are counted by the machines there.
        let (_, seat) = after.seat_of(machine)?;
        return Some(DropEffect::Replica { group, number: seat + 1 });
    }
    let hosted = editor.scene().hosted.get(machine).cloned().unwrap_or_default();
    Some(match (after.groups[&group].layout, hosted.first()) {
        (Layout::Cluster, Some(replica)) => DropEffect::Replica { group, number: replica.number as usize },
        (Layout::Distributed, Some(only)) => DropEffect::Module { group, module: only.service.to_string() },
        (Layout::Microservice | Layout::Free, _) => DropEffect::Hosts { group, instances: hosted.len() },
        (_, None) => DropEffect::Idle { group },
    })
}

/// Drags a new machine into the shop; gives its name and what the page said it would do there.
fn add_by_hand(editor: &mut Editor) -> (MachineId, DropEffect) {
    let before = editor.design().clone();
    let to = handle(editor, &group());
    play(editor, &[Pick(Piece::Machine), Move(to)]);
    let told = editor.drop_effect().expect("something is told while it is over the group");
    play(editor, &[Release(to)]);
    let Some(Part::Machine(added)) = editor.selection.single().cloned() else {
        panic!("the new machine is chosen")
    };
    assert_eq!(truth(&added, &before, editor).as_ref(), Some(&told));
    (added, told)
}

#[test]
fn a_machine_dragged_into_the_cluster_becomes_replica_4_in_one_step() {
    let mut editor = shop(Layout::Cluster);
    let before = text(&editor);
    let (added, told) = add_by_hand(&mut editor);
    assert_eq!(told, DropEffect::Replica { group: group(), number: 4 });
    assert_eq!(seats(&editor, &group()), 4);
    assert_eq!(added, machine(4));
    assert_eq!(editor.steps(), (1, 0));

    assert!(editor.undo());
    assert_eq!(text(&editor), before);
    assert!(editor.redo());
    assert_eq!(seats(&editor, &group()), 4);
}

#[test]
fn a_machine_dragged_into_a_distributed_group_takes_the_module_that_runs_nowhere() {
    let mut editor = shop(Layout::Distributed);
    let second = editor.design().business.modules.get_index(1).expect("there are three").0.to_string();
    let away = drag(grip(&editor, &machine(2)), NOWHERE);
    play(&mut editor, &away);
    let (_, told) = add_by_hand(&mut editor);
    assert_eq!(told, DropEffect::Module { group: group(), module: second });
}

#[test]
fn a_fourth_machine_of_a_distributed_group_takes_the_first_module_again() {
    let mut editor = shop(Layout::Distributed);
    let first = editor.design().business.modules.get_index(0).expect("there are three").0.to_string();
    let (_, told) = add_by_hand(&mut editor);
    assert_eq!(told, DropEffect::Module { group: group(), module: first });
}

#[test]
fn a_machine_of_a_business_without_functions_stays_idle() {
    let empty = r#"{ "archlab": 1, "groups": { "shop": { "layout": "distributed" } } }"#;
    let mut editor = Editor::of(document::open(empty).expect("it is a design"));
    let (_, told) = add_by_hand(&mut editor);
    assert_eq!(told, DropEffect::Idle { group: group() });
}

#[test]
fn a_machine_dragged_into_a_microservice_group_takes_its_share_of_the_services() {
    let mut editor = shop(Layout::Microservice);
    let services = editor.design().business.services.len();
    let (added, told) = add_by_hand(&mut editor);
    let hosted = editor.scene().hosted[&added].len();
    assert_eq!(told, DropEffect::Hosts { group: group(), instances: hosted });
    assert_eq!(hosted, services / 4, "the share of one machine of four");
}

#[test]
fn a_machine_dropped_on_the_canvas_lies_there_loose_on_the_grid() {
    let mut editor = shop(Layout::Cluster);
    play(&mut editor, &from_palette(Piece::Machine, NOWHERE));
    let loose = &editor.design().machines[&machine(4)];
    let at = loose.at.expect("it lies on the canvas");
    assert_eq!((at.x % GRID, at.y % GRID), (0.0, 0.0));
    assert_eq!(editor.design().seat_of(&machine(4)), None);
    assert!(rect(&editor, &Part::Machine(machine(4))).contains(NOWHERE), "under the pointer");
}

#[test]
fn a_group_dragged_from_the_palette_gets_the_clients() {
    let mut editor = shop(Layout::Cluster);
    play(&mut editor, &from_palette(Piece::Group, NOWHERE));
    assert_eq!(editor.design().groups.len(), 2);
    assert!(editor.design().clients.values().all(|client| client.to.len() == 2));
    assert_eq!(editor.steps(), (1, 0));
}

#[test]
fn a_piece_that_is_put_by_key_goes_into_the_group() {
    let mut editor = shop(Layout::Cluster);
    play(&mut editor, &[Pick(Piece::Machine), Put(None)]);
    assert_eq!(seats(&editor, &group()), 4);
    assert_eq!(editor.tool, Tool::Idle);
}

#[test]
fn a_trembling_click_selects_and_does_not_move() {
    let mut editor = shop(Layout::Cluster);
    let before = text(&editor);
    let at = grip(&editor, &machine(2));
    play(&mut editor, &[Press(at), Move(at + Point::new(2.0, 2.0)), Release(at + Point::new(2.0, 2.0))]);
    assert_eq!(editor.selection.single(), Some(&Part::Machine(machine(2))));
    assert_eq!(text(&editor), before);
    assert_eq!(editor.steps(), (0, 0));
    assert_eq!(editor.tool, Tool::Idle);
}

#[test]
fn a_click_on_the_canvas_lets_go_of_the_selection() {
    let mut editor = shop(Layout::Cluster);
    let at = grip(&editor, &machine(2));
    play(&mut editor, &[Press(at), Release(at), Press(NOWHERE), Release(NOWHERE)]);
    assert!(editor.selection.is_empty());
}

#[test]
fn escape_leaves_no_trace() {
    let mut editor = shop(Layout::Cluster);
    let before = text(&editor);
    let at = grip(&editor, &machine(2));
    play(&mut editor, &[Press(at), Move(NOWHERE), Cancel, Move(at), Release(at)]);
    play(&mut editor, &[Pick(Piece::Machine), Move(handle(&shop(Layout::Cluster), &group())), Cancel]);
    play(&mut editor, &[Release(NOWHERE)]);
    assert_eq!(text(&editor), before);
    assert_eq!(editor.steps(), (0, 0));
    assert_eq!((editor.drop_effect(), editor.dragged()), (None, None));
}

#[test]
fn a_drag_back_home_is_no_step() {
    for layout in Layout::ALL {
        let mut editor = shop(layout);
        play(&mut editor, &from_palette(Piece::Machine, NOWHERE));
        let before = (text(&editor), editor.steps());
        let homes = [
            grip(&editor, &machine(2)),
            grip(&editor, &machine(4)),
            handle(&editor, &group()),
            rect(&editor, &Part::Client("shoppers".into())).centre(),
        ];
        for home in homes {
            let away = home + Point::new(90.0, 40.0);
            play(&mut editor, &[Press(home), Move(away), Move(home), Release(home)]);
            let now = (text(&editor), editor.steps());
            assert!(now == before, "a step was made from {home:?} in {layout:?}");
        }
    }
}

#[test]
fn a_machine_dragged_out_of_its_group_is_loose() {
    for layout in Layout::ALL {
        let mut editor = shop(layout);
        let from = grip(&editor, &machine(2));
        play(&mut editor, &[Press(from), Move(NOWHERE)]);
        assert_eq!(editor.drop_effect(), Some(DropEffect::Leaves));
        play(&mut editor, &[Release(NOWHERE)]);
        assert_eq!(editor.design().seat_of(&machine(2)), None);
        assert_eq!(seats(&editor, &group()), 2);
        assert!(rect(&editor, &Part::Machine(machine(2))).grown(GRID).contains(NOWHERE));
        assert_eq!(editor.steps(), (1, 0));
    }
}

#[test]
fn a_row_drags_the_machine_it_runs_on_from_afar_and_under_a_finger_and_else_itself() {
    for (zoom, is_touched, takes_machine) in
        [(0.3, false, true), (0.5, true, true), (0.5, false, false), (1.0, false, false), (1.0, true, false)]
    {
        let mut editor = shop(Layout::Microservice);
        editor.camera.zoom = zoom;
        editor.is_touched = is_touched;
        let before = text(&editor);
        let instance = editor.scene().hosted[&machine(2)][0].clone();
        let from = editor.camera.to_screen(rect(&editor, &Part::Instance(instance)).centre());
        let to = editor.camera.to_screen(NOWHERE);
        play(&mut editor, &drag(from, to));
        assert_eq!(editor.design().seat_of(&machine(2)).is_none(), takes_machine, "at {zoom}");
        assert_eq!(text(&editor) != before, takes_machine, "nowhere a copy has no place");
    }
}

#[test]
fn a_machine_dragged_into_another_group_moves_there() {
    let mut editor = shop(Layout::Cluster);
    editor.compare(&group(), Layout::Microservice);
    let copy = editor.design().groups.get_index(1).expect("the copy is there").0.clone();
    let before = editor.design().clone();
    let (from, to) = (grip(&editor, &machine(3)), handle(&editor, &copy));
    play(&mut editor, &[Press(from), Move(to)]);
    let told = editor.drop_effect();
    play(&mut editor, &[Release(to)]);
    assert_eq!(editor.design().seat_of(&machine(3)).map(|(group, _)| group), Some(&copy));
    assert_eq!((seats(&editor, &group()), seats(&editor, &copy)), (2, 4));
    assert_eq!(told, truth(&machine(3), &before, &editor));
    assert_eq!(editor.steps(), (2, 0), "one for the group, one for the machine");
}

#[test]
fn dragging_a_group_moves_everything_in_it_and_nothing_else() {
    for layout in Layout::ALL {
        let mut editor = shop(layout);
        let before = editor.scene().clone();
        let content: BTreeSet<Part> = before.with_content(&Part::Group(group()));
        let from = handle(&editor, &group());
        // To a place of the grid, from wherever the group lies.
        let corner = rect(&editor, &Part::Group(group())).corner();
        let by = Point::new(400.0, 300.0) - corner;
        play(&mut editor, &[Press(from), Move(from + by)]);
        let (dragged, how_far) = editor.dragged().expect("it is dragged");
        assert_eq!((&*dragged, how_far), (&content, by));
        play(&mut editor, &[Release(from + by)]);
        for (part, rect) in &before.boxes {
            let expected = if content.contains(part) { rect.moved(by) } else { *rect };
            let now = editor.scene().boxes[part];
            let far = (now.x - expected.x).hypot(now.y - expected.y);
            assert!(far < 1e-6, "{part:?} is at {now:?}, not at {expected:?}");
        }
        assert_eq!(editor.steps(), (1, 0));
    }
}

#[test]
fn moving_things_about_does_not_disturb_the_run() {
    let design = || document::open(SHOP).expect("the shop opens");
    let (mut moved, mut left_alone) = (Session::of(design()), Session::of(design()));
    for session in [&mut moved, &mut left_alone] {
        session.toggle_play();
    }
    for round in 0..20 {
        for session in [&mut moved, &mut left_alone] {
            session.tick(50.0, 1e9, &|| 0.0);
        }
        let from = handle(&moved.editor, &group());
        let to = from + Point::new(f64::from(round) * 10.0, 40.0);
        for input in drag(from, to) {
            moved.on(input);
        }
    }
    moved.refresh();
    left_alone.refresh();
    assert_eq!(moved.editor.steps().0, 20, "it was moved each time");
    assert_eq!(moved.editor.run_changes(), 0);
    assert_eq!(moved.report(), left_alone.report());
    assert_eq!(moved.frame(), left_alone.frame());
}

#[test]
fn arrow_keys_move_what_is_chosen_by_a_step_of_the_grid() {
    let mut session = Session::of(document::open(SHOP).expect("the shop opens"));
    session.editor.selection = Part::Group(group()).into();
    let before = session.editor.design().groups[0].at;
    edit::MOVE_RIGHT.run(&mut session);
    let after = session.editor.design().groups[0].at;
    assert!((1.0..=10.0).contains(&(after.x - before.x)) && after.y == before.y, "{before:?} to {after:?}");
    assert_eq!(session.editor.steps(), (1, 0));
}

#[test]
fn the_wheel_keeps_the_point_under_the_pointer() {
    let mut editor = shop(Layout::Cluster);
    let at = Point::new(512.0, 333.0);
    for factor in [1.3, 0.4, 7.0, 0.001, 1.0] {
        let held = editor.camera.to_canvas(at);
        play(&mut editor, &[Input::Zoom { at, factor }, Input::Pan(Point::new(3.0, -8.0))]);
        let seen = editor.camera.to_screen(held) - Point::new(3.0, -8.0);
        assert!((seen.x - at.x).hypot(seen.y - at.y) < 1e-6, "{seen:?}");
    }
    assert_eq!(editor.steps(), (0, 0));
}

#[test]
fn the_hand_drags_truly_through_any_camera() {
    let mut editor = shop(Layout::Cluster);
    let zoom = Input::Zoom { at: Point::new(90.0, 700.0), factor: 0.37 };
    play(&mut editor, &[zoom, Input::Pan(Point::new(211.0, -57.0))]);
    let from = editor.camera.to_screen(grip(&editor, &machine(1)));
    let to = editor.camera.to_screen(NOWHERE);
    play(&mut editor, &drag(from, to));
    assert!(rect(&editor, &Part::Machine(machine(1))).grown(GRID).contains(NOWHERE));
}

#[test]
fn dragging_the_bare_canvas_moves_the_view_and_not_the_design() {
    let mut editor = shop(Layout::Cluster);
    let before = (text(&editor), editor.camera.offset);
    play(&mut editor, &drag(NOWHERE, NOWHERE + Point::new(70.0, 20.0)));
    assert_eq!(text(&editor), before.0);
    assert_eq!(editor.camera.offset - before.1, Point::new(70.0, 20.0));
}

#[test]
fn what_goes_while_it_is_dragged_is_not_dropped() {
    let mut editor = shop(Layout::Cluster);
    play(&mut editor, &from_palette(Piece::Machine, NOWHERE));
    let from = grip(&editor, &machine(4));
    play(&mut editor, &[Press(from), Move(from + Point::new(50.0, 50.0))]);
    assert!(editor.undo(), "a key comes in between");
    let before = text(&editor);
    assert_eq!(editor.drop_effect(), None);
    play(&mut editor, &[Move(from), Release(from + Point::new(50.0, 50.0))]);
    assert_eq!(text(&editor), before);
    assert_eq!(editor.steps(), (0, 1), "what was undone can be done again");

    let from = handle(&editor, &group());
    play(&mut editor, &[Press(from), Move(NOWHERE)]);
    editor.remove_selected();
    assert!(editor.design().groups.is_empty());
    play(&mut editor, &[Move(from), Release(from)]);
    assert!(editor.undo());
    assert_eq!(text(&editor), before);
}

#[test]
fn a_switch_of_layout_keeps_business_and_machines() {
    let mut editor = shop(Layout::Cluster);
    let before = editor.design().clone();
    for layout in [Layout::Distributed, Layout::Microservice, Layout::Cluster] {
        editor.set_layout(&group(), layout);
        assert_eq!(editor.design().machines, before.machines);
        assert_eq!(editor.design().business, before.business);
        assert_eq!(editor.design().groups[0].seats, before.groups[0].seats);
        assert_sound(editor.design());
    }
    assert_eq!(editor.steps(), (3, 0));
    assert_eq!(editor.design(), &before);
}

/// A small generator of numbers (a linear congruential one, with Knuth's constants).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % limit
    }

    /// A point of the stage: mostly on a part, sometimes anywhere.
    fn point(&mut self, editor: &Editor) -> Point {
        let boxes: Vec<Rect> = editor.scene().boxes.values().copied().collect();
        let jitter = Point::new(self.below(24) as f64, self.below(24) as f64);
        if boxes.is_empty() || self.below(4) == 0 {
            return Point::new(self.below(1600) as f64 - 80.0, self.below(1000) as f64 - 50.0) + jitter;
        }
        editor.camera.to_screen(boxes[self.below(boxes.len())].corner() + jitter)
    }
}

/// What a hand full of mistakes does: `length` inputs, none of them too silly for a person.
fn scribble(seed: u64, length: usize) -> Editor {
    let mut random = Random(seed);
    let mut editor = shop(Layout::ALL[seed as usize % 3]);
    let mut at = NOWHERE;
    for _ in 0..length {
        let before = editor.design().clone();
        let held = match &editor.tool {
            Tool::Dragging { part: Part::Machine(machine), .. } => Some(Some(machine.clone())),
            Tool::Placing { piece: Piece::Machine, now: Some(_) } => Some(None),
            _ => None,
        };
        let chosen_group = editor.design().groups.keys().nth(random.below(3)).cloned();
        match (random.below(24), &editor.tool) {
            (0..=4, Tool::Idle) => {
                at = random.point(&editor);
                editor.on(Press(at));
            }
            (5..=6, Tool::Idle) => {
                let piece = if random.below(3) == 0 { Piece::Group } else { Piece::Machine };
                if editor.design().groups.len() < 4 || piece == Piece::Machine {
                    editor.on(Pick(piece));
                }
            }
            (7, Tool::Idle) => editor.on(Input::Grip(random.point(&editor))),
            (0..=6, _) => {
                at = random.point(&editor);
                editor.on(Move(at));
            }
            (7..=10, _) => {
                // The canvas may have moved under the pointer.
                editor.on(Move(at));
                let told = editor.drop_effect();
                editor.on(Release(at));
                if let Some(held) = held {
                    let dropped = held.or_else(|| match editor.selection.single() {
                        Some(Part::Machine(machine)) => Some(machine.clone()),
                        _ => None,
                    });
                    let dropped = dropped.expect("a placed machine is chosen");
                    let there = editor.design().machines.contains_key(&dropped);
                    if *editor.design() == before {
                        // Where it was before, or gone before it was let go of.
                        let harmless = [None, Some(DropEffect::Moves)].contains(&told);
                        assert!(harmless, "told {told:?} and nothing happened");
                    } else if there {
                        assert_eq!(told, truth(&dropped, &before, &editor));
                    }
                }
            }
            (11, _) => editor.on(Cancel),
            (12, _) => editor.on(Put(chosen_group)),
            (13, _) => {
                let factor = [0.5, 0.8, 1.25, 2.0][random.below(4)];
                editor.on(Input::Zoom { at: random.point(&editor), factor });
            }
            (14, _) => editor.on(Input::Pan(Point::new(random.below(40) as f64 - 20.0, 6.0))),
            (15, _) => editor.nudge(Point::new(10.0, 0.0)),
            (16..=17, _) => {
                editor.undo();
            }
            (18, _) => {
                editor.redo();
            }
            (19, _) => {
                if let Some(group) = chosen_group {
                    editor.set_layout(&group, Layout::ALL[random.below(3)]);
                }
            }
            (20, _) if editor.design().groups.len() < 3 => {
                if let Some(group) = chosen_group {
                    editor.compare(&group, Layout::ALL[random.below(3)]);
                }
            }
            (21, _) if random.below(4) == 0 => editor.remove_selected(),
            (22, _) => {
                let machines = editor.design().machines.len();
                let machine = editor.design().machines.get_index(random.below(machines.max(1)));
                if let Some(machine) = machine.map(|(id, _)| id.clone()) {
                    editor.move_part(&Part::Machine(machine), chosen_group);
                }
            }
            _ => {}
        }
        assert_sound(editor.design());
        if editor.selection.iter().any(|part| !editor.scene().boxes.contains_key(part)) {
            panic!("{:?} is chosen and not there", editor.selection);
        }
    }
    editor.on(Cancel);
    editor
}

#[test]
fn whatever_a_hand_does_can_be_undone_to_the_bottom_and_redone_to_the_top() {
    for seed in 0..12 {
        let first = text(&shop(Layout::ALL[seed as usize % 3]));
        let mut editor = scribble(seed, 600);
        while editor.redo() {}
        let last = text(&editor);
        assert_eq!(document::open(&last).as_ref(), Ok(editor.design()), "what is saved opens again");
        let (depth, _) = editor.steps();
        assert!(depth > 5, "the script of seed {seed} did only {depth} things");
        while editor.undo() {}
        assert!(text(&editor) == first, "the first design of seed {seed} comes back");
        while editor.redo() {}
        assert!(text(&editor) == last, "the last design of seed {seed} comes back");
    }
}
