//! The layouts: pure functions from a business and some machines to a deployment.

mod by_hand;
mod clean;
mod cluster;
mod distributed;
mod draft;
mod free;
mod microservice;
mod stores;

use std::str::FromStr;

use crate::business::Business;
use crate::deployment::{Deployment, Entry, EntryKind};
use crate::design::Design;
use crate::group::{Group, Layout};
use crate::id::{GroupId, MAX_NAME_CHARS};
use draft::{Berth, Draft};

pub(crate) use clean::{capture, clean};
pub use distributed::modules;
pub(crate) use draft::berths;
pub use microservice::services;

/// What `group`, named `id`, makes of the business of a design and of its machines, those of the groups
/// within it included.
pub fn deploy(design: &Design, id: &GroupId, group: &Group) -> Deployment {
    let business = &design.business;
    let berths = berths(design, group);
    let mut drafts = arranged(business, group, &berths);
    by_hand::apply(business, group, &berths, &mut drafts);
    let (stores, sessions) = stores::stores(business, group, &drafts);
    let kind = match group.layout {
        Layout::Cluster if drafts.len() == 1 => EntryKind::Balancer,
        Layout::Cluster | Layout::Distributed | Layout::Microservice | Layout::Free => EntryKind::Gateway,
    };
    Deployment {
        group: id.clone(),
        entry: Entry { kind },
        services: drafts.into_iter().map(|draft| draft.settle(id, &berths)).collect(),
        stores,
        sessions,
        placed_again: group.layout == Layout::Microservice,
    }
}

/// The services as the layout makes them, before a person changes anything.
fn arranged(business: &Business, group: &Group, berths: &[Berth]) -> Vec<Draft> {
    match group.layout {
        Layout::Cluster => cluster::drafts(business, group, berths),
        Layout::Distributed => distributed::drafts(business, group, berths),
        Layout::Microservice => microservice::drafts(business, group, berths),
        Layout::Free => free::drafts(business, group, berths),
    }
}

/// `wanted` as a name, or with a number behind it if that is taken: what a person named keeps its name,
/// what a layout names makes way.
pub(crate) fn free_name<T: FromStr>(wanted: &str, taken: impl Fn(&T) -> bool) -> T {
    // Room for a hyphen and a number.
    let stem: String = wanted.chars().take(MAX_NAME_CHARS - 8).collect();
    let numbered = (2u32..).map(|number| format!("{}-{number}", stem.trim_end()));
    std::iter::once(wanted.to_owned())
        .chain(numbered)
        .filter_map(|name| name.parse().ok())
        .find(|name| !taken(name))
        .expect("a deployment is finite")
}
