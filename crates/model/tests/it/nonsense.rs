//! Bad input: whatever the bytes, opening ends within a second and 256 MB, with a design or with a sentence.
//!
//! These are the shapes that strain a reader: long, deep, wide, repeated, broken. What chance finds besides is for the
//! fuzz targets in `fuzz/`.

use std::time::{Duration, Instant};

use archlab_model::{document, validate};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::{SHOPS, text_of};

const MEGABYTE: usize = 1024 * 1024;

/// Opens a text; whatever comes of it comes soon and in little space.
fn check(text: &str) {
    // A debug build is several times slower than what a person runs.
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 8 } else { 1 });
    let start = now();
    let memory = allocation_counter::measure(|| match document::open(text) {
        Ok(design) => {
            let _ = validate(&design);
            let saved = document::save(&design);
            assert_eq!(document::save(&document::open(&saved).expect("what was opened can be saved")), saved);
        }
        Err(error) => assert!(error.to_string().len() > 10, "a sentence says why: {error}"),
    });
    let head: String = text.chars().take(60).collect();
    assert!(start.elapsed() < limit, "{:?} for {head}…", start.elapsed());
    assert!(memory.bytes_max < 256 << 20, "{} MB for {head}…", memory.bytes_max >> 20);
}

#[expect(clippy::disallowed_methods, reason = "tests run on the host, where a clock is at hand")]
fn now() -> Instant {
    Instant::now()
}

/// `piece` again and again between two ends, a megabyte in all.
fn filled(begin: &str, piece: impl Fn(usize) -> String, end: &str) -> String {
    let mut text = begin.to_owned();
    let mut number = 0;
    while text.len() + end.len() + 64 < MEGABYTE {
        text += &piece(number);
        number += 1;
    }
    text.truncate(text.trim_end_matches(',').len());
    text + end
}

#[test]
fn a_megabyte_of_nothing_much_is_refused_soon() {
    let same = |piece: &'static str| filled("", move |_| piece.to_owned(), "");
    for piece in ["[", "{\"a\":", "\"", "0", "-", " ", "\\", "\u{0}", "é", "[],", "1e9,", "/*"] {
        check(&same(piece));
    }
}

#[test]
fn a_megabyte_of_a_design_is_read_or_refused_soon() {
    type Filled = (&'static str, fn(usize) -> String, &'static str);
    let parts: &[Filled] = &[
        ("{\"archlab\":1,\"machines\":{", |n| format!("\"m{n}\":{{}},"), "}}"),
        ("{\"archlab\":1,\"machines\":{", |_| "\"m\":{},".to_owned(), "}}"),
        ("{\"archlab\":1,\"groups\":{", |n| format!("\"g{n}\":{{\"layout\":\"cluster\"}},"), "}}"),
        (
            "{\"archlab\":1,\"groups\":{\"g\":{\"layout\":\"microservice\",\"machines\":[",
            |n| format!("\"m{n}\","),
            "]}}}",
        ),
        (
            "{\"archlab\":1,\"business\":{\"requests\":{},\"functions\":{",
            |n| {
                format!(
                    "\"f{n}\":{{\"work\":{{\"constant\":\"1ms\"}},\"steps\":[{{\"call\":\"f{}\"}}]}},",
                    n / 2
                )
            },
            "}}}",
        ),
        (
            "{\"archlab\":1,\"business\":{\"requests\":{},\"functions\":{\"f\":{\"work\":{\"constant\":\"0\"},\"steps\":[",
            |_| "{\"call\":\"f\",\"count\":1000},".to_owned(),
            "]}}}}",
        ),
        (
            "{\"archlab\":1,\"scenario\":{\"faults\":[",
            |n| format!("{{\"at\":\"{n}s\",\"fault\":{{\"power-off\":\"m\"}}}},"),
            "]}}",
        ),
        (
            "{\"archlab\":1,\"network\":{\"links\":[",
            |n| format!("{{\"between\":[\"a{n}\",\"b\"],\"latency\":\"1ms\"}},"),
            "]}}",
        ),
        (
            "{\"archlab\":1,\"clients\":{\"c\":{\"to\":[],\"load\":{\"recorded\":{\"at\":[",
            |n| format!("\"{n}ms\","),
            "]}}}}}",
        ),
        ("{\"archlab\":1,\"title\":\"", |_| "\\u0041".to_owned(), "\"}"),
        ("{\"archlab\":1,\"unknown\":[", |n| format!("{n}.5e{},", n % 400), "]}"),
    ];
    for (begin, piece, end) in parts {
        check(&filled(begin, piece, end));
    }
}

#[test]
fn more_than_a_megabyte_is_not_looked_at() {
    check(&" ".repeat(20 * MEGABYTE));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Pieces of designs, put together anew.
    #[test]
    fn designs_cut_and_joined_are_read_or_refused(
        which in proptest::collection::vec((select(&SHOPS[..]), any::<Index>(), any::<Index>()), 1..5)
    ) {
        let text: String = which
            .into_iter()
            .map(|(shop, from, to)| {
                let text = text_of(shop);
                let (from, to) = (from.index(text.len()), to.index(text.len()));
                String::from_utf8_lossy(&text.as_bytes()[from.min(to)..from.max(to)]).into_owned()
            })
            .collect();
        check(&text);
    }

    /// A value somewhere in a design replaced by another one.
    #[test]
    fn a_value_of_a_design_may_be_anything(
        shop in select(&SHOPS[..]),
        at in any::<Index>(),
        value in select(&["null", "-1", "1e308", "[]", "{}", "\"\"", "\"\u{202e}\"", "18446744073709551616", "true", "[[[[]]]]"][..])
    ) {
        let text = text_of(shop);
        let colons: Vec<usize> = text.match_indices(": ").map(|(place, _)| place + 2).collect();
        let start = colons[at.index(colons.len())];
        let end = text[start..].find(['\n', ',', '}']).map_or(text.len(), |end| start + end);
        check(&format!("{}{value}{}", &text[..start], &text[end..]));
    }
}
