//! Agreeing: a store whose members elect a leader and agree on every write.
//!
//! Each member is a [`Member`] of a consensus; here their messages travel, their timers run, and writes wait until
//! they are committed. Callers ask the member that they last heard was elected.

use std::collections::BTreeMap;

use archlab_model::policy::Consensus;
use archlab_model::{SimTime, Span};
use slab::Slab;

use crate::consensus::{Change, Member, Message, Outbox, Rules};
use crate::event::Control;
use crate::fact::{Fact, MessageKind, Place, Reason};
use crate::frame::Flight;
use crate::plan::storing::ReplicationPlan;
use crate::random::Stream;
use crate::store::keeping::{Due, Shard};
use crate::transaction::electing::is_decision;
use crate::work::{NONE, Spot, State};
use crate::world::World;

/// The members of a part of a store, and the writes that wait for them.
#[derive(Debug, Clone, Default)]
pub struct Assembly {
    members: Vec<Member>,
    /// Who leads, as far as callers have heard.
    known: usize,
    /// Writes that wait, by the member that took them on and their number: the work that does each, held; and its
    /// key.
    waiting: BTreeMap<(usize, u64), (u32, u32)>,
    /// The number of the newest write that is done, by key.
    done: BTreeMap<u32, u64>,
    /// Messages under way.
    letters: Slab<Message>,
    /// By member: when its timer rings, and which of its timers counts.
    timers: Vec<(SimTime, u32)>,
    outbox: Outbox,
    /// Who leads and knows what was committed before, and the latest term in which somebody did.
    acting: Option<usize>,
    acted: u32,
}

impl Assembly {
    /// Who leads, as far as callers have heard.
    pub fn known(&self) -> usize {
        self.known
    }

    /// Who leads and knows what was committed before.
    pub fn acting(&self) -> Option<usize> {
        self.acting
    }

    /// The number of the newest write of a key that is done.
    pub fn newest(&self, key: u32) -> u64 {
        self.done.get(&key).copied().unwrap_or(0)
    }

    /// The decisions of a coordinator that a member has seen committed.
    fn decisions(&self, member: usize, changes: &[Change]) -> Vec<u64> {
        let Some(known) = self.members.get(member) else { return Vec::new() };
        let committed = changes.iter().filter_map(|change| match *change {
            Change::Committed { from, to } => Some(from + 1..=to),
            _ => None,
        });
        let values = committed.flatten().filter_map(|index| known.log().get(index));
        values.map(|entry| entry.value).filter(|value| is_decision(*value)).collect()
    }

    /// Goes on with other figures.
    pub fn set(&mut self, policy: &Consensus) {
        for member in &mut self.members {
            member.set_rules(rules(policy));
        }
    }
}

fn rules(policy: &Consensus) -> Rules {
    Rules {
        election_from: policy.election_from,
        election_to: policy.election_to,
        heartbeat: policy.heartbeat,
        ..Rules::default()
    }
}

impl World {
    /// The members of a new store come together.
    pub fn assemble(&mut self, index: u32) {
        let now = self.now;
        let Some(Some(system)) = self.keeping.systems.get_mut(index as usize) else { return };
        let ReplicationPlan::Consensus(policy) = &system.plan.replication else { return };
        let (count, rules) = (system.plan.copies, rules(policy));
        let stream = &mut self.streams[system.plan.chances as usize];
        let mut begun = Vec::new();
        for (shard, known) in (0..).zip(&mut system.shards) {
            if let Shard::Consensus(assembly) = known
                && assembly.members.is_empty()
            {
                let members = (0..count as u8).map(|me| Member::new(me, count as u8, rules, now, stream));
                assembly.members = members.collect();
                assembly.timers = vec![(SimTime::NEVER, 0); count];
                begun.push(shard);
            }
        }
        for shard in begun {
            (0..count).for_each(|member| self.after_agreeing(index, shard, member));
        }
    }

    /// A member of a store does something, and what follows from it is done.
    fn let_member(
        &mut self,
        (index, shard, member): (u32, u32, usize),
        act: impl FnOnce(&mut Member, SimTime, &mut Stream, &mut Outbox),
    ) {
        let now = self.now;
        let Some(Some(system)) = self.keeping.systems.get_mut(index as usize) else { return };
        let stream = &mut self.streams[system.plan.chances as usize];
        let Some(Shard::Consensus(assembly)) = system.shards.get_mut(shard as usize) else { return };
        let Some(known) = assembly.members.get_mut(member) else { return };
        act(known, now, stream, &mut assembly.outbox);
        self.after_agreeing(index, shard, member);
    }

