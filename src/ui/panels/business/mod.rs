//! The business editor: request kinds with their call flows, functions, data, modules and services, and what calls
//! cost. Every change is one step, and the architectures follow at once.

mod cell;
mod chart;
mod costs;
mod data;
mod flow;
mod function;
mod homes;
mod kind;
pub mod names;
mod steps;
mod stores;
mod work;

use archlab_model::rework;
use archlab_model::{Business, Command, Design, FunctionId, Text};
use archlab_words::Lang;
use web_sys::{Element, HtmlSelectElement};
use yew::prelude::*;

use super::desk::use_focus;
use crate::desk::Topic;
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::store::{Pulse, Store, use_store};
use names::{function_name, kind_name};

/// The longest name that can be typed.
const LONGEST_NAME: usize = 60;

/// What every page of the editor works with.
#[derive(Clone, PartialEq)]
struct Hand {
    store: Store,
    words: Words,
}

impl Hand {
    /// Changes the design, as one step.
    fn perform(&self, make: impl FnOnce(&Design) -> Option<Command>) {
        self.store.act(|session| {
            if let Some(command) = make(session.editor.design()) {
                session.perform(command);
            }
        });
    }

    /// What takes a new name for the part whose title `title` finds.
    fn rename<F>(&self, title: F) -> Callback<String, Option<String>>
    where
        F: Fn(&mut Business) -> Option<&mut Option<Text>> + 'static,
    {
        let hand = self.clone();
        Callback::from(move |typed: String| {
            let name = typed.trim();
            if name.is_empty() || name.chars().count() > LONGEST_NAME {
                return Some(hand.words.fill("business_editor.name_hint", &[("most", &LONGEST_NAME)]));
            }
            hand.perform(|design| {
                rework::change(design, |business| {
                    if let Some(title) = title(business) {
                        let chinese = hand.words.lang == Lang::Zh;
                        *title = Some(rework::retitled(title.as_ref(), name, chinese));
                    }
                })
            });
            None
        })
    }

    /// Shows a page.
    fn show(&self, topic: Topic) {
        self.store.act(|session| session.desk.show(topic));
    }

    /// Picks a function of the present page.
    fn pick(&self, function: FunctionId) {
        self.store.act(|session| session.desk.picked = Some(function));
    }

    /// Adds a function, called by another one if one is given, and shows it to be named.
    fn add_function(&self, caller: Option<&FunctionId>) {
        let name = self.words.t("business_editor.new_function");
        self.store.act(|session| {
            if let Some((id, command)) = rework::add_function(session.editor.design(), &name, caller) {
                session.perform(command);
                session.desk.show_fresh(Topic::Function(id));
            }
        });
    }

    /// Adds a request kind and shows it to be named; with a function to enter by, if there is none.
    fn add_kind(&self) {
        let (name, first) =
            (self.words.t("business_editor.new_kind"), self.words.t("business_editor.new_function"));
        self.store.act(|session| {
            let design = session.editor.design();
            let mut commands = Vec::new();
            let mut after = design.clone();
            let entry = match design.business.functions.keys().next() {
                Some(entry) => entry.clone(),
                None => {
                    let Some((id, command)) = rework::add_function(design, &first, None) else { return };
                    command.apply(&mut after);
                    commands.push(command);
                    id
                }
            };
            if let Some((id, command)) = rework::add_kind(&after, &name, &entry) {
                commands.push(command);
                session.perform(Command::Batch(commands));
                session.desk.show_fresh(Topic::Kind(id));
            }
        });
    }
}

/// The part of all requests that a share is, in percent.
fn share_of(business: &Business, share: f64) -> String {
    let all: f64 = business.requests.values().map(|kind| kind.share.max(0.0)).sum();
    let part = if all > 0.0 { share.max(0.0) / all } else { 0.0 };
    format!("{}", (part * 1000.0).round() / 10.0)
}

/// The business editor, while it is open.
#[component]
pub fn BusinessEditor() -> Html {
    let store = use_store(Pulse::Edit);
    let is_open = store.read(|session| session.desk.business.is_some());
    if is_open {
        html! { <Panel /> }
    } else {
        Html::default()
    }
}

#[component]
fn Panel() -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let (panel, content) = (use_node_ref(), use_node_ref());
    use_focus(&panel);
    let hand = Hand { store: store.clone(), words };
    let (desk, business) =
        store.read(|session| (session.desk.clone(), session.editor.design().business.clone()));
    {
        let picked = desk.picked.clone();
        let content = content.clone();
        use_effect_with(picked, move |picked| {
            let Some(picked) = picked else { return };
            let section = gloo::utils::document().get_element_by_id(&format!("function-{picked}"));
            if let (Some(section), Some(page)) = (section, content.cast::<Element>()) {
                bring_into_view(&section, &page);
            }
        });
    }
    let Some(topic) = desk.business.clone() else { return Html::default() };
    let topic = topic.or_first(&business);
    let close = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.act(|session| session.desk.business = None))
    };
    let onkeydown = {
        let store = store.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.prevent_default();
                event.stop_propagation();
                store.act(|session| session.desk.business = None);
            }
        })
    };
    let title = archlab_words::of(words.lang, &business.title).into_owned();
    let page = match &topic {
        Topic::Kind(id) => kind::page(&hand, &business, id, desk.picked.as_ref(), desk.is_fresh),
        Topic::Function(id) => html! {
            <div class="function-cards">{ function::section(&hand, &business, id, false, desk.is_fresh) }</div>
        },
        Topic::Data => data::page(&hand, &business),
        Topic::Homes => homes::page(&hand, &business),
        Topic::Calls => costs::page(&hand, &business),
    };
    html! {
        <section class="business" role="region" aria-label={words.t("business_editor.name")} tabindex="-1" ref={panel} {onkeydown}>
            <header class="business-head">
                <h2>{ words.t("business_editor.name") }</h2>
                <span class="quiet">{ title }</span>
                <span class="spring"></span>
                <button type="button" class="button plain icon-only" aria-label={words.t("action.close")} title={words.t("action.close")} onclick={close}>{ icon(Icon::Close) }</button>
            </header>
            { contents(&hand, &business, &topic) }
            <div class="business-page" ref={content}>{ page }</div>
        </section>
    }
}

