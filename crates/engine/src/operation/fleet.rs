//! The fleet: which copies of a service run, where the platform has made more, fewer or others of them than the
//! layout does.
//!
//! A copy beyond the layout's is an instance like any other, with the next free number. What a changed design
//! adds or takes away is added and taken away here, too.

use std::collections::BTreeMap;

use archlab_model::{Autoscaling, InstanceId, SimTime, Span};

use crate::balancing::{Part, Rules, name};
use crate::event::Control;
use crate::fact::Fact;
use crate::instance::{Instance, Process};
use crate::operation::releasing::{Active, Told};
use crate::operation::scaling::Scaling;
use crate::operation::usage::Usage;
use crate::plan::{InstancePlan, Plan, PoolPlan};
use crate::random::Stream;
use crate::world::World;

/// Most copies of a service that the platform starts, those that leave included.
pub const MAX_COPIES: usize = 2_000;

/// What the platform does with services that are scaled or released.
#[derive(Debug, Clone, Default)]
pub struct Operation {
    /// By pool; those of which the platform has made something else than the layout.
    pub(super) pools: BTreeMap<u32, Operated>,
    /// Copies that were asked to end, each with its process's epoch.
    leaving: BTreeMap<u32, u32>,
    /// By instance, as far as any has had another than the first.
    versions: Vec<u32>,
    /// Releases, in the order in which they began.
    pub(super) releases: Vec<crate::operation::releasing::Train>,
    pub(super) usage: Usage,
    /// By pool: how its balancer chooses.
    rules: Vec<Option<Rules>>,
    /// By machine: weight and priority behind a balancer.
    weights: Vec<(u32, u32)>,
    /// Releases that are planned.
    pub(super) planned: Vec<archlab_model::PlannedRelease>,
    /// Whether anybody wants to know what processors do.
    pub measuring: bool,
    /// Whether a release is under way, and it matters what becomes of calls.
    pub watching: bool,
}

/// A service of which the platform has made something else than the layout, or may.
#[derive(Debug, Clone, Default)]
pub(super) struct Operated {
    /// What the layout makes: the machine of each number.
    layout: BTreeMap<u32, u32>,
    /// What there is instead, those that leave not included.
    pub standing: BTreeMap<u32, u32>,
    /// How many copies there should be.
    pub wanted: u32,
    /// What each copy is like.
    shape: Option<InstancePlan>,
    pub scaling: Option<Scaling>,
    /// When copies that were started will have warmed up, by instance.
    pub warm: BTreeMap<u32, SimTime>,
    /// The version that runs; 0 is the design's own.
    pub version: u32,
    /// How many versions there have been.
    pub versions: u32,
    /// What is wrong with each version but the first: the share of its calls that fails, and how many times as
    /// long it works.
    pub defects: Vec<(f64, f64)>,
    pub active: Option<Active>,
    /// What became of its releases.
    pub told: Vec<Told>,
}

impl Operation {
    /// An instance begins a piece of work.
    #[cold]
    pub fn note_burst(&mut self, instance: u32, length: Span) {
        self.usage.begin(instance, length);
    }

    /// The version of an instance.
    pub fn version_of(&self, instance: u32) -> u32 {
        self.versions.get(instance as usize).copied().unwrap_or(0)
    }

    pub(super) fn set_version(&mut self, instance: u32, version: u32) {
        let at = instance as usize;
        if version != 0 && self.versions.len() <= at {
            self.versions.resize(at + 1, 0);
        }
        if let Some(known) = self.versions.get_mut(at) {
            *known = version;
        }
    }

    /// Whether a copy was asked to end.
    pub fn is_leaving(&self, instance: u32) -> bool {
        self.leaving.contains_key(&instance)
    }

    /// How many copies of a service there should be, if the platform has a say in it.
    pub fn wanted(&self, pool: u32) -> Option<u32> {
        self.pools.get(&pool).map(|operated| operated.wanted)
    }
}

