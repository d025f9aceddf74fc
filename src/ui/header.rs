//! The line at the top: what is open, undo and redo, files, language, theme.

use archlab_words::Lang;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::action::{Action, document, edit};
use crate::ui::browser::theme::Theme;
use crate::ui::history::History;
use crate::ui::i18n::use_words;
use crate::ui::icon::{Icon, icon};
use crate::ui::menu::{Popup, focus_entry};
use crate::ui::panels::desk::DeskButtons;
use crate::ui::shortcut::hint;
use crate::ui::store::{Pulse, use_store};
use crate::ui::title::DesignTitle;

/// The designs that come with the page.
pub const EXAMPLES: [(&str, &str); 3] = [
    ("example.cluster", include_str!("../../static/designs/shop-cluster.json")),
    ("example.distributed", include_str!("../../static/designs/shop-distributed.json")),
    ("example.microservice", include_str!("../../static/designs/shop-microservice.json")),
];

/// What the header needs from the page.
#[derive(Clone, PartialEq, Properties)]
pub struct HeaderProps {
    pub theme: Theme,
    pub marks: bool,
    /// Whether the browser keeps the design, once that is known.
    pub kept: Option<bool>,
    pub set_lang: Callback<Lang>,
    pub set_theme: Callback<Theme>,
    pub set_marks: Callback<bool>,
    /// On a smaller screen: whether the details are open.
    pub details: bool,
    pub toggle_details: Callback<()>,
    /// A document's text was chosen.
    pub open: Callback<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Open {
    Examples,
    Language,
}

/// The header.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let opened = use_state(|| None::<Open>);
    let menu = use_node_ref();

    let act = |action: &'static Action| {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.act(|session| action.run(session)))
    };
    let button = |action: &'static Action| {
        let enabled = store.read(|session| action.is_enabled(session));
        let name = words.t(action.name);
        html! {
            <button class="button plain icon-only" disabled={!enabled} title={hint(action, words)} aria-label={name} onclick={act(action)}>
                { icon(action.icon) }
            </button>
        }
    };
    let toggle = |which: Open| {
        let opened = opened.clone();
        Callback::from(move |_: MouseEvent| {
            opened.set(if *opened == Some(which) { None } else { Some(which) });
        })
    };
    let close = {
        let opened = opened.clone();
        Callback::from(move |()| opened.set(None))
    };
    {
        let menu = menu.clone();
        use_effect_with(*opened, move |opened| {
            if let (Some(_), Some(menu)) = (opened, menu.cast::<HtmlElement>()) {
                focus_entry(&menu, 0);
            }
        });
    }
    let examples = EXAMPLES.map(|(key, document)| {
        let (open, close) = (props.open.clone(), close.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            close.emit(());
            open.emit(document.to_owned());
        });
        html! { <button role="menuitem" {onclick}>{ icon(Icon::Group) }<span>{ words.t(key) }</span></button> }
    });
    let languages = Lang::ALL.map(|lang| {
        let (set_lang, close) = (props.set_lang.clone(), close.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            close.emit(());
            set_lang.emit(lang);
        });
        let chosen = lang == words.lang;
        html! {
            <button role="menuitemradio" aria-checked={chosen.to_string()} lang={lang.bcp47()} {onclick}>
                <span>{ lang.own_name() }</span>
                if chosen { <span class="spring"></span>{ icon(Icon::Check) } }
            </button>
        }
    });
    let set_theme = {
        let (set_theme, theme) = (props.set_theme.clone(), props.theme);
        Callback::from(move |_: MouseEvent| set_theme.emit(theme.other()))
    };
    let set_marks = {
        let (set_marks, marks) = (props.set_marks.clone(), props.marks);
        Callback::from(move |_: MouseEvent| set_marks.emit(!marks))
    };
    let theme_name = words.t(if props.theme == Theme::Dark { "action.light" } else { "action.dark" });
    let marks_name = words.t(if props.marks { "action.hide_marks" } else { "action.show_marks" });
    html! {
        <header class="top">
            <span class="brand"><img src="icon.svg" alt="" width="18" height="18" /><span>{ "archlab" }</span></span>
            <h1 class="document"><DesignTitle />
                if let Some(kept) = props.kept {
                    <small>{ words.t(if kept { "header.kept" } else { "header.not_kept" }) }</small>
                }
            </h1>
            <span class="spring"></span>
            { button(&edit::UNDO) }
            { button(&edit::REDO) }
            <History />
            <span class="divider wide-only"></span>
            <DeskButtons />
            <span class="anchor">
                <button class="button plain" aria-haspopup="menu" aria-expanded={(*opened == Some(Open::Examples)).to_string()}
                    aria-label={words.t("header.examples")} onclick={toggle(Open::Examples)}>
                    { icon(Icon::Examples) }<span class="long">{ words.t("header.examples") }</span>
                </button>
                if *opened == Some(Open::Examples) {
                    <Popup close={close.clone()} reference={menu.clone()} label={words.t("header.examples")}>{ for examples }</Popup>
                }
            </span>
            <button class="button plain" aria-label={words.t("action.open")} title={hint(&document::OPEN, words)} onclick={act(&document::OPEN)}>
                { icon(Icon::Open) }<span class="long">{ words.t("action.open") }</span>
            </button>
            <button class="button plain" aria-label={words.t("action.save")} title={hint(&document::SAVE, words)} onclick={act(&document::SAVE)}>
                { icon(Icon::Save) }<span class="long">{ words.t("action.save") }</span>
            </button>
            <span class="divider wide-only"></span>
            <button class="button plain icon-only wide-only" aria-pressed={props.marks.to_string()} aria-label={marks_name.clone()}
                title={marks_name} onclick={set_marks}>
                <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
                    if props.marks { <path d="M1.5 8h2M6.5 8h3M12.5 8h2" /><circle cx="5" cy="8" r="1.2" fill="currentColor" /><circle cx="11" cy="8" r="1.2" fill="currentColor" /> }
                    else { <path d="M1.5 8h13" /> }
                </svg>
            </button>
            <button class="button plain icon-only narrow-only" aria-pressed={props.details.to_string()} aria-label={words.t("inspector.name")}
                title={words.t("inspector.name")} onclick={props.toggle_details.reform(|_: MouseEvent| ())}>{ icon(Icon::Details) }</button>
            <button class="button plain icon-only" aria-label={theme_name.clone()} title={theme_name} onclick={set_theme}>
                { icon(if props.theme == Theme::Dark { Icon::Sun } else { Icon::Moon }) }
            </button>
            <span class="anchor">
                <button class="button plain" aria-haspopup="menu" aria-expanded={(*opened == Some(Open::Language)).to_string()}
                    aria-label={format!("{} · {}", words.t("header.language"), words.lang.own_name())} title={words.t("header.language")} onclick={toggle(Open::Language)}>
                    { icon(Icon::Language) }<span class="long">{ words.lang.own_name() }</span>
                </button>
                if *opened == Some(Open::Language) {
                    <Popup {close} reference={menu} label={words.t("header.language")}>{ for languages }</Popup>
                }
            </span>
        </header>
    }
}
