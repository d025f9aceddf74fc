//! What the canvas shows of changes by hand: a sign on each, a button that takes them back, and what lies beside
//! what is chosen: a copy more or fewer, the kind of a call.

use archlab_model::GroupId;
use archlab_model::intent::LineKind;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::action::{Action, by_hand, parts};
use crate::editor::detail::{Detail, Look};
use crate::editor::geometry::Rect;
use crate::editor::scene::{Line, Part};
use crate::editor::tools::Tool;
use crate::ui::canvas::fit::{BOLD, width};
use crate::ui::canvas::group::header_room;
use crate::ui::canvas::machine::{grown, num, translate};
use crate::ui::canvas::overlay::place_at;
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::shortcut::hint;
use crate::ui::store::{Pulse, use_store};

/// The sign of a hand, at the upper right corner of a box.
pub fn sign(right: f64, top: f64, words: Words) -> Html {
    html! {
        <g class="hand-sign" role="img" aria-label={words.t("by_hand.sign")} transform={translate(right - 4.0, top + 2.0)}>
            <title>{ words.t("by_hand.sign") }</title>
            <circle r="7.5" />
            <path d={Icon::Rename.path()} transform="translate(-5.6 -5.6) scale(.7)" />
        </g>
    }
}

/// The button in a group's header that takes back what was changed by hand.
#[derive(Clone, PartialEq, Properties)]
pub struct ArrangeAgainProps {
    pub id: GroupId,
    pub title: AttrValue,
    pub rect: Rect,
    pub look: Look,
    /// How many things were changed.
    pub count: usize,
}

/// The button.
#[component]
pub fn ArrangeAgain(props: &ArrangeAgainProps) -> Html {
    const SIZE: f64 = 12.0;
    const HIGH: f64 = 26.0;
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let part = Part::Group(props.id.clone());
    let said = words.t("action.arrange_again");
    let name = words.fill("by_hand.again", &[("count", &props.count)]);
    let grow = props.look.grow.min(1.4);
    let count = props.count.to_string();
    let whole = 30.0 + width(&said, BOLD * SIZE) + 12.0;
    let brief = 30.0 + width(&count, BOLD * SIZE) + 10.0;
    let (from, to) = header_room(&props.title, props.rect, props.look, words);
    let room = (to - from) / grow;
    let (wide, label, x, y) = if room >= whole {
        (whole, said, to - whole * grow, 23.0 - HIGH / 2.0 * grow)
    } else if room >= brief {
        (brief, count, to - brief * grow, 23.0 - HIGH / 2.0 * grow)
    } else {
        // No room beside title and layout: above the area, at its right.
        (whole, said, props.rect.w - whole * grow - 4.0, -(HIGH + 6.0) * grow)
    };
    let act = {
        let store = store.clone();
        move || store.act(|session| parts::ARRANGE_AGAIN.run_on(session, std::slice::from_ref(&part)))
    };
    let onclick = {
        let act = act.clone();
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            act();
        })
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            event.stop_propagation();
            act();
        }
    });
    html! {
        <g class="arrange-again" role="button" tabindex="-1" aria-label={name.clone()} {onclick} {onkeydown}
            transform={grown(props.rect.x + x, props.rect.y + y, grow)}>
            <title>{ name }</title>
            <rect width={num(wide)} height={num(HIGH)} rx="8" />
            <path d={Icon::Undo.path()} transform="translate(7 5)" />
            <text x="28" y="17">{ label }</text>
        </g>
    }
}

