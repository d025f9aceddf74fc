//! The designs that come with the page, and the plainest queue, for runs that are kept or timed.

#![allow(dead_code, reason = "each user uses some of it")]
use crate::common::{design, no_network, one_function, open, policies};
use archlab_model::*;

/// The shop in its three layouts: name and document.
pub const SHOPS: [(&str, &str); 3] = [
    ("shop-cluster", include_str!("../../../../../static/designs/shop-cluster.json")),
    ("shop-distributed", include_str!("../../../../../static/designs/shop-distributed.json")),
    ("shop-microservice", include_str!("../../../../../static/designs/shop-microservice.json")),
];

/// A shop by its name.
pub fn shop(name: &str) -> Design {
    let (_, text) = SHOPS.iter().find(|(known, _)| *known == name).expect("one of the shops");
    document::open(text).expect("a design that comes with the page can be opened")
}

/// One server, exponential, at a load of 0.8; 8000 requests a second.
pub fn mm1() -> Design {
    let business = one_function(Distribution::Exponential(Span::from_micros(100)));
    let mut design = design(business, Layout::Cluster, 1, 1);
    design.network = no_network();
    policies(&mut design).capacity = Capacity { workers: 1, queue: 10_000 };
    policies(&mut design).health.interval = Span::from_secs(1_000_000);
    open(&mut design, 8_000.0);
    design
}
