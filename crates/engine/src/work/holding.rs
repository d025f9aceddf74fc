//! Who holds a piece of work: nobody's index dangles, and nothing is kept that nobody needs.

use super::{Flags, NONE, Work};
use crate::world::World;

impl World {
    /// Keeps a new piece of work, which holds its request and its parent.
    #[inline(always)]
    pub fn keep(&mut self, work: Work) -> u32 {
        self.hold_request(&work);
        if work.parent != NONE {
            self.works[work.parent as usize].holders += 1;
        }
        self.works.insert(work) as u32
    }

    /// The request is held by a new piece of work, which is the next to be kept.
    #[inline(always)]
    pub fn hold_request(&mut self, work: &Work) {
        let request = &mut self.requests[work.request as usize];
        request.holders += 1;
        if work.parent == NONE && !work.flags.has(Flags::BACKGROUND) {
            request.call = self.works.vacant_key() as u32;
        }
    }

    /// Somebody lets go of a piece of work.
    #[inline]
    pub fn release(&mut self, index: u32) {
        self.let_go(index, 1);
    }

    /// Ends some of the holds on a piece of work.
    #[inline]
    pub fn let_go(&mut self, index: u32, holds: u16) {
        let work = &mut self.works[index as usize];
        work.holders -= holds;
        if work.holders == 0 {
            self.forget(index);
        }
    }

    #[inline]
    pub fn forget(&mut self, mut index: u32) {
        loop {
            let Work { request, parent, memory, flags, target, .. } = self.works[index as usize];
            self.works.remove(index as usize);
            if flags.has(Flags::KEEPING) && flags.has(Flags::INSIDE) {
                self.forget_access(target);
            }
            if memory != NONE {
                self.release_memory(memory);
            }
            self.release_request(request);
            if parent == NONE {
                return;
            }
            let work = &mut self.works[parent as usize];
            work.holders -= 1;
            if work.holders > 0 {
                return;
            }
            index = parent;
        }
    }
}