/// What lies beside what is chosen.
#[component]
pub fn Beside() -> Html {
    let store = use_store(Pulse::Hand);
    let element = use_node_ref();
    let size = use_mut_ref(|| (0.0, 0.0));
    let (content, at) = store.read(|session| {
        let editor = &session.editor;
        let camera = &editor.camera;
        let legible = Look::at(camera.zoom).detail != Detail::Far && editor.tool == Tool::Idle;
        match (editor.selection.single(), editor.line()) {
            _ if !legible => (Html::default(), None),
            (Some(part @ Part::Instance(_)), _) => {
                let Some(row) = editor.seen_scene().boxes.get(part) else { return (Html::default(), None) };
                let (left, top) = (camera.to_screen(row.corner()), camera.to_screen(row.centre()));
                let edge = left.x - 10.0 * camera.zoom;
                (html! { <Copies part={part.clone()} /> }, Some((edge, top.y, true)))
            }
            (None, Some(line)) => {
                let Some(middle) = editor.seen_scene().middle_of(line) else {
                    return (Html::default(), None);
                };
                let at = camera.to_screen(middle);
                (html! { <LineTools line={line.clone()} /> }, Some((at.x, at.y, false)))
            }
            _ => (Html::default(), None),
        }
    });
    let of = store.read(|session| {
        let editor = &session.editor;
        at.map(|_| (editor.changes(), editor.selection.single().cloned(), editor.line().cloned()))
    });
    {
        // To ask for a size makes the browser lay out the page: once for what is shown, not with each move of the camera.
        let (element, size) = (element.clone(), size.clone());
        use_effect_with(of, move |_| {
            if let Some(element) = element.cast::<HtmlElement>() {
                *size.borrow_mut() = (f64::from(element.offset_width()), f64::from(element.offset_height()));
            }
        });
    }
    {
        let element = element.clone();
        use_effect_with(at, move |at| {
            if let (Some((x, y, is_left)), Some(element)) = (*at, element.cast::<HtmlElement>()) {
                let (wide, high) = *size.borrow();
                let x = if is_left { (x - wide - 6.0).max(4.0) } else { (x - wide / 2.0).max(4.0) };
                let y = if is_left { y - high / 2.0 } else { y + 12.0 };
                place_at(&element, x, y.max(4.0));
            }
        });
    }
    if at.is_none() {
        return Html::default();
    }
    html! { <div class="float beside" ref={element}>{ content }</div> }
}

#[derive(Clone, PartialEq, Properties)]
struct CopiesProps {
    part: Part,
}

/// A copy more, a copy fewer.
#[component]
fn Copies(props: &CopiesProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let (count, more, fewer) = store.read(|session| {
        let here = std::slice::from_ref(&props.part);
        let count = match &props.part {
            Part::Instance(id) => session.editor.scene().service(id).map_or(0, |it| it.instances.len()),
            _ => 0,
        };
        let can = |action: &Action| action.is_enabled_on(session, here);
        (count, can(&parts::MORE_COPIES), can(&parts::FEWER_COPIES))
    });
    let button = |action: &'static Action, enabled: bool| {
        let (store, part) = (store.clone(), props.part.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            store.act(|session| action.run_on(session, std::slice::from_ref(&part)));
        });
        html! {
            <button class="button plain icon-only" disabled={!enabled} aria-label={words.t(action.name)} title={hint(action, words)} {onclick}>{ icon(action.icon) }</button>
        }
    };
    html! {
        <div class="copies" role="group" aria-label={words.t("by_hand.copies")}>
            { button(&parts::MORE_COPIES, more) }
            <output aria-label={words.fill("by_hand.copies_of", &[("count", &count)])}>{ count }</output>
            { button(&parts::FEWER_COPIES, fewer) }
        </div>
    }
}

/// The words of a kind.
pub fn kind_name(kind: LineKind, words: Words) -> String {
    words.t(match kind {
        LineKind::Plain => "by_hand.plain",
        LineKind::Rest => "by_hand.rest",
        LineKind::Rpc => "by_hand.rpc",
        LineKind::Queue => "by_hand.queue",
    })
}

#[derive(Clone, PartialEq, Properties)]
struct LineProps {
    line: Line,
}

/// The kind of the calls of a line, and its end.
#[component]
fn LineTools(props: &LineProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let kinds: Vec<LineKind> = store.read(|session| session.editor.kinds_of(&props.line));
    let act = |action: &'static Action| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.act(|session| action.run(session)))
    };
    let is_call = matches!(props.line, Line::Calls { .. });
    let options = LineKind::ALL.into_iter().filter(|_| is_call).map(|kind| {
        let chosen = !kinds.is_empty() && kinds.iter().all(|it| *it == kind);
        let action = by_hand::of_kind(kind);
        html! {
            <button class="button plain" aria-pressed={chosen.to_string()} title={words.t(action.name)} onclick={act(action)}>{ kind_name(kind, words) }</button>
        }
    });
    html! {
        <div class="line-tools" role="group" aria-label={words.t("by_hand.line")}>
            { for options }
            <button class="button plain icon-only" aria-label={words.t("action.remove_line")} title={hint(&by_hand::REMOVE_LINE, words)}
                onclick={act(&by_hand::REMOVE_LINE)}>{ icon(Icon::Delete) }</button>
        </div>
    }
}
