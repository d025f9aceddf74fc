//! Faults strike parts that are there, and that they can strike.

use std::collections::BTreeSet;

use super::Problems;
use super::problem::{Part, What};
use crate::deployment::Deployment;
use crate::design::Design;
use crate::fault::{Bug, Fault, Site, Trouble};
use crate::id::InstanceId;
use crate::scenario::Victims;

/// What there is to strike.
struct There<'a> {
    design: &'a Design,
    instances: BTreeSet<&'a InstanceId>,
    stores: BTreeSet<String>,
}

/// Which of the planned faults, and of those at random, name a part that they cannot strike.
pub(super) fn missing(design: &Design, deployments: &[Deployment]) -> (Vec<bool>, Vec<bool>) {
    let there = There::of(design, deployments);
    let faults = design.scenario.faults.iter().map(|planned| there.misses(&planned.fault).is_some());
    let chaos = design.scenario.chaos.iter().map(|chaos| there.misses_victims(&chaos.of).is_some());
    (faults.collect(), chaos.collect())
}

pub(super) fn check(design: &Design, deployments: &[Deployment], problems: &mut Problems) {
    let there = There::of(design, deployments);
    for planned in &design.scenario.faults {
        if let Some((target, known)) = there.misses(&planned.fault) {
            let at = planned.at;
            let what = match known {
                true => What::UnfitFaultTarget { at, target },
                false => What::UnknownFaultTarget { at, target },
            };
            problems.add(Part::Design, what);
        }
    }
    for chaos in &design.scenario.chaos {
        if let Some(target) = there.misses_victims(&chaos.of) {
            problems.add(Part::Design, What::UnknownVictim { target });
        }
    }
}

impl<'a> There<'a> {
    fn of(design: &'a Design, deployments: &'a [Deployment]) -> There<'a> {
        let services = deployments.iter().flat_map(|deployment| &deployment.services);
        let instances = services.flat_map(|service| &service.instances).map(|one| &one.id).collect();
        There { design, instances, stores: super::stores(deployments) }
    }

    /// The part that chaos names and cannot strike.
    fn misses_victims(&self, victims: &Victims) -> Option<String> {
        match victims {
            Victims::Machines(group) | Victims::Instances(group) => {
                (!self.design.groups.contains_key(group)).then(|| group.to_string())
            }
            Victims::Fault(fault) if fault.is_repair() => fault.sites().first().map(Site::to_string),
            Victims::Fault(fault) => self.misses(fault).map(|(target, _)| target),
        }
    }

    /// The first part a fault names that it cannot strike, and whether it is there at all.
    fn misses(&self, fault: &Fault) -> Option<(String, bool)> {
        let trouble = fault.trouble().or_else(|| fault.ends())?;
        let unknown = |site: &Site| (!self.has(site)).then(|| (site.to_string(), false));
        match &trouble {
            Trouble::PowerOff(machine) => (!self.design.machines.contains_key(machine))
                .then(|| (machine.to_string(), self.has(&Site::named(machine.as_str())))),
            Trouble::ZoneDown(zone) => (!self.has_zone(zone.as_str())).then(|| (zone.to_string(), false)),
            Trouble::Spike(client) => (!self.design.clients.contains_key(client))
                .then(|| (client.to_string(), self.has(&Site::named(client.as_str())))),
            Trouble::Errors(Bug::Function(function)) => {
                (!self.design.business.functions.contains_key(function))
                    .then(|| (function.to_string(), false))
            }
            Trouble::Slow(site) => unknown(site).or_else(|| self.unfit(site, false)),
            Trouble::Skew(site) => unknown(site).or_else(|| self.unfit(site, true)),
            others => others.sites().iter().find_map(unknown),
        }
    }

    fn has(&self, site: &Site) -> bool {
        match site {
            Site::Instance(id) => self.instances.contains(id),
            Site::Store(store) => self.stores.contains(&store.to_string()),
            Site::Named(name) => {
                let (design, name) = (self.design, name.as_str());
                design.machines.contains_key(name)
                    || design.clients.contains_key(name)
                    || design.groups.contains_key(name)
                    || self.has_zone(name)
            }
        }
    }

    fn has_zone(&self, name: &str) -> bool {
        self.design.machines.values().any(|machine| machine.zone.as_deref() == Some(name))
    }

    /// A name that stands for nothing that works, or has a clock.
    fn unfit(&self, site: &Site, entries: bool) -> Option<(String, bool)> {
        let Site::Named(name) = site else { return None };
        let fits = self.design.machines.contains_key(name.as_str())
            || (entries && self.design.groups.contains_key(name.as_str()));
        (!fits).then(|| (name.to_string(), true))
    }
}
