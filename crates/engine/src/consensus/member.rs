//! A member of a consensus: what it knows, and what it does when its timer is due.

use archlab_model::{SimTime, Span};

use crate::consensus::leading::Leading;
use crate::consensus::{Entry, Log, MAX_MEMBERS, MAX_UNCOMMITTED, Message, NOTHING, Position};
use crate::random::Stream;

/// How long members wait, and how careful they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// The shortest time without word from a leader after which a member wants to lead. The paper has 150 ms.
    pub election_from: Span,
    /// The longest. The paper has 300 ms.
    pub election_to: Span,
    /// From one word of the leader to the next.
    pub heartbeat: Span,
    /// Whether a member asks on trial first, whether it would be elected (etcd's `PreVote`).
    pub trial: bool,
    /// Whether a leader that hears no majority steps down, and members that hear a leader elect no other
    /// (etcd's `CheckQuorum`).
    pub quorum_checked: bool,
    /// How many committed values stay in the log for members that lag behind.
    pub keep: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            election_from: Span::from_millis(150),
            election_to: Span::from_millis(300),
            heartbeat: Span::from_millis(50),
            trial: true,
            quorum_checked: true,
            keep: 1_000,
        }
    }
}

/// What a member is at the moment.
#[derive(Debug, Clone)]
pub enum Role {
    /// It listens to a leader, or waits for one.
    Follower,
    /// It asks whether it would be elected; `votes` has a bit for each member that said yes.
    Trial {
        /// Who said yes.
        votes: u8,
    },
    /// It asks for votes.
    Candidate {
        /// Who voted for it.
        votes: u8,
    },
    /// It leads.
    Leader(Box<Leading>),
}

/// What happened to a member that its owner wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It wants to lead.
    Campaigns {
        /// In this term.
        term: u32,
        /// Only asks so far whether it would be elected.
        trial: bool,
    },
    /// It leads from now on.
    Leads {
        /// In this term.
        term: u32,
    },
    /// It led, and does no more.
    SteppedDown {
        /// The term it led in.
        term: u32,
    },
    /// It knows that the values after `from`, up to and including `to`, are committed.
    Committed {
        /// Known before.
        from: u64,
        /// Known now.
        to: u64,
    },
}

/// What a member wants sent and told. Its owner empties it, and keeps it for the next time.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    /// Messages, each with the member it is for.
    pub messages: Vec<(u8, Message)>,
    /// What happened, in order.
    pub changes: Vec<Change>,
}

impl Outbox {
    /// Forgets everything in it.
    pub fn clear(&mut self) {
        self.messages.clear();
        self.changes.clear();
    }
}

/// A member of a consensus.
#[derive(Debug, Clone)]
pub struct Member {
    pub(super) me: u8,
    pub(super) count: u8,
    pub(super) rules: Rules,
    /// How much longer than a right clock its clock makes a span; a slow clock has more than 1.
    pace: f64,

    // What survives a crash.
    pub(super) term: u32,
    pub(super) vote: Option<u8>,
    pub(super) log: Log,

    // What does not.
    pub(super) role: Role,
    pub(super) commit: u64,
    pub(super) leader: Option<u8>,
    /// When it last heard the leader.
    pub(super) heard: SimTime,
    pub(super) deadline: SimTime,
}

impl Member {
    /// The member numbered `me` of `count` (at most [`MAX_MEMBERS`]), which all start at `now` and know
    /// nothing.
    pub fn new(me: u8, count: u8, rules: Rules, now: SimTime, stream: &mut Stream) -> Member {
        assert!(me < count && usize::from(count) <= MAX_MEMBERS, "member {me} of {count}");
        let mut member = Member {
            me,
            count,
            rules,
            pace: 1.0,
            term: 0,
            vote: None,
            log: Log::default(),
            role: Role::Follower,
            commit: 0,
            leader: None,
            heard: now,
            deadline: now,
        };
        member.wait_for_leader(now, stream);
        member
    }

    /// Starts again after a crash, with what was written to disk: term, vote and log.
    pub fn restart(&mut self, now: SimTime, stream: &mut Stream) {
        self.role = Role::Follower;
        self.commit = self.log.base().index;
        self.leader = None;
        // It may have promised a leader its silence just before.
        self.heard = now;
        self.wait_for_leader(now, stream);
    }

    /// Makes its clock slow (`pace` above 1) or fast (below). What it waits for takes so much longer.
    pub fn set_pace(&mut self, pace: f64) {
        self.pace = if pace > 0.0 { pace.clamp(1e-3, 1e3) } else { 1.0 };
    }

    /// Takes on other rules. They hold from the next wait on.
    pub fn set_rules(&mut self, rules: Rules) {
        self.rules = rules;
    }

    /// When its timer is due. Nothing happens if [`Member::on_timer`] is called before.
    pub fn deadline(&self) -> SimTime {
        self.deadline
    }

    /// The latest term it knows of.
    pub fn term(&self) -> u32 {
        self.term
    }

    /// What it is.
    pub fn role(&self) -> &Role {
        &self.role
    }

    /// Whether it leads, as far as it knows.
    pub fn leads(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }

    /// Who leads, as far as it knows.
    pub fn leader(&self) -> Option<u8> {
        self.leader
    }

