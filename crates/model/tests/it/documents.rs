//! Documents: what is read, what is refused and in which words.

use archlab_model::{Design, DocumentError, document};
use proptest::prelude::*;

use crate::{SHOPS, open, text_of};

fn error_of(text: &str) -> DocumentError {
    document::open(text).expect_err("not a document")
}

/// The sentence for the cluster shop with `old` replaced by `new`.
fn complaint(old: &str, new: &str) -> String {
    let text = text_of("shop-cluster");
    assert!(text.contains(old), "{old} is in the file");
    error_of(&text.replacen(old, new, 1)).to_string()
}

#[test]
fn what_is_saved_opened_and_saved_again_is_the_same_bytes() {
    for shop in SHOPS {
        let design = open(shop);
        let saved = document::save(&design);
        let again = document::open(&saved).expect("what was saved can be opened");
        assert_eq!(again, design);
        assert_eq!(document::save(&again), saved);
    }
}

#[test]
fn what_is_set_about_balancing_is_saved_and_opened_again() {
    use archlab_model::*;
    let mut design = open("shop-cluster");
    design.machines[0].weight = 5;
    design.machines[1].priority = 1;
    design.clients[0].users = 7;
    let policies = &mut design.groups[0].policies;
    policies.discovery = Some(Discovery::eureka());
    policies.shutdown.linger = Span::from_secs(5);
    policies.health = HealthCheck {
        passive: Some(PassiveChecks::default()),
        outliers: Some(OutlierEjection {
            success_rate: Some(SuccessRate::default()),
            ..OutlierEjection::default()
        }),
        ..HealthCheck::aws()
    };
    policies.balancer = Balancer {
        sticky: Some(Stickiness::default()),
        slow_start: Some(SlowStart::default()),
        nobody_healthy: NobodyHealthy::Panic(50),
        ..Balancer::default()
    };
    for balancing in Balancing::ALL {
        design.groups[0].policies.balancing = balancing;
        let saved = document::save(&design);
        assert_eq!(document::open(&saved).expect("what was saved can be opened"), design);
        let schema = jsonschema::validator_for(schema::document().as_value()).expect("the schema is one");
        assert!(schema.is_valid(&serde_json::from_str(&saved).expect("JSON")), "{saved}");
    }
    design.groups[0].policies.balancer.bound = 99;
    assert_eq!(
        document::open(&document::save(&design)).expect_err("too small").to_string(),
        "groups.shop.policies.balancer.bound: 99 is out of bounds; it may be from 100 to 100000."
    );
}

#[test]
fn the_smallest_document_is_a_version() {
    let design = document::open("{ \"archlab\": 1 }").expect("a document");
    assert_eq!(design, Design::default());
}

#[test]
fn a_broken_text_is_told_with_its_line() {
    assert_eq!(
        error_of("{\n  \"archlab\": 1,\n  \"title\" \"x\"\n}").to_string(),
        "Line 3, column 11: this is not JSON: expected `:`."
    );
    assert!(matches!(error_of("{ \"archlab\": 1"), DocumentError::Syntax { line: 1, .. }));
    assert!(matches!(error_of(""), DocumentError::Syntax { .. }));
    assert!(matches!(error_of("{ \"archlab\": 1 } x"), DocumentError::Syntax { .. }));
    assert!(matches!(error_of("{ \"archlab\": 1, \"title\": 1e999 }"), DocumentError::Syntax { .. }));
}

#[test]
fn a_wrong_part_is_told_with_its_path() {
    let path = |old, new| match error_of(&text_of("shop-cluster").replacen(old, new, 1)) {
        DocumentError::Shape { path, .. } => path,
        other => panic!("{other}"),
    };
    assert_eq!(
        path("{ \"call\": \"cart\" }", "{ \"call\": \"cart\", \"read\": \"carts\" }"),
        "business.functions.home.steps[2]"
    );
    assert_eq!(path("\"100ms\"", "\"soon\""), "business.functions.home.steps[4].deadline");
    assert_eq!(path("\"cores\": 4", "\"cores\": \"four\""), "machines.machine-1.cores");
    assert_eq!(path("\"layout\": \"cluster\"", "\"layout\": \"star\""), "groups.shop.layout");
    assert_eq!(path("\"rate\": 200", "\"rate\": 200, \"rte\": 1"), "clients.shoppers.load.poisson.rte");
    assert_eq!(path("\"en\": \"Shoppers\", ", ""), "clients.shoppers.title");
    assert_eq!(path("\"machine-2\":", "\"\":"), "machines.");
}

#[test]
fn a_wrong_part_is_told_in_a_sentence() {
    assert_eq!(
        complaint("\"100ms\"", "\"soon\""),
        "business.functions.home.steps[4].deadline: \"soon\" is not a duration; write a number and a unit, \
         such as 250ms, 60s, 10m or 2h."
    );
    assert_eq!(
        complaint("\"patience\"", "\"patient\""),
        "clients.shoppers.patient: unknown field `patient`, expected one of `title`, `load`, `to`, \
         `users`, `patience`, `at`, `locked`."
    );
    assert_eq!(
        complaint("{ \"en\": \"Shoppers\", \"zh\": \"顾客\" }", "7"),
        "clients.shoppers.title: invalid type: integer `7`, expected a text, or { \"en\": ..., \"zh\": ... }."
    );
}

