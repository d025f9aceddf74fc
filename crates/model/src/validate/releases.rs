//! Releases are of groups and services that are there.

use super::Problems;
use super::problem::{Part, What};
use crate::deployment::Deployment;
use crate::design::Design;
use crate::id::ServiceId;

pub(super) fn check(design: &Design, deployments: &[Deployment], problems: &mut Problems) {
    for planned in &design.scenario.releases {
        let (at, release) = (planned.at, &planned.release);
        let Some(deployment) = deployments.iter().find(|deployment| deployment.group == release.group) else {
            let target = release.group.to_string();
            problems.add(Part::Design, What::UnknownReleaseTarget { at, target });
            continue;
        };
        let known = |id: &ServiceId| deployment.services.iter().any(|service| service.id == *id);
        for service in release.services.iter().filter(|service| !known(service)) {
            let target = format!("{}/{service}", release.group);
            problems.add(Part::Design, What::UnknownReleaseTarget { at, target });
        }
    }
}
