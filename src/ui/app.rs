//! The page as a whole: language, theme, keys, what is kept, and where everything stands.

use archlab_model::{DocumentError, Layout, Text, document};
use archlab_words::Lang;
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::action::keys::KeyPress;
use crate::action::{self, Wish};
use crate::playback::Transport as State;
use crate::session::Session;
use crate::ui::browser::clipboard::Asked;
use crate::ui::browser::location::{self, Address};
use crate::ui::browser::theme::Theme;
use crate::ui::browser::{failure, file, prefers_reduced_motion, storage};
use crate::ui::canvas::Canvas;
use crate::ui::clipboard::{self, use_clipboard};
use crate::ui::header::{EXAMPLES, Header};
use crate::ui::i18n::Words;
use crate::ui::icon::{Icon, icon};
use crate::ui::menu::{MenuRequest, PartMenu};
use crate::ui::panels::business::BusinessEditor;
use crate::ui::panels::charts::Charts;
use crate::ui::panels::inspector::Inspector;
use crate::ui::panels::palette::Palette;
use crate::ui::panels::problems::Problems;
use crate::ui::panels::story::Story;
use crate::ui::panels::transport::Transport;
use crate::ui::store::{Pulse, Store, use_store};

/// A design is kept this long after its last change, in milliseconds.
const KEEP_AFTER_MS: u32 = 400;

/// The page.
#[component]
pub fn App() -> Html {
    let address = use_memo((), |()| location::address());
    let lang = use_state(location::language);
    let theme = use_state(Theme::first);
    let store = {
        let address = address.clone();
        use_memo((), move |()| Store::new(first_session(&address)))
    };
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
        <ContextProvider<Store> context={(*store).clone()}>
            <ContextProvider<Words> context={words}>
                <Page embed={address.embed} keyless={address.keyless} theme={*theme} {set_lang} {set_theme} />
            </ContextProvider<Words>>
        </ContextProvider<Store>>
    }
}

/// The session to begin with: in an embedded page, the shop in the layout that the address asks for;
/// else what was open last, else the shop as a cluster.
fn first_session(address: &Address) -> Session {
    let place = match address.layout.unwrap_or_default() {
        Layout::Cluster => 0,
        Layout::Distributed => 1,
        Layout::Microservice => 2,
    };
    let kept = || storage::load(storage::DESIGN).and_then(|text| document::open(&text).ok());
    let kept = if address.embed || address.layout.is_some() { None } else { kept() };
    let design = kept.or_else(|| document::open(EXAMPLES[place].1).ok()).unwrap_or_default();
    let mut session = Session::of(design);
    if !address.paused && !prefers_reduced_motion() {
        session.playback.transport = State::Playing;
    }
    session
}

#[derive(Clone, PartialEq, Properties)]
struct PageProps {
    embed: bool,
    keyless: bool,
    theme: Theme,
    set_lang: Callback<Lang>,
    set_theme: Callback<Theme>,
}

#[component]
fn Page(props: &PageProps) -> Html {
    let store = use_store(Pulse::Edit);
    let words = crate::ui::i18n::use_words();
    let menu = use_state(|| None::<MenuRequest>);
    let notice = use_state(|| None::<String>);
    let marks = use_state(|| !prefers_reduced_motion());
    let palette_open = use_state(|| false);
    let details_open = use_state(|| false);
    use_keys(&store, props.keyless);
    let chooser = use_node_ref();
    let kept = use_keeping(&store, props.embed);

    let open = {
        let (store, notice) = (store.clone(), notice.clone());
        Callback::from(move |text: String| {
            let opened = store.act(|session| {
                let opened = session.open(&text);
                if opened.is_ok() {
                    session.editor.fit();
                }
                opened
            });
            notice.set(opened.err().map(|error| crate::ui::notice::of_document(words, &error)));
        })
    };
    let refuse = {
        let notice = notice.clone();
        Callback::from(move |error: file::ReadError| {
            notice.set(Some(crate::ui::notice::of_file(words, error)));
        })
    };
    let onchange = {
        let open = open.clone();
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let chosen = input.and_then(|input| input.files()).and_then(|files| files.get(0));
            if let Some(chosen) = chosen {
                let (open, refuse) = (open.clone(), refuse.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    match file::read(chosen).await {
                        Ok(text) => open.emit(text),
                        Err(error) => refuse.emit(error),
                    }
                });
            }
        })
    };
    let refuse_paste = {
        let notice = notice.clone();
        Callback::from(move |error: DocumentError| {
            notice.set(Some(crate::ui::notice::of_paste(words, &error)));
        })
    };
    use_granter(&store, &chooser, &refuse_paste);
    use_clipboard(&store, props.keyless, &refuse_paste);
    let ask_menu = {
        let menu = menu.clone();
        use_callback((), move |request: MenuRequest, ()| menu.set(Some(request)))
    };
    let close_menu = {
        let menu = menu.clone();
        Callback::from(move |()| menu.set(None))
    };
    let close_notice = {
        let notice = notice.clone();
        Callback::from(move |_: MouseEvent| notice.set(None))
    };
    let set_marks = {
        let marks = marks.clone();
        Callback::from(move |shown: bool| marks.set(shown))
    };
    let open_palette = {
        let open = palette_open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let close_palette = {
        let open = palette_open.clone();
        use_callback((), move |(), ()| open.set(false))
    };
    let toggle_details = {
        let open = details_open.clone();
        Callback::from(move |()| open.set(!*open))
    };
    let close_details = {
        let open = details_open.clone();
        use_callback((), move |(), ()| open.set(false))
    };
    let fab = html! {
        if !props.embed {
            <button class="fab" aria-label={words.t("palette.name")} aria-expanded={palette_open.to_string()} onclick={open_palette}>
                { icon(Icon::Plus) }
            </button>
        }
    };
    html! {
        <div class={classes!("app", props.embed.then_some("embed"))}>
            if !props.embed {
                <Header theme={props.theme} marks={*marks} {kept} set_lang={props.set_lang.clone()} set_theme={props.set_theme.clone()}
                    {set_marks} {open} details={*details_open} {toggle_details} />
                <Palette open={*palette_open} close={close_palette} />
            }
            <Canvas embed={props.embed} menu={ask_menu} marks={*marks} theme={props.theme}>{ fab }</Canvas>
            if !props.embed { <Inspector open={*details_open} close={close_details} /><BusinessEditor /><Problems /> }
            <footer class="foot">
                <Transport />
                if !props.embed { <div class="charts"><Charts /><Story /></div> }
            </footer>
            if !props.embed {
                <input type="file" accept=".json,application/json" hidden=true ref={chooser} {onchange} aria-label={words.t("action.open")} />
            }
            if let Some(request) = (*menu).clone() {
                <aside aria-label={words.t("menu.label")}><PartMenu {request} close={close_menu} /></aside>
            }
            if let Some(notice) = (*notice).clone() {
                <div class="notices" role="alert">
                    <div class="notice">{ icon(Icon::Alert) }<p>{ notice }</p>
                        <button class="button plain icon-only" aria-label={words.t("action.close")} onclick={close_notice}>{ icon(Icon::Close) }</button>
                    </div>
                </div>
            }
        </div>
    }
}

