//! The call flow of a request kind, drawn: boxes in calling order, lines that show by their shape how each is called.

use archlab_model::policy::Queue;
use archlab_model::rework::Way;
use archlab_model::{Business, CallKind, FunctionId};
use web_sys::SvgElement;
use yew::prelude::*;

use super::flow::{Flow, Node, Turn, What};
use super::names::{data_name, function_name};
use super::work::in_short;
use crate::ui::canvas::fit::{BOLD, fit};
use crate::ui::i18n::{Words, use_words};

/// A box's size.
const BOX: (f64, f64) = (128.0, 36.0);
/// From one column to the next, and from one row to the next.
const PITCH: (f64, f64) = (240.0, 50.0);
/// Where the first box begins: beside the arrow that leads to it.
const START: (f64, f64) = (34.0, 8.0);
/// From the end of a box to the line that its calls branch off.
const TRUNK: f64 = 14.0;
/// How far the heads of lines are from their box.
const HEAD: f64 = 7.0;

/// What the diagram needs.
#[derive(Clone, PartialEq, Properties)]
pub struct ChartProps {
    pub business: Business,
    pub entry: FunctionId,
    /// What the request kind is called.
    pub title: String,
    pub picked: Option<FunctionId>,
    pub pick: Callback<FunctionId>,
}

/// The diagram. One box is in the order of Tab; arrows walk from it to the others.
#[component]
pub fn Chart(props: &ChartProps) -> Html {
    let words = use_words();
    let at = use_state(|| 0usize);
    let hovered = use_state(|| None::<FunctionId>);
    let drawing = use_node_ref();
    let flow = {
        let key = (props.business.clone(), props.entry.clone());
        use_memo(key, |(business, entry)| Flow::of(business, entry))
    };
    let here = (*at).min(flow.nodes.len().saturating_sub(1));
    let go = {
        let (at, drawing) = (at.clone(), drawing.clone());
        move |place: usize| {
            at.set(place);
            let found = drawing.cast::<SvgElement>();
            let found =
                found.and_then(|it| it.query_selector(&format!("[data-box='{place}']")).ok().flatten());
            if let Some(found) = found {
                use wasm_bindgen::JsCast;
                // A refused focus changes nothing.
                let _ = found.unchecked_into::<SvgElement>().focus();
            }
        }
    };
    let onkeydown = {
        let (flow, pick) = (flow.clone(), props.pick.clone());
        Callback::from(move |event: KeyboardEvent| {
            let node = &flow.nodes[here];
            let next = match event.key().as_str() {
                "ArrowRight" => flow.first_child(here),
                "ArrowLeft" => node.parent,
                "ArrowDown" => (here + 1 < flow.nodes.len()).then_some(here + 1),
                "ArrowUp" => here.checked_sub(1),
                "Home" => Some(0),
                "End" => flow.nodes.len().checked_sub(1),
                "Enter" | " " => {
                    let caller = || flow.nodes[node.parent?].what.function();
                    if let Some(function) = node.what.function().or_else(caller) {
                        pick.emit(function.clone());
                    }
                    None
                }
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            if let Some(next) = next {
                go(next);
            }
        })
    };
    let lines = flow.nodes.iter().map(|node| match node.parent {
        Some(parent) => line(node, &flow.nodes[parent], words),
        None => {
            let y = START.1 + BOX.1 / 2.0;
            html! { <><circle class="asker" cx="8" cy={y.to_string()} r="4.5" />{ arrow((14.0, y), (START.0, y), "flow-line", Head::Full) }</> }
        }
    });
    let trunks = flow.nodes.iter().enumerate().filter_map(|(place, node)| {
        let last = flow.nodes.iter().rev().find(|other| other.parent == Some(place))?;
        let ((x, y), (_, end)) = (corner(node), corner(last));
        let (x, y, end) = (x + BOX.0, y + BOX.1 / 2.0, end + BOX.1 / 2.0);
        Some(html! { <path class="flow-line" d={format!("M{x} {y} H{} V{end}", x + TRUNK)} /> })
    });
    let boxes = flow.nodes.iter().enumerate().map(|(place, node)| {
        let caller = || flow.nodes[node.parent?].what.function();
        // What stands for data picks the function that reads or writes it.
        let function = node.what.function().or_else(caller);
        let is_data = matches!(node.what, What::Data(..));
        let lit = !is_data && (function == props.picked.as_ref() || function == hovered.as_ref());
        let onclick = {
            let (at, pick, function) = (at.clone(), props.pick.clone(), function.cloned());
            Callback::from(move |_: MouseEvent| {
                at.set(place);
                if let Some(function) = &function {
                    pick.emit(function.clone());
                }
            })
        };
        let hover = |to: Option<FunctionId>| {
            let hovered = hovered.clone();
            Callback::from(move |_: MouseEvent| hovered.set(to.clone()))
        };
        let label = told(&props.business, node, &flow, words);
        html! {
            <g key={place} class={classes!("flow-box", class_of(node), lit.then_some("lit"))} role="button" data-box={place.to_string()}
                tabindex={if place == here { "0" } else { "-1" }} aria-pressed={function.map(|it| (Some(it) == props.picked.as_ref()).to_string())}
                {onclick} onmouseenter={hover(function.cloned())} onmouseleave={hover(None)}>
                <title>{ label }</title>
                { face(&props.business, node, words) }
            </g>
        }
    });
    let width = START.0 + PITCH.0 * flow.columns.saturating_sub(1) as f64 + BOX.0 + 10.0;
    let height = START.1 * 2.0 + PITCH.1 * flow.rows.saturating_sub(1) as f64 + BOX.1;
    html! {
        <div class="flow">
            <div class="flow-scroll" tabindex="-1">
                <svg ref={drawing} role="group" aria-label={words.fill("business_editor.flow_of", &[("kind", &props.title)])}
                    width={in_letters(width)} height={in_letters(height)} viewBox={format!("0 0 {width} {height}")} {onkeydown}>
                    { for trunks }
                    { for lines }
                    { for boxes }
                </svg>
                if flow.left_out > 0 {
                    <p class="quiet">{ words.fill("business_editor.left_out", &[("count", &flow.left_out)]) }</p>
                }
            </div>
            { legend(&flow, words) }
        </div>
    }
}

fn corner(node: &Node) -> (f64, f64) {
    (START.0 + PITCH.0 * node.column as f64, START.1 + PITCH.1 * node.row as f64)
}

fn class_of(node: &Node) -> &'static str {
    match node.what {
        What::Function(_) => "plain",
        What::Again(_) => "again",
        What::Circle(_) | What::Missing(_) => "wrong",
        What::Data(..) => "data",
    }
}

