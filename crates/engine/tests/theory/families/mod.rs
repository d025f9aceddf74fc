//! Families of rows: each reads the parameters of its rows and makes studies of them.

mod availability;
mod balancing;
mod blast;
mod calls;
mod closed;
mod detection;
mod failing;
mod leaves;
mod limits;
mod messages;
mod policies;
mod queues;
mod sharing_out;
mod stores;
mod transactions;
mod waiting_long;

use crate::cases::Case;
use crate::table::Entry;

/// What is done about a row. `Err` if its family, or this row's shape, is not known.
pub fn case(entry: &Entry) -> Result<Case, String> {
    let family = entry.id.split('-').next().unwrap_or_default();
    let case = match (entry.group_number(), family) {
        ("13", _) => waiting_long::case(entry),
        ("01" | "02" | "03" | "04" | "05" | "06" | "10", _) => queues::case(entry),
        ("07" | "08", _) => calls::case(entry),
        ("99", _) if entry.has("queues") => calls::case(entry),
        ("09" | "99", _) => balancing::case(entry),
        ("12" | "16" | "17" | "19", _) => failing::case(entry),
        ("14", _) => detection::case(entry),
        ("27", _) => blast::case(entry),
        ("18", _) => closed::case(entry),
        ("20", _) => sharing_out::case(entry),
        ("11", _) => availability::case(entry),
        ("21" | "22", _) if entry.has("A") => availability::case(entry),
        ("22", _) => transactions::case(entry),
        ("23", _) => messages::case(entry),
        _ => policies::case(entry).or_else(|| stores::case(entry)),
    };
    case.ok_or_else(|| format!("{}: no family `{family}` of this shape", entry.id))
}
