//! Durations and names, as people write them.

use archlab_model::{InstanceId, MachineId, Span};
use proptest::prelude::*;

fn span(text: &str) -> Option<Span> {
    text.parse().ok()
}

#[test]
fn durations_are_read_as_people_write_them() {
    for (text, expected) in [
        ("0", Span::ZERO),
        ("0s", Span::ZERO),
        ("250us", Span::from_micros(250)),
        ("250µs", Span::from_micros(250)),
        ("1.5ms", Span::from_micros(1_500)),
        ("500 ms", Span::from_millis(500)),
        ("60s", Span::from_secs(60)),
        ("10m", Span::from_secs(600)),
        ("2h", Span::from_secs(7_200)),
    ] {
        assert_eq!(span(text), Some(expected), "{text}");
    }
    for wrong in ["", "5", "s", "-1s", "1.2.3s", "1 parsec", "NaNs", "infs", "1e9s", "99999999h", "١s"] {
        assert_eq!(span(wrong), None, "{wrong}");
    }
}

#[test]
fn durations_are_written_in_a_unit_that_suits_them() {
    for text in ["0", "1ns", "250us", "2.5us", "1.5ms", "999.999ms", "1s", "1.5s", "90s", "2m", "1h", "36h"] {
        assert_eq!(span(text).map(|span| span.to_string()).as_deref(), Some(text));
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_as_the_same_span(
        nanos in prop_oneof![0..10_000u64, 0..10_000_000_000u64, 0..=Span::MAX.as_nanos()],
    ) {
        let written = Span::from_nanos(nanos).to_string();
        prop_assert_eq!(span(&written), Some(Span::from_nanos(nanos)), "{}", written);
    }

    #[test]
    fn no_text_makes_a_span_panic(text in ".{0,20}") {
        let _ = span(&text);
    }

    #[test]
    fn names_read_back(group in "[a-z0-9. -]{1,8}", number in 1..1000u32) {
        prop_assume!(group.trim() == group);
        let text = format!("{group}/app/{number}");
        let instance: InstanceId = text.parse().expect("an instance");
        prop_assert_eq!(instance.to_string(), text);
    }
}

#[test]
fn names_are_short_and_plain() {
    for good in ["a", "machine-1", "购物车", &"x".repeat(64), "two words", "v1.2"] {
        assert!(good.parse::<MachineId>().is_ok(), "{good}");
    }
    for bad in ["", " ", " a", "a ", "a/b", "a\nb", "a\u{0}", &"x".repeat(65)] {
        assert!(bad.parse::<MachineId>().is_err(), "{bad}");
    }
    for bad in ["", "a", "a/b", "a/b/c", "a/b/1/2", "/b/1", "a/b/-1", "a/b/99999999999"] {
        assert!(bad.parse::<InstanceId>().is_err(), "{bad}");
    }
}
