//! One property that can be changed: a name, a value, a unit.

pub mod quantity;
pub mod said;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// A property as text that has to be understood.
#[derive(Clone, PartialEq, Properties)]
pub struct TextFieldProps {
    pub label: String,
    pub value: String,
    /// Takes what was typed; `false` if it makes no sense.
    pub change: Callback<String, bool>,
    /// What is understood, for when it was not.
    pub hint: String,
}

/// A property that is typed. A wrong value is marked and explained, and changes nothing.
#[component]
pub fn TextField(props: &TextFieldProps) -> Html {
    let wrong = use_state(|| false);
    let onchange = {
        let (change, wrong) = (props.change.clone(), wrong.clone());
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                wrong.set(!change.emit(input.value()));
            }
        })
    };
    let title = (*wrong).then(|| props.hint.clone());
    html! {
        <>
            <label class="field">
                <span>{ &props.label }</span>
                <input type="text" value={props.value.clone()} aria-invalid={wrong.to_string()} {title} {onchange} autocomplete="off" />
            </label>
            if *wrong { <p class="wrong" role="alert">{ &props.hint }</p> }
        </>
    }
}

/// A property that is one of a few.
#[derive(Clone, PartialEq, Properties)]
pub struct ChoiceFieldProps {
    pub label: String,
    /// What can be chosen, in words.
    pub options: Vec<String>,
    pub chosen: usize,
    pub change: Callback<usize>,
}

/// A property that is chosen.
#[component]
pub fn ChoiceField(props: &ChoiceFieldProps) -> Html {
    let onchange = {
        let change = props.change.clone();
        Callback::from(move |event: Event| {
            let place = event.target_dyn_into::<HtmlSelectElement>().map(|select| select.selected_index());
            if let Some(place) = place.and_then(|place| usize::try_from(place).ok()) {
                change.emit(place);
            }
        })
    };
    let options = props.options.iter().enumerate().map(|(place, words)| {
        html! { <option selected={place == props.chosen} value={place.to_string()}>{ words }</option> }
    });
    html! {
        <label class="field">
            <span>{ &props.label }</span>
            <select {onchange}>{ for options }</select>
        </label>
    }
}

/// A property that is only shown.
pub fn shown(label: String, value: String) -> Html {
    html! { <div class="field"><span>{ label }</span><output>{ value }</output></div> }
}
