//! Keeping messages: giving them back, giving them up, forgetting them; and what is due by the clock.

use archlab_model::{Acknowledge, SimTime, Span};

use super::member::Presence;
use super::message::Stage;
use super::topic::{Topic, insert_sorted};

impl Topic {
    /// A message that is out comes back, to be delivered again after `delay`, unless it has been delivered too
    /// often.
    pub(super) fn give_back(&mut self, now: SimTime, slot: u32, delay: Span) {
        let (stage, number) = (self.messages.at(slot).stage, self.messages.at(slot).partition);
        if self.rules.acknowledge == Acknowledge::BeforeWork && self.messages.at(slot).is_out() {
            // It was delivered under other rules, and takes room again.
            self.held += 1;
        }
        self.uncount(slot);
        self.take_in(slot);
        if stage == Stage::Dropped {
            self.partitions[number as usize].failed -= 1;
        }
        if self.is_ordered() {
            if let Stage::InWork { .. } = stage {
                self.partitions[number as usize].in_work = false;
            }
            // What was delivered after it must not overtake it.
            self.recall(number);
        }
        let message = self.messages.at_mut(slot);
        if message.attempts >= self.rules.deliveries {
            if !message.done {
                self.tally.dead += 1;
                self.backlog.less(now);
            }
            self.held -= 1;
            self.messages.remove(slot);
        } else if delay.is_zero() {
            self.restore(slot);
        } else {
            message.stage = Stage::Delayed;
            let ticket = self.messages.ticket(slot);
            self.partitions[number as usize].failed += 1;
            insert_sorted(&mut self.delayed, now + delay, ticket);
        }
        self.hand_over(number);
        self.list(number);
    }

    /// Takes back what the owner of an ordered partition has and has not begun with.
    pub(super) fn recall(&mut self, number: u32) {
        for place in (0..self.partitions[number as usize].out.len()).rev() {
            let slot = self.partitions[number as usize].out[place];
            if let Stage::Held { .. } = self.messages.at(slot).stage {
                self.uncount(slot);
                self.messages.at_mut(slot).attempts -= 1;
                if self.rules.acknowledge == Acknowledge::BeforeWork {
                    self.held += 1;
                }
                self.partitions[number as usize].out.remove(place);
                self.restore(slot);
            }
        }
    }

    /// Puts a message back among those to deliver, where it was before.
    fn restore(&mut self, slot: u32) {
        let Topic { messages, partitions, .. } = self;
        let message = messages.at_mut(slot);
        message.stage = Stage::Ready;
        let (number, sequence) = (message.partition, message.sequence);
        let ready = &mut partitions[number as usize].ready;
        let place = ready.partition_point(|other| messages.at(*other).sequence < sequence);
        ready.insert(place, slot);
    }

    /// Forgets a message that is out.
    pub(super) fn forget(&mut self, slot: u32) {
        self.uncount(slot);
        self.take_in(slot);
        if self.rules.acknowledge != Acknowledge::BeforeWork {
            self.held -= 1;
        }
        let number = self.messages.at(slot).partition;
        if let Stage::InWork { .. } = self.messages.at(slot).stage {
            self.partitions[number as usize].in_work = false;
        }
        self.messages.remove(slot);
        self.hand_over(number);
    }

    /// A message is no longer among the outstanding ones of its consumer, who may have another.
    pub(super) fn uncount(&mut self, slot: u32) {
        let Some(member) = self.messages.at_mut(slot).counted.take() else { return };
        self.members[member as usize].outstanding -= 1;
        if self.is_ordered() {
            for number in 0..self.partitions.len() as u32 {
                if self.partitions[number as usize].owner == Some(member) {
                    self.list(number);
                }
            }
        } else {
            self.list(0);
        }
    }

    /// A message is no longer among those of its partition that are out.
    pub(super) fn take_in(&mut self, slot: u32) {
        let out = &mut self.partitions[self.messages.at(slot).partition as usize].out;
        if let Some(place) = out.iter().position(|known| *known == slot) {
            out.remove(place);
        }
    }

    /// A partition goes to its heir, once nothing of it is out.
    pub(super) fn hand_over(&mut self, number: u32) {
        let partition = &mut self.partitions[number as usize];
        if partition.out.is_empty()
            && let Some(heir) = partition.heir.take()
        {
            partition.owner = Some(heir);
            self.list(number);
        }
    }

    /// Forgets what a consumer has committed by now.
    pub(super) fn commit(&mut self, now: SimTime, member: u32) {
        let until = self.members[member as usize].committed(now, self.rules.acknowledge);
        self.commit_until(until, member);
    }

    /// Forgets what a consumer had worked on by `until`.
    pub(super) fn commit_until(&mut self, until: SimTime, member: u32) {
        while let Some(&(at, ticket)) = self.members[member as usize].uncommitted.front()
            && at <= until
        {
            self.members[member as usize].uncommitted.pop_front();
            if let Some(slot) = self.messages.current(ticket) {
                self.forget(slot);
            }
        }
    }

    /// Forgets what all consumers have committed by now.
    pub fn commit_all(&mut self, now: SimTime) {
        for member in 0..self.members.len() as u32 {
            if self.members[member as usize].presence == Presence::Here {
                self.commit(now, member);
            }
        }
    }

    /// When something is due by the clock.
    pub fn next_due(&self) -> Option<SimTime> {
        let ghosts = self.members.iter().filter_map(|member| match member.presence {
            Presence::Ghost { ends } => Some(ends),
            Presence::Here | Presence::Gone => None,
        });
        let firsts = [self.visible.front(), self.delayed.front()];
        ghosts.chain(firsts.into_iter().flatten().map(|(due, _)| *due)).min()
    }

    /// Does what is due: sessions end, deliveries time out, failed messages come back.
    pub fn on_due(&mut self, now: SimTime) {
        for member in 0..self.members.len() as u32 {
            if let Presence::Ghost { ends } = self.members[member as usize].presence
                && ends <= now
            {
                self.end_session(now, member);
            }
        }
        let over = self.visible.partition_point(|(due, _)| *due <= now);
        for place in 0..over {
            let (_, ticket) = self.visible[place];
            let Some(slot) = self.messages.current(ticket) else { continue };
            let uncommitted = matches!(self.messages.at(slot).stage, Stage::Done { .. })
                && matches!(self.rules.acknowledge, Acknowledge::Every(_));
            if !uncommitted {
                self.give_back(now, slot, Span::ZERO);
            }
        }
        self.visible.drain(..over);
        let over = self.delayed.partition_point(|(due, _)| *due <= now);
        for place in 0..over {
            let (_, ticket) = self.delayed[place];
            let Some(slot) = self.messages.known(ticket) else { continue };
            let message = self.messages.at(slot);
            if message.stage == Stage::Delayed {
                let number = message.partition;
                self.partitions[number as usize].failed -= 1;
                self.restore(slot);
                self.list(number);
            }
        }
        self.delayed.drain(..over);
    }

    /// How long the oldest message that is not done has waited.
    pub fn oldest(&self, now: SimTime) -> Span {
        let waiting = self.messages.iter().filter(|(_, message)| !message.done);
        waiting.map(|(_, message)| now.since(message.published)).max().unwrap_or(Span::ZERO)
    }
}
