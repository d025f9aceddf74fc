//! The stores that the business names: what each is, what lies in it, who reads and writes it.

use archlab_model::business::Step;
use archlab_model::rework::{self, Home};
use archlab_model::{Business, DataId, StoreId, StoreSpec, StoreUse};
use yew::prelude::*;

use super::Hand;
use super::cell::{Cell, Pick};
use super::names::{data_name, function_name, named};
use crate::ui::i18n::Words;
use crate::ui::icon::{Icon, icon};

/// What a store can be, with the keys of its words.
const USES: [(StoreUse, &str); 3] = [
    (StoreUse::Database, "choice.database"),
    (StoreUse::Memory, "choice.in_memory"),
    (StoreUse::Files, "choice.files"),
];

/// The stores, each to be renamed, changed and removed.
pub fn section(hand: &Hand, business: &Business) -> Html {
    let words = hand.words;
    let add = {
        let hand = hand.clone();
        Callback::from(move |_: MouseEvent| {
            let name = words.t("business_editor.new_store");
            hand.perform(|design| rework::add_store(design, &name).map(|(_, command)| command));
        })
    };
    let cards = business.stores.iter().map(|(id, store)| card(hand, business, id, store));
    html! {
        <>
            <h3>{ words.t("business_editor.stores") }</h3>
            <p class="about">{ words.t("business_editor.about_stores") }</p>
            { for cards }
            <button type="button" class="button add" onclick={add}>{ icon(Icon::Plus) }{ words.t("business_editor.add_store") }</button>
        </>
    }
}

fn card(hand: &Hand, business: &Business, id: &StoreId, store: &StoreSpec) -> Html {
    let words = hand.words;
    let name = store_name(business, id, words);
    let rename = hand.rename({
        let id = id.clone();
        move |business| business.stores.get_mut(&id).map(|it| &mut it.title)
    });
    let set_use = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |chosen: usize| {
            if let Some((kind, _)) = USES.get(chosen) {
                hand.perform(|design| rework::set_store_use(design, &id, *kind));
            }
        })
    };
    let remove = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |_: MouseEvent| hand.perform(|design| rework::remove_store(design, &id)))
    };
    let list = |names: Vec<String>| {
        if names.is_empty() {
            words.t("business_editor.by_nobody")
        } else {
            names.join(&words.t("business_editor.comma"))
        }
    };
    let used = |write: bool| {
        let is_use = |step: &Step| matches!(step, Step::Access(access) if access.write == write && store.data.contains(&access.data));
        let users = business.functions.iter().filter(|(_, function)| function.steps.iter().any(is_use));
        list(users.map(|(id, _)| function_name(business, id, words)).collect())
    };
    let held = store.data.iter().map(|data| data_name(business, data, words)).collect::<Vec<_>>();
    let held = if held.is_empty() {
        words.t("business_editor.holds_nothing")
    } else {
        words.fill("business_editor.holds", &[("data", &held.join(&words.t("business_editor.comma")))])
    };
    let uses = USES.iter().map(|(_, key)| words.t(key)).collect::<Vec<_>>();
    let chosen = USES.iter().position(|(kind, _)| *kind == store.kind).unwrap_or(0);
    let remove_name = words.fill("business_editor.remove_store", &[("store", &name)]);
    html! {
        <section key={format!("store {id}")} class="function-card" aria-label={name.clone()}>
            <header>
                <Cell class="name" label={words.t("business_editor.store_name")} value={name.clone()} change={rename} counts={false} />
                <Pick label={format!("{name}: {}", words.t("business_editor.store_use"))} options={uses} {chosen} change={set_use} />
                <span class="spring"></span>
                <button type="button" class="button plain icon-only" title={remove_name.clone()} aria-label={remove_name} onclick={remove}>{ icon(Icon::Delete) }</button>
            </header>
            <p class="quiet">{ held }
                if !store.data.is_empty() {
                    <><br />{ words.fill("business_editor.read_by", &[("functions", &used(false))]) }
                    <br />{ words.fill("business_editor.written_by", &[("functions", &used(true))]) }</>
                }
            </p>
        </section>
    }
}

/// Where a set of data lies, to be chosen.
pub fn home_of_data(hand: &Hand, business: &Business, id: &DataId, name: &str) -> Html {
    let words = hand.words;
    let stores: Vec<StoreId> = business.stores.keys().cloned().collect();
    let held = business.stores.values().position(|store| store.data.contains(id));
    let mut options = vec![words.t("business_editor.by_layout")];
    options.extend(stores.iter().map(|store| store_name(business, store, words)));
    options.push(words.t("business_editor.new_store_of_it"));
    let change = {
        let (hand, id, name) = (hand.clone(), id.clone(), name.to_owned());
        Callback::from(move |chosen: usize| {
            let home = match chosen.checked_sub(1) {
                None => Home::Alone,
                Some(place) => stores.get(place).cloned().map_or_else(|| Home::New(name.clone()), Home::In),
            };
            hand.perform(|design| rework::set_store(design, &id, &home));
        })
    };
    let label = words.t("business_editor.lies_in");
    html! {
        <div class="own-work"><span class="label">{ &label }</span>
            <Pick label={format!("{name}: {label}")} {options} chosen={held.map_or(0, |place| place + 1)} {change} /></div>
    }
}

fn store_name(business: &Business, id: &StoreId, words: Words) -> String {
    named(business.stores.get(id).and_then(|store| store.title.as_ref()), id, words)
}
