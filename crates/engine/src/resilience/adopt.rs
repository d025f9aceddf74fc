//! Adopting what a design says against failure and overload.

use crate::event::Control;
use crate::plan::Plan;
use crate::resilience::Care;
use crate::resilience::bucket::Bucket;
use crate::resilience::guard::Guard;
use crate::world::World;

impl World {
    /// Brings guards, limits and shedding in line with a plan.
    pub fn take_on_resilience(&mut self, plan: &Plan) {
        for (index, plan) in plan.guards.iter().enumerate() {
            if self.resilience.guards.len() <= index {
                let (caller, callee) = plan.as_ref().map_or((None, 0), |plan| (plan.caller, plan.callee));
                self.resilience.guards.push(Guard::new(caller, callee));
            }
            let guard = index as u32;
            for freed in self.resilience.guards[index].change(plan.as_ref()) {
                self.schedule(self.now, Control::Care(Care::Enter { work: freed }));
            }
            let bulkhead = &self.resilience.guards[index].bulkhead;
            if bulkhead.as_ref().is_some_and(|bulkhead| bulkhead.waiting() > 0) {
                self.schedule(self.now, Control::Care(Care::Admit { guard }));
            }
        }
        let now = self.now;
        let adapt = |known: &mut Vec<Option<Bucket>>, plans: Vec<Option<_>>| {
            known.resize(known.len().max(plans.len()), None);
            for (index, known) in known.iter_mut().enumerate() {
                match (known.as_mut(), plans.get(index).copied().flatten()) {
                    (Some(bucket), Some(policy)) => bucket.change(policy, now),
                    (_, policy) => *known = policy.map(|policy| Bucket::new(policy, now)),
                }
            }
        };
        adapt(&mut self.resilience.limits, plan.limits.clone());
        let entries = plan.groups.iter().map(|group| group.as_ref().and_then(|group| group.entry_limit));
        adapt(&mut self.resilience.entries, entries.collect());
        for instance in &mut self.instances {
            instance.station.shed_by(self.now, self.groups[instance.group as usize].shedding);
        }
    }
}
