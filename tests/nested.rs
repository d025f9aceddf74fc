//! Groups within groups, and groups that arrange nothing: what a hand does to them, told before and undone
//! in one step.

mod hand;

use archlab::action::parts;
use archlab::editor::input::Input::{Hold, Move, Pick, Press, Release};
use archlab::editor::input::Piece;
use archlab::editor::scene::Part;
use archlab::editor::{DropEffect, Editor, Spot, walk};
use archlab::session::Session;
use archlab_model::{GroupId, Layout, Point};

use hand::*;

const NOWHERE: Point = Point { x: 3000.0, y: 2400.0 };

/// The distributed shop whose third node, Orders, is a cluster of the machines 3 and 4.
fn nested() -> Editor {
    opened(NESTED)
}

fn orders() -> GroupId {
    GroupId::from("orders")
}

fn outer() -> Part {
    Part::Group(group())
}

fn inner() -> Part {
    Part::Group(orders())
}

/// The header of a group, where nothing else lies.
fn header(editor: &Editor, of: &Part) -> Point {
    rect(editor, of).corner() + Point::new(30.0, 12.0)
}

/// The services on a machine.
fn runs(editor: &Editor, number: u32) -> Vec<String> {
    let hosted = editor.scene().hosted.get(&machine_id(number));
    hosted.into_iter().flatten().map(|instance| instance.service.to_string()).collect()
}

/// Drags from point to point; gives what was told before the hand let go. It is one step, and undone the
/// design is what it was.
fn drop_at(editor: &mut Editor, from: Point, to: Point) -> Option<DropEffect> {
    let (before, steps) = (text(editor), editor.steps().0);
    let half = Point::new((from.x + to.x) / 2.0, (from.y + to.y) / 2.0);
    play(editor, &[Press(from), Move(half), Move(to)]);
    let told = editor.drop_effect();
    play(editor, &[Release(to)]);
    assert_eq!(editor.steps().0, steps + 1, "a gesture is one step");
    let after = text(editor);
    editor.undo();
    assert!(text(editor) == before, "undone it is what it was");
    editor.redo();
    assert!(text(editor) == after, "done again it is what it became");
    told
}

#[test]
fn a_group_within_a_group_is_a_box_of_its_own_in_it() {
    let editor = nested();
    let (whole, part) = (rect(&editor, &outer()), rect(&editor, &inner()));
    assert!(whole.holds(part) && part.y > whole.y + 30.0, "below the header of the outer one");
    for number in [3, 4] {
        assert!(part.holds(rect(&editor, &machine(number))), "machine {number} lies in the box");
        assert_eq!(runs(&editor, number), ["orders"]);
    }
    for number in [1, 2] {
        assert!(!part.meets(rect(&editor, &machine(number))), "machine {number} lies beside it");
    }
    assert_eq!(editor.scene().hit(header(&editor, &inner())), Some(&inner()));
    assert_eq!(editor.scene().hit(header(&editor, &outer())), Some(&outer()));
    let rest = Point::new(part.x + 3.0, part.bottom() - 3.0);
    assert_eq!(editor.scene().group_at(rest), Some(&orders()), "the innermost one");
}

#[test]
fn links_go_round_a_box_that_they_do_not_end_in() {
    let editor = nested();
    let (scene, box_of_orders) = (editor.scene(), rect(&editor, &inner()));
    let inside = |part: Option<&Part>| {
        part.and_then(|part| scene.boxes.get(part)).is_some_and(|rect| box_of_orders.holds(*rect))
    };
    let (mut passing, mut ending) = (0, 0);
    for link in &scene.links {
        if inside(link.from.part()) || inside(link.to.part()) {
            ending += 1;
            continue;
        }
        passing += 1;
        let on_it = (0..=200).any(|step| box_of_orders.contains(link.route.at(f64::from(step) / 200.0)));
        assert!(!on_it, "{link:?} crosses the box");
    }
    assert!(passing > 3 && ending > 3);
}

