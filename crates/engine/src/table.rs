//! A table of records that are found by number. Places that were left are taken again, the last one first.
//!
//! There is no mark of its own on a place: a record is there as long as somebody holds it, and whoever has its number
//! is one of those, so that finding it takes no more than its place. Only who searches all records asks which of
//! them are there.

use std::ops::{Deref, DerefMut, Index, IndexMut};

/// A record that is kept while somebody holds it. In the place that it leaves it notes which place is next to be taken.
pub trait Record: Copy {
    /// One that nobody has held yet.
    const VACANT: Self;

    /// Whether somebody holds it.
    fn is_held(&self) -> bool;

    /// Nobody holds it any more.
    fn leave(&mut self, next_vacant: u32);

    /// What [`Record::leave`] noted.
    fn next_vacant(&self) -> u32;
}

/// Records by number.
#[derive(Debug, Clone)]
pub struct Table<T> {
    places: Vec<T>,
    /// The place that is taken next: the one that was left last, or one more than there are.
    vacant: u32,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { places: Vec::new(), vacant: 0 }
    }
}

impl<T: Record> Table<T> {
    /// How many records there are, which takes counting.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// How many places there are, left or not.
    #[cfg(debug_assertions)]
    pub fn places(&self) -> usize {
        self.places.len()
    }

    /// Whether there is no place for one more, if there may be so many places: there are, and none of them was left.
    #[inline(always)]
    pub fn is_full(&self, most: usize) -> bool {
        self.vacant as usize >= self.places.len() && self.may_not_grow(most)
    }

    #[cold]
    fn may_not_grow(&self, most: usize) -> bool {
        self.places.len() >= most
    }

    /// The place of the next record, which is made if there has been none there before.
    #[inline(always)]
    pub fn vacancy(&mut self) -> Vacancy<'_, T> {
        if self.vacant as usize >= self.places.len() {
            self.grow();
        }
        Vacancy { place: &mut self.places[self.vacant as usize], vacant: &mut self.vacant }
    }

    /// Makes one more place, where none was left.
    #[cold]
    fn grow(&mut self) {
        let mut place = T::VACANT;
        place.leave(self.places.len() as u32 + 1);
        self.places.push(place);
    }

    /// The number that the next record will have.
    #[inline]
    pub fn vacant_key(&self) -> usize {
        self.vacant as usize
    }

    /// Adds a record, and gives its number.
    #[inline(always)]
    pub fn insert(&mut self, record: T) -> usize {
        self.vacancy().fill(record)
    }

    /// A record, which may be taken out.
    #[inline(always)]
    pub fn held(&mut self, number: usize) -> Held<'_, T> {
        Held { record: &mut self.places[number], number: number as u32, vacant: &mut self.vacant }
    }

    /// Takes a record out.
    #[inline(always)]
    pub fn remove(&mut self, number: usize) {
        self.held(number).remove();
    }

    /// A record, if it is still there.
    #[inline]
    pub fn get(&self, number: usize) -> Option<&T> {
        self.places.get(number).filter(|record| record.is_held())
    }

    /// All records, with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        self.places.iter().enumerate().filter(|(_, record)| record.is_held())
    }
}

/// A place of a table that no record has.
pub struct Vacancy<'a, T> {
    place: &'a mut T,
    vacant: &'a mut u32,
}

impl<T: Record> Vacancy<'_, T> {
    /// The number that its record will have.
    #[inline(always)]
    pub fn key(&self) -> usize {
        *self.vacant as usize
    }

    /// Adds a record there, and gives its number.
    #[inline(always)]
    pub fn fill(self, record: T) -> usize {
        let number = *self.vacant as usize;
        *self.vacant = self.place.next_vacant();
        *self.place = record;
        number
    }
}

/// A record of a table that was found once, for all that is to be done with it.
pub struct Held<'a, T> {
    record: &'a mut T,
    number: u32,
    vacant: &'a mut u32,
}

impl<T: Record> Held<'_, T> {
    /// Takes it out.
    #[inline(always)]
    pub fn remove(self) {
        self.record.leave(*self.vacant);
        *self.vacant = self.number;
    }
}

impl<T> Deref for Held<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        self.record
    }
}

impl<T> DerefMut for Held<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        self.record
    }
}

impl<T> Index<usize> for Table<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, number: usize) -> &T {
        &self.places[number]
    }
}

impl<T> IndexMut<usize> for Table<T> {
    #[inline(always)]
    fn index_mut(&mut self, number: usize) -> &mut T {
        &mut self.places[number]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq)]
    struct Kept(Option<char>, u32);

    impl Record for Kept {
        const VACANT: Kept = Kept(None, 0);

        fn is_held(&self) -> bool {
            self.0.is_some()
        }

        fn leave(&mut self, next_vacant: u32) {
            *self = Kept(None, next_vacant);
        }

        fn next_vacant(&self) -> u32 {
            self.1
        }
    }

    #[test]
    fn a_table_that_once_had_too_many_is_full_only_while_none_has_left() {
        let mut table = Table::default();
        for name in ['a', 'b', 'c', 'd'] {
            assert_eq!(table.is_full(3), table.len() >= 3);
            table.insert(Kept(Some(name), 0));
        }
        assert!(table.is_full(3) && !table.is_full(5));
        for number in 0..4 {
            table.remove(number);
        }
        // The next place is beyond those that there may be; it was left, and is taken again.
        assert_eq!((table.vacant_key(), table.is_full(3)), (3, false));
    }

    #[test]
    fn the_place_that_was_left_last_is_taken_first() {
        let mut table = Table::default();
        let held = |name| Kept(Some(name), 0);
        for name in ['a', 'b', 'c'] {
            assert_eq!(table.vacant_key(), table.insert(held(name)));
        }
        table.remove(0);
        table.remove(2);
        assert_eq!((table.len(), table.get(0), table.get(1)), (1, None, Some(&held('b'))));
        assert_eq!([table.insert(held('d')), table.vacant_key()], [2, 0]);
        let there: Vec<_> = table.iter().filter_map(|(number, record)| Some((number, record.0?))).collect();
        assert_eq!(there, [(1, 'b'), (2, 'd')]);
        assert_eq!(['e', 'f', 'g'].map(|name| table.insert(held(name))), [0, 3, 4]);
    }
}
