//! Free: nothing is arranged. There is a service for each module of the business until a person cuts it
//! otherwise, and a copy runs on the first machine until a person puts it elsewhere.

use crate::business::Business;
use crate::group::Group;
use crate::layout::distributed::module_drafts;
use crate::layout::draft::{Berth, Copy, Draft};

pub(super) fn drafts(business: &Business, group: &Group, berths: &[Berth]) -> Vec<Draft> {
    let first = berths.iter().position(|berth| !berth.is_empty());
    let copies: Vec<Copy> = first.map(|seat| Copy::on(1, seat)).into_iter().collect();
    let drafts = module_drafts(business, group);
    drafts.into_iter().map(|draft| Draft { copies: copies.clone(), ..draft }).collect()
}
