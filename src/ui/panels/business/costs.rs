//! What calls between services cost, protocol by protocol.

use archlab_model::document::ROUND_TRIPS;
use archlab_model::rework;
use archlab_model::{Business, CallCosts, CallKind, Span};
use yew::prelude::*;

use super::Hand;
use super::cell::{Cell, Pick, length};

/// The longest work that a call can cost.
const MOST: Span = Span::from_secs(10);

/// The page of calls.
pub fn page(hand: &Hand, business: &Business) -> Html {
    let words = hand.words;
    let cards = CallKind::ALL.map(|kind| card(hand, business, kind));
    html! {
        <div class="function-cards">
            <p class="about">{ words.t("business_editor.about_calls") }</p>
            { for cards }
        </div>
    }
}

fn card(hand: &Hand, business: &Business, kind: CallKind) -> Html {
    let words = hand.words;
    let (key, about) = match kind {
        CallKind::Rest => ("business_editor.rest", "business_editor.about_rest"),
        CallKind::Rpc => ("business_editor.rpc", "business_editor.about_rpc"),
    };
    let cost = business.calls.of(kind);
    let usual = CallCosts::default().of(kind);
    let set_work = {
        let hand = hand.clone();
        Callback::from(move |typed: String| match length(&typed, MOST, words) {
            Ok(work) => {
                hand.perform(|design| {
                    rework::change(design, |business| business.calls.of_mut(kind).work = work)
                });
                None
            }
            Err(why) => Some(why),
        })
    };
    let set_round_trips = {
        let hand = hand.clone();
        Callback::from(move |chosen: usize| {
            let round_trips = (chosen as u32).min(*ROUND_TRIPS.end());
            hand.perform(|design| {
                rework::change(design, |business| business.calls.of_mut(kind).round_trips = round_trips)
            });
        })
    };
    let connections = ["business_editor.kept", "business_editor.each_tcp", "business_editor.each_tls"];
    let mut options: Vec<String> = connections.iter().map(|key| words.t(key)).collect();
    for round_trips in 3..=cost.round_trips {
        options.push(words.fill("business_editor.each_more", &[("count", &round_trips)]));
    }
    let name = words.t(key);
    let label = |key: &str| format!("{name}: {}", words.t(key));
    html! {
        <section class="function-card" aria-label={name.clone()}>
            <h3>{ name.clone() }</h3>
            <p class="quiet">{ words.t(about) }</p>
            <label class="named-field row"><span class="label">{ words.t("business_editor.work_each_end") }</span>
                <Cell class="span" label={label("business_editor.work_each_end")} value={cost.work.to_string()} change={set_work} /></label>
            <label class="named-field row"><span class="label">{ words.t("business_editor.connections") }</span>
                <Pick label={label("business_editor.connections")} {options} chosen={cost.round_trips as usize} change={set_round_trips} /></label>
            <p class="quiet">{ words.fill("business_editor.usual_cost", &[("work", &usual.work)]) }</p>
        </section>
    }
}