#[test]
fn a_machine_goes_into_the_box_and_out_of_it() {
    let mut editor = nested();
    let (from, to) = (grip(&editor, &machine(1)), header(&editor, &inner()));
    let told = drop_at(&mut editor, from, to);
    assert_eq!(told, Some(DropEffect::Replica { group: orders(), number: 3 }));
    assert_eq!(runs(&editor, 1), ["orders"]);

    let (from, to) = (grip(&editor, &machine(1)), header(&editor, &outer()));
    let told = drop_at(&mut editor, from, to);
    assert_eq!(told, Some(DropEffect::Module { group: group(), module: "storefront".to_owned() }));
    assert_eq!(runs(&editor, 1), ["storefront"]);

    let from = grip(&editor, &machine(4));
    assert_eq!(drop_at(&mut editor, from, NOWHERE), Some(DropEffect::Leaves));
    assert_eq!(editor.design().groups[&orders()].machines().count(), 1);
}

#[test]
fn a_new_machine_dropped_into_the_box_is_a_copy_more() {
    let mut editor = nested();
    let to = header(&editor, &inner());
    play(&mut editor, &[Pick(Piece::Machine), Move(to)]);
    assert_eq!(editor.drop_effect(), Some(DropEffect::Replica { group: orders(), number: 3 }));
    play(&mut editor, &[Release(to)]);
    assert_eq!(editor.design().groups[&orders()].machines().count(), 3);
    assert_eq!(runs(&editor, 5), ["orders"]);
}

#[test]
fn the_box_leaves_its_group_and_comes_back_as_a_node() {
    let mut editor = nested();
    let from = header(&editor, &inner());
    assert_eq!(drop_at(&mut editor, from, NOWHERE), Some(DropEffect::Leaves));
    assert!(editor.design().holder_of(&orders()).is_none());
    let to_orders = |editor: &Editor| editor.design().clients.values().any(|it| it.to.contains(&orders()));
    assert!(to_orders(&editor), "whoever sent to the shop sends to it, too");
    let seen = rect(&editor, &inner());
    assert!((seen.x - NOWHERE.x).abs() < 60.0 && (seen.y - NOWHERE.y).abs() < 60.0, "where it was let go of");

    let (from, to) = (header(&editor, &inner()), header(&editor, &outer()));
    let told = drop_at(&mut editor, from, to);
    let node = DropEffect::Node { group: group(), number: 3, module: Some("orders".to_owned()) };
    assert_eq!(told, Some(node));
    assert!(!to_orders(&editor));
    assert_eq!([runs(&editor, 3), runs(&editor, 4)], [["orders"], ["orders"]]);
}

#[test]
fn a_group_of_another_layout_becomes_a_cluster_where_it_goes_in() {
    let mut editor = nested();
    play(&mut editor, &[Pick(Piece::MicroserviceGroup), Move(NOWHERE), Release(NOWHERE)]);
    let made = editor.design().groups.keys().last().cloned().expect("a group was made");
    let to = header(&editor, &Part::Group(made.clone()));
    play(&mut editor, &[Pick(Piece::Machine), Move(to), Release(to)]);
    let (from, to) = (header(&editor, &Part::Group(made.clone())), header(&editor, &outer()));
    let told = drop_at(&mut editor, from, to);
    assert!(matches!(told, Some(DropEffect::Node { number: 4, .. })), "{told:?}");
    assert_eq!(editor.design().groups[&made].layout, Layout::Cluster);
    assert_eq!(editor.design().machines.len(), 5);
}

#[test]
fn a_cluster_holds_machines_only_and_says_so() {
    let mut editor = shop();
    play(&mut editor, &[Pick(Piece::Group), Move(NOWHERE), Release(NOWHERE)]);
    let made = Part::Group(editor.design().groups.keys().last().cloned().expect("a group was made"));
    let (from, to) = (header(&editor, &made), header(&editor, &outer()));
    let told = drop_at(&mut editor, from, to);
    assert_eq!(told, Some(DropEffect::HoldsMachines { group: group() }));
    assert!(editor.design().holder_of(&"group-1".into()).is_none());
}

