//! What a hand does to what a layout made, gesture by gesture: copies go to other machines, services are merged
//! and split, functions move, calls are drawn from port to port. Each is one step, and undo brings back the first.

mod hand;

use archlab::action::by_hand::{
    CONNECT, LINE_QUEUE, MERGE, MOVE_TO, OWN_STORE, REMOVE_LINE, SHARE_STORE, SPLIT,
};
use archlab::action::parts::{ARRANGE_AGAIN, FEWER_COPIES, MORE_COPIES};
use archlab::action::walk::PICK_UP;
use archlab::editor::errand::Errand;
use archlab::editor::input::{Input, Piece};
use archlab::editor::scene::{Line, Part};
use archlab::editor::tools::Tool;
use archlab::editor::{DropEffect, Editor, HandEffect};
use archlab::session::Session;
use archlab_model::intent::LineKind;
use archlab_model::{FunctionId, InstanceId, Layout, MachineId, Point, ServiceId, document};

use Input::{Cancel, Move, Pick, Press, Release, Seize};
use hand::*;

fn shop_as(layout: Layout) -> Editor {
    let mut design = document::open(SHOP).expect("the shop opens");
    design.groups[0].layout = layout;
    let mut editor = Editor::of(design);
    editor.view = archlab::editor::geometry::Rect::new(0.0, 0.0, 1440.0, 900.0);
    editor
}

fn copy(service: &str) -> InstanceId {
    InstanceId { group: group(), service: service.parse().expect("a name"), number: 1 }
}

fn row(service: &str) -> Part {
    Part::Instance(copy(service))
}

fn services(editor: &Editor) -> Vec<String> {
    editor.scene().deployments[&group()].services.iter().map(|service| service.id.to_string()).collect()
}

fn functions(editor: &Editor, service: &str) -> Vec<String> {
    let there = &editor.scene().deployments[&group()];
    let service = there.services.iter().find(|known| known.id.as_str() == service).expect("it is there");
    service.functions.iter().map(ToString::to_string).collect()
}

fn host(editor: &Editor, service: &str) -> MachineId {
    editor.scene().host(&copy(service)).expect("it runs").clone()
}

fn middle(editor: &Editor, part: &Part) -> Point {
    rect(editor, part).centre()
}

fn told(editor: &Editor) -> Option<HandEffect> {
    match editor.drop_effect() {
        Some(DropEffect::ByHand(effect)) => Some(effect),
        _ => None,
    }
}

/// Plays a drag, and says what was told before the release.
fn drag_told(editor: &mut Editor, from: Point, to: Point) -> Option<HandEffect> {
    let half = Point::new((from.x + to.x) / 2.0, (from.y + to.y) / 2.0);
    play(editor, &[Press(from), Move(half), Move(to)]);
    let told = told(editor);
    play(editor, &[Release(to)]);
    told
}

/// One step was done, and taken back it leaves the first design.
fn assert_one_step(editor: &mut Editor, first: &str) {
    assert_eq!(editor.steps(), (1, 0));
    assert_ne!(text(editor), first);
    let last = text(editor);
    assert!(editor.undo());
    assert_eq!(text(editor), first);
    assert!(editor.redo());
    assert_eq!(text(editor), last);
    assert_sound(editor.design());
}

/// A machine that a service does not run on.
fn elsewhere(editor: &Editor, service: &str) -> MachineId {
    let home = host(editor, service);
    let machines = editor.design().groups[&group()].machines();
    machines.into_iter().find(|machine| **machine != home).expect("there are several").clone()
}

#[test]
fn a_copy_dragged_to_another_machine_moves_there() {
    for layout in Layout::ALL {
        let mut editor = shop_as(layout);
        let first = text(&editor);
        let service = services(&editor)[0].clone();
        let machine = elsewhere(&editor, &service);
        let to = grip(&editor, &Part::Machine(machine.clone()));
        let from = middle(&editor, &row(&service));
        let told = drag_told(&mut editor, from, to);
        assert_eq!(told, Some(HandEffect::Seats { instance: copy(&service), machine: machine.clone() }));
        assert_eq!(host(&editor, &service), machine, "{layout:?}");
        assert_eq!(editor.selection.single(), Some(&row(&service)));
        assert_one_step(&mut editor, &first);
    }
}