/// A box with its words.
fn face(business: &Business, node: &Node, words: Words) -> Html {
    let (x, y) = corner(node);
    let room = BOX.0 - 20.0;
    let (title, second) = match &node.what {
        What::Function(id) => {
            let work = business.functions.get(id).map(|function| in_short(&function.work, words));
            (function_name(business, id, words), work.unwrap_or_default())
        }
        What::Again(id) => (function_name(business, id, words), words.t("business_editor.drawn_above")),
        What::Circle(id) => (function_name(business, id, words), words.t("business_editor.calls_back")),
        What::Missing(id) => (id.to_string(), words.t("business_editor.not_there")),
        What::Data(id, access) => {
            let key = if access.write { "business_editor.writes" } else { "business_editor.reads" };
            (data_name(business, id, words), words.t(key))
        }
    };
    let shape = match node.what {
        What::Data(..) => {
            let (w, h) = BOX;
            let d = format!(
                "M{x} {} c0 -6 {w} -6 {w} 0 v{} c0 6 -{w} 6 -{w} 0 z M{x} {} c0 6 {w} 6 {w} 0",
                y + 4.5,
                h - 9.0,
                y + 4.5
            );
            html! { <path class="flow-shape" {d} /> }
        }
        _ => html! {
            <rect class="flow-shape" x={x.to_string()} y={y.to_string()} width={BOX.0.to_string()} height={BOX.1.to_string()} rx="7" />
        },
    };
    let lower = if matches!(node.what, What::Data(..)) { 3.0 } else { 0.0 };
    // All of it is in the box's title, in better order and not cut.
    html! {
        <g aria-hidden="true">
            { shape }
            <text class="flow-title" x={(x + 10.0).to_string()} y={(y + 15.5 + lower).to_string()}>{ fit(&title, 12.5 * BOLD, room) }</text>
            <text class="flow-second" x={(x + 10.0).to_string()} y={(y + 29.0 + lower / 2.0).to_string()}>{ fit(&second, 11.0, room) }</text>
        </g>
    }
}

/// What stands at the end of a line.
#[derive(Clone, Copy, PartialEq)]
enum Head {
    /// Waited for.
    Full,
    /// Waited for, and may fail.
    Hollow,
    /// Not waited for.
    Open,
}

