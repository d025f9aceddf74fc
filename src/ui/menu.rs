//! Menus: a list of actions at a point, or under a button.

use archlab_model::GroupId;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::action::{self, Action};
use crate::editor::scene::Part;
use crate::ui::browser::now_ms;
use crate::ui::canvas::overlay::place_at;
use crate::ui::i18n::use_words;
use crate::ui::icon::{Icon, icon};
use crate::ui::names::Names;
use crate::ui::shortcut;
use crate::ui::store::{Pulse, use_store};

/// Letters that follow each other faster than this are one word, in milliseconds.
const SAME_WORD_MS: f64 = 700.0;

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
        let names = Names { design: session.editor.design(), scene: session.editor.scene(), words };
        let named = |action: &'static Action| match action.towards {
            None => {
                let is_on = action.is_on.map(|is_on| is_on(session));
                vec![(action, None, words.t(action.words_key(session)), is_on)]
            }
            Some(towards) => {
                let groups = (towards.groups)(session, &parts).into_iter();
                let line = |group: GroupId| {
                    let name = words.fill(action.name, &[("group", &names.group(&group))]);
                    (action, Some(group), name, None)
                };
                groups.map(line).collect()
            }
        };
        let sections = action::menu(session, &parts).into_iter();
        sections.map(|section| section.into_iter().flat_map(named).collect::<Vec<_>>()).collect::<Vec<_>>()
    });
    let entry = |(action, group, name, is_on): (&'static Action, Option<GroupId>, String, Option<bool>)| {
        let role = if is_on.is_some() { "menuitemcheckbox" } else { "menuitem" };
        let (store, close, part) = (store.clone(), props.close.clone(), props.request.part.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            close.emit(());
            store.act(|session| {
                let parts = action::meant(session, part.as_ref());
                match (action.towards, &group) {
                    (Some(towards), Some(group)) => (towards.act)(session, &parts, group),
                    _ => action.run_on(session, &parts),
                }
            });
        });
        html! {
            <button {role} aria-checked={is_on.map(|is_on| is_on.to_string())} class={classes!(action.is_danger.then_some("danger"))} {onclick}>
                { icon(action.icon) }<span>{ name }</span>
                if is_on == Some(true) { { icon(Icon::Check) } }
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
                    // A menu's own button closes it by itself.
                    let menu = menu.cast::<Element>();
                    let around = menu.map(|menu| menu.closest(".anchor").ok().flatten().unwrap_or(menu));
                    let inside = around.is_some_and(|around| around.contains(target.as_ref()));
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
    let typed = use_mut_ref(Typed::default);
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
                " " | "Enter" => {
                    event.stop_propagation();
                    return;
                }
                key => {
                    event.stop_propagation();
                    let is_letter = key.chars().count() == 1 && !event.ctrl_key() && !event.meta_key();
                    let Some(begun) = is_letter.then(|| typed.borrow_mut().with(key)) else { return };
                    if let Some(found) = entry_named(&menu, &begun, place) {
                        focus_entry(&menu, found);
                    }
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

/// What a button with a menu needs.
#[derive(Clone, PartialEq, Properties)]
pub struct MenuButtonProps {
    /// What it is called, and its menu.
    pub label: String,
    #[prop_or_default]
    pub class: Classes,
    /// The lines of the menu. Any of them closes it, if it can be used.
    pub items: Html,
    /// What the button shows.
    pub children: Html,
}

/// A button that opens a menu below it.
#[component]
pub fn MenuButton(props: &MenuButtonProps) -> Html {
    let open = use_state(|| false);
    let menu = use_node_ref();
    let button = use_node_ref();
    {
        let menu = menu.clone();
        use_effect_with(*open, move |open| {
            if let (true, Some(menu)) = (*open, menu.cast::<HtmlElement>()) {
                keep_below(&menu);
                focus_entry(&menu, 0);
            }
        });
    }
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let onkeydown = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "ArrowDown" && !*open {
                event.prevent_default();
                open.set(true);
            }
        })
    };
    let close = {
        let open = open.clone();
        Callback::from(move |()| open.set(false))
    };
    let used = {
        let (open, button) = (open.clone(), button.clone());
        Callback::from(move |event: MouseEvent| {
            let entry = event.target_dyn_into::<Element>();
            let entry = entry.and_then(|it| it.closest("[role^=menuitem]").ok().flatten());
            let usable =
                entry.is_some_and(|entry| entry.get_attribute("aria-disabled").as_deref() != Some("true"));
            if usable {
                // What opens now, such as a dialog, gives the focus back to the button.
                if let Some(button) = button.cast::<HtmlElement>() {
                    // A refused focus changes nothing.
                    let _ = button.focus();
                }
                open.set(false);
            }
        })
    };
    html! {
        <span class="anchor">
            <button ref={button} class={classes!("button", "plain", props.class.clone())} aria-haspopup="menu" aria-expanded={open.to_string()}
                aria-label={props.label.clone()} title={props.label.clone()} onclick={toggle} {onkeydown}>{ props.children.clone() }</button>
            if *open {
                <span onclick={used}><Popup {close} reference={menu} label={props.label.clone()}>{ props.items.clone() }</Popup></span>
            }
        </span>
    }
}

/// Moves a menu below its button as far as it takes to be seen whole.
fn keep_below(menu: &HtmlElement) {
    let width = gloo::utils::document().document_element().map_or(1e4, |root| f64::from(root.client_width()));
    let rect = menu.get_bounding_client_rect();
    let over = (rect.right() - (width - 8.0)).max(0.0);
    let left = (f64::from(menu.offset_left()) - over).max(8.0 - rect.left() + f64::from(menu.offset_left()));
    if over > 0.0 {
        // Lengths are always accepted.
        let _ = menu.style().set_property("left", &format!("{left:.0}px"));
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

/// Letters typed in a row: an entry is found by how its name begins.
#[derive(Default)]
struct Typed {
    letters: String,
    last_ms: f64,
}

impl Typed {
    /// The letters in a row with one more.
    fn with(&mut self, letter: &str) -> String {
        let now = now_ms();
        if now - self.last_ms > SAME_WORD_MS {
            self.letters.clear();
        }
        self.last_ms = now;
        self.letters.push_str(&letter.to_lowercase());
        self.letters.clone()
    }
}

/// The next entry after `from` whose name begins like this, or is spelled so; with more than one letter
/// typed it may be the same.
fn entry_named(menu: &HtmlElement, begun: &str, from: u32) -> Option<u32> {
    let entries = entries(menu)?;
    let count = entries.length();
    let first = u32::from(begun.chars().count() == 1);
    (first..count + first).map(|step| (from + step) % count).find(|place| {
        let entry = entries.get(*place);
        let name = entry.and_then(|entry| entry.text_content()).unwrap_or_default().to_lowercase();
        name.starts_with(begun) || archlab_words::pinyin::found(begun, &name) == Some(0)
    })
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
