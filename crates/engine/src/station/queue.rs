//! Who waits, in the order in which they came.

/// Room is made for so many more at once: then it is made so seldom that nobody who leaves has to ask whether he is the
/// last, which cannot be guessed.
const ROOM: usize = 64;

/// Pieces of work that wait. Few instructions to join, and few to leave at either end.
#[derive(Debug, Default)]
pub struct Queue {
    /// Those that wait, after those that have left at the front.
    works: Vec<u32>,
    left: usize,
}

impl Clone for Queue {
    /// Without those that have left.
    fn clone(&self) -> Queue {
        Queue { works: self.works[self.left..].to_vec(), left: 0 }
    }
}

impl Queue {
    /// How many wait.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.works.len() - self.left
    }

    /// Those that wait.
    pub fn iter(&self) -> impl Iterator<Item = &u32> {
        self.works[self.left..].iter()
    }

    /// The one that has waited longest.
    pub fn first(&self) -> Option<u32> {
        self.works.get(self.left).copied()
    }

    /// One more waits.
    #[inline(always)]
    pub fn push(&mut self, work: u32) {
        if self.works.len() == self.works.capacity() {
            self.close_up();
        }
        self.works.push(work);
    }

    /// Makes room where others have left, if it is worth the while, and more room.
    #[cold]
    #[inline(never)]
    fn close_up(&mut self) {
        if self.left >= self.works.len() / 2 {
            self.works.drain(..self.left);
            self.left = 0;
        }
        self.works.reserve(ROOM);
    }

    /// Takes the one that has waited longest.
    #[inline(always)]
    pub fn pop_first(&mut self) -> Option<u32> {
        let first = *self.works.get(self.left)?;
        self.left += 1;
        Some(first)
    }

    /// Takes the one that came last.
    pub fn pop_last(&mut self) -> Option<u32> {
        if self.len() == 0 {
            return None;
        }
        self.works.pop()
    }

    /// Takes one out. Whether it was there.
    pub fn withdraw(&mut self, work: u32) -> bool {
        let Some(place) = self.iter().position(|waiting| *waiting == work) else { return false };
        match place {
            // It costs no more than its turn.
            0 => drop(self.pop_first()),
            _ => drop(self.works.remove(self.left + place)),
        }
        true
    }

    /// Nobody waits any more.
    #[inline(always)]
    pub fn clear(&mut self) {
        self.works.clear();
        self.left = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::Queue;
    use std::collections::VecDeque;

    #[test]
    fn to_withdraw_the_first_again_and_again_moves_nobody() {
        let mut queue = Queue::default();
        (0..1_000_000).for_each(|work| queue.push(work));
        // Were those behind moved up each time, this would not end.
        while let Some(first) = queue.first() {
            assert!(queue.withdraw(first));
        }
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn it_goes_as_a_queue_goes_that_is_open_at_both_ends() {
        let (mut queue, mut model) = (Queue::default(), VecDeque::new());
        let mut state = 7_u64;
        for number in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // It fills for a while, and empties for a while.
            let joins = if number / 1_000 % 2 == 0 { 6 } else { 3 };
            match (state >> 33) % 10 {
                draw if draw < joins => {
                    queue.push(number);
                    model.push_back(number);
                }
                7 => assert_eq!(queue.pop_last(), model.pop_back()),
                8 => {
                    let some = model.get(model.len() / 2).copied().unwrap_or(0);
                    assert_eq!(queue.withdraw(some), model.contains(&some));
                    model.retain(|waiting| *waiting != some);
                }
                _ => assert_eq!(queue.pop_first(), model.pop_front()),
            }
            assert_eq!((queue.len(), queue.first()), (model.len(), model.front().copied()));
        }
        assert!(queue.iter().eq(&model));
        assert!(queue.works.capacity() < 4_096, "places that were left are used again");
    }
}
