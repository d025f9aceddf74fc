//! A topic in a run: with its broker, the publishers that wait for room, and the outbox before it.

use std::collections::VecDeque;

use archlab_model::SimTime;

use super::message::Ticket;
use super::outbox::Outbox;
use super::topic::{Answer, Delivery, Topic};
use crate::plan::flow::TopicPlan;

/// A topic in a run.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Whether the design still has it.
    pub present: bool,
    pub plan: TopicPlan,
    pub topic: Topic,
    pub outbox: Outbox,
    /// Publishers that wait for room, the first first. One that has given up stays until its turn.
    pub blocked: VecDeque<u32>,
    /// When the topic is looked at by the clock next; a look at another time is void.
    pub due: SimTime,
}

impl Channel {
    /// A topic as planned, without messages and consumers.
    pub fn new(plan: &TopicPlan) -> Channel {
        Channel {
            present: true,
            plan: plan.clone(),
            topic: Topic::new(&plan.rules),
            outbox: Outbox::default(),
            blocked: VecDeque::new(),
            due: SimTime::NEVER,
        }
    }
}

/// A message that an instance works on.
#[derive(Debug, Clone, Copy)]
pub struct Handed {
    pub topic: u32,
    pub ticket: Ticket,
}

/// Something about a topic that is to happen.
#[derive(Debug, Clone, Copy)]
pub enum Post {
    /// A message reaches a consumer.
    Delivered(Delivery),
    /// What a consumer says of a message reaches the broker.
    Heard(Answer, Ticket),
    /// Something is due by the clock.
    Due,
    /// The relay looks into the outbox.
    Relay,
}
