//! Where everything stands, what lies above it, and who does what actions wish for.

use archlab_model::DocumentError;
use archlab_words::Lang;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::action::Wish;
use crate::session::Session;
use crate::ui::browser::clipboard::Asked;
use crate::ui::browser::file;
use crate::ui::browser::theme::Theme;
use crate::ui::canvas::Canvas;
use crate::ui::clipboard::{self, use_clipboard};
use crate::ui::commands::Commands;
use crate::ui::commands::shortcuts::Shortcuts;
use crate::ui::documents::arrivals::{Arrival, use_arrivals};
use crate::ui::documents::designs::{Designs, title_of};
use crate::ui::documents::keeping::use_keeping;
use crate::ui::documents::{Change, Documents};
use crate::ui::errands::Errands;
use crate::ui::header::Header;
use crate::ui::hints::{Hint, Hints};
use crate::ui::i18n::{Words, use_words};
use crate::ui::icon::{Icon, icon};
use crate::ui::keys::use_keys;
use crate::ui::menu::{MenuRequest, PartMenu};
use crate::ui::notice::{self, Notice, Offer};
use crate::ui::panels::business::BusinessEditor;
use crate::ui::panels::charts::Charts;
use crate::ui::panels::inspector::Inspector;
use crate::ui::panels::palette::Palette;
use crate::ui::panels::problems::Problems;
use crate::ui::panels::story::Story;
use crate::ui::panels::transport::Transport;
use crate::ui::store::{Pulse, Store, use_store};

/// What the page needs.
#[derive(Clone, PartialEq, Properties)]
pub struct PageProps {
    /// Whether it is a guest in another page.
    pub embed: bool,
    /// Whether keys are its host's.
    pub keyless: bool,
    pub documents: Documents,
    pub theme: Theme,
    pub set_lang: Callback<Lang>,
    pub set_theme: Callback<Theme>,
}

/// What lies above the page.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Commands,
    Shortcuts,
    Designs,
}

/// The page.
#[component]
pub fn Page(props: &PageProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = use_words();
    let menu = use_state(|| None::<MenuRequest>);
    let shown = use_state(|| None::<Shown>);
    let palette_open = use_state(|| false);
    let details_open = use_state(|| false);
    let chooser = use_node_ref();
    let opening = use_opening(&store, &props.documents, words);
    let said = opening.notice.clone();
    use_keys(&store, props.keyless);
    let kept = use_keeping(&store, &props.documents, props.embed, {
        let said = said.clone();
        Callback::from(move |change: Change| said.set(Some(notice::of_keeping(words, change))))
    });
    let above = use_arrivals(props.embed, opening.arrived.clone());
    {
        let (store, dark) = (store.clone(), props.theme == Theme::Dark);
        use_effect_with(dark, move |dark| store.act(|session| session.page.dark = *dark));
    }
    let refuse_paste = {
        let said = said.clone();
        use_callback(words, move |error: DocumentError, words| {
            said.set(Some(notice::of_paste(*words, &error)));
        })
    };
    use_clipboard(&store, props.keyless, &refuse_paste);
    use_granter(&store, (props.theme, words.lang), {
        let (chooser, shown, documents) = (chooser.clone(), shown.clone(), props.documents.clone());
        let (set_theme, set_lang) = (props.set_theme.clone(), props.set_lang.clone());
        move |store: &Store, wish: Wish, theme: Theme, lang: Lang| match wish {
            Wish::OpenFile => choose_file(&chooser),
            Wish::SaveFile => save_file(store, Words { lang }),
            Wish::NewDesign => documents.open_new(store, &Words { lang }.t("header.untitled")),
            Wish::CopyDesign => {
                let title = store.read(|session| title_of(session.editor.design(), Words { lang }));
                let title = Words { lang }.fill("documents.copy_of", &[("title", &title)]);
                documents.open_copy(store, &title);
            }
            Wish::Designs => {
                documents.keep(store, true);
                shown.set(Some(Shown::Designs));
            }
            Wish::Copy => clipboard::ask(store, Asked::Copy, &refuse_paste),
            Wish::Cut => clipboard::ask(store, Asked::Cut, &refuse_paste),
            Wish::Paste => clipboard::ask(store, Asked::Paste, &refuse_paste),
            Wish::Commands => shown.set(Some(Shown::Commands)),
            Wish::Shortcuts => shown.set(Some(Shown::Shortcuts)),
            Wish::SwitchTheme => set_theme.emit(theme.other()),
            Wish::SwitchLanguage => set_lang.emit(lang.other()),
        }
    });
    let close_shown = {
        let shown = shown.clone();
        use_callback((), move |(), ()| shown.set(None))
    };
    let onchange = {
        let arrived = opening.arrived.clone();
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            if let Some(chosen) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) {
                let arrived = arrived.clone();
                wasm_bindgen_futures::spawn_local(async move { arrived.emit(file::read(chosen).await) });
            }
        })
    };
    let ask_menu = {
        let menu = menu.clone();
        use_callback((), move |request: MenuRequest, ()| menu.set(Some(request)))
    };
    let close_menu = {
        let menu = menu.clone();
        Callback::from(move |()| menu.set(None))
    };
    let open_palette = {
        let open = palette_open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let close_palette = {
        let open = palette_open.clone();
        use_callback((), move |(), ()| open.set(false))
    };
    let want_palette = {
        let open = palette_open.clone();
        use_callback((), move |(), ()| open.set(true))
    };
    let toggle_details = {
        let open = details_open.clone();
        Callback::from(move |()| open.set(!*open))
    };
    let close_details = {
        let open = details_open.clone();
        use_callback((), move |(), ()| open.set(false))
    };
    let new_design = {
        let (store, documents) = (store.clone(), props.documents.clone());
        Callback::from(move |()| documents.open_new(&store, &words.t("header.untitled")))
    };
    let hint = use_state(|| None::<Hint>);
    let show_hint = {
        let hint = hint.clone();
        use_callback((), move |shown: Option<Hint>, ()| hint.set(shown))
    };
    let fab = html! {
        if !props.embed {
            <button class="fab" aria-label={words.t("palette.name")} aria-expanded={palette_open.to_string()} onclick={open_palette}>
                { icon(Icon::Plus) }
            </button>
        }
    };
    let dialog = match *shown {
        None => Html::default(),
        Some(Shown::Commands) => html! { <Commands close={close_shown} open={opening.text.clone()} /> },
        Some(Shown::Shortcuts) => html! { <Shortcuts close={close_shown} /> },
        Some(Shown::Designs) => html! {
            <Designs documents={props.documents.clone()} close={close_shown} open={opening.kept.clone()} new={new_design} />
        },
    };
    let marks = store.read(|session| session.page.marks);
    html! {
        <div class={classes!("app", props.embed.then_some("embed"))} data-hint={hint.map(Hint::name)}>
            if !props.embed {
                <Header theme={props.theme} {kept} set_lang={props.set_lang.clone()} open={opening.text.clone()} details={*details_open} {toggle_details} />
                <Palette open={*palette_open} close={close_palette} want={want_palette} />
            }
            <Canvas embed={props.embed} menu={ask_menu} {marks} theme={props.theme}>{ fab }</Canvas>
            if !props.embed { <Inspector open={*details_open} close={close_details} /><BusinessEditor /><Problems /> }
            <footer class="foot">
                <Transport />
                if !props.embed { <Hints shown={show_hint} /> }
                if !props.embed { <div class="charts"><Charts /><Story /></div> }
            </footer>
            if !props.embed {
                <input type="file" accept=".json,application/json" hidden=true ref={chooser} {onchange} aria-label={words.t("action.open")} />
            }
            if let Some(request) = (*menu).clone() {
                <aside aria-label={words.t("menu.label")}><PartMenu {request} close={close_menu} /></aside>
            }
            { dialog }
            <Errands />
            if above { <div class="drop-here"><p>{ icon(Icon::Open) }{ words.t("documents.drop_here") }</p></div> }
            if let Some(said) = (*said).clone() { { notice::html(&said, words, opening.close.clone()) } }
        </div>
    }
}

