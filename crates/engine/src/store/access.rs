//! An access as the one who makes it sees it: a look into the cache, a connection of the pool, the members.
//!
//! It is a part of its task, beside it; what it asks of members are calls of that part. So it ends with its
//! task's process, and each of its calls has the patience of any other.

use archlab_model::{Contact, ReadFrom, SimTime};

use crate::call::{Caller, MAX_DEPTH, Target};
use crate::event::Control;
use crate::fact::{MessageKind, Place, Reason};
use crate::plan::program::Op;
use crate::plan::storing::ReplicationPlan;
use crate::store::cache::Look;
use crate::store::keeping::{Access, Due, InstancePool, Phase, Shard};
use crate::store::keys::{phase_of, shard_of};
use crate::store::pool::{Acquired, Pool};
use crate::store::quorum::{Verdict, Votes, some_of};
use crate::work::{Flags, NONE, State, Work};
use crate::world::{MAX_WORKS, World};

impl World {
    /// A task reads or writes a store of several members. It has to wait then.
    pub fn begin_keeping(&mut self, task: u32, system: u32, op: u32) -> Result<(), Reason> {
        let write = matches!(self.ops[op as usize], Op::Access { write: true, .. } | Op::Transact(_));
        let request = self.works[task as usize].request;
        let user = self.user_of(request);
        let key = self.keeping.draw_key(system, &mut self.streams, user);
        let part = self.new_access(task, task, (system, op, key, user, write))?;
        let begun = self.go_on_with(part);
        if begun.is_err() {
            self.let_go_of_connection(part);
            self.works[part as usize].state = State::Over;
            self.release(part);
        }
        begun
    }

    /// A part for an access: of `parent`, at the instance of `like` and for its request.
    fn new_access(
        &mut self,
        like: u32,
        parent: u32,
        (system, op, key, user, write): (u32, u32, u32, u32, bool),
    ) -> Result<u32, Reason> {
        let model = &self.works[like as usize];
        let (request, at, depth) = (model.request, model.at, model.depth + 1);
        let (inherited, deadline) = (model.flags.only_deadline(), model.deadline);
        if self.works.is_full(MAX_WORKS) || depth > MAX_DEPTH {
            return Err(Reason::LimitReached);
        }
        let newest = match self.keeping.system(system) {
            Some(system) => {
                if write {
                    system.counts.writes += 1;
                } else {
                    system.counts.reads += 1;
                }
                system.newest(shard_of(key, system.shards.len() as u32), key)
            }
            None => return Err(Reason::NotDeployed),
        };
        let access = self.keeping.accesses.insert(Access {
            system,
            op,
            key,
            user,
            write,
            phase: Phase::Pool,
            newest,
            number: 0,
            fills: None,
            votes: Votes::new(1, 1),
            pool: NONE,
            pool_epoch: 0,
            next: NONE,
        });
        let flags = Flags::INSIDE.and(Flags::KEEPING).and(inherited);
        let flags = flags.and(Flags::BACKGROUND.when(parent == NONE));
        let mut work = Work::new(request, parent, access as u32, at, at, flags);
        (work.depth, work.deadline, work.state) = (depth, deadline, State::Waiting);
        Ok(self.keep(work))
    }

    /// Looks into the cache, if there is one for it; else asks the members.
    fn go_on_with(&mut self, part: u32) -> Result<(), Reason> {
        let access = self.access(part);
        let (index, op, write) = (access.system, access.op, access.write);
        let cache = self.keeping.system(index).and_then(|system| system.plan.cache);
        let Some(cache) = cache.filter(|_| !write) else { return self.ask_pool(part) };
        self.access(part).phase = Phase::Cache(None);
        match self.call(self.leg(part), Target::Store { store: cache.store, op }, None) {
            Ok(()) => Ok(()),
            Err(_) => self.ask_pool(part),
        }
    }

    /// The access of a part.
    pub fn access(&mut self, part: u32) -> &mut Access {
        &mut self.keeping.accesses[self.works[part as usize].target as usize]
    }

    /// A part, as the one who calls members.
    fn leg(&self, part: u32) -> Caller {
        self.caller(part, Flags::KEEPING)
    }

