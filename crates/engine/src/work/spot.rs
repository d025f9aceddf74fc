//! Places in one word, for records of which there are many.

use crate::fact::Place;

/// A [`Place`] in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot(u32);

impl Spot {
    const INDEX: u32 = (1 << 29) - 1;
    const STORE: u32 = 1 << 29;
    const ENTRY: u32 = 2 << 29;
    const CLIENT: u32 = 4 << 29;

    /// The first instance, for want of a place.
    pub const ANY: Spot = Spot(0);

    /// The place it stands for.
    #[inline]
    pub fn place(self) -> Place {
        let index = self.0 & Spot::INDEX;
        match self.0 & !Spot::INDEX {
            0 => Place::Instance(index),
            Spot::STORE => Place::Store(index),
            Spot::ENTRY => Place::Entry(index),
            _ => Place::Client(index),
        }
    }

    /// The instance, if it is one.
    #[inline]
    pub fn instance(self) -> Option<u32> {
        (self.0 <= Spot::INDEX).then_some(self.0)
    }

    /// Its index among those of its kind.
    #[inline]
    pub fn index(self) -> u32 {
        self.0 & Spot::INDEX
    }

    /// The word.
    #[inline]
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Whether it is a store.
    #[inline]
    pub fn is_store(self) -> bool {
        self.0 & !Spot::INDEX == Spot::STORE
    }

    /// Whether it is an entry.
    #[inline]
    pub fn is_entry(self) -> bool {
        self.0 & Spot::ENTRY != 0
    }

    /// Whether one of two is a client.
    #[inline]
    pub fn one_is_client(one: Spot, other: Spot) -> bool {
        (one.0 | other.0) & Spot::CLIENT != 0
    }

    /// The instances, if both are.
    #[inline]
    pub fn both_instances(one: Spot, other: Spot) -> Option<(u32, u32)> {
        (one.0 | other.0 <= Spot::INDEX).then_some((one.0, other.0))
    }
}

impl From<Place> for Spot {
    #[inline]
    fn from(place: Place) -> Spot {
        Spot(match place {
            Place::Instance(index) => index,
            Place::Store(index) => Spot::STORE | index,
            Place::Entry(index) => Spot::ENTRY | index,
            Place::Client(index) => Spot::CLIENT | index,
        })
    }
}
