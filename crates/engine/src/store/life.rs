//! The life of stores: they die and come back, and another member takes over where there is one.

use archlab_model::fault::StoreName;
use archlab_model::{Fault, SimTime, Span, Trouble};

use crate::event::Control;
use crate::fact::{Fact, Place, Reason};
use crate::plan::Plan;
use crate::plan::storing::{MIN_HEARTBEAT, ReplicationPlan};
use crate::store::keeping::{Due, Shard, System};
use crate::store::keys::Keys;
use crate::work::{Answer, NONE};
use crate::world::World;

impl World {
    /// Something is due between the members of a store, or between a store and those who wait for it.
    pub fn on_store_due(&mut self, due: Due) {
        match due {
            Due::Copy { system, shard, member, term, number, done, left } => {
                self.on_copy((system, shard, member as usize), term, number, (done, left));
            }
            Due::Confirm { system, shard, member, term, number } => {
                self.on_confirm(system, shard, member as usize, term, number);
            }
            Due::Heartbeat { system, shard, epoch } => self.on_heartbeat(system, shard, epoch),
            Due::Suspicion { system, shard, epoch } => self.on_suspicion(system, shard, epoch),
            Due::Patience { system, shard } => self.on_patience(system, shard),
            Due::Repair { system, shard, member, key } => self.on_repair(system, shard, member as usize, key),
            Due::Fill { system, key, version, took } => self.on_fill(system, key, Some((version, took))),
            Due::Forget { system, key } => self.on_fill(system, key, None),
            Due::Lapse { system, key } => {
                let now = self.now;
                let first = self.keeping.system(system).and_then(|system| system.entries.lapse(now, key));
                self.wake_waiting(first, false);
            }
            Due::Lease { part } => self.on_lease_over(part),
            Due::Edge { group, request } => self.on_edge_due(group, request),
            Due::Pool { pool } => self.on_pool_due(pool),
            Due::Letter { system, shard, from, to, letter } => {
                self.on_letter(system, shard, from, to, letter)
            }
            Due::Turn { system, shard, member, number } => self.on_turn(system, shard, member, number),
            Due::Ready { store, epoch } => self.on_store_ready(store, epoch),
        }
    }

    /// Brings stores of several members in line with a plan.
    pub fn take_on_systems(&mut self, plan: &Plan) {
        for store in &mut self.stores {
            store.system = NONE;
        }
        for (index, plan) in (0u32..).zip(&plan.systems) {
            let Some(plan) = plan else { continue };
            self.stores[index as usize].system = index;
            if self.keeping.systems.len() <= index as usize {
                self.keeping.systems.resize_with(index as usize + 1, || None);
            }
            let now = self.now;
            let known = &mut self.keeping.systems[index as usize];
            match known {
                Some(known) if known.plan == *plan => continue,
                Some(known) if known.plan.members == plan.members && known.plan.copies == plan.copies => {
                    known.adopt(plan.clone());
                }
                _ => {
                    let counts = known.take().map(|known| known.counts).unwrap_or_default();
                    *known = Some(System { counts, ..System::new(now, plan.clone()) });
                }
            }
            self.watch_primaries(index);
            self.assemble(index);
        }
    }

    /// Primaries begin to give signs of life, at some moment of the interval between two.
    fn watch_primaries(&mut self, index: u32) {
        let Some(Some(system)) = self.keeping.systems.get_mut(index as usize) else { return };
        let ReplicationPlan::Primary { policy, .. } = &system.plan.replication else { return };
        let detector = policy.failover.detector().filter(|_| system.plan.copies > 1);
        let (chances, mut due) = (system.plan.chances, Vec::new());
        for (shard, known) in (0u32..).zip(&mut system.shards) {
            let Shard::Primary(replicated) = known else { continue };
            replicated.epoch = replicated.epoch.wrapping_add(1);
            let epoch = replicated.epoch;
            if let Some(detector) = detector {
                let interval = detector.heartbeat.max(MIN_HEARTBEAT);
                let first = self.streams[chances as usize].unit() * interval.as_nanos() as f64;
                due.push((Span::from_nanos(first as u64), Due::Heartbeat { system: index, shard, epoch }));
                due.push((detector.timeout, Due::Suspicion { system: index, shard, epoch }));
            }
        }
        for (delay, due) in due {
            self.schedule(self.now + delay, Control::Store(due));
        }
    }

