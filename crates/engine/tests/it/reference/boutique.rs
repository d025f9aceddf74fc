//! Online Boutique: the calls of each page, and how far the death of each service is felt.

use std::collections::BTreeMap;

use archlab_engine::{Fact, MessageKind, Place, Simulation};
use archlab_model::*;

use crate::common::{at, secs};
use crate::shelf::{ended_between, kill_service, only, run, shelf, strike, with};

const NAME: &str = "online-boutique";

/// Users who ask so often that a minute says it all.
fn busy() -> Design {
    with(shelf(NAME), |design| {
        let think = Distribution::Exponential(secs(1));
        design.clients[0].load = Load::Users { count: 40, think };
    })
}

/// The share of tasks that fail while `kill` lasts, once it has been noticed: every kind fails always or never.
fn blast(kill: impl Fn(&mut Simulation, &Design)) -> f64 {
    let design = busy();
    let mut simulation = run(&design, secs(5));
    kill(&mut simulation, &design);
    simulation.run_until(at(secs(20)));
    let before = only(simulation.report());
    simulation.run_until(at(secs(80)));
    let ended = ended_between(&before, &only(simulation.report()));
    let (mut all, mut failing) = (0.0, 0.0);
    for (kind, value) in &design.business.requests {
        let ended = ended[kind];
        assert!(ended.all() > 20, "{kind} is asked for: {ended:?}");
        assert!([0.0, 1.0].contains(&ended.availability()), "{kind} fails sometimes: {ended:?}");
        all += value.share;
        failing += if ended.succeeded == 0 { value.share } else { 0.0 };
    }
    failing / all
}

fn of(service: &'static str) -> f64 {
    blast(|simulation, design| kill_service(simulation, design, service))
}

fn check(service: &'static str, published: f64) {
    let measured = of(service);
    assert!(
        (measured - published).abs() < 5e-8,
        "without {service} {measured} of the tasks fail, not {published}"
    );
}

#[test]
fn blast_boutique_without_frontend_catalog_currency_or_cart_nothing_works() {
    for service in ["frontend", "productcatalog", "currency", "cart"] {
        check(service, 1.0);
    }
}

#[test]
fn blast_boutique_without_shipping_carts_and_checkouts_fail() {
    check("shipping", 0.3157895);
}

#[test]
fn blast_boutique_without_checkout_or_payment_only_checkouts_fail() {
    check("checkout", 0.05263158);
    check("payment", 0.05263158);
}

#[test]
fn blast_boutique_without_recommendation_ad_or_email_nobody_notices() {
    for service in ["recommendation", "ad", "email"] {
        check(service, 0.0);
    }
}

/// The calls that each page makes to each service, as the handlers make them: k = 3 items in a cart.
const CALLS: &[(&str, &[(&str, u64)])] = &[
    ("index", &[("currency", 10), ("productcatalog", 1), ("cart", 1), ("ad", 1)]),
    ("setCurrency", &[("currency", 10), ("productcatalog", 1), ("cart", 1), ("ad", 1)]),
    (
        "browseProduct",
        &[("currency", 2), ("productcatalog", 7), ("cart", 1), ("recommendation", 1), ("ad", 1)],
    ),
    (
        "addToCart",
        &[
            ("currency", 5),
            ("productcatalog", 1 + 9),
            ("cart", 1 + 1),
            ("recommendation", 1),
            ("shipping", 1),
        ],
    ),
    (
        "viewCart",
        &[("currency", 5), ("productcatalog", 9), ("cart", 1), ("recommendation", 1), ("shipping", 1)],
    ),
    (
        "checkout",
        &[
            ("currency", 5),
            ("productcatalog", 9),
            ("cart", 2),
            ("recommendation", 1),
            ("shipping", 2),
            ("checkout", 1),
            ("payment", 1),
            ("email", 1),
        ],
    ),
];

#[test]
fn each_page_makes_the_calls_that_its_handler_makes() {
    for (kind, calls) in CALLS {
        let design = with(shelf(NAME), |design| {
            design.business.requests.retain(|id, _| id.as_str() == *kind);
            design.clients[0].load = Load::Batch { count: 1, at: secs(1), every: None };
        });
        let mut simulation = Simulation::new(&design);
        let mut made: BTreeMap<String, u64> = BTreeMap::new();
        let roster = simulation.roster().clone();
        simulation.run_until_with(at(secs(20)), &mut |_, fact| {
            if let Fact::Sent { to: Place::Instance(to), message: MessageKind::Request, .. } = fact {
                *made.entry(roster.instances[*to as usize].service.to_string()).or_default() += 1;
            }
        });
        let expected: BTreeMap<String, u64> = calls
            .iter()
            .chain(&[("frontend", 1)])
            .map(|(service, count)| ((*service).to_owned(), *count))
            .collect();
        assert_eq!(made, expected, "{kind}");
    }
}

#[test]
fn a_slow_advertisement_costs_a_page_its_deadline_and_no_more() {
    let slow = |millis| {
        let design = with(shelf(NAME), |design| {
            design.business.requests.retain(|id, _| id.as_str() == "index");
            design.business.functions["ad"].work = Distribution::Constant(Span::from_millis(millis));
            design.clients[0].load = Load::Batch { count: 1, at: secs(1), every: Some(secs(5)) };
        });
        only(run(&design, secs(200)).report())
    };
    let (quick, slow) = (slow(1), slow(3_000));
    assert_eq!(slow.total.failures(), 0);
    let dearer = slow.latency.mean.as_millis_f64() - quick.latency.mean.as_millis_f64();
    assert!((95.0..105.0).contains(&dearer), "{dearer} ms dearer");
}

#[test]
fn one_replica_each_means_that_any_host_takes_the_shop_down_until_its_services_are_placed_again() {
    let design = busy();
    let mut simulation = run(&design, secs(5));
    strike(&mut simulation, Fault::PowerOff("node-1".into()));
    simulation.run_until(at(secs(60)));
    let report = only(simulation.report());
    let story = &report.episodes[0];
    let placed = story.placed_again.expect("they are placed again").since(story.at);
    assert_eq!(placed, secs(10));
    assert!(story.recovered.is_some_and(|recovered| recovered.since(story.at) < secs(40)));
    assert!(story.failed.iter().sum::<u64>() > 20);
}

#[test]
fn blast_boutique_without_redis_cart_nothing_works() {
    let crash = || Fault::StoreCrash("boutique/redis-cart".parse().expect("a name"));
    let measured = blast(|simulation, _| strike(simulation, crash()));
    assert_eq!(measured, 1.0);
}
