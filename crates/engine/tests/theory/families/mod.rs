//! Families of rows: each reads the parameters of its rows and makes studies of them.

mod queues;

use crate::cases::Case;
use crate::table::Entry;

/// What is done about a row. `Err` if its family, or this row's shape, is not known.
pub fn case(entry: &Entry) -> Result<Case, String> {
    let family = entry.id.split('-').next().unwrap_or_default();
    let case = match entry.group_number() {
        "01" | "02" | "03" | "04" | "05" | "06" | "10" => queues::case(entry),
        _ => None,
    };
    case.ok_or_else(|| format!("{}: no family `{family}` of this shape", entry.id))
}
