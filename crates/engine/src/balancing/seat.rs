//! A seat: an instance as its balancer sees it.

use archlab_model::{OutlierEjection, PassiveChecks, SimTime};

use crate::balancing::response::Response;
use crate::balancing::smooth::Turn;
use crate::health::outlier::Record;
use crate::health::passive::Fails;

/// What a balancer is told of an instance when a design is adopted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The instance.
    pub instance: u32,
    /// What its name hashes to.
    pub name: u64,
    /// Its share of the traffic; zero: it gets nothing new.
    pub weight: u32,
    /// Below [`super::spill::PRIORITIES`].
    pub priority: u32,
}

/// An instance as its balancer sees it.
#[derive(Debug, Clone)]
pub struct Seat {
    pub part: Part,
    /// Whether the registry says that it is there.
    pub listed: bool,
    /// Whether it is listed and checks say that it is well.
    pub well: bool,
    /// Since when its weight rises.
    pub rises: Option<SimTime>,
    pub turn: Turn,
    pub response: Response,
    pub fails: Fails,
    pub record: Record,
}

impl Seat {
    /// One that nothing is known of.
    pub fn new(part: Part) -> Seat {
        Seat {
            part,
            listed: false,
            well: false,
            rises: None,
            turn: Turn::new(part.weight),
            response: Response::unknown(),
            fails: Fails::none(),
            record: Record::default(),
        }
    }

    /// Whether it may be given requests, as far as what it did with earlier ones goes.
    #[inline]
    pub fn is_trusted(&self, passive: Option<&PassiveChecks>, now: SimTime) -> bool {
        !self.record.is_out() && !passive.is_some_and(|plan| self.fails.is_out(plan, now))
    }

    /// Whether it is believed to be well in every way.
    pub fn is_healthy(&self, passive: Option<&PassiveChecks>) -> bool {
        self.well && !self.record.is_out() && !passive.is_some_and(|plan| self.fails.is_suspect(plan))
    }

    /// Whether it was given so much to answer for that nothing is to be kept of it.
    pub fn forgive(&mut self, passive: Option<&PassiveChecks>, outliers: Option<&OutlierEjection>) {
        if passive.is_none() {
            self.fails = Fails::none();
        }
        if outliers.is_none() {
            self.record = Record::default();
        }
    }
}
