//! What callers and services do against failure and overload, through the façade.

mod chains;
mod guards;
mod overload;
mod retries;

use archlab_engine::measure::report::GroupReport;
use archlab_engine::{Report, Simulation};
use archlab_model::policy::{CallerPolicies, Resilience};
use archlab_model::{Capacity, Design, Distribution, Layout, Span};

use crate::common::{at, design, one_function, open, policies};

/// One function of one worker on each of `machines` machines with a core each, that takes `work`.
fn station(work: Distribution, machines: usize, workers: u32) -> Design {
    let mut design = design(one_function(work), Layout::Cluster, machines, workers);
    policies(&mut design).capacity = Capacity { workers, queue: 1_000_000 };
    policies(&mut design).retry.attempts = 1;
    policies(&mut design).timeouts.response = Span::MAX;
    design.clients.clear();
    design
}

/// Open clients who never leave.
fn patient(design: &mut Design, rate: f64) {
    open(design, rate);
    design.clients[0].patience = Span::MAX;
}

fn resilience(design: &mut Design) -> &mut Resilience {
    &mut policies(design).resilience
}

/// What every caller does.
fn calls(design: &mut Design) -> &mut CallerPolicies {
    &mut resilience(design).calls
}

/// The report after a run of `length`.
fn run(design: &Design, length: Span) -> Report {
    let mut simulation = Simulation::new(design);
    simulation.run_until(at(length));
    simulation.report()
}

/// What the clients of the only group saw.
fn group(report: &Report) -> &GroupReport {
    &report.groups[0]
}

/// Whether `measured` is `expected`, give or take a part of it.
#[track_caller]
fn near(measured: f64, expected: f64, part: f64) {
    assert!((measured - expected).abs() <= part * expected.abs(), "{measured} is not near {expected}");
}
