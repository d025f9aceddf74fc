//! Random scripts of thousands of inputs: whatever a hand does, the design stays sound, everything points to
//! something that is there, undo to the bottom gives the first design and redo to the top the last. And the
//! history list says what each step was.

mod hand;

use archlab::editor::Editor;
use archlab::editor::align::{Alignment, Direction};
use archlab::editor::deed::{Deed, Verb};
use archlab::editor::errand::Errand;
use archlab::editor::geometry::Rect;
use archlab::editor::history::MAX_STEPS;
use archlab::editor::input::Input::{self, Cancel, Hold, Move, Pick, Press, Put, Release};
use archlab::editor::input::{Held, Piece};
use archlab::editor::scene::{Line, Part};
use archlab::editor::tools::Tool;
use archlab_model::intent::{self, LineKind};
use archlab_model::{GroupId, InstanceId, Layout, Point, document};
use archlab_words::Lang;

use hand::*;

/// A small generator of numbers (a linear congruential one, with Knuth's constants).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % limit
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// A point of the stage: mostly on a part, sometimes anywhere.
    fn point(&mut self, editor: &Editor) -> Point {
        let boxes: Vec<Rect> = editor.scene().boxes.values().copied().collect();
        let jitter = Point::new(self.below(24) as f64, self.below(24) as f64);
        if boxes.is_empty() || self.one_in(4) {
            return Point::new(self.below(1600) as f64 - 80.0, self.below(1000) as f64 - 50.0) + jitter;
        }
        editor.camera.to_screen(boxes[self.below(boxes.len())].corner() + jitter)
    }

    fn held(&mut self) -> Held {
        Held { shift: self.one_in(3), alt: self.one_in(6), control: self.one_in(5) }
    }
}

const ALIGNMENTS: [Alignment; 6] = [
    Alignment::Left,
    Alignment::Centre,
    Alignment::Right,
    Alignment::Top,
    Alignment::Middle,
    Alignment::Bottom,
];

/// What is wrong with what the editor points to.
fn assert_points_to_what_is_there(editor: &Editor) {
    let boxes = &editor.scene().boxes;
    assert!(editor.selection.iter().all(|part| boxes.contains_key(part)), "{:?}", editor.selection);
    assert!(editor.scene().links.iter().all(|link| {
        [&link.from, &link.to].into_iter().all(|end| end.part().is_none_or(|part| boxes.contains_key(part)))
    }));
    let design = editor.design();
    for (id, group) in &design.groups {
        assert!(group.machines().all(|machine| design.machines.contains_key(machine)), "{id}");
    }
    for (inner, holder) in &editor.scene().held {
        let place = |id: &GroupId| boxes[&Part::Group(id.clone())];
        let loosely = place(holder).grown(0.01);
        assert!(loosely.holds(place(inner)), "{inner} lies in {holder}");
    }
    for (machine, holder) in &editor.scene().seated {
        let loosely = boxes[&Part::Group(holder.clone())].grown(0.01);
        assert!(loosely.holds(boxes[&Part::Machine(machine.clone())]), "{machine} lies in {holder}");
    }
    let groups = design.clients.values().flat_map(|client| &client.to);
    assert!(groups.into_iter().all(|group| design.groups.contains_key(group)));
}

/// Any copy of a service.
fn an_instance(random: &mut Random, editor: &Editor) -> Option<InstanceId> {
    let copies: Vec<&InstanceId> = editor.scene().host_of.keys().collect();
    (!copies.is_empty()).then(|| copies[random.below(copies.len())].clone())
}

