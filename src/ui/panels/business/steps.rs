//! The steps of a function as a table: what is called, read and written, in what way, how often.

use archlab_model::business::{Access, Call, Step};
use archlab_model::policy::Queue;
use archlab_model::rework::{self, Way};
use archlab_model::{Business, CallKind, FunctionId, Span};
use yew::prelude::*;

use super::Hand;
use super::cell::{Cell, Pick, count, length, percent_text, percentage};
use super::chart::way_word;
use super::names::{data_name, function_name};
use crate::ui::icon::{Icon, icon};

/// The most repetitions of a step.
const MOST: u32 = 1_000;
/// The longest that a call can be told to wait.
const LONGEST: Span = Span::from_secs(24 * 3600);

/// The ways of a call, in the order they are offered.
const WAYS: [Way; 8] = [
    Way::Direct(None),
    Way::Direct(Some(CallKind::Rest)),
    Way::Direct(Some(CallKind::Rpc)),
    Way::Asynchronous(None),
    Way::Asynchronous(Some(CallKind::Rest)),
    Way::Asynchronous(Some(CallKind::Rpc)),
    Way::Queued(Queue::Broker),
    Way::Queued(Queue::Outbox),
];

/// What a button of a line does to its function.
type Deed = Box<dyn Fn(&Hand, &FunctionId)>;

/// One line of the table: a call or an access, and where it stands.
#[derive(Clone)]
struct Row<'a> {
    place: usize,
    branch: usize,
    /// How many calls its step makes at once.
    siblings: usize,
    what: Line<'a>,
}

#[derive(Clone, Copy)]
enum Line<'a> {
    Call(&'a Call),
    Access(&'a Access),
}

/// The table of a function's steps.
pub fn table(hand: &Hand, business: &Business, id: &FunctionId) -> Html {
    let words = hand.words;
    let Some(function) = business.functions.get(id) else { return Html::default() };
    let mut rows = Vec::new();
    for (place, step) in function.steps.iter().enumerate() {
        match step {
            Step::Call(call) => rows.push(Row { place, branch: 0, siblings: 1, what: Line::Call(call) }),
            Step::Access(access) => {
                rows.push(Row { place, branch: 0, siblings: 1, what: Line::Access(access) });
            }
            Step::Parallel(calls) => {
                let siblings = calls.len();
                let calls = calls.iter().enumerate();
                rows.extend(calls.map(|(branch, call)| Row {
                    place,
                    branch,
                    siblings,
                    what: Line::Call(call),
                }));
            }
        }
    }
    if rows.is_empty() {
        return html! { <p class="quiet">{ words.t("business_editor.no_steps") }</p> };
    }
    let lines = rows.iter().map(|row| line(hand, business, id, function.steps.as_slice(), row));
    let name = function_name(business, id, words);
    html! {
        <div class="steps-scroll">
            <table class="steps" aria-label={words.fill("business_editor.steps_of", &[("function", &name)])}>
                <thead><tr>
                    <th scope="col"><span class="hidden-visually">{ words.t("business_editor.order") }</span></th>
                    <th scope="col">{ words.t("business_editor.step") }</th>
                    <th scope="col">{ words.t("business_editor.way") }</th>
                    <th scope="col">{ words.t("business_editor.times") }</th>
                    <th scope="col">{ words.t("business_editor.chance") }</th>
                    <th scope="col">{ words.t("business_editor.failing") }</th>
                    <th scope="col">{ words.t("business_editor.waits") }</th>
                    <th scope="col"><span class="hidden-visually">{ words.t("business_editor.change") }</span></th>
                </tr></thead>
                <tbody>{ for lines }</tbody>
            </table>
        </div>
    }
}

fn line(hand: &Hand, business: &Business, id: &FunctionId, steps: &[Step], row: &Row<'_>) -> Html {
    let words = hand.words;
    let (place, branch) = (row.place, row.branch);
    let at = (place, branch);
    let number = if row.siblings > 1 { format!("{} ‖", place + 1) } else { (place + 1).to_string() };
    let label = |key: &str| format!("{} {number}: {}", words.t("business_editor.step"), words.t(key));
    let (often, chance) = match row.what {
        Line::Call(call) => (call.count, call.probability),
        Line::Access(access) => (access.count, access.probability),
    };
    let is_call = matches!(row.what, Line::Call(_));
    let set_often = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |typed: String| match count(&typed, (0, MOST), words) {
            Ok(count) => {
                hand.perform(|design| match is_call {
                    true => rework::set_call(design, &id, at, |call| call.count = count),
                    false => rework::set_access(design, &id, place, |access| access.count = count),
                });
                None
            }
            Err(why) => Some(why),
        })
    };
    let set_chance = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |typed: String| match percentage(&typed, words) {
            Ok(share) => {
                hand.perform(|design| match is_call {
                    true => rework::set_call(design, &id, at, |call| call.probability = share),
                    false => rework::set_access(design, &id, place, |access| access.probability = share),
                });
                None
            }
            Err(why) => Some(why),
        })
    };
    html! {
        <tr key={format!("{place}/{branch}")} class={classes!((row.siblings > 1).then_some("at-once"))}>
            <th scope="row">{ number.clone() }</th>
            <td>{ target(hand, business, id, row, label("business_editor.target")) }</td>
            { match row.what {
                Line::Call(call) => way(hand, id, at, call, &label),
                Line::Access(_) => html! { <td class="none" data-of="way">{ "–" }</td> },
            } }
            <td data-of="times"><span class="of-narrow">{ words.t("business_editor.times") }</span>
                <Cell class="number" label={label("business_editor.times")} value={often.to_string()} unit="×" change={set_often} /></td>
            <td data-of="chance"><span class="of-narrow">{ words.t("business_editor.chance") }</span>
                <Cell class="number" label={label("business_editor.chance")} value={percent_text(chance)} unit="%" change={set_chance} /></td>
            { match row.what {
                Line::Call(call) => failing(hand, business, id, at, call, &label),
                Line::Access(_) => html! { <><td class="none">{ "–" }</td><td class="none">{ "–" }</td></> },
            } }
            <td class="tools">{ tools(hand, id, steps, row, &number) }</td>
        </tr>
    }
}

