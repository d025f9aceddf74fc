//! Hedging: the copies of one call that are under way at once.

/// Copies of a call: how many were sent, and how many of those failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copies {
    sent: u8,
    failed: u8,
}

/// What follows when a copy fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The next copy is sent at once.
    Send,
    /// Others may still answer.
    Wait,
    /// None is left: the call fails.
    Fail,
}

impl Copies {
    /// A copy is sent.
    pub fn send(&mut self) {
        self.sent = self.sent.saturating_add(1);
    }

    /// How many were sent.
    pub fn sent(&self) -> u8 {
        self.sent
    }

    /// Whether one more may be sent, of `most` in all.
    pub fn may_send(&self, most: u32) -> bool {
        u32::from(self.sent) < most
    }

    /// A copy failed, in a way that another may not (gRPC: a non-fatal status) or in one that ends the call.
    pub fn fail(&mut self, fatal: bool, most: u32) -> Next {
        self.failed = self.failed.saturating_add(1);
        if fatal {
            Next::Fail
        } else if self.may_send(most) {
            Next::Send
        } else if self.failed < self.sent {
            Next::Wait
        } else {
            Next::Fail
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Stream, Ziggurat};

    #[test]
    fn a_failure_sends_the_next_copy_and_the_last_one_fails_the_call() {
        let mut copies = Copies::default();
        copies.send();
        assert_eq!(copies.fail(false, 3), Next::Send);
        copies.send();
        copies.send();
        assert!(!copies.may_send(3));
        assert_eq!(copies.fail(false, 3), Next::Wait);
        assert_eq!(copies.fail(false, 3), Next::Fail);
        let mut copies = Copies::default();
        copies.send();
        assert_eq!(copies.fail(true, 3), Next::Fail);
    }

    #[test]
    fn the_first_of_two_copies_answers_as_the_table_says() {
        // hedge-mean, dup-mean: exponential, the second copy after d = ln 20 or at once.
        let (mut stream, ziggurat) = (Stream::new(1, "work", "test"), Ziggurat::default());
        for (delay, expected) in [(libm::log(20.0), 0.975), (0.0, 0.5)] {
            const CALLS: u32 = 200_000;
            let mut sum = 0.0;
            for _ in 0..CALLS {
                let (first, second) = (ziggurat.draw(&mut stream), delay + ziggurat.draw(&mut stream));
                sum += if first <= delay { first } else { first.min(second) };
            }
            let mean = sum / f64::from(CALLS);
            assert!((mean - expected).abs() < 0.01 * expected, "{mean} for {expected}");
        }
    }
}