#[test]
fn by_keyboard_a_machine_and_a_group_are_carried_in_and_out() {
    let mut editor = nested();
    choose(&mut editor, &[machine(1)]);
    assert!(editor.can_pick_up());
    editor.pick_up();
    while editor.carried_to() != Some(&Spot::Group(orders())) {
        editor.carry_on(false);
    }
    let replica = DropEffect::Replica { group: orders(), number: 3 };
    assert_eq!(editor.foretold(), Some(&replica), "who listens hears of it at once");
    editor.put_down();
    assert_eq!(runs(&editor, 1), ["orders"]);

    choose(&mut editor, &[inner()]);
    editor.pick_up();
    editor.carry_on(false);
    assert_eq!(editor.carried_to(), Some(&Spot::Canvas), "there is no other group that could hold it");
    assert_eq!(editor.foretold(), Some(&DropEffect::Leaves));
    editor.put_down();
    assert!(editor.design().holder_of(&orders()).is_none());
    editor.pick_up();
    editor.carry_on(false);
    assert_eq!(editor.carried_to(), Some(&Spot::Group(group())));
    editor.put_down();
    assert_eq!(editor.design().holder_of(&orders()).map(|(holder, _)| holder), Some(&group()));
}

#[test]
fn tab_walks_into_the_box_and_out_again() {
    let editor = nested();
    let order = walk::order(&editor);
    let place = |part: &Part| order.iter().position(|other| other == part).expect("it is walked to");
    assert!(place(&outer()) < place(&machine(1)) && place(&machine(2)) < place(&inner()));
    assert!(place(&inner()) < place(&machine(3)) && place(&machine(3)) < place(&machine(4)));
    let stores = order.iter().position(|part| matches!(part, Part::Store(..))).expect("a store");
    assert!(place(&machine(4)) < stores, "the stores of the outer one come after what is in it");
}

#[test]
fn menus_move_in_and_take_out_in_one_step() {
    let mut session = Session::of(nested().design().clone());
    let towards = parts::MOVE_INTO.towards.expect("it is done with a group");
    let both = [machine(1), machine(2)];
    assert_eq!((towards.groups)(&session, &both), [orders()]);
    (towards.act)(&mut session, &both, &orders());
    assert_eq!(session.editor.design().groups[&orders()].machines().count(), 4);
    assert_eq!(session.editor.steps().0, 1);
    parts::TAKE_OUT.run_on(&mut session, &[machine(1), machine(2)]);
    assert_eq!(session.editor.steps().0, 2, "both in one step");
    assert!(!rect(&session.editor, &machine(1)).meets(rect(&session.editor, &machine(2))));
    parts::TAKE_OUT.run_on(&mut session, &[inner()]);
    assert_eq!((towards.groups)(&session, &[inner()]), [group()]);
    assert!(!parts::LAYOUT_FREE.is_enabled_on(&session, &[machine(1)]));
    session.edit(|editor| editor.go_to_step(0));
    assert_eq!(session.editor.design(), nested().design());
}

#[test]
fn two_nodes_become_a_cluster_and_are_taken_apart_again() {
    let mut editor = nested();
    choose(&mut editor, &[machine(1), machine(2)]);
    assert!(editor.can_group());
    editor.group_selected();
    let Some(Part::Group(made)) = editor.selection.single().cloned() else { panic!("the cluster is chosen") };
    assert_eq!(editor.design().holder_of(&made).map(|(holder, _)| holder), Some(&group()));
    assert_eq!([runs(&editor, 1), runs(&editor, 2)], [["storefront"], ["storefront"]]);
    editor.ungroup_selected();
    assert!(!editor.design().groups.contains_key(&made));
    assert_eq!(editor.design().groups[&group()].machines().count(), 2);
    assert_eq!(editor.steps().0, 2);
}