/// One thing that a hand does, silly or not.
fn scribble(random: &mut Random, editor: &mut Editor, clipboard: &mut Option<String>) {
    let design = editor.design();
    let crowded = design.machines.len() > 40 || design.groups.len() > 5 || design.clients.len() > 20;
    let group = editor.design().groups.keys().nth(random.below(4)).cloned();
    match (random.below(54), &editor.tool) {
        (0..=7, Tool::Idle) => {
            let at = random.point(editor);
            editor.on(Hold(random.held()));
            editor.on(Press(at));
        }
        (8, Tool::Idle) if !crowded => {
            let piece = [Piece::Machine, Piece::Machine, Piece::Group, Piece::Note][random.below(4)];
            editor.on(Pick(piece));
        }
        (0..=10, _) => {
            let at = random.point(editor);
            editor.on(Move(at));
        }
        (11..=17, _) => {
            let alt = editor.held.alt && crowded;
            if alt {
                editor.on(Hold(NONE));
            }
            editor.on(Release(random.point(editor)));
        }
        (18, _) => editor.on(Cancel),
        (19, _) => editor.on(Put(group)),
        (20, _) => editor
            .on(Input::Zoom { at: random.point(editor), factor: [0.5, 0.8, 1.25, 2.0][random.below(4)] }),
        (21, _) => editor.nudge(Point::new(10.0, 1.0)),
        (22..=24, _) => {
            editor.undo();
        }
        (25..=26, _) => {
            editor.redo();
        }
        (27, _) => {
            if let Some(group) = group {
                editor.set_layout(&group, Layout::ALL[random.below(Layout::ALL.len())]);
            }
        }
        (28, _) if random.one_in(3) => editor.remove_selected(),
        (29, _) => *clipboard = editor.copied().or(clipboard.take()),
        (30, _) if !crowded => {
            if let Some(text) = clipboard {
                let at = random.one_in(2).then(|| random.point(editor));
                editor.paste(text, at).expect("what was copied can be pasted");
            }
        }
        (31, _) if !crowded => editor.duplicate().expect("there is room for some more"),
        (32, _) => editor.align(ALIGNMENTS[random.below(6)]),
        (33, _) => editor.distribute([Direction::Across, Direction::Down][random.below(2)]),
        (34, _) => editor.group_selected(),
        (35, _) => editor.ungroup_selected(),
        (36, _) => editor.set_locked(random.one_in(3)),
        (37, _) => {
            editor.rename_selected();
            let text = ["", "x", "Shop 商城", " a b "][random.below(4)];
            editor.end_renaming(Some(text), "old");
        }
        (38, _) => editor.grow_notes(Point::new(20.0, -20.0)),
        (39, _) if random.one_in(4) => editor.select_all(),
        (40, _) => editor.snaps_to_grid = !editor.snaps_to_grid,
        (42, Tool::Idle) => {
            let Some(instance) = an_instance(random, editor) else { return };
            let function = editor.scene().service(&instance).and_then(|service| {
                (!service.functions.is_empty())
                    .then(|| service.functions[random.below(service.functions.len())].clone())
            });
            let at =
                editor.camera.to_screen(editor.scene().boxes[&Part::Instance(instance.clone())].centre());
            if let Some(function) = function {
                editor.on(Input::Seize(instance, function, at));
            }
        }
        (43, Tool::Idle) => {
            if let Some((_, port)) = editor.ports().first() {
                editor.on(Press(*port));
            }
        }
        (44..=45, _) if !crowded => {
            let Some(instance) = an_instance(random, editor) else { return };
            let errand = match random.below(4) {
                0 => Errand::Move(instance),
                1 => Errand::Merge(instance),
                2 => Errand::Connect(Part::Instance(instance)),
                _ => match editor.store_used_by(&instance) {
                    Some(store) => Errand::Share(instance.group, store),
                    None => return,
                },
            };
            let offers = editor.offers(&errand);
            if !offers.is_empty() {
                editor.run_errand(&errand, &offers[random.below(offers.len())].0);
            }
        }
        (46, _) => {
            let design = editor.design().clone();
            let change = [intent::add_replica, intent::remove_replica, intent::attach_store][random.below(3)];
            let Some(it) = an_instance(random, editor).filter(|_| !crowded) else { return };
            if let Some(command) = change(&design, &it.group, &it.service) {
                editor.perform(command);
            }
        }
        (47, _) => {
            let lines: Vec<Line> = editor.scene().links.iter().filter_map(Line::of).collect();
            if lines.is_empty() {
                return;
            }
            let line = lines[random.below(lines.len())].clone();
            editor.choose_line(line.clone());
            let Line::Calls { group, from, to } = line else { return };
            let kind = LineKind::ALL[random.below(4)];
            let design = editor.design();
            let command = match random.below(3) {
                0 => intent::remove_calls(design, &group, &from, &to),
                _ => intent::set_line_kind(design, &group, &from, &to, kind),
            };
            if let Some(command) = command {
                editor.perform(command);
            }
        }
        (48, _) => {
            let group = group.filter(|_| random.one_in(3));
            let command = group.and_then(|group| intent::arrange_again(editor.design(), &group));
            if let Some(command) = command {
                editor.perform(command);
            }
        }
        (41, _) if random.one_in(8) => {
            editor.go_to_step(random.below(editor.steps().0 + editor.steps().1 + 1))
        }
        (50, Tool::Idle) if editor.can_pick_up() => {
            editor.pick_up();
            for _ in 0..random.below(4) {
                editor.carry_on(random.one_in(3));
            }
            editor.put_down();
        }
        (51, _) => {
            let chosen: Vec<Part> = editor.selection.iter().cloned().collect();
            match group {
                Some(group) if random.one_in(2) => editor.move_into(&chosen, &group),
                _ => editor.take_out(&chosen),
            }
        }
        (52, _) => {
            if let Some(group) = group {
                editor.arrange_group(&group);
            }
        }
        (53, _) if !crowded => {
            let machine = editor.design().machines.keys().nth(random.below(12)).cloned();
            if let Some(command) = machine.and_then(|machine| editor.with_a_second(&machine)) {
                editor.perform(command);
            }
        }
        _ => {}
    }
}