/// Does what actions wish for.
#[hook]
fn use_granter(store: &Store, chooser: &NodeRef, refuse_paste: &Callback<DocumentError>) {
    let (store, chooser, refuse_paste) = (store.clone(), chooser.clone(), refuse_paste.clone());
    use_effect_with((), move |()| {
        let granter = {
            let store = store.clone();
            Callback::from(move |wish: Wish| match wish {
                Wish::OpenFile => {
                    if let Some(chooser) = chooser.cast::<HtmlInputElement>() {
                        // The same file can be chosen again.
                        chooser.set_value("");
                        chooser.click();
                    }
                }
                Wish::Copy => clipboard::ask(&store, Asked::Copy, &refuse_paste),
                Wish::Cut => clipboard::ask(&store, Asked::Cut, &refuse_paste),
                Wish::Paste => clipboard::ask(&store, Asked::Paste, &refuse_paste),
                Wish::SaveFile => {
                    let text = store.read(Session::save);
                    if let Err(error) = file::save("archlab.json", &text) {
                        gloo::console::error!(error);
                    }
                }
            })
        };
        store.set_granter(granter);
        move || store.set_granter(Callback::noop())
    });
}

/// Keys that mean the same wherever the focus is, but in text fields.
#[hook]
fn use_keys(store: &Store, keyless: bool) {
    let store = store.clone();
    use_effect_with(keyless, move |keyless| {
        let keyless = *keyless;
        let (space_store, left_store) = (store.clone(), store.clone());
        let options = gloo::events::EventListenerOptions::enable_prevent_default();
        let listener = EventListener::new_with_options(
            &crate::ui::browser::window(),
            "keydown",
            options,
            move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
                let on = |selector: &str| {
                    target.as_ref().and_then(|it| it.closest(selector).ok().flatten()).is_some()
                };
                let key = event.key();
                let for_a_button = matches!(key.as_str(), " " | "Enter") && on("button, [role=radio], a");
                if keyless
                    || event.is_composing()
                    || event.default_prevented()
                    || on("input, select, textarea")
                    || for_a_button
                {
                    return;
                }
                let code = event.code();
                let press = KeyPress {
                    key: &key,
                    code: &code,
                    control: event.ctrl_key() || event.meta_key(),
                    shift: event.shift_key(),
                    alt: event.alt_key(),
                };
                let Some(action) = store.read(|session| action::of_key(session, &press)) else { return };
                if action.is_the_browsers {
                    return;
                }
                if action.is_for_canvas && on(".story, .charts, .inspector") {
                    return;
                }
                event.prevent_default();
                if key == " " {
                    // With the space bar down a drag moves the canvas: what else it does it does when it goes up.
                    store.press_space();
                } else {
                    store.act(|session| action.run(session));
                }
            },
        );
        let released = EventListener::new(&crate::ui::browser::window(), "keyup", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if event.key() != " " || !space_store.release_space() {
                return;
            }
            let press = KeyPress { key: " ", code: "Space", control: false, shift: false, alt: false };
            if let Some(action) = space_store.read(|session| action::of_key(session, &press)) {
                space_store.act(|session| action.run(session));
            }
        });
        let left = EventListener::new(&crate::ui::browser::window(), "blur", move |_| {
            left_store.release_space();
        });
        move || drop((listener, released, left))
    });
}

/// Keeps the design in the browser a moment after each change. Tells whether the browser keeps
/// it, once that is known.
#[hook]
fn use_keeping(store: &Store, embed: bool) -> Option<bool> {
    let kept = use_state(|| None);
    let pending = use_mut_ref(|| None::<Timeout>);
    let changes = store.read(|session| (session.editor.changes(), session.opened()));
    {
        let (store, kept) = (store.clone(), kept.clone());
        use_effect_with(changes, move |_| {
            let keep = move || {
                let text = store.read(|session| session.save());
                failure::remember_design(&text);
                if !embed {
                    kept.set(Some(storage::keep(storage::DESIGN, &text)));
                }
            };
            *pending.borrow_mut() = Some(Timeout::new(KEEP_AFTER_MS, keep));
        });
    }
    *kept
}
