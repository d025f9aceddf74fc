//! Whom a fault strikes: names looked up, and the instances of each group that it concerns. And the clocks.

use archlab_model::fault::{Bug, Site, Skew};
use archlab_model::{Fault, FunctionId, InstanceId, MachineId};

use crate::fact::Place;
use crate::fault::clock::Clock;
use crate::instance::Process;
use crate::network::End;
use crate::world::World;

/// Instances that a fault concerns, each with its service, by group.
pub(super) type Reach = Vec<(u32, Vec<(u32, u32)>)>;

/// Whose clock it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    Machine(u32),
    Instance(u32),
    Store(u32),
    Entry(u32),
}

impl World {
    pub(super) fn instances_named(&self, id: &InstanceId) -> Vec<u32> {
        let named = self.names.roster.instances.iter().zip(0..).filter(|(name, _)| *name == id);
        named.map(|(_, index)| index).filter(|index| (*index as usize) < self.instances.len()).collect()
    }

    pub(super) fn machine_named(&self, id: &MachineId) -> Option<u32> {
        self.machine_called(id.as_str())
    }

    pub(super) fn machine_called(&self, name: &str) -> Option<u32> {
        let place = self.names.roster.machines.iter().position(|id| id.as_str() == name);
        place.map(|index| index as u32).filter(|index| (*index as usize) < self.machines.len())
    }

    /// The functions of this name, each with its pool: one for each pool that holds it.
    pub(super) fn functions_named(&self, id: &FunctionId) -> Vec<(u32, u32)> {
        let named = self.names.functions.iter().filter(|((_, name, _), _)| name == id);
        named.map(|((pool, ..), index)| (index, *pool)).collect()
    }

    pub(super) fn is_up(&self, index: u32) -> bool {
        self.instances[index as usize].process == Process::Up
    }

    /// The ends of links that go by a name.
    pub(super) fn ends_of(&self, site: &Site) -> Vec<End> {
        match site {
            Site::Instance(id) => {
                let machine = |index: u32| End::Machine(self.instances[index as usize].machine);
                self.instances_named(id).into_iter().map(machine).collect()
            }
            Site::Store(name) => self.store_named(name).map(End::Store).into_iter().collect(),
            Site::Named(name) => {
                let (name, roster) = (name.as_str(), &self.names.roster);
                let machine = self.machine_called(name).map(End::Machine);
                let client = roster.clients.iter().position(|id| id.as_str() == name);
                let group = roster.groups.iter().position(|id| id.as_str() == name);
                let zone = self.faults.zones.get(name).into_iter().flatten();
                machine
                    .into_iter()
                    .chain(client.map(|index| End::Client(index as u32)))
                    .chain(group.map(|index| End::Entry(index as u32)))
                    .chain(zone.map(|index| End::Machine(*index)))
                    .collect()
            }
        }
    }

    /// The groups that a fault concerns, each with its instances that suffer from it.
    pub(super) fn reach(&self, fault: &Fault) -> Reach {
        let mut groups: Vec<u32> = Vec::new();
        let mut struck: Vec<u32> = Vec::new();
        match fault {
            Fault::Slow(slow) => self.reach_site(&slow.of, &mut struck, &mut groups),
            Fault::Errors(errors) => match &errors.of {
                Bug::Instance(id) => struck = self.instances_named(id),
                Bug::Function(function) => {
                    for (_, pool) in self.functions_named(function) {
                        struck.extend(&self.pools[pool as usize].instances);
                    }
                }
            },
            Fault::Hang(hang) => struck = self.instances_named(&hang.of),
            Fault::Leak(leak) => struck = self.instances_named(&leak.of),
            Fault::FullQueue(id) => struck = self.instances_named(id),
            Fault::Cut(cut) => self.reach_sides(&cut.between.0, &cut.between.1, &mut struck, &mut groups),
            Fault::Loss(loss) => self.reach_sides(&loss.between.0, &loss.between.1, &mut struck, &mut groups),
            Fault::Delay(delay) => {
                self.reach_sides(&delay.between.0, &delay.between.1, &mut struck, &mut groups);
            }
            Fault::Partition(partition) => {
                let (one, other) = &partition.sides;
                let machines = |side: &[Site]| side.iter().any(|site| self.has_machines(site));
                let side = if machines(one) { one } else { other };
                for site in side {
                    self.reach_site(site, &mut struck, &mut groups);
                }
                if struck.is_empty() {
                    for site in one {
                        self.reach_site(site, &mut struck, &mut groups);
                    }
                }
            }
            Fault::Spike(spike) => {
                self.reach_site(&Site::named(spike.of.as_str()), &mut Vec::new(), &mut groups);
            }
            Fault::LostPrimary(store) | Fault::StoreCrash(store) => {
                self.reach_site(&Site::Store(store.clone()), &mut struck, &mut groups);
            }
            // A clock that is wrong takes nobody down by itself.
            Fault::Skew(skew) => {
                let mut there = Vec::new();
                self.reach_site(&skew.of, &mut there, &mut groups);
                groups.extend(there.iter().map(|index| self.instances[*index as usize].group));
            }
            _ => {}
        }
        struck.retain(|index| self.instances[*index as usize].present);
        struck.sort_unstable();
        struck.dedup();
        groups.extend(struck.iter().map(|index| self.instances[*index as usize].group));
        groups.sort_unstable();
        groups.dedup();
        groups.retain(|group| self.groups[*group as usize].present);
        let of = |group: u32| -> Vec<(u32, u32)> {
            let known = struck.iter().map(|index| (*index, &self.instances[*index as usize]));
            let known = known.filter(|(_, instance)| instance.group == group);
            known.map(|(index, instance)| (index, instance.pool)).collect()
        };
        groups.iter().map(|group| (*group, of(*group))).collect()
    }

