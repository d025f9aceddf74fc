//! The shop: the numbers it was made to have.

use std::collections::BTreeSet;

use archlab_model::{Business, Call, FunctionId, Layout, Step, layout};

use crate::{SHOPS, open, text_of};

/// The functions that `entry` cannot do without.
fn needed(business: &Business, entry: &FunctionId) -> BTreeSet<FunctionId> {
    let mut reached = BTreeSet::new();
    let mut open = vec![entry.clone()];
    while let Some(id) = open.pop() {
        if !reached.insert(id.clone()) {
            continue;
        }
        let hard = |call: &Call| !call.soft && !call.asynchronous && call.probability > 0.0 && call.count > 0;
        for step in &business.functions[&id].steps {
            let calls = match step {
                Step::Call(call) => std::slice::from_ref(call),
                Step::Parallel(calls) => calls,
                Step::Access(_) => &[],
            };
            open.extend(calls.iter().filter(|call| hard(call)).map(|call| call.to.clone()));
        }
    }
    reached
}

/// The share of requests that fail while the microservice `service` is down, in percent.
fn blast_radius(service: &str) -> f64 {
    let design = open("shop-microservice");
    let business = &design.business;
    let (_, spec) =
        layout::services(business).into_iter().find(|(id, _)| id.as_str() == service).expect("a service");
    let hit = |entry| needed(business, entry).iter().any(|function| spec.functions.contains(function));
    let all: f64 = business.requests.values().map(|kind| kind.share).sum();
    let lost: f64 = business.requests.values().filter(|kind| hit(&kind.entry)).map(|kind| kind.share).sum();
    (lost / all * 1e4).round() / 100.0
}

#[test]
fn the_blast_radius_is_that_of_the_real_shop() {
    for all in ["frontend", "currency", "catalog", "cart"] {
        assert_eq!(blast_radius(all), 100.0, "{all}");
    }
    assert_eq!(blast_radius("shipping"), 31.58);
    assert_eq!(blast_radius("checkout"), 5.26);
    assert_eq!(blast_radius("payment"), 5.26);
    for none in ["recommendation", "ad", "email"] {
        assert_eq!(blast_radius(none), 0.0, "{none}");
    }
}

/// How often each function is called for one request that enters by `entry`.
fn calls(
    business: &Business,
    entry: &FunctionId,
    times: f64,
    into: &mut indexmap::IndexMap<FunctionId, f64>,
) {
    *into.entry(entry.clone()).or_default() += times;
    for step in &business.functions[entry].steps {
        let Step::Call(call) = step else { continue };
        calls(business, &call.to, times * f64::from(call.count) * call.probability, into);
    }
}

#[test]
fn each_page_makes_the_calls_of_the_real_one() {
    let design = open("shop-cluster");
    let check = |entry: &'static str, expected: &[(&str, f64)]| {
        let mut made = indexmap::IndexMap::new();
        calls(&design.business, &entry.into(), 1.0, &mut made);
        for (function, count) in expected {
            let of = made.iter().find(|(id, _)| id.as_str() == *function).map_or(0.0, |(_, count)| *count);
            assert_eq!(of, *count, "{entry} calls {function}");
        }
    };
    check("home", &[("currency", 10.), ("catalog", 1.), ("cart", 1.), ("ad", 1.)]);
    check("set-currency", &[("currency", 10.), ("catalog", 1.), ("cart", 1.), ("ad", 1.)]);
    check(
        "product-page",
        &[("currency", 2.), ("catalog", 7.), ("cart", 1.), ("recommendation", 1.), ("ad", 1.)],
    );
    check(
        "cart-page",
        &[("currency", 5.), ("catalog", 9.), ("cart", 1.), ("recommendation", 1.), ("shipping", 1.)],
    );
    check("add-to-cart", &[("update-cart", 1.), ("cart-page", 1.), ("catalog", 10.)]);
    check(
        "checkout-page",
        &[
            ("currency", 5.),
            ("catalog", 9.),
            ("cart", 1.),
            ("update-cart", 1.),
            ("recommendation", 1.),
            ("shipping", 2.),
            ("checkout", 1.),
            ("payment", 1.),
            ("email", 1.),
        ],
    );
}

/// Cores that `functions` keep busy at 200 requests a second.
fn busy_cores(business: &Business, functions: &[FunctionId]) -> f64 {
    let all: f64 = business.requests.values().map(|kind| kind.share).sum();
    let mut made = indexmap::IndexMap::new();
    for kind in business.requests.values() {
        calls(business, &kind.entry, kind.share / all, &mut made);
    }
    let work = functions.iter().map(|id| {
        let times = made.get(id).copied().unwrap_or(0.0);
        times * business.functions[id].work.mean().as_secs_f64()
    });
    200.0 * work.sum::<f64>()
}

#[test]
fn three_machines_of_four_cores_are_less_than_half_busy() {
    let design = open("shop-cluster");
    let functions: Vec<_> = design.business.functions.keys().cloned().collect();
    let utilisation = busy_cores(&design.business, &functions) / 12.0;
    assert!((0.42..0.44).contains(&utilisation), "{utilisation}");
}

#[test]
fn no_machine_of_any_layout_is_more_than_seventy_percent_busy() {
    for shop in SHOPS {
        let design = open(shop);
        let (id, group) = design.groups.get_index(0).expect("the shop");
        let deployment = layout::deploy(&design, id, group);
        for machine in group.machines() {
            let here = deployment.services.iter().map(|service| {
                let copies = service.instances.len() as f64;
                let on_it = service.instances.iter().filter(|one| one.machine == *machine).count() as f64;
                busy_cores(&design.business, &service.functions) * on_it / copies
            });
            let utilisation = here.sum::<f64>() / 4.0;
            println!("{shop} {machine}: {utilisation:.3}");
            assert!(utilisation < 0.7, "{shop} {machine}: {utilisation}");
        }
    }
}

#[test]
fn the_three_files_differ_in_layout_and_title_alone() {
    let [cluster, distributed, microservice] = SHOPS.map(open);
    for (mut other, layout) in [(distributed, Layout::Distributed), (microservice, Layout::Microservice)] {
        let group = other.groups.get_mut("shop").expect("the shop");
        assert_eq!(group.layout, layout);
        group.layout = Layout::Cluster;
        group.title = cluster.groups["shop"].title.clone();
        other.title = cluster.title.clone();
        assert_eq!(other, cluster);
    }
}

#[test]
fn the_files_are_written_as_archlab_writes() {
    for shop in SHOPS {
        let text = text_of(shop);
        let saved = archlab_model::document::save(&open(shop));
        let schema = "  \"$schema\": \"../schema/design-1.json\",\n";
        assert_eq!(text.replacen(schema, "", 1), saved, "{shop}");
    }
}
