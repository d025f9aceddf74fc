//! A group: its area, its title, and the switch of its layout.

use archlab_model::{GroupId, Layout};
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::editor::detail::{Detail, Look};
use crate::editor::geometry::Rect;
use crate::editor::scene::{GROUP_HEADER, INNER_HEADER, INNER_PADDING, MACHINE_WIDTH, Part, SMALL_BOX};
use crate::ui::canvas::fit::{BOLD, fit, width};
use crate::ui::canvas::machine::{grown, num, translate};
use crate::ui::canvas::node::Node;
use crate::ui::i18n::Words;

/// What a group shows.
#[derive(Clone, PartialEq, Properties)]
pub struct GroupProps {
    pub id: GroupId,
    pub title: AttrValue,
    pub layout: Layout,
    pub rect: Rect,
    pub selected: bool,
    /// A drag is over it and would drop here.
    pub target: bool,
    /// Whether it lies in another group.
    pub inner: bool,
    /// How many machines are in it, and in the groups within it.
    pub machines: usize,
    /// Whether nothing stands in it.
    pub empty: bool,
    /// How many of them have no power.
    pub down: usize,
    pub look: Look,
    pub stop: bool,
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
        Layout::Free => "free",
    }
}

/// A layout's name.
pub fn layout_name(layout: Layout, words: Words) -> String {
    words.t(match layout {
        Layout::Cluster => "layout.cluster",
        Layout::Distributed => "layout.distributed",
        Layout::Microservice => "layout.microservice",
        Layout::Free => "layout.free",
    })
}

/// A group's area and header.
#[component]
pub fn GroupArea(props: &GroupProps) -> Html {
    let GroupProps { rect, words, .. } = props;
    let class = classes!(
        "group",
        layout_class(props.layout),
        props.inner.then_some("inner"),
        props.selected.then_some("selected"),
        props.target.then_some("target"),
    );
    let layout = layout_name(props.layout, *words);
    let label = if props.inner {
        let named = [("group", &props.title as &dyn std::fmt::Display), ("layout", &layout)];
        words.fill("canvas.inner_label", &[named[0], named[1], ("machines", &props.machines)])
    } else {
        words.fill("canvas.group_label", &[("group", &props.title), ("layout", &layout)])
    };
    let grow = props.look.grow;
    let (radius, handle) = if props.inner { (13.0, INNER_HEADER) } else { (16.0, GROUP_HEADER) };
    html! {
        <Node part={Part::Group(props.id.clone())} {class} {label} rect={*rect} {radius} stop={props.stop} focused={props.focused.clone()}>
            <rect class="group-area" width={num(rect.w)} height={num(rect.h)} rx={num(radius)} />
            <rect class="handle" width={num(rect.w)} height={num(handle)} rx={num(radius)} />
            if props.inner { { inner_header(props) } } else { { header(props) } }
            if !props.missing.is_empty() && props.look.detail != Detail::Far {
                <text class="small missing" transform={grown(18.0, rect.h - 4.0 - 4.0 * grow, grow)}>{ fit(&props.missing, 11.5 * grow, rect.w - 36.0) }</text>
            }
            if props.empty && props.inner {
                { invitation(Rect::new(INNER_PADDING, INNER_HEADER, rect.w - 2.0 * INNER_PADDING, rect.h - INNER_HEADER - INNER_PADDING), grow, *words) }
            } else if props.empty {
                { invitation(Rect::new(22.0 + SMALL_BOX.0 + 56.0, GROUP_HEADER, MACHINE_WIDTH, rect.h - GROUP_HEADER - 22.0), grow, *words) }
            }
        </Node>
    }
}

/// The title of a group within a group, and what it holds: it is a cluster always, so there is no switch.
/// From afar the title alone, as long as there is room for it.
fn inner_header(props: &GroupProps) -> Html {
    const LARGEST: f64 = 2.6;
    let (rect, words, grow) = (props.rect, props.words, props.look.grow);
    if grow > LARGEST {
        return html! { <title>{ &props.title }</title> };
    }
    let layout = layout_name(props.layout, words);
    let held = match props.down {
        0 => words.fill("canvas.inner_holds", &[("layout", &layout), ("machines", &props.machines)]),
        down => words.fill("canvas.group_down", &[("group", &layout), ("down", &down)]),
    };
    let wide = width(&held, 11.0 * grow);
    let room = rect.w - 2.0 * INNER_PADDING;
    let whole = width(&props.title, BOLD * 13.0 * grow);
    // What it holds gives way to what it is called.
    let beside = wide < room - whole.min(room * 0.6) - 8.0;
    let title_room = if beside { room - wide - 8.0 } else { room };
    html! {
        <>
            <text class="title" transform={grown(INNER_PADDING, 18.5 + 4.5 * grow, grow)}>{ fit(&props.title, BOLD * 13.0 * grow, title_room) }</text>
            if beside {
                <text class="tiny held" text-anchor="end" transform={grown(rect.w - INNER_PADDING, 18.5 + 4.0 * grow, grow)}>{ held }</text>
            }
        </>
    }
}