impl Operated {
    /// Takes on what the layout makes now.
    fn take_on(&mut self, made: &BTreeMap<u32, u32>, is_there: impl Fn(u32) -> bool) {
        let before = std::mem::replace(&mut self.layout, made.clone());
        for (&number, &machine) in made {
            match (before.get(&number), self.standing.get_mut(&number)) {
                (None, None) => {
                    self.standing.insert(number, machine);
                    self.wanted += 1;
                }
                (None, Some(_)) => self.wanted += 1,
                (Some(was), Some(stands)) if *was != machine => *stands = machine,
                _ => {}
            }
        }
        for number in before.keys().filter(|number| !made.contains_key(number)) {
            self.wanted = self.wanted.saturating_sub(1);
            if self.standing.remove(number).is_none() {
                self.standing.pop_last();
            }
        }
        // A copy beyond the layout's goes where its first is, if its own machine has gone.
        if let Some(&somewhere) = made.values().next() {
            for machine in self.standing.values_mut().filter(|machine| !is_there(**machine)) {
                *machine = somewhere;
            }
        }
    }
}

impl World {
    /// Makes a plan that was compiled say what the platform has made of its services.
    pub(crate) fn amend_fleet(&mut self, plan: &mut Plan) {
        let rules = |pool: &Option<PoolPlan>| {
            let pool = pool.as_ref()?;
            let of_group = || plan.groups.get(pool.group as usize)?.as_ref().map(|group| group.rules.clone());
            pool.rules.clone().or_else(of_group)
        };
        self.operation.rules = plan.pools.iter().map(rules).collect();
        self.operation.weights = plan
            .machines
            .iter()
            .map(|machine| machine.map_or((1, 0), |machine| (machine.weight, machine.priority)))
            .collect();
        self.operation.planned = std::mem::take(&mut plan.releases);
        self.operation.pools.retain(|pool, _| plan.pools.get(*pool as usize).is_some_and(Option::is_some));
        for pool in 0..plan.pools.len() as u32 {
            let Some(known) = &plan.pools[pool as usize] else { continue };
            if known.autoscaling.is_some() || self.operation.pools.contains_key(&pool) {
                self.amend_pool(pool, plan);
            }
        }
        self.operation.measuring = self.operation.pools.values().any(|operated| operated.scaling.is_some());
    }

    fn amend_pool(&mut self, pool: u32, plan: &mut Plan) {
        let Some(known) = &mut plan.pools[pool as usize] else { return };
        let machines = plan.groups[known.group as usize].as_ref().map_or(&[][..], |group| &group.machines);
        let number = |index: u32| self.names.roster.instances[index as usize].number;
        let mut made = BTreeMap::new();
        for &index in &known.instances {
            if let Some(instance) = plan.instances[index as usize] {
                made.insert(number(index), instance.machine);
            }
        }
        let shape = known.instances.first().and_then(|first| plan.instances[*first as usize]);
        let operated = self.operation.pools.entry(pool).or_default();
        operated.shape = shape.or(operated.shape);
        operated.take_on(&made, |machine| machines.contains(&machine));
        let begins = operated.adopt_scaling(known.autoscaling.as_ref());

        let Some(shape) = operated.shape else { return };
        for &index in &known.instances {
            if !operated.standing.contains_key(&number(index)) {
                plan.instances[index as usize] = None;
            }
        }
        known.instances.clear();
        for (&number, &machine) in &operated.standing {
            let Some(index) = self.names.instances.find(&(pool, number)) else { continue };
            if self.operation.leaving.contains_key(&index) {
                continue;
            }
            plan.instances[index as usize] = Some(InstancePlan { machine, ..shape });
            known.instances.push(index);
        }
        if begins {
            self.plan_look(pool);
        }
    }

    /// A service comes into the platform's hands, as it stands.
    pub(super) fn operate(&mut self, pool: u32) {
        if self.operation.pools.contains_key(&pool) {
            return;
        }
        let mut operated = Operated::default();
        for &index in &self.pools[pool as usize].instances {
            let instance = &self.instances[index as usize];
            let number = self.names.roster.instances[index as usize].number;
            operated.layout.insert(number, instance.planned);
            let (workers, queue) = (instance.station.servers, instance.station.room);
            operated.shape = Some(InstancePlan { pool, machine: instance.planned, workers, queue });
        }
        operated.standing.clone_from(&operated.layout);
        operated.wanted = operated.standing.len() as u32;
        self.operation.pools.insert(pool, operated);
    }

