//! A station: servers and one bounded queue before them, first in first out. The workers of an instance
//! are one, the connections of a store another.

mod queue;

use archlab_model::SimTime;

use crate::measure::meter::Meter;
use crate::resilience::shedding::Shedder;
use queue::Queue;

/// What a station does with a piece of work that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// A server was free, and has it.
    Served,
    /// It waits.
    Queued,
    /// The queue is full.
    Rejected,
    /// It waits, but may be turned away before its turn comes.
    QueuedForNow,
    /// It is turned away.
    Shed,
}

/// Servers and their queue.
#[derive(Debug, Clone)]
pub struct Station {
    /// How many servers.
    pub servers: u32,
    /// How many pieces of work may wait.
    pub room: u32,
    /// Servers that have one.
    pub busy: u32,
    /// Pieces of work finished since the run began.
    pub finished: u64,
    waiting: Queue,
    meter: Meter,
    /// What turns work away before the queue is full, if something does.
    pub shedder: Option<Box<Shedder>>,
    /// Whether the piece of work that came last is taken next.
    pub last_in: bool,
}

impl Station {
    /// An idle station.
    pub fn new(now: SimTime, servers: u32, room: u32) -> Station {
        Station {
            servers,
            room,
            busy: 0,
            finished: 0,
            waiting: Queue::default(),
            meter: Meter::new(now),
            shedder: None,
            last_in: false,
        }
    }

    /// How many wait.
    #[inline]
    pub fn waiting(&self) -> u32 {
        self.waiting.len() as u32
    }

    /// How many there are, waiting or in service.
    #[inline]
    pub fn load(&self) -> u32 {
        self.busy + self.waiting()
    }

    /// Takes a piece of work in, if it can.
    #[inline(always)]
    pub fn admit(&mut self, now: SimTime, work: u32) -> Admission {
        if self.shedder.is_some() {
            return self.admit_or_shed(now, work);
        }
        self.admit_at_all(now, work)
    }

    #[inline(always)]
    fn admit_at_all(&mut self, now: SimTime, work: u32) -> Admission {
        if self.busy < self.servers {
            self.meter.busy_begins(now);
            self.busy += 1;
            Admission::Served
        } else if self.waiting() < self.room {
            self.meter.waiting_begins(now);
            self.waiting.push(work);
            Admission::Queued
        } else {
            Admission::Rejected
        }
    }

    /// Takes a piece of work in that has been here before and needs a server again, whatever the room.
    /// Whether it has one.
    pub fn admit_again(&mut self, now: SimTime, work: u32) -> bool {
        if self.busy < self.servers {
            self.meter.busy_begins(now);
            self.busy += 1;
            return true;
        }
        self.meter.waiting_begins(now);
        self.waiting.push(work);
        false
    }

    /// A server is free again. If a piece of work waits, the server has that now, and it is returned.
    #[inline(always)]
    pub fn free(&mut self, now: SimTime) -> Option<u32> {
        if self.busy <= self.servers
            && let Some(next) = self.pop_waiting()
        {
            self.meter.waiting_ends(now, 1);
            return Some(next);
        }
        self.meter.busy_ends(now, 1);
        self.busy -= 1;
        None
    }

    #[inline(always)]
    fn pop_waiting(&mut self) -> Option<u32> {
        if self.last_in { self.waiting.pop_last() } else { self.waiting.pop_first() }
    }

    /// Gives a waiting piece of work to a free server.
    #[inline]
    pub fn take_waiting(&mut self, now: SimTime) -> Option<u32> {
        if self.busy >= self.servers {
            return None;
        }
        let next = self.pop_waiting()?;
        self.meter.waiting_ends(now, 1);
        self.meter.busy_begins(now);
        self.busy += 1;
        Some(next)
    }

    /// The piece of work that has waited longest.
    pub fn first_waiting(&self) -> Option<u32> {
        self.waiting.first()
    }

    /// Takes a piece of work out of the queue. Whether it was there.
    pub fn withdraw(&mut self, now: SimTime, work: u32) -> bool {
        let there = self.waiting.withdraw(work);
        if there {
            self.meter.waiting_ends(now, 1);
        }
        there
    }

    /// Whether it may turn work away before the queue is full.
    #[inline]
    pub fn sheds(&self) -> bool {
        self.shedder.is_some()
    }

    /// As [`Station::admit`], unless the shedder turns it away.
    #[cold]
    fn admit_or_shed(&mut self, now: SimTime, work: u32) -> Admission {
        let inside = self.busy + self.waiting();
        let Some(shedder) = &mut self.shedder else { return Admission::Rejected };
        if !shedder.lets_in(inside) {
            return Admission::Shed;
        }
        if self.busy < self.servers {
            shedder.stands_empty(now);
        }
        match self.admit_at_all(now, work) {
            Admission::Queued => Admission::QueuedForNow,
            admission => admission,
        }
    }

    /// Forgets all its work: the process has ended.
    pub fn clear(&mut self, now: SimTime) {
        self.meter.busy_ends(now, self.busy);
        self.meter.waiting_ends(now, self.waiting());
        self.busy = 0;
        self.waiting.clear();
    }

    /// From now on there are other numbers of servers and of places to wait. Work begun goes on.
    pub fn resize(&mut self, now: SimTime, servers: u32, room: u32) {
        self.meter.resize(now, self.servers);
        (self.servers, self.room) = (servers, room);
    }

    /// Its averages until `now`.
    pub fn average(&self, now: SimTime) -> crate::measure::meter::Average {
        self.meter.average(now, self.busy, self.waiting(), self.servers)
    }

    /// Nanoseconds that pieces of work have been here until `now`, added up.
    pub fn held(&self, now: SimTime) -> f64 {
        self.meter.held_until(now, self.busy, self.waiting())
    }
}