/// The title and the switch; from afar the title alone, above the area if it is too large for it, with
/// what there is to know of the machines.
fn header(props: &GroupProps) -> Html {
    let (rect, words, grow) = (props.rect, props.words, props.look.grow);
    let switch_width = switch_width(words);
    // As large as the header has room for.
    let larger = grow.min(1.4).min((rect.w - 60.0) / switch_width).max(0.6);
    // A switch that nobody can read becomes the layout's name: menus switch it too.
    let legible = 12.0 * larger * props.look.zoom() >= SMALLEST_WORDS;
    let beside = if legible { switch_width * larger } else { label_width(props) };
    let title_room = rect.w - beside - 48.0;
    let far = props.look.detail == Detail::Far;
    let title_fits =
        width(&props.title, BOLD * 13.0 * grow) <= title_room || (grow <= 1.0 && title_room > 60.0);
    let title = if far || !title_fits {
        let mut title = props.title.to_string();
        if far {
            title = words.fill("canvas.group_summary", &[("group", &title), ("machines", &props.machines)]);
            if props.down > 0 {
                title = words.fill("canvas.group_down", &[("group", &title), ("down", &props.down)]);
            }
        }
        html! { <text class="title" transform={grown(6.0, -7.0 * grow, grow)}>{ fit(&title, BOLD * 13.0 * grow, rect.w) }</text> }
    } else {
        html! { <text class="title" transform={grown(18.0, 23.5 + 4.5 * grow, grow)}>{ fit(&props.title, BOLD * 13.0 * grow, title_room) }</text> }
    };
    html! {
        <>
            { title }
            if !far && !legible {
                { layout_label(props) }
            } else if !far {
                <LayoutSwitch id={props.id.clone()} layout={props.layout} x={rect.w - switch_width * larger - 12.0} grow={larger} {words}
                    switch={props.switch.clone()} />
            }
        </>
    }
}

/// Where a group's header has room between its title and what stands at its right; both the same if nowhere.
pub fn header_room(title: &str, rect: Rect, look: Look, words: Words) -> (f64, f64) {
    let grow = look.grow;
    let larger = grow.min(1.4).min((rect.w - 60.0) / switch_width(words)).max(0.6);
    let legible = 12.0 * larger * look.zoom() >= SMALLEST_WORDS;
    let from = 18.0 + width(title, BOLD * 13.0 * grow) + 14.0;
    let to = rect.w - switch_width(words) * larger - 22.0;
    if legible && to > from { (from, to) } else { (0.0, 0.0) }
}

/// How wide the layout's name is, as large as it must be to be read.
fn label_width(props: &GroupProps) -> f64 {
    (width(&layout_name(props.layout, props.words), 12.0) + 2.0 * OPTION_PADDING) * props.look.grow.min(1.9)
}

fn layout_label(props: &GroupProps) -> Html {
    let (grow, wide) = (props.look.grow.min(1.9), label_width(props));
    html! {
        <g class="layout-label" transform={grown(props.rect.w - wide - 8.0, 23.0 - 11.0 * grow, grow)}>
            <rect width={num(wide / grow)} height="22" rx="8" />
            <text x={num(wide / grow / 2.0)} y="15.2" text-anchor="middle">{ layout_name(props.layout, props.words) }</text>
        </g>
    }
}

fn invitation(area: Rect, grow: f64, words: Words) -> Html {
    let middle = area.centre();
    html! {
        <g class="invitation">
            <rect x={num(area.x)} y={num(area.y)} width={num(area.w)} height={num(area.h)} rx="11" />
            <g transform={grown(middle.x, middle.y + 4.0, grow.min(1.8))}>
                <text text-anchor="middle">{ words.t("canvas.drop_here") }</text>
            </g>
        </g>
    }
}

const OPTION_PADDING: f64 = 11.0;
/// Words of a control are no smaller than this, in CSS pixels.
const SMALLEST_WORDS: f64 = 8.8;
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
    grow: f64,
    words: Words,
    switch: Callback<(GroupId, Layout)>,
}

/// The layouts, one of them chosen: a radio group that arrows walk.
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
                "ArrowRight" | "ArrowDown" => (place + 1) % Layout::ALL.len(),
                "ArrowLeft" | "ArrowUp" => (place + Layout::ALL.len() - 1) % Layout::ALL.len(),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            choose(Layout::ALL[next]);
            focus_option(&event, next);
        });
        html! {
            <g class="option" role="radio" aria-checked={chosen.to_string()} aria-label={layout_name(layout, words)}
                tabindex="-1" transform={translate(at, 2.0)} {onclick} {onkeydown}
                onfocus={Callback::from(|event: FocusEvent| event.stop_propagation())}>
                <rect class="face" width={num(wide)} height={num(SWITCH_HEIGHT - 4.0)} rx="7" />
                <text x={num(wide / 2.0)} y="16.5" text-anchor="middle">{ layout_name(layout, words) }</text>
            </g>
        }
    });
    html! {
        <g class="switch" role="radiogroup" aria-label={words.t("canvas.layout")} transform={grown(props.x, 23.0 - SWITCH_HEIGHT / 2.0 * props.grow, props.grow)}>
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
