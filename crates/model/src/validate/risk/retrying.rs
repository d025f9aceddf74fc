//! Retries that multiply from layer to layer, or have no bound.

use std::collections::BTreeMap;

use super::demand::DEEPEST;
use super::{Look, Risk, set_policies};
use crate::business::Step;
use crate::command::Command;
use crate::id::FunctionId;
use crate::policy::{Backoff, RetryBudget};
use crate::validate::Problems;

/// So many attempts for one request are a storm.
const STORM: u64 = 8;
/// As Finagle has it.
const BUDGET: RetryBudget = RetryBudget::Ratio { ratio: 0.2, minimum: 10.0 };

pub(super) fn check(look: &Look<'_>, problems: &mut Problems) {
    let policies = look.policies();
    let attempts = policies.retry.attempts.clamp(1, 8);
    // What was never delivered is no load on anybody further down.
    let repeats = policies.retry.after_timeout || policies.resilience.retry_errors;
    if attempts < 2 || !repeats {
        return;
    }
    let depth = depth(look);
    let product = u64::from(attempts).saturating_pow(depth);
    if depth > 1 && product >= STORM {
        look.add(problems, Risk::RetryProduct { attempts, depth, product });
    }
    if policies.resilience.calls.retry_budget.is_none() {
        look.add(problems, Risk::NoRetryBudget);
    }
    if policies.resilience.backoff.is_none() {
        look.add(problems, Risk::NoBackoff);
    }
}

/// How many calls lie within each other at most, from the entry on.
fn depth(look: &Look<'_>) -> u32 {
    let mut known = BTreeMap::new();
    let entries = look.design.business.requests.values().map(|kind| &kind.entry);
    entries.map(|entry| 1 + below(look, entry, 0, &mut known)).max().unwrap_or(0).min(64)
}

fn below<'a>(
    look: &Look<'a>,
    function: &'a FunctionId,
    depth: u32,
    known: &mut BTreeMap<&'a FunctionId, u32>,
) -> u32 {
    if let Some(known) = known.get(function) {
        return *known;
    }
    if depth > DEEPEST {
        return 0;
    }
    known.insert(function, 0);
    let steps = look.design.business.functions.get(function).map_or(&[][..], |it| &it.steps);
    let mut deepest = 0;
    for call in steps.iter().flat_map(Step::calls).filter(|call| call.is_awaited() && call.count > 0) {
        let further = u32::from(look.home(function) != look.home(&call.to));
        deepest = deepest.max(further + below(look, &call.to, depth + 1, known));
    }
    known.insert(function, deepest);
    deepest
}

pub(super) fn mend(look: &Look<'_>, risk: &Risk) -> Option<Command> {
    set_policies(look.id, look.group, |policies| match risk {
        Risk::RetryProduct { .. } => {
            policies.retry.after_timeout = false;
            policies.resilience.retry_errors = false;
        }
        Risk::NoRetryBudget => policies.resilience.calls.retry_budget = Some(BUDGET),
        Risk::NoBackoff => policies.resilience.backoff = Some(Backoff::default()),
        _ => {}
    })
}
