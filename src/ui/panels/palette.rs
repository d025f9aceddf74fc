//! The palette: what can be added. Searched, dragged out, clicked and then clicked on the canvas, or put
//! where it makes sense with Enter.

use archlab_model::Point;
use archlab_words::Lang;
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::action::parts;
use crate::editor::input::{Input, Piece};
use crate::editor::tools::{DRAG_THRESHOLD, Tool};
use crate::search;
use crate::ui::browser::media;
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::store::{Pulse, Store, use_store};

/// A piece as it stands in the palette.
#[derive(Clone, Copy, PartialEq)]
pub struct Entry {
    pub piece: Piece,
    pub sign: Icon,
    /// The key of its name.
    pub name: &'static str,
    hint: &'static str,
    section: &'static str,
}

const fn entry(
    piece: Piece,
    sign: Icon,
    section: &'static str,
    name: &'static str,
    hint: &'static str,
) -> Entry {
    Entry { piece, sign, name, hint, section }
}

/// The pieces, in the order in which they are shown.
pub const PIECES: [Entry; 15] = [
    entry(Piece::Machine, Icon::Machine, "palette.machines", "palette.machine", "palette.machine_hint"),
    entry(Piece::SmallMachine, Icon::SmallMachine, "palette.machines", "palette.small", "palette.small_hint"),
    entry(Piece::LargeMachine, Icon::LargeMachine, "palette.machines", "palette.large", "palette.large_hint"),
    entry(Piece::Group, Icon::Cluster, "palette.groups", "palette.group", "palette.group_hint"),
    entry(
        Piece::DistributedGroup,
        Icon::Distributed,
        "palette.groups",
        "palette.distributed",
        "palette.distributed_hint",
    ),
    entry(
        Piece::MicroserviceGroup,
        Icon::Microservices,
        "palette.groups",
        "palette.microservice",
        "palette.microservice_hint",
    ),
    entry(Piece::FreeGroup, Icon::Group, "palette.groups", "palette.free", "palette.free_hint"),
    entry(Piece::OpenClients, Icon::Users, "palette.clients", "palette.open", "palette.open_hint"),
    entry(Piece::BurstyClients, Icon::Bursts, "palette.clients", "palette.bursts", "palette.bursts_hint"),
    entry(Piece::Users, Icon::User, "palette.clients", "palette.users", "palette.users_hint"),
    entry(Piece::Note, Icon::Note, "palette.notes", "palette.note", "palette.note_hint"),
    entry(Piece::Database, Icon::Database, "palette.stores", "palette.database", "palette.database_hint"),
    entry(
        Piece::ReplicatedDatabase,
        Icon::Replicas,
        "palette.stores",
        "palette.replicas",
        "palette.replicas_hint",
    ),
    entry(Piece::ShardedDatabase, Icon::Shards, "palette.stores", "palette.shards", "palette.shards_hint"),
    entry(Piece::CacheStore, Icon::Cache, "palette.stores", "palette.cache", "palette.cache_hint"),
];

/// What the palette needs from the page.
#[derive(Clone, PartialEq, Properties)]
pub struct PaletteProps {
    /// On a smaller screen: whether it is open as a sheet.
    pub open: bool,
    pub close: Callback<()>,
    /// On a smaller screen: it should be open, for something is searched for.
    pub want: Callback<()>,
}

