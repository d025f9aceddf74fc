//! Clients or a store are chosen.

use archlab_model::property::Subject;
use archlab_model::{ClientId, GroupId, Load, StoreId};
use yew::prelude::*;

use super::Look;
use super::by_hand::{self, Deeds};
use super::overview::percent;
use super::properties::PropertyPanel;
use crate::action::{Action, by_hand as actions};
use crate::editor::scene::Part;
use crate::ui::canvas::drawing::load_words;
use crate::ui::names::group_report;
use crate::ui::panels::field::shown;

/// What can be done to clients, and to a store.
const OF_CLIENT: &[&Action] = &[&actions::CONNECT];
const OF_STORE: &[&Action] = &[&actions::SHARE_STORE, &actions::OWN_STORES];

pub(super) fn client(look: &Look<'_>, id: &ClientId) -> Html {
    let words = look.words;
    let Some(client) = look.session.editor.design().clients.get(id) else { return Html::default() };
    html! {
        <>
            <header><h2>{ look.names().client(id) }</h2></header>
            <Deeds part={Part::Client(id.clone())} actions={OF_CLIENT} />
            <p>{ words.t(match client.load { Load::Users { .. } => "inspector.closed_load", _ => "inspector.open_load" }) }</p>
            <h3 class="hidden-visually">{ words.t("palette.clients") }</h3>
            <PropertyPanel subjects={vec![Subject::Client(id.clone())]} />
        </>
    }
}

pub(super) fn store(look: &Look<'_>, group: &GroupId, id: &StoreId) -> Html {
    let words = look.words;
    let deployment = look.session.editor.scene().deployments.get(group);
    let store = deployment.and_then(|it| it.stores.iter().find(|store| store.id == *id));
    let Some(store) = store else { return Html::default() };
    let frame = look.session.frame().stores.iter().find(|frame| frame.group == *group && frame.id == *id);
    let report = group_report(look.session.report(), group);
    let report = report.and_then(|report| report.stores.iter().find(|store| store.store == *id));
    let data = store.data.iter().map(|data| {
        let value = look.session.editor.design().business.data.get(data);
        let title = value.and_then(|value| value.title.as_ref());
        let title = title.map_or(data.to_string(), |title| archlab_words::of(words.lang, title).into_owned());
        html! { <span class="chip">{ title }</span> }
    });
    let sharing = match store.kind {
        archlab_model::StoreKind::Shared => "inspector.store_shared",
        archlab_model::StoreKind::Own => "inspector.store_own",
        archlab_model::StoreKind::Sessions => "inspector.store_sessions",
        archlab_model::StoreKind::Named(_) => "inspector.store_named",
        archlab_model::StoreKind::Member => "inspector.store_member",
        archlab_model::StoreKind::Cache => "inspector.store_cache",
        archlab_model::StoreKind::Broker => "inspector.store_broker",
        archlab_model::StoreKind::Coordinator => "inspector.store_coordinator",
    };
    html! {
        <>
            <header><h2>{ look.names().store(group, id) }</h2></header>
            <p>{ words.t(sharing) }</p>
            { by_hand::note(look, store.by_hand) }
            <Deeds part={Part::Store(group.clone(), id.clone())} actions={OF_STORE} />
            if let Some(frame) = frame {
                <section>
                    <h3>{ words.t("inspector.now") }</h3>
                    { shown(words.t("inspector.connections"), words.fill("inspector.of", &[("part", &frame.busy), ("whole", &frame.connections)])) }
                    { shown(words.t("inspector.queue"), frame.waiting.to_string()) }
                </section>
            }
            if let Some(report) = report {
                <section>
                    <h3>{ words.t("inspector.since_start") }</h3>
                    { shown(words.t("inspector.load"), percent(report.utilisation)) }
                    { shown(words.t("inspector.finished"), report.finished.to_string()) }
                </section>
            }
            if !store.data.is_empty() {
                <section><h3>{ words.t("inspector.data") }</h3><div class="chips">{ for data }</div></section>
            }
            <PropertyPanel subjects={vec![Subject::Store(group.clone(), id.clone())]} />
        </>
    }
}

/// How much clients send, beside the group's name.
pub(super) fn loads(look: &Look<'_>, group: &GroupId) -> Html {
    let clients = look.session.editor.design().clients.iter().filter(|(_, client)| client.to.contains(group));
    let lines =
        clients.map(|(id, client)| shown(look.names().client(id), load_words(&client.load, look.words)));
    html! { <>{ for lines }</> }
}
