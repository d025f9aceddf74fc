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
    let is_inner = look.session.editor.design().holder_of(id).is_some();
    let text = words.t(match group.layout {
        Layout::Cluster => "inspector.about_cluster",
        Layout::Distributed => "inspector.about_distributed",
        Layout::Microservice => "inspector.about_microservice",
        Layout::Free => "inspector.about_free",
    });
    html! {
        <>
            <header><h2>{ look.names().group(id) }</h2></header>
            if is_inner {
                <p>{ words.t("inspector.about_inner") }</p>
            } else {
                { layout(look, id, group.layout) }
                <p>{ text }</p>
            }
            { membership(look, &Part::Group(id.clone())) }
            { arrange_again(look, id) }
            <Deeds part={Part::Group(id.clone())} actions={OF_GROUP} />
            <div class="actions">
                { look.button(&parts::ADD_MACHINE, Part::Group(id.clone()), "") }
            </div>
            if let Some(report) = group_report(look.session.report(), id) { { overview::availability(look, report) } }
            if !is_inner { <section><h3>{ words.t("inspector.traffic") }</h3>{ traffic::loads(look, id) }</section> }
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

/// Which group a part is in: the way to move it without dragging. Nothing, if there is no other.
pub(super) fn membership(look: &Look<'_>, part: &Part) -> Html {
    let (words, editor) = (look.words, &look.session.editor);
    let now = editor.scene().home_of(part).cloned();
    let homes = editor.homes_for(part);
    let all = editor.design().groups.keys();
    let groups = all.filter(|id| now.as_ref() == Some(*id) || homes.contains(id));
    let groups: Vec<GroupId> = groups.cloned().collect();
    if groups.is_empty() {
        return Html::default();
    }
    let chosen = groups.iter().position(|id| now.as_ref() == Some(id)).map_or(0, |place| place + 1);
    let named = groups.iter().map(|group| look.names().group(group));
    let options: Vec<String> = std::iter::once(words.t("inspector.no_group")).chain(named).collect();
    let (store, part) = (look.store.clone(), part.clone());
    let change = Callback::from(move |place: usize| {
        let to = place.checked_sub(1).and_then(|place| groups.get(place).cloned());
        store.act(|session| session.edit(|editor| editor.move_part(&part, to)));
    });
    html! { <ChoiceField label={words.t("inspector.group")} {options} {chosen} {change} /> }
}
