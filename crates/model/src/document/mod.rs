//! The file: a design as a text that is kept, sent and written by hand.
//!
//! A document is JSON with the version of its form under `archlab`. Older forms are brought up to
//! date step by step before anything else looks at them. Whatever the text is, opening it ends soon
//! and with a sentence, and what is saved, opened and saved again is the same bytes.

mod bounds;
mod error;
mod fragment;
mod json;
mod lines;
mod place;
mod store_bounds;
mod store_parts;
mod upgrade;

use serde_json::{Map, Value};

use crate::design::Design;

pub(crate) use bounds::PERCENT;
pub(crate) use bounds::check as within_bounds;
pub use bounds::load::{BATCHES, MAX_RATE_POINTS, MAX_RECORDED, MIN_ROUND};
pub use bounds::{
    CHANCES, CLOCK_RATES, CONNECTIONS, COORDINATES, CORES, COUNTS, LEAKS, MAX_CHAOS, MAX_CLIENTS, MAX_DATA,
    MAX_FAULTS, MAX_FUNCTIONS, MAX_GROUPS, MAX_INSTANCES, MAX_KINDS, MAX_LINKS, MAX_MACHINES, MAX_MODULES,
    MAX_NOTE_CHARS, MAX_NOTES, MAX_SERVICES, MAX_SIDE, MAX_STEPS, MAX_TITLE_CHARS, MIN_CHECK_INTERVAL,
    MIN_MEAN_TIME, NOTE_SIZES, PARTITIONS, POPULATIONS, PREFETCHES, PRIORITIES, QUEUES, RATES, REPLICAS,
    RING_POINTS, ROUND_TRIPS, SHARES, SLOWNESS, SPEEDS, SPIKES, TOPIC_ROOMS, USERS, WARM_UPS, WEIGHTS,
    WORKERS,
};
pub use error::DocumentError;
pub use fragment::{is_document, open_fragment, save_fragment};
pub use json::MAX_DEPTH;
pub use store_bounds::{
    ASSEMBLIES, BETAS, KEYS, MAX_STORES, MIN_HEARTBEAT, PARTS, POOLS, QUORUMS, SHARDS, SKEWS, STORE_REPLICAS,
};
pub use upgrade::NEWEST_VERSION;

#[cfg(feature = "schema")]
pub(crate) use lines::write as write_lines;

/// The longest document that is read, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The field that holds the version.
const VERSION_FIELD: &str = "archlab";
/// The field by which an editor finds the schema. It is accepted and not kept.
const SCHEMA_FIELD: &str = "$schema";

/// Reads a document.
///
/// What it gives is well formed and within bounds; whether it makes sense is for
/// [`crate::validate::validate`] to say.
pub fn open(text: &str) -> Result<Design, DocumentError> {
    if text.len() > MAX_BYTES {
        return Err(DocumentError::TooLarge { bytes: text.len(), limit: MAX_BYTES });
    }
    let Value::Object(fields) = json::read(text)? else {
        return Err(DocumentError::NotADesign);
    };
    read_fields(fields)
}

/// Reads what a document holds, of whatever version it is.
fn read_fields(mut fields: Map<String, Value>) -> Result<Design, DocumentError> {
    upgrade::to_newest(&mut fields)?;
    fields.shift_remove(VERSION_FIELD);
    fields.shift_remove(SCHEMA_FIELD);

    let fields = Value::Object(fields);
    let mut design: Design = serde_json::from_value(fields.clone()).map_err(|error| {
        DocumentError::Shape { path: place::of_failure(&fields), detail: error.to_string() }
    })?;
    check_bounds(&design)?;
    settle(&mut design);
    Ok(design)
}

/// Whether a document may hold `design`: not too many of anything, no number too small or too large.
pub fn check_bounds(design: &Design) -> Result<(), DocumentError> {
    bounds::check(design)
}

/// Writes a document: pretty, and the same text for the same design.
///
/// JSON has no word for numbers that are not finite; a design that holds one cannot be opened again.
pub fn save(design: &Design) -> String {
    let mut fields = Map::new();
    fields.insert(VERSION_FIELD.to_owned(), NEWEST_VERSION.into());
    let design = serde_json::to_value(design).expect("every part of a design has a JSON form");
    if let Value::Object(parts) = design {
        fields.extend(parts);
    }
    lines::write(&Value::Object(fields))
}

/// A machine lies on the canvas exactly if it is in no group: commands rely on it to give back what
/// was there before.
fn settle(design: &mut Design) {
    for machine in design.machines.values_mut() {
        machine.at.get_or_insert_default();
    }
    for id in design.groups.values().flat_map(|group| group.machines()) {
        if let Some(machine) = design.machines.get_mut(id) {
            machine.at = None;
        }
    }
}
