//! What needs a second part is asked for it: a list of what can be chosen, each with what it does.

use archlab_model::{FunctionId, InstanceId};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::editor::errand::Errand;
use crate::editor::grasp::HandEffect;
use crate::editor::scene::Part;
use crate::ui::canvas::overlay::hand_words;
use crate::ui::dialog::Dialog;
use crate::ui::i18n::use_words;
use crate::ui::icon::{Icon, icon};
use crate::ui::names::Names;
use crate::ui::store::{Pulse, use_store};

/// The dialog of what is asked for now.
#[component]
pub fn Errands() -> Html {
    let store = use_store(Pulse::Edit);
    let Some(errand) = store.read(|session| session.editor.errand.clone()) else { return Html::default() };
    let close = Callback::from(move |()| store.act(|session| session.editor.errand = None));
    match errand {
        Errand::Split(of) => html! { <SplitDialog {of} {close} /> },
        errand => html! { <ErrandDialog {errand} {close} /> },
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ErrandProps {
    errand: Errand,
    close: Callback<()>,
}

/// One part of several.
#[component]
fn ErrandDialog(props: &ErrandProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let (title, offers) = store.read(|session| {
        let editor = &session.editor;
        let names = Names { design: editor.design(), scene: editor.scene(), words };
        let title = match &props.errand {
            Errand::Move(instance) => {
                words.fill("by_hand.move_title", &[("part", &names.instance(instance))])
            }
            Errand::Merge(of) | Errand::Split(of) => {
                words.fill("by_hand.merge_title", &[("part", &names.service(&of.group, &of.service))])
            }
            Errand::Connect(part) => words.fill("by_hand.connect_title", &[("part", &names.part(part))]),
            Errand::Share(group, store) => {
                words.fill("by_hand.share_title", &[("part", &names.store(group, store))])
            }
        };
        let named = |(part, effect): (Part, HandEffect)| {
            let (name, sign) = match &part {
                Part::Instance(it) => (names.service(&it.group, &it.service), Icon::Machine),
                Part::Entry(group) => (names.group(group), Icon::Group),
                Part::Store(..) => (names.part(&part), Icon::Database),
                _ => (names.part(&part), Icon::Machine),
            };
            let said = hand_words(&effect, &names);
            (part, sign, name, said)
        };
        (title, editor.offers(&props.errand).into_iter().map(named).collect::<Vec<_>>())
    });
    let moves = matches!(props.errand, Errand::Move(_));
    let options = offers.into_iter().enumerate().map(|(place, (part, sign, name, said))| {
        let (store, errand) = (store.clone(), props.errand.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            store.act(|session| {
                session.editor.errand = None;
                session.edit(|editor| editor.run_errand(&errand, &part));
            });
        });
        html! {
            <button class="offer" autofocus={place == 0} {onclick}>{ icon(sign) }<span>{ name }</span>if !moves { <small>{ said }</small> }</button>
        }
    });
    let close = props.close.reform(|_: MouseEvent| ());
    html! {
        <Dialog label={title.clone()} class="errand" close={props.close.clone()}>
            <header><h2>{ title }</h2><span class="spring"></span>
                <button class="button plain icon-only" aria-label={words.t("action.close")} onclick={close}>{ icon(Icon::Close) }</button>
            </header>
            <div class="offers">{ for options }</div>
        </Dialog>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct SplitProps {
    of: InstanceId,
    close: Callback<()>,
}

/// The functions that leave a service.
#[component]
fn SplitDialog(props: &SplitProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let leaving = use_state(Vec::<FunctionId>::new);
    let (title, functions) = store.read(|session| {
        let editor = &session.editor;
        let names = Names { design: editor.design(), scene: editor.scene(), words };
        let name = names.service(&props.of.group, &props.of.service);
        let functions = editor.scene().service(&props.of).map(|it| it.functions.clone()).unwrap_or_default();
        let named = functions.into_iter().map(|id| (names.function(&id), id)).collect::<Vec<_>>();
        (words.fill("by_hand.split_title", &[("part", &name)]), named)
    });
    let count = functions.len();
    let options = functions.into_iter().enumerate().map(|(place, (name, id))| {
        let checked = leaving.contains(&id);
        let leaving = leaving.clone();
        let onchange = Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            let mut now = (*leaving).clone();
            now.retain(|other| *other != id);
            if input.checked() {
                now.push(id.clone());
            }
            leaving.set(now);
        });
        html! {
            <label class="offer"><input type="checkbox" {checked} {onchange} autofocus={place == 0} /><span>{ name }</span></label>
        }
    });
    let possible = !leaving.is_empty() && leaving.len() < count;
    let split = {
        let (store, of, leaving) = (store.clone(), props.of.clone(), leaving.clone());
        Callback::from(move |_: MouseEvent| {
            store.act(|session| {
                session.editor.errand = None;
                session.edit(|editor| editor.split(&of, &leaving));
            });
        })
    };
    let cancel = props.close.reform(|_: MouseEvent| ());
    html! {
        <Dialog label={title.clone()} class="errand" close={props.close.clone()}>
            <header><h2>{ title }</h2></header>
            <p class="about">{ words.t("by_hand.split_about") }</p>
            <div class="offers">{ for options }</div>
            <p class="buttons">
                <button class="button" onclick={cancel}>{ words.t("documents.cancel") }</button>
                <button class="button primary" disabled={!possible} onclick={split}>{ words.t("by_hand.split_now") }</button>
            </p>
        </Dialog>
    }
}
