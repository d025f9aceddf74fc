//! Measures: listeners to facts that add them up.

pub mod report;
pub mod series;
