//! Queues and cores behave as queueing theory says, roughly; what is exact is said elsewhere.

use crate::common::*;

use archlab_model::*;

#[test]
fn one_worker_on_one_core_is_the_mm1_queue() {
    let mut design = design(one_function(Distribution::Exponential(ms(10))), Layout::Cluster, 1, 1);
    policies(&mut design).capacity = Capacity { workers: 1, queue: 10_000 };
    policies(&mut design).health.interval = secs(1_000_000);
    open(&mut design, 80.0);
    let report = report_at(&design, secs(10_000));
    let group = &report.groups[0];
    let mean = group.latency.mean.as_millis_f64();
    assert!((mean - 50.0).abs() < 2.5, "mean {mean} ms, theory 50");
    let utilisation = group.services[0].utilisation;
    assert!((utilisation - 0.8).abs() < 0.01, "utilisation {utilisation}");
    assert!((report.machines[0].utilisation - utilisation).abs() < 1e-9);
    // Little: waiting = arrival rate * time in queue.
    let queue = group.services[0].mean_queue;
    assert!((queue - 80.0 * (mean - 10.0) / 1e3).abs() < 0.1, "queue {queue}");
}
