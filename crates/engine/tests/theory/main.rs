//! The engine against queueing theory and the like: every entry of the validation table (`validation.json`) that is
//! about something simulated. The table is the test: each family of rows reads the parameters of its rows, makes a
//! design in the form of a document of them, and runs it. A new row of a known family needs nothing new here.
//!
//! What is asked of an exact row: its value lies inside the 99.99 % confidence interval of independent
//! replications, so that hundreds of true rows raise no false alarm; no more rows lie outside their 99 % interval
//! than chance allows; and the 99 % interval is narrow enough to mean something, half-width at most 2 % of the
//! value, 5 % for tails and rare events. Rows of other kinds (limits, bounds, approximations) are asked what their
//! kind allows: see `cases`. What happens without chance must come out as it says.
//!
//! An ordinary test runs what is quick, and asks nothing of the widths. The whole table takes a while:
//! `cargo xtask validate` runs it, with the engine as it is released, and writes `docs/validation.md`.
#![cfg_attr(debug_assertions, allow(dead_code, reason = "what takes many minutes is run as it is released"))]
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a judge may look at a clock and at the environment; a run may not"
)]

mod cases;
mod closed_forms;
mod documents;
mod families;
mod judge;
mod report;
mod statistics;
mod study;
mod table;
mod tails;
mod watch;

/// What can be said within a minute.
#[test]
fn the_engine_is_as_theory_says() {
    let judged = judge::judge(judge::Depth::Quick);
    report::print(&judged);
    judge::demand(&judged);
}

/// All that can be said; `cargo xtask validate` asks for it.
#[cfg(not(debug_assertions))]
#[test]
#[ignore = "takes many minutes: `cargo xtask validate`"]
fn the_whole_table() {
    let judged = judge::judge(judge::Depth::Whole);
    report::print(&judged);
    report::write(&judged);
    judge::demand(&judged);
}
