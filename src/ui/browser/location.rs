//! What the address says.

use archlab_model::Layout;
use archlab_words::Lang;
use web_sys::UrlSearchParams;

use super::{storage, window};

/// The parameters of the address. Unknown ones are ignored, bad values count as absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Address {
    /// `embed`: canvas and transport only.
    pub embed: bool,
    /// `layout`: which of the shop's three designs to show.
    pub layout: Option<Layout>,
    /// `lang`: the language.
    pub lang: Option<Lang>,
    /// `start=paused`: don't begin to play by itself.
    pub paused: bool,
    /// `keys=off`: the page answers to no shortcuts, for they are its host's.
    pub keyless: bool,
}

/// One parameter of the address.
pub fn parameter(name: &str) -> Option<String> {
    let query = window().location().search().ok()?;
    UrlSearchParams::new_with_str(&query).ok()?.get(name)
}

/// The address of this page.
pub fn address() -> Address {
    let query = window().location().search().unwrap_or_default();
    let Ok(query) = UrlSearchParams::new_with_str(&query) else { return Address::default() };
    Address {
        embed: query.has("embed"),
        layout: query.get("layout").and_then(|name| match name.as_str() {
            "cluster" => Some(Layout::Cluster),
            "distributed" => Some(Layout::Distributed),
            "microservice" => Some(Layout::Microservice),
            _ => None,
        }),
        lang: query.get("lang").and_then(|tag| Lang::from_tag(&tag)),
        paused: query.get("start").is_some_and(|start| start == "paused"),
        keyless: query.get("keys").is_some_and(|keys| keys == "off"),
    }
}

/// The language to begin with: the address's, else the one chosen before, else the first of the
/// browser's that there is, else English.
pub fn language() -> Lang {
    let chosen = || storage::load(storage::LANGUAGE).and_then(|tag| Lang::from_tag(&tag));
    let spoken = || {
        let tags = window().navigator().languages();
        tags.iter().filter_map(|tag| tag.as_string()).find_map(|tag| Lang::from_tag(&tag))
    };
    address().lang.or_else(chosen).or_else(spoken).unwrap_or_default()
}

/// Makes the document speak `lang`, and remembers it.
pub fn speak(lang: Lang) {
    if let Some(root) = gloo::utils::document().document_element() {
        // Attributes of the root element can always be set.
        let _ = root.set_attribute("lang", lang.bcp47());
    }
    storage::keep(storage::LANGUAGE, lang.tag());
    gloo::utils::document().set_title(&archlab_words::text(lang, "page.title"));
    let Ok(search) = window().location().search() else { return };
    if let (Ok(query), Ok(history)) = (UrlSearchParams::new_with_str(&search), window().history())
        && query.has("lang")
    {
        query.set("lang", lang.tag());
        let hash = window().location().hash().unwrap_or_default();
        let address = format!("?{}{hash}", String::from(query.to_string()));
        // A frame may refuse; the address then keeps the old language, nothing else.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
    }
}
