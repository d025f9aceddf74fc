//! Consuming: how messages leave a topic for the instances that work on them, and what comes of it.

use archlab_model::SimTime;

use super::channel::{Channel, Handed, Post};
use super::message::{Letter, Ticket};
use super::topic::{Answer, Delivery, Ended, Taken};
use crate::event::Control;
use crate::fact::{Fact, MessageKind, Place};
use crate::instance::Process;
use crate::plan::Plan;
use crate::plan::flow::TopicPlan;
use crate::request::Request;
use crate::station::Admission;
use crate::work::{Flags, NONE, State, Work};
use crate::world::{MAX_REQUESTS, MAX_WORKS, World};

impl World {
    /// Something about a topic happens.
    pub fn on_post(&mut self, topic: u32, post: Post) {
        match post {
            Post::Delivered(delivery) => self.on_delivered(topic, &delivery),
            Post::Heard(answer, ticket) => self.on_heard(topic, answer, ticket),
            Post::Due => {
                if self.channels[topic as usize].due == self.now {
                    let channel = &mut self.channels[topic as usize];
                    channel.due = SimTime::NEVER;
                    channel.topic.on_due(self.now);
                    self.mind_topic(topic);
                }
            }
            Post::Relay => self.on_relay(topic),
        }
    }

    /// Does what a topic can do now: takes from publishers that wait, sends messages to consumers that are free, and
    /// sees to it that it is looked at when something is due.
    pub fn mind_topic(&mut self, topic: u32) {
        let now = self.now;
        if self.is_broker_up(topic) {
            self.admit_blocked(topic);
            let from = Place::Store(self.channels[topic as usize].plan.broker);
            while let Some(delivery) = self.channels[topic as usize].topic.next_delivery(now) {
                let to = Place::Instance(delivery.instance);
                let message = if delivery.again { MessageKind::Retry } else { MessageKind::Request };
                if delivery.again {
                    self.tell(Fact::Redelivered { topic, instance: delivery.instance });
                }
                if let Some(travel) = self.carry(from, to, message, delivery.letter.kind) {
                    self.schedule(now + travel, Control::Post { topic, post: Post::Delivered(delivery) });
                }
            }
        }
        let channel = &mut self.channels[topic as usize];
        if let Some(due) = channel.topic.next_due()
            && due < channel.due
        {
            channel.due = due.max(now);
            let due = channel.due;
            self.schedule(due, Control::Post { topic, post: Post::Due });
        }
    }

    fn on_delivered(&mut self, topic: u32, delivery: &Delivery) {
        let instance = &self.instances[delivery.instance as usize];
        if instance.process == Process::Up && self.machines[instance.machine as usize].on {
            self.channels[topic as usize].topic.arrived(delivery);
            self.take_up(topic, delivery.instance);
        }
    }

    fn on_heard(&mut self, topic: u32, answer: Answer, ticket: Ticket) {
        if !self.is_broker_up(topic) {
            return;
        }
        let topic_there = &mut self.channels[topic as usize].topic;
        let dead = topic_there.tally.dead;
        match answer {
            Answer::Acknowledge => topic_there.acknowledged(ticket),
            Answer::Refuse => topic_there.refused(self.now, ticket),
            Answer::Nothing => {}
        }
        if self.channels[topic as usize].topic.tally.dead > dead {
            self.tell(Fact::DeadLetter { topic });
        }
        self.mind_topic(topic);
    }

    /// An instance begins to work on what it has in hand, as far as it is free to.
    fn take_up(&mut self, topic: u32, instance: u32) {
        while let Some(taken) = self.channels[topic as usize].topic.take_up(instance) {
            match taken {
                Taken::Work(ticket, letter) => self.work_on(topic, instance, ticket, letter),
                Taken::Recognised(ticket) => self.message_ended(topic, instance, ticket, Ended::Recognised),
            }
        }
    }

    fn work_on(&mut self, topic: u32, instance: u32, ticket: Ticket, letter: Letter) {
        if self.works.is_full(MAX_WORKS) || self.under_way >= MAX_REQUESTS {
            return self.message_ended(topic, instance, ticket, Ended::Failed);
        }
        let plan = &self.channels[topic as usize].plan;
        let (group, function) = (plan.group, plan.function);
        let request = Request::detached(letter.number, group, letter.kind, self.now);
        let request = self.keep_request(request);
        let at = Place::Instance(instance).into();
        let mut work = Work::new(request, NONE, function, at, at, Flags::MESSAGE);
        work.depth = u8::try_from(letter.depth).unwrap_or(u8::MAX).saturating_add(1);
        work.sent = self.now;
        let index = self.keep(work);
        match self.instances[instance as usize].station.admit(self.now, index) {
            Admission::Rejected | Admission::Shed => {
                self.works[index as usize].state = State::Over;
                self.release(index);
                return self.message_ended(topic, instance, ticket, Ended::Failed);
            }
            Admission::Queued => self.works[index as usize].state = State::Queued,
            Admission::QueuedForNow => self.queue_for_now(index),
            Admission::Served => self.serve_next(Some(index)),
        }
        self.handed.insert(index, Handed { topic, ticket });
    }

