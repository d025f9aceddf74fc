//! What the hand draws above the drawing: the box it chooses with, the lines that things snap to, where
//! copies would lie; and the signs on what is locked.

use archlab_model::{Design, Point};
use yew::prelude::*;

use crate::editor::Editor;
use crate::editor::geometry::Rect;
use crate::editor::grasp::Grasp;
use crate::editor::scene::{Part, Scene};
use crate::editor::tools::Tool;
use crate::ui::canvas::machine::{num, translate};
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::Icon;
use crate::ui::store::{Pulse, use_store};

/// What the hand draws: it is drawn again with every move.
#[component]
pub fn HandMarks() -> Html {
    let store = use_store(Pulse::Hand);
    let words = use_words();
    store.read(|session| hand(&session.editor, words))
}

/// The box, the guides and the ghosts, in CSS pixels of the stage.
fn hand(editor: &Editor, words: Words) -> Html {
    let camera = &editor.camera;
    let on_screen = |rect: Rect| {
        let corner = camera.to_screen(rect.corner());
        Rect::new(corner.x, corner.y, rect.w * camera.zoom, rect.h * camera.zoom)
    };
    let framed = |rect: Rect, class: &'static str| {
        let rect = on_screen(rect);
        html! {
            <rect {class} x={num(rect.x)} y={num(rect.y)} width={num(rect.w)} height={num(rect.h)} rx="3" />
        }
    };
    let guide = |guide: crate::editor::snap::Guide| {
        let (from, to) = (camera.to_screen(guide.from), camera.to_screen(guide.to));
        html! { <line class="guide" x1={num(from.x)} y1={num(from.y)} x2={num(to.x)} y2={num(to.y)} /> }
    };
    let resized = match &editor.tool {
        Tool::Resizing { note, start, now } => {
            let rect = editor.scene().boxes.get(&Part::Note(note.clone()));
            let by = *now - *start;
            rect.map(|rect| Rect::new(rect.x, rect.y, (rect.w + by.x).max(0.0), (rect.h + by.y).max(0.0)))
        }
        _ => None,
    };
    let place_of = |part: &Part| editor.seen_scene().boxes.get(part).copied();
    html! {
        <g class="hand">
            { for editor.lit_parts().iter().filter_map(place_of).map(|rect| framed(rect, "light")) }
            { for editor.target_part().and_then(place_of).map(|rect| framed(rect.grown(2.0), "landing")) }
            { for editor.ghosts().into_iter().chain(resized).map(|rect| framed(rect, "ghost-frame")) }
            { for editor.guides().into_iter().map(guide) }
            if let Some(drawn) = editor.tool.drawn_box() { { framed(drawn, "selection-box") } }
            { rubber(editor) }
            { for editor.ports().iter().map(|(_, at)| port(*at, editor.port_reach(), words)) }
        </g>
    }
}

/// A port, and the room about it that a hand may take hold of.
fn port(at: Point, reach: f64, words: Words) -> Html {
    html! {
        <>
            <circle class="port-reach" cx={num(at.x)} cy={num(at.y)} r={num(reach)}><title>{ words.t("by_hand.port") }</title></circle>
            <circle class="port" cx={num(at.x)} cy={num(at.y)} r="5" />
        </>
    }
}

/// The call that is being drawn, from its port to the hand.
fn rubber(editor: &Editor) -> Html {
    let Tool::Handing { grasp: Grasp::Port(part), now, .. } = &editor.tool else { return Html::default() };
    let Some(from) = editor.port_of(part) else { return Html::default() };
    let to = editor.camera.to_screen(*now);
    let bow = ((to.x - from.x).abs() / 2.0).max(24.0);
    let path = format!(
        "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
        from.x,
        from.y,
        from.x + bow,
        from.y,
        to.x - bow,
        to.y,
        to.x,
        to.y
    );
    html! { <path class="rubber" d={path} /> }
}

/// Tells that every press adds to what is chosen, and ends that.
#[component]
pub fn SelectingSeveral() -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let (is_on, count) =
        store.read(|session| (session.editor.selects_several, session.editor.selection.len()));
    let end =
        Callback::from(move |_: MouseEvent| store.act(|session| session.editor.selects_several = false));
    html! {
        if is_on {
            <div class="float several">
                <output>{ words.fill("canvas.selecting_several", &[("count", &count)]) }</output>
                <button class="button" onclick={end}>{ words.t("canvas.selected_enough") }</button>
            </div>
        }
    }
}

/// A sign on every part that is locked itself, in canvas units.
pub fn lock_signs(design: &Design, scene: &Scene, words: Words) -> Html {
    let groups = design.groups.iter().filter(|(_, it)| it.locked).map(|(id, _)| Part::Group(id.clone()));
    let machines =
        design.machines.iter().filter(|(_, it)| it.locked).map(|(id, _)| Part::Machine(id.clone()));
    let clients = design.clients.iter().filter(|(_, it)| it.locked).map(|(id, _)| Part::Client(id.clone()));
    let notes = design.notes.iter().filter(|(_, it)| it.locked).map(|(id, _)| Part::Note(id.clone()));
    let signs = groups.chain(machines).chain(clients).chain(notes).filter_map(|part| {
        let rect = scene.boxes.get(&part)?;
        Some(html! {
            <g class="lock-sign" role="img" aria-label={words.t("canvas.locked")} transform={translate(rect.x - 9.0, rect.y - 9.0)}>
                <circle cx="9" cy="9" r="10" />
                <path d={Icon::Lock.path()} transform="translate(2.6 2.2) scale(.8)" />
            </g>
        })
    });
    html! { <g key="locks">{ for signs }</g> }
}