    /// The primary gives a sign of life, and lets replicas have what they missed.
    fn on_heartbeat(&mut self, index: u32, shard: u32, epoch: u32) {
        let now = self.now;
        let Some(Some(system)) = self.keeping.systems.get(index as usize) else { return };
        let Some(Shard::Primary(replicated)) = system.shards.get(shard as usize) else { return };
        let ReplicationPlan::Primary { policy, .. } = &system.plan.replication else { return };
        let Some(detector) = policy.failover.detector().filter(|_| replicated.epoch == epoch) else { return };
        let (primary, count, term) =
            (replicated.copies.primary(), replicated.copies.count(), replicated.copies.term());
        let (last, lives) = (replicated.copies.last(), replicated.copies.is_up(primary));
        let store = |member| Place::Store(system.store_of(shard, member)).into();
        let ends: Vec<_> = (0..count).map(store).collect();
        for member in (0..count).filter(|member| *member != primary && lives) {
            if self.way(ends[primary], ends[member]).is_none() {
                continue;
            }
            let answers = self.way(ends[member], ends[primary]).is_some();
            let Some(replicated) = self.keeping.system(index).and_then(|system| system.replicated(shard))
            else {
                return;
            };
            let copies = &mut replicated.copies;
            if !copies.is_up(member) {
                continue;
            }
            copies.hear(now, member);
            if answers {
                copies.confirm(now, member, term, copies.has_upto(member));
            }
            copies.step_down(member);
            if !copies.has(member, last) {
                self.send_writes(index, shard, member, last, None);
            }
        }
        self.review_split(index, shard);
        self.let_done_go(index, shard);
        let due = Due::Heartbeat { system: index, shard, epoch };
        self.schedule(now + detector.heartbeat.max(MIN_HEARTBEAT), Control::Store(due));
    }

    /// Nothing may have been heard of a primary for long enough.
    fn on_suspicion(&mut self, index: u32, shard: u32, epoch: u32) {
        let now = self.now;
        let Some(replicated) = self.keeping.system(index).and_then(|system| system.replicated(shard)) else {
            return;
        };
        if replicated.epoch != epoch {
            return;
        }
        let promotion = replicated.copies.take_over(now);
        let timeout = replicated.copies.timeout();
        // Nobody is left who could: looked at again later.
        let next = replicated.copies.suspected_at().filter(|at| *at > now).unwrap_or(now + timeout);
        if let Some(promotion) = promotion {
            replicated.arrives.fill(now);
            let Some(system) = self.keeping.system(index) else { return };
            system.counts.promotions += 1;
            system.counts.lost_writes += promotion.lost;
            let (to, from) = (system.store_of(shard, promotion.to), system.store_of(shard, promotion.from));
            self.tell(Fact::Promoted { store: to, instead_of: from });
            if promotion.lost > 0 {
                self.tell(Fact::WritesLost { store: from, writes: promotion.lost });
            }
            self.give_up_waiting(index, shard);
            self.review_split(index, shard);
        }
        let due = Due::Suspicion { system: index, shard, epoch };
        self.schedule(next.max(now + MIN_HEARTBEAT), Control::Store(due));
    }

    /// Tells when two members begin, and cease, to take writes.
    fn review_split(&mut self, index: u32, shard: u32) {
        let Some(system) = self.keeping.system(index) else { return };
        let store = system.store_of(shard, 0);
        let Some(replicated) = system.replicated(shard) else { return };
        let split = replicated.copies.is_split();
        if split != replicated.split {
            replicated.split = split;
            self.tell(Fact::SplitBrain { store, begins: split });
        }
    }

