//! The consumers of a topic as a group: who joins, dies and leaves, and who reads what.

use archlab_model::{Acknowledge, SimTime, Span};

use super::assignment::assign;
use super::member::{Member, Presence};
use super::message::Stage;
use super::topic::{Topic, sensible};

impl Topic {
    /// An instance begins to take from the topic. `phase`, from 0 to 1, says where in their periods its signs of
    /// life and its commits lie.
    pub fn join(&mut self, now: SimTime, instance: u32, phase: f64) {
        if self.member_here(instance).is_some() {
            return;
        }
        let member = Member::new(instance, now, phase);
        // A place that is free may still have an acknowledgement under way.
        let free = self.members.iter().position(|old| !old.is_believed() && old.outstanding == 0);
        match free {
            Some(place) => self.members[place] = member,
            None => self.members.push(member),
        }
        self.rebalance(now);
        self.list_all();
    }

    /// The process of an instance ends. If its machine is `silent`, nobody breaks its connection. What it had in
    /// hand is delivered again once the broker knows, or lost if it was acknowledged before the work.
    pub fn died(&mut self, now: SimTime, instance: u32, silent: bool) {
        let Some(place) = self.member_here(instance) else { return };
        self.commit(now, place as u32);
        let member = &mut self.members[place];
        member.in_work = 0;
        member.hand.clear();
        let ends = member.session_end(now, self.rules.heartbeat, self.rules.session_timeout);
        member.presence = Presence::Ghost { ends };
        if self.rules.acknowledge == Acknowledge::BeforeWork {
            self.lose(now, place as u32);
        }
        let noticed = !silent && !self.is_ordered();
        if noticed || ends <= now {
            self.end_session(now, place as u32);
        }
    }

    /// An instance leaves in good order: it commits, gives back what it has not begun with, and ends what it has.
    pub fn leave(&mut self, now: SimTime, instance: u32) {
        let Some(place) = self.member_here(instance) else { return };
        self.commit_until(now, place as u32);
        let member = &mut self.members[place];
        member.hand.clear();
        member.uncommitted.clear();
        member.presence = Presence::Gone;
        for slot in self.slots_of(place as u32) {
            let Stage::Held { .. } = self.messages.at(slot).stage else { continue };
            if self.rules.acknowledge == Acknowledge::BeforeWork {
                self.tally.lost += 1;
                self.backlog.less(now);
                self.forget(slot);
            } else {
                self.messages.at_mut(slot).attempts -= 1;
                self.give_back(now, slot, Span::ZERO);
            }
        }
        self.rebalance(now);
        self.list_all();
    }

    /// The broker counts a consumer out: what it had is there again, and others read its partitions.
    pub(super) fn end_session(&mut self, now: SimTime, member: u32) {
        self.members[member as usize].presence = Presence::Gone;
        self.members[member as usize].uncommitted.clear();
        if self.rules.acknowledge == Acknowledge::BeforeWork {
            self.lose(now, member);
        }
        for slot in self.slots_of(member) {
            // An ordered partition is recalled as a whole with the first that is given back.
            if self.messages.at(slot).is_out() {
                self.give_back(now, slot, Span::ZERO);
            }
        }
        self.rebalance(now);
        self.list_all();
    }

    /// What a consumer has is lost: the broker has forgotten it.
    fn lose(&mut self, now: SimTime, member: u32) {
        for slot in self.slots_of(member) {
            if !self.messages.at(slot).done {
                self.tally.lost += 1;
                self.backlog.less(now);
            }
            self.forget(slot);
        }
    }

    /// The slots of messages that a consumer has. An acknowledgement under way counts as heard.
    fn slots_of(&self, member: u32) -> Vec<u32> {
        let periodic = matches!(self.rules.acknowledge, Acknowledge::Every(_));
        let held = self.messages.iter().filter(|(_, message)| match message.stage {
            Stage::Held { member: holder } | Stage::InWork { member: holder } => holder == member,
            Stage::Done { member: holder } => periodic && holder == member,
            Stage::Dropped => message.counted == Some(member),
            Stage::Free | Stage::Ready | Stage::Delayed => false,
        });
        held.map(|(slot, _)| slot).collect()
    }

    /// Shares out the partitions anew. One that moves waits until its old owner, if it lives, has ended what it
    /// works on.
    fn rebalance(&mut self, now: SimTime) {
        if !self.is_ordered() {
            return;
        }
        let members: Vec<u32> =
            (0..).zip(&self.members).filter(|(_, it)| it.is_believed()).map(|(n, _)| n).collect();
        let mut owners: Vec<Option<u32>> =
            self.partitions.iter().map(|partition| partition.heir.or(partition.owner)).collect();
        assign(&mut owners, &members);
        for (number, next) in (0..).zip(owners) {
            let partition = &mut self.partitions[number as usize];
            let owner = partition.owner.filter(|owner| self.members[*owner as usize].is_believed());
            match (owner, next) {
                (Some(owner), Some(next)) if owner != next => {
                    partition.heir = Some(next);
                    self.commit_until(now, owner);
                    self.recall(number);
                    self.hand_over(number);
                }
                _ => {
                    partition.heir = None;
                    partition.owner = next;
                }
            }
            self.list(number);
        }
    }

    fn list_all(&mut self) {
        for number in 0..self.partitions.len() as u32 {
            self.list(number);
        }
    }

    /// From now on other settings hold. Messages stay; deliveries under way keep their timeouts.
    pub fn set_rules(&mut self, now: SimTime, rules: &archlab_model::Topic) {
        let rules = sensible(rules);
        let repartitioned = rules.partitions != self.rules.partitions;
        self.commit_all(now);
        self.rules = rules;
        if repartitioned {
            self.repartition(now);
        }
        let forgotten = self.rules.acknowledge == Acknowledge::BeforeWork;
        self.held =
            self.messages.iter().filter(|(_, message)| !(forgotten && message.is_out())).count() as u32;
        self.list_all();
    }

    fn repartition(&mut self, now: SimTime) {
        let count = self.rules.partitions.unwrap_or(1);
        self.partitions.clear();
        self.partitions.resize_with(count as usize, Default::default);
        self.listed.clear();
        let mut all: Vec<(u64, u32)> = self.messages.iter().map(|(slot, it)| (it.sequence, slot)).collect();
        all.sort_unstable();
        for (_, slot) in all {
            let message = self.messages.at_mut(slot);
            message.partition %= count;
            let partition = &mut self.partitions[message.partition as usize];
            match message.stage {
                Stage::Ready => partition.ready.push_back(slot),
                Stage::Delayed | Stage::Dropped => partition.failed += 1,
                Stage::InWork { .. } => partition.in_work = true,
                Stage::Held { .. } | Stage::Done { .. } | Stage::Free => {}
            }
            if self.rules.partitions.is_some() && message.counted.is_some() {
                partition.out.push_back(slot);
            }
        }
        self.rebalance(now);
    }
}
