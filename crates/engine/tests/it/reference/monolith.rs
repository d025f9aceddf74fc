//! The LAMP monolith: a closed population on four workers, against the exact figures (`closed-*`).

use archlab_model::*;

use crate::common::{at, secs};
use crate::shelf::{assert_near, only, run, shelf, with};

/// Throughput in requests a second, response time in seconds and utilisation of the monolith with `users`.
fn measure(users: u32, seconds: u64) -> (f64, f64, f64) {
    let design = with(shelf("lamp-monolith"), |design| {
        design.clients[0].load = Load::Users { count: users, think: Distribution::Exponential(secs(10)) };
        // The published figures turn nobody away.
        let capacity = design.business.modules[0].capacity.as_mut().expect("it says how many workers");
        capacity.queue = capacity.queue.max(users);
    });
    let warm = 200;
    let mut simulation = run(&design, secs(warm));
    let busy = |simulation: &archlab_engine::Simulation| {
        let report = only(simulation.report());
        let worker = report.services[0].utilisation * simulation.now().as_secs_f64();
        let latency = report.latency.mean.as_secs_f64() * report.total.succeeded as f64;
        (report.total.succeeded as f64, latency, worker)
    };
    let before = busy(&simulation);
    simulation.run_until(at(secs(warm + seconds)));
    let after = busy(&simulation);
    let finished = after.0 - before.0;
    let span = seconds as f64;
    (finished / span, (after.1 - before.1) / finished, (after.2 - before.2) / span)
}

/// Seeds are the document's; lengths are such that each share is six standard errors or so.
fn check(users: u32, seconds: u64, throughput: f64, response: f64, utilisation: f64) {
    let (x, r, u) = measure(users, seconds);
    assert_near("throughput", x, throughput, 0.02);
    assert_near("response time", r, response, 0.02);
    assert_near("utilisation", u, utilisation, 0.03);
}

#[test]
fn closed_a_few_hundred_users_are_nothing_for_one_box() {
    check(200, 3_000, 19.89986, 0.05032002, 0.2487483);
    check(300, 2_000, 29.84652, 0.05142253, 0.3730815);
    check(400, 1_500, 39.78454, 0.05415659, 0.4973068);
}

#[test]
fn closed_past_the_knee_more_users_only_wait_longer() {
    check(2000, 600, 80.0, 15.0, 1.0);
    let (x, r, _) = measure(804, 600);
    assert!(x < 80.0 && x > 70.0, "{x} a second at the knee");
    assert!(r > 0.06, "{r} s at the knee");
}
