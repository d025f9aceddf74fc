//! Groups on the canvas: a layout, the machines in it, and the policies of the deployment.

use serde::{Deserialize, Serialize};

use crate::by_hand::ByHand;
use crate::id::{GroupId, MachineId};
use crate::machine::Point;
use crate::member::Member;
use crate::policy::Resilience;
use crate::policy::{Autoscaling, Balancer, Balancing, Discovery, HealthCheck, ProcessPolicy, Shutdown};
use crate::policy::{EdgeCache, Sessions, Storage};
use crate::policy::{Messaging, Transactions};
use crate::text::Text;
use crate::time::Span;

/// How a group turns a business and some machines into a deployment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// The same service on every machine, behind a balancer.
    #[default]
    Cluster,
    /// One module of the business on each machine, behind a gateway.
    Distributed,
    /// A service for each function, placed on whatever machines there are, each with its own data.
    Microservice,
    /// Nothing is arranged: services are as a person cut them, copies and machines where a person put them.
    Free,
}

impl Layout {
    /// All layouts, in the order a person reads them.
    pub const ALL: [Layout; 4] = [Layout::Cluster, Layout::Distributed, Layout::Microservice, Layout::Free];
}

/// A group on the canvas.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// What it is called.
    #[serde(default)]
    pub title: Text,
    /// Its layout.
    pub layout: Layout,
    /// The machines in it, by seat. In a distributed layout the n-th seat runs the n-th module; an
    /// empty seat (`null`) is a module that runs nowhere. A group may have a seat, too: each of its
    /// machines runs what a machine there would run.
    #[serde(default, rename = "machines")]
    pub seats: Vec<Option<Member>>,
    /// Where its upper left corner lies on the canvas.
    #[serde(default)]
    pub at: Point,
    /// How it balances, checks, waits and retries.
    #[serde(default, skip_serializing_if = "crate::design::is_default")]
    pub policies: Policies,
    /// Whether it stays where it is on the canvas, with everything in it.
    #[serde(default, skip_serializing_if = "crate::design::is_default")]
    pub locked: bool,
    /// What a person changed of what the layout made.
    #[serde(default, skip_serializing_if = "crate::design::is_default")]
    pub by_hand: ByHand,
}

impl Group {
    /// What has a seat in it, in seat order.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.seats.iter().flatten()
    }

    /// The machines that have a seat in it, in seat order; not those of groups within it.
    pub fn machines(&self) -> impl Iterator<Item = &MachineId> {
        self.members().filter_map(Member::machine)
    }

    /// The groups that have a seat in it, in seat order.
    pub fn groups(&self) -> impl Iterator<Item = &GroupId> {
        self.members().filter_map(Member::group)
    }
}

/// The policies of a group's deployment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Policies {
    /// Which healthy instance gets the next request.
    pub balancing: Balancing,
    /// The balancer's settings.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub balancer: Balancer,
    /// How the balancer finds out which instances are healthy.
    pub health: HealthCheck,
    /// How callers learn which instances there are. Absent: they know.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub discovery: Option<Discovery>,
    /// How an instance ends when it is asked to.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub shutdown: Shutdown,
    /// How long a caller waits.
    pub timeouts: Timeouts,
    /// What a caller does when an instance fails it.
    pub retry: Retry,
    /// Workers and queue of each instance.
    pub capacity: Capacity,
    /// Whether a worker is free for others while its function waits for calls (an event loop, as nginx or Node.js)
    /// instead of being held until the answer is sent (a thread, as Tomcat).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub nonblocking: bool,
    /// How many copies of each microservice run, unless it says otherwise.
    pub replicas: u32,
    /// How long an instance takes from its start until it can answer.
    pub startup: Span,
    /// How microservices of a dead machine are placed again.
    pub placement: Placement,
    /// How many copies of each service run, as its load has it. Absent: as many as the layout makes.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub autoscaling: Option<Autoscaling>,
    /// How many reads and writes each store works on at once.
    pub store_connections: u32,
    /// How a process begins, and begins again.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub process: ProcessPolicy,
    /// Where sessions lie; absent: they are read from a store of their own and never change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sessions: Option<Sessions>,
    /// How stores keep their data, unless the business says otherwise of a store.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub storage: Storage,
    /// What the entry answers by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edge: Option<EdgeCache>,
    /// What callers and services do against failure and overload.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub resilience: Resilience,
    /// How its broker keeps messages and hands them out.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub messaging: Messaging,
    /// How its transactions are made.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub transactions: Transactions,
}

impl Default for Policies {
    fn default() -> Self {
        Policies {
            balancing: Balancing::default(),
            balancer: Balancer::default(),
            health: HealthCheck::default(),
            discovery: None,
            shutdown: Shutdown::default(),
            timeouts: Timeouts::default(),
            retry: Retry::default(),
            capacity: Capacity::default(),
            nonblocking: false,
            replicas: 1,
            startup: Span::from_secs(3),
            placement: Placement::default(),
            autoscaling: None,
            store_connections: 20,
            process: ProcessPolicy::default(),
            sessions: None,
            storage: Storage::default(),
            edge: None,
            resilience: Resilience::default(),
            messaging: Messaging::default(),
            transactions: Transactions::default(),
        }
    }
}

/// How long a caller waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// For a connection to a machine that does not answer at all.
    pub connect: Span,
    /// For the response.
    pub response: Span,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts { connect: Span::from_secs(1), response: Span::from_secs(5) }
    }
}

/// What a caller does when an instance fails it: tries another one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// Attempts in all, the first included; each on an instance not yet tried.
    pub attempts: u32,
    /// Whether an attempt that was sent and never answered is repeated too. An attempt that could
    /// not be delivered (refused, unreachable, queue full) always is.
    pub after_timeout: bool,
}

impl Default for Retry {
    fn default() -> Self {
        Retry { attempts: 2, after_timeout: false }
    }
}

/// Workers and queue of an instance. Defaults: Tomcat (200 threads, `acceptCount` 100).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Requests it works on at once. A worker is held until the answer is sent, waiting included.
    pub workers: u32,
    /// Requests that may wait for a worker; one more is rejected.
    pub queue: u32,
}

impl Default for Capacity {
    fn default() -> Self {
        Capacity { workers: 200, queue: 100 }
    }
}

/// How microservices of a dead machine are placed again on the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Placement {
    /// From the machine's last sign of life until it counts as dead. Kubernetes' own defaults add up to
    /// minutes; the default here is what a tuned cluster reaches.
    pub detection: Span,
    /// How often a machine gives a sign of life. Zero: always.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub heartbeat: Span,
    /// How often the platform looks for dead machines. Zero: always.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub look: Span,
    /// How long what runs on a dead machine is left alone all the same, in case it comes back.
    #[serde(skip_serializing_if = "crate::design::is_default")]
    pub toleration: Span,
}

impl Default for Placement {
    fn default() -> Self {
        let detection = Span::from_secs(10);
        Placement { detection, heartbeat: Span::ZERO, look: Span::ZERO, toleration: Span::ZERO }
    }
}

impl Placement {
    /// As Kubernetes has it: a lease renewed every 10 s (`node-status-update-frequency`), a grace period of 40 s
    /// (`node-monitor-grace-period`; 50 s in newer releases), looked at every 5 s (`node-monitor-period`); pods
    /// tolerate an unreachable node for 300 s (`tolerationSeconds`).
    pub fn kubernetes() -> Placement {
        Placement {
            detection: Span::from_secs(40),
            heartbeat: Span::from_secs(10),
            look: Span::from_secs(5),
            toleration: Span::from_secs(300),
        }
    }
}
