//! The keyboard on the drawing: Tab goes from part to part, also to those that are not drawn just now.
//!
//! One part at a time can be reached by Tab from outside: the chosen one, or the first. From there on
//! Tab follows the order in which parts are read, and leaves the drawing at its ends.

use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::editor::scene::{Part, Scene};
use crate::editor::walk;
use crate::session::Session;
use crate::ui::canvas::window::{Window, part_key};
use crate::ui::store::Store;

/// The part that Tab comes to from outside: the chosen one if it is drawn, else the first that is.
pub fn stop(session: &Session, scene: &Scene, window: Window) -> Option<Part> {
    let is_drawn = |part: &Part| scene.boxes.get(part).is_some_and(|rect| rect.meets(window.area));
    if let Some(chosen) = session.editor.selection.last().filter(|part| is_drawn(part)) {
        return Some(chosen.clone());
    }
    let design = session.editor.design();
    let clients = design.clients.keys().cloned().map(Part::Client);
    let groups = design.outer_groups().map(|(id, _)| Part::Group(id.clone()));
    let machines = design.machines.keys().cloned().map(Part::Machine);
    clients.chain(groups).chain(machines).find(is_drawn)
}

/// Takes a key that walks from part to part. `true` if it was one.
pub fn walk(event: &KeyboardEvent, store: &Store, world: &NodeRef) -> bool {
    let Some(target) = event.target_dyn_into::<Element>() else { return false };
    let Some(node) = target.closest("[data-part]").ok().flatten() else { return false };
    let on_switch = target.closest("[role=radio]").ok().flatten().is_some();
    let key = node.get_attribute("data-part").unwrap_or_default();
    let find =
        |session: &Session| session.editor.scene().boxes.keys().find(|part| part_key(part) == key).cloned();
    let Some(part) = store.read(find) else { return false };
    match event.key().as_str() {
        "Tab" if !event.ctrl_key() && !event.alt_key() && !event.meta_key() => {
            let backward = event.shift_key();
            let taken = match (on_switch, backward) {
                (true, true) => {
                    focus(world, &part);
                    true
                }
                (false, false) if matches!(part, Part::Group(_)) && focus_switch(&node) => true,
                _ => go_on(store, &part, backward),
            };
            if taken {
                event.prevent_default();
            }
            taken
        }
        "Enter" if !on_switch && store.read(|session| session.editor.selects_several) => {
            event.prevent_default();
            store.act(|session| session.editor.selection.toggle(part));
            true
        }
        "Enter" if !on_switch => {
            let carried = store.read(|session| session.editor.carried_to().is_some());
            let chosen = store.read(|session| session.editor.selection.contains(&part));
            if carried || chosen {
                return false;
            }
            event.prevent_default();
            store.act(|session| session.editor.selection = part.into());
            true
        }
        _ => false,
    }
}

fn go_on(store: &Store, part: &Part, backward: bool) -> bool {
    let next = store.read(|session| walk::next(&session.editor, Some(part), backward));
    let Some(next) = next else { return false };
    store.act(|session| session.editor.go_to(next));
    true
}

/// Gives the focus to the switch of a group's layout, if it is drawn.
fn focus_switch(group: &Element) -> bool {
    let option = group.query_selector("[role=radio][aria-checked=true]").ok().flatten();
    option.is_some_and(give_focus)
}

/// Gives the focus to a part, if it is drawn.
pub fn focus(world: &NodeRef, part: &Part) {
    let Some(all) = world.cast::<Element>().and_then(|world| world.query_selector_all("[data-part]").ok())
    else {
        return;
    };
    let key = part_key(part);
    let nodes = (0..all.length()).filter_map(|place| all.get(place));
    let elements = nodes.map(wasm_bindgen::JsCast::unchecked_into::<Element>);
    for element in elements {
        if element.get_attribute("data-part").as_deref() == Some(&*key) {
            give_focus(element);
            return;
        }
    }
}

fn give_focus(element: Element) -> bool {
    // An SVG element has `focus` as an HTML element does; the name of the interface differs only.
    let element: HtmlElement = wasm_bindgen::JsCast::unchecked_into(element);
    element.focus().is_ok()
}