#[test]
fn an_outer_group_taken_away_leaves_its_machines_and_the_groups_in_it() {
    let mut editor = nested();
    let seen = rect(&editor, &inner());
    choose(&mut editor, &[outer()]);
    editor.ungroup_selected();
    assert!(!editor.design().groups.contains_key(&group()) && editor.steps().0 == 1);
    let left = rect(&editor, &inner());
    assert!((left.x - seen.x).abs() < 6.0 && (left.y - seen.y).abs() < 6.0, "where it was seen");
    assert!(editor.design().clients.values().all(|it| it.to.contains(&orders())));
    assert_eq!(editor.design().machines.len(), 4);
}

#[test]
fn a_copy_of_the_box_is_one_more_node() {
    let mut editor = nested();
    choose(&mut editor, &[inner()]);
    editor.duplicate().expect("there is room");
    assert_eq!(editor.design().groups[&group()].groups().count(), 2);
    assert_eq!((editor.design().machines.len(), editor.steps().0), (6, 1));
    choose(&mut editor, &[outer()]);
    editor.duplicate().expect("there is room");
    assert_eq!(editor.design().outer_groups().count(), 2);
    assert_eq!(editor.design().groups.len(), 6, "with the groups in it");
    choose(&mut editor, &[outer()]);
    editor.remove_selected();
    assert_eq!((editor.design().groups.len(), editor.design().machines.len()), (3, 6));
}

#[test]
fn a_switch_of_the_outer_layout_keeps_the_box() {
    let mut editor = nested();
    let business = editor.design().business.clone();
    for layout in [Layout::Microservice, Layout::Free, Layout::Cluster, Layout::Distributed] {
        editor.set_layout(&group(), layout);
        assert_sound(editor.design());
        assert!(rect(&editor, &outer()).holds(rect(&editor, &inner())), "{layout:?}");
        assert_eq!(editor.design().machines_in(&editor.design().groups[&group()]).len(), 4);
    }
    assert_eq!(editor.design().business, business);
    editor.set_layout(&orders(), Layout::Free);
    assert_eq!(editor.design().groups[&orders()].layout, Layout::Cluster, "it stands for one machine");
}

