//! Messaging: how a group's broker takes messages, keeps them and hands them to consumers.
//!
//! Each function that is called through a queue has a topic of its own. Its consumers are the instances of the
//! service that holds it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::distribution::Distribution;
use crate::id::FunctionId;
use crate::time::Span;

/// Through what a call reaches its function, if not directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Queue {
    /// The caller gives a message to the broker and goes on once the broker has it. An asynchronous call does
    /// not even wait for that: if the broker is down, the message is lost and nobody notices.
    Broker,
    /// The caller writes the message beside its data, in the same write; a relay gives it to the broker later,
    /// at least once.
    Outbox,
}

/// When a consumer tells the broker that it is done with a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Acknowledge {
    /// After the work: at least once. What a consumer had in hand when it died is delivered again.
    #[default]
    AfterWork,
    /// Before the work: at most once. What a consumer had in hand when it died is lost.
    BeforeWork,
    /// For everything worked on, at this interval (Kafka's `enable.auto.commit`, 5 s): at least once, and what was
    /// worked on since the last time is delivered again when the consumer dies.
    Every(Span),
}

/// How a topic keeps messages and hands them out.
///
/// Sources of the defaults: Amazon SQS (visibility timeout 30 s, at most 10 messages at a receive), RabbitMQ quorum
/// queues (20 deliveries since 4.0, a refused message goes back at once), Kafka's `ConsumerConfig` (session timeout
/// 45 s, heartbeat 3 s). The room of a topic is a figure of ours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Topic {
    /// Partitions, each read in order by one consumer at a time, as Kafka's. Absent: one queue that all consumers
    /// take from, as RabbitMQ's and SQS's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partitions: Option<u32>,
    /// Messages it holds, those being worked on included. Beyond that a publisher waits.
    pub room: u32,
    /// Messages a consumer may have in hand, unacknowledged.
    pub prefetch: u32,
    /// Messages a consumer works on at once. In a topic with partitions never two of the same partition.
    pub concurrency: u32,
    /// When a consumer says that it is done.
    pub acknowledge: Acknowledge,
    /// How long a consumer may have a message until it is delivered again, to whoever comes first.
    pub visibility: Span,
    /// From a failed attempt until the message is delivered again. Absent: nothing is said to the broker, and the
    /// message comes back when its visibility timeout ends, as in SQS.
    pub redelivery: Option<Span>,
    /// Deliveries in all; a message that has failed as often becomes a dead letter.
    pub deliveries: u32,
    /// Whether consumers recognise a message that was worked on before, and let it be.
    pub idempotent: bool,
    /// How long the broker waits for a sign of life from a consumer. A consumer of a queue whose process dies is
    /// missed at once, because its connection breaks; one of a partition never before this.
    pub session_timeout: Span,
    /// How often a consumer gives a sign of life.
    pub heartbeat: Span,
}

impl Default for Topic {
    fn default() -> Self {
        Topic {
            partitions: None,
            room: 100_000,
            prefetch: 10,
            concurrency: 1,
            acknowledge: Acknowledge::default(),
            visibility: Span::from_secs(30),
            redelivery: Some(Span::ZERO),
            deliveries: 20,
            idempotent: false,
            session_timeout: Span::from_secs(45),
            heartbeat: Span::from_secs(3),
        }
    }
}

/// How a group's broker works.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Messaging {
    /// How long the broker works on taking a message (a figure of ours).
    pub publish: Distribution,
    /// How long a publisher waits for room in a full topic, unless its call has a deadline. Default: Kafka's
    /// `max.block.ms`, 60 s.
    pub max_block: Span,
    /// How often the relay of an outbox looks for messages. Default: Debezium's `poll.interval.ms`, 500 ms.
    pub relay: Span,
    /// Every topic, unless it is one of `topics`.
    pub topic: Topic,
    /// Topics that differ, by the function that is called through them.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub topics: IndexMap<FunctionId, Topic>,
}

impl Messaging {
    /// The settings of the topic by which `function` is called.
    pub fn of(&self, function: &FunctionId) -> &Topic {
        self.topics.get(function).unwrap_or(&self.topic)
    }
}

impl Default for Messaging {
    fn default() -> Self {
        Messaging {
            publish: Distribution::Constant(Span::from_micros(100)),
            max_block: Span::from_secs(60),
            relay: Span::from_millis(500),
            topic: Topic::default(),
            topics: IndexMap::new(),
        }
    }
}
