//! The transactions of a run: those under way, the locks they have, and what became of the others.

use std::collections::{BTreeMap, VecDeque};

use archlab_model::{SimTime, Span};
use slab::Slab;

use super::branch::Verb;
use super::course::{Course, End};
use super::locks::Locks;
use crate::plan::transacting::{BranchPlan, TransactionPlan};

/// A coordinator asks again no more often than this: so that a run goes on.
pub const MIN_RETRY: Span = Span::from_millis(10);
/// How long a coordinator of its own works on a transaction that begins: one write of its log (a figure of ours).
pub const COORDINATION: Span = Span::from_micros(200);
/// Most transactions that are remembered after their end, for branches that come late.
pub const MAX_ENDED: usize = 1_024;

/// A transaction.
#[derive(Debug, Clone)]
pub struct Live {
    pub course: Course,
    pub plan: u32,
    /// The request it is for.
    pub number: u64,
    pub kind: u32,
    /// The instance that runs the function.
    pub instance: u32,
    /// What it was counted as.
    pub ended: Option<End>,
    pub in_doubt: bool,
    /// Whether it is going to be looked at again.
    pub watched: bool,
    /// What stands for its decision in the log of a coordinator with copies; 0 until that is proposed.
    pub decision: u64,
    /// The task that waits for the decision.
    pub awaits: Option<u32>,
}

/// A branch that waits for a lock.
#[derive(Debug, Clone, Copy)]
pub struct Wait {
    pub lock: u32,
    pub transaction: u32,
    /// The work that waits.
    pub work: u32,
}

/// Something about transactions that is due.
#[derive(Debug, Clone, Copy)]
pub enum Due {
    /// A branch has waited long enough for a lock.
    Lock(u64),
    /// A coordinator looks again at a transaction of this request.
    Look(u32, u64),
    /// A coordinator of its own gives up a transaction of which it hears nothing.
    GiveUp(u32, u64),
}

/// Counts of the transactions of a group since the run began.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    pub begun: u64,
    pub committed: u64,
    pub undone: u64,
    pub half_done: u64,
    pub compensations: u64,
    pub refused: u64,
    pub waited: u64,
    pub blocked_in_doubt: u64,
    pub lock_timeouts: u64,
    /// Transactions with a branch that has promised and not been told, now and over time (in transactions times
    /// nanoseconds until `noted`).
    pub in_doubt: u32,
    pub most_in_doubt: u32,
    pub area: f64,
    pub noted: SimTime,
}

/// All of it.
#[derive(Debug, Clone, Default)]
pub struct Transacting {
    pub plans: Vec<Option<TransactionPlan>>,
    pub branches: Vec<Option<BranchPlan>>,
    /// What each function of a second phase is: of which branch, and what.
    pub phases: BTreeMap<u32, (u32, Verb)>,
    pub live: Slab<Live>,
    /// Ended, the first first.
    pub ended: VecDeque<u32>,
    /// By request that is under way, of whom it is.
    pub by_request: BTreeMap<u32, u32>,
    /// By work: the function that is the transaction.
    pub roots: BTreeMap<u32, u32>,
    /// By work: the function that is a branch.
    pub enlisted: BTreeMap<u32, (u32, u8)>,
    pub locks: Vec<Locks>,
    pub waits: BTreeMap<u64, Wait>,
    pub wait_count: u64,
    /// By what stands for them in logs: transactions whose decision is proposed, and not yet in a log for good.
    pub deciding: BTreeMap<u64, u32>,
    /// How many decisions were proposed.
    pub decisions: u64,
    /// By group.
    pub counts: Vec<Counts>,
}

impl Transacting {
    /// Whether there is nothing that a piece of work could be part of.
    #[inline]
    pub fn is_idle(&self) -> bool {
        self.roots.is_empty() && self.enlisted.is_empty()
    }

    /// The transaction of a request, by its index and number.
    pub fn of_request(&self, request: u32, number: u64) -> Option<u32> {
        let index = *self.by_request.get(&request)?;
        let live = self.live.get(index as usize)?;
        (live.number == number).then_some(index)
    }

    /// A transaction of this number, if it is still known.
    pub fn numbered(&self, index: u32, number: u64) -> Option<&Live> {
        self.live.get(index as usize).filter(|live| live.number == number)
    }

    /// Notes how many transactions of a group are in doubt, from now on `change` more.
    pub fn doubt(&mut self, group: u32, now: SimTime, change: i32) {
        let counts = &mut self.counts[group as usize];
        counts.area += f64::from(counts.in_doubt) * now.since(counts.noted).as_nanos() as f64;
        counts.noted = now;
        counts.in_doubt = counts.in_doubt.saturating_add_signed(change);
        counts.most_in_doubt = counts.most_in_doubt.max(counts.in_doubt);
    }

    /// Forgets the oldest of those that have ended, beyond [`MAX_ENDED`].
    pub fn forget_old(&mut self) {
        while self.ended.len() > MAX_ENDED
            && let Some(old) = self.ended.pop_front()
        {
            self.live.try_remove(old as usize);
        }
    }

    /// A request is over, and another may get its index.
    #[inline]
    pub fn forget_request(&mut self, request: u32) {
        if !self.by_request.is_empty() {
            self.by_request.remove(&request);
        }
    }
}
