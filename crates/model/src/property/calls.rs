//! What callers do: how long they wait, how they try again, and what guards their calls.

use std::ops::RangeInclusive;

use crate::group::Policies;
use crate::policy::{
    Backoff, Breaker, BreakerWindow, Bulkhead, CallerPolicies, CancelWork, Hedging, Jitter, RetryBudget,
    SlowCalls, Throttle,
};
use crate::property::balancing::{rate_limit, token_bucket};
use crate::property::form::Form;
use crate::property::group::{DAY, FEW, HOUR, Surroundings};
use crate::property::kind::Source::{Ours, Product};
use crate::property::kind::Unit;
use crate::time::Span;

/// By how much something grows; how many calls for each accepted one.
const FACTORS: RangeInclusive<f64> = 1.0..=100.0;
/// Calls at once, tokens.
const MANY: RangeInclusive<u32> = 1..=100_000;
/// Calls that are remembered one by one.
const WINDOWS: RangeInclusive<u32> = 1..=10_000;
/// How long calls are remembered.
const MEMORIES: RangeInclusive<Span> = Span::from_millis(1)..=Span::from_secs(86_400);

pub(super) fn calls(form: &mut Form, policies: &mut Policies, around: &Surroundings) {
    let resilience = &mut policies.resilience;
    form.topic("property.calls", |form| {
        form.section("property.timeouts", |form| {
            form.length("property.connect_timeout", &mut policies.timeouts.connect, HOUR, Ours);
            form.length("property.response_timeout", &mut policies.timeouts.response, HOUR, Ours);
            form.switch("property.deadlines", &mut resilience.deadlines, Product("gRPC"));
        });
        form.section("property.retry", |form| {
            form.count("property.attempts", &mut policies.retry.attempts, FEW, Ours);
            form.switch("property.after_timeout", &mut policies.retry.after_timeout, Ours);
            form.switch(
                "property.retry_errors",
                &mut resilience.retry_errors,
                Product("nginx proxy_next_upstream"),
            );
            form.switch("property.retry_same", &mut resilience.retry_same, Ours);
            form.optional("property.backoff", &mut resilience.backoff, Backoff::default, backoff);
        });
        form.section("property.guards", |form| guards(form, &mut resilience.calls));
        let (services, candidates) = (&mut resilience.services, &around.services);
        form.each("property.guards_of", services, candidates, CallerPolicies::default, guards);
    });
}

fn backoff(form: &mut Form, backoff: &mut Backoff) {
    form.length("property.pause", &mut backoff.base, HOUR, Product("gRPC initialBackoff"));
    let source = Product("gRPC backoffMultiplier");
    form.number("property.growth", &mut backoff.factor, FACTORS, Unit::Factor, source);
    form.length("property.cap", &mut backoff.cap, DAY, Product("gRPC maxBackoff"));
    let shapes = [
        (Jitter::None, "choice.jitter_none"),
        (Jitter::Full, "choice.jitter_full"),
        (Jitter::Equal, "choice.jitter_equal"),
        (Jitter::Decorrelated, "choice.jitter_decorrelated"),
        (Jitter::Around(0.2), "choice.jitter_around"),
        (Jitter::Envoy, "choice.jitter_envoy"),
    ];
    form.shape("property.jitter", &mut backoff.jitter, &shapes, Product("gRPC"), |form, jitter| {
        if let Jitter::Around(part) = jitter {
            form.share("property.around", part, Product("gRPC"));
        }
    });
}

