//! Receiving: what a member does with a message.

use archlab_model::SimTime;

use crate::consensus::{Batch, Member, Message, Outbox, Position, Role};
use crate::random::Stream;

impl Member {
    /// Takes in a message from another member.
    pub fn on_message(
        &mut self,
        now: SimTime,
        from: u8,
        message: &Message,
        stream: &mut Stream,
        outbox: &mut Outbox,
    ) {
        let term = message.term();
        if matches!(message, Message::AskVote { .. }) && self.rules.quorum_checked && self.has_leader(now) {
            return;
        }
        if term > self.term && message.begins_term() {
            self.follow(term, None, now, stream, outbox);
        }
        match *message {
            Message::AskVote { term, last, trial } => {
                self.on_ask(from, term, last, trial, now, stream, outbox);
            }
            Message::Vote { term, granted, trial } => {
                if granted {
                    self.on_vote(from, term, trial, now, stream, outbox);
                }
            }
            Message::Append { before, batch, commit, sent, .. } => {
                let matched = if term < self.term {
                    Err(0)
                } else {
                    self.hear(from, now, stream, outbox);
                    self.append(before, &batch, commit, outbox)
                };
                let answer = Message::Appended { term: self.term, before: before.index, matched, sent };
                outbox.messages.push((from, answer));
            }
            Message::Snapshot { base, sent, .. } => {
                let matched = if term < self.term {
                    Err(0)
                } else {
                    self.hear(from, now, stream, outbox);
                    Ok(self.install(base, outbox))
                };
                let answer = Message::Appended { term: self.term, before: base.index, matched, sent };
                outbox.messages.push((from, answer));
            }
            Message::Appended { term, before, matched, sent } => {
                if term == self.term {
                    self.on_appended(from, before, matched, sent, now, outbox);
                }
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of the message, and where it came from")]
    fn on_ask(
        &mut self,
        from: u8,
        term: u32,
        last: Position,
        trial: bool,
        now: SimTime,
        stream: &mut Stream,
        outbox: &mut Outbox,
    ) {
        let up_to_date = last >= self.log.last();
        let granted = if trial {
            term > self.term && up_to_date
        } else {
            term == self.term && up_to_date && self.vote.is_none_or(|vote| vote == from)
        };
        if granted && !trial {
            self.vote = Some(from);
            self.wait_for_leader(now, stream);
        }
        let term = if granted { term } else { self.term };
        outbox.messages.push((from, Message::Vote { term, granted, trial }));
    }

    fn on_vote(
        &mut self,
        from: u8,
        term: u32,
        trial: bool,
        now: SimTime,
        stream: &mut Stream,
        outbox: &mut Outbox,
    ) {
        match &mut self.role {
            Role::Trial { votes } if trial && term == self.term + 1 => *votes |= 1 << from,
            Role::Candidate { votes } if !trial && term == self.term => *votes |= 1 << from,
            _ => return,
        }
        self.count_votes(now, stream, outbox);
    }

    /// Hears the leader of its term.
    fn hear(&mut self, leader: u8, now: SimTime, stream: &mut Stream, outbox: &mut Outbox) {
        debug_assert!(!self.leads(), "two leaders in term {}", self.term);
        self.follow(self.term, Some(leader), now, stream, outbox);
        self.heard = now;
        self.wait_for_leader(now, stream);
    }

    /// Takes values into the log, if it has what comes before them. Returns how far it agrees with the
    /// leader's, or else up to where it may.
    fn append(
        &mut self,
        before: Position,
        batch: &Batch,
        commit: u64,
        outbox: &mut Outbox,
    ) -> Result<u64, u64> {
        let base = self.log.base().index;
        if before.index >= base && self.log.term_at(before.index) != Some(before.term) {
            let last = self.log.last().index;
            let hint = if last < before.index { last } else { self.log.before_term_of(before.index) };
            return Err(hint.max(self.commit));
        }
        for (&entry, index) in batch.entries().iter().zip(before.index + 1..) {
            // What is committed agrees; what is there already may have come by a later message.
            if index <= base || self.log.term_at(index) == Some(entry.term) {
                continue;
            }
            debug_assert!(index > self.commit, "the leader contradicts what is committed");
            self.log.cut_from(index);
            self.log.push(entry);
        }
        let matched = (before.index + batch.len()).max(base);
        self.commit_to(commit.min(matched), outbox);
        Ok(matched)
    }

    /// Begins its log where the leader's begins, if it is further behind. Returns how far it agrees.
    fn install(&mut self, base: Position, outbox: &mut Outbox) -> u64 {
        if base.index > self.commit {
            if self.log.term_at(base.index) != Some(base.term) {
                self.log.begin_after(base);
            }
            self.commit_to(base.index, outbox);
        }
        self.commit
    }
}
