//! A machine's card and the rows of the instances on it.

use std::rc::Rc;

use archlab_engine::{Belief, Life};
use archlab_model::{FunctionId, InstanceId, MachineId};
use yew::prelude::*;

use crate::editor::detail::{Detail, Look};
use crate::editor::geometry::Rect;
use crate::editor::scene::{MACHINE_HEADER, Part};
use crate::ui::canvas::by_hand::sign;
use crate::ui::canvas::fit::{BOLD, fit, width};
use crate::ui::canvas::node::Node;
use crate::ui::canvas::row;
use crate::ui::i18n::Words;
use crate::ui::icon::Icon;

/// From this share of its cores on, in 64ths, a machine is strained.
pub const STRAINED: f64 = 58.0;

/// What a machine's card shows.
#[derive(Clone, PartialEq, Properties)]
pub struct MachineProps {
    pub id: MachineId,
    pub title: AttrValue,
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
    pub look: Look,
    pub stop: bool,
    pub rows: Vec<RowProps>,
    pub words: Words,
    pub focused: Callback<Part>,
}

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
    let strained = f64::from(props.load) >= STRAINED;
    // Words grow as one goes away, as far as the header has room.
    let grow = props.look.grow.min(2.1);
    let above = if props.badge.is_empty() { Html::default() } else { badge(&props.badge, rect.w, grow) };
    let icon_room = if grow > 1.5 { 12.0 } else { 34.0 };
    let load = words.fill("canvas.load", &[("cores", &props.cores), ("percent", &(props.load * 100 / 64))]);
    let near = props.look.detail == Detail::Near && props.on;
    let title_room = rect.w - icon_room - if near { 66.0 + width(&load, 9.0) } else { 66.0 };
    html! {
        <Node part={Part::Machine(props.id.clone())} {class} {label} rect={*rect} radius={11.0} {above} stop={props.stop} focused={props.focused.clone()}>
            <rect class="card" width={num(rect.w)} height={num(rect.h)} rx="11" />
            if grow <= 1.5 { <path class="icon-shape" d={Icon::Machine.path()} transform="translate(11 8)" /> }
            <text class="title" transform={grown(icon_room, 16.5 + 5.0 * grow, grow)}>{ fit(&props.title, BOLD * 13.0 * grow, title_room) }</text>
            if near { <text class="tiny close" x={num(rect.w - 18.0 - gauge)} y="19" text-anchor="end">{ load }</text> }
            if props.on {
                <rect class="cores-track" x={num(rect.w - 12.0 - gauge)} y="13" width={num(gauge)} height="6" rx="3" />
                <rect class={classes!("cores-used", strained.then_some("strained"))}
                    x={num(rect.w - 12.0 - gauge)} y="13" width={num(used)} height="6" rx="3" />
            } else {
                <path class="icon-shape" d={Icon::Power.path()} transform={translate(rect.w - 28.0, 8.0)} />
            }
            if props.rows.is_empty() {
                <text class="tiny" transform={grown(12.0, MACHINE_HEADER + 22.0, grow)}>{ fit(&words.t("canvas.nothing_runs"), 11.0 * grow, rect.w - 20.0) }</text>
            }
            <g class="rows">{ for props.rows.iter().map(|row| row_of(row, props)) }</g>
        </Node>
    }
}

fn row_of(row: &RowProps, card: &MachineProps) -> Html {
    let words = card.words;
    let (x, y) = (row.rect.x - card.rect.x, row.rect.y - card.rect.y);
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
    let mut label = words.fill("canvas.instance_label", &[("instance", &row.title), ("state", &state)]);
    let mut above = Html::default();
    if row.by_hand {
        label = words.fill("by_hand.label", &[("part", &label)]);
        above = sign(row.rect.w, words);
    }
    let content = match card.look.detail {
        Detail::Far | Detail::Brief => row::brief(row, card.look.grow.min(2.1)),
        Detail::Full => row::full(row, &state),
        Detail::Near => row::near(row, &state, words),
    };
    html! {
        <Node key={row.id.to_string()} part={Part::Instance(row.id.clone())} {class} {label} rect={Rect::new(x, y, row.rect.w, row.rect.h)}
            radius={8.0} {above} stop={row.stop} focused={card.focused.clone()}>
            <rect class="plate" width={num(row.rect.w)} height={num(row.rect.h)} rx="8" />
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

fn badge(words: &str, card_width: f64, grow: f64) -> Html {
    let width = width(words, BOLD * 11.5) + 34.0;
    let x = (card_width - width * grow - 40.0).max(-12.0);
    html! {
        <g class="badge" transform={grown(x, -11.0 * grow, grow)}>
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

/// A place and a size as an attribute: what is drawn there is drawn `grow` times as large.
pub fn grown(x: f64, y: f64, grow: f64) -> String {
    format!("translate({x:.1} {y:.1}) scale({grow:.2})")
}

/// A translation as an attribute.
pub fn translate(x: f64, y: f64) -> String {
    format!("translate({x:.2} {y:.2})")
}
