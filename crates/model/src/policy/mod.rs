//! What a person sets about how a deployment behaves, topic by topic.

mod balancing;
mod breaker;
mod checks;
mod discovery;
mod edge;
mod limit;
mod messaging;
mod overload;
mod process;
mod release;
mod resilience;
mod retrying;
mod scaling;
mod sessions;
mod storage;
mod transactions;

pub use balancing::{Balancer, Balancing, NobodyHealthy, SlowStart, Stickiness};
pub use breaker::{Breaker, BreakerWindow, SlowCalls};
pub use checks::{HealthCheck, OutlierEjection, PassiveChecks, Rhythm, SuccessRate};
pub use discovery::{Discovery, Shutdown};
pub use edge::{EdgeCache, EdgeKind};
pub use limit::RateLimit;
pub use messaging::{Acknowledge, Messaging, Queue, Topic};
pub use overload::{Codel, CodelLaw, ConcurrencyLimit, QueueOrder, Shedding, Throttle};
pub use process::{ProcessPolicy, Restarts, WarmUp};
pub use release::{Canary, Defect, Guard, PlannedRelease, Portion, Release, Rolling, Strategy, Version};
pub use resilience::{Bulkhead, CallerPolicies, CancelWork, Hedging, Resilience};
pub use retrying::{Backoff, Jitter, RetryBudget};
pub use scaling::{Autoscaling, ScalingTarget};
pub use sessions::{MissingSession, SessionScheme, Sessions};
pub use storage::{
    Cache, ConnectionPool, Consensus, Contact, Detector, Durability, Failover, Keys, Primary, Quorum,
    ReadFrom, Refresh, Replication, ReplicationMode, Storage,
};
pub use transactions::{Coordinator, Protocol, Transactions};
