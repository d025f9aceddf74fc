//! Agreeing: what a coordinator asks its branches, what it hears, and what it comes to.

use archlab_model::SimTime;

use super::branch::Verb;
use super::course::{End, Phase};
use super::live::{Due, Live};
use crate::call::{Caller, Target};
use crate::event::Control;
use crate::fact::{Fact, Place, Reason};
use crate::instance::Process;
use crate::measure::report::TransactionReport;
use crate::plan::program::NOWHERE;
use crate::request::Request;
use crate::work::{Flags, NONE, Spot};
use crate::world::{MAX_REQUESTS, World};

impl World {
    /// Sends what a coordinator has to ask now: for a task that waits for the answers, or for nobody. How many were
    /// sent.
    pub(super) fn send_orders(&mut self, transaction: u32, task: Option<u32>) -> u16 {
        let mut sent = 0;
        while let Some(from) = self.coordinator_at(transaction)
            && let Some((number, verb)) = self.transacting.live[transaction as usize].course.next_order()
        {
            let branch =
                self.transacting.live[transaction as usize].course.branches()[usize::from(number)].function;
            let function = match self.transacting.branches.get(branch as usize) {
                Some(Some(plan)) => match verb {
                    Verb::Prepare => plan.prepare,
                    Verb::Commit => plan.commit,
                    Verb::Undo => plan.undo,
                },
                _ => NOWHERE,
            };
            if self.order(transaction, function, from, task) {
                sent += 1;
            } else {
                self.transacting.live[transaction as usize].course.heard(number, verb, false);
            }
        }
        if sent == 0 {
            self.review_transaction(transaction);
        }
        sent
    }

    /// Asks a branch. Whether that could be sent.
    fn order(&mut self, transaction: u32, function: u32, from: Spot, task: Option<u32>) -> bool {
        if function == NOWHERE {
            return false;
        }
        if let Some(task) = task {
            let caller = self.caller(task, Flags::PHASE.and(Flags::SOFT));
            return self.call(Caller { from, ..caller }, Target::Function(function), None).is_ok();
        }
        if self.under_way >= MAX_REQUESTS {
            return false;
        }
        let live = &self.transacting.live[transaction as usize];
        let Some(Some(plan)) = self.transacting.plans.get(live.plan as usize) else { return false };
        let request = Request::detached(live.number, plan.group, live.kind, self.now);
        let request = self.keep_request(request);
        self.transacting.by_request.insert(request, transaction);
        let flags = Flags::PHASE.and(Flags::SOFT).and(Flags::BACKGROUND);
        let caller = Caller {
            request,
            parent: NONE,
            from,
            depth: 1,
            flags,
            deadline: SimTime::NEVER,
            guard: NONE,
            fallback: NONE,
        };
        let called = self.call(caller, Target::Function(function), None).is_ok();
        if !called {
            self.forget_request(request);
        }
        called
    }

    /// Where the coordinator of a transaction is, if it lives.
    fn coordinator_at(&self, transaction: u32) -> Option<Spot> {
        let live = self.transacting.live.get(transaction as usize)?;
        match self.transacting.plans.get(live.plan as usize)? {
            Some(plan) if plan.coordinator != NOWHERE => {
                self.acting_coordinator(plan.coordinator).map(|store| Place::Store(store).into())
            }
            _ => {
                let up = self.instances[live.instance as usize].process == Process::Up;
                up.then(|| Place::Instance(live.instance).into())
            }
        }
    }

    /// A coordinator hears the answer of a branch.
    pub fn phase_answered(&mut self, index: u32, result: Result<(), Reason>) {
        let work = &self.works[index as usize];
        let (target, background) = (work.target, work.flags.has(Flags::BACKGROUND));
        let Some(&(branch, verb)) = self.transacting.phases.get(&target) else { return };
        let Some(transaction) = self.transaction_of(index) else { return };
        let course = &mut self.transacting.live[transaction as usize].course;
        if let Some(number) = course.asked(branch, verb) {
            course.heard(number, verb, result.is_ok());
            self.review_transaction(transaction);
        }
        if background && result.is_ok() {
            self.push_on(transaction);
        }
    }

