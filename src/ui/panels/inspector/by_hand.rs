//! What a person changes by hand of a service, a store or a line, without dragging anything.

use archlab_model::intent::{self, LineKind};
use archlab_model::{GroupId, InstanceId};
use yew::prelude::*;

use super::Look;
use crate::action::{Action, by_hand, parts};
use crate::editor::scene::{Line, Part};
use crate::ui::canvas::by_hand::kind_name;
use crate::ui::i18n::use_words;
use crate::ui::icon::{Icon, icon};
use crate::ui::panels::field::ChoiceField;
use crate::ui::store::{Pulse, use_store};

/// The service of a copy.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct OfServiceProps {
    pub id: InstanceId,
}

/// What can be done to a service by hand. It changes by edits only: the run does not render it again.
#[component]
pub(super) fn OfService(props: &OfServiceProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    store.read(|session| {
        let look = Look { session, store: &store, words };
        html! { <>{ service(&look, &props.id) }{ functions(&look, &props.id) }{ calls(&look, &props.id) }</> }
    })
}

/// A part, and what can be done to it.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct DeedsProps {
    pub part: Part,
    pub actions: &'static [&'static Action],
}

/// A button for each action that would do something to a part. The run does not render them again.
#[component]
pub(super) fn Deeds(props: &DeedsProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    store.read(|session| {
        let look = Look { session, store: &store, words };
        let possible = props.actions.iter().map(|action| look.button_if_possible(action, props.part.clone()));
        html! { <div class="actions">{ for possible }</div> }
    })
}

/// The copies of a service, and what can become of it.
fn service(look: &Look<'_>, id: &InstanceId) -> Html {
    let words = look.words;
    let part = Part::Instance(id.clone());
    let service = look.session.editor.scene().service(id);
    let changed = service.is_some_and(|service| {
        service.by_hand || service.instances.iter().any(|copy| copy.id == *id && copy.by_hand)
    });
    let button = |action| look.button_if_possible(action, part.clone());
    html! {
        <section>
            <h3>{ words.t("by_hand.deployment") }</h3>
            { note(look, changed) }
            <div class="field"><span>{ words.t("by_hand.copies") }</span>
                <span class="copies-field">
                    { look.small_button(&parts::FEWER_COPIES, part.clone()) }
                    <output>{ service.map_or(0, |it| it.instances.len()) }</output>
                    { look.small_button(&parts::MORE_COPIES, part.clone()) }
                </span>
            </div>
            <div class="actions">
                { button(&by_hand::MOVE_TO) }{ button(&by_hand::LET_GO) }{ button(&by_hand::SPLIT) }
                { button(&by_hand::MERGE) }{ button(&by_hand::CONNECT) }{ button(&by_hand::OWN_STORE) }
                { button(&by_hand::SHARE_STORE) }
            </div>
        </section>
    }
}

/// That something was changed by hand.
pub(super) fn note(look: &Look<'_>, changed: bool) -> Html {
    html! {
        if changed { <p class="by-hand-note">{ icon(Icon::Rename) }<span>{ look.words.t("by_hand.sign") }</span></p> }
    }
}

/// Each function of a service, and the service that it can be moved to.
fn functions(look: &Look<'_>, id: &InstanceId) -> Html {
    let words = look.words;
    let names = look.names();
    let Some(there) = look.session.editor.scene().deployments.get(&id.group) else { return Html::default() };
    let homes: Vec<_> = there.services.iter().filter(|service| !service.instances.is_empty()).collect();
    let Some(home) = homes.iter().position(|service| service.id == id.service) else {
        return Html::default();
    };
    let alone = homes[home].functions.len() == 1;
    let titles = homes.iter().map(|service| names.service(&id.group, &service.id));
    let own = (!alone).then(|| words.t("by_hand.own_service"));
    let options: Vec<String> = titles.chain(own).collect();
    let targets: Vec<InstanceId> =
        homes.iter().filter_map(|service| Some(service.instances.first()?.id.clone())).collect();
    let fields = homes[home].functions.iter().map(|function| {
        let (store, targets) = (look.store.clone(), targets.clone());
        let (from, moved) = (id.clone(), function.clone());
        let change = Callback::from(move |place: usize| {
            let to = targets.get(place);
            store.act(|session| session.edit(|editor| editor.send_function(&from, &moved, to)));
        });
        html! {
            <ChoiceField key={function.to_string()} label={names.function(function)} options={options.clone()} chosen={home} {change} />
        }
    });
    html! {
        <section>
            <h3>{ words.t("by_hand.functions_in") }</h3>
            { for fields }
        </section>
    }
}

