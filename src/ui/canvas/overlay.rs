//! What lies above the drawing: what a drop would do, what the marks mean, the zoom buttons.

use archlab_model::{GroupId, SessionScheme};
use yew::prelude::*;

use crate::action::{Action, view};
use crate::editor::input::Piece;
use crate::editor::{DropEffect, Grasp, HandEffect, module_title};
use crate::session::Session;
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::names::Names;
use crate::ui::shortcut::hint;
use crate::ui::store::{Pulse, use_store};

/// The group that a drop would go to.
pub fn target_of(effect: &DropEffect) -> Option<&GroupId> {
    match effect {
        DropEffect::Replica { group, .. }
        | DropEffect::Module { group, .. }
        | DropEffect::Hosts { group, .. }
        | DropEffect::Joins { group, .. }
        | DropEffect::Node { group, .. }
        | DropEffect::Gets { group, .. }
        | DropEffect::Sends { group }
        | DropEffect::Idle { group } => Some(group),
        DropEffect::ByHand(_)
        | DropEffect::Leaves
        | DropEffect::HasIt { .. }
        | DropEffect::HoldsMachines { .. }
        | DropEffect::NeedsGroup
        | DropEffect::Moves => None,
    }
}

/// What letting go would do, beside the pointer.
#[component]
pub fn Telling() -> Html {
    let store = use_store(Pulse::Hand);
    let words = use_words();
    store.read(|session| {
        let editor = &session.editor;
        let mut said = editor.foretold().map(|effect| drop_words(effect, session, words)).unwrap_or_default();
        if let (true, Some(Grasp::Function(_, function))) = (said.is_empty(), editor.grasp()) {
            // Nothing can be done with it here: what is held is told.
            said = Names { design: editor.design(), scene: editor.scene(), words }.function(&function);
        }
        match editor.tool.over() {
            Some(at) if !said.is_empty() => {
                let at = editor.camera.to_screen(at);
                html! { <Told at={(at.x, at.y)} words={said} /> }
            }
            _ => Html::default(),
        }
    })
}

/// What a drop does, in words; nothing, if only a place changes.
pub fn drop_words(effect: &DropEffect, session: &Session, words: Words) -> String {
    let editor = &session.editor;
    let names = Names { design: editor.design(), scene: editor.scene(), words };
    let titled = |module: &String| {
        let title = module_title(editor.design(), module);
        title.map_or(module.clone(), |title| archlab_words::of(words.lang, title).into_owned())
    };
    match effect {
        DropEffect::Replica { group, number } => {
            words.fill("drop.replica", &[("number", number), ("group", &names.group(group))])
        }
        DropEffect::Module { module, .. } => words.fill("drop.module", &[("module", &titled(module))]),
        DropEffect::Node { group, number, module: None } => {
            words.fill("drop.node", &[("number", number), ("group", &names.group(group))])
        }
        DropEffect::Node { group, number, module: Some(module) } => {
            let named = [("module", &titled(module) as &dyn std::fmt::Display), ("number", number)];
            words.fill("drop.node_module", &[named[0], named[1], ("group", &names.group(group))])
        }
        DropEffect::HoldsMachines { group } => {
            words.fill("drop.holds_machines", &[("group", &names.group(group))])
        }
        DropEffect::Hosts { instances, .. } => words.fill("drop.hosts", &[("instances", instances)]),
        DropEffect::Joins { group, machines } => {
            words.fill("drop.joins", &[("machines", machines), ("group", &names.group(group))])
        }
        DropEffect::Idle { .. } => words.t("drop.idle"),
        DropEffect::Gets { group, piece } => words.fill(gets_key(*piece), &[("group", &names.group(group))]),
        DropEffect::HasIt { group } => words.fill("drop.has_it", &[("group", &names.group(group))]),
        DropEffect::Sends { group } => words.fill("drop.sends", &[("group", &names.group(group))]),
        DropEffect::NeedsGroup => words.t("drop.needs_group"),
        DropEffect::ByHand(effect) => hand_words(effect, &names),
        DropEffect::Leaves => words.t("drop.leaves"),
        DropEffect::Moves => String::new(),
    }
}

/// What is done by hand to what a layout made, in words.
pub fn hand_words(effect: &HandEffect, names: &Names<'_>) -> String {
    let words = names.words;
    match effect {
        HandEffect::Seats { machine, .. } => {
            words.fill("by_hand.seats", &[("machine", &names.machine(machine))])
        }
        HandEffect::Merges { group, from, into } => words.fill(
            "by_hand.merges",
            &[("from", &names.service(group, from)), ("into", &names.service(group, into))],
        ),
        HandEffect::Takes { group, service, function } => words.fill(
            "by_hand.takes",
            &[("service", &names.service(group, service)), ("function", &names.function(function))],
        ),
        HandEffect::Splits { function } => {
            words.fill("by_hand.splits", &[("function", &names.function(function))])
        }
        HandEffect::Alone { function } => {
            words.fill("by_hand.alone", &[("function", &names.function(function))])
        }
        HandEffect::Sends { client, group } => {
            words.fill("by_hand.sends", &[("client", &names.client(client)), ("group", &names.group(group))])
        }
        HandEffect::Asks { function } => {
            words.fill("by_hand.asks", &[("function", &names.function(function))])
        }
        HandEffect::Calls { caller, callee } => words.fill(
            "by_hand.calls",
            &[("caller", &names.function(caller)), ("callee", &names.function(callee))],
        ),
        HandEffect::Reads { function, group, store } => words.fill(
            "by_hand.reads",
            &[("function", &names.function(function)), ("store", &names.store(group, store))],
        ),
        HandEffect::NoCall => words.t("by_hand.no_call"),
        HandEffect::Attaches { group, service } => {
            words.fill("by_hand.attaches", &[("service", &names.service(group, service))])
        }
        HandEffect::HasStore { group, service } => {
            words.fill("by_hand.has_store", &[("service", &names.service(group, service))])
        }
        HandEffect::Shares { group, from, into } => words.fill(
            "by_hand.shares",
            &[("from", &names.store(group, from)), ("into", &names.store(group, into))],
        ),
    }
}

