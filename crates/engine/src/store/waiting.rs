//! Those who wait for another to read the store for them.

use crate::event::Control;
use crate::store::cache::LEASE;
use crate::store::keeping::{Access, Due, Phase};
use crate::work::{NONE, State};
use crate::world::World;

impl World {
    /// Somebody has waited long enough for another to read for it: it reads for itself.
    pub fn on_lease_over(&mut self, part: u32) {
        if self.works[part as usize].state == State::Waiting
            && self.access(part).phase == Phase::Lease
            && let Err(reason) = self.ask_pool(part)
        {
            self.end_access(part, Err(reason));
        }
        self.release(part);
    }

    /// Those who waited for an entry go on, from the first: it is there, or they look after it themselves.
    pub fn wake_waiting(&mut self, first: Option<u32>, filled: bool) {
        let mut next = first.unwrap_or(NONE);
        while next != NONE {
            let part = next;
            next = std::mem::replace(&mut self.access(part).next, NONE);
            if self.works[part as usize].state == State::Waiting && self.access(part).phase == Phase::Lease {
                if filled {
                    let index = self.access(part).system;
                    if let Some(system) = self.keeping.system(index) {
                        system.counts.coalesced += 1;
                    }
                    self.end_access(part, Ok(()));
                } else if let Err(reason) = self.ask_pool(part) {
                    self.end_access(part, Err(reason));
                }
            }
            self.release(part);
        }
    }

    /// An access is forgotten. If it read for others and never ended, they learn of it when its lease is over.
    pub fn forget_access(&mut self, index: u32) {
        let Access { system, key, fills, .. } = self.keeping.accesses.remove(index as usize);
        if fills.is_some() {
            self.schedule(self.now + LEASE, Control::Store(Due::Lapse { system, key }));
        }
    }
}
