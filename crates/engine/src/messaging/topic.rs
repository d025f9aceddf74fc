//! A topic: its messages, in partitions or in one queue, and what each consumer has of them.

use std::collections::VecDeque;

use archlab_model::{Acknowledge, SimTime, Span};

use super::member::{Member, Presence};
use super::message::{Letter, Messages, Stage, Ticket};
use super::tally::{Backlog, Tally};
use crate::random::Stream;

/// Most partitions of a topic.
pub const MAX_PARTITIONS: u32 = 1_000;
/// Most messages of a topic.
pub const MAX_ROOM: u32 = 1_000_000;
/// Most messages that a consumer has in hand.
pub const MAX_PREFETCH: u32 = 10_000;
/// The shortest time from a failed attempt to the next, and of a visibility timeout: so that a run goes on.
pub const MIN_REDELIVERY: Span = Span::from_millis(1);

/// A message on its way to a consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    pub ticket: Ticket,
    pub letter: Letter,
    /// The instance that is the consumer.
    pub instance: u32,
    /// Whether it was delivered before.
    pub again: bool,
}

/// What a consumer is to do with a message that it takes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Work on it.
    Work(Ticket, Letter),
    /// Nothing: it recognises it. It says [`Ended::Recognised`] at once.
    Recognised(Ticket),
}

/// How a consumer's work on a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Well.
    Done,
    /// It failed.
    Failed,
    /// There was nothing to do.
    Recognised,
}

/// What a consumer says to its broker about a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// That it is done: [`Topic::acknowledged`] when it arrives.
    Acknowledge,
    /// That it failed: [`Topic::refused`] when it arrives.
    Refuse,
    /// Nothing.
    Nothing,
}

/// A part of a topic whose messages are in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Partition {
    /// Messages to deliver, the next one first.
    pub ready: VecDeque<u32>,
    /// Messages that are out, the first delivered first. Only where there is an order to keep.
    pub out: VecDeque<u32>,
    /// The consumer that reads it; the one that will, once what is out has come back.
    pub owner: Option<u32>,
    pub heir: Option<u32>,
    /// Whether its owner works on one of its messages.
    pub in_work: bool,
    /// Failed messages that have not come back yet: where there is an order to keep, nothing is delivered before
    /// them.
    pub failed: u32,
    /// Whether it is on the list of those to look at.
    pub listed: bool,
}

/// A topic.
#[derive(Debug, Clone)]
pub struct Topic {
    pub(super) rules: archlab_model::Topic,
    pub(super) messages: Messages,
    /// One, if all consumers share a queue.
    pub(super) partitions: Vec<Partition>,
    pub(super) members: Vec<Member>,
    /// When deliveries become visible again, in order.
    pub(super) visible: VecDeque<(SimTime, Ticket)>,
    /// When failed messages are delivered again, in order.
    pub(super) delayed: VecDeque<(SimTime, Ticket)>,
    /// Partitions that may have something to deliver.
    pub(super) listed: VecDeque<u32>,
    /// Messages that take room.
    pub(super) held: u32,
    /// Whose turn it is in a shared queue.
    pub(super) turn: usize,
    pub tally: Tally,
    pub backlog: Backlog,
}

impl Topic {
    /// An empty topic without consumers.
    pub fn new(rules: &archlab_model::Topic) -> Topic {
        let rules = sensible(rules);
        let partitions = rules.partitions.unwrap_or(1) as usize;
        Topic {
            rules,
            messages: Messages::default(),
            partitions: vec![Partition::default(); partitions],
            members: Vec::new(),
            visible: VecDeque::new(),
            delayed: VecDeque::new(),
            listed: VecDeque::new(),
            held: 0,
            turn: 0,
            tally: Tally::default(),
            backlog: Backlog::default(),
        }
    }

    /// Whether each partition keeps its order and is read by one consumer.
    pub fn is_ordered(&self) -> bool {
        self.rules.partitions.is_some()
    }

    /// Messages that take room now.
    #[cfg(test)]
    pub fn held(&self) -> u32 {
        self.held
    }

    /// Takes a message, if there is room. `keys` says to which partition it goes.
    pub fn publish(&mut self, now: SimTime, letter: Letter, keys: &mut Stream) -> bool {
        if !self.has_room(now) {
            return false;
        }
        let count = self.partitions.len() as u32;
        let drawn = if count > 1 { (keys.unit() * f64::from(count)) as u32 } else { 0 };
        let partition = drawn.min(count - 1);
        let slot = self.messages.insert(letter, partition, now);
        self.partitions[partition as usize].ready.push_back(slot);
        self.held += 1;
        self.tally.published += 1;
        self.backlog.more(now);
        self.list(partition);
        true
    }

