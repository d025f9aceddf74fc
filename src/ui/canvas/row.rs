//! What an instance's row shows: from afar its name, close by its workers, its queue and its functions.

use archlab_engine::{Belief, Life};
use archlab_model::{FunctionId, InstanceId};
use yew::prelude::*;

use crate::ui::canvas::fit::{BOLD, fit, width};
use crate::ui::canvas::machine::{RowProps, grown, num, translate};
use crate::ui::i18n::Words;

/// Cells that stand for an instance's workers.
const SLOTS: u32 = 8;
/// Ticks that stand for its queue.
const TICKS: u32 = 14;

/// Its health, its name, and how busy it is.
pub fn brief(row: &RowProps, grow: f64) -> Html {
    let (gauge, middle) = (44.0, row.rect.h / 2.0);
    let start = 6.0 + 22.0 * grow.min(1.5);
    let busy = if row.workers == 0 { 0.0 } else { f64::from(row.busy) / f64::from(row.workers) };
    html! {
        <>
            <g transform={grown(3.0 + 8.5 * grow.min(1.5), middle, grow.min(1.5))}>{ health(row) }</g>
            <text class="small" transform={grown(start, middle + 4.1 * grow, grow)}>{ fit(&row.title, 11.5 * grow, row.rect.w - start - gauge - 14.0) }</text>
            <rect class="slot" x={num(row.rect.w - gauge - 8.0)} y={num(middle - 5.0)} width={num(gauge)} height="10" rx="3" />
            <rect class="slot busy" x={num(row.rect.w - gauge - 8.0)} y={num(middle - 5.0)} width={num(gauge * busy.min(1.0))} height="10" rx="3" />
        </>
    }
}

/// Its health, its name, what it does, its workers and its queue.
pub fn full(row: &RowProps, state: &str) -> Html {
    let filled = if row.workers == 0 { 0 } else { (row.busy * SLOTS).div_ceil(row.workers).min(SLOTS) };
    let ticks =
        if row.queue == 0 { 0 } else { (row.waiting * TICKS).div_ceil(row.queue.max(TICKS)).min(TICKS) };
    let slots_at = row.rect.w - 10.0 - f64::from(SLOTS) * 9.0 + 2.0;
    html! {
        <>
            <g transform="translate(17 17)">{ health(row) }</g>
            <text class="small" x="32" y="15">{ fit(&row.title, 11.5, slots_at - 38.0) }</text>
            <text class="tiny" x="32" y="28">{ fit(state, 11.0, slots_at - 38.0 + if row.waiting == 0 { 60.0 } else { 0.0 }) }</text>
            <path class="slot" d={cells(slots_at, filled, SLOTS)} />
            <path class="slot busy" d={cells(slots_at, 0, filled)} />
            <path class="tick" d={ticks_path(row.rect.w - 10.0, ticks)} />
        </>
    }
}

/// Its health, its name, workers and queue in numbers and as bars, and its functions.
pub fn near(row: &RowProps, state: &str, words: Words) -> Html {
    const BAR: f64 = 46.0;
    const SIZE: f64 = 7.8;
    let share = |part: u32, whole: u32| if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) };
    let well = row.life == Life::Up && matches!(row.belief, Belief::Up { .. });
    let workers = words.fill("canvas.workers_of", &[("busy", &row.busy), ("workers", &row.workers)]);
    let queue = words.fill("canvas.queue_of", &[("waiting", &row.waiting), ("queue", &row.queue)]);
    let right = row.rect.w - 7.0;
    let bar = |y: f64, part: f64, class: &'static str| {
        html! {
            <>
                <rect class="slot" x={num(right - BAR)} y={num(y)} width={num(BAR)} height="2.6" rx="1.3" />
                <rect class={classes!("slot", class)} x={num(right - BAR)} y={num(y)} width={num(BAR * part.min(1.0))} height="2.6" rx="1.3" />
            </>
        }
    };
    let numbers = right - width(&workers, SIZE).max(width(&queue, SIZE)).max(BAR);
    html! {
        <>
            <g transform="translate(15 17)">{ health(row) }</g>
            <text class="small close" x="28" y="12">{ fit(&row.title, BOLD * 9.0, numbers - 34.0) }</text>
            <text class="tiny close" x={num(right)} y="9.5" text-anchor="end">{ workers }</text>
            { bar(11.8, share(row.busy, row.workers), "busy") }
            <text class="tiny close" x={num(right)} y="24.5" text-anchor="end">{ queue }</text>
            { bar(26.8, share(row.waiting, row.queue), "waiting") }
            if well { { functions(row, numbers - 34.0) } }
            else { <text class="tiny close" x="28" y="26">{ fit(state, SIZE, numbers - 34.0) }</text> }
        </>
    }
}

