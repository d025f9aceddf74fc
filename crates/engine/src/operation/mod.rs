//! Operation: how many copies of a service run, and which version of it.

pub mod autoscaler;
pub mod guard;
pub mod rollout;
#[cfg(test)]
mod rollout_tests;
