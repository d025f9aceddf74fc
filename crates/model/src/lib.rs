//! What a person draws: a business, the machines it runs on, the groups that deploy it, and the
//! people who use it. Values without behaviour over time.

mod sentence;
mod text_form;

pub mod business;
pub mod by_hand;
pub mod client;
pub mod command;
pub mod deployment;
pub mod design;
pub mod distribution;
pub mod document;
pub mod fault;
pub mod group;
pub mod id;
pub mod intent;
pub mod layout;
pub mod machine;
pub mod member;
pub mod network;
pub mod note;
pub mod policy;
pub mod property;
pub mod protocol;
pub mod rework;
pub mod scenario;
#[cfg(feature = "schema")]
pub mod schema;
pub mod text;
pub mod time;
pub mod validate;

pub use business::{
    Access, Business, Call, Data, Function, Module, RequestKind, ServiceSpec, Step, StoreSpec, StoreUse,
};
pub use by_hand::{ByHand, Places, ServiceByHand, StoreByHand};
pub use client::{Client, Load, RatePoint};
pub use command::{Command, Hardware, Lockable, Place, Seat, Sheet};
pub use deployment::{Deployment, Entry, EntryKind, Instance, Service, Store, StoreKind};
pub use design::Design;
pub use distribution::Distribution;
pub use document::DocumentError;
pub use fault::{Fault, Site, StoreName, Trouble};
pub use group::{Capacity, Group, Layout, Placement, Policies, Retry, Timeouts};
pub use id::{
    ClientId, DataId, FunctionId, GroupId, InstanceId, KindId, MachineId, ModuleId, NoteId, PartName,
    ServiceId, StoreId, ZoneId,
};
pub use intent::Target;
pub use machine::{Machine, Point};
pub use member::Member;
pub use network::Network;
pub use note::Note;
pub use policy::{Acknowledge, Consensus, Coordinator, Messaging, Protocol, Queue, Topic, Transactions};
pub use policy::{
    Autoscaling, Balancer, Balancing, Cache, Canary, ConnectionPool, Contact, Defect, Detector, Discovery,
    Durability, EdgeCache, EdgeKind, Failover, Guard, HealthCheck, Keys, MissingSession, NobodyHealthy,
    OutlierEjection, PassiveChecks, PlannedRelease, Portion, Primary, ProcessPolicy, Quorum, ReadFrom,
    Refresh, Release, Replication, ReplicationMode, Restarts, Rhythm, Rolling, ScalingTarget, SessionScheme,
    Sessions, Shutdown, SlowStart, Stickiness, Storage, Strategy, SuccessRate, Version, WarmUp,
};
pub use protocol::{CallCosts, CallKind};
pub use scenario::{Chaos, PlannedFault, Scenario, Victims};
pub use text::Text;
pub use time::{SimTime, Span};
pub use validate::{Part, Problem, Severity, validate};
