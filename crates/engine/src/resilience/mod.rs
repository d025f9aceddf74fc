//! Resilience: what callers and services do against failure and overload, as state machines that know
//! nothing of the world.

pub mod backoff;
pub mod breaker;
pub mod bucket;
pub mod budget;
pub mod bulkhead;
pub mod codel;
pub mod concurrency;
pub mod copies;
pub mod rolling;
pub mod throttle;