    /// Wants a connection, where they are pooled.
    pub fn ask_pool(&mut self, part: u32) -> Result<(), Reason> {
        let Some(instance) = self.works[part as usize].at.instance() else { return Ok(()) };
        let index = self.access(part).system;
        let policy = self.keeping.system(index).and_then(|system| system.plan.pool);
        let Some(policy) = policy else { return self.ask_members(part) };
        let epoch = self.instances[instance as usize].epoch;
        let pools = &mut self.keeping.pools;
        let place = *self.keeping.pool_of.entry((instance, index)).or_insert_with(|| {
            pools.push(InstancePool { pool: Pool::new(policy.size, policy.wait), instance, epoch });
            pools.len() as u32 - 1
        });
        if self.keeping.pools[place as usize].epoch != epoch {
            while let Some(waiting) = self.keeping.pools[place as usize].pool.clear() {
                self.release(waiting);
            }
            self.keeping.pools[place as usize].epoch = epoch;
        }
        self.keeping.pools[place as usize].pool.resize(policy.size, policy.wait);
        match self.keeping.pools[place as usize].pool.acquire(self.now, part) {
            Acquired::Now => {
                let access = self.access(part);
                (access.pool, access.pool_epoch) = (place, epoch);
                self.ask_members(part)
            }
            Acquired::Waits { look } => {
                self.access(part).phase = Phase::Pool;
                self.hold(part);
                if let Some(at) = look {
                    self.schedule(at, Control::Store(Due::Pool { pool: place }));
                }
                Ok(())
            }
            Acquired::TurnedAway => Err(Reason::PoolTimeout),
        }
    }

    /// Somebody may have waited for a connection for long enough.
    pub fn on_pool_due(&mut self, place: u32) {
        while let Some(part) = self.keeping.pools[place as usize].pool.expired(self.now) {
            if self.works[part as usize].state == State::Waiting {
                let index = self.access(part).system;
                if let Some(system) = self.keeping.system(index) {
                    system.counts.pool_timeouts += 1;
                }
                self.end_access(part, Err(Reason::PoolTimeout));
            }
            self.release(part);
        }
        if let Some(at) = self.keeping.pools[place as usize].pool.look_again() {
            self.schedule(at, Control::Store(Due::Pool { pool: place }));
        }
    }

    /// A connection is given back; the next that waits has it.
    fn give_back(&mut self, place: u32, epoch: u32) {
        let known = &self.keeping.pools[place as usize];
        if known.epoch != epoch || self.instances[known.instance as usize].epoch != epoch {
            return;
        }
        while let Some(next) = self.keeping.pools[place as usize].pool.give_back() {
            if self.works[next as usize].state != State::Waiting {
                self.release(next);
                continue;
            }
            let access = self.access(next);
            (access.pool, access.pool_epoch) = (place, epoch);
            if let Err(reason) = self.ask_members(next) {
                // Its own end gives the connection on.
                self.end_access(next, Err(reason));
            }
            return self.release(next);
        }
    }

