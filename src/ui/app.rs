//! The page's frame: language, theme, and the session that everything is about.

use archlab_model::Text;
use archlab_words::Lang;
use yew::prelude::*;

use crate::playback::Transport;
use crate::ui::browser::location;
use crate::ui::browser::theme::Theme;
use crate::ui::browser::{failure, prefers_reduced_motion};
use crate::ui::documents::Documents;
use crate::ui::i18n::Words;
use crate::ui::page::Page;
use crate::ui::store::Store;

/// The page.
#[component]
pub fn App() -> Html {
    let address = use_memo((), |()| location::address());
    let lang = use_state(location::language);
    let theme = use_state(Theme::first);
    let begun = {
        let address = address.clone();
        use_memo((), move |()| {
            let (documents, mut session) = Documents::begin(&address);
            session.page.guest = address.embed;
            session.page.marks = !prefers_reduced_motion();
            if !address.paused && !prefers_reduced_motion() {
                session.playback.transport = Transport::Playing;
            }
            (documents, Store::new(session))
        })
    };
    let (documents, store) = &*begun;
    let words = Words { lang: *lang };
    use_effect_with(*lang, |lang| {
        location::speak(*lang);
        failure::remember_language(*lang);
    });
    {
        let store = store.clone();
        use_effect_with(*lang, move |lang| {
            let title = archlab_words::text(*lang, "name.new_group");
            store.act(|session| session.editor.new_group_title = Text::Plain(title));
        });
    }
    use_effect_with(*theme, |theme| theme.show());
    let set_lang = {
        let lang = lang.clone();
        Callback::from(move |chosen: Lang| lang.set(chosen))
    };
    let set_theme = {
        let theme = theme.clone();
        Callback::from(move |chosen: Theme| {
            chosen.remember();
            theme.set(chosen);
        })
    };
    html! {
        <ContextProvider<Store> context={store.clone()}>
            <ContextProvider<Words> context={words}>
                <Page embed={address.embed} keyless={address.keyless} documents={documents.clone()} theme={*theme} {set_lang} {set_theme} />
            </ContextProvider<Words>>
        </ContextProvider<Store>>
    }
}
