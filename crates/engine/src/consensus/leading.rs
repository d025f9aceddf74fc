//! Leading: what a leader knows of the others, and what it sends them.

use archlab_model::SimTime;

use crate::consensus::{MAX_MEMBERS, Member, Message, Outbox, Position, Role, WINDOW};
use crate::random::Stream;

/// What a leader knows.
#[derive(Debug, Clone)]
pub struct Leading {
    peers: [Peer; MAX_MEMBERS],
    /// The first value of its term: once it is committed, so is all before it.
    began: u64,
}

/// What a leader knows of one other member.
#[derive(Debug, Clone, Copy)]
struct Peer {
    /// The next value to send.
    next: u64,
    /// How far its log is known to agree.
    matched: u64,
    /// Whether it is not known where its log agrees: then one message goes at a time.
    probing: bool,
    /// When the latest message was sent that it has answered in this term.
    acked: SimTime,
}

impl Leading {
    pub(super) fn new(next: u64, now: SimTime) -> Leading {
        let peer = Peer { next, matched: 0, probing: true, acked: now };
        Leading { peers: [peer; MAX_MEMBERS], began: next }
    }

    /// The latest instant at which a majority, itself included, was with it for sure.
    pub(super) fn confirmed(&self, member: &Member, now: SimTime) -> SimTime {
        let mut acked = self.peers.map(|peer| peer.acked);
        acked[usize::from(member.me)] = now;
        let acked = &mut acked[..usize::from(member.count)];
        acked.sort_unstable_by(|a, b| b.cmp(a));
        acked[member.quorum() - 1]
    }

    /// How far a majority agrees, given where the leader's own log ends.
    fn majority(&self, member: &Member) -> u64 {
        let mut matched = self.peers.map(|peer| peer.matched);
        matched[usize::from(member.me)] = member.log.last().index;
        let matched = &mut matched[..usize::from(member.count)];
        matched.sort_unstable_by(|a, b| b.cmp(a));
        matched[member.quorum() - 1]
    }
}

impl Member {
    /// The latest instant at which it led for sure: a majority answered what it sent then. `None` if it does
    /// not lead, or does not know yet what is committed. What is read at `t` is the newest there is if this
    /// is `t` or later (a quorum read), or, as long as clocks run evenly, if it is less than the shortest
    /// election time ago (a read under lease).
    pub fn confirmed(&self, now: SimTime) -> Option<SimTime> {
        match &self.role {
            Role::Leader(leading) if leading.began <= self.commit => Some(leading.confirmed(self, now)),
            _ => None,
        }
    }

    /// Whether it leads and no other can lead yet, if clocks run evenly.
    pub fn holds_lease(&self, now: SimTime) -> bool {
        let lease = self.by_own_clock(self.rules.election_from);
        self.rules.quorum_checked && self.confirmed(now).is_some_and(|confirmed| now < confirmed + lease)
    }

    /// Sends a heartbeat, unless it has to see that nobody hears it.
    pub(super) fn beat(&mut self, now: SimTime, stream: &mut Stream, outbox: &mut Outbox) {
        let Role::Leader(leading) = &self.role else { return };
        let longest = self.by_own_clock(self.rules.election_to);
        if self.rules.quorum_checked && now >= leading.confirmed(self, now) + longest {
            self.follow(self.term, None, now, stream, outbox);
            return;
        }
        self.send_to_all(now, outbox);
    }

    /// Sends everybody what it lacks, or a heartbeat.
    pub(super) fn send_to_all(&mut self, now: SimTime, outbox: &mut Outbox) {
        self.deadline = now + self.by_own_clock(self.rules.heartbeat);
        for other in self.others() {
            self.send_to(other, now, outbox);
        }
    }

    /// Sends new values to those who are up with it.
    pub(super) fn spread(&mut self, now: SimTime, outbox: &mut Outbox) {
        for other in self.others() {
            let Role::Leader(leading) = &self.role else { return };
            let peer = &leading.peers[usize::from(other)];
            if !peer.probing && peer.next <= peer.matched + WINDOW {
                self.send_to(other, now, outbox);
            }
        }
    }

    /// Sends one member what it lacks, or a heartbeat.
    fn send_to(&mut self, other: u8, now: SimTime, outbox: &mut Outbox) {
        let Role::Leader(leading) = &mut self.role else { return };
        let peer = &mut leading.peers[usize::from(other)];
        let (term, sent) = (self.term, now);
        let before = peer.next - 1;
        let Some(before_term) = self.log.term_at(before) else {
            outbox.messages.push((other, Message::Snapshot { term, base: self.log.base(), sent }));
            return;
        };
        let room = if peer.probing || peer.next <= peer.matched + WINDOW { u64::MAX } else { 0 };
        let entries = (peer.next..=self.log.last().index).take(room as usize);
        let batch: crate::consensus::Batch = entries.map_while(|index| self.log.get(index)).collect();
        if !peer.probing {
            peer.next += batch.len();
        }
        let before = Position { term: before_term, index: before };
        let append = Message::Append { term, before, batch, commit: self.commit, sent };
        outbox.messages.push((other, append));
    }

    /// A member has answered.
    pub(super) fn on_appended(
        &mut self,
        from: u8,
        before: u64,
        matched: Result<u64, u64>,
        sent: SimTime,
        now: SimTime,
        outbox: &mut Outbox,
    ) {
        let last = self.log.last().index;
        let Role::Leader(leading) = &mut self.role else { return };
        let peer = &mut leading.peers[usize::from(from)];
        peer.acked = peer.acked.max(sent);
        match matched {
            Ok(matched) => {
                let news = matched > peer.matched || peer.probing;
                peer.matched = peer.matched.max(matched.min(last));
                if peer.probing {
                    (peer.probing, peer.next) = (false, peer.matched + 1);
                }
                peer.next = peer.next.max(peer.matched + 1);
                let lacks = peer.next <= last;
                if news {
                    if lacks {
                        self.send_to(from, now, outbox);
                    }
                    self.review_commit(outbox);
                }
            }
            Err(hint) => {
                // An answer to an older message says nothing that is not known by now.
                let stale = if peer.probing { before != peer.next - 1 } else { before <= peer.matched };
                if !stale {
                    peer.probing = true;
                    peer.next = (hint + 1).min(before).max(peer.matched + 1);
                    self.send_to(from, now, outbox);
                }
            }
        }
    }

    /// Takes as committed what a majority has, if it is of the leader's own term.
    pub(super) fn review_commit(&mut self, outbox: &mut Outbox) {
        let Role::Leader(leading) = &self.role else { return };
        let majority = leading.majority(self);
        // A value of an earlier term may be on a majority and yet be replaced (Figure 8 of the paper).
        if majority > self.commit && self.log.term_at(majority) == Some(self.term) {
            self.commit_to(majority, outbox);
        }
    }
}
