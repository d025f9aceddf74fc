//! The command palette: everything that can be done now, and every part of the design, by name.

mod lines;
mod recent;
pub mod shortcuts;

use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::action::parts;
use crate::search;
use crate::ui::commands::lines::{Deed, Line};
use crate::ui::dialog::Dialog;
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::store::{Pulse, Store, use_store};

/// How many lines are shown; what is searched for is among the first.
const MAX_LINES: usize = 60;
/// How far Page up and Page down go.
const PAGE: usize = 8;

/// What the command palette needs from the page.
#[derive(Clone, PartialEq, Properties)]
pub struct CommandsProps {
    pub close: Callback<()>,
    /// A document that comes with the page was chosen.
    pub open: Callback<String>,
}

/// The command palette.
#[component]
pub fn Commands(props: &CommandsProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let typed = use_state(String::new);
    let active = use_state(|| 0_usize);
    let list = use_node_ref();
    let recent = use_memo((), |()| recent::load());

    let found = lines_for(&store, &typed, &recent, words);
    let chosen = (*active).min(found.len().saturating_sub(1));
    {
        let list = list.clone();
        use_effect_with((chosen, found.len()), move |(chosen, _)| reveal(&list, *chosen));
    }
    let run = {
        let (store, close, open) = (store.clone(), props.close.clone(), props.open.clone());
        Callback::from(move |deed: Deed| {
            close.emit(());
            if let Some(name) = deed.name() {
                recent::remember(name);
            }
            match deed {
                Deed::Action(action) => store.act(|session| action.run(session)),
                // What was done to a part is seen: the part is chosen and brought into view first.
                Deed::ActionOn(action, part) => store.act(|session| {
                    session.go_to(part.clone());
                    action.run_on(session, &[part]);
                }),
                Deed::GoTo(part) => store.act(|session| session.go_to(part)),
                Deed::Show(topic) => store.act(|session| session.desk.show(topic)),
                Deed::Piece(piece, group) => store.act(|session| parts::add(session, piece, group)),
                Deed::Example(document) => open.emit(document.to_owned()),
            }
        })
    };
    let oninput = {
        let (typed, active) = (typed.clone(), active.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                typed.set(input.value());
                active.set(0);
            }
        })
    };
    let onkeydown = {
        let (active, run) = (active.clone(), run.clone());
        let deeds: Vec<Deed> = found.iter().map(|line| line.deed.clone()).collect();
        // As it was when the list was made: a handle tells what it is now.
        let (store, shown, recent) = (store.clone(), (*typed).clone(), recent.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.is_composing() {
                return;
            }
            let last = deeds.len().saturating_sub(1);
            // A quick hand is ahead of the list that is drawn.
            let chosen = (*active).min(last);
            match event.key().as_str() {
                "ArrowDown" => active.set(if chosen == last { 0 } else { chosen + 1 }),
                "ArrowUp" => active.set(chosen.checked_sub(1).unwrap_or(last)),
                "PageDown" => active.set((chosen + PAGE).min(last)),
                "PageUp" => active.set(chosen.saturating_sub(PAGE)),
                "Enter" => {
                    // What counts is what stands in the field.
                    let now = event.target_dyn_into::<HtmlInputElement>().map(|input| input.value());
                    let ahead = now.filter(|now| *now != shown);
                    let first = |now: String| lines_for(&store, &now, &recent, words).into_iter().next();
                    let deed = ahead
                        .map_or_else(|| deeds.get(chosen).cloned(), |now| first(now).map(|line| line.deed));
                    if let Some(deed) = deed {
                        run.emit(deed);
                    }
                }
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let mut section = "";
    let options = found.iter().enumerate().map(|(place, line)| {
        let heading = if section == line.section || !typed.trim().is_empty() {
            Html::default()
        } else {
            section = &line.section;
            html! { <div class="caption" role="presentation">{ &line.section }</div> }
        };
        let onclick = {
            let (run, deed) = (run.clone(), line.deed.clone());
            Callback::from(move |_: MouseEvent| run.emit(deed.clone()))
        };
        let onpointermove = {
            let active = active.clone();
            Callback::from(move |_: PointerEvent| {
                if *active != place {
                    active.set(place);
                }
            })
        };
        html! {
            <>
                { heading }
                <div role="option" id={option_id(place)} class={classes!(line.is_danger.then_some("danger"))}
                    aria-selected={(place == chosen).to_string()} {onclick} {onpointermove}>
                    { icon(line.icon) }<span>{ &line.name }</span>
                    if !typed.trim().is_empty() { <small>{ &line.section }</small> }
                    if let Some(keys) = &line.keys { <kbd>{ keys }</kbd> }
                </div>
            </>
        }
    });
    let options: Vec<Html> = options.collect();
    let nothing = options.is_empty();
    html! {
        <Dialog label={words.t("action.commands")} class="commands" close={props.close.clone()}>
            <label class="search">
                { icon(Icon::Search) }
                <input type="text" role="combobox" aria-expanded="true" aria-controls="commands-list" aria-autocomplete="list"
                    aria-label={words.t("commands.search")} placeholder={words.t("commands.placeholder")}
                    aria-activedescendant={(!nothing).then(|| option_id(chosen))} autocomplete="off" autocapitalize="off" spellcheck="false"
                    autofocus=true value={(*typed).clone()} {oninput} {onkeydown} />
                <kbd>{ "Esc" }</kbd>
            </label>
            <div class="options" role="listbox" id="commands-list" aria-label={words.t("action.commands")} ref={list} tabindex="-1">{ for options }</div>
            if nothing { <p class="nothing" role="status">{ words.t("commands.nothing") }</p> }
        </Dialog>
    }
}

/// The lines for what is typed, the best first; nothing typed, what was done lately comes first.
fn lines_for(store: &Store, typed: &str, recent: &[String], words: Words) -> Vec<Line> {
    let mut found = store.read(|session| lines::all(session, words, typed));
    if typed.trim().is_empty() {
        found.retain(Line::is_offered_unasked);
        let mut first: Vec<Line> = Vec::new();
        for name in recent {
            if let Some(place) = found.iter().position(|line| line.deed.name() == Some(name)) {
                let line = found.remove(place);
                first.push(Line { section: words.t("commands.recent"), ..line });
            }
        }
        first.append(&mut found);
        found = first;
    } else {
        found = search::find(typed, found, |line| line.names.clone());
    }
    found.truncate(MAX_LINES);
    found
}

fn option_id(place: usize) -> String {
    format!("command-{place}")
}

/// Scrolls the list as far as it takes to see an option, and its heading if it is the first.
fn reveal(list: &NodeRef, place: usize) {
    let Some(list) = list.cast::<Element>() else { return };
    let option = list.query_selector(&format!("#{}", option_id(place))).ok().flatten();
    let Some(option) = option.and_then(|option| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(option).ok())
    else {
        return;
    };
    let (top, height) = (option.offset_top(), option.offset_height());
    if place == 0 {
        list.set_scroll_top(0);
    } else if top < list.scroll_top() {
        list.set_scroll_top(top);
    } else if top + height > list.scroll_top() + list.client_height() {
        list.set_scroll_top(top + height - list.client_height());
    }
}
