//! How much a document may hold, and how small and large its numbers may be.
//!
//! The numbers are far beyond what a person would draw and well within what a run survives; the
//! page's number fields use the same ones.

mod balancing;
mod by_hand;
mod faults;
mod flow;
pub(super) mod load;
mod operation;
mod resilience;

use std::fmt::Display;
use std::ops::RangeInclusive;

use crate::business::{Function, Step};
use crate::client::{Client, Load};
use crate::design::Design;
use crate::distribution::Distribution;
use crate::document::{DocumentError, store_bounds};
use crate::group::{Capacity, Group};
use crate::machine::{Machine, Point};
use crate::note::Note;
use crate::text::Text;
use crate::time::Span;

pub(crate) use balancing::PERCENT;
pub use balancing::{POPULATIONS, PRIORITIES, RING_POINTS, WEIGHTS};
pub use faults::{
    CHANCES, CLOCK_RATES, LEAKS, MAX_CHAOS, MAX_FAULTS, MAX_SIDE, MIN_MEAN_TIME, SLOWNESS, SPIKES, WARM_UPS,
};
pub use flow::{PARTITIONS, PREFETCHES, ROUND_TRIPS, TOPIC_ROOMS};

/// Populations of clients in a design.
pub const MAX_CLIENTS: usize = 64;
/// Groups in a design.
pub const MAX_GROUPS: usize = 64;
/// Machines in a design, and seats in a group.
pub const MAX_MACHINES: usize = 5_000;
/// Instances that the layouts of a design make, together.
pub const MAX_INSTANCES: u64 = 10_000;
/// Request kinds of a business.
pub const MAX_KINDS: usize = 256;
/// Functions of a business.
pub const MAX_FUNCTIONS: usize = 1_000;
/// Steps of a function, and calls within one `parallel`.
pub const MAX_STEPS: usize = 256;
/// Sets of data of a business.
pub const MAX_DATA: usize = 1_000;
/// Modules of a business.
pub const MAX_MODULES: usize = 1_000;
/// Services of a business.
pub const MAX_SERVICES: usize = 1_000;
/// Notes on the canvas.
pub const MAX_NOTES: usize = 500;
/// Characters of a note.
pub const MAX_NOTE_CHARS: usize = 2_000;
/// Width and height of a note, in canvas units.
pub const NOTE_SIZES: RangeInclusive<f64> = 48.0..=2_000.0;
/// Links with a latency of their own.
pub const MAX_LINKS: usize = 10_000;
/// Characters of a title.
pub const MAX_TITLE_CHARS: usize = 200;

/// Cores of a machine.
pub const CORES: RangeInclusive<u32> = 1..=1_024;
/// Speed of a core.
pub const SPEEDS: RangeInclusive<f64> = 0.001..=1_000.0;
/// Requests per second of a Poisson stream.
pub const RATES: RangeInclusive<f64> = 0.0..=1e6;
/// Users of a closed population.
pub const USERS: RangeInclusive<u32> = 0..=100_000;
/// The weight of a request kind.
pub const SHARES: RangeInclusive<f64> = 0.0..=1e9;
/// How many times a step is taken.
pub const COUNTS: RangeInclusive<u32> = 0..=1_000;
/// Workers of an instance.
pub const WORKERS: RangeInclusive<u32> = 1..=100_000;
/// Requests that may wait at an instance.
pub const QUEUES: RangeInclusive<u32> = 0..=1_000_000;
/// Reads and writes a store works on at once.
pub const CONNECTIONS: RangeInclusive<u32> = 1..=100_000;
/// Copies of a microservice.
pub const REPLICAS: RangeInclusive<u32> = 0..=1_000;
/// A place on the canvas, in either direction.
pub const COORDINATES: RangeInclusive<f64> = -1e7..=1e7;
/// The shortest time between two health checks: shorter ones would be all that a run does.
pub const MIN_CHECK_INTERVAL: Span = Span::from_millis(10);

/// Checks in a row that change a belief, attempts at a call, stages of an Erlang distribution.
const FEW: RangeInclusive<u32> = 1..=1_000;
/// Variance / mean².
const SCVS: RangeInclusive<f64> = 0.0..=1e4;

pub(crate) type Checked = Result<(), DocumentError>;

