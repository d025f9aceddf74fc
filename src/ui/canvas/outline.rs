//! The design as an outline for those who hear it: groups, machines, what runs on them, and how it is.
//!
//! It is brought up to date when something is edited, and every few seconds while the run plays.

use std::collections::BTreeMap;

use archlab_engine::{Belief, Life};
use archlab_model::{Group, GroupId, InstanceId, MachineId, Member};
use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::editor::scene::Part;
use crate::session::Session;
use crate::ui::canvas::drawing::load_words;
use crate::ui::canvas::group::layout_name;
use crate::ui::i18n::{Words, use_words};
use crate::ui::names::Names;
use crate::ui::store::{Pulse, use_store};

/// How often it looks at the run, in milliseconds.
const LOOK_MS: u32 = 3_000;

/// The outline.
#[component]
pub fn Outline() -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let update = use_force_update();
    use_effect_with((), move |()| {
        let interval = Interval::new(LOOK_MS, move || update.force_update());
        move || drop(interval)
    });
    let outline = store.read(|session| outline(session, words));
    html! {
        <section class="hidden-visually" aria-label={words.t("outline.name")}>{ outline }</section>
    }
}

fn outline(session: &Session, words: Words) -> Html {
    let (design, scene) = (session.editor.design(), session.editor.scene());
    let names = Names { design, scene, words };
    let states: BTreeMap<&InstanceId, String> =
        session.frame().instances.iter().map(|now| (&now.id, words.t(state(now.life, now.belief)))).collect();
    let off: Vec<&MachineId> =
        session.frame().machines.iter().filter(|now| !now.on).map(|now| &now.id).collect();
    let machine = |id: &MachineId| {
        let power = words.t(if off.contains(&id) { "outline.unpowered" } else { "outline.powered" });
        let hosted = scene.hosted.get(id).into_iter().flatten().map(|instance| {
            let state = states.get(instance).cloned().unwrap_or_default();
            let line = words
                .fill("canvas.instance_label", &[("instance", &names.instance(instance)), ("state", &state)]);
            html! { <li key={instance.to_string()}>{ line }</li> }
        });
        let line = words.fill("outline.machine", &[("machine", &names.machine(id)), ("state", &power)]);
        html! { <li key={id.to_string()}>{ line }<ul>{ for hosted }</ul></li> }
    };
    let clients = design.clients.iter().map(|(id, client)| {
        let to: Vec<String> = client.to.iter().map(|group| names.group(group)).collect();
        let line = words.fill(
            "outline.client",
            &[
                ("client", &names.client(id)),
                ("load", &load_words(&client.load, words)),
                ("groups", &to.join(&words.t("canvas.list_separator"))),
            ],
        );
        html! { <li key={format!("client {id}")}>{ line }</li> }
    });
    let groups = design.outer_groups().map(|(id, group)| {
        let stores = scene.deployments.get(id).into_iter().flat_map(|deployment| &deployment.stores);
        let stores = stores.map(|store| {
            html! { <li key={format!("store {}", store.id)}>{ names.part(&Part::Store(id.clone(), store.id.clone())) }</li> }
        });
        let members = members(group, &names, &machine);
        html! {
            <li key={format!("group {id}")}>{ group_line(id, group, &names) }
                <ul><li>{ names.entry(id) }</li>{ for members }{ for stores }</ul>
            </li>
        }
    });
    let notes = design.notes.keys().map(|id| {
        html! { <li key={format!("note {id}")}>{ names.part(&Part::Note(id.clone())) }</li> }
    });
    let loose = design.machines.keys().filter(|id| !scene.group_of.contains_key(*id));
    html! { <ul>{ for clients }{ for groups }{ for loose.map(machine) }{ for notes }</ul> }
}

fn group_line(id: &GroupId, group: &Group, names: &Names<'_>) -> String {
    let (layout, count) = (layout_name(group.layout, names.words), names.design.machines_in(group).len());
    let words = names.words;
    words.fill("outline.group", &[("group", &names.group(id)), ("layout", &layout), ("machines", &count)])
}

/// What stands in a group: machines, and groups as lists of their own, a level further in.
fn members(group: &Group, names: &Names<'_>, machine: &impl Fn(&MachineId) -> Html) -> Vec<Html> {
    let member = |member: &Member| match member {
        Member::Machine(id) => Some(machine(id)),
        // One that is held twice, or by itself, stands nowhere.
        Member::Group(id) if names.scene.held.contains_key(id) => {
            let inner = names.design.groups.get(id)?;
            let content = members(inner, names, machine);
            Some(
                html! { <li key={format!("group {id}")}>{ group_line(id, inner, names) }<ul>{ for content }</ul></li> },
            )
        }
        Member::Group(_) => None,
    };
    group.members().filter_map(member).collect()
}

/// How something is, without numbers: those change too often to be heard.
fn state(life: Life, belief: Belief) -> &'static str {
    match (life, belief) {
        (Life::Crashed, _) => "outline.crashed",
        (Life::MachineOff, _) => "outline.no_power",
        (Life::Starting { .. }, _) => "outline.starting",
        (Life::Up, Belief::Down { .. }) => "outline.unknown",
        (Life::Up, Belief::Up { failed: 0, .. }) => "outline.healthy",
        (Life::Up, Belief::Up { .. }) => "outline.doubted",
    }
}