/// Scrolls what holds `section` in `page` until it is seen. The browser's own way would scroll the whole page, too.
fn bring_into_view(section: &Element, page: &Element) {
    /// What stays free above it, in pixels.
    const ABOVE: i32 = 8;
    let scrolls = |holder: &Element| holder.scroll_height() > holder.client_height() + 1;
    let cards = section.closest(".function-cards").ok().flatten().filter(scrolls);
    let holder = cards.unwrap_or_else(|| page.clone());
    let by = section.get_bounding_client_rect().top() - holder.get_bounding_client_rect().top();
    holder.set_scroll_top(holder.scroll_top() + by.round() as i32 - ABOVE);
}

/// The list of pages: a column where there is room, a field to choose from where there is none.
fn contents(hand: &Hand, business: &Business, topic: &Topic) -> Html {
    let words = hand.words;
    let kinds: Vec<(Topic, String)> = business
        .requests
        .keys()
        .map(|id| (Topic::Kind(id.clone()), kind_name(business, id, words)))
        .collect();
    let functions: Vec<(Topic, String)> = business
        .functions
        .keys()
        .map(|id| (Topic::Function(id.clone()), function_name(business, id, words)))
        .collect();
    let others = [
        (Topic::Data, words.t("business_editor.data_page")),
        (Topic::Homes, words.t("business_editor.homes")),
        (Topic::Calls, words.t("business_editor.costs")),
    ];
    let entry = |(to, name): &(Topic, String), beside: Option<String>| {
        let (hand, to) = (hand.clone(), to.clone());
        let here = to == *topic;
        let onclick = Callback::from(move |_: MouseEvent| hand.show(to.clone()));
        html! {
            <li><button type="button" aria-current={here.then_some("page")} {onclick}><span>{ name }</span>
                if let Some(beside) = beside { <small>{ beside }</small> }</button></li>
        }
    };
    let adder = |key: &str, act: fn(&Hand)| {
        let hand = hand.clone();
        let onclick = Callback::from(move |_: MouseEvent| act(&hand));
        let name = words.t(key);
        html! { <button type="button" class="button plain icon-only" title={name.clone()} aria-label={name} {onclick}>{ icon(Icon::Plus) }</button> }
    };
    let shares = kinds.iter().zip(business.requests.values());
    let kind_entries =
        shares.map(|(it, kind)| entry(it, Some(format!("{} %", share_of(business, kind.share)))));
    let all: Vec<(Topic, String)> = kinds.iter().chain(&functions).chain(&others).cloned().collect();
    let chosen = all.iter().position(|(it, _)| it == topic).unwrap_or(0);
    let onchange = {
        let (hand, all) = (hand.clone(), all.clone());
        Callback::from(move |event: Event| {
            let place = event.target_dyn_into::<HtmlSelectElement>().map(|select| select.selected_index());
            let place = place.and_then(|place| usize::try_from(place).ok());
            if let Some((topic, _)) = place.and_then(|place| all.get(place)) {
                hand.show(topic.clone());
            }
        })
    };
    let options = |list: &[(Topic, String)], from: usize| -> Html {
        let options = list.iter().enumerate().map(|(place, (_, name))| {
            html! { <option selected={from + place == chosen}>{ name }</option> }
        });
        options.collect()
    };
    html! {
        <>
            <nav class="business-contents" aria-label={words.t("business_editor.contents")}>
                <h3>{ words.t("business_editor.kinds") }{ adder("business_editor.add_kind", Hand::add_kind) }</h3>
                <ul>{ for kind_entries }</ul>
                <h3>{ words.t("business_editor.functions") }{ adder("business_editor.add_function", |hand| hand.add_function(None)) }</h3>
                <ul>{ for functions.iter().map(|it| entry(it, None)) }</ul>
                <h3>{ words.t("business_editor.whole") }</h3>
                <ul>{ for others.iter().map(|it| entry(it, None)) }</ul>
            </nav>
            <div class="business-choice">
                <select aria-label={words.t("business_editor.contents")} {onchange}>
                    <optgroup label={words.t("business_editor.kinds")}>{ options(&kinds, 0) }</optgroup>
                    <optgroup label={words.t("business_editor.functions")}>{ options(&functions, kinds.len()) }</optgroup>
                    <optgroup label={words.t("business_editor.whole")}>{ options(&others, kinds.len() + functions.len()) }</optgroup>
                </select>
                <button type="button" class="button" onclick={ let hand = hand.clone(); Callback::from(move |_: MouseEvent| hand.add_kind()) }>{ icon(Icon::Plus) }{ words.t("business_editor.kind_short") }</button>
                <button type="button" class="button" onclick={ let hand = hand.clone(); Callback::from(move |_: MouseEvent| hand.add_function(None)) }>{ icon(Icon::Plus) }{ words.t("business_editor.function_short") }</button>
            </div>
        </>
    }
}
