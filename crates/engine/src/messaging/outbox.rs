//! An outbox: messages written beside the data, in the same write, until a relay has given them to the broker.

use std::collections::VecDeque;

use archlab_model::{SimTime, Span};

use super::message::Letter;

/// Most messages that an outbox holds. One more is not written, and the function that writes it fails.
pub const MAX_OUTBOX: usize = 1_000_000;
/// The relay looks no more often than this: so that a run goes on.
const MIN_RELAY: u64 = 1_000_000;

/// Messages that a relay has not yet given to the broker, in order.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    waiting: VecDeque<Letter>,
    /// Whether the relay is going to look.
    watched: bool,
}

impl Outbox {
    /// Writes a message. Whether there was room.
    pub fn write(&mut self, letter: Letter) -> bool {
        let room = self.waiting.len() < MAX_OUTBOX;
        if room {
            self.waiting.push_back(letter);
        }
        room
    }

    /// How many messages wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// When the relay has to be woken next, if it has to be: it looks at multiples of `period`, whenever something
    /// waits.
    pub fn watch(&mut self, now: SimTime, period: Span) -> Option<SimTime> {
        if self.watched || self.waiting.is_empty() {
            return None;
        }
        self.watched = true;
        let period = period.as_nanos().max(MIN_RELAY);
        Some(SimTime::from_nanos((now.as_nanos() / period).saturating_add(1).saturating_mul(period)))
    }

    /// The relay looks.
    pub fn looked(&mut self) {
        self.watched = false;
    }

    /// The message that the broker gets next.
    pub fn first(&self) -> Option<Letter> {
        self.waiting.front().copied()
    }

    /// The broker has taken it.
    pub fn taken(&mut self) {
        self.waiting.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_waits_in_order_until_the_broker_has_it() {
        let (mut outbox, period) = (Outbox::default(), Span::from_millis(500));
        let at = |millis: u64| SimTime::START + Span::from_millis(millis);
        let letter = |number: u64| Letter { number, kind: 0, depth: 0 };
        assert_eq!(outbox.watch(at(0), period), None);
        assert!(outbox.write(letter(1)) && outbox.write(letter(2)));
        assert_eq!(outbox.watch(at(100), period), Some(at(500)));
        assert_eq!(outbox.watch(at(200), period), None);
        outbox.looked();
        assert_eq!(outbox.first(), Some(letter(1)));
        outbox.taken();
        // The broker is down: it looks again.
        assert_eq!((outbox.first(), outbox.watch(at(500), period)), (Some(letter(2)), Some(at(1_000))));
        outbox.taken();
        assert_eq!(outbox.len(), 0);
    }
}