/// What a service calls, each with its kind.
fn calls(look: &Look<'_>, id: &InstanceId) -> Html {
    let names = look.names();
    let design = look.session.editor.design();
    let Some(there) = look.session.editor.scene().deployments.get(&id.group) else { return Html::default() };
    let called = there.services.iter().filter(|service| service.id != id.service);
    let mut fields = Vec::new();
    for service in called {
        let lines = intent::calls_in(&design.business, there, &id.service, &service.id);
        if !lines.is_empty() {
            let line =
                Line::Calls { group: id.group.clone(), from: id.service.clone(), to: service.id.clone() };
            fields.push(kind_field(look, names.service(&id.group, &service.id), line));
        }
    }
    if fields.is_empty() {
        return Html::default();
    }
    html! { <section class="line-calls"><h3>{ look.words.t("by_hand.calls_out") }</h3>{ for fields }</section> }
}

/// The kind of all calls of a line.
fn kind_field(look: &Look<'_>, label: String, line: Line) -> Html {
    let kinds = look.session.editor.kinds_of(&line);
    let mut options: Vec<String> = LineKind::ALL.iter().map(|kind| kind_name(*kind, look.words)).collect();
    let chosen = match kinds.as_slice() {
        [only] => LineKind::ALL.iter().position(|kind| kind == only).unwrap_or(0),
        _ => {
            options.push(look.words.t("setting.several"));
            LineKind::ALL.len()
        }
    };
    let store = look.store.clone();
    let key = label.clone();
    let change = Callback::from(move |place: usize| {
        let (Some(kind), Line::Calls { group, from, to }) = (LineKind::ALL.get(place), &line) else { return };
        store.act(|session| {
            let command = intent::set_line_kind(session.editor.design(), group, from, to, *kind);
            if let Some(command) = command {
                session.perform(command);
            }
        });
    });
    html! { <ChoiceField {key} {label} {options} {chosen} {change} /> }
}

/// A line is chosen: its calls and their kinds.
pub(super) fn line(look: &Look<'_>, line: &Line) -> Html {
    let (words, names) = (look.words, look.names());
    let title = |from: String, to: String| words.fill("by_hand.line_title", &[("from", &from), ("to", &to)]);
    let remove = look.button(&by_hand::REMOVE_LINE, Part::Group(group_of(line).clone()), "danger");
    match line {
        Line::Sends { client, group } => html! {
            <>
                <header><h2>{ title(names.client(client), names.group(group)) }</h2></header>
                <p>{ words.t("by_hand.about_sends") }</p>
                <div class="actions">{ remove }</div>
            </>
        },
        Line::Calls { group, from, to } => {
            let design = look.session.editor.design();
            let lines = intent::calls_between(design, group, from, to);
            let fields = lines.into_iter().map(|call| {
                let label = title(names.function(&call.caller), names.function(&call.callee));
                let options: Vec<String> = LineKind::ALL.iter().map(|kind| kind_name(*kind, words)).collect();
                let chosen = LineKind::ALL.iter().position(|kind| *kind == call.kind).unwrap_or(0);
                let store = look.store.clone();
                let key = label.clone();
                let change = Callback::from(move |place: usize| {
                    let Some(kind) = LineKind::ALL.get(place) else { return };
                    store.act(|session| {
                        if let Some(command) = intent::set_call_kind(session.editor.design(), &call, *kind) {
                            session.perform(command);
                        }
                    });
                });
                html! { <ChoiceField {key} {label} {options} {chosen} {change} /> }
            });
            html! {
                <>
                    <header><h2>{ title(names.service(group, from), names.service(group, to)) }</h2></header>
                    <p>{ words.t("by_hand.about_calls") }</p>
                    <section class="line-calls"><h3>{ words.t("by_hand.kind") }</h3>{ for fields }</section>
                    <div class="actions">{ remove }</div>
                </>
            }
        }
    }
}

fn group_of(line: &Line) -> &GroupId {
    match line {
        Line::Sends { group, .. } | Line::Calls { group, .. } => group,
    }
}
