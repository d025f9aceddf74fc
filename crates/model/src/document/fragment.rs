//! Fragments: some parts of a design as a text, for the clipboard.
//!
//! A fragment is a document with another name for its version, and holds groups, machines, clients and
//! notes only. It is read as strictly as a document: it may come from anywhere.

use serde_json::{Map, Value};

use super::{DocumentError, MAX_BYTES, NEWEST_VERSION, VERSION_FIELD, json, lines, read_fields};
use crate::design::Design;

/// The field that holds the version, and tells a fragment from a document.
const FRAGMENT_FIELD: &str = "archlab-parts";
/// What a fragment holds.
const PARTS: [&str; 4] = ["clients", "groups", "machines", "notes"];

/// Reads a fragment: a design that holds nothing but its parts.
///
/// # Errors
///
/// What is wrong with it, and where.
pub fn open_fragment(text: &str) -> Result<Design, DocumentError> {
    if text.len() > MAX_BYTES {
        return Err(DocumentError::TooLarge { bytes: text.len(), limit: MAX_BYTES });
    }
    if !text.trim_start().starts_with('{') {
        return Err(DocumentError::NotAFragment);
    }
    let Value::Object(mut fields) = json::read(text)? else {
        return Err(DocumentError::NotAFragment);
    };
    let Some(version) = fields.shift_remove(FRAGMENT_FIELD) else {
        return Err(DocumentError::NotAFragment);
    };
    if fields.keys().any(|name| !PARTS.contains(&name.as_str())) {
        return Err(DocumentError::NotAFragment);
    }
    fields.insert(VERSION_FIELD.to_owned(), version);
    read_fields(fields)
}

/// Whether a text is a whole document, right or wrong, rather than a fragment.
pub fn is_document(text: &str) -> bool {
    let begins = text.len() <= MAX_BYTES && text.trim_start().starts_with('{');
    begins && matches!(json::read(text), Ok(Value::Object(fields)) if fields.contains_key(VERSION_FIELD))
}

/// Writes the groups, machines, clients and notes of `design` as a fragment.
pub fn save_fragment(design: &Design) -> String {
    let mut fields = Map::new();
    fields.insert(FRAGMENT_FIELD.to_owned(), NEWEST_VERSION.into());
    let design = serde_json::to_value(design).expect("every part of a design has a JSON form");
    if let Value::Object(parts) = design {
        fields.extend(parts.into_iter().filter(|(name, _)| PARTS.contains(&name.as_str())));
    }
    lines::write(&Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;

    const SHOP: &str = include_str!("../../../../static/designs/shop-cluster.json");

    #[test]
    fn a_fragment_holds_the_parts_and_is_no_document() {
        let shop = document::open(SHOP).expect("the shop opens");
        let text = save_fragment(&shop);
        let read = open_fragment(&text).expect("what is written can be read");
        assert_eq!(
            (&read.groups, &read.machines, &read.clients),
            (&shop.groups, &shop.machines, &shop.clients)
        );
        assert_eq!(read.business, Default::default());
        assert_eq!(document::open(&text), Err(DocumentError::VersionMissing));
        assert!(document::is_document(SHOP) && !document::is_document(&text));
        assert_eq!(open_fragment(SHOP), Err(DocumentError::NotAFragment));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let error = |text: &str| open_fragment(text).expect_err("it is wrong");
        assert_eq!(error("hello"), DocumentError::NotAFragment);
        assert!(matches!(error("{ hello"), DocumentError::Syntax { .. }));
        assert_eq!(error("[1]"), DocumentError::NotAFragment);
        assert_eq!(error(r#"{"archlab-parts": 1, "business": {}}"#), DocumentError::NotAFragment);
        assert!(matches!(error(r#"{"archlab-parts": 9}"#), DocumentError::VersionTooNew { .. }));
        let cores = r#"{"archlab-parts": 1, "machines": {"a": {"cores": 99999}}}"#;
        assert!(matches!(error(cores), DocumentError::OutOfBounds { .. }));
        let note =
            format!(r#"{{"archlab-parts": 1, "notes": {{"a": {{"text": "{}"}}}}}}"#, "x".repeat(2_001));
        assert!(matches!(error(&note), DocumentError::TooMany { .. }));
        let long = format!("{}{}", " ".repeat(MAX_BYTES), "{}");
        assert!(matches!(error(&long), DocumentError::TooLarge { .. }));
    }
}
