//! The schema: what the types say, and what editors refuse.

use archlab_model::schema;
use serde_json::{Value, json};

use crate::{SHOPS, static_file, text_of};

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(schema::document().as_value()).expect("the schema is one")
}

fn value(shop: &str) -> Value {
    serde_json::from_str(&text_of(shop)).expect("the shop is JSON")
}

#[test]
fn the_committed_schema_is_what_the_types_say() {
    let committed = std::fs::read_to_string(static_file("schema/design-1.json")).unwrap_or_default();
    assert!(
        committed == schema::text(),
        "write it again: cargo run -p archlab-model --features schema --example schema > \
         static/schema/design-1.json"
    );
}

#[test]
fn the_shops_follow_the_schema() {
    let validator = validator();
    for shop in SHOPS {
        let value = value(shop);
        let errors: Vec<_> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{shop}: {errors:#?}");
    }
}

#[test]
fn everything_saved_follows_the_schema() {
    let validator = validator();
    for shop in SHOPS {
        let mut design = crate::open(shop);
        design.groups[0].policies.replicas = 2;
        design.groups[0].seats.push(None);
        design.network.local = archlab_model::Span::from_millis(1);
        design.clients[0].load = archlab_model::Load::Users {
            count: 10,
            think: archlab_model::Distribution::Uniform {
                from: archlab_model::Span::from_secs(1),
                to: archlab_model::Span::from_secs(10),
            },
        };
        let saved = archlab_model::document::save(&design);
        let saved: Value = serde_json::from_str(&saved).expect("JSON");
        let errors: Vec<_> = validator
            .iter_errors(&saved)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{shop}: {errors:#?}");
    }
}

#[test]
fn the_schema_refuses_what_the_document_refuses() {
    let validator = validator();
    for (pointer, wrong) in [
        ("/archlab", json!(2)),
        ("/groups/shop/layout", json!("star")),
        ("/groups/shop/at", json!([1])),
        ("/clients/shoppers/patience", json!("soon")),
        ("/business/functions/home/steps/0", json!({ "call": "cart", "read": "carts" })),
        ("/business/functions/home/steps/0", json!({ "read": "carts", "soft": true })),
        ("/business/functions/home/work", json!({ "exponentil": "1ms" })),
    ] {
        let mut value = value("shop-cluster");
        *value.pointer_mut(pointer).expect("a part of the shop") = wrong;
        assert!(!validator.is_valid(&value), "{pointer}");
    }
}
