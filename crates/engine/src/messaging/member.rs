//! A consumer as its broker knows it, and what it has in hand.

use std::collections::VecDeque;

use archlab_model::{Acknowledge, SimTime, Span};

use super::message::{Letter, Ticket};

/// Whether a consumer is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is.
    Here,
    /// It died, and the broker does not know until then.
    Ghost {
        /// When its session ends.
        ends: SimTime,
    },
    /// It is gone, and the broker knows.
    Gone,
}

/// A consumer.
#[derive(Debug, Clone)]
pub struct Member {
    /// The instance it is.
    pub instance: u32,
    pub presence: Presence,
    joined: SimTime,
    /// When, within a period, it gives signs of life and commits.
    phase: f64,
    /// Messages it may not yet have any more of, those under way to it included.
    pub outstanding: u32,
    /// Messages it works on.
    pub in_work: u32,
    /// Messages that have reached it and that it has not begun with.
    pub hand: VecDeque<(Ticket, Letter)>,
    /// Messages it has worked on and not committed, with the instant.
    pub uncommitted: VecDeque<(SimTime, Ticket)>,
}

impl Member {
    /// A consumer that joins now. `phase`, from 0 to 1, says where in their periods its signs of life lie.
    pub fn new(instance: u32, now: SimTime, phase: f64) -> Member {
        Member {
            instance,
            presence: Presence::Here,
            joined: now,
            phase,
            outstanding: 0,
            in_work: 0,
            hand: VecDeque::new(),
            uncommitted: VecDeque::new(),
        }
    }

    /// Whether the broker thinks that it is there.
    pub fn is_believed(&self) -> bool {
        self.presence != Presence::Gone
    }

    /// When the session of a consumer that dies now ends: `timeout` after its last sign of life.
    pub fn session_end(&self, now: SimTime, heartbeat: Span, timeout: Span) -> SimTime {
        self.last_tick(now, heartbeat) + timeout
    }

    /// The instant up to which it has committed what it worked on.
    pub fn committed(&self, now: SimTime, acknowledge: Acknowledge) -> SimTime {
        match acknowledge {
            Acknowledge::Every(period) => self.last_tick(now, period),
            Acknowledge::AfterWork | Acknowledge::BeforeWork => now,
        }
    }

    /// The last multiple of `period` until now, counted from a point of its own; when it joined, before the first.
    fn last_tick(&self, now: SimTime, period: Span) -> SimTime {
        if period.is_zero() {
            return now;
        }
        let first = self.joined + Span::from_nanos((period.as_nanos() as f64 * self.phase) as u64);
        if now < first {
            return self.joined;
        }
        let since = now.since(first).as_nanos();
        first + Span::from_nanos(since - since % period.as_nanos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_its_timeout_after_the_last_sign_of_life() {
        let at = |millis: u64| SimTime::START + Span::from_millis(millis);
        let ends = |phase: f64, died: u64| {
            let member = Member::new(0, at(1_000), phase);
            member.session_end(at(died), Span::from_secs(3), Span::from_secs(45))
        };
        // Signs of life at 2.5, 5.5, 8.5 s and so on.
        assert_eq!(ends(0.5, 8_499), at(50_500));
        assert_eq!(ends(0.5, 8_500), at(53_500));
        assert_eq!(ends(0.5, 1_200), at(46_000));
        // So whoever dies is missed 42 to 45 s later (`mq-rebalance-*`), 43.5 s on average.
        let waits = (0..3_000).map(|k| ends(0.0, 4_000 + k).since(at(4_000 + k)).as_secs_f64());
        let (least, most, sum) = waits.fold((f64::MAX, 0.0_f64, 0.0), |(least, most, sum), wait| {
            (least.min(wait), most.max(wait), sum + wait)
        });
        assert!(least > 42.0 && most <= 45.0 && (sum / 3_000.0 - 43.5).abs() < 0.01);
    }
}
