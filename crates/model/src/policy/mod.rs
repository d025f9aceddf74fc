//! What a person sets about how a deployment behaves, topic by topic.

mod balancing;
mod checks;
mod discovery;
mod edge;
mod process;
mod sessions;
mod storage;

pub use balancing::{Balancer, Balancing, NobodyHealthy, SlowStart, Stickiness};
pub use checks::{HealthCheck, OutlierEjection, PassiveChecks, Rhythm, SuccessRate};
pub use discovery::{Discovery, Shutdown};
pub use edge::{EdgeCache, EdgeKind};
pub use process::{ProcessPolicy, Restarts, WarmUp};
pub use sessions::{MissingSession, SessionScheme, Sessions};
pub use storage::{
    Cache, ConnectionPool, Contact, Detector, Durability, Failover, Keys, Primary, Quorum, ReadFrom, Refresh,
    Replication, ReplicationMode, Storage,
};
