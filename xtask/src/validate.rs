//! `cargo xtask validate`: the whole validation table through the engine, and the report of it.

use anyhow::Result;

use crate::setup;

/// Runs every row of the table, or of another one, and writes `docs/validation.md`.
pub fn validate(table: Option<&str>) -> Result<()> {
    let mut shell = setup::ensure(&[])?;
    if let Some(table) = table {
        let table = std::path::absolute(table)?;
        shell.set("ARCHLAB_VALIDATION_TABLE", table);
    }
    let test = ["test", "--package", "archlab-engine", "--locked", "--release", "--test", "theory"];
    let only = ["--", "--ignored", "--nocapture", "the_whole_table"];
    shell.run("cargo", &[&test[..], &only].concat())
}
