//! The report of a run, put together from all that was added up.

use archlab_model::SimTime;

use crate::measure::report::{
    BreakerReport, BreakerState, DataReport, GroupReport, InstanceReport, MachineReport, Report,
    ServiceReport, StoreReport,
};
use crate::resilience::breaker::State;
use crate::world::{Group, World};

impl World {
    /// The measures so far. Changes nothing.
    pub fn report(&self) -> Report {
        let roster = &self.names.roster;
        let groups = self.group_order.iter().map(|&index| self.group_report(index));
        let machines = self.machine_order.iter().map(|&index| {
            let average = self.machines[index as usize].average(self.now);
            MachineReport {
                machine: roster.machines[index as usize].clone(),
                utilisation: average.utilisation,
                mean_queue: average.queue,
            }
        });
        Report {
            elapsed: self.now.since(SimTime::START),
            events: self.events,
            groups: groups.collect(),
            machines: machines.collect(),
        }
    }

    fn group_report(&self, index: u32) -> GroupReport {
        let group = &self.groups[index as usize];
        let measure = &self.measures.groups[index as usize];
        let roster = &self.names.roster;
        let stores = group.stores.iter().map(|&store| {
            let station = &self.stores[store as usize].station;
            let average = station.average(self.now);
            StoreReport {
                store: roster.stores[store as usize].1.clone(),
                utilisation: average.utilisation,
                mean_queue: average.queue,
                finished: station.finished,
            }
        });
        GroupReport {
            group: roster.groups[index as usize].clone(),
            total: measure.total(),
            kinds: roster.kinds.iter().cloned().zip(measure.kinds.iter().copied()).collect(),
            latency: measure.latency(),
            services: group.pools.iter().map(|&pool| self.service_report(pool)).collect(),
            stores: stores.collect(),
            topics: self.topic_reports(index),
            data: self.data_reports(index),
            sessions: self.session_counts(index),
            edge: self.edges.get(&index).map(|edge| edge.counts).unwrap_or_default(),
            transactions: self.transaction_report(index),
            retries: measure.retries,
            wasted: measure.wasted,
            care: measure.care,
            breakers: self.breaker_reports(group),
            episodes: measure.episodes.report(self.now, &roster.instances),
        }
    }

    fn breaker_reports(&self, group: &Group) -> Vec<BreakerReport> {
        let guards = (0..).zip(&self.resilience.guards);
        let guards = guards.filter(|(_, guard)| group.pools.contains(&guard.callee));
        let service = |pool: u32| self.names.services[pool as usize].clone();
        let reports = guards.filter_map(|(index, guard)| {
            let breaker = guard.breaker.as_ref()?;
            Some(BreakerReport {
                guard: index,
                caller: guard.caller.map(service),
                callee: service(guard.callee),
                state: match breaker.state() {
                    State::Closed => BreakerState::Closed,
                    State::Open { .. } => BreakerState::Open,
                    State::HalfOpen { .. } => BreakerState::HalfOpen,
                },
                opened: breaker.opened,
            })
        });
        reports.collect()
    }

    fn data_reports(&self, group: u32) -> Vec<DataReport> {
        let systems = self.keeping.systems.iter().zip(&self.names.roster.stores).zip(&self.stores);
        let of_group = systems.filter(|(_, store)| store.present && store.group == group);
        of_group
            .filter_map(|((system, (_, store)), _)| {
                Some(DataReport { store: store.clone(), counts: system.as_ref()?.counts })
            })
            .collect()
    }

    fn service_report(&self, pool: u32) -> ServiceReport {
        let roster = &self.names.roster;
        let instances: Vec<InstanceReport> = self.pools[pool as usize]
            .instances
            .iter()
            .map(|&index| {
                let instance = &self.instances[index as usize];
                let average = instance.station.average(self.now);
                InstanceReport {
                    instance: roster.instances[index as usize].clone(),
                    version: self.version_name(pool, index),
                    machine: roster.machines[instance.machine as usize].clone(),
                    utilisation: average.utilisation,
                    mean_queue: average.queue,
                    finished: instance.station.finished,
                    failed: instance.failed,
                }
            })
            .collect();
        let count = instances.len().max(1) as f64;
        ServiceReport {
            service: self.names.services[pool as usize].clone(),
            utilisation: instances.iter().map(|instance| instance.utilisation).sum::<f64>() / count,
            mean_queue: instances.iter().map(|instance| instance.mean_queue).sum(),
            instances,
            wanted: self.operation.wanted(pool),
            releases: self.releases_of(pool),
        }
    }
}
