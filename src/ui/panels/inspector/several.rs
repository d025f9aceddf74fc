//! Several parts are chosen, or none: what they have in common, and what is round all of them.

use archlab_model::property::Subject;
use yew::prelude::*;

use super::Look;
use super::properties::PropertyPanel;
use crate::editor::scene::Part;

/// The properties of several parts, those of a kind together.
pub(super) fn several(look: &Look<'_>) -> Html {
    let words = look.words;
    let chosen = &look.session.editor.selection;
    let (mut machines, mut groups, mut clients) = (Vec::new(), Vec::new(), Vec::new());
    for part in chosen {
        match part {
            Part::Machine(id) => machines.push(Subject::Machine(id.clone())),
            Part::Group(id) | Part::Entry(id) => {
                let group = Subject::Group(id.clone());
                if !groups.contains(&group) {
                    groups.push(group);
                }
            }
            Part::Client(id) => clients.push(Subject::Client(id.clone())),
            _ => {}
        }
    }
    let kinds = [("setting.machines", machines), ("setting.groups", groups), ("setting.clients", clients)];
    let kinds = kinds.into_iter().filter(|(_, subjects)| !subjects.is_empty()).map(|(key, subjects)| {
        html! {
            <section key={key}>
                <h3>{ words.fill(key, &[("count", &subjects.len())]) }</h3>
                <PropertyPanel {subjects} />
            </section>
        }
    });
    html! {
        <>
            <header><h2>{ words.fill("setting.chosen", &[("count", &chosen.len())]) }</h2></header>
            <p>{ words.t("setting.together") }</p>
            { for kinds }
        </>
    }
}

/// The network and what happens in a run.
pub(super) fn around(look: &Look<'_>) -> Html {
    html! {
        <section>
            <h3>{ look.words.t("setting.around") }</h3>
            <PropertyPanel subjects={vec![Subject::Surroundings]} />
        </section>
    }
}
