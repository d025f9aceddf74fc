//! A request kind: who asks how often, its call flow as a diagram, and the functions of it one by one.

use archlab_model::document::SHARES;
use archlab_model::rework;
use archlab_model::{Business, FunctionId, KindId};
use yew::prelude::*;

use super::cell::{Cell, Pick, switch};
use super::chart::Chart;
use super::flow::Flow;
use super::names::{function_name, kind_name};
use super::{Hand, function, share_of};
use crate::ui::icon::{Icon, icon};

/// The page of a request kind.
pub fn page(
    hand: &Hand,
    business: &Business,
    id: &KindId,
    picked: Option<&FunctionId>,
    is_fresh: bool,
) -> Html {
    let words = hand.words;
    let Some(kind) = business.requests.get(id) else { return Html::default() };
    let name = kind_name(business, id, words);
    let rename = hand.rename({
        let id = id.clone();
        move |business| business.requests.get_mut(&id).map(|it| &mut it.title)
    });
    let mut functions: Vec<FunctionId> = business.functions.keys().cloned().collect();
    if !functions.contains(&kind.entry) {
        functions.push(kind.entry.clone());
    }
    let chosen = functions.iter().position(|it| *it == kind.entry).unwrap_or(0);
    let options: Vec<String> = functions.iter().map(|it| function_name(business, it, words)).collect();
    let set_entry = {
        let (hand, id, functions) = (hand.clone(), id.clone(), functions.clone());
        Callback::from(move |chosen: usize| {
            let Some(entry) = functions.get(chosen) else { return };
            hand.perform(|design| {
                rework::change(design, |business| {
                    if let Some(kind) = business.requests.get_mut(&id) {
                        kind.entry = entry.clone();
                    }
                })
            });
        })
    };
    let set_share = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |typed: String| {
            let Some(share) = typed.trim().parse::<f64>().ok().filter(|share| SHARES.contains(share)) else {
                return Some(words.t("business_editor.share_hint"));
            };
            hand.perform(|design| {
                rework::change(design, |business| {
                    if let Some(kind) = business.requests.get_mut(&id) {
                        kind.share = share;
                    }
                })
            });
            None
        })
    };
    let set_session = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |session: bool| {
            hand.perform(|design| {
                rework::change(design, |business| {
                    if let Some(kind) = business.requests.get_mut(&id) {
                        kind.session = session;
                    }
                })
            });
        })
    };
    let place = business.requests.get_index_of(id).unwrap_or(0);
    let tool = |key: &str, sign: Icon, enabled: bool, act: fn(&Hand, &KindId, usize)| {
        let (hand, id) = (hand.clone(), id.clone());
        let onclick = Callback::from(move |_: MouseEvent| act(&hand, &id, place));
        let name = words.fill(key, &[("kind", &name)]);
        html! {
            <button type="button" class="button plain icon-only" disabled={!enabled} title={name.clone()} aria-label={name} {onclick}>{ icon(sign) }</button>
        }
    };
    let pick = {
        let hand = hand.clone();
        Callback::from(move |function: FunctionId| hand.pick(function))
    };
    let flow = Flow::of(business, &kind.entry);
    let sections = flow.functions().into_iter().map(|function| {
        let is_picked = picked == Some(&function);
        function::section(hand, business, &function, is_picked, false)
    });
    html! {
        <div class="kind-page" key={id.to_string()}>
            <div class="kind-fields">
                <label class="named-field"><span class="label">{ words.t("business_editor.kind_name") }</span>
                    <Cell class="name" label={words.t("business_editor.kind_name")} value={name.clone()} change={rename} counts={false} {is_fresh} /></label>
                <label class="named-field"><span class="label">{ words.t("business_editor.entry") }</span>
                    <Pick label={words.t("business_editor.entry")} {options} {chosen} change={set_entry} /></label>
                <label class="named-field"><span class="label">{ words.t("business_editor.share") }</span>
                    <span class="with-result"><Cell class="number" label={words.t("business_editor.share")} value={format!("{}", kind.share)} change={set_share} />
                        <span class="quiet">{ format!("= {} %", share_of(business, kind.share)) }</span></span></label>
                <span class="spring"></span>
                <span class="tools">
                    { tool("business_editor.kind_up", Icon::Up, place > 0, |hand, id, place| hand.perform(|design| rework::move_kind(design, id, place.saturating_sub(1)))) }
                    { tool("business_editor.kind_down", Icon::Down, place + 1 < business.requests.len(), |hand, id, place| hand.perform(|design| rework::move_kind(design, id, place + 1))) }
                    { tool("business_editor.remove_kind", Icon::Delete, true, |hand, id, _| hand.perform(|design| rework::remove_kind(design, id))) }
                </span>
                <span class="row-break"></span>
                { switch(words.t("business_editor.session"), kind.session, set_session) }
            </div>
            <Chart business={business.clone()} entry={kind.entry.clone()} title={name} picked={picked.cloned()} {pick} />
            <div class="function-cards">{ for sections }</div>
        </div>
    }
}