    fn has_machines(&self, site: &Site) -> bool {
        self.ends_of(site).iter().any(|end| matches!(end, End::Machine(_)))
    }

    /// The one end of a link is what it is about, if machines are there; otherwise the other is.
    fn reach_sides(&self, one: &Site, other: &Site, struck: &mut Vec<u32>, groups: &mut Vec<u32>) {
        let (first, second) = if self.has_machines(one) { (one, other) } else { (other, one) };
        self.reach_site(first, struck, groups);
        if struck.is_empty() {
            self.reach_site(second, struck, groups);
        }
    }

    /// The instances at a site, and the groups that have to do with it.
    fn reach_site(&self, site: &Site, struck: &mut Vec<u32>, groups: &mut Vec<u32>) {
        if let Site::Instance(id) = site {
            return struck.extend(self.instances_named(id));
        }
        for end in self.ends_of(site) {
            match end {
                End::Machine(machine) => {
                    struck.extend(self.instances_on(machine));
                    let seated =
                        (0..).zip(&self.groups).filter(|(_, group)| group.machines.contains(&machine));
                    groups.extend(seated.map(|(group, _)| group));
                }
                End::Entry(group) => groups.push(group),
                End::Store(store) => groups.push(self.stores[store as usize].group),
                End::Client(client) => {
                    groups.extend(self.clients.get(client as usize).into_iter().flat_map(|one| &one.groups));
                }
            }
        }
    }

    pub(super) fn begin_skew(&mut self, skew: &Skew) -> bool {
        let clock = Clock::skewed(self.now, skew.ahead, skew.behind, skew.rate.clamp(0.1, 10.0));
        let owners = self.owners(&skew.of);
        for owner in &owners {
            self.faults.clocks.insert(*owner, clock);
        }
        !owners.is_empty()
    }

    pub(super) fn end_skew(&mut self, site: &Site) {
        for owner in self.owners(site) {
            self.faults.clocks.remove(&owner);
        }
    }

    fn owners(&self, site: &Site) -> Vec<Owner> {
        if let Site::Instance(id) = site {
            return self.instances_named(id).into_iter().map(Owner::Instance).collect();
        }
        let owner = |end: End| match end {
            End::Machine(machine) => Some(Owner::Machine(machine)),
            End::Store(store) => Some(Owner::Store(store)),
            End::Entry(group) => Some(Owner::Entry(group)),
            End::Client(_) => None,
        };
        self.ends_of(site).into_iter().filter_map(owner).collect()
    }

    /// The clock of a place: its own, if that is wrong; else its machine's. Clients' are right.
    pub fn clock(&self, place: Place) -> Clock {
        let clocks = &self.faults.clocks;
        if clocks.is_empty() {
            return Clock::RIGHT;
        }
        let of = |owner: Owner| clocks.get(&owner).copied();
        let known = match place {
            Place::Instance(index) => of(Owner::Instance(index))
                .or_else(|| of(Owner::Machine(self.instances[index as usize].machine))),
            Place::Store(index) => of(Owner::Store(index)),
            Place::Entry(index) => of(Owner::Entry(index)),
            Place::Client(_) => None,
        };
        known.unwrap_or(Clock::RIGHT)
    }
}