    /// Asks the members that have to be asked.
    fn ask_members(&mut self, part: u32) -> Result<(), Reason> {
        let instance = self.works[part as usize].at.instance().unwrap_or(0);
        let access = &mut self.keeping.accesses[self.works[part as usize].target as usize];
        access.phase = Phase::Members;
        let (index, op, key, user, write) = (access.system, access.op, access.key, access.user, access.write);
        let now = self.now;
        let Some(Some(system)) = self.keeping.systems.get_mut(index as usize) else {
            return Err(Reason::NotDeployed);
        };
        let shard = shard_of(key, system.shards.len() as u32);
        let plan = &system.plan;
        match (&mut system.shards[shard as usize], &plan.replication) {
            (Shard::Primary(replicated), ReplicationPlan::Primary { policy, .. }) => {
                let copies = &mut replicated.copies;
                let phase = phase_of(instance, copies.term());
                let primary = copies.known_primary(now, phase);
                let member = match policy.reads {
                    _ if write => primary,
                    ReadFrom::Primary => primary,
                    ReadFrom::Replicas => copies.next_replica(now, phase),
                    ReadFrom::ReplicasAfterOwnWrites => {
                        let replica = copies.next_replica(now, phase);
                        if replicated.own_write_missing(replica, user) { primary } else { replica }
                    }
                };
                let store = system.store_of(shard, member);
                self.call(self.leg(part), Target::Store { store, op }, None)
            }
            (Shard::Quorum(versions), ReplicationPlan::Quorum(quorum)) => {
                let needed = if write { quorum.write } else { quorum.read } as usize;
                let members = plan.copies;
                let asked = match quorum.contact {
                    Contact::All => (1u32 << members) - 1,
                    Contact::Enough => some_of(&mut self.streams[plan.chances as usize], members, needed),
                };
                let number = if write { versions.number() } else { 0 };
                let repair = quorum.repair;
                let access = &mut self.keeping.accesses[self.works[part as usize].target as usize];
                access.votes = Votes::new(needed, asked.count_ones() as usize);
                access.number = u64::from(number);
                self.ask_quorum(part, (index, shard, op), asked, members)?;
                if write {
                    let key = Some((key, number));
                    for member in (0..members as u32).filter(|member| asked >> member & 1 == 0) {
                        let due = Due::Repair { system: index, shard, member, key };
                        self.schedule(now + repair, Control::Store(due));
                    }
                }
                Ok(())
            }
            (Shard::Consensus(assembly), _) => {
                let store = assembly.known();
                let store = system.store_of(shard, store);
                self.call(self.leg(part), Target::Store { store, op }, None)
            }
            _ => Err(Reason::NotDeployed),
        }
    }

    fn ask_quorum(
        &mut self,
        part: u32,
        (index, shard, op): (u32, u32, u32),
        asked: u32,
        members: usize,
    ) -> Result<(), Reason> {
        for member in (0..members).filter(|member| asked >> member & 1 == 1) {
            let store = self.keeping.system(index).map_or(NONE, |system| system.store_of(shard, member));
            if let Err(reason) = self.call(self.leg(part), Target::Store { store, op }, None)
                && self.access(part).votes.vote(false) == Verdict::Missed
            {
                return Err(reason);
            }
        }
        Ok(())
    }

    /// Something that an access asked for has come back, or will not.
    pub fn leg_ended(&mut self, leg: u32, result: Result<(), Reason>) {
        let (part, told) = (self.works[leg as usize].parent, self.works[leg as usize].repeated);
        if self.works[part as usize].state != State::Waiting {
            return;
        }
        let access = self.access(part);
        match access.phase {
            Phase::Cache(look) => self.looked(part, look.filter(|_| result.is_ok())),
            Phase::Members => {
                let (index, key, write) = (access.system, access.key, access.write);
                let Some(Some(system)) = self.keeping.systems.get_mut(index as usize) else { return };
                let shard = shard_of(key, system.shards.len() as u32);
                let Shard::Quorum(versions) = &mut system.shards[shard as usize] else {
                    return self.end_access(part, result);
                };
                let access = &mut self.keeping.accesses[self.works[part as usize].target as usize];
                if result.is_ok() {
                    access.votes.newest = access.votes.newest.max(told);
                }
                match access.votes.vote(result.is_ok()) {
                    Verdict::Open | Verdict::Decided => {}
                    Verdict::Missed => self.end_access(part, Err(Reason::QuorumNotReached)),
                    Verdict::Reached => {
                        if write {
                            versions.acknowledge(key, access.number as u32);
                        } else {
                            access.number = u64::from(access.votes.newest);
                            system.counts.stale_reads += u64::from(access.number < access.newest);
                        }
                        self.end_access(part, Ok(()));
                    }
                }
            }
            Phase::Pool | Phase::Lease => {}
        }
    }

