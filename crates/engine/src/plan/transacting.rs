//! Transactions, compiled: which functions are, which write for them, and what those do when asked.

use std::collections::{BTreeMap, BTreeSet};

use archlab_model::business::{Function, Step};
use archlab_model::{Coordinator, DataId, FunctionId, Protocol, StoreKind, Transactions};

use super::FunctionPlan;
use super::compile::Scope;
use super::names::Form;
use super::program::{NOWHERE, Op, TransactOp};
use crate::transaction::branch::{Manner, Verb};

/// A transaction: a function whose writes, with those of all that it waits for, happen all or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactionPlan {
    pub group: u32,
    pub manner: Manner,
    pub rules: Transactions,
    /// The store that coordinates, or [`NOWHERE`]: the instance does.
    pub coordinator: u32,
    /// The random streams of conflicts and of refusals.
    pub conflicts: u32,
    pub refusals: u32,
}

/// A function that writes for transactions.
#[derive(Debug, Clone, PartialEq)]
pub struct BranchPlan {
    /// The locks of the data that it writes.
    pub locks: Vec<u32>,
    /// What its service does when it is asked to prepare, to commit, to undo.
    pub prepare: u32,
    pub commit: u32,
    pub undo: u32,
}

/// What compiling the transactions of a group has found.
#[derive(Debug, Default)]
pub struct Transacting {
    pub transactions: Vec<(u32, TransactionPlan)>,
    pub branches: Vec<(u32, BranchPlan)>,
    roots: BTreeMap<FunctionId, u32>,
    writers: BTreeSet<FunctionId>,
}

impl Scope<'_> {
    /// Finds the transactions of the business and the functions that write for them.
    pub(super) fn find_transactions(&mut self) {
        let design = self.design;
        for root in &design.business.transactions {
            if !design.business.functions.contains_key(root) {
                continue;
            }
            let reached = self.reached(root);
            let writers = reached.iter().filter(|id| !self.written(id).is_empty());
            let writers: Vec<FunctionId> = writers.cloned().collect();
            let plan = self.transaction(root, &reached, &writers);
            let index = self.names.transactions.index((self.group, root.clone())).0;
            self.transacting.transactions.push((index, plan));
            self.transacting.roots.insert(root.clone(), index);
            self.transacting.writers.extend(writers);
        }
    }

    /// All functions that `root` waits for, itself included.
    fn reached(&self, root: &FunctionId) -> BTreeSet<FunctionId> {
        let mut reached = BTreeSet::from([root.clone()]);
        let mut open = vec![root.clone()];
        while let Some(id) = open.pop() {
            let Some(function) = self.design.business.functions.get(&id) else { continue };
            for call in function.steps.iter().flat_map(Step::calls).filter(|call| call.is_awaited()) {
                if self.design.business.functions.contains_key(&call.to) && reached.insert(call.to.clone()) {
                    open.push(call.to.clone());
                }
            }
        }
        reached
    }

    /// The data that a function writes.
    fn written(&self, function: &FunctionId) -> BTreeSet<DataId> {
        let function: Option<&Function> = self.design.business.functions.get(function);
        let steps = function.iter().flat_map(|function| &function.steps);
        let writes = steps.filter_map(|step| match step {
            Step::Access(access) if access.write => Some(access.data.clone()),
            _ => None,
        });
        writes.filter(|data| self.design.business.data.contains_key(data)).collect()
    }

    fn transaction(
        &mut self,
        root: &FunctionId,
        reached: &BTreeSet<FunctionId>,
        writers: &[FunctionId],
    ) -> TransactionPlan {
        let rules = self.design.groups[&self.deployment.group].policies.transactions.clone();
        let home = self.place_of(root).map(|(_, pool)| pool);
        let together = reached.iter().all(|id| self.place_of(id).map(|(_, pool)| pool) == home);
        let data: BTreeSet<DataId> = writers.iter().flat_map(|id| self.written(id)).collect();
        let stores: BTreeSet<_> =
            data.iter().map(|data| self.deployment.store_of(data).map(|it| &it.id)).collect();
        let manner = match rules.protocol {
            _ if together && stores.len() <= 1 => Manner::Local,
            Protocol::None => Manner::Unprotected,
            Protocol::TwoPhase => Manner::TwoPhase,
            Protocol::AutomaticUndo => Manner::AutomaticUndo,
            Protocol::TryConfirmCancel => Manner::TryConfirmCancel,
            Protocol::Saga => Manner::Saga,
        };
        let protected = !matches!(manner, Manner::Local | Manner::Unprotected);
        let coordinator = self.deployment.stores.iter().find(|store| store.kind == StoreKind::Coordinator);
        let coordinator = coordinator.filter(|_| protected && rules.coordinator == Coordinator::Server);
        let coordinator =
            coordinator.and_then(|store| self.names.stores.find(&(self.group, store.id.clone())));
        let scope = Some(self.group);
        let part = format!("transaction/{root}");
        TransactionPlan {
            group: self.group,
            manner,
            rules,
            coordinator: coordinator.unwrap_or(NOWHERE),
            conflicts: self.names.stream(scope, "conflicts", &part),
            refusals: self.names.stream(scope, "refusals", &part),
        }
    }

    /// Puts into a program what its function does about transactions. `first` is where its own steps begin.
    pub(super) fn transact(&mut self, pool: u32, function: &FunctionId, first: usize, program: &mut Vec<Op>) {
        if self.transacting.writers.contains(function) {
            let branch = self.branch(pool, function);
            let writes = |op: &Op| matches!(op, Op::Access { .. });
            let before =
                program[first..].iter().position(writes).map_or(program.len(), |place| first + place);
            program.insert(before, Op::Transact(TransactOp::Branch(branch)));
            program.push(Op::Transact(TransactOp::Branched));
        }
        if let Some(&transaction) = self.transacting.roots.get(function) {
            program.insert(first, Op::Transact(TransactOp::Begin(transaction)));
            program.push(Op::Transact(TransactOp::Agree));
        }
    }

    fn branch(&mut self, pool: u32, function: &FunctionId) -> u32 {
        let (branch, _) = self.names.branches.index((pool, function.clone()));
        if self.transacting.branches.iter().any(|(known, _)| *known == branch) {
            return branch;
        }
        let data = self.written(function);
        let locks = data.iter().map(|data| self.names.locks.index((self.group, data.clone())).0).collect();
        let mut phase = |form: Form, verb: Verb| {
            let index = self.names.functions.index((pool, function.clone(), form)).0;
            let choices = self.names.stream(Some(self.group), "choices", function.as_str());
            let mut program: Vec<Op> = data.iter().map(|data| self.phase_write(data, choices)).collect();
            program.push(Op::Transact(TransactOp::Does(branch, verb)));
            self.functions.push((index, FunctionPlan { pool, round_trips: 0, program }));
            index
        };
        let (prepare, commit, undo) = (
            phase(Form::Prepare, Verb::Prepare),
            phase(Form::Commit, Verb::Commit),
            phase(Form::Undo, Verb::Undo),
        );
        self.transacting.branches.push((branch, BranchPlan { locks, prepare, commit, undo }));
        branch
    }
}
