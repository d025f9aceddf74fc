//! A field for a number or a duration: typed with its unit, dragged by its name, stepped with arrow keys.

use archlab_model::property::{Kind, Value};
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::ui::i18n::use_words;
use crate::ui::panels::field::said;

/// So far a pointer goes for one step, in CSS pixels.
const PIXELS_A_STEP: f64 = 4.0;
/// So far a press may tremble before it is a drag.
const TREMBLE: f64 = 3.0;

/// A number or a duration.
#[derive(Clone, PartialEq, Properties)]
pub struct QuantityFieldProps {
    /// The element's id.
    pub id: String,
    pub label: String,
    pub kind: Kind,
    /// What it is; of several things, of the first.
    pub value: Value,
    /// Whether several things have several values.
    pub mixed: bool,
    /// The value in words.
    pub shown: String,
    /// What is allowed and what the default is.
    pub hint: String,
    /// Takes a value; gives a sentence if it may not be.
    pub change: Callback<Value, Option<String>>,
    /// Tells whether the hint is wanted.
    pub attend: Callback<Option<String>>,
    /// What stands between the name and the number.
    #[prop_or_default]
    pub children: Html,
}

/// A drag of the name: where it began, and from what.
#[derive(Debug, Clone, PartialEq)]
struct Scrub {
    pointer: i32,
    x: f64,
    from: Value,
    moved: bool,
}

