//! One property that can be changed: a name, a value, a unit.

pub mod quantity;
pub mod said;

use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
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

/// A property that is typed. What is being typed is the person's until it is taken, however often the page is
/// drawn again meanwhile. A wrong value is marked and explained, and changes nothing.
#[component]
pub fn TextField(props: &TextFieldProps) -> Html {
    let wrong = use_state(|| false);
    let typed = use_state(|| None::<String>);
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            typed.set(event.target_dyn_into::<HtmlInputElement>().map(|input| input.value()));
        })
    };
    let onchange = {
        let (change, wrong, typed) = (props.change.clone(), wrong.clone(), typed.clone());
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let is_taken = change.emit(input.value());
            wrong.set(!is_taken);
            if is_taken {
                typed.set(None);
            }
        })
    };
    let onkeydown = {
        let (wrong, typed, value) = (wrong.clone(), typed.clone(), props.value.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape"
                && let Some(input) = event.target_dyn_into::<HtmlInputElement>()
            {
                input.set_value(&value);
                typed.set(None);
                wrong.set(false);
            }
        })
    };
    let title = (*wrong).then(|| props.hint.clone());
    let value = (*typed).clone().unwrap_or_else(|| props.value.clone());
    html! {
        <>
            <label class="field">
                <span>{ &props.label }</span>
                <input type="text" {value} aria-invalid={wrong.to_string()} {title} {oninput} {onchange} {onkeydown} autocomplete="off" />
            </label>
            if *wrong { <p class="wrong" role="alert">{ &props.hint }</p> }
        </>
    }
}

/// A text of several lines.
#[derive(Clone, PartialEq, Properties)]
pub struct LongTextFieldProps {
    pub label: String,
    pub value: String,
    /// So many characters fit.
    pub most: usize,
    /// Takes what was typed.
    pub change: Callback<String>,
}

/// A text of several lines: taken when it is left or with Ctrl+Enter, given up with Escape.
#[component]
pub fn LongTextField(props: &LongTextFieldProps) -> Html {
    let typed = use_state(|| None::<String>);
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |event: InputEvent| {
            typed.set(event.target_dyn_into::<HtmlTextAreaElement>().map(|area| area.value()));
        })
    };
    let onchange = {
        let (change, typed) = (props.change.clone(), typed.clone());
        Callback::from(move |event: Event| {
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                change.emit(area.value());
                typed.set(None);
            }
        })
    };
    let onkeydown = {
        let (change, typed, value) = (props.change.clone(), typed.clone(), props.value.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() else { return };
            match event.key().as_str() {
                "Escape" => area.set_value(&value),
                "Enter" if event.ctrl_key() || event.meta_key() => change.emit(area.value()),
                _ => return,
            }
            typed.set(None);
        })
    };
    let value = (*typed).clone().unwrap_or_else(|| props.value.clone());
    html! {
        <label class="long-field">
            <span>{ &props.label }</span>
            <textarea rows="6" maxlength={props.most.to_string()} {value} {oninput} {onchange} {onkeydown} />
        </label>
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
