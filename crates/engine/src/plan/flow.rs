//! Topics, compiled: calls through a queue and where their messages go.

use archlab_model::business::Call;
use archlab_model::{Queue, Span, StoreKind};

use super::compile::{Scope, chance};
use super::names::Form;
use super::program::{NOWHERE, Op, PublishOp};
use crate::random::Sampler;

/// How long a broker works on a message at least: so that a run goes on.
pub const MIN_PUBLISH: Span = Span::from_micros(1);

/// A topic.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicPlan {
    pub group: u32,
    /// The broker, a store.
    pub broker: u32,
    /// What consumers do with a message; they are the instances of its pool.
    pub function: u32,
    pub pool: u32,
    pub rules: archlab_model::Topic,
    /// How long the broker works on taking a message, and the random stream of it.
    pub publish: Sampler,
    pub publish_stream: u32,
    /// How often the relay of its outbox looks.
    pub relay: Span,
    /// The random stream of partitions.
    pub keys: u32,
    /// The random stream of when, in a period, a consumer gives signs of life.
    pub phases: u32,
}

impl TopicPlan {
    /// A topic of which there is only the name.
    pub fn absent() -> TopicPlan {
        TopicPlan {
            group: 0,
            broker: 0,
            function: NOWHERE,
            pool: 0,
            rules: archlab_model::Topic::default(),
            publish: Sampler::Constant(MIN_PUBLISH),
            publish_stream: 0,
            relay: Span::from_secs(1),
            keys: 0,
            phases: 0,
        }
    }
}

impl Scope<'_> {
    /// A call through a queue.
    pub(super) fn publish(&mut self, call: &Call, queue: Queue, choices: u32) -> Op {
        let messaging = &self.design.groups[&self.deployment.group].policies.messaging;
        let patience = self.names.wait(call.deadline.unwrap_or(messaging.max_block));
        Op::Publish(PublishOp {
            topic: self.topic(call).unwrap_or(NOWHERE),
            count: call.count,
            chance: chance(call.probability),
            choices,
            soft: call.soft,
            asynchronous: call.asynchronous,
            outbox: queue == Queue::Outbox,
            patience,
        })
    }

    /// The topic of the function called; `None` if nobody consumes it.
    fn topic(&mut self, call: &Call) -> Option<u32> {
        let messaging = &self.design.groups[&self.deployment.group].policies.messaging;
        self.design.business.functions.get(&call.to)?;
        let (_, pool) = self.place_of(&call.to)?;
        let broker = self.deployment.stores.iter().find(|store| store.kind == StoreKind::Broker)?;
        let broker = self.names.stores.find(&(self.group, broker.id.clone()))?;
        let (topic, new) = self.names.topics.index((self.group, call.to.clone()));
        if new {
            self.names.roster.topics.push((self.deployment.group.clone(), call.to.clone()));
        }
        let scope = Some(self.group);
        let part = format!("topic/{}", call.to);
        let mut publish = Sampler::from(&messaging.publish);
        if publish.is_nothing() {
            publish = Sampler::Constant(MIN_PUBLISH);
        }
        let plan = TopicPlan {
            group: self.group,
            broker,
            function: self.names.functions.index((pool, call.to.clone(), Form::Plain)).0,
            pool,
            rules: messaging.of(&call.to).clone(),
            publish,
            publish_stream: self.names.stream(scope, "publish", &part),
            relay: messaging.relay,
            keys: self.names.stream(scope, "keys", &part),
            phases: self.names.stream(scope, "signs of life", &part),
        };
        self.topics.push((topic, plan));
        Some(topic)
    }
}
