//! Clients, entries and stores: small boxes with an icon, a name and one line of state.

use yew::prelude::*;

use crate::editor::detail::{Detail, Look};
use crate::editor::geometry::Rect;
use crate::editor::scene::Part;
use crate::ui::canvas::by_hand::sign;
use crate::ui::canvas::fit::{BOLD, fit, width};
use crate::ui::canvas::machine::{grown, num};
use crate::ui::canvas::node::Node;
use crate::ui::i18n::Words;
use crate::ui::icon::Icon;

/// What a small box shows.
#[derive(Clone, PartialEq, Properties)]
pub struct SmallBoxProps {
    pub part: Part,
    pub icon: Icon,
    pub title: AttrValue,
    pub state: String,
    pub rect: Rect,
    pub selected: bool,
    pub look: Look,
    /// Whether a person changed what it is.
    #[prop_or_default]
    pub by_hand: bool,
    pub words: Words,
    pub stop: bool,
    pub focused: Callback<Part>,
}

/// A small box.
#[component]
pub fn SmallBox(props: &SmallBoxProps) -> Html {
    let rect = props.rect;
    let class = classes!("box", props.selected.then_some("selected"));
    let mut label = format!("{}, {}", props.title, props.state);
    let mut above = Html::default();
    if props.by_hand {
        label = props.words.fill("by_hand.label", &[("part", &label)]);
        above = sign(rect.w, 0.0, props.words);
    }
    let content = match props.look.detail {
        Detail::Far | Detail::Brief => from_afar(props),
        Detail::Full | Detail::Near => html! {
            <>
                <path class="icon-shape" d={props.icon.path()} transform="translate(11 9)" />
                <text class="title" x="34" y="22">{ fit(&props.title, BOLD * 13.0, rect.w - 42.0) }</text>
                <text class="tiny" x="12" y="40">{ fit(&props.state, 11.0, rect.w - 22.0) }</text>
            </>
        },
    };
    html! {
        <Node part={props.part.clone()} {class} {label} {rect} radius={11.0} {above} stop={props.stop} focused={props.focused.clone()}>
            <rect class="card" width={num(rect.w)} height={num(rect.h)} rx="11" />
            { content }
        </Node>
    }
}

/// A name may be written so much smaller than others, if it is long.
const SMALLER: f64 = 0.75;

/// The name as large as it must be to be read, if there is room for it; else the icon alone.
fn from_afar(props: &SmallBoxProps) -> Html {
    const ICON: f64 = 16.0;
    let (rect, grow) = (props.rect, props.look.grow.min(2.6));
    let size = 13.0 * grow;
    let with_icon = rect.w - 16.0 - ICON * grow - 6.0;
    let whole = width(&props.title, BOLD * size);
    let middle = rect.h / 2.0;
    let text = |x: f64, room: f64| {
        // A long name is written a little smaller before it is cut: by more than it must be, as some fonts are wider.
        let smaller = (0.95 * room / whole).clamp(SMALLER, 1.0);
        let name = fit(&props.title, BOLD * size * smaller, room);
        html! { <text class="title" transform={grown(x, middle + size * smaller * 0.36, grow * smaller)}>{ name }</text> }
    };
    let icon = |x: f64, scale: f64| {
        html! { <path class="icon-shape" d={props.icon.path()} transform={grown(x, middle - ICON / 2.0 * scale, scale)} /> }
    };
    html! {
        <>
            <title>{ format!("{}, {}", props.title, props.state) }</title>
            if whole <= with_icon {
                { icon(9.0, grow) }{ text(15.0 + ICON * grow, with_icon) }
            } else if props.look.detail == Detail::Brief {
                { text(9.0, rect.w - 16.0) }
            } else {
                { icon(rect.w / 2.0 - ICON / 2.0 * grow, grow) }
            }
        </>
    }
}
