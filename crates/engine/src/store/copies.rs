//! A primary and the replicas that follow it: what each of them has, whom writes wait for, who takes over.
//!
//! Writes are numbered in the order in which the primary does them. A replica has all up to some number. When
//! a replica takes over, what it has not got is lost, and the old primary, once it hears of it, throws away what
//! it took on since.

use archlab_model::{Detector, ReplicationMode, SimTime, Span};

/// What a primary makes of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// It is done, and has this number.
    Done(u64),
    /// It has this number, and is done once enough replicas have it.
    Waits(u64),
    /// It is done, as far as this member knows; another is primary by now, and it will be thrown away.
    Doomed,
    /// The member takes no writes.
    NoPrimary,
    /// The member takes none for want of a replica that would keep a copy.
    NoReplica,
}

/// A member of a shard.
#[derive(Debug, Clone, Copy)]
struct Member {
    up: bool,
    /// It has all writes up to this number.
    has: u64,
    /// The primary knows that it has all up to this number.
    acknowledged: u64,
    /// When it last heard of the primary.
    heard: SimTime,
    /// When the primary last heard of it.
    answered: SimTime,
    /// Whether it believes that it is the primary.
    leads: bool,
    /// When it died last.
    died: Option<SimTime>,
}

/// A takeover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promotion {
    /// The new primary.
    pub to: usize,
    /// The old one.
    pub from: usize,
    /// Writes that somebody was told are done and that are no more.
    pub lost: u64,
    /// Whether the old one takes writes still.
    pub split: bool,
}

/// The members of a shard and what they have.
#[derive(Debug, Clone)]
pub struct Copies {
    mode: ReplicationMode,
    strict: bool,
    patience: Span,
    detector: Option<Detector>,
    members: Vec<Member>,
    primary: usize,
    /// The primary before, for callers who do not know yet; and since when there is another.
    former: Option<(usize, SimTime)>,
    term: u32,
    /// Number of the newest write; of the newest that somebody was told is done.
    last: u64,
    told: u64,
    /// Since when the oldest write that waits does so.
    waiting_since: Option<SimTime>,
    /// Whether a semi-synchronous primary goes on alone.
    alone: bool,
    /// By key: the newest write that somebody was told is done.
    newest: Vec<u64>,
    /// Where the next read of a replica goes.
    turn: usize,
}

impl Copies {
    /// `count` members, all alive and alike; the first leads.
    pub fn new(now: SimTime, count: usize) -> Copies {
        let member =
            Member { up: true, has: 0, acknowledged: 0, heard: now, answered: now, leads: false, died: None };
        let mut members = vec![member; count.max(1)];
        members[0].leads = true;
        Copies {
            mode: ReplicationMode::Asynchronous,
            strict: false,
            patience: Span::ZERO,
            detector: None,
            members,
            primary: 0,
            former: None,
            term: 0,
            last: 0,
            told: 0,
            waiting_since: None,
            alone: false,
            newest: Vec::new(),
            turn: 0,
        }
    }

    /// How they are kept alike from now on.
    pub fn set(&mut self, mode: ReplicationMode, strict: bool, patience: Span, detector: Option<Detector>) {
        (self.mode, self.strict, self.patience, self.detector) = (mode, strict, patience, detector);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.members.len()
    }

    /// The present primary.
    pub fn primary(&self) -> usize {
        self.primary
    }

    /// How often another has taken over.
    pub fn term(&self) -> u32 {
        self.term
    }

    /// The number of the newest write.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Whether the primary wants to hear what its replicas have.
    pub fn confirms(&self) -> bool {
        self.mode != ReplicationMode::Asynchronous
    }

    /// How long nothing may be heard of the primary; a second where nobody listens.
    pub fn timeout(&self) -> Span {
        self.detector.map_or(Span::from_secs(1), |detector| detector.timeout)
    }

    /// Whether a member lives.
    pub fn is_up(&self, member: usize) -> bool {
        self.members.get(member).is_some_and(|member| member.up)
    }

    /// Whether two members take writes at this moment.
    pub fn is_split(&self) -> bool {
        self.members.iter().filter(|member| member.up && member.leads).count() > 1
    }

    /// Whom somebody takes for the primary who learns of news at `phase` (0 to 1) of the time that takes.
    pub fn known_primary(&self, now: SimTime, phase: f64) -> usize {
        if let (Some((former, since)), Some(detector)) = (self.former, self.detector) {
            let delay = Span::from_nanos((detector.discovery.as_nanos() as f64 * phase) as u64);
            if now < since + delay {
                return former;
            }
        }
        self.primary
    }

