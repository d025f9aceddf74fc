//! Presets by product: which is in force, what it sets, and where that was read.

use archlab_model::property::{Found, Preset, find, presets};
use yew::prelude::*;

use super::section::{Choice, Sheet};
use crate::ui::panels::field::said;

/// The presets of a topic or section; nothing if there are none.
pub(super) fn field(sheet: &Sheet<'_>, topic: &str) -> Html {
    let here: Vec<&'static Preset> = presets().iter().filter(|preset| preset.topic == topic).collect();
    let is_of_a_group = find_any(sheet, &here);
    if here.is_empty() || !is_of_a_group || sheet.hands.searching {
        return Html::default();
    }
    let words = sheet.names.words;
    let in_force = |preset: &&&'static Preset| {
        preset.is_in_force(sheet.all) && sheet.others.iter().all(|nodes| preset.is_in_force(nodes))
    };
    // Of several that are in force the one that says most.
    let chosen = here.iter().filter(in_force).max_by_key(|preset| preset.set.len());
    let place = chosen.and_then(|chosen| here.iter().position(|it| it == chosen));
    let last = sheet.hands.applied.get(topic);
    let none = match last {
        Some(product) => words.fill("setting.changed", &[("product", product)]),
        None => words.t("setting.own"),
    };
    let options: Vec<String> = here.iter().map(|preset| preset.product.clone()).collect();
    let change = {
        let (hands, topic, here) = (sheet.hands.clone(), topic.to_owned(), here.clone());
        Callback::from(move |place: usize| {
            let Some(preset) = here.get(place) else { return };
            let changes = hands.store.read(|session| {
                let design = session.editor.design();
                hands
                    .subjects
                    .iter()
                    .map(|subject| preset.changes(design, subject))
                    .collect::<Result<Vec<_>, _>>()
            });
            let refused = match changes {
                Ok(changes) => hands.perform(&changes.concat()),
                Err(_) => Some(hands.words.t("setting.refused")),
            };
            if refused.is_none() {
                let mut applied = (*hands.applied).clone();
                applied.insert(topic.clone(), preset.product.clone());
                hands.applied.set(applied);
            }
            hands.hint.set(refused);
        })
    };
    let id = format!("preset-{}", topic.replace('/', "-"));
    let note = chosen.map(|preset| what_it_sets(sheet, preset));
    html! {
        <div class="preset">
            <Choice {id} label={words.t("setting.as_in")} {options} chosen={place} {none} hint={words.t("setting.as_in_hint")} {change} attend={Callback::noop()} />
            { for note }
        </div>
    }
}

/// Whether a subject has what the presets are about.
fn find_any(sheet: &Sheet<'_>, presets: &[&'static Preset]) -> bool {
    presets.iter().any(|preset| preset.set.keys().next().is_some_and(|path| find(sheet.all, path).is_some()))
}

fn what_it_sets(sheet: &Sheet<'_>, preset: &Preset) -> Html {
    let lines = preset.set.keys().filter_map(|path| {
        let (label, value) = match find(sheet.all, path)? {
            Found::Property(property) => {
                (&property.label, said::value(&sheet.names, &property.kind, &property.value))
            }
            Found::Switch(section, on) => {
                (&section.label, sheet.names.words.t(if on { "setting.on" } else { "setting.off" }))
            }
        };
        Some(html! { <li><span>{ said::label(&sheet.names, label) }</span><span>{ value }</span></li> })
    });
    html! {
        <details>
            <summary>{ sheet.names.words.fill("setting.sets", &[("count", &preset.set.len())]) }</summary>
            <p lang="en">{ &preset.source }</p>
            <ul>{ for lines }</ul>
        </details>
    }
}