    /// The copies of a service that should run, those that leave not included.
    pub(super) fn copies(&self, pool: u32) -> Vec<u32> {
        let there = self.pools[pool as usize].instances.iter().copied();
        there.filter(|index| !self.operation.is_leaving(*index)).collect()
    }

    /// Whether a copy is in service, as far as its process and its checks go.
    pub(super) fn is_in_service(&self, index: u32) -> bool {
        let instance = &self.instances[index as usize];
        instance.process == Process::Up && instance.health.checked_up && instance.health.listed
    }

    /// Starts as many copies as are missing, or ends as many as there are too many.
    pub(super) fn resize_fleet(&mut self, pool: u32) {
        let Some(operated) = self.operation.pools.get(&pool) else { return };
        let (wanted, version) = (operated.wanted, operated.version);
        let copies = self.copies(pool);
        for _ in copies.len()..wanted as usize {
            if !self.start_copy(pool, version) {
                return;
            }
        }
        self.end_copies(&copies, copies.len().saturating_sub(wanted as usize));
    }

    /// Asks `count` of `copies` to end: those not in service first, then those of the highest numbers.
    pub(super) fn end_copies(&mut self, copies: &[u32], count: usize) {
        let mut copies = copies.to_vec();
        let number = |index: u32| self.names.roster.instances[index as usize].number;
        copies.sort_by_key(|index| (self.is_in_service(*index), std::cmp::Reverse(number(*index))));
        for index in copies.into_iter().take(count) {
            self.withdraw(index);
        }
    }

    /// Starts one more copy of a service, cold. `false` if there is no room for it now.
    pub(super) fn start_copy(&mut self, pool: u32, version: u32) -> bool {
        let Some(operated) = self.operation.pools.get(&pool) else { return false };
        let Some(shape) = operated.shape else { return false };
        if self.pools[pool as usize].instances.len() >= MAX_COPIES {
            return false;
        }
        let is_free = |number: &u32| {
            !operated.standing.contains_key(number)
                && self.names.instances.find(&(pool, *number)).is_none_or(|index| !self.is_in_use(index))
        };
        let Some(number) = (1..=2 * MAX_COPIES as u32).find(is_free) else { return false };
        let of_layout = operated.layout.get(&number).copied();
        let of_layout = of_layout.filter(|machine| self.machines[*machine as usize].on);
        let group = self.pools[pool as usize].group;
        let Some(machine) = of_layout.or_else(|| self.roomiest(group, pool, None)) else { return false };

        let plan = InstancePlan { machine, ..shape };
        let index = self.instance_numbered(pool, number, &plan);
        self.operation.set_version(index, version);
        operated_mut(&mut self.operation, pool, |operated| operated.standing.insert(number, machine));
        self.begin_sample(pool, index);
        let order = |index: &u32| self.names.roster.instances[*index as usize].number;
        let instances = &mut self.pools[pool as usize].instances;
        let place = instances.partition_point(|known| order(known) < number);
        instances.insert(place, index);
        self.instances[index as usize].health.routed = self.routes_to(pool, version);
        self.add_instance(index, &plan, true);
        self.suit_version(index);
        self.refresh_pool(pool);
        self.review_room();
        true
    }

    fn is_in_use(&self, index: u32) -> bool {
        let Some(instance) = self.instances.get(index as usize) else { return false };
        self.operation.is_leaving(index) || !matches!(instance.process, Process::Crashed | Process::Off)
    }