    /// The replica whose turn it is to be read; the primary if there is none that lives.
    pub fn next_replica(&mut self, now: SimTime, phase: f64) -> usize {
        let primary = self.known_primary(now, phase);
        let count = self.members.len();
        for step in 1..=count {
            let member = (self.turn + step) % count;
            if member != primary && self.members[member].up {
                self.turn = member;
                return member;
            }
        }
        primary
    }

    /// A member does a write that somebody wants.
    pub fn commit(&mut self, now: SimTime, member: usize) -> Commit {
        if !self.takes_writes(now, member) {
            return Commit::NoPrimary;
        }
        if member != self.primary {
            return Commit::Doomed;
        }
        if self.must_refuse(now) {
            return Commit::NoReplica;
        }
        self.last += 1;
        self.members[member].has = self.last;
        if self.enough(now) >= self.last {
            self.told = self.last;
            return Commit::Done(self.last);
        }
        self.waiting_since.get_or_insert(now);
        Commit::Waits(self.last)
    }

    /// Whether a member would take a write now.
    pub fn takes_writes(&self, now: SimTime, member: usize) -> bool {
        if !self.members.get(member).is_some_and(|one| one.up && one.leads) {
            return false;
        }
        // A careful primary that nobody hears any more stops before another may take over.
        match self.detector {
            Some(detector) if detector.fencing && self.members.len() > 1 => {
                now < self.heard_until(member) + detector.timeout || self.nobody_could_take_over(member)
            }
            _ => true,
        }
    }

    /// A write of `key` with this number is done, as far as its writer knows.
    pub fn acknowledge(&mut self, key: u32, number: u64) {
        let wanted = key as usize + 1;
        if self.newest.len() < wanted {
            self.newest.resize(wanted, 0);
        }
        let newest = &mut self.newest[key as usize];
        *newest = number.max(*newest);
        self.told = self.told.max(number);
    }

    /// The newest write of `key` that is done.
    pub fn newest(&self, key: u32) -> u64 {
        self.newest.get(key as usize).copied().unwrap_or(0)
    }

    /// Whether a member has all writes up to `number`.
    pub fn has(&self, member: usize, number: u64) -> bool {
        self.members.get(member).is_some_and(|member| member.has >= number)
    }

    /// What a member has.
    pub fn has_upto(&self, member: usize) -> u64 {
        self.members.get(member).map_or(0, |member| member.has)
    }

    /// A replica gets all writes up to `number`, sent in `term`. Whether it has news for the primary.
    pub fn receive(&mut self, member: usize, term: u32, number: u64) -> bool {
        let last = self.last;
        let Some(replica) = self.members.get_mut(member) else { return false };
        if !replica.up || term != self.term || member == self.primary {
            return false;
        }
        let number = number.min(last);
        let news = number > replica.has;
        replica.has = replica.has.max(number);
        news
    }

    /// The primary hears that a replica has all writes up to `number`.
    pub fn confirm(&mut self, now: SimTime, member: usize, term: u32, number: u64) {
        if term != self.term {
            return;
        }
        let last = self.last;
        if let Some(replica) = self.members.get_mut(member) {
            replica.acknowledged = replica.acknowledged.max(number.min(last));
            replica.answered = now;
            if replica.acknowledged == last {
                self.alone = false;
            }
        }
    }

    /// Writes up to this number need wait no longer. To be asked after every confirmation and as time passes.
    pub fn released(&mut self, now: SimTime) -> u64 {
        if self.mode == ReplicationMode::SemiSynchronous
            && self.waiting_since.is_some_and(|since| now >= since + self.patience)
        {
            self.alone = true;
        }
        let enough = self.enough(now);
        if enough >= self.last {
            self.waiting_since = None;
        } else if self.waiting_since.is_some() && enough > self.told {
            self.waiting_since = Some(now);
        }
        self.told = self.told.max(enough.min(self.last));
        enough
    }

    /// When writes that wait should be looked at again, if they do.
    pub fn look_again(&self) -> Option<SimTime> {
        let since = self.waiting_since?;
        match self.mode {
            ReplicationMode::Asynchronous => None,
            ReplicationMode::SemiSynchronous => Some(since + self.patience),
            ReplicationMode::Synchronous => {
                let timeout = self.detector?.timeout;
                let replicas = self.members.iter().enumerate().filter(|(place, _)| *place != self.primary);
                replicas.map(|(_, replica)| replica.answered + timeout).filter(|at| *at > since).min()
            }
        }
    }

    /// A sign of life of the primary reaches a replica.
    pub fn hear(&mut self, now: SimTime, member: usize) {
        if let Some(replica) = self.members.get_mut(member) {
            replica.heard = now;
        }
    }

    /// When the detector would have another take over, should nothing more be heard of the primary.
    pub fn suspected_at(&self) -> Option<SimTime> {
        let detector = self.detector?;
        let heard = self.live_replicas().map(|replica| self.members[replica].heard).max()?;
        Some(heard + detector.timeout)
    }

