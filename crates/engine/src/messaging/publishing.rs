//! Publishing: how messages come into a topic.

use archlab_model::{SimTime, Span};

use super::channel::Post;
use super::message::Letter;
use crate::call::Target;
use crate::event::Control;
use crate::fact::{Fact, MessageKind, Place, Reason};
use crate::flights::Recorder;
use crate::frame::Flight;
use crate::plan::program::{NOWHERE, Op, PublishOp};
use crate::task::Step;
use crate::work::{Flags, State};
use crate::world::World;

impl World {
    /// A task gives a message to a topic.
    pub fn step_publish(&mut self, index: u32, publish: &PublishOp) -> Step {
        let op = match self.repeat(index, publish.count) {
            Some(Ok(op)) => op,
            Some(Err(reason)) => return Step::Fails(reason),
            None => return Step::On,
        };
        if !self.happens(publish.choices, publish.chance) {
            return Step::On;
        }
        let borne = publish.soft || publish.asynchronous;
        if publish.topic == NOWHERE {
            return if borne { Step::On } else { Step::Fails(Reason::NotDeployed) };
        }
        if publish.outbox {
            return self.write_outbox(index, publish.topic);
        }
        let flags = Flags::SOFT.when(publish.soft).and(Flags::BACKGROUND.when(publish.asynchronous));
        let caller = self.caller(index, flags.and(Flags::PUBLISH));
        let store = self.channels[publish.topic as usize].plan.broker;
        match self.call(caller, Target::Store { store, op }, Some(publish.patience)) {
            Ok(()) if publish.asynchronous => Step::On,
            Ok(()) => {
                self.works[index as usize].awaited += 1;
                Step::Waits
            }
            Err(_) if borne => {
                self.channels[publish.topic as usize].topic.tally.unsent += 1;
                Step::On
            }
            Err(reason) => Step::Fails(reason),
        }
    }

    /// How long the broker works on the message that a piece of work brings.
    pub fn publish_length(&mut self, index: u32) -> Span {
        let Some(topic) = self.topic_of(index) else { return Span::ZERO };
        let plan = &self.channels[topic as usize].plan;
        let (sampler, stream) = (plan.publish, plan.publish_stream);
        self.draw(&sampler, stream)
    }

    /// The broker has worked on a message: it takes it, or its publisher waits for room.
    pub fn on_published(&mut self, index: u32) {
        let Some(topic) = self.topic_of(index) else { return self.finish(index, Ok(())) };
        if self.channels[topic as usize].blocked.is_empty() && self.take_message(index, topic) {
            self.finish(index, Ok(()));
            return self.mind_topic(topic);
        }
        self.channels[topic as usize].blocked.push_back(index);
        let work = &mut self.works[index as usize];
        work.flags.clear(Flags::SERVED);
        work.state = State::Blocked;
        if let Place::Store(store) = work.at.place() {
            let next = self.stores[store as usize].station.free(self.now);
            self.serve_next(next);
        }
    }

    /// Lets publishers that wait give their messages to a topic, as far as it has room.
    pub fn admit_blocked(&mut self, topic: u32) {
        while let Some(&first) = self.channels[topic as usize].blocked.front() {
            let there = self.works.get(first as usize).is_some_and(|work| work.state == State::Blocked)
                && self.topic_of(first) == Some(topic);
            if there && !self.is_wanted(first) {
                self.end_unwanted(first);
            } else if there {
                if !self.take_message(first, topic) {
                    return;
                }
                self.finish(first, Ok(()));
            }
            self.channels[topic as usize].blocked.pop_front();
        }
    }

    /// A publisher has no answer from the broker, or a bad one.
    pub fn publish_failed(&mut self, index: u32, reason: Reason) {
        let Some(topic) = self.topic_of(index) else { return };
        let flags = self.works[index as usize].flags;
        let tally = &mut self.channels[topic as usize].topic.tally;
        tally.full += u64::from(reason == Reason::BrokerFull);
        tally.unsent += u64::from(flags.has(Flags::SOFT.and(Flags::BACKGROUND)));
    }

    /// The topic of a piece of work that brings a message to its broker.
    fn topic_of(&self, index: u32) -> Option<u32> {
        let work = self.works.get(index as usize).filter(|work| work.flags.has(Flags::PUBLISH))?;
        match self.ops.get(work.target as usize) {
            Some(Op::Publish(publish)) => Some(publish.topic),
            _ => None,
        }
    }

    fn take_message(&mut self, index: u32, topic: u32) -> bool {
        let letter = self.letter_of(index);
        let channel = &mut self.channels[topic as usize];
        let keys = &mut self.streams[channel.plan.keys as usize];
        channel.topic.publish(self.now, letter, keys)
    }

    fn letter_of(&self, index: u32) -> Letter {
        let work = &self.works[index as usize];
        let request = &self.requests[work.request as usize];
        Letter { number: request.number, kind: request.kind, depth: u16::from(work.depth) }
    }

    fn write_outbox(&mut self, index: u32, topic: u32) -> Step {
        let letter = self.letter_of(index);
        if !self.channels[topic as usize].outbox.write(letter) {
            return Step::Fails(Reason::LimitReached);
        }
        self.watch_outbox(topic);
        Step::On
    }

    fn watch_outbox(&mut self, topic: u32) {
        let channel = &mut self.channels[topic as usize];
        if let Some(at) = channel.outbox.watch(self.now, channel.plan.relay) {
            self.schedule(at, Control::Post { topic, post: Post::Relay });
        }
    }

    /// The relay gives the broker what waits in an outbox, as far as that takes it.
    pub(super) fn on_relay(&mut self, topic: u32) {
        let up = self.is_broker_up(topic);
        let channel = &mut self.channels[topic as usize];
        channel.outbox.looked();
        let keys = &mut self.streams[channel.plan.keys as usize];
        while up
            && let Some(letter) = channel.outbox.first()
            && channel.topic.publish(self.now, letter, keys)
        {
            channel.outbox.taken();
        }
        self.watch_outbox(topic);
        self.mind_topic(topic);
    }

    /// Whether the broker of a topic is there.
    pub(super) fn is_broker_up(&self, topic: u32) -> bool {
        self.is_store_up(self.channels[topic as usize].plan.broker)
    }

    /// A store that may be a broker or a coordinator is there again.
    pub fn middleware_back(&mut self, store: u32) {
        for topic in 0..self.channels.len() as u32 {
            if self.channels[topic as usize].plan.broker == store {
                self.mind_topic(topic);
            }
        }
        self.coordinator_store_back(store);
    }

    /// Whether a store is there.
    pub fn is_store_up(&self, store: u32) -> bool {
        let store = &self.stores[store as usize];
        store.present && store.up
    }

    /// A message about a request of some kind leaves. How long it travels; `None` if it is lost.
    pub(super) fn carry(&mut self, from: Place, to: Place, message: MessageKind, kind: u32) -> Option<Span> {
        let travel = self.way(from.into(), to.into());
        let arrives = travel.map_or(SimTime::NEVER, |travel| self.now + travel);
        self.tell(Fact::Sent { from, to, arrives, message, kind });
        let recorder: Option<&mut Recorder> = self.flights.as_mut();
        if let Some(recorder) = recorder {
            recorder.see(Flight { from, to, departed: self.now, travel, message, kind });
        }
        travel
    }
}
