//! A group: its area, its title, and the switch of its layout.

use archlab_model::{GroupId, Layout};
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::editor::geometry::Rect;
use crate::editor::scene::{GROUP_HEADER, MACHINE_WIDTH, Part, SMALL_BOX};
use crate::ui::canvas::fit::{BOLD, fit, width};
use crate::ui::canvas::machine::{num, translate};
use crate::ui::canvas::node::Node;
use crate::ui::i18n::Words;

/// What a group shows.
#[derive(Clone, PartialEq, Properties)]
pub struct GroupProps {
    pub id: GroupId,
    pub title: String,
    pub layout: Layout,
    pub rect: Rect,
    pub selected: bool,
    /// A drag is over it and would drop here.
    pub target: bool,
    /// No machine is in it.
    pub empty: bool,
    /// What is missing, in words; empty if nothing is.
    pub missing: String,
    pub words: Words,
    pub focused: Callback<Part>,
    pub switch: Callback<(GroupId, Layout)>,
}

/// The CSS class of a layout.
pub const fn layout_class(layout: Layout) -> &'static str {
    match layout {
        Layout::Cluster => "cluster",
        Layout::Distributed => "distributed",
        Layout::Microservice => "microservice",
    }
}

/// A layout's name.
pub fn layout_name(layout: Layout, words: Words) -> String {
    words.t(match layout {
        Layout::Cluster => "layout.cluster",
        Layout::Distributed => "layout.distributed",
        Layout::Microservice => "layout.microservice",
    })
}

/// A group's area and header.
#[component]
pub fn GroupArea(props: &GroupProps) -> Html {
    let GroupProps { rect, words, .. } = props;
    let class = classes!(
        "group",
        layout_class(props.layout),
        props.selected.then_some("selected"),
        props.target.then_some("target"),
    );
    let label = words.fill(
        "canvas.group_label",
        &[("group", &props.title), ("layout", &layout_name(props.layout, *words))],
    );
    let switch_width = switch_width(*words);
    html! {
        <Node part={Part::Group(props.id.clone())} {class} {label} rect={*rect} radius={16.0} focused={props.focused.clone()}>
            <rect class="group-area" width={num(rect.w)} height={num(rect.h)} rx="16" />
            <rect class="handle" width={num(rect.w)} height={num(GROUP_HEADER)} rx="16" />
            <text class="title" x="18" y="28">{ fit(&props.title, BOLD * 13.0, rect.w - switch_width - 48.0) }</text>
            if !props.missing.is_empty() {
                <text class="small missing" x="18" y={num(rect.h - 8.0)}>{ fit(&props.missing, 11.5, rect.w - 36.0) }</text>
            }
            if props.empty { { invitation(*rect, *words) } }
            <LayoutSwitch id={props.id.clone()} layout={props.layout} x={rect.w - switch_width - 12.0} words={*words}
                switch={props.switch.clone()} />
        </Node>
    }
}

fn invitation(rect: Rect, words: Words) -> Html {
    let x = 22.0 + SMALL_BOX.0 + 68.0;
    let height = rect.h - GROUP_HEADER - 22.0;
    html! {
        <g class="invitation">
            <rect x={num(x)} y={num(GROUP_HEADER)} width={num(MACHINE_WIDTH)} height={num(height)} rx="11" />
            <text x={num(x + MACHINE_WIDTH / 2.0)} y={num(GROUP_HEADER + height / 2.0 + 4.0)} text-anchor="middle">
                { words.t("canvas.drop_here") }
            </text>
        </g>
    }
}

const OPTION_PADDING: f64 = 11.0;
const SWITCH_HEIGHT: f64 = 28.0;

fn option_width(layout: Layout, words: Words) -> f64 {
    width(&layout_name(layout, words), 12.0) + 2.0 * OPTION_PADDING
}

fn switch_width(words: Words) -> f64 {
    Layout::ALL.into_iter().map(|layout| option_width(layout, words)).sum::<f64>() + 4.0
}

#[derive(Clone, PartialEq, Properties)]
struct SwitchProps {
    id: GroupId,
    layout: Layout,
    x: f64,
    words: Words,
    switch: Callback<(GroupId, Layout)>,
}

/// The three layouts, one of them chosen: a radio group that arrows walk.
#[component]
fn LayoutSwitch(props: &SwitchProps) -> Html {
    let words = props.words;
    let mut x = 2.0;
    let options = Layout::ALL.map(|layout| {
        let wide = option_width(layout, words);
        let at = x;
        x += wide;
        let chosen = layout == props.layout;
        let choose = {
            let (id, switch) = (props.id.clone(), props.switch.clone());
            move |layout: Layout| switch.emit((id.clone(), layout))
        };
        let onclick = {
            let choose = choose.clone();
            Callback::from(move |event: MouseEvent| {
                event.stop_propagation();
                choose(layout);
            })
        };
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            let place = Layout::ALL.iter().position(|other| *other == layout).unwrap_or(0);
            let next = match event.key().as_str() {
                "Enter" | " " => place,
                "ArrowRight" | "ArrowDown" => (place + 1) % 3,
                "ArrowLeft" | "ArrowUp" => (place + 2) % 3,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            choose(Layout::ALL[next]);
            focus_option(&event, next);
        });
        // A press on the switch is not a press on the group.
        let onpointerdown = Callback::from(|event: PointerEvent| event.stop_propagation());
        html! {
            <g class="option" role="radio" aria-checked={chosen.to_string()} aria-label={layout_name(layout, words)}
                tabindex={if chosen { "0" } else { "-1" }} transform={translate(at, 2.0)} {onclick} {onkeydown} {onpointerdown}
                onfocus={Callback::from(|event: FocusEvent| event.stop_propagation())}>
                <rect class="face" width={num(wide)} height={num(SWITCH_HEIGHT - 4.0)} rx="7" />
                <text x={num(wide / 2.0)} y="16.5" text-anchor="middle">{ layout_name(layout, words) }</text>
            </g>
        }
    });
    html! {
        <g class="switch" role="radiogroup" aria-label={words.t("canvas.layout")} transform={translate(props.x, 9.0)}>
            <rect class="track" width={num(x + 2.0)} height={num(SWITCH_HEIGHT)} rx="9" />
            { for options }
        </g>
    }
}

fn focus_option(event: &KeyboardEvent, place: usize) {
    let option = event.target_dyn_into::<web_sys::Element>();
    let group = option.and_then(|option| option.closest("[role=radiogroup]").ok().flatten());
    let options = group.and_then(|group| group.query_selector_all("[role=radio]").ok());
    let next = options.and_then(|options| options.get(place as u32));
    if let Some(next) = next {
        // An SVG element has `focus` as an HTML element does; the name of the interface differs only.
        let element: HtmlElement = wasm_bindgen::JsCast::unchecked_into(next);
        // A refused focus changes nothing.
        let _ = element.focus();
    }
}
