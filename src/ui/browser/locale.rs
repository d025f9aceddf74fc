//! Dates as the language writes them, by the browser's own rules.

use archlab_words::Lang;
use js_sys::{Date, Object, Reflect};
use wasm_bindgen::JsValue;

/// A day and a time of it; `ms` are milliseconds since 1970.
pub fn date_and_time(ms: u64, lang: Lang) -> String {
    let options = Object::new();
    for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        // A plain object takes every property.
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    let date = Date::new(&JsValue::from_f64(ms as f64));
    String::from(date.to_locale_string(lang.bcp47(), &options))
}
