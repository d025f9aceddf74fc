//! Microservice: a service for each function, several on a machine if machines are few, each with its
//! own data.
//!
//! Placement is stable: every machine after the first takes instances from the fullest machines
//! until it is as full as they are, so that adding a machine moves only what the new machine takes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::business::{Business, ServiceSpec};
use crate::group::Group;
use crate::id::ServiceId;
use crate::layout::draft::{Berth, Copy, Draft};
use crate::layout::free_name;

pub(super) fn drafts(business: &Business, group: &Group, berths: &[Berth]) -> Vec<Draft> {
    let specs = services(business);
    let taken: Vec<usize> = (0..berths.len()).filter(|seat| !berths[*seat].is_empty()).collect();
    let replicas: Vec<u32> =
        specs.iter().map(|(_, spec)| spec.replicas.unwrap_or(group.policies.replicas)).collect();
    let hosts = place(&replicas, taken.len());
    let draft = |((id, spec), hosts): ((ServiceId, ServiceSpec), Vec<usize>)| Draft {
        id,
        title: spec.title,
        functions: spec.functions,
        capacity: spec.capacity.unwrap_or(group.policies.capacity),
        nonblocking: spec.nonblocking.unwrap_or(group.policies.nonblocking),
        team: spec.team,
        copies: hosts.into_iter().zip(1..).map(|(host, number)| Copy::on(number, taken[host])).collect(),
        by_hand: false,
    };
    specs.into_iter().zip(hosts).map(draft).collect()
}

/// The services of the business, the functions that are in none of them each as one more.
pub fn services(business: &Business) -> Vec<(ServiceId, ServiceSpec)> {
    let taken: BTreeSet<_> = business.services.values().flat_map(|spec| &spec.functions).collect();
    let name_taken = |name: &ServiceId| business.services.contains_key(name);
    let named = business.services.iter().map(|(id, spec)| (id.clone(), spec.clone()));
    let alone = business.functions.iter().filter(|(id, _)| !taken.contains(id)).map(|(id, function)| {
        let spec = ServiceSpec {
            title: function.title.clone(),
            functions: vec![id.clone()],
            ..ServiceSpec::default()
        };
        (free_name(id.as_str(), name_taken), spec)
    });
    named.chain(alone).collect()
}

/// The machine of each copy of each service, as an index: `replicas[s]` copies of service `s` on
/// `machines` machines, as even as can be, copies of one service apart where there is room.
fn place(replicas: &[u32], machines: usize) -> Vec<Vec<usize>> {
    if machines == 0 {
        return vec![Vec::new(); replicas.len()];
    }
    // The copies on each machine, by service.
    let mut on: Vec<BTreeMap<usize, BTreeSet<usize>>> = vec![BTreeMap::new(); machines];
    on[0] = replicas.iter().map(|&count| (0..count as usize).collect()).enumerate().collect();
    // The machines so far, fullest last; the first of those equally full.
    let all = replicas.iter().map(|&count| count as usize).sum::<usize>();
    let mut by_load = BTreeSet::from([(all, Reverse(0))]);

    // How many copies of each service each machine has: to be looked through often.
    let mut counts = vec![vec![0i64; replicas.len()]; machines];
    counts[0] = replicas.iter().map(|&count| i64::from(count)).collect();

    for newcomer in 1..machines {
        let mut taken = 0;
        while let Some(&(most, Reverse(fullest))) = by_load.last()
            && most > taken + 1
        {
            // A copy of the service that is most unevenly spread over the two, the last one among
            // equals, so that copies of one service part.
            let ahead = counts[fullest].iter().zip(&counts[newcomer]).enumerate();
            let ahead = ahead.filter(|(_, (there, _))| **there > 0);
            let ahead = ahead.max_by_key(|(_, (there, here))| **there - **here);
            let Some((service, _)) = ahead else { break };
            let Some(copy) = on[fullest].get_mut(&service).and_then(BTreeSet::pop_last) else { break };
            on[newcomer].entry(service).or_default().insert(copy);
            counts[fullest][service] -= 1;
            counts[newcomer][service] += 1;
            taken += 1;
            by_load.pop_last();
            by_load.insert((most - 1, Reverse(fullest)));
        }
        by_load.insert((taken, Reverse(newcomer)));
    }

    let mut hosts: Vec<Vec<usize>> = replicas.iter().map(|&count| vec![0; count as usize]).collect();
    for (machine, services) in on.iter().enumerate() {
        for (&service, copies) in services {
            copies.iter().for_each(|&copy| hosts[service][copy] = machine);
        }
    }
    hosts
}