/// What is called, read or written.
fn target(hand: &Hand, business: &Business, id: &FunctionId, row: &Row<'_>, label: String) -> Html {
    let words = hand.words;
    let (place, branch) = (row.place, row.branch);
    let known = |name: String, is_there: bool| {
        if is_there { name } else { format!("{name} ({})", words.t("business_editor.not_there")) }
    };
    match row.what {
        Line::Call(call) => {
            let mut functions: Vec<FunctionId> = business.functions.keys().cloned().collect();
            if !business.functions.contains_key(&call.to) {
                functions.push(call.to.clone());
            }
            let name = |id: &FunctionId| {
                known(function_name(business, id, words), business.functions.contains_key(id))
            };
            let options = functions.iter().map(name).collect::<Vec<_>>();
            let chosen = functions.iter().position(|it| *it == call.to).unwrap_or(0);
            let (hand, id) = (hand.clone(), id.clone());
            let change = Callback::from(move |chosen: usize| {
                if let Some(to) = functions.get(chosen) {
                    hand.perform(|design| {
                        rework::set_call(design, &id, (place, branch), |call| call.to = to.clone())
                    });
                }
            });
            html! { <span class="target"><em>{ words.t("business_editor.calls") }</em><Pick {label} {options} {chosen} {change} /></span> }
        }
        Line::Access(access) => {
            let mut data: Vec<_> = business.data.keys().cloned().collect();
            if !business.data.contains_key(&access.data) {
                data.push(access.data.clone());
            }
            let options = data
                .iter()
                .map(|id| known(data_name(business, id, words), business.data.contains_key(id)))
                .collect::<Vec<_>>();
            let chosen = data.iter().position(|it| *it == access.data).unwrap_or(0);
            let verbs = vec![words.t("business_editor.reads"), words.t("business_editor.writes")];
            let verb = {
                let (hand, id) = (hand.clone(), id.clone());
                Callback::from(move |chosen: usize| {
                    hand.perform(|design| {
                        rework::set_access(design, &id, place, |access| access.write = chosen == 1)
                    });
                })
            };
            let (hand, id) = (hand.clone(), id.clone());
            let change = Callback::from(move |chosen: usize| {
                if let Some(data) = data.get(chosen) {
                    hand.perform(|design| {
                        rework::set_access(design, &id, place, |access| access.data = data.clone())
                    });
                }
            });
            let verb_label = format!("{label} ({})", words.t("business_editor.verb"));
            html! {
                <span class="target"><Pick label={verb_label} options={verbs} chosen={usize::from(access.write)} change={verb} class="verb" />
                    <Pick {label} {options} {chosen} {change} /></span>
            }
        }
    }
}

/// How a call goes.
fn way(
    hand: &Hand,
    id: &FunctionId,
    at: (usize, usize),
    call: &Call,
    label: &dyn Fn(&str) -> String,
) -> Html {
    let words = hand.words;
    let name = |way: &Way| way_word(*way, words).unwrap_or_else(|| words.t("business_editor.direct"));
    let options = WAYS.iter().map(name).collect::<Vec<_>>();
    let chosen = WAYS.iter().position(|way| *way == Way::of(call)).unwrap_or(0);
    let (hand, id) = (hand.clone(), id.clone());
    let change = Callback::from(move |chosen: usize| {
        if let Some(way) = WAYS.get(chosen) {
            hand.perform(|design| rework::set_way(design, &id, at, *way));
        }
    });
    html! {
        <td data-of="way"><span class="of-narrow">{ words.t("business_editor.way") }</span><Pick class="way" label={label("business_editor.way")} {options} {chosen} {change} /></td>
    }
}

