//! What every part on the canvas has in common: a place, a name, focus, a ring when chosen.

use yew::prelude::*;

use crate::editor::geometry::Rect;
use crate::editor::scene::Part;
use crate::ui::canvas::machine::{num, translate};
use crate::ui::canvas::window::part_key;

/// A part. Pointers and keys are the canvas' own affair: it finds the part under the one, and knows
/// the chosen one for the other.
#[derive(Clone, PartialEq, Properties)]
pub struct NodeProps {
    pub part: Part,
    pub label: String,
    pub rect: Rect,
    pub radius: f64,
    /// Whether Tab comes here first.
    pub stop: bool,
    /// It got the focus.
    pub focused: Callback<Part>,
    /// Whether its content is drawn where it stands, and not moved there: each transform is a layer of its own to
    /// the browser, and hundreds of them are what a frame costs.
    #[prop_or_default]
    pub in_place: bool,
    #[prop_or_default]
    pub class: Classes,
    /// What lies above the ring.
    #[prop_or_default]
    pub above: Html,
    pub children: Html,
}

/// A part as an SVG group at its place, reachable by keyboard, with a name.
#[component]
pub fn Node(props: &NodeProps) -> Html {
    let onfocus = {
        let (part, focused) = (props.part.clone(), props.focused.clone());
        Callback::from(move |event: FocusEvent| {
            // A row lies in its machine's card: the focus is the row's alone.
            event.stop_propagation();
            focused.emit(part.clone());
        })
    };
    let ring = props.rect.grown(3.0);
    let (x, y) = if props.in_place { (ring.x, ring.y) } else { (-3.0, -3.0) };
    let transform = (!props.in_place).then(|| translate(props.rect.x, props.rect.y));
    html! {
        <g class={props.class.clone()} {transform} role="group"
            tabindex={if props.stop { "0" } else { "-1" }} aria-label={props.label.clone()} data-part={part_key(&props.part)} {onfocus}>
            { props.children.clone() }
            <rect class="ring" x={num(x)} y={num(y)} width={num(ring.w)} height={num(ring.h)} rx={num(props.radius + 3.0)} />
            { props.above.clone() }
        </g>
    }
}