/// Its functions as chips, as many as there is room for; the others as a number.
fn functions(row: &RowProps, room: f64) -> Html {
    const SIZE: f64 = 7.6;
    const PADDING: f64 = 4.0;
    const GAP: f64 = 3.0;
    let rest_width = width("+99", SIZE) + 2.0 * PADDING;
    let mut x = 28.0;
    let mut chips = Vec::new();
    for (place, (id, title)) in row.functions.iter().enumerate() {
        let is_last = place + 1 == row.functions.len();
        let left = 28.0 + room - x - if is_last { 0.0 } else { rest_width + GAP };
        let wide = width(title, SIZE) + 2.0 * PADDING;
        let shown = if wide <= left { title.to_string() } else { fit(title, SIZE, left - 2.0 * PADDING) };
        let wide = wide.min(left);
        if shown.chars().count() < 4 && shown != **title {
            let rest = format!("+{}", row.functions.len() - place);
            chips.push(chip(x, width(&rest, SIZE) + 2.0 * PADDING, &rest, None));
            break;
        }
        chips.push(chip(x, wide, &shown, Some((&row.id, id))));
        x += wide + GAP;
    }
    html! {
        <>
            <title>{ row.functions.iter().map(|(_, title)| title.to_string()).collect::<Vec<_>>().join(" · ") }</title>
            { for chips }
        </>
    }
}

/// A chip. One that stands for a function of an instance says which, for the hand that takes it.
fn chip(x: f64, wide: f64, words: &str, of: Option<(&InstanceId, &FunctionId)>) -> Html {
    let group = of.map(|(instance, _)| instance.group.to_string());
    let service = of.map(|(instance, _)| instance.service.to_string());
    let number = of.map(|(instance, _)| instance.number.to_string());
    let function = of.map(|(_, function)| function.to_string());
    html! {
        <g class="function" transform={translate(x, 17.5)} data-group={group} data-service={service} data-number={number} data-function={function}>
            <rect width={num(wide)} height="12" rx="4" />
            <text class="tiny close" x="4" y="8.8">{ words }</text>
        </g>
    }
}

/// The truth as a dot, and around it, as a ring, what the balancer believes. The ring has as many
/// segments as checks decide; each failed or passed one changes a segment, so that detection can be
/// seen coming.
fn health(row: &RowProps) -> Html {
    let dot = match row.life {
        Life::Up => html! { <circle class="truth-up" r="3.6" /> },
        Life::Starting { .. } => html! { <circle class="truth-starting" r="3.2" /> },
        Life::Crashed | Life::MachineOff => {
            html! { <path class="truth-down" d="M0-4.6 4.6 0 0 4.6-4.6 0z" /> }
        }
    };
    let ring = match row.belief {
        Belief::Up { failed: 0, .. } => html! { <circle class="belief up" r="7.5" /> },
        Belief::Up { failed, fall } => html! {
            <>
                <path class="belief up" d={arcs(7.5, failed, fall, fall)} />
                <path class="belief doubt" d={arcs(7.5, 0, failed, fall)} />
            </>
        },
        Belief::Down { passed, rise } => html! {
            <>
                <path class="belief down" d={arcs(7.5, passed, rise, rise)} />
                <path class="belief up" d={arcs(7.5, 0, passed, rise)} />
                <path class="belief down-cross" d="M-7 7 7-7" />
            </>
        },
    };
    html! { <>{ ring }{ dot }</> }
}

/// Segments `from..to` of a ring of `count`, with small gaps, from the top clockwise.
fn arcs(radius: f64, from: u32, to: u32, count: u32) -> String {
    let count = f64::from(count.clamp(1, 12));
    let point = |turn: f64| {
        let angle = (turn - 0.25) * std::f64::consts::TAU;
        (radius * angle.cos(), radius * angle.sin())
    };
    let mut path = String::new();
    for segment in from..to.min(12) {
        let gap = 0.035;
        let (a, b) = (f64::from(segment) / count + gap, f64::from(segment + 1) / count - gap);
        let ((ax, ay), (bx, by)) = (point(a), point(b));
        let large = i32::from(b - a > 0.5);
        path += &format!("M{ax:.2} {ay:.2}A{radius} {radius} 0 {large} 1 {bx:.2} {by:.2}");
    }
    path
}

fn cells(x: f64, from: u32, to: u32) -> String {
    (from..to).map(|cell| format!("M{:.1} 8h7v7h-7z", x + f64::from(cell) * 9.0)).collect()
}

fn ticks_path(right: f64, count: u32) -> String {
    (0..count).map(|tick| format!("M{:.1} 20h3v6h-3z", right - 3.0 - f64::from(tick) * 5.2)).collect()
}
