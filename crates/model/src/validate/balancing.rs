//! Balancers have somebody to give requests to, and some way to learn who is dead.

use super::Problems;
use super::problem::{Part, What};
use crate::design::Design;
use crate::group::{Group, Layout};
use crate::id::GroupId;
use crate::policy::Rhythm;

pub(super) fn check(id: &GroupId, group: &Group, design: &Design, problems: &mut Problems) {
    let part = || Part::Group(id.clone());
    let machines = design.machines_in(group).into_iter().filter_map(|machine| design.machines.get(machine));
    if machines.map(|machine| machine.weight).max() == Some(0) {
        problems.add(part(), What::NoWeight);
    }
    let health = &group.policies.health;
    let looks = health.rhythm != Rhythm::Never
        || health.passive.is_some()
        || health.outliers.is_some()
        || group.policies.discovery.is_some();
    let alone = group.layout != Layout::Microservice && design.machines_in(group).len() < 2;
    if !looks && !alone {
        problems.add(part(), What::NobodyLooks);
    }
}
