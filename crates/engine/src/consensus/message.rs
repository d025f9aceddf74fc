//! What members of a consensus send each other.

use archlab_model::SimTime;

use crate::consensus::{Entry, Position};

/// Most values in one message.
pub const BATCH: usize = 16;

/// A few values, in line: messages need no memory of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Batch {
    entries: [Entry; BATCH],
    count: u8,
}

impl Batch {
    /// The values.
    pub fn entries(&self) -> &[Entry] {
        &self.entries[..usize::from(self.count)]
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        u64::from(self.count)
    }

    /// Whether there are none: a heartbeat.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl FromIterator<Entry> for Batch {
    /// The first [`BATCH`] of `entries`.
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Batch {
        let mut batch = Batch::default();
        for (place, entry) in batch.entries.iter_mut().zip(entries) {
            *place = entry;
            batch.count += 1;
        }
        batch
    }
}

/// A message from one member to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "values in line are what spares messages memory of their own")]
pub enum Message {
    /// A candidate asks for a vote.
    AskVote {
        /// The term it wants to lead in.
        term: u32,
        /// Where its log ends.
        last: Position,
        /// Whether it only asks if it would get one: nobody's term changes.
        trial: bool,
    },
    /// The answer.
    Vote {
        /// The term it is for, or the voter's, if it refuses.
        term: u32,
        /// Whether it is given.
        granted: bool,
        /// Whether it was only asked for on trial.
        trial: bool,
    },
    /// The leader tells values; without any it is a heartbeat.
    Append {
        /// The leader's term.
        term: u32,
        /// What comes before them in the leader's log.
        before: Position,
        /// The values.
        batch: Batch,
        /// How far the leader knows values to be committed.
        commit: u64,
        /// When it was sent, by the leader's clock. The answer says it again.
        sent: SimTime,
    },
    /// The leader tells where its log begins, to a member that is further behind.
    Snapshot {
        /// The leader's term.
        term: u32,
        /// Where it begins.
        base: Position,
        /// When it was sent, by the leader's clock.
        sent: SimTime,
    },
    /// The answer to either.
    Appended {
        /// The answering member's term.
        term: u32,
        /// What came before the values.
        before: u64,
        /// How far its log agrees with the leader's; `Err`: what came before is not there, but it may
        /// agree up to here.
        matched: Result<u64, u64>,
        /// When what it answers was sent.
        sent: SimTime,
    },
}

impl Message {
    /// The term that it speaks of.
    pub fn term(&self) -> u32 {
        match *self {
            Message::AskVote { term, .. }
            | Message::Vote { term, .. }
            | Message::Append { term, .. }
            | Message::Snapshot { term, .. }
            | Message::Appended { term, .. } => term,
        }
    }

    /// Whether it proves that a later term has begun. A trial does not: it asks what would be.
    pub fn begins_term(&self) -> bool {
        !matches!(
            self,
            Message::AskVote { trial: true, .. } | Message::Vote { trial: true, granted: true, .. }
        )
    }
}
