//! Scaling: the autoscaler looks at each service it has to look after, and the fleet follows.

use std::collections::BTreeMap;

use archlab_model::{Autoscaling, ScalingTarget, SimTime};

use crate::event::Control;
use crate::fact::Fact;
use crate::operation::autoscaler::{Autoscaler, Load};
use crate::operation::fleet::operated_mut;
use crate::world::World;

/// An autoscaler and what it has seen of its service.
#[derive(Debug, Clone)]
pub(super) struct Scaling {
    pub policy: Autoscaling,
    scaler: Autoscaler,
    /// A look planned under another number is void.
    number: u32,
    /// When it last looked, and what it saw of each instance: processor time, or requests times time.
    seen: (SimTime, BTreeMap<u32, f64>),
}

impl Scaling {
    pub fn new(policy: Autoscaling) -> Scaling {
        Scaling { policy, scaler: Autoscaler::default(), number: 0, seen: Default::default() }
    }
}

impl World {
    /// Plans the first look at a service.
    pub(super) fn plan_look(&mut self, pool: u32) {
        if !self.operation.measuring {
            self.operation.usage.begin_at(self.now, &self.machines);
        }
        let now = self.now;
        let seen = if (pool as usize) < self.pools.len() { self.sample(pool) } else { BTreeMap::new() };
        let planned = operated_mut(&mut self.operation, pool, |operated| {
            let scaling = operated.scaling.as_mut()?;
            scaling.seen = (now, seen);
            Some((now + scaling.policy.interval, scaling.number))
        });
        if let Some(Some((at, number))) = planned {
            self.schedule(at, Control::Scale { pool, number });
        }
    }

    /// An autoscaler looks at its service.
    pub fn on_scale(&mut self, pool: u32, number: u32) {
        let Some(operated) = self.operation.pools.get(&pool) else { return };
        let Some(scaling) = operated.scaling.as_ref().filter(|scaling| scaling.number == number) else {
            return;
        };
        let (policy, since) = (scaling.policy.clone(), scaling.seen.0);
        let copies = self.copies(pool);
        let seen = self.sample(pool);
        let target = match policy.target {
            ScalingTarget::Processor { utilisation, cores } => utilisation * cores,
            ScalingTarget::InFlight { requests } => requests,
        };
        let elapsed = self.now.since(since).as_nanos() as f64;
        let Some(operated) = self.operation.pools.get(&pool) else { return };
        let Some(scaling) = &operated.scaling else { return };
        let load = |index: &u32| {
            let warm = operated.warm.get(index).is_none_or(|warm| *warm <= self.now);
            let more = seen[index] - scaling.seen.1.get(index).copied().unwrap_or(0.0);
            Load {
                ready: warm && self.is_in_service(*index),
                ratio: more.max(0.0) / (elapsed * target).max(1e-9),
            }
        };
        let loads: Vec<Load> = copies.iter().map(load).collect();

        let now = self.now;
        let decided = operated_mut(&mut self.operation, pool, |operated| {
            operated.warm.retain(|_, warm| *warm > now);
            let current = operated.wanted;
            let scaling = operated.scaling.as_mut()?;
            scaling.seen = (now, seen);
            operated.wanted = scaling.scaler.decide(&policy, now, current, &loads);
            Some((current, operated.wanted, operated.active.is_some()))
        });
        let Some(Some((from, to, is_released))) = decided else { return };
        if from != to {
            self.tell(Fact::Scaled { service: pool, from, to });
        }
        // While it is released, the release sees to the number of copies.
        if !is_released {
            self.resize_fleet(pool);
        }
        self.schedule(now + policy.interval, Control::Scale { pool, number });
    }

    /// What each copy of a scaled service has had by now: processor time, or requests times time.
    fn sample(&mut self, pool: u32) -> BTreeMap<u32, f64> {
        let scaling = self.operation.pools.get(&pool).and_then(|operated| operated.scaling.as_ref());
        let Some(target) = scaling.map(|scaling| scaling.policy.target) else { return BTreeMap::new() };
        let copies = self.copies(pool);
        if let ScalingTarget::Processor { .. } = target {
            self.divide_processors(&copies);
        }
        copies.into_iter().map(|index| (index, self.had(index, target))).collect()
    }

    fn had(&self, index: u32, target: ScalingTarget) -> f64 {
        match target {
            ScalingTarget::Processor { .. } => self.operation.usage.of(index),
            ScalingTarget::InFlight { .. } => self.instances[index as usize].station.held(self.now),
        }
    }

    /// A copy of a scaled service begins: what another before it has had under its number does not count.
    pub(super) fn begin_sample(&mut self, pool: u32, index: u32) {
        let scaling = self.operation.pools.get(&pool).and_then(|operated| operated.scaling.as_ref());
        let Some((target, warm_up)) = scaling.map(|scaling| (scaling.policy.target, scaling.policy.warm_up))
        else {
            return;
        };
        let had = self.had(index, target);
        let warm = self.now + self.groups[self.pools[pool as usize].group as usize].startup + warm_up;
        operated_mut(&mut self.operation, pool, |operated| {
            operated.warm.insert(index, warm);
            if let Some(scaling) = &mut operated.scaling {
                scaling.seen.1.insert(index, had);
            }
        });
    }

    /// Divides the processor time of the machines of some copies among all that run there.
    fn divide_processors(&mut self, copies: &[u32]) {
        let mut machines: Vec<u32> =
            copies.iter().map(|index| self.instances[*index as usize].machine).collect();
        machines.sort_unstable();
        machines.dedup();
        for machine in machines {
            let busy = self.machines[machine as usize].busy_time(self.now);
            self.operation.usage.divide(machine, busy, &self.instances);
        }
    }
}
