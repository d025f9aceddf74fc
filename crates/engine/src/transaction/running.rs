//! Transactions in a run: beginning, branches and their locks, and what happens when work fails or dies.

use super::branch::Verb;
use super::course::{Course, Phase};
use super::live::{Counts, Due, Live, Wait};
use super::locks::Asked;
use crate::call::Target;
use crate::event::Control;
use crate::fact::Reason;
use crate::plan::Plan;
use crate::plan::program::{NOWHERE, TransactOp};
use crate::task::Step;
use crate::work::{Flags, State};
use crate::world::World;

impl World {
    /// A task does something about a transaction.
    pub fn step_transact(&mut self, index: u32, step: TransactOp) -> Step {
        match step {
            TransactOp::Begin(plan) => self.begin_transaction(index, plan),
            TransactOp::Branch(branch) => self.begin_branch(index, branch),
            TransactOp::Branched => self.end_branch(index),
            TransactOp::Agree => self.agree(index),
            TransactOp::Does(branch, verb) => self.do_as_asked(index, branch, verb),
        }
    }

    fn pass(&mut self, index: u32) -> Step {
        let work = &mut self.works[index as usize];
        work.next += 1;
        work.repeated = 0;
        Step::On
    }

    /// The transaction that a piece of work is for.
    pub(super) fn transaction_of(&self, index: u32) -> Option<u32> {
        let request = self.works[index as usize].request;
        self.transacting.of_request(request, self.requests[request as usize].number)
    }

    fn begin_transaction(&mut self, index: u32, plan: u32) -> Step {
        let Some(Some(known)) = self.transacting.plans.get(plan as usize) else { return self.pass(index) };
        let (manner, rules, group) = (known.manner, known.rules.clone(), known.group);
        let coordinator = known.coordinator;
        let work = &mut self.works[index as usize];
        let (request, op) = (work.request, work.next);
        // A transaction within a transaction is part of it.
        if work.repeated == 0 && self.transaction_of(index).is_some_and(|outer| !self.is_over(outer)) {
            return self.pass(index);
        }
        let work = &mut self.works[index as usize];
        if coordinator != NOWHERE && work.repeated == 0 {
            work.repeated = 1;
            let begun = if self.is_elected(coordinator) {
                self.begin_keeping(index, coordinator, op)
            } else {
                let caller = self.caller(index, Flags::NONE);
                self.call(caller, Target::Store { store: coordinator, op }, None)
            };
            return match begun {
                Ok(()) => {
                    self.works[index as usize].awaited += 1;
                    Step::Waits
                }
                Err(reason) => Step::Fails(reason),
            };
        }
        let Some(instance) = work.at.instance() else { return self.pass(index) };
        let (number, kind) = (self.requests[request as usize].number, self.requests[request as usize].kind);
        let course = Course::new(manner, rules.logged || coordinator != NOWHERE, rules.guarded);
        let elected = coordinator != NOWHERE && self.is_elected(coordinator);
        let live = Live {
            course: if elected { course.elected() } else { course },
            plan,
            number,
            kind,
            instance,
            ended: None,
            in_doubt: false,
            watched: false,
            decision: 0,
            awaits: None,
        };
        let transaction = self.transacting.live.insert(live) as u32;
        self.transacting.by_request.insert(request, transaction);
        self.transacting.roots.insert(index, transaction);
        self.transacting.counts[group as usize].begun += 1;
        self.pass(index)
    }

    pub(super) fn is_over(&self, transaction: u32) -> bool {
        let live = self.transacting.live.get(transaction as usize);
        live.is_none_or(|live| matches!(live.course.phase(), Phase::Ended(_)))
    }

