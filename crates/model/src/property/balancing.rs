//! What stands in front: balancing, health, the registry, the cache and the limit at the entry.

use std::ops::RangeInclusive;

use crate::document::{KEYS, MIN_CHECK_INTERVAL, PERCENT, RING_POINTS};
use crate::group::Policies;
use crate::policy::{
    Balancer, Balancing, Discovery, EdgeCache, EdgeKind, HealthCheck, NobodyHealthy, OutlierEjection,
    PassiveChecks, RateLimit, Rhythm, SlowStart, Stickiness, SuccessRate,
};
use crate::property::form::Form;
use crate::property::group::{DAY, FEW, HOUR, Surroundings};
use crate::property::kind::Source::{Ours, Product};
use crate::property::kind::Unit;
use crate::time::Span;

/// Percentages of what is more than the whole.
const BEYOND: RangeInclusive<u32> = 100..=100_000;
/// What is done again and again.
const ROUNDS: RangeInclusive<Span> = MIN_CHECK_INTERVAL..=Span::from_secs(86_400);

const BALANCING: [(Balancing, &str); 9] = [
    (Balancing::RoundRobin, "balancing.round_robin"),
    (Balancing::LeastConnections, "balancing.least_connections"),
    (Balancing::LeastLoaded, "balancing.least_loaded"),
    (Balancing::LeastResponseTime, "balancing.least_response_time"),
    (Balancing::Random, "balancing.random"),
    (Balancing::RandomChoices, "balancing.random_choices"),
    (Balancing::SourceHash, "balancing.source_hash"),
    (Balancing::ConsistentHash, "balancing.consistent_hash"),
    (Balancing::BoundedLoad, "balancing.bounded_load"),
];

pub(super) fn entry(form: &mut Form, policies: &mut Policies, around: &Surroundings) {
    form.topic("property.entry", |form| {
        form.section("property.balancing", |form| {
            balancing(form, &mut policies.balancing, &mut policies.balancer);
        });
        form.section("property.health", |form| health(form, &mut policies.health));
        form.optional("property.discovery", &mut policies.discovery, Discovery::default, discovery);
        form.optional("property.edge", &mut policies.edge, EdgeCache::default, |form, cache| {
            edge(form, cache, around);
        });
        form.optional("property.entry_limit", &mut policies.resilience.entry_limit, token_bucket, rate_limit);
    });
}

/// What a group within a group decides for itself: how the copies that run in it alone share the work.
pub(super) fn within(form: &mut Form, policies: &mut Policies) {
    form.topic("property.balancing", |form| {
        balancing(form, &mut policies.balancing, &mut policies.balancer);
        observed(form, &mut policies.health);
    });
}

fn balancing(form: &mut Form, policy: &mut Balancing, balancer: &mut Balancer) {
    form.choice("property.policy", policy, &BALANCING, Product("nginx, Envoy"));
    match policy {
        Balancing::RandomChoices => {
            let source = Product("nginx random two, Envoy choice_count");
            form.count("property.choices", &mut balancer.choices, 1..=100, source);
        }
        Balancing::ConsistentHash | Balancing::BoundedLoad => {
            form.count("property.points", &mut balancer.points, RING_POINTS, Product("nginx"));
        }
        Balancing::LeastResponseTime => {
            form.length("property.decay", &mut balancer.decay, HOUR, Product("Finagle"));
        }
        _ => {}
    }
    if *policy == Balancing::BoundedLoad {
        let source = Product("HAProxy hash-balance-factor");
        form.percent("property.bound", &mut balancer.bound, BEYOND, source);
    }
    let options = [
        (NobodyHealthy::Refuse, "choice.refuse"),
        (NobodyHealthy::FailOpen, "choice.fail_open"),
        (NobodyHealthy::Panic(50), "choice.panic"),
    ];
    let source = Product("nginx, HAProxy");
    form.shape("property.nobody_healthy", &mut balancer.nobody_healthy, &options, source, |form, it| {
        if let NobodyHealthy::Panic(percent) = it {
            form.percent("property.panic", percent, PERCENT, Product("Envoy healthy_panic_threshold"));
        }
    });
    let source = Product("Envoy overprovisioning_factor");
    form.percent("property.overprovisioning", &mut balancer.overprovisioning, BEYOND, source);
    form.optional("property.sticky", &mut balancer.sticky, Stickiness::default, |form, sticky| {
        form.length("property.sticky_for", &mut sticky.duration, SEVEN_DAYS, Product("AWS ALB"));
    });
    form.optional("property.slow_start", &mut balancer.slow_start, SlowStart::default, |form, start| {
        form.length("property.window", &mut start.window, HOUR, Product("AWS ALB"));
        let source = Product("HAProxy, AWS ALB");
        form.number("property.aggression", &mut start.aggression, 0.01..=100.0, Unit::Plain, source);
        form.percent("property.least_share", &mut start.least, PERCENT, Product("Envoy"));
    });
}

/// AWS' cookie lasts from a second to a week.
const SEVEN_DAYS: RangeInclusive<Span> = Span::from_secs(1)..=Span::from_secs(7 * 86_400);