/// What becomes of the caller when a call fails, and how long it waits.
fn failing(
    hand: &Hand,
    business: &Business,
    id: &FunctionId,
    at: (usize, usize),
    call: &Call,
    label: &dyn Fn(&str) -> String,
) -> Html {
    let words = hand.words;
    let falls_back = call.is_awaited();
    let mut fallbacks: Vec<FunctionId> = Vec::new();
    if falls_back {
        let others = business.functions.keys().filter(|other| **other != call.to && *other != id);
        fallbacks.extend(others.cloned());
    }
    let mut options = vec![words.t("business_editor.fails_too"), words.t("business_editor.goes_on")];
    let name = |id: &FunctionId| {
        words.fill("business_editor.instead", &[("function", &function_name(business, id, words))])
    };
    options.extend(fallbacks.iter().map(name));
    let chosen = match &call.fallback {
        Some(fallback) => fallbacks.iter().position(|it| it == fallback).map_or(0, |place| place + 2),
        None => usize::from(call.soft),
    };
    let set_failing = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |chosen: usize| {
            hand.perform(|design| {
                rework::set_call(design, &id, at, |call| {
                    call.soft = chosen == 1;
                    call.fallback = chosen.checked_sub(2).and_then(|place| fallbacks.get(place)).cloned();
                })
            });
        })
    };
    let set_deadline = {
        let (hand, id) = (hand.clone(), id.clone());
        Callback::from(move |typed: String| {
            let deadline = match typed.trim() {
                "" => Ok(None),
                typed => length(typed, LONGEST, words).map(Some),
            };
            match deadline {
                Ok(deadline) => {
                    hand.perform(|design| {
                        rework::set_call(design, &id, at, |call| {
                            call.deadline = deadline.filter(|deadline| !deadline.is_zero());
                        })
                    });
                    None
                }
                Err(why) => Some(why),
            }
        })
    };
    let deadline = call.deadline.map(|deadline| deadline.to_string()).unwrap_or_default();
    html! {
        <>
            <td data-of="failing"><span class="of-narrow">{ words.t("business_editor.failing") }</span>
                <Pick class="failing" label={label("business_editor.failing")} {options} {chosen} change={set_failing} /></td>
            <td data-of="waits"><span class="of-narrow">{ words.t("business_editor.waits") }</span>
                <Cell class="span" label={label("business_editor.waits")} value={deadline} placeholder={words.t("business_editor.as_group")} change={set_deadline} /></td>
        </>
    }
}

/// What can be done with a line as a whole.
fn tools(hand: &Hand, id: &FunctionId, steps: &[Step], row: &Row<'_>, number: &str) -> Html {
    let words = hand.words;
    let (place, branch) = (row.place, row.branch);
    let tool = |key: &str, sign: Icon, enabled: bool, act: Deed, pressed: Option<bool>| {
        let (hand, id) = (hand.clone(), id.clone());
        let onclick = Callback::from(move |_: MouseEvent| act(&hand, &id));
        let name = words.fill(key, &[("step", &number)]);
        html! {
            <button type="button" class="button plain icon-only" disabled={!enabled} title={name.clone()} aria-label={name}
                aria-pressed={pressed.map(|it| it.to_string())} {onclick}>{ icon(sign) }</button>
        }
    };
    let is_call = |step: Option<&Step>| step.is_some_and(|step| !matches!(step, Step::Access(_)));
    let joined = branch > 0;
    let joins = joined || place > 0 && is_call(steps.get(place - 1)) && is_call(steps.get(place));
    let at_once: Deed = Box::new(move |hand, id| {
        hand.perform(|design| rework::set_parallel(design, id, (place, branch), !joined))
    });
    let up: Deed = Box::new(move |hand, id| {
        hand.perform(|design| rework::move_step(design, id, place, place.saturating_sub(1)))
    });
    let down: Deed =
        Box::new(move |hand, id| hand.perform(|design| rework::move_step(design, id, place, place + 1)));
    let remove: Deed =
        Box::new(move |hand, id| hand.perform(|design| rework::remove_call(design, id, (place, branch))));
    html! {
        <>
            { tool("business_editor.together", Icon::AtOnce, joins, at_once, Some(joined)) }
            { tool("business_editor.step_up", Icon::Up, branch == 0 && place > 0, up, None) }
            { tool("business_editor.step_down", Icon::Down, branch == 0 && place + 1 < steps.len(), down, None) }
            { tool("business_editor.remove_step", Icon::Delete, true, remove, None) }
        </>
    }
}
