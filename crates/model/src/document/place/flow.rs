//! The forms of topics and transactions.

use indexmap::IndexMap;

use super::Parts::None as Nothing;
use super::{DISTRIBUTION, Entries, Fields, Parts, Variants, check, form, plain};
use crate::distribution::Distribution;
use crate::id::FunctionId;
use crate::policy::{Acknowledge, Consensus, Coordinator, Protocol, Topic};
use crate::time::Span;

pub(super) static MESSAGING: Parts = Fields(&[
    ("publish", form::<Distribution>(&DISTRIBUTION)),
    ("max_block", plain::<Span>()),
    ("relay", plain::<Span>()),
    ("topic", form::<Topic>(&TOPIC)),
    ("topics", form::<IndexMap<FunctionId, Topic>>(&Entries(check::<FunctionId>, form::<Topic>(&TOPIC)))),
]);
static TOPIC: Parts = Fields(&[
    ("partitions", plain::<Option<u32>>()),
    ("room", plain::<u32>()),
    ("prefetch", plain::<u32>()),
    ("concurrency", plain::<u32>()),
    ("acknowledge", form::<Acknowledge>(&ACKNOWLEDGE)),
    ("visibility", plain::<Span>()),
    ("redelivery", plain::<Option<Span>>()),
    ("deliveries", plain::<u32>()),
    ("idempotent", plain::<bool>()),
    ("session_timeout", plain::<Span>()),
    ("heartbeat", plain::<Span>()),
]);
static ACKNOWLEDGE: Parts =
    Variants(&[("after-work", Nothing), ("before-work", Nothing), ("every", Nothing)]);

pub(super) static TRANSACTIONS: Parts = Fields(&[
    ("protocol", plain::<Protocol>()),
    ("coordinator", plain::<Coordinator>()),
    ("election", form::<Option<Consensus>>(&CONSENSUS)),
    ("conflict", plain::<f64>()),
    ("lock_timeout", plain::<Span>()),
    ("refusal", plain::<f64>()),
    ("retry", plain::<Span>()),
    ("timeout", plain::<Span>()),
    ("logged", plain::<bool>()),
    ("guarded", plain::<bool>()),
]);
static CONSENSUS: Parts = Fields(&[
    ("members", plain::<u32>()),
    ("heartbeat", plain::<Span>()),
    ("election_from", plain::<Span>()),
    ("election_to", plain::<Span>()),
]);
