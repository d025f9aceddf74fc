//! Any bytes give a design or a sentence; what was opened can be saved, and opened again as the same.
//!
//! `cargo +nightly fuzz run documents fuzz/corpus/documents static/designs`
#![no_main]

use archlab_model::{document, validate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    match document::open(&text) {
        Ok(design) => {
            let _ = validate(&design);
            let saved = document::save(&design);
            let again = document::open(&saved).expect("what was opened can be saved and opened");
            assert_eq!(document::save(&again), saved);
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
