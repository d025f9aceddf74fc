//! Clients, entries and stores: small boxes with an icon, a name and one line of state.

use yew::prelude::*;

use crate::editor::geometry::Rect;
use crate::editor::scene::Part;
use crate::ui::canvas::fit::{BOLD, fit};
use crate::ui::canvas::machine::num;
use crate::ui::canvas::node::Node;
use crate::ui::icon::Icon;

/// What a small box shows.
#[derive(Clone, PartialEq, Properties)]
pub struct SmallBoxProps {
    pub part: Part,
    pub icon: Icon,
    pub title: String,
    pub state: String,
    pub rect: Rect,
    pub selected: bool,
    pub focused: Callback<Part>,
}

/// A small box.
#[component]
pub fn SmallBox(props: &SmallBoxProps) -> Html {
    let rect = props.rect;
    let class = classes!("box", props.selected.then_some("selected"));
    let label = format!("{}, {}", props.title, props.state);
    html! {
        <Node part={props.part.clone()} {class} {label} {rect} radius={11.0} focused={props.focused.clone()}>
            <rect class="card" width={num(rect.w)} height={num(rect.h)} rx="11" />
            <path class="icon-shape" d={props.icon.path()} transform="translate(11 9)" />
            <text class="title" x="34" y="22">{ fit(&props.title, BOLD * 13.0, rect.w - 42.0) }</text>
            <text class="tiny" x="12" y="40">{ fit(&props.state, 11.0, rect.w - 22.0) }</text>
        </Node>
    }
}
