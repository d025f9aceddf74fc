//! The history list: what each step was, in words; a click goes back or forward to it.

use yew::prelude::*;

use crate::action::edit;
use crate::editor::deed::Deed;
use crate::session::Session;
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::menu::{Popup, focus_entry};
use crate::ui::names::Names;
use crate::ui::store::{Pulse, use_store};

/// The most steps that are listed on either side of the present one.
const MOST: usize = 100;

/// A button that opens the list.
#[component]
pub fn History() -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let menu = use_node_ref();
    let open = store.read(|session| session.editor.shows_history);
    let close = {
        let store = store.clone();
        Callback::from(move |()| store.act(|session| session.editor.shows_history = false))
    };
    let toggle = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.act(|session| edit::HISTORY.run(session)))
    };
    {
        let menu = menu.clone();
        use_effect_with(open, move |open| {
            if let (true, Some(list)) = (*open, menu.cast::<web_sys::HtmlElement>()) {
                let chosen = list.query_selector("[aria-checked=true]").ok().flatten();
                let entries = list.query_selector_all("[role^=menuitem]").ok();
                let place = entries.and_then(|entries| {
                    (0..entries.length()).find(|place| {
                        entries.get(*place).is_some_and(|entry| {
                            chosen.as_ref().is_some_and(|it| it.is_same_node(Some(&entry)))
                        })
                    })
                });
                focus_entry(&list, place.unwrap_or(0));
            }
        });
    }
    let steps = if open { store.read(|session| listed(session, words)) } else { Vec::new() };
    let entry = |(depth, said, is_now, is_undone): (usize, String, bool, bool)| {
        let store = store.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            store.act(|session| session.edit(|editor| editor.go_to_step(depth)));
        });
        html! {
            <button key={depth} role="menuitemradio" aria-checked={is_now.to_string()} class={classes!(is_undone.then_some("undone"))} {onclick}>
                <span class="now">{ if is_now { icon(Icon::Check) } else { Html::default() } }</span><span class="said">{ said }</span>
            </button>
        }
    };
    html! {
        <span class="anchor history">
            <button class="button plain icon-only" aria-haspopup="menu" aria-expanded={open.to_string()} aria-label={words.t("action.history")}
                title={words.t("action.history")} onclick={toggle}>{ icon(Icon::History) }</button>
            if open {
                <Popup {close} reference={menu} label={words.t("action.history")}>
                    <div class="history-list" role="none">{ for steps.into_iter().map(entry) }</div>
                </Popup>
            }
        </span>
    }
}

/// The steps, the latest first: how many are done after each, what it did, whether it is the last one
/// done, whether it is undone.
fn listed(session: &Session, words: Words) -> Vec<(usize, String, bool, bool)> {
    let editor = &session.editor;
    let (done, undone) = editor.history().steps();
    let names = Names { design: editor.design(), scene: editor.scene(), words };
    let now = done.len();
    // The next one to be done again lies at the end of what is undone.
    let later = undone.iter().rev().zip(now + 1..).take(MOST);
    let mut later: Vec<_> =
        later.map(|(command, depth)| (depth, said(&Deed::of(command), names), false, true)).collect();
    later.reverse();
    let earlier = done.iter().enumerate().rev().take(MOST).map(|(place, command)| {
        let depth = place + 1;
        (depth, said(&Deed::of(command), names), depth == now, false)
    });
    let beginning = (0, words.t("history.beginning"), now == 0, false);
    later.into_iter().chain(earlier).chain([beginning]).collect()
}

/// What a step did, in words.
pub fn said(deed: &Deed, names: Names<'_>) -> String {
    let words = names.words;
    let text = |text| archlab_words::of(words.lang, text).into_owned();
    let titled = deed.title.as_ref().map(text).filter(|title| !title.is_empty());
    let part = match (&deed.part, titled) {
        (_, Some(title)) => title,
        (Some(part), None) => names.part(part),
        (None, None) => words.t("history.design"),
    };
    let group = deed.group.as_ref().map(|group| names.group(group)).unwrap_or_default();
    words.fill(deed.verb.key(deed.count > 1), &[("part", &part), ("group", &group), ("count", &deed.count)])
}