fn arrow(from: (f64, f64), to: (f64, f64), class: &'static str, head: Head) -> Html {
    let (x, y) = to;
    let (d, class_of_head) = match head {
        Head::Full => (format!("M{x} {y} l-8 -4 v8 z"), "flow-head"),
        Head::Hollow => (format!("M{x} {y} l-8 -4 v8 z"), "flow-head hollow"),
        Head::Open => (format!("M{} {} l7 4 -7 4", x - 7.0, y - 4.0), "flow-head open"),
    };
    let end = if head == Head::Open { x } else { x - HEAD };
    html! {
        <>
            <path {class} d={format!("M{} {} L{end} {y}", from.0, from.1)} />
            <path class={class_of_head} {d} />
        </>
    }
}

/// The line from a box to one that it calls, with its number, its words and its signs.
fn line(node: &Node, parent: &Node, words: Words) -> Html {
    let ((px, _), (x, y)) = (corner(parent), corner(node));
    let middle = y + BOX.1 / 2.0;
    let trunk = px + BOX.0 + TRUNK;
    let (count, chance) = node.often();
    let (way, soft) = (node.way(), node.call.as_ref().is_some_and(|call| call.soft));
    let goes_on = matches!(way, Way::Asynchronous(_));
    let class = if goes_on { "flow-line dashed" } else { "flow-line" };
    let head = match (goes_on, soft) {
        (true, _) => Head::Open,
        (false, true) => Head::Hollow,
        (false, false) => Head::Full,
    };
    let reads = matches!(&node.what, What::Data(_, access) if !access.write);
    let number = (trunk + 18.0, middle);
    let sign = if chance < 1.0 {
        format!("M{} {} l10 -10 10 10 -10 10 z", number.0 - 10.0, number.1)
    } else {
        format!("M{} {} a8 8 0 1 1 16 0 a8 8 0 1 1 -16 0", number.0 - 8.0, number.1)
    };
    let letter = |turn| match turn {
        Turn::Alone => node.step.to_string(),
        _ => format!("{}‖", node.step),
    };
    let mut above = Vec::new();
    if count != 1 {
        above.push(format!("{count}×"));
    }
    if chance < 1.0 {
        above.push(format!("{} %", (chance * 1000.0).round() / 10.0));
    }
    let mut below: Vec<String> = way_word(way, words).into_iter().collect();
    if soft {
        below.push(words.t("business_editor.may_fail"));
    }
    let text = number.0 + 14.0;
    let room = x - HEAD - 4.0 - text;
    // Several at once: the trunk is double along them.
    let bar = match node.turn {
        Turn::First => Some((middle - 9.0, middle + PITCH.1 / 2.0)),
        Turn::Between => Some((middle - PITCH.1 / 2.0, middle + PITCH.1 / 2.0)),
        Turn::Last => Some((middle - PITCH.1 / 2.0, middle + 9.0)),
        Turn::Alone => None,
    };
    let queue = matches!(way, Way::Queued(_)).then_some(x - 34.0);
    html! {
        <g class="flow-call">
            <path class="flow-line" d={format!("M{trunk} {middle} H{}", number.0 - 8.0)} />
            if reads {
                <path {class} d={format!("M{} {middle} H{x}", number.0 + 16.0)} />
                <path class="flow-head" d={format!("M{} {middle} l8 -4 v8 z", number.0 + 9.0)} />
            } else {
                { arrow((number.0 + 8.0, middle), (x, middle), class, head) }
            }
            if let Some((top, bottom)) = bar {
                <path class="flow-bar" d={format!("M{} {top} V{bottom} M{} {top} V{bottom}", trunk - 2.0, trunk + 2.0)} />
            }
            if let Some(queue) = queue {
                <path class="flow-queue" d={format!("M{queue} {} h22 v12 h-22 z m5.5 0 v12 m5.5 -12 v12 m5.5 -12 v12", middle - 6.0)} />
            }
            <path class="flow-number" d={sign} />
            <text class="flow-count" x={number.0.to_string()} y={(number.1 + 3.6).to_string()}>{ letter(node.turn) }</text>
            <text class="flow-often" x={text.to_string()} y={(middle - 5.0).to_string()}>{ fit(&above.join(" · "), 11.0, room) }</text>
            <text class="flow-way" x={text.to_string()} y={(middle + 14.0).to_string()}>{ fit(&below.join(" · "), 11.0, room) }</text>
        </g>
    }
}

