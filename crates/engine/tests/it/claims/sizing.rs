//! Advice about sizes: when one server is enough, and when it is not.

use archlab_model::*;

use crate::common::{at, ms, secs};
use crate::shelf::*;

/// The monolith with `users` who think for ten seconds.
fn monolith(users: u32) -> Design {
    with(shelf("lamp-monolith"), |design| {
        design.clients[0].load = Load::Users { count: users, think: Distribution::Exponential(secs(10)) };
    })
}

/// Requests a second, mean response and utilisation, once things have settled.
fn settled(design: &Design, seconds: u64) -> (f64, Span, f64) {
    let mut simulation = run(design, secs(60));
    let before = only(simulation.report());
    simulation.run_until(at(secs(60 + seconds)));
    let after = only(simulation.report());
    let finished = (after.total.succeeded - before.total.succeeded) as f64;
    let total = 60.0 + seconds as f64;
    let busy =
        (after.services[0].utilisation * total - before.services[0].utilisation * 60.0) / seconds as f64;
    (finished / seconds as f64, after.latency.mean, busy)
}

#[test]
fn s1_users_and_what_they_ask_for_tell_whether_one_server_is_enough() {
    // The estimate that a person makes on paper: N users, each asking once in Z + S.
    let (think, service, workers) = (10.0, 0.05, 4.0);
    for users in [100, 200, 400, 600] {
        let asked = f64::from(users) / (think + service);
        let (throughput, _, busy) = settled(&monolith(users), 400);
        assert_near("requests a second", throughput, asked, 0.03);
        assert_near("utilisation", busy, asked * service / workers, 0.04);
    }
    // Past (Z + S) c / S = 804 users the estimate says no, and so does the server.
    let (throughput, _, busy) = settled(&monolith(1_200), 200);
    assert!(busy > 0.99, "{busy}");
    assert_near("all it can do", throughput, workers / service, 0.03);
}

#[test]
fn s2_a_few_hundred_users_need_one_server_only() {
    let (_, response, busy) = settled(&monolith(300), 600);
    assert_near("busy", busy, 0.37, 0.04);
    assert_near("response", response.as_millis_f64(), 51.4, 0.03);
    // Cutting it into services on three machines makes it no quicker, and gives it more to fail.
    let split = with(monolith(300), |design| {
        let mysql = design.business.data[0].read;
        design.business.functions.insert(
            "data".into(),
            Function { steps: design.business.functions[0].steps.clone(), ..Function::default() },
        );
        design.business.functions[0].steps = vec![Step::Call(Call { count: 2, ..Call::to("data".into()) })];
        design.business.functions[1].steps = vec![Step::Access(Access {
            data: design.business.data.keys().next().unwrap().clone(),
            write: false,
            count: 1,
            probability: 1.0,
        })];
        design.business.data[0].read = mysql;
        design.business.modules.clear();
        design.network.local = ms(1);
        design.machines.insert("server-2".into(), design.machines[0].clone());
        let group = group(design);
        group.layout = Layout::Microservice;
        group.seats.push(Some("server-2".into()));
    });
    let (_, slower, _) = settled(&split, 200);
    assert!(slower > response + ms(3), "{slower} in pieces, {response} in one");
    let pieces = deployment(&split).services.iter().map(|service| service.instances.len()).sum::<usize>();
    assert_eq!(pieces, 2);
}

#[test]
fn s3_a_heavy_function_is_split_from_the_light_ones() {
    let together = shelf("claims/hot-function");
    let apart = in_layout(together.clone(), Layout::Microservice);
    let pages = |design: &Design| {
        let mut simulation = run(design, secs(20));
        let page = simulation.roster().kinds.iter().position(|kind| kind.as_str() == "page").unwrap() as u32;
        let mut latencies: Vec<Span> = Vec::new();
        simulation.run_until_with(at(secs(80)), &mut |_, fact| {
            if let archlab_engine::Fact::Ended { kind, latency, .. } = fact
                && *kind == page
            {
                latencies.push(*latency);
            }
        });
        latencies.sort_unstable();
        latencies[latencies.len() * 95 / 100]
    };
    // Seven renderings a second of 1.5 s want ten and a half of twelve cores. Beside them pages wait; apart, four workers on
    // each of two machines render, and pages have a machine that nobody else uses.
    let (beside, alone) = (pages(&together), pages(&apart));
    assert!(beside.as_millis_f64() > 1.2 * alone.as_millis_f64(), "p95 {beside} beside, {alone} apart");
    let renderers = |design: &Design| {
        let services = measured(design, secs(60)).services;
        let found = services.into_iter().find(|service| service.service.as_str() == "render");
        let found = found.expect("there is a service that renders");
        (found.utilisation, found.mean_queue)
    };
    let (busy, waiting) = renderers(&apart);
    assert!(busy > 0.95 && waiting > 10.0, "they have too much to do: {busy}, {waiting} waiting");
    // What is hot is scaled alone: one more machine, one more copy.
    let more = with(apart, |design| {
        design.machines.insert("machine-4".into(), design.machines[0].clone());
        group(design).seats.push(Some("machine-4".into()));
        design.business.services["render"].replicas = Some(3);
    });
    let (_, still_waiting) = renderers(&more);
    assert!(3.0 * still_waiting < waiting, "{still_waiting} waiting, {waiting} before");
}
