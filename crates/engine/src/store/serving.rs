//! What a member of a store does: it serves what it is asked, and lets the others have it.

use archlab_model::{SimTime, Span};

use crate::event::Control;
use crate::fact::{MessageKind, Place, Reason};
use crate::network::LOST;
use crate::plan::program::Op;
use crate::plan::storing::ReplicationPlan;
use crate::store::copies::Commit;
use crate::store::keeping::{Due, Phase, Replicated, Shard};
use crate::store::keys::shard_of;
use crate::transaction::live::COORDINATION;
use crate::work::{Spot, State};
use crate::world::World;

/// Most users whose own last write is remembered; of more some are taken for each other.
const MAX_WRITERS: u32 = 1 << 16;

impl Replicated {
    /// Whether a replica has not got what a user wrote last.
    pub fn own_write_missing(&self, replica: usize, user: u32) -> bool {
        let own = self.own.get((user % MAX_WRITERS) as usize).copied().unwrap_or(0);
        !self.copies.has(replica, own.min(self.copies.last()))
    }

    /// A user has written.
    fn remember(&mut self, user: u32, number: u64) {
        let user = (user % MAX_WRITERS) as usize;
        if self.own.len() <= user {
            self.own.resize(user + 1, 0);
        }
        self.own[user] = number;
    }
}

impl World {
    /// How long a store works on what it is asked for an access.
    pub fn leg_length(&mut self, leg: u32, op: u32) -> Span {
        let work = &self.works[leg as usize];
        let index = self.keeping.accesses[self.works[work.parent as usize].target as usize].system;
        let cache = self.keeping.system(index).and_then(|system| system.plan.cache);
        match (cache, work.at.place(), &self.ops[op as usize]) {
            (Some(cache), Place::Store(store), Op::Access { stream, .. }) if cache.store == store => {
                self.streams[*stream as usize].draw(&cache.time, &self.ziggurat)
            }
            (_, _, Op::Access { sampler, stream, .. }) => {
                self.streams[*stream as usize].draw(sampler, &self.ziggurat)
            }
            (_, _, Op::Transact(_)) => COORDINATION,
            _ => Span::ZERO,
        }
    }

    /// A store has done what it was asked for an access. The answer goes out, unless it has to wait.
    pub fn leg_served(&mut self, leg: u32) {
        let part = self.works[leg as usize].parent;
        let Place::Store(store) = self.works[leg as usize].at.place() else { return };
        let access = &mut self.keeping.accesses[self.works[part as usize].target as usize];
        let (index, key, write) = (access.system, access.key, access.write);
        let Some(Some(system)) = self.keeping.systems.get_mut(index as usize) else {
            return self.finish(leg, Ok(()));
        };
        if system.plan.cache.is_some_and(|cache| cache.store == store) {
            // Somebody who has given up asks for nothing.
            if self.works[part as usize].state == State::Waiting && access.phase == Phase::Cache(None) {
                let stream = &mut self.streams[system.plan.chances as usize];
                access.phase = Phase::Cache(Some(system.entries.look(self.now, key, stream)));
            }
            return self.finish(leg, Ok(()));
        }
        let shard = shard_of(key, system.shards.len() as u32);
        let member = match system.place_of(store) {
            Some((known, member)) if known == shard => member,
            _ => return self.finish(leg, Ok(())),
        };
        match &mut system.shards[shard as usize] {
            Shard::Quorum(versions) => {
                if write {
                    versions.put(key, member, access.number as u32);
                }
                self.works[leg as usize].repeated = versions.at(key, member);
                self.finish(leg, Ok(()));
            }
            Shard::Consensus(_) => self.agree_on(leg, (index, shard, member), key, write),
            Shard::Primary(replicated) => {
                let copies = &mut replicated.copies;
                if !write {
                    let newest = copies.newest(key);
                    let stale = !copies.has(member, access.newest.min(newest));
                    access.number = newest.min(copies.has_upto(member));
                    system.counts.stale_reads += u64::from(stale);
                    return self.finish(leg, Ok(()));
                }
                match copies.commit(self.now, member) {
                    Commit::Done(number) => {
                        access.number = number;
                        copies.acknowledge(key, number);
                        self.replicate(index, shard, number, self.works[leg as usize].request);
                        self.finish(leg, Ok(()));
                    }
                    Commit::Waits(number) => {
                        access.number = number;
                        replicated.waiting.push_back((number, leg));
                        let work = &mut self.works[leg as usize];
                        work.state = State::Waiting;
                        work.add_holder();
                        self.replicate(index, shard, number, self.works[leg as usize].request);
                        self.look_after(index, shard);
                    }
                    Commit::Doomed => {
                        system.counts.lost_writes += 1;
                        system.counts.split_writes += 1;
                        self.finish(leg, Ok(()));
                    }
                    Commit::NoPrimary => self.finish(leg, Err(Reason::NoPrimary)),
                    Commit::NoReplica => self.finish(leg, Err(Reason::QuorumNotReached)),
                }
            }
        }
    }

