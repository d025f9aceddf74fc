//! The face of a failure of ours: what happened, and the design saved for download.

use std::cell::RefCell;

use archlab_words::{Lang, text};
use wasm_bindgen::JsValue;
use web_sys::{Document, Element};

use super::{file, storage};

thread_local! {
    /// The design as it was last saved: a panic can't ask the session, whose state may be what broke.
    static LAST_DESIGN: RefCell<String> = const { RefCell::new(String::new()) };
    static LANGUAGE: RefCell<Lang> = const { RefCell::new(Lang::En) };
}

/// Remembers the design for the case of a failure.
pub fn remember_design(document: &str) {
    LAST_DESIGN.with(|last| document.clone_into(&mut last.borrow_mut()));
}

/// Remembers the language for the case of a failure.
pub fn remember_language(lang: Lang) {
    LANGUAGE.with(|language| *language.borrow_mut() = lang);
}

/// Shows a face when the program panics, from now on.
pub fn install() {
    yew::set_custom_panic_hook(Box::new(|panic| {
        let told = panic.to_string();
        gloo::console::error!(&told);
        // The next start in this tab asks before it goes on with what was running.
        if let Some(id) = storage::load_for_tab(storage::RUNNING) {
            storage::keep_for_tab(storage::STOPPED, &id);
        }
        // If even this fails, the console has the message.
        let _ = show(&told);
    }));
}

fn show(told: &str) -> Result<(), JsValue> {
    let document = gloo::utils::document();
    let lang = LANGUAGE.with(|language| *language.borrow());
    let design = LAST_DESIGN.with(|last| last.borrow().clone());

    let face = child(&document, "div", None)?;
    face.set_class_name("failure");
    face.set_attribute("role", "alertdialog")?;
    let inner = child(&document, "div", None)?;
    inner.append_child(&*child(&document, "h1", Some(&text(lang, "failure.title")))?)?;
    inner.append_child(&*child(&document, "p", Some(&text(lang, "failure.what_now")))?)?;
    inner.append_child(&*child(&document, "pre", Some(told))?)?;
    let actions = child(&document, "p", None)?;
    actions.set_class_name("actions");
    if !design.is_empty() {
        let save = child(&document, "a", Some(&text(lang, "failure.save")))?;
        save.set_class_name("button primary");
        save.set_attribute("href", &file::object_url(&design)?)?;
        save.set_attribute("download", "archlab.json")?;
        actions.append_child(&save)?;
    }
    let reload = child(&document, "a", Some(&text(lang, "failure.reload")))?;
    reload.set_class_name("button");
    reload.set_attribute("href", "")?;
    actions.append_child(&reload)?;
    inner.append_child(&actions)?;
    face.append_child(&inner)?;
    document.body().ok_or(JsValue::NULL)?.append_child(&face)?;
    Ok(())
}

fn child(document: &Document, name: &str, words: Option<&str>) -> Result<Element, JsValue> {
    let element = document.create_element(name)?;
    element.set_text_content(words);
    Ok(element)
}
