//! The shortcut card: every key, and what a hand can do besides.

use yew::prelude::*;

use crate::action::{self, Action, Section};
use crate::ui::dialog::Dialog;
use crate::ui::i18n::use_words;
use crate::ui::icon::{Icon, icon};
use crate::ui::shortcut::written;

/// What a hand does with the mouse or fingers: the gesture, and what it does.
const GESTURES: [(&str, &str); 9] = [
    ("gesture.drag_piece", "gesture.drag_piece_does"),
    ("gesture.drag_row", "gesture.drag_row_does"),
    ("gesture.drag_function", "gesture.drag_function_does"),
    ("gesture.drag_port", "gesture.drag_port_does"),
    ("gesture.drag_canvas", "gesture.drag_canvas_does"),
    ("gesture.wheel", "gesture.wheel_does"),
    ("gesture.zoom", "gesture.zoom_does"),
    ("gesture.menu", "gesture.menu_does"),
    ("gesture.menu_key", "gesture.menu_key_does"),
];

/// What the card needs from the page.
#[derive(Clone, PartialEq, Properties)]
pub struct ShortcutsProps {
    pub close: Callback<()>,
}

/// The shortcut card.
#[component]
pub fn Shortcuts(props: &ShortcutsProps) -> Html {
    let words = use_words();
    let arrows = |does: &str, held: &str| {
        let keys = ["←", "↑", "→", "↓"].map(|arrow| html! { <kbd>{ arrow }</kbd> });
        html! { <div><dt>{ words.t(does) }</dt><dd>if !held.is_empty() { <kbd>{ held.to_owned() }</kbd> }{ for keys }</dd></div> }
    };
    let line = |action: &'static Action| {
        let keys = action.keys.iter().take(2).map(|keys| html! { <kbd>{ written(keys, words) }</kbd> });
        html! { <div><dt>{ words.t(action.name) }</dt><dd>{ for keys }</dd></div> }
    };
    let sections = Section::ALL.into_iter().filter_map(|section| {
        let is_arrow = |action: &Action| action.keys.iter().any(|keys| keys.key.starts_with("arrow"));
        let keyed = action::of_section(section).filter(|action| !action.keys.is_empty());
        let mut lines: Vec<Html> = keyed.filter(|action| !is_arrow(action)).map(line).collect();
        if section == Section::Arrange {
            lines.push(arrows("gesture.move", ""));
            lines.push(arrows("gesture.move_a_little", "Shift"));
        }
        (!lines.is_empty()).then(|| {
            html! { <section><h3>{ words.t(section.name()) }</h3><dl>{ for lines }</dl></section> }
        })
    });
    let gestures = GESTURES.map(|(gesture, does)| {
        html! { <div><dt>{ words.t(does) }</dt><dd>{ words.t(gesture) }</dd></div> }
    });
    let close = props.close.reform(|_: MouseEvent| ());
    html! {
        <Dialog label={words.t("action.shortcuts")} class="shortcuts" close={props.close.clone()}>
            <header><h2>{ words.t("action.shortcuts") }</h2><span class="spring"></span>
                <button class="button plain icon-only" aria-label={words.t("action.close")} onclick={close}>{ icon(Icon::Close) }</button>
            </header>
            <div class="columns" tabindex="0" role="region" aria-label={words.t("action.shortcuts")}>
                { for sections }
                <section class="by-hand"><h3>{ words.t("gesture.title") }</h3><dl>{ for gestures }</dl></section>
            </div>
        </Dialog>
    }
}
