//! The course of a transaction: its branches, its coordinator, and what is left when one of them dies.

use super::branch::{Branch, Manner, Stage, Verb};

/// Most branches of a transaction. With one more it fails.
pub const MAX_BRANCHES: usize = 16;

/// How far the coordinator has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The branches work.
    Working,
    /// It collects promises.
    Preparing,
    /// All may commit, and it has that written into its log by a majority of its copies.
    Deciding,
    /// It has decided that all commit.
    Committing,
    /// It has decided that all are undone.
    Undoing,
    /// Nobody works for it any more.
    Ended(End),
}

/// What a transaction came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All branches are there for good.
    Committed,
    /// None is.
    Undone,
    /// Some are and some are not, and nobody will change that.
    HalfDone,
}

/// What is neither done nor undone at an instant, in branches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unsettled {
    /// Promised, and waiting for the coordinator with their locks held.
    pub prepared: u32,
    /// Reserved, and neither confirmed nor cancelled.
    pub reserved: u32,
    /// There for all to see while others of their transaction are not.
    pub applied: u32,
    /// Reserved after they were cancelled: nobody will end them.
    pub suspended: u32,
}

/// A transaction.
#[derive(Debug, Clone)]
pub struct Course {
    manner: Manner,
    /// Whether the coordinator goes on after its death.
    logged: bool,
    /// Whether branches remember that they were undone.
    guarded: bool,
    /// Whether the coordinator has copies that have to agree on what it decides.
    elected: bool,
    /// Whether they have agreed that all commit, so that whoever leads them knows.
    decided: bool,
    phase: Phase,
    alive: bool,
    branches: [Branch; MAX_BRANCHES],
    count: u8,
    /// One bit for each branch: asked in this phase; has agreed in this phase.
    asked: u32,
    agreed: u32,
    /// One bit for each branch that refused: the transaction goes on without it, or fails.
    out: u32,
}

impl Course {
    /// A transaction that begins.
    pub fn new(manner: Manner, logged: bool, guarded: bool) -> Course {
        Course {
            manner,
            // Two-phase commit without a log would be none.
            logged: logged || manner == Manner::TwoPhase,
            guarded,
            elected: false,
            decided: false,
            phase: Phase::Working,
            alive: true,
            branches: [Branch::new(0); MAX_BRANCHES],
            count: 0,
            asked: 0,
            agreed: 0,
            out: 0,
        }
    }

    /// The same, with a coordinator whose copies have to agree on what it decides.
    pub fn elected(self) -> Course {
        Course { elected: true, ..self }
    }

    /// How far it has come.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// How its branches agree.
    pub fn manner(&self) -> Manner {
        self.manner
    }

    /// Its branches, in the order they began.
    pub fn branches(&self) -> &[Branch] {
        &self.branches[..usize::from(self.count)]
    }

    /// A function begins to work for it. `None` if it has too many branches.
    pub fn enlist(&mut self, function: u32) -> Option<u8> {
        if usize::from(self.count) >= MAX_BRANCHES {
            return None;
        }
        self.branches[usize::from(self.count)] = Branch::new(function);
        self.count += 1;
        if self.phase != Phase::Working {
            // It has been decided without it: it finds itself undone, and is asked nothing.
            self.branches[usize::from(self.count) - 1].stage = Stage::Undone;
            self.out |= 1 << (self.count - 1);
            self.asked |= self.out;
            self.agreed |= self.out;
        }
        Some(self.count - 1)
    }

    /// A branch has done its work. `false` if that is taken back.
    pub fn worked(&mut self, branch: u8) -> bool {
        let (manner, guarded) = (self.manner, self.guarded);
        self.branches[usize::from(branch)].worked(manner, guarded)
    }

    /// The work of a branch failed, or it refused: its database keeps nothing.
    pub fn refused(&mut self, branch: u8) {
        self.branches[usize::from(branch)].stage = Stage::Undone;
        self.out |= 1 << branch;
    }

    /// The process of a branch died.
    pub fn died(&mut self, branch: u8) {
        let manner = self.manner;
        self.branches[usize::from(branch)].died(manner);
    }