    /// What a look into the cache has found; nothing if the cache did not answer.
    fn looked(&mut self, part: u32, look: Option<Look>) {
        let now = self.now;
        let access = self.access(part);
        let (index, key, newest, op) = (access.system, access.key, access.newest, access.op);
        let Some(Some(system)) = self.keeping.systems.get_mut(index as usize) else { return };
        let counts = &mut system.counts;
        let result = match look {
            Some(Look::Hit { version, revalidate }) => {
                counts.hits += 1;
                counts.stale_reads += u64::from(version < newest);
                if revalidate {
                    self.read_again(part, (index, op, key));
                }
                return self.end_access(part, Ok(()));
            }
            Some(Look::Miss) => {
                counts.misses += 1;
                self.access(part).fills = Some(now);
                self.ask_pool(part)
            }
            Some(Look::Wait) => {
                let wait = system.entries.patience();
                let Ok(before) = system.entries.queue(key, part) else {
                    // It was filled, or given up, while word of it was on its way.
                    let stream = &mut self.streams[system.plan.chances as usize];
                    let look = system.entries.look(now, key, stream);
                    return self.looked(part, Some(look));
                };
                system.counts.misses += 1;
                let access = self.access(part);
                (access.phase, access.next) = (Phase::Lease, NONE);
                if let Some(before) = before {
                    self.access(before).next = part;
                }
                // Held by the queue, and by its own patience.
                self.hold(part);
                self.hold(part);
                self.schedule(now + wait, Control::Store(Due::Lease { part }));
                return;
            }
            None => {
                counts.misses += 1;
                self.ask_pool(part)
            }
        };
        if let Err(reason) = result {
            self.end_access(part, Err(reason));
        }
    }

    /// Reads the store in the background, to fill the cache.
    fn read_again(&mut self, like: u32, (index, op, key): (u32, u32, u32)) {
        let user = self.access(like).user;
        let Ok(part) = self.new_access(like, NONE, (index, op, key, user, false)) else { return };
        if let Some(system) = self.keeping.system(index) {
            // Nobody asked for it.
            system.counts.reads -= 1;
            system.counts.refreshes += 1;
        }
        self.access(part).fills = Some(self.now);
        if let Err(reason) = self.ask_pool(part) {
            self.end_access(part, Err(reason));
        }
    }

    /// An access has ended. What was read goes into the cache, what was written comes out of it.
    pub fn end_access(&mut self, part: u32, result: Result<(), Reason>) {
        let Access { system: index, key, user, write, number, fills, .. } = *self.access(part);
        self.access(part).fills = None;
        self.let_go_of_connection(part);
        if let (true, Ok(())) = (write, result) {
            self.remember_own_write(index, key, user, number);
        }
        self.tell_cache(part, index, key, (write, number, fills), result.is_ok());
        let work = &mut self.works[part as usize];
        work.state = State::Over;
        let parent = work.parent;
        if parent != NONE {
            self.child_ended(parent, false, result);
        }
        self.release(part);
    }

    fn let_go_of_connection(&mut self, part: u32) {
        let access = self.access(part);
        let (pool, epoch) = (std::mem::replace(&mut access.pool, NONE), access.pool_epoch);
        if pool != NONE {
            self.give_back(pool, epoch);
        }
    }

    fn tell_cache(
        &mut self,
        part: u32,
        index: u32,
        key: u32,
        (write, number, fills): (bool, u64, Option<SimTime>),
        done: bool,
    ) {
        let Some(cache) = self.keeping.system(index).and_then(|system| system.plan.cache) else { return };
        if !(write && done) && fills.is_none() {
            return;
        }
        let (from, request) = (self.works[part as usize].at, self.works[part as usize].request);
        let to = Place::Store(cache.store).into();
        let arrives = if done { self.copy_message(from, to, MessageKind::Request, request) } else { None };
        let due = match fills {
            Some(since) => Due::Fill { system: index, key, version: number, took: self.now.since(since) },
            None => Due::Forget { system: index, key },
        };
        match arrives {
            Some(at) => self.schedule(at, Control::Store(due)),
            None if fills.is_some() => {
                let first = self.keeping.system(index).and_then(|system| system.entries.end_lease(key));
                self.wake_waiting(first, false);
            }
            None => {}
        }
    }

    /// Somebody else holds a piece of work, too.
    fn hold(&mut self, index: u32) {
        self.works[index as usize].add_holder();
    }
}
