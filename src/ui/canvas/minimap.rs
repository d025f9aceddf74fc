//! The map: the whole design, small, with the health of its machines, and the part of it that is seen.
//! It is there while something of the design is out of sight; what it does, keys and the wheel do too.

use archlab_model::Point;
use web_sys::Element;
use yew::prelude::*;

use crate::editor::geometry::Rect;
use crate::editor::scene::Part;
use crate::session::Session;
use crate::ui::canvas::machine::num;
use crate::ui::i18n::use_words;
use crate::ui::icon::{Icon, icon};
use crate::ui::store::{Pulse, use_store};

/// Its size, in CSS pixels.
const SIZE: (f64, f64) = (176.0, 112.0);
/// Around the design, as a share of its size.
const MARGIN: f64 = 0.04;

/// The map, or the button that unfolds it.
#[component]
pub fn Minimap() -> Html {
    let store = use_store(Pulse::Hand);
    let words = use_words();
    let folded = use_state(|| false);
    let held = use_mut_ref(|| false);
    let update = use_force_update();
    let picture = use_node_ref();
    let (hidden, all, seen) = store.read(|session| {
        let editor = &session.editor;
        (editor.hides_something(), editor.scene().bounds(), editor.seen_area())
    });
    // While it is held it stays, though everything may be in sight.
    let Some(all) = all.filter(|_| hidden || *held.borrow()) else { return Html::default() };
    let shown = all.grown(all.w.max(all.h) * MARGIN);

    let fold = {
        let folded = folded.clone();
        Callback::from(move |_: MouseEvent| folded.set(!*folded))
    };
    let go = {
        let (store, picture) = (store.clone(), picture.clone());
        move |event: &PointerEvent| {
            let Some(picture) = picture.cast::<Element>() else { return };
            let rect = picture.get_bounding_client_rect();
            let scale = (SIZE.0 / shown.w).min(SIZE.1 / shown.h);
            let middle = shown.centre();
            let at = Point::new(
                middle.x + (f64::from(event.client_x()) - rect.left() - rect.width() / 2.0) / scale,
                middle.y + (f64::from(event.client_y()) - rect.top() - rect.height() / 2.0) / scale,
            );
            store.hand(|session| session.editor.look_at(at));
        }
    };
    let onpointerdown = {
        let (go, held, picture) = (go.clone(), held.clone(), picture.clone());
        Callback::from(move |event: PointerEvent| {
            event.stop_propagation();
            if event.button() != 0 {
                return;
            }
            event.prevent_default();
            if let Some(picture) = picture.cast::<Element>() {
                // A pointer that is gone already cannot be captured.
                let _ = picture.set_pointer_capture(event.pointer_id());
            }
            *held.borrow_mut() = true;
            go(&event);
        })
    };
    let leave = Callback::from({
        let held = held.clone();
        move |event: PointerEvent| {
            event.stop_propagation();
            *held.borrow_mut() = false;
            update.force_update();
        }
    });
    let onpointermove = {
        let leave = leave.clone();
        Callback::from(move |event: PointerEvent| {
            event.stop_propagation();
            match (*held.borrow(), event.buttons()) {
                (false, _) => return,
                (true, 0) => {}
                (true, _) => return go(&event),
            }
            // It went up where nobody was told.
            leave.emit(event);
        })
    };
    let name = words.t(if *folded { "map.unfold" } else { "map.fold" });
    let view_box = format!("{:.0} {:.0} {:.0} {:.0}", shown.x, shown.y, shown.w, shown.h);
    let window = Rect::between(
        Point::new(seen.x.max(shown.x), seen.y.max(shown.y)),
        Point::new(seen.right().min(shown.right()), seen.bottom().min(shown.bottom())),
    );
    let meets = seen.meets(shown);
    html! {
        <div class={classes!("float", "map", folded.then_some("folded"))}>
            if !*folded {
                <svg ref={picture} viewBox={view_box} width={num(SIZE.0)} height={num(SIZE.1)} aria-hidden="true"
                    {onpointerdown} {onpointermove} onpointerup={leave.clone()} onpointercancel={leave}>
                    <Parts />
                    if meets { <rect class="seen" x={num(window.x)} y={num(window.y)} width={num(window.w)} height={num(window.h)} /> }
                </svg>
            }
            <button class="button plain icon-only" aria-label={name.clone()} title={name} aria-expanded={(!*folded).to_string()} onclick={fold}>
                { icon(if *folded { Icon::Map } else { Icon::Minus }) }
            </button>
        </div>
    }
}

/// What lies on the map: it is drawn again with the run, not with the hand.
#[component]
fn Parts() -> Html {
    let store = use_store(Pulse::Live);
    let [groups, inner, boxes, well, down] = store.read(paths);
    html! {
        <>
            <path class="areas" d={groups} />
            <path class="areas inner" d={inner} />
            <path class="boxes" d={boxes} />
            <path class="machines" d={well} />
            <path class="machines down" d={down} />
        </>
    }
}

/// The areas of groups, those of groups within them, small boxes, machines that run, and machines on which something is down: those
/// are crossed out.
fn paths(session: &Session) -> [String; 5] {
    use std::fmt::Write;
    let scene = session.editor.scene();
    let ill: std::collections::BTreeSet<_> = session
        .frame()
        .machines
        .iter()
        .filter(|machine| !machine.on)
        .map(|machine| &machine.id)
        .chain(
            session
                .frame()
                .instances
                .iter()
                .filter(|now| now.life == archlab_engine::Life::Crashed)
                .map(|now| &now.machine),
        )
        .collect();
    let [mut groups, mut inner, mut boxes, mut well, mut down] = [const { String::new() }; 5];
    for (part, rect) in &scene.boxes {
        let Rect { x, y, w, h } = *rect;
        // Writing to a string cannot fail.
        let _ = match part {
            Part::Group(id) if scene.held.contains_key(id) => {
                write!(inner, "M{x:.0} {y:.0}h{w:.0}v{h:.0}h-{w:.0}z")
            }
            Part::Group(_) => write!(groups, "M{x:.0} {y:.0}h{w:.0}v{h:.0}h-{w:.0}z"),
            Part::Machine(id) if ill.contains(id) => {
                write!(down, "M{x:.0} {y:.0}h{w:.0}v{h:.0}h-{w:.0}zl{w:.0} {h:.0}m0-{h:.0}l-{w:.0} {h:.0}")
            }
            Part::Machine(_) => write!(well, "M{x:.0} {y:.0}h{w:.0}v{h:.0}h-{w:.0}z"),
            Part::Instance(_) => Ok(()),
            _ => write!(boxes, "M{x:.0} {y:.0}h{w:.0}v{h:.0}h-{w:.0}z"),
        };
    }
    [groups, inner, boxes, well, down]
}