/// The way of a call in a word; none if there is nothing to say.
pub fn way_word(way: Way, words: Words) -> Option<String> {
    let key = match way {
        Way::Direct(None) => return None,
        Way::Direct(Some(CallKind::Rest)) => "business_editor.rest",
        Way::Direct(Some(CallKind::Rpc)) => "business_editor.rpc",
        Way::Asynchronous(None) => "business_editor.asynchronous",
        Way::Asynchronous(Some(CallKind::Rest)) => "business_editor.rest_asynchronous",
        Way::Asynchronous(Some(CallKind::Rpc)) => "business_editor.rpc_asynchronous",
        Way::Queued(Queue::Broker) => "business_editor.queue",
        Way::Queued(Queue::Outbox) => "business_editor.outbox",
    };
    Some(words.t(key))
}

/// A box in words, for those who do not see it.
fn told(business: &Business, node: &Node, flow: &Flow, words: Words) -> String {
    let mut parts = Vec::new();
    if let Some(parent) = node.parent.and_then(|parent| flow.nodes[parent].what.function()) {
        let caller = function_name(business, parent, words);
        parts.push(words.fill("business_editor.step_of", &[("step", &node.step), ("function", &caller)]));
    }
    parts.push(match &node.what {
        What::Data(id, access) => {
            let key = if access.write { "business_editor.writes" } else { "business_editor.reads" };
            format!("{} {}", words.t(key), data_name(business, id, words))
        }
        What::Missing(id) => format!("{id}: {}", words.t("business_editor.not_there")),
        What::Circle(id) => {
            format!("{}: {}", function_name(business, id, words), words.t("business_editor.calls_back"))
        }
        What::Function(id) | What::Again(id) => function_name(business, id, words),
    });
    if node.turn != Turn::Alone {
        parts.push(words.t("business_editor.at_once"));
    }
    let (count, chance) = node.often();
    if count != 1 {
        parts.push(words.fill("business_editor.times_count", &[("count", &count)]));
    }
    if chance < 1.0 {
        let percent = (chance * 1000.0).round() / 10.0;
        parts.push(words.fill("business_editor.chance_of", &[("percent", &percent)]));
    }
    parts.extend(way_word(node.way(), words));
    if node.call.as_ref().is_some_and(|call| call.soft) {
        parts.push(words.t("business_editor.may_fail"));
    }
    parts.join(words.t("business_editor.comma").as_str())
}

/// What the signs mean, as far as they are drawn.
fn legend(flow: &Flow, words: Words) -> Html {
    let any = |is: fn(&Node) -> bool| flow.nodes.iter().skip(1).any(is);
    let sign = |shown: bool, key: &str, shape: Html| {
        if !shown {
            return Html::default();
        }
        html! { <span><svg viewBox="0 0 26 14" width={in_letters(26.0)} height={in_letters(14.0)} aria-hidden="true">{ shape }</svg>{ words.t(key) }</span> }
    };
    let line = |class: &'static str, head| arrow((1.0, 7.0), (25.0, 7.0), class, head);
    html! {
        <div class="flow-legend">
            { sign(any(|node| node.call.as_ref().is_some_and(|call| call.is_awaited() && !call.soft)), "business_editor.sign_waits", line("flow-line", Head::Full)) }
            { sign(any(|node| node.turn != Turn::Alone), "business_editor.sign_at_once", html! { <path class="flow-bar" d="M11 1v12M15 1v12" /> }) }
            { sign(any(|node| node.call.as_ref().is_some_and(|call| call.soft)), "business_editor.sign_soft", line("flow-line", Head::Hollow)) }
            { sign(any(|node| matches!(node.way(), Way::Asynchronous(_))), "business_editor.sign_asynchronous", line("flow-line dashed", Head::Open)) }
            { sign(any(|node| matches!(node.way(), Way::Queued(_))), "business_editor.sign_queue", html! { <path class="flow-queue" d="M2 1h22v12h-22z m5.5 0v12m5.5 -12v12m5.5 -12v12" /> }) }
            { sign(any(|node| node.often().1 < 1.0), "business_editor.sign_chance", html! { <path class="flow-number" d="M6 7l7 -7 7 7 -7 7z" /> }) }
        </div>
    }
}

/// A length of the drawing as it is on the page: it grows with the letters.
fn in_letters(length: f64) -> String {
    format!("{}rem", length / 16.0)
}