    /// The work on a message has ended. Its life ends with it.
    pub fn message_worked(&mut self, index: u32, done: bool) {
        let work = &mut self.works[index as usize];
        work.state = State::Over;
        let instance = work.at.instance();
        self.release(index);
        let (Some(instance), Some(handed)) = (instance, self.handed.remove(&index)) else { return };
        let how = if done { Ended::Done } else { Ended::Failed };
        self.message_ended(handed.topic, instance, handed.ticket, how);
        self.take_up(handed.topic, instance);
        self.mind_topic(handed.topic);
    }

    fn message_ended(&mut self, topic: u32, instance: u32, ticket: Ticket, how: Ended) {
        let answer = self.channels[topic as usize].topic.ended(self.now, instance, ticket, how);
        let message = match answer {
            Answer::Acknowledge => MessageKind::Response,
            Answer::Refuse => MessageKind::Failure,
            Answer::Nothing => return,
        };
        let (from, to) = (Place::Instance(instance), Place::Store(self.channels[topic as usize].plan.broker));
        let kind = self.channels[topic as usize].topic.kind_of(ticket);
        if let Some(travel) = self.carry(from, to, message, kind) {
            self.schedule(self.now + travel, Control::Post { topic, post: Post::Heard(answer, ticket) });
        }
    }

    /// The process of an instance has started: it consumes the topics of its functions.
    pub fn consumer_up(&mut self, instance: u32) {
        let pool = self.instances[instance as usize].pool;
        for topic in 0..self.channels.len() as u32 {
            let channel = &self.channels[topic as usize];
            if channel.present && channel.plan.pool == pool {
                self.join(topic, instance);
                self.mind_topic(topic);
            }
        }
    }

    fn join(&mut self, topic: u32, instance: u32) {
        let channel = &mut self.channels[topic as usize];
        if channel.topic.has_member(instance) {
            return;
        }
        let phase = self.streams[channel.plan.phases as usize].unit();
        channel.topic.join(self.now, instance, phase);
        self.tell(Fact::ConsumerJoined { topic, instance });
    }

    /// An instance was asked to end: it takes no more messages, and does those it has begun with.
    pub fn consumer_leaves(&mut self, instance: u32) {
        for topic in 0..self.channels.len() as u32 {
            if self.channels[topic as usize].topic.has_member(instance) {
                self.channels[topic as usize].topic.leave(self.now, instance);
                self.mind_topic(topic);
            }
        }
    }

    /// The process of an instance ends, and what it has in hand with it.
    pub fn consumer_died(&mut self, instance: u32, silent: bool) {
        let works = &self.works;
        let elsewhere = |work: u32| works[work as usize].at.instance() != Some(instance);
        self.handed.retain(|work, _| elsewhere(*work));
        for topic in 0..self.channels.len() as u32 {
            if self.channels[topic as usize].topic.has_member(instance) {
                self.channels[topic as usize].topic.died(self.now, instance, silent);
                self.tell(Fact::ConsumerLost { topic, instance });
                self.mind_topic(topic);
            }
        }
    }

    /// Brings topics and their consumers in line with a plan.
    pub fn take_on_topics(&mut self, plan: &Plan) {
        for (topic, plan) in (0..).zip(&plan.topics) {
            match (plan, self.channels.get_mut(topic as usize)) {
                (Some(plan), None) => self.channels.push(Channel::new(plan)),
                (Some(plan), Some(known)) => {
                    known.present = true;
                    if known.plan.rules != plan.rules {
                        known.topic.set_rules(self.now, &plan.rules);
                    }
                    known.plan = plan.clone();
                }
                (None, Some(known)) => known.present = false,
                (None, None) => {
                    let mut absent = Channel::new(&TopicPlan::absent());
                    absent.present = false;
                    self.channels.push(absent);
                }
            }
            self.take_on_consumers(topic);
        }
    }

    fn take_on_consumers(&mut self, topic: u32) {
        let channel = &self.channels[topic as usize];
        let (present, pool) = (channel.present, channel.plan.pool as usize);
        let wanted = if present { self.pools[pool].instances.clone() } else { Vec::new() };
        let gone: Vec<u32> = channel.topic.instances().filter(|member| !wanted.contains(member)).collect();
        for instance in gone {
            self.channels[topic as usize].topic.leave(self.now, instance);
        }
        for instance in wanted {
            if self.instances[instance as usize].process == Process::Up {
                self.join(topic, instance);
            }
        }
        if present {
            self.mind_topic(topic);
        }
    }
}
