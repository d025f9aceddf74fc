//! The façade: a run of a design.
//!
//! Everything due at an instant is handled before an intervention made at that instant; so a run is
//! reproduced by its design and its journal, however it was sliced, stepped or looked at.

use archlab_model::{Design, GroupId, SimTime};

use crate::fact::Fact;
use crate::flights::Recorder;
use crate::frame::{Flight, Frame};
use crate::intervention::Intervention;
use crate::measure::report::Report;
use crate::measure::series::Point;
use crate::roster::Roster;
use crate::world::World;

/// Most events that [`Simulation::step`] handles while it looks for one that a person can see.
pub const MAX_STEP_EVENTS: u64 = 100_000;

/// A run of a design: the value of (design, seed, interventions), as far as it has come.
#[derive(Debug)]
pub struct Simulation {
    world: World,
    journal: Vec<(SimTime, Intervention)>,
}

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
    pub fn new(design: &Design) -> Simulation {
        Simulation { world: World::new(design), journal: Vec::new() }
    }

    /// The same run again: the same design under the same interventions, up to `until`.
    pub fn replay(design: &Design, journal: &[(SimTime, Intervention)], until: SimTime) -> Simulation {
        let mut simulation = Simulation::new(design);
        for (at, intervention) in journal.iter().filter(|(at, _)| *at <= until) {
            simulation.run_until(*at);
            simulation.intervene(intervention.clone());
        }
        simulation.run_until(until);
        simulation
    }

    /// The present instant.
    pub fn now(&self) -> SimTime {
        self.world.now
    }

    /// Handles everything due up to and including `deadline`, and moves the clock there. A deadline in
    /// the past does nothing.
    pub fn run_until(&mut self, deadline: SimTime) {
        self.run_for(deadline, u64::MAX);
    }

    /// As [`Simulation::run_until`], and tells each fact, with its instant, to `listener`.
    pub fn run_until_with(&mut self, deadline: SimTime, listener: &mut dyn FnMut(SimTime, &Fact)) {
        self.run_for_with(deadline, u64::MAX, listener);
    }

    /// As [`Simulation::run_until`], but stops after `events` events.
    pub fn run_for(&mut self, deadline: SimTime, events: u64) -> Progress {
        self.world.telling = false;
        self.go(deadline, events, |_| {})
    }

    /// As [`Simulation::run_for`], and tells each fact, with its instant, to `listener`.
    pub fn run_for_with(
        &mut self,
        deadline: SimTime,
        events: u64,
        listener: &mut dyn FnMut(SimTime, &Fact),
    ) -> Progress {
        self.world.telling = true;
        let progress = self.go(deadline, events, |world| hand_out(world, listener));
        self.world.telling = false;
        progress
    }

    /// Handles the next event a person can see (not a timer that has lost its meaning) and moves the
    /// clock to it. `false` if nothing is left to happen.
    pub fn step(&mut self) -> bool {
        self.step_with(&mut |_, _| {})
    }

    /// As [`Simulation::step`], and tells each fact, with its instant, to `listener`.
    pub fn step_with(&mut self, listener: &mut dyn FnMut(SimTime, &Fact)) -> bool {
        self.world.telling = true;
        let mut happened = false;
        for _ in 0..MAX_STEP_EVENTS {
            // Nothing is due at the end of time: it stands for what never happens.
            if !self.world.advance(SimTime::from_nanos(u64::MAX - 1)) {
                break;
            }
            happened = true;
            if !self.world.told.is_empty() {
                hand_out(&mut self.world, listener);
                break;
            }
        }
        self.world.telling = false;
        self.world.measures.advance(self.world.now);
        happened
    }

    /// Goes on until `deadline` or for `events` events, and calls `after` after each.
    fn go(&mut self, deadline: SimTime, events: u64, mut after: impl FnMut(&mut World)) -> Progress {
        if deadline < self.world.now {
            return Progress::Reached;
        }
        // Nothing is due at the end of time: it stands for what never happens.
        let last = deadline.min(SimTime::from_nanos(u64::MAX - 1));
        for _ in 0..events {
            if !self.world.advance(last) {
                self.world.now = deadline;
                self.world.measures.advance(deadline);
                return Progress::Reached;
            }
            after(&mut self.world);
        }
        self.world.measures.advance(self.world.now);
        Progress::OutOfEvents
    }

    /// Does something to the run, now.
    pub fn intervene(&mut self, intervention: Intervention) {
        self.intervene_with(intervention, &mut |_, _| {});
    }

    /// As [`Simulation::intervene`], and tells each fact, with its instant, to `listener`.
    pub fn intervene_with(&mut self, intervention: Intervention, listener: &mut dyn FnMut(SimTime, &Fact)) {
        let now = self.world.now;
        self.run_until_with(now, listener);
        self.world.telling = true;
        match &intervention {
            Intervention::Fault(fault) => self.world.apply_fault(fault),
            Intervention::Adopt(design) => self.world.adopt(design),
        }
        hand_out(&mut self.world, listener);
        self.world.telling = false;
        self.journal.push((now, intervention));
    }

    /// What was done to the run so far (planned faults are the design's, not the journal's).
    pub fn journal(&self) -> &[(SimTime, Intervention)] {
        &self.journal
    }

    /// The names behind indices.
    pub fn roster(&self) -> &Roster {
        &self.world.names.roster
    }

    /// The state now, for painting.
    pub fn frame(&self) -> Frame {
        self.world.frame()
    }

    /// Records messages as they leave, from now on, at most `capacity` between two takings; beyond
    /// that every second, fourth, ... message only. Recording changes nothing else. No capacity: records
    /// none.
    pub fn record_flights(&mut self, capacity: usize) {
        self.world.flights = (capacity > 0).then(|| Recorder::new(capacity));
    }

    /// Moves the recorded messages into `flights` (which is cleared first). Returns the share of all
    /// messages that was recorded: 1 if none was left out.
    pub fn take_flights(&mut self, flights: &mut Vec<Flight>) -> f64 {
        match &mut self.world.flights {
            Some(recorder) => recorder.take(flights),
            None => {
                flights.clear();
                1.0
            }
        }
    }

    /// The measures so far.
    pub fn report(&self) -> Report {
        self.world.report()
    }

    /// A group's history so far, for charts. Empty for a group that is not there.
    pub fn series(&self, group: &GroupId) -> Vec<Point> {
        let names = &self.world.names;
        let index = names.groups.find(group).filter(|index| self.world.groups[*index as usize].present);
        index.map_or_else(Vec::new, |index| self.world.measures.groups[index as usize].points())
    }
}

fn hand_out(world: &mut World, listener: &mut dyn FnMut(SimTime, &Fact)) {
    for fact in &world.told {
        listener(world.now, fact);
    }
    world.told.clear();
}
