//! The people of a closed client, by number: who thinks, and who asks next.
//!
//! Who has thought longest asks first. With constant thinking that is who has finished; otherwise it is as good as
//! anybody, and the times between requests are those that were drawn.

use std::collections::VecDeque;

/// People who think, and numbers of those who have left.
#[derive(Debug, Clone, Default)]
pub struct People {
    thinking: VecDeque<u32>,
    left: Vec<u32>,
    /// Numbers given out.
    count: u32,
}

impl People {
    /// Somebody comes, and thinks first.
    pub fn come(&mut self) {
        let number = self.left.pop().unwrap_or(self.count);
        self.count = self.count.max(number + 1);
        self.thinking.push_back(number);
    }

    /// Somebody asks: who.
    #[inline]
    pub fn ask(&mut self) -> u32 {
        self.thinking.pop_front().unwrap_or(0)
    }

    /// One who has asked thinks.
    #[inline]
    pub fn think(&mut self, number: u32) {
        self.thinking.push_back(number);
    }

    /// Somebody leaves who thought.
    pub fn leave(&mut self) {
        self.left.extend(self.thinking.pop_front());
    }
}

#[cfg(test)]
mod tests {
    use super::People;

    #[test]
    fn nobody_asks_twice_at_once_and_numbers_come_back() {
        let mut people = People::default();
        (0..3).for_each(|_| people.come());
        assert_eq!([people.ask(), people.ask(), people.ask()], [0, 1, 2]);
        people.think(2);
        people.think(0);
        assert_eq!(people.ask(), 2);
        people.leave();
        people.come();
        assert_eq!(people.ask(), 0);
    }
}