    /// Its log.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// How many values it knows to be committed.
    pub fn commit(&self) -> u64 {
        self.commit
    }

    /// Does what is due at `now`, if anything is: a leader sends a heartbeat, others want to lead.
    pub fn on_timer(&mut self, now: SimTime, stream: &mut Stream, outbox: &mut Outbox) {
        if now < self.deadline {
            return;
        }
        if self.leads() {
            self.beat(now, stream, outbox);
        } else {
            self.campaign(now, self.rules.trial, stream, outbox);
        }
    }

    /// Takes on a value, if it leads and has not too many under way already. It is committed once a
    /// [`Change::Committed`] passes its position, unless the member steps down before; then it may be lost.
    pub fn propose(&mut self, now: SimTime, value: u64, outbox: &mut Outbox) -> Option<Position> {
        if !self.leads() || self.log.last().index - self.commit >= MAX_UNCOMMITTED {
            return None;
        }
        self.log.push(Entry { term: self.term, value });
        let position = self.log.last();
        self.spread(now, outbox);
        self.review_commit(outbox);
        Some(position)
    }

    /// How many members make a majority.
    pub(super) fn quorum(&self) -> usize {
        usize::from(self.count) / 2 + 1
    }

    /// Everybody else.
    pub(super) fn others(&self) -> impl Iterator<Item = u8> + use<> {
        let me = self.me;
        (0..self.count).filter(move |member| *member != me)
    }

    /// `span` as its clock has it.
    pub(super) fn by_own_clock(&self, span: Span) -> Span {
        if self.pace == 1.0 { span } else { Span::from_nanos((span.as_nanos() as f64 * self.pace) as u64) }
    }

    /// Waits for word from a leader, for as long as chance has it.
    pub(super) fn wait_for_leader(&mut self, now: SimTime, stream: &mut Stream) {
        let (from, to) = (self.rules.election_from, self.rules.election_to);
        let width = (to - from).as_nanos() as f64;
        let wait = from + Span::from_nanos((width * stream.unit()) as u64);
        self.deadline = now + self.by_own_clock(wait);
    }

    /// Whether it has heard a leader so lately that it wants no other.
    pub(super) fn has_leader(&self, now: SimTime) -> bool {
        let patience = self.by_own_clock(self.rules.election_from);
        match &self.role {
            Role::Leader(leading) => now < leading.confirmed(self, now) + patience,
            _ => now < self.heard + patience,
        }
    }

    /// Wants to lead.
    pub(super) fn campaign(&mut self, now: SimTime, trial: bool, stream: &mut Stream, outbox: &mut Outbox) {
        let votes = 1 << self.me;
        self.leader = None;
        self.wait_for_leader(now, stream);
        let term = self.term + 1;
        if trial {
            self.role = Role::Trial { votes };
        } else {
            (self.term, self.vote) = (term, Some(self.me));
            self.role = Role::Candidate { votes };
        }
        outbox.changes.push(Change::Campaigns { term, trial });
        let ask = Message::AskVote { term, last: self.log.last(), trial };
        outbox.messages.extend(self.others().map(|other| (other, ask)));
        self.count_votes(now, stream, outbox);
    }

    /// Goes on if a majority is for it.
    pub(super) fn count_votes(&mut self, now: SimTime, stream: &mut Stream, outbox: &mut Outbox) {
        match self.role {
            Role::Trial { votes } if votes.count_ones() as usize >= self.quorum() => {
                self.campaign(now, false, stream, outbox);
            }
            Role::Candidate { votes } if votes.count_ones() as usize >= self.quorum() => {
                self.lead(now, outbox);
            }
            _ => {}
        }
    }

    fn lead(&mut self, now: SimTime, outbox: &mut Outbox) {
        self.role = Role::Leader(Box::new(Leading::new(self.log.last().index + 1, now)));
        self.leader = Some(self.me);
        outbox.changes.push(Change::Leads { term: self.term });
        // What earlier terms left may be counted as committed only together with a value of this term.
        self.log.push(Entry { term: self.term, value: NOTHING });
        self.send_to_all(now, outbox);
        self.review_commit(outbox);
    }

    /// Learns of a later term, or of the leader of its own.
    pub(super) fn follow(
        &mut self,
        term: u32,
        leader: Option<u8>,
        now: SimTime,
        stream: &mut Stream,
        outbox: &mut Outbox,
    ) {
        if self.leads() {
            outbox.changes.push(Change::SteppedDown { term: self.term });
            // Its timer was that of heartbeats.
            self.wait_for_leader(now, stream);
        }
        if term > self.term {
            (self.term, self.vote) = (term, None);
        }
        self.role = Role::Follower;
        self.leader = leader;
    }

    /// Takes values up to `commit` as committed, and forgets what lies far behind.
    pub(super) fn commit_to(&mut self, commit: u64, outbox: &mut Outbox) {
        if commit <= self.commit {
            return;
        }
        outbox.changes.push(Change::Committed { from: self.commit, to: commit });
        self.commit = commit;
    }

    /// Forgets values that are committed and lie further behind than the rules say. The owner does so once
    /// it has read them.
    pub fn forget(&mut self) {
        let keep = self.rules.keep;
        if self.commit - self.log.base().index > 2 * keep {
            self.log.forget_to(self.commit - keep);
        }
    }
}
