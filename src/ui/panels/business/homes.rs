//! Who lives where: each function's module in a distributed layout and its service among microservices.

use archlab_model::rework::{self, Home};
use archlab_model::{Business, FunctionId, ModuleId, ServiceId};
use yew::prelude::*;

use super::Hand;
use super::cell::{Cell, Pick};
use super::names::{function_name, named};
use crate::ui::icon::{Icon, icon};

/// The page of modules and services.
pub fn page(hand: &Hand, business: &Business) -> Html {
    let words = hand.words;
    let rows = business.functions.keys().map(|id| row(hand, business, id));
    html! {
        <div class="function-cards">
            <p class="about">{ words.t("business_editor.about_homes") }</p>
            <div class="steps-scroll">
                <table class="steps homes" aria-label={words.t("business_editor.homes")}>
                    <thead><tr>
                        <th scope="col">{ words.t("business_editor.function") }</th>
                        <th scope="col">{ words.t("business_editor.module") }</th>
                        <th scope="col">{ words.t("business_editor.service") }</th>
                        <th scope="col">{ words.t("business_editor.transaction") }</th>
                    </tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
            { modules(hand, business) }
            { services(hand, business) }
        </div>
    }
}

fn row(hand: &Hand, business: &Business, id: &FunctionId) -> Html {
    let words = hand.words;
    let name = function_name(business, id, words);
    let modules: Vec<ModuleId> = business.modules.keys().cloned().collect();
    let services: Vec<ServiceId> = business.services.keys().cloned().collect();
    let module = business.modules.values().position(|module| module.functions.contains(id));
    let service = business.services.values().position(|service| service.functions.contains(id));
    let options = |named: Vec<String>, new: &str| {
        let mut options = vec![words.t("business_editor.alone")];
        options.extend(named);
        options.push(words.t(new));
        options
    };
    let module_names = business.modules.iter().map(|(id, it)| named(it.title.as_ref(), id, words)).collect();
    let service_names =
        business.services.iter().map(|(id, it)| named(it.title.as_ref(), id, words)).collect();
    let set_module = {
        let (hand, id, name) = (hand.clone(), id.clone(), name.clone());
        Callback::from(move |chosen: usize| {
            let home = home(chosen, &modules, &name);
            hand.perform(|design| rework::set_module(design, &id, &home));
        })
    };
    let set_service = {
        let (hand, id, name) = (hand.clone(), id.clone(), name.clone());
        Callback::from(move |chosen: usize| {
            let home = home(chosen, &services, &name);
            hand.perform(|design| rework::set_service(design, &id, &home));
        })
    };
    let set_transaction = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<web_sys::HtmlInputElement>();
            if let Some(is_one) = input.map(|input| input.checked()) {
                hand.perform(|design| rework::set_transaction(design, &id, is_one));
            }
        })
    };
    let label = |key: &str| format!("{name}: {}", words.t(key));
    html! {
        <tr key={id.to_string()}>
            <th scope="row">{ name.clone() }</th>
            <td data-of="module"><span class="of-narrow">{ words.t("business_editor.module") }</span>
                <Pick label={label("business_editor.module")} options={options(module_names, "business_editor.new_module_of_it")} chosen={module.map_or(0, |place| place + 1)} change={set_module} /></td>
            <td data-of="service"><span class="of-narrow">{ words.t("business_editor.service") }</span>
                <Pick label={label("business_editor.service")} options={options(service_names, "business_editor.new_service_of_it")} chosen={service.map_or(0, |place| place + 1)} change={set_service} /></td>
            <td data-of="transaction"><label class="switched"><input type="checkbox" aria-label={label("business_editor.transaction")}
                checked={business.transactions.contains(id)} onchange={set_transaction} /><span class="of-narrow">{ words.t("business_editor.transaction") }</span></label></td>
        </tr>
    }
}

fn home<T: Clone>(chosen: usize, known: &[T], name: &str) -> Home<T> {
    match chosen.checked_sub(1) {
        None => Home::Alone,
        Some(place) => known.get(place).cloned().map_or_else(|| Home::New(name.to_owned()), Home::In),
    }
}

/// The modules, to be renamed and removed.
fn modules(hand: &Hand, business: &Business) -> Html {
    let words = hand.words;
    let lines = business.modules.iter().map(|(id, module)| {
        let name = named(module.title.as_ref(), id, words);
        let rename = hand.rename({
            let id = id.clone();
            move |business| business.modules.get_mut(&id).map(|it| &mut it.title)
        });
        let remove = {
            let (hand, id) = (hand.clone(), id.clone());
            Callback::from(move |_: MouseEvent| hand.perform(|design| rework::remove_module(design, &id)))
        };
        home_line(
            hand,
            id.as_str(),
            "business_editor.module_name",
            name,
            module.functions.len(),
            rename,
            remove,
        )
    });
    let add = {
        let hand = hand.clone();
        Callback::from(move |_: MouseEvent| {
            let name = words.t("business_editor.new_module");
            hand.perform(|design| rework::add_module(design, &name).map(|(_, command)| command));
        })
    };
    html! {
        <section class="function-card" aria-label={words.t("business_editor.modules")}>
            <h3>{ words.t("business_editor.modules") }</h3>
            { for lines }
            <button type="button" class="button add" onclick={add}>{ icon(Icon::Plus) }{ words.t("business_editor.add_module") }</button>
        </section>
    }
}

/// The services, to be renamed and removed.
fn services(hand: &Hand, business: &Business) -> Html {
    let words = hand.words;
    let lines = business.services.iter().map(|(id, service)| {
        let name = named(service.title.as_ref(), id, words);
        let rename = hand.rename({
            let id = id.clone();
            move |business| business.services.get_mut(&id).map(|it| &mut it.title)
        });
        let remove = {
            let (hand, id) = (hand.clone(), id.clone());
            Callback::from(move |_: MouseEvent| hand.perform(|design| rework::remove_service(design, &id)))
        };
        home_line(
            hand,
            id.as_str(),
            "business_editor.service_name",
            name,
            service.functions.len(),
            rename,
            remove,
        )
    });
    let add = {
        let hand = hand.clone();
        Callback::from(move |_: MouseEvent| {
            let name = words.t("business_editor.new_service");
            hand.perform(|design| rework::add_service(design, &name).map(|(_, command)| command));
        })
    };
    html! {
        <section class="function-card" aria-label={words.t("business_editor.services")}>
            <h3>{ words.t("business_editor.services") }</h3>
            { for lines }
            <button type="button" class="button add" onclick={add}>{ icon(Icon::Plus) }{ words.t("business_editor.add_service") }</button>
        </section>
    }
}

fn home_line(
    hand: &Hand,
    id: &str,
    label: &str,
    name: String,
    functions: usize,
    rename: Callback<String, Option<String>>,
    remove: Callback<MouseEvent>,
) -> Html {
    let words = hand.words;
    let remove_name = words.fill("business_editor.remove_home", &[("name", &name)]);
    html! {
        <div class="home-line" key={id.to_owned()}>
            <Cell class="name" label={words.t(label)} value={name} change={rename} counts={false} />
            <span class="quiet">{ words.fill("business_editor.functions_in", &[("count", &functions)]) }</span>
            <span class="spring"></span>
            <button type="button" class="button plain icon-only" title={remove_name.clone()} aria-label={remove_name} onclick={remove}>{ icon(Icon::Delete) }</button>
        </div>
    }
}
