//! A group or its entry is chosen: its layout, how it fares, and all its policies.

use archlab_model::property::Subject;
use archlab_model::{GroupId, Layout};
use yew::prelude::*;

use super::properties::PropertyPanel;
use super::{Look, overview, traffic};
use crate::action::parts;
use crate::editor::scene::Part;
use crate::ui::canvas::group::layout_name;
use crate::ui::names::group_report;
use crate::ui::panels::field::ChoiceField;

pub(super) fn group(look: &Look<'_>, id: &GroupId) -> Html {
    let words = look.words;
    let Some(group) = look.session.editor.design().groups.get(id) else { return Html::default() };
    let text = words.t(match group.layout {
        Layout::Cluster => "inspector.about_cluster",
        Layout::Distributed => "inspector.about_distributed",
        Layout::Microservice => "inspector.about_microservice",
        Layout::Free => "inspector.about_free",
    });
    html! {
        <>
            <header><h2>{ look.names().group(id) }</h2></header>
            { layout(look, id, group.layout) }
            <p>{ text }</p>
            <div class="actions">
                { look.button(&parts::ADD_MACHINE, Part::Group(id.clone()), "") }
            </div>
            if let Some(report) = group_report(look.session.report(), id) { { overview::availability(look, report) } }
            <section><h3>{ words.t("inspector.traffic") }</h3>{ traffic::loads(look, id) }</section>
            <PropertyPanel subjects={vec![Subject::Group(id.clone())]} />
        </>
    }
}

fn layout(look: &Look<'_>, id: &GroupId, now: Layout) -> Html {
    let words = look.words;
    let options: Vec<String> = Layout::ALL.into_iter().map(|layout| layout_name(layout, words)).collect();
    let chosen = Layout::ALL.into_iter().position(|layout| layout == now).unwrap_or(0);
    let (store, id) = (look.store.clone(), id.clone());
    let change = Callback::from(move |place: usize| {
        if let Some(layout) = Layout::ALL.get(place) {
            store.act(|session| session.edit(|editor| editor.set_layout(&id, *layout)));
        }
    });
    html! { <ChoiceField label={words.t("canvas.layout")} {options} {chosen} {change} /> }
}