    fn assembly(&mut self, index: u32, shard: u32) -> Option<&mut Assembly> {
        match self.keeping.system(index)?.shards.get_mut(shard as usize)? {
            Shard::Consensus(assembly) => Some(assembly),
            _ => None,
        }
    }

    /// A message reaches a member, if it lives.
    pub fn on_letter(&mut self, index: u32, shard: u32, from: u8, to: u8, letter: u32) {
        let Some(assembly) = self.assembly(index, shard) else { return };
        let Some(message) = assembly.letters.try_remove(letter as usize) else { return };
        if self.member_is_up(index, shard, to.into()) {
            self.let_member((index, shard, to.into()), |member, now, stream, outbox| {
                member.on_message(now, from, &message, stream, outbox);
            });
        }
    }

    /// The timer of a member rings.
    pub fn on_turn(&mut self, index: u32, shard: u32, member: u8, number: u32) {
        let Some(assembly) = self.assembly(index, shard) else { return };
        let timer = assembly.timers.get_mut(usize::from(member));
        let Some(timer) = timer.filter(|timer| timer.1 == number) else { return };
        timer.0 = SimTime::NEVER;
        if self.member_is_up(index, shard, member.into()) {
            self.let_member((index, shard, member.into()), |member, now, stream, outbox| {
                member.on_timer(now, stream, outbox);
            });
        }
    }

    fn member_is_up(&mut self, index: u32, shard: u32, member: usize) -> bool {
        let store = self.keeping.system(index).map_or(NONE, |system| system.store_of(shard, member));
        self.stores.get(store as usize).is_some_and(|store| store.up)
    }

    /// A member has served a read or a write: the leader answers a read at once, and a write once it is committed.
    pub fn agree_on(&mut self, leg: u32, (index, shard, member): (u32, u32, usize), key: u32, write: bool) {
        let now = self.now;
        let part = self.works[leg as usize].parent;
        let Some(Some(system)) = self.keeping.systems.get_mut(index as usize) else { return };
        let Some(Shard::Consensus(assembly)) = system.shards.get_mut(shard as usize) else { return };
        let access = &mut self.keeping.accesses[self.works[part as usize].target as usize];
        let Some(known) = assembly.members.get_mut(member) else { return };
        if !write {
            if !known.holds_lease(now) {
                return self.finish(leg, Err(Reason::NoPrimary));
            }
            let newest = assembly.done.get(&key).copied().unwrap_or(0);
            access.number = newest.min(known.commit());
            system.counts.stale_reads += u64::from(access.number < access.newest);
            return self.finish(leg, Ok(()));
        }
        let proposed = known.propose(now, u64::from(key), &mut assembly.outbox);
        match proposed {
            Some(position) => {
                access.number = position.index;
                assembly.waiting.insert((member, position.index), (leg, key));
                let work = &mut self.works[leg as usize];
                work.state = State::Waiting;
                work.add_holder();
                self.after_agreeing(index, shard, member);
            }
            None => self.finish(leg, Err(Reason::NoPrimary)),
        }
    }

    /// Sends what a member wants sent, does what follows from what it became, and sets its timer.
    fn after_agreeing(&mut self, index: u32, shard: u32, member: usize) {
        let Some(system) = self.keeping.system(index) else { return };
        let from = system.store_of(shard, member);
        let Some(assembly) = self.assembly(index, shard) else { return };
        let mut outbox = std::mem::take(&mut assembly.outbox);
        let decisions = assembly.decisions(member, &outbox.changes);
        for &(to, message) in &outbox.messages {
            self.post_letter((index, shard), (from, member as u8), to, message);
        }
        for change in &outbox.changes {
            match *change {
                Change::Leads { term } => {
                    if let Some(assembly) = self.assembly(index, shard) {
                        assembly.known = member;
                    }
                    if let Some(system) = self.keeping.system(index).filter(|_| term > 1) {
                        system.counts.promotions += 1;
                    }
                    self.tell(Fact::Elected { store: from, term });
                }
                Change::SteppedDown { term } => {
                    self.tell(Fact::SteppedDown { store: from, term });
                    self.give_up_writes(index, shard, member);
                }
                Change::Committed { to, .. } => self.writes_are_done(index, shard, member, to),
                Change::Campaigns { .. } => {}
            }
        }
        outbox.clear();
        let Some(assembly) = self.assembly(index, shard) else { return };
        assembly.outbox = outbox;
        let known = &mut assembly.members[member];
        known.forget();
        let (due, timer) = (known.deadline(), &mut assembly.timers[member]);
        // A timer that rings too early sets itself again.
        if due < timer.0 {
            *timer = (due, timer.1.wrapping_add(1));
            let turn = Due::Turn { system: index, shard, member: member as u8, number: timer.1 };
            self.schedule(due.max(self.now), Control::Store(turn));
        }
        self.decisions_are_kept(&decisions);
        self.review_leader(index, shard, member);
    }