#[test]
fn the_version_is_asked_for() {
    assert_eq!(error_of("{}"), DocumentError::VersionMissing);
    assert_eq!(
        error_of("{ \"archlab\": 9 }").to_string(),
        "The file has version 9; this archlab reads up to version 1. Use a newer one."
    );
    assert!(matches!(error_of("{ \"archlab\": \"1\" }"), DocumentError::VersionUnknown { .. }));
    assert_eq!(error_of("[1]"), DocumentError::NotADesign);
}

#[test]
fn a_name_that_stands_twice_is_told() {
    let text = text_of("shop-cluster").replacen("\"machine-2\":", "\"machine-1\":", 1);
    assert!(matches!(error_of(&text), DocumentError::Twice { line: 24, name, .. } if name == "machine-1"));
}

#[test]
fn a_document_has_limits() {
    assert!(matches!(error_of(&" ".repeat(document::MAX_BYTES + 1)), DocumentError::TooLarge { .. }));
    assert!(matches!(error_of(&"[".repeat(100_000)), DocumentError::TooDeep { .. }));

    let mut design = open("shop-cluster");
    let steps = design.business.functions[0].steps[0].clone();
    design.business.functions[0].steps = vec![steps; document::MAX_STEPS + 1];
    assert!(matches!(error_of(&document::save(&design)), DocumentError::TooMany { .. }));

    let mut design = open("shop-microservice");
    design.groups[0].policies.replicas = 1_000;
    design.business.services.clear();
    assert_eq!(
        error_of(&document::save(&design)).to_string(),
        "groups: there are 16000; at most 10000 are allowed."
    );
}

#[test]
fn numbers_have_bounds() {
    for (old, new) in [
        ("\"cores\": 4", "\"cores\": 0"),
        ("\"cores\": 4", "\"cores\": 1025"),
        ("\"rate\": 200", "\"rate\": -1"),
        ("\"rate\": 200", "\"rate\": 1e7"),
        ("\"count\": 9", "\"count\": 1001"),
        ("\"share\": 10", "\"share\": -10"),
        ("[204, 60]", "[204, 1e300]"),
    ] {
        let error = error_of(&text_of("shop-cluster").replacen(old, new, 1));
        assert!(matches!(error, DocumentError::OutOfBounds { .. }), "{new}: {error}");
    }
    assert_eq!(
        complaint("\"cores\": 4", "\"cores\": 0"),
        "machines.machine-1.cores: 0 is out of bounds; it may be from 1 to 1024."
    );
}

#[test]
fn a_machine_lies_on_the_canvas_exactly_if_it_is_in_no_group() {
    let text = text_of("shop-cluster").replacen("\"zone\": \"a\"", "\"at\": [1, 2]", 1);
    let text = text.replacen(", \"machine-3\"", "", 1);
    let design = document::open(&text).expect("a document");
    assert_eq!(design.machines["machine-1"].at, None);
    assert_eq!(design.machines["machine-3"].at, Some(Default::default()));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        let _ = document::open(&text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = document::open(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_mutation_of_a_design_makes_it_panic(
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..12, "[\\PC]{0,6}|[0-9eE.-]{1,6}|[\\[\\]{}:,\"]{0,3}|null|true"), 1..4)
    ) {
        let mut chars: Vec<char> = text_of("shop-cluster").chars().collect();
        for (at, length, new) in cuts {
            let start = at.index(chars.len());
            let end = (start + length).min(chars.len());
            chars.splice(start..end, new.chars());
        }
        let text: String = chars.into_iter().collect();
        if let Ok(design) = document::open(&text) {
            let saved = document::save(&design);
            let again = document::open(&saved).expect("what was opened can be saved and opened");
            prop_assert_eq!(&document::save(&again), &saved);
        }
    }

    #[test]
    fn numbers_survive_to_the_last_bit(x in -1e7f64..1e7, y in -1e7f64..1e7, rate in 0f64..1e6) {
        let mut design = open("shop-cluster");
        design.clients[0].at = archlab_model::Point::new(x, y);
        design.clients[0].load = archlab_model::Load::Poisson { rate };
        let again = document::open(&document::save(&design)).expect("a document");
        prop_assert_eq!(again, design);
    }
}

#[test]
fn policies_against_failure_are_saved_only_where_a_person_set_them() {
    let text = text_of("shop-microservice").replacen(
        "\"layout\": \"microservice\"",
        r#""layout": "microservice", "policies": { "resilience": {
            "deadlines": true, "retry_same": true, "backoff": { "jitter": "full" },
            "entry_limit": { "leaky-bucket": { "rate": 10, "burst": 20, "undelayed": 20 } },
            "calls": { "breaker": { "window": { "time": "10s" } }, "hedging": {} },
            "services": { "cart": { "bulkhead": { "most": 5 }, "retry_budget": { "tokens": { "most": 10, "ratio": 0.1 } } } },
            "shedding": { "codel": {}, "limit": { "vegas": { "most": 100 } }, "order": "last-in" }
        } }"#,
        1,
    );
    let design = document::open(&text).expect("a document");
    let resilience = &design.groups[0].policies.resilience;
    assert_eq!(resilience.services["cart"].bulkhead.map(|bulkhead| bulkhead.most), Some(5));
    let saved = document::save(&design);
    assert_eq!(document::open(&saved).expect("what was saved can be opened"), design);
    assert!(!saved.contains("queue_timeout") && !saved.contains("throttle"), "{saved}");

    let wrong = text.replacen("\"most\": 5", "\"most\": 0", 1);
    assert_eq!(
        error_of(&wrong).to_string(),
        "groups.shop.policies.resilience.services.cart.bulkhead.most: 0 is out of bounds; it may be from 1 to 100000."
    );
}