/// A number or a duration.
#[component]
pub fn QuantityField(props: &QuantityFieldProps) -> Html {
    let words = use_words();
    let wrong = use_state(|| None::<String>);
    // What is dragged or stepped to and not let go of yet: a wish, and no step of the history.
    let draft = use_state(|| None::<Value>);
    // What is being typed: the page may be drawn again meanwhile, and must not take it back.
    let typed = use_state(|| None::<String>);
    let scrub = use_mut_ref(|| None::<Scrub>);
    let input = use_node_ref();

    let commit = {
        let (change, wrong, draft) = (props.change.clone(), wrong.clone(), draft.clone());
        Callback::from(move |value: Value| {
            wrong.set(change.emit(value));
            draft.set(None);
        })
    };
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            typed.set(event.target_dyn_into::<HtmlInputElement>().map(|input| input.value()));
        })
    };
    let onchange = {
        let typed = typed.clone();
        let (kind, now, shown) = (props.kind.clone(), props.value.clone(), props.shown.clone());
        let (commit, wrong, draft, input) = (commit.clone(), wrong.clone(), draft.clone(), input.clone());
        Callback::from(move |_: Event| {
            let Some(input) = input.cast::<HtmlInputElement>() else { return };
            draft.set(None);
            match kind.read(&input.value(), Some(&now)).filter(|value| kind.accepts(value)) {
                Some(value) => {
                    typed.set(None);
                    if value == now {
                        // The same in other words: as we write it.
                        input.set_value(&shown);
                    }
                    commit.emit(value);
                }
                None => wrong.set(Some(said::range(words, &kind))),
            }
        })
    };
    let onkeydown = {
        let typing = typed.clone();
        let (kind, now, shown) = (props.kind.clone(), props.value.clone(), props.shown.clone());
        let (wrong, draft, input) = (wrong.clone(), draft.clone(), input.clone());
        Callback::from(move |event: KeyboardEvent| {
            let steps = match event.key().as_str() {
                "ArrowUp" => 1.0,
                "ArrowDown" => -1.0,
                "PageUp" => 10.0,
                "PageDown" => -10.0,
                "Escape" => {
                    if let Some(input) = input.cast::<HtmlInputElement>() {
                        input.set_value(&shown);
                    }
                    typing.set(None);
                    wrong.set(None);
                    draft.set(None);
                    return;
                }
                _ => return,
            };
            event.prevent_default();
            let typed = input.cast::<HtmlInputElement>().and_then(|it| kind.read(&it.value(), Some(&now)));
            typing.set(None);
            let from = (*draft).clone().or(typed).unwrap_or_else(|| now.clone());
            draft.set(Some(kind.stepped(
                &kind.nearest(from),
                steps,
                fineness(event.shift_key(), event.alt_key()),
            )));
        })
    };
    // Keys that repeat are one step of the history: it is done when the key is let go of.
    let done = {
        let (draft, commit) = (draft.clone(), commit.clone());
        move || {
            if let Some(value) = (*draft).clone() {
                commit.emit(value);
            }
        }
    };
    let onkeyup = {
        let done = done.clone();
        Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "ArrowUp" | "ArrowDown" | "PageUp" | "PageDown") {
                done();
            }
        })
    };
    let onfocus = {
        let (attend, hint) = (props.attend.clone(), props.hint.clone());
        Callback::from(move |_: FocusEvent| attend.emit(Some(hint.clone())))
    };
    let onblur = {
        let (attend, typed, input) = (props.attend.clone(), typed.clone(), input.clone());
        let (kind, now) = (props.kind.clone(), props.value.clone());
        Callback::from(move |_: FocusEvent| {
            done();
            // What was wrong stays as it was typed, beside the sentence that tells so.
            let text = input.cast::<HtmlInputElement>().map(|input| input.value()).unwrap_or_default();
            if kind.read(&text, Some(&now)).is_some_and(|value| kind.accepts(&value)) {
                typed.set(None);
            }
            attend.emit(None);
        })
    };
    let onpointerdown = {
        let (scrub, now) = (scrub.clone(), props.value.clone());
        Callback::from(move |event: PointerEvent| {
            if event.button() != 0 || !event.is_primary() {
                return;
            }
            if let Some(name) = event.target_dyn_into::<HtmlElement>() {
                // It fails only for a pointer that is gone.
                let _ = name.set_pointer_capture(event.pointer_id());
            }
            let x = f64::from(event.client_x());
            *scrub.borrow_mut() =
                Some(Scrub { pointer: event.pointer_id(), x, from: now.clone(), moved: false });
        })
    };
    let onpointermove = {
        let (scrub, draft, kind) = (scrub.clone(), draft.clone(), props.kind.clone());
        Callback::from(move |event: PointerEvent| {
            let mut scrub = scrub.borrow_mut();
            let Some(scrub) = scrub.as_mut().filter(|it| it.pointer == event.pointer_id()) else { return };
            let by = f64::from(event.client_x()) - scrub.x;
            scrub.moved |= by.abs() > TREMBLE;
            if scrub.moved {
                let fineness = fineness(event.shift_key(), event.alt_key());
                draft.set(Some(kind.stepped(&scrub.from, (by / PIXELS_A_STEP).round(), fineness)));
            }
        })
    };
    let onpointerup = {
        let (scrub, draft, commit) = (scrub.clone(), draft.clone(), commit.clone());
        Callback::from(move |_: PointerEvent| {
            let moved = scrub.borrow_mut().take().is_some_and(|scrub| scrub.moved);
            if let (true, Some(value)) = (moved, (*draft).clone()) {
                commit.emit(value);
            }
        })
    };
    let onpointercancel = {
        let (scrub, draft) = (scrub.clone(), draft.clone());
        Callback::from(move |_: PointerEvent| {
            *scrub.borrow_mut() = None;
            draft.set(None);
        })
    };
    let (least, most, at) = ends(&props.kind, draft.as_ref().unwrap_or(&props.value));
    let shown =
        draft.as_ref().map_or_else(|| props.shown.clone(), |value| said::plain(words, &props.kind, value));
    let value = match (&*typed, &*draft) {
        (Some(typed), None) => typed.clone(),
        (None, None) if props.mixed => String::new(),
        _ => shown.clone(),
    };
    let placeholder = props.mixed.then(|| words.t("setting.several"));
    let error = format!("{}-wrong", props.id);
    html! {
        <>
            <div class={classes!("field", "quantity", draft.is_some().then_some("wished"))}>
                <label for={props.id.clone()} class="scrub" title={words.t("setting.drag")} {onpointerdown} {onpointermove} {onpointerup} {onpointercancel}>{ &props.label }</label>
                { props.children.clone() }
                <input ref={input} id={props.id.clone()} type="text" role="spinbutton" autocomplete="off" spellcheck="false" {value} {placeholder}
                    aria-valuenow={at.to_string()} aria-valuemin={least.to_string()} aria-valuemax={most.to_string()} aria-valuetext={shown}
                    aria-invalid={wrong.is_some().to_string()} aria-describedby={wrong.is_some().then(|| error.clone())} title={props.hint.clone()}
                    {oninput} {onchange} {onkeydown} {onkeyup} {onfocus} {onblur} />
            </div>
            if let Some(wrong) = (*wrong).clone() { <p class="wrong" id={error} role="alert">{ wrong }</p> }
        </>
    }
}

/// How much finer a step is than usual: a tenth with Shift, ten times with Alt.
fn fineness(shift: bool, alt: bool) -> f64 {
    match (shift, alt) {
        (true, false) => 0.1,
        (false, true) => 10.0,
        _ => 1.0,
    }
}

/// The range and the value as plain numbers, for those who hear them. Durations are in seconds.
fn ends(kind: &Kind, value: &Value) -> (f64, f64, f64) {
    let (least, most) = match kind {
        Kind::Length { least, most } => (least.as_secs_f64(), most.as_secs_f64()),
        Kind::Count { least, most, .. } => (*least as f64, *most as f64),
        Kind::Number { least, most, .. } => (*least, *most),
        _ => (0.0, 0.0),
    };
    let at = match value {
        Value::Length(span) => span.as_secs_f64(),
        Value::Count(count) => *count as f64,
        Value::Number(number) => *number,
        _ => 0.0,
    };
    (least, most, at)
}
