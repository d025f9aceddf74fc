//! The three layouts: pure functions from a business and some machines to a deployment.

mod cluster;
mod distributed;
mod microservice;
mod stores;

use std::str::FromStr;

use crate::business::Business;
use crate::deployment::Deployment;
use crate::group::{Group, Layout};
use crate::id::{GroupId, MAX_NAME_CHARS};

pub use distributed::modules;
pub use microservice::services;

/// What `group`, named `id`, makes of the business and its machines.
pub fn deploy(business: &Business, id: &GroupId, group: &Group) -> Deployment {
    match group.layout {
        Layout::Cluster => cluster::deploy(business, id, group),
        Layout::Distributed => distributed::deploy(business, id, group),
        Layout::Microservice => microservice::deploy(business, id, group),
    }
}

/// `wanted` as a name, or with a number behind it if that is taken: what a person named keeps its name,
/// what a layout names makes way.
fn free_name<T: FromStr>(wanted: &str, taken: impl Fn(&T) -> bool) -> T {
    // Room for a hyphen and a number.
    let stem: String = wanted.chars().take(MAX_NAME_CHARS - 8).collect();
    let numbered = (2u32..).map(|number| format!("{}-{number}", stem.trim_end()));
    std::iter::once(wanted.to_owned())
        .chain(numbered)
        .filter_map(|name| name.parse().ok())
        .find(|name| !taken(name))
        .expect("a deployment is finite")
}
