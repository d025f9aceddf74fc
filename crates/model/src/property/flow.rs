//! Messages and transactions.

use crate::document::{PARTITIONS, PREFETCHES, TOPIC_ROOMS};
use crate::group::Policies;
use crate::policy::{Acknowledge, Consensus, Coordinator, Messaging, Protocol, Topic, Transactions};
use crate::property::form::Form;
use crate::property::group::{DAY, FEW, HOUR, Surroundings};
use crate::property::kind::Source::{Ours, Product};
use crate::property::storage::consensus;
use crate::time::Span;

pub(super) fn messages(form: &mut Form, policies: &mut Policies, around: &Surroundings) {
    form.topic("property.messages", |form| {
        let messaging = &mut policies.messaging;
        form.section("property.broker", |form| broker(form, messaging));
        form.section("property.topic", |form| topic(form, &mut messaging.topic));
        form.each("property.topics", &mut messaging.topics, &around.functions, Topic::default, topic);
        form.section("property.transactions", |form| protocol(form, &mut policies.transactions));
    });
}

fn broker(form: &mut Form, messaging: &mut Messaging) {
    form.length("property.max_block", &mut messaging.max_block, DAY, Product("Kafka max.block.ms"));
    form.length("property.relay", &mut messaging.relay, HOUR, Product("Debezium poll.interval.ms"));
    form.distribution("property.publish", &mut messaging.publish);
}

fn topic(form: &mut Form, topic: &mut Topic) {
    form.optional(
        "property.partitioned",
        &mut topic.partitions,
        || 6,
        |form, partitions| {
            form.count("property.partitions", partitions, PARTITIONS, Ours);
        },
    );
    form.count("property.room", &mut topic.room, TOPIC_ROOMS, Ours);
    form.count("property.prefetch", &mut topic.prefetch, PREFETCHES, Product("SQS"));
    form.count("property.concurrency_each", &mut topic.concurrency, PREFETCHES, Ours);
    let shapes = [
        (Acknowledge::AfterWork, "choice.ack_after"),
        (Acknowledge::BeforeWork, "choice.ack_before"),
        (Acknowledge::Every(Span::from_secs(5)), "choice.ack_every"),
    ];
    form.shape("property.acknowledge", &mut topic.acknowledge, &shapes, Product("RabbitMQ"), |form, it| {
        if let Acknowledge::Every(every) = it {
            form.length("property.ack_every", every, HOUR, Product("Kafka auto.commit.interval.ms"));
        }
    });
    form.length("property.visibility", &mut topic.visibility, DAY, Product("SQS VisibilityTimeout"));
    form.optional(
        "property.redelivered",
        &mut topic.redelivery,
        || Span::ZERO,
        |form, after| {
            form.length("property.redelivery", after, DAY, Product("RabbitMQ"));
        },
    );
    form.count("property.deliveries", &mut topic.deliveries, FEW, Product("RabbitMQ delivery-limit"));
    form.switch("property.idempotent", &mut topic.idempotent, Ours);
    form.length(
        "property.session_timeout",
        &mut topic.session_timeout,
        DAY,
        Product("Kafka session.timeout.ms"),
    );
    let source = Product("Kafka heartbeat.interval.ms");
    form.length("property.consumer_heartbeat", &mut topic.heartbeat, DAY, source);
}

/// What concerns a coordinator of transactions only.
pub(super) fn transactions_alone(form: &mut Form, policies: &mut Policies) {
    form.topic("property.messages", |form| {
        form.section("property.transactions", |form| protocol(form, &mut policies.transactions));
    });
}

fn protocol(form: &mut Form, transactions: &mut Transactions) {
    let options = [
        (Protocol::None, "choice.protocol_none"),
        (Protocol::TwoPhase, "choice.two_phase"),
        (Protocol::AutomaticUndo, "choice.automatic_undo"),
        (Protocol::TryConfirmCancel, "choice.try_confirm_cancel"),
        (Protocol::Saga, "choice.saga"),
    ];
    form.choice("property.protocol", &mut transactions.protocol, &options, Ours);
    let options = [
        (Coordinator::Service, "choice.coordinator_service"),
        (Coordinator::Server, "choice.coordinator_server"),
    ];
    form.choice("property.coordinator", &mut transactions.coordinator, &options, Ours);
    if transactions.coordinator == Coordinator::Server {
        form.optional("property.election", &mut transactions.election, Consensus::default, consensus);
    }
    form.share("property.conflict", &mut transactions.conflict, Ours);
    let source = Product("MySQL innodb_lock_wait_timeout");
    form.length("property.lock_wait", &mut transactions.lock_timeout, DAY, source);
    form.share("property.refusal", &mut transactions.refusal, Ours);
    let source = Product("Seata server.recovery.committingRetryPeriod");
    form.length("property.transaction_retry", &mut transactions.retry, HOUR, source);
    form.length("property.transaction_timeout", &mut transactions.timeout, DAY, Product("Seata"));
    form.switch("property.logged", &mut transactions.logged, Ours);
    form.switch("property.guarded", &mut transactions.guarded, Ours);
}
