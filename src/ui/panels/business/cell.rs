//! The fields of the business editor: typed, chosen, switched. Each says what is wrong with what was typed, beside
//! itself, and keeps it to be mended.

use archlab_model::Span;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::ui::i18n::Words;

/// What is typed into a field.
#[derive(Clone, PartialEq, Properties)]
pub struct CellProps {
    /// What it is, for those who do not see where it stands.
    pub label: String,
    pub value: String,
    /// What stands behind the number.
    #[prop_or_default]
    pub unit: String,
    /// What holds while nothing is typed.
    #[prop_or_default]
    pub placeholder: String,
    /// Takes what was typed; gives back what is wrong with it.
    pub change: Callback<String, Option<String>>,
    #[prop_or_default]
    pub class: &'static str,
    /// Whether the arrow keys count up and down.
    #[prop_or(true)]
    pub counts: bool,
    /// Whether it wants to be typed into at once.
    #[prop_or_default]
    pub is_fresh: bool,
    #[prop_or_default]
    pub disabled: bool,
}

/// A field that is typed into. Enter and leaving it take the value, Escape gives it up, arrows step it.
#[component]
pub fn Cell(props: &CellProps) -> Html {
    // What was typed and not understood, and why.
    let wrong = use_state(|| None::<(String, String)>);
    // What is being typed: the page may be drawn again meanwhile, and must not take it back.
    let typing = use_state(|| None::<String>);
    let input = use_node_ref();
    {
        let wrong = wrong.clone();
        use_effect_with(props.value.clone(), move |_| wrong.set(None));
    }
    {
        let input = input.clone();
        use_effect_with(props.is_fresh, move |fresh| {
            if let (true, Some(input)) = (*fresh, input.cast::<HtmlInputElement>()) {
                // A refused focus changes nothing.
                let _ = input.focus();
                input.select();
            }
        });
    }
    let take = {
        let (change, wrong, typing) = (props.change.clone(), wrong.clone(), typing.clone());
        move |typed: String| {
            wrong.set(change.emit(typed.clone()).map(|why| (typed, why)));
            typing.set(None);
        }
    };
    let oninput = {
        let typing = typing.clone();
        Callback::from(move |event: InputEvent| {
            typing.set(event.target_dyn_into::<HtmlInputElement>().map(|input| input.value()));
        })
    };
    let onblur = {
        let typing = typing.clone();
        Callback::from(move |_: FocusEvent| typing.set(None))
    };
    let onchange = {
        let (take, value) = (take.clone(), props.value.clone());
        Callback::from(move |event: Event| {
            let typed = event.target_dyn_into::<HtmlInputElement>().map(|input| input.value());
            if let Some(typed) = typed.filter(|typed| *typed != value) {
                take(typed);
            }
        })
    };
    let onkeydown = {
        let (counts, wrong, value) = (props.counts, wrong.clone(), props.value.clone());
        let typing = typing.clone();
        Callback::from(move |event: KeyboardEvent| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let way = match event.key().as_str() {
                "Escape" => {
                    event.stop_propagation();
                    wrong.set(None);
                    typing.set(None);
                    input.set_value(&value);
                    return;
                }
                "ArrowUp" => 1.0,
                "ArrowDown" => -1.0,
                _ => return,
            };
            if let Some(next) = stepped(&input.value(), way).filter(|_| counts) {
                event.prevent_default();
                input.set_value(&next);
                take(next);
            }
        })
    };
    let kept = || wrong.as_ref().map(|(typed, _)| typed.clone());
    let shown = (*typing).clone().or_else(kept).unwrap_or_else(|| props.value.clone());
    html! {
        <span class={classes!("cell", props.class)}>
            <span class="cell-box">
                <input type="text" ref={input} value={shown} placeholder={props.placeholder.clone()} disabled={props.disabled}
                    aria-label={props.label.clone()} aria-invalid={wrong.is_some().to_string()} {oninput} {onchange} {onkeydown} {onblur}
                    autocomplete="off" spellcheck="false" />
                if !props.unit.is_empty() { <span class="unit" aria-hidden="true">{ &props.unit }</span> }
            </span>
            if let Some((_, why)) = wrong.as_ref() { <span class="wrong" role="alert">{ why }</span> }
        </span>
    }
}

