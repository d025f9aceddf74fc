//! The inspector: what is chosen, in words and numbers, and what can be done to it.

mod by_hand;
mod group;
mod machine;
mod note;
mod overview;
mod preset;
mod properties;
mod search;
mod section;
mod several;
mod teach;
mod teach_more;
mod traffic;

use yew::prelude::*;

use crate::action::Action;
use crate::editor::scene::Part;
use crate::session::Session;
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::names::Names;
use crate::ui::shortcut::hint;
use crate::ui::store::{Pulse, Store, use_store};

/// What every view of the inspector needs.
struct Look<'a> {
    session: &'a Session,
    store: &'a Store,
    words: Words,
}

impl Look<'_> {
    fn names(&self) -> Names<'_> {
        Names { design: self.session.editor.design(), scene: self.session.editor.scene(), words: self.words }
    }

    /// A button that does something to a part.
    fn button(&self, action: &'static Action, part: Part, class: &'static str) -> Html {
        let enabled = action.is_enabled_on(self.session, std::slice::from_ref(&part));
        let store = self.store.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            store.act(|session| action.run_on(session, std::slice::from_ref(&part)))
        });
        html! {
            <button class={classes!("button", "wide", class)} disabled={!enabled} {onclick}>{ icon(action.icon) }{ self.words.t(action.words_key(self.session)) }</button>
        }
    }
}

impl Look<'_> {
    /// A button that does something to a part, if it would do anything.
    fn button_if_possible(&self, action: &'static Action, part: Part) -> Html {
        let possible = action.is_enabled_on(self.session, std::slice::from_ref(&part));
        if possible { self.button(action, part, "") } else { Html::default() }
    }

    /// The same, as an icon.
    fn small_button(&self, action: &'static Action, part: Part) -> Html {
        let enabled = action.is_enabled_on(self.session, std::slice::from_ref(&part));
        let store = self.store.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            store.act(|session| action.run_on(session, std::slice::from_ref(&part)))
        });
        html! {
            <button class="button plain icon-only" disabled={!enabled} aria-label={self.words.t(action.name)} title={hint(action, self.words)} {onclick}>{ icon(action.icon) }</button>
        }
    }
}

/// What the inspector needs from the page.
#[derive(Clone, PartialEq, Properties)]
pub struct InspectorProps {
    /// On a smaller screen: whether it is open although nothing is chosen.
    pub open: bool,
    pub close: Callback<()>,
}

/// The inspector.
#[component]
pub fn Inspector(props: &InspectorProps) -> Html {
    let store = use_store(Pulse::Live);
    let words = use_words();
    let close = {
        let (store, close) = (store.clone(), props.close.clone());
        Callback::from(move |_: MouseEvent| {
            close.emit(());
            store.act(|session| session.editor.choose_nothing());
        })
    };
    let (open, content) = store.read(|session| {
        let look = Look { session, store: &store, words };
        let chosen = &session.editor.selection;
        let content = match chosen.single() {
            Some(Part::Machine(id)) => machine::machine(&look, id),
            Some(Part::Instance(id)) => machine::instance(&look, id),
            Some(Part::Group(id) | Part::Entry(id)) => group::group(&look, id),
            Some(Part::Store(group, id)) => traffic::store(&look, group, id),
            Some(Part::Client(id)) => traffic::client(&look, id),
            None if session.editor.line().is_some() => {
                session.editor.line().map(|line| by_hand::line(&look, line)).unwrap_or_default()
            }
            None if chosen.is_empty() => {
                html! { <>{ overview::overview(&look) }{ several::around(&look) }</> }
            }
            Some(Part::Note(id)) => note::note(&look, id),
            None => several::several(&look),
        };
        (!chosen.is_empty() || session.editor.line().is_some(), content)
    });
    html! {
        <aside class={classes!("inspector", (open || props.open).then_some("open"))} aria-label={words.t("inspector.name")} tabindex="0">
            <button class="button plain icon-only sheet-close" aria-label={words.t("action.close")} onclick={close}>{ icon(Icon::Close) }</button>
            { content }
        </aside>
    }
}
