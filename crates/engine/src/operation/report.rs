//! What is told of scaling and releases in a report.

use crate::measure::report::{ReleaseReport, VersionReport};
use crate::operation::guard::Experience;
use crate::operation::rollout::End;
use crate::world::World;

impl World {
    /// The version that each instance of a service runs, and its releases so far.
    pub(crate) fn releases_of(&self, pool: u32) -> Vec<ReleaseReport> {
        let Some(operated) = self.operation.pools.get(&pool) else { return Vec::new() };
        let told = operated.told.iter().enumerate().map(|(place, told)| {
            let active = operated.active.as_ref().filter(|active| active.is_told_at(place));
            let [old, new] = active.map_or(told.met, |active| active.met());
            ReleaseReport {
                version: told.name.clone(),
                began: told.began,
                ended: told.ended.map(|(at, _)| at),
                rolled_back: told.ended.is_some_and(|(_, end)| end == End::RolledBack),
                verdict: told.verdict,
                old: version(&old),
                new: version(&new),
            }
        });
        told.collect()
    }

    /// What the version of an instance is called: 1 for the design's own.
    pub(crate) fn version_name(&self, pool: u32, instance: u32) -> String {
        let version = self.operation.version_of(instance);
        let told = self
            .operation
            .pools
            .get(&pool)
            .and_then(|operated| operated.told.iter().find(|told| told.version == version));
        told.map_or_else(|| (version + 1).to_string(), |told| told.name.clone())
    }
}

fn version(met: &Experience) -> VersionReport {
    VersionReport { calls: met.calls, failures: met.failures, mean: met.mean_span() }
}
