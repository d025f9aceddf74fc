//! The forms of what is done against failure and overload.

use indexmap::IndexMap;

use super::Parts::None as Nothing;
use super::{Entries, Fields, Parts, Variants, check, form, plain};
use crate::id::ServiceId;
use crate::policy::{
    Backoff, Breaker, BreakerWindow, Bulkhead, CallerPolicies, CancelWork, Codel, CodelLaw, ConcurrencyLimit,
    Hedging, Jitter, QueueOrder, RateLimit, RetryBudget, Shedding, SlowCalls, Throttle,
};
use crate::time::Span;

pub(super) static RESILIENCE: Parts = Fields(&[
    ("deadlines", plain::<bool>()),
    ("retry_errors", plain::<bool>()),
    ("retry_same", plain::<bool>()),
    ("backoff", form::<Option<Backoff>>(&BACKOFF)),
    ("entry_limit", form::<Option<RateLimit>>(&RATE_LIMIT)),
    ("calls", form::<CallerPolicies>(&CALLS)),
    ("services", form::<IndexMap<ServiceId, CallerPolicies>>(&SERVICES)),
    ("shedding", form::<Shedding>(&SHEDDING)),
]);
static BACKOFF: Parts = Fields(&[
    ("base", plain::<Span>()),
    ("factor", plain::<f64>()),
    ("cap", plain::<Span>()),
    ("jitter", form::<Jitter>(&JITTER)),
]);
static JITTER: Parts = Variants(&[
    ("none", Nothing),
    ("full", Nothing),
    ("equal", Nothing),
    ("decorrelated", Nothing),
    ("around", Nothing),
    ("envoy", Nothing),
]);
static RATE_LIMIT: Parts = Variants(&[
    ("token-bucket", Fields(&[("rate", plain::<f64>()), ("burst", plain::<u32>())])),
    (
        "leaky-bucket",
        Fields(&[("rate", plain::<f64>()), ("burst", plain::<u32>()), ("undelayed", plain::<u32>())]),
    ),
]);
static SERVICES: Parts = Entries(check::<ServiceId>, form::<CallerPolicies>(&CALLS));
static CALLS: Parts = Fields(&[
    ("breaker", form::<Option<Breaker>>(&BREAKER)),
    ("bulkhead", form::<Option<Bulkhead>>(&BULKHEAD)),
    ("hedging", form::<Option<Hedging>>(&HEDGING)),
    ("retry_budget", form::<Option<RetryBudget>>(&RETRY_BUDGET)),
    ("throttle", form::<Option<Throttle>>(&THROTTLE)),
    ("limit", form::<Option<RateLimit>>(&RATE_LIMIT)),
]);
static BREAKER: Parts = Fields(&[
    ("window", form::<BreakerWindow>(&Variants(&[("calls", Nothing), ("time", Nothing)]))),
    ("minimum", plain::<u32>()),
    ("failures", plain::<f64>()),
    ("slow", form::<Option<SlowCalls>>(&SLOW_CALLS)),
    ("open", plain::<Span>()),
    ("trials", plain::<u32>()),
]);
static SLOW_CALLS: Parts = Fields(&[("after", plain::<Span>()), ("part", plain::<f64>())]);
static BULKHEAD: Parts =
    Fields(&[("most", plain::<u32>()), ("wait", plain::<Span>()), ("queue", plain::<u32>())]);
static HEDGING: Parts =
    Fields(&[("after", plain::<Span>()), ("copies", plain::<u32>()), ("cancel", plain::<CancelWork>())]);
static RETRY_BUDGET: Parts = Variants(&[
    ("ratio", Fields(&[("ratio", plain::<f64>()), ("minimum", plain::<f64>())])),
    ("active", Fields(&[("ratio", plain::<f64>()), ("minimum", plain::<u32>())])),
    ("tokens", Fields(&[("most", plain::<u32>()), ("ratio", plain::<f64>())])),
]);
static THROTTLE: Parts = Fields(&[("k", plain::<f64>()), ("window", plain::<Span>())]);
static SHEDDING: Parts = Fields(&[
    ("order", plain::<QueueOrder>()),
    ("queue_timeout", plain::<Option<Span>>()),
    ("codel", form::<Option<Codel>>(&CODEL)),
    ("limit", form::<Option<ConcurrencyLimit>>(&CONCURRENCY_LIMIT)),
]);
static CODEL: Parts =
    Fields(&[("target", plain::<Span>()), ("interval", plain::<Span>()), ("law", plain::<CodelLaw>())]);
static CONCURRENCY_LIMIT: Parts = Variants(&[
    ("vegas", Fields(&[("most", plain::<u32>())])),
    ("gradient", Fields(&[("least", plain::<u32>()), ("most", plain::<u32>())])),
    ("fixed", Nothing),
]);