/// A field that is chosen from a few.
#[derive(Clone, PartialEq, Properties)]
pub struct PickProps {
    pub label: String,
    pub options: Vec<String>,
    pub chosen: usize,
    pub change: Callback<usize>,
    #[prop_or_default]
    pub class: &'static str,
}

/// A field with a list to choose from.
#[component]
pub fn Pick(props: &PickProps) -> Html {
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
        <span class={classes!("cell", props.class)}>
            <select aria-label={props.label.clone()} {onchange}>{ for options }</select>
        </span>
    }
}

/// A switch with its words.
pub fn switch(words: String, is_on: bool, change: Callback<bool>) -> Html {
    let onchange = Callback::from(move |event: Event| {
        if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
            change.emit(input.checked());
        }
    });
    html! { <label class="switched"><input type="checkbox" checked={is_on} {onchange} /><span>{ words }</span></label> }
}

/// The number at the front of `text` one step up or down, with what stands behind it.
fn stepped(text: &str, way: f64) -> Option<String> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.parse().ok()?;
    // A tenth of its order: 5 to 6, 40 to 41, 250 to 260, 0.5 to 0.6.
    let order = 10f64.powf(number.max(f64::MIN_POSITIVE).log10().floor());
    let step = if (1.0..100.0).contains(&number) || number == 0.0 { 1.0 } else { order / 10.0 };
    let step = if number > 0.0 && number < 1.0 { order } else { step };
    let next = ((number + way * step).max(0.0) * 1e6).round() / 1e6;
    Some(format!("{next}{unit}"))
}

/// A whole number from `least` to `most`, or what is wrong.
pub fn count(typed: &str, (least, most): (u32, u32), words: Words) -> Result<u32, String> {
    let number = typed.trim().trim_end_matches(['×', 'x']).trim().parse::<u32>();
    let within = number.ok().filter(|number| (least..=most).contains(number));
    within.ok_or_else(|| words.fill("business_editor.count_hint", &[("least", &least), ("most", &most)]))
}

/// A percentage as a share of 1, or what is wrong.
pub fn percentage(typed: &str, words: Words) -> Result<f64, String> {
    let number = typed.trim().trim_end_matches(['%', '％']).trim().parse::<f64>();
    let within = number.ok().filter(|number| (0.0..=100.0).contains(number));
    within.map(|number| number / 100.0).ok_or_else(|| words.t("business_editor.percent_hint"))
}

/// A length of time of at most `most`, or what is wrong.
pub fn length(typed: &str, most: Span, words: Words) -> Result<Span, String> {
    let span = typed.parse::<Span>().ok().filter(|span| *span <= most);
    span.ok_or_else(|| words.fill("business_editor.length_hint", &[("most", &most)]))
}

/// A share as the percentage that is typed for it.
pub fn percent_text(share: f64) -> String {
    format!("{}", (share * 1e6).round() / 1e4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use archlab_words::Lang;

    #[test]
    fn arrows_step_the_number_and_keep_its_unit() {
        for (text, up, down) in [
            ("5ms", "6ms", "4ms"),
            ("250ms", "260ms", "240ms"),
            ("0.5", "0.6", "0.4"),
            ("1", "2", "0"),
            ("0", "1", "0"),
            ("1500", "1600", "1400"),
        ] {
            assert_eq!(stepped(text, 1.0).as_deref(), Some(up), "{text}");
            assert_eq!(stepped(text, -1.0).as_deref(), Some(down), "{text}");
        }
        assert_eq!(stepped("cart", 1.0), None);
    }

    #[test]
    fn what_is_typed_is_understood_or_explained() {
        let words = Words { lang: Lang::En };
        assert_eq!(count("3×", (0, 1000), words), Ok(3));
        assert!(count("1001", (0, 1000), words).is_err());
        assert_eq!(percentage(" 40 % ", words), Ok(0.4));
        assert!(percentage("140", words).is_err() && percentage("", words).is_err());
        assert_eq!(length("250ms", Span::from_secs(1), words), Ok(Span::from_millis(250)));
        assert!(length("250", Span::from_secs(1), words).is_err());
        assert_eq!(percent_text(0.05), "5");
    }
}
