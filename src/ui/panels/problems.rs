//! Problems: what is wrong or risky, in words. Each leads to its part; what a click can mend is mended by a click.

use std::rc::Rc;

use archlab_model::validate::{Part, Problem, Risk, Severity, What, examine, mend};
use archlab_model::{Design, FunctionId};
use yew::prelude::*;

use super::business::names::{function_name, named};
use super::desk::use_focus;
use crate::desk::show_part;
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::names::Names;
use crate::ui::store::{Pulse, Store, use_store};

/// No more are shown at once; a fix often ends several.
const MOST: usize = 60;
/// No more parts are named in one sentence.
const MOST_NAMED: usize = 6;

/// The problems of the design, looked for again when it changes.
#[hook]
pub fn use_problems(store: &Store) -> Rc<Vec<Problem>> {
    let changes = store.read(|session| (session.opened(), session.editor.changes()));
    let store = store.clone();
    use_memo(changes, move |_| store.read(|session| examine(session.editor.design())))
}

/// How many problems there are, in words, and how bad the worst is.
pub struct Count {
    /// For those who do not see the signs.
    pub words: String,
    /// The class of the worst.
    pub worst: Option<&'static str>,
}

/// Counts problems by how bad they are.
pub fn count(problems: &[Problem], words: Words) -> Count {
    let of = |severity: Severity| problems.iter().filter(|problem| problem.severity() == severity).count();
    let all = [Severity::Error, Severity::Warning, Severity::Risk].map(|severity| (severity, of(severity)));
    let there = || all.iter().filter(|(_, count)| *count > 0);
    let told: Vec<String> =
        there().map(|(severity, count)| format!("{}: {count}", words.t(word(*severity)))).collect();
    let told =
        if told.is_empty() { words.t("problems.none") } else { told.join(&words.t("business_editor.comma")) };
    Count {
        words: format!("{}. {told}", words.t("action.problems")),
        worst: there().next().map(|(severity, _)| class(*severity)),
    }
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "problems.error",
        Severity::Warning => "problems.warning",
        Severity::Risk => "problems.risk",
    }
}

const fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Risk => "risk",
    }
}

/// The list of problems, while it is open.
#[component]
pub fn Problems() -> Html {
    let store = use_store(Pulse::Edit);
    let is_open = store.read(|session| session.desk.problems);
    if is_open {
        html! { <List /> }
    } else {
        Html::default()
    }
}

#[component]
fn List() -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let problems = use_problems(&store);
    let panel = use_node_ref();
    use_focus(&panel);
    let fixes = {
        let (problems, store) = (problems.clone(), store.clone());
        use_memo(problems, move |problems| {
            store.read(|session| {
                let design = session.editor.design();
                problems.iter().take(MOST).map(|problem| mend(design, problem)).collect::<Vec<_>>()
            })
        })
    };
    let close = {
        let store = store.clone();
        move || store.act(|session| session.desk.problems = false)
    };
    let onkeydown = {
        let close = close.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.prevent_default();
                event.stop_propagation();
                close();
            }
        })
    };
    let onclick = Callback::from(move |_: MouseEvent| close());
    let rows = problems.iter().zip(fixes.iter()).map(|(problem, fix)| {
        let severity = problem.severity();
        let (said, part) = store.read(|session| {
            let names = Names { design: session.editor.design(), scene: session.editor.scene(), words };
            (sentence(problem, &names), part_name(&problem.part, &names))
        });
        let show = {
            let (store, part) = (store.clone(), problem.part.clone());
            Callback::from(move |_: MouseEvent| store.act(|session| show_part(session, &part)))
        };
        let fixed = fix.clone().map(|command| {
            let store = store.clone();
            let onclick = Callback::from(move |_: MouseEvent| {
                let command = command.clone();
                store.act(|session| session.perform(command));
            });
            let name = words.t(fix_words(&problem.what));
            html! { <button type="button" class="button" {onclick}>{ icon(Icon::Mend) }{ name }</button> }
        });
        html! {
            <li class={class(severity)}>
                { sign(severity) }
                <div>
                    <p><b>{ words.t(word(severity)) }</b>{ said }</p>
                    <div class="deeds">
                        <button type="button" class="button plain" onclick={show}>{ icon(Icon::Target) }{ part }</button>
                        { fixed.unwrap_or_default() }
                    </div>
                </div>
            </li>
        }
    });
    let more = problems.len().saturating_sub(MOST);
    html! {
        <section class="problems-panel" role="region" aria-label={words.t("action.problems")} tabindex="-1" ref={panel} {onkeydown}>
            <header>
                <h2>{ words.t("action.problems") }</h2>
                <span class="spring"></span>
                <button type="button" class="button plain icon-only" aria-label={words.t("action.close")} title={words.t("action.close")} {onclick}>{ icon(Icon::Close) }</button>
            </header>
            if problems.is_empty() {
                <p class="nothing">{ icon(Icon::Check) }<b>{ words.t("problems.none") }</b><span>{ words.t("problems.none_more") }</span></p>
            } else {
                <ul>{ for rows }</ul>
            }
            if more > 0 { <p class="quiet more">{ words.fill("problems.more", &[("count", &more)]) }</p> }
        </section>
    }
}