fn health(form: &mut Form, health: &mut HealthCheck) {
    if health.rhythm != Rhythm::Never {
        form.length("property.interval", &mut health.interval, ROUNDS, Product("HAProxy inter"));
        form.length("property.check_timeout", &mut health.timeout, HOUR, Product("HAProxy inter"));
        form.count("property.fall", &mut health.fall, FEW, Product("HAProxy fall"));
        form.count("property.rise", &mut health.rise, FEW, Product("HAProxy rise"));
        form.optional(
            "property.first",
            &mut health.first_rise,
            || 1,
            |form, first| {
                form.count("property.first_rise", first, FEW, Product("AWS ALB"));
            },
        );
    }
    let options = [
        (Rhythm::AfterEnd, "choice.after_end"),
        (Rhythm::Fixed, "choice.fixed"),
        (Rhythm::Never, "choice.never"),
    ];
    form.choice("property.rhythm", &mut health.rhythm, &options, Product("HAProxy"));
    observed(form, health);
}

/// What is learned of instances from what they answer, without asking.
fn observed(form: &mut Form, health: &mut HealthCheck) {
    form.optional("property.passive", &mut health.passive, PassiveChecks::default, |form, passive| {
        form.count("property.max_fails", &mut passive.max_fails, FEW, Product("nginx max_fails"));
        form.length("property.fail_timeout", &mut passive.fail_timeout, DAY, Product("nginx fail_timeout"));
    });
    form.optional("property.outliers", &mut health.outliers, OutlierEjection::default, outliers);
}

fn outliers(form: &mut Form, outliers: &mut OutlierEjection) {
    form.count("property.consecutive", &mut outliers.consecutive, FEW, Product("Envoy consecutive_5xx"));
    form.length("property.sweep", &mut outliers.interval, ROUNDS, Product("Envoy interval"));
    form.length("property.base", &mut outliers.base, DAY, Product("Envoy base_ejection_time"));
    form.length("property.longest_out", &mut outliers.longest, DAY, Product("Envoy max_ejection_time"));
    form.percent("property.most_out", &mut outliers.most, PERCENT, Product("Envoy max_ejection_percent"));
    form.optional("property.success_rate", &mut outliers.success_rate, SuccessRate::default, |form, rate| {
        form.count("property.hosts", &mut rate.hosts, 1..=10_000, Product("Envoy"));
        form.count("property.requests_each", &mut rate.requests, 1..=1_000_000, Product("Envoy"));
        form.number("property.deviations", &mut rate.deviations, 0.0..=100.0, Unit::Plain, Product("Envoy"));
    });
}

fn discovery(form: &mut Form, discovery: &mut Discovery) {
    form.length("property.registry_heartbeat", &mut discovery.heartbeat, or_zero(), Product("Nacos"));
    form.length("property.lease", &mut discovery.lease, DAY, Product("Nacos"));
    form.length("property.registry_sweep", &mut discovery.sweep, or_zero(), Product("Nacos"));
    form.percent("property.preservation", &mut discovery.preservation, PERCENT, Product("Nacos"));
    let most = Discovery::MAX_COPIES;
    form.lengths("property.copies", &mut discovery.copies, most, Product("Nacos"));
}

/// A round, or at once. What lies between is no more often than a round may be.
fn or_zero() -> RangeInclusive<Span> {
    Span::ZERO..=*DAY.end()
}

fn edge(form: &mut Form, cache: &mut EdgeCache, around: &Surroundings) {
    form.switch("property.lock", &mut cache.lock, Product("nginx proxy_cache_lock"));
    form.length(
        "property.lock_timeout",
        &mut cache.lock_timeout,
        HOUR,
        Product("nginx proxy_cache_lock_timeout"),
    );
    form.each("property.kinds", &mut cache.kinds, &around.kinds, EdgeKind::default, |form, kind| {
        form.share("property.cacheable", &mut kind.share, Ours);
        form.count("property.things", &mut kind.things, KEYS, Ours);
        form.length("property.ttl", &mut kind.ttl, DAY, Ours);
    });
}

/// The limit that is put there first: AWS API Gateway's kind, at a rate of ours.
pub(super) fn token_bucket() -> RateLimit {
    RateLimit::TokenBucket { rate: 100.0, burst: 100 }
}

pub(super) fn rate_limit(form: &mut Form, limit: &mut RateLimit) {
    const RATES: RangeInclusive<f64> = 0.001..=1e6;
    const MANY: RangeInclusive<u32> = 0..=100_000;
    let shapes = [
        (token_bucket(), "choice.token_bucket"),
        (RateLimit::LeakyBucket { rate: 100.0, burst: 0, undelayed: 0 }, "choice.leaky_bucket"),
    ];
    form.shape("property.limit_kind", limit, &shapes, Ours, |form, limit| match limit {
        RateLimit::TokenBucket { rate, burst } => {
            form.number("property.limit_rate", rate, RATES, Unit::PerSecond, Ours);
            form.count("property.burst", burst, 1..=*MANY.end(), Ours);
        }
        RateLimit::LeakyBucket { rate, burst, undelayed } => {
            form.number("property.limit_rate", rate, RATES, Unit::PerSecond, Ours);
            form.count("property.ahead", burst, MANY, Product("nginx limit_req burst"));
            form.count("property.undelayed", undelayed, MANY, Product("nginx limit_req delay"));
        }
    });
}