/// The ways in which something else is opened, and what is said about it.
struct Opening {
    notice: UseStateHandle<Option<Notice>>,
    close: Callback<()>,
    /// By its text.
    text: Callback<String>,
    /// By its id.
    kept: Callback<String>,
    /// A file or a text came from outside.
    arrived: Callback<Arrival>,
}

#[hook]
fn use_opening(store: &Store, documents: &Documents, words: Words) -> Opening {
    let notice = use_state(|| None::<Notice>);
    let close = {
        let notice = notice.clone();
        use_callback((), move |(), ()| notice.set(None))
    };
    let deps = (documents.clone(), words);
    let text = {
        let (store, notice) = (store.clone(), notice.clone());
        use_callback(deps.clone(), move |text: String, (documents, words)| {
            let opened = documents.open(&store, &text);
            notice.set(opened.err().map(|error| notice::of_document(*words, &error)));
        })
    };
    let kept = {
        let (store, notice) = (store.clone(), notice.clone());
        use_callback(deps.clone(), move |id: String, (documents, words)| {
            let opened = documents.open_kept(&store, &id);
            notice.set(opened.err().map(|error| notice::of_document(*words, &error)));
        })
    };
    let arrived = {
        let (notice, text) = (notice.clone(), text.clone());
        use_callback((words, text), move |arrival: Arrival, (words, text)| match arrival {
            Ok(arrived) => text.emit(arrived),
            Err(error) => notice.set(Some(notice::of_file(*words, error))),
        })
    };
    {
        let (notice, kept) = (notice.clone(), kept.clone());
        use_effect_with(deps, move |(documents, words)| {
            if let Some(stopped) = documents.take_stopped() {
                let title =
                    archlab_model::document::open(&stopped.text).map(|design| title_of(&design, *words));
                let title = title.unwrap_or_else(|_| words.t("documents.unreadable"));
                let open = kept.reform(move |()| stopped.id.clone());
                notice.set(Some(Notice {
                    words: words.fill("documents.stopped", &[("title", &title)]),
                    is_calm: true,
                    offer: Some(Offer { words: words.t("documents.open_again"), take: open }),
                }));
            }
        });
    }
    Opening { notice, close, text, kept, arrived }
}

/// Has `grant` do what actions wish for, with the theme and the language there are.
#[hook]
fn use_granter(store: &Store, now: (Theme, Lang), grant: impl Fn(&Store, Wish, Theme, Lang) + 'static) {
    let store = store.clone();
    use_effect_with(now, move |(theme, lang)| {
        let (theme, lang, granted) = (*theme, *lang, store.clone());
        store.set_granter(Callback::from(move |wish: Wish| grant(&granted, wish, theme, lang)));
        move || store.set_granter(Callback::noop())
    });
}

fn choose_file(chooser: &NodeRef) {
    if let Some(chooser) = chooser.cast::<HtmlInputElement>() {
        // The same file can be chosen again.
        chooser.set_value("");
        chooser.click();
    }
}

fn save_file(store: &Store, words: Words) {
    let (text, title) =
        store.read(|session: &Session| (session.save(), title_of(session.editor.design(), words)));
    if let Err(error) = file::save(&file::name_for(&title), &text) {
        gloo::console::error!(error);
    }
}
