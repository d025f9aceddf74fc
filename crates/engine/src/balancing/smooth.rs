//! Smooth weighted round robin, exactly as nginx does it (`ngx_http_upstream_round_robin.c`): in proportion to the
//! weights, and evenly mixed.

/// An instance's part in the turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    weight: i64,
    /// What it counts for now: less than its weight after failures.
    effective: i64,
    current: i64,
}

impl Turn {
    /// One that has had no turn yet.
    pub fn new(weight: u32) -> Turn {
        Turn { weight: i64::from(weight), effective: i64::from(weight), current: 0 }
    }

    /// It weighs something else from now on.
    pub fn reweigh(&mut self, weight: u32) {
        if self.weight != i64::from(weight) {
            *self = Turn::new(weight);
        }
    }

    /// Counts from nothing.
    pub fn begin_again(&mut self) {
        self.current = 0;
    }

    /// A failure makes it count for less, for a while: the part of its weight that one of `max_fails` is.
    pub fn lower(&mut self, max_fails: u32) {
        self.effective = (self.effective - self.weight / i64::from(max_fails.max(1))).max(0);
    }

    /// Whether it counts for less than its weight.
    #[cfg(test)]
    pub fn is_lowered(&self) -> bool {
        self.effective < self.weight
    }
}

/// One round: each that takes part is shown to [`Round::see`], in the order of the configuration, and the one with
/// the greatest counter, the first among equals, has the turn.
#[derive(Debug)]
pub struct Round {
    total: i64,
    best: Option<(i64, usize)>,
}

impl Round {
    /// Nobody was seen yet.
    pub fn new() -> Round {
        Round { total: 0, best: None }
    }

    /// The one at `place` takes part, with `scale` times its weight.
    #[inline]
    pub fn see(&mut self, place: usize, turn: &mut Turn, scale: u32) {
        let share = turn.effective * i64::from(scale);
        turn.current += share;
        self.total += share;
        if turn.effective < turn.weight {
            turn.effective += 1;
        }
        if self.best.is_none_or(|(most, _)| turn.current > most) {
            self.best = Some((turn.current, place));
        }
    }

    /// Where the turn is, and what [`Round::take`] wants back.
    pub fn winner(&self) -> Option<usize> {
        self.best.map(|(_, place)| place)
    }

    /// The winner has its turn.
    pub fn take(self, turn: &mut Turn) {
        turn.current -= self.total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(turns: &mut [Turn]) -> usize {
        let mut round = Round::new();
        for (place, turn) in turns.iter_mut().enumerate() {
            round.see(place, turn, 1);
        }
        let place = round.winner().expect("somebody takes part");
        round.take(&mut turns[place]);
        place
    }

    fn sequence(weights: &[u32], length: usize) -> String {
        let mut turns: Vec<Turn> = weights.iter().map(|weight| Turn::new(*weight)).collect();
        let sequence = (0..length).map(|_| char::from(b'a' + next(&mut turns) as u8)).collect();
        let total: u32 = weights.iter().sum();
        if length as u32 == total {
            assert!(turns.iter().all(|turn| turn.current == 0), "counters are back after a cycle");
        }
        sequence
    }

    #[test]
    fn the_order_is_that_of_nginx() {
        assert_eq!(sequence(&[5, 1, 1], 7), "aabacaa");
        assert_eq!(sequence(&[3, 2, 1], 6), "abacba");
        assert_eq!(sequence(&[1, 1, 1], 6), "abcabc");
    }

    #[test]
    fn who_has_failed_comes_back_little_by_little() {
        let mut turns = [Turn::new(4), Turn::new(4)];
        turns[0].lower(2);
        turns[0].lower(2);
        turns[0].lower(2);
        assert!(turns[0].is_lowered());
        let first: Vec<usize> = (0..8).map(|_| next(&mut turns)).collect();
        assert_eq!(first.iter().filter(|place| **place == 1).count(), 5, "{first:?}");
        assert!(!turns[0].is_lowered());
    }
}