    /// All work is done: the coordinator goes on to agreement.
    pub fn finish(&mut self) {
        if self.phase != Phase::Working {
            return;
        }
        // A branch that died, or of which nobody knows whether it is done, can't be part of it.
        let missing = |(place, branch): (usize, &Branch)| {
            matches!(branch.stage, Stage::Undone | Stage::Working) && self.out & (1 << place) == 0
        };
        let tolerant = matches!(self.manner, Manner::Unprotected | Manner::TwoPhase);
        if !tolerant && self.branches().iter().enumerate().any(missing) {
            return self.fail();
        }
        match self.manner {
            Manner::Local | Manner::Unprotected | Manner::Saga => {
                self.each(|branch| {
                    branch.does(Verb::Commit);
                });
                self.phase = Phase::Ended(self.end());
            }
            Manner::TwoPhase => self.enter(Phase::Preparing),
            Manner::AutomaticUndo | Manner::TryConfirmCancel => self.decide(),
        }
    }

    /// Its decision to commit is in the log of a majority of its copies, for good.
    pub fn decided(&mut self) {
        if self.phase == Phase::Deciding {
            self.decided = true;
            if self.alive {
                self.enter(Phase::Committing);
            }
        }
    }

    /// Something failed: what was done has to be undone, as far as the protocol can.
    pub fn fail(&mut self) {
        if !matches!(self.phase, Phase::Working | Phase::Preparing) {
            return;
        }
        match self.manner {
            Manner::Local => {
                self.each(|branch| {
                    branch.does(Verb::Undo);
                });
                self.phase = Phase::Ended(End::Undone);
            }
            Manner::Unprotected => self.phase = Phase::Ended(self.end()),
            _ => self.enter(Phase::Undoing),
        }
    }

    /// The next message that the coordinator sends: to which branch, and what. To be asked until there is none.
    pub fn next_order(&mut self) -> Option<(u8, Verb)> {
        if !self.alive {
            return None;
        }
        let verb = match self.phase {
            Phase::Preparing => Verb::Prepare,
            Phase::Committing => Verb::Commit,
            Phase::Undoing => Verb::Undo,
            Phase::Working | Phase::Deciding | Phase::Ended(_) => return None,
        };
        let open = |branch: &u8| (self.asked | self.agreed) & (1 << branch) == 0;
        let next = if self.manner == Manner::Saga {
            // One compensation at a time, the last branch first.
            if self.asked & !self.agreed != 0 {
                return None;
            }
            (0..self.count).rev().find(open)?
        } else {
            (0..self.count).find(open)?
        };
        self.asked |= 1 << next;
        Some((next, verb))
    }

    /// A branch does what it is asked. What it answers.
    pub fn does(&mut self, branch: u8, verb: Verb) -> bool {
        self.branches[usize::from(branch)].does(verb)
    }

    /// The coordinator hears the answer of a branch to what it asked.
    pub fn heard(&mut self, branch: u8, verb: Verb, agreed: bool) {
        let current = match self.phase {
            Phase::Preparing => Verb::Prepare,
            Phase::Committing => Verb::Commit,
            Phase::Undoing => Verb::Undo,
            Phase::Working | Phase::Deciding | Phase::Ended(_) => return,
        };
        if !self.alive || verb != current {
            return;
        }
        if agreed {
            self.agreed |= 1 << branch;
            self.review();
        } else if verb == Verb::Prepare {
            self.enter(Phase::Undoing);
        }
    }

    /// The coordinator asks again whom it has not heard.
    pub fn ask_again(&mut self) {
        self.asked &= self.agreed;
    }

    /// The coordinator dies. Whether it will go on once it is back; otherwise this is the end of it.
    pub fn coordinator_died(&mut self) -> bool {
        if matches!(self.phase, Phase::Ended(_)) {
            return false;
        }
        self.alive = false;
        match self.manner {
            Manner::Local => {
                self.each(|branch| {
                    branch.does(Verb::Undo);
                });
                self.phase = Phase::Ended(End::Undone);
                false
            }
            Manner::Unprotected => {
                self.phase = Phase::Ended(self.end());
                false
            }
            _ if !self.logged => {
                self.phase = Phase::Ended(self.end());
                false
            }
            _ => true,
        }
    }

    /// The coordinator is back, and reads its log: what had been decided goes on, what had not is undone.
    pub fn coordinator_back(&mut self) {
        if self.alive || matches!(self.phase, Phase::Ended(_)) {
            return;
        }
        self.alive = true;
        match self.phase {
            Phase::Working | Phase::Preparing => self.enter(Phase::Undoing),
            Phase::Deciding if self.decided => self.enter(Phase::Committing),
            Phase::Deciding => self.enter(Phase::Undoing),
            Phase::Committing | Phase::Undoing => {
                self.ask_again();
                self.review();
            }
            Phase::Ended(_) => {}
        }
    }

