//! Faults of stores: slow ones, and ones that have lost a member.

use archlab_model::fault::StoreName;
use archlab_model::{Fault, Span};

use crate::fact::Place;
use crate::fault::Faults;
use crate::work::{Spot, State};
use crate::world::World;

impl Faults {
    /// How long a piece of work takes at a store that may be slow.
    #[cold]
    pub fn at_store(&self, at: Spot, length: Span) -> Span {
        let Place::Store(store) = at.place() else { return length };
        match self.slow_stores.get(&store) {
            Some(factor) => Span::from_nanos((length.as_nanos() as f64 * factor + 0.5) as u64),
            None => length,
        }
    }
}

impl World {
    pub(super) fn store_named(&self, name: &StoreName) -> Option<u32> {
        let mut stores = self.names.roster.stores.iter();
        let place = stores.position(|(group, store)| *group == name.group && *store == name.store);
        place.map(|index| index as u32).filter(|index| (*index as usize) < self.stores.len())
    }

    /// A store works `factor` times as slow as usual, on what it is at already, too.
    pub(super) fn slow_store(&mut self, name: &StoreName, factor: f64) -> bool {
        let Some(store) = self.store_named(name) else { return false };
        let before = match factor {
            1.0 => self.faults.slow_stores.remove(&store),
            _ => self.faults.slow_stores.insert(store, factor),
        };
        self.review_faults();
        let ratio = factor / before.unwrap_or(1.0);
        for work in self.works_at_store(store, State::Alone) {
            let left = self.works[work as usize].due.since(self.now).as_nanos() as f64;
            self.put_off(work, self.now + Span::from_nanos((left * ratio + 0.5) as u64));
        }
        true
    }

    fn works_at_store(&self, store: u32, state: State) -> Vec<u32> {
        let at = Spot::from(Place::Store(store));
        let there = self.works.iter().filter(|(_, work)| work.at == at && work.state == state);
        there.map(|(work, _)| work as u32).collect()
    }

    /// A member of a store dies, if there is such a store.
    pub(super) fn begin_store_fault(&mut self, name: &StoreName, fault: &Fault) -> bool {
        let there = self.store_named(name).is_some();
        if there {
            self.apply_store_fault(fault);
        }
        there
    }
}