#[test]
fn a_copy_is_carried_to_another_machine_by_keys_and_asked_for_by_menu() {
    let mut session = Session::of(shop_as(Layout::Microservice).design().clone());
    let home = host(&session.editor, "cart");
    session.editor.selection = row("cart").into();
    assert!(PICK_UP.is_enabled(&session));
    PICK_UP.run(&mut session);
    session.editor.carry_on(false);
    assert!(matches!(told(&session.editor), Some(HandEffect::Seats { .. })));
    session.edit(|editor| editor.put_down());
    assert_ne!(host(&session.editor, "cart"), home);
    assert_eq!(session.editor.steps(), (1, 0));

    MOVE_TO.run(&mut session);
    let errand = session.editor.errand.take().expect("it asks where to");
    let offers = session.editor.offers(&errand);
    assert_eq!(offers.len(), 2, "two of three machines are left");
    let back = Part::Machine(home.clone());
    assert!(offers.iter().any(|(part, _)| *part == back));
    session.edit(|editor| editor.run_errand(&errand, &back));
    assert_eq!(host(&session.editor, "cart"), home);
}

#[test]
fn a_service_dragged_onto_another_becomes_part_of_it() {
    let mut editor = shop_as(Layout::Microservice);
    let first = text(&editor);
    let (from, to) = (middle(&editor, &row("cart")), middle(&editor, &row("catalog")));
    let told = drag_told(&mut editor, from, to);
    let (from, into) = (ServiceId::from("cart"), ServiceId::from("catalog"));
    assert_eq!(told, Some(HandEffect::Merges { group: group(), from, into }));
    assert!(!services(&editor).contains(&"cart".to_owned()));
    assert!(functions(&editor, "catalog").contains(&"cart".to_owned()));
    assert_one_step(&mut editor, &first);
}

#[test]
fn a_function_dragged_onto_a_service_is_taken_by_it_and_on_bare_ground_becomes_one() {
    let mut editor = shop_as(Layout::Distributed);
    let first = text(&editor);
    let all = services(&editor);
    let (source, target) = (all[0].clone(), all[1].clone());
    let moved: FunctionId = functions(&editor, &source)[0].parse().expect("a name");
    let (from, to) = (middle(&editor, &row(&source)), middle(&editor, &row(&target)));
    let half = Point::new((from.x + to.x) / 2.0, (from.y + to.y) / 2.0);
    play(&mut editor, &[Seize(copy(&source), moved.clone(), from), Move(half), Move(to)]);
    let service: ServiceId = target.parse().expect("a name");
    assert_eq!(told(&editor), Some(HandEffect::Takes { group: group(), service, function: moved.clone() }));
    play(&mut editor, &[Release(to)]);
    assert!(functions(&editor, &target).contains(&moved.to_string()));
    assert!(!functions(&editor, &source).contains(&moved.to_string()));
    assert_one_step(&mut editor, &first);

    editor.undo();
    let from = middle(&editor, &row(&source));
    let area = rect(&editor, &Part::Group(group()));
    let ground = Point::new(area.x + 6.0, area.bottom() - 6.0);
    play(&mut editor, &[Seize(copy(&source), moved.clone(), from), Move(ground)]);
    assert_eq!(told(&editor), Some(HandEffect::Splits { function: moved.clone() }));
    play(&mut editor, &[Release(ground)]);
    assert_eq!(services(&editor).len(), all.len() + 1);
    assert_eq!(functions(&editor, moved.as_str()), [moved.to_string()]);
    assert_one_step(&mut editor, &first);
}

#[test]
fn a_click_on_a_function_chooses_its_service_and_changes_nothing() {
    let mut editor = shop_as(Layout::Distributed);
    let source = services(&editor)[0].clone();
    let function: FunctionId = functions(&editor, &source)[0].parse().expect("a name");
    let at = middle(&editor, &row(&source));
    play(&mut editor, &[Seize(copy(&source), function, at), Release(at)]);
    assert_eq!(editor.selection.single(), Some(&row(&source)));
    assert_eq!((editor.steps(), &editor.tool), ((0, 0), &Tool::Idle));
}

