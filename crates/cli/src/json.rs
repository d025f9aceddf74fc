//! The report of a run, for programs.
//!
//! The keys are stable: new ones may come, none goes or changes its meaning within a version of the
//! command. Durations say their unit in their key, `_s` for seconds and `_ms` for milliseconds; what
//! has not happened is `null`. In every tally, `issued = succeeded + failed + in_flight`, and `failed`
//! is the sum of `failed_by_reason`.

use archlab_engine::measure::report::{
    BreakerReport, BreakerState, Episode, GroupReport, InstanceReport, Latency, ServiceReport, StoreReport,
    Tally,
};
use archlab_engine::{Reason, Report};
use archlab_model::{Design, SimTime, Site, Span, Trouble};
use serde_json::{Map, Value, json};

/// The report of a run of `design`, pretty-printed.
pub fn write(design: &Design, report: &Report) -> String {
    let machines = report.machines.iter().map(|machine| {
        json!({
            "machine": machine.machine,
            "utilisation": machine.utilisation,
            "mean_queue": machine.mean_queue,
        })
    });
    let value = json!({
        "archlab": env!("CARGO_PKG_VERSION"),
        "title": design.title,
        "seed": design.scenario.seed,
        "elapsed_s": report.elapsed.as_secs_f64(),
        "events": report.events,
        "groups": report.groups.iter().map(|one| group(design, report, one)).collect::<Vec<_>>(),
        "machines": machines.collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn group(design: &Design, report: &Report, group: &GroupReport) -> Value {
    let elapsed = report.elapsed.as_secs_f64();
    json!({
        "group": group.group,
        "layout": design.groups.get(&group.group).map(|group| group.layout),
        "requests": tally(&group.total),
        "throughput_per_s": if elapsed > 0.0 { group.total.succeeded as f64 / elapsed } else { 0.0 },
        "latency": latency(&group.latency),
        "retries": group.retries,
        "wasted": group.wasted,
        "expired": group.care.expired,
        "hedged": group.care.hedged,
        "hedge_wins": group.care.hedge_wins,
        "cancelled": group.care.cancelled,
        "breakers": group.breakers.iter().map(breaker).collect::<Vec<_>>(),
        "kinds": group.kinds.iter().map(|(kind, of)| {
            json!({ "kind": kind, "requests": tally(of) })
        }).collect::<Vec<_>>(),
        "services": group.services.iter().map(service).collect::<Vec<_>>(),
        "stores": group.stores.iter().map(store).collect::<Vec<_>>(),
        "data": group.data.iter().map(crate::flow::data).collect::<Vec<_>>(),
        "sessions": crate::flow::sessions(&group.sessions),
        "edge": crate::flow::edge(&group.edge),
        "topics": group.topics.iter().map(crate::flow::topic).collect::<Vec<_>>(),
        "transactions": crate::flow::transactions(&group.transactions),
        "episodes": group.episodes.iter().map(episode).collect::<Vec<_>>(),
    })
}

fn tally(tally: &Tally) -> Value {
    json!({
        "issued": tally.issued,
        "succeeded": tally.succeeded,
        "degraded": tally.degraded,
        "failed": tally.failures(),
        "failed_by_reason": by_reason(&tally.failed),
        "in_flight": tally.in_flight,
        "availability": tally.availability(),
    })
}

fn breaker(breaker: &BreakerReport) -> Value {
    json!({
        "caller": breaker.caller,
        "callee": breaker.callee,
        "state": match breaker.state {
            BreakerState::Closed => "closed",
            BreakerState::Open => "open",
            BreakerState::HalfOpen => "half-open",
        },
        "opened": breaker.opened,
    })
}

fn latency(latency: &Latency) -> Value {
    json!({
        "mean_ms": latency.mean.as_millis_f64(),
        "p50_ms": latency.p50.as_millis_f64(),
        "p95_ms": latency.p95.as_millis_f64(),
        "p99_ms": latency.p99.as_millis_f64(),
        "max_ms": latency.max.as_millis_f64(),
    })
}

fn service(service: &ServiceReport) -> Value {
    json!({
        "service": service.service,
        "utilisation": service.utilisation,
        "mean_queue": service.mean_queue,
        "instances": service.instances.iter().map(instance).collect::<Vec<_>>(),
    })
}

fn instance(instance: &InstanceReport) -> Value {
    json!({
        "instance": instance.instance,
        "machine": instance.machine,
        "utilisation": instance.utilisation,
        "mean_queue": instance.mean_queue,
        "finished": instance.finished,
        "attempts_failed_by_reason": by_reason(&instance.failed),
    })
}

fn store(store: &StoreReport) -> Value {
    json!({
        "store": store.store,
        "utilisation": store.utilisation,
        "mean_queue": store.mean_queue,
        "finished": store.finished,
    })
}

fn episode(episode: &Episode) -> Value {
    let seconds = |at: SimTime| at.as_secs_f64();
    let trouble = episode.fault.trouble();
    let parts =
        |trouble: &Trouble| trouble.sites().iter().map(Site::to_string).collect::<Vec<_>>().join(", ");
    let (fault, part) =
        trouble.map_or(("repair", String::new()), |trouble| (trouble.kind(), parts(&trouble)));
    json!({
        "fault": fault,
        "part": part,
        "at_s": seconds(episode.at),
        "instances": episode.instances,
        "first_failure_s": episode.first_failure.map(seconds),
        "detected_s": episode.detected.map(seconds),
        "placed_again_s": episode.placed_again.map(seconds),
        "repaired_s": episode.repaired.map(seconds),
        "recovered_s": episode.recovered.map(seconds),
        "failed": episode.failed.iter().sum::<u64>(),
        "failed_by_reason": by_reason(&episode.failed),
        "retried": episode.retried,
        "p99_before_ms": episode.p99_before.map(Span::as_millis_f64),
        "p99_after_ms": episode.p99_after.map(Span::as_millis_f64),
    })
}

fn by_reason(counts: &[u64; Reason::COUNT]) -> Value {
    let named = Reason::ALL.into_iter().zip(counts).map(|(reason, count)| {
        let name = match reason {
            Reason::Refused => "refused",
            Reason::Unreachable => "unreachable",
            Reason::Reset => "reset",
            Reason::TimedOut => "timed_out",
            Reason::QueueFull => "queue_full",
            Reason::NoneHealthy => "none_healthy",
            Reason::NotDeployed => "not_deployed",
            Reason::LimitReached => "limit_reached",
            Reason::Error => "error",
            Reason::DeadlineExceeded => "deadline_exceeded",
            Reason::RateLimited => "rate_limited",
            Reason::CircuitOpen => "circuit_open",
            Reason::BulkheadFull => "bulkhead_full",
            Reason::Shed => "shed",
            Reason::Throttled => "throttled",
            Reason::PoolTimeout => "pool_timeout",
            Reason::NoPrimary => "no_primary",
            Reason::QuorumNotReached => "quorum_not_reached",
            Reason::LockTimeout => "lock_timeout",
            Reason::Aborted => "aborted",
            Reason::BrokerFull => "broker_full",
            Reason::SessionLost => "session_lost",
        };
        (name.to_owned(), (*count).into())
    });
    Value::Object(named.collect::<Map<_, _>>())
}