    /// Whether there is room for one more.
    pub fn has_room(&mut self, now: SimTime) -> bool {
        if self.held >= self.rules.room {
            self.commit_all(now);
        }
        self.held < self.rules.room
    }

    /// The next message that leaves for a consumer, if any can. To be asked again until none can.
    pub fn next_delivery(&mut self, now: SimTime) -> Option<Delivery> {
        while let Some(number) = self.listed.pop_front() {
            let partition = &mut self.partitions[number as usize];
            partition.listed = false;
            if partition.ready.is_empty() || (self.rules.partitions.is_some() && partition.failed > 0) {
                continue;
            }
            let Some(member) = self.reader(number) else { continue };
            let partition = &mut self.partitions[number as usize];
            let Some(slot) = partition.ready.pop_front() else { continue };
            if self.rules.partitions.is_some() {
                partition.out.push_back(slot);
            }
            self.list(number);
            return Some(self.deliver(now, slot, member));
        }
        None
    }

    /// The consumer that takes the next message of a partition.
    fn reader(&mut self, number: u32) -> Option<u32> {
        let prefetch = self.rules.prefetch;
        if self.is_ordered() {
            let partition = &self.partitions[number as usize];
            let owner = partition.owner.filter(|_| partition.heir.is_none())?;
            let member = &self.members[owner as usize];
            return (member.presence == Presence::Here && member.outstanding < prefetch).then_some(owner);
        }
        let count = self.members.len();
        let free = (0..count).map(|step| (self.turn + step) % count).find(|&place| {
            let member = &self.members[place];
            member.is_believed() && member.outstanding < prefetch
        })?;
        self.turn = (free + 1) % count;
        Some(free as u32)
    }

    fn deliver(&mut self, now: SimTime, slot: u32, member: u32) -> Delivery {
        let ticket = self.messages.deliver(slot, member);
        let message = self.messages.at_mut(slot);
        message.counted = Some(member);
        let (letter, again) = (message.letter, message.attempts > 1);
        self.members[member as usize].outstanding += 1;
        self.tally.deliveries += 1;
        self.tally.redeliveries += u64::from(again);
        if self.rules.acknowledge == Acknowledge::BeforeWork {
            // The broker forgets it now; it is kept here to know what a dying consumer loses.
            self.held -= 1;
        } else {
            insert_sorted(&mut self.visible, now + self.rules.visibility, ticket);
        }
        Delivery { ticket, letter, instance: self.members[member as usize].instance, again }
    }

    /// A delivery reaches its consumer, who has it in hand from then on, if it lives.
    pub fn arrived(&mut self, delivery: &Delivery) {
        let Some(slot) = self.messages.current(delivery.ticket) else { return };
        if let Stage::Held { member } = self.messages.at(slot).stage
            && self.members[member as usize].presence == Presence::Here
        {
            self.members[member as usize].hand.push_back((delivery.ticket, delivery.letter));
        }
    }

    /// What a consumer takes up next of what it has in hand, if it is free to.
    pub fn take_up(&mut self, instance: u32) -> Option<Taken> {
        let member = self.member_here(instance)?;
        let ordered = self.is_ordered();
        let mut place = 0;
        while self.members[member].in_work < self.rules.concurrency {
            let (ticket, letter) = *self.members[member].hand.get(place)?;
            let current = self.messages.current(ticket);
            if ordered {
                // What was taken from it again, it has put away.
                let Some(slot) = current else {
                    self.members[member].hand.remove(place);
                    continue;
                };
                let partition = self.messages.at(slot).partition;
                if self.partitions[partition as usize].in_work {
                    place += 1;
                    continue;
                }
                self.partitions[partition as usize].in_work = true;
            }
            self.members[member].hand.remove(place);
            self.members[member].in_work += 1;
            if let Some(slot) = current {
                self.messages.at_mut(slot).stage = Stage::InWork { member: member as u32 };
            }
            let known = self.messages.known(ticket);
            let done_before = known.is_none_or(|slot| self.messages.at(slot).done);
            if self.rules.idempotent && done_before {
                return Some(Taken::Recognised(ticket));
            }
            return Some(Taken::Work(ticket, letter));
        }
        None
    }