    fn begin_branch(&mut self, index: u32, branch: u32) -> Step {
        let Some(transaction) = self.transaction_of(index) else { return self.pass(index) };
        let plan = self.transacting.live[transaction as usize].plan as usize;
        let Some(Some(plan)) = self.transacting.plans.get(plan) else { return self.pass(index) };
        let (group, conflicts, refusals) = (plan.group, plan.conflicts, plan.refusals);
        let (conflict, refusal, timeout) = (plan.rules.conflict, plan.rules.refusal, plan.rules.lock_timeout);
        if !self.transacting.enlisted.contains_key(&index) {
            let Some(number) = self.transacting.live[transaction as usize].course.enlist(branch) else {
                return Step::Fails(Reason::LimitReached);
            };
            self.transacting.enlisted.insert(index, (transaction, number));
            if self.streams[refusals as usize].happens(refusal) {
                self.transacting.counts[group as usize].refused += 1;
                return Step::Fails(Reason::Aborted);
            }
        }
        let locks = match self.transacting.branches.get(branch as usize) {
            Some(Some(branch)) => branch.locks.clone(),
            _ => Vec::new(),
        };
        if !self.is_over(transaction) {
            for lock in locks {
                let table = &mut self.transacting.locks[lock as usize];
                match table.ask(transaction, conflict, &mut self.streams[conflicts as usize]) {
                    Asked::Granted => {}
                    Asked::TurnedAway => return Step::Fails(Reason::LockTimeout),
                    Asked::Waits(_) => {
                        let live = &self.transacting.live;
                        let doubtful = |other: u32| live.get(other as usize).is_some_and(|it| it.in_doubt);
                        let blocked =
                            self.transacting.locks[lock as usize].blockers(transaction).any(doubtful);
                        let counts = &mut self.transacting.counts[group as usize];
                        counts.waited += 1;
                        counts.blocked_in_doubt += u64::from(blocked);
                        let id = self.transacting.wait_count;
                        self.transacting.wait_count += 1;
                        self.transacting.waits.insert(id, Wait { lock, transaction, work: index });
                        self.schedule(self.now + timeout, Control::Transaction(Due::Lock(id)));
                        self.works[index as usize].awaited += 1;
                        return Step::Waits;
                    }
                }
            }
        }
        self.pass(index)
    }

    fn end_branch(&mut self, index: u32) -> Step {
        let Some((transaction, branch)) = self.transacting.enlisted.remove(&index) else {
            return self.pass(index);
        };
        let Some(live) = self.transacting.live.get_mut(transaction as usize) else { return self.pass(index) };
        let kept = live.course.worked(branch);
        self.review_transaction(transaction);
        if kept { self.pass(index) } else { Step::Fails(Reason::Aborted) }
    }

    /// The function that is a transaction has done its work: its branches are to agree.
    fn agree(&mut self, index: u32) -> Step {
        let Some(&transaction) = self.transacting.roots.get(&index) else { return self.pass(index) };
        let live = &mut self.transacting.live[transaction as usize];
        if live.course.phase() == Phase::Working {
            live.course.finish();
            self.review_transaction(transaction);
        }
        let course = &self.transacting.live[transaction as usize].course;
        if course.phase() == Phase::Deciding {
            return self.await_decision(index, transaction);
        }
        let waits = course.manner() != super::branch::Manner::AutomaticUndo;
        if waits {
            let sent = self.send_orders(transaction, Some(index));
            if sent > 0 {
                self.works[index as usize].awaited += sent;
                return Step::Waits;
            }
        }
        self.transacting.roots.remove(&index);
        match self.transacting.live[transaction as usize].course.phase() {
            Phase::Committing => {
                self.push_on(transaction);
                self.pass(index)
            }
            // None that is being decided comes here: its task waits.
            Phase::Working | Phase::Preparing | Phase::Deciding | Phase::Undoing => {
                self.transacting.live[transaction as usize].course.fail();
                self.push_on(transaction);
                Step::Fails(Reason::Aborted)
            }
            Phase::Ended(super::course::End::Undone) => Step::Fails(Reason::Aborted),
            Phase::Ended(_) => self.pass(index),
        }
    }