    /// A member of a quorum gets what it missed.
    fn on_repair(&mut self, index: u32, shard: u32, member: usize, key: Option<(u32, u32)>) {
        let Some(system) = self.keeping.system(index) else { return };
        let (store, copies) = (system.store_of(shard, member), system.plan.copies);
        if self.stores.get(store as usize).is_none_or(|store| !store.up) {
            return;
        }
        let Some(system) = self.keeping.system(index) else { return };
        if let Some(Shard::Quorum(versions)) = system.shards.get_mut(shard as usize) {
            match key {
                Some((key, number)) => versions.put(key, member, number),
                None => versions.catch_up(member, copies),
            }
        }
    }

    /// Does what a fault or a repair of a store says, if it is one.
    pub fn apply_store_fault(&mut self, fault: &Fault) {
        let named = |name: &StoreName| {
            let mut all = self.names.roster.stores.iter().zip(0..);
            all.find(|((group, store), _)| *group == name.group && *store == name.store)
                .map(|(_, index)| index)
        };
        match fault {
            Fault::StoreCrash(name) => {
                if let Some(store) = named(name) {
                    self.crash_store(store);
                }
            }
            Fault::LostPrimary(name) => {
                if let Some(store) = named(name) {
                    let primary = self.primary_of(store);
                    self.crash_store(primary);
                }
            }
            Fault::Repair(Trouble::StoreCrash(name)) => {
                if let Some(store) = named(name) {
                    self.restart_store(store);
                }
            }
            Fault::Repair(Trouble::LostPrimary(name)) => {
                let Some(store) = named(name) else { return };
                let system = self.keeping.system(store);
                let members = system.map_or_else(|| vec![store], |system| system.plan.members.clone());
                for member in members {
                    self.restart_store(member);
                }
            }
            _ => {}
        }
    }

    /// The process of a store ends: its work breaks off, what is sent to it is refused.
    pub fn crash_store(&mut self, store: u32) {
        let Some(known) = self.stores.get_mut(store as usize) else { return };
        known.epoch = known.epoch.wrapping_add(1);
        if !std::mem::replace(&mut known.up, false) {
            return;
        }
        known.station.clear(self.now);
        self.tell(Fact::StoreDown { store });
        self.coordinator_store_lost(store);
        let at = crate::work::Spot::from(Place::Store(store));
        let there = self.works.iter().filter(|(_, work)| work.at == at && work.is_there());
        let there: Vec<u32> = there.map(|(work, _)| work as u32).collect();
        for &work in &there {
            self.interrupt(work);
        }
        for work in there {
            self.reply(work, Answer::Undone(Reason::Reset));
        }
        let now = self.now;
        self.each_role(store, |system, shard, member| {
            if let Some(replicated) = system.replicated(shard) {
                replicated.copies.crash(now, member);
            }
        });
        self.leave_assembly(store);
        self.forget_cache(store);
    }

    /// The process of a store begins again.
    pub fn restart_store(&mut self, store: u32) {
        let Some(known) = self.stores.get_mut(store as usize) else { return };
        known.epoch = known.epoch.wrapping_add(1);
        if known.up {
            return;
        }
        let (epoch, group) = (known.epoch, known.group);
        let ready = self.now + self.groups[group as usize].startup;
        self.schedule(ready, Control::Store(Due::Ready { store, epoch }));
    }

