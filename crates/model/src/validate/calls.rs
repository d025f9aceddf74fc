//! Calls that would never end.

use std::collections::BTreeMap;

use super::{Part, Problems, What};
use crate::business::Business;
use crate::id::FunctionId;

/// How far a function has been looked at.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    /// It is on the way from where we began.
    OnTheWay,
    /// Nothing that it calls leads back to it, or it has been told.
    Done,
}

/// Tells each circle of calls once, at the function where it closes.
///
/// Only calls that happen at least once on average count: a circle of rarer ones comes to an end.
pub(super) fn check(business: &Business, problems: &mut Problems) {
    let mut looks: BTreeMap<&FunctionId, Look> = BTreeMap::new();
    for start in business.functions.keys() {
        if looks.contains_key(start) {
            continue;
        }
        // The way so far, each function with the calls still to follow.
        let mut way = vec![(start, called(business, start))];
        looks.insert(start, Look::OnTheWay);
        while let Some((function, calls)) = way.last_mut() {
            let function = *function;
            let Some(next) = calls.pop() else {
                looks.insert(function, Look::Done);
                way.pop();
                continue;
            };
            match looks.get(next) {
                None => {
                    looks.insert(next, Look::OnTheWay);
                    way.push((next, called(business, next)));
                }
                Some(Look::OnTheWay) => {
                    let circle = way.iter().map(|(on_it, _)| *on_it).skip_while(|on_it| *on_it != next);
                    let circle = circle.chain([next]).cloned().collect();
                    problems.add(Part::Function(next.clone()), What::EndlessCalls { circle });
                }
                Some(Look::Done) => {}
            }
        }
    }
}

/// What `function` calls at least once on average, the last first.
fn called<'a>(business: &'a Business, function: &FunctionId) -> Vec<&'a FunctionId> {
    let Some(function) = business.functions.get(function) else { return Vec::new() };
    let calls = function.steps.iter().flat_map(|step| step.calls());
    let certain = calls.filter(|call| f64::from(call.count) * call.probability >= 1.0);
    let mut certain: Vec<_> = certain.map(|call| &call.to).collect();
    certain.reverse();
    certain.dedup();
    certain
}
