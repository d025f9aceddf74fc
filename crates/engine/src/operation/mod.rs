//! Operation: how many copies of a service run, and which version of it.

pub mod autoscaler;
mod fleet;
pub mod guard;
mod releasing;
mod report;
pub mod rollout;
mod scaling;
mod usage;

pub use fleet::MAX_COPIES;
pub(crate) use fleet::Operation;
pub use releasing::{MAX_RELEASES, MAX_TOLD};
#[cfg(test)]
mod rollout_tests;
