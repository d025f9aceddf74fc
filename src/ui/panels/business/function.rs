//! A function: its name, its own work, its steps.

use archlab_model::business::{Access, Call, Step};
use archlab_model::rework;
use archlab_model::{Business, DataId, Distribution, FunctionId};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::Hand;
use super::cell::{Cell, switch};
use super::names::{data_name, function_name, named};
use super::steps;
use super::work::Work;
use crate::desk::Topic;
use crate::ui::icon::{Icon, icon};

/// The section of one function.
pub fn section(hand: &Hand, business: &Business, id: &FunctionId, picked: bool, is_fresh: bool) -> Html {
    let words = hand.words;
    let Some(function) = business.functions.get(id) else { return Html::default() };
    let name = function_name(business, id, words);
    let rename = hand.rename({
        let id = id.clone();
        move |business| business.functions.get_mut(&id).map(|it| &mut it.title)
    });
    let set_work = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |work: Distribution| {
            hand.perform(|design| {
                rework::change(design, |business| {
                    if let Some(function) = business.functions.get_mut(&id) {
                        function.work = work;
                    }
                })
            });
        })
    };
    let set_transaction = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |is_one: bool| {
            hand.perform(|design| rework::set_transaction(design, &id, is_one))
        })
    };
    let remove = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |_: MouseEvent| hand.perform(|design| rework::remove_function(design, &id)))
    };
    let remove_name = words.fill("business_editor.remove_function", &[("function", &name)]);
    let is_one = business.transactions.contains(id);
    let wants = function.steps.iter().any(|step| !matches!(step, Step::Access(access) if !access.write));
    html! {
        <section key={id.to_string()} class={classes!("function-card", picked.then_some("picked"))} id={format!("function-{id}")}
            aria-label={name.clone()}>
            <header>
                <Cell class="name" label={words.t("business_editor.function_name")} value={name.clone()} change={rename} counts={false} {is_fresh} />
                <span class="quiet used">{ used(hand, business, id) }</span>
                <span class="spring"></span>
                <button type="button" class="button plain icon-only" title={remove_name.clone()} aria-label={remove_name} onclick={remove}>{ icon(Icon::Delete) }</button>
            </header>
            <div class="own-work"><span class="label">{ words.t("business_editor.own_work") }</span>
                <Work label={words.fill("business_editor.work_of", &[("function", &name)])} value={function.work} change={set_work} />
            </div>
            { steps::table(hand, business, id) }
            <div class="below-steps">
                <Adder hand={hand.clone()} business={business.clone()} function={id.clone()} />
                <span class="spring"></span>
                if wants || is_one {
                    { switch(words.t("business_editor.all_or_nothing"), is_one, set_transaction) }
                }
            </div>
        </section>
    }
}

/// Who calls a function, as links to them.
fn used(hand: &Hand, business: &Business, id: &FunctionId) -> Html {
    let words = hand.words;
    let link = |topic: Topic, name: String| {
        let hand = hand.clone();
        let onclick = Callback::from(move |_: MouseEvent| hand.show(topic.clone()));
        html! { <button type="button" class="link-button" {onclick}>{ name }</button> }
    };
    let kinds = business.requests.iter().filter(|(_, kind)| kind.entry == *id);
    let kinds =
        kinds.map(|(kind, value)| link(Topic::Kind(kind.clone()), named(value.title.as_ref(), kind, words)));
    let callers = business.callers(id);
    let callers =
        callers.map(|caller| link(Topic::Function(caller.clone()), function_name(business, caller, words)));
    let all: Vec<Html> = kinds.chain(callers).collect();
    if all.is_empty() {
        return html! { { words.t("business_editor.called_by_nobody") } };
    }
    html! { <>{ words.t("business_editor.called_by") }{ for all }</> }
}

/// What the field for one more step needs.
#[derive(Clone, PartialEq, Properties)]
struct AdderProps {
    hand: Hand,
    business: Business,
    function: FunctionId,
}

/// What one more step can be.
enum New {
    Function,
    Call(FunctionId),
    Access(DataId, bool),
}

/// A field that adds a step: a call, a read, a write; or a new function with the call to it.
#[component]
fn Adder(props: &AdderProps) -> Html {
    let words = props.hand.words;
    let select = use_node_ref();
    let business = &props.business;
    let functions: Vec<FunctionId> =
        business.functions.keys().filter(|id| **id != props.function).cloned().collect();
    let data: Vec<DataId> = business.data.keys().cloned().collect();
    let onclick = {
        let (hand, id, select) = (props.hand.clone(), props.function.clone(), select.clone());
        let (functions, data) = (functions.clone(), data.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(place) = select.cast::<HtmlSelectElement>().map(|select| select.selected_index()) else {
                return;
            };
            let Ok(place) = usize::try_from(place) else { return };
            let chosen = if place < functions.len() {
                New::Call(functions[place].clone())
            } else if place == functions.len() {
                New::Function
            } else {
                let place = place - functions.len() - 1;
                match data.get(place / 2) {
                    Some(data) => New::Access(data.clone(), place % 2 == 1),
                    None => return,
                }
            };
            let step = match chosen {
                New::Function => return hand.add_function(Some(&id)),
                New::Call(to) => Step::Call(Call::to(to)),
                New::Access(data, write) => Step::Access(Access { data, write, count: 1, probability: 1.0 }),
            };
            hand.perform(|design| rework::add_step(design, &id, step.clone()));
        })
    };
    let name = function_name(business, &props.function, words);
    html! {
        <span class="adder">
            <select ref={select} aria-label={words.fill("business_editor.new_step_of", &[("function", &name)])}>
                <optgroup label={words.t("business_editor.calls")}>
                    { for functions.iter().enumerate().map(|(place, id)| html! { <option selected={place == 0}>{ format!("{} {}", words.t("business_editor.calls"), function_name(business, id, words)) }</option> }) }
                    <option>{ format!("{} {}", words.t("business_editor.calls"), words.t("business_editor.a_new_function")) }</option>
                </optgroup>
                if !data.is_empty() {
                    <optgroup label={words.t("business_editor.data")}>
                        { for data.iter().map(|id| {
                            let name = data_name(business, id, words);
                            html! { <><option>{ format!("{} {name}", words.t("business_editor.reads")) }</option><option>{ format!("{} {name}", words.t("business_editor.writes")) }</option></> }
                        }) }
                    </optgroup>
                }
            </select>
            <button type="button" class="button" {onclick}>{ icon(Icon::Plus) }{ words.t("business_editor.add_step") }</button>
        </span>
    }
}
