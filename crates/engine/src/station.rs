//! A station: servers and one bounded queue before them, first in first out. The workers of an instance
//! are one, the connections of a store another.

use std::collections::VecDeque;

use archlab_model::SimTime;

use crate::event::JobKey;
use crate::measure::meter::Meter;

/// What a station does with a job that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// A server was free, and has it.
    Served,
    /// It waits.
    Queued,
    /// The queue is full.
    Rejected,
}

/// Servers and their queue.
#[derive(Debug, Clone)]
pub struct Station {
    /// How many servers.
    pub servers: u32,
    /// How many jobs may wait.
    pub room: u32,
    /// Servers that have a job.
    pub busy: u32,
    /// Jobs finished since the run began.
    pub finished: u64,
    waiting: VecDeque<JobKey>,
    meter: Meter,
}

impl Station {
    /// An idle station.
    pub fn new(now: SimTime, servers: u32, room: u32) -> Station {
        Station { servers, room, busy: 0, finished: 0, waiting: VecDeque::new(), meter: Meter::new(now) }
    }

    /// How many jobs wait.
    pub fn waiting(&self) -> u32 {
        self.waiting.len() as u32
    }

    /// Takes a job in, if it can.
    #[inline]
    pub fn admit(&mut self, now: SimTime, job: JobKey) -> Admission {
        if self.busy < self.servers {
            self.note(now);
            self.busy += 1;
            Admission::Served
        } else if self.waiting() < self.room {
            self.note(now);
            self.waiting.push_back(job);
            Admission::Queued
        } else {
            Admission::Rejected
        }
    }

    /// A server has finished its job. If another waits, the server has that now, and it is returned.
    #[inline]
    pub fn finish(&mut self, now: SimTime) -> Option<JobKey> {
        self.note(now);
        self.finished += 1;
        self.busy -= 1;
        self.take_waiting()
    }

    /// Gives a waiting job to a free server.
    pub fn take_waiting(&mut self) -> Option<JobKey> {
        if self.busy >= self.servers {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.busy += 1;
        Some(next)
    }

    /// Forgets all its jobs: the process has ended.
    pub fn clear(&mut self, now: SimTime) {
        self.note(now);
        self.busy = 0;
        self.waiting.clear();
    }

    /// From now on there are other numbers of servers and of places to wait. Jobs at work go on.
    pub fn resize(&mut self, now: SimTime, servers: u32, room: u32) {
        self.note(now);
        self.meter.resize(now, self.servers);
        (self.servers, self.room) = (servers, room);
    }

    /// Its averages until `now`.
    pub fn average(&self, now: SimTime) -> crate::measure::meter::Average {
        self.meter.average(now, self.busy, self.waiting(), self.servers)
    }

    #[inline]
    fn note(&mut self, now: SimTime) {
        self.meter.add(now, self.busy, self.waiting.len() as u32);
    }
}
