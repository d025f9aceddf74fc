//! Menus: a list of actions at a point, or under a button.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::action::{self, Action};
use crate::editor::scene::Part;
use crate::ui::canvas::overlay::place_at;
use crate::ui::i18n::use_words;
use crate::ui::icon::icon;
use crate::ui::shortcut;
use crate::ui::store::{Pulse, use_store};

/// A menu that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct MenuRequest {
    /// Where, in the window.
    pub at: (f64, f64),
    /// For what; nothing is the canvas.
    pub part: Option<Part>,
}

/// The menu of a part, or of the canvas.
#[derive(Clone, PartialEq, Properties)]
pub struct PartMenuProps {
    pub request: MenuRequest,
    /// It was used or left.
    pub close: Callback<()>,
}

/// The context menu.
#[component]
pub fn PartMenu(props: &PartMenuProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let menu = use_node_ref();
    {
        let menu = menu.clone();
        use_effect_with(props.request.at, move |at| {
            if let Some(menu) = menu.cast::<HtmlElement>() {
                keep_inside(&menu, *at);
                focus_entry(&menu, 0);
            }
        });
    }
    let sections = store.read(|session| {
        let parts = action::meant(session, props.request.part.as_ref());
        let named = |action: &'static Action| (action, words.t(action.words_key(session)));
        let sections = action::menu(session, &parts).into_iter();
        sections.map(|section| section.into_iter().map(named).collect::<Vec<_>>()).collect::<Vec<_>>()
    });
    let entry = |(action, name): (&'static Action, String)| {
        let (store, close, part) = (store.clone(), props.close.clone(), props.request.part.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            close.emit(());
            store.act(|session| {
                let parts = action::meant(session, part.as_ref());
                action.run_on(session, &parts);
            });
        });
        html! {
            <button role="menuitem" class={classes!(action.is_danger.then_some("danger"))} {onclick}>
                { icon(action.icon) }<span>{ name }</span>
                if let Some(keys) = shortcut::of(action, words) { <kbd>{ keys }</kbd> }
            </button>
        }
    };
    let mut lines: Vec<Html> = Vec::new();
    for (number, section) in sections.into_iter().enumerate() {
        if number > 0 {
            lines.push(html! { <hr /> });
        }
        lines.extend(section.into_iter().map(&entry));
    }
    html! {
        <Popup close={props.close.clone()} reference={menu} label={words.t("menu.label")}>{ for lines }</Popup>
    }
}

/// What a popup needs.
#[derive(Clone, PartialEq, Properties)]
pub struct PopupProps {
    /// It was left: by Escape, or by a press beside it.
    pub close: Callback<()>,
    pub reference: NodeRef,
    pub label: String,
    pub children: Html,
}

/// A menu's box: arrows walk its entries, Escape and a press beside it close it.
#[component]
pub fn Popup(props: &PopupProps) -> Html {
    {
        let (menu, close) = (props.reference.clone(), props.close.clone());
        use_effect_with((), move |()| {
            let options = gloo::events::EventListenerOptions::run_in_capture_phase();
            let document = gloo::utils::document();
            let listener = gloo::events::EventListener::new_with_options(
                &document,
                "pointerdown",
                options,
                move |event| {
                    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
                    let inside = menu.cast::<Element>().is_some_and(|menu| menu.contains(target.as_ref()));
                    if !inside {
                        close.emit(());
                    }
                },
            );
            move || drop(listener)
        });
    }
    use_effect_with((), |()| {
        let opener = gloo::utils::document().active_element();
        move || give_back(opener)
    });
    let onkeydown = {
        let (menu, close) = (props.reference.clone(), props.close.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(menu) = menu.cast::<HtmlElement>() else { return };
            let (place, count) = focused_entry(&menu);
            match event.key().as_str() {
                "Escape" | "Tab" => close.emit(()),
                "ArrowDown" => focus_entry(&menu, (place + 1) % count.max(1)),
                "ArrowUp" => focus_entry(&menu, (place + count.max(1) - 1) % count.max(1)),
                "Home" => focus_entry(&menu, 0),
                "End" => focus_entry(&menu, count.saturating_sub(1)),
                _ => {
                    event.stop_propagation();
                    return;
                }
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    html! {
        <div class="menu" role="menu" aria-label={props.label.clone()} ref={props.reference.clone()} {onkeydown}>
            { props.children.clone() }
        </div>
    }
}

/// Gives the focus back to where it was when the menu opened, unless it has gone elsewhere meanwhile.
fn give_back(opener: Option<Element>) {
    let Some(opener) = opener else { return };
    // An SVG element has `focus` as an HTML element does; the name of the interface differs only.
    let opener: HtmlElement = opener.unchecked_into();
    gloo::timers::callback::Timeout::new(0, move || {
        let document = gloo::utils::document();
        let nowhere = document.active_element().is_none_or(|active| active.tag_name() == "BODY");
        if nowhere {
            // A refused focus changes nothing.
            let _ = opener.focus();
        }
    })
    .forget();
}

fn entries(menu: &HtmlElement) -> Option<web_sys::NodeList> {
    menu.query_selector_all("[role^=menuitem]").ok()
}

fn focused_entry(menu: &HtmlElement) -> (u32, u32) {
    let Some(entries) = entries(menu) else { return (0, 0) };
    let active = gloo::utils::document().active_element();
    let place = (0..entries.length()).find(|place| {
        let entry = entries.get(*place);
        entry.is_some_and(|entry| active.as_ref().is_some_and(|active| active.is_same_node(Some(&entry))))
    });
    (place.unwrap_or(0), entries.length())
}

/// Gives the focus to an entry of a menu.
pub fn focus_entry(menu: &HtmlElement, place: u32) {
    let entry = entries(menu).and_then(|entries| entries.get(place));
    if let Some(entry) = entry.and_then(|entry| entry.dyn_into::<HtmlElement>().ok()) {
        // A refused focus changes nothing.
        let _ = entry.focus();
    }
}

/// Opens a menu at a point of the window, moved as far as it takes to be seen whole.
fn keep_inside(menu: &HtmlElement, (x, y): (f64, f64)) {
    const MARGIN: f64 = 8.0;
    let root = gloo::utils::document().document_element();
    let (width, height) =
        root.map_or((1e4, 1e4), |root| (f64::from(root.client_width()), f64::from(root.client_height())));
    let rect = menu.get_bounding_client_rect();
    let x = x.min(width - rect.width() - MARGIN).max(MARGIN);
    let y = y.min(height - rect.height() - MARGIN).max(MARGIN);
    place_at(menu, x, y);
}