    /// Has another take over, if nothing has been heard of the primary for long enough: the replica that has most.
    pub fn take_over(&mut self, now: SimTime) -> Option<Promotion> {
        if self.suspected_at()? > now {
            return None;
        }
        let best =
            self.live_replicas().max_by_key(|&place| (self.members[place].has, std::cmp::Reverse(place)))?;
        let from = self.primary;
        let has = self.members[best].has;
        let lost = self.told.saturating_sub(has);
        self.term += 1;
        self.former = Some((from, now));
        (self.primary, self.last, self.told) = (best, has, self.told.min(has));
        (self.waiting_since, self.alone) = (None, false);
        self.newest.iter_mut().for_each(|newest| *newest = has.min(*newest));
        let fenced = self.detector.is_some_and(|detector| detector.fencing);
        for (place, member) in self.members.iter_mut().enumerate() {
            member.has = member.has.min(has);
            member.acknowledged = 0;
            (member.heard, member.answered) = (now, now);
            member.leads = place == best || (place == from && member.leads && member.up && !fenced);
        }
        Some(Promotion { to: best, from, lost, split: self.is_split() })
    }

    /// A member hears that another is primary. Whether it took itself for one.
    pub fn step_down(&mut self, member: usize) -> bool {
        if member == self.primary {
            return false;
        }
        self.members.get_mut(member).is_some_and(|member| std::mem::take(&mut member.leads))
    }

    /// A member dies.
    pub fn crash(&mut self, now: SimTime, member: usize) {
        if let Some(member) = self.members.get_mut(member) {
            (member.up, member.died) = (false, Some(now));
        }
    }

    /// Whether the primary died after the one moment and before the other.
    pub fn primary_died_between(&self, after: SimTime, before: SimTime) -> bool {
        self.members[self.primary].died.is_some_and(|died| after <= died && died < before)
    }

    /// A member is back, with what it had, or with nothing. A primary that nobody has replaced goes on. What is
    /// lost for good.
    pub fn restart(&mut self, now: SimTime, member: usize, forgets: bool) -> u64 {
        let leads = member == self.primary;
        let Some(known) = self.members.get_mut(member) else { return 0 };
        known.up = true;
        known.leads = leads;
        (known.heard, known.answered) = (now, now);
        if !forgets {
            return 0;
        }
        known.has = 0;
        known.acknowledged = 0;
        if !leads {
            return 0;
        }
        // It leads with nothing, and its replicas follow it in that.
        let lost = std::mem::take(&mut self.told);
        self.last = 0;
        self.newest.fill(0);
        self.members.iter_mut().for_each(|member| (member.has, member.acknowledged) = (0, 0));
        self.term += 1;
        lost
    }

    fn live_replicas(&self) -> impl Iterator<Item = usize> {
        let all = self.members.iter().enumerate();
        all.filter(|(place, member)| *place != self.primary && member.up).map(|(place, _)| place)
    }

    /// When somebody else last heard of a member that leads.
    fn heard_until(&self, leader: usize) -> SimTime {
        let others = self.members.iter().enumerate().filter(|(place, _)| *place != leader);
        others.map(|(_, member)| member.heard).max().unwrap_or(SimTime::START)
    }

    fn nobody_could_take_over(&self, leader: usize) -> bool {
        leader == self.primary && self.live_replicas().next().is_none()
    }

    /// The number up to which writes are on as many replicas as they have to be.
    fn enough(&self, now: SimTime) -> u64 {
        let replicas = self.members.iter().enumerate().filter(|(place, _)| *place != self.primary);
        match self.mode {
            ReplicationMode::Asynchronous => self.last,
            ReplicationMode::SemiSynchronous if self.alone || self.members.len() == 1 => self.last,
            ReplicationMode::SemiSynchronous => {
                replicas.map(|(_, replica)| replica.acknowledged).max().unwrap_or(self.last)
            }
            ReplicationMode::Synchronous => {
                let believed = replicas.filter(|(_, replica)| self.is_believed_up(now, replica));
                let least = believed.map(|(_, replica)| replica.acknowledged).min();
                least.unwrap_or(if self.strict { self.told } else { self.last })
            }
        }
    }

    fn is_believed_up(&self, now: SimTime, replica: &Member) -> bool {
        self.detector.is_none_or(|detector| now < replica.answered + detector.timeout)
    }

    fn must_refuse(&self, now: SimTime) -> bool {
        let replicas = self.members.iter().enumerate().filter(|(place, _)| *place != self.primary);
        let mut replicas = replicas.map(|(_, replica)| replica);
        self.strict
            && self.mode == ReplicationMode::Synchronous
            && !replicas.any(|replica| self.is_believed_up(now, replica))
    }
}

#[cfg(test)]
mod tests;
