//! Interventions: what a person does to a run.

use archlab_model::{Design, Fault, Release};

/// Something done to a run at an instant. The journal of them, with the design and its seed, is the
/// run.
#[derive(Debug, Clone, PartialEq)]
pub enum Intervention {
    /// A fault or a repair.
    Fault(Fault),
    /// A version of one service or of several is released.
    Release(Box<Release>),
    /// The design was changed; the run goes on with the new one.
    ///
    /// Parts are known by their names: what has the same name goes on as it was, what is gone takes no
    /// new requests and ends those it has, what is new begins: an instance of a service that already
    /// runs in its group starts cold, a group whose layout changed starts warm (as a switch of traffic
    /// between two prepared deployments).
    Adopt(Box<Design>),
}
