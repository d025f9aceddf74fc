//! Files: one the person chooses, one the person keeps.

use archlab_model::document::MAX_BYTES;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// How much of a title becomes the name of a file.
const MAX_NAME: usize = 80;

/// Why a file could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadError {
    /// It is larger than a document may be.
    TooLarge,
    /// It is not text, or the browser could not read it.
    Unreadable,
}

/// The text of a file, if it is not larger than a document may be.
pub async fn read(file: web_sys::File) -> Result<String, ReadError> {
    if file.size() > MAX_BYTES as f64 {
        return Err(ReadError::TooLarge);
    }
    let file = gloo::file::File::from(file);
    let bytes = gloo::file::futures::read_as_bytes(&file).await.map_err(|_| ReadError::Unreadable)?;
    String::from_utf8(bytes).map_err(|_| ReadError::Unreadable)
}

/// The name of a file for a design with this title.
pub fn name_for(title: &str) -> String {
    let fits = |letter: char| if letter.is_alphanumeric() { letter } else { ' ' };
    let words: String = title.chars().take(MAX_NAME).map(fits).collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    let name = if words.is_empty() { "archlab".to_owned() } else { words.join("-") };
    format!("{name}.json")
}

/// Hands `text` to the person as a file called `name`.
///
/// # Errors
///
/// What the browser says if it refuses.
pub fn save(name: &str, text: &str) -> Result<(), JsValue> {
    let link: HtmlAnchorElement =
        gloo::utils::document().create_element("a")?.dyn_into().map_err(JsValue::from)?;
    let address = object_url(text)?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&address)
}

/// An address under which the browser serves `text` as a JSON file.
///
/// # Errors
///
/// What the browser says if it refuses.
pub fn object_url(text: &str) -> Result<String, JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type("application/json");
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    Url::create_object_url_with_blob(&Blob::new_with_str_sequence_and_options(&parts, &kind)?)
}