#[test]
fn documents_may_nest_deeper_and_are_drawn_so() {
    let deeper = NESTED
        .replace(
            r#""machines": ["machine-3", "machine-4"]"#,
            r#""machines": ["machine-3", { "group": "deep" }]"#,
        )
        .replace(
            r#""orders": {
      "title""#,
            r#""deep": { "layout": "cluster", "machines": ["machine-4"] },
    "orders": {
      "title""#,
        );
    let mut editor = opened(&deeper);
    let deep = Part::Group("deep".into());
    assert!(rect(&editor, &inner()).holds(rect(&editor, &deep)));
    assert!(rect(&editor, &deep).holds(rect(&editor, &machine(4))));
    assert_eq!(editor.scene().hit(header(&editor, &deep)), Some(&deep));
    let (from, to) = (grip(&editor, &machine(1)), header(&editor, &deep));
    let told = drop_at(&mut editor, from, to);
    assert_eq!(told, Some(DropEffect::Replica { group: "deep".into(), number: 2 }));
    editor.go_to_step(0);
}

#[test]
fn a_group_that_becomes_free_stays_as_it_is_seen() {
    for mut editor in [shop(), nested()] {
        let before = editor.scene().boxes.clone();
        editor.set_layout(&group(), Layout::Free);
        let parts = before.keys().filter(|part| !matches!(part, Part::Instance(_)));
        for part in parts.cloned().collect::<Vec<_>>() {
            assert_eq!(rect(&editor, &part), before[&part], "{part:?}");
        }
        assert_eq!(editor.steps().0, 1);
    }
}

#[test]
fn in_a_free_group_things_stand_where_a_hand_puts_them() {
    let mut editor = nested();
    editor.set_layout(&group(), Layout::Free);
    let entry = Part::Entry(group());
    for part in [machine(1), inner(), entry] {
        let before = editor.scene().boxes.clone();
        let by = Point::new(-10.0, 60.0);
        let from = grip(&editor, &part);
        editor.snaps_to_grid = false;
        play(&mut editor, &[Hold(CONTROL)]);
        drop_at(&mut editor, from, from + by);
        play(&mut editor, &[Hold(NONE)]);
        assert_eq!(rect(&editor, &part), before[&part].moved(by), "{part:?} went along");
        let whole = rect(&editor, &outer());
        for (other, rect_before) in &before {
            let moved = editor.scene().with_content(&part).contains(other);
            if *other != outer() && !moved {
                assert_eq!(rect(&editor, other), *rect_before, "{other:?} stayed");
            }
            if editor.scene().home_of(other) == Some(&group()) {
                assert!(whole.holds(rect(&editor, other)), "the box wraps {other:?}");
            }
        }
    }
}

#[test]
fn a_free_group_moves_whole_and_its_things_snap_to_each_other() {
    let mut editor = nested();
    editor.set_layout(&group(), Layout::Free);
    let before = editor.scene().boxes.clone();
    let from = header(&editor, &outer());
    drop_at(&mut editor, from, from + Point::new(100.0, 40.0));
    let by = rect(&editor, &outer()).corner() - before[&outer()].corner();
    assert!(by != Point::default());
    for part in [machine(1), inner(), machine(3), Part::Entry(group())] {
        assert_eq!(rect(&editor, &part), before[&part].moved(by));
    }
    // Nearly below the other machine: their left edges meet, and a line tells so.
    let (first, second) = (rect(&editor, &machine(1)), rect(&editor, &machine(2)));
    let from = grip(&editor, &machine(2));
    let to = from + Point::new(first.x - second.x + 3.0, 23.0);
    play(&mut editor, &[Press(from), Move(from + Point::new(0.0, 9.0)), Move(to)]);
    assert!(!editor.guides().is_empty());
    play(&mut editor, &[Release(to)]);
    assert_eq!(rect(&editor, &machine(2)).x, rect(&editor, &machine(1)).x);
    editor.nudge(Point::default());
    choose(&mut editor, &[machine(1)]);
    let at = rect(&editor, &machine(1));
    editor.nudge(Point::new(10.0, 0.0));
    assert_eq!(rect(&editor, &machine(1)), at.moved(Point::new(10.0, 0.0)), "arrows move it, too");
}

#[test]
fn a_machine_comes_into_a_free_group_where_it_is_dropped() {
    let mut editor = shop_and_two();
    editor.set_layout(&group(), Layout::Free);
    let at = rect(&editor, &outer()).corner() + Point::new(300.0, 20.0);
    let from = grip(&editor, &machine(4));
    drop_at(&mut editor, from, at);
    let there = rect(&editor, &machine(4));
    assert!((there.x + 20.0 - at.x).abs() < 12.0 && (there.y + 12.0 - at.y).abs() < 12.0, "{there:?}");
    assert!(rect(&editor, &outer()).holds(there), "the box has grown round it");
    let from = grip(&editor, &machine(4));
    assert_eq!(drop_at(&mut editor, from, NOWHERE), Some(DropEffect::Leaves));
}

#[test]
fn a_free_group_is_arranged_when_asked_and_by_another_layout() {
    let mut editor = nested();
    editor.set_layout(&group(), Layout::Free);
    let arranged_before = editor.scene().boxes.clone();
    let from = grip(&editor, &machine(1));
    let upon = grip(&editor, &machine(2));
    drop_at(&mut editor, from, upon);
    assert!(editor.arrange_group(&group()));
    let home: Vec<Part> = editor
        .scene()
        .boxes
        .keys()
        .filter(|part| editor.scene().home_of(part) == Some(&group()))
        .cloned()
        .collect();
    let boxes: Vec<_> = home.iter().filter(|part| !matches!(part, Part::Instance(_))).collect();
    for (number, one) in boxes.iter().enumerate() {
        for other in &boxes[number + 1..] {
            assert!(!rect(&editor, one).meets(rect(&editor, other)), "{one:?} lies on {other:?}");
        }
    }
    assert!(!editor.arrange_group(&group()), "there is nothing left to do");
    editor.set_layout(&group(), Layout::Distributed);
    let there = rect(&editor, &machine(1));
    assert_eq!(there.x, arranged_before[&machine(1)].x, "the layout arranges it again");
}
