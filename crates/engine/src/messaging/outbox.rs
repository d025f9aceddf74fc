//! An outbox: messages written beside the data, in the same write, until a relay has given them to the broker.

use std::collections::VecDeque;

use archlab_model::{SimTime, Span};

use super::message::Letter;

/// Most messages that an outbox holds. One more is not written, and the write fails.
pub const MAX_OUTBOX: usize = 1_000_000;

/// Messages that a relay has not yet given to the broker, in order.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    waiting: VecDeque<(SimTime, Letter)>,
    /// Those at the front that are on the way to the broker.
    sent: usize,
    /// When the relay looks next, if there is anything to look for.
    next_look: Option<SimTime>,
}

impl Outbox {
    /// Writes a message; `false` if there is no room. If the relay has to be woken, says when.
    pub fn write(&mut self, now: SimTime, letter: Letter, period: Span) -> Option<SimTime> {
        self.waiting.push_back((now, letter));
        self.look_again(now, period)
    }

    /// Whether there is room for one more.
    pub fn has_room(&self) -> bool {
        self.waiting.len() < MAX_OUTBOX
    }

    /// How many messages wait, those on the way to the broker included.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The relay looks: what it sends to the broker now, in order.
    pub fn look(&mut self) -> impl Iterator<Item = Letter> {
        self.next_look = None;
        let from = self.sent;
        self.sent = self.waiting.len();
        self.waiting.range(from..).map(|(_, letter)| *letter)
    }

    /// The broker has taken the first message of those on the way.
    pub fn taken(&mut self) {
        if self.sent > 0 {
            self.waiting.pop_front();
            self.sent -= 1;
        }
    }

    /// The broker did not answer: what is on the way has to be sent again, even what it may have taken. If the relay
    /// has to be woken, says when.
    pub fn failed(&mut self, now: SimTime, period: Span) -> Option<SimTime> {
        self.sent = 0;
        self.look_again(now, period)
    }

    fn look_again(&mut self, now: SimTime, period: Span) -> Option<SimTime> {
        if self.next_look.is_some() || self.waiting.is_empty() {
            return None;
        }
        let period = period.as_nanos().max(1_000_000);
        // The relay looks at multiples of its period, whenever something was written.
        let next = SimTime::from_nanos((now.as_nanos() / period).saturating_add(1).saturating_mul(period));
        self.next_look = Some(next);
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> SimTime {
        SimTime::START + Span::from_millis(millis)
    }

    fn letter(number: u64) -> Letter {
        Letter { number, kind: 0, depth: 0 }
    }

    #[test]
    fn what_was_written_is_sent_in_order_when_the_relay_looks() {
        let (mut outbox, period) = (Outbox::default(), Span::from_millis(500));
        assert_eq!(outbox.write(at(100), letter(1), period), Some(at(500)));
        assert_eq!(outbox.write(at(200), letter(2), period), None);
        let sent: Vec<_> = outbox.look().map(|letter| letter.number).collect();
        assert_eq!(sent, [1, 2]);
        outbox.taken();
        // The broker fell silent before it had answered for the second: it is sent again.
        assert_eq!(outbox.failed(at(1_200), period), Some(at(1_500)));
        assert_eq!(outbox.look().map(|letter| letter.number).collect::<Vec<_>>(), [2]);
        outbox.taken();
        assert_eq!(outbox.len(), 0);
    }
}