fn gets_key(piece: Piece) -> &'static str {
    match piece {
        Piece::ReplicatedDatabase => "drop.gets_replicas",
        Piece::ShardedDatabase => "drop.gets_shards",
        Piece::CacheStore => "drop.gets_cache",
        _ => "drop.gets_database",
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ToldProps {
    at: (f64, f64),
    words: String,
}

/// A sentence beside a point. Its place is set through the style object: a `style` attribute is
/// forbidden by the content security policy.
#[component]
fn Told(props: &ToldProps) -> Html {
    let element = use_node_ref();
    {
        let element = element.clone();
        use_effect_with(props.at, move |(x, y)| {
            if let Some(element) = element.cast::<web_sys::HtmlElement>() {
                place_at(&element, *x, *y);
            }
        });
    }
    html! { <div class="telling" aria-hidden="true" ref={element}>{ &props.words }</div> }
}

/// Puts an element at a point of the box it is positioned in.
pub fn place_at(element: &web_sys::HtmlElement, x: f64, y: f64) {
    let style = element.style();
    for (property, value) in [("left", x), ("top", y)] {
        // Lengths are always accepted.
        let _ = style.set_property(property, &format!("{value:.0}px"));
    }
}

/// Whether something is copied from one member to another: data of a store, or sessions.
pub fn copies_data(session: &Session) -> bool {
    let groups = session.editor.design().groups.values();
    let mut sessions = groups.filter_map(|group| group.policies.sessions.as_ref());
    if sessions.any(|it| matches!(it.scheme, SessionScheme::Replicated | SessionScheme::Backup)) {
        return true;
    }
    let mut stores = session.editor.scene().deployments.values().flat_map(|deployment| &deployment.stores);
    stores.any(|store| store.system.as_ref().is_some_and(|system| system.storage.copies() > 1))
}

/// What the marks mean, and how many of them are drawn. Copies are told of where there are some.
pub fn legend(share: f64, shown: bool, copies: bool, words: Words) -> Html {
    if !shown {
        return Html::default();
    }
    let every = (1.0 / share.max(1e-3)).round() as u64;
    html! {
        <div class="legend">
            <span><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="3.6" fill="var(--mark-request)" /></svg>{ words.t("legend.request") }</span>
            <span><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="2.6" fill="var(--mark-response)" /></svg>{ words.t("legend.response") }</span>
            <span><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="3.6" fill="none" stroke="var(--mark-retry)" stroke-width="2" /></svg>{ words.t("legend.retry") }</span>
            <span><svg viewBox="0 0 12 12" aria-hidden="true"><path d="M6 1.2 10.8 6 6 10.8 1.2 6z" fill="var(--mark-failure)" /></svg>{ words.t("legend.failure") }</span>
            if copies { <span><svg viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="2.8" fill="none" stroke="var(--mark-response)" stroke-width="1.6" /></svg>{ words.t("legend.copy") }</span> }
            if every > 1 { <span>{ words.fill("legend.sampled", &[("every", &every)]) }</span> }
        </div>
    }
}

/// The way back, while nothing of the design is seen.
#[component]
pub fn Lost() -> Html {
    let store = use_store(Pulse::Hand);
    let words = use_words();
    if !store.read(|session| session.editor.is_lost()) {
        return Html::default();
    }
    let onclick = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.act(|session| view::FIT.run(session)))
    };
    html! {
        <div class="float lost">
            <button class="button plain" {onclick}>{ icon(Icon::Fit) }<span>{ words.t("canvas.lost") }</span></button>
        </div>
    }
}

/// Zoom in, zoom out, show everything.
#[component]
pub fn ZoomButtons() -> Html {
    let store = use_store(Pulse::Hand);
    let percent = store.read(|session| (session.editor.camera.zoom * 100.0).round());
    html! { <ZoomAt {percent} /> }
}

#[derive(Clone, PartialEq, Properties)]
struct ZoomProps {
    percent: f64,
}

/// The buttons: they are drawn again when the zoom changes, and not with every move of the hand.
#[component]
fn ZoomAt(props: &ZoomProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let percent = props.percent;
    let act = |action: &'static Action| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.act(|session| action.run(session)))
    };
    html! {
        <div class="float zoom">
            <button class="button plain icon-only" onclick={act(&view::ZOOM_OUT)} aria-label={words.t("action.zoom_out")} title={hint(&view::ZOOM_OUT, words)}>{ icon(Icon::Minus) }</button>
            <output>{ format!("{percent}%") }</output>
            <button class="button plain icon-only" onclick={act(&view::ZOOM_IN)} aria-label={words.t("action.zoom_in")} title={hint(&view::ZOOM_IN, words)}>{ icon(Icon::Plus) }</button>
            <button class="button plain icon-only" onclick={act(&view::FIT)} aria-label={words.t("action.fit")} title={hint(&view::FIT, words)}>{ icon(Icon::Fit) }</button>
        </div>
    }
}
