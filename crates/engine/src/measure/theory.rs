//! Theory beside measurement: the closed forms that apply to a design, computed from nothing but the design.
//!
//! Each service is looked at as a station: what comes to it (from clients, and by the calls of others: the traffic
//! equations), what a call costs it, and how it serves. Where a closed form of queueing theory applies it is given:
//! M/M/c, M/M/c/K, M/G/1, processor sharing, E_n/M/1 for turns, the closed population M/M/c//N; a network of
//! exponential stations none of which holds its workers while others work is Jackson's, and each of them is as if
//! alone. Where none applies, it is said why. Sources: L. Kleinrock, Queueing Systems 1 (1975); J. Shortle and others,
//! Fundamentals of Queueing Theory (2018).

mod availability;
mod flow;
mod queues;
mod station;

use archlab_model::{Design, GroupId, ServiceId};

pub use availability::MAX_MACHINES;

/// What theory says of a service: of one instance, all of them being alike. Times are in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Theory {
    /// Calls that come to it in a second.
    pub arrivals: f64,
    /// Calls that it answers in a second.
    pub throughput: f64,
    /// Share of time that a server of it is busy.
    pub load: f64,
    /// The chance that a call has to wait. `None` where calls share and none waits.
    pub wait_probability: Option<f64>,
    /// Mean time until work begins.
    pub mean_wait: f64,
    /// Mean time from arrival to the end of work.
    pub mean_sojourn: f64,
    /// Waiting, averaged over time (Little: arrivals times mean wait).
    pub mean_queue: f64,
    /// There, averaged over time (Little: arrivals times mean sojourn).
    pub mean_number: f64,
    /// Share of calls that find no room.
    pub rejected: f64,
    /// If the time from arrival to the end of work is exponential: its rate, from which every quantile follows.
    pub exponential_at: Option<f64>,
}

impl Theory {
    /// The time that a share `p` of calls stay below, in seconds, where it is known.
    pub fn sojourn_quantile(&self, p: f64) -> Option<f64> {
        self.exponential_at.map(|rate| -libm::log1p(-p) / rate)
    }
}

/// Why no closed form applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTheory {
    /// Nobody calls it.
    NoTraffic,
    /// It runs nowhere.
    NotDeployed,
    /// More comes than it can serve, and nothing bounds the queue: it grows for ever.
    Overloaded,
    /// What comes is no Poisson stream, nor that of one closed population.
    NotPoisson,
    /// Its service times are neither exponential nor met by one server.
    NotExponential,
    /// Its workers are held while others work.
    Blocking,
    /// Something else runs on its cores.
    SharedCores,
    /// Where a call goes depends on how full the instances are, or on who calls.
    Balancing,
    /// Rejected or abandoned calls are tried again, or callers leave before they are answered.
    Retries,
    /// Calls made at once come back in their own time.
    ForkJoin,
    /// Functions call in circles.
    Circle,
    /// Something limits, breaks, caches or replaces calls: a policy that no closed form knows.
    Policies,
}

/// What theory says of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupTheory {
    /// Each service, in the order of the deployment.
    pub services: Vec<(ServiceId, Result<Theory, NoTheory>)>,
    /// Mean time from a request to its answer, in seconds, all kinds together and the network included.
    pub response: Result<f64, NoTheory>,
    /// Requests under way, averaged over time (Little).
    pub in_flight: Result<f64, NoTheory>,
}

/// What theory says of a group of `design`; `None` if there is no such group.
pub fn of_group(design: &Design, group: &GroupId) -> Option<GroupTheory> {
    flow::Network::of(design, group).map(|network| network.theory())
}

/// The share of time in which the requests of a group can be answered, weighted by their shares in the traffic, if
/// each machine is up a share `machine` of the time, alone of the others, and failover takes no time.
///
/// What a request needs is in series: all services it calls hard. What stands in for another is in parallel: the
/// instances of a service. Stores and entries are taken to be always there. `None` for a group that is not there,
/// that nobody asks anything, or that has more than [`MAX_MACHINES`] machines.
pub fn availability(design: &Design, group: &GroupId, machine: f64) -> Option<f64> {
    availability::of_group(design, group, machine)
}