    /// A participant does what its coordinator asks.
    fn do_as_asked(&mut self, index: u32, branch: u32, verb: Verb) -> Step {
        let Some(transaction) = self.transaction_of(index) else { return self.pass(index) };
        let live = &mut self.transacting.live[transaction as usize];
        // One that was asked before and is asked again has done it already.
        let agreed = match live.course.asked(branch, verb) {
            Some(number) => live.course.does(number, verb),
            None => true,
        };
        if verb == Verb::Undo && agreed {
            let plan = live.plan as usize;
            if let Some(Some(plan)) = self.transacting.plans.get(plan) {
                self.transacting.counts[plan.group as usize].compensations += 1;
            }
        }
        self.review_transaction(transaction);
        if agreed { self.pass(index) } else { Step::Fails(Reason::Aborted) }
    }

    /// A task fails: if it is a branch, its database keeps nothing; if it is the transaction itself, that is undone.
    pub fn transacting_failed(&mut self, index: u32) {
        if let Some((transaction, branch)) = self.transacting.enlisted.remove(&index)
            && let Some(live) = self.transacting.live.get_mut(transaction as usize)
        {
            live.course.refused(branch);
            self.review_transaction(transaction);
        }
        if let Some(transaction) = self.transacting.roots.remove(&index)
            && let Some(live) = self.transacting.live.get_mut(transaction as usize)
        {
            live.course.fail();
            self.review_transaction(transaction);
            self.push_on(transaction);
        }
    }

    /// A piece of work dies with its process.
    pub fn transacting_died(&mut self, index: u32) {
        if let Some((transaction, branch)) = self.transacting.enlisted.remove(&index)
            && let Some(live) = self.transacting.live.get_mut(transaction as usize)
        {
            live.course.died(branch);
            self.review_transaction(transaction);
        }
        if let Some(transaction) = self.transacting.roots.remove(&index) {
            self.lose_coordinator(transaction);
        }
    }

    /// The process of an instance ends: branches it keeps open end with it, and transactions that it decides are
    /// left alone.
    pub fn transactions_died(&mut self, instance: u32) {
        let decided = |(_, live): &(usize, &Live)| live.instance == instance && live.ended.is_none();
        let left: Vec<u32> = self.transacting.live.iter().filter(decided).map(|(it, _)| it as u32).collect();
        for transaction in left {
            let plan = self.transacting.plans.get(self.transacting.live[transaction as usize].plan as usize);
            if plan.is_some_and(|plan| plan.as_ref().is_some_and(|plan| plan.coordinator == NOWHERE)) {
                self.lose_coordinator(transaction);
            }
        }
    }

    fn lose_coordinator(&mut self, transaction: u32) {
        let Some(live) = self.transacting.live.get_mut(transaction as usize) else { return };
        let (plan, number) = (live.plan as usize, live.number);
        let Some(Some(plan)) = self.transacting.plans.get(plan) else { return };
        if plan.coordinator != NOWHERE {
            // The coordinator lives; it waits for the function, in vain.
            let due = self.now + plan.rules.timeout;
            return self.schedule(due, Control::Transaction(Due::GiveUp(transaction, number)));
        }
        live.course.coordinator_died();
        self.review_transaction(transaction);
    }

    /// The process of an instance has started: it reads its log.
    pub fn transactions_back(&mut self, instance: u32) {
        let left = |(_, live): &(usize, &Live)| live.instance == instance && live.ended.is_none();
        let left: Vec<u32> = self.transacting.live.iter().filter(left).map(|(it, _)| it as u32).collect();
        for transaction in left {
            self.transacting.live[transaction as usize].course.coordinator_back();
            self.review_transaction(transaction);
            self.push_on(transaction);
        }
    }

    /// Transactions that a store coordinates and that are not over.
    pub(super) fn coordinated_by(&self, store: u32) -> Vec<u32> {
        let by = |live: &Live| {
            let plan = self.transacting.plans.get(live.plan as usize);
            plan.is_some_and(|plan| plan.as_ref().is_some_and(|plan| plan.coordinator == store))
        };
        let open = self.transacting.live.iter().filter(|(_, live)| live.ended.is_none() && by(live));
        open.map(|(transaction, _)| transaction as u32).collect()
    }