    /// Sees whether a member has begun, or ceased, to act as the leader: it does so once it knows what was committed
    /// in earlier terms.
    fn review_leader(&mut self, index: u32, shard: u32, member: usize) {
        let now = self.now;
        let Some(assembly) = self.assembly(index, shard) else { return };
        let (known, acted) = (&assembly.members[member], assembly.acted);
        let acts = known.confirmed(now).is_some();
        if acts && known.term() > acted {
            (assembly.acting, assembly.acted) = (Some(member), known.term());
            self.coordinator_taken_over(index);
        } else if !acts && assembly.acting == Some(member) {
            assembly.acting = None;
            self.coordinator_leader_lost(index);
        }
    }

    /// Has a coordinator's leader propose a decision. Whether it took it on.
    pub fn propose_to_leader(&mut self, index: u32, decision: u64) -> bool {
        let acting = self.assembly(index, 0).and_then(|assembly| assembly.acting());
        let Some(member) = acting.filter(|member| self.member_is_up(index, 0, *member)) else { return false };
        let mut proposed = false;
        self.let_member((index, 0, member), |member, now, _, outbox| {
            proposed = member.propose(now, decision, outbox).is_some();
        });
        proposed
    }

    fn post_letter(
        &mut self,
        (index, shard): (u32, u32),
        (from, sender): (u32, u8),
        to: u8,
        letter: Message,
    ) {
        let Some(system) = self.keeping.system(index) else { return };
        let (from, place) = (Place::Store(from), Place::Store(system.store_of(shard, to.into())));
        let Some(travel) = self.way(Spot::from(from), Spot::from(place)) else { return };
        let Some(assembly) = self.assembly(index, shard) else { return };
        let letter = assembly.letters.insert(letter) as u32;
        // Never in no time at all: an exchange must not go on for ever at one instant.
        let arrives = self.now + travel.max(Span::from_nanos(1));
        // Nobody's request: it is told as one of the first kind.
        let (message, kind) = (MessageKind::Copy, 0);
        self.tell(Fact::Sent { from, to: place, arrives, message, kind });
        let departed = self.now;
        if let Some(recorder) = &mut self.flights {
            recorder.see(Flight { from, to: place, departed, travel: Some(travel), message, kind });
        }
        let due = Due::Letter { system: index, shard, from: sender, to, letter };
        self.schedule(arrives, Control::Store(due));
    }

    /// What a leader took on is committed, up to a number.
    fn writes_are_done(&mut self, index: u32, shard: u32, member: usize, upto: u64) {
        loop {
            let Some(assembly) = self.assembly(index, shard) else { return };
            let first = assembly.waiting.range((member, 0)..=(member, upto)).next();
            let Some((&place, &(leg, key))) = first else { return };
            assembly.waiting.remove(&place);
            let done = assembly.done.entry(key).or_insert(0);
            *done = (*done).max(place.1);
            if self.works[leg as usize].state == State::Waiting {
                self.finish(leg, Ok(()));
            }
            self.release(leg);
        }
    }

    /// What a member took on and is not committed may be lost: nobody can tell.
    fn give_up_writes(&mut self, index: u32, shard: u32, member: usize) {
        loop {
            let Some(assembly) = self.assembly(index, shard) else { return };
            let first = assembly.waiting.range((member, 0)..=(member, u64::MAX)).next();
            let Some((&place, &(leg, _))) = first else { return };
            assembly.waiting.remove(&place);
            if self.works[leg as usize].state == State::Waiting {
                self.finish(leg, Err(Reason::NoPrimary));
            }
            self.release(leg);
        }
    }

    /// The process of a store has ended: what it had taken on is nobody's.
    pub fn leave_assembly(&mut self, store: u32) {
        for index in 0..self.keeping.systems.len() as u32 {
            let place = self.keeping.system(index).and_then(|system| system.place_of(store));
            if let Some((shard, member)) = place {
                self.give_up_writes(index, shard, member);
                let assembly = self.assembly(index, shard);
                if let Some(assembly) = assembly.filter(|assembly| assembly.acting == Some(member)) {
                    assembly.acting = None;
                    self.coordinator_leader_lost(index);
                }
            }
        }
    }

    /// The process of a store has begun again: it knows its term, its vote and its log.
    pub fn rejoin(&mut self, index: u32, store: u32) {
        let place = self.keeping.system(index).and_then(|system| system.place_of(store));
        if let Some((shard, member)) = place {
            self.let_member((index, shard, member), |member, now, stream, _| member.restart(now, stream));
        }
    }
}
