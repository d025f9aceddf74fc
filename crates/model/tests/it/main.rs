//! The model, as a person meets it.

#![allow(missing_docs)]

mod by_hand;
mod commands;
mod documents;
mod flow;
mod inner_groups;
mod intents;
mod layouts;
mod loads;
mod nonsense;
mod problems;
mod properties;
mod reworks;
mod risks;
mod schemas;
mod shop;
mod times;

use std::path::PathBuf;

use archlab_model::{Design, document};

/// The files of the shop, one for each layout.
const SHOPS: [&str; 3] = ["shop-cluster", "shop-distributed", "shop-microservice"];

/// A file under `static`.
fn static_file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../static").join(path)
}

fn text_of(shop: &str) -> String {
    let path = static_file(&format!("designs/{shop}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn open(shop: &str) -> Design {
    document::open(&text_of(shop)).unwrap_or_else(|error| panic!("{shop}: {error}"))
}
