//! Further sentences about settings: guards of calls, instances, stores, messages.

use std::fmt::Display;

use archlab_model::policy::{BreakerWindow, RateLimit, RetryBudget};
use archlab_model::{Consensus, Policies, Replication, ReplicationMode, ScalingTarget, SessionScheme, Span};

use crate::ui::i18n::Words;
use crate::ui::panels::field::said::{length, number};

/// How long a call takes in examples.
const EXAMPLE: Span = Span::from_millis(50);

pub(super) fn of(words: Words, path: &str, policies: &Policies, machines: u32) -> Vec<String> {
    let said = match path.split_once('/') {
        Some(("calls" | "entry", _)) => of_calls(words, path, policies),
        Some(("instances", _)) => of_instances(words, path, policies),
        _ => of_data(words, path, policies, machines),
    };
    said.into_iter().collect()
}

fn of_calls(words: Words, path: &str, policies: &Policies) -> Option<String> {
    let say = |span: Span| length(words, span);
    let calls = &policies.resilience.calls;
    Some(match path {
        "calls/retry/backoff" => {
            let backoff = policies.resilience.backoff.as_ref()?;
            let pauses = (0..3).map(|n| {
                let grown = backoff.base.as_secs_f64() * backoff.factor.powi(n);
                say(Span::from_secs_f64(grown).min(backoff.cap))
            });
            let pauses = pauses.collect::<Vec<_>>().join(", ");
            words.fill("teach.backoff", &[("pauses", &pauses), ("cap", &say(backoff.cap))])
        }
        "calls/guards/breaker" => {
            let breaker = calls.breaker.as_ref()?;
            // A window of the last calls judges no sooner than it holds so many.
            let calls = match breaker.window {
                BreakerWindow::Calls(window) => breaker.minimum.min(window),
                BreakerWindow::Time(_) => breaker.minimum,
            };
            let after = Span::from_secs_f64(f64::from(calls) / 10.0);
            let leak =
                f64::from(breaker.trials) / (breaker.open.as_secs_f64() + f64::from(breaker.trials) / 10.0);
            let values: [(&str, &dyn Display); 4] = [
                ("after", &say(after)),
                ("trials", &breaker.trials),
                ("open", &say(breaker.open)),
                ("leak", &number((leak * 1_000.0).round() / 1_000.0)),
            ];
            words.fill("teach.breaker", &values)
        }
        "calls/guards/bulkhead" => {
            let bulkhead = calls.bulkhead.as_ref()?;
            let rate = number((f64::from(bulkhead.most) / EXAMPLE.as_secs_f64()).round());
            let values: [(&str, &dyn Display); 3] =
                [("most", &bulkhead.most), ("rate", &rate), ("time", &say(EXAMPLE))];
            words.fill("teach.bulkhead", &values)
        }
        "calls/guards/hedging" => {
            let hedging = calls.hedging.as_ref()?;
            let values: [(&str, &dyn Display); 2] =
                [("after", &say(hedging.after)), ("copies", &hedging.copies)];
            words.fill("teach.hedging", &values)
        }
        "calls/guards/retry_budget" => match calls.retry_budget.as_ref()? {
            RetryBudget::Ratio { ratio, minimum } => {
                let retries = number(((100.0 * ratio + minimum) * 10.0).round() / 10.0);
                words.fill("teach.budget_ratio", &[("retries", &retries)])
            }
            RetryBudget::Active { ratio, minimum } => {
                let retries = number((50.0 * ratio).floor().max(f64::from(*minimum)));
                words.fill("teach.budget_active", &[("retries", &retries)])
            }
            RetryBudget::Tokens { most, ratio } => {
                let failures = most.div_ceil(2);
                let successes = if *ratio > 0.0 { number((1.0 / ratio).ceil()) } else { "∞".to_owned() };
                words.fill("teach.budget_tokens", &[("failures", &failures), ("successes", &successes)])
            }
        },
        "calls/guards/throttle" => {
            let throttle = calls.throttle.as_ref()?;
            words.fill("teach.throttle", &[("k", &number(throttle.k)), ("window", &say(throttle.window))])
        }
        "calls/guards/limit" => limit(words, calls.limit.as_ref()?),
        "entry/entry_limit" => limit(words, policies.resilience.entry_limit.as_ref()?),
        _ => return None,
    })
}

fn limit(words: Words, limit: &RateLimit) -> String {
    let (rate, at_once) = match limit {
        RateLimit::TokenBucket { rate, burst } => (*rate, *burst),
        RateLimit::LeakyBucket { rate, undelayed, .. } => (*rate, undelayed + 1),
    };
    words.fill("teach.limit", &[("at_once", &at_once), ("rate", &number(rate))])
}

