//! Stores: how their members keep data together, and what callers get of it.
//!
//! `keys`, `pool`, `cache`, `quorum` and `copies` are plain values that know nothing of the world; the other
//! files let them live in it.

mod access;
pub mod agreeing;
mod life;
mod serving;
mod waiting;

pub mod cache;
pub mod copies;
pub mod edge;
pub mod keeping;
pub mod keys;
pub mod pool;
pub mod quorum;

#[cfg(test)]
mod tests;
