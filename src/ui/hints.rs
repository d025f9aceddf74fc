//! The first minute: three hints, each where it is needed and never again.

use archlab_model::Layout;
use yew::prelude::*;

use crate::session::Session;
use crate::ui::browser::{now_ms, storage};
use crate::ui::i18n::use_words;
use crate::ui::icon::{Icon, icon};
use crate::ui::store::{Pulse, use_store};

/// So long a person looks before the first hint comes, in milliseconds.
const LOOKING_MS: f64 = 3_000.0;
/// So long nothing is done before the second comes.
const NOTHING_DONE_MS: f64 = 9_000.0;

/// A hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// Another machine can be dragged in.
    Add,
    /// A machine's power can be cut.
    Power,
    /// The layout can be switched.
    Layout,
}

impl Hint {
    const ALL: [Hint; 3] = [Hint::Add, Hint::Power, Hint::Layout];

    /// Under which name the browser remembers that it was there, and a style finds what it is about.
    pub const fn name(self) -> &'static str {
        match self {
            Hint::Add => "add",
            Hint::Power => "power",
            Hint::Layout => "layout",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Hint::Add => "hint.add",
            Hint::Power => "hint.power",
            Hint::Layout => "hint.layout",
        }
    }
}

/// What the hints look at: they are done with when a person does what they say.
#[derive(Debug, Clone, PartialEq)]
struct Done {
    machines: usize,
    clusters: usize,
    faults: usize,
    layouts: Vec<Layout>,
    changes: u64,
    opened: u64,
}

impl Done {
    fn of(session: &Session) -> Done {
        let design = session.editor.design();
        Done {
            machines: design.machines.len(),
            clusters: design.groups.values().filter(|group| group.layout == Layout::Cluster).count(),
            faults: session.report().groups.iter().map(|group| group.episodes.len()).sum(),
            layouts: design.groups.values().map(|group| group.layout).collect(),
            changes: session.editor.changes(),
            opened: session.opened(),
        }
    }
}

/// What the hints need from the page.
#[derive(Clone, PartialEq, Properties)]
pub struct HintsProps {
    /// Which hint is shown now.
    pub shown: Callback<Option<Hint>>,
}

/// The hint that is needed now, if one is.
#[component]
pub fn Hints(props: &HintsProps) -> Html {
    let store = use_store(Pulse::Live);
    let words = use_words();
    let seen = use_state(seen);
    let watch = use_mut_ref(|| None::<(Done, f64)>);
    let now = store.read(Done::of);
    let (first, since) = watch.borrow_mut().get_or_insert_with(|| (now.clone(), now_ms())).clone();
    if now.opened != first.opened {
        // Another design: everything is counted from here.
        *watch.borrow_mut() = Some((now.clone(), now_ms()));
    } else if now.changes != first.changes && now.machines == first.machines {
        *watch.borrow_mut() = Some((Done { changes: now.changes, ..first.clone() }, now_ms()));
    }
    let is_done = |hint: Hint| match hint {
        Hint::Add => now.machines > first.machines,
        Hint::Power => now.faults > 0,
        Hint::Layout => now.layouts != first.layouts && now.layouts.len() == first.layouts.len(),
    };
    let waited = now_ms() - since;
    let wanted = |hint: Hint| {
        !seen.contains(&hint)
            && match hint {
                Hint::Add => waited > LOOKING_MS && now.faults == 0 && now.clusters > 0,
                Hint::Power => waited > NOTHING_DONE_MS && seen.contains(&Hint::Add) && now.machines > 0,
                Hint::Layout => now.faults > 0 && !now.layouts.is_empty(),
            }
    };
    let same_design = now.opened == first.opened;
    let learnt: Vec<Hint> =
        Hint::ALL.into_iter().filter(|hint| same_design && is_done(*hint) && !seen.contains(hint)).collect();
    let remember = {
        let seen = seen.clone();
        Callback::from(move |hints: Vec<Hint>| {
            let mut all = (*seen).clone();
            all.extend(hints);
            let names: Vec<&str> = all.iter().map(|hint| hint.name()).collect();
            storage::keep(storage::HINTS, &names.join(" "));
            seen.set(all);
        })
    };
    {
        let (remember, watch) = (remember.clone(), watch.clone());
        use_effect_with(learnt, move |learnt| {
            if !learnt.is_empty() {
                *watch.borrow_mut() = None;
                remember.emit(learnt.clone());
            }
        });
    }
    let hint = Hint::ALL.into_iter().find(|hint| wanted(*hint) && !is_done(*hint));
    {
        let shown = props.shown.clone();
        use_effect_with(hint, move |hint| shown.emit(*hint));
    }
    let dismiss = Callback::from(move |_: MouseEvent| {
        *watch.borrow_mut() = None;
        remember.emit(hint.into_iter().collect());
    });
    html! {
        <div class="first-hint" role="status">
            if let Some(hint) = hint {
                { icon(Icon::Hint) }<span>{ words.t(hint.words()) }</span>
                <button class="button" onclick={dismiss}>{ words.t("hint.understood") }</button>
            }
        </div>
    }
}

/// The hints that were there.
fn seen() -> Vec<Hint> {
    let names = storage::load(storage::HINTS).unwrap_or_default();
    let named = |hint: &Hint| names.split_whitespace().any(|name| name == hint.name());
    Hint::ALL.into_iter().filter(named).collect()
}