fn of_instances(words: Words, path: &str, policies: &Policies) -> Option<String> {
    let say = |span: Span| length(words, span);
    Some(match path {
        "instances/capacity" => {
            let capacity = policies.capacity;
            let rate = number((f64::from(capacity.workers) / EXAMPLE.as_secs_f64()).round());
            let most = capacity.workers.saturating_add(capacity.queue);
            let values: [(&str, &dyn Display); 4] =
                [("workers", &capacity.workers), ("time", &say(EXAMPLE)), ("rate", &rate), ("most", &most)];
            let key = if policies.nonblocking { "teach.nonblocking" } else { "teach.capacity" };
            words.fill(key, &values)
        }
        "instances/shedding/codel" => {
            let codel = policies.resilience.shedding.codel.as_ref()?;
            words.fill("teach.codel", &[("interval", &say(codel.interval)), ("target", &say(codel.target))])
        }
        "instances/process" => words.fill("teach.startup", &[("startup", &say(policies.startup))]),
        "instances/process/warm_up" => {
            let warm_up = policies.process.warm_up.as_ref()?;
            words.fill("teach.warm_up", &[("factor", &number(warm_up.factor)), ("over", &say(warm_up.over))])
        }
        "instances/process/restart" => {
            let restart = policies.process.restart.as_ref()?;
            let pauses = (0..3).map(|n| say((restart.pause * (1 << n)).min(restart.most)));
            let pauses = pauses.collect::<Vec<_>>().join(", ");
            words.fill("teach.restart", &[("pauses", &pauses), ("most", &say(restart.most))])
        }
        "instances/shutdown" => {
            let shutdown = &policies.shutdown;
            let whole = shutdown.linger + shutdown.grace;
            words.fill("teach.shutdown", &[("linger", &say(shutdown.linger)), ("whole", &say(whole))])
        }
        "instances/placement" => {
            let placement = &policies.placement;
            let soonest =
                (placement.detection - placement.heartbeat) + placement.toleration + policies.startup;
            let latest = placement.detection + placement.look + placement.toleration + policies.startup;
            if soonest == latest {
                words.fill("teach.placement_at", &[("at", &say(latest))])
            } else {
                words.fill("teach.placement", &[("soonest", &say(soonest)), ("latest", &say(latest))])
            }
        }
        "instances/autoscaling" => {
            let scaling = policies.autoscaling.as_ref()?;
            let key = match scaling.target {
                ScalingTarget::Processor { .. } => "teach.scaling_processor",
                ScalingTarget::InFlight { .. } => "teach.scaling_in_flight",
            };
            let target = match scaling.target {
                ScalingTarget::Processor { utilisation, .. } => utilisation * 100.0,
                ScalingTarget::InFlight { requests } => requests,
            };
            let values: [(&str, &dyn Display); 4] = [
                ("low", &number((target * (1.0 - scaling.tolerance)).round())),
                ("high", &number((target * (1.0 + scaling.tolerance)).round())),
                ("interval", &say(scaling.interval)),
                ("shrink", &say(scaling.shrink_stabilisation)),
            ];
            words.fill(key, &values)
        }
        _ => return None,
    })
}

fn of_data(words: Words, path: &str, policies: &Policies, machines: u32) -> Option<String> {
    let say = |span: Span| length(words, span);
    let storage = &policies.storage;
    Some(match path {
        "stores/sessions" => {
            let sessions = policies.sessions.as_ref()?;
            let lost = number((100.0 / f64::from(machines.max(1))).round());
            match sessions.scheme {
                SessionScheme::SharedStore => words.t("teach.session_store"),
                SessionScheme::Local => words.fill("teach.session_local", &[("share", &lost)]),
                SessionScheme::Sticky => words.fill("teach.session_sticky", &[("share", &lost)]),
                SessionScheme::Replicated => {
                    words.fill("teach.session_replicated", &[("others", &machines.saturating_sub(1))])
                }
                SessionScheme::Backup => words.t("teach.session_backup"),
                SessionScheme::Token => {
                    words.fill("teach.session_token", &[("time", &say(sessions.verification))])
                }
            }
        }
        "stores/replication" => replication(words, &storage.replication),
        "stores/keys" => {
            let members = storage.copies().saturating_mul(storage.shards);
            words.fill("teach.members", &[("members", &members)])
        }
        "stores/pool" => {
            let pool = storage.pool.as_ref()?;
            let all = pool.size.saturating_mul(machines.max(1));
            let values: [(&str, &dyn Display); 4] = [
                ("count", &machines.max(1)),
                ("all", &number(f64::from(all))),
                ("connections", &number(f64::from(policies.store_connections))),
                ("wait", &say(pool.wait)),
            ];
            words.fill("teach.pool", &values)
        }
        "stores/cache" => {
            let cache = storage.cache.as_ref()?;
            words.fill("teach.cache", &[("ttl", &say(cache.ttl))])
        }
        "messages/topic" => {
            let topic = &policies.messaging.topic;
            match topic.partitions {
                Some(partitions) => {
                    let soonest = topic.session_timeout - topic.heartbeat;
                    let values: [(&str, &dyn Display); 3] = [
                        ("partitions", &partitions),
                        ("soonest", &say(soonest)),
                        ("latest", &say(topic.session_timeout)),
                    ];
                    words.fill("teach.partitions", &values)
                }
                None => words.fill(
                    "teach.queue",
                    &[("visibility", &say(topic.visibility)), ("deliveries", &topic.deliveries)],
                ),
            }
        }
        "messages/transactions" => {
            let transactions = &policies.transactions;
            words.fill(
                "teach.transactions",
                &[("wait", &say(transactions.lock_timeout)), ("timeout", &say(transactions.timeout))],
            )
        }
        "messages/transactions/election" => {
            consensus(words, "teach.election", &policies.transactions.election.unwrap_or_default())
        }
        _ => return None,
    })
}

