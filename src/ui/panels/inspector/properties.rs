//! Every property of what is chosen, section by section, with a search over them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use archlab_model::property::{self, Change, Node, Refusal, Section, Subject, Value};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::search::found;
use super::section::Sheet;
use crate::ui::i18n::{Words, use_words};
use crate::ui::names::Names;
use crate::ui::store::{Pulse, Store, use_store};

/// With fewer properties than this nobody searches.
const WORTH_SEARCHING: usize = 12;

/// Whose properties.
#[derive(Clone, PartialEq, Properties)]
pub struct PropertyPanelProps {
    /// One subject, or several of a kind: then what they have in common is shown, and a change goes to all.
    pub subjects: Vec<Subject>,
}

/// The properties of one subject or several.
#[component]
pub fn PropertyPanel(props: &PropertyPanelProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let query = use_state(String::new);
    let toggled = use_state(BTreeSet::<String>::new);
    let applied = use_state(BTreeMap::<String, String>::new);
    let hint = use_state(|| None::<String>);
    let changes = store.read(|session| session.editor.changes() + session.opened() * 1_000_000);
    let nodes = {
        let store = store.clone();
        use_memo((changes, props.subjects.clone()), move |(_, subjects)| {
            store.read(|session| {
                let design = session.editor.design();
                subjects.iter().map(|subject| property::nodes(design, subject)).collect::<Vec<_>>()
            })
        })
    };
    let Some(first) = nodes.first() else { return Html::default() };
    let search = {
        let query = query.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                query.set(input.value());
            }
        })
    };
    let wanted = query.trim().to_lowercase();
    let shown = if wanted.is_empty() { first.clone() } else { found(first, &wanted) };
    let hands = Hands {
        store: store.clone(),
        words,
        subjects: Rc::new(props.subjects.clone()),
        toggled,
        applied,
        hint: hint.clone(),
        searching: !wanted.is_empty(),
    };
    let content = store.read(|session| {
        let names = Names { design: session.editor.design(), scene: session.editor.scene(), words };
        Sheet { names, hands: &hands, others: &nodes[1..], all: first }.nodes(&shown, 0)
    });
    html! {
        <div class="properties">
            if count(first) >= WORTH_SEARCHING {
                <input class="search" type="search" value={(*query).clone()} oninput={search}
                    placeholder={words.t("setting.search")} aria-label={words.t("setting.search")} />
            }
            if shown.is_empty() { <p>{ words.t("setting.not_found") }</p> }
            { content }
            if let Some(hint) = (*hint).clone() { <p class="hint" role="status">{ hint }</p> }
        </div>
    }
}

fn count(nodes: &[Node]) -> usize {
    let of = |node: &Node| match node {
        Node::Property(_) => 1,
        Node::Section(section) => 1 + count(&section.nodes),
    };
    nodes.iter().map(of).sum()
}

/// What every row needs to act.
#[derive(Clone)]
pub(super) struct Hands {
    pub store: Store,
    pub words: Words,
    pub subjects: Rc<Vec<Subject>>,
    /// Sections that are open though they would be folded, or the other way round.
    pub toggled: UseStateHandle<BTreeSet<String>>,
    /// The preset that was applied last, by topic.
    pub applied: UseStateHandle<BTreeMap<String, String>>,
    pub hint: UseStateHandle<Option<String>>,
    pub searching: bool,
}

impl Hands {
    /// Does something to what lies at `path`, of all subjects, as one step. Gives a sentence if it may not be.
    pub fn act(&self, path: &str, what: &Change) -> Option<String> {
        self.act_all(&[(path.to_owned(), what.clone())])
    }

    /// Does several things one after another, as one step.
    pub fn act_all(&self, steps: &[(String, Change)]) -> Option<String> {
        let changes: Vec<_> = self
            .subjects
            .iter()
            .flat_map(|subject| {
                steps.iter().map(move |(path, what)| (subject.clone(), path.clone(), what.clone()))
            })
            .collect();
        self.perform(&changes)
    }

    /// Makes changes as one step.
    pub fn perform(&self, changes: &[(Subject, String, Change)]) -> Option<String> {
        let command = self.store.read(|session| property::change(session.editor.design(), changes));
        match command {
            Ok(None) => None,
            Ok(Some(command)) => {
                self.store.act(|session| session.perform(command));
                None
            }
            Err(Refusal::TooMuch(error)) => Some(self.words.sentence(error.key(), &error.arguments())),
            Err(Refusal::OutOfRange(_) | Refusal::NotThere(_)) => Some(self.words.t("setting.refused")),
        }
    }

    /// Opens a section, or folds it.
    pub fn toggle(&self, path: &str) {
        let mut toggled = (*self.toggled).clone();
        if !toggled.remove(path) {
            toggled.insert(path.to_owned());
        }
        self.toggled.set(toggled);
    }

    /// Switches an optional section; one that comes on is open. `by_itself` tells whether it would be so anyway.
    pub fn switch(&self, section: &Section, on: bool, by_itself: bool) {
        let refused = self.act(&section.path, &Change::Set(Value::Switch(on)));
        if refused.is_none() && on && by_itself == self.toggled.contains(&section.path) {
            self.toggle(&section.path);
        }
        self.hint.set(refused);
    }
}