/// The palette.
#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let typed = use_state(String::new);
    let start = use_mut_ref(|| None::<Point>);
    let panel = use_node_ref();
    let field = use_node_ref();
    {
        let (field, typed) = (field.clone(), typed.clone());
        use_effect_with(props.open, move |open| {
            if !*open {
                // A closed palette shows everything again.
                typed.set(String::new());
            }
            // On a touch screen the focus would bring a keyboard over the pieces.
            let wanted = *open && !media("(pointer: coarse)");
            if let (true, Some(field)) = (wanted, field.cast::<HtmlElement>()) {
                // A refused focus changes nothing.
                let _ = field.focus();
            }
        });
    }
    let held = store.read(|session| match session.editor.tool {
        Tool::Placing { piece, .. } => Some(piece),
        _ => None,
    });
    let found = search::find(&typed, PIECES.to_vec(), names_of);
    let first = found.first().copied();
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                typed.set(input.value());
            }
        })
    };
    let onkeydown = {
        let (store, typed, panel, close) = (store.clone(), typed.clone(), panel.clone(), props.close.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.is_composing() {
                return;
            }
            match (event.key().as_str(), first) {
                ("ArrowDown", Some(_)) => focus_piece(&panel, 0),
                ("Enter", Some(first)) => {
                    close.emit(());
                    put(&store, first.piece);
                }
                ("Escape", _) if typed.is_empty() => close.emit(()),
                ("Escape", _) => typed.set(String::new()),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let walk = {
        let (panel, close) = (panel.clone(), props.close.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(place) = focused_piece(&panel) else { return };
            match event.key().as_str() {
                "ArrowDown" => focus_piece(&panel, place + 1),
                "ArrowUp" => focus_piece(&panel, place.saturating_sub(1)),
                "Home" => focus_piece(&panel, 0),
                "Escape" => {
                    // The canvas hears of it too: what is in hand goes back.
                    close.emit(());
                    return;
                }
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let mut section = "";
    let pieces = found.iter().map(|entry| {
        let heading = if section == entry.section {
            Html::default()
        } else {
            section = entry.section;
            html! { <h2 class="caption">{ words.t(section) }</h2> }
        };
        let is_held = held == Some(entry.piece);
        html! { <>{ heading }{ piece(*entry, is_held, &store, &start, &props.close, words) }</> }
    });
    let pieces: Vec<Html> = pieces.collect();
    let hint = words.t(match held {
        Some(_) => "palette.placing",
        None if pieces.is_empty() => "palette.nothing",
        None => "palette.hint",
    });
    let want = props.want.reform(|_: MouseEvent| ());
    let close = props.close.reform(|_: MouseEvent| ());
    html! {
        <nav class={classes!("palette", props.open.then_some("open"))} aria-label={words.t("palette.name")} ref={panel}>
            <button class="button plain icon-only palette-search" aria-label={words.t("palette.search")} title={words.t("palette.search")}
                onclick={want}>{ icon(Icon::Search) }</button>
            <div class="palette-head">
                <label class="palette-field">{ icon(Icon::Search) }
                    <input type="search" ref={field} aria-label={words.t("palette.search")} placeholder={words.t("palette.search")} autocomplete="off"
                        spellcheck="false" value={(*typed).clone()} {oninput} {onkeydown} />
                </label>
                <button class="button plain icon-only palette-close" aria-label={words.t("action.close")} onclick={close}>{ icon(Icon::Close) }</button>
            </div>
            <div class="pieces" onkeydown={walk}>{ for pieces }</div>
            <p class="hint" role="status">{ hint }</p>
        </nav>
    }
}

/// Its names and sentences in all languages, for the search.
fn names_of(entry: &Entry) -> Vec<String> {
    let texts = [entry.name, entry.hint, entry.section];
    texts.into_iter().flat_map(|key| Lang::ALL.map(|lang| archlab_words::text(lang, key))).collect()
}

fn piece(
    entry: Entry,
    is_held: bool,
    store: &Store,
    start: &std::rc::Rc<std::cell::RefCell<Option<Point>>>,
    close: &Callback<()>,
    words: Words,
) -> Html {
    let piece = entry.piece;
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
        let (store, start, close) = (store.clone(), start.clone(), close.clone());
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
        let (store, start, close) = (store.clone(), start.clone(), close.clone());
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
        let (store, close) = (store.clone(), close.clone());
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
        <button class={classes!("piece", (piece == Piece::Machine).then_some("usual"))} aria-pressed={is_held.to_string()} {onpointerdown} {onpointermove} {onpointerup} {onpointercancel} {onkeydown}>
            <span class="tile">{ icon(entry.sign) }</span>
            <span>{ words.t(entry.name) }<small>{ words.t(entry.hint) }</small></span>
        </button>
    }
}

fn put(store: &Store, piece: Piece) {
    store.act(|session| parts::add(session, piece, None));
}

fn pieces_in(panel: &NodeRef) -> Option<web_sys::NodeList> {
    panel.cast::<Element>()?.query_selector_all(".piece").ok()
}

fn focused_piece(panel: &NodeRef) -> Option<u32> {
    let pieces = pieces_in(panel)?;
    let active = gloo::utils::document().active_element()?;
    (0..pieces.length()).find(|place| active.is_same_node(pieces.get(*place).as_ref()))
}

fn focus_piece(panel: &NodeRef, place: u32) {
    let Some(pieces) = pieces_in(panel) else { return };
    let piece = pieces.get(place.min(pieces.length().saturating_sub(1)));
    if let Some(piece) = piece.and_then(|piece| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(piece).ok()) {
        // A refused focus changes nothing.
        let _ = piece.focus();
    }
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
