//! What ails an instance: slowness, errors, a hang, a full queue, a memory that fills, a process not yet warm.

use archlab_model::policy::WarmUp;
use archlab_model::{SimTime, Span};

use crate::random::Stream;

/// How much of the processor's time goes into collecting garbage when half of the memory is in use, as a share of
/// the work itself. The cost grows as live / (limit - live) (A. W. Appel, "Garbage collection can be faster than
/// stack allocation", 1987). A figure of ours.
const COLLECTION: f64 = 0.05;
/// The most by which a nearly full memory slows a process down: beyond that it is killed before anybody can tell.
const MAX_COLLECTION: f64 = 100.0;

/// What ails an instance. One that is well has no cost: its flag is not set, and nobody asks.
#[derive(Debug, Clone)]
pub struct Ailment {
    /// How many times as long its work takes because of a fault.
    pub slow: f64,
    /// The chance that a call is answered with an error at once, because of a fault.
    pub errors: f64,
    /// The same two for what its release brings with it.
    pub release: Defect,
    /// It stands still.
    pub hang: Option<Hang>,
    /// Its queue is filled.
    pub full: bool,
    /// It leaks.
    pub memory: Option<Memory>,
    /// Its process is not yet warm.
    pub warming: Option<Warming>,
    /// The draws of its errors.
    stream: Stream,
}

/// What a release brings with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Defect {
    /// How many times as long work takes.
    pub slow: f64,
    /// The chance that a call is answered with an error at once.
    pub errors: f64,
}

impl Defect {
    /// One that works as it should.
    pub const GOOD: Defect = Defect { slow: 1.0, errors: 0.0 };
}

/// A process that accepts everything and answers nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hang {
    /// Whether its health checks pass all the same.
    pub checks_pass: bool,
}

/// A memory that fills with each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Requests it holds something of.
    pub held: u32,
    /// How many fill it.
    pub limit: u32,
}

/// A process that began a short time ago.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Warming {
    /// When it began to answer.
    pub since: SimTime,
    /// How slow it is at first, and for how long.
    pub policy: WarmUp,
}

impl Ailment {
    /// The random stream of its errors.
    pub fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// An instance that is well, with the random stream of its errors.
    pub fn none(stream: Stream) -> Ailment {
        Ailment {
            slow: 1.0,
            errors: 0.0,
            release: Defect::GOOD,
            hang: None,
            full: false,
            memory: None,
            warming: None,
            stream,
        }
    }

    /// Whether anything ails it.
    pub fn any(&self) -> bool {
        self.slow != 1.0
            || self.errors > 0.0
            || self.release != Defect::GOOD
            || self.hang.is_some()
            || self.full
            || self.memory.is_some()
            || self.warming.is_some()
    }

    /// How long a piece of work takes that would take `length`, if it begins now.
    pub fn stretch(&mut self, now: SimTime, length: Span) -> Span {
        let factor = self.pace() * self.warmth(now) * self.memory.map_or(1.0, Memory::burden);
        Span::from_nanos((length.as_nanos() as f64 * factor + 0.5) as u64)
    }

    /// How many times as long work takes, of what changes only by a fault: for work under way.
    pub fn pace(&self) -> f64 {
        self.slow * self.release.slow
    }

    /// How many times as long work takes because the process is not yet warm. Forgets that once it is.
    fn warmth(&mut self, now: SimTime) -> f64 {
        let Some(Warming { since, policy }) = self.warming else { return 1.0 };
        let age = now.since(since);
        if age >= policy.over {
            self.warming = None;
            return 1.0;
        }
        let left = 1.0 - age.as_nanos() as f64 / policy.over.as_nanos() as f64;
        1.0 + (policy.factor - 1.0).max(0.0) * left
    }

    /// Whether a call that begins now is answered with an error.
    pub fn errs(&mut self) -> bool {
        // Two independent bugs.
        let chance = 1.0 - (1.0 - self.errors) * (1.0 - self.release.errors);
        self.stream.happens(chance)
    }

    /// A request was begun. Whether the memory is full now.
    pub fn remember(&mut self) -> bool {
        match &mut self.memory {
            Some(memory) => {
                memory.held = memory.held.saturating_add(1);
                memory.held >= memory.limit
            }
            None => false,
        }
    }

    /// Its process has ended: what was the process' is gone with it. What was wrong with its code or its machine
    /// stays.
    pub fn process_ended(&mut self) {
        (self.hang, self.full, self.warming) = (None, false, None);
        if let Some(memory) = &mut self.memory {
            memory.held = 0;
        }
    }
}

impl Memory {
    /// How many times as long work takes with so much in memory.
    pub fn burden(self) -> f64 {
        let (held, limit) = (f64::from(self.held), f64::from(self.limit.max(1)));
        let full = (held / limit).min(1.0);
        (1.0 + COLLECTION * full / (1.0 - full).max(1e-9)).min(MAX_COLLECTION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn well() -> Ailment {
        Ailment::none(Stream::new(1, "test", ""))
    }

    fn at(secs: u64) -> SimTime {
        SimTime::START + Span::from_secs(secs)
    }

    const WORK: Span = Span::from_millis(10);

    #[test]
    fn one_that_is_well_takes_its_time_and_makes_no_errors() {
        let mut well = well();
        assert!(!well.any() && !well.errs() && !well.remember());
        assert_eq!(well.stretch(at(1), WORK), WORK);
    }

    #[test]
    fn a_new_process_is_slower_and_less_and_less_so() {
        let policy = WarmUp { factor: 5.0, over: Span::from_secs(30) };
        let mut new = Ailment { warming: Some(Warming { since: at(10), policy }), ..well() };
        assert_eq!(new.stretch(at(10), WORK), Span::from_millis(50));
        assert_eq!(new.stretch(at(25), WORK), Span::from_millis(30));
        assert!(new.any());
        assert_eq!(new.stretch(at(40), WORK), WORK);
        assert!(!new.any(), "it is forgotten");
    }

    #[test]
    fn a_memory_is_a_burden_only_near_its_limit() {
        let burden = |held| Memory { held, limit: 100 }.burden();
        assert_eq!(burden(0), 1.0);
        assert!((burden(50) - 1.05).abs() < 1e-9);
        assert!((burden(90) - 1.45).abs() < 1e-9);
        assert!(burden(99) > 5.0);
        assert_eq!(burden(100), MAX_COLLECTION);
        let mut leaking = Ailment { memory: Some(Memory { held: 0, limit: 3 }), ..well() };
        assert_eq!([leaking.remember(), leaking.remember(), leaking.remember()], [false, false, true]);
        leaking.process_ended();
        assert!(!leaking.remember(), "a new process has its memory empty");
        assert!(leaking.any(), "and leaks again");
    }

    #[test]
    fn bugs_of_a_fault_and_of_a_release_are_independent() {
        let release = Defect { slow: 2.0, errors: 0.5 };
        let mut buggy = Ailment { errors: 0.2, slow: 3.0, release, ..well() };
        assert_eq!(buggy.stretch(at(0), WORK), Span::from_millis(60));
        let errors = (0..10_000).filter(|_| buggy.errs()).count();
        // 60 %, within four standard deviations of 49.
        assert!((5_804..=6_196).contains(&errors), "{errors}");
    }

    #[test]
    fn a_restart_cures_a_process_and_not_its_code() {
        let hang = Some(Hang { checks_pass: false });
        let mut ill = Ailment { hang, full: true, errors: 0.1, slow: 2.0, ..well() };
        ill.process_ended();
        assert_eq!((ill.hang, ill.full, ill.errors, ill.slow), (None, false, 0.1, 2.0));
    }
}
