//! The façade: a run of a design.
//!
//! Everything due at an instant is handled before an intervention made at that instant; so a run is
//! reproduced by its design and its journal, however it was sliced, stepped or looked at.

use archlab_model::{Design, Fault, GroupId, SimTime};

use crate::fact::Fact;
use crate::flights::Recorder;
use crate::frame::{Flight, Frame};
use crate::intervention::Intervention;
use crate::measure::report::Report;
use crate::measure::series::Point;
use crate::roster::Roster;
use crate::snapshot::{Memory, Snapshot};
use crate::world::World;

/// Most events that [`Simulation::step`] handles while it looks for one that a person can see.
pub const MAX_STEP_EVENTS: u64 = 100_000;

/// Nothing is due at the end of time: it stands for what never happens.
const LAST: SimTime = SimTime::from_nanos(u64::MAX - 1);

/// A run of a design: the value of (design, seed, interventions), as far as it has come.
#[derive(Debug)]
pub struct Simulation {
    world: World,
    /// What was done, and is done again when the run is repeated from an earlier moment.
    journal: Vec<(SimTime, Intervention)>,
    /// How many entries of the journal have been done by now.
    done: usize,
    memory: Memory,
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
        Simulation { world: World::new(design), journal: Vec::new(), done: 0, memory: Memory::default() }
    }

    /// The same run again: the same design under the same interventions, up to `until`.
    pub fn replay(design: &Design, journal: &[(SimTime, Intervention)], until: SimTime) -> Simulation {
        let mut simulation = Simulation::new(design);
        simulation.journal.extend(journal.iter().filter(|(at, _)| *at <= until).cloned());
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
        self.go(deadline, events, u64::MAX, |_| {})
    }

    /// As [`Simulation::run_for`], and tells each fact, with its instant, to `listener`.
    pub fn run_for_with(
        &mut self,
        deadline: SimTime,
        events: u64,
        listener: &mut dyn FnMut(SimTime, &Fact),
    ) -> Progress {
        self.world.telling = true;
        let progress = self.go(deadline, events, 1, |world| hand_out(world, listener));
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
        self.world.take_stock();
        let mut happened = false;
        for _ in 0..MAX_STEP_EVENTS {
            let planned = self.next_in_journal();
            if !self.world.advance(planned.unwrap_or(SimTime::NEVER).min(LAST)) {
                let Some(at) = planned else { break };
                self.world.now = at;
                self.repeat_from_journal();
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

    /// Goes on until `deadline` or for `events` events, and calls `after` at least after each `stride` of them.
    fn go(
        &mut self,
        deadline: SimTime,
        mut events: u64,
        stride: u64,
        mut after: impl FnMut(&mut World),
    ) -> Progress {
        if deadline < self.world.now {
            return Progress::Reached;
        }
        loop {
            self.world.take_stock();
            let planned = self.next_in_journal();
            let stop = deadline.min(planned.unwrap_or(SimTime::NEVER)).min(self.memory.next());
            let last = stop.min(LAST);
            loop {
                if events == 0 {
                    self.world.measures.advance(self.world.now);
                    return Progress::OutOfEvents;
                }
                let handled = self.world.advance_by(events.min(stride), last);
                if handled == 0 {
                    break;
                }
                events -= handled;
                after(&mut self.world);
            }
            self.world.now = stop;
            self.world.measures.advance(stop);
            if stop == self.memory.next() && stop != SimTime::NEVER {
                self.memory.keep(&self.world, self.done);
            }
            if planned == Some(stop) {
                self.repeat_from_journal();
                after(&mut self.world);
                self.world.told.clear();
            } else if stop == deadline {
                return Progress::Reached;
            }
        }
    }

    /// When the journal has something to be done again.
    fn next_in_journal(&self) -> Option<SimTime> {
        self.journal.get(self.done).map(|(at, _)| *at)
    }

    /// Does again what the journal has next, now.
    fn repeat_from_journal(&mut self) {
        let intervention = self.journal[self.done].1.clone();
        self.done += 1;
        let telling = std::mem::replace(&mut self.world.telling, true);
        self.world.intervene(&intervention);
        self.world.telling = telling;
    }

    /// Does something to the run, now. What the journal has for later is forgotten: from here on the run is
    /// another one.
    pub fn intervene(&mut self, intervention: Intervention) {
        self.intervene_with(intervention, &mut |_, _| {});
    }

    /// As [`Simulation::intervene`], and tells each fact, with its instant, to `listener`.
    pub fn intervene_with(&mut self, intervention: Intervention, listener: &mut dyn FnMut(SimTime, &Fact)) {
        let now = self.world.now;
        self.run_until_with(now, listener);
        self.journal.truncate(self.done);
        self.memory.forget_after(now);
        self.world.telling = true;
        self.world.intervene(&intervention);
        hand_out(&mut self.world, listener);
        self.world.telling = false;
        self.journal.push((now, intervention));
        self.done += 1;
    }

    /// The run as it is now, to come back to. What follows from it is what follows from here, to the bit.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(&self.world, self.done)
    }

    /// Goes back (or forward) to a snapshot of this run. The journal stays, so that letting the run go on
    /// repeats what was done after that moment, until something else is done.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        let (flights, telling) = (self.world.flights.take(), self.world.telling);
        snapshot.give_back(&mut self.world);
        (self.world.flights, self.world.telling) = (flights, telling);
        self.done = snapshot.done().min(self.journal.len());
    }

    /// Goes on from here by other chances: whatever is drawn from now on hangs on `seed`, too. What had been drawn
    /// before (work under way, the next arrival) stays. So several runs that follow from one snapshot tell what is
    /// rare. A journal knows nothing of it: what was planned to be done again is forgotten, and such a run is
    /// repeated from its snapshot only.
    pub fn diverge(&mut self, seed: u64) {
        self.journal.truncate(self.done);
        self.memory.forget_after(self.world.now);
        self.world.diverge(seed);
    }

    /// Keeps a snapshot every `every` of simulated time from now on, and no more than `most` of them: when there
    /// would be more, every other one is dropped and the distance doubles, so that they always cover the run. No
    /// number: keeps none.
    pub fn remember(&mut self, every: archlab_model::Span, most: usize) {
        self.memory = Memory::new(self.world.now, every, most);
    }

    /// Goes to an earlier moment of the run, from the snapshot before it. `false` if none reaches so far back.
    pub fn rewind(&mut self, to: SimTime) -> bool {
        let Some(snapshot) = self.memory.last_before(to) else { return false };
        self.restore(&snapshot);
        self.run_until(to);
        true
    }

    /// What was done to the run so far (planned faults are the design's, not the journal's).
    pub fn journal(&self) -> &[(SimTime, Intervention)] {
        &self.journal
    }

    /// The faults that linger now, oldest first: whatever is wrong and does not show in a frame as a process that
    /// has ended or a machine without power. Each can be repaired by its [`Fault::repair`].
    pub fn troubles(&self) -> impl Iterator<Item = &Fault> {
        self.world.faults.troubles()
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