#[test]
fn split_and_merge_by_menu_come_back_to_where_they_began() {
    let mut session = Session::of(shop_as(Layout::Distributed).design().clone());
    let all = services(&session.editor);
    let source = copy(&all[0]);
    let parts = [Part::Instance(source.clone())];
    assert!(SPLIT.is_enabled_on(&session, &parts) && MERGE.is_enabled_on(&session, &parts));
    SPLIT.run_on(&mut session, &parts);
    assert_eq!(session.editor.errand.take(), Some(Errand::Split(source.clone())));
    let leaving: FunctionId = functions(&session.editor, &all[0])[0].parse().expect("a name");
    session.edit(|editor| editor.split(&source, std::slice::from_ref(&leaving)));
    assert_eq!(services(&session.editor).len(), all.len() + 1);
    let made = session.editor.selection.single().cloned().expect("the new service is chosen");
    let Part::Instance(made) = made else { panic!("it is a copy of it") };
    session.edit(|editor| editor.run_errand(&Errand::Merge(made), &Part::Instance(source.clone())));
    assert_eq!(services(&session.editor), all);
    assert_eq!(session.editor.by_hand_count(&group()), 0, "nothing is by hand that the layout has, too");
}

#[test]
fn a_call_is_drawn_from_port_to_port_given_a_kind_and_taken_away() {
    let mut session = Session::of(shop_as(Layout::Microservice).design().clone());
    let first = text(&session.editor);
    let from = row("catalog");
    session.editor.selection = from.clone().into();
    let targets: Vec<Part> = session.editor.landings(&from).into_iter().map(|(part, _)| part).collect();
    let to = targets.iter().find(|part| matches!(part, Part::Instance(_))).expect("something can be called");
    let port = session.editor.port_of(&from).expect("it has a port");
    let at = middle(&session.editor, to);
    play(&mut session.editor, &[Press(port), Move(Point::new(port.x + 40.0, port.y)), Move(at)]);
    session.editor.foretell();
    assert!(session.editor.lit_parts().contains(to), "what may be called lights up");
    assert_eq!(session.editor.target_part(), Some(to));
    let Some(HandEffect::Calls { caller, callee }) = told(&session.editor) else { panic!("a call is told") };
    play(&mut session.editor, &[Release(at)]);
    let steps = &session.editor.design().business.functions[&caller].steps;
    assert!(steps.iter().flat_map(|step| step.calls()).any(|call| call.to == callee));
    assert_one_step(&mut session.editor, &first);

    let Part::Instance(to) = to.clone() else { panic!("it is a service") };
    let line = Line::Calls { group: group(), from: "catalog".into(), to: to.service };
    session.editor.choose_line(line.clone());
    assert_eq!(session.editor.line(), Some(&line), "the new line can be chosen");
    LINE_QUEUE.run(&mut session);
    assert_eq!(session.editor.kinds_of(&line), [LineKind::Queue]);
    assert_sound(session.editor.design());
    REMOVE_LINE.run(&mut session);
    assert_eq!(session.editor.line(), None, "it is gone");
    assert_eq!(text(&session.editor), first);
}

#[test]
fn a_click_on_a_port_waits_for_the_target_and_escape_gives_up() {
    let mut editor = shop_as(Layout::Microservice);
    let first = text(&editor);
    let from = row("catalog");
    editor.selection = from.clone().into();
    let port = editor.port_of(&from).expect("it has a port");
    play(&mut editor, &[Press(port), Release(port)]);
    assert!(matches!(editor.tool, Tool::Handing { is_armed: true, .. }));
    play(&mut editor, &[Cancel]);
    assert_eq!((&editor.tool, text(&editor)), (&Tool::Idle, first.clone()));
    let to = editor.landings(&from).into_iter().map(|(part, _)| part).next().expect("there is one");
    let at = middle(&editor, &to);
    play(&mut editor, &[Press(port), Release(port), Move(at), Press(at), Release(at)]);
    assert_one_step(&mut editor, &first);
}

