//! Resilience: what callers and services do against failure and overload.
//!
//! The machines (breaker, bulkhead, buckets, ...) know nothing of the world; guards hold them, and the ways of
//! calls go through the guards where a design has any.

pub mod adopt;
pub mod backoff;
pub mod breaker;
pub mod bucket;
pub mod budget;
pub mod bulkhead;
pub mod calls;
pub mod codel;
pub mod concurrency;
pub mod copies;
pub mod deadline;
pub mod entry;
pub mod fallback;
pub mod guard;
pub mod hedging;
pub mod memory;
pub mod retrying;
pub mod rolling;
pub mod shedding;
pub mod throttle;

#[cfg(test)]
mod tests;

use crate::world::World;

/// Something that was put off and is due.
#[derive(Debug, Clone, Copy)]
pub enum Care {
    /// A request that its limit delayed goes on into its group. Holds the request.
    Entry { request: u32 },
    /// An attempt that a limit delayed comes to its bulkhead. Holds the work, as its life.
    Enter { work: u32 },
    /// Those who wait at a bulkhead may come in.
    Admit { guard: u32 },
    /// Those who have waited too long at a bulkhead are told.
    Expire { guard: u32 },
    /// The pause before a retry is over. Holds the work that failed.
    TryAgain { work: u32 },
    /// Another copy of a call is sent, unless one was since. Holds what the call remembers.
    Hedge { memory: u32, sent: u8 },
    /// A copy that lost is cancelled where it is. Holds the work.
    Cancel { work: u32, begun: bool },
    /// Those who have waited too long in the queue of an instance are told.
    QueueTimeout { instance: u32 },
}

impl World {
    /// Something that was put off is due.
    pub fn on_care(&mut self, care: Care) {
        match care {
            Care::Entry { request } => self.go_on_at_entry(request),
            Care::Enter { work } => self.on_enter(work),
            Care::Admit { guard } => self.on_admit(guard),
            Care::Expire { guard } => self.on_expire(guard),
            Care::TryAgain { work } => self.on_try_again(work),
            Care::Hedge { memory, sent } => self.on_hedge(memory, sent),
            Care::Cancel { work, begun } => self.on_cancel(work, begun),
            Care::QueueTimeout { instance } => self.on_queue_timeout(instance),
        }
    }
}
