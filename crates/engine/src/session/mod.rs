//! Sessions: who is logged in, where that is kept, and what is lost with whom.
//!
//! `table` is a plain value that knows nothing of the world; `keeping` lets it live in it.

pub mod keeping;
pub mod table;