#[test]
fn whatever_a_hand_does_can_be_undone_to_the_bottom_and_redone_to_the_top() {
    for seed in 0..6 {
        let mut random = Random(seed);
        let mut editor = if seed % 2 == 0 { shop_and_two() } else { opened(NESTED) };
        while editor.undo() {}
        let first = text(&editor);
        let (mut changes, mut clipboard) = (editor.changes(), None);
        for _ in 0..2_500 {
            scribble(&mut random, &mut editor, &mut clipboard);
            assert_points_to_what_is_there(&editor);
            if changes != editor.changes() {
                changes = editor.changes();
                assert_sound(editor.design());
            }
        }
        editor.on(Cancel);
        while editor.redo() {}
        let last = text(&editor);
        assert_eq!(document::open(&last).as_ref(), Ok(editor.design()), "what is saved opens again");
        let (depth, _) = editor.steps();
        // Going back some way and doing something else leaves few steps of the many that were done.
        let did = editor.changes();
        assert!(
            did > 300 && (1..MAX_STEPS).contains(&depth),
            "seed {seed} did {did} things, {depth} are left"
        );
        editor.go_to_step(0);
        assert!(text(&editor) == first, "the first design of seed {seed} comes back");
        editor.go_to_step(depth);
        assert!(text(&editor) == last, "the last design of seed {seed} comes back");
    }
}

/// What the last step was.
fn last_deed(editor: &Editor) -> Deed {
    let (done, _) = editor.history().steps();
    Deed::of(done.last().expect("something was done"))
}

#[test]
fn the_history_says_what_each_step_was() {
    let mut editor = shop_and_two();
    let told = |editor: &Editor| (last_deed(editor).verb, last_deed(editor).count);
    assert_eq!(told(&editor), (Verb::Add, 1));
    choose(&mut editor, &[machine(4), machine(5)]);
    editor.nudge(Point::new(10.0, 0.0));
    assert_eq!(told(&editor), (Verb::Move, 2));
    let (from, to) = (grip(&editor, &machine(4)), grip(&editor, &Part::Group(group())));
    play(&mut editor, &drag(from, to));
    assert_eq!(told(&editor), (Verb::Into, 2));
    assert_eq!(last_deed(&editor).group, Some(group()));
    let from = grip(&editor, &machine(5));
    choose(&mut editor, &[]);
    play(&mut editor, &drag(from, Point::new(3000.0, 2400.0)));
    assert_eq!(told(&editor), (Verb::Out, 1));
    choose(&mut editor, &[machine(5)]);
    editor.group_selected();
    assert_eq!(told(&editor), (Verb::Group, 1));
    editor.duplicate().expect("there is room");
    assert_eq!(told(&editor), (Verb::Add, 1), "a group with what is in it is one thing");
    editor.remove_selected();
    assert_eq!(told(&editor), (Verb::Remove, 1));
    choose(&mut editor, &[Part::Group(group())]);
    editor.set_layout(&group(), Layout::Microservice);
    assert_eq!(told(&editor), (Verb::Layout, 1));
    editor.set_locked(true);
    assert_eq!(told(&editor), (Verb::Lock, 1));
    editor.set_locked(false);
    editor.ungroup_selected();
    assert_eq!(told(&editor), (Verb::Ungroup, 1));
    choose(&mut editor, &[clients(), machine(1)]);
    editor.remove_selected();
    assert_eq!(told(&editor), (Verb::Remove, 2));
    for several in [false, true] {
        let key = last_deed(&editor).verb.key(several);
        assert!(Lang::ALL.into_iter().all(|lang| archlab_words::text(lang, key) != key));
    }
}

#[test]
fn a_click_in_the_history_goes_there_and_keeps_what_follows() {
    let mut editor = shop_and_two();
    editor.nudge(Point::new(0.0, 0.0));
    let states: Vec<String> = (0..=2)
        .map(|depth| {
            editor.go_to_step(depth);
            text(&editor)
        })
        .collect();
    assert_eq!(editor.steps(), (2, 0));
    for depth in [0, 2, 1, 0, 1] {
        editor.go_to_step(depth);
        assert_eq!(text(&editor), states[depth]);
        assert_eq!(editor.steps(), (depth, 2 - depth));
    }
    editor.go_to_step(99);
    assert_eq!(editor.steps(), (2, 0), "there is nothing further");
}
