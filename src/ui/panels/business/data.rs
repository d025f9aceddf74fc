//! The sets of data: how long a store works on a read and on a write, who does either, and where they lie.

use archlab_model::business::Step;
use archlab_model::rework;
use archlab_model::{Business, Data, DataId, Distribution};
use yew::prelude::*;

use super::cell::Cell;
use super::names::{data_name, function_name};
use super::work::Work;
use super::{Hand, stores};
use crate::ui::icon::{Icon, icon};

/// The page of all data.
pub fn page(hand: &Hand, business: &Business) -> Html {
    let words = hand.words;
    let add = {
        let hand = hand.clone();
        Callback::from(move |_: MouseEvent| {
            let name = words.t("business_editor.new_data");
            hand.perform(|design| rework::add_data(design, &name).map(|(_, command)| command));
        })
    };
    let cards = business.data.iter().map(|(id, data)| card(hand, business, id, data));
    html! {
        <div class="function-cards">
            <p class="about">{ words.t("business_editor.about_data") }</p>
            { for cards }
            <button type="button" class="button add" onclick={add}>{ icon(Icon::Plus) }{ words.t("business_editor.add_data") }</button>
            { stores::section(hand, business) }
        </div>
    }
}

fn card(hand: &Hand, business: &Business, id: &DataId, data: &Data) -> Html {
    let words = hand.words;
    let name = data_name(business, id, words);
    let rename = hand.rename({
        let id = id.clone();
        move |business| business.data.get_mut(&id).map(|it| &mut it.title)
    });
    let set = |write: bool| {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |work: Distribution| {
            hand.perform(|design| {
                rework::change(design, |business| {
                    if let Some(data) = business.data.get_mut(&id) {
                        *(if write { &mut data.write } else { &mut data.read }) = work;
                    }
                })
            });
        })
    };
    let remove = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |_: MouseEvent| hand.perform(|design| rework::remove_data(design, &id)))
    };
    let users = |write: bool| {
        let does =
            |step: &Step| matches!(step, Step::Access(access) if access.data == *id && access.write == write);
        let users = business.functions.iter().filter(|(_, function)| function.steps.iter().any(does));
        let users: Vec<String> = users.map(|(id, _)| function_name(business, id, words)).collect();
        if users.is_empty() {
            words.t("business_editor.by_nobody")
        } else {
            users.join(&words.t("business_editor.comma"))
        }
    };
    let remove_name = words.fill("business_editor.remove_data", &[("data", &name)]);
    html! {
        <section key={id.to_string()} class="function-card" aria-label={name.clone()}>
            <header>
                <Cell class="name" label={words.t("business_editor.data_name")} value={name.clone()} change={rename} counts={false} />
                <span class="spring"></span>
                <button type="button" class="button plain icon-only" title={remove_name.clone()} aria-label={remove_name} onclick={remove}>{ icon(Icon::Delete) }</button>
            </header>
            <div class="own-work"><span class="label">{ words.t("business_editor.a_read") }</span>
                <Work label={format!("{name}: {}", words.t("business_editor.a_read"))} value={data.read} change={set(false)} /></div>
            <div class="own-work"><span class="label">{ words.t("business_editor.a_write") }</span>
                <Work label={format!("{name}: {}", words.t("business_editor.a_write"))} value={data.write} change={set(true)} /></div>
            { stores::home_of_data(hand, business, id, &name) }
            <p class="quiet">{ words.fill("business_editor.read_by", &[("functions", &users(false))]) }<br />
                { words.fill("business_editor.written_by", &[("functions", &users(true))]) }</p>
        </section>
    }
}
