//! What an instance's row shows: from afar its name, close by its workers, its queue and its functions.

use std::rc::Rc;

use archlab_engine::{Belief, Life};
use archlab_model::{FunctionId, InstanceId};
use yew::prelude::*;

use crate::editor::detail::{Detail, Look};
use crate::editor::geometry::Rect;
use crate::editor::scene::Part;
use crate::ui::canvas::by_hand::sign;
use crate::ui::canvas::fit::{BOLD, fit, width};
use crate::ui::canvas::machine::{grown, num};
use crate::ui::canvas::node::Node;
use crate::ui::i18n::Words;

/// Cells that stand for an instance's workers.
const SLOTS: u32 = 8;
/// The name grows as one goes away, but no more than this.
const LARGEST_NAME: f64 = 2.1;
/// The sign of health grows as one goes away, but no more than this.
const LARGEST_SIGN: f64 = 1.5;
/// Ticks that stand for its queue.
const TICKS: u32 = 14;

/// What an instance's row shows.
#[derive(Clone, PartialEq, Properties)]
pub struct RowProps {
    pub id: InstanceId,
    pub title: AttrValue,
    pub rect: Rect,
    pub life: Life,
    pub belief: Belief,
    /// Tenths of a second until it can answer, while it starts.
    pub starts_in: u32,
    pub workers: u32,
    pub busy: u32,
    pub waiting: u32,
    pub queue: u32,
    /// The functions it serves, by name; told only to who looks closely.
    pub functions: Rc<[(FunctionId, AttrValue)]>,
    /// Whether a person changed what it is, or put it there.
    pub by_hand: bool,
    pub selected: bool,
    pub stop: bool,
}

/// A row, and what it needs besides: it is drawn again only when one of them changes.
#[derive(Clone, PartialEq, Properties)]
pub struct RowCardProps {
    pub row: Rc<RowProps>,
    /// The corner of its machine's card.
    pub corner: (f64, f64),
    pub look: Look,
    pub words: Words,
    pub focused: Callback<Part>,
}

/// An instance's row.
#[component]
pub fn Row(props: &RowCardProps) -> Html {
    let RowCardProps { row, corner, look, words, focused } = props;
    let rect = Rect::new(row.rect.x - corner.0, row.rect.y - corner.1, row.rect.w, row.rect.h);
    let down = matches!(row.life, Life::Crashed | Life::MachineOff);
    let starting = matches!(row.life, Life::Starting { .. });
    let strained = row.busy >= row.workers && row.workers > 0;
    let class = classes!(
        "row",
        down.then_some("down"),
        starting.then_some("starting"),
        strained.then_some("strained"),
        row.selected.then_some("selected"),
    );
    let state = state(row, *words);
    let mut label = words.fill("canvas.instance_label", &[("instance", &row.title), ("state", &state)]);
    let mut above = Html::default();
    if row.by_hand {
        label = words.fill("by_hand.label", &[("part", &label)]);
        above = sign(rect.right(), rect.y, *words);
    }
    let content = match look.detail {
        Detail::Far | Detail::Brief => brief(row, rect, look.grow.min(LARGEST_NAME)),
        Detail::Full => full(row, rect, &state),
        Detail::Near => near(row, rect, &state, *words),
    };
    html! {
        <Node part={Part::Instance(row.id.clone())} {class} {label} {rect} in_place=true radius={8.0} {above} stop={row.stop} focused={focused.clone()}>
            <rect class="plate" x={num(rect.x)} y={num(rect.y)} width={num(rect.w)} height={num(rect.h)} rx="8" />
            { content }
        </Node>
    }
}

/// What the row says under its name.
fn state(row: &RowProps, words: Words) -> String {
    match (row.life, row.belief) {
        (Life::Crashed, _) => words.t("canvas.crashed"),
        (Life::MachineOff, _) => words.t("canvas.no_power"),
        (Life::Starting { .. }, _) => {
            let seconds = format!("{:.1}", f64::from(row.starts_in) / 10.0);
            words.fill("canvas.starting", &[("seconds", &seconds)])
        }
        (Life::Up, Belief::Down { passed, rise }) => {
            words.fill("canvas.joining", &[("passed", &passed), ("rise", &rise)])
        }
        (Life::Up, Belief::Up { .. }) if row.waiting > 0 => {
            words.fill("canvas.waiting", &[("waiting", &row.waiting)])
        }
        (Life::Up, Belief::Up { .. }) => {
            words.fill("canvas.busy", &[("busy", &row.busy), ("workers", &row.workers)])
        }
    }
}

/// Its name and its sign of health are so large from afar: what `sized` stands for in the style, told once for all rows
/// of a card, because each transform of a row of its own costs the browser more than the row does.
pub fn sizes(look: Look) -> Option<(String, String)> {
    let grow = look.grow.min(LARGEST_NAME);
    let sizes = (format!("{:.2}", 11.5 * grow), format!("{:.2}", 1.75 * grow.min(LARGEST_SIGN)));
    matches!(look.detail, Detail::Far | Detail::Brief).then_some(sizes)
}