#[test]
fn calls_never_go_round_in_a_circle_and_clients_are_connected() {
    let mut session = Session::of(shop_as(Layout::Microservice).design().clone());
    // Every call that can be drawn, is: there is an end to it, and no circle.
    for _ in 0..400 {
        let copies = services(&session.editor);
        let next = copies.iter().find_map(|service| {
            let from = row(service);
            let (to, _) = session.editor.landings(&from).into_iter().next()?;
            Some((from, to))
        });
        let Some((from, to)) = next else { break };
        session.edit(|editor| editor.run_errand(&Errand::Connect(from), &to));
        assert_sound(session.editor.design());
    }
    assert!(services(&session.editor).iter().all(|it| session.editor.landings(&row(it)).is_empty()));

    let mut session = Session::of(shop().design().clone());
    session.edit(|editor| {
        play(
            editor,
            &[Pick(Piece::Group), Move(Point::new(900.0, 1500.0)), Release(Point::new(900.0, 1500.0))],
        )
    });
    let other = session.editor.selection.single().cloned().expect("the group is chosen");
    let Part::Group(other) = other else { panic!("it is a group") };
    let line = Line::Sends { client: "shoppers".into(), group: other.clone() };
    session.editor.choose_line(line);
    REMOVE_LINE.run(&mut session);
    assert!(!session.editor.design().clients[0].to.contains(&other));
    assert!(CONNECT.is_enabled_on(&session, &[clients()]));
    session.edit(|editor| editor.run_errand(&Errand::Connect(clients()), &Part::Entry(other.clone())));
    assert!(session.editor.design().clients[0].to.contains(&other));
}

#[test]
fn a_database_dropped_on_a_service_is_its_own_and_can_be_shared_again() {
    let mut session = Session::of(shop_as(Layout::Distributed).design().clone());
    let first = text(&session.editor);
    let all = services(&session.editor);
    let at = |editor: &Editor, service: &str| middle(editor, &row(service));
    let can = |session: &Session, it: &String| OWN_STORE.is_enabled_on(session, &[row(it)]);
    let service = all.iter().find(|it| can(&session, it)).expect("one has no store of its own").clone();
    let to = at(&session.editor, &service);
    play(&mut session.editor, &[Pick(Piece::Database), Move(to)]);
    let expected = HandEffect::Attaches { group: group(), service: service.parse().expect("a name") };
    assert_eq!(told(&session.editor), Some(expected));
    play(&mut session.editor, &[Release(to)]);
    let Some(Part::Store(_, made)) = session.editor.selection.single().cloned() else {
        panic!("the store is chosen")
    };
    assert_one_step(&mut session.editor, &first);
    let to = at(&session.editor, &service);
    play(&mut session.editor, &[Pick(Piece::Database), Move(to)]);
    assert!(matches!(told(&session.editor), Some(HandEffect::HasStore { .. })));
    play(&mut session.editor, &[Release(to)]);
    assert_eq!(session.editor.steps(), (1, 0), "it has one");

    let store = [Part::Store(group(), made.clone())];
    assert!(SHARE_STORE.is_enabled_on(&session, &store));
    let errand = Errand::Share(group(), made.clone());
    let (to, _) = session.editor.offers(&errand).into_iter().next().expect("there is another one");
    session.edit(|editor| editor.run_errand(&errand, &to));
    assert!(session.editor.scene().deployments[&group()].stores.iter().all(|store| store.id != made));
}

#[test]
fn what_is_by_hand_is_counted_and_taken_back_in_one_step() {
    let mut session = Session::of(shop_as(Layout::Microservice).design().clone());
    let plain = services(&session.editor);
    MORE_COPIES.run_on(&mut session, &[row("cart")]);
    session.edit(|editor| {
        let (from, to) = (middle(editor, &row("payment")), middle(editor, &row("catalog")));
        play(editor, &drag(from, to));
    });
    assert_eq!(session.editor.by_hand_count(&group()), 2);
    assert!(session.editor.scene().changed_by_hand(session.editor.design()).contains(&row("catalog")));
    ARRANGE_AGAIN.run_on(&mut session, &[Part::Group(group())]);
    assert_eq!(session.editor.by_hand_count(&group()), 0);
    assert!(session.editor.scene().changed_by_hand(session.editor.design()).is_empty());
    assert_eq!((services(&session.editor), session.editor.steps().0), (plain, 3));
    assert!(!FEWER_COPIES.is_enabled_on(&session, &[row("cart")]), "one copy is left");
}

#[test]
fn a_line_is_chosen_where_it_passes() {
    let mut editor = shop_as(Layout::Cluster);
    let link =
        editor.scene().links.iter().find(|link| Line::of(link).is_some()).expect("clients send").clone();
    let at = link.route.at(0.5);
    play(&mut editor, &[Press(at), Release(at)]);
    assert_eq!(editor.line().cloned(), Line::of(&link));
    assert!(editor.selection.is_empty());
    editor.selection = clients().into();
    assert_eq!(editor.line(), None, "a part is chosen");
}
