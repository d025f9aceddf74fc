//! Trust: what a balancer learns of an instance from what becomes of the requests it gave it.

use crate::balancing::Ending;
use crate::event::Control;
use crate::fact::Reason;
use crate::work::Flags;
use crate::world::World;

impl World {
    /// The attempt that is a piece of work has ended, as far as its caller goes. Only if somebody listens.
    #[cold]
    pub fn note_ending(&mut self, index: u32, result: Result<(), Reason>, answered: bool) {
        let work = &self.works[index as usize];
        let Some(instance) = work.at.instance() else { return };
        if work.flags.has(Flags::INSIDE) {
            return;
        }
        let ending = match (result, answered) {
            (Ok(()), _) => Ending::Answered,
            (Err(_), true) | (Err(Reason::Error), _) => Ending::Erred,
            (Err(_), false) => Ending::Failed,
        };
        let took = self.now.since(work.sent);
        let pool = self.instances[instance as usize].pool;
        if self.operation.watching {
            self.note_experience(pool, instance, result.is_err() && !answered, took);
        }
        let Some(chooser) = &mut self.pools[pool as usize].chooser else { return };
        if chooser.listens() && chooser.note(self.now, instance, ending, took).is_some() {
            self.review_trust(instance);
        }
    }

    /// Begins the regular look at the outliers of a pool, or ends it, as its rules say now.
    pub fn plan_looks(&mut self, index: u32) {
        let pool = &mut self.pools[index as usize];
        let interval = pool.chooser.as_ref().and_then(|chooser| chooser.look_interval());
        if interval == pool.looks_every {
            return;
        }
        pool.looks_every = interval;
        pool.looks = pool.looks.wrapping_add(1);
        let number = pool.looks;
        if let Some(interval) = interval {
            self.schedule(self.now + interval, Control::Outliers { pool: index, number });
        }
    }

    /// The regular look: who may return, who stands out.
    pub fn on_outliers(&mut self, index: u32, number: u32) {
        let pool = &mut self.pools[index as usize];
        if pool.looks != number {
            return;
        }
        let (Some(chooser), Some(interval)) = (&mut pool.chooser, pool.looks_every) else { return };
        for (instance, _) in chooser.sweep(self.now) {
            self.review_trust(instance);
        }
        self.schedule(self.now + interval, Control::Outliers { pool: index, number });
    }

    /// Looks whether an instance is trusted.
    pub fn review_trust(&mut self, index: u32) {
        let pool = self.instances[index as usize].pool;
        let chooser = self.pools[pool as usize].chooser.as_ref();
        let trusted = chooser.is_none_or(|chooser| !chooser.listens() || chooser.trusts(index));
        if self.instances[index as usize].health.trusted != trusted {
            self.instances[index as usize].health.trusted = trusted;
            self.sum_up(index);
        }
    }
}