    /// The primary sends all up to write `number` to its replicas.
    fn replicate(&mut self, index: u32, shard: u32, number: u64, request: u32) {
        let Some(system) = self.keeping.system(index) else { return };
        let (copies, primary) = (
            system.plan.copies,
            match &system.shards[shard as usize] {
                Shard::Primary(replicated) => replicated.copies.primary(),
                Shard::Quorum(_) | Shard::Consensus(_) => return,
            },
        );
        for member in (0..copies).filter(|member| *member != primary) {
            self.send_writes(index, shard, member, number, Some(request));
        }
    }

    /// The primary sends all up to write `number` to one replica.
    pub fn send_writes(&mut self, index: u32, shard: u32, member: usize, number: u64, request: Option<u32>) {
        let Some(Some(system)) = self.keeping.systems.get(index as usize) else { return };
        let ReplicationPlan::Primary { lag, .. } = &system.plan.replication else { return };
        let Shard::Primary(replicated) = &system.shards[shard as usize] else { return };
        let (lag, lags, term) = (*lag, system.plan.lags, replicated.copies.term());
        let from = system.store_of(shard, replicated.copies.primary());
        let to = system.store_of(shard, member);
        let (from, to): (Spot, Spot) = (Place::Store(from).into(), Place::Store(to).into());
        let lag = self.draw(&lag, lags);
        let Some(way) = self.way(from, to) else { return };
        let travel = lag + way;
        let Some(replicated) = self.keeping.system(index).and_then(|system| system.replicated(shard)) else {
            return;
        };
        let arrives = &mut replicated.arrives[member];
        *arrives = (self.now + travel).max(*arrives);
        let arrives = *arrives;
        if let Some(request) = request {
            self.tell_sent(from, to, arrives, MessageKind::Copy, request);
        }
        let (done, left) = (self.now, SimTime::from_nanos(arrives.as_nanos() - way.as_nanos()));
        let due = Due::Copy { system: index, shard, member: member as u32, term, number, done, left };
        self.schedule(arrives, Control::Store(due));
    }

    /// Writes up to a number reach a replica, which confirms them where somebody waits for that.
    pub fn on_copy(
        &mut self,
        (index, shard, member): (u32, u32, usize),
        term: u32,
        number: u64,
        (done, left): (SimTime, SimTime),
    ) {
        let Some(system) = self.keeping.system(index) else { return };
        let (from, to) = (
            system.store_of(shard, member),
            match &system.shards[shard as usize] {
                Shard::Primary(replicated) => system.store_of(shard, replicated.copies.primary()),
                Shard::Quorum(_) | Shard::Consensus(_) => return,
            },
        );
        let Some(replicated) = system.replicated(shard) else { return };
        if replicated.copies.primary_died_between(done, left) {
            return;
        }
        replicated.copies.receive(member, term, number);
        let has = replicated.copies.has_upto(member);
        if !replicated.copies.is_up(member) || !replicated.copies.confirms() {
            return;
        }
        let (from, to): (Spot, Spot) = (Place::Store(from).into(), Place::Store(to).into());
        let Some(way) = self.way(from, to) else { return };
        let due = Due::Confirm { system: index, shard, member: member as u32, term, number: has };
        self.schedule(self.now + way, Control::Store(due));
    }

    /// The primary hears that a replica has writes up to a number.
    pub fn on_confirm(&mut self, index: u32, shard: u32, member: usize, term: u32, number: u64) {
        let now = self.now;
        if let Some(replicated) = self.keeping.system(index).and_then(|system| system.replicated(shard)) {
            replicated.copies.confirm(now, member, term, number);
        }
        self.let_done_go(index, shard);
    }

    /// Writes that need not wait any longer are done.
    pub fn let_done_go(&mut self, index: u32, shard: u32) {
        let now = self.now;
        loop {
            let Some(replicated) = self.keeping.system(index).and_then(|system| system.replicated(shard))
            else {
                return;
            };
            if replicated.waiting.is_empty() {
                return;
            }
            let released = replicated.copies.released(now);
            let Some((number, leg)) = replicated.waiting.pop_front_if(|(number, _)| *number <= released)
            else {
                return;
            };
            if self.works[leg as usize].state == State::Waiting {
                let part = self.works[leg as usize].parent;
                let key = self.keeping.accesses[self.works[part as usize].target as usize].key;
                if let Some(replicated) =
                    self.keeping.system(index).and_then(|system| system.replicated(shard))
                {
                    replicated.copies.acknowledge(key, number);
                }
                self.finish(leg, Ok(()));
            }
            self.release(leg);
        }
    }

