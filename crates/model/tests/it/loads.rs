//! Loads: every way in which requests arrive is kept in a document.

use archlab_model::document;

#[test]
fn every_load_is_kept() {
    for load in [
        r#"{ "poisson": { "rate": 12.5 } }"#,
        r#"{ "bursts": { "rate": 10.0, "peak": 200.0, "length": "10s", "every": "1m" } }"#,
        r#"{ "ramp": { "points": [{ "at": "0", "rate": 1.0 }, { "at": "1m", "rate": 90.0 }] } }"#,
        r#"{ "ramp": { "points": [{ "at": "0", "rate": 1.0 }], "repeat": true } }"#,
        r#"{ "batch": { "count": 10 } }"#,
        r#"{ "batch": { "count": 10, "at": "5s", "every": "1h" } }"#,
        r#"{ "recorded": { "at": ["0", "250ms", "250ms"], "every": "1s" } }"#,
        r#"{ "users": { "count": 300, "think": { "exponential": "10s" } } }"#,
    ] {
        let text = format!(r#"{{ "archlab": 1, "clients": {{ "c": {{ "load": {load}, "to": [] }} }} }}"#);
        let design = document::open(&text).expect(load);
        let saved = document::save(&design);
        let flat = |text: &str| text.split_whitespace().collect::<String>().replace(".0", "");
        assert!(flat(&saved).contains(&flat(load)), "{saved}");
        assert_eq!(document::open(&saved), Ok(design));
    }
}
