//! A group or its entry is chosen: its layout and policies.

use archlab_model::command::Command;
use archlab_model::{Balancing, GroupId, Layout, Policies, Span};
use yew::prelude::*;

use super::{Look, overview, traffic};
use crate::action::parts;
use crate::editor::scene::Part;
use crate::ui::canvas::group::layout_name;
use crate::ui::names::group_report;
use crate::ui::panels::field::{ChoiceField, TextField};

/// A change to policies that was understood.
type Change = fn(&mut Policies, Typed);

/// What was typed, understood as one of these.
#[derive(Clone, Copy)]
enum Typed {
    Count(u32),
    Length(Span),
}

pub(super) fn group(look: &Look<'_>, id: &GroupId) -> Html {
    let words = look.words;
    let Some(group) = look.session.editor.design().groups.get(id) else { return Html::default() };
    let policies = &group.policies;
    let text = words.t(match group.layout {
        Layout::Cluster => "inspector.about_cluster",
        Layout::Distributed => "inspector.about_distributed",
        Layout::Microservice => "inspector.about_microservice",
    });
    let count =
        |key: &str, value: u32, change: Change| field(look, id, key, value.to_string(), false, change);
    let length =
        |key: &str, value: Span, change: Change| field(look, id, key, value.to_string(), true, change);
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
            <section>
                <h3>{ words.t("inspector.balancing") }</h3>
                { balancing(look, id, policies) }
                { count("inspector.attempts", policies.retry.attempts, |policies, typed| if let Typed::Count(n) = typed { policies.retry.attempts = n }) }
                { length("inspector.connect_timeout", policies.timeouts.connect, |policies, typed| if let Typed::Length(span) = typed { policies.timeouts.connect = span }) }
                { length("inspector.response_timeout", policies.timeouts.response, |policies, typed| if let Typed::Length(span) = typed { policies.timeouts.response = span }) }
            </section>
            <section>
                <h3>{ words.t("inspector.health_checks") }</h3>
                { length("inspector.interval", policies.health.interval, |policies, typed| if let Typed::Length(span) = typed { policies.health.interval = span }) }
                { length("inspector.check_timeout", policies.health.timeout, |policies, typed| if let Typed::Length(span) = typed { policies.health.timeout = span }) }
                { count("inspector.fall", policies.health.fall, |policies, typed| if let Typed::Count(n) = typed { policies.health.fall = n }) }
                { count("inspector.rise", policies.health.rise, |policies, typed| if let Typed::Count(n) = typed { policies.health.rise = n }) }
                <p>{ words.t("inspector.health_note") }</p>
            </section>
            <section>
                <h3>{ words.t("inspector.instances") }</h3>
                { count("inspector.workers_each", policies.capacity.workers, |policies, typed| if let Typed::Count(n) = typed { policies.capacity.workers = n }) }
                { count("inspector.queue_each", policies.capacity.queue, |policies, typed| if let Typed::Count(n) = typed { policies.capacity.queue = n }) }
                { length("inspector.startup", policies.startup, |policies, typed| if let Typed::Length(span) = typed { policies.startup = span }) }
                if group.layout == Layout::Microservice {
                    { count("inspector.replicas", policies.replicas, |policies, typed| if let Typed::Count(n) = typed { policies.replicas = n.min(20) }) }
                    { length("inspector.placed_after", policies.placement.detection, |policies, typed| if let Typed::Length(span) = typed { policies.placement.detection = span }) }
                }
            </section>
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

fn set(look_store: &crate::ui::store::Store, id: &GroupId, from: &Policies, to: Policies) {
    if *from != to {
        let command =
            Command::SetPolicies { group: id.clone(), from: Box::new(from.clone()), to: Box::new(to) };
        look_store.act(|session| session.perform(command));
    }
}

fn balancing(look: &Look<'_>, id: &GroupId, policies: &Policies) -> Html {
    const ALL: [Balancing; 9] = Balancing::ALL;
    let words = look.words;
    let options: Vec<String> = ALL.iter().map(|policy| words.t(balancing_key(*policy))).collect();
    let chosen = ALL.iter().position(|policy| *policy == policies.balancing).unwrap_or(0);
    let (store, id, from) = (look.store.clone(), id.clone(), policies.clone());
    let change = Callback::from(move |place: usize| {
        if let Some(balancing) = ALL.get(place) {
            set(&store, &id, &from, Policies { balancing: *balancing, ..from.clone() });
        }
    });
    html! { <ChoiceField label={words.t("inspector.policy")} {options} {chosen} {change} /> }
}

fn balancing_key(balancing: Balancing) -> &'static str {
    match balancing {
        Balancing::RoundRobin => "balancing.round_robin",
        Balancing::LeastConnections => "balancing.least_connections",
        Balancing::LeastLoaded => "balancing.least_loaded",
        Balancing::LeastResponseTime => "balancing.least_response_time",
        Balancing::Random => "balancing.random",
        Balancing::RandomChoices => "balancing.random_choices",
        Balancing::SourceHash => "balancing.source_hash",
        Balancing::ConsistentHash => "balancing.consistent_hash",
        Balancing::BoundedLoad => "balancing.bounded_load",
    }
}

fn field(look: &Look<'_>, id: &GroupId, key: &str, value: String, length: bool, change: Change) -> Html {
    let words = look.words;
    let policies = look.session.editor.design().groups.get(id).map(|group| group.policies.clone());
    let (store, id, from) = (look.store.clone(), id.clone(), policies.unwrap_or_default());
    let understood = move |typed: &str| -> Option<Typed> {
        if length {
            // A whole hour is more than any policy waits.
            let span: Span = typed.parse().ok()?;
            (Span::from_millis(1)..=Span::from_secs(3600)).contains(&span).then_some(Typed::Length(span))
        } else {
            let count: u32 = typed.trim().parse().ok()?;
            (1..=10_000).contains(&count).then_some(Typed::Count(count))
        }
    };
    let hint = words.t(if length { "inspector.length_hint" } else { "inspector.count_hint" });
    let change = Callback::from(move |typed: String| {
        let Some(typed) = understood(&typed) else { return false };
        let mut to = from.clone();
        change(&mut to, typed);
        set(&store, &id, &from, to);
        true
    });
    html! { <TextField label={words.t(key)} {value} {change} {hint} /> }
}
