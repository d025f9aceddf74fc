//! The line at the top: what is open and its menu, what can be done, undo and redo, theme, language.

use archlab_words::Lang;
use yew::prelude::*;

use crate::action::{self, Action, Section, arrange, edit, page};
use crate::editor::renaming::Renaming;
use crate::session::Session;
use crate::ui::browser::theme::Theme;
use crate::ui::history::History;
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::menu::MenuButton;
use crate::ui::panels::desk::DeskButtons;
use crate::ui::shortcut::{self, hint_named};
use crate::ui::store::{Pulse, Store, use_store};
use crate::ui::title::DesignTitle;

/// The designs that come with the page.
pub const EXAMPLES: [(&str, &str); 4] = [
    ("example.cluster", include_str!("../../static/designs/shop-cluster.json")),
    ("example.distributed", include_str!("../../static/designs/shop-distributed.json")),
    ("example.microservice", include_str!("../../static/designs/shop-microservice.json")),
    ("example.nested", include_str!("../../static/designs/shop-nested.json")),
];

/// The menus and what stands in them.
const DOCUMENT: &[Section] = &[Section::Document];
const EDIT: &[Section] =
    &[Section::History, Section::Clipboard, Section::Selection, Section::Arrange, Section::Remove];
const VIEW: &[Section] = &[Section::View, Section::Run, Section::Page];
const HELP: &[Section] = &[Section::Help];
/// On a small screen they are one.
const MORE: &[Section] = &[
    Section::Clipboard,
    Section::Selection,
    Section::Arrange,
    Section::Remove,
    Section::View,
    Section::Page,
    Section::Help,
];

/// What the header needs from the page.
#[derive(Clone, PartialEq, Properties)]
pub struct HeaderProps {
    pub theme: Theme,
    /// Whether the browser keeps the design, once that is known.
    pub kept: Option<bool>,
    pub set_lang: Callback<Lang>,
    /// On a smaller screen: whether the details are open.
    pub details: bool,
    pub toggle_details: Callback<()>,
    /// A document's text was chosen.
    pub open: Callback<String>,
}

/// The header.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let examples = EXAMPLES.map(|(key, document)| {
        let onclick = props.open.reform(move |_: MouseEvent| document.to_owned());
        html! { <button role="menuitem" {onclick}>{ icon(Icon::Examples) }<span>{ words.t(key) }</span></button> }
    });
    let languages = Lang::ALL.map(|lang| {
        let onclick = props.set_lang.reform(move |_: MouseEvent| lang);
        let chosen = lang == words.lang;
        html! {
            <button role="menuitemradio" aria-checked={chosen.to_string()} lang={lang.bcp47()} {onclick}>
                { icon(Icon::Language) }<span>{ lang.own_name() }</span>
                if chosen { <span class="spring"></span>{ icon(Icon::Check) } }
            </button>
        }
    });
    let languages: Html = languages.into_iter().collect();
    let is_renamed = store.read(|session| session.editor.renaming == Some(Renaming::Design));
    let title =
        store.read(|session| archlab_words::of(words.lang, &session.editor.design().title).into_owned());
    let title = if title.is_empty() { words.t("header.untitled") } else { title };
    let ondblclick = {
        let store = store.clone();
        Callback::from(move |_: MouseEvent| store.act(|session| arrange::RENAME_DESIGN.run(session)))
    };
    let bar = Bar { store: &store, words };
    let document = html! {
        <>
            { bar.menu(DOCUMENT) }
            <hr />
            <div class="caption" role="presentation">{ words.t("header.examples") }</div>
            { for examples }
        </>
    };
    let more = bar.menu(MORE);
    html! {
        <header class="top">
            <span class="brand"><img src="icon.svg" alt="" width="18" height="18" /><span>{ "archlab" }</span></span>
            <h1 class="document" {ondblclick}>
                if is_renamed { <DesignTitle /> } else {
                <MenuButton class="title" label={words.fill("header.design_menu", &[("title", &title)])} items={document}>
                    <b>{ title.clone() }</b>{ icon(Icon::Chevron) }
                </MenuButton> }
            </h1>
            if let Some(kept) = props.kept {
                <small class="kept">{ words.t(if kept { "header.kept" } else { "header.not_kept" }) }</small>
            }
            <nav class="menus" aria-label={words.t("header.menus")}>
                { bar.menu_button("header.edit", EDIT) }
                { bar.menu_button("header.view", VIEW) }
                { bar.menu_button("header.help", HELP) }
            </nav>
            <span class="spring"></span>
            { bar.button(&edit::UNDO) }
            { bar.button(&edit::REDO) }
            <History />
            <DeskButtons />
            { bar.button(&page::COMMANDS) }
            <span class="divider wide-only"></span>
            <span class="wide-only">{ bar.button(&page::MARKS) }</span>
            <span class="wide-only">{ bar.button(&page::THEME) }</span>
            <span class="wide-only">
                <MenuButton label={format!("{} · {}", words.t("header.language"), words.lang.own_name())} items={languages}>
                    { icon(Icon::Language) }<span class="long">{ words.lang.own_name() }</span>
                </MenuButton>
            </span>
            <button class="button plain icon-only narrow-only" aria-pressed={props.details.to_string()} aria-label={words.t("inspector.name")}
                title={words.t("inspector.name")} onclick={props.toggle_details.reform(|_: MouseEvent| ())}>{ icon(Icon::Details) }</button>
            <span class="phone-only">
                <MenuButton class="icon-only" label={words.t("header.more")} items={more}>{ icon(Icon::More) }</MenuButton>
            </span>
        </header>
    }
}