    /// Goes on with a transaction that no task waits for: asks whom it has not asked, and looks again later.
    pub(super) fn push_on(&mut self, transaction: u32) {
        self.send_orders(transaction, None);
        let Some(live) = self.transacting.live.get_mut(transaction as usize) else { return };
        if matches!(live.course.phase(), Phase::Ended(_)) || live.watched {
            return;
        }
        live.watched = true;
        let (plan, number) = (live.plan as usize, live.number);
        if let Some(Some(plan)) = self.transacting.plans.get(plan) {
            let due = self.now + plan.rules.retry.max(super::live::MIN_RETRY);
            self.schedule(due, Control::Transaction(Due::Look(transaction, number)));
        }
    }

    /// Looks what has changed about a transaction: locks that it needs no more, whether it is in doubt, its end.
    pub(super) fn review_transaction(&mut self, transaction: u32) {
        self.propose_decision(transaction);
        let Some(live) = self.transacting.live.get_mut(transaction as usize) else { return };
        let Some(Some(plan)) = self.transacting.plans.get(live.plan as usize) else { return };
        let group = plan.group;
        let before = live.ended;
        let now = match live.course.phase() {
            Phase::Ended(end) => Some(live.course.reassess().unwrap_or(end)),
            _ => None,
        };
        live.ended = now;
        let doubt = live.course.is_in_doubt();
        let change = i32::from(doubt) - i32::from(live.in_doubt);
        live.in_doubt = doubt;
        if change != 0 {
            self.transacting.doubt(group, self.now, change);
            let transactions = self.transacting.counts[group as usize].in_doubt;
            self.tell(Fact::InDoubt { group, transactions });
        }
        let mut half_done = false;
        if before != now {
            let counts = &mut self.transacting.counts[group as usize];
            let place = |end: End| match end {
                End::Committed => 0,
                End::Undone => 1,
                End::HalfDone => 2,
            };
            let tallies = [&mut counts.committed, &mut counts.undone, &mut counts.half_done];
            if let Some(before) = before {
                *tallies[place(before)] -= 1;
            }
            if let Some(now) = now {
                *tallies[place(now)] += 1;
                if now == End::HalfDone {
                    half_done = true;
                }
            }
            if half_done {
                self.tell(Fact::HalfDone { group });
            }
            if before.is_none() {
                self.transacting.ended.push_back(transaction);
            }
        }
        self.release_locks(transaction);
        if before != now {
            self.transacting.forget_old();
        }
    }

    fn release_locks(&mut self, transaction: u32) {
        let live = &self.transacting.live[transaction as usize];
        let locks_of = |branch: u32| match self.transacting.branches.get(branch as usize) {
            Some(Some(plan)) => plan.locks.as_slice(),
            _ => &[],
        };
        let mut kept: Vec<u32> = Vec::new();
        let mut free: Vec<u32> = Vec::new();
        for (number, branch) in (0..).zip(live.course.branches()) {
            let list = if live.course.keeps_locks(number) { &mut kept } else { &mut free };
            list.extend_from_slice(locks_of(branch.function));
        }
        free.retain(|lock| !kept.contains(lock));
        free.sort_unstable();
        free.dedup();
        for lock in free {
            self.release_lock(lock, transaction);
        }
    }

    /// What became of the transactions of a group.
    pub fn transaction_report(&self, group: u32) -> TransactionReport {
        let Some(counts) = self.transacting.counts.get(group as usize) else {
            return TransactionReport::default();
        };
        let mut report = TransactionReport {
            begun: counts.begun,
            committed: counts.committed,
            undone: counts.undone,
            half_done: counts.half_done,
            compensations: counts.compensations,
            refused: counts.refused,
            waited: counts.waited,
            blocked_in_doubt: counts.blocked_in_doubt,
            lock_timeouts: counts.lock_timeouts,
            in_doubt: counts.in_doubt,
            most_in_doubt: counts.most_in_doubt,
            ..TransactionReport::default()
        };
        let elapsed = self.now.as_nanos() as f64;
        if elapsed > 0.0 {
            let since = self.now.since(counts.noted).as_nanos() as f64;
            report.mean_in_doubt = (counts.area + f64::from(counts.in_doubt) * since) / elapsed;
        }
        let here = |live: &&Live| match self.transacting.plans.get(live.plan as usize) {
            Some(Some(plan)) => plan.group == group,
            _ => false,
        };
        for live in self.transacting.live.iter().map(|(_, live)| live).filter(here) {
            let unsettled = live.course.unsettled();
            report.prepared += unsettled.prepared;
            report.reserved += unsettled.reserved;
            report.applied += unsettled.applied;
            report.suspended += unsettled.suspended;
        }
        report
    }
}
