//! A machine or an instance is chosen.

use archlab_engine::frame::InstanceFrame;
use archlab_engine::{Belief, Life, Reason};
use archlab_model::property::Subject;
use archlab_model::{InstanceId, MachineId};
use archlab_words::story;
use yew::prelude::*;

use super::Look;
use super::by_hand::OfService;
use super::overview::percent;
use super::properties::PropertyPanel;
use crate::action::parts;
use crate::editor::scene::Part;
use crate::ui::panels::field::shown;

pub(super) fn machine(look: &Look<'_>, id: &MachineId) -> Html {
    let words = look.words;
    let design = look.session.editor.design();
    if !design.machines.contains_key(id) {
        return Html::default();
    }
    let frame = look.session.frame().machines.iter().find(|frame| frame.id == *id);
    let here: Vec<&InstanceFrame> =
        look.session.frame().instances.iter().filter(|instance| instance.machine == *id).collect();
    let on = frame.is_none_or(|frame| frame.on);
    let seated = frame.is_some();
    let chip = match (seated, on) {
        (false, _) => html! { <span class="chip">{ words.t("inspector.loose") }</span> },
        (true, true) => html! { <span class="chip ok">{ words.t("inspector.running") }</span> },
        (true, false) => html! { <span class="chip bad">{ words.t("inspector.powered_off") }</span> },
    };
    let since_fault: u64 = look.session.failed_since_fault(id).iter().sum();
    let on_it: u64 = here.iter().map(|instance| instance.failed.iter().sum::<u64>()).sum();
    // What was placed elsewhere took its count along; what failed here is remembered apart.
    let failed = since_fault.max(on_it);
    let runs = here.iter().map(|instance| {
        html! { <span class={chip_class(instance)}>{ look.names().instance(&instance.id) }</span> }
    });
    html! {
        <>
            <header><h2>{ look.names().machine(id) }</h2><span class="spring"></span>{ chip }</header>
            if seated {
                <div class="actions">
                    if on { { look.button(&parts::POWER_OFF, Part::Machine(id.clone()), "danger") } }
                    else { { look.button(&parts::POWER_ON, Part::Machine(id.clone()), "primary") } }
                </div>
            }
            <section>
                <h3>{ words.t("inspector.machine") }</h3>
                { super::group::membership(look, &Part::Machine(id.clone())) }
                <PropertyPanel subjects={vec![Subject::Machine(id.clone())]} />
            </section>
            if seated {
                <section>
                    <h3>{ words.t("inspector.runs") }</h3>
                    if here.is_empty() { <p>{ words.t("canvas.nothing_runs") }</p> }
                    <div class="chips">{ for runs }</div>
                </section>
                <section>
                    <h3>{ words.t("inspector.now") }</h3>
                    { shown(words.t("inspector.load"), frame.filter(|frame| frame.on).map_or("–".to_owned(), |frame| percent(frame.load))) }
                    { shown(words.t("inspector.failed_here"), failed.to_string()) }
                </section>
            } else {
                <p>{ words.t("inspector.loose_hint") }</p>
            }
        </>
    }
}

fn chip_class(instance: &InstanceFrame) -> &'static str {
    match instance.life {
        Life::Up => "chip ok",
        Life::Starting { .. } => "chip warn",
        Life::Crashed | Life::MachineOff => "chip bad",
    }
}

pub(super) fn instance(look: &Look<'_>, id: &InstanceId) -> Html {
    let words = look.words;
    let frame = look.session.frame().instances.iter().find(|frame| frame.id == *id);
    let Some(frame) = frame else { return Html::default() };
    let policies = look.session.editor.design().groups.get(&id.group).map(|group| &group.policies);
    let truth = words.t(match frame.life {
        Life::Up => "inspector.running",
        Life::Starting { .. } => "inspector.starting",
        Life::Crashed => "canvas.crashed",
        Life::MachineOff => "canvas.no_power",
    });
    let failed: Vec<Html> = Reason::ALL
        .into_iter()
        .filter(|reason| frame.failed[reason.index()] > 0)
        .map(|reason| shown(story::reason(words.lang, reason), frame.failed[reason.index()].to_string()))
        .collect();
    let host = look.names().machine(&frame.machine);
    html! {
        <>
            <header><h2>{ look.names().instance(id) }</h2><span class="spring"></span><span class={chip_class(frame)}>{ truth }</span></header>
            <div class="actions">
                if frame.life == Life::Crashed { { look.button(&parts::START_AGAIN, Part::Instance(id.clone()), "primary") } }
                else if frame.life == Life::MachineOff { { look.button(&parts::POWER_ON, Part::Machine(frame.machine.clone()), "primary") } }
                else { { look.button(&parts::CRASH, Part::Instance(id.clone()), "danger") } }
            </div>
            <section>
                <h3>{ words.t("inspector.belief") }</h3>
                { belief(look, frame.belief) }
                if let Some(policies) = policies {
                    <p>{ words.fill("inspector.check_note", &[
                        ("interval", &story::duration(words.lang, policies.health.interval)),
                        ("fall", &policies.health.fall), ("rise", &policies.health.rise)]) }</p>
                }
            </section>
            <section>
                <h3>{ words.t("inspector.now") }</h3>
                { shown(words.t("inspector.on_machine"), host) }
                { shown(words.t("inspector.workers"), words.fill("inspector.of", &[("part", &frame.busy), ("whole", &frame.workers)])) }
                { shown(words.t("inspector.queue"), words.fill("inspector.of", &[("part", &frame.waiting), ("whole", &frame.queue)])) }
                { shown(words.t("inspector.finished"), frame.finished.to_string()) }
            </section>
            if !failed.is_empty() {
                <section><h3>{ words.t("inspector.failed_here") }</h3>{ for failed }</section>
            }
            <OfService id={id.clone()} />
            <PropertyPanel subjects={vec![Subject::Service(id.group.clone(), id.service.clone())]} />
        </>
    }
}

fn belief(look: &Look<'_>, belief: Belief) -> Html {
    let words = look.words;
    let (class, said) = match belief {
        Belief::Up { failed: 0, .. } => ("chip ok", words.t("inspector.believed_up")),
        Belief::Up { failed, fall } => {
            ("chip warn", words.fill("inspector.doubted", &[("failed", &failed), ("fall", &fall)]))
        }
        Belief::Down { passed: 0, .. } => ("chip bad", words.t("inspector.believed_down")),
        Belief::Down { passed, rise } => {
            ("chip warn", words.fill("inspector.joining", &[("passed", &passed), ("rise", &rise)]))
        }
    };
    html! { <div class="chips"><span class={class}>{ said }</span></div> }
}