/// What the buttons of the header are made of.
struct Bar<'a> {
    store: &'a Store,
    words: Words,
}

impl Bar<'_> {
    fn act(&self, action: &'static Action) -> Callback<MouseEvent> {
        let store = self.store.clone();
        Callback::from(move |_: MouseEvent| store.act(|session| action.run(session)))
    }

    /// A button with an icon.
    fn button(&self, action: &'static Action) -> Html {
        let look = |session: &Session| {
            (action.is_enabled(session), self.words.t(action.words_key(session)), action.icon_of(session))
        };
        let (enabled, name, sign) = self.store.read(look);
        html! {
            <button class="button plain icon-only" disabled={!enabled} title={hint_named(&name, action, self.words)} aria-label={name}
                onclick={self.act(action)}>{ icon(sign) }</button>
        }
    }

    fn menu_button(&self, name: &str, sections: &'static [Section]) -> Html {
        let items = self.menu(sections);
        html! { <MenuButton label={self.words.t(name)} {items}>{ self.words.t(name) }</MenuButton> }
    }

    /// The lines of a menu. What can't be done now is shown all the same, so that it is found where it was.
    fn menu(&self, sections: &'static [Section]) -> Html {
        let mut lines: Vec<Html> = Vec::new();
        for section in sections {
            let actions: Vec<&'static Action> =
                action::of_section(*section).filter(|action| action.is_listed).collect();
            if !lines.is_empty() && !actions.is_empty() {
                lines.push(html! { <hr /> });
            }
            lines.extend(actions.into_iter().map(|action| self.line(action)));
        }
        lines.into_iter().collect()
    }

    fn line(&self, action: &'static Action) -> Html {
        let look = |session: &Session| {
            let is_on = action.is_on.map(|is_on| is_on(session));
            (
                action.is_enabled(session),
                self.words.t(action.words_key(session)),
                action.icon_of(session),
                is_on,
            )
        };
        let (enabled, name, sign, is_on) = self.store.read(look);
        let role = if is_on.is_some() { "menuitemcheckbox" } else { "menuitem" };
        html! {
            <button {role} class={classes!(action.is_danger.then_some("danger"))} aria-disabled={(!enabled).to_string()}
                aria-checked={is_on.map(|is_on| is_on.to_string())} onclick={self.act(action)}>
                { icon(sign) }<span>{ name }</span>
                if is_on == Some(true) { { icon(Icon::Check) } }
                if let Some(keys) = shortcut::of(action, self.words) { <kbd>{ keys }</kbd> }
            </button>
        }
    }
}