    /// A store that may be a coordinator has died.
    pub fn coordinator_store_lost(&mut self, store: u32) {
        if self.is_elected(store) {
            return;
        }
        for transaction in self.coordinated_by(store) {
            self.transacting.live[transaction as usize].course.coordinator_died();
            self.review_transaction(transaction);
        }
    }

    /// A store that may be a coordinator is back, and reads its log. What had not been decided is undone.
    pub fn coordinator_store_back(&mut self, store: u32) {
        if self.is_elected(store) {
            return;
        }
        for transaction in self.coordinated_by(store) {
            self.transacting.live[transaction as usize].course.coordinator_back();
            self.review_transaction(transaction);
            self.push_on(transaction);
        }
    }

    /// Something about transactions is due.
    pub fn on_transaction_due(&mut self, due: Due) {
        match due {
            Due::Lock(id) => self.on_lock_timeout(id),
            Due::Look(transaction, number) => {
                if self.transacting.numbered(transaction, number).is_some() {
                    let live = &mut self.transacting.live[transaction as usize];
                    live.watched = false;
                    live.course.ask_again();
                    self.push_on(transaction);
                }
            }
            Due::GiveUp(transaction, number) => {
                if self.transacting.numbered(transaction, number).is_some() {
                    self.transacting.live[transaction as usize].course.fail();
                    self.review_transaction(transaction);
                    self.push_on(transaction);
                }
            }
        }
    }

    fn on_lock_timeout(&mut self, id: u64) {
        let Some(wait) = self.transacting.waits.remove(&id) else { return };
        let plan = self.transacting.live.get(wait.transaction as usize).map(|live| live.plan as usize);
        if let Some(Some(Some(plan))) = plan.map(|plan| self.transacting.plans.get(plan)) {
            self.transacting.counts[plan.group as usize].lock_timeouts += 1;
        }
        self.release_lock(wait.lock, wait.transaction);
        let waiting = self.works.get(wait.work as usize).is_some_and(|work| work.state == State::Waiting);
        if waiting && self.transacting.enlisted.contains_key(&wait.work) {
            self.child_ended(wait.work, false, Err(Reason::LockTimeout));
        }
    }

    /// A transaction has no lock on some data any more; those who waited for it go on.
    pub(super) fn release_lock(&mut self, lock: u32, transaction: u32) {
        let mut granted = Vec::new();
        self.transacting.locks[lock as usize].release(transaction, &mut granted);
        let free = |wait: &Wait| wait.lock == lock && granted.contains(&wait.transaction);
        let waits = self.transacting.waits.iter().filter(|(_, wait)| free(wait));
        let waits: Vec<(u64, u32)> = waits.map(|(id, wait)| (*id, wait.work)).collect();
        for (id, work) in waits {
            self.transacting.waits.remove(&id);
            if self.transacting.enlisted.contains_key(&work)
                && self.works.get(work as usize).is_some_and(|work| work.state == State::Waiting)
            {
                self.goes_on_soon(work);
            }
        }
    }

    /// Brings transactions in line with a plan.
    pub fn take_on_transactions(&mut self, plan: &Plan) {
        // What is gone stays: transactions under way may still be of it.
        keep_known(&mut self.transacting.plans, &plan.transactions);
        keep_known(&mut self.transacting.branches, &plan.branches);
        self.transacting.locks.resize_with(plan.lock_count, Default::default);
        self.transacting.counts.resize_with(self.groups.len(), Counts::default);
        for (number, branch) in (0..).zip(&plan.branches) {
            let Some(branch) = branch else { continue };
            let phases =
                [(branch.prepare, Verb::Prepare), (branch.commit, Verb::Commit), (branch.undo, Verb::Undo)];
            self.transacting.phases.extend(phases.map(|(function, verb)| (function, (number, verb))));
        }
    }
}

/// Takes over what a plan has, and leaves what it no longer has.
fn keep_known<T: Clone>(known: &mut Vec<Option<T>>, plan: &[Option<T>]) {
    known.resize_with(known.len().max(plan.len()), || None);
    for (known, plan) in known.iter_mut().zip(plan).filter(|(_, plan)| plan.is_some()) {
        known.clone_from(plan);
    }
}