/// Its health, its name, and how busy it is.
fn brief(row: &RowProps, rect: Rect, grow: f64) -> Html {
    const GAUGE: f64 = 44.0;
    let (slot, middle) = (rect.right() - GAUGE - 8.0, rect.y + rect.h / 2.0);
    let start = 6.0 + 22.0 * grow.min(1.5);
    let (x, larger) = (rect.x + 3.0 + 8.5 * grow.min(1.5), grow.min(LARGEST_SIGN));
    let well = row.life == Life::Up && matches!(row.belief, Belief::Up { failed: 0, .. });
    let busy = if row.workers == 0 { 0.0 } else { f64::from(row.busy) / f64::from(row.workers) };
    html! {
        <>
            if well {
                <circle class="belief up sized" cx={num(x)} cy={num(middle)} r={format!("{:.2}", 7.5 * larger)} />
                <circle class="truth-up" cx={num(x)} cy={num(middle)} r={format!("{:.2}", 3.6 * larger)} />
            } else {
                <g transform={grown(x, middle, larger)}>{ health(row, (0.0, 0.0)) }</g>
            }
            <text class="small sized" x={num(rect.x + start)} y={num(middle + 4.1 * grow)}>{ fit(&row.title, 11.5 * grow, rect.w - start - GAUGE - 14.0) }</text>
            <rect class="slot" x={num(slot)} y={num(middle - 5.0)} width={num(GAUGE)} height="10" rx="3" />
            <rect class="slot busy" x={num(slot)} y={num(middle - 5.0)} width={num(GAUGE * busy.min(1.0))} height="10" rx="3" />
        </>
    }
}

/// Its health, its name, what it does, its workers and its queue.
fn full(row: &RowProps, rect: Rect, state: &str) -> Html {
    let filled = if row.workers == 0 { 0 } else { (row.busy * SLOTS).div_ceil(row.workers).min(SLOTS) };
    let ticks =
        if row.queue == 0 { 0 } else { (row.waiting * TICKS).div_ceil(row.queue.max(TICKS)).min(TICKS) };
    let slots_at = rect.w - 10.0 - f64::from(SLOTS) * 9.0 + 2.0;
    let (x, y) = (rect.x, rect.y);
    html! {
        <>
            { health(row, (x + 17.0, y + 17.0)) }
            <text class="small" x={num(x + 32.0)} y={num(y + 15.0)}>{ fit(&row.title, 11.5, slots_at - 38.0) }</text>
            <text class="tiny" x={num(x + 32.0)} y={num(y + 28.0)}>{ fit(state, 11.0, slots_at - 38.0 + if row.waiting == 0 { 60.0 } else { 0.0 }) }</text>
            <path class="slot" d={cells((x + slots_at, y), filled, SLOTS)} />
            <path class="slot busy" d={cells((x + slots_at, y), 0, filled)} />
            <path class="tick" d={ticks_path((rect.right() - 10.0, y), ticks)} />
        </>
    }
}

/// Its health, its name, workers and queue in numbers and as bars, and its functions.
fn near(row: &RowProps, rect: Rect, state: &str, words: Words) -> Html {
    const BAR: f64 = 46.0;
    const SIZE: f64 = 7.8;
    let share = |part: u32, whole: u32| if whole == 0 { 0.0 } else { f64::from(part) / f64::from(whole) };
    let well = row.life == Life::Up && matches!(row.belief, Belief::Up { .. });
    let workers = words.fill("canvas.workers_of", &[("busy", &row.busy), ("workers", &row.workers)]);
    let queue = words.fill("canvas.queue_of", &[("waiting", &row.waiting), ("queue", &row.queue)]);
    let (left, top, right) = (rect.x, rect.y, rect.right() - 7.0);
    let bar = |y: f64, part: f64, class: &'static str| {
        html! {
            <>
                <rect class="slot" x={num(right - BAR)} y={num(y)} width={num(BAR)} height="2.6" rx="1.3" />
                <rect class={classes!("slot", class)} x={num(right - BAR)} y={num(y)} width={num(BAR * part.min(1.0))} height="2.6" rx="1.3" />
            </>
        }
    };
    let numbers = right - left - width(&workers, SIZE).max(width(&queue, SIZE)).max(BAR);
    html! {
        <>
            { health(row, (left + 15.0, top + 17.0)) }
            <text class="small close" x={num(left + 28.0)} y={num(top + 12.0)}>{ fit(&row.title, BOLD * 9.0, numbers - 34.0) }</text>
            <text class="tiny close" x={num(right)} y={num(top + 9.5)} text-anchor="end">{ workers }</text>
            { bar(top + 11.8, share(row.busy, row.workers), "busy") }
            <text class="tiny close" x={num(right)} y={num(top + 24.5)} text-anchor="end">{ queue }</text>
            { bar(top + 26.8, share(row.waiting, row.queue), "waiting") }
            if well { { functions(row, (left, top), numbers - 34.0) } }
            else { <text class="tiny close" x={num(left + 28.0)} y={num(top + 26.0)}>{ fit(state, SIZE, numbers - 34.0) }</text> }
        </>
    }
}