/// A sign whose shape tells how bad it is.
fn sign(severity: Severity) -> Html {
    let shape = match severity {
        Severity::Error => {
            html! { <><path class="filled" d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z" /><path class="mark" d="m5.7 5.7 4.6 4.6M10.3 5.7l-4.6 4.6" /></> }
        }
        Severity::Warning => {
            html! { <><path class="outlined" d="M8 2 14.6 13.5H1.4z" /><path class="outlined" d="M8 6.4v3.2M8 11.4v.1" /></> }
        }
        Severity::Risk => {
            html! { <><path class="outlined" d="M8 1.4 14.6 8 8 14.6 1.4 8z" /><path class="outlined" d="M8 5v3.6M8 10.8v.1" /></> }
        }
    };
    html! { <svg class="severity" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{ shape }</svg> }
}

/// A problem in a sentence that calls parts as the page calls them.
fn sentence(problem: &Problem, names: &Names<'_>) -> String {
    let arguments = problem.arguments().into_iter().map(|(argument, value)| {
        let each = |list: &str, name: &dyn Fn(&str) -> String| {
            let said = list.split(", ").take(MOST_NAMED).map(name).collect::<Vec<_>>();
            let said = said.join(&names.words.t("problems.list_comma"));
            match list.split(", ").skip(MOST_NAMED).count() {
                0 => said,
                more => names.words.fill("problems.and_more", &[("names", &said), ("more", &more)]),
            }
        };
        let called = match argument {
            "name" => part_name(&problem.part, names),
            "function" => function(names.design, &value, names.words),
            "machine" => value.parse().map_or(value, |id| names.machine(&id)),
            "services" | "modules" | "service" => each(&value, &|id| service(problem, names, id)),
            "stores" | "store" => each(&value, &|id| store(problem, names, id)),
            "circle" => {
                let functions = value.split(" → ").map(|id| function(names.design, id, names.words));
                functions.collect::<Vec<_>>().join(" → ")
            }
            _ => value,
        };
        (argument, called)
    });
    names.words.sentence(problem.key(), &arguments.collect::<Vec<_>>())
}

fn function(design: &Design, id: &str, words: Words) -> String {
    id.parse::<FunctionId>().map_or_else(|_| id.to_owned(), |id| function_name(&design.business, &id, words))
}

fn service(problem: &Problem, names: &Names<'_>, id: &str) -> String {
    match (&problem.part, id.parse()) {
        (Part::Group(group), Ok(service)) => names.service(group, &service),
        _ => id.to_owned(),
    }
}

fn store(problem: &Problem, names: &Names<'_>, id: &str) -> String {
    match (&problem.part, id.parse()) {
        (Part::Group(group), Ok(store)) => names.store(group, &store),
        _ => id.to_owned(),
    }
}

/// The part a problem is about.
fn part_name(part: &Part, names: &Names<'_>) -> String {
    let (business, words) = (&names.design.business, names.words);
    match part {
        Part::Design => words.t("problems.design"),
        Part::Function(id) => function_name(business, id, words),
        Part::Kind(id) => names.kind(id),
        Part::Data(id) => named(business.data.get(id).and_then(|it| it.title.as_ref()), id, words),
        Part::Module(id) => named(business.modules.get(id).and_then(|it| it.title.as_ref()), id, words),
        Part::Service(id) => named(business.services.get(id).and_then(|it| it.title.as_ref()), id, words),
        Part::Machine(id) => names.machine(id),
        Part::Group(id) => names.group(id),
        Part::Client(id) => names.client(id),
    }
}

/// What mending does, in a few words.
const fn fix_words(what: &What) -> &'static str {
    match what {
        What::Risk(risk) => match risk {
            Risk::SinglePoint { .. } => "problems.fix_copies",
            Risk::OneMachine { .. } => "problems.fix_machine",
            Risk::OneZone { .. } => "problems.fix_zones",
            Risk::SingleCopy { .. } => "problems.fix_replica",
            Risk::SlowDetection { .. } => "problems.fix_detection",
            Risk::LongTimeout { .. } => "problems.fix_long",
            Risk::ShortTimeout { .. } => "problems.fix_short",
            Risk::InnerLonger { .. } => "problems.fix_inner",
            Risk::RetryProduct { .. } => "problems.fix_product",
            Risk::NoRetryBudget => "problems.fix_budget",
            Risk::NoBackoff => "problems.fix_backoff",
            Risk::NoConsumer { .. } => "problems.fix_consumer",
            Risk::Backlog { .. } => "problems.fix_backlog",
            Risk::Load { .. } => "problems.fix_load",
            Risk::Workers { .. } => "problems.fix_workers",
            Risk::StoreLoad { .. } => "problems.fix_connections",
            Risk::SessionsInMemory => "problems.fix_sessions",
            Risk::Unused => "problems.fix_unused",
            Risk::SharedStore { .. } => "problems.fix",
        },
        What::SingleMachine => "problems.fix_machine",
        What::NoMachines | What::ModulesWithoutMachine { .. } => "problems.fix_machines",
        What::NobodyLooks => "problems.fix_looks",
        What::SendsNowhere => "problems.fix_connect",
        What::UnknownCall { .. } | What::EndlessCalls { .. } => "problems.fix_call",
        _ => "problems.fix",
    }
}