    /// A branch that was asked `verb`, has not been heard, and belongs to `function`. Which of several that do is
    /// all the same.
    pub fn asked(&self, function: u32, verb: Verb) -> Option<u8> {
        let current = match self.phase {
            Phase::Preparing => Verb::Prepare,
            Phase::Committing => Verb::Commit,
            Phase::Undoing => Verb::Undo,
            Phase::Working | Phase::Deciding | Phase::Ended(_) => return None,
        };
        let open = |branch: &u8| self.asked & !self.agreed & (1 << branch) != 0;
        let fits = |branch: &u8| self.branches[usize::from(*branch)].function == function;
        (0..self.count).find(|branch| verb == current && open(branch) && fits(branch))
    }

    /// Whether a branch keeps its locks.
    pub fn keeps_locks(&self, branch: u8) -> bool {
        match self.branches[usize::from(branch)].stage {
            Stage::Working | Stage::Prepared => true,
            Stage::Held => matches!(self.manner, Manner::Local | Manner::TwoPhase),
            Stage::Applied => self.manner == Manner::AutomaticUndo,
            Stage::Committed | Stage::Undone => false,
        }
    }

    /// A branch that nobody waited for any more has changed what it came to. What it comes to now.
    pub fn reassess(&mut self) -> Option<End> {
        let Phase::Ended(before) = self.phase else { return None };
        let open = self.manner == Manner::Unprotected || !self.logged;
        let now = self.end();
        if open && before == End::Undone && now != before {
            self.phase = Phase::Ended(now);
        }
        match self.phase {
            Phase::Ended(end) if end != before => Some(end),
            _ => None,
        }
    }

    /// Whether a branch has promised and not yet been told.
    pub fn is_in_doubt(&self) -> bool {
        self.branches().iter().any(|branch| branch.stage == Stage::Prepared)
    }

    /// What is neither done nor undone now.
    pub fn unsettled(&self) -> Unsettled {
        let mut sum = Unsettled::default();
        for branch in self.branches() {
            let held = branch.stage == Stage::Held && self.manner == Manner::TryConfirmCancel;
            sum.prepared += u32::from(branch.stage == Stage::Prepared);
            sum.reserved += u32::from(held && !branch.suspended);
            sum.suspended += u32::from(branch.suspended && branch.stage != Stage::Undone);
            sum.applied += u32::from(branch.stage == Stage::Applied && !branch.suspended);
        }
        sum
    }

    /// What it is when nobody works for it any more: branches that still work count as what they are now.
    pub fn end(&self) -> End {
        let there = |branch: &Branch| matches!(branch.stage, Stage::Applied | Stage::Held | Stage::Committed);
        let kept = |(place, branch): (usize, &Branch)| {
            branch.stage == Stage::Committed || self.out & (1 << place) != 0
        };
        let all = self.branches().iter().enumerate().all(kept);
        let some = self.branches().iter().any(|branch| branch.stage == Stage::Committed);
        if all && some || self.count == 0 && self.phase == Phase::Working {
            End::Committed
        } else if self.branches().iter().any(there) {
            End::HalfDone
        } else {
            End::Undone
        }
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        (self.asked, self.agreed) = (self.out, self.out);
        self.review();
    }

    /// Goes on once all branches have agreed.
    fn review(&mut self) {
        let all = if usize::from(self.count) >= MAX_BRANCHES { u32::MAX } else { (1u32 << self.count) - 1 };
        if self.agreed & all != all {
            return;
        }
        match self.phase {
            Phase::Preparing => self.decide(),
            Phase::Committing => self.phase = Phase::Ended(End::Committed),
            Phase::Undoing => self.phase = Phase::Ended(End::Undone),
            Phase::Working | Phase::Deciding | Phase::Ended(_) => {}
        }
    }

    fn decide(&mut self) {
        self.enter(if self.elected { Phase::Deciding } else { Phase::Committing });
    }

    fn each(&mut self, act: impl FnMut(&mut Branch)) {
        self.branches[..usize::from(self.count)].iter_mut().for_each(act);
    }
}