fn consensus(words: Words, key: &str, consensus: &Consensus) -> String {
    let values: [(&str, &dyn Display); 5] = [
        ("majority", &(consensus.members / 2 + 1)),
        ("members", &consensus.members),
        ("losses", &(consensus.members.saturating_sub(1) / 2)),
        ("from", &length(words, consensus.election_from)),
        ("to", &length(words, consensus.election_to)),
    ];
    words.fill(key, &values)
}

fn replication(words: Words, replication: &Replication) -> String {
    let say = |span: Span| length(words, span);
    match replication {
        Replication::Single => words.t("teach.single"),
        Replication::Primary(primary) => {
            let losses = words.t(match primary.mode {
                ReplicationMode::Asynchronous => "teach.loses_some",
                ReplicationMode::SemiSynchronous => "teach.loses_few",
                ReplicationMode::Synchronous => "teach.loses_none",
            });
            let failover = match primary.failover.detector() {
                None => words.t("teach.no_failover"),
                Some(detector) => {
                    let soonest = detector.timeout - detector.heartbeat;
                    let latest = detector.timeout + detector.discovery;
                    words.fill("teach.failover", &[("soonest", &say(soonest)), ("latest", &say(latest))])
                }
            };
            format!("{failover} {losses}")
        }
        Replication::Quorum(quorum) => {
            let key = if quorum.read.saturating_add(quorum.write) > quorum.members {
                "teach.quorum_fresh"
            } else {
                "teach.quorum_stale"
            };
            let values: [(&str, &dyn Display); 5] = [
                ("read", &quorum.read),
                ("write", &quorum.write),
                ("members", &quorum.members),
                ("read_losses", &quorum.members.saturating_sub(quorum.read)),
                ("write_losses", &quorum.members.saturating_sub(quorum.write)),
            ];
            words.fill(key, &values)
        }
        Replication::Consensus(it) => consensus(words, "teach.consensus", it),
    }
}

/// Policies with everything switched on that is optional.
#[cfg(test)]
pub(super) fn everything_on() -> Policies {
    use archlab_model::policy::*;
    let mut policies = Policies::default();
    policies.balancer.slow_start = Some(SlowStart::default());
    policies.balancer.nobody_healthy = NobodyHealthy::Panic(50);
    policies.health.passive = Some(PassiveChecks::default());
    policies.health.outliers = Some(OutlierEjection::default());
    policies.discovery = Some(Discovery::default());
    policies.resilience.backoff = Some(Backoff::default());
    policies.resilience.entry_limit = Some(RateLimit::TokenBucket { rate: 10.0, burst: 5 });
    policies.resilience.calls = CallerPolicies {
        breaker: Some(Breaker::default()),
        bulkhead: Some(Bulkhead::default()),
        hedging: Some(Hedging::default()),
        retry_budget: Some(RetryBudget::Tokens { most: 10, ratio: 0.1 }),
        throttle: Some(Throttle::default()),
        limit: Some(RateLimit::LeakyBucket { rate: 10.0, burst: 5, undelayed: 5 }),
    };
    policies.resilience.shedding.codel = Some(Codel::default());
    policies.process.warm_up = Some(WarmUp::default());
    policies.process.restart = Some(Restarts::default());
    policies.autoscaling = Some(Autoscaling::default());
    policies.sessions = Some(Sessions::default());
    policies.storage.replication = Replication::Primary(Primary::default());
    policies.storage.pool = Some(ConnectionPool::default());
    policies.storage.cache = Some(Cache::default());
    policies
}