/// Whether everything in `design` is within bounds.
pub(crate) fn check(design: &Design) -> Checked {
    let business = &design.business;
    at_most("clients", design.clients.len(), MAX_CLIENTS)?;
    at_most("groups", design.groups.len(), MAX_GROUPS)?;
    at_most("machines", design.machines.len(), MAX_MACHINES)?;
    at_most("notes", design.notes.len(), MAX_NOTES)?;
    at_most("network.links", design.network.links.len(), MAX_LINKS)?;
    faults::check(&design.scenario)?;
    at_most("business.requests", business.requests.len(), MAX_KINDS)?;
    at_most("business.functions", business.functions.len(), MAX_FUNCTIONS)?;
    at_most("business.data", business.data.len(), MAX_DATA)?;
    at_most("business.modules", business.modules.len(), MAX_MODULES)?;
    at_most("business.services", business.services.len(), MAX_SERVICES)?;
    at_most("business.transactions", business.transactions.len(), MAX_FUNCTIONS)?;
    flow::check_costs(&business.calls)?;

    title("", &design.title)?;
    for (id, client) in &design.clients {
        check_client(&format!("clients.{id}"), client)?;
    }
    for (id, group) in &design.groups {
        check_group(&format!("groups.{id}"), group)?;
    }
    for (id, machine) in &design.machines {
        check_machine(&format!("machines.{id}"), machine)?;
    }
    for (id, note) in &design.notes {
        check_note(&format!("notes.{id}"), note)?;
    }

    title("business", &business.title)?;
    for (id, kind) in &business.requests {
        let path = format!("business.requests.{id}");
        title(&path, kind.title.as_ref())?;
        within(&path, "share", kind.share, SHARES)?;
    }
    for (id, function) in &business.functions {
        check_function(&format!("business.functions.{id}"), function)?;
    }
    for (id, data) in &business.data {
        let path = format!("business.data.{id}");
        title(&path, data.title.as_ref())?;
        check_distribution(&path, "read", &data.read)?;
        check_distribution(&path, "write", &data.write)?;
    }
    for (id, module) in &business.modules {
        let path = format!("business.modules.{id}");
        title(&path, module.title.as_ref())?;
        at_most(format!("{path}.functions"), module.functions.len(), MAX_FUNCTIONS)?;
        if let Some(capacity) = &module.capacity {
            check_capacity(&path, capacity)?;
        }
    }
    for (id, service) in &business.services {
        let path = format!("business.services.{id}");
        title(&path, service.title.as_ref())?;
        at_most(format!("{path}.functions"), service.functions.len(), MAX_FUNCTIONS)?;
        if let Some(replicas) = service.replicas {
            within(&path, "replicas", replicas, REPLICAS)?;
        }
        if let Some(capacity) = &service.capacity {
            check_capacity(&path, capacity)?;
        }
        operation::check_autoscaling(&path, service.autoscaling.as_ref())?;
    }
    store_bounds::check(business)?;
    operation::check_releases(&design.scenario)?;
    by_hand::check_instances(design)
}

fn check_client(path: &str, client: &Client) -> Checked {
    title(path, client.title.as_ref())?;
    at_most(format!("{path}.to"), client.to.len(), MAX_GROUPS)?;
    check_point(path, client.at)?;
    within(path, "users", client.users, POPULATIONS)?;
    match &client.load {
        Load::Poisson { rate } => within(path, "load.poisson.rate", *rate, RATES),
        Load::Users { count, think } => {
            within(path, "load.users.count", *count, USERS)?;
            check_distribution(path, "load.users.think", think)
        }
        shaped => load::check(path, shaped),
    }
}

fn check_group(path: &str, group: &Group) -> Checked {
    let policies = &group.policies;
    by_hand::check(&format!("{path}.by_hand"), &group.by_hand)?;
    title(path, &group.title)?;
    at_most(format!("{path}.machines"), group.seats.len(), MAX_MACHINES)?;
    check_point(path, group.at)?;
    check_capacity(&format!("{path}.policies"), &policies.capacity)?;
    within(path, "policies.replicas", policies.replicas, REPLICAS)?;
    within(path, "policies.store_connections", policies.store_connections, CONNECTIONS)?;
    store_bounds::check_policies(&format!("{path}.policies"), policies)?;
    within(path, "policies.retry.attempts", policies.retry.attempts, FEW)?;
    faults::check_process(path, &policies.process)?;
    operation::check_autoscaling(&format!("{path}.policies"), policies.autoscaling.as_ref())?;
    balancing::check(path, policies)?;
    resilience::check(&format!("{path}.policies.resilience"), &policies.resilience)?;
    flow::check(&format!("{path}.policies"), policies)
}