/// Its functions as chips, as many as there is room for; the others as a number.
fn functions(row: &RowProps, (left, top): (f64, f64), room: f64) -> Html {
    const SIZE: f64 = 7.6;
    const PADDING: f64 = 4.0;
    const GAP: f64 = 3.0;
    let rest_width = width("+99", SIZE) + 2.0 * PADDING;
    let start = left + 28.0;
    let mut x = start;
    let mut chips = Vec::new();
    for (place, (id, title)) in row.functions.iter().enumerate() {
        let is_last = place + 1 == row.functions.len();
        let left = start + room - x - if is_last { 0.0 } else { rest_width + GAP };
        let wide = width(title, SIZE) + 2.0 * PADDING;
        let shown = if wide <= left { title.to_string() } else { fit(title, SIZE, left - 2.0 * PADDING) };
        let wide = wide.min(left);
        if shown.chars().count() < 4 && shown != **title {
            let rest = format!("+{}", row.functions.len() - place);
            chips.push(chip((x, top), width(&rest, SIZE) + 2.0 * PADDING, &rest, None));
            break;
        }
        chips.push(chip((x, top), wide, &shown, Some((&row.id, id))));
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
fn chip((x, top): (f64, f64), wide: f64, words: &str, of: Option<(&InstanceId, &FunctionId)>) -> Html {
    let group = of.map(|(instance, _)| instance.group.to_string());
    let service = of.map(|(instance, _)| instance.service.to_string());
    let number = of.map(|(instance, _)| instance.number.to_string());
    let function = of.map(|(_, function)| function.to_string());
    html! {
        <g class="function" data-group={group} data-service={service} data-number={number} data-function={function}>
            <rect x={format!("{x:.2}")} y={num(top + 17.5)} width={num(wide)} height="12" rx="4" />
            <text class="tiny close" x={format!("{:.2}", x + 4.0)} y={num(top + 26.3)}>{ words }</text>
        </g>
    }
}

/// The truth as a dot, and around it, as a ring, what the balancer believes. The ring has as many
/// segments as checks decide; each failed or passed one changes a segment, so that detection can be
/// seen coming.
fn health(row: &RowProps, at: (f64, f64)) -> Html {
    let (cx, cy) = (num(at.0), num(at.1));
    let dot = match row.life {
        Life::Up => html! { <circle class="truth-up" cx={cx.clone()} cy={cy.clone()} r="3.6" /> },
        Life::Starting { .. } => {
            html! { <circle class="truth-starting" cx={cx.clone()} cy={cy.clone()} r="3.2" /> }
        }
        Life::Crashed | Life::MachineOff => {
            let diamond = format!("M{:.1} {:.1}l4.6 4.6-4.6 4.6-4.6-4.6z", at.0, at.1 - 4.6);
            html! { <path class="truth-down" d={diamond} /> }
        }
    };
    let ring = match row.belief {
        Belief::Up { failed: 0, .. } => html! { <circle class="belief up" {cx} {cy} r="7.5" /> },
        Belief::Up { failed, fall } => html! {
            <>
                <path class="belief up" d={arcs(at, 7.5, failed, fall, fall)} />
                <path class="belief doubt" d={arcs(at, 7.5, 0, failed, fall)} />
            </>
        },
        Belief::Down { passed, rise } => html! {
            <>
                <path class="belief down" d={arcs(at, 7.5, passed, rise, rise)} />
                <path class="belief up" d={arcs(at, 7.5, 0, passed, rise)} />
                <path class="belief down-cross" d={format!("M{:.1} {:.1}l14-14", at.0 - 7.0, at.1 + 7.0)} />
            </>
        },
    };
    html! { <>{ ring }{ dot }</> }
}

/// Segments `from..to` of a ring of `count`, with small gaps, from the top clockwise.
fn arcs((x, y): (f64, f64), radius: f64, from: u32, to: u32, count: u32) -> String {
    let count = f64::from(count.clamp(1, 12));
    let point = |turn: f64| {
        let angle = (turn - 0.25) * std::f64::consts::TAU;
        (x + radius * angle.cos(), y + radius * angle.sin())
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

fn cells((x, y): (f64, f64), from: u32, to: u32) -> String {
    (from..to).map(|cell| format!("M{:.1} {:.1}h7v7h-7z", x + f64::from(cell) * 9.0, y + 8.0)).collect()
}

fn ticks_path((right, y): (f64, f64), count: u32) -> String {
    (0..count)
        .map(|tick| format!("M{:.1} {:.1}h3v6h-3z", right - 3.0 - f64::from(tick) * 5.2, y + 20.0))
        .collect()
}