    /// The copy of a service with a number, which may be new.
    fn instance_numbered(&mut self, pool: u32, number: u32, plan: &InstancePlan) -> u32 {
        let names = std::sync::Arc::make_mut(&mut self.names);
        let (index, new) = names.instances.index((pool, number));
        if new {
            let group = self.pools[pool as usize].group;
            let id = InstanceId {
                group: names.roster.groups[group as usize].clone(),
                service: names.services[pool as usize].clone(),
                number,
            };
            self.phases.push(Stream::new(self.seed, "check phase", &id.to_string()));
            names.roster.instances.push(id);
            self.instances.push(Instance::new(self.now, group, plan));
        }
        index
    }

    /// Asks a copy to end: it gets no new calls once its callers know, and ends those it has.
    fn withdraw(&mut self, index: u32) {
        let instance = &self.instances[index as usize];
        let (pool, epoch, process) = (instance.pool, instance.epoch, instance.process);
        let number = self.names.roster.instances[index as usize].number;
        operated_mut(&mut self.operation, pool, |operated| {
            operated.standing.remove(&number);
            operated.warm.remove(&index);
        });
        self.operation.leaving.insert(index, epoch);
        if process != Process::Up {
            return self.depart(index);
        }
        let shutdown = &self.groups[self.instances[index as usize].group as usize].shutdown;
        let latest = self.now + shutdown.linger + shutdown.grace;
        self.schedule(latest, Control::Departed { instance: index, epoch });
        self.stop(index);
    }

    /// A copy that was asked to end has had all the time it may take.
    pub fn on_departed(&mut self, index: u32, epoch: u32) {
        if self.operation.leaving.get(&index) == Some(&epoch) {
            self.depart(index);
        }
    }

    /// The process of a copy has ended: it is no more, if it was asked to end.
    pub fn depart_if_leaving(&mut self, index: u32) {
        if self.operation.is_leaving(index) {
            self.depart(index);
        }
    }

    fn depart(&mut self, index: u32) {
        self.operation.leaving.remove(&index);
        if !matches!(self.instances[index as usize].process, Process::Crashed | Process::Off) {
            self.end_process(index, Process::Crashed);
        }
        let instance = &mut self.instances[index as usize];
        (instance.present, instance.homeless) = (false, false);
        let pool = instance.pool;
        self.pools[pool as usize].instances.retain(|known| *known != index);
        self.refresh_pool(pool);
        self.review_room();
        self.tell(Fact::InstanceGone { instance: index });
        self.review_recovery();
    }

    /// Makes a balancer know the instances it has now.
    fn refresh_pool(&mut self, pool: u32) {
        let Operation { rules, weights, .. } = &self.operation;
        let known = &mut self.pools[pool as usize];
        if let Some(Some(rules)) = rules.get(pool as usize) {
            let part = |index: &u32| {
                let machine = self.instances[*index as usize].planned;
                let (weight, priority) = weights.get(machine as usize).copied().unwrap_or((1, 0));
                let name = name(&self.names.roster.instances[*index as usize].to_string());
                Part { instance: *index, name, weight, priority }
            };
            let parts: Vec<Part> = known.instances.iter().map(part).collect();
            known.adopt(rules, &parts);
        }
        known.review(self.now, false, &self.instances);
    }
}

/// Does something to what the platform knows of a service, if it knows anything.
pub(super) fn operated_mut<T>(
    operation: &mut Operation,
    pool: u32,
    change: impl FnOnce(&mut Operated) -> T,
) -> Option<T> {
    operation.pools.get_mut(&pool).map(change)
}

impl Operated {
    /// Goes on by another rule of scaling, or by none. Whether the first look has to be planned.
    fn adopt_scaling(&mut self, policy: Option<&Autoscaling>) -> bool {
        match (policy, &mut self.scaling) {
            (None, None) => false,
            (None, scaling) => {
                *scaling = None;
                self.wanted = self.layout.len() as u32;
                // Copies beyond the layout's go, and those of it that are missing come back.
                self.standing.clone_from(&self.layout);
                false
            }
            (Some(policy), Some(scaling)) => {
                scaling.policy = policy.clone();
                false
            }
            (Some(policy), scaling) => {
                *scaling = Some(Scaling::new(policy.clone()));
                true
            }
        }
    }
}
