//! What runs: workers, shedding, how processes begin and end, where they are placed, how many there are.

use std::ops::RangeInclusive;

use crate::document::{QUEUES, REPLICAS, WARM_UPS, WORKERS};
use crate::group::{Capacity, Placement, Policies};
use crate::policy::{
    Autoscaling, Codel, CodelLaw, ConcurrencyLimit, ProcessPolicy, QueueOrder, Restarts, ScalingTarget,
    Shedding, WarmUp,
};
use crate::property::form::Form;
use crate::property::group::{DAY, HOUR};
use crate::property::kind::Source::{Ours, Product};
use crate::property::kind::Unit;
use crate::time::Span;

/// Calls at once.
const MANY: RangeInclusive<u32> = 1..=100_000;

pub(super) fn instances(form: &mut Form, policies: &mut Policies) {
    form.topic("property.instances", |form| {
        form.section("property.capacity", |form| {
            capacity(form, &mut policies.capacity);
            form.switch("property.nonblocking", &mut policies.nonblocking, Product("Tomcat"));
            form.count("property.replicas", &mut policies.replicas, REPLICAS, Product("Kubernetes replicas"));
        });
        form.section("property.shedding", |form| shedding(form, &mut policies.resilience.shedding));
        form.section("property.process", |form| {
            form.length("property.startup", &mut policies.startup, HOUR, Ours);
            process(form, &mut policies.process);
        });
        form.section("property.shutdown", |form| {
            form.length(
                "property.linger",
                &mut policies.shutdown.linger,
                HOUR,
                Product("Kubernetes preStop"),
            );
            let source = Product("Kubernetes terminationGracePeriodSeconds");
            form.length("property.grace", &mut policies.shutdown.grace, HOUR, source);
        });
        form.section("property.placement", |form| placement(form, &mut policies.placement));
        form.optional("property.autoscaling", &mut policies.autoscaling, Autoscaling::default, autoscaling);
    });
}

pub(super) fn capacity(form: &mut Form, capacity: &mut Capacity) {
    form.count("property.workers", &mut capacity.workers, WORKERS, Product("Tomcat maxThreads"));
    form.count("property.queue", &mut capacity.queue, QUEUES, Product("Tomcat acceptCount"));
}

fn shedding(form: &mut Form, shedding: &mut Shedding) {
    let options = [(QueueOrder::FirstIn, "choice.first_in"), (QueueOrder::LastIn, "choice.last_in")];
    form.choice("property.order", &mut shedding.order, &options, Ours);
    let timeout = || Span::from_secs(1);
    form.optional("property.queue_limit", &mut shedding.queue_timeout, timeout, |form, wait| {
        form.length("property.queue_timeout", wait, HOUR, Product("HAProxy timeout queue"));
    });
    form.optional("property.codel", &mut shedding.codel, Codel::default, |form, codel| {
        form.length("property.codel_target", &mut codel.target, HOUR, Product("RFC 8289"));
        let intervals = Span::from_millis(1)..=*HOUR.end();
        form.length("property.codel_interval", &mut codel.interval, intervals, Product("RFC 8289"));
        let options =
            [(CodelLaw::Requests, "choice.codel_requests"), (CodelLaw::Packets, "choice.codel_packets")];
        form.choice("property.codel_law", &mut codel.law, &options, Product("Fail at Scale"));
    });
    let netflix = || ConcurrencyLimit::Vegas { most: 1_000 };
    form.optional("property.concurrency", &mut shedding.limit, netflix, |form, limit| {
        let shapes = [
            (ConcurrencyLimit::Vegas { most: 1_000 }, "choice.vegas"),
            (ConcurrencyLimit::Gradient { least: 20, most: 200 }, "choice.gradient"),
            (ConcurrencyLimit::Fixed(100), "choice.fixed_limit"),
        ];
        let source = Product("Netflix concurrency-limits");
        form.shape("property.concurrency_kind", limit, &shapes, source, |form, limit| match limit {
            ConcurrencyLimit::Vegas { most } => form.count("property.most_at_once", most, MANY, source),
            ConcurrencyLimit::Gradient { least, most } => {
                let (low, high) = (*least, *most);
                form.count("property.least_at_once", least, 1..=high, source);
                form.count("property.most_at_once", most, low..=*MANY.end(), source);
            }
            ConcurrencyLimit::Fixed(most) => form.count("property.most_at_once", most, MANY, Ours),
        });
    });
}

fn process(form: &mut Form, process: &mut ProcessPolicy) {
    form.optional("property.warm_up", &mut process.warm_up, WarmUp::default, |form, warm_up| {
        form.number("property.cold_factor", &mut warm_up.factor, WARM_UPS, Unit::Factor, Ours);
        form.length("property.warm_after", &mut warm_up.over, DAY, Ours);
    });
    form.optional("property.restart", &mut process.restart, Restarts::default, |form, restart| {
        form.length("property.restart_pause", &mut restart.pause, HOUR, Product("kubelet"));
        form.length("property.restart_most", &mut restart.most, DAY, Product("kubelet"));
        form.length("property.forgotten", &mut restart.forgotten, DAY, Product("kubelet"));
    });
}

fn placement(form: &mut Form, placement: &mut Placement) {
    form.length("property.placement_detection", &mut placement.detection, DAY, Ours);
    form.length("property.placement_heartbeat", &mut placement.heartbeat, DAY, Ours);
    form.length("property.placement_look", &mut placement.look, DAY, Ours);
    form.length("property.toleration", &mut placement.toleration, DAY, Ours);
}

pub(super) fn autoscaling(form: &mut Form, scaling: &mut Autoscaling) {
    const TARGETS: RangeInclusive<f64> = 0.001..=1e6;
    const SCALED: RangeInclusive<u32> = 1..=1_000;
    let shapes = [
        (ScalingTarget::Processor { utilisation: 0.8, cores: 1.0 }, "choice.processor"),
        (ScalingTarget::InFlight { requests: 10.0 }, "choice.in_flight"),
    ];
    let source = Product("Kubernetes HPA");
    form.shape("property.target", &mut scaling.target, &shapes, source, |form, target| match target {
        ScalingTarget::Processor { utilisation, cores } => {
            form.number("property.utilisation", utilisation, 0.001..=10.0, Unit::Percent, source);
            form.number("property.cores_each", cores, TARGETS, Unit::Plain, Ours);
        }
        ScalingTarget::InFlight { requests } => {
            form.number("property.requests_held", requests, TARGETS, Unit::Plain, Ours);
        }
    });
    form.count("property.fewest", &mut scaling.least, SCALED, Product("Kubernetes minReplicas"));
    form.count("property.most_copies", &mut scaling.most, SCALED, Ours);
    let rounds = Span::from_secs(1)..=*DAY.end();
    form.length("property.scaling_interval", &mut scaling.interval, rounds, source);
    form.share("property.tolerance", &mut scaling.tolerance, source);
    form.length("property.growth_stabilisation", &mut scaling.growth_stabilisation, DAY, source);
    form.length("property.shrink_stabilisation", &mut scaling.shrink_stabilisation, DAY, source);
    form.length("property.scaling_warm_up", &mut scaling.warm_up, DAY, source);
}
