//! A group or its entry is chosen: its layout, how it fares, and all its policies.

use archlab_model::property::Subject;
use archlab_model::{GroupId, Layout};
use yew::prelude::*;

use super::by_hand::Deeds;
use super::properties::PropertyPanel;
use super::{Look, overview, traffic};
use crate::action::{Action, by_hand, parts};
use crate::editor::scene::Part;
use crate::ui::canvas::group::layout_name;
use crate::ui::icon::{Icon, icon};
use crate::ui::names::group_report;
use crate::ui::panels::field::ChoiceField;

/// What can be done to a group by hand.
const OF_GROUP: &[&Action] = &[&by_hand::OWN_STORES];

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
            { arrange_again(look, id) }
            <Deeds part={Part::Group(id.clone())} actions={OF_GROUP} />
            <div class="actions">
                { look.button(&parts::ADD_MACHINE, Part::Group(id.clone()), "") }
            </div>
            if let Some(report) = group_report(look.session.report(), id) { { overview::availability(look, report) } }
            <section><h3>{ words.t("inspector.traffic") }</h3>{ traffic::loads(look, id) }</section>
            <PropertyPanel subjects={vec![Subject::Group(id.clone())]} />
        </>
    }
}

/// What was changed by hand, and the way back.
fn arrange_again(look: &Look<'_>, id: &GroupId) -> Html {
    let count = look.session.editor.by_hand_count(id);
    if count == 0 {
        return Html::default();
    }
    let said = look.words.fill("by_hand.count", &[("count", &count)]);
    html! {
        <section>
            <p class="by-hand-note">{ icon(Icon::Rename) }<span>{ said }</span></p>
            <div class="actions">{ look.button(&parts::ARRANGE_AGAIN, Part::Group(id.clone()), "") }</div>
        </section>
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
