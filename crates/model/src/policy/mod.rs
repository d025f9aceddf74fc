//! What a person sets about how a deployment behaves, topic by topic.

mod balancing;
mod checks;
mod discovery;
mod process;

pub use balancing::{Balancer, Balancing, NobodyHealthy, SlowStart, Stickiness};
pub use checks::{HealthCheck, OutlierEjection, PassiveChecks, Rhythm, SuccessRate};
pub use discovery::{Discovery, Shutdown};
pub use process::{ProcessPolicy, Restarts, WarmUp};
