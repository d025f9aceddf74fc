//! Electing: a coordinator of its own as several copies, of which an elected one leads.
//!
//! The copies are members of a store that agrees on every write (see [`crate::store::agreeing`]); here the one that
//! leads acts for all. That a transaction has begun is such a write, and so is the decision that all of it commits:
//! before a majority has that, nobody is told. What is not decided when the leader is lost is undone by the next
//! one, for no log has it; what is decided goes on, for all later leaders have it.

use super::course::Phase;
use crate::consensus::NOTHING;
use crate::fact::Reason;
use crate::plan::program::NOWHERE;
use crate::store::keeping::Shard;
use crate::task::Step;
use crate::work::State;
use crate::world::World;

/// Decisions in a log have this bit, which no key of a write has.
const DECISION: u64 = 1 << 62;

/// Whether a value in a log is a decision.
pub fn is_decision(value: u64) -> bool {
    value != NOTHING && value & DECISION != 0
}

impl World {
    /// Whether a coordinator is several that elect a leader.
    pub(super) fn is_elected(&self, coordinator: u32) -> bool {
        let store = self.stores.get(coordinator as usize);
        store.is_some_and(|store| store.system == coordinator) && self.leader_of(coordinator).is_some()
    }

    /// Which member of a store acts for all, if it is one whose members elect a leader.
    fn leader_of(&self, system: u32) -> Option<Option<u32>> {
        let system = self.keeping.systems.get(system as usize)?.as_ref()?;
        match system.shards.first() {
            Some(Shard::Consensus(assembly)) => {
                Some(assembly.acting().map(|member| system.store_of(0, member)))
            }
            _ => None,
        }
    }

    /// The store that acts as a coordinator now, if one does.
    pub(super) fn acting_coordinator(&self, coordinator: u32) -> Option<u32> {
        let acting = match self.leader_of(coordinator) {
            Some(leader) if self.is_elected(coordinator) => leader?,
            _ => coordinator,
        };
        self.is_store_up(acting).then_some(acting)
    }

    /// The leader begins to have its decision about a transaction agreed on, if it has come to one.
    pub(super) fn propose_decision(&mut self, transaction: u32) {
        let Some(live) = self.transacting.live.get(transaction as usize) else { return };
        if live.course.phase() != Phase::Deciding || live.decision != 0 {
            return;
        }
        let plan = self.transacting.plans.get(live.plan as usize);
        let coordinator = plan.and_then(Option::as_ref).map_or(NOWHERE, |plan| plan.coordinator);
        if coordinator == NOWHERE || !self.is_elected(coordinator) {
            // It has no copies any more: its own log will do.
            if let Some(live) = self.transacting.live.get_mut(transaction as usize) {
                live.course.decided();
            }
            return self.wake_decided(transaction);
        }
        self.transacting.decisions += 1;
        let decision = DECISION | self.transacting.decisions;
        if let Some(live) = self.transacting.live.get_mut(transaction as usize) {
            live.decision = decision;
        }
        self.transacting.deciding.insert(decision, transaction);
        if !self.propose_to_leader(coordinator, decision) {
            self.forget_decision(transaction);
        }
    }

    /// A task waits until its transaction is decided.
    pub(super) fn await_decision(&mut self, task: u32, transaction: u32) -> Step {
        let live = &mut self.transacting.live[transaction as usize];
        if live.decision == 0 {
            // Nobody leads. What becomes of it is not known yet.
            return Step::Fails(Reason::NoPrimary);
        }
        live.awaits = Some(task);
        self.works[task as usize].awaited += 1;
        Step::Waits
    }

    /// Decisions are in the log of a majority, for good.
    pub fn decisions_are_kept(&mut self, decisions: &[u64]) {
        for decision in decisions {
            let Some(transaction) = self.transacting.deciding.remove(decision) else { continue };
            let Some(live) = self.transacting.live.get_mut(transaction as usize) else { continue };
            if live.decision == *decision {
                live.course.decided();
                self.review_transaction(transaction);
                self.wake_decided(transaction);
            }
        }
    }

    /// Another copy leads, and knows what was agreed on before: it goes on with what is decided, and undoes the rest.
    pub fn coordinator_taken_over(&mut self, coordinator: u32) {
        for transaction in self.coordinated_by(coordinator) {
            let course = &mut self.transacting.live[transaction as usize].course;
            course.coordinator_died();
            course.coordinator_back();
            self.forget_decision(transaction);
            self.review_transaction(transaction);
            self.wake_decided(transaction);
        }
    }

    /// The copy that led does so no more: nobody speaks to the branches until another is elected.
    pub fn coordinator_leader_lost(&mut self, coordinator: u32) {
        for transaction in self.coordinated_by(coordinator) {
            let live = &mut self.transacting.live[transaction as usize];
            live.course.coordinator_died();
            let task = live.awaits.take();
            self.review_transaction(transaction);
            if let Some(task) = task.filter(|task| self.waits_for(*task, transaction)) {
                self.child_ended(task, false, Err(Reason::NoPrimary));
            }
        }
    }

    fn forget_decision(&mut self, transaction: u32) {
        if let Some(live) = self.transacting.live.get_mut(transaction as usize) {
            self.transacting.deciding.remove(&live.decision);
            live.decision = 0;
        }
    }

    fn waits_for(&self, task: u32, transaction: u32) -> bool {
        self.transacting.roots.get(&task) == Some(&transaction)
            && self.works.get(task as usize).is_some_and(|work| work.state == State::Waiting)
    }

    /// What was decided is done: by the task that waits for it, or by the coordinator alone.
    fn wake_decided(&mut self, transaction: u32) {
        let Some(live) = self.transacting.live.get_mut(transaction as usize) else { return };
        if live.course.phase() == Phase::Deciding {
            return;
        }
        match live.awaits.take().filter(|task| self.waits_for(*task, transaction)) {
            Some(task) => self.goes_on_soon(task),
            None => self.push_on(transaction),
        }
    }
}
