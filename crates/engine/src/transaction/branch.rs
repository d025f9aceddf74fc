//! A branch: the part of a transaction that one function does to the data it keeps.

/// How the branches of a transaction agree. [`archlab_model::Protocol`], and what a single database does by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// One process and one database: nothing is kept before everything is.
    Local,
    /// Each for itself.
    Unprotected,
    /// Promise, then commit.
    TwoPhase,
    /// Commit with an undo log.
    AutomaticUndo,
    /// Reserve, then confirm.
    TryConfirmCancel,
    /// Commit, compensate after a failure.
    Saga,
}

/// What a coordinator asks of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// To promise that it can commit.
    Prepare,
    /// To commit, confirm, or throw its undo log away.
    Commit,
    /// To roll back, cancel, or compensate.
    Undo,
}

/// How far a branch has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is at work.
    Working,
    /// It has written, and keeps it back: an open transaction in its database, or a reservation.
    Held,
    /// It has promised: it can neither commit nor roll back by itself, and keeps its locks.
    Prepared,
    /// What it wrote is there for all to see, and could still be undone.
    Applied,
    /// What it wrote is there for good.
    Committed,
    /// Nothing of it is there, or not any more.
    Undone,
}

/// A branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branch {
    /// The function, so that the coordinator knows whom to ask.
    pub function: u32,
    pub stage: Stage,
    /// Whether it came back to life after it had been undone: a reservation that nobody will end.
    pub suspended: bool,
}

impl Branch {
    /// A branch that begins to work.
    pub fn new(function: u32) -> Branch {
        Branch { function, stage: Stage::Working, suspended: false }
    }

    /// Its work is done. `false` if it was undone before that, and remembers: the work is taken back.
    pub fn worked(&mut self, manner: Manner, guarded: bool) -> bool {
        let undone = self.stage == Stage::Undone;
        if undone && guarded {
            return false;
        }
        if self.stage == Stage::Working || undone {
            self.suspended = undone;
            self.stage = match manner {
                Manner::Local | Manner::TwoPhase | Manner::TryConfirmCancel => Stage::Held,
                Manner::Unprotected | Manner::AutomaticUndo | Manner::Saga => Stage::Applied,
            };
        }
        true
    }

    /// Its process died. What was not kept safe is rolled back by its database.
    pub fn died(&mut self, manner: Manner) {
        let open = matches!(manner, Manner::Local | Manner::TwoPhase);
        if self.stage == Stage::Working || (self.stage == Stage::Held && open) {
            self.stage = Stage::Undone;
        }
    }

    /// Does what the coordinator asks, as often as it is asked. Whether it agrees.
    pub fn does(&mut self, verb: Verb) -> bool {
        match (verb, self.stage) {
            (Verb::Prepare, Stage::Held | Stage::Prepared) => {
                self.stage = Stage::Prepared;
                true
            }
            (Verb::Prepare, _) => false,
            (Verb::Commit, Stage::Held | Stage::Prepared | Stage::Applied | Stage::Committed) => {
                self.stage = Stage::Committed;
                true
            }
            (Verb::Commit, Stage::Working | Stage::Undone) => false,
            (Verb::Undo, Stage::Committed) => false,
            // Also one that has not begun: what comes later finds it undone.
            (Verb::Undo, _) => {
                self.stage = Stage::Undone;
                true
            }
        }
    }
}