    /// A consumer has ended its work on a message; what it says to the broker.
    pub fn ended(&mut self, now: SimTime, instance: u32, ticket: Ticket, how: Ended) -> Answer {
        if let Some(member) = self.member_here(instance) {
            let member = &mut self.members[member];
            member.in_work = member.in_work.saturating_sub(1);
        }
        self.count(now, ticket, how);
        let Some(slot) = self.messages.current(ticket) else { return Answer::Nothing };
        let Stage::InWork { member } = self.messages.at(slot).stage else { return Answer::Nothing };
        let partition = self.messages.at(slot).partition;
        self.partitions[partition as usize].in_work = false;
        match (how, self.rules.acknowledge) {
            (Ended::Failed, Acknowledge::BeforeWork) => {
                self.tally.lost += 1;
                self.backlog.less(now);
                self.forget(slot);
                Answer::Nothing
            }
            (Ended::Failed, _) => {
                self.messages.at_mut(slot).stage = Stage::Dropped;
                self.partitions[partition as usize].failed += 1;
                if self.is_ordered() {
                    self.recall(partition);
                }
                if self.rules.redelivery.is_some() {
                    return Answer::Refuse;
                }
                self.uncount(slot);
                Answer::Nothing
            }
            (_, Acknowledge::BeforeWork) => {
                self.forget(slot);
                Answer::Nothing
            }
            (_, Acknowledge::AfterWork) => {
                self.messages.at_mut(slot).stage = Stage::Done { member };
                Answer::Acknowledge
            }
            (_, Acknowledge::Every(_)) => {
                self.messages.at_mut(slot).stage = Stage::Done { member };
                self.uncount(slot);
                self.take_in(slot);
                self.members[member as usize].uncommitted.push_back((now, ticket));
                self.commit(now, member);
                Answer::Nothing
            }
        }
    }

    fn count(&mut self, now: SimTime, ticket: Ticket, how: Ended) {
        match how {
            Ended::Failed => self.tally.failed += 1,
            Ended::Recognised => self.tally.recognised += 1,
            Ended::Done => match self.messages.known(ticket) {
                Some(slot) if !self.messages.at(slot).done => {
                    let message = self.messages.at_mut(slot);
                    message.done = true;
                    self.tally.done += 1;
                    let delay = now.since(message.published);
                    self.backlog.done(now, delay);
                }
                _ => self.tally.duplicates += 1,
            },
        }
    }

    /// The broker hears that a message is done.
    pub fn acknowledged(&mut self, ticket: Ticket) {
        if let Some(slot) = self.messages.current(ticket)
            && matches!(self.messages.at(slot).stage, Stage::Done { .. })
        {
            self.forget(slot);
        }
        while self.visible.front().is_some_and(|(_, ticket)| self.messages.current(*ticket).is_none()) {
            self.visible.pop_front();
        }
    }

    /// The broker hears that a consumer failed.
    pub fn refused(&mut self, now: SimTime, ticket: Ticket) {
        if let Some(slot) = self.messages.current(ticket)
            && self.messages.at(slot).stage == Stage::Dropped
        {
            let delay = self.rules.redelivery.unwrap_or(MIN_REDELIVERY);
            self.give_back(now, slot, delay);
        }
    }

    /// Notes that a partition may have something to deliver.
    pub(super) fn list(&mut self, number: u32) {
        let partition = &mut self.partitions[number as usize];
        if !partition.listed && !partition.ready.is_empty() {
            partition.listed = true;
            self.listed.push_back(number);
        }
    }

    /// Whether an instance is a consumer.
    pub fn has_member(&self, instance: u32) -> bool {
        self.member_here(instance).is_some()
    }

    /// The instances that are consumers.
    pub fn instances(&self) -> impl Iterator<Item = u32> {
        let here = self.members.iter().filter(|member| member.presence == Presence::Here);
        here.map(|member| member.instance)
    }

    /// The kind of request that a message came of; the first kind, once it is forgotten.
    pub fn kind_of(&self, ticket: Ticket) -> u32 {
        self.messages.known(ticket).map_or(0, |slot| self.messages.at(slot).letter.kind)
    }

    /// The consumer that an instance is now.
    pub(super) fn member_here(&self, instance: u32) -> Option<usize> {
        self.members
            .iter()
            .position(|member| member.instance == instance && member.presence == Presence::Here)
    }
}

/// `rules` within what a run survives.
pub(super) fn sensible(rules: &archlab_model::Topic) -> archlab_model::Topic {
    let mut rules = rules.clone();
    rules.partitions = rules.partitions.map(|count| count.clamp(1, MAX_PARTITIONS));
    rules.room = rules.room.clamp(1, MAX_ROOM);
    rules.prefetch = rules.prefetch.clamp(1, MAX_PREFETCH);
    rules.concurrency = rules.concurrency.clamp(1, MAX_PREFETCH);
    rules.deliveries = rules.deliveries.max(1);
    rules.visibility = rules.visibility.max(MIN_REDELIVERY);
    rules.redelivery = rules.redelivery.map(|delay| delay.max(MIN_REDELIVERY));
    rules
}

/// Puts `ticket` where it belongs by its time: nearly always last.
pub(super) fn insert_sorted(list: &mut VecDeque<(SimTime, Ticket)>, due: SimTime, ticket: Ticket) {
    let place = match list.back() {
        Some((last, _)) if *last > due => list.partition_point(|(earlier, _)| *earlier <= due),
        _ => list.len(),
    };
    list.insert(place, (due, ticket));
}