    /// All writes that wait fail: the member that took them leads no more.
    pub fn give_up_waiting(&mut self, index: u32, shard: u32) {
        while let Some((_, leg)) = self
            .keeping
            .system(index)
            .and_then(|system| system.replicated(shard))
            .and_then(|replicated| replicated.waiting.pop_front())
        {
            if self.works[leg as usize].state == State::Waiting {
                self.finish(leg, Err(Reason::NoPrimary));
            }
            self.release(leg);
        }
    }

    /// Sees to it that somebody looks at the writes that wait, when that may matter.
    pub fn look_after(&mut self, index: u32, shard: u32) {
        let Some(replicated) = self.keeping.system(index).and_then(|system| system.replicated(shard)) else {
            return;
        };
        if replicated.looked_after {
            return;
        }
        if let Some(at) = replicated.copies.look_again() {
            replicated.looked_after = true;
            let at = at.max(self.now);
            self.schedule(at, Control::Store(Due::Patience { system: index, shard }));
        }
    }

    /// Writes may have waited for long enough.
    pub fn on_patience(&mut self, index: u32, shard: u32) {
        if let Some(replicated) = self.keeping.system(index).and_then(|system| system.replicated(shard)) {
            replicated.looked_after = false;
        }
        self.let_done_go(index, shard);
        let waits = self.keeping.system(index).and_then(|system| system.replicated(shard));
        // What is due at this instant was just looked at.
        if waits.is_some_and(|one| one.copies.look_again().is_some_and(|at| at > self.now)) {
            self.look_after(index, shard);
        }
    }

    /// A user's write is done.
    pub fn remember_own_write(&mut self, index: u32, key: u32, user: u32, number: u64) {
        let Some(system) = self.keeping.system(index) else { return };
        let asked_for = matches!(
            &system.plan.replication,
            ReplicationPlan::Primary { policy, .. }
                if policy.reads == archlab_model::ReadFrom::ReplicasAfterOwnWrites
        );
        if asked_for {
            let shard = shard_of(key, system.shards.len() as u32);
            if let Some(replicated) = system.replicated(shard) {
                replicated.remember(user, number);
            }
        }
    }

    /// An entry reaches the cache, or word that one is no longer good.
    pub fn on_fill(&mut self, index: u32, key: u32, filled: Option<(u64, Span)>) {
        let Some(system) = self.keeping.system(index) else { return };
        let Some(cache) = system.plan.cache else { return };
        if !self.stores[cache.store as usize].up {
            let first = self.keeping.system(index).and_then(|system| system.entries.end_lease(key));
            return self.wake_waiting(first, false);
        }
        let jitter = cache.policy.jitter;
        let Some(Some(system)) = self.keeping.systems.get_mut(index as usize) else { return };
        let Some((version, took)) = filled else { return system.entries.forget(key) };
        let ttl = if jitter > 0.0 {
            let stream = &mut self.streams[system.plan.chances as usize];
            let stretched = cache.policy.ttl.as_nanos() as f64 * (1.0 + jitter * (2.0 * stream.unit() - 1.0));
            Span::from_nanos(stretched as u64)
        } else {
            cache.policy.ttl
        };
        system.entries.fill(self.now, key, version, took, ttl);
        let first = system.entries.end_lease(key);
        self.wake_waiting(first, true);
    }

    /// A message that nobody waits for. When it arrives, if it does.
    pub fn copy_message(
        &mut self,
        from: Spot,
        to: Spot,
        message: MessageKind,
        request: u32,
    ) -> Option<SimTime> {
        let arrives = self.now + self.way(from, to)?;
        self.tell_sent(from, to, arrives, message, request);
        Some(arrives)
    }

    /// How long a message between two places travels; nothing if it does not arrive.
    pub fn way(&mut self, from: Spot, to: Spot) -> Option<Span> {
        Some(self.latency(from, to)).filter(|travel| *travel != LOST)
    }

    /// Tells of a message that has left.
    fn tell_sent(&mut self, from: Spot, to: Spot, arrives: SimTime, message: MessageKind, request: u32) {
        if !self.telling && self.flights.is_none() {
            return;
        }
        let (from, to, kind) = (from.place(), to.place(), self.requests[request as usize].kind);
        self.tell(crate::fact::Fact::Sent { from, to, arrives, message, kind });
        let (departed, travel) = (self.now, Some(arrives.since(self.now)));
        if let Some(recorder) = &mut self.flights {
            recorder.see(crate::frame::Flight { from, to, departed, travel, message, kind });
        }
    }

    /// Who the user of a request is, among those of all clients.
    pub fn user_of(&self, request: u32) -> u32 {
        let request = &self.requests[request as usize];
        // Most groups have one population of clients, whose users keep their numbers.
        let clients = self.clients.len().max(1) as u32;
        request.user.wrapping_mul(clients).wrapping_add(request.client)
    }
}