/// How calls to a service are guarded.
fn guards(form: &mut Form, calls: &mut CallerPolicies) {
    form.optional("property.breaker", &mut calls.breaker, Breaker::default, breaker);
    form.optional("property.bulkhead", &mut calls.bulkhead, Bulkhead::default, |form, bulkhead| {
        form.count(
            "property.most_at_once",
            &mut bulkhead.most,
            MANY,
            Product("Resilience4j maxConcurrentCalls"),
        );
        form.length("property.wait", &mut bulkhead.wait, HOUR, Product("Resilience4j maxWaitDuration"));
        let source = Product("Resilience4j queueCapacity");
        form.count("property.waiting", &mut bulkhead.queue, 0..=100_000, source);
    });
    form.optional("property.hedging", &mut calls.hedging, Hedging::default, |form, hedging| {
        form.length("property.hedge_after", &mut hedging.after, HOUR, Product("The Tail at Scale"));
        form.count("property.hedge_copies", &mut hedging.copies, 1..=8, Product("The Tail at Scale"));
        let options = [
            (CancelWork::Queued, "choice.cancel_queued"),
            (CancelWork::Begun, "choice.cancel_begun"),
            (CancelWork::Never, "choice.cancel_never"),
        ];
        form.choice("property.cancel", &mut hedging.cancel, &options, Ours);
    });
    let finagle = || RetryBudget::Ratio { ratio: 0.2, minimum: 10.0 };
    form.optional("property.retry_budget", &mut calls.retry_budget, finagle, retry_budget);
    form.optional("property.throttle", &mut calls.throttle, Throttle::default, |form, throttle| {
        let source = Product("Google SRE, K");
        form.number("property.throttle_k", &mut throttle.k, FACTORS, Unit::Factor, source);
        form.length("property.throttle_window", &mut throttle.window, MEMORIES, Product("Google SRE"));
    });
    form.optional("property.limit", &mut calls.limit, token_bucket, rate_limit);
}

fn breaker(form: &mut Form, breaker: &mut Breaker) {
    let shapes = [
        (BreakerWindow::Calls(100), "choice.window_calls"),
        (BreakerWindow::Time(Span::from_secs(10)), "choice.window_time"),
    ];
    let source = Product("Resilience4j slidingWindowType");
    form.shape(
        "property.breaker_window",
        &mut breaker.window,
        &shapes,
        source,
        |form, window| match window {
            BreakerWindow::Calls(calls) => {
                form.count(
                    "property.window_calls",
                    calls,
                    WINDOWS,
                    Product("Resilience4j slidingWindowSize"),
                );
            }
            BreakerWindow::Time(length) => {
                form.length("property.window_time", length, MEMORIES, Product("Hystrix"));
            }
        },
    );
    let source = Product("Resilience4j minimumNumberOfCalls");
    form.count("property.minimum_calls", &mut breaker.minimum, MANY, source);
    form.share("property.failures", &mut breaker.failures, Product("Resilience4j failureRateThreshold"));
    let source = Product("Resilience4j waitDurationInOpenState");
    form.length("property.open", &mut breaker.open, DAY, source);
    let source = Product("Resilience4j permittedNumberOfCallsInHalfOpenState");
    form.count("property.trials", &mut breaker.trials, WINDOWS, source);
    form.optional("property.slow_calls", &mut breaker.slow, SlowCalls::default, |form, slow| {
        let source = Product("Resilience4j slowCallDurationThreshold");
        form.length("property.slow_after", &mut slow.after, HOUR, source);
        form.share("property.slow_part", &mut slow.part, Product("Resilience4j slowCallRateThreshold"));
    });
}

fn retry_budget(form: &mut Form, budget: &mut RetryBudget) {
    const RATIOS: RangeInclusive<f64> = 0.0..=100.0;
    let shapes = [
        (RetryBudget::Ratio { ratio: 0.2, minimum: 10.0 }, "choice.budget_ratio"),
        (RetryBudget::Active { ratio: 0.2, minimum: 3 }, "choice.budget_active"),
        (RetryBudget::Tokens { most: 10, ratio: 0.1 }, "choice.budget_tokens"),
    ];
    form.shape("property.budget_kind", budget, &shapes, Product("Finagle"), |form, budget| match budget {
        RetryBudget::Ratio { ratio, minimum } => {
            form.number("property.budget_ratio", ratio, RATIOS, Unit::Percent, Product("Finagle"));
            form.number("property.budget_minimum", minimum, 0.0..=1e6, Unit::PerSecond, Product("Finagle"));
        }
        RetryBudget::Active { ratio, minimum } => {
            form.number("property.budget_ratio", ratio, RATIOS, Unit::Percent, Product("Envoy retry_budget"));
            form.count("property.budget_least", minimum, 0..=100_000, Product("Envoy min_retry_concurrency"));
        }
        RetryBudget::Tokens { most, ratio } => {
            form.count("property.tokens", most, MANY, Product("gRPC maxTokens"));
            form.number("property.token_ratio", ratio, RATIOS, Unit::Plain, Product("gRPC tokenRatio"));
        }
    });
}
