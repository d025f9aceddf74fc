//! What runs: a deterministic discrete-event simulator of a design.
//!
//! A run is a value: the same design, seed and interventions give the same facts, to the bit, in the
//! browser and on the host. Nothing here knows a wall clock, a browser or a global.

mod adopt;
mod agenda;
mod balancing;
mod call;
mod event;
mod fast_path;
mod fault;
mod flights;
mod health;
mod instance;
mod machine;
mod messaging;
mod network;
mod picture;
mod placement;
mod plan;
mod random;
mod request;
mod resilience;
mod session;
mod snapshot;
mod station;
mod store;
mod table;
mod task;
mod timers;
mod traffic;
mod transaction;
mod work;
mod world;

pub mod consensus;
pub mod fact;
pub mod figures;
pub mod frame;
pub mod intervention;
pub mod measure;
pub mod operation;
pub mod roster;
pub mod simulation;

pub use fact::{Fact, MessageKind, Outcome, Place, Reason};
pub use frame::{Belief, Flight, Frame, Life};
pub use intervention::Intervention;
pub use measure::report::{Episode, Report};
pub use roster::Roster;
pub use simulation::{Progress, Simulation};
pub use snapshot::Snapshot;
