//! Memory: none is asked for per event, and a request in flight takes little.

#![cfg(not(target_arch = "wasm32"))]

use archlab_engine::Simulation;
use archlab_model::{Design, Load, SimTime, Span, document};

fn benchmark(name: &str) -> Design {
    let text = match name {
        "w1" => include_str!("../../../static/designs/w1.json"),
        "w2" => include_str!("../../../static/designs/w2.json"),
        "w3" => include_str!("../../../static/designs/w3.json"),
        _ => include_str!("../../../static/designs/shop-microservice.json"),
    };
    document::open(text).unwrap()
}

#[test]
fn a_run_that_has_settled_asks_for_no_memory() {
    for name in ["w1", "w2", "w3", "shop"] {
        let mut simulation = Simulation::new(&benchmark(name));
        // Tables have grown as far as they will; buckets of the history are opened now and then.
        simulation.run_for(SimTime::NEVER, 2_000_000);
        let before = simulation.now();
        let asked = allocation_counter::measure(|| {
            simulation.run_for(SimTime::NEVER, 300_000);
        });
        let passed = simulation.now().since(before).as_secs_f64();
        // A bucket's histogram grows a few times, and buckets are opened once in half a second or more.
        let allowed = 40 + (passed / 0.5 * 24.0) as u64;
        assert!(asked.count_total < allowed, "{name}: {} times in 300,000 events", asked.count_total);
    }
}

#[test]
fn a_request_in_flight_takes_less_than_200_bytes() {
    // Far more than one server can do: they pile up, each with its client's patience and its caller's.
    let mut design = benchmark("w1");
    design.clients[0].load = Load::Poisson { rate: 1e6 };
    design.clients[0].patience = Span::from_secs(3_600);
    design.groups[0].policies.timeouts.response = Span::from_secs(3_600);
    for listens in [false, true] {
        // With a listener they take more room: each is written down for itself, besides its attempt.
        let mut simulation = Simulation::new(&design);
        simulation.run_for(SimTime::NEVER, 1_000);
        let mut at = [0u64; 2];
        let asked = allocation_counter::measure(|| {
            let until = SimTime::START + Span::from_millis(1_000);
            at[0] = simulation.report().groups[0].total.in_flight;
            match listens {
                true => simulation.run_until_with(until, &mut |_, _| {}),
                false => simulation.run_until(until),
            }
            at[1] = simulation.report().groups[0].total.in_flight;
        });
        let more = at[1] - at[0];
        assert!(more > 900_000, "{more} in flight");
        let each = asked.bytes_current as f64 / more as f64;
        println!("{each:.1} bytes for each of {more}, listens: {listens}");
        assert!(each < 200.0, "{each:.1} bytes for each of {more}");
    }
}
