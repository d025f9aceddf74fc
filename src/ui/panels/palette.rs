//! The palette: what can be added. Dragged out, clicked and then clicked on the canvas, or put where
//! it makes sense with Enter.

use archlab_model::Point;
use web_sys::Element;
use yew::prelude::*;

use crate::action::parts;
use crate::editor::input::{Input, Piece};
use crate::editor::tools::{DRAG_THRESHOLD, Tool};
use crate::ui::i18n::use_words;
use crate::ui::icon::{Icon, icon};
use crate::ui::store::{Pulse, Store, use_store};

const PIECES: [(Piece, Icon, &str, &str); 3] = [
    (Piece::Machine, Icon::Machine, "palette.machine", "palette.machine_hint"),
    (Piece::Group, Icon::Group, "palette.group", "palette.group_hint"),
    (Piece::Note, Icon::Note, "palette.note", "palette.note_hint"),
];

/// What the palette needs from the page.
#[derive(Clone, PartialEq, Properties)]
pub struct PaletteProps {
    /// On a small screen: whether it is open as a sheet.
    pub open: bool,
    pub close: Callback<()>,
}

/// The palette.
#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let start = use_mut_ref(|| None::<Point>);
    let held = store.read(|session| match session.editor.tool {
        Tool::Placing { piece, .. } => Some(piece),
        _ => None,
    });
    let pieces = PIECES.map(|(piece, sign, name, hint)| {
        let onpointerdown = {
            let (store, start) = (store.clone(), start.clone());
            Callback::from(move |event: PointerEvent| {
                if event.button() != 0 {
                    return;
                }
                if let Some(element) = event.target_dyn_into::<Element>() {
                    // Captured by the piece itself, so that the drag goes on outside of it.
                    let button = element.closest("button").ok().flatten().unwrap_or(element);
                    let _ = button.set_pointer_capture(event.pointer_id());
                }
                *start.borrow_mut() = Some(client(&event));
                store.act(|session| session.on(Input::Pick(piece)));
            })
        };
        let onpointermove = {
            let (store, start, close) = (store.clone(), start.clone(), props.close.clone());
            Callback::from(move |event: PointerEvent| {
                let begun = *start.borrow();
                if begun.is_some_and(|begun| far(begun, client(&event))) {
                    close.emit(());
                    if let Some(at) = stage_point(&event) {
                        store.act(|session| session.on(Input::Move(at)));
                    }
                }
            })
        };
        let onpointerup = {
            let (store, start, close) = (store.clone(), start.clone(), props.close.clone());
            Callback::from(move |event: PointerEvent| {
                let begun = start.borrow_mut().take();
                if begun.is_some_and(|begun| far(begun, client(&event))) {
                    let input = stage_point(&event).map_or(Input::Cancel, Input::Release);
                    store.act(|session| session.on(input));
                }
                // Otherwise it was a click: the piece stays in hand until the canvas is clicked.
                close.emit(());
            })
        };
        let onpointercancel = {
            let (store, start) = (store.clone(), start.clone());
            Callback::from(move |_: PointerEvent| {
                start.borrow_mut().take();
                store.act(|session| session.on(Input::Cancel));
            })
        };
        let onkeydown = {
            let (store, close) = (store.clone(), props.close.clone());
            Callback::from(move |event: KeyboardEvent| {
                if matches!(event.key().as_str(), "Enter" | " ") {
                    event.prevent_default();
                    event.stop_propagation();
                    close.emit(());
                    put(&store, piece);
                }
            })
        };
        html! {
            <button class="piece" aria-pressed={(held == Some(piece)).to_string()} {onpointerdown} {onpointermove} {onpointerup}
                {onpointercancel} {onkeydown}>
                <span class="tile">{ icon(sign) }</span>
                <span>{ words.t(name) }<small>{ words.t(hint) }</small></span>
            </button>
        }
    });
    let hint = words.t(match held {
        Some(_) => "palette.placing",
        None => "palette.hint",
    });
    html! {
        <nav class={classes!("palette", props.open.then_some("open"))} aria-label={words.t("palette.name")}>
            <span class="caption">{ words.t("palette.name") }</span>
            { for pieces }
            <p class="hint">{ hint }</p>
        </nav>
    }
}

fn put(store: &Store, piece: Piece) {
    store.act(|session| parts::add(session, piece, None));
}

fn client(event: &PointerEvent) -> Point {
    Point::new(f64::from(event.client_x()), f64::from(event.client_y()))
}

fn far(a: Point, b: Point) -> bool {
    (a.x - b.x).hypot(a.y - b.y) >= DRAG_THRESHOLD
}

/// The point of the stage under the pointer; none if it is beside the stage.
fn stage_point(event: &PointerEvent) -> Option<Point> {
    let stage = gloo::utils::document().query_selector(".stage").ok().flatten()?;
    let rect = stage.get_bounding_client_rect();
    let at = client(event);
    let inside = (rect.left()..=rect.right()).contains(&at.x) && (rect.top()..=rect.bottom()).contains(&at.y);
    inside.then(|| Point::new(at.x - rect.left(), at.y - rect.top()))
}
