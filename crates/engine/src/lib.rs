//! What runs: a deterministic discrete-event simulator of a design.
//!
//! A run is a value: the same design, seed and interventions give the same facts, to the bit, in the
//! browser and on the host. Nothing here knows a wall clock, a browser or a global.

pub mod fact;
pub mod frame;
pub mod intervention;
pub mod measure;
pub mod roster;
pub mod simulation;

pub use fact::{Fact, MessageKind, Outcome, Place, Reason};
pub use frame::{Belief, Flight, Frame, Life};
pub use intervention::Intervention;
pub use measure::report::{Episode, Report};
pub use roster::Roster;
pub use simulation::{Progress, Simulation};