fn check_machine(path: &str, machine: &Machine) -> Checked {
    title(path, machine.title.as_ref())?;
    within(path, "cores", machine.cores, CORES)?;
    within(path, "speed", machine.speed, SPEEDS)?;
    within(path, "weight", machine.weight, WEIGHTS)?;
    within(path, "priority", machine.priority, PRIORITIES)?;
    machine.at.map_or(Ok(()), |at| check_point(path, at))
}

fn check_note(path: &str, note: &Note) -> Checked {
    let chars = |text: &str| text.chars().count();
    let longest = chars(note.text.english()).max(chars(note.text.chinese()));
    at_most(format!("{path}.text"), longest, MAX_NOTE_CHARS)?;
    check_point(path, note.at)?;
    within(path, "size[0]", note.size.x, NOTE_SIZES)?;
    within(path, "size[1]", note.size.y, NOTE_SIZES)
}

fn check_function(path: &str, function: &Function) -> Checked {
    title(path, function.title.as_ref())?;
    check_distribution(path, "work", &function.work)?;
    at_most(format!("{path}.steps"), function.steps.len(), MAX_STEPS)?;
    for (place, step) in function.steps.iter().enumerate() {
        let count = |count: u32| within(path, &format!("steps[{place}].count"), count, COUNTS);
        match step {
            Step::Call(call) => count(call.count)?,
            Step::Access(access) => count(access.count)?,
            Step::Parallel(calls) => {
                at_most(format!("{path}.steps[{place}].parallel"), calls.len(), MAX_STEPS)?;
                for (inner, call) in calls.iter().enumerate() {
                    let field = format!("steps[{place}].parallel[{inner}].count");
                    within(path, &field, call.count, COUNTS)?;
                }
            }
        }
    }
    Ok(())
}

fn check_capacity(path: &str, capacity: &Capacity) -> Checked {
    within(path, "capacity.workers", capacity.workers, WORKERS)?;
    within(path, "capacity.queue", capacity.queue, QUEUES)
}

pub(super) fn check_distribution(path: &str, field: &str, distribution: &Distribution) -> Checked {
    match *distribution {
        Distribution::Erlang { stages, .. } => within(path, &format!("{field}.erlang.stages"), stages, FEW),
        Distribution::Lognormal { scv, .. } => within(path, &format!("{field}.lognormal.scv"), scv, SCVS),
        Distribution::Hyperexponential { scv, .. } => {
            within(path, &format!("{field}.hyperexponential.scv"), scv, SCVS)
        }
        Distribution::Constant(_) | Distribution::Exponential(_) | Distribution::Uniform { .. } => Ok(()),
    }
}

fn check_point(path: &str, at: Point) -> Checked {
    within(path, "at[0]", at.x, COORDINATES)?;
    within(path, "at[1]", at.y, COORDINATES)
}

pub(super) fn title<'a>(path: &str, text: impl Into<Option<&'a Text>>) -> Checked {
    let Some(text) = text.into() else { return Ok(()) };
    let chars = text.english().chars().count().max(text.chinese().chars().count());
    at_most(
        if path.is_empty() { "title".to_owned() } else { format!("{path}.title") },
        chars,
        MAX_TITLE_CHARS,
    )
}

pub(super) fn at_most(path: impl Into<String>, count: usize, limit: usize) -> Checked {
    if count <= limit {
        return Ok(());
    }
    Err(DocumentError::TooMany { path: path.into(), count, limit })
}

/// Whether `given` lies in `bounds`. A number that is not finite lies in none.
pub(super) fn within<T: PartialOrd + Display>(
    path: &str,
    field: &str,
    given: T,
    bounds: RangeInclusive<T>,
) -> Checked {
    if bounds.contains(&given) {
        return Ok(());
    }
    Err(DocumentError::OutOfBounds {
        path: format!("{path}.{field}"),
        given: given.to_string(),
        least: bounds.start().to_string(),
        most: bounds.end().to_string(),
    })
}
