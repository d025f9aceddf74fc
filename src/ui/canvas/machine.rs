//! A machine's card and the rows of the instances on it.

use archlab_engine::{Belief, Life};
use archlab_model::{InstanceId, MachineId};
use yew::prelude::*;

use crate::editor::geometry::Rect;
use crate::editor::scene::{MACHINE_HEADER, Part};
use crate::ui::canvas::fit::{BOLD, fit, width};
use crate::ui::canvas::node::Node;
use crate::ui::i18n::Words;
use crate::ui::icon::Icon;

/// Cells that stand for an instance's workers.
const SLOTS: u32 = 8;
/// Ticks that stand for its queue.
const TICKS: u32 = 14;

/// What a machine's card shows.
#[derive(Clone, PartialEq, Properties)]
pub struct MachineProps {
    pub id: MachineId,
    pub title: String,
    pub rect: Rect,
    pub on: bool,
    pub cores: u32,
    /// Share of the cores in use, in 64ths.
    pub load: u32,
    pub selected: bool,
    /// Not yet dropped.
    pub ghost: bool,
    /// Failed attempts since the last fault here, in words; empty if there are none.
    pub badge: String,
    pub rows: Vec<RowProps>,
    pub words: Words,
    pub focused: Callback<Part>,
}

/// What an instance's row shows.
#[derive(Clone, PartialEq, Properties)]
pub struct RowProps {
    pub id: InstanceId,
    pub title: String,
    pub rect: Rect,
    pub life: Life,
    pub belief: Belief,
    /// Tenths of a second until it can answer, while it starts.
    pub starts_in: u32,
    pub workers: u32,
    pub busy: u32,
    pub waiting: u32,
    pub queue: u32,
    pub selected: bool,
}

/// A machine's card.
#[component]
pub fn MachineCard(props: &MachineProps) -> Html {
    let MachineProps { rect, words, .. } = props;
    let class = classes!(
        "machine",
        (!props.on).then_some("off"),
        props.ghost.then_some("ghost"),
        props.selected.then_some("selected"),
    );
    let label = words.fill(
        if props.on { "canvas.machine_label" } else { "canvas.machine_off_label" },
        &[("machine", &props.title), ("cores", &props.cores), ("instances", &props.rows.len())],
    );
    let gauge = 46.0;
    let used = gauge * f64::from(props.load) / 64.0;
    let strained = props.load >= 58;
    let above = if props.badge.is_empty() { Html::default() } else { badge(&props.badge, rect.w) };
    html! {
        <Node part={Part::Machine(props.id.clone())} {class} {label} rect={*rect} radius={11.0} {above} focused={props.focused.clone()}>
            <rect class="card" width={num(rect.w)} height={num(rect.h)} rx="11" />
            <path class="icon-shape" d={Icon::Machine.path()} transform="translate(11 8)" />
            <text class="title" x="34" y="21">{ fit(&props.title, BOLD * 13.0, rect.w - 34.0 - 66.0) }</text>
            if props.on {
                <rect class="cores-track" x={num(rect.w - 12.0 - gauge)} y="13" width={num(gauge)} height="6" rx="3" />
                <rect class={classes!("cores-used", strained.then_some("strained"))}
                    x={num(rect.w - 12.0 - gauge)} y="13" width={num(used)} height="6" rx="3" />
            } else {
                <path class="icon-shape" d={Icon::Power.path()} transform={translate(rect.w - 28.0, 8.0)} />
            }
            if props.rows.is_empty() {
                <text class="tiny" x="12" y={num(MACHINE_HEADER + 22.0)}>{ words.t("canvas.nothing_runs") }</text>
            }
            <g class="rows">{ for props.rows.iter().map(|row| row_of(row, *rect, *words, &props.focused)) }</g>
        </Node>
    }
}

fn row_of(row: &RowProps, card: Rect, words: Words, focused: &Callback<Part>) -> Html {
    let (x, y) = (row.rect.x - card.x, row.rect.y - card.y);
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
    let state = state(row, words);
    let label = words.fill("canvas.instance_label", &[("instance", &row.title), ("state", &state)]);
    let filled = if row.workers == 0 { 0 } else { (row.busy * SLOTS).div_ceil(row.workers).min(SLOTS) };
    let ticks =
        if row.queue == 0 { 0 } else { (row.waiting * TICKS).div_ceil(row.queue.max(TICKS)).min(TICKS) };
    let slots_at = row.rect.w - 10.0 - f64::from(SLOTS) * 9.0 + 2.0;
    html! {
        <Node key={row.id.to_string()} part={Part::Instance(row.id.clone())} {class} {label} rect={Rect::new(x, y, row.rect.w, row.rect.h)}
            radius={8.0} focused={focused.clone()}>
            <rect class="plate" width={num(row.rect.w)} height={num(row.rect.h)} rx="8" />
            { health(row) }
            <text class="small" x="32" y="15">{ fit(&row.title, 11.5, slots_at - 38.0) }</text>
            <text class="tiny" x="32" y="28">{ fit(&state, 11.0, slots_at - 38.0 + if row.waiting == 0 { 60.0 } else { 0.0 }) }</text>
            <path class="slot" d={cells(slots_at, filled, SLOTS)} />
            <path class="slot busy" d={cells(slots_at, 0, filled)} />
            <path class="tick" d={ticks_path(row.rect.w - 10.0, ticks)} />
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
    html! { <g transform="translate(17 17)">{ ring }{ dot }</g> }
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

fn badge(words: &str, card_width: f64) -> Html {
    let width = width(words, BOLD * 11.5) + 34.0;
    html! {
        <g class="badge" transform={translate(card_width - width - 40.0, -11.0)}>
            <rect width={num(width)} height="20" rx="10" />
            <path d="M12 5.5 16.5 10 12 14.5 7.5 10z" />
            <text x="22" y="14">{ words }</text>
        </g>
    }
}

/// A number as an attribute.
pub fn num(value: f64) -> String {
    format!("{value:.1}")
}

/// A translation as an attribute.
pub fn translate(x: f64, y: f64) -> String {
    format!("translate({x:.2} {y:.2})")
}
