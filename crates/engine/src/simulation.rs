//! The façade: a run of a design.

use archlab_model::{Design, GroupId, SimTime};

use crate::fact::Fact;
use crate::frame::{Flight, Frame};
use crate::intervention::Intervention;
use crate::measure::report::Report;
use crate::measure::series::Point;
use crate::roster::Roster;

/// A run of a design: the value of (design, seed, interventions), as far as it has come.
#[derive(Debug)]
pub struct Simulation {}

/// How far [`Simulation::run_for`] came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// To the deadline.
    Reached,
    /// Not so far: it handled as many events as it was allowed to.
    OutOfEvents,
}

impl Simulation {
    /// A run of `design` at its start, with the seed and the planned faults of its scenario.
    pub fn new(_design: &Design) -> Simulation {
        unimplemented!()
    }

    /// The same run again: the same design under the same interventions, up to `until`.
    pub fn replay(_design: &Design, _journal: &[(SimTime, Intervention)], _until: SimTime) -> Simulation {
        unimplemented!()
    }

    /// The present instant.
    pub fn now(&self) -> SimTime {
        unimplemented!()
    }

    /// Handles everything due up to and including `deadline`, and moves the clock there.
    pub fn run_until(&mut self, _deadline: SimTime) {
        unimplemented!()
    }

    /// As [`Simulation::run_until`], and tells each fact, with its instant, to `listener`.
    pub fn run_until_with(&mut self, _deadline: SimTime, _listener: &mut dyn FnMut(SimTime, &Fact)) {
        unimplemented!()
    }

    /// As [`Simulation::run_until`], but stops after `events` events.
    pub fn run_for(&mut self, _deadline: SimTime, _events: u64) -> Progress {
        unimplemented!()
    }

    /// Handles the next event a person can see (not a timer that has lost its meaning) and moves the
    /// clock to it. `false` if nothing is left to happen.
    pub fn step(&mut self) -> bool {
        unimplemented!()
    }

    /// Does something to the run, now.
    pub fn intervene(&mut self, _intervention: Intervention) {
        unimplemented!()
    }

    /// What was done to the run so far (planned faults are the design's, not the journal's).
    pub fn journal(&self) -> &[(SimTime, Intervention)] {
        unimplemented!()
    }

    /// The names behind indices.
    pub fn roster(&self) -> &Roster {
        unimplemented!()
    }

    /// The state now, for painting.
    pub fn frame(&self) -> Frame {
        unimplemented!()
    }

    /// Records messages as they leave, from now on, at most `capacity` between two takings; beyond
    /// that every second, fourth, ... message only. Recording changes nothing else.
    pub fn record_flights(&mut self, _capacity: usize) {
        unimplemented!()
    }

    /// Moves the recorded messages into `flights` (which is cleared first). Returns the share of all
    /// messages that was recorded: 1 if none was left out.
    pub fn take_flights(&mut self, _flights: &mut Vec<Flight>) -> f64 {
        unimplemented!()
    }

    /// The measures so far.
    pub fn report(&self) -> Report {
        unimplemented!()
    }

    /// A group's history so far, for charts. Empty for a group that is not there.
    pub fn series(&self, _group: &GroupId) -> Vec<Point> {
        unimplemented!()
    }
}