    fn on_store_ready(&mut self, store: u32, epoch: u32) {
        let now = self.now;
        let Some(known) = self.stores.get_mut(store as usize).filter(|known| known.epoch == epoch) else {
            return;
        };
        known.up = true;
        self.tell(Fact::StoreUp { store });
        self.middleware_back(store);
        let (mut lost, mut repairs, mut forgot) = (0, Vec::new(), false);
        self.each_role(store, |system, shard, member| {
            let forgets = !system.plan.durable;
            // As long as another member has it all, nothing is forgotten.
            forgot |= forgets && system.plan.copies == 1;
            let of_this = match &mut system.shards[shard as usize] {
                Shard::Primary(replicated) => replicated.copies.restart(now, member, forgets),
                Shard::Quorum(versions) if forgets => versions.forget(member),
                Shard::Quorum(_) | Shard::Consensus(_) => 0,
            };
            if let ReplicationPlan::Quorum(quorum) = &system.plan.replication {
                repairs.push((quorum.repair, shard, member as u32));
            }
            system.counts.lost_writes += of_this;
            lost += of_this;
        });
        if lost > 0 {
            self.tell(Fact::WritesLost { store, writes: lost });
        }
        if forgot {
            self.lose_stored_sessions(store);
        }
        let Some(index) = self.system_with(store) else { return };
        self.rejoin(index, store);
        for (after, shard, member) in repairs {
            let due = Due::Repair { system: index, shard, member, key: None };
            self.schedule(now + after, Control::Store(due));
        }
        if let Some((shard, _)) = self.keeping.system(index).and_then(|system| system.place_of(store)) {
            self.review_split(index, shard);
        }
    }

    /// The primary of a store, or the store itself if it has but one member.
    pub fn primary_of(&mut self, store: u32) -> u32 {
        let Some(system) = self.keeping.system(store) else { return store };
        match system.shards.first() {
            Some(Shard::Primary(replicated)) => {
                let primary = replicated.copies.primary();
                system.store_of(0, primary)
            }
            Some(Shard::Consensus(assembly)) => {
                let leader = assembly.known();
                system.store_of(0, leader)
            }
            _ => store,
        }
    }

    /// The system that a store is a member of.
    fn system_with(&self, store: u32) -> Option<u32> {
        let systems = self.keeping.systems.iter().zip(0..);
        let mut with = systems
            .filter(|(system, _)| system.as_ref().is_some_and(|system| system.plan.members.contains(&store)));
        with.next().map(|(_, index)| index)
    }

    fn each_role(&mut self, store: u32, mut act: impl FnMut(&mut System, u32, usize)) {
        for system in self.keeping.systems.iter_mut().flatten() {
            if let Some((shard, member)) = system.place_of(store) {
                act(system, shard, member);
            }
        }
    }

    /// A cache has died with all it held. Those who waited for it read for themselves.
    fn forget_cache(&mut self, store: u32) {
        let with = |system: &System| system.plan.cache.is_some_and(|cache| cache.store == store);
        let systems = self.keeping.systems.iter_mut().flatten().filter(|system| with(system));
        let waiting: Vec<u32> = systems.flat_map(|system| system.entries.clear()).collect();
        for first in waiting {
            self.wake_waiting(Some(first), false);
        }
    }
}

impl System {
    /// Goes on with other figures.
    fn adopt(&mut self, plan: crate::plan::storing::SystemPlan) {
        self.keys = Keys::new(plan.keys.count, plan.keys.skew, plan.keys.by_user);
        match &plan.cache {
            Some(cache) => self.entries.resize(cache.policy.size, cache.policy.refresh),
            None => drop(self.entries.clear()),
        }
        for shard in &mut self.shards {
            match (shard, &plan.replication) {
                (Shard::Primary(replicated), ReplicationPlan::Primary { policy, .. }) => {
                    let detector = policy.failover.detector();
                    replicated.copies.set(policy.mode, policy.strict, policy.semi_sync_timeout, detector);
                }
                (Shard::Quorum(_), ReplicationPlan::Quorum(_)) => {}
                (Shard::Consensus(assembly), ReplicationPlan::Consensus(policy)) => assembly.set(policy),
                (shard, _) => *shard = Shard::new(SimTime::START, &plan),
            }
        }
        self.plan = plan;
    }
}
