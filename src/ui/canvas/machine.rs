//! A machine's card, with the rows of the instances on it.

use std::rc::Rc;

use archlab_model::MachineId;
use yew::prelude::*;

use crate::editor::detail::{Detail, Look};
use crate::editor::geometry::Rect;
use crate::editor::scene::{MACHINE_HEADER, Part};
use crate::ui::canvas::fit::{BOLD, fit, width};
use crate::ui::canvas::node::Node;
use crate::ui::canvas::row::{Row, RowProps, sizes};
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
    pub rows: Vec<Rc<RowProps>>,
    pub words: Words,
    pub focused: Callback<Part>,
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
    let (font_size, stroke_width) = sizes(props.look).unzip();
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
            <g class="rows" font-size={font_size} stroke-width={stroke_width}>{ for props.rows.iter().map(|row| row_of(row, props)) }</g>
        </Node>
    }
}

fn row_of(row: &Rc<RowProps>, card: &MachineProps) -> Html {
    let corner = (card.rect.x, card.rect.y);
    html! {
        <Row key={row.id.to_string()} row={row.clone()} {corner} look={card.look} words={card.words} focused={card.focused.clone()} />
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
